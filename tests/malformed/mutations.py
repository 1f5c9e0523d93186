"""Malformed files by the thousand: sound and unsound ones, changed by a seed."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskbreak.core.settings_table import SETTINGS, TABLES
from deskbreak.core.settings_text import example
from deskbreak.core.values import plain
from tests.malformed import policy_broken, policy_flawed, settings_broken, settings_flawed

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES: Final = 200_000  # ours: three times what is read


@dataclass(frozen=True, slots=True)
class Grammar:
    """What files of one language are made of."""

    bases: tuple[bytes, ...]
    pieces: tuple[bytes, ...]
    values: tuple[bytes, ...]
    value: re.Pattern[bytes]  # its only group is a value, on a line


_OWN: Final = b"""\
# mine
plan = "busy"   # for now
position.interval_minutes = 30

[working_hours]
enabled = true
monday = ["09:00-12:30",
          "13:00-17:00"]
days_off = [2026-12-24, "2026-12-31"]

[person]
equipment = ["wall"]
hidden_prompts = ["stretch-1"]

[eyes]
enabled = true
credit_idle_seconds = 0

[future.table]
x = 1979-05-27T07:32:00Z
"""
_EVERY: Final = re.sub(r"(?m)^#(?=[a-z_]+ = )|^# .*\n|^\n", "", example()).encode()
ANYWHERE: Final = (
    *(b"\x00", b"\x1b[31m", b"\x07", b"\x7f", b"\r", b"\n", b"\n\n", b"\t", b" ", b"\xef\xbb\xbf"),
    *(b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xe2\x80\xa8", b"\xc2\x85"),
    *(b"\xe2\x80\xae", b'"', b"'", b'"""', b"'''", b"\\", b"\\u0000", b"\\ud800", b"\\U0010ffff"),
    *(
        b"[",
        b"]",
        b"[[",
        b"]]",
        b"{",
        b"}",
        b"[" * 3000,
        b"{" * 3000,
        b"[]" * 3000,
        b",",
        b".",
        b"=",
    ),
    *(b"#", b"//", b";", b":", b"-", b"+", b"%s", b"{0}", b"{path}", b"$(x)", b"<<<<<<< ours\n"),
    *(b"a.b.c.d.e.f.g.h.i.j.k = 1\n", b"9" * 5000, b"e" * 70_000, b"plan", b"position", b"person"),
)
TOML: Final = Grammar(
    bases=(
        *(_OWN, _EVERY),
        *(row[1] for row in settings_broken.BROKEN),
        *(row[1] for row in settings_flawed.FLAWED),
    ),
    pieces=(
        *ANYWHERE,
        *(b"[eyes]\n", b"[position]\n", b"[person]\n", b"[[eyes]]\n", b"[eyes.enabled]\n", b"[]\n"),
        *(b'"eyes.enabled" = false\n', b"eyes = {enabled = true}\n", b"eyes.enabled = 1\n"),
        *(b"plan = {}\n", b"x = 1\n", b"person.hernia = true\n", b'"" = 1\n', b'"\\u001b" = 1\n'),
        b"".join(b"unknown%d = 1\n" % number for number in range(30)),
    ),
    values=(
        *(b"true", b"false", b"0", b"-1", b"1", b"5", b"20", b"30", b"60", b"120", b"400", b"-0"),
        *(
            b"0.0",
            b"-0.0",
            b"1.5",
            b"20.0",
            b"1e308",
            b"-1e308",
            b"1e999",
            b"5e-324",
            b"nan",
            b"-nan",
        ),
        *(
            b"inf",
            b"-inf",
            b"2147483648",
            b"9223372036854775808",
            b"0xff",
            b"0o17",
            b"0b1",
            b"1_000",
        ),
        *(b"0x" + b"f" * 5000, b"9" * 4000, b'""', b'"busy"', b'"gentle"', b"'de_AT'", b'"DE"'),
        *(
            b'"04:00"',
            b'" 4:00 "',
            b'"24:00"',
            b'"\xd9\xa0\xd9\xa4:00"',
            b"07:32:00",
            b"2026-12-24",
        ),
        *(b"2026-12-24T00:00:00Z", b"[]", b"[true]", b'["wall"]', b'["wall", "wall"]', b"[[[]]]"),
        *(
            b'["09:00-12:30"]',
            b'["22:00-06:00", "24:00-01:00"]',
            b'["09:00-09:00"]',
            b"[2026-12-24]",
        ),
        *(b'["2026-02-29"]', b'["\xd9\xa2026-02-28"]', b'["2026-W01-1"]', b'["20261224"]', b"{}"),
        *(b"{enabled = 1}", b'"\\u001b]0;x\\u0007"', b'"\\u202eevil"', b'"\\u0000"', b'"""\n\n"""'),
        *(b'["\\u009b31m"]', b'"' + b"x" * 3000 + b'"', b"[" + b"1," * 2000 + b"]", b"[{}, [], 0]"),
    ),
    value=re.compile(rb"(?m)^[^#\n=]*=[ \t]*([^\n]*)$"),
)


