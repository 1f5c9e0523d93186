"""The statistics page says what the command says, quickly, however long the history is."""

from __future__ import annotations

import csv
import io
import os
import random
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.agent import requests
from deskbreak.core import stats
from deskbreak.core.kinds import KIND_TABLE
from deskbreak.core.model import By, Command, Episode, Outcome, Presence, Span
from deskbreak.door import Door
from deskbreak.pages.desk import Desk
from deskbreak.pages.hours import by_hour, of_interest
from deskbreak.pages.seen import Chosen, see
from deskbreak.storage import files
from deskbreak.storage.layers import Settings
from deskbreak.storage.store import Store
from tests.fakes import Desk as FakeDesk
from tests.pages.histories import FOUR, desk_at, keep, office, serving, until
from tests.storage.history import life, saved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.desktop.desk import Here
    from tests.pages.looking import Served

WEEKS = ("2026-W10", "2026-W11", "2026-W12")
KINDS = [kind.name for kind in KIND_TABLE] + ["yoga"]  # one that is no more
SECONDS = ("desk", "away", "locked", "asleep", "off", "longest_held")
COUNTS = ("natural", "skipped", "missed", "postponed", "asked", "undelivered")


class Tables(HTMLParser):
    """The tables of a page, each by its id: rows of names and of figures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, list[list[float | str]]] = {}
        self._rows: list[list[float | str]] = []
        self._is_open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self._rows = self.found[str(given["id"])] = []
        elif tag == "tr":
            self._rows.append([])
        elif tag == "data":
            self._rows[-1][-1] = float(given["value"] or "")
            self._is_open = False
        elif tag in ("td", "th"):
            self._rows[-1].append("")
            self._is_open = True

    def handle_endtag(self, tag: str) -> None:
        self._is_open = self._is_open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._is_open:
            self._rows[-1][-1] = f"{self._rows[-1][-1]}{data}"


def drawn(seed: int, days: int) -> Iterator[Span | Episode]:
    """Yield rows of which anything may be true that a history can say."""
    lots = random.Random(seed)  # noqa: S311 - no secret
    for step, _ in life(days, seed):
        for row in step:
            if isinstance(row, Span):
                yield row
                continue
            outcome = lots.choice(list(Outcome))
            yield replace(
                row,
                kind=lots.choice(KINDS),
                outcome=outcome,
                by=lots.choice(list(By)) if outcome is Outcome.TAKEN else None,
                shown=lots.choice((row.shown, None)),
                asked=lots.random() < 0.1,
                postponed=lots.randrange(3),
            )


def written(rows: Sequence[Span | Episode]) -> None:
    """Let *rows* be all that there is in this person's history."""
    path = files.places().history
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    with Store.open(path) as store:
        store.append(rows, [], saved())


def figures(day: dict[str, Any]) -> list[float]:
    """Return what the row of a day or a week must say, of what `stats --json` says."""
    kinds = day["kinds"].values()
    taken = sum(of["taken"] for of in kinds)
    offered = taken + sum(of["skipped"] + of["missed"] for of in kinds)
    natural = sum(of["natural"] for of in kinds)
    seconds = [day[f"{name}_seconds"] for name in SECONDS]
    return [*seconds, day["position_changes"], taken, offered, natural]


def by_kind(day: dict[str, Any]) -> list[list[float | str]]:
    """Return what the table of kinds must say."""
    return [
        [
            of["prompted"],
            of["taken"],
            *of["taken_by"].values(),
            *(of[name] for name in COUNTS),
            "\N{EN DASH}" if of["compliance"] is None else of["compliance"],
        ]
        for of in day["kinds"].values()
    ]


def unnamed(table: list[list[float | str]]) -> list[list[float | str]]:
    """Return the rows of *table* without its heading and their names."""
    return [row[1:] for row in table[1:]]


@pytest.mark.parametrize("seed", range(50))
def test_given_any_history_then_the_page_says_what_the_command_says(
    served: Served, here: Here, seed: int
) -> None:
    """Every figure of `stats --json`, for the week and the one before; and the CSV is the same."""
    written(list(drawn(seed, 14)))
    week = WEEKS[seed % len(WEEKS)]
    facts = here("stats", "--week", week, "--json").facts
    tables = Tables(served.get(f"/stats?week={week}").body).found

    expected = [*map(figures, facts["days"]), figures(facts["total"])]
    assert expected == unnamed(tables["table-week"])
    assert figures(facts["before"]) == unnamed(tables["table-before"])[-1]
    assert figures(facts["total"]) == unnamed(tables["table-weeks"])[-1]
    assert by_kind(facts["total"]) == unnamed(tables["table-kinds"])
    assert by_kind(facts["before"]) == unnamed(tables["table-kinds-before"])
    answer = served.get(f"/stats/week.csv?week={week}")
    assert here("stats", "--week", week, "--csv").out == answer.body


