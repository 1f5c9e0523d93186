"""The desktop of a system that has one of each part, with parts that do what the test says."""

from __future__ import annotations

import gettext
import threading
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.agent.desktop import Given
from deskbreak.agent.desktop_native import NativeDesktop
from deskbreak.agent.panel_native import NativePanel
from deskbreak.core.model import Facts, Hold, Icon, PromptView, TrayView
from deskbreak.core.notice import Notice
from deskbreak.core.words import said
from deskbreak.platforms.topics import Topic
from deskbreak.ports import Unavailable
from tests.desktop.parts import wait_for
from tests.doubles.idle import FakeIdle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from deskbreak.core.words import Words
    from deskbreak.ports import Channel, IdleSource, Session

EVERY = frozenset(Hold)
VIEW = PromptView(1, 1, "position", "Stand up", "Stand for two minutes.", ())


class FakeSession:
    """Locked or asleep as the test says; `ended` is what is called at the session's end."""

    name = "WTS"

    def __init__(self, ended: Callable[[], None]) -> None:
        self.locked = self.asleep = self.is_closed = False
        self.ended = ended

    def close(self) -> None:
        self.is_closed = True


class Probe:
    """A hold that is on or off as the test says."""

    name = "fake"

    def __init__(self, changed: Callable[[], None], *, subscribed: bool) -> None:
        self.changed = changed
        self.subscribed = subscribed
        self.on: bool | None = False
        self.asked = 0
        self.is_closed = False

    def ask(self) -> bool | None:
        self.asked += 1
        return self.on

    def close(self) -> None:
        self.is_closed = True


class FakeChannel:
    """Shows prompts to nobody."""

    name = "balloon"
    lost = False

    def __init__(self) -> None:
        self.shown: list[str] = []

    def show(self, view: PromptView) -> None:
        self.shown.append(view.title)

    def withdraw(self) -> None:
        self.shown.append("")

    def close(self) -> None:
        self.shown.append("closed")


class TrayIcon:
    """Does what pystray's icon promises; it can be made to hang, as Windows' menu does."""

    def __init__(self, *_: object) -> None:
        self.visible = False
        self.over = threading.Event()
        self.hangs = False

    def run(self, setup: Callable[[TrayIcon], None]) -> None:
        threading.Thread(target=setup, args=(self,), daemon=True).start()
        self.over.wait()

    def stop(self) -> None:
        if not self.hangs:
            self.over.set()

    def update_menu(self) -> None:
        pass


class Backend:
    """Pystray's classes, of which only the icon is used here."""

    def __init__(self) -> None:
        self.icons: list[TrayIcon] = []
        self.menu: Any = lambda *_: None
        self.item: Any = None

    def icon(self, *arguments: object) -> TrayIcon:
        self.icons.append(TrayIcon(*arguments))
        return self.icons[-1]

    def picture(self, state: str) -> object:
        return state


class Parts:
    """A system whose parts the test holds in its hands."""

    system = "Windows"
    untried = said("nobody has tried it")
    tray_name = "Shell_NotifyIcon"
    tray_wants_main_thread = False

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}
        self.idle_source: FakeIdle | None = None
        self.session: FakeSession | None = None
        self.probes: dict[str, Probe] = {}
        self.channel = FakeChannel()
        self.backend = Backend()
        self.told: Callable[[Unavailable | None], None] = lambda _: None
        self.notices: list[tuple[str, str]] = []

    def _check(self, part: str) -> None:
        if part in self.refused:
            raise Unavailable(said(self.refused[part]), said("mend it"))

    def idle(
        self, changed: Callable[[], None], boot_s: Callable[[], float], speed: float
    ) -> Mapping[str, Callable[[], IdleSource]]:
        def opened() -> IdleSource:
            self._check("idle")
            self.idle_source = FakeIdle(changed)
            return self.idle_source

        return {"GetLastInputInfo": opened}

    def sessions(
        self, changed: Callable[[], None], ended: Callable[[], None]
    ) -> Mapping[str, Callable[[], Session]]:
        def opened() -> Session:
            self._check("session")
            self.session = FakeSession(ended)
            return self.session

        return {"WTS": opened}

    def topics(self) -> tuple[Topic, ...]:
        def topic(key: str, hold: Hold, *, subscribed: bool) -> Topic:
            def opened(changed: Callable[[], None]) -> Probe:
                self._check(key)
                self.probes[key] = Probe(changed, subscribed=subscribed)
                return self.probes[key]

            return Topic(key, hold, {"fake": opened})

        return (
            topic("full_screen", Hold.FULLSCREEN, subscribed=False),
            topic("microphone", Hold.CALL, subscribed=True),
        )

    def tray(self, told: Callable[[Unavailable | None], None]) -> Backend:
        self._check("tray")
        self.told = told
        return self.backend

    def refuse_without_tray(self) -> None:
        self._check("taskbar")

    def refuse_without_notices(self) -> None:
        self._check("taskbar")

    def channels(self, words: Words) -> list[tuple[str, Callable[[], Channel]]]:
        def opened() -> Channel:
            self._check("balloon")
            return self.channel

        return [("balloon", opened)]

    def say(self, title: str, body: str) -> None:
        self._check("say")
        self.notices.append((title, body))


