from __future__ import annotations

import os
import signal
import socket
import struct
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.platforms.linux import buswire
from deskbreak.platforms.linux.bus import Bus, Refused, Signal
from deskbreak.platforms.linux.busears import Wanted
from deskbreak.ports import Unavailable
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.peer import Peer, PeerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

if sys.platform != "linux":
    pytest.skip("D-Bus is spoken on Linux only", allow_module_level=True)

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(missing("dbus-daemon") is not None, reason="not installed: dbus-daemon"),
]

PATH, FACE = "/org/deskbreak/test", "org.deskbreak.Test"
ERROR = "org.freedesktop.DBus.Error."
PROPERTIES = "org.freedesktop.DBus.Properties"


@pytest.fixture
def bus(daemon: PrivateBus) -> Iterator[Bus]:
    """Ours, connected."""
    ours = Bus(daemon.address, "test")
    ours.start()
    yield ours
    ours.close()


@pytest.fixture
def peer(daemon: PrivateBus) -> Iterator[Peer]:
    """Somebody else."""
    with Peer(daemon.address) as somebody:
        yield somebody


def test_given_a_method_when_it_is_called_then_its_result_comes_back(bus: Bus, peer: Peer) -> None:
    """A call carries its arguments out and brings the result home."""
    peer.method(FACE, "Add", "i", lambda call: (sum(call.body),))

    assert (5,) == bus.call(peer.unique_name, PATH, FACE, "Add", "ii", (2, 3))


@pytest.mark.parametrize(
    ("name", "signature", "body", "text"),
    [
        pytest.param(ERROR + "Failed", "s", ("no room",), "no room", id="with a text"),
        pytest.param(ERROR + "AccessDenied", "", (), ERROR + "AccessDenied", id="without a text"),
        pytest.param(ERROR + "NoReply", "i", (7,), ERROR + "NoReply", id="with a number"),
        pytest.param(ERROR + "LimitsExceeded", "s", ("",), ERROR + "LimitsExceeded", id="empty"),
        pytest.param("org.kde.Own.Error", "is", (1, "own"), "own", id="a name of its own"),
    ],
)
def test_given_an_error_reply_when_it_comes_then_it_says_who_refused_and_what(  # noqa: PLR0917 - a row of the table
    bus: Bus, peer: Peer, name: str, signature: str, body: tuple[Any, ...], text: str
) -> None:
    """Whatever the error is called, the caller sees one kind of exception with its words."""

    def refuse(call: object) -> None:
        raise PeerError(name, signature, body)

    peer.method(FACE, "Do", "", refuse)

    with pytest.raises(Refused) as caught:
        bus.call(peer.unique_name, PATH, FACE, "Do")

    assert name == caught.value.error
    assert f"{peer.unique_name} answered: {text}" == str(caught.value)


def test_given_nobody_behind_a_name_when_it_is_called_then_it_is_unavailable(bus: Bus) -> None:
    """A service that is not installed is an ordinary case."""
    with pytest.raises(Refused) as caught:
        bus.call("org.deskbreak.Nobody", PATH, FACE, "Do")

    assert ERROR + "ServiceUnknown" == caught.value.error


def test_given_a_peer_that_is_silent_when_the_deadline_comes_then_the_call_ends(
    bus: Bus, peer: Peer
) -> None:
    """Nobody on the bus can keep us waiting; what comes late goes to nobody."""
    late: list[Any] = []
    peer.method(FACE, "Wait", "s", late.append)
    peer.method(FACE, "Now", "s", lambda call: ("now",))
    began_s = time.monotonic()

    with pytest.raises(Unavailable, match=r"did not answer Wait within 0\.1 s"):
        bus.call(peer.unique_name, PATH, FACE, "Wait", timeout_s=0.1)

    assert time.monotonic() - began_s < 1.0
    peer._send(_reply_to(late[0], "late"))
    assert ("now",) == bus.call(peer.unique_name, PATH, FACE, "Now")


