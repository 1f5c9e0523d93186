"""The commands as a person and a program meet them: words, facts and exit statuses."""

from __future__ import annotations

import argparse
import gettext
import locale
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from deskbreak import __version__, cli
from deskbreak.commands import agent as agent_commands
from deskbreak.commands import line as command_line
from deskbreak.commands import usage
from deskbreak.core.model import Choice
from deskbreak.core.settings_table import SETTINGS
from deskbreak.door import Door
from deskbreak.storage import files
from tests.desktop.desk import REPOSITORY, Agent, Here, Ran, at_home, deskbreak, timed
from tests.desktop.parts import wait_for
from tests.homes import folders, needed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DONE, FAILED, WRONG_USAGE, WITH_PROBLEMS = 0, 1, 2, 3
NOT_PRINTED: Final = (
    "deskbreak: what is printed could not be written: No space left on device. "
    "Make room there, or print it elsewhere.\n"
)
HAS_FULL_DISK: Final = sys.platform != "win32" and Path("/dev/full").exists()
posix = pytest.mark.skipif(sys.platform == "win32", reason="shells, signals and modes of POSIX")
linux = pytest.mark.skipif(sys.platform != "linux", reason="desktop entries and buses of Linux")
ALL_KEYS: Final = "deskbreak config show lists all that there are."
NOT_RUNNING: Final = ("deskbreak: not running. Start it with: deskbreak run",)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory, nobodys_session: None) -> Iterator[Agent]:
    """One agent for all tests of this module that leave it as they found it; no desktop."""
    home_ = tmp_path_factory.mktemp("agent")
    with _agent(home_) as running:
        yield running
        running.assert_well()


@contextmanager
def _agent(home_: Path, *options: str) -> Iterator[Agent]:
    with Agent(_env(home_), *options) as running:
        yield running


def _env(home_: Path) -> dict[str, str]:
    """Return the environment of an account whose home that is, without a desktop."""
    runtime = home_ / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return {
        **needed(),
        **folders(home_),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "XDG_RUNTIME_DIR": str(runtime),
        "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
    }