class Desk:
    """A desktop made of these parts, and what it reported."""

    def __init__(self, folder: Path, *, speed: float = 1.0) -> None:
        self.parts = Parts()
        self.changes: list[Facts] = []
        self.ended = 0
        self.is_prompted = False
        self.shown: list[int] = []
        self.undelivered: list[str] = []
        given = Given(folder, gettext.NullTranslations(), speed, folder / "heartbeat")
        self.desktop = NativeDesktop(given, self.parts)
        self.desktop.at_end_of_session(self._end)

    def _end(self) -> None:
        self.ended += 1

    def watch_over(self, holds: frozenset[Hold] = EVERY) -> None:
        self.desktop.watch_over(lambda: self.changes.append(self.desktop.facts()))
        self.desktop.heed(holds)

    def draw(self) -> None:
        def look() -> TrayView:
            return TrayView(Icon.WORKING, "deskbreak", ())

        def tell(describe: object) -> Any:  # noqa: ANN401 - whatever is asked for
            name = getattr(describe, "__name__", "refused")
            return self.is_prompted if name == "is_prompted" else Notice(name, "")

        self.desktop.draw(look, lambda _: None, tell)

    def deliver(self) -> Any:  # noqa: ANN401 - a delivery
        delivery = self.desktop.channels(
            lambda *_: None,
            lambda episode, _: self.shown.append(episode),
            lambda _episode, _showing, why: self.undelivered.append(str(why)),
        )
        delivery.start()
        return delivery

    def finding(self, name: str) -> Any:  # noqa: ANN401 - a finding, whose parts are compared
        return next(one for one in self.desktop.findings() if one.name == name)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desktop with nothing opened yet."""
    desk = Desk(tmp_path)
    yield desk
    desk.desktop.close()


# ── who is there ───────────────────────────────────────────────────────────────────────────


def test_given_all_parts_when_they_are_asked_then_the_facts_are_theirs(desk: Desk) -> None:
    """Idle time, lock and sleep each by the one part that the system has for it."""
    desk.watch_over()
    parts = desk.parts
    assert parts.idle_source is not None
    assert parts.session is not None
    parts.idle_source.rest(40.0)
    parts.session.locked = True

    assert Facts(40.0, True, False, frozenset()) == desk.desktop.facts()
    parts.session.asleep = True
    assert desk.desktop.facts().asleep
    assert ["GetLastInputInfo", "WTS"] == [
        desk.finding(name).chosen for name in ("idle", "session")
    ]


def test_given_a_fast_clock_when_marks_are_set_then_they_are_divided(tmp_path: Path) -> None:
    """`--speed` is the engine's clock; the desktop's stays real."""
    desk = Desk(tmp_path, speed=60.0)
    desk.watch_over()
    desk.desktop.watch(frozenset({120.0}))
    assert desk.parts.idle_source is not None
    desk.parts.idle_source.rest(2.0)

    assert (2.0,) == desk.parts.idle_source.marks_s
    assert 120.0 == desk.desktop.facts().idle_s
    desk.desktop.close()


def test_given_a_source_that_does_not_know_when_it_is_asked_then_nobody_is_taken_for_idle(
    desk: Desk,
) -> None:
    """As Windows before the first input."""
    desk.watch_over()
    assert desk.parts.idle_source is not None
    desk.parts.idle_source.failure = Unavailable(said("no input since the start"))

    assert desk.desktop.facts().idle_s is None


def test_given_a_part_that_refuses_when_doctor_asks_then_it_says_why(desk: Desk) -> None:
    """And a person hears of idle time, which is promised; of the lock only who asks."""
    desk.parts.refused = {"idle": "no idle time here", "session": "no session here"}
    desk.watch_over()

    idle, session = desk.finding("idle"), desk.finding("session")
    assert Facts(None, False, False, frozenset()) == desk.desktop.facts()
    assert [False, False] == [idle.ok, session.ok]
    assert ["no idle time here", "no session here"] == [
        str(one.refused[0].why) for one in (idle, session)
    ]
    assert 1 == sum("you count as present" in str(one) for one in desk.desktop.problems())


def test_given_a_system_on_which_nobody_tried_us_when_doctor_asks_then_it_says_so(
    desk: Desk,
) -> None:
    """And how to find out; it is no problem."""
    finding = desk.finding("system")

    assert ("Windows", True) == (finding.chosen, finding.ok)
    assert "nobody has tried it" == str(finding.why)
    assert "find out what works with: deskbreak demo" == str(finding.remedy)


def test_given_the_end_of_the_session_when_windows_says_so_then_we_are_told(desk: Desk) -> None:
    """Windows kills what has not ended by then."""
    desk.watch_over()
    assert desk.parts.session is not None
    desk.parts.session.ended()

    assert 1 == desk.ended


def test_given_a_desktop_when_it_is_closed_then_every_part_is(desk: Desk) -> None:
    """Nothing is left that wakes a process that ends."""
    desk.watch_over()
    desk.desktop.close()
    parts = desk.parts

    assert parts.idle_source is not None
    assert parts.session is not None
    assert parts.idle_source.closed
    assert parts.session.is_closed
    assert all(probe.is_closed for probe in parts.probes.values())


# ── what keeps prompts back ────────────────────────────────────────────────────────────────


def test_given_a_probe_that_tells_when_it_tells_then_that_is_reported_at_once(desk: Desk) -> None:
    """Once for each change, and not for news that changes nothing."""
    desk.watch_over()
    microphone = desk.parts.probes["microphone"]
    microphone.on = True
    microphone.changed()
    microphone.changed()

    assert [frozenset({Hold.CALL})] == [facts.holds for facts in desk.changes]
    assert "microphone in use" == str(desk.desktop.reasons()[Hold.CALL])


def test_given_a_probe_to_be_asked_when_no_prompt_hangs_on_it_then_it_is_left_alone(
    desk: Desk,
) -> None:
    """Asking wakes the processor; nobody needs to know."""
    desk.watch_over()
    full_screen = desk.parts.probes["full_screen"]
    full_screen.on = True
    assert frozenset() == desk.desktop.facts().holds
    assert 0 == full_screen.asked

    assert frozenset({Hold.FULLSCREEN}) == desk.desktop.facts(asks=True).holds


def test_given_a_hold_that_was_asked_for_when_it_ends_then_that_is_noticed(tmp_path: Path) -> None:
    """It is asked again every 30 s (here: 0.05) while it keeps a prompt back, and then no more."""
    desk = Desk(tmp_path, speed=600.0)
    desk.watch_over()
    full_screen = desk.parts.probes["full_screen"]
    full_screen.on = True
    desk.desktop.facts(asks=True)
    wait_for(lambda: full_screen.asked >= 3, what="it to be asked again")
    full_screen.on = False
    wait_for(lambda: desk.changes, what="the end of the hold")
    asked = full_screen.asked

    assert frozenset() == desk.changes[-1].holds
    assert not threading.Event().wait(0.2)
    assert asked == full_screen.asked
    desk.desktop.close()


def test_given_a_hold_that_is_switched_off_when_it_is_then_its_probe_is_closed(desk: Desk) -> None:
    """What does not count is not listened to either."""
    desk.watch_over(frozenset({Hold.CALL}))
    assert ["microphone"] == list(desk.parts.probes)
    assert "switched off in the settings" == str(desk.finding("full_screen").why)
    microphone = desk.parts.probes["microphone"]
    microphone.on = True
    desk.desktop.heed(frozenset({Hold.FULLSCREEN}))

    assert microphone.is_closed
    assert frozenset() == desk.desktop.facts(asks=True).holds


def test_given_a_probe_that_does_not_know_when_it_is_asked_then_prompts_come(desk: Desk) -> None:
    """Unknown is no hold; and one that cannot be opened stands in doctor."""
    desk.parts.refused = {"microphone": "no microphones here"}
    desk.watch_over()
    desk.parts.probes["full_screen"].on = None

    assert frozenset() == desk.desktop.facts(asks=True).holds
    finding = desk.finding("microphone")
    assert (False, False) == (finding.ok, finding.required)
    assert "no microphones here" == str(finding.refused[0].why)


# ── the icon ───────────────────────────────────────────────────────────────────────────────


def test_given_a_tray_that_hangs_when_the_agent_ends_then_the_process_can(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The thread of a menu that does not close keeps nothing alive."""
    monkeypatch.setattr("deskbreak.agent.panel_native.ENDS_WITHIN_S", 0.05)
    desk.draw()
    serving = threading.Thread(target=desk.desktop.serve, daemon=True)
    serving.start()
    wait_for(lambda: desk.parts.backend.icons, what="the icon")
    icon = desk.parts.backend.icons[0]
    icon.hangs = True
    desk.desktop.quit()
    serving.join(5.0)
    assert not serving.is_alive()
    desk.desktop.close()

    assert "goes with the process" in caplog.text
    assert all(t.daemon for t in threading.enumerate() if t.name == "tray")
    icon.over.set()


