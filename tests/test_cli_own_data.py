"""`export`, `erase` and `privacy`: all of one's own data, out or gone, and what there is of it."""

from __future__ import annotations

import csv
import getpass
import io
import platform
import re
import sqlite3
import stat
import struct
import sys
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core import records
from deskbreak.core.model import Undo
from deskbreak.core.timeline import Stretch
from deskbreak.storage import database, files, place
from deskbreak.storage.store import Saved, Store
from tests.desktop.desk import deskbreak
from tests.storage.history import after, saved, span, taken
from tests.test_cli import _agent, _documented, _env, _on_terminal
from tests.test_cli_diary import live, weeks

if TYPE_CHECKING:
    from deskbreak.core.model import Episode, Span
    from tests.desktop.desk import Here

DONE, FAILED, WRONG_USAGE, WITH_PROBLEMS = 0, 1, 2, 3
COLUMNS: Final = 80
ROWS: Final = ("days", "spans", "episodes", "undone")
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes of files as POSIX has them")


class Terminal(io.StringIO):
    """A person who types an answer."""

    def isatty(self) -> bool:
        """Say that somebody is there."""
        return True


# ── export ─────────────────────────────────────────────────────────────────────────────────


def test_given_a_history_when_it_is_exported_then_all_of_it_is_there(here: Here) -> None:
    """Every span and every ended break of every day, and the sums that these make."""
    live(weeks(3))
    with closing(sqlite3.connect(files.places().history)) as db:
        counts = {
            table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - two names of ours
            for table in ("spans", "episodes")
        }
    ran = here("export")
    facts = ran.facts
    week = here("stats", "--week", "2026-W11", "--json").facts

    assert (DONE, "") == (ran.status, ran.err)
    assert ("2026-03-02", "2026-03-22", 21) == (facts["from"], facts["to"], len(facts["days"]))
    closed = [one for one in facts["spans"] if not one["open"]]
    assert counts == {"spans": len(closed), "episodes": len(facts["episodes"])}
    assert week["days"] == facts["days"][7:14]
    ended = Counter(one["outcome"] for one in facts["episodes"] if one["day"] == "2026-03-03")
    kinds = facts["days"][1]["kinds"].values()
    assert ended["taken"] == sum(kind["taken"] for kind in kinds)
    seconds = sum(one["seconds"] for one in facts["spans"] if one["day"] == "2026-03-03")
    assert 86_400.0 == seconds
    assert ran.out == here("export", "--json").out


def test_given_an_agent_on_trial_when_an_export_is_wanted_then_it_is_of_its_history(
    tmp_path: Path,
) -> None:
    """As every command is about the agent that runs; without it, one's own."""
    env = _env(tmp_path)
    with _agent(tmp_path, "--speed", "60") as running:
        running.ask("take", "stretch")
        running.ask("answer", "skip")
        on_trial, told = deskbreak(env, "export"), deskbreak(env, "export", "--timeline")
    own = deskbreak(env, "export")

    assert [["skipped"], []] == [
        [one["outcome"] for one in ran.facts["episodes"]] for ran in (on_trial, own)
    ]
    assert "answer skip" in told.out


def test_given_an_export_then_its_fields_are_the_documented_ones(here: Here) -> None:
    """docs/json.md names every field."""
    live(weeks(1))
    facts = here("export").facts

    top, of_span, of_episode = _documented()["export"]
    _, day, _ = _documented()["stats"]
    assert top == facts.keys()
    assert all(of_span == each.keys() for each in facts["spans"])
    assert all(of_episode == each.keys() for each in facts["episodes"])
    assert all(day == each.keys() for each in facts["days"])


def test_given_a_break_that_was_struck_when_it_is_exported_then_it_stands_apart(here: Here) -> None:
    """It is recorded, so it is told; it counts nowhere else."""
    with Store.open(files.places().history) as store:
        rows: list[Span | Episode] = [span(0, 30), span(30, 40, "away"), taken(1, 32), taken(2, 45)]
        undo = Undo((1,), after(30), after(40))
        store.append(rows, [undo], saved(after(45)))
    facts = here("export").facts

    assert ([2], [1]) == tuple(
        [one["episode"] for one in facts[name]] for name in ("episodes", "undone")
    )
    assert 1 == facts["days"][0]["kinds"]["position"]["taken"]


