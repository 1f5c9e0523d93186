"""Puts all that a Linux package has into a folder: `PYTHONPATH=. python3 packaging/linux/place.py FOLDER PYTHON ZSH`.

PYTHON is where Python finds modules of packages, from the root of the system on; ZSH the folder of
zsh that is the packages' own. Nothing but Python is needed.
"""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import completion
import grammar
import manual

from deskbreak.storage import desktop_entry as entry
from deskbreak.storage import launcher

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
PROGRAM: Final = "usr/bin/deskbreak"
SERVICE: Final = "usr/lib/systemd/user/deskbreak.service"
COMMAND: Final = ("/usr/bin/deskbreak",)
START: Final = """\
#!/usr/bin/python3 -I
# -I: what a variable or a folder of somebody's own names is not run in its place.
import sys

from deskbreak.cli import main

sys.exit(main())
"""
_LEFT_OUT: Final = ("__pycache__", "*.pyc")
_DATA: Final = {
    # The templates are printed by the code; translators and Windows need the others.
    "config": ("policy", "*.po", "*.pot"),
    "icons": ("taskbar",),
}
"""Folders beside the package, and what of them a Linux package does not have."""


def texts(made: str, zsh: str) -> Iterator[tuple[str, str]]:
    """Yield place and text of each file that is made for a package; *made* is a date."""
    whole = grammar.whole()
    yield PROGRAM, START
    yield f"usr/share/applications/{entry.NAME}", menu_entry()
    yield f"etc/xdg/autostart/{entry.NAME}", login_entry()
    # Enabled by nobody: the entry above starts it, and two ways at once would be one too many.
    yield SERVICE, (ROOT / "packaging/linux/deskbreak.service").read_text(encoding="utf-8")
    yield "usr/share/man/man1/deskbreak.1", manual.page(whole, made)
    yield "usr/share/bash-completion/completions/deskbreak", completion.bash(whole)
    yield f"usr/share/zsh/{zsh}/_deskbreak", completion.zsh(whole)
    yield "usr/share/fish/vendor_completions.d/deskbreak.fish", completion.fish(whole)


def menu_entry() -> str:
    """Return the entry in the menu of programs: the user's own, without the mark that makes it ours."""
    return entry.edited(launcher.written(COMMAND), {launcher.OURS: None})


def login_entry() -> str:
    """Return the entry that starts deskbreak at everybody's login."""
    shown = menu_entry().partition("\n[Desktop Action")[0]
    start = entry.command_line([*COMMAND, "run"])
    return entry.edited(shown, {"Exec": start, "Actions": None, "Categories": None})


def place(folder: Path, python: str, zsh: str) -> None:
    """Put everything into *folder*, with modes that do not depend on who builds."""
    os.umask(0o022)
    package = folder / python / "deskbreak"
    _all_of(ROOT / "deskbreak", package)
    for name, left_out in _DATA.items():
        _all_of(ROOT / name, package / "_data" / name, *left_out)
    for name in launcher.ICONS:
        _copied(ROOT / "icons" / name, folder / "usr/share/icons" / name)
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    made = datetime.fromtimestamp(seconds, UTC).date().isoformat()
    for name, text in texts(made, zsh):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / PROGRAM).chmod(0o755)
    for level in ("managed", "recommended"):
        (folder / "etc/deskbreak/policies" / level).mkdir(parents=True)
    (folder / "etc/deskbreak/packs").mkdir()


def _all_of(source: Path, target: Path, *left_out: str) -> None:
    ignore = shutil.ignore_patterns(*_LEFT_OUT, *left_out)
    shutil.copytree(source, target, ignore=ignore, copy_function=shutil.copyfile)


def _copied(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    place(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
