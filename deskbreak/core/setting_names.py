"""What settings, plans, equipment and cautions are called where people choose them on a page."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core import labels
from deskbreak.core.content import KINDS
from deskbreak.core.plans import PLANS
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.words import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.core.words import Words

_OF_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "enabled": N_("On"),
        "interval_minutes": N_("How often"),
        "duration_seconds": N_("How long it takes"),
        "credit_idle_seconds": N_("Being away counts as a break after"),
        "credit_lock_seconds": N_("A locked screen counts as one after"),
        "daily_cap": N_("At most in a day"),
        "postpone_minutes": N_("Postponing lasts"),
        "postpone_max": N_("Can be postponed"),
        "patience_minutes": N_("Waits for an answer"),
    }
)
_OTHERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "plan": N_("Plan"),
        "language": N_("Language"),
        "posture.first_after_break_minutes": N_("Quiet after a stretch"),
        "habit.first_after_break_minutes": N_("First after time at the desk"),
        "prompts.daily_cap": N_("Prompts in a day, at most"),
        "prompts.max_per_hour": N_("Prompts in an hour, at most"),
        "prompts.min_gap_minutes": N_("Time between two prompts, at least"),
        "prompts.fold_window_minutes": N_("Put together what is due within"),
        "prompts.quiet_after_absence_minutes": N_("Quiet when you come back"),
        "prompts.wait_for_lull_seconds": N_("Wait for a pause in typing"),
        "prompts.wait_for_lull_limit_seconds": N_("Wait for it no longer than"),
        "prompts.reminder_minutes": N_("Remind once more after"),
        "prompts.advance_notice_seconds": N_("The icon changes before a prompt"),
        "prompts.skips_before_backoff": N_("Skips until it comes less often"),
        "prompts.backoff_factor": N_("How much less often then"),
        "prompts.sound": N_("Sound"),
        "holds.do_not_disturb": N_("Do not disturb"),
        "holds.full_screen": N_("Full screen"),
        "holds.call": N_("Calls"),
        "holds.screen_share": N_("Screen sharing"),
        "holds.presentation": N_("Presentations"),
        "holds.deferral_limit_minutes": N_("Mark the icon when delayed for"),
        "working_hours.enabled": N_("Only in working hours"),
        "working_hours.monday": N_("Monday"),
        "working_hours.tuesday": N_("Tuesday"),
        "working_hours.wednesday": N_("Wednesday"),
        "working_hours.thursday": N_("Thursday"),
        "working_hours.friday": N_("Friday"),
        "working_hours.saturday": N_("Saturday"),
        "working_hours.sunday": N_("Sunday"),
        "working_hours.days_off": N_("Days off"),
        "presence.away_after_seconds": N_("You count as away after"),
        "day.starts_at": N_("A new day begins at"),
        "person.seated_only": N_("Seated only"),
        "person.discreet_only": N_("Discreet only"),
        "person.equipment": N_("Equipment"),
        "person.avoid": N_("Take care with"),
        "person.hidden_prompts": N_("Not for me"),
        "history.keep_days": N_("Keep details for"),
    }
)
_PLANS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "standard": N_("For most people."),
        "fifteen": N_("For people who want to move often."),
        "fifty": N_("Where rules at work ask for a break after 50 minutes at a screen."),
        "gentle": N_("For people who find reminders tiring."),
        "busy": N_("For full days: few prompts, short and discreet."),
        "sit_stand": N_("For a desk that goes up and down: sit, stand, then move about."),
        "seated": N_(
            "Everything from the chair. If you have a plan of your own for relieving pressure, "
            "that one counts."
        ),
        "custom": N_("Nothing but the defaults, and what you set yourself."),
    }
)
_EQUIPMENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "wall": N_("A free wall"),
        "ball": N_("A small ball"),
        "sit_stand_desk": N_("A desk that goes up and down"),
    }
)
_AVOID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "back_injury": N_("A back injury"),
        "balance": N_("Unsteady balance"),
        "bleeding_risk": N_("Bleeding easily, or blood thinners"),
        "bone_weakness": N_("Brittle bones"),
        "clot_risk": N_("A blood clot, now or before"),
        "hip_surgery": N_("Hip surgery"),
        "neck_symptoms": N_("Dizziness or tingling with the neck"),
        "numbness": N_("Numb areas"),
        "pregnancy": N_("Pregnancy"),
        "recent_surgery": N_("A recent operation"),
        "sciatica": N_("Sciatica: pain or tingling down a leg"),
        "shoulder_injury": N_("A shoulder injury"),
    }
)


def setting_name(key: str, words: Words) -> str:
    """Return what a setting is called, beside its kind where it has one."""
    return words.gettext(_OTHERS.get(key) or _OF_KINDS[key.rpartition(".")[2]])


def full_name(key: str, words: Words) -> str:
    """Return the same where nothing around says which kind is meant."""
    name, kind = setting_name(key, words), key.partition(".")[0]
    if kind not in KINDS:
        return name
    return words.gettext(N_("{kind}: {name}")).format(kind=labels.kind_name(kind, words), name=name)


def plan_about(plan: str, words: Words) -> str:
    """Return for whom a plan is."""
    return words.gettext(_PLANS[plan])


def plan_figures(plan: str, words: Words) -> tuple[tuple[str, str, int], ...]:
    """Return the kinds that a plan is about, with their names and the minutes between them."""
    values = {key: setting.default for key, setting in SETTINGS.items()} | dict(PLANS[plan].values)
    figures = []
    for kind in ("position", "stretch", "posture"):
        minutes = values[f"{kind}.interval_minutes"]
        assert isinstance(minutes, int)
        if values[f"{kind}.enabled"]:
            figures.append((kind, labels.kind_name(kind, words), minutes))
    return tuple(figures)


def choice_name(key: str, choice: str, words: Words) -> str:
    """Return what one of the *choices* of setting *key* is called."""
    if key == "plan":
        return labels.plan_name(choice, words)
    known = {"person.equipment": _EQUIPMENT, "person.avoid": _AVOID}.get(key, {})
    return words.gettext(known[choice]) if choice in known else choice
