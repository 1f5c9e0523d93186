"""What the loop keeps: state over restarts, rows, weeks, settings and packs."""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent.keeper import SETTLED_S, Keeper
from deskbreak.core import engine
from deskbreak.core.kinds import KIND_TABLE
from deskbreak.core.managed import Document, Level, Scope
from deskbreak.core.model import Credit, Episode, KindState, Mark, Phase, Reason
from deskbreak.core.pack import Whose
from deskbreak.storage.layers import Settings
from deskbreak.storage.policies import Policies
from deskbreak.storage.store import Saved, Store
from tests.fakes import MONDAY, Desk, FakeClock
from tests.storage.packing import pack, put, trust

if TYPE_CHECKING:
    from pathlib import Path

    from deskbreak.core.model import State

DAY = date(2026, 3, 2)
NAMES = tuple(kind.name for kind in KIND_TABLE)
TO_A_BREAK = ("20m work", "10s idle")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk on which nothing has happened yet."""
    return Desk(tmp_path)


def _kept(folder: Path, names: tuple[str, ...], state: State) -> Keeper:
    """Return a keeper that finds *state*, saved when there were kinds of these *names*."""
    clock = FakeClock()
    store = Store.open(folder / "history.db")
    saved = Saved(state, names, "one boot", 0.0)
    return Keeper(store, Settings(folder / "s.toml"), folder / "packs", saved, clock, "one boot")


def _state(desk: Desk, kinds: int) -> State:
    """Return a state with so many kinds, each held since another moment."""
    state = engine.begin(desk.clock.now(), desk.keeper.rules).copy()
    state.kinds = tuple(KindState(100.0 + n) for n in range(kinds))
    return state


# ── the state over a change of the table ───────────────────────────────────────────────────


def test_given_the_same_kinds_when_a_state_is_taken_up_then_it_is_as_it_was(
    desk: Desk, tmp_path: Path
) -> None:
    """Nothing is touched."""
    state = _state(desk, len(NAMES))

    assert state is _kept(tmp_path, NAMES, state).state


def test_given_a_kind_that_is_new_when_a_state_is_taken_up_then_it_begins_there(
    desk: Desk, tmp_path: Path
) -> None:
    """The others go on, each by its name, wherever it stands now."""
    old = ("position", "stretch", *NAMES[3:])  # another order, and no posture
    state = _state(desk, len(old))
    kept = _kept(tmp_path, old, state).state

    assert kept is not None
    held = {name: kind.held_from_s for name, kind in zip(NAMES, kept.kinds, strict=True)}
    assert (101.0, 100.0) == (held["stretch"], held["position"])
    assert desk.clock.boot_s() == held["posture"]


def test_given_a_kind_that_is_no_more_when_a_state_is_taken_up_then_what_hangs_on_it_goes(
    desk: Desk, tmp_path: Path
) -> None:
    """Its open prompt, its mark, and what could be undone; the next event finds a sound state."""
    old = (*NAMES, "yoga")
    at = desk.clock.now()
    none = (None,) * len(old)
    state = _state(desk, len(old))
    state.episode = Episode(7, "yoga", at, Phase.SHOWN, prompt="Y-1", shown=at)
    state.mark = Mark(at, "yoga", Reason.MISSED, 7)
    state.credit = Credit(at, none, none, end=at)
    kept = _kept(tmp_path, old, state).state

    assert kept is not None
    assert (None, None, None) == (kept.episode, kept.mark, kept.credit)
    assert len(NAMES) == len(kept.kinds)


def test_given_a_folded_kind_that_is_no_more_when_a_state_is_taken_up_then_the_prompt_stays(
    desk: Desk, tmp_path: Path
) -> None:
    """It ends without the one that is gone."""
    at = desk.clock.now()
    state = _state(desk, len(NAMES) + 1)
    state.episode = Episode(7, "stretch", at, Phase.SHOWN, folded=("yoga", "eyes"), shown=at)
    kept = _kept(tmp_path, (*NAMES, "yoga"), state).state

    assert kept is not None
    assert kept.episode is not None
    assert ("stretch", ("eyes",)) == (kept.episode.kind, kept.episode.folded)


def test_given_a_new_kind_when_the_agent_runs_on_an_old_state_then_the_day_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An update brings a kind; the next prompts come as if it had always been there."""
    clock = FakeClock()
    without = tuple(kind for kind in KIND_TABLE if kind.name != "posture")
    with monkeypatch.context() as patch:
        patch.setattr("deskbreak.core.rules.KIND_TABLE", without)
        Desk(tmp_path, clock=clock).run("15m work", "3m idle", "1m work")
    after = Desk(tmp_path, clock=clock)
    after.run("19m work", "10s idle", lambda: after.ask("answer", "done"))

    assert [("position", "natural"), ("position", "taken")] == [
        (one.kind, one.outcome) for one in after.rows()[1]
    ]


