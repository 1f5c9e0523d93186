"""The demo's day on the real loop and store, with a screen of the test's and no time to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskbreak.agent import compose
from deskbreak.agent.player import TEMPO, Player
from deskbreak.core import replay, timeline
from deskbreak.core.model import Choice, Command, Hold, Log, Record, Stopped
from deskbreak.storage import files
from deskbreak.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskbreak.core.model import Effect, Episode, PromptView, Span

_TICK_S = 1e-6
"""A clock that is read again has moved on; and sums of floats must not stand still."""


class Demo:
    """The demo, whose real time is the test's: every wait is over at once, and noted."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.real_s = 0.0
        monkeypatch.setattr("time.monotonic", lambda: self.real_s)
        self.told: list[tuple[float, str]] = []  # real time, line
        self.shown: list[tuple[float, PromptView]] = []
        self.gone: list[float] = []  # real time at which what was shown went, or was replaced
        self.quiet: list[tuple[float, str]] = []  # real time, first line of the menu
        self.delay_s = 0.0  # real, until delivery says that a prompt is shown
        self.offered: list[tuple[float, float]] = []  # clock of the day, when asked and when shown
        self._due: tuple[float, float, PromptView] | None = None
        self.on_show: Callable[[PromptView], object] = lambda _: None
        self.folder = folder
        self.agent = compose._demo_agent(files.places(), folder, self._tell)
        self.loop = self.agent.loop
        self.player = self.agent.pulse()
        assert isinstance(self.player, Player)
        self.loop.inbox._play = self

    def run(self) -> None:
        """Play the whole day."""
        try:
            self.agent.desktop.watch_over(lambda: None)
            self.loop.run(self.player, self)
        finally:
            self.agent.store.close()

    def _tell(self, line: str) -> None:
        self.told.append((self.real_s, line))
        if Hold.CALL in self.loop.state.holds:
            self.quiet.append((self.real_s, self.loop.look().menu[0].label))

    # ── instead of waiting ─────────────────────────────────────────────────────────────────

    def wait_s(self) -> float:
        assert isinstance(self.player, Player)
        until_s = self.real_s + self.player.wait_s() + _TICK_S
        if self._due is not None and self._due[0] <= until_s:
            self.real_s, asked_s, view = self._due
            self._due = None
            self._appear(asked_s, view)
        else:
            self.real_s = until_s
        return 0.0

    def go_on(self) -> None:
        assert isinstance(self.player, Player)
        self.player.go_on()

    # ── instead of delivery ────────────────────────────────────────────────────────────────

    def show(self, view: PromptView) -> None:
        asked_s = self.loop.clock.boot_s()
        if self.delay_s:
            self._due = (self.real_s + self.delay_s, asked_s, view)
        else:
            self._appear(asked_s, view)

    def _appear(self, asked_s: float, view: PromptView) -> None:
        self.withdraw()
        self.shown.append((self.real_s, view))
        self.offered.append((asked_s, self.loop.clock.boot_s()))
        self.loop.effects.shown(view.episode, view.showing)
        self.on_show(view)

    def withdraw(self) -> None:
        if len(self.gone) < len(self.shown):
            self.gone.append(self.real_s)

    def stop(self) -> None:
        self.withdraw()

    # ── afterwards ─────────────────────────────────────────────────────────────────────────

    @property
    def lines(self) -> list[str]:
        return [line for _, line in self.told]

    def rows(self) -> tuple[list[str], list[str]]:
        """What is on the disk, as words."""
        with Store.open(self.folder / "history.db", read_only=True) as store:
            known = store.known()
            assert known is not None
            spans, episodes = store.rows(*known)
        return [_span(span) for span in spans], [_episode(episode) for episode in episodes]


def _span(span: Span) -> str:
    holds = " ".join(sorted(span.holds))
    return f"{span.start.wall:%H:%M:%S} {span.end.wall:%H:%M:%S} {span.presence} {holds}"


def _episode(e: Episode) -> str:
    assert e.ended is not None
    return f"{e.ended.wall:%H:%M:%S} {e.kind} {e.outcome} {e.by} {e.prompt} {e.folded}"


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Demo:
    """The demo, about to begin."""
    return Demo(tmp_path, monkeypatch)


