from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskbreak.core import labels, outlook, timeline
from deskbreak.core.model import (
    By,
    Choice,
    Command,
    Hold,
    Icon,
    MenuEntry,
    Outcome,
    Phase,
    Presence,
    Prompt,
    Undelivered,
)
from deskbreak.core.outlook import Nothing
from deskbreak.core.pack import Pack
from deskbreak.core.views import coming_line, guide_view, headline, prompt_view, tray_view
from deskbreak.core.words import N_, said
from tests.core.scenes import ENGLISH, Scene, german, scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.model import Episode, Moment, TrayView
    from deskbreak.core.words import Words

HOURS = {"working_hours.enabled": True, "working_hours.monday": ["09:00-12:00", "13:00-17:00"]}


def view(scene: Scene, words: Words = ENGLISH, **changes: object) -> TrayView:
    """Return what the tray draws."""
    return tray_view(scene.snap(**changes), scene.now, words)


def entry(of: TrayView, *keys: str) -> MenuEntry:
    """Return the line of the menu that *keys* lead to."""
    found, children = None, of.menu
    for key in keys:
        found = next(one for one in children if one.key == key)
        children = found.children
    assert found is not None
    return found


def keys(entries: tuple[MenuEntry, ...]) -> list[str]:
    """Return what the lines are known by."""
    return [one.key for one in entries]


def labels_of(entries: tuple[MenuEntry, ...]) -> list[str]:
    """Return what the lines say."""
    return [one.label for one in entries]


def marked(one: MenuEntry) -> str:
    """Write a line as it looks: what is chosen, what is grey."""
    mark = {None: "", True: "(x) ", False: "( ) "}[one.checked]
    return f"{mark}{one.label or '--'}{'' if one.enabled else ' [grey]'}"


def without_prompt_text(scene: Scene) -> Scene:
    """Take all texts away, as a pack does that cannot be read any more."""
    scene.pack = Pack("en")
    return scene


