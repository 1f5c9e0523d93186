"""Start at login on Linux: the XDG autostart entry, the user's own before the system's.

Source: Desktop Application Autostart Specification 0.5, freedesktop.org, unless said otherwise.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, Refusal, said
from deskbreak.storage import desktop_entry as entry
from deskbreak.storage.atlogin import GONE, Autostart
from deskbreak.storage.textfile import private_folder, replace_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_GNOME: Final = "X-GNOME-Autostart-enabled"
"""Not in the specification, but GNOME and MATE switch with it. Source: gsm-autostart-app.c."""

_SERVICE: Final = "deskbreak.service"
"""What the packages bring for those who would rather have systemd start it."""


def places() -> tuple[Path, tuple[Path, ...]]:
    """Return where the user's entry is, and where those for all users may be."""
    found = entry.folders("XDG_CONFIG_HOME", ".config", "XDG_CONFIG_DIRS", "/etc/xdg")
    own, *others = (folder / "autostart" / entry.NAME for folder in found)
    return own, tuple(others)


def state() -> Autostart:
    """Read whether deskbreak starts at login; the first entry that is there decides alone.

    Raises:
        Refusal: It cannot be read.
    """
    own, others = places()
    for path in (own, *others):
        text = entry.read(path)
        if text is not None:
            return _or_service(_judged(path, text, is_system=path != own))
    return _or_service(Autostart(enabled=False))


def _or_service(by_entry: Autostart) -> Autostart:
    """Return *by_entry*, unless it starts nothing and a service of systemd does.

    Source: systemd.unit(5), "Unit File Load Path" and "Install"; the first folder is the user's own.
    """
    if by_entry.enabled:
        return by_entry
    found = entry.folders("XDG_CONFIG_HOME", ".config", "XDG_CONFIG_DIRS", "/etc/xdg")
    own, *others = (folder / "systemd" for folder in [*found, Path("/etc")])
    for folder in (own, *others):
        with suppress(OSError):  # a disk that fails; hardly anybody has such a service
            for wanted in folder.glob(f"user/*.wants/{_SERVICE}"):
                return Autostart(enabled=True, path=wanted, is_system=folder != own)
    return by_entry


def _judged(path: Path, text: str, *, is_system: bool) -> Autostart:
    command = entry.value(text, "Exec")
    is_off = entry.is_true(text, "Hidden") or entry.value(text, _GNOME) in ("false", "0")
    if is_off or not _is_for_this_desktop(text):
        return Autostart(enabled=False, path=path, is_system=is_system, command=command)
    program, wanted = entry.program(text), entry.value(text, "TryExec")
    missing = next((p for p in (wanted or program, program) if not entry.is_there(p)), None)
    why = None
    if missing is not None:
        why = said(GONE, path=path, program=missing or "—")
    return Autostart(True, path, is_system, command, why)  # noqa: FBT003 - a row


def _is_for_this_desktop(text: str) -> bool:
    here = {one for one in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":") if one}
    only, never = (_names(entry.value(text, key)) for key in ("OnlyShowIn", "NotShowIn"))
    if not here:
        return True  # nobody says where we are
    return (not only or bool(only & here)) and not never & here


def _names(value: str) -> set[str]:
    return {one for one in value.split(";") if one}


def enable() -> Autostart:
    """Let deskbreak start at login; return how that stands then. Two disk syncs at most.

    An entry for all users that does so is enough. The user's own keeps what they changed in it,
    but for a program that is not there any more.

    Raises:
        Refusal: Nothing could start it, or the entry cannot be written.
    """
    before, (own, others) = state(), places()
    if before.enabled and before.why is None:
        return before
    text = entry.read(own)
    if text is not None and not entry.value(text, "Exec") and any(map(_works, others)):
        # It only switches off what the system would start.
        _remove(own)
        return state()
    changes = {"Hidden": None, _GNOME: "true", "OnlyShowIn": None, "NotShowIn": None}
    shown = entry.edited(text or "", changes)
    if not entry.value(shown, "Exec") or _judged(own, shown, is_system=False).why is not None:
        shown = entry.edited(shown, _ours(entry.own_command()))
    private_folder(own.parent)
    replace_text(_written(own), shown)
    return state()


def _ours(command: Sequence[str]) -> dict[str, str | None]:
    return {
        "Type": "Application",
        "Name": "deskbreak",
        "Icon": "deskbreak",
        "Exec": entry.command_line([*command, "run"]),
        "TryExec": command[0],
        "Terminal": "false",
    }


def disable() -> Autostart:
    """Let deskbreak not start at login; return how that stands then. Two disk syncs at most.

    Where an entry for all users would start it, the user's own says that it is hidden.

    Raises:
        Refusal: The entry cannot be written.
    """
    before, (own, others) = state(), places()
    if not before.enabled:
        return before
    if before.path is not None and before.path.name == _SERVICE:
        raise Refusal(
            said(
                N_("deskbreak starts at login as a service of systemd, by {path}"), path=before.path
            ),
            said(N_("Stop that with: {command}"), command=f"systemctl --user disable {_SERVICE}"),
        )
    text = entry.read(own)
    if any(other.exists() for other in others) or (text is not None and not _is_plain(text)):
        shown = text or entry.edited("", {"Type": "Application", "Name": "deskbreak"})
        private_folder(own.parent)
        replace_text(_written(own), entry.edited(shown, {"Hidden": "true"}))
    else:
        _remove(own)
    return state()


def _works(path: Path) -> bool:
    text = entry.read(path)
    found = None if text is None else _judged(path, text, is_system=True)
    return found is not None and found.enabled and found.why is None


def _is_plain(text: str) -> bool:
    """Whether all of *text* is what `enable` writes: then nothing is lost with it."""
    ours = ("Type", "Name", "Icon", "Exec", "TryExec", "Terminal", _GNOME)
    lines = [line for line in text.splitlines() if line.strip()]
    keys = [line.partition("=")[0] for line in lines[1:]]
    return lines[:1] == [entry.GROUP] and all(key in ours for key in keys)


def _written(own: Path) -> Path:
    """Return the file behind a link, which is written through, as that of the settings is."""
    return Path(os.path.realpath(own))


def _remove(own: Path) -> None:
    try:
        own.unlink(missing_ok=True)
    except OSError as error:
        sentence = N_("{path} cannot be removed: {reason}")
        raise Refusal(said(sentence, path=own, reason=error.strerror or error)) from error
