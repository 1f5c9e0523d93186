"""Reads malformed files by the thousand and looks at everything that came of each."""

from __future__ import annotations

import hashlib
import os
import re
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from deskbreak.core.settings_table import SETTINGS
from deskbreak.storage.layers import Settings
from deskbreak.storage.policies import Policies
from tests.malformed.judge import is_sound, judged, kept
from tests.malformed.judge_policy import is_within, judged_policy
from tests.malformed.mutations import JSON, mutated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskbreak.core.settings import Resolved
    from tests.malformed.judge import Judged
    from tests.malformed.judge_policy import JudgedPolicy

_GOOD: Final = b'plan = "gentle"\n[position]\ninterval_minutes = 31\n[eyes]\nenabled = true\n'
_LATER: Final = "; the settings from before stay in force"
_ANEW: Final = (
    "; until it is mended, the settings from before stay in force, except those under person"
)
_ABOUT: Final = re.compile(r":(\d+): (?:the bounds of )?((?:[a-z_]+\.)?[a-z_]+) (?:=|has|have|is) ")


def stamp(path: Path) -> tuple[int, ...]:
    """Return what changes with a file, but not by reading it."""
    found = path.stat()
    return (found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns)


@dataclass(slots=True)
class Tally:
    """What came of all files, and how long each took to read."""

    outcomes: dict[str, int] = field(default_factory=dict)
    messages: int = 0
    took_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)  # of our thread alone, in the same time
    slowest: tuple[float, int] = (0.0, 0)  # seconds, seed
    seen: hashlib._Hash = field(default_factory=hashlib.sha256)

    def timed(self, seed: int, read: Callable[[], Resolved]) -> Resolved:
        """Read one file, and note how long it takes."""
        begun_s, cpu_s = time.perf_counter(), time.thread_time()
        resolved = read()
        self.cpu_s.append(time.thread_time() - cpu_s)
        self.took_s.append(time.perf_counter() - begun_s)
        self.slowest = max(self.slowest, (self.took_s[-1], seed))
        return resolved

    def add(self, seed: int, data: bytes, outcome: str, lines: list[str]) -> None:
        """Count one file."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        self.messages += len(lines)
        self.seen.update("\n".join([str(seed), outcome, *lines]).encode() + data)


def checked(path: Path, resolved: Resolved) -> list[str]:
    """Return the messages: each about *path*, one line that any terminal can show, said once."""
    lines = [str(problem) for problem in resolved.problems]
    for line in lines:
        assert line.startswith((f"{path}:", f"{path} ", f"{path}/")), line
        assert line.isprintable(), line
        assert len(line) < 600, line
    assert len(lines) == len(set(lines)), "said twice"
    return lines


class Fuzz(Protocol):
    """Files of one language."""

    def file(self, seed: int) -> bytes:
        """Return the file of this seed."""
        ...

    def read(self, seed: int, tally: Tally) -> None:
        """Read it, and look at everything that came of it."""
        ...


class SettingsFuzz:
    """Settings files."""

    def __init__(self, folder: Path) -> None:
        """*folder* is empty, and nobody else's."""
        self._path = folder / "settings.toml"

    def file(self, seed: int) -> bytes:
        """Return the file of this seed."""
        return mutated(seed)

    def read(self, seed: int, tally: Tally) -> None:
        """Read it as an agent that had a good one, and as a command.

        Raises:
            AssertionError: Something came of it that should not.
        """
        data = self.file(seed)
        agent = Settings(self._path)
        self._path.write_bytes(_GOOD)
        good = agent.load()
        self._path.write_bytes(data)
        before = stamp(self._path)
        resolved = tally.timed(seed, agent.load)
        lines = checked(self._path, resolved)
        started = Settings(self._path).load()
        expected = judged(data)
        if lines and lines[0].endswith(_LATER):
            assert expected is None or "more than 8 parts" in lines[0], "it can be read"
            outcome = "cannot be read"
            assert len(lines) == 1
            assert (good.values, good.layers) == (resolved.values, resolved.layers)
            assert [lines[0].replace(_LATER, _ANEW)] == checked(self._path, started)
            assert good.values == started.values
        else:
            assert expected is not None, "it cannot be read"
            outcome = "flawed" if lines else "sound"
            assert started == resolved
            self._weigh(data, resolved, lines, expected)
        assert data == self._path.read_bytes()
        assert before == stamp(self._path)
        tally.add(seed, data, outcome, [one.removeprefix(str(self._path)) for one in lines])

    def _weigh(self, data: bytes, resolved: Resolved, lines: list[str], expected: Judged) -> None:
        """Compare what is in force and what is said with what the judge says."""
        user = resolved.layers[-1].values
        assert expected.counts == {key: kept(value) for key, value in user.items()}
        weaker = dict(resolved.layers[0].values) | dict(resolved.layers[1].values)
        assert weaker | dict(user) == resolved.values
        assert expected.messages == len(lines), (expected, lines)
        _see_lines(
            data.decode().removeprefix("\ufeff"),
            [one.removeprefix(str(self._path)) for one in lines],
        )
        for key in expected.bad:
            (line,) = [one for one in lines if re.search(rf": {re.escape(key)} (?!is given)", one)]
            if SETTINGS[key].private:
                assert line.endswith("; left out")
                assert "=" not in line
            else:
                assert re.search(rf" {re.escape(key)} = .+ (is|has|are) .+; using .+", line), line


