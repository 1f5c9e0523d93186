"""The packs in force: read anew when they are others, a little at a time."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import Refusal
from deskbreak.storage import packs

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from deskbreak.agent.clock import Clock
    from deskbreak.core.pack import Pack

_log: Final = logging.getLogger(__name__)
_READS_FOR_S: Final = 0.01
"""Real seconds after which reading pauses, so that whatever happened meanwhile has its turn. One
file is read without a pause, and takes at most a quarter of a second. Our own choice."""


class Prompts:
    """Belongs to the agent's thread; ``pack`` may be read on any.

    A pack is in force once all files are read; until then the one before is.
    """

    def __init__(
        self, own: Path, given: Callable[[], tuple[str, tuple[Path, ...]]], clock: Clock
    ) -> None:
        """Read all packs: those in *own*, and whatever *given* tells.

        *given* returns the language that is wanted, and the folders of an organisation.

        Raises:
            Refusal: The English pack is not there.
        """
        self._own = own
        self._given = given
        self._clock = clock
        self._reading: Generator[None, None, Pack] | None = None
        self._seen = self.look()  # before they are read, as with the settings
        self.pack = packs.read(own, *self._wanted())
        self._tell()

    def look(self) -> object:
        """Return what is another value when the prompts may be others."""
        wanted, *folders = self._wanted()
        return wanted, folders, packs.look(self._own, *folders)

    def are_other(self, look: object) -> bool:
        """Whether, by a *look*, they should be read again; also where a disk gives what it did not."""
        return look != self._seen or (not self.is_being_read and packs.is_back(self.pack))

    @property
    def is_being_read(self) -> bool:
        """Whether `read_on` has something to do."""
        return self._reading is not None

    def read_if_other(self) -> None:
        """Begin to read, if they are others; where that is quickly done, it is done."""
        look = self.look()
        if self.are_other(look):
            self._seen = look
            self._reading = packs.reading(self._own, *self._wanted())
        self.read_on(look)

    def read_on(self, look: object) -> bool:
        """Read for a while; tell whether all is read now.

        What has become another again by a *look* is left: it counts once it rests.
        Where not even our own pack can be read just now, all we have goes on.
        """
        if look != self._seen:
            self._reading = None
            self._seen = None  # also if it becomes again what it was
        if self._reading is None:
            return False
        until_s = self._clock.boot_s() + _READS_FOR_S * self._clock.speed
        old = self.pack
        try:
            while True:
                next(self._reading)
                if self._clock.boot_s() >= until_s:
                    return False
        except StopIteration as end:
            self.pack = end.value
        except Refusal as reason:  # an update replaces it, or a disk withholds it
            if reason.why not in old.problems:
                self.pack = replace(old, problems=(*old.problems, reason.why))
            self._seen = None  # so that it is tried again
        self._reading = None
        self._tell(old)
        return True

    def _wanted(self) -> tuple[str, *tuple[Path, ...]]:
        language, folders = self._given()
        return language, *folders

    def _tell(self, before: Pack | None = None) -> None:
        """Leave lines in the log: prompts that came or went, and what is wrong with their files."""
        if before is not None and before.whose != self.pack.whose:
            _log.info("The packs have changed; %d prompts are not built in", len(self.pack.whose))
        told = set() if before is None else set(map(str, before.problems))
        for problem in map(str, self.pack.problems):
            if problem not in told:
                _log.warning("%s", problem)
