"""States that follow what the history has, in two small files, so that it need not be written.

After a step that brought no row the state goes to the runtime folder, which lies in memory: there
it outlives a kill as well as in the history, and nothing is written to a disk. A power cut takes
that file, so every ten minutes the state goes to the other, beside the history: one block, where
the history's log and its index would be four.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.turn import presence_of
from deskbreak.core.words import Refusal
from deskbreak.storage import place
from deskbreak.storage.rows import packed, unpacked
from deskbreak.storage.textfile import private_file, read_bytes, sync_folder

if TYPE_CHECKING:
    from deskbreak.core.model import State
    from deskbreak.storage.rows import Values

_SLOT: Final = 4096  # bytes; a state has some hundred, and a disk loses no less at once
_CHECKSUM: Final = 4  # bytes of it, at the beginning of a slot
_HEAD: Final = struct.Struct(">QI")  # what follows it: number and mark


class Latest:
    """What came after the state that the history has."""

    def __init__(self, history: Path, memory: Path | None) -> None:
        """*memory* None, or on a disk: nothing is written, and only the other file is read."""
        in_memory = memory is not None and _is_memory(memory.parent)
        self._memory = Slots(memory) if memory is not None and in_memory else None
        self._disk = Slots(place.beside(history, place.STATE))
        self._files = [self._disk] if self._memory is None else [self._memory, self._disk]
        self._history: tuple[State, Values] | None = None

    def follow(self, state: State, row: Values) -> None:
        """The history has *state* now, as *row*."""
        self._history = state, row

    def keep(self, state: State, values: Values, *, lasting: bool) -> bool:
        """Keep *values*, which are those of *state*; False: they must go to the history.

        So must what somebody did or said, which a power cut should not take. *lasting*: it takes
        this one neither. After a kill there is this state or the one before.
        """
        if self._memory is None or self._history is None:
            return False
        before, row = self._history
        if _told(before) != _told(state):
            return False
        if lasting and place.network(self._disk.path):
            return False
        with suppress(OSError, Refusal):
            number = 1 + max(*self._memory.numbers(), *self._disk.numbers())
            file = self._disk if lasting else self._memory
            return file.put(Slot(number, _mark(row), values))
        return False

    def read(self, row: Values) -> Values | None:
        """Return what came after the *row* of the history; None where that is the newest."""
        mark = _mark(row)
        following = [slot for file in self._files for slot in file.read() if slot.mark == mark]
        return max(following, key=lambda slot: slot.number).values if following else None

    def tidy(self) -> None:
        """Remove both files, if the history has what is newest."""
        if self._history is not None and self.read(self._history[1]) is None:
            self._remove()

    def drop(self) -> None:
        """The history has no state any more, and nor shall these."""
        self._history = None
        self._remove()

    def _remove(self) -> None:
        for file in self._files:
            with suppress(OSError):
                file.path.unlink(missing_ok=True)


@quick_dataclass(frozen=True, slots=True)
class Slot:
    """A state, as it is in one half of a file."""

    number: int  # from 1, one more than that of any before, in either file
    mark: int  # of the row of the history that it follows
    values: Values


class Slots:
    """A file of two slots that take turns, each with a checksum: where one is torn, the other is not."""

    def __init__(self, path: Path) -> None:
        """The file at *path* need not be there."""
        self.path = path
        self._numbers: list[int] = []

    def read(self) -> list[Slot]:
        """Return what is in them, without what is torn or none of ours."""
        with suppress(Refusal):
            return [slot for slot in self._slots() if slot]
        return []

    def numbers(self) -> list[int]:
        """Return the number in each of the two, 0 for none, as they are or were left by `put`.

        The file is read once: that a file was read since it was written is written down as well.

        Raises:
            Refusal: It cannot be read, or cannot be ours.
        """
        if not self._numbers:
            self._numbers = [slot.number if slot else 0 for slot in self._slots()]
        return self._numbers

    def put(self, slot: Slot) -> bool:
        """Write *slot* in the place of the older one, and wait for the disk; False: it is too long.

        Raises:
            OSError, Refusal: It could not be done.
        """
        data, numbers = _sealed(slot), self.numbers()
        if len(data) > _SLOT:
            return False
        older = numbers.index(min(numbers))
        numbers[older] = 0
        is_new = not self.path.exists()
        with private_file(self.path).open("r+b", buffering=0) as file:
            file.seek(older * _SLOT)
            is_whole = file.write(data) == _SLOT
            os.fsync(file.fileno())
        if is_new:
            sync_folder(self.path.parent)
        numbers[older] = slot.number * is_whole
        return is_whole

    def _slots(self) -> list[Slot | None]:
        data = read_bytes(self.path, 2 * _SLOT) or b""
        return [_opened(data[start : start + _SLOT]) for start in (0, _SLOT)]


def _sealed(slot: Slot) -> bytes:
    body = _HEAD.pack(slot.number, slot.mark) + packed(json.dumps(slot.values))
    body = body.ljust(_SLOT - _CHECKSUM, b"\0")
    return zlib.crc32(body).to_bytes(_CHECKSUM, "big") + body


def _opened(data: bytes) -> Slot | None:
    body = data[_CHECKSUM:]
    if len(data) < _SLOT or zlib.crc32(body) != int.from_bytes(data[:_CHECKSUM], "big"):
        return None
    with suppress(ValueError, TypeError, RecursionError):
        number, mark = _HEAD.unpack_from(body)
        return Slot(number, mark, tuple(json.loads(unpacked(body[_HEAD.size :]))))
    return None


def _told(state: State) -> tuple[object, ...]:
    """Return what changes if somebody comes, goes or says something, or if a day begins."""
    postponed = state.episode.postponed if state.episode else 0
    return state.pause, presence_of(state), postponed, state.today


def _mark(row: Values) -> int:
    """Return a number that says which row it is: no two states have the same moment."""
    return zlib.crc32(repr(row).encode("utf-8", "surrogatepass"))


def _is_memory(folder: Path) -> bool:
    if sys.platform != "linux":
        return False
    with suppress(OSError):
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
        return place.file_system(mounts, folder.resolve()) in {"tmpfs", "ramfs"}
    return False
