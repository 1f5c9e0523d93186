"""What the running agent answers, from the menu and through the door."""

from __future__ import annotations

import gettext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.agent import findings
from deskbreak.agent.requests import doctor_reply
from deskbreak.core import managed
from deskbreak.core.managed import Document, Level, Scope
from deskbreak.core.model import Phase
from deskbreak.core.pack import Pack, Whose
from deskbreak.core.reports import Finding
from deskbreak.core.settings import resolve
from deskbreak.core.words import said
from deskbreak.storage.store import Store
from tests.fakes import Desk

if TYPE_CHECKING:
    from pathlib import Path

TO_A_PROMPT = ("20m work", "10s idle")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk on which nothing has happened yet."""
    return Desk(tmp_path)


def answers(desk: Desk, *acts: str | tuple[str, str]) -> list[dict[str, Any]]:
    """Play *acts*; a pair is a command and its argument. Return what was answered."""
    found: list[dict[str, Any]] = []

    def asking(name: str, argument: str) -> None:
        found.append(desk.ask(name, argument))

    desk.run(*(act if isinstance(act, str) else (lambda act=act: asking(*act)) for act in acts))
    return found


@pytest.mark.parametrize(
    ("acts", "usage", "told"),
    [
        pytest.param([("dance", "")], False, "does not know “dance”", id="unknown command"),
        pytest.param([("answer", "done")], False, "no prompt is open", id="nothing open"),
        pytest.param([("answer", "perhaps")], True, '"perhaps"', id="unknown answer"),
        pytest.param([("take", "lunch")], True, "unknown kind “lunch”", id="unknown kind"),
        pytest.param(["1m locked", ("take", "")], False, "session is locked", id="locked"),
        pytest.param([("resume", "")], False, "is not paused", id="not paused"),
        pytest.param([("reading", "")], False, "last ten minutes", id="nothing to undo"),
        pytest.param([("pause", "soon")], True, '"soon"', id="no time"),
        pytest.param([("pause", "until 25:00")], True, "25:00", id="no time of day"),
        pytest.param([("pause", "9000000h")], True, "longer than a year", id="too long"),
        pytest.param([("stats", "2026-W99")], True, "“2026-W99”", id="no week"),
        pytest.param(
            [*TO_A_PROMPT, *[("answer", "postpone")] * 3],
            False,
            "cannot be postponed again",
            id="postponed too often",
        ),
        pytest.param([("guide", "one begun")], True, "“one” is no number", id="no number"),
        pytest.param([("guide", "1 perhaps")], True, '"perhaps"', id="no word of a page"),
        pytest.param(
            [("take", "posture"), ("answer", "start")], False, "no steps to show", id="no steps"
        ),
    ],
)
def test_given_a_wish_that_cannot_be_when_it_comes_then_it_is_refused_in_words(
    desk: Desk, acts: list[str | tuple[str, str]], usage: bool, told: str
) -> None:
    """One sentence; the loop goes on as if nothing had been said."""
    reply = answers(desk, "1m work", *acts)[-1]

    assert (False, usage) == (reply["ok"], reply.get("usage", False))
    assert told in reply["error"]


def test_given_a_page_when_it_speaks_then_it_hears_which_prompt_is_open(desk: Desk) -> None:
    """The one open, in the page or not; what it says of another changes nothing."""
    replies = answers(
        desk,
        ("guide", ""),
        *TO_A_PROMPT,
        ("guide", ""),
        ("guide", "1 begun"),
        ("guide", "9 skip"),
        ("guide", "1 ended"),
        ("guide", "1 begun"),
    )

    found = [(one := reply["open"]) and (one["phase"], one["on_page"]) for reply in replies]
    assert [None, ("shown", False), *[("guided", True)] * 2, None, None] == found
    assert {"outcome": "taken", "by": "guide"} == replies[4]["ended"]
    assert [None, None] == [replies[n]["ended"] for n in (1, 3)]
    assert ("position", 1, 0) == tuple(
        replies[1]["open"][key] for key in ("kind", "episode", "postponed")
    )


def test_given_a_page_when_a_button_is_pressed_there_then_that_prompt_is_answered(
    desk: Desk,
) -> None:
    """By its number, so that no other prompt is hit."""
    replies = answers(desk, *TO_A_PROMPT, ("guide", "1 postpone"), ("guide", "1 done"))

    assert ["postponed", None] == [(one := x["open"]) and one["phase"] for x in replies]


def test_given_an_open_prompt_when_a_break_is_wanted_then_it_is_that_one(desk: Desk) -> None:
    """`take` alone means what comes next, or is there already; it is shown again."""
    replies = answers(desk, "1m work", ("take", ""), ("take", ""), ("answer", "done"))

    assert ["position", "position"] == [reply["kind"] for reply in replies[:2]]
    assert [(1, 1), (1, 2)] == [(view.episode, view.showing) for view in desk.delivery.shown]


def test_given_do_not_disturb_when_a_break_is_wanted_then_it_says_where_else_it_is(
    desk: Desk,
) -> None:
    """Who asked and sees nothing would think that it does not work."""
    (reply,) = answers(desk, "1m work dnd", ("take", "stretch"))

    assert "stretch" == reply["kind"]
    assert "do not disturb may hide it" in reply["line"]


def test_given_another_open_prompt_when_a_break_is_wanted_then_that_one_ends(desk: Desk) -> None:
    """One prompt at a time."""
    answers(desk, *TO_A_PROMPT, ("take", "stretch"), ("answer", "done"))

    assert [("position", "natural"), ("stretch", "taken")] == [
        (one.kind, one.outcome) for one in desk.rows()[1]
    ]


@pytest.mark.parametrize(
    ("argument", "until", "said_"),
    [
        ("", None, "you resume"),
        ("30m", "2026-03-02T09:31:00", "09:31"),
        ("until 14:00", "2026-03-02T14:00:00", "14:00"),
        ("until 08:00", "2026-03-03T08:00:00", "Tue 08:00"),
        ("tomorrow", "2026-03-03T04:00:00", "Tue 04:00"),
    ],
)
def test_given_a_pause_when_it_is_asked_for_then_its_end_is_told_in_local_time(
    desk: Desk, argument: str, until: str | None, said_: str
) -> None:
    """Also in the status, until it is ended."""
    paused, status, _, after = answers(
        desk, "1m work", ("pause", argument), ("status", ""), ("resume", ""), ("status", "")
    )

    assert {"ok": True, "until": until, "line": f"It is quiet until {said_}."} == paused
    assert ["paused"] == status["facts"]["holds"]
    assert (status["facts"]["paused_until"] or "").removesuffix("+01:00") == (until or "")
    assert [] == after["facts"]["holds"]


def test_given_a_rest_that_was_reading_when_that_is_said_then_it_never_happened(
    desk: Desk,
) -> None:
    """The natural break is struck, held time runs on, and the time was desk time."""
    before, undone, after = answers(
        desk, "15m work", "3m idle", "1m work", ("status", ""), ("reading", ""), ("status", "")
    )

    assert [("position", "natural")] == [
        (one["kind"], one["outcome"]) for one in before["facts"]["last"]
    ]
    assert before["facts"]["reading"]
    assert {"ok": True} == undone
    assert [] == after["facts"]["last"]
    held = {kind["kind"]: kind["held_seconds"] for kind in after["facts"]["kinds"]}
    assert 19 * 60 == held["position"]
    assert ([], {"desk"}) == (desk.rows()[1], {span.presence for span in desk.rows()[0]})


def test_given_a_choice_in_the_menu_when_it_sets_something_then_a_process_of_its_own_writes_it(
    desk: Desk,
) -> None:
    """The agent itself never writes settings."""
    answers(desk, "1m work", ("set", "position.interval_minutes=15"))

    assert [("position.interval_minutes", "15")] == desk.outside.settings
    assert not desk.file.exists()


def test_given_the_week_when_it_is_asked_for_then_what_is_open_counts_until_now(
    desk: Desk,
) -> None:
    """This week with the one before; another week by its name; the same in three forms."""
    now, other = answers(desk, "20m work", ("stats", ""), ("stats", "2026-W09"))

    assert ("2026-W10", "2026-W09") == (now["facts"]["week"], other["facts"]["week"])
    assert 1200 == now["facts"]["total"]["desk_seconds"]
    assert 0 == other["facts"]["total"]["desk_seconds"]
    assert now["lines"][0] == "Week 2026-W10"
    assert 8 == len(now["table"])


def test_given_a_postponed_prompt_when_it_is_answered_then_that_counts(desk: Desk) -> None:
    """It waits, but it is open."""
    status, _ = answers(
        desk, *TO_A_PROMPT, ("answer", "postpone"), "1m work", ("status", ""), ("answer", "done")
    )[1:]

    assert Phase.POSTPONED.value == status["facts"]["open"]["phase"]
    assert ["taken"] == [one.outcome for one in desk.rows()[1]]


def test_given_trouble_with_files_when_the_doctor_answers_then_each_is_a_finding() -> None:
    """Parts of the desktop first, then our files, one finding for each cause."""
    words = gettext.NullTranslations()
    parts = (Finding("idle", "x11", ok=True),)
    door = Finding("door", "deskbreak 1", ok=True)
    fine = resolve([])
    broken = replace(fine, problems=(said("one"),))
    well = doctor_reply(
        (*parts, door), fine, Pack("en"), (Finding("history", "SQLite", ok=True),), words
    )
    faulty = Pack("en", problems=(said("two"),), whose={"X-1": Whose.OWN})
    history = Finding("history", "SQLite", ok=False, why=said("three"))
    ill = doctor_reply((*parts, door), broken, faulty, (history,), words)

    assert (False, True) == (well["problems"], ill["problems"])
    assert [("idle", True), ("door", True), ("settings", True), ("history", True)] == [
        (one["name"], one["ok"]) for one in well["facts"]["findings"]
    ]
    assert [
        ("settings", "settings.toml", "one"),
        ("packs", "1 prompt added", "two"),
        ("history", "SQLite", "three"),
    ] == [(one["name"], one["chosen"], one["why"]) for one in ill["facts"]["findings"][2:]]


def test_given_packs_of_others_when_the_doctor_answers_then_they_are_counted() -> None:
    """Of the built-in ones alone nobody needs to hear."""
    words = gettext.NullTranslations()
    pack = Pack("en", whose={"X-1": Whose.ORGANISATION, "X-2": Whose.OWN})
    made = doctor_reply((Finding("door", "deskbreak 1", ok=True),), resolve([]), pack, (), words)

    found = {one["name"]: (one["ok"], one["chosen"]) for one in made["facts"]["findings"]}
    assert (True, "2 prompts added") == found["packs"]
    assert "Texts of the prompts: ok (2 prompts added)" in made["lines"]


def test_given_a_history_then_the_doctor_says_what_is_wrong_with_it_or_what_there_is_to_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network drive is no problem, and worth a sentence; a problem is said before it."""
    path = tmp_path / "history.db"
    monkeypatch.setattr("deskbreak.storage.place.network", lambda _path: "nfs4")
    with Store.open(path) as store:
        far = findings.of_history(store)
    path.write_bytes(b"nonsense")
    with Store.open(path, read_only=True) as store:
        (ill,) = findings.of_history(store)

    assert [True] == [one.ok and "network drive (nfs4)" in str(one.why) for one in far]
    assert (False, True) == (ill.ok, "is damaged" in str(ill.why))


