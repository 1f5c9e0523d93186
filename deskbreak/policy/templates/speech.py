"""What templates and reference say of a setting, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core import sources
from deskbreak.core.organisation import ORGANISATION
from deskbreak.core.plans import PLANS
from deskbreak.core.setting import Type
from deskbreak.core.settings_table import SETTINGS, TABLES
from deskbreak.core.values import written
from deskbreak.core.words import N_, said, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.core.setting import Setting
    from deskbreak.core.sources import Source
    from deskbreak.core.words import Said, Words

TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "organisation": N_("Organisation"),
        "": N_("General"),
        "stretch": N_("Stretch"),
        "position": N_("Change position"),
        "posture": N_("Posture check"),
        "eyes": N_("Rest your eyes"),
        "massage": N_("Self-massage"),
        "habit": N_("Habit of the day"),
        "prompts": N_("Prompts"),
        "holds": N_("Silence"),
        "working_hours": N_("Working hours"),
        "presence": N_("Presence"),
        "day": N_("Day"),
        "person": N_("Yourself"),
        "history": N_("History"),
    }
)
"""What the tables are called where people see them, in the order of a settings file."""
ABOUT: Final[Mapping[str, str]] = MappingProxyType(
    {"organisation": N_("Who has set all this; people read it beside each locked value."), **TABLES}
)
"""A sentence on each table."""

_KINDS_OF_VALUE: Final[Mapping[Type, str]] = MappingProxyType(
    {
        Type.FLAG: N_("on or off"),
        Type.LANGUAGE: N_("a language such as de or pt_BR; empty is the desktop's"),
        Type.CHOICES: N_("any of: {choices}"),
        Type.PROMPTS: N_("up to {high} ids of prompts such as P-ST-01"),
        Type.RANGES: N_("up to {high} ranges of time such as 09:00-12:30"),
        Type.DATES: N_("up to {high} dates such as 2026-12-24"),
    }
)


@dataclass(frozen=True, slots=True)
class Speech:
    """A language: its words, and the titles of the sources in it."""

    words: Words
    known: Mapping[str, Source]

    def say(self, template: str, **values: object) -> str:
        """Return a marked *template* with its *values*, in this language."""
        return spoken(said(template, **values), self.words)

    def help(self, key: str) -> str:
        """Return the sentence on a setting, or on what only policies have."""
        return self.say(ORGANISATION[key] if key in ORGANISATION else SETTINGS[key].help)

    def unit(self, setting: Setting) -> str:
        """Return the unit of its values; empty where there is none."""
        return self.say(setting.unit) if setting.unit else ""

    def allowed(self, setting: Setting) -> str:
        """Say what values may be: their bounds and unit, or their form."""
        return spoken(_allowed(setting), self.words)

    def default(self, setting: Setting) -> str:
        """Say what it is where nobody sets it, with its unit."""
        return self.value(setting, setting.default)

    def value(self, setting: Setting, value: object) -> str:
        """Return a sound *value* with its unit; for people, not for a file."""
        if isinstance(value, bool):
            return self.say(N_("on") if value else N_("off"))
        if value in ("", ()):
            return self.say(N_("empty"))
        plain = value if isinstance(value, str) else written(value)
        return f"{plain} {self.unit(setting)}".rstrip()

    def plans(self, setting: Setting) -> list[str]:
        """Say what each plan sets it to that has another value than the default."""
        return [
            f"{name}: {self.value(setting, plan.values[setting.key])}"
            for name, plan in PLANS.items()
            if plan.values.get(setting.key, setting.default) != setting.default
        ]

    def evidence(self, setting: Setting) -> list[str]:
        """Say where the default comes from: a line for each source, or that it is our opinion."""
        found = sources.named(setting.source, self.known)
        lines = [sources.line(one, self.words) for one in found]
        return lines or [self.say(setting.source)]


def _allowed(setting: Setting) -> Said:
    if setting.type in _KINDS_OF_VALUE:
        choices = ", ".join(setting.choices)
        return said(_KINDS_OF_VALUE[setting.type], high=setting.high, choices=choices)
    if setting.choices:
        return said("{choices}", choices=", ".join(setting.choices))
    bounds = {"low": setting.low, "high": setting.high}
    if not setting.unit:
        return said(N_("{low} to {high}"), **bounds)
    either, one = N_("0, or {low} to {high} {unit}"), N_("{low} to {high} {unit}")
    return said(either if setting.or_zero else one, **bounds, unit=said(setting.unit))
