"""Settings files written by hand, each wrong in a way of its own: R15."""

from __future__ import annotations

import locale
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core.plans import PLANS
from deskbreak.core.settings import Origin
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import plain
from deskbreak.core.words import Refusal
from deskbreak.storage import files
from deskbreak.storage.layers import Settings
from tests.desktop.desk import deskbreak
from tests.homes import needed
from tests.malformed.branches import Branches
from tests.malformed.fuzz import stamp
from tests.malformed.mutations import mutated
from tests.malformed.settings_broken import BROKEN
from tests.malformed.settings_flawed import COUNTS, FLAWED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.core.settings import Resolved
    from tests.desktop.desk import Here

GOOD: Final = b'plan = "busy"\n[position]\ninterval_minutes = 30\n[person]\navoid = ["balance"]\n'
TAIL: Final = b"\n[history]\nkeep_days = 90\n"
LATER: Final = "; the settings from before stay in force"
ANEW: Final = (
    "; until it is mended, the settings from before stay in force, except those under person"
)
FIRST: Final = "; using the defaults until it is mended"
WITH_PROBLEMS: Final = 3
posix = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and modes of POSIX")


@pytest.fixture
def file(home: Path) -> Path:
    """The settings file of this person, with what they had before."""
    path = files.places().settings
    path.parent.mkdir(parents=True)
    path.write_bytes(GOOD)
    return path


def said(resolved: Resolved) -> list[str]:
    """Return the messages, each of which is one line that any terminal can show."""
    lines = [str(problem) for problem in resolved.problems]
    assert [] == [line for line in lines if not line.isprintable()]
    return lines


def is_said(line: str, path: Path, about: str, tail: str) -> bool:
    """Whether *line* says *about*, which may be followed by what tomllib has to say."""
    start = f"{path}{about}"
    return line.startswith((start + ": ", start + tail)) and line.endswith(tail)


def facts_of(resolved: Resolved) -> dict[str, object]:
    """Return the values as a program is told them."""
    return {key: plain(value) for key, value in resolved.values.items()}


def assert_command_agrees(here: Here, resolved: Resolved) -> None:
    """The command says what the agent says, of the same file and from the same start."""
    shown = here("config", "show", "--json")
    assert WITH_PROBLEMS == shown.status
    assert [f"deskbreak: {line}" for line in said(resolved)] == shown.complaints
    assert facts_of(resolved) == {key: row["value"] for key, row in shown.facts.items()}


@pytest.mark.row("R15")
@pytest.mark.parametrize(("about", "data", "message"), BROKEN, ids=[row[0] for row in BROKEN])
def test_given_a_settings_file_that_cannot_be_read_then_the_last_good_one_stays(
    here: Here, file: Path, about: str, data: bytes, message: str
) -> None:
    """One message says where and what is used instead, for the agent, for a command, for a change."""
    agent = Settings(file)
    good = agent.load()
    file.write_bytes(data)
    before = stamp(file)
    broken = agent.load()

    assert (good.values, good.origins, good.layers) == (
        broken.values,
        broken.origins,
        broken.layers,
    )
    (line,) = said(broken)
    assert is_said(line, file, message, LATER)
    assert broken == agent.load()
    started = Settings(file).load()
    assert {**good.values, "person.avoid": ()} == started.values
    (line,) = said(started)
    assert is_said(line, file, message, ANEW)
    assert_command_agrees(here, started)
    with pytest.raises(Refusal):
        agent.set("plan", "gentle")
    assert (data, before) == (file.read_bytes(), stamp(file))


@pytest.mark.row("R15")
@pytest.mark.parametrize(
    ("about", "data", "message"), BROKEN[::8], ids=[row[0] for row in BROKEN[::8]]
)
def test_given_a_settings_file_that_was_never_sound_then_the_defaults_are_in_force(
    here: Here, file: Path, about: str, data: bytes, message: str
) -> None:
    """There is nothing that it could have said before."""
    file.write_bytes(data)
    started = Settings(file).load()

    (line,) = said(started)
    assert is_said(line, file, message, FIRST)
    assert {Origin.DEFAULT} == set(started.origins.values())
    assert_command_agrees(here, started)


@pytest.mark.row("R15")
@pytest.mark.parametrize(
    ("about", "data", "messages"),
    [pytest.param(about, data, messages, id=about) for about, data, *messages in FLAWED],
)
def test_given_a_settings_file_with_what_cannot_be_then_that_alone_is_left_out(
    here: Here, file: Path, about: str, data: bytes, messages: list[str]
) -> None:
    """Each cause is one message; everything else that stands in the file is in force."""
    agent = Settings(file)
    agent.load()
    file.write_bytes(data + TAIL)
    before = stamp(file)
    flawed = agent.load()

    plans = ", ".join(PLANS)
    assert [f"{file}{message}".replace("{plans}", plans) for message in messages] == said(flawed)
    mine = {"history.keep_days": 90} | COUNTS.get(about, {})
    assert {key: setting.default for key, setting in SETTINGS.items()} | mine == flawed.values
    assert mine.keys() == {key for key, one in flawed.origins.items() if one is not Origin.DEFAULT}
    assert flawed == agent.load() == Settings(file).load()
    assert_command_agrees(here, flawed)
    assert (data + TAIL, before) == (file.read_bytes(), stamp(file))


