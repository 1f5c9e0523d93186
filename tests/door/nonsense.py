"""What no command says: bytes of every kind that somebody may send to the door."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST: Final = 65_536
_NAMES: Final = ("status", "pause", "take", "answer", "guide", "stats", "launched", "open", "dance")
_ODD: Final = ("", "\0", "\x1b[2J", "\u202e", "\ud800", "\U0010ffff", "ü" * 300, "-1", "9" * 400)
_VALUES: Final = (
    *("null", "true", "7", "-0", "1e999", "NaN", "Infinity", "[]", "{}", '"\\ud800"', '"\\u0000"'),
    *("9" * 5000, '"' + "x" * 3000 + '"', "[" * 300 + "]" * 300, '{"a":' * 300, "'status'", ""),
)


def messages(seed: int) -> Iterator[bytes]:
    """Yield without end what is no command; those of one *seed* are always the same."""
    drawn = random.Random(seed)  # noqa: S311 - a test draws lots
    while True:
        yield drawn.choice(_KINDS)(drawn)


def _sound(drawn: random.Random) -> bytes:
    """Return what a command says, in words that no agent knows."""
    asked = {"version": "1", "command": f"{drawn.choice(_NAMES)}?", "argument": drawn.choice(_ODD)}
    return json.dumps(asked).encode()


def _bytes(drawn: random.Random) -> bytes:
    return drawn.randbytes(drawn.randrange(400)) + b"\n" * drawn.randrange(2)


def _flipped(drawn: random.Random) -> bytes:
    said = bytearray(_sound(drawn))
    for _ in range(drawn.randrange(1, 4)):
        said[drawn.randrange(len(said))] = drawn.randrange(256)
    return bytes(said) + b"\n"


def _cut(drawn: random.Random) -> bytes:
    said = _sound(drawn)
    return said[: drawn.randrange(len(said))] + b"\n" * drawn.randrange(2)


def _value(drawn: random.Random) -> bytes:
    return drawn.choice(_VALUES).encode("utf-8", "surrogatepass") + b"\n"


def _wrong_values(drawn: random.Random) -> bytes:
    name, value = drawn.choice(("command", "argument", "version")), drawn.choice(_VALUES)
    other = "argument" if name == "command" else "command"
    said = f'{{"{other}": {drawn.choice(_VALUES)}, "{name}": {value}, "{name}": {value}}}\n'
    return said.encode("utf-8", "surrogatepass")


def _other_encoding(drawn: random.Random) -> bytes:
    encoding = drawn.choice(("utf-16", "utf-32", "utf-7", "utf-8-sig", "cp037"))
    return _sound(drawn).decode().encode(encoding) + b"\n"


def _two(drawn: random.Random) -> bytes:
    return _sound(drawn) + drawn.choice((b"\n", b"\0", b"\r", b"")) + _sound(drawn) + b"\n"


def _unknown(drawn: random.Random) -> bytes:
    return _sound(drawn) + b"\n"


def _long(drawn: random.Random) -> bytes:
    if drawn.random() > 0.02:  # now and then: most of the time of a run is theirs
        return _cut(drawn)
    return drawn.choice((b"[", b"x", b'{"a":', b"\xff")) * drawn.randrange(LONGEST) + b"\n"


_KINDS: Final[tuple[Callable[[random.Random], bytes], ...]] = (
    *(_bytes, _flipped, _cut, _value, _wrong_values, _other_encoding, _two, _unknown, _long),
)