def test_given_a_policy_when_the_doctor_answers_then_it_is_a_finding() -> None:
    """With who set it, or with what is wrong with it; without any it is none."""
    words = gettext.NullTranslations()
    door = Finding("door", "deskbreak 1", ok=True)

    def told(**values: object) -> dict[str, Any]:
        document = Document("10.json", Level.MANDATORY, Scope.MACHINE, values)
        made = doctor_reply((door,), managed.under([document], []), Pack("en"), (), words)
        return {one["name"]: (one["chosen"], one["why"]) for one in made["facts"]["findings"]}

    assert ("Example Ltd", None) == told(plan="gentle", organisation={"name": "Example Ltd"})[
        "policy"
    ]
    assert ("settings.toml", None) == told(plan="x")["settings"]
    assert "10.json: plan = " in str(told(plan="x")["policy"][1])
    assert "policy" not in told()


@pytest.mark.parametrize(
    ("wish", "notices"),
    [
        pytest.param("show", [("", "")], id="a second start"),
        pytest.param("show stats", [("stats", "")], id="statistics"),
        pytest.param("pause 30m", [("", "")], id="pause"),
        pytest.param("resume", [("", "deskbreak is not paused")], id="nothing to resume"),
        pytest.param("take", [], id="a break shows itself"),
    ],
)
def test_given_a_wish_from_a_menu_of_programs_then_what_became_of_it_is_shown(
    desk: Desk, wish: str, notices: list[tuple[str, str]]
) -> None:
    """Nobody there reads a terminal."""
    (reply,) = answers(desk, "8m work", ("launched", wish))

    assert reply["ok"]
    assert notices == desk.outside.notices


def test_given_a_browser_when_a_page_is_asked_for_then_it_is_opened(desk: Desk) -> None:
    """From the menu, and from an entry in a menu of programs, which else gets what can be shown."""
    desk.outside.has_pages = True
    replies = answers(desk, "1m work", ("open", "stats"), ("launched", "open settings"))

    assert [True, True] == [reply["ok"] for reply in replies]
    assert [("stats", None), ("settings", None)] == desk.outside.opened
    assert [] == desk.outside.notices


def test_given_no_browser_when_a_page_is_asked_for_then_it_is_refused_or_replaced(
    desk: Desk,
) -> None:
    """Who chose it in a menu of programs reads no terminal: a notification says what it can."""
    replies = answers(
        desk,
        "1m work",
        ("open", "stats"),
        ("open", "dance"),
        ("launched", "open settings"),
        ("launched", "open stats"),
    )

    assert [False, False, True, True] == [reply["ok"] for reply in replies]
    assert "nothing was found here that could show a page" == replies[0]["error"]
    assert replies[1]["usage"]
    assert [("settings", ""), ("stats", "")] == desk.outside.notices
    assert [] == desk.outside.opened