# ── the first line and the icon ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lines", "user", "line", "icon"),
    [
        pytest.param(("8m work",), {}, "Change position in 12 min", Icon.WORKING, id="working"),
        pytest.param(
            ("19m29s work",), {}, "Change position in 1 min", Icon.WORKING, id="31 s before"
        ),
        pytest.param(
            ("19m30s work",), {}, "Change position in 1 min", Icon.DUE, id="notice of 30 s"
        ),
        pytest.param(
            ("19m31s work",), {}, "Change position in less than a minute", Icon.DUE, id="29 s"
        ),
        pytest.param(
            ("19m59s work",), {}, "Change position in less than a minute", Icon.DUE, id="1 s"
        ),
        pytest.param(
            ("20m work",),
            {},
            "Change position at the next good moment",
            Icon.DUE,
            id="due this moment",
        ),
        pytest.param(
            ("21m work",),
            {},
            "Change position at the next good moment",
            Icon.DUE,
            id="due, busy typing",
        ),
        pytest.param(
            ("20m work", "6s idle"),
            {},
            "Change position: Stand up",
            Icon.DUE,
            id="prompt on the screen",
        ),
        pytest.param(
            ("20m work", "6s idle", "answer postpone", "1m work"),
            {},
            "Change position in 4 min",
            Icon.WORKING,
            id="postponed",
        ),
        pytest.param(
            ("20m work", "6s idle", "answer start"),
            {},
            "Change position: Stand up",
            Icon.DUE,
            id="with its guide",
        ),
        pytest.param(
            ("10m work", "10m work call"),
            {},
            "Quiet: microphone or camera in use",
            Icon.WORKING,
            id="call",
        ),
        pytest.param(
            ("10m work", "10m work call"),
            HOURS,
            "Quiet: microphone or camera in use",
            Icon.WORKING,
            id="call in working hours",
        ),
        pytest.param(
            ("10m work", "1h10m work call"),
            {},
            "Change position is due; quiet: microphone or camera in use",
            Icon.DUE,
            id="call that goes on",
        ),
        pytest.param(
            ("1s work", "pause 30m"), {}, "Quiet: paused until 09:30", Icon.PAUSED, id="pause"
        ),
        pytest.param(
            ("1s work", "pause"),
            {},
            "Quiet: paused until you resume",
            Icon.PAUSED,
            id="pause without end",
        ),
        pytest.param(
            ("1s work", "pause tomorrow"),
            {},
            "Quiet: paused until Tue 04:00",
            Icon.PAUSED,
            id="pause until tomorrow",
        ),
        pytest.param(
            ("1s work", "pause until 14:00", "2m work call"),
            {},
            "Quiet: microphone or camera in use",
            Icon.PAUSED,
            id="the first of two reasons",
        ),
        pytest.param(
            ("3h30m work",),
            HOURS,
            "Quiet: outside working hours until 13:00",
            Icon.PAUSED,
            id="outside working hours",
        ),
        pytest.param(
            ("9h work",),
            HOURS,
            "Stretch is due; quiet: outside working hours until Mon 09:00",
            Icon.PAUSED,
            id="overtime, until next week",
        ),
        pytest.param(
            ("1h work",),
            {"working_hours.enabled": True},
            "Quiet: outside working hours",
            Icon.PAUSED,
            id="no working hours at all",
        ),
        pytest.param(
            ("5m work",),
            HOURS | {"working_hours.monday": ["08:00-09:15"]},
            "No more breaks in these working hours",
            Icon.WORKING,
            id="hours end before",
        ),
        pytest.param(("10m work", "3m idle"), {}, "Resting", Icon.RESTING, id="away"),
        pytest.param(("10m work", "1m locked"), {}, "Resting", Icon.RESTING, id="locked"),
        pytest.param(
            ("10m work", "1h asleep", "5s work"),
            {},
            "Change position in 20 min",
            Icon.WORKING,
            id="back",
        ),
        pytest.param(
            ("10m work",),
            {"prompts.daily_cap": 0},
            "No more breaks today",
            Icon.WORKING,
            id="no prompts allowed",
        ),
        pytest.param(
            ("10m work",),
            {f"{kind}.enabled": False for kind in ("stretch", "position", "posture", "habit")},
            "All breaks are switched off",
            Icon.WORKING,
            id="nothing is on",
        ),
        pytest.param(("1h off",), {}, "Starting", Icon.RESTING, id="not started yet"),
    ],
)
def test_given_a_day_at_the_desk_then_the_first_line_says_what_is_next(
    lines: tuple[str, ...], user: dict[str, object], line: str, icon: Icon
) -> None:
    """On some desktops the first line is the only one that can be reached."""
    shown = view(scene(*lines, user=user))

    assert (line, icon) == (shown.menu[0].label, shown.icon)
    assert shown.menu[0].command is None
    assert f"deskbreak: {line}" == shown.tooltip


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        pytest.param(("8m work",), "Positionswechsel in 12 Min.", id="coming"),
        pytest.param(("20m work", "6s idle"), "Positionswechsel: Stand up", id="prompt"),
        pytest.param(("1s work", "pause 30m"), "Still: angehalten bis 09:30", id="pause"),
        pytest.param(("2m work call",), "Still: Mikrofon oder Kamera in Benutzung", id="call"),
        pytest.param(("10m work", "3m idle"), "Sie ruhen sich aus", id="away"),
    ],
)
def test_given_a_german_desktop_then_the_first_line_is_german(
    lines: tuple[str, ...], line: str
) -> None:
    """A pause of prompts is never called by the word for a break."""
    assert line == view(scene(*lines), german()).menu[0].label


def test_given_more_that_is_known_of_a_hold_then_the_first_line_says_it() -> None:
    """Whether it is the microphone or the camera is known only as long as it lasts."""
    reasons = {Hold.CALL: said(N_("camera in use"))}

    shown = view(scene("10m work", "10m work call"), reasons=reasons)

    assert "Quiet: camera in use" == shown.menu[0].label


def test_given_a_menu_that_opens_later_then_its_labels_are_of_that_moment() -> None:
    """Nothing is drawn in between; the state is the same, the minutes are not."""
    desk = scene("5m work")

    assert "Change position in 15 min" == headline(desk.snap(), desk.now, ENGLISH)
    assert "Change position in 11 min" == headline(desk.snap(), desk.later(240), ENGLISH)


def test_given_a_moment_before_the_last_event_then_the_view_is_of_the_event() -> None:
    """Two threads read the clock; the tray's may have been first."""
    desk = scene("5m work")

    assert "Change position in 15 min" == headline(desk.snap(), desk.later(-2), ENGLISH)


def test_given_problems_then_icon_tooltip_and_menu_say_so() -> None:
    """What a person should know is not hidden in a log; three lines of it are enough."""
    problems = tuple(said(N_("{number} is\nwrong"), number=n) for n in range(5))

    shown = view(scene("5m work"), problems=problems)

    assert Icon.PROBLEM == shown.icon
    assert "deskbreak: 0 is wrong" == shown.tooltip
    assert "Change position in 15 min" == shown.menu[0].label
    assert ["0 is wrong", "1 is wrong", "2 is wrong"] == [
        one.label for one in shown.menu if one.key.startswith("problem.")
    ]


def test_given_a_very_long_problem_then_tooltip_and_menu_cut_it() -> None:
    """Windows has room for 127 units in a tooltip."""
    shown = view(scene(), problems=(said("word " * 100),))

    assert 127 >= len(shown.tooltip)
    assert shown.tooltip.endswith("…")
    assert entry(shown, "problem.0").label.endswith("…")


def test_given_a_prompt_that_no_channel_could_show_then_the_tray_says_so() -> None:
    """The break is due all the same, and its answers are there."""
    desk = scene("20m work", "6s idle")
    e = desk.player.state.episode
    assert e is not None
    desk.player.state.episode = replace(e, phase=Phase.OFFERED)
    list(desk.player.take(Undelivered(desk.now, e.id, e.showing)))

    shown = view(desk)

    assert Icon.PROBLEM == shown.icon
    assert "Time to change position (it could not be shown)" == shown.menu[0].label
    assert Command("answer", "done") == entry(shown, "answer.done").command


def test_given_an_episode_that_ended_undelivered_then_a_line_says_so() -> None:
    """Until a channel takes a prompt again, the person knows."""
    desk = scene("5m work")
    state = desk.player.state.copy()
    state.failures_in_row = 3

    shown = view(desk, state=state)

    assert Icon.PROBLEM == shown.icon
    assert "The last prompt could not be shown" == entry(shown, "undelivered").label


def test_given_a_prompt_without_answer_then_a_line_and_the_icon_say_so_until_the_next_rest() -> (
    None
):
    """Only the tray speaks of it, and only while it means something."""
    desk = scene("20m work", "6s idle", "11m work")

    shown = view(desk)

    assert "The last prompt had no answer: Change position" == entry(shown, "mark").label
    assert Icon.DUE == shown.icon
    assert "mark" not in keys(view(desk.play("5m locked")).menu)
    assert "mark" not in keys(view(desk.play("1m work")).menu)


def test_given_a_stage_that_went_by_since_then_a_prompt_without_answer_is_spoken_of_no_more() -> (
    None
):
    """The sit-stand cycle goes on by itself, and begins held time anew where it asks for moving."""
    desk = scene("53m work", user={"plan": "sit_stand"})

    assert "mark" in keys(view(desk).menu)
    assert "mark" not in keys(view(desk.play("1m work")).menu)


@pytest.mark.parametrize(
    ("why", "line"),
    [
        (Nothing.OFF, "All breaks are switched off"),
        (Nothing.HELD, "No break for now"),
        (Nothing.HOURS, "No more breaks in these working hours"),
        (Nothing.LIMIT, "No more breaks today"),
        (None, "No break for now"),
    ],
)
def test_given_that_nothing_comes_then_the_line_says_why(why: Nothing | None, line: str) -> None:
    """Nobody waits for a break that does not come."""
    desk = scene("5m work")

    assert line == coming_line(outlook.Upcoming(None, why=why), desk.now, ENGLISH)


# ── answers ────────────────────────────────────────────────────────────────────────────────


def test_given_an_open_prompt_then_its_answers_stand_above_everything_else() -> None:
    """They are what the person opened the menu for."""
    shown = view(scene("20m work", "6s idle"))

    assert [
        "Change position: Stand up [grey]",
        *("Done", "In 5 minutes", "Skip", "Not for me", "Show me how"),
        "--",
        "Take a break now",
    ] == [marked(one) for one in shown.menu[:8]]
    assert [
        Command("answer", choice.value)
        for choice in (Choice.DONE, Choice.POSTPONE, Choice.SKIP, Choice.NOT_FOR_ME, Choice.START)
    ] == [one.command for one in shown.menu[1:6]]


