from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from deskbreak.core.managed import Document, Level, Scope
from deskbreak.pages.desk import Desk
from deskbreak.pages.settings_form import seen
from deskbreak.storage import files
from deskbreak.storage.layers import Settings
from deskbreak.storage.policies import Policies
from tests.pages.listening import listening
from tests.pages.looking import SIZES, Served, picture, serve, sideways, violations
from tests.test_cli_diary import MONDAY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.pages.looking import Answer, Browser

POSITION = "position.interval_minutes"
MINE = "# mine\n[position]\ninterval_minutes = 25  # as I like it\n"
POLICY = Document(
    "/etc/deskbreak/policies/managed/example.json",
    Level.MANDATORY,
    Scope.MACHINE,
    {
        "organisation": {"name": "Example", "contact": "help@example.org"},
        "stretch": {"interval_minutes": 45},
        "holds": {"call": True},
        "working_hours": {"enabled": True, "monday": ["09:00-17:00"]},
        "bounds": {
            "posture.interval_minutes": {"low": 60, "high": 120},
            "plan": {"choices": ["standard", "gentle", "seated"]},
        },
    },
)


@pytest.fixture
def file(home: object) -> Path:
    """The settings file of a person."""
    path = files.places().settings
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MINE, encoding="utf-8")
    return path


@contextmanager
def serving(*documents: Document) -> Iterator[Served]:
    """Serve the pages of somebody in an organisation that has set *documents*."""
    places = files.places()
    policies = Policies(places.policy_copy, lambda: documents, lambda: documents)
    desk = Desk(places, lambda: MONDAY, Settings(places.settings, policies))
    with serve(desk) as served:
        yield served


def send(served: Served, path: str = "/settings", **fields: str) -> Answer:
    """Send a form with *fields*, of a page that was just opened; `__` stands for the dot."""
    named = {key.replace("__", "."): value for key, value in fields.items()}
    before = Settings(files.places().settings).load()
    given = {"form_key": served.server.keys.form, "seen": seen(before), **named}
    return served.post(path, urlencode(given))


# ── saving ─────────────────────────────────────────────────────────────────────────────────


def test_given_values_when_they_are_saved_then_the_file_keeps_everything_else(
    served: Served, file: Path
) -> None:
    """Comments, order and what was not touched; and it is said when it is in force."""
    answer = send(served, position__interval_minutes="30", plan="gentle", prompts__sound="true")
    text = file.read_text(encoding="utf-8")
    after = served.get("/settings?done=later").body

    assert (303, True) == (answer.status, answer.headers["location"].endswith("?done=later"))
    assert "# mine" in text
    assert "interval_minutes = 30  # as I like it" in text
    assert "deskbreak does not run; it is in force when it starts." in after
    assert ("gentle", True) == (
        (found := Settings(file).load()).text("plan"),
        found.flag("prompts.sound"),
    )


def test_given_an_agent_when_settings_are_saved_then_it_is_told(served: Served, file: Path) -> None:
    """Once for each change of the file."""
    with listening() as agent:
        answer = send(served, position__interval_minutes="30", stretch__interval_minutes="45")
        send(served, undo=POSITION)

    assert [("reload", "")] * 2 == agent.heard
    assert answer.headers["location"].endswith("?done=told")
    assert "It is in force now." in served.get("/settings?done=told").body


def test_given_one_wrong_value_then_nothing_is_saved_and_nothing_typed_is_lost(
    served: Served, file: Path
) -> None:
    """The wrong value and the right ones stand where they were typed."""
    answer = send(served, position__interval_minutes="5", stretch__interval_minutes="45")

    assert MINE == file.read_text(encoding="utf-8")
    assert "5 is not between 10 and 60." in answer.body
    assert 'name="position.interval_minutes" class="short" value="5"' in answer.body
    assert 'name="stretch.interval_minutes" class="short" value="45"' in answer.body
    assert '<a href="#row.position.interval_minutes">Change position: How often</a>' in answer.body


def test_given_a_value_of_ones_own_when_it_is_undone_then_the_rest_stays_typed(
    served: Served, file: Path
) -> None:
    """Only that one changes, in the file; what else was typed is not saved, and not lost."""
    answer = send(served, undo=POSITION, stretch__interval_minutes="45")

    assert "interval_minutes" not in file.read_text(encoding="utf-8")
    assert "“Change position: How often” is as it was before you set it." in answer.body
    assert 'name="stretch.interval_minutes" class="short" value="45"' in answer.body


