from __future__ import annotations

import dataclasses
import enum
import json
import math
import types
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskbreak.core.model import (
    Absence,
    Credit,
    Episode,
    Facts,
    Hold,
    KindState,
    Moment,
    Phase,
    Presence,
    Showing,
    Span,
    State,
    Until,
)
from deskbreak.storage.codec import Codec, zone_from, zone_text

BERLIN = ZoneInfo("Europe/Berlin")
AT = Moment(1234.5, 1_772_438_400.125, BERLIN)

ZONES = st.sampled_from([BERLIN, ZoneInfo("UTC"), ZoneInfo("America/Argentina/Ushuaia"), UTC]) | (
    st.integers(-86_399, 86_399).map(lambda s: timezone(timedelta(seconds=s)))
)
SIMPLE: dict[object, st.SearchStrategy[Any]] = {
    float: st.floats(allow_nan=False),
    int: st.integers(-(2**63), 2**63),
    bool: st.booleans(),
    str: st.text(),
    date: st.dates(),
    datetime: st.datetimes(),
    tzinfo: ZONES,
}


def anything(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - any type of a field
    """Return all values of a type that a state is made of."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if hint is Moment:  # what a clock can show
        return st.builds(Moment, st.floats(0, 1e9), st.floats(0, 4e9), ZONES)
    args = get_args(hint)
    if args:
        inner = anything(args[0])
        return {
            types.UnionType: st.none() | inner,
            tuple: st.lists(inner, max_size=2).map(tuple),
            frozenset: st.frozensets(inner, max_size=2),
        }[get_origin(hint)]
    if issubclass(hint, enum.Enum):
        return st.sampled_from(hint)
    hints = get_type_hints(hint)
    fields = {field.name: anything(hints[field.name]) for field in dataclasses.fields(hint)}
    return st.builds(hint, **fields)


def plain_state() -> State:
    """Return a state of somebody who has just sat down."""
    return State(
        at=AT,
        facts=Facts(0.25),
        kinds=(KindState(1000.0), KindState(1000.0)),
        input_s=-math.inf,
        idle_from_s=1000.0,
        unlocked_s=1000.0,
        span_start=AT,
        today=date(2026, 3, 2),
        day_end_s=70_000.0,
        day_starts_s=14_400,
    )


def full_state() -> State:
    """Return a state in which much is going on, as on an afternoon."""
    episode = Episode(17, "position", AT, Phase.SHOWN, folded=("eyes",), prompt="P-PC-03")
    state = plain_state()
    state.kinds = tuple(KindState(1000.1 * n, skips_day=date(2026, 3, 2)) for n in range(6))
    state.absence = Absence(4711.0, settled=True, lock_since_s=4800.0)
    state.pieces = tuple(Span(AT, AT.on(9.0 + n), Presence.DESK) for n in range(3))
    state.holds = frozenset({Hold.CALL, Hold.HOURS})
    state.pause = Until(local=datetime(2026, 3, 2, 14))  # noqa: DTZ001 - local, of any zone
    state.episode = episode
    state.showings = tuple(Showing(60.5 * n, date(2026, 3, 2), "position") for n in range(20))
    state.seen = tuple(f"P-PC-{n:02}" for n in range(60))
    state.credit = Credit(AT, (None, 1.5) * 3, (None,) * 6, (15, 16))
    state.marks = frozenset({5.0, 60.0, 120.0})
    return state


@given(anything(State))
def test_given_any_state_then_it_reads_back_as_it_was(state: State) -> None:
    """Nothing of a state is lost or rounded on the disk."""
    codec = Codec()

    assert state == codec.load(codec.dump(state))


@pytest.mark.parametrize("state", [plain_state(), full_state()], ids=["plain", "full"])
def test_given_a_state_then_its_text_is_small_and_always_the_same(state: State) -> None:
    """A state is written with every step: what has its default is not, and sets have an order."""
    codec = Codec()
    text = codec.dump(state)

    assert state == codec.load(text)
    assert text == Codec().dump(codec.load(text))
    assert "patience_from_s" not in text
    assert len(text) < 4000
    assert not text.count(" ")


@pytest.mark.row("R17")
def test_given_the_text_of_a_program_with_fewer_fields_then_it_is_read() -> None:
    """An update that remembers more does not forget what there was."""
    codec = Codec()
    raw = json.loads(codec.dump(full_state()))
    del raw["episode"]["folded"], raw["showings"]

    state = codec.load(json.dumps(raw))

    assert state.episode is not None
    assert ((), ()) == (state.episode.folded, state.showings)


ODD = {
    "no JSON": "{",
    "nothing": "",
    "a list": "[]",
    "null": "null",
    "a number": "1",
    "nothing in it": "{}",
    "nested": '{"facts":' * 100_000,
    "too many digits": "1" * 10_000,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_given_no_state_at_all_then_it_is_refused(text: str) -> None:
    """What is no saved state is refused as a whole, in one way."""
    with pytest.raises(ValueError):  # noqa: PT011 - each row fails in words of its own
        Codec().load(text)


@pytest.mark.row("R17")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("moods", 1, id="a field that we do not know"),
        pytest.param("at", [1.0, 2.0], id="half a moment"),
        pytest.param("at", [1.0, 2.0, "Europe/Atlantis"], id="no such zone"),
        pytest.param("at", [1.0, 2.0, "Europe"], id="a folder of zones"),
        pytest.param("at", [1.0, 2.0, "../../etc/passwd"], id="a path"),
        pytest.param("at", [1.0, 2.0, ""], id="no zone"),
        pytest.param("at", [1.0, 2.0, "+1e400"], id="an endless offset"),
        pytest.param("at", [1.0, 2.0, "-86400"], id="an offset of a day"),
        pytest.param("at", [1.0, 2.0, 3600], id="a number for a zone"),
        pytest.param("input_s", "1", id="text for a number"),
        pytest.param("input_s", True, id="a truth for a number"),
        pytest.param("input_s", None, id="nothing for a number"),
        pytest.param("input_s", math.nan, id="no number"),
        pytest.param("input_s", 10**400, id="a number too large"),
        pytest.param("next_episode", 1.0, id="a fraction for a count"),
        pytest.param("hold_marked", 1, id="a number for a truth"),
        pytest.param("today", "Monday", id="no date"),
        pytest.param("holds", ["music"], id="a hold that we do not know"),
        pytest.param("holds", "call", id="text for a list"),
        pytest.param("outage", [], id="a list for a presence"),
        pytest.param("pause", {"local": "noon"}, id="no time"),
        pytest.param("kinds", [{}], id="a kind without what it needs"),
        pytest.param("facts", [], id="a list for facts"),
    ],
)
def test_given_a_state_with_something_odd_in_it_then_it_is_refused(
    field: str, value: object
) -> None:
    """A wrong value anywhere means that nobody can know what the rest is worth."""
    raw = json.loads(Codec().dump(full_state()))

    with pytest.raises(ValueError):  # noqa: PT011 - each row fails in words of its own
        Codec().load(json.dumps({**raw, field: value}))


@given(st.data())
def test_given_a_text_with_changed_characters_then_it_is_read_or_refused(
    data: st.DataObject,
) -> None:
    """Whatever happened to the text, reading it never fails in another way."""
    text = list(Codec().dump(full_state()))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.sampled_from('{}[]",:0123456789.eE+-tfn\\/ \x00é'))

    try:
        state = Codec().load("".join(text))
    except ValueError:
        return
    assert isinstance(state, State)


def test_given_a_number_that_is_none_then_the_state_is_not_written() -> None:
    """A state that could not be read back is refused before it replaces a good one."""
    state = plain_state()
    state.desk_s = math.nan

    with pytest.raises(ValueError, match="NaN"):
        Codec().dump(state)


def test_given_a_name_with_nan_in_it_then_the_state_is_written() -> None:
    """NaN in a name is no number."""
    state = plain_state()
    state.seen = ("NaN",)

    assert state == Codec().load(Codec().dump(state))


class Nameless(tzinfo):
    """A zone that only its own program knows."""

    def utcoffset(self, _when: datetime | None) -> timedelta | None:
        return None if _when is None else timedelta(hours=5, minutes=45)

    def dst(self, _when: datetime | None) -> timedelta | None:
        return timedelta(0)

    def tzname(self, _when: datetime | None) -> str | None:
        return None


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        pytest.param(BERLIN, "Europe/Berlin", id="by name"),
        pytest.param(UTC, "+0", id="UTC"),
        pytest.param(timezone(timedelta(hours=-3, minutes=-30)), "-12600", id="west"),
        pytest.param(timezone(timedelta(hours=1), "CET"), "+3600", id="a fixed one with a name"),
        pytest.param(Nameless(), "+20700", id="one that has no name"),
    ],
)
def test_given_a_zone_then_it_is_written_by_name_or_as_an_offset(zone: tzinfo, text: str) -> None:
    """What can be looked up is written by name; of anything else the offset is kept."""
    at = Moment(0.0, AT.unix_s, zone)

    assert text == zone_text(at)
    assert at.wall.utcoffset() == datetime.fromtimestamp(AT.unix_s, zone_from(text)).utcoffset()