@pytest.mark.parametrize(
    ("lines", "user", "expected"),
    [
        pytest.param(
            ("20m work", "6s idle", "answer start"),
            {},
            ["done", "postpone", "skip", "not-for-me"],
            id="the guide runs already",
        ),
        pytest.param(
            ("1s work", "take posture"),
            {},
            ["done", "postpone", "skip", "not-for-me"],
            id="a kind without guide",
        ),
        pytest.param(
            ("20m work", "6s idle", "answer postpone"),
            {"position.postpone_max": 1},
            ["done", "skip", "not-for-me", "start"],
            id="postponed as often as it may be",
        ),
        pytest.param(
            ("20m work", "6s idle"),
            {"position.postpone_max": 0},
            ["done", "skip", "not-for-me", "start"],
            id="postponing is switched off",
        ),
        pytest.param(
            ("1s work", "take eyes"),
            {},
            ["done", "postpone", "skip"],
            id="no text that could be hidden",
        ),
    ],
)
def test_given_an_open_prompt_then_only_what_means_something_is_offered(
    lines: tuple[str, ...], user: dict[str, object], expected: list[str]
) -> None:
    """The menu promises nothing that would be refused."""
    shown = view(scene(*lines, user=user))

    assert [f"answer.{choice}" for choice in expected] == [
        one.key for one in shown.menu if one.key.startswith("answer.")
    ]


@pytest.mark.parametrize(
    ("minutes", "words", "expected"),
    [
        pytest.param(1, ENGLISH, "In 1 minute", id="one"),
        pytest.param(5, ENGLISH, "In 5 minutes", id="five"),
        pytest.param(1, german(), "In 1 Minute", id="one, German"),
        pytest.param(60, german(), "In 60 Minuten", id="sixty, German"),
    ],
)
def test_given_a_length_of_postponing_then_the_button_says_it(
    minutes: int, words: Words, expected: str
) -> None:
    """What will happen, not OK."""
    desk = scene("20m work", "6s idle", user={"position.postpone_minutes": minutes})

    assert expected == entry(view(desk, words), "answer.postpone").label


def test_given_a_postponed_prompt_then_its_title_stands_above_its_answers() -> None:
    """A postponed or waiting break can be answered too."""
    shown = view(scene("20m work", "6s idle", "answer postpone", "1m work"))

    assert ["next", "title", "answer.done", "answer.postpone"] == keys(shown.menu[:4])
    assert "Stand up" == entry(shown, "title").label


# ── breaks, pause, reading ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        pytest.param({}, ["stretch", "position", "posture", "habit"], id="those that are on"),
        pytest.param(
            {f"{kind}.enabled": False for kind in ("stretch", "position", "posture", "habit")},
            ["stretch", "position", "posture", "eyes", "massage", "habit"],
            id="all, where none is on",
        ),
    ],
)
def test_given_kinds_then_a_break_can_be_taken_now(
    user: dict[str, object], expected: list[str]
) -> None:
    """A kind that the person switched off is not thrust upon them."""
    take = entry(view(scene("1m work", user=user)), "take")

    assert [Command("take", kind) for kind in expected] == [one.command for one in take.children]


@pytest.mark.parametrize(
    ("line", "enabled"),
    [
        pytest.param("1m work", True, id="at the desk"),
        pytest.param("5m idle", True, id="away, perhaps reading"),
        pytest.param("5m locked", False, id="locked"),
    ],
)
def test_given_where_the_person_is_then_a_break_can_be_taken_or_not(
    line: str, enabled: bool
) -> None:
    """Nothing is shown over a locked screen."""
    assert enabled == entry(view(scene("1m work", line)), "take").enabled


def test_given_no_pause_then_one_can_be_chosen() -> None:
    """Four lengths, as commands know them."""
    pause = entry(view(scene("1m work")), "pause")

    assert ["30 minutes", "1 hour", "Until tomorrow", "Until I resume"] == labels_of(pause.children)
    assert [Command("pause", text) for text in ("30m", "1h", "tomorrow", "")] == [
        one.command for one in pause.children
    ]


def test_given_a_pause_then_it_can_be_ended_instead() -> None:
    """One or the other."""
    shown = view(scene("1m work", "pause 30m", "1m work"))

    assert Command("resume") == entry(shown, "resume").command
    assert "pause" not in keys(shown.menu)


def test_given_a_credit_then_it_can_be_undone_for_ten_minutes() -> None:
    """What a person says about the last absence is there only while it means something."""
    desk = scene("10m work", "5m idle", "10s work")

    def offered(at: Moment) -> bool:
        return "reading" in keys(tray_view(desk.snap(), at, ENGLISH).menu)

    assert [True, True, False] == [offered(desk.later(s)) for s in (0, 589, 591)]
    assert Command("reading") == entry(view(desk), "reading").command


