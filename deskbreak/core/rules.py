"""The settings in force, as the engine wants them: rows of kinds, in seconds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from deskbreak.core.content import Person
from deskbreak.core.kinds import KIND_TABLE
from deskbreak.core.model import CycleStage, Hold, KindRules, Rules
from deskbreak.core.plans import PLANS, Plan
from deskbreak.core.replacing import replace
from deskbreak.core.schedule import WorkingHours, parse_clock, parse_range
from deskbreak.core.settings_table import SETTINGS, WEEKDAYS

if TYPE_CHECKING:
    from deskbreak.core.content import Index
    from deskbreak.core.settings import Resolved

_HOLDS: Final = (
    (Hold.DND, "holds.do_not_disturb"),
    (Hold.FULLSCREEN, "holds.full_screen"),
    (Hold.CALL, "holds.call"),
    (Hold.SHARE, "holds.screen_share"),
    (Hold.PRESENTATION, "holds.presentation"),
)
_ALWAYS: Final = frozenset({Hold.PAUSED, Hold.HOURS})


def rules(resolved: Resolved, index: Index) -> Rules:
    """Translate the settings in force; *index* is that of the pack in use."""
    plan = PLANS[resolved.text("plan")]
    return Rules(
        kinds=tuple(_kind(row, resolved, plan) for row in KIND_TABLE),
        holds=_ALWAYS | {hold for hold, key in _HOLDS if resolved.flag(key)},
        away_after_s=resolved.number("presence.away_after_seconds"),
        daily_cap=resolved.whole("prompts.daily_cap"),
        max_per_hour=resolved.whole("prompts.max_per_hour"),
        min_gap_s=_minutes(resolved, "prompts.min_gap_minutes"),
        fold_window_s=_minutes(resolved, "prompts.fold_window_minutes"),
        quiet_s=_minutes(resolved, "prompts.quiet_after_absence_minutes"),
        lull_s=resolved.number("prompts.wait_for_lull_seconds"),
        lull_limit_s=resolved.number("prompts.wait_for_lull_limit_seconds"),
        reminder_s=_minutes(resolved, "prompts.reminder_minutes"),
        advance_s=resolved.number("prompts.advance_notice_seconds"),
        skips_before_backoff=resolved.whole("prompts.skips_before_backoff"),
        backoff_factor=resolved.number("prompts.backoff_factor"),
        deferral_s=_minutes(resolved, "holds.deferral_limit_minutes"),
        day_starts_s=parse_clock(resolved.text("day.starts_at")),
        hours=_hours(resolved),
        person=_person(resolved, plan),
        index=index,
    )


def _minutes(resolved: Resolved, key: str) -> float:
    return resolved.number(key) * 60.0


def _kind(row: KindRules, resolved: Resolved, plan: Plan) -> KindRules:
    name = row.name
    first = f"{name}.first_after_break_minutes"
    interval_s = _minutes(resolved, f"{name}.interval_minutes")
    return replace(
        row,
        enabled=resolved.flag(f"{name}.enabled"),
        interval_s=interval_s,
        duration_s=resolved.number(f"{name}.duration_seconds"),
        credit_idle_s=resolved.number(f"{name}.credit_idle_seconds"),
        credit_lock_s=resolved.number(f"{name}.credit_lock_seconds"),
        daily_cap=resolved.whole(f"{name}.daily_cap"),
        postpone_s=_minutes(resolved, f"{name}.postpone_minutes"),
        postpone_max=resolved.whole(f"{name}.postpone_max"),
        patience_s=_minutes(resolved, f"{name}.patience_minutes"),
        first_after_break_s=_minutes(resolved, first) if first in SETTINGS else 0.0,
        cycle=_cycle(plan, interval_s) if row.credit_is_change else (),
    )


def _cycle(plan: Plan, sit_s: float) -> tuple[CycleStage, ...]:
    """Return the stages of the kind that is about position: sit, stand, move. Source: E-17."""
    if plan.stand_and_move_s is None:
        return ()
    stand_s, move_s = plan.stand_and_move_s
    return (
        CycleStage(sit_s, prompts=True, content="stand"),
        CycleStage(stand_s, prompts=True, content="move"),
        CycleStage(move_s, prompts=False),
    )


def _hours(resolved: Resolved) -> WorkingHours | None:
    if not resolved.flag("working_hours.enabled"):
        return None
    days_off = resolved.values["working_hours.days_off"]
    assert isinstance(days_off, tuple)
    return WorkingHours(
        ranges=tuple(
            tuple(parse_range(text) for text in resolved.texts(f"working_hours.{day}"))
            for day in WEEKDAYS
        ),
        days_off=frozenset(day for day in days_off if isinstance(day, date)),
    )


def _person(resolved: Resolved, plan: Plan) -> Person:
    return Person(
        seated_only=resolved.flag("person.seated_only"),
        discreet_only=resolved.flag("person.discreet_only"),
        equipment=frozenset(resolved.texts("person.equipment")) | plan.equipment,
        avoid=frozenset(resolved.texts("person.avoid")),
        hidden=frozenset(resolved.texts("person.hidden_prompts")),
        max_total_s=plan.max_total_s,
        wheelchair_only=plan.wheelchair_only,
    )
