"""The engine's state as text, and back: by the types of its fields, exact to the last bit."""

from __future__ import annotations

import dataclasses
import json
import math
import types
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from deskbreak.core.model import Moment, State

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    Way = Callable[[Any], Any]


class _Ways(NamedTuple):
    """How values of one type become JSON and are read from it."""

    there: Way | None  # None: JSON knows such values
    back: Way


class Codec:
    """Writes and reads states.

    A field that has its default is left out: that keeps the text small, and lets a later program,
    whose state has more fields, read it. Any other difference is refused.
    """

    def __init__(self) -> None:
        """Learn the types once; a step should not pay for that."""
        self._known: dict[object, _Ways] = {
            float: _Ways(None, _float),
            int: _Ways(None, _exactly(int)),
            bool: _Ways(None, _exactly(bool)),
            str: _Ways(None, _exactly(str)),
            date: _Ways(date.isoformat, lambda raw: date.fromisoformat(_text(raw))),
            datetime: _Ways(datetime.isoformat, lambda raw: datetime.fromisoformat(_text(raw))),
            Moment: _Ways(_moment_there, _moment_back),
        }
        self._state = self._ways(State)

    def dump(self, state: State) -> str:
        """Return *state* as JSON text.

        Raises:
            ValueError: A number in it is none.
        """
        assert self._state.there is not None
        text = json.dumps(self._state.there(state), separators=(",", ":"))
        if "NaN" in text:  # rare enough to look twice: it may stand in a name
            self.load(text)
        return text

    def load(self, text: str) -> State:
        """Return the state that `dump` made *text* of.

        Raises:
            ValueError: It is not such a text.
        """
        try:
            raw = json.loads(text, parse_constant=_infinite)
            state: State = self._state.back(raw)
        except RecursionError as error:
            raise ValueError("nested too deep") from error
        return state

    def _ways(self, hint: Any) -> _Ways:  # noqa: ANN401 - a type, or what stands for one
        """Return how values of the type *hint* are written and read."""
        if hint not in self._known:
            self._known[hint] = self._learn(hint)
        return self._known[hint]

    def _learn(self, hint: Any) -> _Ways:  # noqa: ANN401 - as above
        origin, args = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            (inner,) = (arg for arg in args if arg is not types.NoneType)
            return _optional(self._ways(inner))
        if origin is tuple:
            inner, more = args
            assert more is ..., "a tuple of one type, of any length"
            return _sequence(self._ways(inner), tuple, tuple)
        if origin is frozenset:
            return _sequence(self._ways(args[0]), sorted, frozenset)
        if issubclass(hint, Enum):
            return _Ways(attrgetter("value"), lambda raw: hint(_text(raw)))
        return self._fields(hint)

    def _fields(self, cls: type) -> _Ways:
        hints = get_type_hints(cls)
        fields = [
            (field.name, attrgetter(field.name), self._ways(hints[field.name]).there, field.default)
            for field in dataclasses.fields(cls)
        ]
        readers = {name: self._ways(hints[name]).back for name, *_ in fields}

        def there(value: object) -> dict[str, Any]:
            written = {}
            for name, get, way, default in fields:
                part = get(value)
                if part is not default and part != default:
                    written[name] = part if way is None else way(part)
            return written

        def back(raw: Any) -> object:  # noqa: ANN401 - from JSON
            if not isinstance(raw, dict) or not raw.keys() <= readers.keys():
                raise ValueError(f"not the fields of a {cls.__name__}")
            try:
                return cls(**{name: readers[name](part) for name, part in raw.items()})
            except TypeError as error:
                raise ValueError(f"{cls.__name__}: {error}") from error

        return _Ways(there, back)


def _optional(inner: _Ways) -> _Ways:
    there, back = inner
    if there is None:
        return _Ways(None, lambda raw: None if raw is None else back(raw))
    return _Ways(
        lambda value: None if value is None else there(value),
        lambda raw: None if raw is None else back(raw),
    )


def _sequence(inner: _Ways, order: Way, kind: Way) -> _Ways:
    there, back = inner

    def read(raw: Any) -> Any:  # noqa: ANN401 - from JSON, to a field
        if not isinstance(raw, list):
            raise ValueError(f"{raw!r} is no list")  # noqa: TRY004 - bad data, not a bad call
        return kind(map(back, raw))

    if there is None:
        return _Ways(lambda values: list(order(values)), read)
    return _Ways(lambda values: [there(value) for value in order(values)], read)


def _exactly(kind: type) -> Way:
    def read(raw: object) -> object:
        if type(raw) is not kind:
            raise ValueError(f"{raw!r} is no {kind.__name__}")
        return raw

    return read


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"{raw!r} is no text")  # noqa: TRY004 - bad data, not a bad call
    return raw


def _float(raw: object) -> float:
    if not isinstance(raw, int | float) or isinstance(raw, bool):
        raise ValueError(f"{raw!r} is no number")  # noqa: TRY004 - bad data, not a bad call
    try:
        return float(raw)
    except OverflowError as error:
        raise ValueError(f"{raw!r} is too large") from error


def _infinite(constant: str) -> float:
    """Read what JSON has no number for: "never" is minus infinity."""
    if constant == "NaN":
        raise ValueError("NaN is no number")
    return float(constant)


# ── moments and zones ──────────────────────────────────────────────────────────────────────


def zone_text(at: Moment) -> str:
    """Return the zone of *at* as text: "Europe/Berlin", or the seconds east of UTC: "+3600".

    A zone without a name is written as the offset that it has at that moment.
    """
    zone = at.zone
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key
    offset = at.wall.utcoffset()
    return f"{offset.total_seconds() if offset else 0:+.15g}"


def zone_from(text: str) -> tzinfo:
    """Return the zone that `zone_text` wrote.

    Raises:
        ValueError: There is no such zone (on this computer).
    """
    if text[:1] in ("+", "-"):
        seconds = float(text)
        if not math.isfinite(seconds):
            raise ValueError(text)
        return timezone(timedelta(seconds=min(max(seconds, -86_400.0), 86_400.0)))
    try:
        return ZoneInfo(text)
    except (KeyError, OSError) as error:
        raise ValueError(f"no time zone {text!r}") from error


def _moment_there(at: Moment) -> list[object]:
    return [at.boot_s, at.unix_s, zone_text(at)]


def _moment_back(raw: object) -> Moment:
    if not isinstance(raw, list) or len(raw) != 3:  # noqa: PLR2004 - the three written above
        raise ValueError(f"{raw!r} is no moment")
    return Moment(_float(raw[0]), _float(raw[1]), zone_from(_text(raw[2])))
