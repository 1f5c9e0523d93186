"""Everything outside fails, for hours: the log stays small, and says what is wrong all the same."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.agent.log import LogFile, Seldom
from deskbreak.core.model import Icon
from deskbreak.storage import database, place, textfile
from tests.board import size
from tests.fakes import Desk, FakeOutside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.board import Board

TEN_MINUTES_S: Final = 600.0
MOST_BYTES: Final = 5_000_000


class Kept(LogFile):
    """The real log, on the clock of the desk; remembers what was written and what was asked for."""

    def __init__(self, path: Path, desk: Desk) -> None:
        super().__init__(path)
        self._desk = desk
        self.asked = 0
        self.times_s: dict[str, list[float]] = defaultdict(list)
        self.addFilter(self._stamped)
        self.addFilter(Seldom().passes)

    def _stamped(self, record: logging.LogRecord) -> bool:
        self.asked += 1
        record.created = self._desk.clock.now().unix_s
        return True

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        if record.levelno >= logging.WARNING:
            self.times_s[f"{record.name}:{record.lineno}"].append(record.created)


@pytest.fixture
def storm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desk, Kept]]:
    """A desk at which nothing works: no disk, no notification, no tray, no sign of life."""
    desk = Desk(tmp_path / "home")
    log = Kept(tmp_path / "deskbreak.log", desk)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(log)
    root.setLevel(logging.INFO)

    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    def strange(*_: object) -> None:
        raise ZeroDivisionError("for the test")

    for where, name in (
        (place, "prepare_folder"),
        (database, "connect"),
        (database, "check"),
        (textfile, "patiently"),
    ):
        monkeypatch.setattr(where, name, fail)
    desk.store._disk.close()
    desk.delivery.works = False
    monkeypatch.setattr(FakeOutside, "heartbeat", strange)
    yield desk, log
    root.removeHandler(log)
    root.setLevel(level)
    log.close()


@pytest.mark.row("R30")
def test_given_everything_fails_then_the_log_stays_small_and_nobody_is_kept_in_the_dark(
    storm: tuple[Desk, Kept], tmp_path: Path, board: Board
) -> None:
    """Each cause is heard three times, then once in ten minutes; the icon says that something is wrong."""
    desk, log = storm
    hours, icons = size(2, 24), list[Icon]()

    def disturb() -> None:
        desk.file.write_text(f"# {desk.clock.boot_s()}\n[position", encoding="utf-8")
        desk.outside.trouble = ZeroDivisionError("for the test")

    def calm() -> None:
        desk.outside.trouble = None
        icons.append(desk.loop.look().icon)

    for _ in range(3):
        desk.ask("status")
    hour = ("10m work", disturb, "15m work", calm, "3m idle", disturb, "20m work", calm, "12m work")
    desk.run(*(act for _ in range(hours) for act in hour))
    lines = {cause: len(times_s) for cause, times_s in log.times_s.items()}
    most = max(_in_ten_minutes(times_s[3:]) for times_s in log.times_s.values())
    kept = sum(path.stat().st_size for path in tmp_path.glob("deskbreak.log*"))
    figure = f"{kept / 1000:.0f} kB in {hours} h, {most} line of a cause in 10 minutes at most"
    board.note(load=hours, faults=log.asked, figure=figure)

    assert {Icon.PROBLEM} == set(icons)
    assert kept < MOST_BYTES * min(1.0, hours / 24)
    assert most <= 1
    assert len(lines) >= 4
    assert log.asked > 20 * hours


def _in_ten_minutes(times_s: list[float]) -> int:
    """Return how many lines came in ten minutes at most."""
    return max((sum(0 <= t - at < TEN_MINUTES_S for t in times_s) for at in times_s), default=0)


@pytest.mark.row("R30")
def test_given_a_year_of_one_line_a_second_then_the_log_is_as_large_as_it_may_be(
    tmp_path: Path, board: Board
) -> None:
    """Whatever passes: the file is kept once and begun anew, and there is no third."""
    log = LogFile(tmp_path / "deskbreak.log")
    lines = size(40_000, 400_000)
    for number in range(lines):
        log.emit(logging.LogRecord("ours", logging.INFO, "ours.py", 1, "x" * 120, (), None))
        if not number % 1000:
            assert sum(path.stat().st_size for path in tmp_path.iterdir()) < MOST_BYTES
    log.close()
    sizes = Counter({path.name: path.stat().st_size for path in tmp_path.iterdir()})
    board.note(load=lines, figure=f"{sum(sizes.values()) / 1e6:.1f} MB after {lines:,} lines")

    assert {"deskbreak.log", "deskbreak.log.1"} == set(sizes)