_CORP: Final = b"""\
{
 "organisation": {"name": "Example Ltd", "contact": "help@example.com", "packs": "/opt/packs"},
 "plan": "gentle",
 "position.interval_minutes": 15,
 "history": {"keep_days": 90},
 "working_hours": {
  "enabled": true,
  "monday": ["09:00-12:30", "13:00-17:00"],
  "days_off": ["2026-12-24"]
 },
 "bounds": {
  "stretch.interval_minutes": {"low": 30, "high": 90},
  "day.starts_at": {"low": "03:00"},
  "position": {
   "daily_cap": {"high": 20}
  },
  "plan": {"choices": ["standard", "gentle"]}
 }
}
"""
_ALL: Final = json.dumps(
    {
        table: {
            key.rpartition(".")[2]: plain(one.default)
            for key, one in SETTINGS.items()
            if one.table == table and table
        }
        for table in TABLES
        if table not in {"", "person"}
    },
    indent=1,
).encode()
JSON: Final = Grammar(
    bases=(
        *(_CORP, _ALL),
        *(row[1] for row in policy_broken.BROKEN),
        *(row[1] for row in policy_flawed.FLAWED),
    ),
    pieces=(
        *ANYWHERE,
        *(b'"x": 1,\n', b'"plan": "busy",\n', b'"eyes": {"enabled": true},\n', b'"eyes": {},\n'),
        *(b'"bounds": {},\n', b'"bounds": [],\n', b'"eyes.enabled": 1,\n', b'"bounds.plan": 1,\n'),
        *(b'"person": {"hernia": true},\n', b'"pause": 1,\n', b'"telemetry.url": "x",\n', b"null"),
        b"".join(b'"unknown%d": 1,\n' % number for number in range(30)),
        b"".join(b'"quit.%d": 1,\n' % number for number in range(30)),
    ),
    values=(
        *(b"true", b"false", b"null", b"0", b"-1", b"1", b"5", b"20", b"30", b"60", b"120", b"400"),
        *(b"-0.0", b"1.5", b"20.0", b"1e308", b"1e999", b"-1e999", b"5e-324", b"NaN", b"-Infinity"),
        *(b"2147483648", b"9223372036854775808", b"9" * 4000, b"900", b'""', b'"busy"', b'"de_AT"'),
        *(b'"04:00"', b'" 4:00 "', b'"24:00"', b"[]", b"{}", b"[true]", b'["wall"]', b"[[[]]]"),
        *(
            b'["09:00-12:30"]',
            b'["09:00-09:00"]',
            b'["2026-12-24"]',
            b'["2026-02-29"]',
            b"[{}, []]",
        ),
        *(b'{"low": 10}', b'{"low": 20, "high": 30}', b'{"low": 30, "high": 20}', b'{"high": 1e9}'),
        *(b'{"choices": ["busy"]}', b'{"choices": []}', b'{"choices": ["busy", 1]}', b'{"min": 1}'),
        *(
            b'{"low": "05:00"}',
            b'{"low": null}',
            b'{"plan": {"choices": ["busy"]}}',
            b'{"eyes": 1}',
        ),
        *(b'"\\u001b]0;x\\u0007"', b'"\\u202eevil"', b'"\\ud800"', b'"' + b"x" * 3000 + b'"'),
        *(b"[" + b"1," * 2000 + b"1]", b"[" * 200 + b"]" * 200, b'{"a":' * 200 + b"1" + b"}" * 200),
    ),
    value=re.compile(rb'(?m)^[^\n]*?":[ \t]*([^\n]*?),?$'),
)


