from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from deskbreak.core.settings import Layer, Origin, resolve
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.settings_text import as_file
from deskbreak.pages.own_data import brought
from deskbreak.storage import files
from deskbreak.storage.layers import Settings
from tests.pages.listening import listening
from tests.pages.looking import SIZES, picture, sideways, violations
from tests.test_cli_diary import live, weeks

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.pages.looking import Answer, Browser, Served

MINE = '# mine\nplan = "gentle"\n\n[person]\nhidden_prompts = ["P-ST-01"]\n'
OTHER = "plan = 'busy'\n[position]\ninterval_minutes = 25\n[eyes]\nenabled = 3\nspeed = 1\n"


@pytest.fixture
def file(home: object) -> Path:
    """The settings file of a person."""
    path = files.places().settings
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MINE, encoding="utf-8")
    return path


def send(served: Served, path: str, **fields: str) -> Answer:
    """Send a form of the page."""
    given = {"form_key": served.server.keys.form, **fields}
    return served.post(f"/settings/data/{path}", urlencode(given))


# ── settings ───────────────────────────────────────────────────────────────────────────────


def test_given_settings_when_they_are_exported_then_health_stays_unless_it_is_asked_for(
    served: Served, file: Path
) -> None:
    """As a file that is saved, not shown."""
    without = served.get("/settings/data/settings")
    whole = served.get("/settings/data/settings?person=yes")

    assert '# Settings of deskbreak.\n\nplan = "gentle"\n' == without.body
    assert '[person]\nhidden_prompts = ["P-ST-01"]' in whole.body
    assert 'filename="deskbreak-settings.toml"' in without.headers["content-disposition"]


def test_given_every_setting_when_it_is_exported_then_it_can_be_brought_in_again() -> None:
    """Nothing is lost, and nothing else comes along."""
    values = {key: one.default for key, one in SETTINGS.items()} | {"plan": "gentle"}
    found = brought(as_file(values, private=True), resolve([]), "file")

    assert () == tuple(found.notes)
    assert values == found.changes


def test_given_a_file_when_it_is_brought_then_it_is_shown_first(served: Served, file: Path) -> None:
    """What would change, what cannot be, and nothing is written yet."""
    body = send(served, "import", text=OTHER, do="look").body

    assert MINE == file.read_text(encoding="utf-8")
    assert "What this file would change" in body
    assert "<td>Gentle</td><td>Busy day</td>" in body
    assert "the file:5: eyes.enabled = 3 is not true or false" in body
    assert "unknown key eyes.speed" in body


def test_given_a_file_when_it_is_taken_over_then_the_rest_stays(served: Served, file: Path) -> None:
    """What it does not name, and comments."""
    answer = send(served, "import", text=OTHER, do="take")
    text = file.read_text(encoding="utf-8")

    assert answer.headers["location"].endswith("/settings/data?done=later")
    assert ("busy", 25) == (
        (found := Settings(file).load()).text("plan"),
        found.whole("position.interval_minutes"),
    )
    assert "# mine" in text
    assert "P-ST-01" in text


def test_given_a_file_with_massage_then_it_is_taken_over_only_by_who_has_read(
    served: Served, file: Path
) -> None:
    """There, too, its cautions are shown."""
    text = "[massage]\nenabled = true\n"
    shown = send(served, "import", text=text, do="look").body
    refused = send(served, "import", text=text, do="take").body
    before = file.read_text(encoding="utf-8")
    send(served, "import", text=text, do="take", massage_read="yes")

    assert "pregnancy: ask first" in shown
    assert "Please read when not to massage" in refused
    assert MINE == before
    assert Settings(file).load().flag("massage.enabled")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "There is nothing to import yet", id="nothing"),
        pytest.param("[plan", "is no TOML", id="no TOML"),
        pytest.param('plan = "gentle"\n', "<p>Nothing.</p>", id="nothing new"),
        pytest.param("#" * 65_537, "is larger than 64 kB", id="too large"),
        pytest.param("x = '<script>'", "unknown key x", id="markup"),
    ],
)
def test_given_a_file_of_no_use_then_it_is_said(
    served: Served, file: Path, text: str, expected: str
) -> None:
    """And nothing happens."""
    for do in ("look", "take"):
        body = send(served, "import", text=text, do=do).body

        assert expected in body
        assert "<script>" not in body
    assert MINE == file.read_text(encoding="utf-8")


