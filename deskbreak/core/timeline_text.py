"""A timeline as the text of a file, which reads as it was: `deskbreak.core.timeline` the other way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from deskbreak.core.model import Moment
from deskbreak.core.timeline import HOLDS, Statement, Stretch, Zone
from deskbreak.core.values import written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from deskbreak.core.timeline import Line, Timeline


def write(timeline: Timeline) -> str:
    """Return *timeline* as a file; `timeline.parse` reads the same from it, in whole seconds.

    Rounded are the instants, not the lengths, so that nothing adds up. Zones without a name are
    written as the nearest whole hour.
    """
    return "\n".join(("timeline 1", *_written_start(timeline.start), *_written(timeline.lines), ""))


def _written_start(start: Moment) -> Iterator[str]:
    zone = _named(start.zone)
    at = Moment(0.0, math.floor(start.unix_s + 0.5), zone)
    if at.wall.fold:  # shown for the second time, and only the first can be written
        at = Moment(0.0, at.unix_s, ZoneInfo("UTC"))
    yield f"start {at.wall.replace(tzinfo=None).isoformat()} {at.zone}"
    if at.zone is not zone:
        yield f"zone {zone}"


def _written(lines: tuple[Line, ...]) -> Iterator[str]:
    end_s, told_s = 0.0, 0
    for line in lines:
        match line:
            case Stretch(seconds, presence, holds):
                end_s += seconds
                whole_s = math.floor(end_s + 0.5) - told_s
                told_s += whole_s
                words = (presence, *(word for word, hold in HOLDS.items() if hold in holds))
                if whole_s:
                    yield " ".join((duration_text(whole_s), *words))
            case Statement(verb, argument):
                yield f"{verb} {argument}".rstrip()
            case Zone(zone):
                yield f"zone {_named(zone)}"
            case _:
                yield f"set {line.key} = {written(line.value)}"


def duration_text(seconds: int) -> str:
    """Return ``1h30m20s`` for a positive number of seconds, as `timeline.duration_s` reads it."""
    minutes, left = divmod(seconds, 60)
    parts = ((minutes // 60, "h"), (minutes % 60, "m"), (left, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number)


def _named(zone: tzinfo) -> ZoneInfo:
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone
    offset = zone.utcoffset(None)
    hours = round(offset.total_seconds() / 3600) if offset else 0
    # West of Greenwich is positive there. Source: tz database, file etcetera.
    return ZoneInfo(f"Etc/GMT{-min(max(hours, -12), 14):+d}" if hours else "UTC")
