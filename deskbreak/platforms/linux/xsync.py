"""The X server's idle counter, with two alarms on it: what python-xlib lacks of the SYNC extension.

Source: X Synchronization Extension Protocol, version 3.1, X.Org: requests, encoding and what an
alarm does. X Window System Protocol, X.Org, for QueryExtension.
"""

from __future__ import annotations

import enum
import functools
import select
import struct
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.xdisplay import connect, in_touch
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deskbreak.platforms.linux.xdisplay import Connection

    Request = Any  # python-xlib ships no types

_QUERY_EXTENSION: Final = 98
_INITIALIZE: Final = 0
_LIST_SYSTEM_COUNTERS: Final = 1
_QUERY_COUNTER: Final = 5
_CREATE_ALARM: Final = 8
_CHANGE_ALARM: Final = 9
_ALARM_NOTIFY: Final = 1  # after the extension's first event

_ATTRIBUTES: Final = 0b11_1111  # counter, value type, value, test type, delta, events
_EVENTS: Final = 0b10_0000
_ABSOLUTE: Final = 0

_STEP_S: Final = 0.005
_STEPS: Final = 8
"""An answer is waited for in 8 steps of 5 ms: 40 of the 50 ms that a reading may take (ports.py)."""


class Alarm(enum.Enum):
    """The two alarms that we have, by what makes them go off.

    Comparisons, not transitions: those can be lost. Whoever asks for the counter, even another
    program, sets the value from which the server sees the next transition (ProcSyncQueryCounter
    in Xext/sync.c). Asked between input and the server's look at its alarms, the counter never
    seems to have fallen. A comparison is true for as long as it is true.
    """

    REACHED = 2  # PositiveComparison: no input for so long, or longer
    RETURNED = 3  # NegativeComparison: no input for so long, or shorter


class IdleCounter:
    """One connection to the X server, for one thread at a time.

    An alarm goes off once and is then silent until it is armed again. Time for which the
    computer sleeps is not counted (GetTimeInMillis in os/utils.c reads CLOCK_MONOTONIC).
    """

    def __init__(self, display_name: str | None) -> None:
        """Connect to *display_name*, or to the display that DISPLAY names.

        May take for ever where a server accepts a connection and then says nothing.

        Raises:
            Unavailable: No display, no entry, or a server that cannot tell the idle time.
        """
        self._connection = connect(display_name)
        self._asked: Request | None = None
        try:
            with in_touch():
                self._declare()
        except BaseException:
            self.close()
            raise

    def fileno(self) -> int:
        """Return what becomes readable when an alarm went off, or when the server is gone."""
        with in_touch():
            return int(self._connection.fileno())

    def read_ms(self) -> int:
        """Ask for how long there was no input; at most 40 ms.

        Raises:
            Unavailable: The server is gone, or does not answer in time.
        """
        steps = iter(range(_STEPS))
        with in_touch():
            if self._asked is not None:  # earlier, in vain; its answer may be hours old
                self._answer_to(self._asked, steps)
            self._asked = self._query(counter=self._counter, defer=True)
            answer = self._answer_to(self._asked, steps)
            self._asked = None
            return answer

    def arm(self, alarm: Alarm, at_ms: int) -> None:
        """Let *alarm* go off when the counter passes *at_ms*, or at once if it has.

        Raises:
            Unavailable: The server is gone.
        """
        with in_touch():
            self._set(self._change, alarm, at_ms, is_heard=True)
            self._connection.flush()

    def mute(self, alarm: Alarm) -> None:
        """Let *alarm* be silent.

        Raises:
            Unavailable: The server is gone.
        """
        with in_touch():
            self._set(self._change, alarm, 0, is_heard=False)
            self._connection.flush()

    def went_off(self) -> list[tuple[Alarm, int]]:
        """Take the alarms that went off, each with the counter (ms) at that time; never waits.

        To be asked before waiting for `fileno`: what came with an answer shows only here.

        Raises:
            Unavailable: The server is gone.
        """
        with in_touch():
            count = self._connection.pending_events()
            events = [self._connection.next_event() for _ in range(count)]
        return [
            (self._alarms[event.alarm], _int64(event.counter_hi, event.counter_lo))
            for event in events
            # Others come unasked: that the keyboard's mapping changed is told to everybody.
            if event.type == self._alarm_notify
        ]

    def close(self) -> None:
        """Let go of the connection, whatever its state."""
        self._connection.socket.close()

    def _answer_to(self, request: Request, steps: Iterator[int]) -> int:
        self._connection.flush()
        while not hasattr(request, "value_hi"):  # a reply has its fields once it came
            if next(steps, None) is None:
                raise Unavailable(said(N_("the X server does not answer in time")))
            select.select([self._connection], [], [], _STEP_S)
            self._connection.pending_events()
        return _int64(request.value_hi, request.value_lo)

    def _declare(self) -> None:
        """Describe the requests to python-xlib, find the counter, make the alarms."""
        from Xlib.protocol import rq

        opcode, first_event = _extension(self._connection, "SYNC")
        declared = functools.partial(_declared, self._connection, opcode)
        version = [rq.Card8("major"), rq.Card8("minor"), rq.Pad(2)]
        declared(_INITIALIZE, version, [rq.Pad(24)])(major=3, minor=1)
        counters = [rq.Card32("count"), rq.Pad(20), rq.Binary("counters")]
        listed = declared(_LIST_SYSTEM_COUNTERS, [], counters)()
        self._counter = _idletime(bytes(listed.counters), listed.count)
        answer = [*_value(rq, "value"), rq.Pad(16)]
        self._query = declared(_QUERY_COUNTER, [rq.Card32("counter")], answer)
        trigger = [rq.Card32("counter"), rq.Card32("value_type"), *_value(rq, "value")]
        rest = [rq.Card32("test_type"), *_value(rq, "delta"), rq.Card32("events")]
        alarm = [rq.Card32("alarm"), rq.Card32("mask"), *trigger, *rest]
        self._change = declared(_CHANGE_ALARM, alarm)
        self._alarm_notify = first_event + _ALARM_NOTIFY
        self._connection.add_extension_event(self._alarm_notify, _alarm_event(rq))
        self._alarms = {self._connection.allocate_resource_id(): alarm for alarm in Alarm}
        for each in Alarm:
            self._set(declared(_CREATE_ALARM, alarm), each, 0, is_heard=False)

    def _set(
        self, request: Callable[..., Request], alarm: Alarm, at_ms: int, *, is_heard: bool
    ) -> None:
        number = next(number for number, each in self._alarms.items() if each is alarm)
        request(
            alarm=number,
            mask=_ATTRIBUTES,
            counter=self._counter,
            value_type=_ABSOLUTE,
            value_hi=at_ms >> 32,
            value_lo=at_ms & 0xFFFF_FFFF,
            test_type=alarm.value,
            delta_hi=0,
            delta_lo=0,
            events=int(is_heard),
        )


