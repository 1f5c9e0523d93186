from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desktop.parts import Dunst, PrivateBus, Program, XfcePanel, XServer, missing, owned

if TYPE_CHECKING:
    from collections.abc import Mapping


def test_given_a_bus_when_its_daemon_is_replaced_then_the_address_stays() -> None:
    """Reconnecting can be tested: the new daemon answers where the old one did."""
    if reason := missing("dbus-daemon"):
        pytest.skip(reason)
    with PrivateBus() as bus:
        before = bus.address
        bus.restart()

        assert before == bus.address
        assert not owned(bus.address, "org.freedesktop.Notifications")


def test_given_a_display_when_the_server_is_killed_then_nobody_answers_there(
    display: XServer,
) -> None:
    """A test can take the screen away from a program, as a crash would."""
    if reason := missing("xdotool"):
        pytest.skip(reason)
    ask = ["xdotool", "getdisplaygeometry"]
    env = {**os.environ, "DISPLAY": display.display}
    before = subprocess.run(ask, env=env, capture_output=True, check=True)
    display.kill()
    after = subprocess.run(ask, env=env, capture_output=True, check=False)

    assert b"1280 800" == before.stdout.strip()
    assert 0 != after.returncode


def test_given_a_notification_daemon_when_asked_on_its_bus_then_it_answers(
    desktop_env: Mapping[str, str],
) -> None:
    """The real daemon stands on the private bus, not on the bus of whoever runs the tests."""
    if reason := missing("dunst", "dunstctl"):
        pytest.skip(reason)
    with Dunst(desktop_env):
        asked = subprocess.run(
            ["dunstctl", "is-paused"], env=desktop_env, capture_output=True, check=True
        )

        assert b"false" == asked.stdout.strip()


def test_given_a_panel_when_it_is_ready_then_it_watches_for_tray_items(
    desktop_env: Mapping[str, str],
) -> None:
    """The panel's notification area is the host that the tray item needs."""
    if reason := missing("xfce4-panel", "xfconfd"):
        pytest.skip(reason)
    with XfcePanel(desktop_env, Path(desktop_env["HOME"])):
        assert owned(desktop_env["DBUS_SESSION_BUS_ADDRESS"], "org.kde.StatusNotifierWatcher")


def test_given_a_program_that_ends_at_once_when_started_then_its_words_are_shown() -> None:
    """Who waits for a program that died wants to read why."""
    with (
        pytest.raises(pytest.fail.Exception, match="no such thing"),
        Program(["sh", "-c", "echo no such thing; exit 3"], ready=lambda: False),
    ):
        pass
