"""Weeks, played days, and the parts of a desktop, as lines for a terminal and as objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, assert_never

from deskbreak.core import labels
from deskbreak.core.lines import printable, table
from deskbreak.core.menu import taken_of_offered
from deskbreak.core.model import Episode, Log, Mark, Prompt, Withdraw
from deskbreak.core.plain import one_line
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.stats import Day
from deskbreak.core.status import status_json, status_lines
from deskbreak.core.words import spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deskbreak.core.model import Moment
    from deskbreak.core.simulate import Happening
    from deskbreak.core.stats import KindDay, Week
    from deskbreak.core.words import Said, Words

__all__ = [
    "Finding",
    "doctor_json",
    "doctor_lines",
    "kind_figures",
    "simulated_lines",
    "stats_lines",
    "status_json",
    "status_lines",
]

# ── stats ──────────────────────────────────────────────────────────────────────────────────


def stats_lines(week: Week, words: Words) -> list[str]:
    """Return what `stats` prints: the days of the week, its kinds of break, the week before."""
    _ = words.gettext
    days = [
        [_("Day"), _("Desk"), _("Taken"), _("Natural"), _("Longest held"), _("Changes")],
        *(_day_row(_dated(day, words), day, words) for day in week.days),
        _day_row(_("The week"), week.total, words),
        _day_row(_("The week before"), week.before, words),
    ]
    return printable(
        [
            _("Week {week}").format(week=week.key),
            "",
            *table(days),
            *_by_kind(week.total, words),
            "",
            _compliance(_("This week"), week.total, words),
            _compliance(_("The week before"), week.before, words),
        ]
    )


def _dated(day: Day, words: Words) -> str:
    return f"{labels.weekday(day.date, words)} {day.date.isoformat()}"


def _day_row(name: str, day: Day, words: Words) -> list[str]:
    taken, offered = taken_of_offered(day)
    _ = words.gettext
    return [
        name,
        labels.hours_minutes(day.desk_seconds),
        _("{taken} of {offered}").format(taken=taken, offered=offered) if offered else "",
        str(sum(kind.natural for kind in day.kinds.values())),
        labels.hours_minutes(day.longest_held_seconds),
        str(day.position_changes),
    ]


def kind_figures(words: Words) -> tuple[tuple[str, Callable[[KindDay], int]], ...]:
    """Return what is counted of a kind, each by its name, in the order in which it is shown."""
    _ = words.gettext
    return (
        (_("prompted"), lambda of: of.prompted),
        (_("taken"), lambda of: of.taken),
        (_("by answer"), lambda of: of.taken_by.answer),
        (_("with the guide"), lambda of: of.taken_by.guide),
        (_("by resting"), lambda of: of.taken_by.rest),
        (_("natural breaks"), lambda of: of.natural),
        (_("skipped"), lambda of: of.skipped),
        (_("no answer"), lambda of: of.missed),
        (_("postponed"), lambda of: of.postponed),
        (_("asked for"), lambda of: of.asked),
        (_("not delivered"), lambda of: of.undelivered),
    )


def _by_kind(total: Day, words: Words) -> list[str]:
    """Return every figure of every kind, a kind a column."""
    if not total.kinds:
        return []
    _, kinds = words.gettext, total.kinds.values()
    figures: tuple[tuple[str, Callable[[KindDay], object]], ...] = (
        *kind_figures(words),
        (_("share taken"), lambda of: _share(of, words)),
    )
    names = (labels.kind_name(kind, words) for kind in total.kinds)
    rows = [[name, *(str(figure(of)) for of in kinds)] for name, figure in figures]
    return ["", *table([[_("Break"), *names], *rows])]


def _share(of: KindDay, words: Words) -> str:
    if of.compliance is None:
        return ""
    _ = words.gettext
    return _("{taken} of {offered} ({percent} %)").format(
        taken=of.taken,
        offered=of.taken + of.skipped + of.missed,
        percent=round(100 * of.compliance),
    )


def _compliance(name: str, day: Day, words: Words) -> str:
    """Return the share of breaks taken, with the counts that it is made of."""
    _, n_ = words.gettext, words.ngettext
    taken, offered = taken_of_offered(day)
    if not offered:
        return _("{name}: no prompted breaks").format(name=name)
    rest = sum(kind.taken_by.rest for kind in day.kinds.values())
    sentence = n_(
        "{name}: {taken} of {offered} prompted break taken ({percent} %), {rest} by resting",
        "{name}: {taken} of {offered} prompted breaks taken ({percent} %), {rest} by resting",
        offered,
    )
    percent = round(100 * taken / offered)
    return sentence.format(name=name, percent=percent, taken=taken, offered=offered, rest=rest)


# ── simulate ───────────────────────────────────────────────────────────────────────────────


def simulated_lines(told: Sequence[Happening], words: Words) -> list[str]:
    """Return what `simulate` prints: a line per happening, and a table at the end of each day."""
    lines: list[str] = []
    for what in told:
        if isinstance(what, Day):
            lines += ["", *_simulated_day(what, words), ""]
        else:
            at, sentence = _happened(what, words)
            lines.append(f"{at.wall:%H:%M:%S}  {sentence}")
    return printable(lines[:-1] if lines else [])


def _simulated_day(day: Day, words: Words) -> list[str]:
    _ = words.gettext
    head = [_("Day"), _("Desk"), _("Taken"), _("Natural"), _("Longest held"), _("Changes")]
    return [*table([head, _day_row(_dated(day, words), day, words)]), *_by_kind(day, words)]


def _happened(what: Prompt | Withdraw | Mark | Log, words: Words) -> tuple[Moment, str]:
    """Return when something happened, and a line that says what."""
    _ = words.gettext
    match what:
        case Prompt(at=at, episode=e):
            sentence = _("{kind}: reminder") if what.is_reminder else _("{kind}: prompt {prompt}")
            also = [labels.kind_name(name, words) for name in e.folded]
            kind = " + ".join([labels.kind_name(e.kind, words), *also])
            return at, sentence.format(kind=kind, prompt=e.prompt or "").rstrip()
        case Withdraw(at=at, episode=Episode(kind=kind), reason=reason):
            sentence = _("{kind}: withdrawn ({reason})")
        case Mark(at=at, kind=kind, reason=reason):
            sentence = _("{kind}: due, said by the tray alone ({reason})")
        case Log(episode=e):
            assert e.ended is not None
            assert e.outcome is not None
            outcome = labels.outcome_name(e.outcome, e.by, words)
            kind = labels.kind_name(e.kind, words)
            return e.ended, _("{kind}: {outcome}").format(kind=kind, outcome=outcome)
        case _:
            assert_never(what)
    name = labels.why_withdrawn(reason, words)
    return at, sentence.format(kind=labels.kind_name(kind, words), reason=name)


_COMMAND: Final = "    "
"""Before a command on a line of its own."""

# ── doctor ─────────────────────────────────────────────────────────────────────────────────


class Tried(Protocol):
    """Something that was tried for a part of the desktop and does not work here."""

    @property
    def name(self) -> str:
        """What was tried."""
        ...

    @property
    def why(self) -> Said:
        """Why it does not work."""
        ...

    @property
    def remedy(self) -> Said | None:
        """What a person can do about it."""
        ...


@quick_dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one part of the desktop, or of deskbreak's own."""

    name: str  # idle, session, notifications, tray, bus, settings, history, policy, …
    chosen: str | None  # what serves it; None where nothing does
    ok: bool
    why: Said | None = None  # what is wrong, or what there is to know
    remedy: Said | None = None
    refused: tuple[Tried, ...] = ()
    required: bool = True  # False: deskbreak keeps its promises without it


