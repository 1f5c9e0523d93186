"""Bounds that an organisation sets: what a person may choose from within those of the setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.schedule import parse_clock
from deskbreak.core.setting import Managed, Type
from deskbreak.core.values import judged, shown
from deskbreak.core.words import N_, Said, said

if TYPE_CHECKING:
    from deskbreak.core.setting import Setting

_ORDERED: Final = frozenset({Type.WHOLE, Type.NUMBER, Type.CLOCK})
_CHOSEN: Final = frozenset({Type.CHOICE, Type.LANGUAGE})


@quick_dataclass(frozen=True, slots=True)
class Bounds:
    """What is allowed: from ``low`` to ``high`` (None: as the setting has it), or ``choices``.

    ``place`` is where that is said.
    """

    place: str
    low: float | str | None = None
    high: float | str | None = None
    choices: tuple[str, ...] = ()

    def clamped(self, setting: Setting, value: object) -> object:
        """Return what is allowed and nearest to *value*, which is sound."""
        if self.choices:
            if value in self.choices:
                return value
            return setting.default if setting.default in self.choices else self.choices[0]
        at = _ordinal(value)
        if self.low is not None and at < _ordinal(self.low):
            return self.low
        if self.high is not None and at > _ordinal(self.high):
            return self.high
        return value

    def spoken(self, setting: Setting) -> str:
        """Return them as they stand in a table: ``10..30``."""
        if self.choices:
            return ", ".join(self.choices)
        low = setting.low if self.low is None else self.low
        high = setting.high if self.high is None else self.high
        return f"{low}..{high}"


def parsed(setting: Setting, given: object, place: str) -> Bounds | Said:
    """Return the bounds for *setting* that a policy has *given*, or what is wrong with them."""
    if not isinstance(given, dict) or not given or given.keys() - {"low", "high", "choices"}:
        return said(N_('are not of the form {{"low": …, "high": …}} or {{"choices": […]}}'))
    if setting.type in _ORDERED and "choices" not in given:
        return _ordered(setting, given, place)
    if setting.type in _CHOSEN and given.keys() == {"choices"}:
        return _chosen(setting, given["choices"], place)
    if setting.type in _ORDERED:
        return said(N_("have choices, where low and high are meant"))
    if setting.type in _CHOSEN:
        return said(N_("have low or high, where choices are meant"))
    return said(N_("are for numbers, times of day and choices only"))


def _ordered(setting: Setting, given: dict[str, object], place: str) -> Bounds | Said:
    ends: dict[str, float | str] = {}
    for name, value in given.items():
        kept = judged(setting, value)
        if isinstance(kept, Said):
            sentence = N_("have {name} = {value}, which {fault}")
            return said(sentence, name=name, value=shown(value), fault=kept)
        assert isinstance(kept, int | float | str)
        ends[name] = kept
    if setting.managed is Managed.SHORTEN and "low" in ends:
        return said(N_("may only have high: policy can make it smaller, not larger"))
    low, high = ends.get("low"), ends.get("high")
    if low is not None and high is not None and _ordinal(low) > _ordinal(high):
        return said(N_("have low = {low} above high = {high}"), low=low, high=high)
    return Bounds(place, low, high)


def _chosen(setting: Setting, choices: object, place: str) -> Bounds | Said:
    if not isinstance(choices, list | tuple) or not choices:
        return said(N_("have choices that are no list"))
    for choice in choices:
        kept = judged(setting, choice)
        if isinstance(kept, Said):
            return said(N_("have a choice {value}, which {fault}"), value=shown(choice), fault=kept)
    return Bounds(place, choices=tuple(dict.fromkeys(choices)))


def _ordinal(value: object) -> float:
    assert isinstance(value, int | float | str)
    return parse_clock(value) if isinstance(value, str) else value
