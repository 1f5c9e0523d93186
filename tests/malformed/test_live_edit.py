"""Settings that are changed by hand while the agent runs: R16."""

from __future__ import annotations

import os
import random
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.agent.keeper import SETTLED_S
from deskbreak.storage.layers import Settings
from deskbreak.storage.policies import Policies
from tests.desktop.desk import Agent
from tests.desktop.parts import wait_for
from tests.fakes import Desk
from tests.homes import needed
from tests.malformed.editors import EDITORS, anew, behind_a_link, in_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from deskbreak.core.settings import Resolved
    from tests.board import Board

EDITS: Final = 1_000
WITHIN_S: Final = 2.0
TOLD_WITHIN_S: Final = 0.5  # as the desktop tells of what happens to a file
PAUSE_S: Final = 0.9  # of an editor within one save
KEYS: Final = ("stretch.interval_minutes", "position.interval_minutes", "eyes.daily_cap")
posix = pytest.mark.skipif(sys.platform == "win32", reason="what is open cannot be replaced there")


def drawing(seed: int) -> random.Random:
    """Return what chooses for the edit of this seed."""
    return random.Random(seed)  # noqa: S311 - an example, no secret


def version(number: int, draw: random.Random) -> bytes:
    """Return a file of three settings that belong together, as one editor or another writes it."""
    text = (
        f"# {'x' * number}\n[stretch]\ninterval_minutes = {30 + number}\n"
        f"[position]\ninterval_minutes = {10 + number}\n[eyes]\ndaily_cap = {number}\n"
    )
    data = text.replace("\n", draw.choice(("\n", "\r\n"))).encode()
    return draw.choice((b"", b"\xef\xbb\xbf")) + data


def number_of(resolved: Resolved) -> int:
    """Return which version is in force; there is no other than a whole one."""
    stretch, position, eyes = (resolved.whole(key) for key in KEYS)
    assert (stretch - 30, position - 10) == (eyes, eyes), "half a file is in force"
    assert () == resolved.problems
    return eyes


class Looker:
    """The agent's loop as far as files go: it looks when it is told, when it wants, or by chance."""

    def __init__(self, desk: Desk) -> None:
        self._keeper = desk.keeper
        self._clock = desk.clock
        self.in_between = 0  # looks at which something lay there that was not in force

    def look(self) -> None:
        self.in_between += self._keeper._settings.changed_on_disk()
        self._keeper.reload_if_changed()

    def wait(self, seconds: float, draw: random.Random) -> None:
        """Let *seconds* pass, in which the desktop tells and the loop wakes for other reasons."""
        end_s, told_s = self._clock.boot_s() + seconds, self._clock.boot_s() + TOLD_WITHIN_S
        while self._clock.boot_s() < end_s:
            again_s = self._keeper.look_again_s
            chance_s = self._clock.boot_s() + draw.uniform(0.001, 1.0)
            times = [told_s, chance_s, *([] if again_s is None else [again_s])]
            later = [one for one in times if one > self._clock.boot_s()]
            self._clock.until(min(end_s, *later))
            self.look()


@pytest.mark.row("R16")
@posix
def test_given_any_way_to_save_then_no_half_file_is_ever_in_force_and_it_settles(
    tmp_path: Path,
    board: Board,
) -> None:
    """In chunks, renamed, removed and made anew, behind a link, with a mark, with CRLF."""
    desk = Desk(tmp_path)
    looker = Looker(desk)
    desk.file.write_bytes(version(0, drawing(0)))
    desk.keeper.reload()
    for edit in range(EDITS):
        draw = drawing(edit)
        before, after = edit % 30, (edit + 1) % 30
        assert before == number_of(desk.keeper.resolved)
        for _ in EDITORS[edit % len(EDITORS)](desk.file, version(after, draw), draw):
            looker.wait(draw.uniform(0.0, PAUSE_S), draw)
            assert number_of(desk.keeper.resolved) in {before, after}
        looker.wait(WITHIN_S, draw)
        assert after == number_of(desk.keeper.resolved), f"edit {edit} is not in force"
    board.note(load=EDITS, faults=looker.in_between, figure=f"0 half files in {EDITS:,} edits")

    assert looker.in_between > EDITS
    desk.store.close()


def test_given_a_file_that_rests_when_it_is_looked_at_then_nothing_has_to_be_looked_at_again(
    tmp_path: Path,
) -> None:
    """An agent whose files nobody changes does not wake for them."""
    desk = Desk(tmp_path)
    desk.file.write_bytes(version(1, drawing(1)))

    assert not desk.keeper.reload_if_changed()
    assert desk.clock.boot_s() + SETTLED_S == desk.keeper.look_again_s
    desk.clock.until(desk.clock.boot_s() + SETTLED_S)
    assert desk.keeper.reload_if_changed()
    assert desk.keeper.look_again_s is None
    assert not desk.keeper.reload_if_changed()
    assert desk.keeper.look_again_s is None
    desk.store.close()


