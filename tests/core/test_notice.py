from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deskbreak.core import notice
from deskbreak.core.model import Command
from deskbreak.core.notice import Notice, Wish
from deskbreak.core.stats import week
from tests.core.scenes import ENGLISH, MONDAY, Scene, german, scene

if TYPE_CHECKING:
    from collections.abc import Callable

TAKE = Wish(Command("take"), "Take a break now")
PAUSE = Wish(Command("pause", "30m"), "Pause for 30 minutes")


def said(of: Scene, describe: Callable[..., Notice]) -> Notice:
    """Return what a notice says."""
    return describe(of.snap(), of.now, ENGLISH)


def test_given_no_tray_when_something_stands_in_then_nothing_in_it_ages() -> None:
    """It lies there all day, and says the same at each hour."""
    morning, noon = (said(scene(line), notice.stand_in) for line in ("1m work", "3h work"))

    assert "deskbreak is running" == morning.title
    assert "Click to see what is next, to pause, or to take a break." == morning.body
    assert morning == noon
    assert (PAUSE, TAKE) == morning.wishes


@pytest.mark.parametrize(
    ("lines", "title", "first"),
    [
        pytest.param(("8m work",), "Change position in 12 min", PAUSE, id="at work"),
        pytest.param(
            ("8m work", "pause 30m"),
            "Quiet: paused until 09:38",
            Wish(Command("resume"), "Resume"),
            id="paused",
        ),
    ],
)
def test_given_a_question_then_the_notice_says_how_things_stand_and_when(
    lines: tuple[str, ...], title: str, first: Wish
) -> None:
    """With a button for what is possible then."""
    asked, once = (said(scene(*lines), what) for what in (notice.asked, notice.once))

    assert (title, "As of 09:08.") == (asked.title, asked.body)
    assert (first, TAKE) == asked.wishes
    assert (title, asked.wishes) == (once.title, once.wishes)
    assert (
        "The icon in the panel has the menu; on some desktops the right mouse button opens it."
        == once.body
    )


def test_given_a_wish_that_was_refused_then_the_notice_says_why() -> None:
    """Who chose it in a menu sees no terminal."""
    at = scene("8m work")
    told = notice.refused(at.snap(), at.now, ENGLISH, "deskbreak is not paused")

    assert Notice("Change position in 12 min", "deskbreak is not paused", (PAUSE, TAKE)) == told


def test_given_an_end_that_nobody_asked_for_then_the_notice_has_no_buttons() -> None:
    """Nobody would be there to hear of them."""
    at = scene("8m work")
    told = notice.ended(at.snap(), at.now, ENGLISH, "Something went wrong.")

    assert Notice("deskbreak has ended.", "Something went wrong.") == told


def test_given_german_then_the_notice_speaks_it_to_the_last_button() -> None:
    """The number of minutes has its own form."""
    at = scene("8m work")
    told = notice.stand_in(at.snap(), at.now, german())

    assert "Anklicken: was als Nächstes kommt, Ruhe oder eine Pause." == told.body
    assert "30 Minuten Ruhe" == told.wishes[0].label


def test_given_a_prompt_then_the_notice_knows_whether_it_is_on_the_screen() -> None:
    """A postponed one is not, and before the first there is none."""
    shown = [
        notice.is_prompted(at.snap(), at.now, ENGLISH)
        for at in (
            scene("8m work"),
            scene("20m work", "10s idle"),
            scene("20m work", "10s idle", "answer postpone"),
        )
    ]

    assert [False, True, False] == shown


def test_given_a_week_then_the_notice_has_its_sum_and_that_of_the_one_before() -> None:
    """Or says that there is none yet."""
    at = scene("8m work")
    none = notice.week(replace(at.snap(), week=None), at.now, ENGLISH)
    known = replace(at.snap(), week=week((), MONDAY.date(), (), first_weekday=0))
    told = notice.week(known, at.now, ENGLISH)

    assert Notice("This week", "Nothing is known of it yet.") == none
    assert Notice("Statistics", "This week: nothing\nThe week before: nothing") == told