@pytest.mark.parametrize(
    ("argv", "days"),
    [
        ("", (date(2026, 3, 2), date(2026, 3, 15))),
        ("--from 2026-03-04", (date(2026, 3, 4), date(2026, 3, 15))),
        ("--to 2026-03-04", (date(2026, 3, 2), date(2026, 3, 4))),
        ("--from 2026-03-04 --to 2026-03-04", (date(2026, 3, 4), date(2026, 3, 4))),
        ("--from 2026-04-01", None),
        ("--from 2026-03-05 --to 2026-03-04", None),
    ],
)
@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_given_days_when_they_are_exported_then_no_others_are(
    here: Here, form: str, argv: str, days: tuple[date, date] | None
) -> None:
    """All that there are without a choice; none is no failure."""
    live(weeks(2))
    ran = here("export", form, *argv.split())

    assert (DONE, "") == (ran.status, ran.err)
    if form == "--json":
        found = {one["day" if "day" in one else "date"] for n in ROWS for one in ran.facts[n]}
    else:
        found = {row["day"] for row in csv.DictReader(io.StringIO(ran.out))}
    wanted = () if days is None else [day.isoformat() for day in days]
    assert tuple(wanted) == (min(found), max(found)) if found else not wanted


def test_given_no_history_when_it_is_exported_then_there_are_no_rows(here: Here) -> None:
    """Nothing is no failure, and nothing is begun."""
    ran = here("export")
    table = here("export", "--csv").out.splitlines()

    assert (DONE, "") == (ran.status, ran.err)
    assert [[]] * 4 == [ran.facts[name] for name in ROWS]
    assert (None, None) == (ran.facts["from"], ran.facts["to"])
    assert [True] == [line.startswith("record,day,start,end,") for line in table]
    assert not files.places().history.exists()


def test_given_health_data_when_all_is_exported_then_only_by_name(here: Here) -> None:
    """What is under person is told to nobody who did not ask for it."""
    live(weeks(1))
    here("config", "set", "person.avoid", "neck_symptoms")
    here("config", "set", "prompts.min_gap_minutes", "10")
    forms = ((), ("--csv",), ("--timeline",))
    without = [here("export", *form).out for form in forms]
    named = here("export", "--person")
    timeline = here("export", "--timeline", "--person")

    assert [False] * 3 == ["neck_symptoms" in out or "person." in out for out in without]
    assert {"prompts.min_gap_minutes": 10, "person.avoid": ["neck_symptoms"]} == named.facts[
        "settings"
    ]
    assert 'set person.avoid = ["neck_symptoms"]' in timeline.out
    assert "left out" not in timeline.out
    refused = here("export", "--csv", "--person")
    assert (WRONG_USAGE, "", 1) == (refused.status, refused.out, len(refused.complaints))


def test_given_any_form_when_all_is_exported_then_neither_person_nor_computer_is_named(
    here: Here, home: Path
) -> None:
    """No name of the host or the user, no folder of theirs, and no id of machine or boot."""
    boot = "0a1b2c3d-a-run-of-this-computer"
    with Store.open(files.places().history) as store:
        now = saved(after(50))
        store.append([span(0, 50), taken(1, 20)], [], Saved(now.state, now.kind_names, boot, 1.0))
    names = [platform.node(), getpass.getuser(), str(home), boot]
    names += (
        path.read_text().strip()
        for path in map(Path, ("/etc/machine-id", "/proc/sys/kernel/random/boot_id"))
        if path.exists()
    )
    for form in ("--json", "--csv", "--timeline"):
        printed = here("export", form).out

        assert "2026-03-02" in printed
        assert [] == [name for name in names if name not in "deskbreak" and name in printed]


