"""System calls that fail, or at which the process dies, one after the other."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CALLS: Final = (
    *("open", "close", "write", "fsync", "fchmod", "chmod", "mkdir"),
    *("replace", "unlink", "stat", "access"),
)


@contextmanager
def at_call(number: int, fault: Callable[[str], None]) -> Iterator[list[str]]:
    """Do *fault* in place of the system call of that number (from 1); yield the names of all.

    Only calls through the module `os` are counted, which is how the writer makes all of its own.
    """
    names: list[str] = []
    real = {name: getattr(os, name) for name in CALLS}

    def counted(name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - any call
            names.append(name)
            if len(names) != number:
                return real[name](*arguments, **named)
            if name == "close":  # a failed close closes all the same
                real[name](*arguments, **named)
            return fault(name)

        return call

    try:
        for name in CALLS:
            setattr(os, name, counted(name))
        yield names
    finally:
        for name in CALLS:
            setattr(os, name, real[name])


def survived(act: Callable[[], None], number: int) -> bool:
    """Tell whether *act*, in a process of its own, came past the system call of that number.

    Only for a process with one thread.
    """
    if sys.platform == "win32":
        raise OSError
    child = os.fork()
    if child == 0:
        try:
            with at_call(number, lambda name: os._exit(9)):
                act()
        except BaseException:  # noqa: BLE001 - the parent sees it in the status
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, 9}, f"call {number}: the writer failed"
    return status == 0