def doctor_json(findings: Sequence[Finding], words: Words) -> dict[str, Any]:
    """Return what `doctor --json` prints; its sentences are for people."""
    return {
        "ok": all(finding.ok for finding in findings if finding.required),
        "findings": [
            {
                "name": finding.name,
                "chosen": finding.chosen,
                "ok": finding.ok,
                "required": finding.required,
                "why": _sentence(finding.why, words),
                "remedy": _sentence(finding.remedy, words),
                "command": _command(finding.remedy),
                "refused": [
                    {
                        "name": tried.name,
                        "why": _sentence(tried.why, words),
                        "remedy": _sentence(tried.remedy, words),
                        "command": _command(tried.remedy),
                    }
                    for tried in finding.refused
                ],
            }
            for finding in findings
        ],
    }


def _sentence(said: Said | None, words: Words) -> str | None:
    return None if said is None else one_line(spoken(said, words))


def _command(remedy: Said | None) -> str | None:
    """Return the command that a remedy names, where it is one."""
    command = None if remedy is None else remedy.values.get("command")
    return None if command is None else one_line(str(command))


def doctor_lines(findings: Sequence[Finding], words: Words) -> list[str]:
    """Return what `doctor` prints: each part, what serves it, what was refused, the remedies.

    What works comes first, what is missing last: there it is read, above the next command.
    """
    _, n_ = words.gettext, words.ngettext
    wrong = {finding.name for finding in findings if finding.required and not finding.ok}
    absent = {finding.name for finding in findings if not finding.ok} - wrong
    # Several findings may be of one part, and several with one remedy: each line once.
    parts: dict[str, dict[str, None]] = {}
    for finding in findings:
        parts.setdefault(finding.name, {}).update(dict.fromkeys(_finding(finding, words)))
    lines: list[str] = []
    for group in (parts.keys() - wrong - absent, absent, wrong):
        if group:
            lines += [line for part in parts if part in group for line in parts[part]]
            lines.append("")
    sentence = _("Everything that deskbreak needs works here")
    if wrong:
        sentence = n_(
            "{n} part does not work as it should: {parts}",
            "{n} parts do not work as they should: {parts}",
            len(wrong),
        ).format(
            n=len(wrong),
            parts=", ".join(labels.part_name(part, words) for part in parts if part in wrong),
        )
    return [*(_indented(line) for line in lines), one_line(sentence)]