@pytest.fixture
def there(agent: Agent, here: Here, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    """Run commands in this process, at the home of the running agent."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name)
    assert agent.env is not None
    for name in (*folders(Path()), "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, agent.env[name])
    yield here
    agent.places.settings.unlink(missing_ok=True)
    agent.ask("reload")
    agent.ask("answer", "skip")
    agent.ask("resume")
    assert agent.is_up


def _xdg() -> dict[str, str]:
    """Return where the places of this test lie."""
    return {name: value for name, value in os.environ.items() if name.startswith("XDG_")}


def _damage_history() -> None:
    history = files.places().history
    history.parent.mkdir(parents=True)
    history.write_bytes(b"This is no database. " * 500)


def _commands() -> list[tuple[str, ...]]:
    """Every command, and every action of one, from the parser itself."""
    found: list[tuple[str, ...]] = []

    def below(parser: argparse.ArgumentParser, path: tuple[str, ...]) -> None:
        found.append(path)
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, inner in action.choices.items():
                    below(inner, (*path, name))

    below(usage.parser(gettext.NullTranslations()), ())
    return found


# ── usage ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("argv", command_line._PLAIN_STARTS, ids=" ".join)
def test_given_a_plain_start_then_it_is_read_without_argparse_as_argparse_would(
    argv: list[str],
) -> None:
    """A log-in does not wait for the reading of a command line of one word."""
    words = gettext.NullTranslations()
    by_argparse = vars(usage.parser(words).parse_args(argv))

    assert {**by_argparse, "command": "run"} == vars(command_line._arguments(argv, words))


def test_given_the_commands_then_each_is_known_where_it_is_looked_for() -> None:
    """What may be written is what can be done."""
    for name, *_ in filter(None, _commands()):
        assert callable(command_line._command(name))


@pytest.mark.parametrize("command", _commands(), ids=" ".join)
def test_given_any_command_when_help_is_asked_for_then_it_explains_itself(
    here: Here, command: tuple[str, ...]
) -> None:
    """Every command has its help, on standard output."""
    ran = here(*command, "--help")

    assert (DONE, "") == (ran.status, ran.err)
    assert ran.out.startswith(" ".join(("usage: deskbreak", *command)))
    assert 3 < len(ran.out.splitlines())


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param("nonsense", id="unknown command"),
        pytest.param("status --nonsense", id="unknown option"),
        pytest.param("status more", id="one argument too many"),
        pytest.param("answer", id="no answer"),
        pytest.param("answer perhaps", id="unknown answer"),
        pytest.param("config", id="no action"),
        pytest.param("config nonsense", id="unknown action"),
        pytest.param("config set plan", id="no value"),
        pytest.param("run --speed 0", id="too slow"),
        pytest.param("run --speed 601", id="too fast"),
        pytest.param("run --speed x", id="no number"),
        pytest.param("run --speed nan", id="not a number"),
        pytest.param("stats --json --csv", id="two forms at once"),
    ],
)
def test_given_wrong_usage_when_it_runs_then_it_says_what_is_right_and_ends_with_2(
    here: Here, argv: str
) -> None:
    """The usage and one line on what is wrong."""
    ran = here(*argv.split())

    assert (WRONG_USAGE, "") == (ran.status, ran.out)
    assert ran.err.startswith("usage: deskbreak")
    assert ": error: " in ran.complaints[-1]


def test_given_a_speed_out_of_bounds_when_it_runs_then_the_bounds_are_said(here: Here) -> None:
    """A person learns what would be right."""
    ran = here("run", "--speed", "0")

    assert ran.complaints[-1].endswith("argument --speed: 0 is not a number from 1 to 600")


def test_given_the_version_when_it_is_asked_for_then_it_is_told(here: Here) -> None:
    """The version, and nothing else."""
    assert Ran(DONE, f"deskbreak {__version__}\n", "") == here("--version")


@pytest.mark.parametrize(
    "argv",
    ["status", "pause", "pause 30m", "resume", "take", "answer done", "reading", "quit"],
)
def test_given_no_agent_when_it_is_told_something_then_one_line_says_how_to_start_it(
    here: Here, argv: str
) -> None:
    """One line with the remedy, and status 1."""
    ran = here(*argv.split())

    assert (FAILED, "", list(NOT_RUNNING)) == (ran.status, ran.out, ran.complaints)


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        pytest.param("pause soon", '"soon" is not a duration', id="pause"),
        pytest.param("pause until 25:00", '"25:00" is not a time of day', id="pause until"),
        pytest.param("take nothing", 'unknown kind "nothing"; expected stretch', id="take"),
        pytest.param("status --why 14:60", '"14:60" is not a time of day', id="why"),
    ],
)
def test_given_no_agent_when_it_is_told_what_nobody_can_read_then_that_is_wrong_usage(
    here: Here, argv: str, told: str
) -> None:
    """As where one runs: a script with a slip in it must not wait for somebody to start one."""
    ran = here(*argv.split())

    assert (WRONG_USAGE, "", 1) == (ran.status, ran.out, len(ran.complaints))
    assert told in ran.err


@posix
@pytest.mark.parametrize(
    ("path", "named"),
    [
        pytest.param("usr", "deskbreak", id="on the path"),
        pytest.param("nowhere", "{home}/my venv/bin/deskbreak", id="not on the path"),
        pytest.param("other", "{home}/my venv/bin/deskbreak", id="another one on the path"),
    ],
)
def test_given_no_agent_when_a_command_is_not_on_the_path_then_the_line_names_what_works(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, named: str
) -> None:
    """After `make run` a shell does not find `deskbreak`, only `.venv/bin/deskbreak`."""
    started = tmp_path / "my venv" / "bin" / "deskbreak"
    other = tmp_path / "other" / "deskbreak"
    for program in (started, other):
        program.parent.mkdir(parents=True)
        program.touch(mode=0o755)
    (tmp_path / "usr").mkdir()
    (tmp_path / "usr" / "deskbreak").symlink_to(started)
    monkeypatch.setattr(sys, "argv", [str(started), "status"])
    monkeypatch.setenv("PATH", str(tmp_path / path))
    ran = here("status")

    command = shlex.quote(named.format(home=tmp_path))
    assert [f"deskbreak: not running. Start it with: {command} run"] == ran.complaints


def test_given_german_when_commands_run_then_they_speak_german() -> None:
    """As LANGUAGE says, in help, in usage and in what goes wrong."""
    env = {**os.environ, "LANGUAGE": "de"}

    help_, failed, wrong = (
        deskbreak(env, *argv) for argv in (["--help"], ["status"], ["run", "--speed", "0"])
    )

    assert help_.out.startswith("Aufruf: deskbreak")
    assert "usage" not in help_.out
    assert "Pause" in help_.out
    assert failed.err.startswith("deskbreak: läuft nicht.")
    assert wrong.err.startswith("Aufruf: deskbreak run")


def test_given_a_language_in_the_settings_when_commands_run_then_they_speak_it(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Help, usage and what goes wrong; what is started later finds the desktop's as it was."""
    monkeypatch.delenv("LANGUAGE", raising=False)
    here("config", "set", "language", "de")
    help_, failed, wrong = here("--help"), here("status"), here("run", "--speed", "0")

    assert help_.out.startswith("Aufruf: deskbreak")
    assert "Pause" in help_.out
    assert failed.err.startswith("deskbreak: läuft nicht.")
    assert wrong.err.startswith("Aufruf: deskbreak run")
    assert "LANGUAGE" not in os.environ
    assert here("simulate", "--help").out.startswith("usage: deskbreak simulate")

    monkeypatch.setenv("LANGUAGE", "fr")
    assert here("status").err.startswith("deskbreak: läuft nicht.")
    assert "fr" == os.environ["LANGUAGE"]


def test_given_another_language_when_the_agent_reads_it_then_it_speaks_it(there: Here) -> None:
    """At once, as with any setting."""
    there("config", "set", "language", "de")
    german = there("status").out
    there("config", "unset", "language")

    assert "Heute: " in german
    assert "Today: " in there("status").out


# ── where output goes ──────────────────────────────────────────────────────────────────────


def test_given_a_reader_that_left_when_a_command_prints_then_it_ends_in_silence() -> None:
    """``deskbreak config show | head -1`` is nobody's fault."""
    argv = [sys.executable, "-m", "deskbreak", "config", "show"]
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        argv, env=at_home(os.environ), stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)

    assert (DONE, b"") == (ran.returncode, ran.stderr)


