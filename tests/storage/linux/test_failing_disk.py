from __future__ import annotations

import json
import logging
import os
import shutil
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

from deskbreak.agent.log import Seldom
from deskbreak.policy import linux
from deskbreak.storage.files import bundled
from deskbreak.storage.layers import Settings
from deskbreak.storage.policies import Policies
from tests.board import LONG, size
from tests.fakes import MONDAY, Desk, FakeClock
from tests.storage.linux.test_crash_points import history_files, small_files
from tests.storage.linux.traced import Call, Ran, needs_strace, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.board import Board
    from tests.storage.linux.traced import Repair

pytestmark = needs_strace

CODES: Final = ("ENOSPC", "EIO", "EACCES", "EROFS", "EDQUOT")
# SQLite tries for ten seconds to get a lock that is refused for such a reason, which no disk of
# ours does; on a network there is no write-ahead log, and it gives up at once.
LOCKS: Final = ("fcntl", "flock")


def live(folder: Path, repair: Repair) -> dict[str, Any]:
    """Live through an hour at a desk whose disk fails, and a minute after it was mended."""
    told = Told()
    logging.getLogger().addHandler(told)
    begun_s = FakeClock().boot_s() + 2
    desk, prompts = Desk(folder, clock=FakeClock(begun_s, MONDAY + 2)), list[tuple[str, float]]()
    desk.delivery.on_show = lambda view: prompts.append((view.kind, desk.clock.boot_s()))
    after: dict[str, Any] = {}

    def look() -> None:
        problems = [str(one) for one in desk.loop.snapshot().problems]
        after.update(waiting=desk.store.waiting, problems=problems)

    def done() -> None:
        desk.ask("answer", "done")

    hour = (
        "20m work",
        "10s idle",
        done,
        "10m work",
        "3m idle",
        "27m work",
        "10s idle",
        done,
        "2m work",
    )
    desk.run(*hour, repair, "60s work", look)
    spans, episodes = desk.rows()
    after["spans_s"] = sum(span.seconds for span in spans if span.start.boot_s >= begun_s)
    after["ends"] = [(one.kind, one.outcome and one.outcome.value) for one in episodes]
    return {"prompts": prompts, "told": told.lines, **after}


class Told(logging.Handler):
    """What the log would have of trouble."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self.addFilter(Seldom().passes)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def files_of(folder: Path) -> list[Path]:
    """Return all files of a person."""
    return [
        *history_files(folder),
        *small_files("settings.toml", folder),
        *small_files("settings.toml.good", folder),
        *(folder / name for name in ("packs", "packs/mine.toml")),
    ]


def own_pack() -> str:
    """Return a pack of one's own: the first stretch under another name."""
    english = bundled("config", "packs", "en.toml").read_text(encoding="utf-8")
    first = english[english.index("[[prompt]]") :].split("\n\n")[0]
    return f'schema_version = 1\nlanguage = "en"\n\n{first.replace("P-ST-01", "P-OW-01")}\n'


def faults(points: list[Call], every: int) -> Iterator[tuple[str, list[str]]]:
    """Yield what is injected, and how to call it: all kinds in turn, or each at each call."""
    kinds = [(code, once) for code in CODES for once in (True, False)]
    for number, call in enumerate(points[::every]):
        for code, once in kinds if LONG else [kinds[number % len(kinds)]]:
            if once:
                yield f"{code} at {call.name} {call.nth}", call.failing(code)
            elif call.name not in LOCKS:
                yield f"{code} from {call.name} {call.nth}", call.failing_from_here(code)


@pytest.mark.row("R11")
def test_given_a_call_that_fails_then_prompts_come_on_time_and_nothing_is_lost(
    tmp_path: Path, board: Board
) -> None:
    """Once or for good, whatever the error: one message, and healthy a minute after it is mended."""
    before, folder = tmp_path / "before", tmp_path / "here"
    (before / "packs").mkdir(parents=True)
    (before / "packs" / "mine.toml").write_text(own_pack(), encoding="utf-8")
    (before / "settings.toml").write_text("history.keep_days = 300\n", encoding="utf-8")
    Desk(before).run("1s work")  # a state that is lost costs a second
    shutil.copytree(before, folder)
    clean = run(partial(live, folder), files_of(folder))
    assert [3, 0, [], []] == [len(clean.said["prompts"]), *_trouble(clean.said)]

    injected = runs = worst = most = 0
    for name, inject in faults([*clean.points()], size(24, 1)):
        shutil.rmtree(folder)
        shutil.copytree(before, folder)
        ran = run(partial(live, folder), files_of(folder), inject)
        runs += 1
        injected += ran.injected
        worst = max(worst, *Counter(ran.said["told"]).values(), 0)
        most = max(most, *Counter(map(_file_of, ran.said["told"])).values(), 0)
        late_s = [at - on for (_, at), (_, on) in zip(*_prompts(ran, clean), strict=True)]
        assert max(map(abs, late_s)) <= 1, name
        assert clean.said["spans_s"] - ran.said["spans_s"] <= 1, name
        assert clean.said["ends"] == ran.said["ends"], name
        assert [0, []] == _trouble(ran.said)[:2], name
        # SQLite has a word of its own for a quota, and the system another.
        assert (worst, most) <= (1, 2), (name, ran.said["told"])
    board.note(
        load=runs, faults=injected, figure=f"0 of {runs} hours with a late prompt or a lost row"
    )

    assert injected >= runs > 30


def _prompts(*runs: Ran) -> list[list[tuple[str, float]]]:
    return [ran.said["prompts"] for ran in runs]


def _trouble(said: dict[str, Any]) -> list[object]:
    return [said["waiting"], said["problems"], said["told"]]


def _file_of(line: str) -> str:
    """Return which file a message is about."""
    return next(name for name in ("backup", "history.db", "settings.toml", "packs") if name in line)


@pytest.mark.row("R11")
def test_given_a_policy_that_cannot_be_read_then_what_it_said_stays_in_force(
    tmp_path: Path, board: Board
) -> None:
    """A disk that withholds a policy sets nobody free; a minute after that all is well again."""
    managed, file = tmp_path / "etc" / "managed", tmp_path / "settings.toml"
    managed.mkdir(parents=True)
    (managed / "a.json").write_text(json.dumps({"position.interval_minutes": 25}))

    def settings() -> Settings:
        read = partial(linux.read, tmp_path / "etc", os.getuid())
        return Settings(file, Policies(tmp_path / "policy.json", read, lambda: 0))

    def look(repair: Repair) -> list[object]:
        found = settings()
        first = found.load()
        repair()
        told, again = len(first.problems), found.changed_on_disk()
        last = found.load()
        values = [one.whole("position.interval_minutes") for one in (first, last)]
        return [*values, told, again == (told > 0), len(last.problems)]

    settings().load()
    paths = [managed.parent, managed, managed / "a.json"]
    clean = run(look, paths)
    assert [25, 25, 0, True, 0] == clean.said
    seen, injected = list[list[object]](), 0
    for _, inject in faults([*clean.points()], 1):
        ran = run(look, paths, inject)
        injected += ran.injected
        seen.append(ran.said)
    board.note(load=len(seen), faults=injected, figure=f"set free 0 of {len(seen)} times")

    assert {(25, 25, True, 0)} == {(a, b, again, last) for a, b, _, again, last in seen}
    assert {0, 1} >= {told for _, _, told, _, _ in seen}
    assert injected >= len(seen) > 10
