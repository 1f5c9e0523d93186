from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core import stats
from deskbreak.core.managed import Document, Level, Scope
from deskbreak.core.model import Span
from deskbreak.storage import latest, packs
from deskbreak.storage.files import bundled, read_settings, write_settings
from deskbreak.storage.lastgood import copy_of
from deskbreak.storage.layers import Settings
from deskbreak.storage.policies import Policies
from deskbreak.storage.rows import MIGRATIONS
from deskbreak.storage.store import Store
from tests.board import LONG
from tests.storage.history import DAY, after, last_day, life, live, names, saved, span, taken
from tests.storage.linux.traced import Call, needs_strace, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.board import Board

    Step = Callable[[Path], object]

pytestmark = needs_strace

OLD: Final = '# mine\nplan = "busy"\n[position]\ninterval_minutes = 40 # long\n'
NEW: Final = OLD.replace("40", "15")
NEXT: Final = ("ALTER TABLE spans ADD COLUMN mood TEXT", "UPDATE spans SET mood = 'calm'")
DAYS: Final = 3
_FEW: Final = 50
PACK: Final = "[pack]\nlanguage = 'en'\n"


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that is done to files in a folder, and what must be true wherever it was cut off."""

    begin: Step
    act: Step
    judge: Callable[[Path], bool]
    """See that it is whole; return whether it was done. Do it again, and see that nothing is left."""
    files: Callable[[Path], Sequence[Path]]


# ── small files ────────────────────────────────────────────────────────────────────────────


def small_files(name: str, folder: Path) -> list[Path]:
    """Return the file *name*, and all that its writer may make beside it."""
    beside = (name, f".{name}.tmp", f"{name}.lock")
    return [folder, *(folder / one for one in beside)]


def file_with(text: str, folder: Path) -> Path:
    """Have settings with *text* in *folder*; none at all for no text."""
    folder.mkdir()
    path = folder / "settings.toml"
    if text:
        path.write_text(text, encoding="utf-8")
    return path


def change(folder: Path) -> None:
    """Change one setting."""
    write_settings(folder / "settings.toml", {"position.interval_minutes": 15})


def changed(old: str, new: str, folder: Path) -> bool:
    """See that the settings are the *old* or the *new* ones."""
    path = folder / "settings.toml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert text in {old, new}
    change(folder)
    assert 15 == read_settings(path).values["position.interval_minutes"]
    assert names(folder) == ["settings.toml", "settings.toml.lock"]
    return text == new


def settings_by_link(folder: Path) -> None:
    """Have settings that lie elsewhere."""
    path = file_with(OLD, folder)
    (folder / "dotfiles").mkdir()
    path.rename(folder / "dotfiles" / "mine.toml")
    path.symlink_to(Path("dotfiles") / "mine.toml")


def changed_by_link(folder: Path) -> bool:
    """See that the link is one still, and leads to the old or the new ones."""
    text = (folder / "settings.toml").read_text(encoding="utf-8")
    assert text in {OLD, NEW}
    change(folder)
    assert names(folder / "dotfiles") == ["mine.toml"]
    assert (folder / "settings.toml").is_symlink()
    return text == NEW


def settings_read_before(folder: Path) -> None:
    """Have settings of which a copy is kept, and change them."""
    path = file_with(OLD, folder)
    Settings(path).load()
    path.write_text(NEW, encoding="utf-8")


def kept_copy(folder: Path) -> bool:
    """See that the copy is the old or the new one."""
    copy = copy_of(folder / "settings.toml")
    values = json.loads(copy.read_bytes())
    assert values["position.interval_minutes"] in {15, 40}
    Settings(folder / "settings.toml").load()
    assert 15 == json.loads(copy.read_bytes())["position.interval_minutes"]
    assert names(folder) == ["settings.toml", "settings.toml.good"]
    return bool(values["position.interval_minutes"] == 15)


def policies(minutes: int, folder: Path) -> Policies:
    """Return the policy of an organisation that sets an interval."""
    values = {"position.interval_minutes": minutes}
    document = Document("/etc/a.json", Level.MANDATORY, Scope.MACHINE, values)
    return Policies(folder / "policy.json", lambda: [document], lambda: minutes)


def policy_before(folder: Path) -> None:
    """Have the copy of a policy."""
    folder.mkdir()
    policies(40, folder).load()


def kept_policy(folder: Path) -> bool:
    """See that the copy is the old or the new one."""
    rows = json.loads((folder / "policy.json").read_bytes())
    minutes = rows["/etc/a.json"]["values"]["position.interval_minutes"]
    assert minutes in {15, 40}
    policies(15, folder).load()
    assert names(folder) == ["policy.json"]
    return bool(minutes == 15)


# ── what is only read ──────────────────────────────────────────────────────────────────────


def bundle() -> list[Path]:
    """Return the packs and poses that come with deskbreak."""
    config = bundled("config")
    return [*sorted(config.glob("packs/*.toml")), *sorted(config.glob("poses/*.toml"))]


def read_prompts(folder: Path) -> None:
    """Read packs and poses."""
    packs.read(folder, "de")
    packs.pose_texts(folder)


def own_pack(folder: Path) -> None:
    """Have a pack of one's own."""
    folder.mkdir()
    (folder / "mine.toml").write_text(PACK, encoding="utf-8")


