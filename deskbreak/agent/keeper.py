"""What the loop keeps: rows and state on disk, settings, the pack, and the week they make."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from deskbreak.agent.prompts import Prompts
from deskbreak.core import stats, views
from deskbreak.core.model import Episode, KindState, Span
from deskbreak.core.rules import rules
from deskbreak.core.schedule import day_of
from deskbreak.core.settings import Origin
from deskbreak.core.turn import open_spans
from deskbreak.storage import language
from deskbreak.storage.store import Saved

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from deskbreak.agent.clock import Clock
    from deskbreak.core.model import Moment, Rules, State, Undo
    from deskbreak.core.pack import Pack
    from deskbreak.core.settings import Resolved
    from deskbreak.core.stats import Day, Week
    from deskbreak.core.words import Said
    from deskbreak.storage.layers import Settings
    from deskbreak.storage.store import Store

_log: Final = logging.getLogger(__name__)
_LATE_S: Final = 90.0  # a look later than this, in real time, was an absence
_NOISE_S: Final = 0.1  # two readings of one last input differ by less, in real time
_RECENT_DAYS: Final = 7
SETTLED_S: Final = 1.0
"""Real seconds for which a file that changed must stay as it is before it counts. Our own choice:
longer than an editor pauses within one save, and short for whoever waits for what they saved."""
_RULED: Final = (Origin.RECOMMENDED, Origin.POLICY)


class Keeper:
    """Belongs to the agent's thread; only `snapshot` may be called from another one."""

    def __init__(  # noqa: PLR0913, PLR0917 - it is where all of these meet
        self,
        store: Store,
        settings: Settings,
        packs: Path,
        saved: Saved | None,
        clock: Clock,
        run_id: str,
    ) -> None:
        """Read settings and pack; take up the state that was saved."""
        self._store = store
        self._settings = settings
        self._clock = clock
        self._run_id = run_id
        self._hidden: frozenset[str] = frozenset()
        self._restless: tuple[object, float] | None = None  # what a look saw; when to look again
        self.resolved = settings.load()
        self.words = language.Catalogue(self.resolved.text("language"))
        self._prompts = Prompts(packs, self._given, clock)
        self.rules: Rules = self._made_rules()
        self.state = None if saved is None else self._fitted(saved)
        self._today: _Today | None = None
        self._pruned: date | None = None  # the day on which that was done last
        self._tell_problems()

    # ── settings ───────────────────────────────────────────────────────────────────────────

    def reload(self) -> None:
        """Read the settings again; what cannot be read leaves the last good ones in force."""
        self._restless = None
        before, self.resolved = self.resolved, self._settings.load()
        self.words.use(self.resolved.text("language"))
        self._tell_problems(before)
        self._tell_policy(before)
        self._prompts.read_if_other()
        self._hidden -= set(self.resolved.texts("person.hidden_prompts"))
        self.rules = self._made_rules()

    def reload_if_changed(self) -> bool:
        """Read settings and packs again if a file is another one, and nobody is writing into it.

        Tell whether that made a difference. What a disk withheld is read again too, and packs of
        which a part is still to be read are read on.
        Editors write in several steps, and remove before they make anew: what lies there in
        between is nobody's wish. Where it may be that, `look_again_s` says when to look again.
        """
        before = (self.resolved, self.pack)
        now_s = self._clock.boot_s()
        packs = self._prompts.look()
        if self._prompts.read_on(packs):
            self.rules = self._made_rules()
        seen = (self._settings.look(), packs)
        if not self._settings.changed_on_disk() and not self._prompts.are_other(packs):
            self._restless = None
        elif self._restless is None or self._restless[0] != seen:
            self._restless = (seen, now_s + SETTLED_S * self._clock.speed)
        elif now_s >= self._restless[1]:
            self.reload()
        return before != (self.resolved, self.pack)

    @property
    def look_again_s(self) -> float | None:
        """When to call `reload_if_changed` again (the engine's clock); None: when it suits.

        That is when a file that changed may be at rest, and now while packs are being read.
        """
        if self._prompts.is_being_read:
            return self._clock.boot_s()
        return None if self._restless is None else self._restless[1]

    @property
    def places(self) -> tuple[Path, ...]:
        """The files and folders of the settings, and those of an organisation's packs.

        A person's own packs lie beside the history, where something happens all the time; what
        changes there is seen at the next look.
        """
        return (*self._settings.places, *self._settings.organisation_packs)

    @property
    def pack(self) -> Pack:
        """The prompts in force."""
        return self._prompts.pack

    def _given(self) -> tuple[str, tuple[Path, ...]]:
        """Return the language in force, and the folders of an organisation's packs."""
        return self.resolved.text("language"), self._settings.organisation_packs

    def _tell_policy(self, before: Resolved) -> None:
        """Leave a line in the log where an organisation has set something else."""
        now = self.resolved
        ruled = [[x for x in one.layers if x.origin in _RULED] for one in (before, now)]
        if ruled[0] != ruled[1] or before.bounds != now.bounds:
            keys = sorted({*now.bounds, *(key for layer in ruled[1] for key in layer.values)})
            _log.info("The policy has changed; it now has %s", ", ".join(keys) or "nothing")

    def _tell_problems(self, before: Resolved | None = None) -> None:
        """Leave a line in the log for each problem that was not there *before*."""
        for problem in self.resolved.problems:
            if before is None or problem not in before.problems:
                _log.warning("%s", problem)

    def _made_rules(self) -> Rules:
        made = rules(self.resolved, self.pack.index)
        person = replace(made.person, hidden=made.person.hidden | self._hidden)
        speed = self._clock.speed
        return replace(made, person=person, late_s=_LATE_S * speed, noise_s=_NOISE_S * speed)

    def hide(self, prompt: str) -> tuple[str, ...]:
        """Choose *prompt* no more from now on; return all that the settings should hide."""
        self._hidden |= {prompt}
        self.rules = self._made_rules()
        return (*self.resolved.texts("person.hidden_prompts"), *sorted(self._hidden))

    @property
    def kinds_on(self) -> tuple[str, ...]:
        """Names of the kinds that are switched on."""
        return tuple(kind.name for kind in self.rules.kinds if kind.enabled)

    @property
    def settings_problems(self) -> tuple[Said, ...]:
        """What is wrong with settings and packs."""
        return (*self.resolved.problems, *self.pack.problems)

    @property
    def store_problems(self) -> tuple[Said, ...]:
        """What is wrong with the history."""
        return tuple(self._store.problems)

    @property
    def write_again_s(self) -> float | None:
        """When to try again to write what waits (the engine's clock); None: nothing does."""
        return self._store.write_again_s

    @property
    def save_by_s(self) -> float:
        """When a state must be on a disk again, at the latest (the engine's clock)."""
        return self._store.save_by_s

    # ── rows and state ─────────────────────────────────────────────────────────────────────

    def _fitted(self, saved: Saved) -> State:
        """Put the saved kinds into today's order; one that is new begins where that ended.

        What hangs on kinds that are no more goes with them.
        """
        names = tuple(kind.name for kind in self.rules.kinds)
        if names == saved.kind_names:
            return saved.state
        old = dict(zip(saved.kind_names, saved.state.kinds, strict=True))
        new = KindState(saved.state.at.boot_s)
        state = saved.state.copy()
        state.kinds = tuple(old.get(name, new) for name in names)
        state.credit = None  # it knows kinds by their place
        if state.mark is not None and state.mark.kind not in names:
            state.mark = None
        e = state.episode
        if e is not None:
            folded = tuple(name for name in e.folded if name in names)
            state.episode = replace(e, folded=folded) if e.kind in names else None
        return state

    def keep(self, state: State, rows: Sequence[Span | Episode], undo: Sequence[Undo]) -> None:
        """Write rows and state in one go, before anything of it is shown."""
        was_misread = self._store.is_misread
        self._store.append(rows, undo, self._saved(state))
        today = None if was_misread else self._today
        if state.today != self._pruned:
            self._store.prune(state.today, self.resolved.whole("history.keep_days"))
            self._pruned = None if self._store.write_again_s else state.today
        if today is None or undo or today.on != state.today:
            self._today = self._read_today(state.today)
        elif rows:
            self._today = today.with_rows(rows)

    def erase(self, state: State, before: date | None) -> Said | None:
        """Erase the days before *before*, or all (None), and keep *state*, which tells of none.

        Returns what could not be erased, if anything.

        Raises:
            Refusal: Nothing was erased.
        """
        problem = self._store.erase(before, self._saved(state))
        self._today = self._read_today(state.today)
        return problem

    def _saved(self, state: State) -> Saved:
        names = tuple(kind.name for kind in self.rules.kinds)
        return Saved(state, names, self._run_id, self._clock.offset_s)

    def _read_today(self, on: date) -> _Today:
        """Read all that the week of *on* is made of; after that only rows of that day come."""
        first = stats.week_start(on, language.first_weekday())
        past = self._store.days(
            first - timedelta(days=7),
            on - timedelta(days=1),
            self.kinds_on,
            self.rules.day_starts_s,
        )
        spans, episodes = self._store.rows(on, on)
        return _Today(on, tuple(past), tuple(spans), tuple(episodes))

    def _known_today(self, on: date) -> _Today:
        """Return today's rows, also where not one event could be handled yet."""
        return self._today or self._read_today(on)

    def week(self, state: State, now: Moment, of: date | None = None) -> Week:
        """Return the week of *of* (today), with what is not recorded yet, and the one before."""
        first_weekday = language.first_weekday()
        today = self._known_today(state.today)
        open_now = open_spans(state, now)
        if of is None:
            days: Sequence[Day] = today.days(open_now, self.rules.day_starts_s, self.kinds_on)
            wanted = state.today
        else:
            first = stats.week_start(of, first_weekday)
            before, last = first - timedelta(days=7), first + timedelta(days=6)
            days = self._store.days(before, last, self.kinds_on, self.rules.day_starts_s)
            if before <= state.today <= last:
                now_days = today.days(open_now, self.rules.day_starts_s, self.kinds_on)
                fresh = {one.date: one for one in now_days if one.date == state.today}
                days = [*(one for one in days if one.date not in fresh), *fresh.values()]
            wanted = of
        return stats.week(days, wanted, self.kinds_on, first_weekday=first_weekday)

    @property
    def first_weekday(self) -> int:
        """The day on which a week begins here, 0 for Monday."""
        return language.first_weekday()

    def recent(self, state: State, count: int) -> list[Episode]:
        """Return the episodes that ended last, the latest last; of the last week at most."""
        today = self._known_today(state.today)
        found = list(today.episodes)
        if len(found) < count:
            day = timedelta(days=1)
            _, before = self._store.rows(today.on - day * _RECENT_DAYS, today.on - day)
            found = [*before, *found]
        return found[-count:]

    def around(self, state: State, now: Moment, at: Moment) -> tuple[list[Span], list[Episode]]:
        """Return what happened from the day before *at* on, with what is not recorded yet."""
        day = day_of(at, self.rules.day_starts_s)
        spans, episodes = self._store.rows(day - timedelta(days=1), day + timedelta(days=1))
        open_now = [] if state.episode is None else [state.episode]
        return [*spans, *open_spans(state, now)], [*episodes, *open_now]

    # ── for words ──────────────────────────────────────────────────────────────────────────

    def snapshot(self, state: State, now: Moment, problems: tuple[Said, ...]) -> views.Snapshot:
        """Return everything that words are made of; reads no disk, changes nothing."""
        every = (*problems, *self.settings_problems, *self.store_problems)
        week = None if self._today is None else self.week(state, now)
        return views.Snapshot(state, self.rules, self.resolved, self.pack, week, every)


class _Today:
    """The rows of today, and the figures of the days before; never changed, only replaced."""

    def __init__(
        self,
        on: date,
        past: tuple[Day, ...],
        spans: tuple[Span, ...],
        episodes: tuple[Episode, ...],
    ) -> None:
        self.on = on
        self.past = past
        self.spans = spans
        self.episodes = episodes

    def with_rows(self, rows: Sequence[Span | Episode]) -> _Today:
        spans = (*self.spans, *(row for row in rows if isinstance(row, Span)))
        episodes = (*self.episodes, *(row for row in rows if isinstance(row, Episode)))
        return _Today(self.on, self.past, spans, episodes)

    def days(
        self, open_now: Sequence[Span], day_starts_s: int, kinds_on: Sequence[str]
    ) -> tuple[Day, ...]:
        spans = (*self.spans, *open_now)
        return (*self.past, *stats.days_of(spans, self.episodes, day_starts_s, kinds_on))