@pytest.mark.skipif(not HAS_FULL_DISK, reason="no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["at the end", "at once"])
@pytest.mark.parametrize(
    "argv",
    [
        "config show",
        "config show --json",
        "config set prompts.sound true",
        "simulate docs/timelines/call.timeline",
        "simulate docs/timelines/call.timeline --json",
        "stats --csv",
        "doctor",
    ],
)
def test_given_a_full_disk_when_a_command_prints_then_one_line_says_so(
    tmp_path: Path, argv: str, unbuffered: str
) -> None:
    """What cannot be written is a failure, and none of deskbreak's."""
    ran = _without("out", {**_env(tmp_path), "PYTHONUNBUFFERED": unbuffered}, argv)

    assert (FAILED, NOT_PRINTED) == (ran.returncode, ran.stderr)


@pytest.mark.skipif(not HAS_FULL_DISK, reason="no /dev/full here")
@pytest.mark.parametrize("argv", ["--version", "--help", "run --help"])
def test_given_a_full_disk_when_help_is_printed_then_one_line_says_so(
    tmp_path: Path, argv: str
) -> None:
    """Nor does Python complain in our place."""
    ran = _without("out", {**_env(tmp_path), "PYTHONUNBUFFERED": ""}, argv)

    assert (FAILED, NOT_PRINTED) == (ran.returncode, ran.stderr)


@pytest.mark.skipif(not HAS_FULL_DISK, reason="no /dev/full here")
@pytest.mark.parametrize(
    ("argv", "status"), [("status", FAILED), ("config show", DONE), ("nonsense", WRONG_USAGE)]
)
def test_given_nowhere_to_complain_when_a_command_ends_then_its_status_says_how(
    tmp_path: Path, argv: str, status: int
) -> None:
    """A program that asked still learns what became of it."""
    assert status == _without("err", _env(tmp_path), argv).returncode


def _without(stream: str, env: Mapping[str, str], argv: str) -> subprocess.CompletedProcess[str]:
    """Run a command with that stream (out, err) on a full disk."""
    with Path("/dev/full").open("w") as full:
        return subprocess.run(
            [sys.executable, "-m", "deskbreak", *argv.split()],
            env=at_home(env),
            cwd=REPOSITORY,
            check=False,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=full if stream == "out" else subprocess.PIPE,
            stderr=full if stream == "err" else subprocess.PIPE,
        )


def test_given_a_terminal_that_knows_ascii_only_when_a_command_prints_then_it_still_ends_well() -> (
    None
):
    """What cannot be shown is written another way."""
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "LANGUAGE": "de"}

    ran = deskbreak(env, "reading", "--help")

    assert DONE == ran.status
    assert ran.out.isascii()
    assert "\\u201e" in ran.out


def test_given_text_that_steers_a_terminal_when_it_is_repeated_then_it_steers_nothing(
    there: Here,
) -> None:
    """Control characters of a bad argument do not come back."""
    for argv in (["take", "\x1b[31mred\x9b7m\u202e"], ["config", "get", "\x1b]0;title\x07"]):
        ran = there(*argv)

        assert ran.status in (FAILED, WRONG_USAGE)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", ran.err)
        assert 1 == len(ran.complaints)


# ── facts for programs ─────────────────────────────────────────────────────────────────────


def _documented() -> dict[str, tuple[set[str], ...]]:
    """Return from docs/json.md, for each section, the names in the first column of each table."""
    tables: dict[str, list[set[str]]] = {}
    section, is_in = "", False
    for line in (REPOSITORY / "docs" / "json.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ").strip("`")
        begins = line.startswith("|") and not is_in
        is_in = line.startswith("|")
        if begins:
            tables.setdefault(section, []).append(set())
        elif is_in:
            tables[section][-1] |= set(re.findall(r"`(\w+)`", line.split("|")[1]))
    return {name: tuple(found) for name, found in tables.items()}


def test_given_the_running_agent_when_facts_are_asked_for_then_they_are_the_documented_ones(
    there: Here,
) -> None:
    """docs/json.md names every field of `status`, at every depth."""
    there("take", "position")
    open_, ended = there("status", "--json"), there("answer", "done", "--json")
    facts = {**open_.facts, "last": there("status", "--json").facts["last"]}

    top, kind, _, shown, last = _documented()["status"]
    both = {"episode", "kind", "folded", "prompt", "asked", "shown_at"}
    assert top == facts.keys()
    assert all(kind == each.keys() for each in facts["kinds"])
    assert all({"reason", "until"} == each.keys() for each in facts["silent"])
    assert shown == facts["open"].keys()
    assert both | last == facts["last"][-1].keys()
    assert {"ok": True, "answer": "done", "kind": "position"} == ended.facts
    assert ("taken", "answer", True) == tuple(
        facts["last"][-1][name] for name in ("outcome", "by", "asked")
    )


@pytest.mark.parametrize("runs", [True, False], ids=["agent", "no agent"])
def test_given_a_week_when_its_facts_are_asked_for_then_they_are_the_documented_ones(
    request: pytest.FixtureRequest, *, runs: bool
) -> None:
    """The same fields, whoever reads them."""
    ask: Here = request.getfixturevalue("there" if runs else "here")
    facts = ask("stats", "--json").facts

    top, day, kind = _documented()["stats"]
    assert top == facts.keys()
    assert 7 == len(facts["days"])
    assert all(day == each.keys() for each in facts["days"])
    assert day - {"date"} == facts["total"].keys() == facts["before"].keys()
    assert {"stretch", "position", "posture", "habit"} <= facts["total"]["kinds"].keys()
    assert all(kind == each.keys() for each in facts["total"]["kinds"].values())


def test_given_settings_when_their_facts_are_asked_for_then_they_are_the_documented_ones(
    here: Here,
) -> None:
    """`show` has every setting, `get` one of them, `explain` all that is known of one."""
    row, explained, changed = _documented()["config"]
    show = here("config", "show", "--json").facts
    one = here("config", "get", "position.interval_minutes", "--json").facts
    all_of_one = here("config", "explain", "position.interval_minutes", "--json").facts
    set_ = here("config", "set", "position.interval_minutes", "25", "--json").facts
    unset = here("config", "unset", "position.interval_minutes", "--json").facts

    assert list(SETTINGS) == list(show)
    assert all(row == each.keys() for each in show.values())
    assert one == show["position.interval_minutes"] == all_of_one["now"]
    assert explained == all_of_one.keys()
    assert changed == set_.keys() == unset.keys()
    assert (25, 20) == (set_["value"], unset["value"])


