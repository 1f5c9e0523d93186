"""What every idle source promises, on whatever desktop it is real."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.desktop.desks import (
    FakeDesk,
    Mutter,
    MutterDesk,
    Sway,
    WaylandDesk,
    XDesk,
    sway_desk,
)
from tests.desktop.matrix import NEEDS, cell, not_here
from tests.desktop.parts import PrivateBus, XServer, missing
from tests.doubles.compositor import Compositor

if sys.platform != "linux":
    pytest.skip("the desktops are those of Linux", allow_module_level=True)

pytest.register_assert_rewrite("tests.contracts.idle")
from tests.contracts.idle import *  # noqa: E402, F403 - the tests themselves, rewritten as ours are

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contracts.idle import Desk
    from tests.desktop.desks import RealDesk

pytestmark = pytest.mark.alone

DESKTOPS: Final = ("x11", "mutter", "sway", "wayland peer")


def _needs(environment: str) -> None:
    if reason := missing(*NEEDS[environment]):
        not_here("idle", environment, reason)


@pytest.fixture(scope="module")
def x_server() -> Iterator[XServer]:
    """One X server for all of these."""
    _needs("x11")
    with XServer() as server:
        yield server


@pytest.fixture(scope="module")
def mutter() -> Iterator[Mutter]:
    """One Mutter for all of these, on a bus of its own."""
    _needs("mutter")
    with PrivateBus() as bus, Mutter(bus) as running:
        yield running


@pytest.fixture(scope="module")
def sway() -> Iterator[Sway]:
    """One sway for all of these."""
    _needs("sway")
    with Sway() as running:
        yield running


@pytest.fixture(scope="module")
def peer() -> Iterator[Compositor]:
    """A compositor that speaks the newest protocol, which no packaged one does yet."""
    with Compositor() as running:
        yield running


@pytest.fixture(params=["fake", *DESKTOPS])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Every desk there is: what holds for one holds for all."""
    if request.param == "fake":
        cell("idle", "fake")
        yield FakeDesk()
        return
    opened = _open(request)
    cell("idle", request.param)
    yield opened
    opened.close()


def _open(request: pytest.FixtureRequest) -> RealDesk:
    match request.param:
        case "x11":
            return XDesk(request.getfixturevalue("x_server").display)
        case "mutter":
            return MutterDesk(request.getfixturevalue("mutter"))
        case "sway":
            return sway_desk(request.getfixturevalue("sway"))
        case _:
            return WaylandDesk(request.getfixturevalue("peer"))
