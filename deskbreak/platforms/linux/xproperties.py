"""Properties of windows on an X server, and word of their changes.

python-xlib has these requests, in a module that costs 0.6 MB; four are declared here instead.
Source: X Window System Protocol, X.Org, appendix B: InternAtom, GetProperty, GetWindowAttributes,
ChangeWindowAttributes, PropertyNotify, DestroyNotify, UnmapNotify, MapNotify.
"""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.watcher import made_within
from deskbreak.platforms.linux.xdisplay import connect, in_touch
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskbreak.platforms.linux.xdisplay import Connection

    Request = Any  # python-xlib ships no types

_CHANGE_WINDOW_ATTRIBUTES: Final = 2
_GET_WINDOW_ATTRIBUTES: Final = 3
_INTERN_ATOM: Final = 16
_GET_PROPERTY: Final = 20
_PROPERTY_NOTIFY: Final = 28
_COMES_OR_GOES: Final = frozenset({17, 18, 19})  # DestroyNotify, UnmapNotify, MapNotify
_EVENT_MASK: Final = 1 << 11  # the attribute
_PROPERTY_CHANGES: Final = 1 << 22  # its value
_STRUCTURE_CHANGES: Final = 1 << 17  # another one
_UNMAPPED: Final = 0
_MOST_VALUES: Final = 64
_WORD_BITS: Final = 32

_OPEN_S: Final = 0.25
_STEP_S: Final = 0.01
_STEPS: Final = 20
"""An answer is waited for in 20 steps of 10 ms; usually it is there at once. Our own choice."""


class Change(NamedTuple):
    """A property that changed, by its atom; None where the window itself came or went."""

    window: int
    atom: int | None


class Properties:
    """One connection to the X server, for one thread at a time."""

    def __init__(self, display_name: str | None) -> None:
        """Connect to *display_name*, or to the display that DISPLAY names; at most 250 ms.

        Raises:
            Unavailable: There is none, or it says nothing.
        """
        found: Connection | None = made_within(
            _OPEN_S, lambda: connect(display_name), lambda late: late.socket.close()
        )
        if found is None:
            raise Unavailable(said(N_("the X server does not answer in time")))
        self._connection = found
        try:
            with in_touch():
                self._declare()
                self.root = int(self._connection.info.roots[0].root)
        except BaseException:
            self.close()
            raise

    def fileno(self) -> int:
        """Return what becomes readable when something changed, or when the server is gone."""
        with in_touch():
            return int(self._connection.fileno())

    def atom(self, name: str) -> int:
        """Return the number of *name*.

        Raises:
            Unavailable: The server is gone, or does not answer in time.
        """
        answer = self._answered(self._intern(name=name, only_if_exists=False))
        if answer is None:
            raise Unavailable(said(N_("the X server is out of order")))
        return int(answer.atom)

    def values(self, window: int, atom: int) -> list[int]:
        """Return the numbers in a property of *window*; none where either is not there.

        Raises:
            Unavailable: The server is gone, or does not answer in time.
        """
        answer = self._answered(
            self._get(
                delete=False,
                window=window,
                property=atom,
                type=0,  # any
                long_offset=0,
                long_length=_MOST_VALUES,
            )
        )
        if answer is None or not answer.value or answer.value[0] != _WORD_BITS:
            return []
        return list(answer.value[1])

    def is_there(self, window: int) -> bool:
        """Tell whether *window* exists and is not put away.

        Raises:
            Unavailable: The server is gone, or does not answer in time.
        """
        answer = self._answered(self._attributes(window=window))
        return answer is not None and answer.map_state != _UNMAPPED

    def hear(self, window: int, *, changes: bool) -> None:
        """Hear of *window*'s changes, or no more; one that has gone has none."""
        with in_touch():
            self._change(
                onerror=lambda *_: True,
                window=window,
                value_mask=_EVENT_MASK,
                event_mask=_PROPERTY_CHANGES | _STRUCTURE_CHANGES if changes else 0,
            )
            self._connection.flush()

    def changes(self) -> list[Change]:
        """Take what has changed; never waits.

        Raises:
            Unavailable: The server is gone.
        """
        with in_touch():
            count = self._connection.pending_events()
            events = [self._connection.next_event() for _ in range(count)]
        return [
            Change(int(event.window), int(event.atom) if event.type == _PROPERTY_NOTIFY else None)
            for event in events
            if event.type == _PROPERTY_NOTIFY or event.type in _COMES_OR_GOES
        ]

    def close(self) -> None:
        """Let go of the connection, whatever its state."""
        self._connection.socket.close()

    def _answered(self, asked: Request) -> Request | None:
        """Wait for the answer to *asked*; None where it is an error."""
        with in_touch():
            self._connection.flush()
            for _ in range(_STEPS):
                self._connection.pending_events()
                if asked._error is not None:  # noqa: SLF001 - the only way to see it without waiting
                    return None
                if asked._data is not None:  # noqa: SLF001 - as above
                    return asked
                select.select([self._connection], [], [], _STEP_S)
        raise Unavailable(said(N_("the X server does not answer in time")))

    def _declare(self) -> None:
        """Describe the requests to python-xlib."""
        from Xlib.protocol import rq

        head = [rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength()]
        name = [rq.LengthOf("name", 2), rq.Pad(2), rq.String8("name")]
        self._intern = self._asking(
            [rq.Opcode(_INTERN_ATOM), rq.Bool("only_if_exists"), rq.RequestLength(), *name],
            [*head, rq.Card32("atom"), rq.Pad(20)],
        )
        numbers = ("window", "property", "type", "long_offset", "long_length")
        head[1] = rq.Format("value", 1)
        sizes = [rq.Card32("property_type"), rq.Card32("bytes_after"), rq.LengthOf("value", 4)]
        self._get = self._asking(
            [
                rq.Opcode(_GET_PROPERTY),
                rq.Bool("delete"),
                rq.RequestLength(),
                *map(rq.Card32, numbers),
            ],
            [*head, *sizes, rq.Pad(12), rq.PropertyData("value")],
        )
        self._attributes = self._asking(
            [rq.Opcode(_GET_WINDOW_ATTRIBUTES), rq.Pad(1), rq.RequestLength(), rq.Card32("window")],
            [*head, rq.Pad(18), rq.Card8("map_state"), rq.Pad(17)],
        )
        fields = map(rq.Card32, ("window", "value_mask", "event_mask"))
        told = [rq.Opcode(_CHANGE_WINDOW_ATTRIBUTES), rq.Pad(1), rq.RequestLength(), *fields]
        kind = type("Request", (rq.Request,), {"_request": rq.Struct(*told)})
        self._change: Callable[..., Request] = lambda **values: kind(
            display=self._connection, **values
        )

    def _asking(self, request: Sequence[object], reply: Sequence[object]) -> Callable[..., Request]:
        from Xlib.protocol import rq

        structs = {"_request": rq.Struct(*request), "_reply": rq.Struct(*reply)}
        kind = type("Request", (rq.ReplyRequest,), structs)
        return lambda **values: kind(display=self._connection, defer=True, **values)
