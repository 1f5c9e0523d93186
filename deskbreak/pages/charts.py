"""Charts as plain geometry: what stands where, in percent of the width and pixels of the height.

Percent across, so that a chart fits a phone and a wide window alike; pixels down, so that letters
stay as large as everywhere on the page. Templates draw it; nothing here knows a colour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_DIGITS: Final = 3  # of a percent or a pixel: finer than any screen
_FULL: Final = 100.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn: ``x`` and ``width`` in percent, ``y`` and ``height`` in pixels.

    ``look`` is the class that the style sheet knows, ``says`` is told to a mouse that rests there.
    """

    look: str
    x: float
    width: float = 0.0
    y: float = 0.0
    height: float = 0.0
    says: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """Some letters around a place, or from it on where they are ``from_here``.

    A ``minor`` one is left out where there is little room.
    """

    text: str
    x: float
    y: float = 0.0
    minor: bool = False
    from_here: bool = False


# ── bars ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar, from the bottom up."""

    look: str
    amount: float
    says: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Bars that stand side by side over one name; the last of them is the one that matters."""

    name: str
    bars: tuple[tuple[Part, ...], ...]
    told: str = ""  # stands over the last bar
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars, ``height`` pixels high, with the baseline at ``base``."""

    marks: tuple[Mark, ...]
    names: tuple[Label, ...]
    told: tuple[Label, ...]
    lines: tuple[Label, ...]
    height: float
    base: float


_ABOVE: Final = 18.0  # for what is told over a bar
_BELOW: Final = 22.0  # for the names
_SHARE: Final = 0.66  # of a group's width that its bars take up
_SLIM: Final = 0.6  # of the last bar's width that the others have


def bars(
    groups: Sequence[Group],
    *,
    height: float = 130.0,
    top: float | None = None,
    left: float = 0.0,
    lines: Sequence[tuple[float, str]] = (),
) -> Bars:
    """Lay out *groups* over the width that *left* (percent) leaves; *lines* are levels with a name.

    The bars are *height* pixels high where they amount to *top*, which is the largest by default.
    """
    most = top or max((_amount(bar) for group in groups for bar in group.bars), default=0.0) or 1.0
    base, scale = _ABOVE + height, height / most
    each = (_FULL - left) / max(len(groups), 1)
    marks, names, told = list[Mark](), list[Label](), list[Label]()
    for n, group in enumerate(groups):
        middle = left + (n + 0.5) * each
        places = list(_side_by_side(len(group.bars), middle, each * _SHARE))
        for (x, width), bar in zip(places, group.bars, strict=True):
            marks += _stacked(bar, x, width, base, scale)
        names.append(Label(group.name, _round(middle), base + 15, group.minor))
        if group.told:
            x, width = places[-1]
            over = base - _amount(group.bars[-1]) * scale - 5
            beside = len(places) > 1  # letters in the middle would cover the bar on the left
            at = x if beside else x + width / 2
            told.append(Label(group.told, _round(at), _round(over), group.minor, beside))
    levels = tuple(Label(name, 0.0, _round(base - level * scale)) for level, name in lines)
    return Bars(tuple(marks), tuple(names), tuple(told), levels, base + _BELOW, base)


def _amount(bar: tuple[Part, ...]) -> float:
    return math.fsum(part.amount for part in bar)


def _side_by_side(count: int, middle: float, width: float) -> Iterator[tuple[float, float]]:
    """Yield x and width of so many bars, the last of which is the widest."""
    one = width / (1 + _SLIM * (count - 1))
    x = middle - width / 2
    for n in range(count):
        here = one if n == count - 1 else one * _SLIM
        yield x, here
        x += here


def _stacked(
    bar: tuple[Part, ...], x: float, width: float, base: float, scale: float
) -> Iterator[Mark]:
    y = base
    for part in bar:
        if part.amount > 0:
            height = part.amount * scale
            y -= height
            yield Mark(part.look, _round(x), _round(width), _round(y), _round(height), part.says)


def row(parts: Iterable[Part], most: float) -> tuple[Mark, ...]:
    """Lay out *parts* from left to right; the width is full where they amount to *most*."""
    marks, x = list[Mark](), 0.0
    for part in parts:
        width = _FULL * part.amount / most if most else 0.0
        if width:
            marks.append(Mark(part.look, _round(x), _round(width), says=part.says))
        x += width
    return tuple(marks)


def _round(number: float) -> float:
    return round(number, _DIGITS)
