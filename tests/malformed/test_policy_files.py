"""Policy files written by hand, each wrong in a way of its own: R15."""

from __future__ import annotations

import json.decoder
import json.scanner
import os
import shutil
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import pytest

from deskbreak.core.plans import PLANS
from deskbreak.core.settings import Origin
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import plain
from deskbreak.storage import files
from deskbreak.storage.layers import Settings
from tests.desktop.desk import REPOSITORY, at_home
from tests.malformed import policy_broken, policy_flawed, settings_broken, settings_flawed
from tests.malformed.branches import Branches
from tests.malformed.fuzz import stamp

if sys.platform != "linux":
    pytest.skip("these files are Linux' own", allow_module_level=True)

from deskbreak.policy import linux

if TYPE_CHECKING:
    from pathlib import Path

    from deskbreak.core.settings import Resolved
    from tests.desktop.desk import Here

GOOD: Final = b'{"position": {"interval_minutes": 15},\n"organisation.name": "Example Ltd"}'
ALSO: Final = b'"prompts.sound": true, '
BEFORE: Final = "; what it said before stays in force"
NEVER: Final = "; it has never been read, so none of it is in force"
_THEIRS: Final = {Origin.POLICY, Origin.RECOMMENDED}
DEFAULTS: Final = {key: setting.default for key, setting in SETTINGS.items()}
WITH_PROBLEMS: Final = 3


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of policies, from which the commands of this process read as well."""
    made = tmp_path / "policies"
    for name in ("managed", "recommended"):
        (made / name).mkdir(parents=True)
        (made / name).chmod(0o755)
    made.chmod(0o755)
    monkeypatch.setattr(linux, "read", partial(linux.read, made, os.getuid()))
    monkeypatch.setattr(linux, "stamp", partial(linux.stamp, made))
    return made


@pytest.fixture
def file(root: Path) -> Path:
    """A policy file, with what it said before."""
    path = root / "managed" / "10-corp.json"
    path.write_bytes(GOOD)
    path.chmod(0o644)
    return path


def settings() -> Settings:
    """Return the way to the settings, as an agent or a command begins it."""
    return Settings.of(files.places())


def said(resolved: Resolved) -> list[str]:
    """Return the messages, each of which is one line that any terminal can show."""
    lines = [str(problem) for problem in resolved.problems]
    assert [] == [line for line in lines if not line.isprintable()]
    return lines


def assert_command_agrees(here: Here, resolved: Resolved) -> None:
    """The command says what the agent says, of the same files."""
    shown = here("config", "show", "--json")
    assert WITH_PROBLEMS == shown.status
    assert [f"deskbreak: {line}" for line in said(resolved)] == shown.complaints
    values = {key: plain(value) for key, value in resolved.values.items()}
    assert values == {key: row["value"] for key, row in shown.facts.items()}
    assert WITH_PROBLEMS == here("policy").status


def assert_told_before_roll_out(here: Here, file: Path, lines: list[str]) -> None:
    """Whoever has the file checked before it is rolled out is told the same of it."""
    new = file.parents[2] / "new.json"
    new.write_bytes(file.read_bytes())
    checked = here("policy", "check", str(new))
    told = [line.replace(str(file), str(new)).removesuffix(BEFORE) for line in lines]
    assert (WITH_PROBLEMS, [f"deskbreak: {line}" for line in told]) == (
        checked.status,
        checked.complaints,
    )


def in_force(resolved: Resolved) -> dict[str, object]:
    """Return what an organisation has set; all else that is in force is as it came."""
    set_ = {key: resolved.values[key] for key, one in resolved.origins.items() if one in _THEIRS}
    plan = PLANS[resolved.text("plan")].values
    assert {**DEFAULTS, **plan, **set_} == resolved.values
    return set_


@pytest.mark.row("R15")
@pytest.mark.row("S09")
@pytest.mark.parametrize(
    ("about", "data", "message"),
    policy_broken.BROKEN,
    ids=[row[0] for row in policy_broken.BROKEN],
)
def test_given_a_policy_that_cannot_be_read_then_what_it_said_before_stays(
    here: Here, file: Path, about: str, data: bytes, message: str
) -> None:
    """A broken policy is never none: for the agent, for a command, after a restart."""
    agent = settings()
    good = agent.load()
    assert {"position.interval_minutes": 15} == in_force(good)
    file.write_bytes(data)
    before = stamp(file)
    broken = agent.load()

    (line,) = said(broken)
    start = f"{file}{message}"
    assert line.startswith((start + ": ", start + BEFORE))
    assert line.endswith(BEFORE)
    assert good.values == broken.values
    assert good.organisation == broken.organisation
    assert broken.is_locked("position.interval_minutes")
    assert broken == agent.load()
    anew = settings().load()
    assert (broken.values, broken.organisation) == (anew.values, anew.organisation)
    assert [line] == said(anew)
    assert_command_agrees(here, anew)
    assert_told_before_roll_out(here, file, [line])
    assert (data, before) == (file.read_bytes(), stamp(file))


@pytest.mark.row("R15")
@pytest.mark.parametrize(
    ("about", "data", "message"),
    policy_broken.BROKEN[::8],
    ids=[row[0] for row in policy_broken.BROKEN[::8]],
)
def test_given_a_policy_that_was_never_sound_then_the_defaults_are_in_force_and_it_says_so(
    here: Here, file: Path, about: str, data: bytes, message: str
) -> None:
    """There is nothing that it could have said before."""
    file.write_bytes(data)
    started = settings().load()

    (line,) = said(started)
    assert line.startswith(f"{file}{message}")
    assert line.endswith(NEVER)
    assert {} == in_force(started)
    assert_command_agrees(here, started)


@pytest.mark.row("R15")
@pytest.mark.parametrize(
    ("about", "data", "messages"),
    [
        pytest.param(about, data, messages, id=about)
        for about, data, *messages in policy_flawed.FLAWED
    ],
)
def test_given_a_policy_with_what_cannot_be_then_that_alone_is_left_out(
    here: Here, file: Path, about: str, data: bytes, messages: list[str]
) -> None:
    """Each cause is one message; everything else that the file says is in force."""
    agent = settings()
    agent.load()
    whole = data.replace(b"{", b"{" + ALSO, 1)
    file.write_bytes(whole)
    before = stamp(file)
    flawed = agent.load()

    plans = ", ".join(PLANS)
    assert [f"{file}{one}".replace("{plans}", plans) for one in messages] == said(flawed)
    theirs = {"prompts.sound": True} | policy_flawed.COUNTS.get(about, {})
    assert theirs == in_force(flawed)
    assert flawed == agent.load()
    assert said(flawed) == said(settings().load())
    assert_command_agrees(here, flawed)
    assert_told_before_roll_out(here, file, said(flawed))
    assert (whole, before) == (file.read_bytes(), stamp(file))


@pytest.mark.row("R15")
@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            b'{"bounds": {"plan": {"choices": ["busy"]}}}',
            ":1: bounds has no meaning among recommended values; left out",
            id="bounds",
        ),
        pytest.param(
            b'{"organisation": {"name": "Example Ltd"}}',
            ":1: organisation.name has no meaning among recommended values; left out",
            id="a name",
        ),
        pytest.param(
            b'{"eyes.enabled": 1}',
            ":1: eyes.enabled = 1 is not true or false; using false",
            id="a value",
        ),
        pytest.param(
            b'{"person.seated_only": true}',
            ":1: person.seated_only is the person's own, and not for a policy to set; left out",
            id="health data",
        ),
    ],
)
def test_given_recommended_values_that_cannot_be_then_they_are_left_out(
    here: Here, root: Path, data: bytes, message: str
) -> None:
    """Who recommends has less to say than who decides."""
    path = root / "recommended" / "10.json"
    path.write_bytes(data)
    resolved = settings().load()

    assert [f"{path}{message}"] == said(resolved)
    assert {} == in_force(resolved)
    assert_command_agrees(here, resolved)


@pytest.mark.row("R15")
def test_given_a_broken_policy_and_broken_settings_then_each_is_one_message(
    here: Here, file: Path
) -> None:
    """Neither hides the other."""
    own = files.places().settings
    own.parent.mkdir(parents=True)
    own.write_bytes(b'plan = "busy"\n')
    agent = settings()
    good = agent.load()
    file.write_bytes(b"{")
    own.write_bytes(b"plan = busy\n")
    broken = agent.load()

    assert good.values == broken.values
    assert {str(file), str(own)} == {line.partition(":")[0] for line in said(broken)}
    assert 2 == len(broken.problems)


@pytest.mark.row("R15")
@pytest.mark.row("S09")
@pytest.mark.skipif(os.getuid() != 0, reason="only root can put another folder over /etc/deskbreak")
@pytest.mark.parametrize("row", [1, -1], ids=["broken", "deep"])
def test_given_a_broken_policy_then_a_command_in_its_own_process_keeps_what_it_said(
    home: Path, tmp_path: Path, file: Path, row: int
) -> None:
    """Read from where policies are, by three processes one after the other."""
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare(1)")
    broken = tmp_path / "broken.json"
    broken.write_bytes(policy_broken.BROKEN[row][1])
    own = f"{sys.executable} -m deskbreak"
    script = f"""
        mount --make-rprivate / && mkdir -p "$1/over/deskbreak" && cp -a /etc/. "$1/over/" &&
        mount --bind "$1/over" /etc && mkdir -p /etc/deskbreak &&
        cp -a "$2" /etc/deskbreak/ && chown -R 0:0 /etc/deskbreak || exit 77
        {own} config get position.interval_minutes; echo $?
        cp "$3" /etc/deskbreak/policies/managed/10-corp.json
        {own} config get position.interval_minutes; echo $?
        {own} config set position.interval_minutes 20 2>&1; echo $?
    """
    arguments = [str(tmp_path), str(file.parents[1]), str(broken)]
    ran = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", *arguments],
        env=at_home(dict(os.environ)),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if ran.returncode == 77 or "unshare failed" in ran.stderr:
        pytest.skip(f"no folder can be put over another here: {ran.stderr.strip()}")

    assert ["15", "0", "15", "3"] == ran.stdout.split("\n")[:4]
    assert "4" == ran.stdout.split()[-1]
    assert BEFORE in ran.stderr


def _python_json() -> json.JSONDecoder:
    """Return a decoder that reads as the one written in C does, in steps that can be seen."""
    made = json.JSONDecoder()
    decoder, module, scanner = cast("tuple[Any, ...]", (made, json.decoder, json.scanner))
    decoder.parse_string = module.py_scanstring
    decoder.scan_once = scanner.py_make_scanner(decoder)
    return made


def test_given_all_files_of_both_languages_then_no_two_take_the_same_branches(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two files that the same lines read in the same steps would be one case written twice."""
    own = files.places().settings
    own.parent.mkdir(parents=True)
    agent, branches = settings(), Branches()
    monkeypatch.setattr(json, "loads", _python_json().decode)
    taken: dict[object, str] = {}
    sound = b'plan = "busy"\n'
    own.write_bytes(sound)
    for path, good, rows in (
        (file, GOOD, (*policy_broken.BROKEN, *policy_flawed.FLAWED)),
        (own, sound, (*settings_broken.BROKEN, *settings_flawed.FLAWED)),
    ):
        for about, data, *_ in rows:
            path.write_bytes(good)
            agent.load()
            path.write_bytes(data)
            agent.load()  # what is imported and compiled once is so by now
            name = f"{about} ({path.suffix})"
            assert taken.setdefault(branches.of(agent.load), name) == name
        path.write_bytes(good)

    assert len(taken) >= 200