# ── days and weeks ─────────────────────────────────────────────────────────────────────────


def test_given_a_night_when_the_day_is_another_then_week_and_last_breaks_have_both_days(
    desk: Desk,
) -> None:
    """What is shown agrees with what is on the disk, before and after the day's start."""
    seen: list[tuple[list[float], list[int], bool]] = []

    def look() -> None:
        now = desk.clock.now()
        week = desk.keeper.week(desk.loop.state, now)
        recent = [one.id for one in desk.keeper.recent(desk.loop.state, 5)]
        stored = desk.keeper.week(desk.loop.state, now, DAY)
        seen.append(([day.desk_seconds for day in week.days[:3]], recent, stored == week))

    done = lambda: desk.ask("answer", "done")  # noqa: E731 - said twice
    desk.run(*TO_A_BREAK, done, look, "23h locked", "1s work", look, *TO_A_BREAK, done, look)

    assert [[1210.0, 0.0, 0.0], [1200.0, 1.0, 0.0], [1200.0, 1211.0, 0.0]] == [
        desk_s for desk_s, _, _ in seen
    ]
    assert [[1], [1], [1, 2]] == [[n for n in each[1] if n < 3] for each in seen]
    assert all(each[2] for each in seen)


def test_given_rows_of_long_ago_when_an_agent_starts_then_only_their_figures_stay(
    tmp_path: Path,
) -> None:
    """Computers that are shut down each evening never see the day's start."""
    keep = timedelta(days=40)
    (tmp_path / "settings.toml").write_text("[history]\nkeep_days = 30\n", encoding="utf-8")
    first = Desk(tmp_path)
    first.run(*TO_A_BREAK, lambda: first.ask("answer", "done"))
    later = FakeClock(first.clock.boot_s() + keep.total_seconds(), MONDAY + keep.total_seconds())
    second = Desk(tmp_path, clock=later)
    second.run("1m work")

    today = second.clock.now().wall.date()
    spans, episodes = second.rows()
    with Store.open(second.path, read_only=True) as store:
        (day,) = store.days(DAY, DAY)
    assert [] == episodes
    assert today - timedelta(days=30) <= min(span.start.wall.date() for span in spans)
    assert (1, 1200.0) == (day.kinds["position"].taken, day.desk_seconds)


# ── settings and packs ─────────────────────────────────────────────────────────────────────


def test_given_another_language_when_settings_are_read_then_prompts_are_in_it(
    desk: Desk,
) -> None:
    """Without a restart, and the words around them; ids stay, so that hidden ones stay hidden."""
    words, english = desk.keeper.words, desk.keeper.pack.texts
    desk.file.write_text('language = "de"\n', encoding="utf-8")
    desk.keeper.reload()
    german = desk.keeper.pack.texts

    assert ["Auslassen", "{name}: {desk} Std. am Platz, {taken} von {offered} Pausen gemacht"] == [
        words.gettext("Skip"),
        words.ngettext(
            "{name}: {desk} h at the desk, {taken} of {offered} break taken",
            "{name}: {desk} h at the desk, {taken} of {offered} breaks taken",
            2,
        ),
    ]
    assert english.keys() == german.keys()
    assert [] == [name for name, text in german.items() if text.title == english[name].title][1:]


def test_given_a_pack_that_cannot_be_read_when_the_agent_starts_then_that_is_a_problem(
    tmp_path: Path,
) -> None:
    """All others are used."""
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "mine.toml").write_bytes(b"\xff\xfe")
    desk = Desk(tmp_path)

    assert 1 == len(desk.keeper.settings_problems)
    assert "mine.toml" in str(desk.keeper.settings_problems[0])
    assert desk.keeper.pack.texts


def _managed(folder: Path, documents: list[Document], clock: FakeClock) -> Keeper:
    """Return a keeper on a computer whose policy is *documents*, as they are at each look."""
    policies = Policies(folder / "policy.json", lambda: documents, lambda: tuple(documents))
    settings = Settings(folder / "s.toml", policies)
    return Keeper(Store.open(folder / "h.db"), settings, folder / "packs", None, clock, "")


def _settles(keeper: Keeper, clock: FakeClock) -> bool:
    """Let a file that changed come to rest; return whether anything was read again."""
    keeper.reload_if_changed()
    clock.until(clock.boot_s() + SETTLED_S)
    return keeper.reload_if_changed()