def test_given_massage_when_it_is_switched_on_then_its_cautions_are_pointed_to(here: Here) -> None:
    """As its page does; switching it off needs no word."""
    on, off = (here("config", "set", "massage.enabled", one) for one in ("true", "false"))

    assert "Read first when not to massage: deskbreak open safety" in on.out
    assert "massage.enabled = false\n" == off.out


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        pytest.param(
            "open guide --prompt P-XX-99",
            "deskbreak: there is no prompt P-XX-99. See all of them with: deskbreak open guide",
            id="unknown prompt",
        ),
        pytest.param(
            "open stats --prompt P-ST-01",
            "deskbreak: --prompt goes with the guide, not with stats. "
            "Use: deskbreak open guide --prompt P-ST-01",
            id="another page",
        ),
    ],
)
def test_given_a_prompt_that_no_page_can_show_when_it_is_opened_then_one_line_says_what_can_be(
    here: Here, argv: str, complaint: str
) -> None:
    """Before any browser opens."""
    ran = here(*argv.split())

    assert (WRONG_USAGE, "", (complaint,)) == (ran.status, ran.out, tuple(ran.complaints))


@linux
def test_given_start_at_login_when_it_is_switched_then_the_facts_are_the_documented_ones(
    here: Here, home: Path
) -> None:
    """And the menu of programs has its entry as well; each can be taken back."""
    (told,) = _documented()["autostart"]
    ran = {action: here("autostart", action, "--json") for action in ("status", "enable")}
    entry = here("launcher", "status", "--json").facts
    off = here("autostart", "disable", "--json")

    assert all(told == each.facts.keys() for each in (*ran.values(), off))
    assert [False, True, False] == [each.facts["enabled"] for each in (*ran.values(), off)]
    assert {DONE} == {each.status for each in (*ran.values(), off)}
    assert str(home / ".config/autostart/deskbreak.desktop") == ran["enable"].facts["path"]
    (told,) = _documented()["launcher"]
    assert told == entry.keys()
    assert (True, True) == (entry["installed"], entry["ours"])
    assert not here("launcher", "remove", "--json").facts["installed"]


@linux
def test_given_a_menu_of_programs_that_cannot_be_written_then_it_starts_at_login_all_the_same(
    here: Here, home: Path
) -> None:
    """Done, but with a problem, which is told."""
    (home / ".local/share").mkdir(parents=True)
    (home / ".local/share/icons").write_text("no folder")
    ran = here("autostart", "enable")

    assert WITH_PROBLEMS == ran.status
    assert "starts at login" in ran.out
    assert 1 == len(ran.complaints)


@linux
def test_given_start_at_login_when_it_is_asked_about_then_people_are_told_in_a_sentence(
    here: Here, home: Path
) -> None:
    """On, off, hidden, broken; in the menu of programs, hidden there, one's own, a package's."""
    entry, shown = home / ".config/autostart/deskbreak.desktop", home / ".local/share/applications"
    said = [here("autostart", "status").out, here("autostart", "enable").out]
    entry.write_text("[Desktop Entry]\nExec=true\nHidden=true\n")
    said.append(here("autostart", "status").out)
    entry.write_text("[Desktop Entry]\nExec=/no/such/program run\n")
    broken = here("autostart", "status")
    said += [here("launcher", "status").out, here("launcher", "remove").out]
    own = shown / "deskbreak.desktop"
    for text in ("Exec=true\n", "Hidden=true\n"):
        own.write_text(f"[Desktop Entry]\n{text}")
        said.append(here("launcher", "install").out)

    assert [
        "deskbreak does not start at login.\n",
        f"deskbreak starts at login, by {entry}\n",
        f"deskbreak does not start at login; {entry} says so.\n",
        f"deskbreak is in the menu of programs, by {own}\n",
        "deskbreak is not in the menu of programs.\n",
        f"deskbreak is in the menu of programs; {own} is your own and stays as it is\n",
        f"deskbreak is not in the menu of programs; {own} says so.\n",
    ] == said
    assert WITH_PROBLEMS == broken.status
    assert (f"deskbreak: {entry} starts /no/such/program, which is not there",) == tuple(
        broken.complaints
    )


def test_given_a_running_agent_when_it_is_started_from_a_menu_then_that_is_no_failure(
    there: Here,
) -> None:
    """From a terminal a second start says that one runs; from a menu it tells the running one."""
    assert FAILED == there("run").status
    for argv in (["--launched"], ["--launched", "pause"], ["--launched", "stats"]):
        ran = there("run", *argv)
        assert (DONE, "", "") == (ran.status, ran.out, ran.err)

    assert ["paused"] == there("status", "--json").facts["holds"]
    assert WRONG_USAGE == there("run", "--launched", "dance").status


@pytest.mark.parametrize("runs", [True, False], ids=["agent", "no agent"])
def test_given_no_desktop_when_the_doctor_is_asked_then_its_facts_are_the_documented_ones(
    request: pytest.FixtureRequest, *, runs: bool
) -> None:
    """Each part by its name, with what was refused and why; status 3, as something is missing."""
    ask: Here = request.getfixturevalue("there" if runs else "here")
    ran = ask("doctor", "--json")

    top, part = _documented()["doctor"]
    assert top == ran.facts.keys()
    assert all(part == each.keys() for each in ran.facts["findings"])
    names = [each["name"] for each in ran.facts["findings"]]
    assert {"idle", "session", "notifications", "tray", "settings", "history"} <= {*names}
    assert ("bus" in names) == (sys.platform == "linux")
    assert "autostart" in names
    assert (ran.status == DONE) == ran.facts["ok"]
    if sys.platform == "linux":  # elsewhere there is no account without a desktop
        assert WITH_PROBLEMS == ran.status


