from __future__ import annotations

import pytest

from deskbreak.core.bundle import Part, bundle_text, log_lines, redacted
from deskbreak.core.words import said

NAMES = {
    "/home/ann": "~",
    "/run/user/1000": "$XDG_RUNTIME_DIR",
    "ann": "USER",
    "desk-7": "HOST",
    "C:\\Users\\ann": "C:\\~",
    "C:\\Temp": "D:\\temp",
    "jo": "OTHER",
    "": "nothing",
    "/": "root",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("/home/ann/.config is a link", "~/.config is a link", id="home"),
        pytest.param("/home/anna and Hannah", "~a and Hannah", id="another name"),
        pytest.param("ANN@Desk-7: hello", "USER@HOST: hello", id="capitals"),
        pytest.param("/srv/ann_files/x-ann.log", "/srv/USER_files/x-USER.log", id="in a path"),
        pytest.param("C:\\Users\\Ann\\x", "C:\\~\\x", id="Windows"),
        pytest.param("C:\\Users\\Anna", "C:\\~a", id="Windows, another name"),
        pytest.param("C:\\Temp\\x", "D:\\temp\\x", id="backslashes on both sides"),
        pytest.param("Jo: jokes", "OTHER: jokes", id="a name of two letters"),
        pytest.param("/run/user/1000/bus", "$XDG_RUNTIME_DIR/bus", id="runtime folder"),
        pytest.param("prompt P-PC-03 has no words", "prompt P-… has no words", id="prompt"),
        pytest.param("a\x1b[2Jb\nc", "a[2Jb\nc", id="controls"),
    ],
)
def test_given_text_for_support_then_it_tells_neither_who_nor_where(
    text: str, expected: str
) -> None:
    """Names go, and what is between them stays readable."""
    assert expected == redacted(text, NAMES)


@pytest.mark.parametrize(
    "key", ["person.avoid", "person.hidden_prompts", "person.equipment", "person.seated_only"]
)
def test_given_a_line_about_health_then_nothing_of_it_is_left(key: str) -> None:
    """A problem in the settings quotes the value that it complains of."""
    text = redacted(f"one\nuser settings: {key} = ['knee'] is not known\ntwo", NAMES)

    assert ["one", "two"] == text.splitlines()[::2]
    assert "knee" not in text
    assert "left out" in text


LOG = """ the end of something
2026-03-02 09:00:00,001 INFO deskbreak.agent: one
2026-03-02 09:00:00,002 DEBUG deskbreak.agent.loop: Answered(done)
more of it
2026-03-02 09:00:00,003 ERROR deskbreak.agent: two
Traceback
"""


def test_given_a_log_then_single_events_are_left_out() -> None:
    """What a person answered is nobody's business, nor is what began before the part we read."""
    assert [
        "2026-03-02 09:00:00,001 INFO deskbreak.agent: one",
        "2026-03-02 09:00:00,003 ERROR deskbreak.agent: two",
        "Traceback",
    ] == log_lines(LOG).splitlines()


def test_given_a_long_log_then_its_end_is_taken() -> None:
    """The trouble that somebody writes about is the last one."""
    lines = [f"2026-03-02 09:00:00,001 INFO x: {n}" for n in range(500)]

    assert lines[-200:] == log_lines("\n".join(lines)).splitlines()
    assert "" == log_lines("")


def test_given_parts_then_the_file_has_each_below_its_title() -> None:
    """And each says how many lines it has."""
    parts = [Part(said("what"), "one", "ann\nb"), Part(said("what"), "two", "")]

    assert "== one ==\nUSER\nb\n\n== two ==\n\n" == bundle_text(parts, NAMES)
    assert [2, 0] == [part.lines for part in parts]
