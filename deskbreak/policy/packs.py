"""Where an organisation puts packs of prompts on this computer, and whether one of them counts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from deskbreak.policy import secure

_LINUX: Final = Path("/etc/deskbreak/packs")
_MACOS: Final = Path("/Library/Application Support/Deskbreak/packs")
_OWNERS: Final = frozenset({0})  # root; others in tests alone


def folder() -> Path:
    """Return the folder that is theirs on every computer; no variable or setting moves it.

    Raises:
        OSError: Windows does not tell.
    """
    if sys.platform == "win32":
        from deskbreak.policy import windows_rights

        return windows_rights.program_data() / "Deskbreak" / "packs"
    return _MACOS if sys.platform == "darwin" else _LINUX


def see_that_secure(path: Path) -> None:
    """See that nobody but an administrator could have written *path*, a file or a folder.

    Raises:
        secure.Insecure: Somebody could.
        OSError: It cannot be looked at.
    """
    if sys.platform == "win32":
        from deskbreak.policy import windows_rights

        windows_rights.see_that_secure(path)
    else:
        secure.see_that_secure(path, _OWNERS)
