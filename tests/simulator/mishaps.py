"""What goes wrong, by the verb of its aside."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from deskbreak.core.model import (
    Answered,
    Choice,
    Moment,
    Observed,
    Presence,
    Shown,
    Undelivered,
)
from deskbreak.core.timeline import HOLDS, Set, Stretch
from deskbreak.core.turn import presence_of
from deskbreak.storage.codec import Codec
from tests.simulator.watch import Broken

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from tests.simulator.driver import Driver
    from tests.simulator.happenings import Aside

_YEAR_S: Final = 366 * 86_400.0
_BESIDE_DST_S: Final = 20.0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CODEC: Final = Codec()


def _look(driver: Driver, what: Aside) -> None:
    (after_s,) = what.seconds
    driver.go_on(after_s)
    driver.run(driver.look())
    driver.go_on(1.0 - after_s)


def _stall(driver: Driver, what: Aside) -> None:
    (seconds,) = what.seconds
    here, asked_s = driver._here, driver._next_look_s
    if here is None or asked_s is None:
        return
    driver.now = driver.now.on(driver.now.boot_s + seconds)
    driver.late_s = max(0.0, driver.now.boot_s - min(asked_s, driver.now.boot_s - seconds))
    watched = presence_of(driver.state) in (Presence.DESK, Presence.AWAY)
    if watched and driver.now.boot_s > asked_s + driver.rules.late_s:
        driver.is_off(asked_s)
        driver.is_true(here.presence, here.holds)
    driver.run(driver.look())
    driver.late_s = 0.0


def _sleep(driver: Driver, what: Aside) -> None:
    (seconds,) = what.seconds
    here = driver._here
    if here is None:
        return
    driver.is_true("asleep", here.holds)  # of which nobody saw an end
    driver.now = driver.now.on(driver.now.boot_s + seconds)
    driver.is_true(here.presence, here.holds)
    driver.run(driver.take(Observed(driver.now, driver._facts(here), seconds)))


def _kill(driver: Driver, what: Aside) -> None:
    age_s, off_s = what.seconds
    here = driver._here
    if here is None:
        return
    alive_s = max(driver.state.at.boot_s, driver.now.boot_s - age_s)
    driver.go_off(alive_s)
    driver.alive_s = alive_s
    driver.now = driver.now.on(driver.now.boot_s + off_s)


def _reboot(driver: Driver, what: Aside) -> None:
    """The boot clock is another one: how long it was off is what the wall clock says."""
    off_s, shift_s = what.seconds
    if driver._here is None:
        return
    then = driver.state.at
    unix_s = driver.now.unix_s + off_s + shift_s
    gone_s = unix_s - then.unix_s
    known = 0.0 <= gone_s <= _YEAR_S
    driver.go_off(then.boot_s)
    driver.alive_s, driver.off_is_known = then.boot_s, known
    driver.now = Moment(then.boot_s + (gone_s if known else 0.0), unix_s, driver.now.zone)
    driver._input_s = min(driver._input_s, then.boot_s)


def _stop(driver: Driver, what: Aside) -> None:
    (off_s,) = what.seconds
    driver.pass_by(Stretch(off_s, "off"))


def _dst(driver: Driver, what: Aside) -> None:
    jump_s = next_change(driver.now.zone, math.floor(driver.now.unix_s))
    if jump_s is None:
        return
    ahead_s = jump_s - _BESIDE_DST_S - driver.now.unix_s
    _shift(driver, ahead_s)
    driver.go_on(2 * _BESIDE_DST_S)
    _shift(driver, -ahead_s)


def _shift(driver: Driver, seconds: float) -> None:
    driver.now = replace(driver.now, unix_s=driver.now.unix_s + seconds)
    driver.run(driver.look())


def _reload(driver: Driver, what: Aside) -> None:
    loaded = _CODEC.load(_CODEC.dump(driver.state))
    if loaded != driver.state:
        raise Broken("saved", driver.now, "a state that was saved and loaded is another one")
    driver.state = loaded


def _serve(driver: Driver, what: Aside) -> None:
    driver.service = what


def _shown_old(driver: Driver, what: Aside) -> None:
    e = driver.state.episode
    if e is not None:
        driver.say(Shown(driver.now, e.id, max(e.showing - 1, 1)))


def _shown_twice(driver: Driver, what: Aside) -> None:
    e = driver.state.episode
    if e is not None:
        driver.say(Shown(driver.now, e.id, e.showing))


def _shown_ended(driver: Driver, what: Aside) -> None:
    driver.say(Shown(driver.now, _ended(driver), 1))


def _undelivered_old(driver: Driver, what: Aside) -> None:
    e = driver.state.episode
    number, showing = (_ended(driver), 1) if e is None else (e.id, e.showing - 1)
    driver.say(Undelivered(driver.now, number, showing))


def _ended(driver: Driver) -> int:
    """Return the number of an episode that has ended."""
    return driver.state.next_episode - (1 if driver.state.episode is None else 2)


def _answer_old(driver: Driver, what: Aside) -> None:
    driver.say(Answered(driver.now, Choice(what.words[0]), _ended(driver)))


def _answer_twice(driver: Driver, what: Aside) -> None:
    e = driver.state.episode
    number = _ended(driver) if e is None else e.id
    for _ in range(2):
        driver.say(Answered(driver.now, Choice(what.words[0]), number))


def _kind_off(driver: Driver, what: Aside) -> None:
    e = driver.state.episode
    kind = "position" if e is None else e.kind
    driver.run(driver.play((Set(f"{kind}.enabled", value=False),)))
    driver.go_on(2.0)
    driver.run(driver.play((Set(f"{kind}.enabled", value=True),)))


def _sight(driver: Driver, what: Aside) -> None:
    blind, here = what.verb == "blind", driver._here
    if blind == driver.blind or here is None:
        driver.blind = blind
        return
    driver.run(driver.look())
    driver.blind = blind
    if not blind and here.presence in ("work", "idle"):
        driver._input_s = driver.now.boot_s  # what can tell again has just seen some
        driver.is_true("work", here.holds)
    driver.is_true(here.presence, here.holds)
    driver.run(driver.look())


def _flap(driver: Driver, what: Aside) -> None:
    here, hold = driver._here, HOLDS[what.words[0]]
    if here is None:
        return
    times, seconds = int(what.words[1]), float(what.words[2])
    base = here if here.presence in ("work", "idle") else Stretch(seconds, "work")
    for _ in range(times):
        driver.pass_by(Stretch(seconds, base.presence, base.holds | {hold}))
        driver.pass_by(Stretch(seconds, base.presence, base.holds - {hold}))


def _will_react(driver: Driver, what: Aside) -> None:
    driver.reaction = what


MISHAPS: Final[dict[str, Callable[[Driver, Aside], None]]] = {
    "answer-old": _answer_old,
    "answer-twice": _answer_twice,
    "blind": _sight,
    "dst": _dst,
    "flap": _flap,
    "kill": _kill,
    "kind-off": _kind_off,
    "look": _look,
    "react": _will_react,
    "reboot": _reboot,
    "reload": _reload,
    "sees": _sight,
    "service": _serve,
    "shown-ended": _shown_ended,
    "shown-old": _shown_old,
    "shown-twice": _shown_twice,
    "sleep": _sleep,
    "stall": _stall,
    "stop": _stop,
    "undelivered-old": _undelivered_old,
}


@lru_cache(4096)
def next_change(zone: tzinfo, unix_s: int) -> int | None:
    """Return when the clocks of *zone* change next, within a year; None where they do not."""
    day_s, offset = 86_400, _offset_s(zone, unix_s)
    for day in range(1, 367):
        high = unix_s + day * day_s
        if _offset_s(zone, high) == offset:
            continue
        low = high - day_s
        while high - low > 1:
            middle = (low + high) // 2
            if _offset_s(zone, middle) == offset:
                low = middle
            else:
                high = middle
        return high
    return None


def _offset_s(zone: tzinfo, unix_s: int) -> float:
    offset = (_EPOCH + timedelta(seconds=unix_s)).astimezone(zone).utcoffset()
    assert offset is not None
    return offset.total_seconds()
