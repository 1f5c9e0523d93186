"""Small text files: read with care, and replaced so that a crash leaves the old or the new one."""

from __future__ import annotations

import codecs
import os
import stat
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, Refusal, said
from deskbreak.storage.sharing import patiently

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOM: Final = "\ufeff"
_LOCK_WAIT_S: Final = 5.0  # our opinion: longer than any writer takes, shorter than patience
_LOCK_LOOK_S: Final = 0.02
_READ_WAIT_S: Final = 0.1  # the agent reads settings, and nothing may hold it up for long
_REPLACE_WAIT_S: Final = 1.0
_OTHER_ENCODINGS: Final = (
    # UTF-32 first: its mark begins with that of UTF-16. Source: Unicode 15.0, section 23.8.
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


UNREADABLE: Final = N_("{path} cannot be read: {reason}")
"""What is said of a file or a folder that a disk does not give."""


class Withheld(Refusal):
    """The disk does not give a file now; another time it may, though nobody changed anything."""


def private_folder(path: Path) -> Path:
    """Make *path*, and what is missing above it, for this user alone; return it.

    Raises:
        Refusal: It cannot be made, or is no folder.
    """
    try:
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        for folder in reversed(missing):
            with suppress(FileExistsError):  # somebody else made it just now
                folder.mkdir(mode=0o700)
                folder.chmod(0o700)  # mkdir leaves out what the umask says
        if path.is_dir():
            return path
    except OSError as error:
        sentence = N_("the folder {path} cannot be made: {reason}")
        raise Refusal(said(sentence, path=path, reason=_reason(error))) from error
    raise Refusal(said(N_("{path} is not a folder"), path=path))


def private_file(path: Path) -> Path:
    """Make an empty file for this user alone, and its folder, unless it is there; return it.

    Raises:
        Refusal: It cannot be made.
    """
    private_folder(path.parent)
    try:
        with suppress(FileExistsError):
            os.close(_created(path, 0o600))
    except OSError as error:
        raise _not_written(path, error) from error
    return path


def _created(path: Path, mode: int) -> int:
    """Create a file that must not be there, with *mode* whatever the umask; return it open."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    if sys.platform == "win32":
        return os.open(path, flags | os.O_BINARY, mode)
    opened = os.open(path, flags, 0o600)
    try:
        os.fchmod(opened, mode)
    except OSError:
        os.close(opened)
        raise
    return opened


def read_bytes(path: Path, most_bytes: int) -> bytes | None:
    """Return what is in a file, or None where there is none.

    Raises:
        Withheld: It cannot be read now.
        Refusal: It is too large, is no file, or is a link to nothing.
    """
    try:
        # Looked at first: to open a pipe would wait for somebody to write into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise Refusal(said(N_("{path} is not a file"), path=path))
        with patiently(lambda: path.open("rb"), _READ_WAIT_S) as file:
            data = file.read(most_bytes + 1)
    except FileNotFoundError as error:
        if not os.path.islink(path):  # noqa: PTH114 - says no, where pathlib would raise
            return None
        sentence = N_("{path} is a link to {target}, which is not there")
        target = os.path.realpath(path)
        raise Refusal(said(sentence, path=path, target=target)) from error
    except OSError as error:
        raise withheld(path, error) from error
    if len(data) > most_bytes:
        sentence = N_("{path} is larger than {most} kB, so it cannot be what it should be")
        raise Refusal(said(sentence, path=path, most=most_bytes // 1024))
    return data


def withheld(path: Path, error: OSError) -> Withheld:
    """Say that *path* cannot be read now."""
    return Withheld(said(UNREADABLE, path=path, reason=_reason(error)))


def decoded(data: bytes, name: str) -> str:
    """Return the text in *data*, with its byte order mark where it has one.

    Raises:
        Refusal: It is not UTF-8.
    """
    for mark, encoding in _OTHER_ENCODINGS:
        if data.startswith(mark):
            sentence = N_("{path} is written in {encoding}; save it as UTF-8")
            raise Refusal(said(sentence, path=name, encoding=encoding))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        sentence = N_("{path}:{line}: is not UTF-8, perhaps Latin-1; save it as UTF-8")
        raise Refusal(said(sentence, path=name, line=line)) from error


def replace_text(target: Path, text: str, *, lasting: bool = True) -> None:
    """Put *text* into *target*: at every instant, and after a crash, the old file or the new.

    Not *lasting*, it costs no disk sync, and a power cut may leave half of it: for what can be done
    without. An old file keeps its mode, a new one is the user's alone. One writer at a time: see
    `locked`.

    Raises:
        Refusal: It is read-only, or cannot be written; it is then as it was.
    """
    # One name for all writers, so that what a killed one left is found and removed by the next.
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        mode = _mode_to_keep(target)
        temporary.unlink(missing_ok=True)
        opened = _created(temporary, mode)
        try:
            _write(opened, text.encode())
            if lasting:
                os.fsync(opened)
        finally:
            os.close(opened)
        patiently(lambda: temporary.replace(target), _REPLACE_WAIT_S)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise _not_written(target, error) from error
    if lasting:
        sync_folder(target.parent)


def _write(opened: int, data: bytes) -> None:
    while data:
        data = data[os.write(opened, data) :]


def _mode_to_keep(target: Path) -> int:
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return 0o600
    # The mode is asked as well, because root may write everything; replacing would need no right
    # to write into the old file, but who took that right away meant it.
    if not mode & 0o222 or not os.access(target, os.W_OK):
        raise Refusal(
            said(N_("{path} is read-only, so it was not changed"), path=target),
            said(N_("Make it writable, or change it where it is made.")),
        )
    return mode


def sync_folder(folder: Path) -> None:
    """Make the new name of a file outlive a power cut, where the file system can."""
    if sys.platform == "win32":
        return
    # The file is replaced by now. Where a folder cannot be synced, a power cut may bring the old
    # file back, whole; to call that a failure would be the greater lie.
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file *path*, which stays; at most 5 s of waiting. Dies with the process.

    Raises:
        Refusal: It cannot be made, or another program holds it.
    """
    private_file(path)
    try:
        opened = os.open(path, os.O_RDWR)
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        _lock(opened, path)
        try:
            yield
        finally:
            _unlock(opened)
    finally:
        with suppress(OSError):  # the lock is gone, whatever a network file system says
            os.close(opened)


def _lock(opened: int, path: Path) -> None:
    looks = int(_LOCK_WAIT_S / _LOCK_LOOK_S)
    while True:
        try:
            _try_lock(opened)
        except BlockingIOError as error:
            looks -= 1
            if looks < 0:
                sentence = N_("{path} is held by another program; try again")
                raise Refusal(said(sentence, path=path)) from error
            time.sleep(_LOCK_LOOK_S)
        except OSError as error:
            raise _not_written(path, error) from error
        else:
            return


def _try_lock(opened: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)
        except OSError as error:  # Wine leaves an older error number where this one should be
            raise BlockingIOError from error
    else:
        import fcntl

        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _unlock(opened: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        # Closing would do, but only "depending upon available system resources" at once.
        # Source: LockFile, Microsoft Win32 reference.
        with suppress(OSError):
            msvcrt.locking(opened, msvcrt.LK_UNLCK, 1)


def _not_written(path: Path, error: OSError) -> Refusal:
    sentence = N_("{path} cannot be written: {reason}")
    return Refusal(said(sentence, path=path, reason=_reason(error)))


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
