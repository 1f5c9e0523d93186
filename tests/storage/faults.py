"""System calls that fail, or at which the process dies, one after the other."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final, NoReturn

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
    real = {name: getattr(os, name) for name in CALLS if hasattr(os, name)}

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
        for name in real:
            setattr(os, name, counted(name))
        yield names
    finally:
        for name, call in real.items():
            setattr(os, name, call)


def survived(act: Callable[[], None], number: int) -> bool:
    """Tell whether *act*, in a process of its own, came past the system call of that number.

    Only for a process with one thread; *act* is a function of a module, perhaps a `partial`.
    """
    if sys.platform == "win32":
        process = get_context("spawn").Process(target=_live, args=(act, number))
        process.start()
        process.join()
        status = process.exitcode
    else:
        child = os.fork()
        if child == 0:
            _live(act, number)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, 9}, f"call {number}: the writer failed"
    return status == 0


def _live(act: Callable[[], None], number: int) -> NoReturn:
    try:
        with at_call(number, lambda name: os._exit(9)):
            act()
    except BaseException:  # noqa: BLE001 - the parent sees it in the status
        os._exit(1)
    os._exit(0)
