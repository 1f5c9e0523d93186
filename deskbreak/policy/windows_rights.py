"""Whether administrators alone could have written a file of Windows: its owner, and its rights.

Everything of Windows is loaded when it is called, so this can be imported anywhere. Source:
GetNamedSecurityInfo, Security Descriptor String Format, File Access Rights Constants and
SHGetFolderPath, Microsoft Win32 reference.
"""

from __future__ import annotations

import ctypes
import re
import stat
import sys
from ctypes import wintypes
from pathlib import Path
from typing import Final

from deskbreak.core.words import N_, said
from deskbreak.policy.secure import Insecure

# The group of administrators and the one who was there first, those of the domain, the system, and
# the installer of Windows.
_ADMINISTRATORS: Final = frozenset(
    {
        *("BA", "LA", "DA", "EA", "SY"),
        "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
    }
)
_OWNER_ITSELF: Final = frozenset({"CO", "OW"})
_RIGHTS: Final = {
    "GA": 0x1000_0000,
    "GW": 0x4000_0000,
    "GR": 0x8000_0000,
    "GX": 0x2000_0000,
    "FA": 0x1F_01FF,
    "FW": 0x12_0116,
    "FR": 0x12_0089,
    "FX": 0x12_00A0,
    "SD": 0x1_0000,
    "RC": 0x2_0000,
    "WD": 0x4_0000,
    "WO": 0x8_0000,
    "CC": 0x1,
    "DC": 0x2,
    "LC": 0x4,
    "SW": 0x8,
    "RP": 0x10,
    "WP": 0x20,
    "DT": 0x40,
    "LO": 0x80,
    "CR": 0x100,
}
# Who may remove it, or its rights, may put another in its place.
_REPLACES: Final = 0x1000_0000 | 0x1_0000 | 0x4_0000 | 0x8_0000
_WRITES_FILE: Final = _REPLACES | 0x4000_0000 | 0x2 | 0x4
# In a folder below ProgramData everybody may make files. Those are theirs, so that they do not
# count, and nobody can change or remove what belongs to somebody else without this right.
_REMOVES_INSIDE: Final = _REPLACES | 0x40
_OWNER: Final = re.compile(r"O:(S-[0-9-]+|[A-Z]{2})")
_ENTRY: Final = re.compile(r"\((A|OA|XA|ZA);([A-Z]*);([^;)]*);[^;)]*;[^;)]*;([^;)]+)")
_COMMON_APPDATA: Final = 0x23
_FILE_OBJECT, _OWNER_AND_DACL = 1, 5
_LONGEST: Final = 260  # MAX_PATH


def see_that_secure(path: Path) -> None:
    """See that *path*, a file or a folder, belongs to administrators, and nobody else can write it.

    Raises:
        Insecure: It does not, or somebody can.
        OSError: It cannot be looked at.
    """
    is_folder = stat.S_ISDIR(path.lstat().st_mode)
    text = _descriptor(path)
    owner = _OWNER.match(text)
    if owner is None or owner[1] not in _ADMINISTRATORS:
        sentence = N_("{path} does not belong to the administrators, so it does not count")
        raise Insecure(said(sentence, path=path))
    if _is_open(text, _REMOVES_INSIDE if is_folder else _WRITES_FILE):
        sentence = N_("{path} can be written by others than administrators, so it does not count")
        raise Insecure(said(sentence, path=path))


def _is_open(text: str, rights: int) -> bool:
    """Whether others than administrators have any of *rights*."""
    entries = _ENTRY.findall(text)
    if (
        not entries
    ):  # no list at all lets everybody do everything; one without allowances is no pack
        return True
    return any(
        _number(granted) & rights
        for _, flags, granted, who in entries
        if "IO" not in re.findall("..", flags)  # it is for what comes to lie inside
        and who not in _ADMINISTRATORS | _OWNER_ITSELF
    )


def _number(granted: str) -> int:
    """Return rights as a number; of those that are not known, all."""
    if granted.startswith("0x"):
        return int(granted, 16)
    made = 0
    for name in re.findall("..?", granted):
        made |= _RIGHTS.get(name, 0xFFFF_FFFF)
    return made


def program_data() -> Path:
    """Return the folder for what belongs to a computer, as the system has it, not the environment.

    Raises:
        OSError: There is none.
    """
    if sys.platform != "win32":
        raise OSError
    found = ctypes.create_unicode_buffer(_LONGEST)
    shell = ctypes.WinDLL("shell32")
    if shell.SHGetFolderPathW(None, _COMMON_APPDATA, None, 0, found):
        raise OSError
    return Path(found.value)


def _descriptor(path: Path) -> str:
    """Return owner and access control list of *path* as text.

    Raises:
        OSError: They cannot be read.
    """
    if sys.platform != "win32":
        raise OSError
    rights, kernel = ctypes.WinDLL("advapi32"), ctypes.WinDLL("kernel32")
    security, text = ctypes.c_void_p(), wintypes.LPWSTR()
    none = (None, None, None, None)
    asked = (str(path), _FILE_OBJECT, _OWNER_AND_DACL, *none, ctypes.byref(security))
    code = rights.GetNamedSecurityInfoW(*asked)
    if code:
        raise ctypes.WinError(code)
    try:
        write = rights.ConvertSecurityDescriptorToStringSecurityDescriptorW
        if not write(security, 1, _OWNER_AND_DACL, ctypes.byref(text), None):
            raise ctypes.WinError()
        try:
            return str(text.value)
        finally:
            kernel.LocalFree(text)
    finally:
        kernel.LocalFree(security)
