"""What the engine goes on with after the past was erased: the present, and nothing from before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given

from deskbreak.core.forget import forgotten
from deskbreak.core.model import Log, Record, Undo
from deskbreak.core.schedule import day_of
from deskbreak.core.timeline import Line, Stretch
from deskbreak.core.turn import open_spans
from deskbreak.storage.codec import Codec
from tests.core.days import AT_ONCE, NO_GAP, Play
from tests.core.test_engine_properties import ANSWERS, DAYS, STARTS, play

if TYPE_CHECKING:
    from deskbreak.core.model import Choice, Effect, State

LATER = date(2026, 3, 3)


def erased(*before: str, start: str = "2026-03-02T09:00:00 Europe/Berlin") -> Play:
    """Play *before*, then erase all of it."""
    table = Play(start)
    for said in before:
        list(table.say(said))
    list(table.player.look())  # as the loop does before it serves a command
    table.player.state = forgotten(table.player.state, table.player.rules, None)
    list(table.player.look())
    table.played.spans.clear()
    table.played.episodes.clear()
    return table


def then(table: Play, *rows: str) -> list[str]:
    """Play *rows* after that; return what was asked for."""
    return [told for said in rows for told in table.say(said)]


def test_given_an_hour_that_is_erased_then_only_what_follows_is_kept() -> None:
    """The span that is open begins anew at that instant."""
    table = erased("14m work")
    asked = then(table, "5m work")
    played = table.end()

    assert [] == asked
    assert ["05:00 desk"] == played.presences
    assert [] == played.episodes
    assert 0.0 == played.state.desk_s


def test_given_a_held_position_when_the_past_is_erased_then_it_goes_on_being_held() -> None:
    """Who has sat for fifteen minutes is to move in five."""
    assert ["20:05 prompt position"] == then(erased("15m work"), "5m work", "6s idle", "1m work")


def test_given_a_break_that_waits_when_the_past_is_erased_then_it_is_due_from_then_on() -> None:
    """In a call since before: it comes when that ends, and its row tells of no earlier time."""
    table = erased("10m work", "40m work call")
    then(table, "5m work call", "31s work", "6s idle", "answer done")
    (row,) = table.end().episodes

    assert ("position", 3000.0) == (row.kind, row.due.boot_s)


def test_given_an_open_prompt_when_the_past_is_erased_then_it_stays_and_counts_from_then() -> None:
    """It is on the screen; what was done with it before is gone."""
    table = erased("20m work", "6s idle", "answer postpone", "10m work", "6s idle", "1m work")
    at_s = table.player.state.at.boot_s
    then(table, "answer done")
    (row,) = table.end().episodes

    assert row.shown is not None
    assert ("position", "taken", 0) == (row.kind, row.outcome, row.postponed)
    assert (at_s, at_s) == (row.due.boot_s, row.shown.boot_s)


def test_given_a_break_a_moment_ago_when_the_past_is_erased_then_the_gap_after_it_stays() -> None:
    """Erasing brings no prompt sooner; what is over is forgotten."""
    soon = erased(
        AT_ONCE, "set position.interval_minutes = 10", "10m work", "answer done", "9m work"
    )
    late = erased("20m work", "6s idle", "answer done", "13m work")

    assert ["22:00 prompt position"] == then(soon, "5m work")
    assert late.player.state.last_shown_end_s is None


def test_given_a_break_that_was_counted_when_the_past_is_erased_then_no_reading_undoes_it() -> None:
    """Its row is gone, and the desk time with it."""
    table = erased("15m work", "3m idle", "1m work")
    asked = then(table, "reading", "1m work")

    assert [] == asked
    assert ["01:00 desk"] == table.end().presences


def test_given_an_absence_when_the_past_is_erased_then_its_whole_length_still_counts() -> None:
    """Ten minutes were away before, and ten after: held time is zero, and ten are recorded."""
    table = erased("30m work", "10m locked")
    then(table, "10m locked", "1m work")
    played = table.end()

    assert ["10:00 locked", "01:00 desk"] == played.presences
    assert [3000.0] * 2 == [kind.held_from_s for kind in played.state.kinds[:2]]


def test_given_an_absence_that_is_not_settled_when_erased_then_it_is_away_from_then_on() -> None:
    """Nobody had touched anything for a minute; another minute later that is an absence."""
    table = erased("10m work", "1m idle")
    then(table, "4m idle", "1m work")

    assert ["04:00 away", "01:00 desk"] == table.end().presences


def test_given_three_skips_when_the_past_is_erased_then_the_interval_is_as_set() -> None:
    """The longer interval tells of them; the habit of today does not come twice all the same."""
    skip = ("20m work", "6s idle", "answer skip")
    table = erased(NO_GAP, *skip, *skip, *skip, "take habit", "answer done")
    kinds = table.player.state.kinds

    assert {(0, None, None)} == {(k.skips, k.skips_day, k.backoff_day) for k in kinds}
    assert {None, date(2026, 3, 2)} == {kind.last_day for kind in kinds}
    assert ((), ()) == (table.player.state.showings, table.player.state.seen)


def test_given_a_pause_when_the_past_is_erased_then_it_stays() -> None:
    """It is a wish for the time to come."""
    assert [] == then(erased("10m work", "pause"), "50m work", "6s idle", "1m work")


def test_given_days_before_one_when_these_are_erased_then_the_state_of_that_day_stays() -> None:
    """Only a span of the day before that is not recorded yet goes with it."""
    table = Play("2026-03-03T03:50:00 Europe/Berlin")
    for said in ("9m55s work", "10s idle"):
        list(table.say(said))
    list(table.player.look())
    state = table.player.state
    day_before, _ = open_spans(state, state.at)

    assert LATER - timedelta(days=1) == day_of(day_before.start, state.day_starts_s)
    assert [day_before] == list(state.pieces)
    assert state == forgotten(state, table.player.rules, LATER - timedelta(days=1))
    after = forgotten(state, table.player.rules, LATER)
    assert () == after.pieces
    assert replace(state, pieces=()) == after
    assert state.at == forgotten(state, table.player.rules, date(2026, 3, 4)).span_start


@given(DAYS, DAYS, STARTS, ANSWERS)
def test_given_any_day_when_it_is_erased_then_no_row_from_then_on_tells_of_it(
    lines: list[Line], more: list[Line], start: str, answer: tuple[Choice, float] | None
) -> None:
    """Every second after that is accounted for once, whatever was going on; nothing breaks."""
    player, _ = play(lines, start=start, answer=answer)
    cut = player.state.at
    player.state = forgotten(player.state, player.rules, None)
    _assert_codec_knows(player.state)
    effects: list[Effect] = [*player.look(), *player.play((*more, Stretch(1.0, "work")))]
    effects += player.look()
    spans = [x.span for x in effects if isinstance(x, Record)]
    spans += open_spans(player.state, player.state.at)
    spans.sort(key=lambda span: span.start.boot_s)

    assert all(abs(one.end.boot_s - two.start.boot_s) < 1e-6 for one, two in pairwise(spans))
    assert cut.boot_s == spans[0].start.boot_s
    assert player.state.at.boot_s == spans[-1].end.boot_s
    for effect in effects:
        if isinstance(effect, Log):
            e = effect.episode
            assert cut.boot_s - 1e-6 <= min(e.due.boot_s, (e.shown or e.due).boot_s)
    assert sum(x.seconds for x in more if isinstance(x, Stretch)) + 1.0 >= player.state.desk_s
    assert not [x for x in effects if isinstance(x, Undo) and x.end.boot_s < cut.boot_s]


def _assert_codec_knows(state: State) -> None:
    codec = Codec()
    assert state == codec.load(codec.dump(state))