def test_given_a_damaged_history_and_no_agent_when_the_doctor_is_asked_then_it_says_so(
    here: Here,
) -> None:
    """It looks at the file itself, as nobody else has."""
    _damage_history()
    found = here("doctor", "--json").facts["findings"]
    (history,) = (each for each in found if each["name"] == "history")

    assert not history["ok"]
    assert "is damaged" in history["why"]


@pytest.mark.parametrize(
    ("locale", "first"),
    [
        pytest.param("de_DE.UTF-8", "2026-11-16", id="Monday"),
        pytest.param("en_US.UTF-8", "2026-11-15", id="Sunday"),
        pytest.param("ar_EG.UTF-8", "2026-11-14", id="Saturday"),
        pytest.param("ar_EG@latin", "2026-11-14", id="another script"),
        pytest.param("dv_MV", "2026-11-13", id="Friday"),
        pytest.param("C.UTF-8", "2026-11-16", id="nowhere"),
    ],
)
def test_given_a_locale_when_a_week_is_asked_for_then_it_begins_as_it_does_there(
    here: Here, monkeypatch: pytest.MonkeyPatch, locale: str, first: str
) -> None:
    """Source: CLDR 45, weekData."""
    monkeypatch.setenv("LC_TIME", locale)
    days = here("stats", "--week", "2026-W47", "--json").facts["days"]

    assert (first, 7) == (days[0]["date"], len(days))


@pytest.mark.parametrize("runs", [True, False], ids=["agent", "no agent"])
def test_given_a_week_when_it_is_printed_as_a_table_then_each_day_is_a_line(
    request: pytest.FixtureRequest, *, runs: bool
) -> None:
    """One line per day below the names, and no more letters than that."""
    ask: Here = request.getfixturevalue("there" if runs else "here")
    ran = ask("stats", "--csv")

    head, *days = ran.out.splitlines()
    assert (DONE, "", 7) == (ran.status, ran.err, len(days))
    assert head.startswith("date,desk_seconds,")
    assert all(len(head.split(",")) == len(day.split(",")) for day in days)
    assert "\r" not in ran.out


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",)], ids=["lines", "json", "csv"])
def test_given_a_damaged_history_when_the_week_is_asked_for_then_that_is_said_beside_it(
    home: Path, form: tuple[str, ...]
) -> None:
    """What can be read is shown, one line says that it is not all, and the status is 3."""
    _damage_history()
    ran = deskbreak(_env(home) | _xdg(), "stats", *form)

    assert (WITH_PROBLEMS, 1) == (ran.status, len(ran.complaints))
    history = str(files.places().history)
    if sys.platform == "win32":  # an encoding of old has no word for every folder
        history = history.encode(locale.getencoding(), "backslashreplace").decode(
            locale.getencoding()
        )
    assert f"deskbreak: The history {history} is damaged" in ran.err
    assert ran.out


# ── telling the running agent ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("argument", ["30m", "1h30m", "until 14:00", "tomorrow", ""])
def test_given_a_pause_when_it_is_asked_for_then_it_holds_until_resume(
    there: Here, argument: str
) -> None:
    """It says so, the status tells until when, and `resume` ends it."""
    ran = there("pause", *argument.split(), "--json")
    status = there("status", "--json").facts
    resumed, again = there("resume"), there("resume")

    now = datetime.fromisoformat(status["at"])
    until = None if ran.facts["until"] is None else datetime.fromisoformat(ran.facts["until"])
    end = {
        "30m": now + timedelta(minutes=30),
        "1h30m": now + timedelta(minutes=90),
        "until 14:00": _next(now, 14),
        "tomorrow": _next(now, 4),
        "": None,
    }[argument]
    assert (DONE, "") == (ran.status, ran.err)
    assert {"ok", "until"} == ran.facts.keys()
    assert ["paused"] == status["holds"]
    if end is None:
        assert (None, None) == (until, status["paused_until"])
    else:
        assert until is not None
        assert abs((until - end.replace(tzinfo=None)).total_seconds()) < 60
        assert datetime.fromisoformat(status["paused_until"]).replace(tzinfo=None) == until
    assert (DONE, "Prompts come again.\n") == (resumed.status, resumed.out)
    assert (FAILED, ["deskbreak: deskbreak is not paused"]) == (again.status, again.complaints)


def _next(now: datetime, hour: int) -> datetime:
    then = now.replace(hour=hour, minute=0, second=0)
    return then if then > now else then + timedelta(days=1)


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param("pause nonsense", id="no time"),
        pytest.param("pause 0m", id="no length"),
        pytest.param("pause until", id="until nothing"),
        pytest.param("pause until 25:00", id="no such time"),
        pytest.param("pause 99999999h", id="longer than any calendar"),
        pytest.param("take nonsense", id="no kind"),
        pytest.param("stats --week 2026-W99", id="no such week"),
        pytest.param("stats --week nonsense", id="no week"),
    ],
)
def test_given_an_argument_that_means_nothing_when_the_agent_is_told_then_that_is_wrong_usage(
    there: Here, argv: str
) -> None:
    """One line on what would be right; the agent is as it was."""
    ran = there(*argv.split())

    assert (WRONG_USAGE, "", 1) == (ran.status, ran.out, len(ran.complaints))
    assert [] == there("status", "--json").facts["holds"]