def as_it_was(folder: Path) -> bool:
    """See that reading changes nothing."""
    assert (folder / "mine.toml").read_text(encoding="utf-8") == PACK
    assert names(folder) == ["mine.toml"]
    return True


# ── the history ────────────────────────────────────────────────────────────────────────────


def history(folder: Path) -> Path:
    """Return where the history is."""
    return folder / "history.db"


def history_files(folder: Path) -> list[Path]:
    """Return all files that may be there."""
    ends = ("", ".new", ".damaged-1", ".version-1", f".backup-{DAY}", f".backup-{last_day(DAYS)}")
    beside = ("", "-wal", "-shm", "-journal")
    return [folder, *(folder / f"history.db{end}{log}" for end in ends for log in beside)]


def some_days(folder: Path) -> None:
    """Have a history of some days."""
    folder.mkdir()
    with Store.open(history(folder)) as store:
        live(store, DAYS)


def begin_history(folder: Path) -> None:
    """Begin a history."""
    Store.open(history(folder)).close()


def is_begun(folder: Path) -> bool:
    """See that there is one, or none."""
    was_there = history(folder).exists()
    assert _rows(folder) == 0
    return was_there


def keep_steps(folder: Path) -> None:
    """Keep some steps, and say after each that it is kept."""
    with Store.open(history(folder)) as store, (folder / "said").open("ab", buffering=0) as told:
        for n in range(3):
            at = 90_000 + n
            store.append(
                [span(at, at + 1), taken(n + 9000, at)], [], saved(after(at + 1), n + 9000)
            )
            told.write(b".")


def is_kept(folder: Path) -> bool:
    """See that what was said to be kept is kept, and at most the step after it besides."""
    told = folder / "said"
    acknowledged = len(told.read_bytes()) if told.exists() else 0
    with Store.open(history(folder)) as store:
        assert () == store.problems
        day = after(90_000).wall.date()
        (spans, episodes), state = store.rows(day, day), store.load_saved()
        assert state is not None
        assert len(spans) == len(episodes)
        assert acknowledged <= len(spans) <= acknowledged + 1
        assert not spans or state.state.next_episode == 9000 + len(spans) - 1
        assert 0 < len(store.rows(DAY, last_day(DAYS))[0])
    told.unlink(missing_ok=True)
    assert _rows(folder) > 0
    return bool(acknowledged)


STEPS: Final = (
    (0, True),
    (0.01, False),
    (11, False),  # from here on every ten minutes beside the history
    (11.01, False),
    (22, False),
    (33, False),
    (33.01, True),
    (33.02, False),
)
"""When (in minutes), and whether there is a row."""


def steps_beside(folder: Path) -> None:
    """Keep a row, then states beside it, then a row, and say after each that it is kept."""
    setattr(latest, "_is_memory", Path.is_dir)  # noqa: B010 - of this process alone
    with (
        Store.open(history(folder), folder / "state") as store,
        (folder / "said").open("ab", buffering=0) as told,
    ):
        for n, (minutes, row) in enumerate(STEPS):
            at = 90_000 + minutes
            store.append([span(at, at + 0.01)] * row, [], saved(after(at + 0.01), 9000 + n))
            told.write(b".")


