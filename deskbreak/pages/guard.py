"""Who gets an answer at all: the first thing that sees a request, before any page does.

The pages are for one browser of one person. A request is answered only where it names this very
server, comes from a page of it (or from the file that opened the browser), and carries the secret
that only that browser was given. Everybody else gets 403 and no word.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping
    from typing import Any

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

ENTRANCE: Final = "/enter"
"""Where a browser exchanges what it was given for its cookie; the only page without one."""

TOKEN_S: Final = 60.0
"""How long what the browser is given can be exchanged, once."""

_MOST_TOKENS: Final = 16
_METHODS: Final = ("GET", "HEAD", "POST")
_FROM_HERE: Final = (b"same-origin", b"none")

_POLICY: Final = b"content-security-policy"

HEADERS: Final = (
    (
        _POLICY,
        (
            b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
            b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
    ),
    (b"cache-control", b"no-store"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
"""With every answer. Source: OWASP HTTP Security Response Headers Cheat Sheet, 2025."""


@dataclass(slots=True)
class Keys:
    """The secrets of one run of the server; none is ever written to a log or into a page.

    ``now_s`` tells the time in seconds. ``session`` is the value of the cookie, ``form`` stands in
    every form: a page of somebody else cannot know it.
    """

    now_s: Callable[[], float]
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    form: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    root: str = field(default_factory=lambda: f"/{secrets.token_urlsafe(12)}")
    _tokens: dict[str, float] = field(default_factory=dict)

    def token(self) -> str:
        """Return what one browser can exchange for the cookie, once, within a minute."""
        while len(self._tokens) >= _MOST_TOKENS:
            del self._tokens[next(iter(self._tokens))]
        made = secrets.token_urlsafe(32)
        self._tokens[made] = self.now_s() + TOKEN_S
        return made

    def redeem(self, token: str) -> bool:
        """Take a token back; False where it is none of ours, was used, or is too old."""
        given = token.encode()
        found = [one for one in self._tokens if secrets.compare_digest(one.encode(), given)]
        until_s = [self._tokens.pop(one) for one in found]
        return bool(until_s) and self.now_s() <= until_s[0]


class Guard:
    """Lets through what belongs here; an ASGI application around another one."""

    def __init__(self, app: App, keys: Keys, port: int, looked: Callable[[], None]) -> None:
        """Guard *app* at *port*; *looked* is called with every request that is let through."""
        self._app = app
        self._keys = keys
        self._looked = looked
        self._hosts = (f"127.0.0.1:{port}".encode(), f"localhost:{port}".encode())
        self.cookie = f"deskbreak-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        if not self._belongs_here(scope):
            await _refuse(send)
            return
        self._looked()
        await self._app(scope, receive, _hardened(send))

    def _belongs_here(self, scope: Scope) -> bool:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        host = _only(headers, b"host")
        if host not in self._hosts or scope["method"] not in _METHODS:
            return False
        path = scope["path"]
        if path == f"{self._keys.root}{ENTRANCE}":
            # From a file: the browser calls that another site. What counts is the token.
            return bool(scope["method"] == "GET")
        if not path.startswith(f"{self._keys.root}/"):
            return False
        origin, site = _only(headers, b"origin"), _only(headers, b"sec-fetch-site")
        if site not in (None, *_FROM_HERE) or (scope["method"] == "POST" and origin is None):
            return False
        # Without a referrer a browser calls the origin of our own forms null, too; what it says of
        # the site no page can make it say. Source: Fetch Standard, "append a request Origin header".
        is_own_form = origin == b"null" and site == b"same-origin"
        if not is_own_form and origin not in (None, b"http://" + host):
            return False
        return self._has_cookie(headers)

    def _has_cookie(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        expected = f"{self.cookie}={self._keys.session}".encode()
        given = [
            cookie.strip()
            for name, value in headers
            if name == b"cookie"
            for cookie in value.split(b";")
            if cookie.strip().startswith(f"{self.cookie}=".encode())
        ]
        return len(given) == 1 and secrets.compare_digest(given[0], expected)


_TWICE: Final = b"\x00"


def _only(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> bytes | None:
    """Return the one value of a header, None without it; of two neither, but what fits nothing."""
    found = [value for name, value in headers if name == wanted]
    return None if not found else found[0] if len(found) == 1 else _TWICE


async def _refuse(send: Send) -> None:
    headers = [(b"connection", b"close"), (b"content-length", b"0"), *HEADERS]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _hardened(send: Send) -> Send:
    async def with_headers(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            own = list(message.get("headers", ()))
            # A picture has a policy of its own: two of them would both have to be met.
            given = {name for name, _ in own} & {_POLICY}
            message["headers"] = own + [one for one in HEADERS if one[0] not in given]
        await send(message)

    return with_headers
