"""The figures of the statistics page in words: dates, lengths of time, and every chart as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskbreak.core import labels, reports, stats
from deskbreak.core.menu import taken_of_offered
from deskbreak.core.model import Hold, Span
from deskbreak.core.words import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from deskbreak.core.model import Episode, Moment
    from deskbreak.core.stats import Day, KindDay
    from deskbreak.core.words import Words
    from deskbreak.pages.hours import Hour
    from deskbreak.pages.seen import Seen

_MONTHS: Final = (
    *(N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun")),
    *(N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")),
)


def day_and_month(day: date, words: Words) -> str:
    """Return ``16 Nov``."""
    _ = words.gettext
    return _("{day} {month}").format(day=day.day, month=words.gettext(_MONTHS[day.month - 1]))


def date_text(day: date, words: Words) -> str:
    """Return ``Mon 16 Nov``."""
    _ = words.gettext
    weekday, text = labels.weekday(day, words), day_and_month(day, words)
    return _("{weekday} {date}").format(weekday=weekday, date=text)


def hours_text(seconds: float, words: Words) -> str:
    """Return ``6:40 h``."""
    return words.gettext(N_("{time} h")).format(time=labels.hours_minutes(seconds))


def length(seconds: float, words: Words) -> str:
    """Return ``1 h 05 min``; nothing is ``0 min``."""
    if labels.minutes(seconds) < 1:
        return words.gettext(N_("{minutes} min")).format(minutes=0)
    return labels.duration(seconds, words)


def taken_text(day: Day, words: Words) -> str:
    """Return ``9 of 12``; nothing where no break was offered."""
    taken, offered = taken_of_offered(day)
    if not offered:
        return "\N{EN DASH}"
    return words.gettext(N_("{taken} of {offered}")).format(taken=taken, offered=offered)


def share_text(day: Day, words: Words) -> str:
    """Return ``75 %, 3 by resting``; nothing where there is no share."""
    taken, offered = taken_of_offered(day)
    if not offered:
        return ""
    rest = sum(kind.taken_by.rest for kind in day.kinds.values())
    sentence = words.gettext(N_("{percent} %, {rest} by resting"))
    return sentence.format(percent=round(100 * taken / offered), rest=rest)


def kind_text(of: KindDay, words: Words) -> str:
    """Return ``9 of 12 taken (75 %), 3 by resting``; nothing where there is no share."""
    if of.compliance is None:
        return ""
    sentence = words.gettext(N_("{taken} of {offered} taken ({percent} %), {rest} by resting"))
    return sentence.format(
        taken=of.taken,
        offered=of.taken + of.skipped + of.missed,
        percent=round(100 * of.compliance),
        rest=of.taken_by.rest,
    )


def natural(day: Day) -> int:
    """Return how many breaks came by themselves."""
    return sum(kind.natural for kind in day.kinds.values())


def episode_text(e: Episode, words: Words) -> str:
    """Return ``Stretch + Rest your eyes: taken``."""
    _ = words.gettext
    kind = " + ".join(labels.kind_name(name, words) for name in (e.kind, *e.folded))
    if e.outcome is None:
        outcome = labels.phase_name(e.phase, words)
    else:
        outcome = labels.outcome_name(e.outcome, e.by, words)
    if e.asked:
        outcome = _("{outcome}, asked for").format(outcome=outcome)
    return _("{kind}: {outcome}").format(kind=kind, outcome=outcome)


def holds_text(holds: frozenset[Hold], words: Words) -> str:
    """Return what held prompts back."""
    return ", ".join(labels.hold_name(hold, words) for hold in Hold if hold in holds)


def clock(at: Moment) -> str:
    """Return the time of day by 24 hours."""
    return at.wall.strftime("%H:%M")


# ── tables ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: as a person reads it, and as it is."""

    text: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """What stands beside a chart; the first cell of a row is its name."""

    name: str  # by which the page and its tests find it
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def counts(self, column: int) -> bool:
        """Whether a column has numbers, which stand below each other from the right."""
        return any(row[column].value is not None for row in self.rows)


def _seconds(seconds: float) -> Cell:
    return Cell(labels.hours_minutes(seconds), seconds)


def _count(number: int) -> Cell:
    return Cell(str(number), number)


def days(name: str, caption: str, of: Sequence[tuple[str, Day]], words: Words) -> Table:
    """Return days or weeks, a row each: *of* are their names and figures."""
    _ = words.gettext
    head = (
        *(_("Day"), _("at the desk"), _("away"), _("screen locked"), _("computer asleep")),
        *(_("deskbreak not running"), _("Longest held"), _("Changes")),
        *(_("Taken"), _("Offered"), _("Natural")),
    )
    return Table(name, caption, head, tuple((Cell(called), *_day(day)) for called, day in of))