def test_given_three_skips_in_a_row_then_longer_intervals_are_offered() -> None:
    """The person decides whether it comes too often; the day's longer interval stays as it is."""
    skip = ("21m work", "6s idle", "answer skip")
    user = {f"{kind}.enabled": False for kind in ("stretch", "posture", "habit")}
    desk = scene(*skip, *skip, *skip, user=user)

    less = entry(view(desk), "less.position")

    assert "Change position: too often?" == less.label
    assert [("Every 30 min", Command("set", "position.interval_minutes=30"))] == [
        (one.label, one.command) for one in less.children
    ]
    locked = scene(*skip, *skip, *skip, user=user, policy={"position.interval_minutes": 20})
    assert "less.position" not in keys(view(locked).menu)
    skip = ("31m work", "6s idle", "answer skip")
    longest = scene(*skip, *skip, *skip, user=user | {"position.interval_minutes": 30})
    assert "Change position in 45 min" == view(longest).menu[0].label
    assert "less.position" not in keys(view(longest).menu)


# ── this week ──────────────────────────────────────────────────────────────────────────────


def test_given_a_week_then_each_day_the_sum_and_the_week_before_have_a_line() -> None:
    """Figures as they are, without praise or blame."""
    desk = scene(
        "20m work", "6s idle", "answer done", "20m work", "6s idle", "answer skip", "1m locked"
    )

    assert [
        "Mon: 0:40 h at the desk, 1 of 2 breaks taken [grey]",
        *(f"{day}: nothing [grey]" for day in ("Tue", "Wed", "Thu", "Fri", "Sat", "Sun")),
        "--",
        "This week: 0:40 h at the desk, 1 of 2 breaks taken [grey]",
        "The week before: nothing [grey]",
    ] == [marked(one) for one in entry(view(desk), "week").children]


def test_given_one_break_or_none_then_the_line_agrees() -> None:
    """One break is no breaks."""
    one = scene("20m work", "6s idle", "answer done", "1m locked")
    none = scene("5m work", "1m locked")

    assert "Mon: 0:20 h at the desk, 1 of 1 break taken" == entry(view(one), "week", "day.0").label
    assert "Mon: 0:05 h at the desk" == entry(view(none), "week", "day.0").label


def test_given_no_week_yet_then_the_menu_has_none() -> None:
    """A history that cannot be read is a problem, not an empty week."""
    assert "week" not in keys(view(scene("1m work"), week=None).menu)


# ── settings ───────────────────────────────────────────────────────────────────────────────


def test_given_the_defaults_then_a_kind_can_be_switched_and_its_interval_chosen() -> None:
    """What people change most is two clicks away."""
    position = entry(view(scene()), "settings", "position")

    assert [
        "(x) On",
        "--",
        "( ) Every 15 min",
        "(x) Every 20 min",
        "( ) Every 30 min",
    ] == [marked(one) for one in position.children]
    assert Command("set", "position.enabled=false") == position.children[0].command
    assert Command("set", "position.interval_minutes=15") == position.children[2].command
    assert [False, False, True, True, True] == [one.radio for one in position.children]


def test_given_a_kind_that_is_off_then_the_switch_turns_it_on() -> None:
    """The command is what will be, the check what is."""
    eyes = entry(view(scene()), "settings", "eyes", "on")

    assert (False, Command("set", "eyes.enabled=true")) == (eyes.checked, eyes.command)


@pytest.mark.parametrize(
    ("kind", "minutes", "expected"),
    [
        pytest.param(
            "position",
            17,
            ["( ) Every 15 min", "(x) Every 17 min", "( ) Every 20 min", "( ) Every 30 min"],
            id="a value of one's own",
        ),
        pytest.param(
            "stretch",
            90,
            ["( ) Every 45 min", "( ) Every 50 min", "( ) Every hour", "(x) Every 90 min"],
            id="hours",
        ),
        pytest.param("habit", 10080, ["( ) Every day", "(x) Every week"], id="weekly"),
        pytest.param(
            "habit",
            4320,
            ["( ) Every day", "(x) Every 3 days", "( ) Every week"],
            id="every few days",
        ),
    ],
)
def test_given_an_interval_then_it_is_among_the_choices(
    kind: str, minutes: int, expected: list[str]
) -> None:
    """What is in force is always to be seen."""
    desk = scene(user={f"{kind}.interval_minutes": minutes})

    every = entry(view(desk), "settings", kind).children[2:]

    assert expected == [marked(one) for one in every]


