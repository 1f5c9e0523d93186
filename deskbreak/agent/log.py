"""The log: a handful of lines a day, and never more than a few megabytes, whatever goes wrong."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.plain import one_line, steady, steady_line
from deskbreak.core.words import Refusal
from deskbreak.storage.textfile import private_folder

if TYPE_CHECKING:
    from io import TextIOWrapper
    from pathlib import Path

_log: Final = logging.getLogger(__name__)
_MOST_BYTES: Final = 1_000_000
"""Then the file is kept once, and begun anew: two megabytes in all. Our own choice."""
_OFTEN: Final = 3
_QUIET_S: Final = 600.0
"""After so many lines of one cause, one each ten minutes. Our own choice."""
_CAUSES: Final = 200


def log_to(path: Path, *, debug: bool) -> None:
    """Log to *path* (0600); with *debug* every event, and to standard error too."""
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for chatty in ("PIL", "apscheduler", "tzlocal"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    handler: logging.Handler
    try:
        private_folder(path.parent)
        handler = LogFile(path)
    except (OSError, Refusal) as error:
        handler = logging.StreamHandler()
        _log.warning("No log at %s: %s", path, one_line(str(error)))
    handler.setFormatter(_Lines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(Seldom().passes)
    root.addHandler(handler)
    if debug:
        root.addHandler(logging.StreamHandler())


class _Lines(logging.Formatter):
    """Writes one line a record, and below it where an error came from; none steers a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of *record*."""
        record.exc_text = None  # as another handler made them
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line: what it quotes begins no line of its own."""
        return steady_line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 - as logging has it
        """Return the lines below it."""
        return steady(super().formatException(ei))


class LogFile(logging.FileHandler):
    """A file of this user alone that is kept once when it has grown, and begun anew."""

    def __init__(self, path: Path, most_bytes: int = _MOST_BYTES) -> None:
        """Open *path* to add to it.

        Raises:
            OSError: It cannot be written.
        """
        self._most_bytes = most_bytes
        super().__init__(path, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        descriptor = os.open(self.baseFilename, flags, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")

    def emit(self, record: logging.LogRecord) -> None:
        """Write *record*; first make room, if need be."""
        try:
            if (
                self.stream is not None
                and os.fstat(self.stream.fileno()).st_size > self._most_bytes
            ):
                self.stream.close()
                os.replace(self.baseFilename, f"{self.baseFilename}.1")  # noqa: PTH105 - a name, as logging has it
                self.stream = self._open()
        except (OSError, ValueError):
            self.handleError(record)
        else:
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Lose *record*: a disk that is full must not fill the terminal with tracebacks."""


class Seldom:
    """Lets the same trouble into the log a few times, and then once each ten minutes."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[int, float]] = {}

    def passes(self, record: logging.LogRecord) -> bool:
        """Tell whether *record* is to be written."""
        if record.levelno < logging.WARNING:
            return True
        cause = (record.name, record.lineno, *_where(record))
        times, last_s = self._known.get(cause, (0, record.created))
        # A clock that was put back counts as a long time.
        if times >= _OFTEN and 0 <= record.created - last_s < _QUIET_S:
            return False
        if len(self._known) >= _CAUSES:
            self._known.clear()
        self._known[cause] = (times + 1, record.created)
        return True


def _where(record: logging.LogRecord) -> tuple[object, ...]:
    """Return what tells one exception from another: its kind, and the line that raised it."""
    if record.exc_info is None or record.exc_info[1] is None:
        return ()
    trace = record.exc_info[2]
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = () if trace is None else (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    return (type(record.exc_info[1]).__name__, *place)