def _day(day: Day) -> tuple[Cell, ...]:
    taken, offered = taken_of_offered(day)
    return (
        _seconds(day.desk_seconds),
        _seconds(day.away_seconds),
        _seconds(day.locked_seconds),
        _seconds(day.asleep_seconds),
        _seconds(day.off_seconds),
        _seconds(day.longest_held_seconds),
        *map(_count, (day.position_changes, taken, offered, natural(day))),
    )


def kinds(name: str, caption: str, total: Day, words: Words) -> Table:
    """Return every figure of every kind, a kind a row."""
    _ = words.gettext
    figures = reports.kind_figures(words)
    rows = (
        (
            Cell(labels.kind_name(kind, words)),
            *(_count(figure(of)) for _name, figure in figures),
            _share(of),
        )
        for kind, of in total.kinds.items()
    )
    head = (_("Break"), *(head for head, _figure in figures), _("share taken"))
    return Table(name, caption, head, tuple(rows))


def _share(of: KindDay) -> Cell:
    compliance = of.compliance
    if compliance is None:
        return Cell("\N{EN DASH}")
    return Cell(f"{round(100 * compliance)} %", round(compliance, 3))


def hours(hours_: Sequence[Hour], of_days: int, words: Words) -> Table:
    """Return the hours of the day, a row each; desk time is that of an average day."""
    _ = words.gettext
    head = (
        *(_("Hour"), _("Minutes at the desk"), _("taken"), _("skipped"), _("no answer")),
        _("natural breaks"),
    )
    rows = (
        (
            Cell(hour_text(one.hour)),
            Cell(str(labels.minutes(one.desk_seconds / max(of_days, 1))), one.desk_seconds),
            *map(_count, (one.taken, one.skipped, one.missed, one.natural)),
        )
        for one in hours_
    )
    return Table("hours", _("Hour by hour, four weeks"), head, tuple(rows))


def hour_text(hour: int) -> str:
    """Return ``9`` and ``10`` with a dash between them."""
    return f"{hour}\N{EN DASH}{hour + 1}"


def one_day(seen: Seen, words: Words) -> Table:
    """Return what happened on the day that is seen closely, in order of time."""
    _ = words.gettext
    rows = [
        (
            x.start.boot_s,
            (
                *(Cell(clock(x.start)), Cell(clock(x.end))),
                Cell(labels.presence_name(x.presence, words)),
                Cell(holds_text(x.holds, words)),
            ),
        )
        for x in seen.spans
    ]
    for e in seen.episodes:
        at = e.shown or e.ended or e.due
        until = "" if e.ended is None else clock(e.ended)
        told = Cell(episode_text(e, words))
        rows.append((at.boot_s, (Cell(clock(at)), Cell(until), told, Cell(""))))
    rows.sort(key=lambda row: row[0])
    head = (_("From"), _("To"), _("What"), _("Prompts held back by"))
    caption = date_text(seen.day.date, words)
    return Table("day", caption, head, tuple(cells for _at, cells in rows))


# ── for programs ───────────────────────────────────────────────────────────────────────────


def csv_lines(what: str, seen: Seen) -> list[list[str]]:
    """Return the heading and the lines of the table *what*, as a spreadsheet wants them.

    Raises:
        KeyError: There is no such table.
    """
    return {"week": _csv_week, "weeks": _csv_weeks, "hours": _csv_hours, "day": _csv_day}[what](
        seen
    )


def _csv_week(seen: Seen) -> list[list[str]]:
    return stats.table(seen.week.days)


def _csv_weeks(seen: Seen) -> list[list[str]]:
    return stats.table(seen.weeks)


def _csv_hours(seen: Seen) -> list[list[str]]:
    head = ["hour", "days", "desk_seconds", "taken", "skipped", "missed", "natural"]
    return [
        head,
        *(
            [str(x) for x in (one.hour, seen.hours_days, one.desk_seconds)]
            + [str(x) for x in (one.taken, one.skipped, one.missed, one.natural)]
            for one in seen.hours
        ),
    ]


def _csv_day(seen: Seen) -> list[list[str]]:
    rows: list[tuple[Moment, list[str]]] = [(x.start, _span_line(x)) for x in seen.spans]
    rows += ((e.shown or e.ended or e.due, _episode_line(e)) for e in seen.episodes)
    rows.sort(key=lambda row: row[0].boot_s)
    head = ["start", "end", "presence", "holds", "kind", "folded", "outcome", "by", "asked"]
    return [head, *(line for _, line in rows)]


def _span_line(span: Span) -> list[str]:
    holds = " ".join(sorted(span.holds))
    return [_iso(span.start), _iso(span.end), span.presence.value, holds, *[""] * 5]


def _episode_line(e: Episode) -> list[str]:
    start = _iso(e.shown or e.ended or e.due)
    outcome = "" if e.outcome is None else e.outcome.value
    by = "" if e.by is None else e.by.value
    ended = "" if e.ended is None else _iso(e.ended)
    asked = str(e.asked).lower()
    return [start, ended, "", "", e.kind, " ".join(e.folded), outcome, by, asked]


def _iso(at: Moment) -> str:
    return at.wall.isoformat(timespec="seconds")
