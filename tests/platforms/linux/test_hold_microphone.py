"""A microphone in use, by a sound server that says what the test wants."""

from __future__ import annotations

import struct
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

if sys.platform != "linux":
    pytest.skip("a part of Linux desktops", allow_module_level=True)

from deskbreak.platforms.linux import pulsewire
from deskbreak.platforms.linux.hold_microphone import Microphone
from deskbreak.platforms.linux.watcher import Watcher
from deskbreak.ports import Unavailable
from tests.desktop.parts import wait_for
from tests.platforms.linux.soundserver import NOBODY, SoundDouble, source, stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.words import Said


class Listening:
    """A probe on a server, and what it reported."""

    def __init__(self, server: SoundDouble, path: Path) -> None:
        self.server = server
        self.watcher = Watcher("holds", time.monotonic)
        self.changes: list[bool | None] = []
        self.lost: list[Said] = []
        opened: list[Any] = []

        def open_it() -> None:
            opened.append(
                Microphone(
                    self.watcher,
                    lambda: self.changes.append(opened[0].ask()),
                    self.lost.append,
                    path,
                )
            )

        self.watcher.soon(open_it)
        wait_for(lambda: opened, what="the probe")
        self.probe: Microphone = opened[0]

    def answers(self, expected: bool | None) -> None:
        wait_for(lambda: self.probe.ask() is expected, 5.0, f"{expected}")

    def close(self) -> None:
        self.watcher.soon(self.probe.close)
        self.watcher.close()


@pytest.fixture
def path() -> Iterator[Path]:
    """Where a server listens; not below the test's folder, whose path is too long."""
    with tempfile.TemporaryDirectory(prefix="snd-") as folder:
        yield Path(folder) / "native"


@pytest.fixture
def listening(path: Path) -> Iterator[Listening]:
    """A probe, on a server with nothing to tell."""
    with SoundDouble(path) as server:
        made = Listening(server, path)
        made.answers(False)
        yield made
        made.close()


@pytest.mark.parametrize(
    ("streams", "in_use"),
    [
        pytest.param(stream(), True, id="a program listens"),
        pytest.param(stream(client=NOBODY), True, id="PipeWire of old names no clients"),
        pytest.param(stream(corked=True), False, id="it waits"),
        pytest.param(stream(muted=True), False, id="it is muted"),
        pytest.param(stream(2), False, id="what plays is recorded"),
        pytest.param(stream(9), False, id="a source that is gone"),
        pytest.param(stream(NOBODY), False, id="no source at all"),
        pytest.param(stream(resampled="peaks"), False, id="a mixer draws a level"),
        pytest.param(stream(client=NOBODY, module=3), False, id="a loopback inside the server"),
        pytest.param(stream(2) + stream(muted=True) + stream(), True, id="one of several"),
        pytest.param(b"", False, id="none"),
    ],
)
def test_given_streams_when_the_server_tells_of_them_then_only_an_open_ear_is_a_call(
    listening: Listening, streams: bytes, in_use: bool
) -> None:
    """A microphone is in use where a program hears what it hears."""
    listening.server.say(stream())
    listening.answers(True)
    asked = len(listening.server.asked)

    listening.server.say(streams)
    wait_for(lambda: len(listening.server.asked) > asked, what="the question")
    listening.answers(in_use)

    assert [False, True, False][: 2 if in_use else 3] == listening.changes


def test_given_a_stream_when_it_changes_while_we_ask_then_the_last_answer_counts(
    listening: Listening,
) -> None:
    """A second change may come before the first was looked at."""
    for _ in range(20):
        listening.server.say(stream())
        listening.server.say(b"")

    listening.server.say(stream())
    listening.answers(True)


def test_given_a_server_that_speaks_haltingly_when_it_tells_then_it_is_understood(
    listening: Listening,
) -> None:
    """A packet may come in any number of pieces."""
    listening.server.in_pieces = True

    listening.server.say(stream())

    listening.answers(True)


