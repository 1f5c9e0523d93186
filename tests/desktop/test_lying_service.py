"""A notification service that refuses, answers nonsense and tells lies, with the real agent."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.desktop.desk import Agent
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.notifications import NAME, PATH, NotificationServer
from tests.doubles.panel import Panel
from tests.doubles.peer import Peer
from tests.doubles.portal import Portal

if sys.platform != "linux":
    pytest.skip("notification services are Linux programs", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.board import Board

NEEDED: Final = ("dbus-daemon", "Xvfb")
pytestmark = pytest.mark.skipif(missing(*NEEDED) is not None, reason=str(missing(*NEEDED)))

TIMES: Final = 20
FREEDESKTOP: Final = "org.freedesktop.DBus.Error"
ERRORS: Final = (
    f"{FREEDESKTOP}.Failed",
    f"{FREEDESKTOP}.NoMemory",
    f"{FREEDESKTOP}.ServiceUnknown",
    f"{FREEDESKTOP}.NoReply",
    f"{FREEDESKTOP}.AccessDenied",
    f"{FREEDESKTOP}.LimitsExceeded",
    f"{FREEDESKTOP}.UnknownMethod",
    f"{FREEDESKTOP}.InvalidArgs",
    f"{FREEDESKTOP}.Spawn.ChildSignaled",
    f"{NAME}.Error.ExcessNotificationGeneration",
)
NONSENSE: Final[tuple[tuple[str, tuple[Any, ...]], ...]] = (
    ("", ()),
    ("u", (0,)),
    ("i", (-1,)),
    ("d", (1.5,)),
    ("s", ("17",)),
    ("s", ("x" * 200_000,)),
    ("as", ([],)),
    ("a{sv}", ({},)),
    ("v", (("u", 17),)),
    ("uu", (17, 18)),
)
"""What `Notify` answers, which should be one id that is not 0."""
CAPABILITIES: Final[tuple[tuple[str, tuple[Any, ...]], ...]] = (
    ("", ()),
    ("s", ("actions",)),
    ("ai", ([1, 2],)),
    ("a{sv}", ({},)),
    ("as", ([""] * 20_000,)),
)
LIES: Final[tuple[tuple[str, str, tuple[Any, ...]], ...]] = (
    ("ActionInvoked", "", ()),
    ("ActionInvoked", "us", (0, "done")),
    ("ActionInvoked", "us", (4_294_967_295, "done")),
    ("ActionInvoked", "su", ("done", 1)),
    ("ActionInvoked", "ss", ("1", "done")),
    ("NotificationClosed", "", ()),
    ("NotificationClosed", "ss", ("1", "2")),
    ("NotificationClosed", "uu", (4_294_967_295, 2)),
    ("ActivationToken", "us", (1, "x" * 10_000)),
    ("Nonsense", "as", (["done"],)),
)
"""Signals that are about no notification of ours, or about nothing."""


class Desk:
    """An agent, the service that it asks first, and a portal in good order that comes next."""

    def __init__(self, service: NotificationServer, portal: Portal, agent: Agent) -> None:
        self.service = service
        self.portal = portal
        self.agent = agent
        self.prompts = 0

    def prompt(self) -> str:
        """Want a prompt; return who shows it, when the agent knows that it is shown."""
        before = len(self.portal.added), len(self.service.notes)
        self.agent.ask("take", "position")
        self.prompts += 1
        wait_for(lambda: self.phase == "shown", what="a prompt")
        by_portal = len(self.portal.added) - before[0]
        by_service = len(self.service.notes) - before[1]
        return {(1, 0): "portal", (0, 1): "service"}.get((by_portal, by_service), "nobody")

    @property
    def phase(self) -> str:
        return str((self.agent.status["open"] or {}).get("phase"))

    def answer(self) -> None:
        """Answer it with a command, and see that this is what became of it."""
        episode = self.agent.status["open"]["episode"]
        self.agent.ask("answer", "done")
        last = self.agent.status["last"][-1]
        assert (episode, "taken", "answer") == (last["episode"], last["outcome"], last["by"])
        wait_for(lambda: not self.shown, what="an empty screen")

    @property
    def shown(self) -> int:
        return len(self.portal.on_screen) + len(self.service.on_screen)


@contextmanager
def desk(
    bus: PrivateBus, env: dict[str, str], service: NotificationServer | None = None
) -> Iterator[Desk]:
    """Start all."""
    env = {**env, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
    service = service or NotificationServer(bus.address)
    with service, Portal(bus.address) as portal, Panel(bus.address), Agent(env) as agent:
        yield Desk(service, portal, agent)
        agent.assert_well()


@pytest.mark.row("R20")
def test_given_a_service_that_refuses_then_the_next_way_shows_it_until_the_service_does(
    board: Board, bus: PrivateBus, desktop_env: dict[str, str]
) -> None:
    """Ten errors, each again and again; the outcome is what the person said."""
    by: list[str] = []
    with desk(bus, desktop_env) as desk_:
        for error in ERRORS:
            desk_.service.errors["Notify"] = error
            for _ in range(TIMES):
                by.append(desk_.prompt())
                desk_.answer()
        desk_.service.errors.clear()
        after = desk_.prompt()
        desk_.answer()
    board.note(load=desk_.prompts, faults=len(by), figure=_by(by, "refusals"))

    assert ["portal"] * len(ERRORS) * TIMES == by
    assert "service" == after


@pytest.mark.row("R20")
def test_given_a_service_that_answers_nonsense_then_the_next_way_shows_it(
    board: Board, bus: PrivateBus, desktop_env: dict[str, str]
) -> None:
    """An id, or it was not shown: nothing that the service says ends the agent."""
    by: list[str] = []
    with desk(bus, desktop_env) as desk_:
        for signature, body in NONSENSE:
            desk_.service.answers("Notify", signature, *body)
            for _ in range(TIMES):
                by.append(desk_.prompt())
                desk_.answer()
    board.note(load=desk_.prompts, faults=len(by), figure=_by(by, "answers of nonsense"))

    assert ["portal"] * len(NONSENSE) * TIMES == by


@pytest.mark.row("R20")
def test_given_a_service_that_does_not_know_what_it_can_do_then_a_prompt_is_shown_all_the_same(
    board: Board, bus: PrivateBus, desktop_env: dict[str, str]
) -> None:
    """Nonsense about its capabilities, told by each of several services in a row."""
    by: list[str] = []
    with desk(bus, desktop_env) as desk_:
        for signature, body in CAPABILITIES:
            for _ in range(TIMES):
                desk_.service.stop()
                desk_.service.answers("GetCapabilities", signature, *body)
                desk_.service.start()
                by.append(desk_.prompt())
                desk_.answer()
    board.note(load=desk_.prompts, faults=len(by), figure=_by(by, "nonsensical capabilities"))

    assert "nobody" not in by


@pytest.mark.row("R20")
def test_given_a_service_with_a_limit_then_what_is_above_it_comes_by_the_next_way(
    board: Board, bus: PrivateBus, desktop_env: dict[str, str]
) -> None:
    """Nothing is sent to it twice for one prompt: a limit is not to be run against."""
    with desk(bus, desktop_env) as desk_:
        desk_.service.rate_limit = TIMES
        by = []
        for _ in range(2 * TIMES):
            by.append(desk_.prompt())
            desk_.answer()
        calls = desk_.service.calls.count("Notify")
    board.note(load=2 * TIMES, faults=TIMES, figure=f"{calls} calls for {2 * TIMES} prompts")

    assert ["service"] * TIMES + ["portal"] * TIMES == by
    assert 2 * TIMES == calls


@pytest.mark.row("R20")
def test_given_no_other_way_than_such_a_service_then_it_is_told_until_one_in_good_order_comes(
    board: Board, bus: PrivateBus, desktop_env: dict[str, str]
) -> None:
    """The prompt waits for it: nothing counts as shown that nobody can see."""
    faults: list[tuple[str, str, tuple[Any, ...]]] = [("error", name, ()) for name in ERRORS]
    faults += [("nonsense", *answer) for answer in NONSENSE]
    silent = 0
    with desk(bus, desktop_env) as desk_:
        desk_.portal.stop()
        for n, (sort, what, body) in enumerate(faults):
            service = desk_.service if n == 0 else NotificationServer(bus.address)
            if n:
                service.start()
            if sort == "error":
                service.errors["Notify"] = what
            else:
                service.answers("Notify", what, *body)
            desk_.agent.ask("take", "position")
            wait_for(lambda: desk_.phase in ("failed", "shown"), what="an end of trying")
            silent += desk_.phase == "shown" or not desk_.agent.status["problems"]
            service.stop()
            with NotificationServer(bus.address) as good:
                good.note()
                wait_for(lambda: desk_.phase == "shown", what="the prompt")
                desk_.agent.ask("answer", "done")
                wait_for(lambda: not good.on_screen, what="an empty screen")
                assert len(good.notes) == 1
    board.note(
        load=len(faults), faults=len(faults), figure=f"{silent} of {len(faults)} lost silently"
    )

    assert 0 == silent


@pytest.mark.row("R20")
def test_given_signals_about_nothing_and_of_strangers_then_no_prompt_is_answered_by_them(
    board: Board, bus: PrivateBus, desktop_env: dict[str, str]
) -> None:
    """The service's own lies, and a stranger who knows the id of our notification."""
    told = 0
    with desk(bus, desktop_env) as desk_, Peer(bus.address) as stranger:
        for _ in range(TIMES):
            assert "service" == desk_.prompt()
            (note_id,) = desk_.service.on_screen
            to = _name_of_agent(stranger, desk_.agent.pid)
            for member, signature, body in LIES:
                desk_.service.emit(PATH, NAME, member, signature, body)
                stranger.emit(PATH, NAME, member, signature, body, to=to)
                told += 2
            stranger.emit(PATH, NAME, "ActionInvoked", "us", (note_id, "skip"), to=to)
            stranger.emit(PATH, NAME, "NotificationClosed", "uu", (note_id, 2), to=to)
            told += 2
            time.sleep(0.02)
            assert "shown" == desk_.phase
            desk_.answer()
        outcomes = {x["outcome"] for x in desk_.agent.status["last"]}
    board.note(load=TIMES, faults=told, figure=f"0 of {told} lies taken for an answer")

    assert {"taken"} == outcomes


def _name_of_agent(peer: Peer, pid: int) -> str:
    """Return the name that the process *pid* has on the bus, which no match rule keeps away."""
    (names,) = peer.daemon("ListNames", "")
    for name in names:
        if name.startswith(":") and peer.daemon("GetConnectionUnixProcessID", "s", name) == (pid,):
            return str(name)
    raise AssertionError(names)


def _by(by: list[str], what: str) -> str:
    return (
        f"{by.count('portal')} of {len(by)} {what} shown by the next way, {by.count('nobody')} lost"
    )