def is_latest(folder: Path) -> bool:
    """See that the state is that of the last step that was said to be kept, or of the one after it."""
    told = folder / "said"
    acknowledged = len(told.read_bytes()) if told.exists() else 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latest, "_is_memory", Path.is_dir)
        _goes_on(folder, acknowledged)
    told.unlink(missing_ok=True)
    assert names(folder) == ["history.db"]
    return bool(acknowledged)


def _goes_on(folder: Path, acknowledged: int) -> None:
    with Store.open(history(folder), folder / "state") as store:
        assert () == store.problems
        state = store.load_saved()
        assert state is not None
        steps = max(0, state.state.next_episode - 8999)
        day = after(90_000).wall.date()
        assert acknowledged <= steps <= acknowledged + 1
        assert len(store.rows(day, day)[0]) == sum(row for _, row in STEPS[:steps])
        store.append([span(99_000, 99_001)], [], saved(after(99_001)))
        store.append([], [], saved(after(99_002)))


def prune(folder: Path) -> None:
    """Keep only figures of old days, and make a backup."""
    with Store.open(history(folder)) as store:
        store.prune(last_day(DAYS), 1)


def is_pruned(folder: Path) -> bool:
    """See that the figures are what they were, and that there is one backup, whole."""
    with Store.open(history(folder)) as store:
        assert () == store.problems
        figures = [round(day.desk_seconds) for day in store.days(DAY, last_day(DAYS))]
        spans, _ = store.rows(DAY, DAY)
        store.prune(last_day(DAYS), 1)
    assert figures == FIGURES
    with Store.open(folder / f"history.db.backup-{last_day(DAYS)}", read_only=True) as backup:
        assert () == backup.problems
        assert [round(x.desk_seconds) for x in backup.days(DAY, last_day(DAYS))] == FIGURES
    _rows(folder, f"history.db.backup-{last_day(DAYS)}")
    return not spans


def bring_up(folder: Path) -> None:
    """Bring it to another version."""
    Store.open(history(folder), migrations=(*MIGRATIONS, NEXT)).close()


def is_brought_up(folder: Path) -> bool:
    """See that it is of the old or the new version, whole, and that the old one is kept."""
    with Store.open(history(folder), read_only=True, migrations=(*MIGRATIONS, NEXT)) as store:
        assert () == store.problems
        was = len(store.rows(DAY, last_day(DAYS))[0])
    done = (folder / "history.db.version-1").exists()
    bring_up(folder)
    with Store.open(history(folder), migrations=(*MIGRATIONS, NEXT)) as store:
        assert () == store.problems
        assert was == len(store.rows(DAY, last_day(DAYS))[0]) > 0
    left = set(names(folder)) - {"history.db", "history.db.version-1"}
    assert not left
    return done


def erase(folder: Path) -> None:
    """Erase all but the last day."""
    with Store.open(history(folder)) as store:
        store.erase(last_day(DAYS), saved())


def is_erased(folder: Path) -> bool:
    """See that all of these days are gone or none, and that no more than these are."""
    with Store.open(history(folder)) as store:
        assert () == store.problems
        figures = [round(day.desk_seconds) for day in store.days(DAY, last_day(DAYS))]
        assert figures in (FIGURES, FIGURES[-1:])
        assert store.erase(last_day(DAYS), saved()) is None
        assert [round(x.desk_seconds) for x in store.days(DAY, last_day(DAYS))] == FIGURES[-1:]
    assert _rows(folder) > 0
    return figures == FIGURES[-1:]


def broken(folder: Path) -> None:
    """Have a history that lost its first page."""
    some_days(folder)
    data = history(folder).read_bytes()
    history(folder).write_bytes(bytes(4096) + data[4096:])


def is_mended(folder: Path) -> bool:
    """See that all of it is there again, and the damaged file beside it."""
    done = (folder / "history.db.damaged-1").exists()
    with Store.open(history(folder)) as store:
        figures = [round(day.desk_seconds) for day in store.days(DAY, last_day(DAYS))]
    assert figures == FIGURES
    _rows(folder, "history.db.damaged-1")
    return done


def _rows(folder: Path, *beside: str) -> int:
    """Open it once more, see that all is well, that nothing is left over; return how many spans."""
    with Store.open(history(folder)) as store:
        store.append([span(99_000, 99_001)], [], saved())
        assert (0, ()) == (store.waiting, store.problems)
        rows = len(store.rows(DAY, last_day(DAYS))[0])
    assert not set(names(folder)) - {"history.db", *beside}
    return rows