def _a_folder(path: Path) -> None:
    path.mkdir()


def _a_link_to_nothing(path: Path) -> None:
    path.symlink_to("elsewhere.toml")


def _a_link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def _what_cannot_be_read(path: Path) -> None:
    path.symlink_to("/proc/self/mem")


ODD: Final = (
    (_a_folder, " is not a file"),
    (_a_link_to_nothing, " is a link to {elsewhere}, which is not there"),
    (_a_link_to_itself, " cannot be read: Too many levels of symbolic links"),
    (_what_cannot_be_read, " cannot be read: Input/output error"),
)


@pytest.mark.row("R15")
@posix
@pytest.mark.parametrize(("make", "message"), ODD, ids=[make.__name__ for make, _ in ODD])
def test_given_what_is_no_file_then_the_last_good_settings_stay(
    here: Here, file: Path, make: object, message: str
) -> None:
    """A link into a folder that is not mounted yet is not the wish to start anew."""
    if make is _what_cannot_be_read and not Path("/proc/self/mem").exists():
        pytest.skip("no such file on this system")
    assert callable(make)
    agent = Settings(file)
    good = agent.load()
    file.unlink()
    make(file)
    message = message.replace("{elsewhere}", str(file.with_name("elsewhere.toml")))

    assert [f"{file}{message}{LATER}"] == said(agent.load())
    assert good.values == agent.load().values
    started = Settings(file).load()
    assert [f"{file}{message}{ANEW}"] == said(started)
    assert_command_agrees(here, started)


@pytest.mark.row("R15")
@posix
def test_given_a_pipe_then_nobody_waits_for_whoever_writes_into_it(here: Here, file: Path) -> None:
    """To open it would take until somebody else does."""
    file.unlink()
    if sys.platform != "win32":
        os.mkfifo(file)
    started = Settings(file).load()

    assert [f"{file} is not a file{FIRST}"] == said(started)
    assert_command_agrees(here, started)


@pytest.mark.row("R15")
@posix
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("a\x1b[2Jb", id="an escape sequence"),
        pytest.param("a\rb", id="a lone carriage return"),
        pytest.param("{a}", id="braces"),
        pytest.param("a\udcff", id="not UTF-8"),
        pytest.param("\u202eb", id="turned round"),
    ],
)
def test_given_a_folder_of_an_odd_name_then_the_message_is_harmless(
    here: Here, home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Where a file is may be as odd as what is in it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / name))
    path = files.places().settings
    path.parent.mkdir(parents=True)
    path.write_bytes(b"plan = busy\n")
    shown = here("config", "show")

    (line,) = shown.complaints
    assert line.isprintable()
    assert line.endswith(f"settings.toml:1:8: is no TOML: Invalid value{FIRST}")


SAMPLE: Final = {
    "broken": BROKEN[1][1],
    "deep": BROKEN[-1][1],
    "escapes": FLAWED[4][1],
    "three causes": FLAWED[-1][1],
} | {f"seed {seed}": mutated(seed) for seed in (6, 9, 13)}


@pytest.mark.row("R15")
@pytest.mark.parametrize("data", SAMPLE.values(), ids=SAMPLE)
def test_given_a_malformed_file_then_a_command_in_its_own_process_agrees(
    home: Path, file: Path, data: bytes
) -> None:
    """What a person sees who starts a program anew."""
    file.write_bytes(data)
    folders: Mapping[str, str] = {**os.environ, **needed()}
    shown = deskbreak(folders, "config", "show", "--json")
    started = Settings(file).load()

    assert started.problems
    assert WITH_PROBLEMS == shown.status
    # Where the encoding of the system has no word for a path, an escape takes its place.
    words = [f"deskbreak: {line}" for line in said(started)]
    coding = locale.getencoding()
    assert [one.encode(coding, "backslashreplace").decode(coding) for one in words] == (
        shown.complaints
    )
    assert facts_of(started) == {key: row["value"] for key, row in shown.facts.items()}
    assert data == file.read_bytes()


def test_given_all_these_files_then_no_two_take_the_same_branches(file: Path) -> None:
    """Two files that the same lines read in the same steps would be one case written twice."""
    agent, branches = Settings(file), Branches()
    agent.load()
    taken: dict[object, str] = {}
    for about, data, *_ in (*BROKEN, *FLAWED):
        file.write_bytes(data)
        agent.load()  # what is imported and compiled once is so by now
        steps = branches.of(agent.load)
        assert taken.setdefault(steps, about) == about
        file.write_bytes(GOOD)
        agent.load()

    assert len(BROKEN) + len(FLAWED) == len(taken)