def _reply_to(call: object, text: str) -> object:
    from jeepney import new_method_return

    return new_method_return(call, "s", (text,))


def test_given_a_daemon_that_is_frozen_when_it_is_called_then_the_deadline_holds(
    daemon: PrivateBus, bus: Bus, peer: Peer
) -> None:
    """Even a stopped message bus costs no more than the deadline."""
    assert daemon._daemon is not None
    pid = daemon._daemon.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(Unavailable, match="did not answer"):
            bus.call(peer.unique_name, PATH, FACE, "Do", timeout_s=0.1)
    finally:
        os.kill(pid, signal.SIGCONT)


def test_given_a_daemon_that_reads_no_more_when_we_send_then_we_give_the_connection_up(
    daemon: PrivateBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sending has a deadline as well; afterwards we connect anew."""
    monkeypatch.setattr(buswire, "_SEND_S", 1)
    ours = Bus(daemon.address, "test")
    lost = threading.Event()
    ours.on_lost(lost.set)
    ours.start()
    assert daemon._daemon is not None
    pid = daemon._daemon.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        for _ in range(20):  # more than a socket holds
            ours.emit(PATH, FACE, "Rang", "s", ("x" * 100_000,))
            if lost.is_set():
                break
        assert lost.wait(3.0)
    finally:
        os.kill(pid, signal.SIGCONT)

    wait_for(lambda: ours.connected, what="the next connection")
    ours.close()


def test_given_many_callers_when_they_call_at_once_then_each_gets_its_own_answer(
    bus: Bus, peer: Peer
) -> None:
    """Threads share the connection and never an answer."""
    peer.method(FACE, "Echo", "i", lambda call: call.body)
    wrong: list[object] = []

    def work(first: int) -> None:
        for number in range(first, first + 40):
            answer = bus.call(peer.unique_name, PATH, FACE, "Echo", "i", (number,))
            if answer != (number,):
                wrong.append((number, answer))

    threads = [threading.Thread(target=work, args=(n * 100,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10.0)

    assert [] == wrong


def test_given_a_handler_when_it_calls_then_it_is_told_that_it_must_not(
    bus: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    """The bus thread would wait for an answer that only it can read."""
    self_call: list[object] = []
    bus.on_connected(lambda: self_call.append(bus.owner("org.freedesktop.DBus")))

    wait_for(lambda: "it would wait for itself" in caplog.text, what="the assertion")
    assert [] == self_call
    assert "org.freedesktop.DBus" == bus.owner("org.freedesktop.DBus")


def test_given_no_bus_when_started_then_it_says_so_and_may_be_tried_again(tmp_path: Path) -> None:
    """At login the bus may come later than we do."""
    ours = Bus(f"unix:path={tmp_path}/nothing", "session")

    with pytest.raises(Unavailable) as caught:
        ours.start()

    assert "no connection to the session bus: No such file or directory" == str(caught.value)
    assert not ours.connected
    assert ours.unique_name is None
    with PrivateBus() as daemon:
        ours._address = daemon.address
        ours.start()
        ours.start()
        assert ours.connected
        ours.close()
    assert not ours.connected


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        pytest.param("SESSION", "DBUS_SESSION_BUS_ADDRESS is not set", id="nothing set"),
        pytest.param("tcp:host=127.0.0.1,port=1", "not supported", id="no socket of this machine"),
        pytest.param("autolaunch:", "", id="no address at all"),
    ],
)
def test_given_an_address_that_leads_nowhere_when_started_then_it_is_unavailable(
    monkeypatch: pytest.MonkeyPatch, address: str, reason: str
) -> None:
    """A missing or odd address is a sentence, not a traceback."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)

    with pytest.raises(Unavailable) as caught:
        Bus(address, "session").start()

    assert reason in str(caught.value)
    assert (address == "SESSION") == (caught.value.remedy is not None)


def test_given_no_variable_when_the_socket_lies_in_the_runtime_folder_then_it_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As for every other program on a machine with systemd."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")

    assert ["/run/user/1000/bus"] == list(buswire.socket_paths("SESSION"))


