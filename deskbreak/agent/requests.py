"""What the running agent answers to a command, from the menu or through the door."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from deskbreak.agent import findings
from deskbreak.core import labels, outlook, replay, reports, stats, status, timeline
from deskbreak.core.held import undoable
from deskbreak.core.model import (
    PAGES,
    Answered,
    Asked,
    Choice,
    Command,
    Followed,
    Following,
    Hold,
    Paused,
    Presence,
    Read,
    Resumed,
)
from deskbreak.core.turn import presence_of
from deskbreak.core.words import N_, Refusal, said, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskbreak.agent.loop import Loop
    from deskbreak.core.pack import Pack
    from deskbreak.core.reports import Finding
    from deskbreak.core.settings import Resolved
    from deskbreak.core.stats import Week
    from deskbreak.core.words import Said, Words

Reply = dict[str, Any]
RECENT: Final = 5
"""How many ended episodes `status` names."""
_SILENT_PAGE_S: Final = 30.0
"""A page that plays steps and is silent for longer was closed; it speaks every few seconds.

Our own choice: as long as browsers and a busy computer may hold a page up.
"""
_LONGEST_PAUSE_S: Final = 366 * 86_400.0  # ours: later ends have no date on some systems


class Refused(Exception):  # noqa: N818 - it reads as a statement
    """The command cannot be carried out; ``why`` is a sentence for people."""

    def __init__(self, why: Said) -> None:
        """Keep the sentence for whoever shows it."""
        super().__init__(str(why))
        self.why = why


def serve(loop: Loop, command: Command) -> Reply:
    """Carry *command* out; the answer has ``ok`` and, if that is false, ``error`` in words."""
    action = _ACTIONS.get(command.name)
    try:
        done = _unknown(command.name) if action is None else action(loop, command.argument)
    except Refused as refused:
        return {"ok": False, "error": spoken(refused.why, loop.outside.words)}
    except timeline.Unreadable as unreadable:
        return {"ok": False, "usage": True, "error": spoken(unreadable.why, loop.outside.words)}
    return {"ok": True, **done}


def _unknown(name: str) -> Reply:
    raise Refused(said(N_("the running deskbreak does not know “{name}”"), name=name))


def failed(words: Words) -> Reply:
    """Answer a command that something unforeseen kept us from."""
    why = said(N_("something went wrong inside deskbreak; its log says what"))
    return {"ok": False, "error": spoken(why, words)}


def _answer(loop: Loop, argument: str) -> Reply:
    choice = timeline.choice(argument)
    before = loop.state.episode
    if before is None:
        raise Refused(said(N_("no prompt is open")))
    loop.handle(Answered(loop.clock.now(), choice))
    after = loop.state.episode
    if after is before:
        why = {
            Choice.POSTPONE: N_("this break cannot be postponed again"),
            Choice.NOT_FOR_ME: N_("this prompt has no text that could be hidden"),
            Choice.START: N_("this kind of break has no steps to show"),
        }
        raise Refused(said(why.get(choice, N_("nothing changed"))))
    return {"answer": choice.value, "kind": before.kind}


def _guide(loop: Loop, argument: str) -> Reply:
    """Take what a page says of an episode (an answer, or what it does with the steps), if it does.

    The answer is which prompt is open then and where it stands, and how that episode has ended.
    """
    number, _, word = argument.partition(" ")
    at = loop.clock.now()
    if number and not (number.isascii() and number.isdigit()):
        raise timeline.Unreadable(said(N_("“{text}” is no number of a prompt"), text=number))
    if word in set(Following):
        # In real time: a clock that runs faster makes no page speak more often.
        until_s = at.boot_s + _SILENT_PAGE_S * loop.clock.speed
        loop.handle(Followed(at, int(number), Following(word), until_s))
    elif number:
        loop.handle(Answered(at, timeline.choice(word), int(number)))
    return {"open": _open(loop), "ended": _ended(loop, int(number)) if number else None}


def _open(loop: Loop) -> Reply | None:
    e = loop.state.episode
    if e is None:
        return None
    return {
        "episode": e.id,
        "kind": e.kind,
        "prompt": e.prompt,
        "phase": e.phase.value,
        "on_page": e.paged,
        "postponed": e.postponed,
    }


def _ended(loop: Loop, number: int) -> Reply | None:
    recent = loop.keeper.recent(loop.state, RECENT)
    e = next((one for one in reversed(recent) if one.id == number), None)
    if e is None or e.outcome is None:
        return None
    return {"outcome": e.outcome.value, "by": None if e.by is None else e.by.value}


def _take(loop: Loop, argument: str) -> Reply:
    known = [kind.name for kind in loop.keeper.rules.kinds]
    kind = argument or _next_kind(loop)
    if kind not in known:
        raise timeline.Unreadable(
            said(N_("unknown kind “{kind}”; expected {known}"), kind=kind, known=", ".join(known))
        )
    if presence_of(loop.state) not in (Presence.DESK, Presence.AWAY):
        raise Refused(said(N_("the session is locked; nobody would see it")))
    loop.handle(Asked(loop.clock.now(), kind))
    if Hold.DND not in loop.state.holds:
        return {"kind": kind}
    text = N_("Here is your break: in the menu too, for do not disturb may hide it.")
    return {"kind": kind, "line": loop.outside.words.gettext(text)}


def _next_kind(loop: Loop) -> str:
    """Return the kind that is open or would come next."""
    if loop.state.episode is not None:
        return loop.state.episode.kind
    rules = loop.keeper.rules
    coming = outlook.upcoming(loop.state, rules, loop.clock.now()).kind
    return coming or next((kind.name for kind in rules.kinds if kind.enabled), rules.kinds[0].name)


def _pause(loop: Loop, argument: str) -> Reply:
    at = loop.clock.now()
    until = replay.until(argument, at, loop.keeper.rules.day_starts_s)
    if until.boot_s is not None and until.boot_s > at.boot_s + _LONGEST_PAUSE_S:
        raise timeline.Unreadable(
            said(N_("{text} is longer than a year; to pause without end: pause"), text=argument)
        )
    loop.handle(Paused(at, until))
    local = until.local
    if until.boot_s is not None:
        local = at.on(until.boot_s).wall.replace(tzinfo=None)
    end, words = labels.pause_end(loop.state, at), loop.outside.words
    line = said(N_("It is quiet until you resume."))
    if end is not None:
        line = said(N_("It is quiet until {time}."), time=labels.clock(end, at, words))
    until_iso = None if local is None else local.isoformat(timespec="seconds")
    return {"until": until_iso, "line": spoken(line, words)}


def _resume(loop: Loop, _: str) -> Reply:
    if loop.state.pause is None:
        raise Refused(said(N_("deskbreak is not paused")))
    loop.handle(Resumed(loop.clock.now()))
    return {}


def _reading(loop: Loop, _: str) -> Reply:
    at = loop.clock.now()
    if not undoable(loop.state.credit, at.boot_s):
        raise Refused(said(N_("there is no break in the last ten minutes that could be undone")))
    loop.handle(Read(at))
    return {}


def _set(loop: Loop, argument: str) -> Reply:
    key, _, value = argument.partition("=")
    loop.outside.set(key, value)
    return {}


def _reload(loop: Loop, _: str) -> Reply:
    loop.keeper.reload()
    loop.handle(loop.inbox.snapshot())
    words = loop.outside.words
    return {"problems": [spoken(problem, words) for problem in loop.keeper.resolved.problems]}


def _status(loop: Loop, argument: str) -> Reply:
    if argument:
        return _why(loop, argument)
    snap, at = loop.snapshot(), loop.clock.now()
    recent = loop.keeper.recent(loop.state, RECENT)
    return {
        "facts": status.status_json(snap, at, recent),
        "lines": status.status_lines(snap, at, loop.outside.words, recent),
    }


def _why(loop: Loop, text: str) -> Reply:
    """Tell why nothing was shown at an earlier time of day."""
    from deskbreak.core import earlier  # plays days, which nobody else here wants

    now = loop.clock.now()
    try:
        at = earlier.moment(text, now)
    except ValueError:
        raise timeline.Unreadable(
            said(N_("“{text}” is not a time of day; write it as 14:20"), text=text)
        ) from None
    rows = loop.keeper.around(loop.state, now, at)
    found = earlier.then(*rows, loop.keeper.rules, at)
    return {
        "facts": earlier.then_json(found),
        "lines": earlier.then_lines(found, now, loop.outside.words),
    }


def _stats(loop: Loop, argument: str) -> Reply:
    day = parsed_week(argument, loop.keeper.first_weekday)
    week = loop.keeper.week(loop.state, loop.clock.now(), day)
    return week_reply(week, loop.keeper.store_problems, loop.outside.words)


def parsed_week(text: str, first_weekday: int) -> date | None:
    """Return a day of the week that *text* names; None for an empty one.

    Raises:
        Unreadable: It names none.
    """
    try:
        return stats.parse_week(text, first_weekday) if text else None
    except ValueError:
        raise timeline.Unreadable(
            said(N_("“{text}” is not a week; write it as 2026-W47"), text=text)
        ) from None


def week_reply(week: Week, problems: Sequence[Said], words: Words) -> Reply:
    """Answer `stats`: for programs, for people, as a table, and what is wrong with the history."""
    return {
        "facts": stats.week_json(week),
        "lines": reports.stats_lines(week, words),
        "table": stats.table(week.days),
        "problems": [spoken(problem, words) for problem in problems],
    }


def _erase(loop: Loop, argument: str) -> Reply:
    try:
        problem = loop.erase(parsed_day(argument))
    except Refusal as refusal:
        raise Refused(refusal.why) from refusal
    words = loop.outside.words
    return {"problems": [] if problem is None else [spoken(problem, words)]}


def parsed_day(text: str) -> date | None:
    """Return the day that *text* names, as 2026-03-02; None for an empty one.

    Raises:
        Unreadable: It names none.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise timeline.Unreadable(
            said(N_("“{text}” is not a date; write it as 2026-03-02"), text=text)
        ) from None


