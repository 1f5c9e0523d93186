"""Whatever stands in history, packs, policies, settings, answers and arguments: no terminal is steered."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak import __version__
from tests.board import Board, size
from tests.hostile import VALUES, steering
from tests.pages.listening import listening
from tests.planted import made_history, plant
from tests.test_cli import _commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.desktop.desk import Here

X: Final = "{x}"
"""Stands for a hostile value, in an argument or in a part of one."""
ARGUMENTS: Final[dict[tuple[str, ...], Sequence[tuple[str, ...]]]] = {
    (): [(X,), ("--version", X)],
    ("run",): [(X,), ("--speed", X), ("--launched", X)],
    ("demo",): [(X,)],
    ("status",): [(), ("--json",), (X,), ("--why", X)],
    ("pause",): [(X,), ("until", X), (X, "--json")],
    ("resume",): [(), (X,)],
    ("take",): [(X,), (X, "--json")],
    ("answer",): [(X,), ("done",)],
    ("reading",): [(), (X,)],
    ("stats",): [(), ("--json",), ("--csv",), ("--week", X)],
    ("config",): [(X,)],
    ("config", "show"): [(), ("--json",), (X,)],
    ("config", "get"): [(X,), ("person.hidden_prompts",), ("person.hidden_prompts", "--json")],
    ("config", "set"): [(X, X), ("plan", X), ("person.hidden_prompts", X), ("day.starts_at", X)],
    ("config", "unset"): [(X,), ("person.hidden_prompts",)],
    ("config", "explain"): [(X,), ("person.hidden_prompts",), ("plan", "--json")],
    ("config", "schema"): [(), (X,)],
    ("policy",): [(), ("--json",), (X,)],
    ("policy", "check"): [
        *((X,), ("{home}/{x}",), ("{home}/{x}.toml",), ("{home}/policy.json",)),
        *(("{home}/mine.toml",), ("{home}/mine.toml", "--json"), ("{home}/mine.poses.toml",)),
    ],
    ("policy", "template"): [("--format", X), ("--format", "admx", "--language", X)],
    ("simulate",): [
        *((X,), ("{home}/day.timeline",), ("{home}/broken.timeline",)),
        *(("{home}/day.timeline", name, "{home}/{x}") for name in ("--settings", "--policy")),
        ("{home}/day.timeline", "--settings", "{home}/settings.toml"),
        ("{home}/day.timeline", "--policy", "{home}/policy.json"),
        ("{home}/day.timeline", "--answer", X),
    ],
    ("tune",): [(X,), (f"{X}={X}",), (f"plan={X}",), ("plan=fifteen", "--weeks", X)],
    ("export",): [(), ("--csv",), ("--timeline", "--person"), ("--from", X), (X,)],
    ("privacy",): [(), ("--json",), (X,)],
    ("autostart",): [(X,)],
    ("autostart", "enable"): [(X,), ()],
    ("autostart", "status"): [(X,), (), ("--json",)],
    ("autostart", "disable"): [(X,), ()],
    ("launcher",): [(X,)],
    ("launcher", "install"): [(X,), ()],
    ("launcher", "status"): [(X,), (), ("--json",)],
    ("launcher", "remove"): [(X,), ()],
    ("doctor",): [(), ("--json",), ("--bundle", "{home}/{x}"), (X,)],
    ("open",): [(X,), ("guide", "--prompt", X), ("stats", "--prompt", X)],
    ("quit",): [(), (X,)],
    ("erase",): [("--before", X), (X,), ("--yes",)],
}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory, nobodys_session: None) -> Path:
    """Return a history of a week in which somebody has written."""
    return made_history(tmp_path_factory.mktemp("history") / "history.db")


def arguments(path: tuple[str, ...], home: Path, values: Iterator[str]) -> Iterator[list[str]]:
    """Yield what is written after a command, with the next of *values* in each place for one."""
    for row in ARGUMENTS[path]:
        yield [
            part.replace("{home}", str(home)).replace(X, next(values)) if "{" in part else part
            for part in row
        ]


@pytest.fixture(autouse=True)
def hostile_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment tell of a desktop what steers a terminal."""
    for name in ("XDG_CURRENT_DESKTOP", "DESKTOP_SESSION", "XDG_SESSION_TYPE", "LANGUAGE"):
        monkeypatch.setenv(name, "\x1b[2J\u202eGNOME")


@pytest.mark.parametrize("path", _commands(), ids=" ".join)
@pytest.mark.row("S08", "terminal output")
def test_given_hostile_texts_everywhere_when_a_command_runs_then_no_terminal_is_steered(
    here: Here, home: Path, history: Path, board: Board, path: tuple[str, ...]
) -> None:
    """A hundred values in its files and its environment, and in turn in each of its arguments."""
    values = itertools.cycle(VALUES)
    found: dict[str, set[str]] = {}
    ran = 0
    for _ in range(size(1, 25)):
        plant(home, history, [next(values) for _ in VALUES])
        for argv in arguments(path, home, values):
            told = here(*path, *argv)
            found[repr(argv)] = steering(told.out + told.err)
            ran += 1
        next(values)  # so that each place gets another one in each round
    board.note(load=ran, faults=ran + len(VALUES))

    assert {} == {argv: letters for argv, letters in found.items() if letters}


@pytest.mark.row("S08", "terminal output")
def test_given_the_commands_then_each_is_tried_with_hostile_texts(board: Board) -> None:
    """A new one must be written down here; and there are a hundred values."""
    board.note(figure=f"{len(ARGUMENTS)} commands, each with {len(VALUES)} values: 0 got through")

    assert set(_commands()) == set(ARGUMENTS)
    assert 100 <= len(set(VALUES))


@pytest.mark.parametrize("ok", [True, False], ids=["an answer", "a refusal"])
@pytest.mark.row("S08", "terminal output")
def test_given_a_hostile_answer_of_the_agent_when_it_is_printed_then_no_terminal_is_steered(
    here: Here, home: Path, board: Board, ok: bool
) -> None:
    """Titles and reasons come from packs, policies and other programs by way of the agent."""
    lines = [*VALUES, *(f"  - {value}" for value in VALUES)]
    reply = {
        "version": __version__,
        "ok": ok,
        "error": "".join(VALUES),
        "line": "".join(VALUES),
        "lines": lines,
        "facts": {"lines": lines},
        "table": [lines],
        "problems": list(VALUES),
    }
    asked = (
        *("status", "status --json", "pause", "resume", "take", "answer done", "reading"),
        *("stats", "stats --csv", "stats --json", "doctor", "doctor --json", "quit"),
        *("config set plan fifteen", "doctor --bundle", "erase --yes"),
    )
    found = {}
    with listening(**reply):
        for argv in asked:
            if argv == "quit":
                continue  # it waits for an end
            file = [str(home / "bundle")] if argv == "doctor --bundle" else []
            told = here(*argv.split(), *file)
            found[argv] = steering(told.out + told.err)
    found["bundle"] = steering((home / "bundle").read_text(encoding="utf-8")) if ok else set()
    board.note(load=len(asked), faults=len(asked) * len(VALUES))

    assert {} == {argv: letters for argv, letters in found.items() if letters}