def test_given_a_change_that_is_undone_at_once_then_nothing_is_read(tmp_path: Path) -> None:
    """A file that goes and comes back as it was has not changed."""
    desk = Desk(tmp_path)
    desk.file.write_bytes(version(1, drawing(1)))
    desk.keeper.reload()
    aside = desk.file.with_name("aside")
    desk.file.replace(aside)
    desk.keeper.reload_if_changed()
    aside.replace(desk.file)
    desk.clock.until(desk.clock.boot_s() + SETTLED_S)
    desk.keeper.reload_if_changed()

    assert 1 == number_of(desk.keeper.resolved)
    desk.store.close()


def test_given_a_file_that_changes_when_the_loop_waits_then_it_waits_no_longer_than_that(
    tmp_path: Path,
) -> None:
    """With its next sign of life it sees the change, and a second later it counts."""
    desk = Desk(tmp_path)
    seen: list[int] = []

    def change() -> None:
        desk.file.write_bytes(version(7, drawing(7)))

    def note() -> None:
        seen.append(desk.keeper.resolved.whole("eyes.daily_cap"))

    desk.run("40s work", change, "19s work", note, "3s work", note)

    assert [12, 7] == seen


@pytest.mark.row("R16")
@pytest.mark.skipif(sys.platform != "linux", reason="policy files are Linux' own")
def test_given_a_policy_that_is_rolled_out_anew_then_its_lock_never_lapses(tmp_path: Path) -> None:
    """Between the steps of whoever puts it there it may be empty, half, or not there at all."""
    from deskbreak.policy import linux

    desk, root = Desk(tmp_path), tmp_path / "policies"
    path = root / "managed" / "10.json"
    path.parent.mkdir(parents=True)
    for folder in (root, path.parent):
        folder.chmod(0o755)
    look = partial(linux.stamp, root)
    policies = Policies(tmp_path / "copy.json", partial(linux.read, root, root.stat().st_uid), look)
    desk.keeper._settings = Settings(desk.file, policies)
    path.write_bytes(b'{"position.interval_minutes": 15}')
    desk.keeper.reload()
    looker = Looker(desk)
    for edit in range(EDITS // 10):
        draw, minutes = drawing(edit), 16 + edit % 30
        before = desk.keeper.resolved.whole("position.interval_minutes")
        data = b'{"position": {"interval_minutes": %d}}' % minutes
        for _ in EDITORS[edit % len(EDITORS)](path, data, draw):
            looker.wait(draw.uniform(0.0, PAUSE_S), draw)
            assert desk.keeper.resolved.is_locked("position.interval_minutes")
            now = desk.keeper.resolved.whole("position.interval_minutes")
            assert now in {before, minutes}
        looker.wait(WITHIN_S, draw)
        assert minutes == desk.keeper.resolved.whole("position.interval_minutes")
        assert () == desk.keeper.resolved.problems

    desk.store.close()


@pytest.fixture
def agent(home: Path) -> Iterator[Agent]:
    """An agent without a desktop."""
    folders: Mapping[str, str] = {**os.environ, **needed()}
    with Agent(dict(folders)) as running:
        yield running
        running.assert_well()


@pytest.mark.row("R16")
@pytest.mark.skipif(sys.platform != "linux", reason="only there the system tells of changes")
def test_given_a_running_agent_when_the_file_is_saved_then_it_counts_within_two_seconds(
    agent: Agent,
) -> None:
    """Nobody has to tell it, and its next sign of life is half a minute away."""
    path = agent.places.settings
    path.parent.mkdir(parents=True, exist_ok=True)

    def minutes() -> float:
        kinds = {one["kind"]: one for one in agent.status["kinds"]}
        return float(kinds["position"]["interval_seconds"]) / 60

    took_s, before = [], 20
    for number, save in enumerate((in_chunks, anew, behind_a_link)):
        draw = drawing(number)
        for _ in save(path, version(number, draw), draw):
            time.sleep(0.05)
            assert minutes() in {before, 10 + number}
        before, begun_s = 10 + number, time.monotonic()
        wait_for(lambda after=before: minutes() == after, what="the new interval")  # type: ignore[misc]  # mypy infers no lambda with a default
        took_s.append(time.monotonic() - begun_s)

    assert max(took_s) <= WITHIN_S