def test_given_the_bundled_day_when_it_is_played_then_it_goes_as_the_engine_alone_plays_it(
    demo: Demo,
) -> None:
    """Loop, desk and player neither lose nor move anything: the rows are those of the timeline."""
    demo.run()
    spans, episodes = demo.rows()

    day = timeline.parse(files.bundled("config", "demo.timeline").read_bytes())
    alone = replay.Player(day.start, demo.loop.keeper.rules)
    effects: list[Effect] = list(alone.play(day.lines))
    effects += alone.take(Stopped(alone.now))
    assert [_span(x.span) for x in effects if isinstance(x, Record)] == spans
    assert [_episode(x.episode) for x in effects if isinstance(x, Log)] == episodes
    assert len(episodes) > 10


def test_given_the_bundled_day_when_it_is_played_then_it_takes_a_minute_and_can_be_followed(
    demo: Demo,
) -> None:
    """Prompts stay long enough to be read, and so does the tray that says why it is quiet."""
    demo.run()
    stays_s = [gone - shown for (shown, _), gone in zip(demo.shown, demo.gone, strict=True)]

    assert 50.0 <= demo.real_s <= 75.0
    assert 3.0 <= min(stays_s)
    assert 5.0 >= max(stays_s)
    (called_s, menu), *_ = demo.quiet
    assert "Quiet: microphone or camera in use" == menu
    assert 3.0 <= next(when_s for when_s, _ in demo.told if when_s > called_s) - called_s


def test_given_the_bundled_day_when_it_is_played_then_it_shows_the_main_things(demo: Demo) -> None:
    """Prompt, rest, postponing, a call, a natural break, a reminder, a pause, the steps."""
    demo.run()

    wanted = (
        "09:00 Change position in 20 min",
        "09:20 Change position: taken",
        "09:41 Change position: taken, by resting",
        "10:01 Stretch: postponed",
        "10:06 Stretch: taken",
        "10:14 Quiet: microphone or camera in use",
        "10:48 Change position: skipped",
        "11:02 Stretch: natural break",
        "11:15 Habit of the day: taken",
        "13:17 Change position: Still a good moment for it?",
        "13:30 Quiet: paused until 14:30",
        "14:42 Change position: taken, with the guide",
    )
    assert list(wanted) == [line for line in demo.lines if line in wanted]
    assert all(
        line[:5] <= after[:5] for line, after in zip(demo.lines, demo.lines[1:], strict=False)
    )


def test_given_a_person_who_answers_when_a_prompt_is_shown_then_that_answer_counts(
    demo: Demo,
) -> None:
    """The one of the day then comes too late, and changes nothing."""
    demo.on_show = lambda view: demo.loop.effects.answered(view.episode, Choice.SKIP)
    demo.run()

    assert "09:20 Change position: skipped" in demo.lines
    assert "09:20 Change position: taken" not in demo.lines
    assert demo.gone[0] - demo.shown[0][0] < TEMPO.look_s


def test_given_a_slow_notification_service_when_a_prompt_is_due_then_the_day_waits_for_it(
    demo: Demo,
) -> None:
    """Calls to the desktop have their real time: the day must not be over before they answer."""
    demo.delay_s = 3.0
    demo.run()

    assert "09:20 Change position: taken" in demo.lines
    assert len(demo.shown) == len(demo.gone)
    late_s = [view_s - offered_s for offered_s, view_s in demo.offered]
    assert 3.0 == pytest.approx(min(late_s), abs=0.1)
    assert 3.0 == pytest.approx(max(late_s), abs=0.1)


def test_given_a_change_of_settings_from_the_menu_then_it_holds_in_the_demo_alone(
    demo: Demo,
) -> None:
    """The settings of the person are neither read nor written."""
    theirs = files.places().settings
    theirs.parent.mkdir(parents=True)
    theirs.write_text("[position]\ninterval_minutes = 45\n")
    demo.on_show = lambda _: demo.loop.inbox.command(Command("set", "position.interval_minutes=60"))
    demo.run()

    assert "09:00 Change position in 20 min" == demo.lines[0]
    assert 60 == demo.loop.keeper.resolved.whole("position.interval_minutes")
    assert "[position]\ninterval_minutes = 45\n" == theirs.read_text()
