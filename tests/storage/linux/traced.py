"""System calls on some files, as the kernel sees them: named, made to fail, or died at.

What a program does to files is more than what goes through the module `os`: SQLite makes its own
calls. So a child of this process does it, and strace watches, and injects what is wanted.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, Final, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Repair = Callable[[], None]
    Act = Callable[[Repair], object]

_PR_SET_PTRACER: Final = 0x59616D61
_ANYBODY: Final = ctypes.c_ulong(-1)
_ATTACHED_WITHIN_S: Final = 10.0
_CALL: Final = re.compile(r"^(?:\d+ +)?(\w+)\(")
_KILL: Final = 9
# What is done to a file when something before it failed, and not otherwise.
_AFTERWARDS: Final = ("chmod", "fchmod", "ftruncate", "mkdir", "rename", "unlink", "write")
# They do nothing to a file that could fail or be cut off by itself.
_HARMLESS: Final = frozenset({"lseek", "ioctl", "munmap", "exit_group"})
# They leave files as they are: whoever dies there leaves what the call before left.
_LOOKING: Final = frozenset(
    {"access", "close", "fcntl", "flock", "getdents64", "mmap", "newfstatat", "pread64", "read"}
)


@dataclass(frozen=True, slots=True)
class Call:
    """A system call: the *nth* (from 1) of its name, after *before* calls of each other name."""

    name: str
    nth: int
    before: tuple[tuple[str, int], ...] = ()

    @property
    def changes(self) -> bool:
        """Whether files may be others after it than before."""
        return self.name not in _LOOKING

    def dying(self) -> list[str]:
        """Return what makes a process die there, before the kernel does anything of it."""
        return [f"inject={self.name}:signal=KILL:when={self.nth}"]

    def failing(self, code: str) -> list[str]:
        """Return what makes this one call fail."""
        return [f"inject={self.name}:error={code}:when={self.nth}"]

    def failing_from_here(self, code: str) -> list[str]:
        """Return what makes this call fail, and all that follow, but for locks."""
        counts = dict.fromkeys(_AFTERWARDS, 1)
        counts |= {name: count + 1 for name, count in self.before} | {self.name: self.nth}
        for lock in ("fcntl", "flock"):
            counts.pop(lock, None)
        return [f"inject={name}:error={code}:when={nth}+" for name, nth in counts.items()]


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of the child."""

    status: int  # as `os.waitstatus_to_exitcode` has it
    said: Any  # what *act* returned, by way of JSON; None where it died
    calls: list[str]  # names, in order
    injected: int  # how many of them failed as was wanted

    @property
    def died(self) -> bool:
        """Whether it was killed where that was wanted."""
        return self.status == -_KILL

    def points(self) -> Iterator[Call]:
        """Yield each call that could fail."""
        counts: Counter[str] = Counter()
        every = sorted(set(self.calls) - _HARMLESS)
        for name in self.calls:
            if name not in _HARMLESS:
                before = tuple((other, counts[other]) for other in every if other != name)
                counts[name] += 1
                yield Call(name, counts[name], before)


needs_strace: Final = pytest.mark.skipif(not which("strace"), reason="strace is not installed")


def run(act: Act, files: Sequence[Path], inject: Sequence[str] = ()) -> Ran:
    """Let a child do *act*, and strace see what it does to *files* and inject what is wanted.

    *act* may call what it is handed: from then on nothing fails any more. Only for a process
    with one thread; the names of all files must be told before.
    """
    ours, theirs = os.pipe()
    go, gone = os.pipe()
    child = os.fork()
    if child == 0:
        _live(act, theirs, go)
    os.close(theirs)
    os.close(go)
    with tempfile.NamedTemporaryFile("r", prefix="deskbreak-strace-") as log:
        strace = _watched(child, files, inject, Path(log.name))
        os.write(gone, b".")
        said = _heard(ours, gone, strace)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        strace.communicate(timeout=_ATTACHED_WITHIN_S)
        os.close(gone)
        lines = log.read().splitlines()
    assert status in {0, -_KILL}, f"the child failed: {said}"
    calls = [found[1] for line in lines if (found := _CALL.match(line))]
    return Ran(status, said, calls, sum("(INJECTED)" in line for line in lines))


def _watched(
    child: int, files: Sequence[Path], inject: Sequence[str], log: Path
) -> subprocess.Popen[str]:
    paths = [word for file in files for word in ("-P", str(file))]
    wanted = [word for one in inject for word in ("-e", one)]
    command = ["strace", "-p", str(child), "-o", str(log), *paths, *wanted]
    strace = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    until_s = time.monotonic() + _ATTACHED_WITHIN_S
    while "TracerPid:\t0\n" in Path(f"/proc/{child}/status").read_text(encoding="ascii"):
        if strace.poll() is not None or time.monotonic() > until_s:
            os.kill(child, _KILL)
            os.waitpid(child, 0)
            pytest.skip(f"nobody may be traced here: {strace.communicate()[1].strip()}")
        time.sleep(0.001)
    return strace


def _heard(ours: int, gone: int, strace: subprocess.Popen[str]) -> object:
    """Hear the child out, and let go of it when it asks for that."""
    said: object = None
    with os.fdopen(ours) as pipe:
        for line in pipe:
            if line == "repair\n":
                strace.terminate()
                strace.wait(_ATTACHED_WITHIN_S)
                os.write(gone, b".")
            else:
                said = json.loads(line)
    return said


def _live(act: Act, theirs: int, go: int) -> NoReturn:
    def repair() -> None:
        os.write(theirs, b"repair\n")
        os.read(go, 1)

    status = 1
    try:
        # Where only a parent may be traced, anybody may trace this one. Source: prctl(2), Yama.
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
        os.read(go, 1)
        result = act(repair)
        os.write(theirs, json.dumps(result).encode() + b"\n")
        status = 0
    except BaseException:  # noqa: BLE001 - the parent sees it
        os.write(theirs, json.dumps(traceback.format_exc()).encode() + b"\n")
    os._exit(status)
