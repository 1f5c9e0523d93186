"""What stands where in the charts: heights and widths say what the figures say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deskbreak.core.model import Hold, Outcome, Phase, Presence, Span
from deskbreak.pages.charts import Group, Part, bars, row
from deskbreak.pages.desk import Desk
from deskbreak.pages.seen import Chosen, Seen, see
from deskbreak.pages.strip import strip
from deskbreak.storage import files, language
from deskbreak.storage.layers import Settings
from tests.pages.histories import desk_at, keep, office, until
from tests.storage.history import taken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskbreak.core.model import Episode, Moment
    from deskbreak.pages.strip import Strip

PAIR = Group(
    "Mon", ((Part("before", 4),), (Part("taken", 1, "one"), Part("rest", 1, "one"))), "1/2"
)


def test_given_groups_when_laid_out_then_heights_are_to_each_other_as_the_amounts() -> None:
    """Parts stand on each other, the last bar is the widest, and what is told stands over it."""
    made = bars([PAIR, Group("Tue", ((), ()))], height=100.0)
    before, low, high = made.marks

    assert [100.0, 25.0, 25.0] == [mark.height for mark in made.marks]
    assert (made.base, made.base - 25.0) == (low.y + low.height, high.y + high.height)
    assert before.x + before.width == pytest.approx(low.x)
    assert before.width < low.width == high.width
    assert high.x + high.width < 50.0 < made.names[1].x
    assert [("1/2", low.x, high.y - 5.0)] == [(x.text, x.x, x.y) for x in made.told]
    assert ["one", "one"] == [low.says, high.says]


def test_given_a_top_and_levels_when_laid_out_then_bars_are_measured_by_them() -> None:
    """Half of what an hour has is half as high; nothing at all is a baseline."""
    made = bars([Group("9", ((Part("desk", 30),),))], height=80.0, top=60.0, lines=[(60.0, "60")])
    empty = bars([Group("9", ((Part("desk", 0),),))])

    assert [40.0] == [mark.height for mark in made.marks]
    assert made.base - 80.0 == made.lines[0].y
    assert () == empty.marks == bars([]).marks


def test_given_parts_in_a_row_then_they_fill_their_share_and_nothing_is_no_part() -> None:
    """Of eight: four, none, and two."""
    made = row([Part("taken", 4), Part("skipped", 0), Part("missed", 2)], 8)

    assert [("taken", 0.0, 50.0), ("missed", 50.0, 25.0)] == [(x.look, x.x, x.width) for x in made]
    assert () == row([Part("taken", 0)], 0)


# ── the strip ──────────────────────────────────────────────────────────────────────────────


def seen(now: Moment, spans: Sequence[Span], episodes: Sequence[Episode] = ()) -> Seen:
    """Return what is seen of these rows alone."""
    keep(iter([*spans, *episodes]), now)
    return see(Desk(files.places(), lambda: now, Settings.of(files.places())), Chosen())


def laid_out(of: Seen) -> Strip:
    """Return the strip of a day with something in it."""
    made = strip(of, language.catalogue("en"))
    assert made is not None
    return made


def span(start: str, end: str, presence: str = "desk", *holds: Hold) -> Span:
    """Return a span between two times in Berlin."""
    return Span(until(start), until(end), Presence(presence), frozenset(holds))


def test_given_a_day_then_its_strip_goes_from_hour_to_hour_and_neighbours_are_one() -> None:
    """The night is left out; two spans at the desk, one with a hold, are one time at the desk."""
    made = laid_out(
        seen(
            until("2026-03-03 18:00"),
            [
                span("2026-03-03 04:00", "2026-03-03 09:10", "asleep"),
                span("2026-03-03 09:10", "2026-03-03 10:00"),
                span("2026-03-03 10:00", "2026-03-03 11:00", "desk", Hold.CALL, Hold.PAUSED),
                span("2026-03-03 11:00", "2026-03-03 12:00", "away", Hold.PAUSED),
                span("2026-03-03 12:00", "2026-03-03 16:20"),
            ],
        )
    )

    assert ["asleep", "desk", "away", "desk"] == [x.look for x in made.presences]
    assert ["9:00", "10:00"] == [x.text for x in made.hours][:2]
    assert "17:00" == made.hours[-1].text
    assert "09:10\N{EN DASH}11:00 at the desk" in [x.says for x in made.presences]
    assert [("call", 12.5, 12.5), ("quiet", 25.0, 12.5)] == [
        (x.look, x.x, x.width) for x in made.quiet
    ]
    assert 100.0 == made.now  # later than all that is shown


def test_given_the_clock_put_forward_then_the_strip_has_no_such_hour() -> None:
    """The hour between two and three is not there, and the others are as long as always."""
    now = until("2026-03-29 03:59")
    made = laid_out(seen(now, [span("2026-03-28 23:00", "2026-03-29 03:59")]))
    names = [x.text for x in made.hours]

    assert ["23:00", "0:00", "1:00", "3:00"] == names[:4]
    assert [12.5, 25.0, 37.5] == [x.x for x in made.hours][1:4]


def test_given_breaks_then_each_kind_has_a_lane_and_each_outcome_its_mark() -> None:
    """In the order of the kinds; what waits for an answer is drawn up to its end."""
    at = until("2026-03-03 10:00")
    one = replace(taken(1, 0), due=at, shown=at, ended=at.on(at.boot_s + 600))
    rows = [
        one,
        replace(one, kind="stretch", folded=("position",), outcome=Outcome.SKIPPED, by=None),
        replace(one, outcome=Outcome.NATURAL, by=None, shown=None),
    ]
    made = laid_out(
        seen(until("2026-03-03 18:00"), [span("2026-03-03 09:00", "2026-03-03 17:00")], rows)
    )

    assert ["Stretch", "Change position"] == [lane.name for lane in made.lanes]
    assert [["skipped"], ["taken", "natural"]] == [[x.look for x in y.marks] for y in made.lanes]
    assert "10:00 Stretch + Change position: skipped" == made.lanes[0].marks[0].says
    assert [12.5] == [wait.x for wait in made.lanes[0].waits]
    assert {"skipped", "taken", "natural"} == made.looks


def test_given_a_prompt_on_the_screen_then_the_strip_shows_that_it_is_open() -> None:
    """It has no outcome yet, and is in no figure."""
    now = until("2026-03-03 10:00")
    whole = seen(now, [span("2026-03-03 09:00", "2026-03-03 10:00")])
    waiting = replace(taken(1, 0), shown=now, ended=None, outcome=None, by=None, phase=Phase.SHOWN)
    made = laid_out(replace(whole, episodes=(waiting,)))

    assert ["open"] == [x.look for lane in made.lanes for x in lane.marks]
    assert "10:00 Change position + Rest your eyes: on the screen" == made.lanes[0].marks[0].says


def test_given_a_day_without_anybody_then_there_is_no_strip() -> None:
    """A computer that slept all day tells nothing."""
    made = seen(until("2026-03-03 18:00"), [span("2026-03-03 04:00", "2026-03-03 17:00", "asleep")])

    assert strip(made, language.catalogue("en")) is None


def test_given_an_ordinary_day_then_all_of_it_lies_within_the_strip() -> None:
    """Nothing begins before it or ends after it, and what is drawn is in order."""
    now = until("2026-04-02 15:20")
    keep(office(24), now)
    made = laid_out(see(desk_at(now), Chosen()))
    edges = [(x.x, x.x + x.width) for x in (*made.presences, *made.quiet)]

    assert all(0.0 <= start <= end <= 100.001 for start, end in edges)
    assert sorted(x.x for x in made.presences) == [x.x for x in made.presences]
