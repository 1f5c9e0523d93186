"""Where each setting stands on the page: as a person thinks, not as the file has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskbreak.core import labels
from deskbreak.core.settings_kinds import KIND_DEFAULTS
from deskbreak.core.settings_table import TABLES, WEEKDAYS
from deskbreak.core.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.words import Words
    from deskbreak.pages.settings_form import Field, Maker


_KINDS: Final = frozenset(kind.name for kind in KIND_DEFAULTS)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Keys of a part; ``more`` are those that few people look for."""

    id: str
    name: str
    about: str
    keys: tuple[str, ...]
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a group, with its fields."""

    id: str
    name: str
    about: str
    fields: tuple[Field, ...]
    more: tuple[Field, ...]

    @property
    def is_open(self) -> bool:
        """Whether something among the less usual fields is the person's own."""
        return any(field.is_own for field in self.more)


@dataclass(frozen=True, slots=True)
class Group:
    """What a person looks for under one word."""

    id: str
    name: str
    parts: tuple[Part, ...]


def _kind_parts() -> Iterator[_Layout]:
    for kind in KIND_DEFAULTS:
        names = ["duration_seconds", "daily_cap", "postpone_minutes", "postpone_max"]
        names += ["patience_minutes", "credit_idle_seconds", "credit_lock_seconds"]
        if kind.first_after_break_minutes is not None:
            names.insert(0, "first_after_break_minutes")
        yield _Layout(
            kind.name,
            "",
            TABLES[kind.name],
            (f"{kind.name}.enabled", f"{kind.name}.interval_minutes"),
            tuple(f"{kind.name}.{name}" for name in names),
        )


def _prompts(*names: str) -> tuple[str, ...]:
    return tuple(f"prompts.{name}" for name in names)


def _holds(*names: str) -> tuple[str, ...]:
    return tuple(f"holds.{name}" for name in names)


_GROUPS: Final[tuple[tuple[str, str, tuple[_Layout, ...]], ...]] = (
    (
        "plan",
        N_("Plan"),
        (
            _Layout("choice", "", "", ("plan",)),
            _Layout(
                "limits",
                N_("How much at most"),
                N_("Whatever the kind; what you set here wins over the plan."),
                _prompts("daily_cap", "max_per_hour", "min_gap_minutes", "sound"),
                _prompts(
                    *("reminder_minutes", "advance_notice_seconds", "fold_window_minutes"),
                    *("skips_before_backoff", "backoff_factor"),
                ),
            ),
        ),
    ),
    ("kinds", N_("Kinds"), tuple(_kind_parts())),
    (
        "quiet",
        N_("When not to disturb"),
        (
            _Layout(
                "holds",
                "",
                N_("No prompt comes meanwhile; when it is over, one follows."),
                _holds("call", "screen_share", "presentation", "full_screen", "do_not_disturb"),
                _holds("deferral_limit_minutes"),
            ),
            _Layout(
                "moment",
                N_("A good moment"),
                N_("When you are back, and while you type."),
                _prompts("quiet_after_absence_minutes", "wait_for_lull_seconds"),
                (*_prompts("wait_for_lull_limit_seconds"), "presence.away_after_seconds"),
            ),
        ),
    ),
    (
        "hours",
        N_("Working hours"),
        (
            _Layout(
                "week",
                "",
                N_("Write hours as 09:00-12:30, 13:15-17:00. A day without any has none."),
                ("working_hours.enabled", *(f"working_hours.{day}" for day in WEEKDAYS)),
                ("working_hours.days_off", "day.starts_at"),
            ),
        ),
    ),
    (
        "person",
        N_("About you"),
        (
            _Layout(
                "you",
                "",
                N_(
                    "So that only what suits you comes. It stays in your settings file on this "
                    "computer: in no log and no report, and no organisation can set it."
                ),
                tuple(
                    f"person.{name}"
                    for name in ("seated_only", "discreet_only", "equipment", "avoid")
                ),
                ("person.hidden_prompts",),
            ),
            _Layout("words", "", "", ("language",)),
        ),
    ),
    (
        "data",
        N_("Data"),
        (_Layout("history", "", N_("Kept on this computer alone."), ("history.keep_days",)),),
    ),
)


def keys() -> tuple[str, ...]:
    """Return every key on the page, in its order."""
    return tuple(
        key for _, _, parts in _GROUPS for part in parts for key in (*part.keys, *part.more)
    )


def groups(maker: Maker) -> tuple[Group, ...]:
    """Return the whole page."""
    words = maker.words
    return tuple(
        Group(id_, words.gettext(name), tuple(_part(one, maker) for one in parts))
        for id_, name, parts in _GROUPS
    )


def _part(layout: _Layout, maker: Maker) -> Part:
    words: Words = maker.words
    is_kind = layout.id in _KINDS
    name = labels.kind_name(layout.id, words) if is_kind else layout.name
    return Part(
        layout.id,
        name if is_kind or not name else words.gettext(name),
        words.gettext(layout.about) if layout.about else "",
        tuple(map(maker.field, layout.keys)),
        tuple(map(maker.field, layout.more)),
    )