def test_given_a_file_that_cannot_be_changed_then_it_says_why(served: Served, file: Path) -> None:
    """What was brought stays in its field."""
    file.chmod(0o400)
    body = send(served, "import", text=OTHER, do="take").body

    assert "is read-only" in body
    assert "interval_minutes = 25" in body


def test_given_what_an_organisation_has_set_then_it_is_left_out() -> None:
    """With its place."""
    locked = resolve([Layer(Origin.POLICY, "/etc/p.json", {"plan": "gentle"})])
    found = brought("plan = 'busy'\n", locked, "file")

    assert ({}, ["file:1: plan is set by your organisation (/etc/p.json)"]) == (
        found.changes,
        [str(one) for one in found.notes],
    )


# ── what was recorded ──────────────────────────────────────────────────────────────────────


def test_given_a_history_when_it_is_exported_then_it_is_what_the_command_prints(
    served: Served, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For programs and as a table, byte by byte."""
    from deskbreak import cli

    live(weeks(1))
    for name, flag in (("json", "--json"), ("csv", "--csv")):
        cli.main(["export", flag])
        printed = capsys.readouterr().out

        assert printed == served.get(f"/settings/data/records?as={name}").body
    assert "P-ST-01" not in served.get("/settings/data/records").body
    asked = json.loads(served.get("/settings/data/records?person=yes").body)
    assert ["P-ST-01"] == asked["settings"]["person.hidden_prompts"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"what": "all"}, "please say that you are sure", id="not sure"),
        pytest.param(
            {"what": "before", "sure": "yes", "before": "soon"},
            "please write a day as 2026-01-31",
            id="no day",
        ),
        pytest.param(
            {"what": "all", "sure": "yes"}, "deskbreak does not run", id="nobody to do it"
        ),
    ],
)
def test_given_what_cannot_be_erased_then_nothing_is_and_it_says_why(
    served: Served, file: Path, fields: dict[str, str], expected: str
) -> None:
    """Only the agent writes the history."""
    live(weeks(1))
    before = files.places().history.read_bytes()

    assert expected in send(served, "erase", **fields).body
    assert before == files.places().history.read_bytes()


def test_given_an_agent_when_something_is_erased_then_it_does_that(
    served: Served, file: Path
) -> None:
    """Everything, or what is before a day; what it says of the rest is shown."""
    with listening(problems=["a copy is left"]) as agent:
        body = send(served, "erase", what="all", before="2026-01-31", sure="yes").body
        send(served, "erase", what="before", before="2026-01-31", sure="yes")

    assert [("erase", ""), ("erase", "2026-01-31")] == agent.heard
    assert "It is erased." in body
    assert "a copy is left" in body


def test_given_an_agent_that_refuses_then_its_words_are_shown(served: Served, file: Path) -> None:
    """Nothing was erased then."""
    with listening(ok=False, error="the disk is full"):
        body = send(served, "erase", what="all", sure="yes").body

    assert "the disk is full" in body
    assert "It is erased." not in body


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_given_the_page_when_it_is_looked_at_then_axe_finds_nothing_and_it_fits(
    served: Served, browser: Browser, file: Path, scheme: str, size: str
) -> None:
    """With a file that was brought, and what it would change."""
    with browser.looks(served, "settings", scheme, size) as tab:
        _to_data(tab)
        tab.set_input_files(
            "#file-input",
            files={
                "name": "s.toml",
                "mimeType": "text/plain",
                "buffer": OTHER.encode() + b"[massage]\nenabled=true",
            },
        )
        tab.wait_for_selector("text=Show what it would change")
        with tab.expect_navigation():
            tab.click("text=Show what it would change")
        picture(tab, f"data-{scheme}-{size}")

        assert ([], 0) == (violations(tab), sideways(tab))
        assert "Busy day" in tab.inner_text("main")


def _to_data(tab: Page) -> None:
    with tab.expect_navigation():
        tab.click("text=Export, import, erase")