def test_given_values_that_the_organisation_set_then_they_are_grey_and_say_so() -> None:
    """Visible, not hidden; what is locked next to what is not."""
    policy = {"position.interval_minutes": 15, "stretch.enabled": True, "plan": "gentle"}
    shown = view(scene(policy=policy))

    assert [
        "(x) On",
        "--",
        "(x) Every 15 min (set by your organisation) [grey]",
        "( ) Every 20 min [grey]",
        "( ) Every 30 min [grey]",
    ] == [marked(one) for one in entry(shown, "settings", "position").children]
    assert "(x) On (set by your organisation) [grey]" == marked(
        entry(shown, "settings", "stretch", "on")
    )
    plans = entry(shown, "settings", "plan").children
    assert "(x) Gentle (set by your organisation) [grey]" in [marked(one) for one in plans]
    assert not any(one.enabled for one in plans)


def test_given_the_plans_then_one_of_them_is_chosen() -> None:
    """Each plan has a name of its own."""
    plans = entry(view(scene(user={"plan": "seated"})), "settings", "plan").children

    assert [one.key == "seated" for one in plans] == [one.checked for one in plans]
    assert Command("set", "plan=gentle") == next(o.command for o in plans if o.key == "gentle")
    assert len(plans) == len({one.label for one in plans})


@pytest.mark.parametrize(
    ("autostart", "expected"),
    [
        pytest.param(None, None, id="cannot be changed here"),
        pytest.param(True, (True, Command("set", "autostart=false")), id="on"),
        pytest.param(False, (False, Command("set", "autostart=true")), id="off"),
    ],
)
def test_given_what_is_known_of_autostart_then_it_can_be_switched(
    autostart: bool | None, expected: tuple[bool, Command] | None
) -> None:
    """A switch that does nothing is not shown."""
    rows = entry(view(scene(), autostart=autostart), "settings").children
    found = [(one.checked, one.command) for one in rows if one.key == "autostart"]

    assert ([] if expected is None else [expected]) == found


def test_given_pages_then_they_can_be_opened() -> None:
    """Without them nothing promises any."""
    with_pages, without = view(scene(), pages=True), view(scene())

    assert Command("open", "stats") == entry(with_pages, "stats").command
    assert Command("open", "settings") == entry(with_pages, "settings", "all").command
    assert "stats" not in keys(without.menu)
    assert "all" not in keys(entry(without, "settings").children)


def test_given_any_menu_then_it_ends_with_quit() -> None:
    """Nobody is locked in."""
    assert ("Quit", Command("quit")) == (
        view(scene()).menu[-1].label,
        view(scene()).menu[-1].command,
    )


# ── the prompt ─────────────────────────────────────────────────────────────────────────────


def opened(desk: Scene) -> Episode:
    """Return the open prompt."""
    assert desk.player.state.episode is not None
    return desk.player.state.episode


def test_given_a_prompt_then_the_notification_has_its_text_and_three_answers() -> None:
    """Title and body are the pack's; the buttons say what will happen."""
    desk = scene("20m work", "6s idle")

    shown = prompt_view(desk.snap(), opened(desk), ENGLISH)

    assert ("Stand up", "Stand up, for a moment.") == (shown.title, shown.body)
    assert [
        (Choice.DONE, "Done"),
        (Choice.POSTPONE, "In 5 minutes"),
        (Choice.SKIP, "Skip"),
    ] == [(button.choice, button.label) for button in shown.buttons]
    assert (opened(desk).id, 1, "position", False) == (
        *(shown.episode, shown.showing, shown.kind, shown.sound),
    )


def test_given_sound_is_wanted_then_a_prompt_makes_one() -> None:
    """Off unless the person wants it; the steps of the guide make none."""
    desk = scene("20m work", "6s idle", user={"prompts.sound": True})

    assert prompt_view(desk.snap(), opened(desk), ENGLISH).sound
    assert not guide_view(desk.snap(), opened(desk), ENGLISH).sound


def test_given_a_reminder_then_it_says_so_gently_and_offers_the_guide_of_a_stretch() -> None:
    """A second showing of the same thing is not simply the first again."""
    kinds = {f"{kind}.enabled": False for kind in ("position", "posture", "habit")}
    desk = scene("1h work", "6s idle", "7m30s work", user=kinds)
    assert 1 == opened(desk).reminders

    shown = prompt_view(desk.snap(), opened(desk), ENGLISH)

    assert "Wide arms, for a moment.\nStill a good moment for it?" == shown.body
    assert "Show me how" == shown.buttons[-1].label


