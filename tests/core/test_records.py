from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC

import pytest

from deskbreak.core import stats
from deskbreak.core.model import By, Episode, Hold, Moment, Outcome, Phase, Presence, Span
from deskbreak.core.records import Records, text
from deskbreak.core.timeline import parse

DAY = "2026-03-02"
START = parse(b"timeline 1\nstart 2026-03-02T09:00:00 Europe/Berlin").start
LATER = START.on(1200.0)
SPAN = Span(START, LATER, Presence.DESK, frozenset({Hold.CALL}))
E = Episode(
    1, "stretch", LATER, Phase.WAITING, ("position",), shown=LATER, ended=LATER,
    outcome=Outcome.TAKEN, by=By.ANSWER, prompt="P-ST-01",
)  # fmt: skip
ALL = Records(
    stats.days_of([SPAN], [E], 4 * 3600),
    [(DAY, SPAN)],
    [(DAY, Span(LATER, LATER.on(1300.0), Presence.AWAY))],
    [(DAY, E)],
    [(DAY, replace(E, id=2, outcome=Outcome.NATURAL, by=None, shown=None, prompt=None))],
)


def told(records: Records) -> dict[str, object]:
    """Return the object for programs."""
    found = json.loads("".join(text(records, "1.0", {"plan": "busy"})))
    assert isinstance(found, dict)
    return found


def test_given_rows_then_programs_get_each_with_its_day_and_zone() -> None:
    """Lists by name, of everything that is kept."""
    found = told(ALL)
    spans, episodes, undone = (found[name] for name in ("spans", "episodes", "undone"))
    assert isinstance(spans, list)
    assert isinstance(episodes, list)
    assert isinstance(undone, list)

    assert ("1.0", DAY, DAY, {"plan": "busy"}) == tuple(
        found[name] for name in ("deskbreak", "from", "to", "settings")
    )
    assert [("desk", ["call"], False), ("away", [], True)] == [
        (one["presence"], one["holds"], one["open"]) for one in spans
    ]
    assert {"2026-03-02T09:00:00.000+01:00"} == {spans[0]["start"]}
    assert ("stretch", "taken", "answer", "P-ST-01") == tuple(
        episodes[0][name] for name in ("kind", "outcome", "by", "prompt")
    )
    assert [(2, "natural", None, None)] == [
        (one["episode"], one["outcome"], one["by"], one["shown"]) for one in undone
    ]
    assert "Europe/Berlin" == spans[0]["zone"]


def test_given_rows_then_they_are_lines_of_one_table_too() -> None:
    """The first column says of which list each is."""
    names, *rows = ALL.table()

    assert ["day", "span", "span", "episode", "undone"] == [row[0] for row in rows]
    assert {len(names)} == {len(row) for row in rows}
    assert {DAY} == {row[1] for row in rows}
    assert ("call", "false") == (rows[1][names.index("holds")], rows[1][names.index("open")])


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_given_a_text_that_a_spreadsheet_would_run_then_it_is_a_text(sign: str) -> None:
    """A pack of somebody else may name its prompts as it likes."""
    evil = Records(episodes=[(DAY, replace(E, prompt=f"{sign}1+1"))])
    names, row = evil.table()

    assert f"'{sign}1+1" == row[names.index("prompt")]


def test_given_nothing_then_there_is_no_day_and_each_list_is_empty() -> None:
    """Before anything was recorded."""
    found = told(Records())

    assert (None, None) == (found["from"], found["to"])
    assert [[], [], [], []] == [found[n] for n in ("days", "spans", "episodes", "undone")]


def test_given_a_zone_without_a_name_then_its_offset_stands_for_it() -> None:
    """As on a computer that knows no more than that."""
    at = Moment(0.0, 0.0, UTC)
    found = told(Records(spans=[("1970-01-01", Span(at, at, Presence.OFF))]))["spans"]
    assert isinstance(found, list)

    assert "+0000" == found[0]["zone"]
