"""Where a database lies: its folder and files, for one person alone, and what file system has them."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from deskbreak.storage.sharing import patiently
from deskbreak.storage.textfile import sync_folder

BUSY_S: Final = 0.15
"""So long we wait for another program to let go, in a dozen naps that a busy machine makes longer;
the agent's thread must be back in 0.25 s."""
LOGS: Final = ("-wal", "-journal", "-shm")
"""What SQLite may keep beside a file."""
STATE: Final = "-state"
"""What `deskbreak.storage.latest` may keep beside it."""
_PRIVATE_FOLDER: Final = 0o700
_PRIVATE_FILE: Final = 0o600
_OTHERS: Final = 0o077
_DRIVE_REMOTE: Final = 4
# Source: sqlite.org/wal.html, "WAL does not work over a network filesystem"; names as in
# /proc/filesystems and the kernel's Documentation/filesystems.
_NETWORK: Final = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|ncpfs|lustre|gfs2?|ocfs2|coda|vboxsf|vmhgfs|prl_fs"
    r"|fuse\.(sshfs|glusterfs|s3fs|rclone|davfs|vmhgfs-fuse|ceph.*|.*smb.*|.*nfs.*)|davfs"
)


def beside(path: Path, ending: str) -> Path:
    """Return the path of a file that belongs to *path*: the same name, and then *ending*."""
    return path.with_name(path.name + ending)


def prepare_folder(folder: Path) -> None:
    """Have a folder that only this user may look into, whatever the umask.

    What is missing above it is made for this user alone too, as the XDG specification wants.

    Raises:
        OSError: It cannot be made.
    """
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        with suppress(FileExistsError):  # somebody else made it just now
            missing.mkdir()
            missing.chmod(_PRIVATE_FOLDER)
    keep_private(folder)


def keep_private(path: Path) -> None:
    """Take from others, not from its owner, what they may do with *path*.

    On Windows nothing has to be taken: what is in a person's profile is that person's.
    """
    if sys.platform == "win32":
        return
    mode = path.stat().st_mode
    if mode & _OTHERS:
        with suppress(PermissionError):  # not ours: then its owner decides
            path.chmod(mode & _PRIVATE_FOLDER)


def make_private_file(path: Path) -> None:
    """Have a new, empty file that only this user may read, whatever the umask.

    Raises:
        OSError: It cannot be made.
    """
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE_FILE))
    path.chmod(_PRIVATE_FILE)


def network(path: Path) -> str | None:
    """Return the name of the network file system that *path* lies on, None for a disk of ours."""
    if path.drive:
        return "SMB" if _is_remote(path.resolve().drive) else None
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    kind = file_system(mounts, path.resolve())
    return kind if _NETWORK.fullmatch(kind) else None


def _is_remote(drive: str) -> bool:
    r"""Whether *drive*, such as ``H:`` or ``\\server\homes``, is another computer's."""
    return drive.startswith("\\\\") or _drive_type(drive) == _DRIVE_REMOTE


def _drive_type(drive: str) -> int:
    """Return what kind of drive it is. Source: GetDriveTypeW, Microsoft Win32 reference."""
    if sys.platform != "win32":
        return 0  # unknown
    import ctypes

    return int(ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\"))


def file_system(mounts: str, path: Path) -> str:
    """Return the type of the file system of *path*, of the text of /proc/self/mountinfo.

    Source: proc_pid_mountinfo(5): the fifth field is the mount point with blanks as octal
    escapes; the first field after a lone hyphen is the type; a later line covers an earlier one.
    """
    found = (0, "")
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        if not right or len(left.split(" ")) < 5:  # noqa: PLR2004 - up to the mount point
            continue
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), left.split(" ")[4])
        if path.is_relative_to(point) and len(point) >= found[0]:
            found = (len(point), right.split(" ")[0])
    return found[1]


def move(old: Path, new: Path) -> None:
    """Rename a file; what was called *new* is gone.

    Raises:
        OSError: It cannot be renamed.
    """
    patiently(lambda: old.replace(new), BUSY_S)


def settle(new: Path, path: Path) -> None:
    """Let the file *new* take the place of *path*, for good.

    Raises:
        OSError: It cannot be renamed.
    """
    move(new, path)
    sync_folder(path.parent)