def test_given_no_agent_when_a_week_means_nothing_then_that_is_wrong_usage(here: Here) -> None:
    """The same without an agent."""
    ran = here("stats", "--week", "2026-W99")

    assert (WRONG_USAGE, "", 1) == (ran.status, ran.out, len(ran.complaints))
    assert "2026-W99" in ran.err


@pytest.mark.parametrize(("argument", "kind"), [("", "position"), ("stretch", "stretch")])
def test_given_a_break_that_is_asked_for_when_it_is_answered_then_it_counts_as_asked(
    there: Here, argument: str, kind: str
) -> None:
    """It is there at once, and a second answer finds nothing to answer."""
    before = there("stats", "--json").facts["total"]["kinds"][kind]["asked"]

    taken = there("take", *argument.split())
    open_ = there("status", "--json").facts["open"]
    answered, again = there("answer", "done"), there("answer", "done")

    assert (DONE, "Here is your break.\n") == (taken.status, taken.out)
    assert (kind, True) == (open_["kind"], open_["asked"])
    assert (DONE, "Answered.\n") == (answered.status, answered.out)
    assert (FAILED, ["deskbreak: no prompt is open"]) == (again.status, again.complaints)
    assert before + 1 == there("stats", "--json").facts["total"]["kinds"][kind]["asked"]


def test_given_a_prompt_that_was_postponed_often_when_it_is_postponed_then_it_is_refused(
    there: Here,
) -> None:
    """One more than allowed changes nothing, and says so in one line."""
    there("take", "position")

    assert [DONE, DONE] == [there("answer", "postpone").status for _ in range(2)]
    refused = there("answer", "postpone")
    assert (FAILED, ["deskbreak: this break cannot be postponed again"]) == (
        refused.status,
        refused.complaints,
    )
    assert 2 == there("status", "--json").facts["open"]["postponed"]


def test_given_no_prompt_when_anything_is_answered_then_one_line_says_so(there: Here) -> None:
    """Every choice is an answer to something."""
    for choice in Choice:
        ran = there("answer", choice.value)

        assert (FAILED, ["deskbreak: no prompt is open"]) == (ran.status, ran.complaints)


def test_given_no_break_to_undo_when_reading_is_said_then_one_line_says_so(there: Here) -> None:
    """Only the last ten minutes can be undone."""
    ran = there("reading")

    assert (FAILED, "", 1) == (ran.status, ran.out, len(ran.complaints))
    assert "last ten minutes" in ran.err


@pytest.mark.parametrize("columns", [80, 40])
def test_given_a_terminal_when_people_ask_then_lines_break_between_words(
    agent: Agent, columns: int
) -> None:
    """Sentences fit; tables are made for eighty columns. A list goes on below its own words."""
    assert agent.env is not None
    lines = _on_terminal(agent.env, columns, "doctor")
    wide = deskbreak(agent.env, "doctor").out.splitlines()

    assert [] == [line for line in lines if len(line) > columns]
    assert max(map(len, wide)) > columns
    assert " ".join(wide).split() == " ".join(lines).split()
    assert any(line.startswith("  ") for line in lines)
    stats = _on_terminal(agent.env, columns, "stats")
    assert deskbreak(agent.env, "stats").out.splitlines()[2] in stats


def _on_terminal(env: Mapping[str, str], columns: int, *argv: str) -> list[str]:
    """Run a command with a terminal of that width for its output."""
    if sys.platform == "win32":
        pytest.skip("Windows has other terminals")
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
    command = [sys.executable, "-m", "deskbreak", *argv]
    subprocess.run(command, env=at_home(env), stdout=theirs, check=False, timeout=20)
    os.close(theirs)
    printed = b""
    try:
        while part := os.read(ours, 65_536):
            printed += part
    except OSError:  # that is how the end looks like on this side
        os.close(ours)
    return printed.decode().replace("\r\n", "\n").splitlines()


@pytest.mark.row("R17")
def test_given_another_version_when_it_is_told_something_then_that_is_said_as_well(
    here: Here, home: Path
) -> None:
    """After an update the old agent runs on; the command works, and tells."""
    door = Door(files.runtime_folder(files.places()))
    assert door.claim()
    door.open(lambda _: {"ok": True, "version": "0.0.0"})
    ran = here("reading")
    door.close()

    assert (DONE, 1) == (ran.status, len(ran.complaints))
    assert "another version" in ran.err


def test_given_an_agent_that_hangs_up_when_settings_change_then_they_are_kept_and_it_is_told(
    here: Here, home: Path
) -> None:
    """The file is written whatever the agent does; the person learns that it was not told."""
    if sys.platform == "win32":
        pytest.skip("the door of Windows is no socket")
    door = Door(files.runtime_folder(files.places()))
    assert door.claim()
    door.open(lambda _: ({"cannot": {"be": threading}} and {"ok": float("nan")}) or {})
    (files.places().runtime / "door").unlink()
    with _hanging_up(files.places().runtime / "door"):
        ran = here("config", "set", "position.interval_minutes", "25")
        told = here("status")
    door.close()

    assert (WITH_PROBLEMS, "position.interval_minutes = 25\n") == (ran.status, ran.out)
    assert 1 == len(ran.complaints)
    assert "it is written, but" in ran.err
    assert (FAILED, 1) == (told.status, len(told.complaints))
    assert "does not answer" in told.err


@contextmanager
def _hanging_up(path: Path) -> Iterator[None]:
    """Accept whoever comes to that socket, and hang up."""
    if sys.platform == "win32":
        pytest.skip("the door of Windows is no socket")
    import socket

    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            peer.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5.0)


# ── settings ───────────────────────────────────────────────────────────────────────────────


