"""What the agent chooses on a real desktop, and what becomes of it when a part of that dies."""

from __future__ import annotations

import gettext
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.agent import supervisor
from deskbreak.agent.desktop import Given
from deskbreak.agent.desktop_linux import LinuxDesktop
from tests.desktop.desks import Mutter, Sway
from tests.desktop.matrix import NEEDS
from tests.desktop.parts import PrivateBus, XServer, missing, wait_for
from tests.doubles.compositor import Compositor
from tests.doubles.logind import Login, Logind
from tests.doubles.saver import Saver

if sys.platform != "linux":
    pytest.skip("the desktops are those of Linux", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Opens = Callable[..., "Watched"]


class Watched:
    """A desktop as the agent opens it, and what it reported: idle time and lock at each report."""

    def __init__(self, folder: Path, speed: float = 1.0) -> None:
        self.reports: list[tuple[float | None, bool]] = []
        words = gettext.NullTranslations()
        self.desktop = LinuxDesktop(Given(folder, words, speed, folder / "heartbeat"))
        self.desktop.watch_over(self._changed)

    def _changed(self) -> None:
        facts = self.desktop.facts()
        self.reports.append((facts.idle_s, facts.locked))

    def finding(self, name: str) -> Any:  # noqa: ANN401 - a finding, whose parts are compared
        return next(each for each in self.desktop.findings() if each.name == name)

    @property
    def chosen(self) -> str | None:
        chosen: str | None = self.finding("idle").chosen
        return chosen

    def refusals(self) -> dict[str, str]:
        return {one.name: str(one.why) for one in self.finding("idle").refused}


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment without any desktop, and a supervisor in a hurry."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(supervisor, "LOOK_AGAIN_S", 0.05)
    return monkeypatch


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Opens]:
    """Open desktops, and close them at the end."""
    opened: list[Watched] = []

    def open_(speed: float = 1.0) -> Watched:
        opened.append(Watched(tmp_path, speed))
        return opened[-1]

    yield open_
    for one in opened:
        one.desktop.close()


def needs(environment: str) -> None:
    """Skip where its programs are not installed."""
    if reason := missing(*NEEDS[environment]):
        pytest.skip(reason)


# ── what is chosen ─────────────────────────────────────────────────────────────────────────


def test_given_gnome_when_the_agent_starts_then_mutter_is_asked_first(
    env: pytest.MonkeyPatch, watch: Opens, bus: PrivateBus
) -> None:
    """Its marks and its returns arrive as events, its idle time is exact."""
    needs("mutter")
    env.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    with Mutter(bus) as mutter:
        env.setenv("WAYLAND_DISPLAY", str(mutter.runtime / "wayland-9"))
        here = watch(120.0)
        mutter.touch()
        here.desktop.watch(frozenset({24.0}))
        wait_for(lambda: here.reports, what="a mark")
        mutter.touch()
        wait_for(lambda: len(here.reports) > 1, what="the return")

        assert "mutter" == here.chosen
        first, second = (idle_s or 0.0 for idle_s, _ in here.reports[:2])
        assert second < 24.0 <= first
        assert {} == here.refusals()


def test_given_sway_when_the_agent_starts_then_each_refusal_has_its_reason(
    env: pytest.MonkeyPatch, watch: Opens, bus: PrivateBus
) -> None:
    """Where only the old protocol is there, the doctor tells what a video may look like."""
    needs("sway")
    env.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    with Sway() as sway:
        env.setenv("WAYLAND_DISPLAY", sway.path)
        here = watch()
        finding = here.finding("idle")

        assert finding.ok
        assert finding.chosen in ("ext-idle-notify", "kde-idle")
        assert "video" in str(finding.why)
        assert "nobody owns org.gnome.Mutter.IdleMonitor" in here.refusals()["mutter"]


def test_given_the_newest_protocol_when_the_agent_starts_then_nothing_looks_like_input(
    env: pytest.MonkeyPatch, watch: Opens
) -> None:
    """Version 2 tells input from a video."""
    with Compositor() as compositor:
        env.setenv("WAYLAND_DISPLAY", compositor.path)
        here = watch()

        assert ("ext-idle-notify", None) == (here.chosen, here.finding("idle").why)


def test_given_a_compositor_without_any_idle_protocol_then_idle_time_is_unknown(
    env: pytest.MonkeyPatch, watch: Opens, display: XServer
) -> None:
    """Unknown is neither active nor idle; its X server would see only half of it."""
    with Compositor(wl_seat=7) as compositor:
        env.setenv("WAYLAND_DISPLAY", compositor.path)
        env.setenv("DISPLAY", display.display)
        here = watch()
        facts = here.desktop.facts()
        refusals = here.refusals()

        assert (None, False) == (facts.idle_s, facts.locked)
        assert not here.finding("idle").ok
        assert "does not offer ext_idle_notifier_v1" in refusals["ext-idle-notify"]
        assert "does not offer org_kde_kwin_idle" in refusals["kde-idle"]
        assert "this is a Wayland session" in refusals["x11"]


# ── what dies ──────────────────────────────────────────────────────────────────────────────