@pytest.mark.parametrize(
    "nonsense",
    [
        pytest.param(b"\xff" * 40, id="a packet without end"),
        pytest.param(b"\0\0\0\4" + b"\xff" * 4 + bytes(12) + b"?\1\2\3", id="an unknown tag"),
        pytest.param(b"\0\0\0\2" + b"\xff" * 4 + bytes(12) + b"L\0", id="half a number"),
    ],
)
def test_given_a_server_that_talks_nonsense_when_it_does_then_it_is_let_go(
    listening: Listening, nonsense: bytes
) -> None:
    """What nobody understands is not guessed at: it is unknown, and the server tried anew."""
    listening.server.say(stream())
    listening.answers(True)

    listening.server.send_raw(nonsense)

    listening.answers(None)
    wait_for(lambda: listening.lost, what="the loss")


def test_given_rows_of_another_shape_when_they_come_then_the_server_is_let_go(
    listening: Listening,
) -> None:
    """A newer protocol with more in a row must not be read as if it were this one."""
    listening.server.say(stream() + b"0" * 5)

    wait_for(lambda: listening.lost, what="the loss")
    assert listening.probe.ask() is None


def test_given_a_server_of_the_year_2010_when_it_is_found_then_it_is_too_old(path: Path) -> None:
    """Before version 22 streams do not tell whether they are muted."""
    with SoundDouble(path, version=21) as server:
        listening = Listening(server, path)
        wait_for(lambda: listening.lost, what="the refusal")

        assert "the sound server is too old" == str(listening.lost[0])
        listening.close()


def test_given_no_server_when_a_probe_is_opened_then_it_says_why(path: Path) -> None:
    """Without a socket there is nobody to ask."""
    with pytest.raises(Unavailable, match="no sound server answers"):
        pulsewire.PulseWire(path, lambda: None)


@pytest.mark.parametrize(
    ("env", "found"),
    [
        pytest.param({"XDG_RUNTIME_DIR": "/run/me"}, "/run/me/pulse/native", id="by default"),
        pytest.param({"PULSE_RUNTIME_PATH": "/p"}, "/p/native", id="elsewhere"),
        pytest.param({"PULSE_SERVER": "unix:/s"}, "/s", id="named"),
        pytest.param({"PULSE_SERVER": "/s"}, "/s", id="named by path"),
        pytest.param({"PULSE_SERVER": "{0123}unix:/s tcp:x"}, "/s", id="one of several"),
        pytest.param({"PULSE_SERVER": "tcp:far:4713"}, None, id="on another machine"),
        pytest.param({}, None, id="nowhere"),
    ],
)
def test_given_an_environment_when_the_server_is_looked_for_then_it_is_where_others_find_it(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], found: str | None
) -> None:
    """Source: pulse-client.conf(5)."""
    for name in ("PULSE_SERVER", "PULSE_RUNTIME_PATH", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    if found is None:
        with pytest.raises(Unavailable):
            pulsewire.server_path()
    else:
        assert Path(found) == pulsewire.server_path()


def test_given_a_cookie_when_it_is_looked_for_then_only_a_whole_one_is_taken(home: Path) -> None:
    """The key to the server has 256 bytes; without one it knows us by our user."""
    place = home / ".config" / "pulse" / "cookie"
    place.parent.mkdir(parents=True)
    assert bytes(256) == pulsewire.cookie()

    place.write_bytes(b"short")
    assert bytes(256) == pulsewire.cookie()
    place.write_bytes(b"k" * 256)

    assert b"k" * 256 == pulsewire.cookie()


def test_given_what_programs_say_of_themselves_when_it_is_read_then_nothing_of_it_is_kept() -> None:
    """Names of programs are passed over: what is not read cannot be stored."""
    assert "Zoom" not in str(pulsewire.unpacked(stream()))


@given(st.binary(max_size=200))
def test_given_any_bytes_when_they_are_unpacked_then_nothing_unforeseen_is_raised(
    data: bytes,
) -> None:
    """Whatever a server sends, we do not fall over it."""
    with suppress(ValueError, IndexError, struct.error):
        pulsewire.unpacked(data)


def test_given_a_source_when_it_is_unpacked_then_its_ninth_value_names_its_output() -> None:
    """The place of what we read, in a source and in a stream."""
    assert NOBODY == pulsewire.unpacked(source())[8]
    assert 0 == pulsewire.unpacked(source(monitor_of=0))[8]
    assert 18 == len(pulsewire.unpacked(stream()))