def test_given_a_setting_when_it_is_set_and_unset_then_every_command_knows(here: Here) -> None:
    """`set`, `get`, `explain` and `unset` agree, and say where the value comes from."""
    key = "position.interval_minutes"
    place = files.places().settings

    assert (DONE, "20\n") == (here("config", "get", key).status, here("config", "get", key).out)
    assert Ran(DONE, f"{key} = 25\n", "") == here("config", "set", key, "25")
    assert Ran(DONE, "25\n", "") == here("config", "get", key)
    explained = here("config", "explain", key).out.splitlines()
    assert f"{key} = 25 min, set by you ({place}:2)" == explained[0]
    assert all(line.startswith("  ") for line in explained[1:-2]), explained
    assert explained[-2].startswith("* user")
    assert explained[-1].startswith("  default")
    assert any(line.startswith(f"{key} ") for line in here("config", "show").out.splitlines())
    assert Ran(DONE, f"{key} = 20\n", "") == here("config", "unset", key)
    assert sys.platform == "win32" or 0o600 == place.stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        pytest.param("set nonsense 1", f"unknown key nonsense. {ALL_KEYS}", id="unknown key"),
        pytest.param("get nonsense", f"unknown key nonsense. {ALL_KEYS}", id="get unknown key"),
        pytest.param("explain nonsense", "unknown key nonsense", id="explain unknown key"),
        pytest.param("unset plam", "unknown key plam; did you mean plan?", id="unset unknown key"),
        pytest.param(
            "set position.interval_minutes 900", "900 is not between 10 and 60", id="out of bounds"
        ),
        pytest.param("set position.interval_minutes soon", "soon", id="wrong type"),
        pytest.param("set plan nonsense", "nonsense", id="unknown choice"),
    ],
)
def test_given_a_bad_value_when_it_is_set_then_one_line_says_what_is_right(
    here: Here, argv: str, told: str
) -> None:
    """Nothing is written."""
    ran = here("config", *argv.split())

    assert (FAILED, "", 1) == (ran.status, ran.out, len(ran.complaints))
    assert told in ran.err
    assert not files.places().settings.exists()


def test_given_a_running_agent_when_a_setting_is_set_then_it_holds_at_once(there: Here) -> None:
    """The agent is told; nobody has to start it anew."""

    def interval_s() -> float:
        kinds = there("status", "--json").facts["kinds"]
        return next(float(x["interval_seconds"]) for x in kinds if x["kind"] == "position")

    before = interval_s()
    there("config", "set", "position.interval_minutes", "25")
    after = interval_s()
    there("config", "unset", "position.interval_minutes")

    assert (1200.0, 1500.0, 1200.0) == (before, after, interval_s())


GOOD: Final = b"[position]\ninterval_minutes = 25\n"

BROKEN: Final = [
    pytest.param(b"[position\ninterval_minutes = 25\n", "settings.toml:1:", id="no TOML"),
    pytest.param(b"[position]\n# f\xfcnf\ninterval_minutes = 5\n", "Latin-1", id="latin-1"),
    pytest.param(b"# " + b"x" * 10_000_000, "larger than 64 kB", id="10 MB"),
    pytest.param(b"\xff\xfe[\x00", "UTF-16", id="UTF-16"),
    pytest.param(None, "is not a file", id="a folder"),
]


@pytest.mark.parametrize(("content", "told"), BROKEN)
def test_given_a_broken_file_when_the_agent_reads_it_then_the_last_good_settings_stay(
    there: Here, agent: Agent, content: bytes | None, told: str
) -> None:
    """One line says what is wrong; held times and file are as they were."""
    place = agent.places.settings
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(GOOD)
    agent.ask("reload")
    _put(place, content)
    reply = agent.ask("reload")
    status, shown = agent.status, there("config", "show")
    refused = there("config", "set", "position.interval_minutes", "30")

    assert 1500.0 == _interval_s(status)
    assert 1 == len(reply["problems"]) == len([x for x in status["problems"] if told in x])
    assert told in reply["problems"][0]
    assert (WITH_PROBLEMS, 1) == (shown.status, len(shown.complaints))
    assert told in shown.err
    assert (FAILED, 1) == (refused.status, len(refused.complaints))
    assert refused.err.endswith(". Nothing was changed; mend that and try again.\n")
    assert _got(place) == content
    if content is None:
        place.rmdir()


def _put(place: Path, content: bytes | None) -> None:
    place.unlink(missing_ok=True)
    if content is None:
        place.mkdir()
    else:
        place.write_bytes(content)


def _got(place: Path) -> bytes | None:
    return None if place.is_dir() else place.read_bytes()


def _interval_s(status: Any) -> float:  # noqa: ANN401 - JSON
    return next(float(x["interval_seconds"]) for x in status["kinds"] if x["kind"] == "position")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("nonsense = 1", "nonsense", id="unknown key"),
        pytest.param('stretch.interval_minutes = "often"', "often", id="wrong type"),
        pytest.param("stretch.interval_minutes = 9000", "9000", id="out of bounds"),
        pytest.param("stretch.interval_minutes = nan", "nan", id="not a number"),
        pytest.param("stretch.interval_minutes = true", "true", id="yes for a number"),
    ],
)
def test_given_a_bad_value_in_the_file_when_the_agent_reads_it_then_all_others_hold(
    there: Here, agent: Agent, line: str, told: str
) -> None:
    """The bad one is left out and named with its line; the file is as it was."""
    place = agent.places.settings
    place.parent.mkdir(parents=True, exist_ok=True)
    text = f"{line}\n{GOOD.decode()}"
    place.write_text(text, encoding="utf-8")
    reply = agent.ask("reload")
    shown = there("config", "show")

    assert 1500.0 == _interval_s(agent.status)
    assert 1 == len(reply["problems"])
    assert "settings.toml:1" in reply["problems"][0]
    assert told in reply["problems"][0]
    assert (WITH_PROBLEMS, 1) == (shown.status, len(shown.complaints))
    assert text == place.read_text(encoding="utf-8")


