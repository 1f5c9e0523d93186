"""Hears signals at once, whatever the main thread waits for."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_log: Final = logging.getLogger(__name__)


@contextlib.contextmanager
def heard(wanted: Mapping[int, Callable[[], None]]) -> Iterator[None]:
    """Call what stands beside a signal when it comes, on a thread for this. On the main thread.

    Python itself runs handlers between two instructions of the main thread. A signal that comes
    just before that thread begins to wait, or that the kernel gives to another thread, does not
    interrupt the wait, and would be noticed when it ends: here, never. What `set_wakeup_fd` does is
    done where the signal arrives. Source: docs.python.org, signal, "Execution of Python signal
    handlers"; acquire_timed, Modules/_threadmodule.c of CPython 3.11.

    Afterwards the signals do nothing: who has been told to end is not killed while it does.

    On Windows nobody sends SIGTERM; Ctrl+Break and a console that is closed stand for it.
    """
    ear, bell = os.pipe()
    if sys.platform != "win32":  # there it is not asked for
        os.set_blocking(bell, False)
    signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
    wanted = _with_break(wanted)
    for number in wanted:
        signal.signal(number, _do_nothing)
    listening = threading.Thread(target=_listen, args=(ear, wanted), name="signals", daemon=True)
    listening.start()
    try:
        with _console(wanted):
            yield
    finally:
        signal.set_wakeup_fd(-1)
        os.close(bell)  # ends `_listen`
        listening.join()


def _with_break(wanted: Mapping[int, Callable[[], None]]) -> Mapping[int, Callable[[], None]]:
    if sys.platform != "win32" or signal.SIGTERM not in wanted:
        return wanted
    return {signal.SIGBREAK: wanted[signal.SIGTERM], **wanted}


def _console(
    wanted: Mapping[int, Callable[[], None]],
) -> contextlib.AbstractContextManager[None]:
    if sys.platform != "win32" or signal.SIGTERM not in wanted:
        return contextlib.nullcontext()
    from deskbreak.agent.console import closing_told

    return closing_told(wanted[signal.SIGTERM])


def _do_nothing(*_: object) -> None:
    """Stand for the handler, without which the number would not be written."""


def _done(act: Callable[[], None]) -> None:
    try:
        act()
    except Exception:  # noqa: BLE001 - who is deaf from then on cannot even be told to end
        _log.exception("A signal could not be handled")


def _listen(ear: int, wanted: Mapping[int, Callable[[], None]]) -> None:
    while numbers := os.read(ear, 64):
        for number in numbers:
            if number in wanted:
                _done(wanted[number])
    os.close(ear)
