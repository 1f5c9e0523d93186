"""Our entry in the menu of programs and our icons, for this user: written, refreshed, removed.

A desktop finds name and icon of a notification by the entry that its hint names. Source: Desktop
Notifications Specification 1.2, "desktop-entry"; Icon Theme Specification 0.13; Desktop Entry
Specification 1.5, freedesktop.org.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, Refusal, said
from deskbreak.storage import desktop_entry as entry
from deskbreak.storage import files, language
from deskbreak.storage.textfile import private_file, private_folder, replace_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

OURS: Final = "X-Deskbreak-Written"
"""Whoever changes an entry and takes this line out keeps it as it is."""
_COMMENT: Final = N_("Breaks from sitting still, at good moments")
_KEYWORDS: Final = N_("break;stretch;posture;pause;reminder;")
_ACTIONS: Final = (
    ("take", N_("Take a break now")),
    ("pause", N_("Pause for 30 minutes")),
    ("resume", N_("Resume")),
    ("stats", N_("Statistics")),
    ("settings", N_("Settings")),
)
ICONS: Final = (
    "hicolor/48x48/apps/deskbreak.png",
    "hicolor/128x128/apps/deskbreak.png",
    "hicolor/scalable/apps/deskbreak.svg",
    "hicolor/symbolic/apps/deskbreak-symbolic.svg",
)


@quick_dataclass(frozen=True, slots=True)
class Launcher:
    """Whether menus show deskbreak, and by which entry."""

    installed: bool
    path: Path | None = None
    is_system: bool = False  # a package brought it, for all users
    is_ours: bool = False  # we wrote it


def belongs_here() -> bool:
    """Whether it is us who put deskbreak into the menu of programs on this system."""
    return sys.platform == "linux"


def _folders() -> list[Path]:
    if sys.platform == "win32":
        raise Refusal(said(N_("on Windows the installer puts deskbreak into the Start menu")))
    if sys.platform == "darwin":
        why = N_("on macOS deskbreak is no application of its own yet")
        start = N_("Start it with: {command}")
        raise Refusal(said(why), said(start, command="deskbreak run"))
    return entry.folders(
        "XDG_DATA_HOME", ".local/share", "XDG_DATA_DIRS", "/usr/local/share:/usr/share"
    )


def state() -> Launcher:
    """Read which entry stands for deskbreak; the user's own goes before those for all users.

    Raises:
        Refusal: It cannot be read.
    """
    data, *others = _folders()
    for folder in (data, *others):
        path = folder / "applications" / entry.NAME
        text = entry.read(path)
        if text is not None:
            is_shown = not entry.is_true(text, "Hidden")
            is_ours = bool(entry.value(text, OURS))
            return Launcher(is_shown, path, folder != data, is_ours)
    return Launcher(installed=False)


def install() -> Launcher:
    """Write entry and icons for this user, unless there is an entry that we did not write.

    Raises:
        Refusal: Nothing could start us, or they cannot be written.
    """
    found = state()
    if found.path is not None and not found.is_ours:
        return found
    data = _folders()[0]
    path = data / "applications" / entry.NAME
    _write(path, written(entry.own_command()))
    for name in ICONS:
        target = data / "icons" / name
        private_folder(target.parent)
        _copy(files.icon_theme() / name, target)
    # GTK looks into a theme anew when its folder is younger than its cache.
    with suppress(OSError):
        os.utime(data / "icons" / "hicolor")
    return state()


def refresh() -> None:
    """Write the entry that we wrote once anew, where it would start a program that has gone.

    Raises:
        Refusal: It cannot be written.
    """
    found = state()
    if not found.is_ours or not found.installed or found.path is None or found.is_system:
        return
    text = entry.read(found.path)
    if text is not None and not entry.is_there(entry.program(text)):
        install()


def remove() -> None:
    """Remove entry and icons that we wrote; those of a package, or changed by hand, stay.

    Raises:
        Refusal: They cannot be removed.
    """
    found, data = state(), _folders()[0]
    if not found.is_ours or found.is_system or found.path is None:
        return
    try:
        found.path.unlink(missing_ok=True)
        for name in ICONS:
            target = data / "icons" / name
            target.unlink(missing_ok=True)
            with suppress(OSError):  # others have icons there
                target.parent.rmdir()
                target.parent.parent.rmdir()
    except OSError as error:
        sentence = N_("{path} cannot be removed: {reason}")
        path = error.filename or found.path
        raise Refusal(said(sentence, path=path, reason=error.strerror or error)) from error


def _write(path: Path, text: str) -> None:
    private_folder(path.parent)
    if entry.read(path) != text:
        replace_text(path, text)


def _copy(source: Path, target: Path) -> None:
    try:
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            private_file(target).write_bytes(source.read_bytes())
    except OSError as error:
        sentence = N_("{path} cannot be written: {reason}")
        raise Refusal(said(sentence, path=target, reason=error.strerror or error)) from error


def written(command: Sequence[str]) -> str:
    """Return the entry, in every language that we speak."""
    groups = [_group(entry.GROUP, _main(command))]
    for name, label in _ACTIONS:
        line = entry.command_line([*command, "run", "--launched", name])
        rows = [*_translated("Name", label), f"Exec={line}"]
        groups.append(_group(f"[Desktop Action {name}]", rows))
    return "\n".join(groups)


def _main(command: Sequence[str]) -> Iterator[str]:
    yield "Type=Application"
    yield "Name=deskbreak"
    yield from _translated("Comment", _COMMENT)
    yield "Icon=deskbreak"
    yield f"Exec={entry.command_line([*command, 'run', '--launched'])}"
    yield f"TryExec={command[0]}"
    yield "Terminal=false"
    yield "Categories=Utility;"
    yield from _translated("Keywords", _KEYWORDS)
    yield f"Actions={''.join(f'{name};' for name, _ in _ACTIONS)}"
    yield f"{OURS}=true"


def _translated(key: str, message: str) -> Iterator[str]:
    yield f"{key}={message}"
    for code in sorted(path.name for path in files.locale_dir().iterdir() if path.is_dir()):
        translated = language.catalogue(code).gettext(message)
        if translated != message:
            yield f"{key}[{code}]={translated}"


def _group(name: str, lines: Sequence[str] | Iterator[str]) -> str:
    return "\n".join([name, *lines]) + "\n"