def test_given_no_script_when_it_is_asked_what_it_would_be_like_then_the_page_says_so(
    served: Served, file: Path
) -> None:
    """With what was typed, and without a change."""
    answer = send(served, do="preview", position__interval_minutes="60")

    assert MINE == file.read_text(encoding="utf-8")
    assert 'name="position.interval_minutes" class="short" value="60"' in answer.body
    assert "Prompts a day" in answer.body


def test_given_nothing_new_then_that_is_said(served: Served, file: Path) -> None:
    """Whoever presses Save wants to hear something."""
    answer = send(served)

    assert answer.headers["location"].endswith("?done=nothing")
    assert "Nothing was changed." in served.get("/settings?done=nothing").body


def test_given_a_file_that_cannot_be_changed_then_it_says_why_and_nothing_is_lost(
    served: Served, file: Path
) -> None:
    """A file that is read-only is refused with words, and the value stays in its field."""
    file.chmod(0o400)
    answer = send(served, position__interval_minutes="30")
    undone = send(served, undo=POSITION)

    assert "Nothing was saved: " in answer.body
    assert "is read-only" in answer.body
    assert 'name="position.interval_minutes" class="short" value="30"' in answer.body
    assert "is read-only" in undone.body


def test_given_a_broken_file_then_the_page_says_what_is_wrong(served: Served, file: Path) -> None:
    """And shows what is in force meanwhile."""
    file.write_text("[position\n", encoding="utf-8")

    assert "is no TOML" in served.get("/settings").body


def test_given_an_unknown_key_when_it_is_undone_then_nothing_happens(
    served: Served, file: Path
) -> None:
    """No page of ours sends one."""
    assert "unknown key" in send(served, undo="position.speed").body
    assert MINE == file.read_text(encoding="utf-8")


def test_given_a_form_of_nobody_then_it_changes_nothing(served: Served, file: Path) -> None:
    """It lacks what only our own page puts into it."""
    for path in ("/settings", "/settings/preview"):
        assert 403 == served.post(path, urlencode({"plan": "busy"})).status
    assert MINE == file.read_text(encoding="utf-8")


def test_given_an_organisation_then_what_it_has_set_cannot_be_changed(file: Path) -> None:
    """Whatever is sent."""
    with serving(POLICY) as served:
        page = served.get("/settings").body
        answer = send(served, stretch__interval_minutes="90", posture__interval_minutes="240")

    assert MINE == file.read_text(encoding="utf-8")
    assert "Set by Example; you cannot change it here." in page
    assert "Ask help@example.org." in page
    assert "Not allowed by Example; only 60..120." in answer.body


def test_given_massage_then_its_cautions_stand_where_it_is_switched_on(
    served: Served, file: Path
) -> None:
    """Without the box under them it stays off."""
    page = served.get("/settings").body
    send(served, massage__enabled="true")
    before = file.read_text(encoding="utf-8")
    send(served, massage__enabled="true", massage_read="yes")

    assert page.index("pregnancy: ask first") < page.index('id="massage.enabled"')
    assert MINE == before
    assert Settings(file).load().flag("massage.enabled")


def test_given_a_value_while_it_is_typed_then_the_week_and_the_faults_come_back(
    served: Served, file: Path
) -> None:
    """And what a plan would bring along, for fields that nobody has touched."""
    answer = send(served, "/settings/preview", plan="gentle", posture__interval_minutes="5")
    found = json.loads(answer.body)

    assert MINE == file.read_text(encoding="utf-8")
    assert {"posture.interval_minutes": "5 is not between 20 and 240."} == found["faults"]
    assert ("90", "25") == (
        found["values"]["stretch.interval_minutes"],
        found["values"][POSITION],
    )
    assert "<svg" in found["html"]


# ── in a browser ───────────────────────────────────────────────────────────────────────────


def type_into(tab: Page, key: str, text: str) -> None:
    """Type *text* into the field of *key*."""
    tab.fill(f"[id='{key}']", text)


def value_of(tab: Page, key: str) -> str:
    """Return what stands in the field of *key*."""
    return str(tab.input_value(f"[id='{key}']"))


