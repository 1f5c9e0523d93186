"""Why nothing was shown at an earlier instant: read from the rows, and found out by playing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core import diary, labels, outlook
from deskbreak.core.lines import printable
from deskbreak.core.model import Episode, Hold, Outcome, Presence
from deskbreak.core.model import Reason as Withdrawn
from deskbreak.core.outlook import Reason, Silence
from deskbreak.core.replacing import replace
from deskbreak.core.replay import Player
from deskbreak.core.schedule import local_time, moment_of, parse_clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskbreak.core.model import Moment, Rules, Span
    from deskbreak.core.words import Words

_MOMENT_S: Final = 1.0  # a timeline has whole seconds


@dataclass(frozen=True, slots=True)
class Then:
    """How it was at an earlier instant.

    ``open`` is the break whose prompt had been shown and not ended. Without ``known`` nothing is
    recorded of that time.
    """

    at: Moment
    known: bool
    silences: tuple[Silence, ...] = ()
    open: Episode | None = None


def moment(text: str, now: Moment) -> Moment:
    """Return the last time before *now* at which a clock on the wall showed ``14:20``.

    Raises:
        ValueError: *text* is not a time of day.
    """
    local = local_time(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = midnight + timedelta(seconds=parse_clock(text))
    return moment_of(wanted if wanted <= local else wanted - timedelta(days=1), now)


def then(spans: Sequence[Span], episodes: Sequence[Episode], rules: Rules, at: Moment) -> Then:
    """Return how it was at *at*, by the wall clock.

    *spans* are in order of time, with the one that is open, from a day before on; *episodes* with
    the one that is open. Where the person was and what held prompts back is as recorded. The rest
    is found out by playing the rows with *rules*, those in force now: some 10 ms a day.
    """
    span = next((one for one in spans if one.start.unix_s <= at.unix_s < one.end.unix_s), None)
    if span is None:
        before = any(one.end.unix_s <= at.unix_s for one in spans)
        after = any(one.start.unix_s > at.unix_s for one in spans)
        off = (Silence(Presence.OFF),) if before and after else ()
        return Then(at, known=before and after, silences=off)
    at = span.start.on(span.start.boot_s + at.unix_s - span.start.unix_s)
    shown = next((e for e in episodes if _is_open(e, at)), None)
    recorded = [] if span.presence is Presence.DESK else [Silence(span.presence)]
    if span.presence is not Presence.OFF:  # who does not run hears of none
        recorded += [Silence(hold) for hold in Hold if hold in span.holds]
    if shown is not None:
        return Then(at, True, (Silence(Reason.OPEN), *recorded), shown)  # noqa: FBT003 - a row
    # A moment into it: what begins at this very instant is in force.
    until = span.start.on(min(at.boot_s + _MOMENT_S, span.end.boot_s))
    played = () if recorded else tuple(_played(spans, episodes, rules, until))
    return Then(at, True, (*recorded, *played))  # noqa: FBT003 - a row


def _is_open(e: Episode, at: Moment) -> bool:
    if e.shown is None or e.shown.boot_s > at.boot_s:
        return False
    return e.ended is None or at.boot_s < e.ended.boot_s


def _played(
    spans: Sequence[Span], episodes: Sequence[Episode], rules: Rules, at: Moment
) -> Iterator[Silence]:
    """Yield what else kept prompts back, as the engine finds it where it sees the same day."""
    until = [
        one if one.end.boot_s <= at.boot_s else replace(one, end=at)
        for one in spans
        if one.start.boot_s < at.boot_s
    ]
    ended = [e for e in episodes if e.ended is not None and e.ended.boot_s <= at.boot_s]
    told = diary.happened(until, ended, rules)
    player = Player(told.start, rules)
    _ = [*player.play(told.lines), *player.finish()]
    for silence in outlook.silences(player.state, rules, player.now):
        if isinstance(silence.reason, Reason) and silence.reason is not Reason.OPEN:
            ends_s = silence.until_s - player.now.boot_s
            yield Silence(silence.reason, at.boot_s + ends_s)


# ── for people and for programs ────────────────────────────────────────────────────────────


def then_lines(found: Then, now: Moment, words: Words) -> list[str]:
    """Return what ``status --why 14:20`` prints."""
    _, time = words.gettext, labels.clock(found.at, now, words)
    if not found.known:
        return printable([_("Nothing is recorded of {time}").format(time=time)])
    if not found.silences:
        return printable([_("At {time} nothing kept prompts back").format(time=time)])
    lines = [_("Why nothing was shown at {time}:").format(time=time)]
    if found.open is not None:
        lines = [_("At {time} a prompt had been shown:").format(time=time)]
    return printable([*lines, *(f"- {line}" for line in _reasons(found, now, words))])


def _reasons(found: Then, now: Moment, words: Words) -> Iterator[str]:
    _ = words.gettext
    for silence in found.silences:
        match silence.reason:
            case Presence():
                yield labels.presence_name(silence.reason, words)
            case Hold():
                yield labels.why_withdrawn(Withdrawn(silence.reason.value), words)
            case Reason.OPEN if found.open is not None:
                yield _prompt(found.open, now, words)
            case _:
                name = labels.reason_name(silence.reason, words)
                if silence.until_s == float("inf"):
                    yield name
                else:
                    until = labels.clock(found.at.on(silence.until_s), now, words)
                    yield _("{reason} (until {time})").format(reason=name, time=until)


def _prompt(e: Episode, now: Moment, words: Words) -> str:
    _, kind = words.gettext, labels.kind_name(e.kind, words)
    assert e.shown is not None, "only what was shown is open"
    since = labels.clock(e.shown, now, words)
    if e.ended is None or e.outcome is None:
        return _("{kind}, since {time}").format(kind=kind, time=since)
    outcome = labels.outcome_name(e.outcome, e.by, words)
    end = labels.clock(e.ended, now, words)
    line = _("{kind}, since {time}; at {end}: {outcome}")
    return line.format(kind=kind, time=since, end=end, outcome=outcome)


def then_json(found: Then) -> dict[str, Any]:
    """Return what ``status --why 14:20 --json`` prints."""
    return {
        "at": found.at.wall.isoformat(timespec="seconds"),
        "known": found.known,
        "silent": [
            {"reason": x.reason.value, "until": _iso(found.at, x.until_s)} for x in found.silences
        ],
        "open": None if found.open is None else _open_json(found.open),
    }


def _iso(at: Moment, boot_s: float) -> str | None:
    if boot_s == float("inf"):
        return None
    return at.on(boot_s).wall.isoformat(timespec="seconds")


def _open_json(e: Episode) -> dict[str, Any]:
    outcome: Outcome | None = e.outcome
    return {
        "episode": e.id,
        "kind": e.kind,
        "outcome": None if outcome is None else outcome.value,
    }
