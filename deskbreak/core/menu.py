"""The parts of the tray's menu that are not about the prompt: breaks, pause, week, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskbreak.core import labels
from deskbreak.core.held import undoable
from deskbreak.core.locks import setter
from deskbreak.core.model import Command, MenuEntry, Presence
from deskbreak.core.plans import PLANS
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.turn import presence_of
from deskbreak.core.words import N_, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.model import Choice, KindRules, Moment
    from deskbreak.core.stats import Day
    from deskbreak.core.views import Snapshot
    from deskbreak.core.words import Words


def told(key: str, label: str) -> MenuEntry:
    """Return a line that only says something."""
    return MenuEntry(key, label, enabled=False)


def answer(choice: Choice, label: str) -> MenuEntry:
    """Return a line that answers the open prompt."""
    return MenuEntry(f"answer.{choice.value}", label, Command("answer", choice.value))


def quit_entry(words: Words) -> MenuEntry:
    """Return the line that ends deskbreak."""
    _ = words.gettext
    return MenuEntry("quit", _("Quit"), Command("quit"))


# ── breaks ─────────────────────────────────────────────────────────────────────────────────


def breaks(snap: Snapshot, now: Moment, words: Words) -> Iterator[MenuEntry]:
    """Yield what a person may want at once: a break, quiet, or time at the desk that counts."""
    _ = words.gettext
    kinds = [kind for kind in snap.rules.kinds if kind.enabled]
    # Nobody is asked to look at a kind that they switched off, unless there is no other.
    rows = tuple(
        MenuEntry(kind.name, labels.kind_name(kind.name, words), Command("take", kind.name))
        for kind in kinds or snap.rules.kinds
    )
    can_take = presence_of(snap.state) in (Presence.DESK, Presence.AWAY)
    yield MenuEntry("take", _("Take a break now"), enabled=can_take, children=rows)
    if snap.state.pause is not None:
        yield MenuEntry("resume", _("Resume"), Command("resume"))
    else:
        yield _pauses(words)
    if undoable(snap.state.credit, now.boot_s):
        yield MenuEntry("reading", _("I was reading"), Command("reading"))


def _pauses(words: Words) -> MenuEntry:
    _, n_ = words.gettext, words.ngettext
    choices = (
        ("30m", n_("{n} minute", "{n} minutes", 30).format(n=30)),
        ("1h", n_("{n} hour", "{n} hours", 1).format(n=1)),
        ("tomorrow", _("Until tomorrow")),
        ("", _("Until I resume")),
    )
    rows = tuple(
        MenuEntry(argument or "forever", label, Command("pause", argument))
        for argument, label in choices
    )
    return MenuEntry("pause", _("Pause"), children=rows)


def less_often(snap: Snapshot, words: Words) -> Iterator[MenuEntry]:
    """Yield, for a kind that was skipped several times in a row today, longer intervals for good."""
    _ = words.gettext
    for kind, known in zip(snap.rules.kinds, snap.state.kinds, strict=True):
        key = f"{kind.name}.interval_minutes"
        if not kind.enabled or known.backoff_day != snap.state.today or _locked(snap, key):
            continue
        longer = [
            row
            for row in _interval_choices(snap, key)
            if row > snap.resolved.whole(key) and _can_be(snap, key, row)
        ]
        if longer:
            name = labels.kind_name(kind.name, words)
            label = _("{kind}: too often?").format(kind=name)
            rows = tuple(_interval(snap, key, minutes, words) for minutes in longer)
            yield MenuEntry(f"less.{kind.name}", label, children=rows)


# ── this week ──────────────────────────────────────────────────────────────────────────────


def week(snap: Snapshot, words: Words) -> Iterator[MenuEntry]:
    """Yield desk time and breaks of this week, day by day, and of the one before."""
    _ = words.gettext
    if snap.week is not None:
        days = (
            told(f"day.{n}", week_line(labels.weekday(day.date, words), day, words))
            for n, day in enumerate(snap.week.days)
        )
        sums = (
            MenuEntry("line.days"),
            told("total", week_line(_("This week"), snap.week.total, words)),
            told("before", week_line(_("The week before"), snap.week.before, words)),
        )
        yield MenuEntry("week", _("This week"), children=(*days, *sums))
    if snap.pages:
        yield MenuEntry("stats", _("Statistics…"), Command("open", "stats"))


def week_line(name: str, day: Day, words: Words) -> str:
    """Return the figures of a day or a week in one line."""
    _, n_ = words.gettext, words.ngettext
    taken, offered = taken_of_offered(day)
    desk = labels.hours_minutes(day.desk_seconds)
    if not day.desk_seconds and not offered:
        return _("{name}: nothing").format(name=name)
    if not offered:
        return _("{name}: {desk} h at the desk").format(name=name, desk=desk)
    sentence = n_(
        "{name}: {desk} h at the desk, {taken} of {offered} break taken",
        "{name}: {desk} h at the desk, {taken} of {offered} breaks taken",
        offered,
    )
    return sentence.format(name=name, desk=desk, taken=taken, offered=offered)


def taken_of_offered(day: Day) -> tuple[int, int]:
    """Return how many prompted breaks were taken, and how many came to an end in any way."""
    taken = sum(kind.taken for kind in day.kinds.values())
    refused = sum(kind.skipped + kind.missed for kind in day.kinds.values())
    return taken, taken + refused


# ── settings ───────────────────────────────────────────────────────────────────────────────


def settings(snap: Snapshot, words: Words) -> Iterator[MenuEntry]:
    """Yield the settings that people change most; what IT has locked is greyed and says so."""
    _ = words.gettext
    rows = [_kind(snap, kind, words) for kind in snap.rules.kinds]
    rows.append(_plan(snap, words))
    if snap.autostart is not None:
        turn = Command("set", f"autostart={_toml(value=not snap.autostart)}")
        label = _("Start at login")
        rows.append(MenuEntry("autostart", label, turn, checked=snap.autostart))
    if snap.pages:
        rows += (
            MenuEntry("line.all"),
            MenuEntry("all", _("All settings…"), Command("open", "settings")),
        )
    if snap.resolved.is_managed:
        by = spoken(setter(snap.resolved), words)
        label = _("Managed by {organisation}").format(organisation=by)
        rows += (MenuEntry("line.managed"), told("managed", label))
    yield MenuEntry("settings", _("Settings"), children=tuple(rows))


def _kind(snap: Snapshot, kind: KindRules, words: Words) -> MenuEntry:
    on, every = f"{kind.name}.enabled", f"{kind.name}.interval_minutes"
    _, is_on, current = words.gettext, snap.resolved.flag(on), snap.resolved.whole(every)
    switch = MenuEntry(
        "on",
        _named(snap, on, _("On"), words),
        Command("set", f"{on}={_toml(value=not is_on)}"),
        enabled=not _locked(snap, on),
        checked=is_on,
    )
    intervals = (
        _interval(snap, every, row, words, chosen=row == current)
        for row in _interval_choices(snap, every)
    )
    name = labels.kind_name(kind.name, words)
    return MenuEntry(kind.name, name, children=(switch, MenuEntry("line.every"), *intervals))


def _interval_choices(snap: Snapshot, key: str) -> list[int]:
    """Return what the menu offers, and the value in force if it is another."""
    return sorted({*SETTINGS[key].quick, snap.resolved.whole(key)})


def _interval(
    snap: Snapshot, key: str, minutes: int, words: Words, *, chosen: bool | None = None
) -> MenuEntry:
    label = labels.every(minutes, words)
    return MenuEntry(
        f"every.{minutes}",
        _named(snap, key, label, words) if chosen else label,
        Command("set", f"{key}={minutes}"),
        enabled=_can_be(snap, key, minutes),
        checked=chosen,
        radio=chosen is not None,
    )


def _plan(snap: Snapshot, words: Words) -> MenuEntry:
    _, current = words.gettext, snap.resolved.text("plan")
    names = {plan: labels.plan_name(plan, words) for plan in PLANS}
    rows = tuple(
        MenuEntry(
            plan,
            _named(snap, "plan", name, words) if plan == current else name,
            Command("set", f"plan={plan}"),
            enabled=_can_be(snap, "plan", plan),
            checked=plan == current,
            radio=True,
        )
        for plan, name in names.items()
    )
    return MenuEntry("plan", _("Plan"), children=rows)


def _can_be(snap: Snapshot, key: str, value: object) -> bool:
    """Whether an organisation, if there is one, lets a person choose *value*."""
    bounds = snap.resolved.bounds.get(key)
    allowed = bounds is None or bounds.clamped(SETTINGS[key], value) == value
    return allowed and not _locked(snap, key)


def _locked(snap: Snapshot, key: str) -> bool:
    return snap.resolved.is_locked(key)


def _named(snap: Snapshot, key: str, label: str, words: Words) -> str:
    """Return *label*, and by whom *key* is locked if it is."""
    if not _locked(snap, key):
        return label
    by = spoken(setter(snap.resolved), words)
    return words.gettext(N_("{setting} (set by {organisation})")).format(
        setting=label, organisation=by
    )


def _toml(*, value: bool) -> str:
    return "true" if value else "false"