def test_given_a_pack_that_comes_and_goes_when_the_agent_looks_then_its_prompts_do_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An organisation's and a person's own, as a policy does; what does not change is not read."""
    trust(monkeypatch)
    monkeypatch.setattr("deskbreak.policy.packs.folder", lambda: tmp_path / "theirs")
    clock = FakeClock()
    keeper = _managed(tmp_path, [], clock)
    caplog.set_level(logging.INFO)

    assert {} == keeper.pack.whose
    assert not _settles(keeper, clock)
    put(tmp_path / "theirs", a=pack("A-1"))
    assert _settles(keeper, clock)
    put(tmp_path / "packs", mine=pack("M-1"))
    assert _settles(keeper, clock)
    assert {"A-1": Whose.ORGANISATION, "M-1": Whose.OWN} == keeper.pack.whose
    assert {"A-1", "M-1"} <= {entry.id for entry in keeper.rules.index}
    assert not _settles(keeper, clock)
    assert keeper.look_again_s is None
    (tmp_path / "theirs" / "a.toml").write_text("no = [TOML", encoding="utf-8")
    assert _settles(keeper, clock)
    assert ["M-1"] == list(keeper.pack.whose)
    lines = [one.getMessage() for one in caplog.records]
    assert 3 == sum("The packs have changed" in line for line in lines)
    assert 1 == sum("a.toml: cannot be read" in line for line in lines)


def test_given_a_policy_that_names_a_folder_when_it_changes_then_its_packs_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside that of every computer; whoever watches files hears of both."""
    trust(monkeypatch)
    every, named = tmp_path / "every", tmp_path / "named"
    monkeypatch.setattr("deskbreak.policy.packs.folder", lambda: every)
    put(every, a=pack("A-1"))
    put(named, b=pack("B-1"))
    documents: list[Document] = []
    clock = FakeClock()
    keeper = _managed(tmp_path, documents, clock)

    assert ["A-1"] == list(keeper.pack.whose)
    values = {"organisation": {"packs": str(named)}}
    documents.append(Document("10.json", Level.MANDATORY, Scope.MACHINE, values))
    assert _settles(keeper, clock)
    assert ["A-1", "B-1"] == list(keeper.pack.whose)
    assert {every, named} < set(keeper.places)


def test_given_a_computer_without_policy_then_no_packs_of_an_organisation_are_looked_for(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a demo, which reads nothing but what comes with deskbreak."""
    trust(monkeypatch)
    monkeypatch.setattr("deskbreak.policy.packs.folder", lambda: tmp_path / "theirs")
    put(tmp_path / "theirs", a=pack("A-1"))
    desk.keeper.reload()

    assert {} == desk.keeper.pack.whose


def test_given_a_broken_file_that_is_read_again_and_again_then_the_log_has_one_line(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """And another once it is broken otherwise."""
    for text in ("[position\n", "[position\n", "[eyes\n", "[eyes\n"):
        desk.file.write_text(text, encoding="utf-8")
        desk.keeper.reload()

    lines = [one.getMessage() for one in caplog.records if "settings.toml" in one.getMessage()]
    assert [["10"], ["6"]] == [re.findall(r":1:(\d+):", line) for line in lines]


def test_given_a_hidden_prompt_when_it_is_shown_again_in_settings_then_it_is_not_hidden(
    desk: Desk,
) -> None:
    """It is hidden at once, and later as the file says."""
    name = next(iter(desk.keeper.pack.texts))
    hidden = desk.keeper.hide(name)
    at_once = desk.keeper.rules.person.hidden
    desk.file.write_text(f'[person]\nhidden_prompts = ["{name}"]\n', encoding="utf-8")
    desk.keeper.reload()
    written = desk.keeper.rules.person.hidden
    desk.file.write_text("", encoding="utf-8")
    desk.keeper.reload()

    assert (name,) == hidden
    assert frozenset({name}) == at_once == written
    assert name not in desk.keeper.rules.person.hidden


def test_given_a_fast_clock_when_rules_are_made_then_what_is_real_time_is_longer(
    tmp_path: Path,
) -> None:
    """A hiccup of the machine is no absence only because the clock runs fast."""
    clock = FakeClock()
    clock.speed = 120.0
    rules = Desk(tmp_path, clock=clock).keeper.rules

    assert (90.0 * 120, 0.1 * 120) == (rules.late_s, rules.noise_s)


def test_given_nothing_kept_yet_when_anybody_asks_then_there_is_an_empty_week(
    desk: Desk,
) -> None:
    """Also where not one event could be handled."""
    week = desk.keeper.week(desk.loop.state, desk.clock.now())

    assert 7 == len(week.days)
    assert [] == desk.keeper.recent(desk.loop.state, 5)
    assert desk.keeper.snapshot(desk.loop.state, desk.clock.now(), ()).week is None