def test_given_mutter_on_x11_when_it_goes_then_the_x_server_tells_until_it_is_back(
    env: pytest.MonkeyPatch, watch: Opens, bus: PrivateBus, display: XServer
) -> None:
    """GNOME's shell may crash and start again; marks are kept through both changes."""
    needs("mutter")
    needs("x11")
    env.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    env.setenv("DISPLAY", display.display)
    with Mutter(bus):
        here = watch()
        assert "mutter" == here.chosen
        here.desktop.watch(frozenset({0.1}))
    wait_for(lambda: here.chosen == "x11", what="the X server in its place")
    assert "nobody owns org.gnome.Mutter.IdleMonitor" in here.refusals()["mutter"]
    assert here.desktop.facts().idle_s is not None
    count = len(here.reports)
    move = ["xdotool", "mousemove", "30", "40"]
    subprocess.run(move, env={**os.environ, "DISPLAY": display.display}, check=True)
    wait_for(lambda: len(here.reports) > count, what="a mark of the X server's")

    with Mutter(bus):
        wait_for(lambda: here.chosen == "mutter", what="Mutter again")
        assert {} == here.refusals()


def test_given_a_bus_that_dies_when_mutter_is_not_to_be_reached_then_nobody_is_taken_to_be_gone(
    env: pytest.MonkeyPatch, watch: Opens, bus: PrivateBus
) -> None:
    """The display still answers: it is not known who is there, which is no lock."""
    needs("mutter")
    env.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    with Mutter(bus) as mutter, Compositor(wl_seat=7) as compositor:
        env.setenv("WAYLAND_DISPLAY", compositor.path)
        here = watch()
        assert "mutter" == here.chosen
        mutter.bus.kill()
        wait_for(lambda: here.chosen is None, what="Mutter to be missed")
        wait_for(lambda: here.reports, what="word of it")
        facts = here.desktop.facts()

        assert (None, False) == (facts.idle_s, facts.locked)
        assert (None, False) == here.reports[-1]


def test_given_a_compositor_that_dies_then_nobody_sits_before_it_until_it_is_back(
    env: pytest.MonkeyPatch, watch: Opens
) -> None:
    """As with an X server: the session is over, whoever lives on."""
    compositor = Compositor()
    compositor.start()
    env.setenv("WAYLAND_DISPLAY", compositor.path)
    here = watch()
    here.desktop.watch(frozenset({120.0}))
    assert "ext-idle-notify" == here.chosen
    compositor.stop()
    wait_for(lambda: here.desktop.facts().locked, what="the compositor to be missed")
    wait_for(lambda: here.reports, what="word of it")
    lost = here.finding("idle")
    compositor.start()
    wait_for(lambda: here.chosen == "ext-idle-notify", what="the compositor again")
    facts = here.desktop.facts()
    compositor.stop()

    assert (None, True) == here.reports[0]
    assert (False, "the Wayland compositor is gone") == (lost.ok, str(lost.why))
    assert "twice a minute" in str(lost.remedy)
    assert not facts.locked


# ── lock ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver"])
def test_given_no_logind_when_the_screen_saver_comes_on_then_that_is_a_lock(
    env: pytest.MonkeyPatch, watch: Opens, bus: PrivateBus, name: str
) -> None:
    """Where logind is silent, the locker's own word counts; one that goes locks nothing."""
    env.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    with Compositor() as compositor:
        env.setenv("WAYLAND_DISPLAY", compositor.path)
        here = watch()
        before = here.finding("session")
        saver = Saver(bus.address, name)
        wait_for(lambda: here.finding("session").ok, what="the saver to be found")
        chosen = here.finding("session")
        for active in (True, False, True):
            saver.set(active=active)
            wait_for(lambda: here.desktop.facts().locked == active, what=f"{active}")  # noqa: B023 - asked at once
        saver.stop()
        wait_for(lambda: len(here.reports) == 4, what="the saver to be forgotten")
        locks = [locked for _, locked in here.reports]

    assert (False, False) == (before.ok, before.required)
    assert "no connection to the system bus" in str(before.refused[0].why)
    assert (name, "sleep is noticed only when it is over") == (chosen.chosen, str(chosen.why))
    assert [True, False, True, False] == locks


def test_given_a_locker_that_tells_logind_then_a_saver_that_only_blanks_is_no_lock(
    env: pytest.MonkeyPatch, watch: Opens, bus: PrivateBus
) -> None:
    """Until logind was told once, the saver's word counts; from then on logind's alone does."""
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
        env.setenv(name, bus.address)
    env.setenv("XDG_SESSION_ID", "1")
    saver = Saver(bus.address, "org.gnome.ScreenSaver")
    with Compositor() as compositor, Logind(bus.address, Login("1")) as logind:
        env.setenv("WAYLAND_DISPLAY", compositor.path)
        here = watch()
        wait_for(lambda: "ScreenSaver" in here.finding("session").chosen, what="the saver")
        chosen = here.finding("session").chosen
        saver.set(active=True)
        wait_for(lambda: here.desktop.facts().locked, what="the saver's lock")
        logind.set(hint=True)
        logind.set(hint=False)
        wait_for(lambda: not here.desktop.facts().locked, what="logind's word")
        logind.set(active=False)
        wait_for(lambda: here.desktop.facts().locked, what="another user at the seat")
        logind.set(active=True)
        wait_for(lambda: not here.desktop.facts().locked, what="ours again")
        logind.sleep(begins=True)
        wait_for(lambda: here.desktop.facts().asleep, what="sleep")
    saver.stop()

    assert "logind, org.gnome.ScreenSaver" == chosen
