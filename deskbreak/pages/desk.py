"""What every page asks: the settings, the history, the running agent, the words, the time."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from deskbreak import door
from deskbreak.core import sources
from deskbreak.core.model import Command
from deskbreak.core.rules import rules
from deskbreak.core.words import Refusal
from deskbreak.pages import moving
from deskbreak.pages.moving import Figures
from deskbreak.storage import files, language, packs
from deskbreak.storage.recorded import history_in_use
from deskbreak.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskbreak.core.model import Moment
    from deskbreak.core.pack import Pack, Whose
    from deskbreak.core.settings import Resolved
    from deskbreak.core.sources import Source
    from deskbreak.core.words import Words
    from deskbreak.storage.files import Places
    from deskbreak.storage.layers import Settings

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of one person, as the pages see it. Reads anew whenever it is asked."""

    places: Places
    now: Callable[[], Moment]
    settings: Settings

    def resolved(self) -> Resolved:
        """Return the settings in force."""
        return self.settings.load()

    def store(self) -> Store:
        """Return a copy of the whole history, to read; to be closed. See `read`, which is quicker."""
        return Store.open(self._history(), self.places.latest, read_only=True)

    def read(self, act: Callable[[Store], _T]) -> _T:
        """Return what *act* reads of the history where it lies; of a damaged one, of a copy.

        Quick and small however long the history is. *act* may be called twice.
        """
        with Store.look(self._history(), self.places.latest) as store:
            found = act(store)
            if not store.problems:
                return found
        with self.store() as store:
            return act(store)

    def agent_runs(self) -> bool:
        """Whether an agent runs; asks the kernel, not the agent."""
        return door.is_running(self.places.runtime)

    def _history(self) -> Path:
        return history_in_use(self.places, is_running=self.agent_runs)

    def ask(self, command: Command) -> dict[str, Any] | None:
        """Let the running agent do *command*; None where none runs.

        Raises:
            Refusal: It does not answer.
        """
        try:
            return door.ask(self.places.runtime, command)
        except door.NotRunning:
            return None

    def tell_of_settings(self) -> None:
        """Let the running agent read the settings now; one that hangs does so by itself, later."""
        with contextlib.suppress(Refusal):
            self.ask(Command("reload"))

    def words(self, resolved: Resolved) -> Words:
        """Return the words in the language of *resolved*."""
        return language.catalogue(resolved.text("language"))

    def pack(self, resolved: Resolved) -> Pack:
        """Return the prompts in the language of *resolved*: ours, an organisation's, their own."""
        folders = self.settings.organisation_packs
        return packs.read(self.places.packs, resolved.text("language"), *folders)

    def pack_texts(self, resolved: Resolved) -> tuple[tuple[Whose | None, str], ...]:
        """Return the texts of these packs, in the same order, with whose they are; None: ours."""
        folders = self.settings.organisation_packs
        return packs.texts(self.places.packs, resolved.text("language"), *folders)

    def figures(self, resolved: Resolved) -> Figures:
        """Return how prompts are shown; reads the packs."""
        pack = self.pack(resolved)
        rolling = rules(resolved, pack.index).person.wheelchair_only
        seated = {one.id for one in pack.index if one.wheelchair} if rolling else ()
        texts = packs.pose_texts(self.places.packs, *self.settings.organisation_packs)
        return Figures(moving.scenes(texts), pack.texts, frozenset(seated))

    def sources(self, resolved: Resolved) -> dict[str, Source]:
        """Return what prompts and settings rest on, by id."""
        texts = files.pack_texts(resolved.text("language") or language.of_desktop())
        return sources.read(text for _, text in texts)
