"""Fixtures for tests on a real desktop: each test has a bus, a display and a home of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desktop.parts import PrivateBus, XServer, missing

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that a quick run can leave them out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.desktop)


@pytest.fixture
def bus() -> Iterator[PrivateBus]:
    """A message bus of this test alone, where no service is started by itself."""
    if reason := missing("dbus-daemon"):
        pytest.skip(reason)
    with PrivateBus() as private:
        yield private


@pytest.fixture
def display() -> Iterator[XServer]:
    """An X server of this test alone."""
    if reason := missing("Xvfb"):
        pytest.skip(reason)
    with XServer() as server:
        yield server


@pytest.fixture
def desktop_env(bus: PrivateBus, display: XServer, tmp_path: Path) -> dict[str, str]:
    """The whole environment of a program on this test's desktop; no Wayland, nothing of ours."""
    home = tmp_path / "home"
    runtime = tmp_path / "runtime"
    home.mkdir()
    runtime.mkdir(mode=0o700)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "DISPLAY": display.display,
        "DBUS_SESSION_BUS_ADDRESS": bus.address,
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_SESSION_TYPE": "x11",
    }
