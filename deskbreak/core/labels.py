"""Words for the things that views and reports name: kinds, plans, reasons, times."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core.model import By, Hold, Outcome, Phase, Presence
from deskbreak.core.model import Reason as Withdrawn
from deskbreak.core.outlook import Reason
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.schedule import local_time, moment_of
from deskbreak.core.words import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from deskbreak.core.model import Moment, Rules, State
    from deskbreak.core.words import Words


@quick_dataclass(frozen=True, slots=True)
class _KindWords:
    """What one kind is called, and what is said where the pack has no text for it."""

    name: str
    now: str
    body: str


_KINDS: Final[Mapping[str, _KindWords]] = MappingProxyType(
    {
        "stretch": _KindWords(
            N_("Stretch"),
            N_("Time to stretch"),
            N_("Stretch a little, in any way you like, then take a few steps."),
        ),
        "position": _KindWords(
            N_("Change position"),
            N_("Time to change position"),
            N_("Stand up, sit another way or take a few steps."),
        ),
        "posture": _KindWords(
            N_("Posture check"),
            N_("Time for a posture check"),
            N_("Find a shape that feels comfortable, and change it often."),
        ),
        "eyes": _KindWords(
            N_("Rest your eyes"),
            N_("Time to rest your eyes"),
            N_("Look far away for a moment."),
        ),
        "massage": _KindWords(
            N_("Self-massage"),
            N_("Time for a self-massage"),
            N_("A few light, slow strokes, if you enjoy them."),
        ),
        "habit": _KindWords(
            N_("Habit of the day"),
            N_("Time for the habit of the day"),
            N_("One small thing that would make today more comfortable."),
        ),
    }
)

_PLANS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "standard": N_("Standard"),
        "fifteen": N_("Every fifteen minutes"),
        "fifty": N_("A break every fifty minutes"),
        "gentle": N_("Gentle"),
        "busy": N_("Busy day"),
        "sit_stand": N_("Sit and stand"),
        "seated": N_("Seated, wheelchair"),
        "custom": N_("My own"),
    }
)

_HOLDS: Final[Mapping[Hold, str]] = MappingProxyType(
    {
        Hold.CALL: N_("microphone or camera in use"),
        Hold.DND: N_("do not disturb is on"),
        Hold.FULLSCREEN: N_("something fills the screen"),
        Hold.SHARE: N_("the screen is being shared"),
        Hold.PRESENTATION: N_("a presentation is running"),
        Hold.PAUSED: N_("paused until you resume"),
        Hold.HOURS: N_("outside working hours"),
    }
)

_PRESENCES: Final[Mapping[Presence, str]] = MappingProxyType(
    {
        Presence.DESK: N_("at the desk"),
        Presence.AWAY: N_("away"),
        Presence.LOCKED: N_("screen locked"),
        Presence.ASLEEP: N_("computer asleep"),
        Presence.OFF: N_("deskbreak not running"),
    }
)

_OUTCOMES: Final[Mapping[tuple[Outcome, By | None], str]] = MappingProxyType(
    {
        (Outcome.TAKEN, By.ANSWER): N_("taken"),
        (Outcome.TAKEN, By.GUIDE): N_("taken, with the guide"),
        (Outcome.TAKEN, By.REST): N_("taken, by resting"),
        (Outcome.NATURAL, None): N_("natural break"),
        (Outcome.SKIPPED, None): N_("skipped"),
        (Outcome.MISSED, None): N_("no answer"),
        (Outcome.UNDELIVERED, None): N_("could not be shown"),
    }
)

_REASONS: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.OFF: N_("all breaks are switched off"),
        Reason.OPEN: N_("a prompt is on the screen"),
        Reason.NOT_DUE: N_("nothing is due"),
        Reason.DAY: N_("the prompts of this day have all been shown"),
        Reason.HOUR: N_("there were enough prompts within an hour"),
        Reason.GAP: N_("the last break was a moment ago"),
        Reason.QUIET: N_("you came back a moment ago"),
        Reason.RETRY: N_("the last prompt could not be shown and is tried again"),
        Reason.POSTPONED: N_("you postponed it"),
        Reason.NO_INPUT: N_("nobody seems to be at the screen"),
        Reason.SETTLING: N_("what kept prompts back ended only a moment ago"),
        Reason.LULL: N_("a pause in your typing is waited for"),
    }
)

_WITHDRAWN: Final[Mapping[Withdrawn, str]] = MappingProxyType(
    {
        Withdrawn.PAUSED: N_("paused"),
        Withdrawn.POSTPONE: N_("postponed"),
        Withdrawn.MISSED: N_("no answer"),
    }
)

_PHASES: Final[Mapping[Phase, str]] = MappingProxyType(
    {
        Phase.OFFERED: N_("about to be shown"),
        Phase.SHOWN: N_("on the screen"),
        Phase.GUIDED: N_("on the screen, step by step"),
        Phase.POSTPONED: N_("postponed"),
        Phase.WAITING: N_("waiting for a good moment"),
        Phase.FAILED: N_("could not be shown"),
    }
)

_PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "system": N_("System"),
        "bus": N_("Message bus"),
        "idle": N_("Idle time"),
        "session": N_("Lock and sleep"),
        "notifications": N_("Notifications"),
        "tray": N_("Tray icon"),
        "holds": N_("Calls, full screen, do not disturb"),
        "do_not_disturb": N_("Do not disturb"),
        "full_screen": N_("Full screen"),
        "microphone": N_("Microphone"),
        "camera": N_("Camera"),
        "screen_share": N_("Screen sharing"),
        "presentation_mode": N_("Presentation mode"),
        "screen_awake": N_("Films and presentations"),
        "settings": N_("Settings"),
        "policy": N_("Policy"),
        "history": N_("History"),
        "packs": N_("Texts of the prompts"),
        "autostart": N_("Start at login"),
        "door": N_("Running deskbreak"),
        "threads": N_("Parts of deskbreak"),
    }
)

_WEEKDAYS: Final = (
    *(N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu")),
    *(N_("Fri"), N_("Sat"), N_("Sun")),
)

_MINUTE_S: Final = 60
_HOUR_MINUTES: Final = 60
_DAY_MINUTES: Final = 1440
_WEEK_DAYS: Final = 7


def kind_name(kind: str, words: Words) -> str:
    """Return what a kind is called; one without words of its own goes by its id."""
    known = _KINDS.get(kind)
    return words.gettext(known.name) if known else kind


def kind_now(kind: str, words: Words) -> str:
    """Return the sentence that says that a kind is due."""
    known = _KINDS.get(kind)
    return words.gettext(known.now) if known else kind


def kind_body(kind: str, words: Words) -> str:
    """Return what to do, for a prompt that has no text in the pack."""
    known = _KINDS.get(kind)
    return words.gettext(known.body) if known else ""


def plan_name(plan: str, words: Words) -> str:
    """Return what a plan is called."""
    return words.gettext(_PLANS[plan]) if plan in _PLANS else plan


def presence_name(presence: Presence, words: Words) -> str:
    """Return where the person is."""
    return words.gettext(_PRESENCES[presence])


def outcome_name(outcome: Outcome, by: By | None, words: Words) -> str:
    """Return how an episode ended."""
    known = _OUTCOMES.get((outcome, by)) or _OUTCOMES.get((outcome, None))
    return words.gettext(known) if known else outcome.value


def reason_name(reason: Reason, words: Words) -> str:
    """Return a reason for silence that is neither a hold nor an absence."""
    return words.gettext(_REASONS[reason])


def why_withdrawn(reason: Withdrawn, words: Words) -> str:
    """Return why a prompt left the screen, or why only the tray speaks."""
    if reason in _WITHDRAWN:
        return words.gettext(_WITHDRAWN[reason])
    if reason.value in set(Presence):
        return presence_name(Presence(reason.value), words)
    return hold_name(Hold(reason.value), words)


def phase_name(phase: Phase, words: Words) -> str:
    """Return where an open prompt stands."""
    return words.gettext(_PHASES[phase])


def part_name(part: str, words: Words) -> str:
    """Return what a part of the desktop is called; an unknown one goes by its id."""
    return words.gettext(_PARTS[part]) if part in _PARTS else part


def weekday(day: date, words: Words) -> str:
    """Return the short name of the weekday of *day*."""
    return words.gettext(_WEEKDAYS[day.weekday()])


# ── times ──────────────────────────────────────────────────────────────────────────────────


def minutes(seconds: float) -> int:
    """Round to whole minutes, half a minute up."""
    return int((seconds + _MINUTE_S / 2) // _MINUTE_S)


def duration(seconds: float, words: Words) -> str:
    """Return ``12 min``, ``1 h 05 min`` or ``2 h``; what is shorter than a minute is one."""
    hours, rest = divmod(max(minutes(seconds), 1), _HOUR_MINUTES)
    _ = words.gettext
    if not hours:
        return _("{minutes} min").format(minutes=rest)
    if not rest:
        return _("{hours} h").format(hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=f"{rest:02}")


def hours_minutes(seconds: float) -> str:
    """Return ``6:40``, as a table shows a length of time."""
    hours, rest = divmod(minutes(seconds), _HOUR_MINUTES)
    return f"{hours}:{rest:02}"


def tenths(number: float, words: Words) -> str:
    """Return *number* to one digit after the point, or after the comma where that is the custom."""
    _ = words.gettext
    whole, tenth = f"{number:.1f}".split(".")
    # Translators: a number such as 3.4, with the sign between whole and tenths.
    return _("{whole}.{tenth}").format(whole=whole, tenth=tenth)


def every(interval_minutes: int, words: Words) -> str:
    """Return how often something comes: ``Every 20 min``, ``Every hour``, ``Every day``."""
    _, n_ = words.gettext, words.ngettext
    days, rest = divmod(interval_minutes, _DAY_MINUTES)
    if not rest:
        if days == _WEEK_DAYS:
            return _("Every week")
        return n_("Every day", "Every {n} days", days).format(n=days)
    hours, rest = divmod(interval_minutes, _HOUR_MINUTES)
    if not rest:
        return n_("Every hour", "Every {n} hours", hours).format(n=hours)
    return _("Every {minutes} min").format(minutes=interval_minutes)


def clock(at: Moment, now: Moment, words: Words) -> str:
    """Return the time of day of *at* by 24 hours, with its weekday if it is not today's."""
    wall, today = at.wall, now.wall.date()
    time = wall.strftime("%H:%M")
    if wall.date() == today:
        return time
    _ = words.gettext
    return _("{weekday} {time}").format(weekday=weekday(wall.date(), words), time=time)


def pause_end(state: State, now: Moment) -> Moment | None:
    """Return when the pause ends; None for one without end, or none."""
    until = state.pause
    if until is None:
        return None
    if until.local is not None:
        return moment_of(until.local, now)
    return None if until.boot_s is None else now.on(until.boot_s)


def hold_name(hold: Hold, words: Words) -> str:
    """Return the reason for silence that a hold is."""
    return words.gettext(_HOLDS[hold])


def hold_now(hold: Hold, state: State, rules: Rules, now: Moment, words: Words) -> str:
    """Return the same for one in force now, with its end where that is known."""
    _ = words.gettext
    if hold is Hold.PAUSED:
        end = pause_end(state, now)
        if end is not None:
            return _("paused until {time}").format(time=clock(end, now, words))
    if hold is Hold.HOURS and rules.hours is not None:
        edge = rules.hours.next_edge(local_time(now))
        if edge is not None:
            time = clock(moment_of(edge, now), now, words)
            return _("outside working hours until {time}").format(time=time)
    return hold_name(hold, words)
