"""The part of the registry that group policy writes: the real one on Windows, else a list."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.policy import windows
from deskbreak.policy.windows import KEY
from tests.policy.editor import Written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self


class Registry:
    """Writes what an editor made, in place of what was there; clean again at its end."""

    def __init__(self) -> None:
        self.written: dict[str, Sequence[Written]] = {"HKLM": (), "HKCU": ()}

    def __enter__(self) -> Self:
        if any(documents.values for documents in windows.read()):
            pytest.skip("somebody manages this computer, and their policy stays as it is")
        try:
            self.put("HKLM", ())
            self.put("HKLM", [Written(KEY, "Plan", "gentle")])
        except PermissionError:
            pytest.skip("only an administrator writes there")
        self.put("HKLM", ())
        return self

    def __exit__(self, *_: object) -> None:
        self.put("HKLM", ())

    def put(self, root: str, written: Sequence[Written]) -> None:
        """Let *root* hold *written*, and the other root nothing."""
        self.written = {"HKLM": (), "HKCU": (), root: written}
        if sys.platform == "win32":
            import winreg

            for one in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):
                _remove(one, KEY)
            handle = winreg.HKEY_LOCAL_MACHINE if root == "HKLM" else winreg.HKEY_CURRENT_USER
            for value in written:
                _write(handle, value)


def _write(root: Any, value: Written) -> None:  # noqa: ANN401 - a handle of winreg
    if sys.platform == "win32":
        import winreg

        kind = winreg.REG_DWORD if isinstance(value.data, int) else winreg.REG_SZ
        access = winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY
        with winreg.CreateKeyEx(root, value.key, 0, access) as key:
            winreg.SetValueEx(key, value.name, 0, kind, value.data)


def _remove(root: Any, path: str) -> None:  # noqa: ANN401 - a handle of winreg
    if sys.platform == "win32":
        import winreg

        access = winreg.KEY_ALL_ACCESS | winreg.KEY_WOW64_64KEY
        try:
            with winreg.OpenKey(root, path, 0, access) as key:
                names = [winreg.EnumKey(key, one) for one in range(winreg.QueryInfoKey(key)[0])]
        except FileNotFoundError:
            return
        for name in names:
            _remove(root, rf"{path}\{name}")
        winreg.DeleteKeyEx(root, path, winreg.KEY_WOW64_64KEY, 0)
