"""What keeps prompts back on a whole desktop: servers that go and return, and a call in the agent."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if sys.platform != "linux":
    pytest.skip("the desktop of the tests is made of Linux programs", allow_module_level=True)

from deskbreak.agent.holds import Holds
from deskbreak.core.model import Hold
from deskbreak.platforms.linux.bus import Bus
from tests.desktop.desk import SPEED, Agent, Hand, deskbreak, midday, timed, wait_until
from tests.desktop.hold_scenes import FILL_THE_SCREEN, SoundServer, run, window_in_front
from tests.desktop.parts import Dunst, PrivateBus, Program, XServer, missing, wait_for
from tests.doubles import flags
from tests.doubles.notifications import NotificationServer

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY: Final = frozenset(Hold)
DND: Final = frozenset({Hold.DND})
NOTHING: Final = frozenset[Hold]()
WITHIN_S: Final = 10.0


class Watch:
    """All probes of this desktop, and what is in force by them."""

    def __init__(self, env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("DISPLAY", "XDG_RUNTIME_DIR"):
            monkeypatch.setenv(name, env[name])
        self.bus = Bus(env["DBUS_SESSION_BUS_ADDRESS"], "session")
        self.bus.start()
        self.system = Bus(env.get("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere"), "system")
        self.reports: list[frozenset[Hold]] = []
        self.holds = Holds(lambda: self.bus, self.system, self._changed)
        self.holds.heed(EVERY)

    def _changed(self) -> None:
        self.reports.append(self.now)

    @property
    def now(self) -> frozenset[Hold]:
        """What is in force."""
        return self.holds.in_force(asks=False)

    def chosen(self, key: str) -> str | None:
        """What tells of a topic."""
        return next(one.chosen for one in self.holds.findings() if one.name == key)

    def is_now(self, *holds: Hold) -> None:
        """Wait until these are in force, and no others, and that has been told."""
        wanted = frozenset(holds)

        def is_so() -> bool:
            return [wanted] * 2 == [self.now, (self.reports or [NOTHING])[-1]]

        wait_for(is_so, WITHIN_S, f"{holds} in force")

    def serves(self, key: str, name: str | None) -> None:
        """Wait until *name* tells of a topic."""
        wait_for(lambda: self.chosen(key) == name, WITHIN_S, f"{name} to tell of {key}")

    def close(self) -> None:
        """Let go of the desktop."""
        self.holds.close()
        self.bus.close()
        self.system.close()


@pytest.fixture
def watch(desktop_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """All probes, on this test's desktop."""
    made = Watch(desktop_env, monkeypatch)
    yield made
    made.close()


def _sound(env: dict[str, str]) -> SoundServer:
    if reason := missing("pulseaudio", "parec", "pactl"):
        pytest.skip(reason)
    return SoundServer(Path(env["XDG_RUNTIME_DIR"]), Path(env["HOME"]))


# ── services that come and go ──────────────────────────────────────────────────────────────


def test_given_one_notification_service_when_another_takes_its_place_then_that_one_is_asked(
    watch: Watch, bus: PrivateBus, desktop_env: dict[str, str]
) -> None:
    """Do not disturb is whatever the service means by it that shows the prompts now."""
    if reason := missing("dunst", "dunstctl"):
        pytest.skip(reason)
    watch.serves("do_not_disturb", None)
    with Dunst(desktop_env):
        watch.serves("do_not_disturb", "dunst")
        run(desktop_env, "dunstctl", "set-paused", "true")
        watch.is_now(Hold.DND)

    watch.is_now()  # a service that has died keeps nothing back
    with flags.plasma(bus.address) as plasma:
        watch.serves("do_not_disturb", "inhibited")
        plasma.switch(on=True)
        watch.is_now(Hold.DND)

    watch.is_now()
    assert [DND, NOTHING, DND, NOTHING] == watch.reports


def test_given_a_message_bus_that_dies_when_it_is_back_then_its_services_are_heard_again(
    watch: Watch, bus: PrivateBus
) -> None:
    """What a bus that is gone said last is worth nothing."""
    with flags.plasma(bus.address) as plasma:
        watch.serves("do_not_disturb", "inhibited")
        plasma.switch(on=True)
        watch.is_now(Hold.DND)
        bus.kill()
        watch.is_now()

    bus.start()
    with flags.plasma(bus.address) as plasma:
        watch.serves("do_not_disturb", "inhibited")
        plasma.switch(on=True)
        watch.is_now(Hold.DND)


def test_given_a_frozen_notification_service_when_it_is_opened_then_nothing_else_suffers(
    watch: Watch, bus: PrivateBus
) -> None:
    """One that does not answer is unknown, is told so, and is found at the next prompt."""
    with flags.plasma(bus.address):
        watch.serves("do_not_disturb", "inhibited")

    stuck = flags.plasma(bus.address)
    stuck.is_mute, stuck.on = True, True
    with stuck:
        watch.serves("do_not_disturb", None)
        with timed("asking", 0.25, 2.5):
            watch.holds.in_force(asks=True)
        stuck.is_mute = False

        def is_found() -> bool:
            return watch.holds.in_force(asks=True) == DND  # as at each look, at most twice a minute

        wait_for(is_found, 60.0, "the service that answers again")


