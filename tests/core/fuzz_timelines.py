"""Timelines that nobody would write: mutated files, which are refused in words or played to the end.

`python -m tests.core.fuzz_timelines 100000` tries that many, and prints what came of them.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskbreak.core import simulate, timeline
from deskbreak.core.timeline import Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAY: Final = b"""\
timeline 1                              # first statement, always
start 2026-03-02T09:00:00 Europe/Berlin
set position.interval_minutes = 15      # any setting, as in TOML
set working_hours.monday = ["09:00-12:30", "13:00-17:00"]
50m   work                              # input throughout
answer done
1m30s idle
20m   work call
10m   idle dnd fullscreen share presentation
reading
1h    locked
8h    asleep
20s   off
pause 30m
pause until 14:00
10m work
resume
take stretch
clock +1h
zone America/New_York
20m work
pause tomorrow
clock -40h
3h work
"""
_ODD: Final = (
    *(
        b"work",
        b"idle",
        b"off",
        b"call",
        b"0s",
        b"999999999h",
        b"1h1h",
        b"-5m",
        b"1e9m",
        b"\xff\xfe",
    ),
    *(
        b"start 0001-01-01T00:00:00 UTC",
        b"start 9999-12-31T23:59:59 UTC",
        b"start 1970-01-01T00:00",
    ),
    *(b"zone ../../etc/passwd", b"zone Pacific/Apia", b"zone", b"zone UTC", b"zone Etc/GMT+12"),
    *(
        b"clock +999999999h",
        b"clock -999999999h",
        b"clock +0s",
        b"pause 999999999h",
        b"pause until",
    ),
    *(b"set", b"set = ", b"set a.b = 1", b'set plan = "sit_stand"', b'set day.starts_at = "23:59"'),
    *(
        b"set position.interval_minutes = nan",
        b"set person.avoid = [[[[",
        b"set language = '\\u0000'",
    ),
    *(b"set position.credit_idle_seconds = 0", b"set prompts.max_per_hour = 1e308", b"take", b"#"),
    *(
        b"set working_hours.enabled = true",
        b"set working_hours.days_off = [2026-03-03, 0001-01-01]",
    ),
    *(
        b"answer start",
        b"answer not-for-me",
        b"answer postpone",
        b"answer",
        b"resume now",
        b"\x00",
        b"\r",
    ),
    *(
        "ヽ(;゚;Д;゚;)ﾉ".encode(),
        "\u202e".encode(),
        b"\xed\xa0\x80",
        b"(" * 2000,
        b"[" * 2000,
        b"9" * 5000,
    ),
)
_LONGEST_PLAY_S: Final = 40 * 86_400.0  # ours: a longer play shows nothing that this one does not


def mutated(seed: int) -> bytes:
    """Return the day of this seed: sound lines with some that are not."""
    draw = random.Random(seed)  # noqa: S311 - an example, no secret
    lines = _DAY.splitlines()
    for _ in range(draw.choice((1, 1, 2, 2, 4, 8))):
        at = draw.randrange(len(lines) or 1)
        match draw.randrange(6):
            case 0:
                lines.insert(at, draw.choice(_ODD))
            case 1 if lines:
                lines[at] = _bytes_changed(lines[at], draw)
            case 2 if lines:
                del lines[at]
            case 3 if lines:
                lines.insert(at, draw.choice(lines))
            case 4:
                draw.shuffle(lines)
            case _ if lines:
                words = lines[at].split()
                words.insert(draw.randrange(len(words) + 1), draw.choice(_ODD))
                lines[at] = b" ".join(words)
    return draw.choice((b"\n", b"\n", b"\n", b"\r\n")).join(lines)


def _bytes_changed(line: bytes, draw: random.Random) -> bytes:
    changed = bytearray(line)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(changed) + 1)
        changed[at : at + draw.randrange(3)] = draw.randbytes(draw.randrange(3))
    return bytes(changed)


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one file."""

    outcome: str
    parse_s: float


def tried(seed: int) -> Tried:
    """Read the file of this seed and, if it can be read, play it to the end.

    Raises:
        Exception: Whatever a person would have met as a traceback.
    """
    data, given = mutated(seed), simulate.Given()
    begun_s = time.perf_counter()
    try:
        read = timeline.parse(data)
    except timeline.Unreadable as unreadable:
        return Tried("refused" if unreadable.line else "refused nowhere", _since_s(begun_s))
    parse_s = _since_s(begun_s)
    if sum(line.seconds for line in read.lines if isinstance(line, Stretch)) > _LONGEST_PLAY_S:
        return Tried("read", parse_s)
    list(simulate.facts(simulate.happenings(read, given)))
    return Tried("played", parse_s)


def _since_s(begun_s: float) -> float:
    return time.perf_counter() - begun_s


def attempts(first: int, count: int) -> Iterator[Tried]:
    """Try *count* files; one that breaks something is named by its seed."""
    for seed in range(first, first + count):
        try:
            yield tried(seed)
        except Exception as error:
            error.add_note(f"seed {seed}:\n{mutated(seed)!r}")
            raise


def main() -> None:
    """Try as many as the command line says, and print what came of them."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    outcomes, slowest_s = Counter[str](), 0.0
    for one in attempts(0, count):
        outcomes[one.outcome] += 1
        slowest_s = max(slowest_s, one.parse_s)
    told = ", ".join(f"{number:,} {name}" for name, number in sorted(outcomes.items()))
    print(f"{count:,} timelines: {told}; slowest parse {slowest_s:.3f} s; no exception")  # noqa: T201 - a table


if __name__ == "__main__":
    main()