def test_given_texts_from_elsewhere_when_a_table_is_printed_then_no_cell_is_a_formula(
    here: Here,
) -> None:
    """A spreadsheet would run it; a terminal would be steered."""
    live([Stretch(3600.0, "work")])
    with closing(database.connect(files.places().history)) as db:
        db.execute("UPDATE episodes SET prompt = '=1+1\x1b[31m', kind = '@evil'")
    out = here("export", "--csv").out
    cells = {(row["kind"], row["prompt"]) for row in csv.DictReader(io.StringIO(out))}

    assert ("'@evil", "'=1+1[31m") in cells
    assert "\x1b" not in out


def test_given_a_damaged_history_when_it_is_exported_then_what_can_be_read_is_and_it_says_so(
    here: Here,
) -> None:
    """Status 3, with one line beside the facts."""
    history = files.places().history
    history.parent.mkdir(parents=True)
    history.write_bytes(b"This is no database. " * 500)
    ran = here("export")

    assert (WITH_PROBLEMS, 1, []) == (ran.status, len(ran.complaints), ran.facts["spans"])


# ── erase ──────────────────────────────────────────────────────────────────────────────────


def test_given_an_erased_history_when_it_is_exported_then_there_are_no_rows(here: Here) -> None:
    """Nobody is asked where there is no terminal; the settings stay, and it says where."""
    live(weeks(1))
    here("config", "set", "prompts.min_gap_minutes", "10")
    places = files.places()
    ran = here("erase")
    facts = here("export").facts

    assert (DONE, "") == (ran.status, ran.err)
    assert f"Your settings stay. To remove them too, delete {places.settings}" in ran.out
    assert [[]] * 3 == [facts[name] for name in ROWS[1:]]
    assert {"prompts.min_gap_minutes": 10} == facts["settings"]


@pytest.mark.parametrize(
    ("typed", "argv", "is_erased"),
    [
        pytest.param("y\n", "", True, id="yes"),
        pytest.param("Yes, please\n", "", True, id="in words"),
        pytest.param("n\n", "", False, id="no"),
        pytest.param("\n", "", False, id="nothing"),
        pytest.param("", "", False, id="end of input"),
        pytest.param("n\n", "--yes", True, id="not asked"),
        pytest.param("n\n", "--json", False, id="for a program"),
        pytest.param("n\n", "--before 2026-03-05", False, id="some days"),
    ],
)
def test_given_a_terminal_when_all_is_to_be_erased_then_it_asks_first(
    here: Here, monkeypatch: pytest.MonkeyPatch, typed: str, argv: str, is_erased: bool
) -> None:
    """Only a clear yes counts; status 1 says that nothing was done."""
    live(weeks(1))
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    ran = here("erase", *argv.split())
    asked = ran.err if "--json" in argv else ran.out
    left = here("export").facts["episodes"]

    assert (DONE if is_erased else FAILED) == ran.status
    assert ("--yes" in argv) is ("Erase it? [y/N]" not in asked)
    assert is_erased is not ("nothing was erased" in ran.err)
    assert is_erased is not bool(left)
    assert ran.out.isascii()
    assert "--json" not in argv or not ran.out


def test_given_a_date_when_days_before_it_are_erased_then_only_later_ones_are_left(
    here: Here,
) -> None:
    """The facts are the documented ones."""
    live(weeks(2))
    ran = here("erase", "--before", "2026-03-09", "--json")
    left = here("export").facts

    (fields,) = _documented()["erase"]
    assert (DONE, "", fields) == (ran.status, ran.err, set(ran.facts))
    assert {"ok": True, "before": "2026-03-09", "running": False, "settings": None} == ran.facts
    assert ("2026-03-09", True) == (left["from"], bool(left["episodes"]))
    assert {"2026-03-09"} == {min(one["day"] for one in left["spans"])}


def test_given_no_date_when_days_before_it_are_to_be_erased_then_nothing_is(here: Here) -> None:
    """A slip of the pen must not cost a year."""
    live(weeks(1))
    ran = here("erase", "--before", "last year")

    assert (WRONG_USAGE, "") == (ran.status, ran.out)
    assert here("export").facts["episodes"]