def test_given_a_reminder_of_another_kind_then_it_has_no_further_button() -> None:
    """Only a stretch offers its guide unasked."""
    desk = scene("20m work", "6s idle", "7m30s work")
    assert 1 == opened(desk).reminders

    shown = prompt_view(desk.snap(), opened(desk), ENGLISH)

    assert shown.body.endswith("Still a good moment for it?")
    assert ["Done", "In 5 minutes", "Skip"] == [button.label for button in shown.buttons]


def test_given_no_text_that_suits_then_the_kind_speaks_for_itself() -> None:
    """A person who has hidden every text still gets the break."""
    desk = scene("1s work", "take eyes")

    shown = prompt_view(desk.snap(), opened(desk), ENGLISH)

    assert ("Time to rest your eyes", "Look far away for a moment.") == (shown.title, shown.body)
    assert "Time to rest your eyes" == headline(desk.snap(), desk.now, ENGLISH)


def test_given_a_guide_then_it_has_the_steps_the_caution_and_the_safety_line() -> None:
    """One step a line, with its seconds; two ways to end it."""
    desk = scene("1s work", "take stretch", "answer start")

    shown = guide_view(desk.snap(), opened(desk), ENGLISH)

    assert (
        "1. Begin small (10 s)\n2. Go on, slowly (30 s)\nStop if it hurts.\nGeneral tips, no advice."
    ) == shown.body
    assert [("Done", Choice.DONE), ("Skip", Choice.SKIP)] == [
        (button.label, button.choice) for button in shown.buttons
    ]
    e = opened(desk)
    assert (e.id, e.showing, "stretch") == (shown.episode, shown.showing, shown.kind)


def test_given_a_guide_without_text_then_it_has_the_words_of_its_kind() -> None:
    """Nothing is left blank."""
    desk = without_prompt_text(scene("1s work", "take stretch"))

    shown = guide_view(desk.snap(), opened(desk), ENGLISH)

    assert "Time to stretch" == shown.title
    assert "Stretch a little, in any way you like, then take a few steps." == shown.body


# ── words ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(0, "1 min", id="nothing is a minute"),
        pytest.param(89, "1 min", id="down"),
        pytest.param(90, "2 min", id="half a minute up"),
        pytest.param(3569, "59 min", id="below an hour"),
        pytest.param(3600, "1 h", id="an hour"),
        pytest.param(3900, "1 h 05 min", id="hours and minutes"),
        pytest.param(36000, "10 h", id="many hours"),
    ],
)
def test_given_seconds_then_they_are_written_as_people_say_them(
    seconds: float, expected: str
) -> None:
    """No seconds, no decimals."""
    assert expected == labels.duration(seconds, ENGLISH)


def test_given_a_kind_without_words_then_it_goes_by_its_name() -> None:
    """A new row of the table of kinds works before anybody has named it."""
    assert ("nap", "nap", "") == (
        labels.kind_name("nap", ENGLISH),
        labels.kind_now("nap", ENGLISH),
        labels.kind_body("nap", ENGLISH),
    )


# ── whatever happens ───────────────────────────────────────────────────────────────────────

DURATIONS = st.sampled_from(["1s", "7s", "40s", "2m", "6m", "21m", "65m", "3h"])
PRESENT = st.sampled_from(
    ["work", "idle", "work call", "idle share", "work dnd", "idle fullscreen"]
)
GONE = st.sampled_from(["locked", "asleep", "off"])
SAID = st.sampled_from(
    [
        *(f"answer {choice.value}" for choice in Choice),
        *(
            f"take {kind}"
            for kind in ("stretch", "position", "posture", "eyes", "massage", "habit")
        ),
        *("pause", "pause 30m", "pause until 14:00", "pause tomorrow", "resume", "reading"),
        *("clock +1h", "clock -25h", "zone America/New_York"),
    ]
)
STATEMENTS = st.lists(
    st.one_of(st.builds("{} {}".format, DURATIONS, st.one_of(PRESENT, GONE)), SAID), max_size=12
)
SETTINGS = st.sampled_from(
    [
        {},
        {"plan": "sit_stand"},
        {"plan": "busy", "eyes.enabled": True, "massage.enabled": True},
        HOURS,
        {"prompts.daily_cap": 2, "prompts.max_per_hour": 1},
        {"prompts.wait_for_lull_limit_seconds": 0, "prompts.advance_notice_seconds": 0},
    ]
)


def entries(of: tuple[MenuEntry, ...]) -> Iterator[tuple[MenuEntry, ...]]:
    """Yield every set of siblings in a menu."""
    yield of
    for one in of:
        yield from entries(one.children)


@given(STATEMENTS, SETTINGS, st.floats(0, 90_000))
@settings(max_examples=60)
def test_given_any_state_then_there_is_a_view_of_it(
    lines: list[str], user: dict[str, object], later_s: float
) -> None:
    """The tray can be opened at any time, and what it gets is one line each."""
    desk = scene(*lines, user=user)

    for at in (desk.now, desk.later(later_s)):
        shown = tray_view(desk.snap(autostart=True, pages=True), at, ENGLISH)

        assert shown.menu[0].label
        assert "\n" not in shown.tooltip
        for siblings in entries(shown.menu):
            assert len(siblings) == len(set(keys(siblings)))
            assert all(one.key for one in siblings)
            assert all(one.label or one.command is None for one in siblings)
            assert "" not in [a.label or b.label for a, b in pairwise(siblings)]
    e = desk.player.state.episode
    if e is not None:
        assert prompt_view(desk.snap(), e, ENGLISH).title
        assert guide_view(desk.snap(), e, ENGLISH).body


@given(STATEMENTS, SETTINGS)
@settings(max_examples=60)
def test_given_any_state_then_what_is_promised_comes(
    lines: list[str], user: dict[str, object]
) -> None:
    """Whoever works on until the instant promised, and then pauses, gets that prompt there."""
    desk = scene(*lines, "1s work", user=user)
    coming = outlook.upcoming(desk.player.state, desk.player.rules, desk.now)
    if coming.kind is None or coming.at_s < desk.now.boot_s + 1:
        return
    sooner_s = int(coming.at_s - desk.now.boot_s) - 1
    assert [] == (prompts(desk, f"{sooner_s}s work") if sooner_s > 0 else [])

    # Two seconds for the fraction, then the lull.
    assert [coming.kind] == prompts(desk, "2s work", "6s idle")


def prompts(desk: Scene, *lines: str) -> list[str]:
    """Return the kinds of the prompts that *lines* bring."""
    effects = desk.player.play([timeline.statement(line) for line in lines])
    return [effect.episode.kind for effect in effects if isinstance(effect, Prompt)]


def test_given_an_engine_that_looks_without_end_then_the_menu_does_not_wait_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The tray's thread asks for a view; it must get one."""
    desk = scene("1m work")
    monkeypatch.setattr(outlook, "_MOST_LOOKS", 1)
    coming = outlook.upcoming(desk.player.state, desk.player.rules, desk.now)

    assert (None, outlook.Nothing.LIMIT) == (coming.kind, coming.why)


def test_given_a_day_that_has_had_its_prompts_then_those_of_tomorrow_are_not_announced() -> None:
    """Nobody asks today what comes after the night."""
    desk = scene("20m work", "10s idle", "answer done", user={"prompts.daily_cap": 1})
    coming = outlook.upcoming(desk.player.state, desk.player.rules, desk.now)

    assert (None, outlook.Nothing.LIMIT) == (coming.kind, coming.why)


def test_given_somebody_away_then_the_habit_is_not_due_by_the_time_away() -> None:
    """Two hours at the desk make it due, not two hours since the morning."""
    desk = scene("110m work", "30m locked", user={"habit.enabled": True})
    standing = outlook.kinds(desk.player.state, desk.player.rules, desk.now)

    assert [math.inf] == [kind.due_s for kind in standing if kind.kind == "habit"]


def test_given_any_value_then_there_is_a_word_for_it() -> None:
    """Every word that a label can need is there for every value that it can be given."""
    for outcome in Outcome:
        for by in (None, *By):
            assert labels.outcome_name(outcome, by, ENGLISH)
    assert all(labels.presence_name(presence, ENGLISH) for presence in Presence)
    assert all(labels.hold_name(hold, ENGLISH) for hold in Hold)
    assert all(labels.phase_name(phase, ENGLISH) for phase in Phase)
    assert all(labels.reason_name(reason, ENGLISH) for reason in outlook.Reason)
    assert ["tray", "gadget"] == [
        labels.part_name("tray", ENGLISH).split()[0].lower(),
        labels.part_name("gadget", ENGLISH),
    ]
    assert "plan 9" == labels.plan_name("plan 9", ENGLISH)
