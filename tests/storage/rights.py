"""What the person may do with a folder and what is in it, on each system."""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# A list of one entry that inherits nothing: everybody, the person too, may read, or do all.
# Source: Security Descriptor String Format, Microsoft Win32 reference.
_TO_READ = "D:P(A;;FRFX;;;WD)"
_TO_DO_ALL = "D:P(A;;FA;;;WD)"
_DACL_SECURITY_INFORMATION = 4


def forbid_writing(folder: Path) -> None:
    """Let nobody write into *folder* or into the files in it."""
    for file in folder.iterdir():
        _allow(file, _TO_READ, 0o400)
    _allow(folder, _TO_READ, 0o500)


def allow_writing(folder: Path) -> None:
    """Take that back."""
    _allow(folder, _TO_DO_ALL, 0o700)
    for file in folder.iterdir():
        _allow(file, _TO_DO_ALL, 0o600)


def _allow(path: Path, sddl: str, mode: int) -> None:
    if sys.platform != "win32":
        path.chmod(mode)
        return
    made = ctypes.c_void_p()
    library = ctypes.windll.advapi32
    assert library.ConvertStringSecurityDescriptorToSecurityDescriptorW(
        sddl, 1, ctypes.byref(made), None
    ), ctypes.FormatError()
    assert library.SetFileSecurityW(str(path), _DACL_SECURITY_INFORMATION, made), (
        ctypes.FormatError()
    )
    ctypes.windll.kernel32.LocalFree(made)