def test_given_a_system_bus_elsewhere_when_asked_for_then_the_variable_says_where(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tests put a logind of their own there."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/tmp/other;unix:abstract=third")

    assert ["/tmp/other", "\0third"] == list(buswire.socket_paths("SYSTEM"))


def test_given_what_we_export_when_others_look_then_calls_properties_and_map_are_there(
    bus: Bus, peer: Peer
) -> None:
    """An exported interface answers as the specification wants it."""
    name = str(bus.unique_name)
    values = iter(range(9))
    bus.export(
        PATH,
        FACE,
        {"Join": ("s", lambda *words: ("-".join(words),))},
        {"Count": ("i", lambda: next(values)), "Word": ("s", lambda: "word")},
        f'<interface name="{FACE}"/>',
    )

    assert ("a-b",) == peer.call(name, PATH, FACE, "Join", "ss", ("a", "b"))
    assert (("i", 0),) == peer.call(name, PATH, PROPERTIES, "Get", "ss", (FACE, "Count"))
    every = {"Count": ("i", 1), "Word": ("s", "word")}
    assert (every,) == peer.call(name, PATH, PROPERTIES, "GetAll", "s", (FACE,))
    assert ({},) == peer.call(name, PATH, PROPERTIES, "GetAll", "s", ("org.other",))
    assert () == peer.call(name, PATH, "org.freedesktop.DBus.Peer", "Ping")
    look = "org.freedesktop.DBus.Introspectable"
    assert f'<interface name="{FACE}"/>' in peer.call(name, PATH, look, "Introspect")[0]
    assert '<node name="deskbreak"/>' in peer.call(name, "/org", look, "Introspect")[0]


