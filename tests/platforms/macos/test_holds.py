from __future__ import annotations

import functools
import sys

import pytest

from deskbreak.core.model import Hold
from deskbreak.core.words import said
from deskbreak.platforms import pick
from deskbreak.platforms.macos import holds
from deskbreak.platforms.macos.holds import _Address, topics
from deskbreak.ports import Unavailable
from tests.desktop.matrix import cell


@pytest.mark.parametrize(
    ("runs", "plays", "expected"),
    [
        pytest.param(False, False, False, id="nobody listens"),
        pytest.param(True, False, True, id="a call"),
        pytest.param(False, True, False, id="a headset at rest"),
        pytest.param(True, True, None, id="a headset that may only play"),
    ],
)
def test_given_a_microphone_when_it_runs_then_it_is_a_call_unless_it_may_only_play(
    monkeypatch: pytest.MonkeyPatch, runs: bool, plays: bool, expected: bool | None
) -> None:
    """Music in a headset is no reason to be silent for 45 minutes."""
    cell("holds", "mac peer")
    monkeypatch.setattr(holds, "_microphone", lambda: (runs, plays))
    (topic,) = [one for one in topics() if one.key == "microphone"]

    assert expected is topic.candidates["CoreAudio"](lambda: None).ask()


def test_given_a_camera_when_it_cannot_be_asked_any_more_then_it_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Unknown is no hold."""
    monkeypatch.setattr(holds, "_camera_runs", lambda: True)
    (topic,) = [one for one in topics() if one.key == "camera"]
    answers: list[bool | None] = []
    probe = topic.candidates["CoreMediaIO"](lambda: None)
    answers.append(probe.ask())
    monkeypatch.setattr(probe, "_read", _fail)
    answers.append(probe.ask())

    assert [True, None] == answers


def _fail() -> bool:
    raise Unavailable(said("nobody answers"))


def test_given_all_topics_then_their_keys_are_those_of_linux_and_each_hold_has_one() -> None:
    """Doctor and the menu name them alike everywhere."""
    found = topics()

    assert len(found) == len({topic.key for topic in found})
    assert {"microphone", "camera"} == {one.key for one in found if one.hold is Hold.CALL}
    assert frozenset(Hold) - {Hold.PAUSED, Hold.HOURS} == {topic.hold for topic in found}


def test_given_a_code_of_four_letters_then_it_is_a_number_as_c_has_it() -> None:
    """'glob' is 0x676C6F62."""
    address = _Address.of("gone")

    assert (0x676F6E65, 0x676C6F62, 0) == (address.selector, address.scope, address.element)


@pytest.mark.skipif(sys.platform == "darwin", reason="here it is there")
def test_given_another_system_when_they_are_opened_then_each_says_why_not() -> None:
    """Whoever tries it elsewhere hears why not, and nobody anywhere reads Focus."""
    opens = [one for topic in topics() for one in topic.candidates.values()]
    picked = [pick({"": functools.partial(one, lambda: None)}) for one in opens]

    assert [None] * 3 == [one.value for one in picked]
    assert [
        "macOS shows Focus only to programs that may read the whole disk",
        "this system has no AudioObjectGetPropertyData",
        "this system has no CMIOObjectGetPropertyDataSize",
    ] == [str(no.why) for one in picked for no in one.refused]


@pytest.mark.skipif(sys.platform != "darwin", reason="needs macOS")
def test_given_real_macos_when_it_is_asked_then_nobody_has_to_wait() -> None:
    """The calls themselves; whoever runs this on a Mac knows more than we do."""
    assert holds._camera_runs() in (True, False)
    assert holds._microphone()[0] in (True, False)
