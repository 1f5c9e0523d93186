"""Settings at and beyond their bounds: each is refused in words, or the engine lives with it (R31)."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import pytest

from deskbreak.core import timeline
from deskbreak.core.managed import Document, Level, Scope, under
from deskbreak.core.model import Choice, Observed
from deskbreak.core.replay import Player
from deskbreak.core.rules import rules
from deskbreak.core.setting import Type
from deskbreak.core.settings import BadSetting, Layer, Origin, check, parse_value, resolve
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import judged
from deskbreak.core.words import Said
from tests.core.extreme import EXTREME, TYPED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.model import Event, Moment, Rules, Step
    from tests.board import Board

START: Final = "2026-03-02T09:00:00 Europe/Berlin"
DAY: Final = """
25m work
40s idle
40m work
4m locked
70m work
take stretch
10m work call
25m work
pause 30m
40m work
resume
35m idle
2h work
20m asleep
50m work dnd
15h off
3h work
"""
ANSWERS: Final = (None, (Choice.POSTPONE, 5.0), (Choice.SKIP, 30.0))
AT_MOST: Final = 20
"""Looks in ten seconds. Source: INV-29, two a second."""


# ── beyond the bounds ──────────────────────────────────────────────────────────────────────


@pytest.mark.row("R31")
@pytest.mark.parametrize("key", SETTINGS)
def test_given_extreme_texts_when_they_are_typed_then_each_is_in_bounds_or_refused(
    key: str, board: Board
) -> None:
    """One sentence of one line says what is wrong."""
    refused: list[str] = []
    for text in TYPED:
        try:
            value = parse_value(key, text)
        except BadSetting as bad:
            refused.append(str(bad))
        else:
            assert value == check(key, value)
    board.note(load=len(TYPED), faults=len(refused), figure="0 values out of bounds in force")

    assert refused
    assert [] == [line for line in refused if not line.isprintable() or len(line) >= 500]


@pytest.mark.row("R31")
@pytest.mark.parametrize("key", [key for key, one in SETTINGS.items() if not one.private])
def test_given_extreme_values_in_a_policy_then_each_is_in_bounds_or_left_out_with_one_line(
    key: str, board: Board
) -> None:
    """Whoever sets it: what is in force is sound."""
    values = [value for value in EXTREME if _is_json(value)]
    for value in values:
        document = Document("10.json", Level.MANDATORY, Scope.MACHINE, {key: value})
        resolved = under([document], ())
        assert not isinstance(judged(SETTINGS[key], resolved.values[key]), Said)
        assert resolved.is_locked(key) == (not resolved.problems)
        assert len(resolved.problems) <= 1
    board.note(load=len(values), figure="0 values out of bounds in force")


def _is_json(value: Any) -> bool:  # noqa: ANN401 - any value
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


# ── at the bounds ──────────────────────────────────────────────────────────────────────────


class Counted(Player):
    """Counts the looks that the engine asked for, in any ten seconds."""

    def __init__(self, start: Moment, under_: Rules, answer: tuple[Choice, float] | None) -> None:
        super().__init__(start, under_, answer)
        self.looks: deque[float] = deque()
        self.most = self.total = 0

    def step(self, event: Event) -> Step:
        """Count, and keep the most there ever were."""
        if isinstance(event, Observed):
            self.looks.append(self.now.boot_s)
            while self.looks[0] < self.now.boot_s - 10.0:
                self.looks.popleft()
            self.most, self.total = max(self.most, len(self.looks)), self.total + 1
        return super().step(event)


def lived(under_: Rules, answer: tuple[Choice, float] | None) -> tuple[int, int]:
    """Return the most looks in ten seconds of a long day, and all of them."""
    day = timeline.parse(f"timeline 1\nstart {START}\n{DAY}".encode())
    player = Counted(day.start, under_, answer)
    for _ in player.play(day.lines):
        pass
    return player.most, player.total


def bounds() -> Iterator[tuple[str, object]]:
    """Yield each number and each flag at its ends, and each choice."""
    for key, one in SETTINGS.items():
        match one.type:
            case Type.WHOLE | Type.NUMBER:
                ends: set[object] = {one.low, one.high, *([0] if one.or_zero else [])}
            case Type.FLAG:
                ends = {True, False}
            case Type.CHOICE:
                ends = set(one.choices)
            case Type.CLOCK:
                ends = {"00:00", "23:59"}
            case _:
                continue
        yield from ((key, end) for end in sorted(ends, key=str))


@pytest.mark.row("R31")
@pytest.mark.parametrize("number", range(len(ANSWERS)), ids=["nothing", "postpone", "skip"])
def test_given_every_setting_at_its_ends_then_there_are_two_looks_a_second_at_most(
    number: int, board: Board
) -> None:
    """INV-29: whatever is set, nothing ticks."""
    most, least, played = 0, 10**9, 0
    extremes = list(bounds())
    for key, value in extremes:
        resolved = resolve([Layer(Origin.USER, "u", {key: value})])
        assert () == resolved.problems, (key, value)
        busiest, total = lived(rules(resolved, ()), ANSWERS[number])
        assert busiest <= AT_MOST, f"{key} = {value}: {busiest} looks in ten seconds"
        most, least, played = max(most, busiest), min(least, total), played + 1
    together = dict(extremes)
    for end in ("low", "high"):
        all_ = {key: getattr(SETTINGS[key], end) for key in together if SETTINGS[key].unit}
        resolved = resolve([Layer(Origin.USER, "u", all_)])
        busiest, total = lived(rules(resolved, ()), ANSWERS[number])
        assert busiest <= AT_MOST, f"all at their {end} ends: {busiest} looks in ten seconds"
        most, played = max(most, busiest), played + 1
    board.note(load=played, figure=f"at most {most} looks in 10 s")

    assert least > 10
