"""Files that another program has open, which on Windows nobody can replace or remove meanwhile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    _Result = TypeVar("_Result")

# ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION. To replace a file that is open says the former.
# Source: System Error Codes, Microsoft Win32 reference.
_HELD: Final = (5, 32)
_LOOK_S: Final = 0.01


def patiently(act: Callable[[], _Result], wait_s: float) -> _Result:
    """Do *act*, again until *wait_s* have passed while another program holds the file.

    Virus scanners, indexers and backups look into each new file for some milliseconds; a program
    of ours that reads the settings holds them for less. Only Windows ever says so.

    Raises:
        OSError: It failed for another reason, or is held for longer.
    """
    looks = round(wait_s / _LOOK_S)
    while True:
        try:
            return act()
        except PermissionError as error:
            if getattr(error, "winerror", 0) not in _HELD or looks <= 0:
                raise
        looks -= 1
        time.sleep(_LOOK_S)