def _indented(line: str) -> str:
    """Set what is said of a part below its name."""
    (text,) = printable([line])
    if line.startswith(_COMMAND):
        return f"  {_COMMAND}{text}"
    return f"  {text}" if line.startswith("- ") else text


def _finding(finding: Finding, words: Words) -> Iterator[str]:
    _ = words.gettext
    name = labels.part_name(finding.name, words)
    if finding.chosen:
        state = _("ok") if finding.ok else _("with problems")
        yield _("{part}: {state} ({chosen})").format(part=name, state=state, chosen=finding.chosen)
    else:
        broken = _("does not work") if finding.required else _("not there")
        yield _("{part}: {state}").format(part=name, state=_("ok") if finding.ok else broken)
    if finding.why is not None:
        yield f"- {spoken(finding.why, words)}"
    if finding.remedy is not None:
        yield from _to_do(finding.remedy, words)
    for tried in finding.refused:
        why = spoken(tried.why, words)
        yield "- " + _("{name} was tried: {why}").format(name=tried.name, why=why)
        if tried.remedy is not None:
            yield from _to_do(tried.remedy, words)


def _to_do(remedy: Said, words: Words) -> Iterator[str]:
    """Yield what to do; a command at its end has a line of its own, to be copied whole."""
    _, command = words.gettext, _command(remedy) or ""
    sentence = one_line(spoken(remedy, words))
    if command and sentence.endswith(command):
        sentence = sentence.removesuffix(command).rstrip()
    else:
        command = ""
    if sentence:
        yield "- " + _("to do: {remedy}").format(remedy=sentence)
    if command:
        yield f"{_COMMAND}{command}"