def test_given_an_agent_that_runs_then_the_page_knows_the_last_minutes_too(tmp_path: Path) -> None:
    """What it has not recorded yet is told as its own answer tells it, at any instant of a day."""
    desk, told = FakeDesk(tmp_path), list[tuple[Any, Any]]()
    (tmp_path / "run").mkdir(mode=0o700)
    places = replace(
        files.places(), history=desk.path, settings=desk.file, runtime=tmp_path / "run"
    )
    page = Desk(places, desk.clock.now, Settings(desk.file))

    def look() -> None:
        reply = requests.serve(desk.loop, Command("stats"))
        seen = see(page, Chosen())
        told.append((reply["facts"], stats.week_json(seen.week)))
        ends = [*(x.end.boot_s for x in seen.spans)]
        assert ends[-1] == pytest.approx(desk.clock.boot_s())

    door = Door(places.runtime)
    assert door.claim()
    try:
        acts = [
            "7m work",
            "40s idle",
            "14m work call",
            "10s idle",
            "3m locked",
            "1h work",
            "90s idle",
        ]
        desk.run(*(act for one in acts for act in (one, look)))
    finally:
        door.close()

    assert len(acts) == len(told)
    for answer, shown in told:
        assert answer == shown
    assert told[-1][0]["total"]["desk_seconds"] > 4800


