"""Prompts printed in a terminal, and answers typed in it, where there is no desktop."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING, Final

from deskbreak.core.model import Choice
from deskbreak.core.plain import steady, steady_line
from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from deskbreak.core.model import PromptView
    from deskbreak.core.words import Words
    from deskbreak.ports import OnAnswer

_WRITE_S: Final = 3.0
"""A terminal that is stopped (Ctrl-S) takes no text (ports.py)."""

_BACKGROUND_S: Final = 5.0
"""How often we look whether the shell gave us the keyboard back. Our own choice."""

_LETTERS: Final = {
    Choice.DONE: "d",
    Choice.POSTPONE: "p",
    Choice.SKIP: "s",
    Choice.NOT_FOR_ME: "n",
    Choice.START: "g",
}


class TerminalChannel:
    """Prints prompts to *stream*; takes answers from *keyboard* while it is our terminal."""

    name = "terminal"
    lost = False

    def __init__(
        self,
        stream: TextIO,
        on_answer: OnAnswer,
        *,
        words: Words,
        keyboard: TextIO | None = None,
    ) -> None:
        """Print nothing yet; *keyboard* is standard input unless told otherwise.

        It is read from now on: the kernel notes that somebody types only when somebody reads.
        Source: tty_update_time, drivers/tty/tty_io.c of Linux.
        """
        self._stream = stream
        self._on_answer = on_answer
        self._words = words
        self._keyboard = _fd_of(sys.stdin if keyboard is None else keyboard)
        self._lock = threading.Lock()
        self._open: PromptView | None = None
        self._printing = threading.Lock()
        self._reader: threading.Thread | None = None
        self._bell: socket.socket | None = None  # ends the reader
        self._start_reading()

    def show(self, view: PromptView) -> None:
        """Print *view*, with how to answer it. At most 3 s.

        Raises:
            Unavailable: The terminal takes no text.
        """
        reads = self._start_reading()
        with self._lock:
            self._open = view
        try:
            self._print(_page(view, self._words, reads=reads))
        except Unavailable:
            with self._lock:
                self._open = None
            raise

    def withdraw(self) -> None:
        """Print that no answer is needed any more, unless there was one; never raises."""
        with self._lock:
            view, self._open = self._open, None
        if view is not None:
            _ = self._words.gettext
            self._say(_("No longer needed: {title}").format(title=steady_line(view.title)))

    def close(self) -> None:
        """Withdraw, and read no more."""
        self.withdraw()
        if self._bell is not None and self._reader is not None:
            self._bell.close()
            if self._reader is not threading.current_thread():
                self._reader.join(1.0)

    # ── writing ────────────────────────────────────────────────────────────────────────────

    def _say(self, line: str) -> None:
        with contextlib.suppress(Unavailable):
            self._print(line + "\n")

    def _print(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        try:
            with self._printing, _unstoppable("SIGTTOU"):
                fd = _fd_of(self._stream)
                if fd is not None and not select.select([], [fd], [], _WRITE_S)[1]:
                    raise Unavailable(said(N_("the terminal takes no text: output is stopped")))
                # What the terminal cannot show becomes a question mark.
                self._stream.write(text.encode(encoding, "replace").decode(encoding))
                self._stream.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream was closed
            why = N_("the terminal takes no text: {reason}")
            raise Unavailable(said(why, reason=error)) from error

    # ── reading ────────────────────────────────────────────────────────────────────────────

    def _start_reading(self) -> bool:
        """Whether answers can be typed here; from the first time on somebody reads them."""
        if self._keyboard is None or not _is_ours_to_read(self._keyboard):
            return False
        if self._reader is None:
            _forget_typed(self._keyboard)  # meant for whatever was there before
            self._bell, ear = socket.socketpair()
            self._reader = threading.Thread(
                target=self._read, args=(self._keyboard, ear), name="terminal", daemon=True
            )
            self._reader.start()
        return True

    def _read(self, keyboard: int, ear: socket.socket) -> None:
        typed = b""
        # Who reads in the background is stopped, all threads of it, if this signal is let in.
        with ear, _unstoppable("SIGTTIN"):
            while True:
                is_ours = _is_ours_to_read(keyboard)
                wanted = [ear.fileno(), keyboard] if is_ours else [ear.fileno()]
                ready, _, _ = select.select(wanted, [], [], None if is_ours else _BACKGROUND_S)
                if ear.fileno() in ready or not os.isatty(keyboard):
                    return
                with contextlib.suppress(OSError):  # not ours any more
                    typed += os.read(keyboard, 4096) if ready else b""
                *lines, typed = typed.split(b"\n")
                for line in lines:
                    self._take(line.decode(errors="replace"))

    def _take(self, line: str) -> None:
        """Understand *line* as an answer, or say how to answer."""
        word = line.strip().casefold()
        if not word:
            return
        _ = self._words.gettext
        with self._lock:
            view = self._open
            choice = None if view is None else _choices(_offered(view, self._words)).get(word)
            if choice not in (None, Choice.START):  # the guide comes before the answer
                self._open = None
        if view is None:
            self._say(_("There is nothing to answer now."))
        elif choice is None:
            letters = ", ".join(_LETTERS[each] for each in _offered(view, self._words))
            self._say(_("Please type one of {letters}, then Enter.").format(letters=letters))
        else:
            self._on_answer(view.episode, choice)


def _offered(view: PromptView, words: Words) -> dict[Choice, str]:
    _ = words.gettext
    offered = {button.choice: steady_line(button.label) for button in view.buttons}
    return {**offered, Choice.NOT_FOR_ME: offered.get(Choice.NOT_FOR_ME, _("Not for me"))}


def _choices(offered: dict[Choice, str]) -> dict[str, Choice]:
    """Every word that is an answer: what the buttons say, names, letters."""
    labels = {label.casefold(): choice for choice, label in offered.items()}
    names = {choice.value: choice for choice in offered}
    return {**labels, **names, **{_LETTERS[choice]: choice for choice in offered}}


def _page(view: PromptView, words: Words, *, reads: bool) -> str:
    _ = words.gettext
    offered = _offered(view, words)
    if reads:
        answers = [f"  {_LETTERS[choice]}  {label}" for choice, label in offered.items()]
        how = _("Type a letter, then Enter.")
    else:
        answers = [f"  deskbreak answer {choice:12}{label}" for choice, label in offered.items()]
        how = _("Answer with one of these commands.")
    return "\n".join(["", steady_line(view.title), steady(view.body), "", *answers, how, ""])


def _fd_of(stream: TextIO | None) -> int | None:
    """Return the file descriptor of *stream*, or None if it has none."""
    try:
        return None if stream is None else stream.fileno()
    except (OSError, ValueError):
        return None


def _is_ours_to_read(fd: int) -> bool:
    """Whether *fd* is a terminal, and the shell left it to us: ``deskbreak run &`` gets nothing."""
    if sys.platform == "win32" or not os.isatty(fd):
        return False
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return True  # a terminal, but not one that a shell shares out


def _forget_typed(fd: int) -> None:
    if sys.platform != "win32":
        import termios

        with contextlib.suppress(termios.error):
            termios.tcflush(fd, termios.TCIFLUSH)


@contextlib.contextmanager
def _unstoppable(name: str) -> Iterator[None]:
    """Keep the signal *name* from stopping this thread, and with it the whole process.

    Source: __tty_check_change, drivers/tty/tty_jobctrl.c of Linux: with the signal blocked,
    writing goes on and reading fails.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.Signals[name]})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
