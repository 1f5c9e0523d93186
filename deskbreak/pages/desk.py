"""What every page asks: the settings, the history, the running agent, the words, the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from deskbreak import door
from deskbreak.core import sources
from deskbreak.storage import files, language, packs
from deskbreak.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.core.model import Command, Moment
    from deskbreak.core.pack import Pack
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
        return Store.open(self.places.history, read_only=True)

    def read(self, act: Callable[[Store], _T]) -> _T:
        """Return what *act* reads of the history where it lies; of a damaged one, of a copy.

        Quick and small however long the history is. *act* may be called twice.
        """
        with Store.look(self.places.history) as store:
            found = act(store)
            if not store.problems:
                return found
        with self.store() as store:
            return act(store)

    def ask(self, command: Command) -> dict[str, Any] | None:
        """Let the running agent do *command*; None where none runs.

        Raises:
            Refusal: It does not answer.
        """
        try:
            return door.ask(self.places.runtime, command)
        except door.NotRunning:
            return None

    def words(self, resolved: Resolved) -> Words:
        """Return the words in the language of *resolved*."""
        return language.catalogue(resolved.text("language"))

    def pack(self, resolved: Resolved) -> Pack:
        """Return the prompts in the language of *resolved*, with the person's own."""
        return packs.read(self.places.packs, resolved.text("language"))

    def sources(self, resolved: Resolved) -> dict[str, Source]:
        """Return what prompts and settings rest on, by id."""
        texts = files.pack_texts(resolved.text("language") or language.of_desktop())
        return sources.read(text for _, text in texts)
