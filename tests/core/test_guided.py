"""The steps of an open prompt on a page: begun, paused, closed, and followed to their end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskbreak.core.model import (
    Answered,
    Choice,
    Episode,
    Facts,
    Followed,
    Following,
    Hold,
    Outcome,
    Phase,
)
from tests.core.test_engine_agent import Desk, position_only

CALL = frozenset({Hold.CALL})


class Reader(Desk):
    """A person with a prompt on the screen at 20:00, who opens its page."""

    def __init__(self, *, guide: bool = True) -> None:
        made = position_only()
        kinds = tuple(replace(kind, guide=guide and kind.guide) for kind in made.kinds)
        super().__init__(replace(made, kinds=kinds))
        self.start(0, Facts(0.0))
        assert ["prompt"] == self.see(1200)
        self.shown(1200)

    @property
    def open(self) -> Episode:
        assert self.state.episode is not None
        return self.state.episode

    def page(self, at_s: float, how: Following) -> list[str]:
        """Let the page say something; it is alive for half a minute then."""
        number = self.state.episode.id if self.state.episode else 1
        return self.tell(Followed(self.at(at_s), number, how, at_s + 30.0))


def test_given_steps_on_a_page_when_they_are_followed_to_their_end_then_it_is_taken_once() -> None:
    """By the guide; what the page says after the end changes nothing."""
    desk = Reader()
    assert ["guide"] == desk.page(1210, Following.BEGUN)
    assert [] == desk.page(1235, Following.GOING)

    assert ["log"] == desk.page(1260, Following.ENDED)
    assert [] == desk.page(1261, Following.ENDED)
    assert [] == desk.page(1262, Following.BEGUN)
    assert [("position", Outcome.TAKEN)] == desk.ended


def test_given_a_page_that_is_paused_then_nothing_ends_before_its_own_end() -> None:
    """The break is as long as its steps, however long one pauses within the kind's patience."""
    desk = Reader()
    desk.page(1210, Following.BEGUN)
    assert [] == desk.page(1220, Following.PAUSED)
    assert [] == desk.see(1500)
    assert ["guide"] == desk.page(1600, Following.BEGUN)

    assert [] == desk.see(1625)
    assert ["log"] == desk.page(1626, Following.ENDED)
    assert [("position", Outcome.TAKEN)] == desk.ended


@pytest.mark.parametrize("how", [Following.BEGUN, Following.PAUSED])
def test_given_a_page_that_is_closed_then_that_is_no_answer_and_the_prompt_comes_back(
    how: Following,
) -> None:
    """At the next good moment, as a notification."""
    desk = Reader()
    assert ["guide"] == desk.page(1210, how)

    assert [] == desk.page(1220, Following.CLOSED)
    assert ["prompt"] == desk.see(1221)
    assert [] == desk.ended
    assert not desk.open.paged


def test_given_a_page_that_falls_silent_then_it_was_closed() -> None:
    """A browser that crashes says no goodbye; nobody followed the rest."""
    desk = Reader()
    desk.page(1210, Following.BEGUN)
    assert [] == desk.see(1239)

    assert ["prompt"] == desk.see(1241)
    assert [] == desk.page(1242, Following.GOING)
    assert [] == desk.page(1243, Following.ENDED)
    assert [] == desk.ended


def test_given_a_page_that_is_open_and_not_begun_then_the_prompt_waits_there_for_an_answer() -> (
    None
):
    """It takes the place of the notification; patience is that of the kind, from then on."""
    desk = Reader()
    assert ["guide"] == desk.page(1500, Following.PAUSED)
    assert (Phase.SHOWN, True) == (desk.open.phase, desk.open.paged)
    assert ["prompt"] == desk.see(1800)  # the reminder, five minutes later

    assert ["log", "mark"] == desk.see(2100)
    assert [("position", Outcome.MISSED)] == desk.ended


def test_given_a_call_that_begins_then_the_page_goes_on_for_itself_alone() -> None:
    """A hold takes the prompt from the page too; only a new beginning counts."""
    desk = Reader()
    desk.page(1210, Following.BEGUN)
    assert ["withdraw"] == desk.see(1220, holds=CALL)

    assert [] == desk.page(1230, Following.GOING)
    assert [] == desk.page(1235, Following.ENDED)
    assert [] == desk.page(1236, Following.CLOSED)
    assert [] == desk.page(1237, Following.PAUSED)
    assert Phase.WAITING is desk.open.phase
    assert ["guide"] == desk.page(1240, Following.BEGUN)
    assert ["log"] == desk.page(1269, Following.ENDED)


def test_given_a_locked_screen_then_no_page_is_followed() -> None:
    """Steps that nobody sees are no break."""
    desk = Reader()
    desk.page(1210, Following.BEGUN)
    assert ["withdraw"] == desk.see(1215, locked=True)

    assert [] == desk.page(1220, Following.BEGUN)
    assert Phase.WAITING is desk.open.phase


def test_given_a_kind_without_a_guide_then_its_page_counts_nothing() -> None:
    """The steps can be read; the answer is a button."""
    desk = Reader(guide=False)

    assert [] == desk.page(1210, Following.BEGUN)
    assert [] == desk.page(1240, Following.ENDED)
    assert Phase.SHOWN is desk.open.phase


def test_given_another_episode_then_what_a_page_says_of_it_changes_nothing() -> None:
    """A page may stay open for hours."""
    desk = Reader()

    assert [] == desk.tell(Followed(desk.at(1210), 77, Following.BEGUN, 1240.0))
    assert Phase.SHOWN is desk.open.phase


def test_given_a_postponed_prompt_then_looking_at_its_page_brings_nothing_back() -> None:
    """It comes when it was asked to; who wants it now begins."""
    desk = Reader()
    desk.tell(Answered(desk.at(1205), Choice.POSTPONE))

    assert [] == desk.page(1210, Following.PAUSED)
    assert Phase.POSTPONED is desk.open.phase
    assert ["guide"] == desk.page(1220, Following.BEGUN)


def test_given_a_page_then_a_question_by_a_command_shows_the_notification_again() -> None:
    """Who asks for it there wants to see it there."""
    desk = Reader()
    desk.page(1210, Following.BEGUN)

    assert ["guide"] == desk.tell(Answered(desk.at(1212), Choice.START))
    assert not desk.open.paged


def test_given_rest_while_the_page_shows_the_prompt_then_it_was_taken() -> None:
    """Who leaves instead of following the steps has a break as well."""
    desk = Reader()
    desk.page(1205, Following.PAUSED)

    assert [] == desk.see(1230, 20.0)
    assert ["log"] == desk.see(1275, 65.0)
    assert [("position", Outcome.TAKEN)] == desk.ended
