"""Policies drawn at random: what an organisation could mean, by key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from deskbreak.core.managed import Level
from deskbreak.core.schedule import parse_clock
from deskbreak.core.setting import Managed, Type
from deskbreak.core.settings_table import SETTINGS
from deskbreak.policy.names import ENDS, registry_name

if TYPE_CHECKING:
    from deskbreak.core.setting import Setting
    from tests.policy.editor import Editor, Written

OURS = [one for one in SETTINGS.values() if one.managed is not Managed.NEVER]


@dataclass(frozen=True)
class Wanted:
    """What an organisation wants, in the words of a policy file."""

    mandatory: dict[str, Any] = field(default_factory=dict)
    recommended: dict[str, Any] = field(default_factory=dict)
    bounds: dict[str, Any] = field(default_factory=dict)


def clocks() -> st.SearchStrategy[str]:
    """Return times of day."""
    return st.times().map(lambda one: one.strftime("%H:%M"))


def sound(setting: Setting) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - a row for each type
    """Return values that a policy may set, as JSON knows them."""
    low, high = setting.low, setting.high
    if setting.managed is Managed.SHORTEN:
        high = setting.default  # type: ignore[assignment]  # a whole number
    match setting.type:
        case Type.FLAG:
            return st.booleans()
        case Type.WHOLE:
            assert isinstance(low, int)
            assert isinstance(high, int)
            within = st.integers(low, high)
            return within | st.just(0) if setting.or_zero else within
        case Type.NUMBER:
            assert isinstance(low, int)
            assert isinstance(high, int)
            return st.integers(low * 100, high * 100).map(lambda one: one / 100)
        case Type.CHOICE:
            return st.sampled_from(setting.choices)
        case Type.LANGUAGE:
            return st.sampled_from(["de", "en", "pt_BR", "ca@valencia"])
        case Type.CLOCK:
            return clocks()
        case Type.RANGES:
            ranges = st.tuples(clocks(), clocks()).filter(lambda one: one[0] != one[1])
            return st.lists(ranges.map("-".join), min_size=1, max_size=12, unique=True)
        case _:
            assert setting.type is Type.DATES
            days = st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(date.isoformat)
            return st.lists(days, min_size=1, max_size=30, unique=True)


def bounds(setting: Setting) -> st.SearchStrategy[dict[str, Any]]:
    """Return bounds that a policy may set; none where there are none for it."""
    value = sound(setting)
    if setting.managed is Managed.SHORTEN:
        return st.builds(lambda high: {"high": high}, value)
    if setting.type in {Type.CHOICE, Type.LANGUAGE}:
        several = st.lists(value, min_size=1, max_size=8, unique=True)
        return st.builds(lambda choices: {"choices": choices}, several)
    if setting.type not in {Type.WHOLE, Type.NUMBER, Type.CLOCK}:
        return st.nothing()
    order = parse_clock if setting.type is Type.CLOCK else float
    both = st.tuples(value, value).map(lambda two: sorted(two, key=order))
    return st.one_of(
        st.builds(lambda low: {"low": low}, value),
        st.builds(lambda high: {"high": high}, value),
        both.map(lambda two: {"low": two[0], "high": two[1]}),
    )


@st.composite
def wanted(draw: st.DrawFn) -> Wanted:
    """Draw a policy with a few values at each level."""
    some = st.lists(st.sampled_from(OURS), max_size=8, unique_by=lambda one: one.key)
    names = st.text("abcäöü漢字 &<>\"'.", min_size=1, max_size=80).filter(str.strip)
    mandatory = {one.key: draw(sound(one)) for one in draw(some)}
    if draw(st.booleans()):
        mandatory["organisation.name"] = draw(names)
    recommended = {one.key: draw(sound(one)) for one in draw(some)}
    bounded = [one for one in draw(some) if not bounds(one).is_empty]
    return Wanted(mandatory, recommended, {one.key: draw(bounds(one)) for one in bounded})


def edited(editor: Editor, policy: Wanted) -> list[Written]:
    """Return what the registry holds when an administrator has set all that by the template."""
    made: list[Written] = []
    for key, value in policy.mandatory.items():
        made += _set(editor, key, value, registry_name(key))
    for key, value in policy.recommended.items():
        made += _set(editor, key, value, f"{registry_name(key)}_{Level.RECOMMENDED.value.title()}")
    for key, given in policy.bounds.items():
        name = registry_name(key)
        fields = {f"{name}{ENDS[end]}": value for end, value in given.items()}
        made += editor.enable(f"{name}_{Level.BOUNDS.value.title()}", fields)
    return made


def _set(editor: Editor, key: str, value: object, policy: str) -> list[Written]:
    if isinstance(value, bool):
        return editor.switch(policy, on=value)
    return editor.enable(policy, {registry_name(key): value})
