"""Two sets of settings side by side, as lines for a terminal and as an object for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deskbreak.core import labels
from deskbreak.core.lines import printable, table
from deskbreak.core.tune import ANSWER_AFTER_S, Source
from deskbreak.core.values import plain, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from deskbreak.core.settings import Resolved
    from deskbreak.core.tune import Comparison, Share, Side
    from deskbreak.core.words import Words


@dataclass(frozen=True, slots=True)
class Tuned:
    """A comparison, and what was compared on what."""

    comparison: Comparison
    now: Resolved
    tried: Resolved
    keys: tuple[str, ...]  # of the settings that were tried
    weeks: int  # that were played
    last: date | None = None  # the last day that was played; None: sample weeks


# ── for people ─────────────────────────────────────────────────────────────────────────────


def tune_lines(tuned: Tuned, words: Words) -> list[str]:
    """Return what `tune` prints."""
    _ = words.gettext
    values = (
        _("Tried: {key} = {tried} (now {now})").format(
            key=key,
            tried=written(tuned.tried.values[key]),
            now=written(tuned.now.values[key]),
        )
        for key in tuned.keys
    )
    return printable(
        [
            _played(tuned, words),
            *_answered(tuned.comparison, words),
            "",
            *values,
            "",
            *table([[_("Side by side"), _("Now"), _("Tried")], *_rows(tuned.comparison, words)]),
        ]
    )


def _played(tuned: Tuned, words: Words) -> str:
    n_, days = words.ngettext, len(tuned.comparison.now.days)
    if tuned.last is None:
        sentence = n_(
            "Played: {weeks} sample week, days at the desk: {days}, as there is no history yet.",
            "Played: {weeks} sample weeks, days at the desk: {days}, as there is no history yet.",
            tuned.weeks,
        )
        return sentence.format(weeks=tuned.weeks, days=days)
    sentence = n_(
        "Played: your last week until {last}, days at the desk: {days}.",
        "Played: your last {weeks} weeks until {last}, days at the desk: {days}.",
        tuned.weeks,
    )
    return sentence.format(weeks=tuned.weeks, last=tuned.last.isoformat(), days=days)


def _answered(comparison: Comparison, words: Words) -> Iterator[str]:
    """Yield how the prompts were answered in both plays, and whose answers these are."""
    _ = words.gettext
    shares = {
        kind: share for kind, share in comparison.shares.items() if kind in _kinds(comparison)
    }
    seconds = round(ANSWER_AFTER_S)
    assumed = next((x for x in shares.values() if x.source is Source.ASSUMED), None)
    if assumed is not None:
        yield _(
            "Answered after {seconds} s, with too few answers of your own to go by: {share}."
        ).format(seconds=seconds, share=_share(assumed, words))
        return
    yield _("Answered after {seconds} s, as you answered each kind:").format(seconds=seconds)
    for kind, share in shares.items():
        name = labels.kind_name(kind, words)
        if share.source is Source.KIND:
            yield "- " + _("{kind}: {share}").format(kind=name, share=_share(share, words))
        else:
            few = _("{kind}: too few answers, so as all kinds together: {share}")
            yield "- " + few.format(kind=name, share=_share(share, words))


def _share(share: Share, words: Words) -> str:
    _ = words.gettext
    return _("{taken} of {decided} taken, {skipped} skipped, {missed} without answer").format(
        taken=share.taken, decided=share.decided, skipped=share.skipped, missed=share.missed
    )


def _kinds(comparison: Comparison) -> tuple[str, ...]:
    """Return the kinds that are on in one of the plays, by rank."""
    both = (comparison.now.prompts, comparison.tried.prompts)
    return tuple(kind for kind in comparison.shares if any(kind in side for side in both))


def _rows(comparison: Comparison, words: Words) -> Iterator[list[str]]:
    _, sides = words.gettext, (comparison.now, comparison.tried)
    yield [_("Prompts a day"), *(f"{side.a_day:.1f}" for side in sides)]
    for kind in _kinds(comparison):
        name = labels.kind_name(kind, words)
        yield [f"- {name}", *(_a_day(side, kind) for side in sides)]
    yield [_("Interruptions an hour at the desk"), *(f"{side.an_hour:.1f}" for side in sides)]
    in_calls = (side.per_day(side.in_calls) for side in sides)
    yield [_("Prompts a day that fell into a call"), *(f"{count:.1f}" for count in in_calls)]
    natural = (side.per_day(side.natural) for side in sides)
    yield [_("Natural breaks a day"), *(f"{count:.1f}" for count in natural)]
    longest, usual = _("Longest time in one position"), _("the same on a usual day")
    yield [longest, *(labels.hours_minutes(side.longest_s) for side in sides)]
    yield [f"- {usual}", *(labels.hours_minutes(side.usual_longest_s) for side in sides)]


def _a_day(side: Side, kind: str) -> str:
    return f"{side.per_day(side.prompts[kind]):.1f}" if kind in side.prompts else ""


# ── for programs ───────────────────────────────────────────────────────────────────────────


def tune_json(tuned: Tuned) -> dict[str, Any]:
    """Return what `tune --json` prints."""
    comparison = tuned.comparison
    return {
        "source": "sample" if tuned.last is None else "history",
        "weeks": tuned.weeks,
        "last": None if tuned.last is None else tuned.last.isoformat(),
        "days": len(comparison.now.days),
        "settings": [_setting(tuned, key) for key in tuned.keys],
        "answer_after_seconds": ANSWER_AFTER_S,
        "answers": [_answer(kind, comparison.shares) for kind in _kinds(comparison)],
        "now": _side(comparison.now),
        "tried": _side(comparison.tried),
    }


def _setting(tuned: Tuned, key: str) -> dict[str, Any]:
    now, tried = (plain(x.values[key]) for x in (tuned.now, tuned.tried))
    return {"key": key, "now": now, "tried": tried}


def _answer(kind: str, shares: Mapping[str, Share]) -> dict[str, Any]:
    share = shares[kind]
    return {
        "kind": kind,
        "source": share.source.value,
        "taken": share.taken,
        "skipped": share.skipped,
        "missed": share.missed,
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "desk_seconds": round(side.desk_s, 3),
        "prompts": sum(side.prompts.values()),
        "prompts_a_day": round(side.a_day, 3),
        "kinds": [
            {"kind": kind, "prompts": count, "prompts_a_day": round(side.per_day(count), 3)}
            for kind, count in side.prompts.items()
        ],
        "shown": side.shown,
        "interruptions_an_hour": round(side.an_hour, 3),
        "in_calls": side.in_calls,
        "natural": side.natural,
        "longest_held_seconds": side.longest_s,
        "usual_longest_held_seconds": side.usual_longest_s,
    }