def mutated(seed: int, grammar: Grammar = TOML) -> bytes:
    """Return the file of this seed: a base, changed in one to eight places."""
    draw = random.Random(seed)  # noqa: S311 - an example, no secret
    # Half of them are sound files in which values and keys change; the others are anything.
    sound = draw.random() < 0.5
    data = draw.choice(grammar.bases[: 2 if sound else None])
    for _ in range(draw.choice((1, 1, 2, 2, 3, 4, 8))):
        change = draw.choice(_CHANGES[:_LEAVE_IT_SOUND] if sound else _CHANGES)
        data = change(data, grammar, draw)[:MOST_BYTES]
    return draw.choice(_WHOLE)(data) if draw.random() < 0.1 else data


def _piece_put_in(data: bytes, grammar: Grammar, draw: random.Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + draw.choice(grammar.pieces) + data[at:]


def _line_put_in(data: bytes, grammar: Grammar, draw: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    lines.insert(draw.randrange(len(lines) + 1), draw.choice(grammar.pieces))
    return b"".join(lines)


def _bytes_changed(data: bytes, grammar: Grammar, draw: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(changed) + 1)
        changed[at : at + draw.randrange(3)] = draw.randbytes(draw.randrange(3))
    return bytes(changed)


def _value_changed(data: bytes, grammar: Grammar, draw: random.Random) -> bytes:
    found = list(grammar.value.finditer(data))
    if not found:
        return data
    one = draw.choice(found)
    return data[: one.start(1)] + draw.choice(grammar.values) + data[one.end(1) :]


def _key_changed(data: bytes, grammar: Grammar, draw: random.Random) -> bytes:
    names = list(re.finditer(rb"[a-z_]{4,}", data))
    if not names:
        return data
    one = draw.choice(names)
    name = draw.choice(tuple(SETTINGS)).rpartition(".")[2].encode()
    return data[: one.start()] + name + data[one.end() :]


def _cut_out(data: bytes, grammar: Grammar, draw: random.Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + data[at + draw.choice((1, 3, 30, 300, len(data))) :]


def _repeated(data: bytes, grammar: Grammar, draw: random.Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    part = data[at : at + draw.choice((1, 5, 50, 500))]
    return data[:at] + part * draw.choice((2, 2, 10, 1000)) + data[at:]


def _lines_moved(data: bytes, grammar: Grammar, draw: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    at = draw.randrange(len(lines) + 1)
    some = lines[at : at + draw.randint(1, 20)]
    draw.shuffle(some)
    lines[at : at + len(some)] = some
    return b"".join(lines)


def _line_doubled(data: bytes, grammar: Grammar, draw: random.Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    lines.insert(draw.randrange(len(lines) + 1), draw.choice(lines))
    return b"".join(lines)


def _another_added(data: bytes, grammar: Grammar, draw: random.Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + draw.choice(grammar.bases)


_CHANGES: Final[tuple[Callable[[bytes, Grammar, random.Random], bytes], ...]] = (
    *(_value_changed, _value_changed, _key_changed),
    *(_piece_put_in, _line_put_in, _bytes_changed, _cut_out, _repeated, _lines_moved),
    *(_line_doubled, _another_added),
)
_LEAVE_IT_SOUND: Final = 3  # the first so many most often leave a file that can be read
_WHOLE: Final[tuple[Callable[[bytes], bytes], ...]] = (
    lambda data: b"\xef\xbb\xbf" + data,
    lambda data: data.replace(b"\n", b"\r\n"),
    lambda data: data.replace(b"\n", b"\r"),
    lambda data: data.decode("utf-8", "replace").encode("utf-16"),
    lambda data: data.decode("utf-8", "replace").encode("utf-32-be"),
    lambda data: data.decode("utf-8", "replace").encode("cp1252", "replace"),
    lambda data: data[: len(data) // 2],
    lambda data: b"\0" * len(data),
)
"""What an editor, another system or a power cut makes of a whole file."""
