"""Start at login on macOS: a LaunchAgent, the user's own or everybody's, and launchd's own switch.

Source: launchd.plist(5) and launchctl(1) of macOS. Nothing of this has been run on a Mac yet.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from deskbreak.core.words import N_, Refusal, said
from deskbreak.storage import desktop_entry as entry
from deskbreak.storage.atlogin import GONE, Autostart
from deskbreak.storage.textfile import private_folder, read_bytes, replace_text

LABEL: Final = "org.deskbreak.Deskbreak"
"""One for good: people, and who manages their computers, switch it by this name."""
_MOST_BYTES: Final = 64 * 1024
_ANSWER_S: Final = 3.0
_OFF: Final = re.compile(rf'"{re.escape(LABEL)}" => (disabled|true)\b')
"""How `launchctl print-disabled` says so: the word is another one in older versions."""


def places() -> tuple[Path, Path]:
    """Return where the user's LaunchAgent is, and everybody's."""
    name = f"{LABEL}.plist"
    return Path.home() / "Library/LaunchAgents" / name, _everybodys() / name


def _everybodys() -> Path:
    return Path("/Library/LaunchAgents")


def state() -> Autostart:
    """Read whether deskbreak starts at login; the user's own goes before everybody's.

    Raises:
        Refusal: It cannot be read.
    """
    for path in places():
        wanted = _read(path)
        if wanted is not None:
            return _judged(path, wanted)
    return Autostart(enabled=False)


def _read(path: Path) -> dict[str, Any] | None:
    import plistlib
    from xml.parsers.expat import ExpatError

    data = read_bytes(path, _MOST_BYTES)
    if data is None:
        return None
    try:
        found = plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError, OverflowError) as error:
        raise Refusal(said(N_("{path} is no property list"), path=path)) from error
    return found if isinstance(found, dict) else {}


def _judged(path: Path, wanted: dict[str, Any]) -> Autostart:
    words = wanted.get("ProgramArguments")
    words = [str(word) for word in words] if isinstance(words, list) else []
    command, is_system = " ".join(words), path != places()[0]
    is_off = wanted.get("Disabled") is True or wanted.get("RunAtLoad") is not True
    if is_off or _OFF.search(_launchctl("print-disabled", _domain())):
        return Autostart(enabled=False, path=path, is_system=is_system, command=command)
    program = words[0] if words else "—"
    why = None if entry.is_there(program) else said(GONE, path=path, program=program)
    return Autostart(True, path, is_system, command, why)  # noqa: FBT003 - a row


def enable() -> Autostart:
    """Let deskbreak start at the next login.

    Raises:
        Refusal: Nothing could start it, or the file cannot be written.
    """
    import plistlib

    before = state()
    if before.enabled and before.why is None:
        return before
    _launchctl("enable", f"{_domain()}/{LABEL}")
    again = state()
    if again.enabled and again.why is None:
        return again
    own, _ = places()
    wanted = {
        "Label": LABEL,
        "ProgramArguments": [*entry.own_command(), "run"],
        "RunAtLoad": True,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
    }
    private_folder(own.parent)
    replace_text(own, plistlib.dumps(wanted).decode())
    return state()


def disable() -> Autostart:
    """Let deskbreak not start at login; where everybody's would start it, launchd is told so.

    Raises:
        Refusal: The file cannot be removed, or launchd does not listen.
    """
    own, _ = places()
    try:
        own.unlink(missing_ok=True)
    except OSError as error:
        sentence = N_("{path} cannot be removed: {reason}")
        raise Refusal(said(sentence, path=own, reason=error.strerror or error)) from error
    if not state().enabled:
        return state()
    _launchctl("disable", f"{_domain()}/{LABEL}")
    after = state()
    if after.enabled:
        raise Refusal(
            said(N_("{path} starts deskbreak for everybody at this computer"), path=after.path),
            said(N_("Switch it off in System Settings, under Login Items.")),
        )
    return after


def _domain() -> str:
    return f"gui/{_account()}"


def _account() -> int:
    if sys.platform == "win32":
        raise OSError(LABEL)
    return os.getuid()


def _launchctl(*arguments: str) -> str:
    """Run launchctl, and return what it printed; nothing where it could not."""
    argv = ["/bin/launchctl", *arguments]
    try:
        ran = subprocess.run(argv, check=False, capture_output=True, text=True, timeout=_ANSWER_S)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout
