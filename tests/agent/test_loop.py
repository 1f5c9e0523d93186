"""The agent's loop, from what happens to what is kept and shown, with everything real but the desk."""

from __future__ import annotations

import errno
import itertools
import math
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import pytest

from deskbreak.agent import loop as agent_loop
from deskbreak.agent.program import Program
from deskbreak.agent.renewal import Care, Renewal
from deskbreak.agent.watch import Watch
from deskbreak.core import engine, views
from deskbreak.core.model import (
    Answered,
    By,
    Choice,
    Command,
    Icon,
    Observed,
    Outcome,
    Phase,
    Presence,
)
from deskbreak.core.words import said
from deskbreak.storage import files, latest, pack_files, textfile
from deskbreak.storage.store import Store
from tests.doubles.watched import FakeAlarm
from tests.fakes import Desk, FakeClock

if TYPE_CHECKING:
    from pathlib import Path

    from deskbreak.core.model import Episode, Event, PromptView, Rules, State, Step
    from deskbreak.core.stats import Week

TO_A_PROMPT = ("20m work", "10s idle")
"""The first lull after twenty minutes."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk on which nothing has happened yet."""
    return Desk(tmp_path)


def ended(desk: Desk) -> list[tuple[str, str, str | None]]:
    """What is on the disk of episodes: kind, outcome, by."""
    return [
        (one.kind, "" if one.outcome is None else one.outcome.value, one.by and one.by.value)
        for one in desk.rows()[1]
    ]


def presences(desk: Desk) -> list[tuple[str, float]]:
    """What is on the disk of spans: presence, seconds."""
    return [(span.presence.value, round(span.seconds, 1)) for span in desk.rows()[0]]


# ── the way of one break ───────────────────────────────────────────────────────────────────


def test_given_work_when_a_break_is_due_then_it_goes_its_way_from_notice_to_menu(
    desk: Desk,
) -> None:
    """Noticed, decided, said, answered, ended once, kept, and shown in figures."""

    def answered() -> None:
        assert desk.delivery.on_screen is not None
        assert "position" == desk.delivery.on_screen.kind
        assert Icon.DUE is desk.loop.look().icon
        desk.loop.effects.answered(desk.delivery.on_screen.episode, Choice.DONE)

    def counted() -> None:
        assert desk.delivery.on_screen is None
        view = desk.loop.look()
        assert Icon.WORKING is view.icon
        week = next(entry for entry in view.menu if entry.key == "week")
        assert "Mon: 0:20 h at the desk, 1 of 1 break taken" in [
            line.label for line in week.children
        ]
        position = desk.ask("stats")["facts"]["total"]["kinds"]["position"]
        assert (1, 1, 1) == (
            position["prompted"],
            position["taken"],
            position["taken_by"]["answer"],
        )

    desk.run(*TO_A_PROMPT, answered, "10s work", counted)

    assert [("position", "taken", "answer")] == ended(desk)
    assert 1 == len(desk.delivery.shown)
    assert [("desk", 1220.0)] == presences(desk)


def test_given_a_prompt_when_it_is_about_to_be_shown_then_rows_and_state_are_on_disk(
    desk: Desk,
) -> None:
    """A crash in that very moment forgets neither what came before nor that it was offered."""
    found: list[tuple[State, list[Episode], PromptView]] = []

    def look(view: PromptView) -> None:
        found.append((desk.saved_state(), desk.rows()[1], view))

    desk.delivery.on_show = look
    desk.run(
        *TO_A_PROMPT,
        lambda: desk.ask("answer", "done"),
        *TO_A_PROMPT,
        lambda: desk.ask("answer", "skip"),
    )

    assert 2 == len(found)
    for state, episodes, view in found:
        assert state.episode is not None
        assert (view.episode, view.showing) == (state.episode.id, state.episode.showing)
        assert Phase.OFFERED is state.episode.phase
        assert [*range(1, view.episode)] == [one.id for one in episodes]


def test_given_a_prompt_when_it_is_answered_twice_then_it_ends_once(desk: Desk) -> None:
    """A click and a command at once are one answer; a late one changes nothing."""

    def both() -> None:
        assert desk.delivery.on_screen is not None
        number = desk.delivery.on_screen.episode
        desk.loop.effects.answered(number, Choice.SKIP)
        desk.loop.effects.answered(number, Choice.DONE)

    desk.run(*TO_A_PROMPT, both, "1m work")

    assert [("position", "skipped", None)] == ended(desk)


def test_given_a_button_that_is_pressed_before_delivery_says_shown_then_it_counts_as_shown(
    desk: Desk,
) -> None:
    """The notification stands a moment before its service has answered; gap and caps count it."""
    came: list[float] = []

    def quick(view: PromptView) -> None:
        came.append(desk.clock.boot_s())
        desk.loop.effects.answered(view.episode, Choice.DONE)

    desk.delivery.on_show = quick
    desk.run(*TO_A_PROMPT, "10s work")

    (episode,) = desk.rows()[1]
    assert (Outcome.TAKEN, By.ANSWER) == (episode.outcome, episode.by)
    assert episode.shown is not None
    assert came == [one.boot_s for one in desk.saved_state().showings]
    assert tuple(came) == desk.saved_state().prompts_since_return


def test_given_steps_on_a_page_then_no_notification_stands_beside_them_and_it_ends_once(
    desk: Desk,
) -> None:
    """Begun, paused, gone on with, followed to the end: taken, by the guide."""

    def says(word: str) -> None:
        desk.ask("guide", f"1 {word}")
        assert desk.delivery.on_screen is None

    desk.run(
        *TO_A_PROMPT,
        lambda: says("paused"),
        "1m work",
        lambda: says("begun"),
        "20s idle",
        lambda: says("going"),
        "20s idle",
        lambda: says("ended"),
        lambda: says("ended"),
        "10s work",
    )

    assert 1 == len(desk.delivery.shown)
    assert [("position", "taken", "guide")] == ended(desk)


def test_given_steps_on_a_page_when_it_is_closed_then_the_prompt_is_shown_again(
    desk: Desk,
) -> None:
    """That is no answer."""
    desk.run(
        *TO_A_PROMPT,
        lambda: desk.ask("guide", "1 begun"),
        "5s work",
        lambda: desk.ask("guide", "1 closed"),
        "10s work",
        "10s idle",
        lambda: desk.ask("answer", "skip"),
    )

    assert 2 == len(desk.delivery.shown)
    assert [("position", "skipped", None)] == ended(desk)


def test_given_no_channel_when_a_prompt_is_due_then_it_is_tried_again_until_one_works(
    desk: Desk,
) -> None:
    """Nothing is lost silently: the tray says so, held time is kept, and it comes later."""
    tried: list[float] = []

    def told() -> None:
        assert "it could not be shown" in desk.loop.look().menu[0].label
        assert Icon.PROBLEM is desk.loop.look().icon
        assert desk.loop.state.kinds[1].held_from_s == 1000.0
        desk.delivery.works = True

    desk.delivery.works = False
    desk.delivery.on_show = lambda _: tried.append(desk.clock.boot_s() - 1000)
    desk.run(*TO_A_PROMPT, told, "90s work", "10s idle", lambda: desk.ask("answer", "done"))

    assert 2 == len(tried)
    assert 60 <= tried[1] - tried[0] < 120
    assert [("position", "taken", "answer")] == ended(desk)


@pytest.mark.parametrize("why", ["5s work call", "5s locked", "postpone"])
def test_given_a_prompt_that_could_not_be_shown_when_it_must_not_come_then_delivery_hears_it(
    desk: Desk, why: str
) -> None:
    """Delivery tries it once more as soon as it can; in a call that would be wrong."""
    withdrawn: list[int] = []

    def seen() -> None:
        withdrawn.append(desk.delivery.withdrawn)

    desk.delivery.works = False
    then = (lambda: desk.ask("answer", why)) if why == "postpone" else why
    desk.run(*TO_A_PROMPT, seen, then, seen, quits=False)

    assert [0, 1] == withdrawn


def test_given_a_prompt_when_its_steps_are_asked_for_then_they_are_shown_and_count_at_their_end(
    desk: Desk,
) -> None:
    """The steps take the prompt's place, are no second prompt, and their end is a break taken."""

    def steps() -> None:
        assert desk.delivery.on_screen is not None
        assert desk.delivery.on_screen.body.startswith("1. ")
        assert desk.loop.state.episode is not None
        assert Phase.GUIDED is desk.loop.state.episode.phase

    desk.run(
        *TO_A_PROMPT,
        lambda: desk.ask("answer", "start"),
        steps,
        "5m work",
        lambda: desk.ask("status"),
    )

    assert [("position", "taken", "guide")] == ended(desk)
    assert 2 == len(desk.delivery.shown)
    assert 1 == len(desk.loop.state.showings)
    assert desk.delivery.on_screen is None


def test_given_pages_when_steps_are_asked_for_then_the_guide_opens_in_the_prompts_place(
    desk: Desk,
) -> None:
    """It counts at its end all the same; a page that does not open leaves the steps to a notification."""
    desk.outside.has_pages = True

    def on_the_page() -> None:
        assert desk.delivery.on_screen is None
        assert ["guide"] == [page for page, _ in desk.outside.opened]

    def failed() -> None:
        ((_, tell),) = desk.outside.opened
        assert tell is not None
        tell("no browser")

    def steps() -> None:
        assert desk.delivery.on_screen is not None
        assert desk.delivery.on_screen.body.startswith("1. ")

    start = lambda: desk.ask("answer", "start")  # noqa: E731 - an act
    desk.run(*TO_A_PROMPT, start, on_the_page, failed, steps, "5m work", failed)

    assert [("position", "taken", "guide")] == ended(desk)
    assert desk.delivery.on_screen is None
    assert 1 == len(desk.loop.state.showings)


def test_given_the_page_of_a_guide_when_nobody_begins_there_then_no_break_was_taken(
    desk: Desk,
) -> None:
    """A browser may be slow, or closed before it shows anything."""
    desk.outside.has_pages = True
    phases: list[tuple[Phase, bool]] = []

    def look() -> None:
        assert desk.loop.state.episode is not None
        phases.append((desk.loop.state.episode.phase, desk.loop.state.episode.paged))

    desk.run(
        *TO_A_PROMPT,
        lambda: desk.ask("answer", "start"),
        "3m work",
        look,
        lambda: desk.ask("guide", "1 begun"),
        look,
        lambda: desk.ask("guide", "1 ended"),
    )

    assert [(Phase.SHOWN, True), (Phase.GUIDED, True)] == phases
    assert [("position", "taken", "guide")] == ended(desk)
    assert 1 == len(desk.delivery.shown)


def test_given_a_text_that_does_not_suit_when_it_is_hidden_then_the_settings_are_written(
    desk: Desk,
) -> None:
    """Another text comes at once; two that are hidden before the file is read are both in it."""

    def hide() -> None:
        assert desk.ask("answer", "not-for-me")["ok"]

    desk.run(*TO_A_PROMPT, hide, hide)

    texts = [view.title for view in desk.delivery.shown]
    (first, one), (second, both) = desk.outside.settings
    assert ("person.hidden_prompts",) * 2 == (first, second)
    assert (1, 2) == (len(one.split(",")), len(both.split(",")))
    assert one in both.split(",")
    assert 3 == len(texts)
    assert 3 == len(set(texts))


def test_given_a_lock_when_a_prompt_is_shown_then_it_is_withdrawn_and_the_rest_counts(
    desk: Desk,
) -> None:
    """Who locks and leaves because of it has taken it."""
    desk.run(*TO_A_PROMPT, "5m locked", "1m work")

    assert [("position", "taken", "rest")] == ended(desk)
    assert ["desk", "away", "locked", "desk"] == [presence for presence, _ in presences(desk)]
    assert desk.delivery.on_screen is None


# ── signs of life ──────────────────────────────────────────────────────────────────────────


def test_given_somebody_at_the_desk_when_time_passes_then_there_is_a_sign_of_life_each_30_s(
    desk: Desk,
) -> None:
    """It dates a kill; where nobody is at the desk there is nothing to date, and none."""
    away: list[int] = []

    def count() -> None:
        away.append(len(desk.outside.heartbeats))

    desk.run("10m work", "5m locked", count, "1h locked", count, "5m work")

    beats = desk.outside.heartbeats
    gaps = [b - a for a, b in itertools.pairwise(beats) if b < 1600]
    assert 0 < len(gaps)
    assert max(gaps) <= agent_loop.HEARTBEAT_S + 0.001
    assert away[0] == away[1]
    assert beats[-1] > 1000 + 75 * 60


@pytest.mark.parametrize("memory", [False, True], ids=["disk", "memory"])
def test_given_a_long_stretch_then_the_state_is_on_the_disk_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, memory: bool
) -> None:
    """A power cut costs ten minutes at most, whatever happens meanwhile that brings no row."""
    monkeypatch.setattr(latest, "_is_memory", lambda _: memory)
    desk, saves = Desk(tmp_path), list[float]()

    def look() -> None:
        with Store.open(desk.path, read_only=True) as store:
            saved = store.load_saved()
        saves.append(desk.clock.boot_s() - (saved.state.at.boot_s if saved else -math.inf))

    desk.run(*("100s work", "20s idle", look) * 20)

    assert max(saves) <= 600 + agent_loop.HEARTBEAT_S
    assert memory == (max(saves) > 400)


def test_given_a_new_start_that_is_due_when_something_happens_then_it_waits_for_half_a_second(
    desk: Desk,
) -> None:
    """Whatever else wakes the loop: until then an answer is on its way, or a prompt being closed."""
    starts: list[float] = []

    def start(*_: object) -> None:
        starts.append(desk.clock.boot_s())
        raise OSError

    watch = Watch()
    desk.loop._care = Care(watch, Renewal(["deskbreak"], {}, desk.clock.boot_s, start))

    def happens() -> None:
        desk.clock.until(desk.clock.boot_s() + 0.8)
        desk.inbox.command(Command("status"))
        watch.begin(FakeAlarm(), desk.inbox.wake)
        with suppress(ValueError), watch.lasts():
            raise ValueError

    desk.run("1m work", "29s work", happens, "2m work")

    assert [1000.0 + 89.8 + 0.5] == starts


# ── what breaks ────────────────────────────────────────────────────────────────────────────


def test_given_an_event_that_breaks_the_engine_when_it_comes_then_the_day_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is logged, another look comes within a minute, and the next prompt is on time."""
    real = engine.step
    broken = [True]

    def step(state: State, event: Event, rules: Rules) -> Step:
        if isinstance(event, Answered) and broken:
            broken.pop()
            raise ZeroDivisionError("for the test")
        return real(state, event, rules)

    monkeypatch.setattr(engine, "step", step)
    desk.run(
        *TO_A_PROMPT,
        lambda: desk.inbox.post(Answered(desk.clock.now(), Choice.DONE)),
        "1m work",
        lambda: desk.inbox.post(Answered(desk.clock.now(), Choice.DONE)),
        "1m work",
    )

    assert [("position", "taken", "answer")] == ended(desk)
    assert not broken


def test_given_events_that_break_in_a_row_when_the_third_comes_then_it_is_a_problem(
    desk: Desk,
) -> None:
    """Shown in the tray and in the status; it goes when things go well again."""
    seen: list[tuple[Icon, list[str]]] = []
    why = "Something went wrong inside deskbreak; the log says what"

    def fail() -> None:
        desk.inbox.observe()

    def look() -> None:
        seen.append((desk.loop.look().icon, [str(x) for x in desk.loop.snapshot().problems]))

    def trouble(error: Exception | None) -> None:
        desk.outside.trouble = error

    desk.run(
        "1m work",
        lambda: trouble(ZeroDivisionError("for the test")),
        fail, fail, look, fail, look,
        lambda: trouble(None),
        fail, look,
    )  # fmt: skip

    (_, two), (icon, three), (well, none) = seen
    assert ([], [why], []) == (two, three, none)
    assert (Icon.PROBLEM, Icon.WORKING) == (icon, well)


def test_given_a_state_that_breaks_every_step_when_it_was_tried_often_then_it_is_left_behind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held times begin anew, which is better than a day without prompts, and than every day."""
    real = engine.step
    cursed: list[State] = []

    def step(state: State, event: Event, rules: Rules) -> Step:
        if state in cursed:
            raise ZeroDivisionError("for the test")
        return real(state, event, rules)

    monkeypatch.setattr(engine, "step", step)
    desk.run(
        "5m work",
        lambda: cursed.append(desk.loop.state),
        *[desk.inbox.observe] * 5,
        "30m work",
        "10s idle",
        lambda: desk.ask("answer", "done"),
    )

    assert [("position", "taken", "answer")] == ended(desk)


def test_given_a_prompt_without_words_when_it_is_due_then_it_counts_as_not_delivered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken translation must not leave an episode that is never shown and never ends."""
    real = views.prompt_view

    def fail(*_: object) -> PromptView:
        raise KeyError("minuts")

    monkeypatch.setattr(views, "prompt_view", fail)

    def mend() -> None:
        assert desk.loop.state.episode is not None
        assert Phase.FAILED is desk.loop.state.episode.phase
        monkeypatch.setattr(views, "prompt_view", real)

    desk.run(*TO_A_PROMPT, mend, "90s work", "10s idle", lambda: desk.ask("answer", "done"))

    assert [("position", "taken", "answer")] == ended(desk)


def test_given_a_sign_of_life_that_fails_when_it_is_due_then_the_loop_goes_on(
    desk: Desk,
) -> None:
    """Nobody can tell later when we were killed; that is all."""

    def fail(_: float) -> None:
        raise ZeroDivisionError("for the test")

    desk.loop.outside = _Failing(desk.outside, fail)  # type: ignore[assignment]  # one method differs
    desk.run(*TO_A_PROMPT, lambda: desk.ask("answer", "done"))

    assert [("position", "taken", "answer")] == ended(desk)


class _Failing:
    def __init__(self, real: object, heartbeat: object) -> None:
        self._real = real
        self.heartbeat = heartbeat

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


def test_given_two_threads_when_the_later_event_arrives_first_then_time_does_not_run_back(
    desk: Desk,
) -> None:
    """Stamped before, posted after: a millisecond, and no span of negative length."""

    def crossed() -> None:
        earlier = Observed(desk.clock.now(), desk.facts())
        desk.clock.until(desk.clock.boot_s() + 0.5)
        desk.inbox.observe()
        desk.inbox.post(earlier)

    def forward() -> None:
        times.append(desk.loop.state.at.boot_s)

    times: list[float] = []
    desk.run("1m work", crossed, forward, "1m work", forward)

    assert times == sorted(times)
    assert [("desk", 120.5)] == presences(desk)


def test_given_a_computer_that_slept_when_another_event_comes_first_then_it_was_asleep(
    desk: Desk,
) -> None:
    """Whoever noticed is slower than a command; what was seen before the sleep comes last."""

    def slept() -> None:
        before = Observed(desk.clock.now(), desk.facts())
        desk.clock.until(desk.clock.boot_s() + 3600.0)
        desk.clock.slept = 3600.0
        noticed = desk.inbox.snapshot()
        desk.ask("status")
        desk.inbox.post(noticed)
        desk.inbox.post(before)

    desk.run("1m work", slept, "1m work")

    assert [("desk", 60.0), ("asleep", 3600.0), ("desk", 60.0)] == presences(desk)


def test_given_a_computer_that_slept_when_facts_from_before_come_first_then_it_was_asleep(
    desk: Desk,
) -> None:
    """They were posted just before, and are taken when it is awake again."""

    def slept() -> None:
        desk.inbox.observe()
        desk.clock.until(desk.clock.boot_s() + 3600.0)
        desk.clock.slept = 3600.0

    desk.run("1m work", slept, "1m work")

    assert [("desk", 60.0), ("asleep", 3600.0), ("desk", 60.0)] == presences(desk)


# ── settings ───────────────────────────────────────────────────────────────────────────────


def test_given_a_shorter_interval_when_it_is_read_in_mid_interval_then_held_time_counts(
    desk: Desk,
) -> None:
    """A change acts on the held time as it stands."""

    def shorten() -> None:
        desk.file.write_text("[position]\ninterval_minutes = 15\n", encoding="utf-8")
        assert {"ok": True, "problems": []} == desk.ask("reload")

    desk.run("16m work", shorten, "10s idle", lambda: desk.ask("answer", "done"))

    assert [("position", "taken", "answer")] == ended(desk)


def test_given_a_file_that_was_changed_by_hand_when_nobody_tells_then_it_is_noticed(
    desk: Desk,
) -> None:
    """Within half a minute, with the next sign of life."""
    desk.run(
        "16m work",
        lambda: desk.file.write_text("[position]\ninterval_minutes = 15\n", encoding="utf-8"),
        "31s work",
        "10s idle",
        lambda: desk.ask("answer", "done"),
    )

    assert [("position", "taken", "answer")] == ended(desk)


def test_given_a_disk_that_withheld_settings_and_packs_when_it_gives_them_then_they_count(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody changes a file when a disk comes back, so nothing tells of it: they are read again."""

    def withhold(path: Path, most_bytes: int) -> bytes | None:
        if is_mended or not path.is_relative_to(desk.file.parent):
            return textfile.read_bytes(path, most_bytes)
        raise textfile.withheld(path, OSError(errno.EIO, "Input/output error"))

    def mend() -> None:
        told.extend(map(str, desk.keeper.settings_problems))
        is_mended.append(True)

    is_mended: list[bool] = []
    told: list[str] = []
    desk.file.write_text("[position]\ninterval_minutes = 15\n", encoding="utf-8")
    (desk.file.parent / "packs").mkdir()
    (desk.file.parent / "packs" / "mine.toml").write_bytes(b'schema_version = 1\nlanguage = "en"\n')
    monkeypatch.setattr(files, "read_bytes", withhold)
    monkeypatch.setattr(pack_files, "read_bytes", withhold)
    desk.keeper.reload()
    desk.run("14m work", mend, "61s work", "10s idle", lambda: desk.ask("answer", "done"))

    assert [True, True] == ["cannot be read" in problem for problem in told]
    assert () == desk.keeper.settings_problems
    assert [("position", "taken", "answer")] == ended(desk)


def test_given_our_own_pack_that_is_gone_when_it_is_read_again_then_the_one_we_have_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an update replaces it there is none for a moment."""
    english = desk.keeper.pack.texts
    desk.file.write_text('language = "de"\n', encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(files, "bundled", lambda *_: desk.file.parent / "none.toml")
        desk.keeper.reload()
        meanwhile = desk.keeper.pack.texts
    desk.run("31s work", "2s work")

    assert english == meanwhile
    assert english != desk.keeper.pack.texts


def test_given_another_program_in_our_place_when_it_is_noticed_then_it_is_said(
    desk: Desk, tmp_path: Path
) -> None:
    """Within half a minute, and once; an update that comes back is one all the same."""
    ours = tmp_path / "__init__.py"
    ours.write_text("__version__ = '1'", encoding="utf-8")
    desk.loop.program = Program(ours)
    told: list[int] = []

    def look() -> None:
        told.append(len(desk.loop.snapshot().problems))

    def replace_it() -> None:
        ours.unlink()

    desk.run("31s work", look, replace_it, "31s work", look, "31s work", look)

    assert [0, 1, 1] == told


def test_given_rows_that_wait_when_the_disk_is_well_again_then_they_are_written_within_a_minute(
    desk: Desk,
) -> None:
    """Though nothing happens at the desk, nor is anybody at it."""
    other = sqlite3.connect(desk.path, isolation_level=None)

    def lock() -> None:
        other.execute("BEGIN IMMEDIATE")
        desk.inbox.observe()

    def let_go() -> None:
        waiting.append(desk.store.write_again_s)
        other.execute("ROLLBACK")

    def look() -> None:
        waiting.append(desk.store.write_again_s)
        assert () == desk.store.problems

    waiting: list[float | None] = []
    desk.run("2m work", lock, "1m work", let_go, "31s work", look, quits=False)
    other.close()

    assert [False, True] == [when_s is None for when_s in waiting]


def test_given_a_history_that_was_misread_then_the_week_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that failed while today was read must not make today shorter."""
    before = Desk(tmp_path)
    before.run("5m work")
    desk = Desk(tmp_path, clock=before.clock)

    def fail(*_: object) -> NoReturn:
        raise sqlite3.OperationalError("disk I/O error")

    def mend() -> None:
        weeks.append(desk.loop.snapshot().week)
        monkeypatch.undo()
        desk.inbox.observe()

    def look() -> None:
        weeks.append(desk.loop.snapshot().week)

    weeks: list[Week | None] = []
    monkeypatch.setattr("deskbreak.storage.rows.read_spans", fail)
    desk.run("1m work", mend, "1m work", look)

    # A start takes a second to know of input.
    assert [59, 419] == [week and round(week.total.desk_seconds) for week in weeks]


def test_given_a_longer_interval_when_it_is_read_then_it_causes_no_prompt(desk: Desk) -> None:
    """Neither at once nor at the old time."""

    def lengthen() -> None:
        desk.file.write_text("[position]\ninterval_minutes = 30\n", encoding="utf-8")
        desk.ask("reload")

    desk.run("16m work", lengthen, "5m work", "10s idle", "1m work")

    assert [] == desk.delivery.shown


def test_given_a_broken_file_when_it_is_read_in_mid_interval_then_the_last_good_one_holds(
    desk: Desk,
) -> None:
    """One problem, and everything as before."""
    desk.file.write_text("[position]\ninterval_minutes = 15\n", encoding="utf-8")
    desk.keeper.reload()

    def break_it() -> None:
        desk.file.write_text("[position\n", encoding="utf-8")
        assert 1 == len(desk.ask("reload")["problems"])
        assert Icon.PROBLEM is desk.loop.look().icon

    desk.run("14m work", break_it, "1m work", "10s idle", lambda: desk.ask("answer", "done"))

    assert [("position", "taken", "answer")] == ended(desk)


# ── the end, and the next beginning ────────────────────────────────────────────────────────


def test_given_work_when_the_agent_is_told_to_quit_then_the_open_span_is_kept(
    desk: Desk,
) -> None:
    """Up to the second."""
    desk.run("7m work")

    assert [("desk", 420.0)] == presences(desk)
    assert Presence.OFF is desk.saved_state().outage


def test_given_a_good_end_when_the_agent_starts_again_then_the_time_between_was_off(
    tmp_path: Path,
) -> None:
    """Off is an absence like any other: a short one leaves held time as it is."""
    clock = FakeClock()
    Desk(tmp_path, clock=clock).run("10m work")
    clock.until(clock.boot_s() + 60)
    second = Desk(tmp_path, clock=clock)
    second.run("9m work", "10s idle", lambda: second.ask("answer", "done"))

    assert [("position", "taken", "answer")] == ended(second)
    assert [("desk", 600.0), ("off", 60.0)] == presences(second)[:2]
    assert 1 == second.rows()[1][0].id


@pytest.mark.parametrize("memory", [False, True], ids=["disk", "memory"])
def test_given_a_kill_when_the_agent_starts_again_then_only_the_time_since_the_sign_is_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, memory: bool
) -> None:
    """What was acknowledged is there; the sign of life dates the end."""
    monkeypatch.setattr(latest, "_is_memory", lambda _: memory)
    clock = FakeClock()
    first = Desk(tmp_path, clock=clock)
    first.run(*TO_A_PROMPT, lambda: first.ask("answer", "done"), "10m work", quits=False)
    before = first.rows()
    alive_s = first.outside.heartbeats[-1]
    clock.until(clock.boot_s() + 40)
    second = Desk(tmp_path, clock=clock)
    second.run("10m work", "10s idle", lambda: second.ask("answer", "done"), alive_s=alive_s)

    spans, episodes = second.rows()
    assert before == (spans[: len(before[0])], episodes[: len(before[1])])
    off = [(span.start.boot_s, span.end.boot_s) for span in spans if span.presence == "off"]
    assert [(alive_s, alive_s + 40 + (clock_gap := off[0][1] - alive_s - 40))] == off
    assert 0 <= clock_gap <= agent_loop.HEARTBEAT_S
    assert [1, 2] == [one.id for one in episodes]
    assert [Outcome.TAKEN] * 2 == [one.outcome for one in episodes]


@pytest.mark.parametrize("memory", [False, True], ids=["disk", "memory"])
def test_given_an_open_prompt_when_the_agent_is_killed_then_the_next_one_still_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, memory: bool
) -> None:
    """It comes back once, under its own number, and can be answered."""
    monkeypatch.setattr(latest, "_is_memory", lambda _: memory)
    clock = FakeClock()
    first = Desk(tmp_path, clock=clock)
    first.run(*TO_A_PROMPT, quits=False)
    clock.until(clock.boot_s() + 5)
    second = Desk(tmp_path, clock=clock)
    second.run("30s work", "10s idle", lambda: second.ask("answer", "done"))

    assert [("position", "taken", "answer")] == ended(second)
    assert [1] == [view.episode for view in second.delivery.shown]


def test_given_a_wish_that_cannot_be_carried_out_when_it_breaks_then_the_answer_is_in_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked hears that it failed, and the loop goes on."""
    replies: list[dict[str, object]] = []

    def fail(*_: object) -> None:
        raise ZeroDivisionError("for the test")

    def ask() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(desk.keeper, "recent", fail)
            replies.append(desk.ask("status"))
        replies.append(desk.ask("status"))

    desk.run("1m work", ask, "1m work")

    assert [False, True] == [reply["ok"] for reply in replies]
    assert "something went wrong inside deskbreak; its log says what" == replies[0]["error"]


def test_given_a_problem_outside_when_anybody_looks_then_it_is_told(desk: Desk) -> None:
    """In the menu, in the icon and in the status."""
    desk.outside.missing = (said("the moon is missing"),)

    def look() -> None:
        view = desk.loop.look()
        assert Icon.PROBLEM is view.icon
        assert "the moon is missing" in [entry.label for entry in view.menu]
        assert ["the moon is missing"] == desk.ask("status")["facts"]["problems"]

    desk.run("1m work", look)


def test_given_a_wish_from_the_menu_when_nobody_waits_for_an_answer_then_it_is_done(
    desk: Desk,
) -> None:
    """The menu leaves it and goes on."""
    desk.run("1m work", lambda: desk.inbox.command(Command("pause", "")), "1m work")

    assert desk.loop.state.pause is not None
