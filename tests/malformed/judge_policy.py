"""What a policy file says, judged a second time and in another way than the product does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.setting import Managed, Type
from deskbreak.core.settings_table import SETTINGS, TABLES
from tests.malformed.judge import MOST_BYTES, flat, is_sound, kept, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deskbreak.core.setting import Setting

_NOBODYS: Final = frozenset(
    {
        *("erase", "export", "pause", "policy", "privacy", "quit", "resume", "skip"),
        *("collect", "report", "reporting", "telemetry", "upload"),
    }
)
_DEEPEST: Final = 4


class _Pairs(list[Any]):
    """An object of JSON with all that stands in it, and not the last of each key alone."""


@dataclass(frozen=True, slots=True)
class JudgedPolicy:
    """How many messages a policy file is worth, what it sets, and the bounds that it sets."""

    messages: int
    counts: Mapping[str, object]
    bounds: Mapping[str, Mapping[str, Any]]


def judged_policy(data: bytes) -> JudgedPolicy | None:
    """Judge a mandatory policy file; None: it cannot be read."""
    if len(data) > MOST_BYTES:
        return None
    try:
        pairs = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return None
    if not isinstance(pairs, _Pairs):
        return None
    again = {key for above, one in _objects(pairs, "", 1) for key in _again(above, one)}
    values = _plain(pairs)
    inside = values.pop("bounds", None)
    has_bounds = inside is not None or "bounds" in dict(pairs)
    bounds = inside if isinstance(inside, dict) else {}
    given, doubled = flat(values, {*TABLES, "organisation"} - {""})
    given_bounds, doubled_bounds = flat(bounds, {*TABLES} - {""})
    rows = [(key, _verdict(key, one)) for key, one in given.items()]
    rows += [(key, _verdict_of_bounds(key, one)) for key, one in given_bounds.items()]
    rows += [("bounds", "wrong")] if has_bounds and not isinstance(inside, dict) else []
    wrong = [key for key, verdict in rows if verdict == "wrong"]
    unknown = sum(verdict == "unknown" for _, verdict in rows)
    others = sum(key not in SETTINGS for key in wrong)
    return JudgedPolicy(
        told(len(again))
        + told(doubled)
        + told(doubled_bounds)
        + told(unknown)
        + told(others)
        + (len(wrong) - others),
        {k: kept(v) for k, v in given.items() if k in SETTINGS and _verdict(k, v) == "counts"},
        {
            key: value
            for key, value in given_bounds.items()
            if isinstance(value, dict) and _verdict_of_bounds(key, value) == "counts"
        },
    )


def _objects(pairs: _Pairs, above: str, depth: int) -> Iterator[tuple[str, _Pairs]]:
    """Yield the objects that are in no list, and no deeper than any that means something.

    With each comes what its keys have before their own name.
    """
    yield above, pairs
    for key, value in pairs if depth < _DEEPEST else ():
        if isinstance(value, _Pairs):
            yield from _objects(value, f"{above}{key}.", depth + 1)


def _again(above: str, pairs: _Pairs) -> Iterator[str]:
    """Yield each key that its object had already; each is told once, however often it came."""
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            yield f"{above}{key}"
        seen.add(key)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON says
    if isinstance(value, _Pairs):
        return {key: _plain(one) for key, one in value}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _verdict(key: str, value: object) -> str:
    """Return counts, wrong or unknown."""
    if key in {"organisation.name", "organisation.contact", "organisation.packs"}:
        text = value.strip() if isinstance(value, str) else ""
        most, fits = 80, True
        if key == "organisation.packs":
            posix = text.startswith("/") and not text.startswith("//")
            windows = text[:1].isascii() and text[:1].isalpha() and text[1:3] in {":\\", ":/"}
            most, fits = 259, (posix or windows) and ".." not in text.replace("\\", "/").split("/")
        return "counts" if 1 <= len(text) <= most and text.isprintable() and fits else "wrong"
    if _is_nobodys(key):
        return "wrong"
    if key not in SETTINGS:
        return "unknown"
    setting = SETTINGS[key]
    too_long = setting.managed is Managed.SHORTEN and isinstance(value, int) and value > 400
    fits = not key.startswith("person.") and not too_long and is_sound(setting, value)
    return "counts" if fits else "wrong"


def _is_nobodys(key: str) -> bool:
    return key.partition(".")[0].lower() in _NOBODYS


def _verdict_of_bounds(key: str, value: object) -> str:
    """Return counts, wrong or unknown."""
    if not _is_nobodys(key) and key not in SETTINGS:
        return "unknown"
    if key.startswith("person.") or key not in SETTINGS:
        return "wrong"
    sound = isinstance(value, dict) and _are_bounds(SETTINGS[key], value)
    return "counts" if sound else "wrong"


def _are_bounds(setting: Setting, bounds: Mapping[str, Any]) -> bool:
    given = bounds.keys()
    if setting.type in {Type.CHOICE, Type.LANGUAGE}:
        choices: object = bounds.get("choices")
        if given != {"choices"} or not isinstance(choices, list) or not choices:
            return False
        return all(is_sound(setting, one) for one in choices)
    ends = {"high"} if setting.managed is Managed.SHORTEN else {"low", "high"}
    if setting.type not in {Type.WHOLE, Type.NUMBER, Type.CLOCK} or not given or given - ends:
        return False
    if not all(is_sound(setting, one) for one in bounds.values()):
        return False
    return len(given) == 1 or _at(bounds["low"]) <= _at(bounds["high"])


def is_within(setting: Setting, bounds: Mapping[str, Any], value: object) -> bool:
    """Whether *value* lies in *bounds* that can be."""
    if "choices" in bounds:
        return value in bounds["choices"]
    at = _at(value)
    return _at(bounds.get("low", setting.low)) <= at <= _at(bounds.get("high", setting.high)) or (
        # 0 has a meaning of its own, which the setting's own lower end does not exclude.
        setting.or_zero and at == 0 and "low" not in bounds
    )


def _at(value: Any) -> float:  # noqa: ANN401 - a number or a time of day
    """Return what is compared of a number, or of a time of day."""
    if not isinstance(value, str):
        return float(value)
    hour, minute = value.strip().split(":")
    return int(hour) * 60 + int(minute)
