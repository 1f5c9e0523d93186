"""What holds for every day, however odd: found by trying many."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from deskbreak.core import engine
from deskbreak.core.model import (
    Answered,
    Asked,
    Choice,
    Effect,
    Event,
    Facts,
    Followed,
    Following,
    Hold,
    Log,
    Moment,
    Observed,
    Paused,
    Prompt,
    Read,
    Record,
    Resumed,
    Shown,
    Span,
    Started,
    Stopped,
    Undelivered,
    Until,
)
from deskbreak.core.replay import Player
from deskbreak.core.timeline import HOLDS, Line, Set, Statement, Stretch, Zone
from deskbreak.core.turn import open_spans
from deskbreak.storage.codec import Codec
from tests.core.days import Play, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

EDGES = (1, 4, 5, 6, 29, 30, 31, 59, 60, 61, 119, 120, 121, 299, 300, 301, 600, 1200, 3600, 7200)
SECONDS = st.sampled_from(EDGES) | st.integers(1, 3000) | st.integers(1, 40_000)
HELD = st.frozensets(st.sampled_from(sorted(HOLDS.values())), max_size=2)
THERE = st.builds(Stretch, SECONDS.map(float), st.sampled_from(["work", "work", "idle"]), HELD)
GONE = st.builds(Stretch, SECONDS.map(float), st.sampled_from(["locked", "asleep", "off"]))
SPOKEN = st.sampled_from(
    [
        *(Statement("answer", choice.value) for choice in Choice),
        *(Statement("take", kind) for kind in ("stretch", "position", "habit", "massage")),
        Statement("reading"),
        Statement("resume"),
        Statement("pause", "30m"),
    ]
)
BY_THE_CLOCK = st.sampled_from(
    [
        Statement("pause"),
        Statement("pause", "until 14:00"),
        Statement("pause", "tomorrow"),
        Statement("clock", "+1h"),
        Statement("clock", "-1h"),
        Statement("clock", "+30h"),
        Statement("clock", "-30h"),
        Zone(ZoneInfo("America/New_York")),
        Zone(ZoneInfo("Asia/Kathmandu")),
    ]
)
CHANGED = st.sampled_from(
    [
        Set("plan", "sit_stand"),
        Set("plan", "standard"),
        Set("plan", "busy"),
        Set("eyes.enabled", True),
        Set("massage.enabled", True),
        Set("position.enabled", False),
        Set("position.interval_minutes", 10),
        Set("position.interval_minutes", 60),
        Set("position.credit_idle_seconds", 45),
        Set("position.credit_idle_seconds", 0),
        Set("presence.away_after_seconds", 30),
        Set("presence.away_after_seconds", 600),
        Set("prompts.min_gap_minutes", 0),
        Set("prompts.quiet_after_absence_minutes", 0),
        Set("prompts.wait_for_lull_limit_seconds", 0),
        Set("prompts.wait_for_lull_seconds", 60),
        Set("prompts.reminder_minutes", 0),
        Set("holds.call", False),
        Set("day.starts_at", "10:00"),
        Set("working_hours.enabled", True),
        Set("working_hours.monday", ("09:00-12:00", "13:00-02:00")),
    ]
)
DAYS = st.lists(THERE | THERE | GONE | SPOKEN | BY_THE_CLOCK | CHANGED, max_size=25)
# In which nothing hangs on the date or the hour.
TIMELESS = (
    Set("habit.enabled", False),
    Set("prompts.quiet_after_absence_minutes", 0),
    Set("prompts.skips_before_backoff", 0),
    Set("prompts.daily_cap", 100),
    Set("position.daily_cap", 60),
    Set("stretch.daily_cap", 60),
    Set("posture.daily_cap", 60),
)
ANSWERS = st.none() | st.tuples(st.sampled_from(list(Choice)), st.sampled_from([0.0, 20.0, 400.0]))
STARTS = st.sampled_from(
    [
        "2026-03-02T09:00:00 Europe/Berlin",
        "2026-03-29T01:30:00 Europe/Berlin",
        "2026-10-25T01:30:00 Europe/Berlin",
        "2026-03-03T03:40:00 Europe/Berlin",
    ]
)


class Watched(Player):
    """A player that checks each step."""

    def take(self, event: Event) -> Iterator[Effect]:
        """Let the engine take *event* twice, and look at what it says."""
        before = self.state.copy()
        first = engine.step(self.state, event, self.rules)
        again = engine.step(self.state, event, self.rules)

        assert before == self.state
        assert first == again
        assert first.next_look_s is not None
        assert first.next_look_s > first.state.at.boot_s
        assert all(mark > 0 for mark in first.idle_marks)
        for kind in first.state.kinds:
            assert kind.held_from_s <= first.state.at.boot_s
        yield from super().take(event)


class Saving(Player):
    """A player whose state goes through the disk between any two events."""

    def take(self, event: Event) -> Iterator[Effect]:
        """Load what was saved, then go on."""
        codec = Codec()
        self.state = codec.load(codec.dump(self.state))
        yield from super().take(event)


def play(
    lines: Sequence[Line],
    kind: type[Player] = Player,
    *,
    start: str = "2026-03-02T09:00:00 Europe/Berlin",
    answer: tuple[Choice, float] | None = None,
) -> tuple[Player, list[Effect]]:
    """Play *lines* from the default settings."""
    table = Play(start)
    player = kind(table.player.now, table.rules(), answer, table._changed)
    return player, [*player.play(lines), *player.look()]


def told(player: Player, effects: Sequence[Effect]) -> list[str]:
    """Return what was asked for, in words with times."""
    return [line for effect in effects if (line := tell(effect, player))]


FACTS = st.builds(
    Facts,
    st.none() | st.sampled_from([0.0, 0.3, 1.0, 5.0, 60.0, 120.0, 500.0, 9000.0]),
    st.booleans() | st.just(False),
    st.just(False) | st.booleans(),
    st.frozensets(st.sampled_from(Hold), max_size=2) | st.just(frozenset()),
)
AFTER = st.sampled_from([-3.0, 0.0, 0.001, 1.0, 5.0, 14.0, 60.0, 119.0, 301.0, 1200.0, 30_000.0])
NUMBERS = st.integers(0, 4)
HAPPENED: st.SearchStrategy[Callable[[Moment], Event]] = st.one_of(
    st.builds(
        lambda facts, slept: lambda at: Observed(at, facts, slept), FACTS, st.just(0.0) | AFTER
    ),
    st.builds(lambda facts: lambda at: Observed(at, facts), FACTS),
    st.builds(
        lambda facts, alive, known: lambda at: Started(at, facts, alive, known),
        FACTS,
        st.none() | st.floats(-10, 1e6),
        st.booleans(),
    ),
    st.just(Stopped),
    st.builds(lambda e, n: lambda at: Shown(at, e, n), NUMBERS, NUMBERS),
    st.builds(lambda e, n: lambda at: Undelivered(at, e, n), NUMBERS, NUMBERS),
    st.builds(
        lambda choice, e: lambda at: Answered(at, choice, e),
        st.sampled_from(Choice),
        st.none() | NUMBERS,
    ),
    st.builds(
        lambda e, how, alive: lambda at: Followed(at, e, how, at.boot_s + alive),
        NUMBERS,
        st.sampled_from(Following),
        AFTER,
    ),
    st.builds(
        lambda kind: lambda at: Asked(at, kind), st.sampled_from(["position", "massage", "x"])
    ),
    st.just(Resumed),
    st.just(Read),
    st.builds(lambda s: lambda at: Paused(at, Until(at.boot_s + s)), AFTER),
)


@given(st.lists(st.tuples(AFTER, HAPPENED), max_size=40), CHANGED)
def test_given_any_events_then_the_engine_goes_on(
    events: list[tuple[float, Callable[[Moment], Event]]], change: Set
) -> None:
    """Ports lie, threads race and clocks jump; the rows stay sound."""
    table = Play()
    start, made = table.player.now, replace(table._changed(change), lull_limit_s=0.0)
    state, at, spans, ended = engine.begin(start, made), start, list[Span](), list[int]()
    for after_s, happened in events:
        at = at.on(max(at.boot_s + after_s, 0.0))
        step = engine.step(state, happened(at), made)
        state = step.state
        spans += (x.span for x in step.effects if isinstance(x, Record))
        ended += (x.episode.id for x in step.effects if isinstance(x, Log))

        assert step.next_look_s is not None
        assert step.next_look_s > state.at.boot_s
    spans += open_spans(state, state.at)

    assert len(set(ended)) == len(ended)
    assert all(span.seconds > 0 for span in spans)
    assert all(one.end.boot_s <= two.start.boot_s + 1e-6 for one, two in pairwise(spans))
    assert abs(sum(span.seconds for span in spans) - state.at.boot_s) < 1.0


@given(DAYS, STARTS, ANSWERS)
def test_given_any_day_then_every_second_and_every_episode_is_accounted_for_once(
    lines: list[Line], start: str, answer: tuple[Choice, float] | None
) -> None:
    """Spans cover the time without gap or overlap; an episode ends once, and only if it was begun."""
    player, effects = play(lines, Watched, start=start, answer=answer)
    spans: list[Span] = [x.span for x in effects if isinstance(x, Record)]
    spans += open_spans(player.state, player.state.at)
    spans.sort(key=lambda span: span.start.boot_s)

    assert all(span.seconds > 0 for span in spans)
    assert all(abs(one.end.boot_s - two.start.boot_s) < 1e-6 for one, two in pairwise(spans))
    if spans:
        assert (0.0, player.state.at.boot_s) == (spans[0].start.boot_s, spans[-1].end.boot_s)

    ended = Counter(x.episode.id for x in effects if isinstance(x, Log))
    assert {1} >= set(ended.values())
    assert player.state.episode is None or player.state.episode.id not in ended
    assert sum(x.seconds for x in lines if isinstance(x, Stretch)) >= player.state.desk_s
    _assert_one_at_a_time(effects)


def _assert_one_at_a_time(effects: Sequence[Effect]) -> None:
    """No prompt of one episode comes while another is open."""
    open_id = None
    for effect in effects:
        if isinstance(effect, Prompt):
            assert open_id in (None, effect.episode.id)
            open_id = effect.episode.id
        elif isinstance(effect, Log) and effect.episode.id == open_id:
            open_id = None


@given(DAYS, STARTS, ANSWERS, st.lists(st.floats(0.001, 0.999), min_size=1, max_size=4))
def test_given_more_looks_than_asked_for_then_nothing_changes(
    lines: list[Line], start: str, answer: tuple[Choice, float] | None, cuts: list[float]
) -> None:
    """Looking is free of charge: the same prompts at the same times, the same spans."""
    more: list[Line] = []
    for line in lines:
        if not isinstance(line, Stretch) or line.presence == "off":
            more.append(line)
            continue
        edges = [0.0, *sorted({round(line.seconds * cut, 3) for cut in cuts}), line.seconds]
        more += (Stretch(b - a, line.presence, line.holds) for a, b in pairwise(edges) if b - a > 0)
    player, effects = play(lines, start=start, answer=answer)
    other, others = play(more, start=start, answer=answer)

    assert told(player, effects) == told(other, others)


@given(DAYS, ANSWERS)
def test_given_a_state_that_was_saved_and_loaded_then_it_goes_on_alike(
    lines: list[Line], answer: tuple[Choice, float] | None
) -> None:
    """Whatever is remembered is in the state, and nothing else."""
    player, effects = play(lines, answer=answer)
    other, others = play(lines, Saving, answer=answer)

    assert effects == others
    assert player.state == other.state


@given(
    st.lists(THERE | THERE | GONE | SPOKEN, max_size=20),
    st.dictionaries(st.integers(0, 20), st.sampled_from(["+1h", "-1h", "+26h", "-400h"])),
    ANSWERS,
)
def test_given_a_wall_clock_that_jumps_then_no_prompt_and_no_duration_changes(
    lines: list[Line], jumps: dict[int, str], answer: tuple[Choice, float] | None
) -> None:
    """Where nothing hangs on the date or the hour, the wall clock means nothing."""
    jumped: list[Line] = []
    for n, line in enumerate(lines):
        jumped += [Statement("clock", jumps[n])] if n in jumps else []
        jumped.append(line)
    player, effects = play((*TIMELESS, *lines), answer=answer)
    other, others = play((*TIMELESS, *jumped), answer=answer)

    assert told(player, effects) == told(other, others)
    assert _totals(player, effects) == _totals(other, others)


def _totals(player: Player, effects: Sequence[Effect]) -> dict[str, float]:
    totals: Counter[str] = Counter()
    spans = [x.span for x in effects if isinstance(x, Record)]
    for span in (*spans, *open_spans(player.state, player.state.at)):
        totals[span.presence] += span.seconds  # type: ignore[assignment]  # seconds, not counts
    return {presence: round(seconds, 3) for presence, seconds in totals.items()}


@given(st.lists(THERE | GONE, max_size=10), SECONDS)
@example([Stretch(600.0, "work")], 3)
def test_given_two_starts_then_the_first_prompt_is_never_in_their_first_fifteen_seconds(
    lines: list[Line], off_s: int
) -> None:
    """After a start nothing comes before fifteen seconds of presence."""
    rows: list[Line] = [Set("prompts.wait_for_lull_limit_seconds", 0), *lines]
    rows += [Stretch(1190.0, "work"), Stretch(float(off_s), "off"), Stretch(3600.0, "work")]
    player, effects = play(rows)
    started_s = player.now.boot_s - 3600.0
    prompts = [x.at.boot_s - started_s for x in effects if isinstance(x, Prompt)]

    assert all(x < 0 or x >= 15 for x in prompts)
    assert 1 >= sum(0 <= x < 60 for x in prompts)
