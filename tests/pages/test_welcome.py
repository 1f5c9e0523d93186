"""The first run: skipped, filled in, filled in wrongly, and where others have decided."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from deskbreak.core.settings import Origin
from deskbreak.pages.app import FORM_KEY
from deskbreak.storage import autostart, files
from deskbreak.storage.layers import Settings
from tests.pages.answering import agent
from tests.pages.looking import picture, violations
from tests.pages.test_settings_page import POLICY, serving

if TYPE_CHECKING:
    from pathlib import Path

    from deskbreak.core.settings import Resolved
    from tests.pages.looking import Answer, Browser, Served

    Field = tuple[str, str]

NOTHING: list[Field] = [
    ("plan", "standard"),
    ("hours", "all"),
    *(("days", day) for day in ("monday", "tuesday", "wednesday", "thursday", "friday")),
    ("start", "09:00"),
    ("end", "17:00"),
]


def send(served: Served, *fields: Field, button: str = "save") -> Answer:
    """Send the form as a browser does."""
    every = [(FORM_KEY, served.server.keys.form), *fields, (button, "yes")]
    return served.post("/welcome", urlencode(every))


def own(resolved: Resolved) -> dict[str, object]:
    """Return what the person has set."""
    return {
        key: value
        for layer in resolved.layers
        if layer.origin is Origin.USER
        for key, value in layer.values.items()
    }


def settings() -> Settings:
    """Return the way to the settings of the person of this test."""
    return Settings.of(files.places())


@pytest.mark.parametrize("button", ["skip", "save"])
def test_given_nothing_said_then_nothing_is_written(served: Served, button: str) -> None:
    """Who skips has the defaults, and a file of their own only when there is something in it."""
    answer = send(served, *NOTHING, button=button)

    assert 200 == answer.status
    assert "You are all set" in answer.body
    assert not files.places().settings.exists()


def test_given_answers_then_those_that_differ_are_written_and_the_agent_is_told(
    served: Served, tmp_path: Path
) -> None:
    """With one write; what was left as it is stays the default."""
    said = [
        ("plan", "gentle"),
        ("person", "person.discreet_only"),
        ("person.equipment", "wall"),
        ("person.equipment", "ball"),
        ("person.avoid", "sciatica"),
        ("hours", "some"),
        ("days", "monday"),
        ("days", "saturday"),
        ("start", "22:00"),
        ("end", "6:00"),
    ]
    with agent(tmp_path) as running:
        answer = send(served, *said)

        assert ["reload"] == running.said
    assert "<li>Change position: Every 30 min</li><li>Stretch: Every 90 min</li>" in answer.body
    assert {
        "plan": "gentle",
        "person.discreet_only": True,
        "person.equipment": ("wall", "ball"),
        "person.avoid": ("sciatica",),
        "working_hours.enabled": True,
        **{f"working_hours.{day}": ("22:00-06:00",) for day in ("monday", "saturday")},
        **{
            f"working_hours.{day}": ()
            for day in ("tuesday", "wednesday", "thursday", "friday", "sunday")
        },
    } == own(settings().load())


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([("hours", "some"), ("start", "09:00"), ("end", "17:00")], "at least one day"),
        ([("hours", "some"), ("days", "friday"), ("start", ""), ("end", "17:00")], "both times"),
        ([("hours", "some"), ("days", "friday"), ("start", "9"), ("end", "9")], "both times"),
        ([("plan", "heroic")], "plan"),
    ],
)
def test_given_something_wrong_then_it_is_said_at_its_place_and_nothing_is_lost(
    served: Served, said: list[Field], told: str
) -> None:
    """Nothing is written either."""
    answer = send(served, ("person.avoid", "pregnancy"), *said)

    assert "Nothing is saved yet" in answer.body
    assert told in answer.body
    assert 'value="pregnancy" checked' in answer.body
    assert not files.places().settings.exists()


def test_given_hours_of_single_days_then_the_page_leaves_them_alone(served: Served) -> None:
    """They say more than it could."""
    settings().set("working_hours.monday", "09:00-12:00, 13:00-17:00")
    body = served.get("/welcome").body
    send(served, ("plan", "standard"))

    assert "You have set hours of your own" in body
    assert {"working_hours.monday": ("09:00-12:00", "13:00-17:00")} == own(settings().load())


def test_given_one_range_then_the_page_shows_it_as_it_is(served: Served) -> None:
    """A second look at the first page finds what was said at the first."""
    for day in ("monday", "sunday"):
        settings().set(f"working_hours.{day}", "08:30-16:00")
    settings().set("working_hours.enabled", "true")
    body = served.get("/welcome").body

    assert 'name="start" value="08:30"' in body
    assert 'value="sunday" checked' in body
    assert 'value="tuesday" checked' not in body
    assert 'value="some" checked' in body


def test_given_the_start_at_login_then_it_is_switched_both_ways(served: Served) -> None:
    """Where it cannot be, the page says why."""
    first = send(served, *NOTHING, ("starts", "on"))
    if not autostart.state().enabled:  # nothing here could be started
        assert 'class="wrong"' in first.body
        return
    send(served, *NOTHING)

    assert not autostart.state().enabled


def test_given_an_organisation_then_what_it_has_set_is_said_and_left_alone(
    browser: Browser,
) -> None:
    """Plans that it does not allow are not offered; the rest is the person's own."""
    with serving(POLICY) as served:
        body = served.get("/welcome").body
        answer = send(served, ("plan", "heroic"), ("person", "person.seated_only"))
        refused = send(served, ("plan", "busy"))
        with browser.looks(served, "welcome", "dark") as tab:
            picture(tab, "welcome-locked")

            assert [] == violations(tab)

    assert "Set by Example." in body
    assert 'name="hours"' not in body
    assert 'value="gentle"' in body
    assert 'value="busy"' not in body
    assert "Nothing is saved yet" in answer.body
    assert "is not allowed by" in refused.body
    assert not files.places().settings.exists()


def test_given_the_page_when_it_is_filled_in_by_keys_then_it_is_saved(
    served: Served, browser: Browser
) -> None:
    """From end to end, and what is wrong is found at once."""
    with browser.looks(served, "welcome", still=True) as tab:
        tab.focus("[value=standard]")
        tab.keyboard.press("ArrowDown")
        tab.focus("[name=hours][value=all]")
        tab.keyboard.press("ArrowRight")
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday"):
            tab.focus(f"[value={day}]")
            tab.keyboard.press("Space")
        tab.focus("[name=save]")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("#wrong-days")
        picture(tab, "welcome-wrong")
        assert [] == violations(tab)
        assert tab.is_checked("[value=fifteen]")
        tab.check("[value=monday]")
        tab.focus("[name=save]")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("text=You are all set")
        picture(tab, "welcome-ready")

        assert [] == violations(tab)
    assert "fifteen" == settings().load().text("plan")
