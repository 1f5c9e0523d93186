"""`dataclass` and `replace` for values of which there are many, and for a start that is quick."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["quick_dataclass", "replace"]

if TYPE_CHECKING:
    from collections.abc import Callable

# The type checker sees that nobody changes a frozen value, in every line of the program. To
# enforce it once more at run time, field by field, would make a replay a tenth slower, and a start
# too: `dataclass` writes and compiles source for each method of each class. Only the making of a
# value gains by that; to be equal, to be hashed and to be printed is the same for all.
if TYPE_CHECKING:
    from dataclasses import dataclass as quick_dataclass
else:

    def quick_dataclass(*, slots: bool, frozen: bool = False) -> Callable[[type], type]:
        """Make a dataclass that is made quickly, as are its values; what is not frozen has no hash."""

        def made(cls: type) -> type:
            if cls.__doc__ is None:  # or `dataclass` would load `inspect` to write one
                cls.__doc__ = cls.__name__
            quick = dataclass(slots=slots, repr=False, eq=False)(cls)
            names = tuple(field.name for field in fields(quick))
            methods = {"__eq__": _equal(names), "__hash__": None, "__repr__": _printed}
            if frozen:
                methods["__hash__"] = _hashed(names)
            for name in methods.keys() - vars(cls).keys():
                setattr(quick, name, methods[name])
            return quick

        return made


def _values_of(names: tuple[str, ...]) -> Callable[[object], object]:
    return attrgetter(*names) if names else lambda _: ()


def _equal(names: tuple[str, ...]) -> Callable[[object, object], bool]:
    values_of = _values_of(names)

    def __eq__(self: object, other: object) -> bool:  # noqa: N807 - what the class takes it as
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values_of(self) == values_of(other)

    return __eq__


def _hashed(names: tuple[str, ...]) -> Callable[[object], int]:
    values_of = _values_of(names)

    def __hash__(self: object) -> int:  # noqa: N807 - the same
        return hash(values_of(self))

    return __hash__


def _printed(self: Any) -> str:  # noqa: ANN401 - any of our values
    values = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self))
    return f"{type(self).__qualname__}({', '.join(values)})"


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
