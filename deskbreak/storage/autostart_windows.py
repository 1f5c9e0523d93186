"""Start at login on Windows: a value of the Run key, the user's own or everybody's.

Task Manager and Settings keep what people switched off there beside it. Everything of Windows is
loaded when it is called, so this can be imported anywhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path, PureWindowsPath
from typing import Any, Final

from deskbreak.core.words import N_, Refusal, said
from deskbreak.storage import desktop_entry as entry
from deskbreak.storage.atlogin import GONE, Autostart

NAME: Final = "deskbreak"
"""As the installer calls it too."""
RUN: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED: Final = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
"""Its values begin with an odd byte where people switched the start off. Not documented; seen of
Task Manager. Without a value it is on."""
_OWN, _EVERYBODYS = "HKCU", "HKLM"
_LONGEST: Final = 260
"""Characters. Source: Run and RunOnce Registry Keys, Microsoft Win32 reference."""


def state() -> Autostart:
    """Read whether deskbreak starts at login: Windows starts both the user's and everybody's.

    Raises:
        Refusal: It cannot be read.
    """
    found = [one for root in (_OWN, _EVERYBODYS) if (one := _judged(root)) is not None]
    starting = (one for one in found if one.enabled)
    return next(starting, found[0] if found else Autostart(enabled=False))


def _judged(root: str) -> Autostart | None:
    command = _value(root, RUN)
    if not isinstance(command, str) or not command.strip():
        return None
    path, is_system = _place(root), root == _EVERYBODYS
    if any(_is_off(_value(one, APPROVED)) for one in {_OWN, root}):
        return Autostart(enabled=False, path=path, is_system=is_system, command=command)
    program = _program(command)
    why = None if _is_there(program) else said(GONE, path=path, program=program)
    return Autostart(True, path, is_system, command, why)  # noqa: FBT003 - a row


def _is_off(approval: object) -> bool:
    return isinstance(approval, bytes) and bool(approval) and approval[0] % 2 == 1


def _program(command: str) -> str:
    """Return what *command* starts."""
    command = os.path.expandvars(command.strip())
    if command.startswith('"'):
        return command[1:].partition('"')[0]
    return command.split()[0]


def _is_there(program: str) -> bool:
    return Path(program).is_file() or shutil.which(program) is not None


def enable() -> Autostart:
    """Let deskbreak start at login, also where it was switched off in Task Manager.

    Raises:
        Refusal: Nothing could start it, or the registry cannot be written.
    """
    before = state()
    if before.enabled and before.why is None:
        return before
    _remove(APPROVED)
    again = state()
    if again.enabled and again.why is None:
        return again
    command = subprocess.list2cmdline([*own_command(), "run"])
    if len(command) > _LONGEST:
        raise Refusal(
            said(N_("{command} is too long for Windows to start it at login"), command=command),
            said(N_("Install deskbreak into a folder with a shorter path.")),
        )
    try:
        _write(command)
    except OSError as error:
        raise _not_written(error) from error
    return state()


def disable() -> Autostart:
    """Let deskbreak not start at login.

    Raises:
        Refusal: It starts for everybody, or the registry cannot be written.
    """
    _remove(RUN)
    after = state()
    if after.enabled:
        raise Refusal(
            said(N_("{path} starts deskbreak for everybody at this computer"), path=after.path),
            said(N_("Switch it off in Task Manager, under Startup apps.")),
        )
    return after


def own_command() -> tuple[str, ...]:
    """Return what starts this very deskbreak, without a window for what it prints.

    Raises:
        Refusal: It can be started from its folder only, as it is not installed.
    """
    python = Path(sys.executable)
    for folder in (Path(sys.argv[0]).absolute().parent, python.parent, python.parent / "Scripts"):
        program = folder / "deskbreakw.exe"
        if program.is_file():
            return (str(program),)
    if not entry.is_installed():
        raise entry.not_installed()
    windowless = python.with_name("pythonw.exe")
    return (str(windowless if windowless.is_file() else python), "-m", "deskbreak")


def _place(root: str, key: str = RUN) -> PureWindowsPath:
    return PureWindowsPath(root, key, NAME)


def _not_written(error: OSError, key: str = RUN) -> Refusal:
    sentence = N_("{path} cannot be written: {reason}")
    return Refusal(said(sentence, path=_place(_OWN, key), reason=error.strerror or error))


def _remove(key: str) -> None:
    try:
        _unset(key)
    except OSError as error:
        raise _not_written(error, key) from error


# ── the registry ───────────────────────────────────────────────────────────────────────────


def _value(root: str, key: str) -> object:
    """Return our value of *key*; None where there is none.

    Raises:
        Refusal: It cannot be read.
    """
    if sys.platform != "win32":
        raise OSError(key)
    import winreg

    access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
    try:
        with winreg.OpenKey(_root(root), key, 0, access) as opened:
            return winreg.QueryValueEx(opened, NAME)[0]
    except FileNotFoundError:
        return None
    except OSError as error:
        sentence = N_("{path} cannot be read: {reason}")
        path = _place(root, key)
        raise Refusal(said(sentence, path=path, reason=error.strerror or error)) from error


def _write(command: str) -> None:
    if sys.platform != "win32":
        raise OSError(command)
    import winreg

    with winreg.CreateKeyEx(_root(_OWN), RUN, 0, winreg.KEY_WRITE) as opened:
        winreg.SetValueEx(opened, NAME, 0, winreg.REG_SZ, command)


def _unset(key: str) -> None:
    """Remove our value of *key*, where there is one."""
    if sys.platform != "win32":
        raise OSError(key)
    import winreg

    try:
        with winreg.OpenKey(_root(_OWN), key, 0, winreg.KEY_WRITE) as opened:
            winreg.DeleteValue(opened, NAME)
    except FileNotFoundError:
        return


def _root(name: str) -> Any:  # noqa: ANN401 - a constant of winreg
    if sys.platform != "win32":
        raise OSError(name)
    import winreg

    return {_OWN: winreg.HKEY_CURRENT_USER, _EVERYBODYS: winreg.HKEY_LOCAL_MACHINE}[name]