def test_given_weeks_that_begin_on_sunday_then_the_page_has_them_so_too(
    served: Served, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the locale says, and as the command has them."""
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    written(list(drawn(7, 14)))
    facts = here("stats", "--week", WEEKS[1], "--json").facts
    tables = Tables(served.get(f"/stats?week={WEEKS[1]}").body).found

    assert "Sun 8 Mar" == tables["table-week"][1][0]
    expected = [*map(figures, facts["days"]), figures(facts["total"])]
    assert expected == unnamed(tables["table-week"])


def test_given_an_agent_on_trial_then_the_page_reads_the_history_that_it_writes(
    home: Path,
) -> None:
    """As every command asks the agent that runs; what a killed trial left behind is not read."""
    places, now = files.places(), until("2026-03-03 18:00")
    trial = files.runtime_folder(places) / "trial" / "history.db"
    for path, days in ((places.history, 1), (trial, 5)):
        with Store.open(path) as store:
            store.append(list(office(days)), [], saved(now))
    desk, door = desk_at(now), Door(places.runtime)
    os.utime(places.history, (1.0, 1.0))
    os.utime(trial, (2.0, 2.0))
    assert door.claim()
    try:
        with_trial = desk.read(Store.known)
        os.utime(places.history, (3.0, 3.0))
        left_behind = desk.read(Store.known)
    finally:
        door.close()
    os.utime(trial, (4.0, 4.0))
    without = desk.read(Store.known)

    assert with_trial != left_behind == without


# ── hours ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(5))
def test_given_any_history_then_the_hours_add_up_to_its_days(seed: int) -> None:
    """No second and no break is lost or told twice."""
    rows = list(drawn(seed, 21))
    spans = [row for row in rows if isinstance(row, Span)]
    episodes = [row for row in rows if isinstance(row, Episode)]
    hours = by_hour(spans, episodes)
    total = stats.add(date.min, stats.days_of(spans, episodes, FOUR))

    assert total.desk_seconds == pytest.approx(sum(one.desk_seconds for one in hours), abs=0.02)
    for name in ("taken", "natural", "skipped", "missed"):
        expected = sum(getattr(of, name) for of in total.kinds.values())
        assert expected == sum(getattr(one, name) for one in hours)


def test_given_a_span_over_an_hour_and_over_summer_time_then_each_hour_has_its_own() -> None:
    """The hour that the clock jumps over has nothing; the next one has what the clock shows."""
    start = until("2026-03-29 01:30")
    span = Span(start, start.on(start.boot_s + 2 * 3600), Presence.DESK)
    hours = by_hour([span], [])

    assert {1: 1800.0, 3: 3600.0, 4: 1800.0} == {
        one.hour: one.desk_seconds for one in hours if one.desk_seconds
    }
    assert [1, 2, 3, 4] == [one.hour for one in of_interest(hours, 0)]
    assert [4, *range(5, 24), 0, 1, 2, 3] == [one.hour for one in of_interest(hours, 4 * 3600)]
    assert () == of_interest(by_hour([], []), FOUR)


# ── the rest of the page ───────────────────────────────────────────────────────────────────


def test_given_nothing_recorded_then_the_page_says_so(served: Served) -> None:
    """A first look comes before the first hour at the desk; nothing is made for it."""
    answer = served.get("/stats")

    assert 200 == answer.status
    assert "Nothing is recorded yet" in answer.body
    assert not files.places().history.exists()


@pytest.mark.parametrize(
    "path", ["/stats?week=2026", "/stats?day=yesterday", "/stats/years.csv", "/stats?week=1-W1"]
)
def test_given_what_is_no_week_and_no_table_then_there_is_no_such_page(
    served: Served, path: str
) -> None:
    """An address that somebody changed by hand is no error of ours."""
    assert 404 == served.get(path).status


def test_given_another_day_then_the_strip_and_its_table_are_of_that_day(home: Path) -> None:
    """Each day of a week can be looked at; a week without today shows its last day of work."""
    now = until("2026-04-02 15:20")
    keep(office(24), now)
    with serving(now) as served:
        monday = served.get("/stats?week=2026-W14&day=2026-03-30").body
        before = served.get("/stats?week=2026-W13").body
        lines = list(csv.reader(io.StringIO(served.get("/stats/day.csv?day=2026-03-30").body)))

    assert '<h2 id="h-day">Mon 30 Mar:' in monday
    assert '<h2 id="h-day">Fri 27 Mar:' in before
    assert len(Tables(monday).found["table-day"]) == len(lines)
    starts = [line[0] for line in lines[1:]]
    assert all(start.startswith("2026-03-3") for start in starts)
    assert sorted(starts) == starts


def test_given_every_chart_then_its_figures_are_in_a_table_and_in_a_file(home: Path) -> None:
    """Nobody needs to see a chart, or to copy figures by hand."""
    now = until("2026-04-02 15:20")
    keep(office(24), now)
    with serving(now) as served:
        html = served.get("/stats").body
        tables = Tables(html).found
        saved_as = {
            what: served.get(f"/stats/{what}.csv?week=2026-W14")
            for what in ("day", "week", "weeks", "hours")
        }

    assert html.count('role="img"') == 1 + 3 + 3 + 2
    for what, answer in saved_as.items():
        assert f'href="{served.server.keys.root}/stats/{what}.csv?week=2026-W14' in html
        assert answer.headers["content-disposition"].startswith(
            f'attachment; filename="deskbreak-{what}-2026-'
        )
        assert len(answer.body.splitlines()) > 4
    assert {"table-day", "table-week", "table-before", "table-hours", "table-weeks"} < set(tables)


def test_given_a_damaged_history_then_what_can_be_read_is_shown_and_the_page_says_so(
    home: Path,
) -> None:
    """The page is no worse than the command: a copy is looked at closely."""
    now = until("2026-04-02 15:20")
    keep(office(24), now)
    path = files.places().history
    path.write_bytes(path.read_bytes()[: 30 * 4096])
    with serving(now) as served:
        answer = served.get("/stats?week=2026-W10")

    assert 200 == answer.status
    assert "is damaged; what can be read of it is shown" in answer.body


def test_given_only_figures_of_old_days_then_charts_stay_and_the_strip_says_why(
    home: Path,
) -> None:
    """Rows are kept for a while, totals for good."""
    now = until("2026-04-02 15:20")
    keep(office(24), now)
    with Store.open(files.places().history) as store:
        before = see(desk_at(now), Chosen()).week
        while store.prune(date(2026, 6, 1), 30):
            pass
        after = see(desk_at(now), Chosen())
    with serving(now) as served:
        html = served.get("/stats").body

    assert before == after.week
    assert ((), (), 0) == (after.spans, after.episodes, after.hours_days)
    assert "Of this day there is nothing to show hour by hour." in html
    assert "Of these weeks only the figures of each day are kept." in html


def test_given_text_that_looks_like_markup_then_it_is_shown_as_text(home: Path) -> None:
    """A history may come from anywhere; what is in it never becomes part of the page."""
    now = until("2026-03-06 15:20")
    evil = "<script>alert(1)</script>"
    keep((replace(row, kind=evil) if isinstance(row, Episode) else row for row in office(4)), now)
    with serving(now) as served:
        html = served.get("/stats").body

    assert evil not in html
    assert "&lt;script&gt;" in html


def test_given_the_weeks_then_one_leads_to_the_next(home: Path) -> None:
    """From this week back to the first, and forward again."""
    now = until("2026-04-02 15:20")
    keep(office(24), now)
    with serving(now) as served:
        root = served.server.keys.root
        pages = {week: served.get(f"/stats?week={week}").body for week in ("2026-W14", *WEEKS[:1])}

    assert f'href="{root}/stats?week=2026-W13"' in pages["2026-W14"]
    assert "The week after" not in pages["2026-W14"]
    assert f'href="{root}/stats?week=2026-W11"' in pages["2026-W10"]
    assert f'href="{root}/stats?week=2026-W09"' not in pages["2026-W10"]
