"""Where a browser comes in: a port, its secrets, and the files that lead to it, each of them once.

It is there before what answers: while a browser starts, the rest is still being loaded.
"""

from __future__ import annotations

import json
import re
import secrets
import socket
from contextlib import suppress
from html import escape
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.words import Refusal
from deskbreak.pages.guard import ENTRANCE, TOKEN_S, Keys
from deskbreak.storage.textfile import read_bytes, replace_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AGAIN: Final = "/again"
"""Where another look asks a server that runs for a way in, instead of starting a second one."""

_RECORD: Final = "pages.json"  # where a server that runs is found, by this user alone
_MOST_BYTES: Final = 4096
_WITHIN_S: Final = 2.0
_WAITING: Final = 32
_WAY: Final = re.compile(r"open-[0-9a-f]{16}\.html")


class Entrance:
    """A free port on the loopback interface, and who may come in there."""

    def __init__(
        self, folder: Path, now_s: Callable[[], float], readable: Path | None = None
    ) -> None:
        """Listen; whoever comes waits until somebody answers. *folder* is this user's alone.

        *now_s* tells the time in seconds, by a clock that goes on while the computer sleeps; the
        files for the browser are in *readable*, if it cannot read those in *folder*.

        Raises:
            Refusal: Where we are cannot be written down.
        """
        self.now_s = now_s
        self.keys = Keys(now_s)
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=_WAITING)
        self.port: int = self.socket.getsockname()[1]
        self._folder = folder
        self._doormat = readable or folder  # where the files lie that let a browser in
        self._ways: dict[
            str, tuple[Path, float]
        ] = {}  # by token: what lets a browser in, until when
        self._where = {"port": self.port, "root": self.keys.root, "session": self.keys.session}
        replace_text(folder / _RECORD, json.dumps(self._where))
        for each in {folder, self._doormat}:
            _sweep(each, folder / _RECORD)

    @property
    def url(self) -> str:
        """Where the pages are, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}{self.keys.root}"

    def way_in(self, page: str) -> Path:
        """Return a new file that leads a browser to *page*: in no list of processes, once, for a minute.

        Raises:
            Refusal: It cannot be written.
        """
        token = self.keys.token()
        target = f"{self.url}{ENTRANCE}?token={token}&to={page}"
        path = self._doormat / f"open-{secrets.token_hex(8)}.html"
        self._ways[token] = path, self.now_s() + TOKEN_S
        replace_text(path, _LEADS_ON.format(target=escape(target)))
        return path

    def enter(self, token: str) -> bool:
        """Let a browser in that has *token*, for the only time; False for any other."""
        let_in = self.keys.redeem(token)
        self._close(token)
        return let_in

    def close_old(self) -> None:
        """Remove the files that lead in no more."""
        for token, (_, until_s) in list(self._ways.items()):
            if self.now_s() > until_s:
                self._close(token)

    def _close(self, token: str) -> None:
        path, _ = self._ways.pop(token, (None, 0.0))
        if path is not None:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    @property
    def is_known(self) -> bool:
        """Whether anybody could still find us: at the end of a session the folder goes."""
        return self._folder.is_dir()

    def close(self) -> None:
        """Listen no more, and leave nothing behind."""
        for token in list(self._ways):
            self._close(token)
        if _recorded(self._folder) == self._where:
            (self._folder / _RECORD).unlink(missing_ok=True)
        self.socket.close()


_LEADS_ON: Final = (
    "<!doctype html><meta charset=utf-8><title>deskbreak</title>"
    '<meta name=referrer content=no-referrer><meta http-equiv=refresh content="0;url={target}">'
)


def _sweep(folder: Path, record: Path) -> None:
    """Remove what a server that was killed has left: much older than our *record*."""
    with suppress(OSError):
        now_s = record.stat().st_mtime
        for path in folder.iterdir():
            if _WAY.fullmatch(path.name) and path.stat().st_mtime < now_s - TOKEN_S:
                path.unlink()


def _recorded(folder: Path) -> dict[str, Any] | None:
    """Return where a server says it is; it may be gone."""
    with suppress(Refusal, ValueError, RecursionError):
        found = json.loads(read_bytes(folder / _RECORD, _MOST_BYTES) or b"null")
        if isinstance(found, dict) and isinstance(found.get("port"), int):
            return found
    return None


def ask_running(folder: Path, page: str, readable: Path | None = None) -> Path | None:
    """Ask a server that runs for a way to *page*; None where none runs. Folders as of `Entrance`."""
    found = _recorded(folder)
    if found is None:
        return None
    import http.client  # only where somebody may be asked

    host = f"127.0.0.1:{found['port']}"
    headers = {
        "Cookie": f"deskbreak-{found['port']}={found.get('session')}",
        "Origin": f"http://{host}",
        "Content-Type": "text/plain",
    }
    connection = http.client.HTTPConnection(host, timeout=_WITHIN_S)
    try:
        connection.request("POST", f"{found.get('root')}{AGAIN}", page.encode(), headers)
        answer = connection.getresponse()
        path = answer.read(_MOST_BYTES).decode()
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    # Whoever has the port now, if it is not ours, gets no browser sent elsewhere than to our folder.
    way = (readable or folder) / path
    is_ours = answer.status == http.client.OK and _WAY.fullmatch(path) is not None
    return way if is_ours and way.is_file() else None
