"""The door: commands reach the running agent here, and only one agent can hold it.

One line of JSON each way, never pickle, by what each system keeps for one account alone: a Unix
stream socket (0600) in our own folder (0700), or on Windows a named pipe for the account's SID.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from deskbreak import __version__
from deskbreak.core.model import Command
from deskbreak.core.words import N_, Refusal, said

if sys.platform == "win32":
    from deskbreak.door import pipes as way
else:
    from deskbreak.door import sockets as way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_log: Final = logging.getLogger(__name__)
_LONGEST_REQUEST: Final = 65_536
_LONGEST_REPLY: Final = 16 * 1024 * 1024
_SAYS_WITHIN_S: Final = 2.0
_LAST_ANSWER_S: Final = 3.0
ANSWER_WITHIN_S: Final = 5.0


class NotRunning(Exception):  # noqa: N818 - it reads as a statement
    """No agent holds the door."""


class _Peer(Protocol):
    """Who is at the other end."""

    def read(self) -> bytes:
        """Return what came, some of it; nothing at the end. Waits a limited time.

        Raises:
            OSError: Nothing came, or it is gone.
        """
        ...

    def write(self, data: bytes) -> None:
        """Send all of *data*. Waits a limited time.

        Raises:
            OSError: It does not read, or is gone.
        """
        ...

    def close(self) -> None:
        """Let go; what was written arrives all the same."""
        ...


class Door:
    """The agent's side."""

    def __init__(self, folder: Path) -> None:
        """Use *folder* (it exists, 0700)."""
        self._entrance = way.Entrance(folder)
        self._listener: threading.Thread | None = None
        self._open: Callable[[], None] | None = None

    def claim(self) -> bool:
        """Become the one agent; False if another one runs.

        The kernel frees the claim with the process, so a killed agent blocks nobody.

        Raises:
            Refusal: What we need for it is in the hands of somebody else.
        """
        return self._entrance.claim()

    def open(
        self,
        answer: Callable[[Command], dict[str, Any]],
        lasts: Callable[[], contextlib.AbstractContextManager[object]] = contextlib.nullcontext,
    ) -> None:
        """Answer commands on a thread of our own, until `close`; those that came before, too.

        What *lasts* returns stands around all that the thread does.
        """
        self._open = partial(self._begin, answer, lasts)
        self._open()

    def _begin(
        self,
        answer: Callable[[Command], dict[str, Any]],
        lasts: Callable[[], contextlib.AbstractContextManager[object]],
    ) -> None:
        peers = self._entrance.peers()

        def listen() -> None:
            with lasts():
                _listen(peers, answer)

        self._listener = threading.Thread(target=listen, name="door", daemon=True)
        self._listener.start()

    def stands(self) -> bool:
        """Whether commands and other agents still find us."""
        return self._entrance.stands()

    def make_anew(self) -> bool:
        """Be found again, where what is needed for that was removed; False if another agent is there.

        The folder exists. Until now another agent could have begun.

        Raises:
            Refusal: It cannot be made.
        """
        self.close()
        if not self.claim():
            return False
        if self._open is not None:
            self._open()
        return True

    def close(self) -> None:
        """Answer no more, and let the next agent in."""
        self._entrance.stop()
        if self._listener is not None:
            self._listener.join(_LAST_ANSWER_S)
        self._entrance.close()


def _listen(peers: Iterable[_Peer], answer: Callable[[Command], dict[str, Any]]) -> None:
    for peer in peers:
        try:
            with contextlib.closing(peer):
                _serve(peer, answer)
        except OSError as error:
            _log.debug("Who asked was too slow, or is gone: %s", error)
        except (ValueError, RecursionError) as error:
            # What was said may be private, and as long as it likes.
            _log.warning("A command was not understood: %s", type(error).__name__)
        except Exception:  # noqa: BLE001 - whatever one command does, the next is answered
            _log.exception("A command was not carried out")


def _serve(peer: _Peer, answer: Callable[[Command], dict[str, Any]]) -> None:
    command = _command(_line(peer, _LONGEST_REQUEST, _SAYS_WITHIN_S))
    reply = {"version": __version__, **answer(command)}
    peer.write(json.dumps(reply).encode() + b"\n")


def _command(line: bytes) -> Command:
    """Read what was asked.

    Raises:
        ValueError: It is no command.
        RecursionError: The same, deeply nested.
    """
    asked = json.loads(line)
    if not isinstance(asked, dict):
        raise ValueError("no object")  # noqa: TRY004 - one kind of error for all that is not understood
    name, argument = asked.get("command"), asked.get("argument", "")
    if not isinstance(name, str) or not isinstance(argument, str):
        raise ValueError("no words")  # noqa: TRY004 - as above
    return Command(name, argument)


def is_running(folder: Path) -> bool:
    """Whether an agent holds the door; asks the kernel, not the agent."""
    return way.is_running(folder)


@contextlib.contextmanager
def single(folder: Path) -> Iterator[None]:
    """Be the only agent whose log is in *folder* meanwhile, whatever runtime folder others have.

    Sessions of one user differ in that: one over ssh or of cron may have no XDG_RUNTIME_DIR.

    Raises:
        Refusal: There is another one.
    """
    with way.held(folder) as is_ours:
        if not is_ours:
            raise Refusal(
                said(N_("already running, in a session of yours that has another runtime folder")),
                said(N_("Use it from there, or end it there: deskbreak quit.")),
            )
        yield


def ask(folder: Path, command: Command, timeout_s: float = ANSWER_WITHIN_S) -> dict[str, Any]:
    """Hand *command* to the running agent and return its answer.

    Raises:
        NotRunning: There is none.
        Refusal: It does not answer, or what answers is not ours.
    """
    request = {"version": __version__, "command": command.name, "argument": command.argument}
    try:
        agent = way.reach(folder, timeout_s)
        if agent is None:
            raise NotRunning
        with contextlib.closing(agent):
            agent.write(json.dumps(request).encode() + b"\n")
            reply = json.loads(_line(agent, _LONGEST_REPLY, timeout_s))
    except (OSError, ValueError) as error:
        raise Refusal(
            said(N_("deskbreak runs but does not answer")),
            said(N_("Start it anew: deskbreak quit, then deskbreak run.")),
        ) from error
    return dict(reply)


def _line(peer: _Peer, longest: int, within_s: float) -> bytes:
    """Read until the end of a line; who says it letter by letter has no longer than anybody else.

    Raises:
        OSError: It does not come in time.
        ValueError: It has no end, or is too long.
    """
    until_s = time.monotonic() + within_s
    data = bytearray()
    while not data.endswith(b"\n"):
        if time.monotonic() > until_s:
            raise TimeoutError
        part = peer.read()
        data += part
        if not part or len(data) > longest:
            raise ValueError("no line")
    return bytes(data)