def test_given_a_sound_server_that_dies_in_a_call_when_it_is_back_then_so_is_the_call(
    watch: Watch, desktop_env: dict[str, str]
) -> None:
    """A server that was restarted is found by its socket; meanwhile nothing is known of calls."""
    with _sound(desktop_env) as server:
        watch.serves("microphone", "pulse")
        with server.record():
            watch.is_now(Hold.CALL)
            server.kill()
            watch.is_now()
            assert watch.chosen("microphone") is None

        server.start()
        watch.serves("microphone", "pulse")
        with server.record():
            watch.is_now(Hold.CALL)
            told = watch.holds.reasons[Hold.CALL]
            assert "microphone in use" == str(told)


@pytest.mark.parametrize("what", ["monitor", "muted", "loopback"])
def test_given_a_stream_that_hears_no_person_when_it_runs_then_it_is_no_call(
    watch: Watch, desktop_env: dict[str, str], what: str
) -> None:
    """What plays may be recorded, and a microphone be muted or only passed on, without a call."""
    with ExitStack() as stack:
        server = stack.enter_context(_sound(desktop_env))
        watch.serves("microphone", "pulse")
        if what == "loopback":
            server.pactl("load-module", "module-loopback", "source=mic", "sink=out")
        else:
            stack.enter_context(server.record("out.monitor" if what == "monitor" else "mic"))
        wait_for(server.streams, what="a stream")
        if what == "muted":
            watch.is_now(Hold.CALL)
            server.pactl("set-source-output-mute", str(server.streams()[0]["index"]), "1")

        time.sleep(0.5)  # long enough for a call to be noticed
        assert NOTHING == watch.now


def test_given_an_x_server_that_dies_when_another_takes_its_display_then_windows_are_seen_again(
    watch: Watch, display: XServer, desktop_env: dict[str, str]
) -> None:
    """Whoever logs in again on the same display is not talked into a film."""
    if reason := missing("openbox", "xterm"):
        pytest.skip(reason)
    number = display.display
    watch.serves("full_screen", "x11")
    display.kill()
    watch.serves("full_screen", None)
    assert NOTHING == watch.now

    again = Program(["Xvfb", number, "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
    with again:
        watch.serves("full_screen", "x11")
        with window_in_front(desktop_env):
            run(desktop_env, "xdotool", "key", *FILL_THE_SCREEN)
            watch.is_now(Hold.FULLSCREEN)


@pytest.mark.parametrize("leaves", ["windowkill", "windowminimize"])
def test_given_the_only_window_filling_the_screen_when_it_goes_then_that_ends(
    watch: Watch, display: XServer, desktop_env: dict[str, str], leaves: str
) -> None:
    """A manager that goes on naming a window that has gone keeps no prompt back."""
    if reason := missing("openbox", "xterm"):
        pytest.skip(reason)
    watch.serves("full_screen", "x11")
    with window_in_front(desktop_env):
        run(desktop_env, "xdotool", "key", *FILL_THE_SCREEN)
        watch.is_now(Hold.FULLSCREEN)
        run(desktop_env, "xdotool", "getactivewindow", leaves)

        watch.is_now()
        if leaves == "windowkill":
            return
        run(desktop_env, "xdotool", "search", "--class", "xterm", "windowmap")
        watch.is_now(Hold.FULLSCREEN)


# ── the agent ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def notifier(bus: PrivateBus) -> Iterator[NotificationServer]:
    """A notification service that records every prompt."""
    with NotificationServer(bus.address) as service:
        yield service


def test_given_a_microphone_open_for_fifty_minutes_when_it_closes_then_one_prompt_comes(
    notifier: NotificationServer, desktop_env: dict[str, str]
) -> None:
    """No prompt in the call, its reason in words, one prompt after it, and the day explains itself."""
    env = {**desktop_env, "TZ": midday()}
    with ExitStack() as stack:
        server = stack.enter_context(_sound(env))
        agent = stack.enter_context(Agent(env, "--speed", str(SPEED)))
        stack.enter_context(Hand(env))
        with server.record():
            with timed("the call in the status", 1.0, 10.0):
                wait_until(agent, "the call", holds=["call"])
            lines = agent.ask("status")["lines"]
            began = datetime.fromisoformat(agent.status["at"])
            time.sleep(50 * 60 / SPEED)
            assert [] == notifier.notes
            assert "Quiet: microphone in use" == agent.ask("status")["lines"][0]

        assert "Quiet: microphone in use" == lines[0]
        notifier.note(1)
        time.sleep(2.0)  # four minutes: its reminder comes after five
        assert 1 == len(notifier.notes)
        assert "Quiet" not in agent.ask("status")["lines"][0]
        why = deskbreak(env, "status", "--why", f"{began + timedelta(minutes=25):%H:%M}")
        assert "- microphone or camera in use" == why.out.splitlines()[1]
        agent.assert_well()
