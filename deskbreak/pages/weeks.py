"""Days, kinds, hours and weeks as charts: what each bar is, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskbreak.core import labels
from deskbreak.core.menu import taken_of_offered
from deskbreak.core.words import N_
from deskbreak.pages import charts, figures
from deskbreak.pages.charts import Group, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deskbreak.core.stats import Day, KindDay
    from deskbreak.core.words import Words
    from deskbreak.pages.charts import Bars, Mark
    from deskbreak.pages.hours import Hour
    from deskbreak.pages.seen import Seen

_MINUTE_S: Final = 60.0
_HOUR_MINUTES: Final = 60.0
_LOW: Final = 90.0  # pixels
_LEFT: Final = 8.0  # percent that the names of levels take up


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of the week, with that of the week before."""

    name: str
    value: str
    before: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of bars; ``summary`` says in words what it shows, ``note`` what its bars are."""

    name: str
    title: str
    summary: str
    bars: Bars
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """The breaks of one kind: prompted ones in a row, natural ones beside, and in numbers."""

    name: str
    share: str
    offered: tuple[Mark, ...]
    natural: tuple[Mark, ...]
    counts: tuple[tuple[str, int, str], ...]  # look, number, word


def tiles(total: Day, before: Day, words: Words) -> Iterator[Tile]:
    """Yield the five figures that a week comes down to."""
    _ = words.gettext

    def tile(name: str, figure: Callable[[Day], str], more: str = "") -> Tile:
        return Tile(name, figure(total), figure(before), more)

    yield tile(_("At the desk"), lambda of: figures.hours_text(of.desk_seconds, words))
    share = figures.share_text(total, words)
    yield tile(_("Breaks taken"), lambda of: figures.taken_text(of, words), share)
    yield tile(_("Natural breaks"), lambda of: str(figures.natural(of)))
    yield tile(
        _("Longest unbroken position"), lambda of: figures.length(of.longest_held_seconds, words)
    )
    yield tile(_("Changes of position"), lambda of: str(of.position_changes))


# ── three figures, day by day and week by week ─────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Figure:
    """One figure of a day or a week."""

    name: str
    title: str  # a marked template
    look: str
    amount: Callable[[Day], float]
    short: Callable[[Day], str]  # for the few pixels over a bar
    text: Callable[[Day, Words], str]
    whole: Callable[[Day], float] | None = None  # of which the amount is a part


_FIGURES: Final = (
    _Figure(
        "desk",
        N_("At the desk"),
        "desk",
        lambda of: of.desk_seconds,
        lambda of: _unless_none(of.desk_seconds),
        lambda of, words: figures.hours_text(of.desk_seconds, words),
    ),
    _Figure(
        "taken",
        N_("Breaks taken of those offered"),
        "taken",
        lambda of: taken_of_offered(of)[0],
        lambda of: "/".join(map(str, taken_of_offered(of))) if taken_of_offered(of)[1] else "",
        figures.taken_text,
        lambda of: taken_of_offered(of)[1],
    ),
    _Figure(
        "longest",
        N_("Longest unbroken position"),
        "desk",
        lambda of: of.longest_held_seconds,
        lambda of: _unless_none(of.longest_held_seconds),
        lambda of, words: figures.length(of.longest_held_seconds, words),
    ),
)


def _unless_none(seconds: float) -> str:
    return labels.hours_minutes(seconds) if labels.minutes(seconds) else ""


def _bar(figure: _Figure, of: Day, look: str, words: Words) -> tuple[Part, ...]:
    says = f"{figures.date_text(of.date, words)}: {figure.text(of, words)}"
    amount = figure.amount(of)
    bar = (Part(look, amount, says),)
    return bar if figure.whole is None else (*bar, Part("rest", figure.whole(of) - amount, says))


def per_day(seen: Seen, words: Words) -> Iterator[Chart]:
    """Yield the week day by day, each day beside the same one a week before."""
    for figure in _FIGURES:
        groups, told = list[Group](), list[str]()
        for old, one in zip(seen.before, seen.week.days, strict=True):
            name = labels.weekday(one.date, words)
            pair = (_bar(figure, old, "before", words), _bar(figure, one, figure.look, words))
            groups.append(Group(name, pair, figure.short(one)))
            if figure.short(one):
                told.append(f"{name}: {figure.text(one, words)}")
        yield _chart(figure.name, figure, told, charts.bars(groups), words)


def four(seen: Seen, words: Words) -> Iterator[Chart]:
    """Yield four weeks beside each other, the one that was chosen last."""
    for figure in _FIGURES:
        groups, told = list[Group](), list[str]()
        for one in seen.weeks:
            name = figures.day_and_month(one.date, words)
            look = figure.look if one is seen.weeks[-1] else "before"
            groups.append(Group(name, (_bar(figure, one, look, words),), figure.short(one)))
            if figure.short(one):
                told.append(f"{name}: {figure.text(one, words)}")
        yield _chart(f"weeks-{figure.name}", figure, told, charts.bars(groups, height=_LOW), words)


def _chart(name: str, figure: _Figure, told: Sequence[str], bars: Bars, words: Words) -> Chart:
    summary = "; ".join(told) or words.gettext(N_("nothing yet"))
    return Chart(name, words.gettext(figure.title), summary, bars)


# ── kinds ──────────────────────────────────────────────────────────────────────────────────


def by_kind(total: Day, words: Words) -> Iterator[Kind]:
    """Yield the kinds of which there is something to tell."""
    _ = words.gettext
    most = max((_extent(of) for of in total.kinds.values()), default=0)
    for kind, of in total.kinds.items():
        counts = (
            ("taken", of.taken, _("taken")),
            ("skipped", of.skipped, _("skipped")),
            ("missed", of.missed, _("no answer")),
            ("undelivered", of.undelivered, _("not delivered")),
            ("natural", of.natural, _("natural breaks")),
        )
        parts = [Part(look, count, f"{count} {word}") for look, count, word in counts]
        if any(part.amount for part in parts):
            yield Kind(
                labels.kind_name(kind, words),
                figures.kind_text(of, words),
                charts.row(parts[:-1], most),
                charts.row(parts[-1:], most),
                tuple(one for one in counts if one[1]),
            )


def _extent(of: KindDay) -> int:
    """Return how long the longer of the two rows of a kind is."""
    return max(of.taken + of.skipped + of.missed + of.undelivered, of.natural)


# ── hours ──────────────────────────────────────────────────────────────────────────────────


def per_hour(hours: Sequence[Hour], of_days: int, words: Words) -> Iterator[Chart]:
    """Yield where on the clock time at the desk lies, and the breaks; of four weeks."""
    _ = words.gettext
    yield Chart(
        "hours-desk",
        _("At the desk"),
        _("Minutes of each hour that an average day has at the desk."),
        _desk_by_hour(hours, of_days, words),
        _("minutes of each hour, on an average day"),
    )
    yield Chart(
        "hours-breaks",
        _("Breaks"),
        _("Breaks that ended within each hour, with natural ones beside."),
        _breaks_by_hour(hours, words),
        _("all of them, by the hour in which they ended"),
    )


def _desk_by_hour(hours: Sequence[Hour], of_days: int, words: Words) -> Bars:
    groups = list[Group]()
    for one in hours:
        minutes = one.desk_seconds / _MINUTE_S / max(of_days, 1)
        text = words.gettext(N_("{minutes} min")).format(minutes=round(minutes))
        part = Part("desk", minutes, f"{figures.hour_text(one.hour)}: {text}")
        groups.append(Group(str(one.hour), ((part,),), minor=bool(one.hour % 2)))
    lines = [(minutes, f"{minutes:.0f}") for minutes in (_HOUR_MINUTES / 2, _HOUR_MINUTES)]
    return charts.bars(groups, height=_LOW, top=_HOUR_MINUTES, left=_LEFT, lines=lines)


def _breaks_by_hour(hours: Sequence[Hour], words: Words) -> Bars:
    _ = words.gettext

    def part(look: str, one: Hour, count: int, word: str) -> Part:
        return Part(look, count, f"{figures.hour_text(one.hour)}: {count} {word}")

    groups = list[Group]()
    for one in hours:
        prompted = (
            part("taken", one, one.taken, _("taken")),
            part("skipped", one, one.skipped, _("skipped")),
            part("missed", one, one.missed, _("no answer")),
        )
        beside = (part("natural", one, one.natural, _("natural breaks")),)
        groups.append(Group(str(one.hour), (beside, prompted), minor=bool(one.hour % 2)))
    most = max((max(x.natural, x.taken + x.skipped + x.missed) for x in hours), default=0)
    return charts.bars(groups, height=_LOW, left=_LEFT, lines=[(most, str(most))])