@pytest.mark.parametrize(
    ("path", "interface", "member", "body", "error"),
    [
        pytest.param("/other", FACE, "Join", (), "UnknownObject", id="path"),
        pytest.param("/other", look := "org.freedesktop.DBus.Introspectable", "Introspect", (),
                     "UnknownObject", id="nothing below"),
        pytest.param(PATH, "org.other", "Join", (), "UnknownMethod", id="interface"),
        pytest.param(PATH, FACE, "Cut", (), "UnknownMethod", id="method"),
        pytest.param(PATH, look, "Explain", (), "UnknownMethod", id="standard method"),
        pytest.param(PATH, PROPERTIES, "Put", (), "UnknownMethod", id="property method"),
        pytest.param(PATH, PROPERTIES, "Get", (FACE, "No"), "UnknownProperty", id="property"),
        pytest.param(PATH, PROPERTIES, "Get", ("o.o", "No"), "UnknownProperty", id="its interface"),
        pytest.param(PATH, PROPERTIES, "Set", (FACE, "Word"), "PropertyReadOnly", id="writing"),
        pytest.param(PATH, FACE, "Join", ("a",), "Failed", id="too few arguments"),
        pytest.param(PATH, FACE, "Break", (), "Failed", id="a fault of ours"),
    ],
)  # fmt: skip
def test_given_a_wrong_call_when_it_comes_then_the_caller_gets_the_error_by_its_name(  # noqa: PLR0917 - a row of the table
    bus: Bus, peer: Peer, path: str, interface: str, member: str, body: tuple[str, ...], error: str
) -> None:
    """A stranger's mistake is answered, and we go on."""
    methods: dict[str, tuple[str, Callable[..., tuple[Any, ...]]]] = {
        "Join": ("s", lambda a, b: (a + b,)),
        "Break": ("s", lambda: (1 // 0,)),
    }
    bus.export(PATH, FACE, methods, {"Word": ("s", lambda: "word")})

    with pytest.raises(PeerError) as caught:
        peer.call(str(bus.unique_name), path, interface, member, "s" * len(body), body)

    assert ERROR + error == caught.value.name
    assert ("ab",) == peer.call(str(bus.unique_name), PATH, FACE, "Join", "ss", ("a", "b"))


def test_given_a_post_when_it_arrives_then_it_wants_no_answer(bus: Bus, peer: Peer) -> None:
    """A post costs nobody a message back."""
    flags: list[int] = []
    peer.method(FACE, "Note", "", lambda call: flags.append(int(call.header.flags)))

    bus.post(peer.unique_name, PATH, FACE, "Note", "s", ("x",))

    wait_for(lambda: flags, what="the call")
    assert [1] == flags


SIGNAL = Signal(":1.5", PATH, FACE, "Rang", ("a", 1))


@pytest.mark.parametrize(
    ("wanted", "rule", "has_it"),
    [
        pytest.param(Wanted(FACE), f"type='signal',interface='{FACE}'", True, id="interface"),
        pytest.param(
            Wanted(FACE, "Rang", ":1.5", PATH, "a"),
            f"type='signal',interface='{FACE}',member='Rang',sender=':1.5',path='{PATH}',arg0='a'",
            True,
            id="all",
        ),
        pytest.param(Wanted("o.o"), "type='signal',interface='o.o'", False, id="other interface"),
        pytest.param(
            Wanted(FACE, arg0="b"), f"type='signal',interface='{FACE}',arg0='b'", False, id="arg0"
        ),
        pytest.param(
            Wanted(FACE, path="/"), f"type='signal',interface='{FACE}',path='/'", False, id="path"
        ),
        pytest.param(
            Wanted(FACE, "No"), f"type='signal',interface='{FACE}',member='No'", False, id="member"
        ),
    ],
)
def test_given_a_subscription_then_its_rule_and_what_it_lets_in_say_the_same(
    wanted: Wanted, rule: str, has_it: bool
) -> None:
    """What the daemon filters, we filter as well: other subscriptions let other signals in."""
    assert rule == wanted.rule
    assert has_it == wanted.has(SIGNAL)


def test_given_a_subscription_when_the_owner_of_a_name_sends_then_only_that_is_heard(
    daemon: PrivateBus, bus: Bus, peer: Peer
) -> None:
    """A signal sent straight to us by somebody else is not believed."""
    heard: list[Signal] = []
    peer.own("org.deskbreak.Owner")
    bus.subscribe(heard.append, interface=FACE, sender="org.deskbreak.Owner")
    assert bus.owner("org.deskbreak.Owner") == peer.unique_name
    with Peer(daemon.address) as impostor:
        impostor.emit(PATH, FACE, "Rang", "s", ("false",), to=bus.unique_name)
        impostor.emit(
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus",
            "NameOwnerChanged",
            "sss",
            ("org.deskbreak.Owner", peer.unique_name, impostor.unique_name),
            to=bus.unique_name,
        )
        impostor.emit(PATH, FACE, "Rang", "s", ("false again",), to=bus.unique_name)
        impostor.daemon("GetId", "")
    peer.emit(PATH, FACE, "Rang", "s", ("true",))

    wait_for(lambda: heard, what="the signal")
    assert [("true",)] == [one.body for one in heard]


def test_given_a_watched_name_when_its_owner_changes_then_each_change_is_told(
    daemon: PrivateBus, bus: Bus
) -> None:
    """First how it stands, then every change, and nothing twice."""
    owners: list[str | None] = []
    bus.watch_owner("org.deskbreak.Owner", owners.append)
    wait_for(lambda: owners, what="how it stands")
    with Peer(daemon.address) as first:
        first.own("org.deskbreak.Owner")
        name = first.unique_name
        wait_for(lambda: len(owners) == 2, what="the owner")
        late: list[str | None] = []
        bus.watch_owner("org.deskbreak.Owner", late.append)
        wait_for(lambda: late, what="the newcomer")
    wait_for(lambda: len(owners) == 3, what="its end")

    assert [None, name, None] == owners
    assert [name, None] == wait_for(lambda: late if len(late) == 2 else None)


def test_given_a_handler_that_fails_when_the_next_signal_comes_then_it_is_heard(
    bus: Bus, peer: Peer
) -> None:
    """One fault does not make us deaf."""
    heard: list[Any] = []

    def fail(one: Signal) -> None:
        heard.append(one.body[0])
        raise ValueError(one.body)

    bus.subscribe(fail, interface=FACE)
    bus.owner(FACE)  # a round trip: the daemon has the rule
    peer.emit(PATH, FACE, "Rang", "i", (1,))
    peer.emit(PATH, FACE, "Rang", "i", (2,))

    wait_for(lambda: len(heard) == 2, what="both")
    assert [1, 2] == heard


def test_given_a_message_of_two_megabytes_when_it_comes_then_it_is_thrown_away(
    bus: Bus, peer: Peer
) -> None:
    """A stranger cannot fill our memory; what follows is read as ever."""
    heard: list[Any] = []
    bus.subscribe(lambda one: heard.append(len(one.body[0])), interface=FACE)
    bus.owner(FACE)
    peer.emit(PATH, FACE, "Rang", "s", ("x" * 2_000_000,))
    peer.emit(PATH, FACE, "Rang", "s", ("y" * 100_000,))

    wait_for(lambda: heard, what="the shorter one")
    assert [100_000] == heard


def test_given_a_lost_bus_when_somebody_waits_then_they_are_told_at_once(
    daemon: PrivateBus, bus: Bus, peer: Peer
) -> None:
    """Nobody waits for the deadline of a call that cannot be answered any more."""
    lost, calls = threading.Event(), list[object]()
    bus.on_lost(lost.set)
    peer.method(FACE, "Wait", "s", calls.append)

    def end() -> None:
        wait_for(lambda: calls, what="the call")
        daemon.kill()

    killer = threading.Thread(target=end)
    killer.start()
    began_s = time.monotonic()
    with pytest.raises(Unavailable, match="no connection to the test bus"):
        bus.call(peer.unique_name, PATH, FACE, "Wait", timeout_s=30.0)
    killer.join()

    assert time.monotonic() - began_s < 5.0
    assert lost.wait(3.0)
    assert not bus.connected
    bus.emit(PATH, FACE, "Rang")
    bus.post(peer.unique_name, PATH, FACE, "Do")
    with pytest.raises(Unavailable, match="connection lost"):
        bus.owner(FACE)


def test_given_a_new_daemon_when_we_are_back_then_everything_asked_for_holds_again(
    daemon: PrivateBus, bus: Bus
) -> None:
    """Subscriptions, watched names and exports outlive the message bus."""
    heard: list[Signal] = []
    owners: list[str | None] = []
    story: list[str] = []
    bus.on_connected(lambda: story.append("connected"))
    bus.on_lost(lambda: story.append("lost"))
    bus.subscribe(heard.append, interface=FACE, sender="org.deskbreak.Owner")
    bus.watch_owner("org.deskbreak.Owner", owners.append)
    bus.export(PATH, FACE, {"Ask": ("s", lambda: ("yes",))})
    wait_for(lambda: story and owners, what="the first connection")

    daemon.restart()

    wait_for(lambda: bus.connected and len(owners) == 2, what="the second connection")
    with Peer(daemon.address) as peer:
        peer.own("org.deskbreak.Owner")
        wait_for(lambda: len(owners) == 3, what="the owner")
        peer.emit(PATH, FACE, "Rang")
        wait_for(lambda: heard, what="the signal")
        assert ("yes",) == peer.call(str(bus.unique_name), PATH, FACE, "Ask")
        assert [None, None, peer.unique_name] == owners
    assert ["connected", "lost", "connected"] == story


def test_given_no_bus_for_long_when_we_try_again_then_the_pauses_grow_to_eight_seconds(
    tmp_path: Path,
) -> None:
    """We neither hammer nor give up."""
    pauses: list[float] = []

    class Clock(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout is not None
            pauses.append(timeout)
            return len(pauses) == 7

    ours = Bus(f"unix:path={tmp_path}/nothing", "session")
    ours._closing = Clock()
    ours._reconnect()

    assert [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0] == pauses


def test_given_a_closed_bus_when_it_is_used_then_it_says_so_and_its_thread_is_gone(
    daemon: PrivateBus,
) -> None:
    """Closing ends the thread, also while it waits to connect again."""
    ours = Bus(daemon.address, "test")
    ours.start()
    thread = ours._thread
    assert thread is not None
    daemon.kill()
    wait_for(lambda: not ours.connected, what="the loss")

    ours.close()
    ours.close()

    assert not thread.is_alive()
    with pytest.raises(Unavailable):
        ours.owner(FACE)


@contextmanager
def _odd_bus(tmp_path: Path, *answers: bytes) -> Iterator[str]:
    """A bus that accepts everybody and then sends *answers*, whatever it is asked."""
    path = str(tmp_path / "odd")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listening.accept()
                connection.recv(1024)
                connection.sendall(b"OK 1234\r\n")
                heard = b""
                while answers and b"Hello" not in heard:
                    heard += connection.recv(1024)
                for answer in answers:
                    connection.sendall(answer)
                    connection.recv(1024)
                while connection.recv(1024):
                    pass
                connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"unix:path={path}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(3.0)


def _message(sort: int, fields: dict[int, tuple[str, object]], text: str) -> bytes:
    from jeepney.low_level import Array, Endianness, Struct, Variant, simple_types

    little = Endianness.little
    listed = Array(Struct([simple_types["y"], Variant()])).serialise(
        list({**fields, 8: ("g", "s")}.items()), 12, little
    )
    body: bytes = simple_types["s"].serialise(text, 0, little)
    head: bytes = struct.pack("<cBBBII", b"l", sort, 0, 1, len(body), 1) + listed
    return head + bytes(-len(head) % 8) + body


HELLO = _message(2, {5: ("u", 1)}, ":1.0")
ODD = _message(4, {1: ("o", PATH), 2: ("s", FACE), 3: ("s", "Rang"), 99: ("s", "new")}, "odd")
RANG = _message(4, {1: ("o", PATH), 2: ("s", FACE), 3: ("s", "Rang")}, "plain")


def test_given_a_bus_that_accepts_and_is_silent_when_started_then_the_deadline_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hanging bus does not hang us at login."""
    monkeypatch.setattr(buswire, "_CONNECT_S", 0.1)

    with _odd_bus(tmp_path) as address, pytest.raises(Unavailable, match="timed out"):
        Bus(address, "session").start()


def test_given_a_bus_that_refuses_hello_when_started_then_it_is_unavailable(
    tmp_path: Path,
) -> None:
    """Too many connections, say."""
    refusal = _message(3, {4: ("s", ERROR + "LimitsExceeded"), 5: ("u", 1)}, "enough")

    with (
        _odd_bus(tmp_path, refusal) as address,
        pytest.raises(Unavailable, match="LimitsExceeded"),
    ):
        Bus(address, "session").start()


def test_given_a_message_from_the_future_when_it_comes_then_the_next_is_heard(
    tmp_path: Path,
) -> None:
    """A header field that nobody knows yet costs one message, not the connection."""
    heard: list[object] = []
    with _odd_bus(tmp_path, HELLO, ODD + RANG) as address:
        ours = Bus(address, "session")
        ours.subscribe(lambda one: heard.append(one.body), interface=FACE)
        ours.start()
        wait_for(lambda: heard, what="the signal")
        ours.close()

    assert [("plain",)] == heard


def test_given_bytes_that_are_no_message_when_they_come_then_the_connection_is_given_up(
    tmp_path: Path,
) -> None:
    """Behind them nothing can be understood."""
    with _odd_bus(tmp_path, HELLO, b"HTTP/1.1 400 Bad") as address:
        ours = Bus(address, "session")
        ours.start()
        ours.emit(PATH, FACE, "Rang")
        wait_for(lambda: not ours.connected, what="the loss")
        ours.close()
