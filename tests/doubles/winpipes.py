"""Named pipes and mutexes of a Windows with several accounts, for tests on any system.

It has the functions of `deskbreak.door.win32`; `sid` is the account that calls them.
"""

from __future__ import annotations

import itertools
import re
import threading
from dataclasses import dataclass, field
from typing import Final

ADMINISTRATORS: Final = "S-1-5-32-544"
_SHORT: Final = {"BA": ADMINISTRATORS, "WD": "*"}


@dataclass(eq=False)
class _Thing:
    """What a name stands for: whose it is, and who may use it."""

    owner: str
    allowed: str
    is_taken: bool = False  # a pipe: somebody connected, and was not sent away yet
    is_open: bool = False  # and is there still
    is_set: bool = False  # an event
    up: bytearray = field(default_factory=bytearray)  # from the client to the server
    down: bytearray = field(default_factory=bytearray)


@dataclass(eq=False)
class _Handle:
    thing: _Thing
    name: str
    is_client: bool = False
    is_cut: bool = False  # a client that was sent away


class Windows:
    """A computer; every function may be called from any thread."""

    def __init__(self, sid: str = "S-1-5-21-1-2-3-1001") -> None:
        """Let that account call first."""
        self.sid = sid
        self._named: dict[str, _Thing] = {}
        self._handles: dict[int, _Handle] = {}
        self._numbers = itertools.count(4, 4)
        self._news = threading.Condition()

    def own_sid(self) -> str:
        return self.sid

    def owner(self, handle: int) -> str:
        return self._handles[handle].thing.owner

    def create_mutex(self, name: str, sddl: str) -> tuple[int, bool]:
        with self._news:
            was_there = name in self._named
            thing = self._named.setdefault(name, _described(sddl))
            return self._opened(thing, name, is_new=not was_there), was_there

    def open_mutex(self, name: str) -> int:
        with self._news:
            if name not in self._named:
                raise FileNotFoundError(name)
            return self._opened(self._named[name], name)

    def create_pipe(self, path: str, sddl: str) -> int:
        with self._news:
            if path in self._named:
                raise PermissionError(path)
            self._named[path] = thing = _described(sddl)
            return self._opened(thing, path, is_new=True)

    def create_event(self) -> int:
        with self._news:
            return self._opened(_Thing(self.sid, self.sid), "", is_new=True)

    def set_event(self, event: int) -> None:
        with self._news:
            self._handles[event].thing.is_set = True
            self._news.notify_all()

    def is_connected(self, pipe: int, stop: int) -> bool:
        with self._news:
            server, event = self._handles[pipe].thing, self._handles[stop].thing
            self._news.wait_for(lambda: event.is_set or server.is_taken)
            return not event.is_set

    def open_pipe(self, path: str) -> int:
        with self._news:
            if path not in self._named:
                raise FileNotFoundError(path)
            thing = self._named[path]
            handle = self._opened(thing, path, is_client=True)
            if thing.is_taken:
                del self._handles[handle]
                raise BlockingIOError(path)
            thing.is_taken = thing.is_open = True
            self._news.notify_all()
            return handle

    def read(self, pipe: int, timeout_s: float) -> bytes:
        with self._news:
            handle = self._handles[pipe]
            thing = handle.thing
            data = thing.down if handle.is_client else thing.up

            def is_over() -> bool:
                return handle.is_cut or not thing.is_open

            if not self._news.wait_for(lambda: is_over() or data, timeout_s):
                raise TimeoutError(pipe)
            came = b"" if handle.is_cut else bytes(data[:65_536])
            del data[: len(came)]
            return came

    def write(self, pipe: int, data: bytes, timeout_s: float) -> None:
        with self._news:
            handle = self._handles[pipe]
            if handle.is_cut or not handle.thing.is_open:
                raise BrokenPipeError(pipe)
            (handle.thing.up if handle.is_client else handle.thing.down).extend(data)
            self._news.notify_all()

    def cancel(self, pipe: int) -> None:
        """Nothing here waits for long."""

    def disconnect(self, pipe: int) -> None:
        with self._news:
            self._cut(self._handles[pipe].thing)

    def close(self, handle: int) -> None:
        with self._news:
            closed = self._handles.pop(handle)
            thing = closed.thing
            if closed.is_client and not closed.is_cut:
                thing.is_open = False  # what is on its way arrives
            if not closed.is_client and closed.name.startswith("\\\\"):
                self._cut(thing)
            if not closed.is_client and not self._serves(thing):
                self._named = {n: one for n, one in self._named.items() if one is not thing}
            self._news.notify_all()

    def _serves(self, thing: _Thing) -> bool:
        return any(one.thing is thing and not one.is_client for one in self._handles.values())

    def _cut(self, thing: _Thing) -> None:
        for one in self._handles.values():
            if one.thing is thing and one.is_client:
                one.is_cut = True
        thing.is_taken = thing.is_open = False
        thing.up.clear()
        thing.down.clear()
        self._news.notify_all()

    def _opened(
        self, thing: _Thing, name: str, *, is_client: bool = False, is_new: bool = False
    ) -> int:
        if not is_new and thing.allowed not in ("*", self.sid):
            raise PermissionError(name)
        number = next(self._numbers)
        self._handles[number] = _Handle(thing, name, is_client)
        return number


def _described(sddl: str) -> _Thing:
    owner = re.search(r"O:(S-[\d-]+|[A-Z]{2})", sddl)
    allowed = re.search(r"\(A;;GA;;;(.+?)\)", sddl)
    assert owner is not None
    assert allowed is not None
    return _Thing(_SHORT.get(owner[1], owner[1]), _SHORT.get(allowed[1], allowed[1]))