def test_given_a_browser_when_a_plan_is_chosen_then_untouched_fields_follow_and_all_is_saved(
    served: Served, browser: Browser, file: Path
) -> None:
    """What the person typed stays; only what they chose is written."""
    with browser.looks(served, "settings") as tab:
        type_into(tab, "stretch.interval_minutes", "50")
        tab.check("input[name=plan][value=busy]")
        tab.wait_for_selector("[id='posture.enabled']:not(:checked)")
        shown = value_of(tab, POSITION), value_of(tab, "stretch.interval_minutes")
        count = tab.inner_text("#unsaved")
        with tab.expect_navigation():
            tab.click(".savebar .main")
        note = tab.inner_text("main .note:not([hidden])")

    found = Settings(file).load()
    assert (("25", "50"), "2 changes are not saved yet") == (shown, count)
    assert note.startswith("Saved.")
    assert ("busy", 50) == (found.text("plan"), found.whole("stretch.interval_minutes"))
    assert not found.flag("posture.enabled")
    assert "posture" not in file.read_text(encoding="utf-8")


def test_given_a_small_screen_when_a_value_is_typed_then_its_figure_is_in_sight(
    served: Served, browser: Browser
) -> None:
    """Beside the button that saves it, for the picture lies further up."""
    with browser.looks(served, "settings", size="phone") as tab:
        before = tab.inner_text(".brief strong")
        type_into(tab, POSITION, "60")
        tab.wait_for_selector(f".brief strong:not(:text-is('{before}'))")
        shown = tab.inner_text("#preview .figures strong"), tab.locator(".brief").bounding_box()

    assert shown[0] != before
    assert shown[1] is not None
    assert shown[1]["y"] < 800


def test_given_a_word_when_it_is_looked_for_then_only_what_has_it_is_left(
    served: Served, browser: Browser
) -> None:
    """In names, helps, and keys, also among what is folded away."""
    with browser.looks(served, "settings") as tab:
        tab.fill("#find", "postponing stretch")
        one = tab.locator(".row:visible").count()
        tab.fill("#find", "no such thing")
        nothing = tab.inner_text("#found"), tab.locator(".row:visible").count()
        tab.fill("#find", "")
        everything = tab.locator(".row:visible").count()

    assert (1, ("Nothing found", 0)) == (one, nothing)
    assert everything > 30


def test_given_keys_alone_when_a_value_is_changed_then_it_is_saved(
    served: Served, browser: Browser, file: Path
) -> None:
    """Arrows count up and down, Enter saves."""
    with browser.looks(served, "settings") as tab:
        tab.focus(f"[id='{POSITION}']")
        tab.keyboard.press("ArrowUp")
        tab.keyboard.press("ArrowUp")
        with tab.expect_navigation():
            tab.keyboard.press("Enter")

    assert 27 == Settings(file).load().whole(POSITION)


def test_given_a_browser_without_scripts_then_a_form_is_saved_as_well(
    served: Served, browser: Browser, file: Path
) -> None:
    """The forms of a browser come with a word of where they are from."""
    context = browser._chromium.new_context(java_script_enabled=False)
    try:
        tab = context.new_page()
        tab.goto(served.server.way_in("settings").as_uri())
        tab.wait_for_selector("main")
        type_into(tab, POSITION, "30")
        with tab.expect_navigation():
            tab.click("text=Show what this would be like")
        typed = value_of(tab, POSITION)
        with tab.expect_navigation():
            tab.click(".savebar .main")
    finally:
        context.close()

    assert ("30", 30) == (typed, Settings(file).load().whole(POSITION))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_given_locks_and_errors_when_the_page_is_looked_at_then_axe_finds_nothing_and_it_fits(
    browser: Browser, file: Path, scheme: str, size: str
) -> None:
    """Also with everything unfolded."""
    with serving(POLICY) as served, browser.looks(served, "settings", scheme, size) as tab:
        type_into(tab, POSITION, "5")
        type_into(tab, "posture.interval_minutes", "240")
        tab.check("[id='massage.enabled']")
        with tab.expect_navigation():
            tab.click(".savebar .main")
        picture(tab, f"settings-errors-{scheme}-{size}")
        tab.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")

        assert ([], 0) == (violations(tab), sideways(tab))
        assert 3 == tab.locator(".wrong:visible").count()