def test_given_a_read_only_file_when_a_setting_is_set_then_it_is_refused_with_words(
    here: Here,
) -> None:
    """Whoever made it read-only meant it."""
    place = files.places().settings
    place.parent.mkdir(parents=True)
    place.write_bytes(GOOD)
    place.chmod(0o444)
    ran = here("config", "set", "position.interval_minutes", "30")

    assert (FAILED, "", 1) == (ran.status, ran.out, len(ran.complaints))
    assert "is read-only, so it was not changed. Make it writable, or " in ran.err
    assert GOOD == place.read_bytes()


# ── the agent's own beginning and end ──────────────────────────────────────────────────────


def test_given_a_changed_file_when_the_agent_gets_a_hangup_signal_then_it_reads_the_file(
    tmp_path: Path,
) -> None:
    """As other resident programs do."""
    if sys.platform == "win32":
        pytest.skip("Windows has no such signal")
    with _agent(tmp_path) as agent:
        agent.places.settings.parent.mkdir(parents=True)
        agent.places.settings.write_bytes(GOOD)
        os.kill(agent.pid, signal.SIGHUP)
        wait_for(lambda: 1500.0 == _interval_s(agent.status), what="the new interval")
        agent.assert_well()


def test_given_a_running_agent_when_a_second_starts_then_it_says_so_and_ends(
    agent: Agent,
) -> None:
    """One line, status 1, within moments, and the first one runs on."""
    assert agent.env is not None
    with timed("a second start", 2.0, 10.0):
        ran = deskbreak(agent.env, "run")

    assert (FAILED, "", 1) == (ran.status, ran.out, len(ran.complaints))
    assert "already running" in ran.err
    assert agent.is_up


@pytest.mark.parametrize("argv", [(), ("run",)], ids=["deskbreak", "deskbreak run"])
def test_given_no_agent_when_one_starts_then_it_says_how_to_end_it_and_quit_ends_it(
    tmp_path: Path, argv: tuple[str, ...]
) -> None:
    """`deskbreak` alone is `deskbreak run`; one line says what it does and how to end it."""
    env = _env(tmp_path)
    with Agent(env, argv=argv) as agent:
        told = agent.output
        ran = deskbreak(env, "quit")
        wait_for(lambda: not agent.is_up, what="the end")

        assert 0 == agent.returncode
        assert 1 == len(told.splitlines())
        assert "deskbreak quit" in told
        assert Ran(DONE, "deskbreak has ended.\n", "") == ran
        left = {path.name for path in tmp_path.rglob("*") if not path.is_dir()}
        assert {"deskbreak.log", "history.db"} <= left
        assert sys.platform == "win32" or "lock" in left
        assert {"door", "heartbeat"}.isdisjoint(left)


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda x: x.name)
def test_given_an_agent_when_it_is_told_to_end_by_a_signal_then_it_ends_in_good_order(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl+C and a log-out both end it with status 0, and without a word."""
    with _agent(tmp_path) as agent:
        os.kill(agent.pid, number)
        wait_for(lambda: not agent.is_up, what="the end")

        assert 0 == agent.returncode
        assert 1 == len(agent.output.splitlines())
        assert "Traceback" not in agent.log


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the threads")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda x: x.name)
def test_given_an_agent_when_a_signal_does_not_wake_its_main_thread_then_it_is_heard_all_the_same(
    tmp_path: Path, number: signal.Signals
) -> None:
    """As where it comes an instant before that thread begins to wait: here another thread has it."""
    with _agent(tmp_path) as agent:
        threads = {int(task.name) for task in Path(f"/proc/{agent.pid}/task").iterdir()}
        # Linux gives a signal to the thread that is named, if to one of the process at all.
        os.kill(max(threads - {agent.pid}), number)
        wait_for(lambda: not agent.is_up, 10.0, "the end")

        assert 0 == agent.returncode


def test_given_a_home_that_is_too_deep_for_a_socket_when_an_agent_starts_then_it_still_answers(
    tmp_path: Path,
) -> None:
    """The path of a socket may have 107 characters; homes of companies are longer."""
    deep = tmp_path.joinpath(*["a-rather-long-name-of-a-folder"] * 4)
    deep.mkdir(parents=True)
    with _agent(deep) as agent:
        # Windows and macOS have a desktop for every account, so there nobody may be at it.
        assert agent.status["presence"] in {"desk", "away"}


@posix
def test_given_a_folder_that_cannot_be_used_when_an_agent_starts_then_one_line_says_why(
    tmp_path: Path,
) -> None:
    """Others must not reach into the runtime folder; the line names it and the remedy."""
    env = _env(tmp_path)
    (tmp_path / "run" / "deskbreak").mkdir(mode=0o777)
    (tmp_path / "run" / "deskbreak").chmod(0o777)
    ran = deskbreak(env, "run")

    assert (FAILED, "", 1) == (ran.status, ran.out, len(ran.complaints))
    assert "chmod 700" in ran.err


def test_given_something_unforeseen_when_a_command_fails_then_debug_alone_shows_where(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line for people; whoever looks for the cause asks for it."""

    def fail(*_: object) -> int:
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setitem(agent_commands.COMMANDS, "status", fail)
    ran = here("status")

    assert (FAILED, 1) == (ran.status, len(ran.complaints))
    assert "ZeroDivisionError: unforeseen" in ran.err
    with pytest.raises(ZeroDivisionError):
        cli.main(["status", "--debug"])
