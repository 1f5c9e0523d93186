"""Whether a program listens to a microphone, as PulseAudio or PipeWire tells."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.pulsewire import (
    LEAST_VERSION,
    NOBODY,
    VERSION,
    Code,
    PulseWire,
    blob,
    cookie,
    number,
    properties,
    server_path,
    text,
)
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.watcher import Watcher

_VERSION_BITS: Final = 0xFFFF
_RECORDING_STREAMS: Final = 0x0008  # PA_SUBSCRIPTION_MASK_SOURCE_OUTPUT
_VALUES: Final = 18  # of one recording stream in a list
_LEVEL: Final = "peaks"  # how a stream is resampled that only draws a level, as mixers do
_MONITOR_OF: Final = 8  # of a source: the output whose sound it is

_log = logging.getLogger(__name__)


class _Stream(NamedTuple):
    """What counts of one recording stream."""

    source: int

    @classmethod
    def of(cls, values: list[object]) -> _Stream | None:
        """Return the stream that *values* tell of; None where nobody listens by it.

        Source: source_output_fill_tagstruct in protocol-native.c of PulseAudio 16.1.
        """
        _, _, module, client, source, _, _, _, _, resampled, _, _, corked, _, muted, *_ = values
        is_internal = client == NOBODY and module != NOBODY  # an echo canceller, a loopback
        if corked or muted or is_internal or resampled == _LEVEL or source == NOBODY:
            return None
        return cls(source) if isinstance(source, int) else None


class Microphone:
    """Listens to which recording streams come and go, and looks where they record from.

    What plays is recorded as well, from the monitor of an output; that is no microphone.
    """

    name = "pulse"
    subscribed = True

    def __init__(
        self,
        watcher: Watcher,
        changed: Callable[[], None],
        lost: Callable[[Said], None],
        path: Path | None = None,
    ) -> None:
        """Connect to the sound server of this user, or to the one at *path*; on *watcher*'s thread.

        Raises:
            Unavailable: There is none.
        """
        self._watcher = watcher
        self._changed = changed
        self._lost = lost
        self._in_use: bool | None = None
        self._is_asking = self._is_stale = False
        self._sources: list[int] = []
        self._wire = PulseWire(path or server_path(), self._streams_changed)
        self._fd = self._wire.fileno()
        watcher.listen(self._fd, self._receive)
        self._is_open = True
        try:
            self._greet()
        except OSError as error:
            self.close()
            raise Unavailable(said(N_("the sound server is gone"))) from error

    def ask(self) -> bool | None:
        """Tell whether a microphone is in use; None until the server has said so."""
        return self._in_use

    def close(self) -> None:
        """Let go of the server; on the watcher's thread."""
        if self._is_open:
            self._is_open = False
            self._watcher.forget(self._fd)
            self._wire.close()

    # ── on the watcher's thread ────────────────────────────────────────────────────────────

    def _receive(self) -> None:
        try:
            self._wire.receive()
        except BlockingIOError:
            return
        except (OSError, ValueError, IndexError) as error:  # the last two: rows of another shape
            _log.info("microphone: %s", error)
            self._lose(said(N_("the sound server is gone")))

    def _lose(self, why: Said) -> None:
        if self._is_open:
            self.close()
            self._in_use = None
            self._lost(why)

    def _greet(self) -> None:
        self._wire.call(Code.AUTH, number(VERSION) + blob(cookie()), self._admitted)

    def _admitted(self, values: list[object] | None) -> None:
        if not values or not isinstance(values[0], int):
            self._lose(said(N_("the sound server refuses us")))
        elif values[0] & _VERSION_BITS < LEAST_VERSION:
            self._lose(said(N_("the sound server is too old")))
        else:
            name = properties({"application.name": "deskbreak"})
            self._wire.call(Code.SET_CLIENT_NAME, name, lambda _: None)
            self._wire.call(Code.SUBSCRIBE, number(_RECORDING_STREAMS), lambda _: None)
            self._look()

    def _streams_changed(self) -> None:
        if self._is_asking:
            self._is_stale = True
        else:
            self._look()

    def _look(self) -> None:
        self._is_asking, self._is_stale = True, False
        self._wire.call(Code.GET_SOURCE_OUTPUT_INFO_LIST, b"", self._streams_told)

    def _streams_told(self, values: list[object] | None) -> None:
        rows = [] if values is None else values
        streams = (_Stream.of(rows[n : n + _VALUES]) for n in range(0, len(rows), _VALUES))
        self._sources = sorted({stream.source for stream in streams if stream is not None})
        self._next_source()

    def _next_source(self) -> None:
        if self._is_stale:
            self._look()
        elif self._sources:
            wanted = number(self._sources.pop()) + text(None)
            self._wire.call(Code.GET_SOURCE_INFO, wanted, self._source_told)
        else:
            self._settle(in_use=False)

    def _source_told(self, values: list[object] | None) -> None:
        if values is not None and values[_MONITOR_OF] == NOBODY and not self._is_stale:
            self._settle(in_use=True)
        else:
            self._next_source()

    def _settle(self, *, in_use: bool) -> None:
        self._is_asking = False
        if in_use is not self._in_use:
            self._in_use = in_use
            self._changed()
        if self._is_stale:
            self._look()