def _show(loop: Loop, argument: str) -> Reply:
    loop.outside.show(argument)
    return {}


def _open_page(loop: Loop, argument: str) -> Reply:
    if argument not in PAGES:
        known = ", ".join(PAGES)
        raise timeline.Unreadable(
            said(N_("unknown page “{page}”; expected {known}"), page=argument, known=known)
        )
    if not loop.outside.pages():
        raise Refused(said(N_("nothing was found here that could show a page")))
    loop.outside.open(argument)
    return {}


def _launched(loop: Loop, argument: str) -> Reply:
    """Carry out what was chosen in a menu of programs: nobody there reads what we print."""
    name, _, rest = argument.partition(" ")
    if name == "show":
        return _show(loop, rest)
    if name == "open" and not loop.outside.pages():
        return _show(loop, rest)  # the week; of all others, how things stand
    reply = serve(loop, Command(name, rest))
    if not reply["ok"] or name not in ("open", "take"):  # what was asked for shows itself
        loop.outside.show("", reply.get("error", ""))
    return {}


def _quit(_loop: Loop, _: str) -> Reply:
    return {}


_ACTIONS: Final[dict[str, Callable[[Loop, str], Reply]]] = {
    "answer": _answer,
    "guide": _guide,
    "take": _take,
    "pause": _pause,
    "resume": _resume,
    "reading": _reading,
    "set": _set,
    "reload": _reload,
    "status": _status,
    "stats": _stats,
    "erase": _erase,
    "open": _open_page,
    "show": _show,
    "launched": _launched,
    "quit": _quit,
}


def doctor_reply(
    parts: Sequence[Finding],
    resolved: Resolved,
    pack: Pack,
    history: Sequence[Finding],
    words: Words,
) -> Reply:
    """Answer `doctor`: what was found of the *parts* of desktop and agent, and of our files."""
    every = (*parts, *findings.of_files(resolved, pack, words), *history)
    return {
        "ok": True,
        "facts": reports.doctor_json(every, words),
        "lines": reports.doctor_lines(every, words),
        "problems": any(finding.required and not finding.ok for finding in every),
    }