def test_given_a_system_that_insists_when_it_serves_then_the_tray_is_on_the_main_thread(
    desk: Desk,
) -> None:
    """AppKit does."""
    desk.parts.tray_wants_main_thread = True
    desk.draw()
    done = threading.Event()

    def serve() -> None:
        desk.desktop.serve()
        done.set()

    threading.Thread(target=serve, daemon=True).start()
    wait_for(lambda: desk.parts.backend.icons, what="the icon")
    assert "tray" not in {thread.name for thread in threading.enumerate()}
    desk.desktop.quit()

    assert done.wait(5.0)


def test_given_an_icon_that_is_not_there_when_that_is_told_then_a_person_hears_of_it(
    desk: Desk,
) -> None:
    """Until it is there."""
    desk.draw()
    assert desk.finding("tray").ok
    desk.parts.told(Unavailable(said("there is no taskbar")))
    assert ["there is no taskbar"] == [
        str(one) for one in desk.desktop.problems() if "taskbar" in str(one)
    ]
    desk.parts.told(None)

    assert desk.finding("tray").ok
    assert "Shell_NotifyIcon" == desk.finding("tray").chosen


def test_given_no_library_for_the_icon_when_it_serves_then_prompts_and_commands_go_on(
    desk: Desk,
) -> None:
    """The reason stands in doctor."""
    desk.parts.refused = {"tray": "the icon's library cannot be loaded"}
    desk.draw()
    desk.desktop.quit()
    desk.desktop.serve()

    assert "the icon's library cannot be loaded" == str(desk.finding("tray").why)


