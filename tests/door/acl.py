"""Who may use an object of Windows, as Windows itself says."""

from __future__ import annotations

import ctypes
from ctypes import wintypes
from typing import Final

from deskbreak.door import win32

_DACL: Final = 4


def dacl(handle: int | None) -> str:
    """Return the access control list of *handle* as text.

    Source: GetSecurityInfo, Security Descriptor String Format, Microsoft Win32 reference.
    """
    assert handle is not None
    security, text = ctypes.c_void_p(), wintypes.LPWSTR()
    none = (None, None, None, None)
    arguments = (wintypes.HANDLE(handle), 6, _DACL, *none, ctypes.byref(security))
    assert win32._call("GetSecurityInfo", *arguments, dll="advapi32") == 0
    name = "ConvertSecurityDescriptorToStringSecurityDescriptorW"
    win32._must(name, security, 1, _DACL, ctypes.byref(text), None, dll="advapi32")
    return str(text.value)
