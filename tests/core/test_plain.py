from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskbreak.core.plain import cell, clipped, escaped, one_line, plain, steady, steady_line
from tests.hostile import BIDI, VALUES, steering


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Stand up.", "Stand up.", id="nothing to do"),
        pytest.param("a\x1b[31mb\x07\x00c\x9d", "a[31mbc", id="terminal escapes, NUL"),
        pytest.param("a\tb", "a b", id="tab"),
        pytest.param("a\r\nb\rc\u2028d\u0085e", "a\nb\nc\nd\ne", id="every kind of line break"),
        pytest.param("\n a \n", "a", id="space around it"),
        pytest.param("a\u202eb\u202c", "ab", id="reversed text"),
        pytest.param("\u2067שלום\u2069 \u200f", "\u2067שלום\u2069 \u200f", id="Hebrew, isolated"),  # noqa: RUF001 - meant
        pytest.param("👩\u200d💻 می\u200cخواهم", "👩\u200d💻 می\u200cخواهم", id="joiners"),  # noqa: RUF001 - meant
        pytest.param("a\ud83db", "a\N{REPLACEMENT CHARACTER}b", id="half a character"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_given_any_text_then_only_what_can_be_read_is_left(text: str, expected: str) -> None:
    """Scripts keep the marks that they need; what steers a terminal or turns text round goes."""
    assert expected == plain(text)


def test_given_text_of_several_lines_when_one_is_wanted_then_spaces_join_them() -> None:
    """A title has one line."""
    assert "Stand up now" == one_line("Stand up \n\n  now\n")


@pytest.mark.parametrize(
    ("text", "units", "expected"),
    [
        pytest.param("abcd", 4, "abcd", id="fits"),
        pytest.param("abcde", 4, "abc…", id="one too many"),
        pytest.param("ab cde", 4, "ab…", id="no space before the ellipsis"),
        pytest.param("😀😀", 4, "😀😀", id="two units each"),
        pytest.param("😀😀a", 4, "😀…", id="not through the middle of a character"),
    ],
)
def test_given_text_that_is_too_long_then_it_is_cut_between_characters(
    text: str, units: int, expected: str
) -> None:
    """Windows counts UTF-16 units, and a thread of plyer dies of one too many."""
    assert expected == clipped(text, units)


@given(st.text(st.characters(codec=None)), st.integers(1, 80))
def test_given_random_text_then_it_is_short_encodable_and_free_of_controls(
    text: str, units: int
) -> None:
    """Whatever a pack of texts holds, a channel can carry it."""
    result = clipped(one_line(text), units)

    assert len(result.encode("utf-16-le")) <= 2 * units
    assert not set(result) & {chr(code) for code in (*range(32), *range(0x7F, 0xA0))}
    assert result.encode() == result.encode("utf-8", "replace")


def test_given_markup_in_a_text_then_a_reader_of_markup_shows_it_as_it_is() -> None:
    """A text of a pack makes no links and no pictures."""
    assert "a &amp;&lt;b&gt; 'c' \"d\"" == escaped("a &<b> 'c' \"d\"")


@pytest.mark.parametrize("text", VALUES, ids=ascii)
def test_given_text_that_steers_a_terminal_then_nothing_of_that_is_left(text: str) -> None:
    """S08: of any of them, alone and in a line."""
    assert set() == steering(steady(text)) | steering(steady_line(f"a{text}b"))
    assert "\n" not in steady_line(text)


def test_given_a_text_for_a_desktop_and_for_a_terminal_then_they_differ_in_what_turns_it() -> None:
    """A desktop shows each text on its own; in a terminal what follows is somebody else's."""
    assert "a" + BIDI[:3] + BIDI[8:] + "b" == plain(f"a{BIDI}b")
    assert "ab" == steady(f"a{BIDI}b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("stretch_taken", "stretch_taken", id="a name"),
        pytest.param("=1+1", "'=1+1", id="a formula"),
        pytest.param("\u200e\x1b=1+1", "'=1+1", id="a formula behind what is left out"),
        pytest.param("a\nb", "a b", id="two lines"),
    ],
)
def test_given_a_text_from_elsewhere_then_a_cell_of_a_table_is_nothing_but_text(
    text: str, expected: str
) -> None:
    """To a terminal, and to a spreadsheet."""
    assert expected == cell(text)