_GOOD_POLICY: Final = (
    b'{"position": {"interval_minutes": 15}, "bounds": {"eyes.daily_cap": {"high": 3}}}'
)
BEFORE: Final = "; what it said before stays in force"


class PolicyFuzz:
    """Policy files of Linux, over a person's own settings."""

    def __init__(self, folder: Path) -> None:
        """*folder* is empty, and nobody else's."""
        self._root = folder / "policies"
        self._path = self._root / "managed" / "10-corp.json"
        self._path.parent.mkdir(parents=True)
        for one in (self._root, self._path.parent):
            one.chmod(0o755)
        self._copy = folder / "copy.json"
        self._own = folder / "settings.toml"
        self._own.write_bytes(_GOOD)

    def file(self, seed: int) -> bytes:
        """Return the file of this seed."""
        return mutated(seed, JSON)

    def _settings(self) -> Settings:
        from deskbreak.policy import linux

        owner = os.stat(self._root).st_uid  # noqa: PTH116 - whoever made it
        read, look = partial(linux.read, self._root, owner), partial(linux.stamp, self._root)
        return Settings(self._own, Policies(self._copy, read, look))

    def read(self, seed: int, tally: Tally) -> None:
        """Read it as an agent that had a good one, and as a command that never had one.

        Raises:
            AssertionError: Something came of it that should not.
        """
        data = self.file(seed)
        agent = self._settings()
        self._path.write_bytes(_GOOD_POLICY)
        good = agent.load()
        self._path.write_bytes(data)
        before = stamp(self._path)
        resolved = tally.timed(seed, agent.load)
        lines = checked(self._path, resolved)
        anew = self._settings().load()
        assert lines == checked(self._path, anew)
        assert resolved.values == anew.values
        expected = judged_policy(data)
        if lines and lines[0].endswith(BEFORE):
            assert expected is None or "too deeply" in lines[0], "it can be read"
            assert len(lines) == 1
            assert good.values == resolved.values
            assert good.bounds == resolved.bounds
            outcome = "cannot be read"
        else:
            assert expected is not None, "it cannot be read"
            assert expected.messages == len(lines), (expected, lines)
            _weigh_policy(resolved, expected)
            _see_lines(
                data.decode("utf-8-sig"), [one.removeprefix(str(self._path)) for one in lines]
            )
            outcome = "flawed" if lines else "sound"
        assert data == self._path.read_bytes()
        assert before == stamp(self._path)
        tally.add(seed, data, outcome, [one.removeprefix(str(self._path)) for one in lines])


def _see_lines(text: str, messages: list[str]) -> None:
    """See that a key stands on the line that a message about it names."""
    lines = text.split("\n")
    for message in messages:
        found = _ABOUT.match(message)
        if found is not None:
            table, _, name = found[2].rpartition(".")
            there = lines[int(found[1]) - 1]
            assert name in there or table in there, (message, there)


def _weigh_policy(resolved: Resolved, expected: JudgedPolicy) -> None:
    """Compare what is in force with what the judge says."""
    bounds = dict(expected.bounds)
    counts = dict(expected.counts)
    most = counts.pop("history.keep_days", None)
    if most is not None:
        assert resolved.whole("history.keep_days") <= most  # type: ignore[operator]  # a number
    assert set(bounds) <= set(resolved.bounds)
    for key, value in resolved.values.items():
        setting = SETTINGS[key]
        assert is_sound(setting, list(value) if isinstance(value, tuple) else value), key
        if key in bounds:
            assert is_within(setting, bounds[key], value), (key, bounds[key], value)
        elif key in counts:
            assert counts[key] == kept(value), key
            assert resolved.is_locked(key), key