def _extension(connection: Connection, wanted: str) -> tuple[int, int]:
    """Return opcode and first event of the extension *wanted*.

    Raises:
        Unavailable: The server does not have it, or does not see all input.
    """
    from Xlib.protocol import rq

    head = [rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength()]
    numbers = [rq.Card8("major_opcode"), rq.Card8("first_event"), rq.Card8("first_error")]
    name = [rq.LengthOf("name", 2), rq.Pad(2), rq.String8("name")]
    structs = {
        "_request": rq.Struct(rq.Opcode(_QUERY_EXTENSION), rq.Pad(1), rq.RequestLength(), *name),
        "_reply": rq.Struct(*head, rq.Card8("present"), *numbers, rq.Pad(20)),
    }
    query = type("QueryExtension", (rq.ReplyRequest,), structs)
    # Source: XWAYLAND extension, xorgproto; a server that is a guest says so since Xwayland 23.1.
    if query(display=connection, name="XWAYLAND").present:
        raise Unavailable(said(N_("this X server is a guest of Wayland and sees only some input")))
    found = query(display=connection, name=wanted)
    if not found.present:
        raise Unavailable(said(N_("the X server has no {extension} extension"), extension=wanted))
    return found.major_opcode, found.first_event


def _idletime(counters: bytes, count: int) -> int:
    """Find the counter of idle time in a list of SYSTEMCOUNTER.

    Raises:
        Unavailable: It is not there.
    """
    at = 0
    for _ in range(count):
        number, _, _, length = struct.unpack_from("=IiIH", counters, at)
        if counters[at + 14 : at + 14 + length] == b"IDLETIME":
            return int(number)
        at += 14 + length + -(14 + length) % 4
    raise Unavailable(said(N_("the X server does not count idle time")))


def _declared(
    connection: Connection,
    opcode: int,
    code: int,
    fields: Sequence[object],
    answer: Sequence[object] | None = None,
) -> Callable[..., Request]:
    """Make a request of an extension as python-xlib wants it: a class whose objects are sent."""
    from Xlib.protocol import rq

    request = rq.Struct(rq.Card8("opcode"), rq.Opcode(code), rq.RequestLength(), *fields)
    if answer is None:
        kind = type("Request", (rq.Request,), {"_request": request})
    else:
        head = [rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength()]
        structs = {"_request": request, "_reply": rq.Struct(*head, *answer)}
        kind = type("Request", (rq.ReplyRequest,), structs)
    return functools.partial(kind, display=connection, opcode=opcode)


def _alarm_event(rq: Any) -> type:  # noqa: ANN401 - python-xlib ships no types
    head = [rq.Card8("type"), rq.Card8("kind"), rq.Card16("sequence_number"), rq.Card32("alarm")]
    values = [*_value(rq, "counter"), *_value(rq, "alarm_value")]
    fields = rq.Struct(*head, *values, rq.Card32("time"), rq.Card8("state"), rq.Pad(3))
    return type("AlarmNotify", (rq.Event,), {"_code": None, "_fields": fields})


def _value(rq: Any, name: str) -> list[object]:  # noqa: ANN401 - python-xlib ships no types
    return [rq.Int32(f"{name}_hi"), rq.Card32(f"{name}_lo")]


def _int64(high: int, low: int) -> int:
    return high << 32 | low
