"""Desktop entries, which menus and logins start programs by: read, changed, and how we are started.

Source: Desktop Entry Specification 1.5, freedesktop.org, unless said otherwise.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, Refusal, said
from deskbreak.storage.textfile import decoded, read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME: Final = "deskbreak.desktop"
GROUP: Final = "[Desktop Entry]"

_MOST_BYTES: Final = 64 * 1024
_RESERVED: Final = re.compile(r"""[\s"'\\><~|&;$*?#()`]""")
_ESCAPED: Final = re.compile(r'(["`$\\])')
_IMPORT_S: Final = 10.0


def read(path: Path) -> str | None:
    """Return the entry at *path*; None where there is none.

    Raises:
        Refusal: It cannot be read.
    """
    data = read_bytes(path, _MOST_BYTES)
    return None if data is None else decoded(data, str(path))


def value(text: str, key: str) -> str:
    """Return what *key* of the main group is, in no language; empty where it is not given."""
    is_inside = False
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            is_inside = stripped == GROUP
        name, equals, rest = stripped.partition("=")
        if is_inside and equals and name.rstrip() == key:
            return rest.lstrip()
    return ""


def is_true(text: str, key: str) -> bool:
    """Whether *key* of the main group is true; older files say 1."""
    return value(text, key) in ("true", "1")


def edited(text: str, changes: Mapping[str, str | None]) -> str:
    """Return the entry with other values for some keys of its main group; None removes one.

    Comments, order and everything else stay.
    """
    lines, left, is_inside, end = [], dict(changes), False, 0
    for line in text.splitlines() or [GROUP]:
        stripped = line.strip()
        if stripped.startswith("["):
            is_inside = stripped == GROUP
        name = stripped.partition("=")[0].rstrip()
        if is_inside and "=" in stripped and name in changes:
            new = left.pop(name, None)
            if new is None:
                continue  # removed, or given twice
            line = f"{name}={new}"  # noqa: PLW2901 - what becomes of this very line
        lines.append(line)
        if is_inside and stripped:
            end = len(lines)
    if GROUP not in (line.strip() for line in lines):
        lines[:0], end = [GROUP], 1
    lines[end:end] = [f"{name}={new}" for name, new in left.items() if new is not None]
    return "\n".join(lines) + "\n"


def command_line(argv: Sequence[str]) -> str:
    """Write *argv* as the value of Exec."""
    return " ".join(_quoted(word).replace("%", "%%") for word in argv).replace("\\", "\\\\")


def _quoted(word: str) -> str:
    if word and not _RESERVED.search(word):
        return word
    inside = _ESCAPED.sub(r"\\\1", word)
    return f'"{inside}"'


def program(text: str) -> str:
    """Return the program that the entry *text* starts; empty where it names none."""
    line = value(text, "Exec").replace("\\\\", "\\")
    if not line.startswith('"'):
        return line.split(" ")[0].replace("%%", "%")
    quoted = re.match(r'"((?:[^"\\]|\\.)*)"', line)
    return re.sub(r"\\(.)", r"\1", quoted[1]).replace("%%", "%") if quoted else ""


def is_there(name: str) -> bool:
    """Whether *name* is a program that can be started."""
    return bool(name) and shutil.which(name) is not None


def own_command() -> tuple[str, ...]:
    """Return what starts this very deskbreak from anywhere: an absolute path, or Python and -m.

    Raises:
        Refusal: It can be started from its folder only, as it is not installed.
    """
    started = Path(sys.argv[0])
    for script in (started, Path(sys.executable).with_name("deskbreak")):
        if script.name == "deskbreak" and script.is_file() and os.access(script, os.X_OK):
            # Links are kept: that of pipx stays where it is when deskbreak is updated.
            return (os.path.abspath(script),)  # noqa: PTH100 - resolve() would follow them
    if not is_installed():
        raise not_installed()
    return (sys.executable, "-m", "deskbreak")


def not_installed() -> Refusal:
    """Say that nothing could start us from elsewhere."""
    return Refusal(
        said(N_("this deskbreak is not installed, so a desktop could not start it")),
        said(N_("Install it, as with pipx install, or with make run.")),
    )


def is_installed() -> bool:
    """Whether Python finds deskbreak without what the environment or the folder adds."""
    argv = [sys.executable, "-I", "-c", "import deskbreak"]
    try:
        ended = subprocess.run(argv, check=False, capture_output=True, timeout=_IMPORT_S)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def folders(home: str, default_home: str, shared: str, default_shared: str) -> list[Path]:
    """Return the user's folder and those of all users, as two variables name them.

    Source: XDG Base Directory Specification 0.8: what is no absolute path does not count.
    """
    own = os.environ.get(home, "")
    everybodys = os.environ.get(shared) or default_shared
    first = Path(own) if own.startswith("/") else Path.home() / default_home
    return [first, *_absolute(everybodys)]


@lru_cache(maxsize=2)
def _absolute(paths: str) -> tuple[Path, ...]:
    """Return those of *paths* that are absolute, the same ones each time.

    The tray asks a hundred times an hour. Python enters the names in a new path in its table of
    strings, which has no room given back by those that have gone: it doubled after two days.
    """
    return tuple(Path(one) for one in paths.split(":") if one.startswith("/"))