def test_given_a_newer_history_when_days_of_it_are_to_be_erased_then_it_is_left_alone(
    here: Here,
) -> None:
    """Status 1 and what to do; all of it can be erased, whoever wrote it."""
    live(weeks(1))
    with closing(database.connect(files.places().history)) as db:
        db.execute("PRAGMA user_version = 99")
    some, every = here("erase", "--before", "2026-03-05"), here("erase")

    assert (FAILED, "", 1) == (some.status, some.out, len(some.complaints))
    assert "Nothing was erased. The history" in some.err
    assert "Install the newer deskbreak again." in some.err
    assert (DONE, "") == (every.status, every.err)
    assert not here("export").facts["episodes"]


def test_given_a_program_that_reads_when_days_are_erased_then_what_is_left_is_listed(
    here: Here,
) -> None:
    """Status 3: the rows are gone, and the file still has traces of them."""
    live(weeks(2))
    with closing(sqlite3.connect(files.places().history, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM spans").fetchone()
        ran = here("erase", "--before", "2026-03-09")
    again = here("erase", "--before", "2026-03-09")

    assert (WITH_PROBLEMS, 1) == (ran.status, len(ran.complaints))
    assert ran.out.startswith("What could be erased is erased; what is left is listed.\n")
    assert "traces of it stay in" in ran.err
    assert "2026-03-09" == here("export").facts["from"]
    assert (DONE, "") == (again.status, again.err)


@pytest.mark.row("S10", "erase")
def test_given_a_running_agent_when_all_is_erased_then_no_file_has_a_trace_of_it(
    tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agent does it, goes on, and records what follows: every byte of every file is looked at."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name)
    env = _env(tmp_path)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    live(weeks(2))
    history = files.places().history
    with closing(sqlite3.connect(history)) as db:
        starts = [row[0] for row in db.execute("SELECT start_unix_s + 0.123 FROM spans")]
        db.execute("UPDATE spans SET start_unix_s = start_unix_s + 0.123")
        db.execute("UPDATE episodes SET prompt = 'P-KNOWN-77'")
        db.commit()
    for name in (".backup-2026-03-14", ".damaged-1", ".version-0", "-state"):
        place.beside(history, name).write_bytes(history.read_bytes())
    log = files.places().log
    log.parent.mkdir(parents=True, exist_ok=True)
    log.with_name("deskbreak.log.1").write_text("2026-03-02 09:20:00,000 INFO P-KNOWN-77\n")
    known = [b"P-KNOWN-77", *(struct.pack(">d", start_s) for start_s in starts)]
    with _agent(tmp_path) as agent:
        before = _traces(tmp_path, known)
        ran = deskbreak(env, "erase")
        status, week = agent.status, agent.ask("stats")["facts"]
        exported = here("export").facts
        after_ = _traces(tmp_path, known)
        agent.assert_well()
    again = here("export").facts

    assert (DONE, "") == (ran.status, ran.err)
    assert "deskbreak goes on" in ran.out
    assert (known, []) == (before, after_)
    assert [] == status["last"]
    assert [True] == [one["open"] for one in exported["spans"]]
    assert [0] * 6 == [kind["prompted"] for kind in week["total"]["kinds"].values()] + [0] * 2
    assert week["total"]["desk_seconds"] < 60
    assert [] == again["episodes"]
    assert exported["spans"][0]["start"] == again["spans"][0]["start"]


def _traces(folder: Path, known: list[bytes]) -> list[bytes]:
    every = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return [each for each in known if each in every]


# ── privacy ────────────────────────────────────────────────────────────────────────────────


def test_given_a_person_when_they_ask_what_is_kept_then_paths_and_sizes_are_theirs(
    here: Here,
) -> None:
    """Each with what it tells and for how long; no line is wider than a terminal of 80 columns."""
    live(weeks(1))
    here("config", "set", "history.keep_days", "90")
    places = files.places()
    place.beside(places.history, ".backup-2026-03-06").write_bytes(b"x" * 1_234_000)
    state = place.beside(places.history, "-state")
    state.write_bytes(b"x" * 8192)
    ran = here("privacy")
    facts = {one["name"]: one for one in here("privacy", "--json").facts["kept"]}

    assert (DONE, "") == (ran.status, ran.err)
    for path in (places.history, places.settings, places.log):
        assert f"\n  {path}\n" in ran.out
    assert re.search(r"^Copies of the history +1\.2 MB$", ran.out, re.MULTILINE)
    assert "single entries 90 days; then one sum a day" in ran.out
    assert re.search(r"^Log +nothing yet$", ran.out, re.MULTILINE)
    assert places.history.stat().st_size + 8192 == facts["history"]["bytes"]
    assert [str(places.history), str(state)] == facts["history"]["files"]


@pytest.mark.skipif(sys.platform != "linux", reason="entries as desktops on Linux have them")
def test_given_what_few_people_have_when_they_ask_what_is_kept_then_it_is_there(
    here: Here, home: Path
) -> None:
    """Prompts of one's own, a trial that was killed, a policy that was read, entries for the desktop."""
    places = files.places()
    trial = files.runtime_folder(places) / "trial" / "history.db"
    for path in (places.packs / "own.toml", trial, places.policy_copy):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("2026")
    places.policy_copy.write_text("{}")
    here("launcher", "install")
    login = home / ".config" / "autostart" / "deskbreak.desktop"
    login.parent.mkdir(parents=True)
    login.write_text("[Desktop Entry]\nType=Application\nName=deskbreak\nExec=true\n")
    kept = {one["name"]: one for one in here("privacy", "--json").facts["kept"]}

    assert [str(trial)] == kept["runtime"]["files"]
    assert [str(places.packs / "own.toml")] == kept["packs"]["files"]
    assert (str(login), str(places.policy_copy)) == (kept["login"]["path"], kept["policy"]["path"])
    assert kept["menu"]["path"].endswith("applications/deskbreak.desktop")


def test_given_what_is_kept_when_facts_are_asked_for_then_they_are_the_documented_ones(
    here: Here,
) -> None:
    """docs/json.md names every field; nothing is sent."""
    facts = here("privacy", "--json").facts

    top, kept = _documented()["privacy"]
    assert top == facts.keys()
    assert all(kept == each.keys() for each in facts["kept"])
    assert ["history", "settings", "log"] == [one["name"] for one in facts["kept"]][:3]
    assert ([], 400, "default") == (facts["sent"], facts["keep_days"], facts["keep_days_origin"])


@posix
def test_given_a_file_that_others_can_read_when_that_is_asked_then_it_is_said(here: Here) -> None:
    """Status 3, and how to close it; a folder that nobody can enter is enough."""
    here("config", "set", "eyes.enabled", "true")
    path = files.places().settings
    path.chmod(0o644)
    closed = here("privacy")
    modes = {folder: stat.S_IMODE(folder.stat().st_mode) for folder in path.parents}
    shut = {folder: mode for folder, mode in modes.items() if not mode & stat.S_IXOTH}
    for folder in shut:
        folder.chmod(0o755)
    try:
        ran = here("privacy")
    finally:
        for folder, mode in shut.items():
            folder.chmod(mode)

    assert (DONE, "") == (closed.status, closed.err)
    assert "You: the files are for your account alone." in closed.out
    assert WITH_PROBLEMS == ran.status
    assert (f"deskbreak: other accounts can read {path}; to close it: chmod 600 {path}",) == tuple(
        ran.complaints
    )
    assert "other accounts of this computer" in ran.out


def test_given_a_terminal_when_it_is_asked_what_is_kept_then_every_line_fits(
    tmp_path: Path,
) -> None:
    """But for a path, which is one word."""
    env = _env(tmp_path)
    lines = _on_terminal(env, COLUMNS, "privacy")

    assert "Never recorded" in lines
    assert [] == [line for line in lines if len(line) > COLUMNS and str(tmp_path) not in line]


def test_given_the_columns_of_a_table_then_they_are_the_fields_of_the_objects(here: Here) -> None:
    """No field is told in one form and not in the other."""
    live(weeks(1))
    facts = here("export").facts
    fields = {name for row in ("spans", "episodes") for one in facts[row] for name in one}

    assert fields | {"record"} == set(records._COLUMNS)
