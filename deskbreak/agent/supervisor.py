"""Chooses among idle sources, and replaces those that die."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from deskbreak.platforms import Refused, pick
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from deskbreak.core.words import Said
    from deskbreak.ports import IdleSource

    OnLost = Callable[[Said], None]
    Way = Callable[[Callable[[], None], OnLost], IdleSource]
    """Opens an idle source, from what it calls with news and when it is lost."""

_log: Final = logging.getLogger(__name__)
_QUESTIONS: Final = 2  # one that is not answered in time says nothing yet
LOOK_AGAIN_S: Final = 30.0
"""Between two attempts to find what nobody announces. Our own choice."""


class Supervisor:
    """Keeps the best idle source that works; an `IdleSource` that may be without one.

    One that dies is replaced at once by the next. Where a better one was there before, or none
    is left, it is looked for every 30 s, but for those whose return somebody announces.
    """

    def __init__(
        self,
        ways: Mapping[str, Way],
        changed: Callable[[], None],
        *,
        display_answers: Callable[[], bool],
        announced: Collection[str] = (),
        looks_again: bool = True,
    ) -> None:
        """Open nothing yet. *ways* are the sources by name, the best first.

        *display_answers* is asked where all of them are lost: a person cannot sit before a
        display that is gone. `look` is called when one of *announced* may be there. Unless it
        *looks_again*, what is lost stays lost.
        """
        self._ways = dict(ways)
        self._changed = changed
        self._display_answers = display_answers
        self._announced = frozenset(announced)
        self._looks_again = looks_again
        self._lock = threading.Lock()
        self._source: IdleSource | None = None
        self._lost_one: IdleSource | None = None  # to be closed
        self._lost: Said | None = None
        self._refused: dict[str, Refused] = {}
        self._were_there: set[str] = set()
        self._marks_s: frozenset[float] = frozenset()
        self._is_display_gone = False
        self._choosing = threading.Lock()
        self._is_looking = False
        self._wake = threading.Event()
        self._over = threading.Event()

    @property
    def name(self) -> str | None:
        """What is in use; None while nothing is."""
        source = self._source
        return None if source is None else source.name

    @property
    def source(self) -> IdleSource | None:
        """What is in use, itself."""
        return self._source

    @property
    def refused(self) -> tuple[Refused, ...]:
        """What is better than the one in use and does not work, and why, the best first."""
        names, name = list(self._ways), self.name
        better = names if name is None else names[: names.index(name)]
        refused = dict(self._refused)
        return tuple(refused[name] for name in better if name in refused)

    @property
    def lost(self) -> Said | None:
        """Why the last one was lost, where none has taken its place."""
        return self._lost if self._source is None else None

    @property
    def is_display_gone(self) -> bool:
        """Whether the display went before which somebody sat."""
        return self._is_display_gone

    def open(self) -> None:
        """Choose; where nothing works go on looking."""
        self._choose()
        if self._is_missed():
            self._look_in_background()

    def look(self) -> None:
        """One of them may be there now: find out, on a thread of our own."""
        with self._lock:
            first = next(iter(self._ways), None)
            if self._over.is_set() or (self._source is not None and self._source.name == first):
                return
        self._look_in_background(is_now=True)

    def idle_s(self) -> float | None:
        """Ask the one in use; None where nothing can tell."""
        source = self._source
        for _ in range(_QUESTIONS if source is not None else 0):
            assert source is not None
            try:
                return source.idle_s()
            except Unavailable as reason:
                _log.debug("Idle time is unknown: %s", reason)
        return None

    def watch(self, marks_s: frozenset[float]) -> None:
        """Let the one in use, and each later one, report these marks."""
        with self._lock:
            if marks_s == self._marks_s:
                return
            self._marks_s, source = marks_s, self._source
        if source is not None:
            source.watch(marks_s)

    def close(self) -> None:
        """Let go of all."""
        self._over.set()
        self._wake.set()
        with self._lock:
            source, self._source = self._source, None
        for one in (source, self._lost_one):
            if one is not None:
                one.close()

    # ── choosing, on whichever thread ──────────────────────────────────────────────────────

    def _choose(self) -> bool:
        """Try those that are better than the one in use; tell whether one was taken."""
        with self._choosing:
            before = self._source
            names = list(self._ways)
            better = names if before is None else names[: names.index(before.name)]
            lost: list[Said] = []  # while it was being opened
            picked = pick({name: self._opener(name, lost) for name in better})
            refused = [*picked.refused]
            with self._lock:
                taken = None if lost or self._over.is_set() else picked.value
                if picked.name is not None and lost:
                    refused.append(Refused(picked.name, lost[0]))
                tried = {*better[: len(refused)], picked.name}
                kept = {name: one for name, one in self._refused.items() if name not in tried}
                self._refused = kept | {one.name: one for one in refused}
                if taken is not None:
                    self._source, self._is_display_gone = taken, False
                    self._were_there.add(taken.name)
                marks_s = self._marks_s
            unused = picked.value if taken is None else before
            if taken is not None and marks_s:
                taken.watch(marks_s)
            if unused is not None:
                unused.close()
            return taken is not None

    def _opener(self, name: str, lost: list[Said]) -> Callable[[], IdleSource]:
        def changed() -> None:
            if self.name == name:  # another one may have taken its place
                self._changed()

        def lose(why: Said) -> None:
            lost.append(why)
            self._lose(name, why)

        return lambda: self._ways[name](changed, lose)

    def _lose(self, name: str, why: Said) -> None:
        """Put *name* aside, on its own thread, and let another one take its place."""
        with self._lock:
            source = self._source
            if source is None or source.name != name or self._over.is_set():
                return
            self._source, self._lost_one, self._lost = None, source, why
            self._refused[name] = Refused(name, why)
        _log.info("%s does not tell of idle time any more: %s", name, why)
        self._look_in_background(is_now=True)

    # ── looking again, on a thread that lives as long as something is missed ───────────────

    def _is_missed(self) -> bool:
        """Tell whether none is in use, or a better one was there before that nobody announces."""
        if not self._looks_again:
            return False
        source = self._source
        if source is None:
            return True
        names = list(self._ways)
        better = set(names[: names.index(source.name)])
        return bool(self._were_there & better - self._announced)

    def _look_in_background(self, *, is_now: bool = False) -> None:
        with self._lock:
            if is_now:
                self._wake.set()
            if self._is_looking or self._over.is_set():
                return
            self._is_looking = True
        threading.Thread(target=self._look_until_found, name="idle-again", daemon=True).start()

    def _look_until_found(self) -> None:
        while True:
            self._wake.wait(LOOK_AGAIN_S)
            self._wake.clear()
            if not self._over.is_set():
                self._try_to_look()
            with self._lock:
                if not (self._wake.is_set() or self._is_missed()) or self._over.is_set():
                    self._is_looking = False
                    return

    def _try_to_look(self) -> None:
        try:
            self._look()
        except Exception:  # noqa: BLE001 - who stops here never looks again, and counts as looking
            _log.exception("Idle time could not be looked for")

    def _look(self) -> None:
        with self._lock:
            lost, self._lost_one = self._lost_one, None
        if lost is not None:
            lost.close()
        was_gone = self._is_display_gone
        is_taken = self._choose()
        if self._source is None:
            self._is_display_gone = bool(self._were_there) and not self._display_answers()
        if is_taken or lost is not None or was_gone != self._is_display_gone:
            self._changed()
