"""State → words, through gettext: the tray, the notification, the steps of a guided break."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final

from deskbreak.core import labels, menu
from deskbreak.core.episode import ON_SCREEN
from deskbreak.core.model import (
    Button,
    Choice,
    Hold,
    Icon,
    MenuEntry,
    Phase,
    Presence,
    PromptView,
    Reason,
    TrayView,
)
from deskbreak.core.outlook import Nothing, upcoming
from deskbreak.core.plain import clipped, one_line
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.turn import presence_of
from deskbreak.core.words import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deskbreak.core.content import Text
    from deskbreak.core.model import Episode, KindRules, Mark, Moment, Rules, State
    from deskbreak.core.outlook import Upcoming
    from deskbreak.core.pack import Pack
    from deskbreak.core.settings import Resolved
    from deskbreak.core.stats import Week
    from deskbreak.core.words import Said, Words

_TOOLTIP_UNITS: Final = 127
"""UTF-16 units. Source: NOTIFYICONDATAW.szTip, Microsoft Win32 reference: 128 with the end."""
_LINE_UNITS: Final = 120  # of a menu; ours
_MOST_PROBLEMS: Final = 3  # in the menu; `deskbreak status` has them all
_NOISE_S: Final = 0.001  # sums of floats differ by less
_QUIET: Final = frozenset({Hold.PAUSED, Hold.HOURS})


@quick_dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that words are made of; the agent's loop makes a new one after each step."""

    state: State
    rules: Rules
    resolved: Resolved
    pack: Pack
    week: Week | None
    problems: tuple[Said, ...]  # what a person should know
    autostart: bool | None = None  # None: cannot be changed here
    pages: bool = False  # whether there are pages to open
    reasons: Mapping[Hold, Said] = field(default_factory=dict)  # more of a hold in force


# ── the tray ───────────────────────────────────────────────────────────────────────────────


def headline(snap: Snapshot, now: Moment, words: Words) -> str:
    """Return the next thing, or why nothing comes, as the first line of the menu says it."""
    return _first_line(snap, coming_next(snap, now), now, words)


def tray_view(snap: Snapshot, now: Moment, words: Words) -> TrayView:
    """Describe icon, tooltip and menu for *snap* as they are *now*; the tray only draws it."""
    coming = coming_next(snap, now)
    line = _first_line(snap, coming, now, words)
    problems = [_line(spoken(problem, words)) for problem in snap.problems[:_MOST_PROBLEMS]]
    icon = _icon(snap, coming, now)
    told = problems[0] if problems else line
    return TrayView(
        icon,
        clipped(one_line(f"deskbreak: {told}"), _TOOLTIP_UNITS),
        (
            menu.told("next", line),
            *_answers(snap, words),
            *(menu.told(f"problem.{n}", text) for n, text in enumerate(problems)),
            *_last(snap, words),
            MenuEntry("line.breaks"),
            *menu.breaks(snap, now, words),
            *menu.less_often(snap, words),
            MenuEntry("line.more"),
            *menu.week(snap, words),
            *menu.settings(snap, words),
            MenuEntry("line.quit"),
            menu.quit_entry(words),
        ),
    )


def _line(text: str) -> str:
    return clipped(one_line(text), _LINE_UNITS)


def coming_next(snap: Snapshot, now: Moment) -> Upcoming | None:
    """Return what comes next; None while a prompt is on the screen or nobody is at the desk."""
    e = snap.state.episode
    if e is not None and e.phase in ON_SCREEN:
        return None
    if presence_of(snap.state) is not Presence.DESK:
        return None
    return upcoming(snap.state, snap.rules, now)


def _icon(snap: Snapshot, coming: Upcoming | None, now: Moment) -> Icon:
    state, e = snap.state, snap.state.episode
    if snap.problems or state.failures_in_row:
        return Icon.PROBLEM
    if not _QUIET.isdisjoint(state.holds):
        return Icon.PAUSED
    if _mark(snap) is not None or (e is not None and e.phase in ON_SCREEN):
        return Icon.DUE
    if coming is None:
        return Icon.RESTING
    soon = coming.at_s <= now.boot_s + snap.rules.advance_s + _NOISE_S
    return Icon.DUE if soon else Icon.WORKING


