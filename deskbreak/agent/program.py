"""Whether the program that runs is still the one that lies on the disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, Said, said

if TYPE_CHECKING:
    from collections.abc import Sequence

_REPLACED: Final = said(
    N_(
        "deskbreak was updated or removed while it runs, and what runs is the old one. "
        "Start it anew: deskbreak quit, then deskbreak run."
    )
)


class Program:
    """Our own program, as it was when it started.

    An update puts another file in the place of ours; what is loaded later is then of the new
    program, and may not fit. One look each half minute is all that this costs.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Look at the file with our version, which is another one after every update."""
        self._path = path or Path(__file__).parents[1] / "__init__.py"
        self._began = _stamp(self._path)
        self.problems: Sequence[Said] = ()
        """What to tell the person."""

    def look(self) -> bool:
        """Look again; tell whether it was replaced since the last look. Nothing takes that back."""
        if self.problems or _stamp(self._path) == self._began:
            return False
        self.problems = (_REPLACED,)
        return True


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when another file takes the place; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - one word for one system call
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
