from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from deskbreak.core import tune
from deskbreak.core.rules import rules
from deskbreak.core.settings import resolve
from deskbreak.core.timeline import Stretch
from deskbreak.pages.desk import Desk
from deskbreak.pages.preview import Preview
from deskbreak.storage import files, language
from deskbreak.storage.layers import Settings
from tests.test_cli_diary import DEFAULTS, KINDS, MONDAY, live, weeks

if TYPE_CHECKING:
    from deskbreak.pages.preview import Picture

ENGLISH = language.catalogue("en")


@dataclass
class Tried:
    """A desk, and what its page of settings shows."""

    preview: Preview

    def picture(self, **values: object) -> Picture:
        """Return what comes of *values*; two underscores stand for the dot."""
        named = {key.replace("__", "."): value for key, value in values.items()}
        return self.preview.picture(resolve([]), named, ENGLISH)


@pytest.fixture
def tried(home: object) -> Tried:
    """Nobody's desk so far."""
    places = files.places()
    return Tried(Preview(Desk(places, lambda: MONDAY, Settings(places.settings))))


def test_given_no_history_then_the_sample_week_is_played_as_by_tune(tried: Tried) -> None:
    """The same days, the same figures as in `deskbreak tune`."""
    found = tried.picture(position__interval_minutes=40)
    other = rules(tune.tried(resolve([]), {"position.interval_minutes": 40}), ())
    week = files.sample_weeks()[:1]
    compared = tune.compare(week, DEFAULTS, other, tune.shares((), KINDS))

    assert found.last is None
    assert (f"{compared.tried.a_day:.1f}", f"{compared.now.a_day:.1f}") == found.a_day
    assert float(found.a_day[0]) < float(found.a_day[1])
    assert ["Mon", "Tue", "Wed", "Thu", "Fri"] == [strip.name for strip in found.strips]
    assert sum(compared.tried.prompts.values()) == sum(len(x.marks) for x in found.strips)


def test_given_a_history_then_ones_own_last_week_is_played(tried: Tried) -> None:
    """With the answers that were given."""
    live(weeks(2))
    found = tried.picture()

    assert "2026-03-15" >= str(found.last) > "2026-03-09"
    assert 5 == len(found.strips)
    assert found.a_day[0] == found.a_day[1]


def test_given_too_little_history_then_the_sample_week_is_played(tried: Tried) -> None:
    """An hour of somebody's first day says nothing of a week."""
    live([Stretch(3600.0, "work"), Stretch(60.0, "locked")])

    assert tried.picture().last is None


def test_given_a_day_then_it_is_drawn_to_scale_and_told_in_words(tried: Tried) -> None:
    """Everything lies within the picture, in order; calls are told apart."""
    found = tried.picture()
    for strip in found.strips:
        blocks, marks = strip.blocks, strip.marks

        assert all(a.x + a.width <= b.x + 0.2 for a, b in pairwise(blocks))
        assert [mark.x for mark in marks] == sorted(mark.x for mark in marks)
        assert all(0 < mark.x < found.width for mark in marks)
        assert all(block.x + block.width < found.width for block in blocks)
    assert any(block.call for strip in found.strips for block in strip.blocks)
    assert "09:12 Change position" == found.strips[0].marks[0].words
    assert ["8", "10", "12", "14", "16", "18"] == [name for _, name in found.hours]


def test_given_everything_is_off_then_there_is_no_prompt(tried: Tried) -> None:
    """And the picture of the days stays."""
    found = tried.picture(**{f"{kind}__enabled": False for kind in KINDS})

    assert ("0.0", 0, 5) == (found.a_day[0], len(found.kinds), len(found.strips))


def test_given_no_day_at_all_then_the_picture_is_empty(tried: Tried) -> None:
    """As in a week of holidays that was played with other days."""
    tried.preview.read(resolve([]))
    week = tried.preview._week
    assert week is not None
    tried.preview._week = type(week)((), week.shares, None)
    found = tried.picture()

    assert ((), ("-", "-")) == (found.strips, found.longest)