def _first_line(snap: Snapshot, coming: Upcoming | None, now: Moment, words: Words) -> str:
    """Return the next thing, or why nothing comes; it must be of use alone."""
    _, state, e = words.gettext, snap.state, snap.state.episode
    if e is not None and e.phase in ON_SCREEN:
        text = _text(snap.pack, e)
        if text is None:
            return labels.kind_now(e.kind, words)
        return _line(f"{labels.kind_name(e.kind, words)}: {text.title}")
    if state.failures_in_row and e is not None:
        title = labels.kind_now(e.kind, words)
        return _line(_("{title} (it could not be shown)").format(title=title))
    holds = [hold for hold in Hold if hold in state.holds]
    if holds:
        return _quiet_line(snap, holds[0], now, words)
    if coming is None:
        off = presence_of(state) is Presence.OFF
        return _("Starting") if off else _("Resting")
    return _line(coming_line(coming, now, words))


def _mark(snap: Snapshot) -> Mark | None:
    """Return the tray's mark, unless a break since has made it idle."""
    mark = snap.state.mark
    if mark is None:
        return None
    known = snap.state.kinds[snap.rules.place[mark.kind]]
    rested = known.at_rest or known.held_from_s > mark.at.boot_s + _NOISE_S
    return None if rested else mark


def _quiet_line(snap: Snapshot, hold: Hold, now: Moment, words: Words) -> str:
    _, mark = words.gettext, _mark(snap)
    reason = hold_line(hold, snap, now, words)
    if mark is None or mark.reason is Reason.MISSED:
        return _line(_("Quiet: {reason}").format(reason=reason))
    due = labels.kind_name(mark.kind, words)
    return _line(_("{kind} is due; quiet: {reason}").format(kind=due, reason=reason))


def hold_line(hold: Hold, snap: Snapshot, now: Moment, words: Words) -> str:
    """Return why a hold in force keeps prompts back, as exactly as is known."""
    if hold in snap.reasons:
        return spoken(snap.reasons[hold], words)
    return labels.hold_now(hold, snap.state, snap.rules, now, words)


def coming_line(coming: Upcoming, now: Moment, words: Words) -> str:
    """Return what comes next and when, or that nothing does."""
    _ = words.gettext
    if coming.kind is None:
        return {
            Nothing.OFF: _("All breaks are switched off"),
            Nothing.HELD: _("No break for now"),
            Nothing.HOURS: _("No more breaks in these working hours"),
            Nothing.LIMIT: _("No more breaks today"),
            None: _("No break for now"),
        }[coming.why]
    name, left_s = labels.kind_name(coming.kind, words), coming.at_s - now.boot_s
    if left_s <= 0:
        return _("{kind} at the next good moment").format(kind=name)
    if labels.minutes(left_s) < 1:
        return _("{kind} in less than a minute").format(kind=name)
    return _("{kind} in {time}").format(kind=name, time=labels.duration(left_s, words))


def _answers(snap: Snapshot, words: Words) -> Iterator[MenuEntry]:
    """Yield the answers to the open prompt; one that waits can be answered too."""
    e = snap.state.episode
    if e is None:
        return
    if e.phase not in ON_SCREEN:
        yield menu.told("title", _line(_title(snap.pack, e, words)))
    kind = _kind(snap.rules, e.kind)
    more = [Choice.NOT_FOR_ME] if e.prompt is not None else []
    if kind.guide and e.phase is not Phase.GUIDED:
        more.append(Choice.START)
    for choice in (*_choices(kind, e), *more):
        yield menu.answer(choice, answer_label(choice, kind, words))


