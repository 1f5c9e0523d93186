"""`doctor --bundle`: a text for support, listed before it is written, without what is private."""

from __future__ import annotations

import contextlib
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskbreak import __version__
from deskbreak.commands.config import user_settings
from deskbreak.commands.output import Failed, say
from deskbreak.core import diary
from deskbreak.core.bundle import Part, bundle_text, log_lines
from deskbreak.core.values import written
from deskbreak.core.words import N_, said, spoken
from deskbreak.storage import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskbreak.core.words import Words

_LIBRARIES: Final = ("apscheduler", "jeepney", "pillow", "plyer", "pystray", "python-xlib")
_TOLD: Final = (
    *("XDG_CURRENT_DESKTOP", "XDG_SESSION_DESKTOP", "DESKTOP_SESSION", "XDG_SESSION_TYPE"),
    *("LANG", "LANGUAGE", "LC_MESSAGES"),
)
_THERE: Final = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
"""Of these it is said only whether they are set."""
_MISSING: Final = "missing"
_MOST_LOG: Final = 256 * 1024  # bytes, from its end


def write_bundle(file: str, doctor: Sequence[str], words: Words) -> dict[str, Any]:
    """List what is to be written to *file*, then write it; return the list for programs.

    *doctor* is what `doctor` prints.

    Raises:
        Failed: There is such a file already, or it cannot be written.
    """
    parts = _parts(doctor)
    descriptor = _created(file)  # before anything is listed that then cannot be written
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        say(*_listed(file, parts, words))
        try:
            stream.write(bundle_text(parts, _names()))
            stream.flush()
        except OSError as error:
            raise _not_written(file, error) from error
    say(words.gettext(N_("Written. It is plain text: read it before you pass it on.")))
    return {
        "file": file,
        "parts": [{"name": part.title, "lines": part.lines} for part in parts],
    }


def _created(file: str) -> int:
    """Open a new *file* for us alone: never through a link, and never over something else."""
    try:
        return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Failed(
            said(N_("{path} is there already"), path=file),
            said(N_("Choose another name, or remove it")),
        ) from error
    except OSError as error:
        raise _not_written(file, error) from error


def _not_written(file: str, error: OSError) -> Failed:
    return Failed(said(N_("{path} cannot be written: {error}"), path=file, error=error.strerror))


def _listed(file: str, parts: Sequence[Part], words: Words) -> Iterator[str]:
    _, n_ = words.gettext, words.ngettext
    yield _("This is written to {path}:").format(path=file)
    for part in parts:
        sentence = n_("{what} ({n} line)", "{what} ({n} lines)", part.lines)
        yield "- " + sentence.format(what=spoken(part.told, words), n=part.lines)
    yield _(
        "Left out is everything under person, such as what to avoid and which prompts you hid. "
        "Your name, that of this computer and the way to your home folder are replaced."
    )


def _parts(doctor: Sequence[str]) -> list[Part]:
    changed = diary.settings(user_settings().load())
    return [
        Part(
            said(N_("versions of deskbreak, its libraries and the system")),
            "versions",
            "\n".join(_versions()),
        ),
        Part(
            said(N_("which desktop this is, and what it has set")), "desktop", "\n".join(_desktop())
        ),
        Part(
            said(N_("the parts of the desktop, as deskbreak doctor lists them")),
            "doctor",
            "\n".join(doctor),
        ),
        Part(
            said(N_("settings that differ from the defaults")),
            "settings",
            "\n".join(f"{one.key} = {written(one.value)}" for one in changed),
        ),
        Part(
            said(N_("the end of the log, without single events")),
            "log",
            log_lines(_end_of(files.places().log)),
        ),
    ]


def _versions() -> Iterator[str]:
    yield f"deskbreak {__version__}"
    yield f"Python {platform.python_version()}"
    yield platform.platform()
    with contextlib.suppress(OSError):
        yield platform.freedesktop_os_release()["PRETTY_NAME"]
    for library in _LIBRARIES:
        try:
            yield f"{library} {metadata.version(library)}"
        except metadata.PackageNotFoundError:
            yield f"{library} {_MISSING}"


def _desktop() -> Iterator[str]:
    for name in _TOLD:
        yield f"{name} = {os.environ.get(name, '')}"
    for name in _THERE:
        yield f"{name} {'set' if os.environ.get(name) else _MISSING}"


def _end_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _MOST_LOG))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _names() -> dict[str, str]:
    """Return what tells who and where this is, and what stands for it in a bundle."""
    home = Path.home()
    names = {
        str(home): "~",
        str(home.resolve()): "~",
        os.environ.get("XDG_RUNTIME_DIR", ""): "$XDG_RUNTIME_DIR",
        platform.node(): "HOST",
    }
    with contextlib.suppress(OSError, KeyError):  # a number without a name
        import getpass

        names[getpass.getuser()] = "USER"
    return names