def figures_of_some_days() -> list[int]:
    """Return the desk time of each day of `some_days`, in seconds."""
    spans = [row for step, _ in life(DAYS) for row in step if isinstance(row, Span)]
    return [round(day.desk_seconds) for day in stats.days_of(spans, [], 4 * 3600)]


FIGURES: Final = figures_of_some_days()

SETTINGS = partial(small_files, "settings.toml")
SCENES: Final = {
    "settings": Scene(partial(file_with, OLD), change, partial(changed, OLD, NEW), SETTINGS),
    "first settings": Scene(
        partial(file_with, ""),
        change,
        partial(changed, "", "[position]\ninterval_minutes = 15\n"),
        SETTINGS,
    ),
    "settings by link": Scene(
        settings_by_link,
        change,
        changed_by_link,
        lambda folder: [
            *small_files("settings.toml", folder),
            *small_files("mine.toml", folder / "dotfiles"),
        ],
    ),
    "copy of settings": Scene(
        settings_read_before,
        lambda folder: Settings(folder / "settings.toml").load(),
        kept_copy,
        lambda folder: [
            *small_files("settings.toml", folder),
            *small_files("settings.toml.good", folder),
        ],
    ),
    "copy of a policy": Scene(
        policy_before,
        lambda folder: policies(15, folder).load(),
        kept_policy,
        partial(small_files, "policy.json"),
    ),
    "packs and poses": Scene(
        own_pack,
        read_prompts,
        as_it_was,
        lambda folder: [folder, folder / "mine.toml", *bundle()],
    ),
    "history begun": Scene(Path.mkdir, begin_history, is_begun, history_files),
    "history kept": Scene(some_days, keep_steps, is_kept, history_files),
    "states beside the history": Scene(
        some_days,
        steps_beside,
        is_latest,
        lambda folder: [*history_files(folder), folder / "history.db-state", folder / "state"],
    ),
    "history pruned": Scene(some_days, prune, is_pruned, history_files),
    "history brought up": Scene(some_days, bring_up, is_brought_up, history_files),
    "history erased": Scene(some_days, erase, is_erased, history_files),
    "history mended": Scene(broken, begin_history, is_mended, history_files),
}


def chosen(points: list[Call]) -> list[Call]:
    """Return at which of them to die: at all in a long run, else where that makes a difference."""
    changing = [call for call in points if call.changes]
    return points if LONG or len(points) < _FEW else changing[::2]


@pytest.mark.row("R10")
@pytest.mark.parametrize("name", SCENES)
def test_given_a_death_at_any_system_call_then_it_is_the_old_or_the_new(
    name: str, tmp_path: Path, board: Board
) -> None:
    """Whatever is cut off wherever is whole, the next one completes it, and nothing is left over."""
    scene, before, folder = SCENES[name], tmp_path / "before", tmp_path / "here"

    def act(_repair: object) -> bool:
        return bool(scene.act(folder))

    scene.begin(before)
    shutil.copytree(before, folder, symlinks=True)
    clean = run(act, scene.files(folder))
    assert clean.status == 0
    points = chosen([*clean.points()])
    deaths = done = 0
    for call in points:
        shutil.rmtree(folder)
        shutil.copytree(before, folder, symlinks=True)
        deaths += run(act, scene.files(folder), call.dying()).died
        try:
            done += scene.judge(folder)
        except AssertionError as error:
            raise AssertionError(f"after a death at {call.name}, number {call.nth}") from error
    board.note(load=len(points), faults=deaths, figure=f"{name}: {deaths} deaths, 0 torn")

    assert deaths > 5
    assert deaths >= 0.9 * len(points)
    assert done < len(points) or name == "packs and poses"


def test_given_a_writer_in_place_when_it_dies_then_the_file_is_torn(tmp_path: Path) -> None:
    """What the test above would find: half a file, at a call that it dies at."""
    path = tmp_path / "settings.toml"
    path.write_text(OLD, encoding="utf-8")

    def act(_repair: object) -> int:
        return path.write_text(NEW, encoding="utf-8")

    clean = run(act, [path])
    found = []
    for call in clean.points():
        path.write_text(OLD, encoding="utf-8")
        run(act, [path], call.dying())
        found.append(path.read_text(encoding="utf-8"))

    assert {"", OLD, NEW} == set(found)