def test_given_no_agent_when_doctor_asks_for_the_icon_then_a_taskbar_is_enough(
    desk: Desk,
) -> None:
    """Nothing is drawn for it."""
    assert desk.finding("tray").ok
    desk.parts.refused = {"taskbar": "there is no taskbar"}

    assert "there is no taskbar" == str(desk.finding("tray").why)


# ── prompts and notices ────────────────────────────────────────────────────────────────────


def test_given_a_prompt_when_the_system_shows_it_then_it_counts_as_shown(desk: Desk) -> None:
    """The first way that works."""
    desk.deliver().show(VIEW)
    wait_for(lambda: desk.shown, what="the prompt")

    assert ["Stand up"] == desk.parts.channel.shown
    assert "balloon" == desk.finding("notifications").chosen


def test_given_a_prompt_that_nothing_shows_when_the_icon_comes_then_it_is_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The taskbar may come later than we do."""
    monkeypatch.setattr(
        "deskbreak.agent.ways_native.NativeWays._plyer",
        lambda _: desk.parts.refuse_without_notices(),
    )
    desk.parts.refused = {"balloon": "no icon", "taskbar": "no taskbar"}
    desk.draw()
    desk.deliver().show(VIEW)
    wait_for(lambda: desk.undelivered, what="the refusal")
    assert ["no icon; no taskbar"] == desk.undelivered
    desk.parts.refused = {}
    desk.parts.told(None)
    wait_for(lambda: desk.shown, what="the prompt")

    assert ["Stand up"] == desk.parts.channel.shown


def test_given_somebody_who_asks_when_no_prompt_is_there_then_a_notice_says_how_things_stand(
    desk: Desk,
) -> None:
    """How things stand, the week, and what could not be done."""
    desk.draw()
    for what, why in (("", ""), ("stats", ""), ("", "no such kind")):
        before = len(desk.parts.notices)
        desk.desktop.show(what, why)
        wait_for(lambda before=before: len(desk.parts.notices) > before, what="the notice")  # type: ignore[misc] # mypy does not infer defaults of a lambda

    assert ["once", "week", "refused"] == [title for title, _ in desk.parts.notices]


def test_given_a_prompt_on_the_screen_when_somebody_asks_then_it_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One at a time, and it is the prompt that waits for an answer."""
    desk.is_prompted = True
    desk.draw()
    said_it = threading.Event()
    show = NativePanel._show

    def showing(panel: NativePanel, describe: Any) -> None:  # noqa: ANN401 - as it is called
        show(panel, describe)
        said_it.set()

    monkeypatch.setattr(NativePanel, "_show", showing)
    desk.desktop.show("")
    assert said_it.wait(5.0)

    assert [] == desk.parts.notices
