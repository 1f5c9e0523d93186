"""Every setting, once: its name, type, default, bounds, help and source."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core.content import AVOID_TAGS, EQUIPMENT
from deskbreak.core.plans import PLANS
from deskbreak.core.setting import DAYS, MINUTES, SECONDS, Managed, Setting, Type
from deskbreak.core.settings_kinds import KIND_DEFAULTS
from deskbreak.core.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deskbreak.core.settings_kinds import KindDefaults


OPINION: Final = N_("our opinion")

TABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": N_("What everything else starts from."),
        "stretch": N_("A break of about a minute with a stretch, then a few steps."),
        "position": N_("A change of position: up, down, or otherwise than before."),
        "posture": N_("A moment to sit or stand more comfortably."),
        "eyes": N_("A look into the distance."),
        "massage": N_("A short self-massage; read its cautions before you turn it on."),
        "habit": N_("One idea a day for a desk and a life that suit the back."),
        "prompts": N_("How often and when deskbreak may speak, whatever the kind."),
        "holds": N_("What deskbreak stays silent during."),
        "working_hours": N_("When deskbreak may speak; a day without ranges has no hours."),
        "presence": N_("When you count as away."),
        "day": N_("When a day begins."),
        "person": N_("What suits you. It stays in this file: it is in no log and no report."),
        "history": N_("What is kept."),
    }
)
"""Every table of the file, in its order, with a sentence on it; the top is the empty name."""

WEEKDAYS: Final = (
    *("monday", "tuesday", "wednesday", "thursday"),
    *("friday", "saturday", "sunday"),
)


def _flag(key: str, help_: str, source: str = OPINION, *, default: bool) -> Setting:
    return Setting(key, Type.FLAG, default, help_, source)


def _whole(  # noqa: PLR0913 - one row of the table: what an administrator would ask
    key: str,
    bounds: tuple[int, int, int],
    help_: str,
    source: str = OPINION,
    *,
    unit: str = "",
    or_zero: bool = False,
) -> Setting:
    """Declare a whole number; *bounds* is default, low, high."""
    default, low, high = bounds
    return Setting(key, Type.WHOLE, default, help_, source, unit, low, high, or_zero=or_zero)


def _of_kind(kind: KindDefaults) -> Iterator[Setting]:
    name, credit = kind.name, kind.credit_seconds
    minutes, times = kind.postpone
    yield _flag(f"{name}.enabled", N_("Whether it comes."), kind.source, default=kind.enabled)
    interval, low, high = kind.interval_minutes
    yield Setting(
        f"{name}.interval_minutes",
        Type.WHOLE,
        interval,
        kind.interval_help,
        kind.source,
        unit=MINUTES,
        low=low,
        high=high,
        quick=kind.quick,
    )
    yield _whole(
        f"{name}.duration_seconds",
        kind.duration_seconds,
        N_("How long it takes; resting that long after a prompt is taking it."),
        kind.source,
        unit=SECONDS,
    )
    yield _whole(
        f"{name}.credit_idle_seconds",
        (credit[0], 20, 3600),
        N_("An absence that long is a break; 0: none is."),
        "E-25, E-57",
        unit=SECONDS,
        or_zero=True,
    )
    yield _whole(
        f"{name}.credit_lock_seconds",
        (credit[1], 20, 3600),
        N_("With the screen locked, an absence that long is a break; 0: none is."),
        "E-25, E-57",
        unit=SECONDS,
        or_zero=True,
    )
    yield _whole(f"{name}.daily_cap", (kind.daily_cap, 0, 60), N_("Most prompts in a day."))
    yield _whole(
        f"{name}.postpone_minutes", (minutes, 1, 60), N_("How long postponing lasts."), unit=MINUTES
    )
    yield _whole(f"{name}.postpone_max", (times, 0, 5), N_("How often one break can be postponed."))
    yield _whole(
        f"{name}.patience_minutes",
        (kind.patience_minutes, 1, 60),
        N_("How long a prompt waits for an answer."),
        unit=MINUTES,
    )
    if kind.first_after_break_minutes is not None:
        yield _whole(
            f"{name}.first_after_break_minutes",
            (kind.first_after_break_minutes, 0, 480),
            kind.first_help,
            unit=MINUTES,
        )


def _prompts() -> Iterator[Setting]:
    yield _whole("prompts.daily_cap", (30, 0, 100), N_("Most prompts in a day, of all kinds."))
    yield _whole("prompts.max_per_hour", (4, 1, 20), N_("Most prompts within any hour."))
    yield _whole(
        "prompts.min_gap_minutes",
        (12, 0, 60),
        N_("Least time between the end of one break and the next prompt."),
        unit=MINUTES,
    )
    yield _whole(
        "prompts.fold_window_minutes",
        (8, 0, 60),
        N_("A smaller break due that soon is part of a larger one."),
        unit=MINUTES,
    )
    yield _whole(
        "prompts.quiet_after_absence_minutes",
        (10, 0, 60),
        N_("No prompt so soon after you come back from five minutes or more."),
        unit=MINUTES,
    )
    yield _whole(
        "prompts.wait_for_lull_seconds",
        (5, 1, 60),
        N_("A pause in typing that long is a good moment."),
        "E-29",
        unit=SECONDS,
    )
    yield _whole(
        "prompts.wait_for_lull_limit_seconds",
        (120, 0, 600),
        N_("After waiting that long any moment is good enough; 0: no waiting."),
        "E-29",
        unit=SECONDS,
    )
    yield _whole(
        "prompts.reminder_minutes",
        (5, 0, 30),
        N_("A prompt without answer is shown once more after that time; 0: never."),
        "E-28",
        unit=MINUTES,
    )
    yield _whole(
        "prompts.advance_notice_seconds",
        (30, 0, 300),
        N_("How long before a prompt the icon changes."),
        unit=SECONDS,
    )
    yield _whole(
        "prompts.skips_before_backoff",
        (3, 0, 20),
        N_("After so many skips in a row a kind comes less often that day; 0: never."),
        "E-01",
    )
    yield Setting(
        "prompts.backoff_factor",
        Type.NUMBER,
        1.5,
        N_("How many times as long its interval then is."),
        OPINION,
        low=1,
        high=3,
    )
    yield _flag("prompts.sound", N_("Whether a prompt makes a sound."), default=False)


def _holds() -> Iterator[Setting]:
    why = "E-29"
    yield _flag("holds.do_not_disturb", N_("While do not disturb is on."), why, default=True)
    yield _flag("holds.full_screen", N_("While something fills the screen."), why, default=True)
    yield _flag("holds.call", N_("While microphone or camera is in use."), why, default=True)
    yield _flag("holds.screen_share", N_("While the screen is shared."), why, default=True)
    yield _flag("holds.presentation", N_("While a presentation runs."), why, default=True)
    yield _whole(
        "holds.deferral_limit_minutes",
        (45, 5, 240),
        N_("After a delay of that long the icon says that a break is due."),
        unit=MINUTES,
    )


def _working_hours() -> Iterator[Setting]:
    about = N_("Ranges of that day; one may cross midnight.")
    yield _flag("working_hours.enabled", N_("Whether only these hours count."), default=False)
    for day in WEEKDAYS:
        yield Setting(f"working_hours.{day}", Type.RANGES, (), about, OPINION, high=12)
    yield Setting(
        "working_hours.days_off", Type.DATES, (), N_("Days without any."), OPINION, high=400
    )


def _person() -> Iterator[Setting]:
    def flag(name: str, help_: str, source: str) -> Setting:
        return Setting(f"person.{name}", Type.FLAG, default=False, help=help_, source=source)

    def several(name: str, choices: tuple[str, ...], help_: str, source: str) -> Setting:
        type_, high = (Type.CHOICES, len(choices)) if choices else (Type.PROMPTS, 1000)
        return Setting(f"person.{name}", type_, (), help_, source, high=high, choices=choices)

    rows = (
        flag("seated_only", N_("Only what is done seated."), "E-52"),
        flag("discreet_only", N_("Only what draws little attention."), "G-40"),
        several("equipment", EQUIPMENT, N_("What you have at hand."), OPINION),
        several("avoid", AVOID_TAGS, N_("What prompts must take care of."), "E-46, E-51"),
        several("hidden_prompts", (), N_("Prompts that are not for you."), OPINION),
    )
    yield from (replace(row, private=True, managed=Managed.NEVER) for row in rows)


def _all() -> Iterator[Setting]:
    plan = N_("Intervals, caps and gap that go together; keys set here win over it.")
    yield Setting(
        "plan", Type.CHOICE, "standard", plan, "E-01, E-03, E-17, E-28, E-52", choices=tuple(PLANS)
    )
    language = N_("Language of all words; empty is the desktop's.")
    yield Setting("language", Type.LANGUAGE, "", language, OPINION)
    for kind in KIND_DEFAULTS:
        yield from _of_kind(kind)
    yield from _prompts()
    yield from _holds()
    yield from _working_hours()
    yield _whole(
        "presence.away_after_seconds",
        (120, 30, 900),
        N_("Without input that long you count as away."),
        "E-57",
        unit=SECONDS,
    )
    yield Setting(
        "day.starts_at",
        Type.CLOCK,
        "04:00",
        N_("Work after midnight belongs to the day before, until then."),
        "E-57",
        low="00:00",
        high="23:59",
    )
    yield from _person()
    keep_days = _whole(
        "history.keep_days",
        (400, 30, 3650),
        N_("How long single rows are kept; totals of days stay."),
        unit=DAYS,
    )
    yield replace(keep_days, managed=Managed.SHORTEN)


SETTINGS: Final[Mapping[str, Setting]] = MappingProxyType({row.key: row for row in _all()})
"""Every setting by its key, in the order of the file."""