def _last(snap: Snapshot, words: Words) -> Iterator[MenuEntry]:
    """Yield what became of the last prompt, where the person may not have seen it."""
    _, state, mark = words.gettext, snap.state, _mark(snap)
    if mark is not None and mark.reason is Reason.MISSED:
        name = labels.kind_name(mark.kind, words)
        yield menu.told("mark", _line(_("The last prompt had no answer: {kind}").format(kind=name)))
    if state.failures_in_row and state.episode is None:
        yield menu.told("undelivered", _("The last prompt could not be shown"))


# ── the prompt ─────────────────────────────────────────────────────────────────────────────


def prompt_view(snap: Snapshot, episode: Episode, words: Words) -> PromptView:
    """Describe the notification for *episode*; its reminder says that it is one."""
    kind, text = _kind(snap.rules, episode.kind), _text(snap.pack, episode)
    body = text.body if text else labels.kind_body(episode.kind, words)
    choices = list(_choices(kind, episode))
    reminds = _is_reminder(episode)
    if reminds:
        _ = words.gettext
        still = _("Still a good moment for it?")
        body = f"{body}\n{still}"
        if kind.reminder_offers_guide and kind.guide:
            choices.append(Choice.START)
    return PromptView(
        episode.id,
        episode.showing,
        episode.kind,
        _title(snap.pack, episode, words),
        body,
        tuple(Button(choice, answer_label(choice, kind, words)) for choice in choices),
        sound=snap.resolved.flag("prompts.sound"),
    )


def _is_reminder(episode: Episode) -> bool:
    """Tell whether this showing repeats a prompt that is on the screen."""
    return episode.reminders > 0 and episode.phase is Phase.SHOWN


def guide_view(snap: Snapshot, episode: Episode, words: Words) -> PromptView:
    """Describe the steps of *episode*'s prompt, its caution, and the line on safety."""
    kind, text = _kind(snap.rules, episode.kind), _text(snap.pack, episode)
    lines = list(_steps(text, words)) if text else [labels.kind_body(episode.kind, words)]
    lines += [text.caution] if text and text.caution else []
    lines += [snap.pack.safety.line] if snap.pack.safety.line else []
    return PromptView(
        episode.id,
        episode.showing,
        episode.kind,
        _title(snap.pack, episode, words),
        "\n".join(lines),
        tuple(
            Button(choice, answer_label(choice, kind, words))
            for choice in (Choice.DONE, Choice.SKIP)
        ),
    )


def _steps(text: Text, words: Words) -> Iterator[str]:
    _ = words.gettext
    for number, step in enumerate(text.steps, start=1):
        yield _("{number}. {step} ({seconds} s)").format(
            number=number, step=step.text, seconds=step.seconds
        )


def _choices(kind: KindRules, episode: Episode) -> tuple[Choice, ...]:
    """Return the answers of a notification, in their order."""
    if episode.postponed < kind.postpone_max:
        return (Choice.DONE, Choice.POSTPONE, Choice.SKIP)
    return (Choice.DONE, Choice.SKIP)


def answer_label(choice: Choice, kind: KindRules, words: Words) -> str:
    """Return what the button of an answer says."""
    _, n_ = words.gettext, words.ngettext
    minutes = max(labels.minutes(kind.postpone_s), 1)
    return {
        Choice.DONE: _("Done"),
        Choice.POSTPONE: n_("In {n} minute", "In {n} minutes", minutes).format(n=minutes),
        Choice.SKIP: _("Skip"),
        Choice.NOT_FOR_ME: _("Not for me"),
        Choice.START: _("Show me how"),
    }[choice]


def _kind(rules: Rules, name: str) -> KindRules:
    return rules.kinds[rules.place[name]]


def _text(pack: Pack, episode: Episode) -> Text | None:
    return pack.texts.get(episode.prompt) if episode.prompt is not None else None


def _title(pack: Pack, episode: Episode, words: Words) -> str:
    text = _text(pack, episode)
    return text.title if text else labels.kind_now(episode.kind, words)
