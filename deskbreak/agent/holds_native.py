"""What keeps prompts back where the system itself tells: opens the probes, and asks them."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskbreak.agent.holds import AGAIN_S, call_reasons
from deskbreak.core.reports import Finding
from deskbreak.core.words import N_, said
from deskbreak.platforms import pick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from deskbreak.core.model import Hold
    from deskbreak.core.words import Said
    from deskbreak.platforms import Picked
    from deskbreak.platforms.topics import Topic
    from deskbreak.ports import HoldProbe

_NOTHING_TELLS: Final = said(N_("nothing here tells; prompts come whether or not it is so"))
_ONLY_ASKED: Final = said(N_("tells nothing by itself: asked when a prompt is due or open"))


@dataclass(slots=True)
class _Seat:
    """A topic, and the probe that serves it."""

    topic: Topic
    picked: Picked[HoldProbe] | None = None
    answer: bool | None = None  # the last one of a probe that must be asked

    @property
    def probe(self) -> HoldProbe | None:
        """What serves it; None where nothing does, or it is switched off."""
        return None if self.picked is None else self.picked.value

    def now(self) -> bool | None:
        """What is known; only who tells of changes is asked."""
        probe = self.probe
        if probe is None:
            return None
        return probe.ask() if probe.subscribed else self.answer


class NativeHolds:
    """All that the desktop holds against a prompt now; kept in memory alone, and never whose.

    Those that tell of changes are known at any time. The others are asked when a prompt is due
    or open, and every 30 s while one of them is the reason for silence. Unknown is no hold.
    """

    def __init__(
        self, topics: Iterable[Topic], changed: Callable[[], None], *, speed: float = 1.0
    ) -> None:
        """Open nothing before `heed`; *changed* is called from any thread."""
        self._changed = changed
        self._again_s = AGAIN_S / speed
        self._seats = tuple(_Seat(topic) for topic in topics)
        self._heeded: frozenset[Hold] = frozenset()
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None
        self._told: frozenset[Hold] = frozenset()
        self._is_closed = False

    def heed(self, holds: frozenset[Hold]) -> None:
        """Let only these count; what none of them needs is closed."""
        unused: list[HoldProbe] = []
        with self._lock:
            if holds == self._heeded or self._is_closed:
                return
            self._heeded = holds
            for seat in self._seats:
                is_wanted, is_on = seat.topic.hold in holds, seat.picked is not None
                if is_wanted and not is_on:
                    self._open(seat)
                elif is_on and not is_wanted:
                    unused += _taken(seat)
        _close(unused)

    def _open(self, seat: _Seat) -> None:
        openers = seat.topic.candidates.items()
        seat.picked = pick({name: functools.partial(opens, self._note) for name, opens in openers})

    def in_force(self, *, asks: bool) -> frozenset[Hold]:
        """Return what is in force now; any thread. With *asks* a prompt hangs on it."""
        with self._lock:
            if asks:
                self._ask()
            self._told = self._sum()
            return self._told

    def _ask(self) -> None:
        asked = [seat for seat in self._seats if seat.probe and not seat.probe.subscribed]
        for seat in asked:
            assert seat.probe is not None
            seat.answer = seat.probe.ask()
        if any(seat.answer for seat in asked) and self._timer is None and not self._is_closed:
            self._timer = threading.Timer(self._again_s, self._ask_again)
            self._timer.daemon = True
            self._timer.start()

    def _ask_again(self) -> None:
        with self._lock:
            self._timer = None
            self._ask()
        self._note()

    def _note(self) -> None:
        """Report if it makes a difference."""
        with self._lock:
            now = self._sum()
            if now == self._told or self._is_closed:
                return
            self._told = now
        self._changed()

    def _sum(self) -> frozenset[Hold]:
        return frozenset(seat.topic.hold for seat in self._seats if seat.now())

    @property
    def reasons(self) -> Mapping[Hold, Said]:
        """What there is to say of a hold in force besides its name; any thread."""
        return call_reasons((seat.topic.hold, seat.topic.key, seat.now()) for seat in self._seats)

    def findings(self) -> tuple[Finding, ...]:
        """Tell of each topic what was chosen, and what was refused and why; any thread."""
        return tuple(_finding(seat) for seat in self._seats)

    def close(self) -> None:
        """Let go of everything; nothing is reported afterwards."""
        with self._lock:
            self._is_closed = True
            if self._timer is not None:
                self._timer.cancel()
            unused = [probe for seat in self._seats for probe in _taken(seat)]
        _close(unused)


def _taken(seat: _Seat) -> list[HoldProbe]:
    """Empty the seat; return what sat there."""
    probe = seat.probe
    seat.picked, seat.answer = None, None
    return [] if probe is None else [probe]


def _close(probes: Iterable[HoldProbe]) -> None:
    # Not under our lock: a probe may wait for its thread, and that for us, to tell us something.
    for probe in probes:
        probe.close()


def _finding(seat: _Seat) -> Finding:
    key, picked = seat.topic.key, seat.picked
    if picked is None:
        return Finding(key, None, ok=True, why=said(N_("switched off in the settings")))
    if picked.value is None:
        remedy = next((one.remedy for one in picked.refused if one.remedy is not None), None)
        return Finding(key, None, False, _NOTHING_TELLS, remedy, picked.refused, required=False)  # noqa: FBT003 - a row
    why = None if picked.value.subscribed else _ONLY_ASKED
    return Finding(key, picked.name, ok=True, why=why, refused=picked.refused, required=False)
