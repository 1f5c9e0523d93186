"""Reads malformed files by the thousand and looks at everything that came of each."""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from deskbreak.core.settings_table import SETTINGS
from deskbreak.storage.layers import Settings
from tests.malformed.judge import judged, kept
from tests.malformed.mutations import mutated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from deskbreak.core.settings import Resolved
    from tests.malformed.judge import Judged

_GOOD: Final = b'plan = "gentle"\n[position]\ninterval_minutes = 31\n[eyes]\nenabled = true\n'
_LATER: Final = "; the settings from before stay in force"
_FIRST: Final = "; using the defaults until it is mended"
_PLACED: Final = re.compile(r":(\d+): (.*)", re.DOTALL)


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
    slowest: tuple[float, int] = (0.0, 0)  # seconds, seed
    seen: hashlib._Hash = field(default_factory=hashlib.sha256)

    def add(self, seed: int, data: bytes, outcome: str, lines: list[str], took_s: float) -> None:
        """Count one file."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        self.messages += len(lines)
        self.took_s.append(took_s)
        self.slowest = max(self.slowest, (took_s, seed))
        self.seen.update("\n".join([str(seed), outcome, *lines]).encode() + data)


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
        begun_s = time.perf_counter()
        resolved = agent.load()
        took_s = time.perf_counter() - begun_s
        lines = self._said(resolved)
        started = Settings(self._path).load()
        expected = judged(data)
        if lines and lines[0].endswith(_LATER):
            assert expected is None or "more than 8 parts" in lines[0], "it can be read"
            outcome = "cannot be read"
            assert len(lines) == 1
            assert (good.values, good.layers) == (resolved.values, resolved.layers)
            assert [lines[0].replace(_LATER, _FIRST)] == self._said(started)
            assert {key: one.default for key, one in SETTINGS.items()} == started.values
        else:
            assert expected is not None, "it cannot be read"
            outcome = "flawed" if lines else "sound"
            assert started == resolved
            self._weigh(data, resolved, lines, expected)
        assert data == self._path.read_bytes()
        assert before == stamp(self._path)
        tally.add(seed, data, outcome, self._anywhere(lines), took_s)

    def _said(self, resolved: Resolved) -> list[str]:
        lines = [str(problem) for problem in resolved.problems]
        for line in lines:
            assert line.startswith((f"{self._path}:", f"{self._path} ")), line
            assert line.isprintable(), line
            assert len(line) < 600, line
        assert len(lines) == len(set(lines)), "said twice"
        return lines

    def _anywhere(self, lines: list[str]) -> list[str]:
        return [line.removeprefix(str(self._path)) for line in lines]

    def _weigh(self, data: bytes, resolved: Resolved, lines: list[str], expected: Judged) -> None:
        """Compare what is in force and what is said with what the judge says."""
        user = resolved.layers[-1].values
        assert expected.counts == {key: kept(value) for key, value in user.items()}
        weaker = dict(resolved.layers[0].values) | dict(resolved.layers[1].values)
        assert weaker | dict(user) == resolved.values
        assert expected.messages == len(lines), (expected, lines)
        text = data.decode().removeprefix("\ufeff").split("\n")
        for key in expected.bad:
            (line,) = [one for one in lines if re.search(rf": {re.escape(key)} (?!is given)", one)]
            placed = _PLACED.match(line.removeprefix(str(self._path)))
            if placed is not None:
                table, _, name = key.rpartition(".")
                there = text[int(placed[1]) - 1]
                assert name in there or table in there, (line, there)
            if SETTINGS[key].private:
                assert line.endswith("; left out")
                assert "=" not in line
            else:
                assert re.search(rf" {re.escape(key)} = .+ (is|has|are) .+; using .+", line), line


def read(fuzz: Fuzz, seeds: range) -> Tally:
    """Read the files of these seeds; one of which something came that should not is named."""
    tally = Tally()
    for seed in seeds:
        try:
            fuzz.read(seed, tally)
        except Exception as error:
            error.add_note(f"seed {seed}:\n{fuzz.file(seed)!r}")
            raise
    return tally


FUZZES: Final[Mapping[str, Callable[[Path], Fuzz]]] = MappingProxyType({"settings": SettingsFuzz})
