"""`dataclass` and `replace` for the values of which a replayed day makes thousands."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

__all__ = ["quick_dataclass", "replace"]

if TYPE_CHECKING:
    from collections.abc import Callable

# The type checker sees that nobody changes a frozen value, in every line of the program. To
# enforce it once more at run time, field by field, would make a replay a tenth slower.
if TYPE_CHECKING:
    from dataclasses import dataclass as quick_dataclass
else:

    def quick_dataclass(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """Make a dataclass whose values are made as fast as those that may be changed."""
        return dataclass(unsafe_hash=frozen, slots=slots)


if TYPE_CHECKING:
    from dataclasses import replace  # what it takes and returns, checked as strictly
else:

    def replace(value, /, **changes):  # noqa: ANN001, ANN003, ANN201 - typed above
        """Return *value* with some of its fields changed; all of them must be fields of init.

        Takes half the time: what the class looks like is found out once, and fields are handed
        over by place.
        """
        cls = type(value)
        values_of, place = _layout(cls)
        values = list(values_of(value))
        for name, new in changes.items():
            values[place[name]] = new
        return cls(*values)


@cache
def _layout(cls: type) -> tuple[attrgetter[tuple[object, ...]], dict[str, int]]:
    """Return how to read all fields of *cls* in their order, and the place of each by its name."""
    names = [field.name for field in fields(cls)]
    return attrgetter(*names), {name: n for n, name in enumerate(names)}
