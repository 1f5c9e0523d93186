"""What an editor of group policy shows beside what can be set there."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core.managed import Level
from deskbreak.core.organisation import PACKS
from deskbreak.core.setting import Managed, Type
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.words import N_
from deskbreak.policy.names import ENDS, registry_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.core.setting import Setting
    from deskbreak.policy.templates.items import Item
    from deskbreak.policy.templates.speech import Speech

_HEADLINES: Final[Mapping[Level, str]] = MappingProxyType(
    {
        Level.MANDATORY: "{key}: {help}",
        Level.RECOMMENDED: N_("{key} (recommended): {help}"),
        Level.BOUNDS: N_("{key} (bounds): {help}"),
    }
)
_TITLES: Final[Mapping[Level, str]] = MappingProxyType(
    {
        Level.RECOMMENDED: N_("Recommended: other defaults, which people may change"),
        Level.BOUNDS: N_("Bounds: what people may choose between"),
    }
)
_ABOUT: Final[Mapping[Level, str]] = MappingProxyType(
    {
        Level.MANDATORY: N_(
            "deskbreak reminds people to stretch, to change position and to sit well.\n\n"
            "What is set right below is locked: people see it, greyed, and who set it. "
            "Use few locks: guidance on work at screens leaves people discretion over their "
            "breaks (E-01). Recommended values and bounds, below, leave it to them.\n\n"
            "No policy can send anything, hide what is kept, or take away Pause, Skip, Quit, "
            "export or erase; what a person says about their body is theirs alone."
        ),
        Level.RECOMMENDED: N_(
            "A recommended value takes the place of deskbreak's own default, and of what a plan "
            "would set. A person who has chosen another one keeps it."
        ),
        Level.BOUNDS: N_(
            "Bounds leave people a choice between a smallest and a largest value, or among "
            "some of the choices. What lies outside counts as the nearest value within, even "
            "where it is locked or recommended; people see that, and who set it. Their own "
            "value stays in their file, and counts again when the bounds go. "
            "Prefer bounds to locks."
        ),
    }
)
_LOCKED: Final = N_(
    "Enabled: everybody whom this policy reaches has this value. "
    "They see it and who set it, and cannot change it; bounds would leave them a choice.\n"
    "Disabled or not configured: people choose."
)
_LOCKED_FLAG: Final = N_(
    "Enabled: it is on for everybody whom this policy reaches. Disabled: it is off for them. "
    "In both cases they see that and who set it, and cannot change it.\n"
    "Not configured: people choose."
)
_SHORTENED: Final = N_(
    "Enabled: nobody whom this policy reaches keeps more than this; whoever has chosen less keeps "
    "less. A policy can make it smaller than deskbreak's default, never larger.\n"
    "Disabled or not configured: people choose."
)
_RECOMMENDED: Final = N_(
    "Enabled: this is the default, also where a plan would set another value. "
    "Whoever has chosen otherwise keeps that, and everybody may.\n"
    "Disabled or not configured: the default is deskbreak's own."
)
_RECOMMENDED_FLAG: Final = N_(
    "Enabled: the default is on. Disabled: the default is off. "
    "Whoever has chosen otherwise keeps that, and everybody may.\n"
    "Not configured: the default is deskbreak's own."
)
_BETWEEN: Final = N_(
    "Enabled: people choose between the two. What is smaller or larger counts as the nearest of "
    "them; people see that, and who set it. The smallest must not be above the largest.\n"
    "Disabled or not configured: they choose within what is allowed."
)
_AT_MOST: Final = N_(
    "Enabled: people choose up to this value. What is larger counts as this; "
    "people see that, and who set it.\n"
    "Disabled or not configured: they choose within what is allowed."
)
_AMONG: Final = N_(
    "Enabled: people choose among what is listed. For another choice the default counts, or, "
    "where that is not listed, the first in the list; people see that, and who set it.\n"
    "Disabled or not configured: they choose among all."
)


_ORGANISATION: Final = N_(
    "Enabled: people read this beside each value that is locked, and in the menu.\n"
    "Disabled or not configured: they read “your organisation”."
)
_PACKS: Final = N_(
    "Enabled: packs in this folder are read as well as those in the folder of every computer. They "
    "count only where nobody but administrators could have written them.\n"
    "Disabled or not configured: only those in the folder of every computer are read."
)


def level_title(level: Level, speech: Speech) -> str:
    """Return what the category of a level is called."""
    return speech.say(_TITLES[level])


def level_about(level: Level, speech: Speech) -> str:
    """Say what a level does."""
    return speech.say(_ABOUT[level])


def headline(item: Item, speech: Speech) -> str:
    """Return the line in the list of policies: the setting as it is called, and what it is."""
    said = speech.help(item.key).rstrip(".")
    return speech.say(_HEADLINES[item.level], key=item.key, help=said)


def explained(item: Item, speech: Speech) -> str:
    """Say what a policy does, what can be set and where its default comes from."""
    setting = SETTINGS.get(item.key)
    if setting is None:
        return f"{speech.help(item.key)}\n\n{speech.say(_PACKS if item.key == PACKS else _ORGANISATION)}"
    parts = [speech.help(item.key), _what_happens(item, setting, speech), _facts(setting, speech)]
    return "\n\n".join([*parts, _named(item, speech)])


def _what_happens(item: Item, setting: Setting, speech: Speech) -> str:
    is_flag = setting.type is Type.FLAG
    if item.level is Level.RECOMMENDED:
        return speech.say(_RECOMMENDED_FLAG if is_flag else _RECOMMENDED)
    shortens = setting.managed is Managed.SHORTEN
    if item.level is Level.BOUNDS:
        chosen = item.parts[0].name.endswith(ENDS["choices"])
        return speech.say(_AMONG if chosen else _AT_MOST if shortens else _BETWEEN)
    return speech.say(_SHORTENED if shortens else _LOCKED_FLAG if is_flag else _LOCKED)


def _facts(setting: Setting, speech: Speech) -> str:
    lines = [
        speech.say(N_("Allowed: {allowed}"), allowed=speech.allowed(setting)),
        speech.say(N_("Default: {default}"), default=speech.default(setting)),
    ]
    if setting.or_zero:
        lines.append(speech.say(N_("Between 0 and {low} nothing is allowed."), low=setting.low))
    if setting.managed is Managed.SHORTEN:
        sentence = N_("A policy may set: {low} to {high} {unit}")
        low, high, unit = setting.low, setting.default, speech.unit(setting)
        lines.append(speech.say(sentence, low=low, high=high, unit=unit))
    plans = speech.plans(setting)
    if plans:
        lines.append(speech.say(N_("Plans with another value: {plans}"), plans=", ".join(plans)))
    lines += [speech.say(N_("Where the default comes from:"))]
    lines += [f"- {source}" for source in speech.evidence(setting)]
    return "\n".join(lines)


def _named(item: Item, speech: Speech) -> str:
    """Say what it is called in files and commands, and in the registry."""
    names = ", ".join(part.name for part in item.parts) or registry_name(item.key)
    sentence = N_("In files and commands: {key}. In the registry: {names}.")
    return speech.say(sentence, key=item.key, names=names)
