"""A copy of what a settings file last said, for a process that finds it broken."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from deskbreak.core.settings import Layer, Origin
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import judged, plain
from deskbreak.core.words import Refusal, Said
from deskbreak.storage.textfile import read_bytes, replace_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MOST_BYTES: Final = 64 * 1024  # as of the file itself


class LastGood:
    """The sound values of a settings file when it could last be read.

    What is about the person's health is not among them: that stays in the file alone.
    """

    def __init__(self, path: Path) -> None:
        """Read nothing yet; *path* is the settings file, and the copy lies beside it."""
        self._path = path
        self._copy = copy_of(path)
        self._kept: dict[str, object] | None = None

    def keep(self, values: Mapping[str, object]) -> None:
        """Keep sound *values* for later, if they are others: one write, no sync. Never raises."""
        new = {key: plain(value) for key, value in values.items() if not SETTINGS[key].private}
        if new == self._known():
            return
        self._kept = new
        with suppress(Refusal, OSError):  # where it cannot be kept, there is none
            if new:
                replace_text(self._copy, json.dumps(new), lasting=False)
            else:
                self._copy.unlink(missing_ok=True)

    def layer(self) -> Layer | None:
        """Return what was kept; None where nothing was. Never raises."""
        values: dict[str, object] = {}
        for key, value in self._known().items():
            setting = SETTINGS.get(key)
            kept = None if setting is None or setting.private else judged(setting, value)
            if kept is not None and not isinstance(kept, Said):  # else of another version
                values[key] = kept
        return Layer(Origin.USER, str(self._path), values) if values else None

    def _known(self) -> dict[str, object]:
        if self._kept is None:
            self._kept = _loaded(self._copy)
        return self._kept


def copy_of(path: Path) -> Path:
    """Return the file beside the settings file *path* that has the copy."""
    return path.with_name(f"{path.name}.good")


def _loaded(copy: Path) -> dict[str, object]:
    """Return what is in *copy*; one that is not ours says nothing."""
    with suppress(Refusal, ValueError, RecursionError):
        data = read_bytes(copy, _MOST_BYTES)
        found: object = json.loads(data) if data else None
        if isinstance(found, dict):
            return found
    return {}
