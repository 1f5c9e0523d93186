"""Who gets an answer: one browser, at this very address, and nobody else a byte."""

from __future__ import annotations

import re
import secrets
import socket
import stat
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.pages.guard import TOKEN_S, Keys
from deskbreak.pages.routes import PAGES, ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.board import Board
    from tests.pages.looking import Served

WRONG_TOKENS: Final = 10_000
TIMED_TOKENS: Final = 100
POLICY: Final = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


# ── the address ────────────────────────────────────────────────────────────────────────────


def foreign_hosts(port: int) -> list[list[bytes]]:
    """Return what stands in Host lines of requests that are not for us; one list a request."""
    own, other = f"127.0.0.1:{port}", 1024 + (port + 1) % 60_000
    everybody = "0.0.0.0"  # noqa: S104 - a name to be refused
    bare = (
        *("127.0.0.1", "localhost", "LOCALHOST", "Localhost", "localhost.", "127.0.0.1."),
        *("127.1", "127.0.1", "127.0.0.2", "127.0.0.01", "0127.0.0.1", "0x7f.0.0.1", "0x7f000001"),
        *("2130706433", "017700000001", "0", everybody, "[::1]", "::1", "[::ffff:127.0.0.1]"),
        *("[0:0:0:0:0:0:0:1]", "localhost.localdomain", "ip6-localhost", "evil.example"),
        *("127.0.0.1.nip.io", "localhost.evil.example", "deskbreak", "deskbreak.local"),
        *("127.0.0.1@evil.example", "evil.example#127.0.0.1", "*", "null", "-", "%6cocalhost"),
        *("127.0.0.1%00", "127。0。0。1", "①②⑦.0.0.1", "ⓛocalhost", "loc\u0430lhost"),
    )
    ports = ("", ":", f":{other}", f":0{port}", f":+{port}", f":{port}x", f":{port}:{port}", ":80")
    hosts = [f"{name}:{port}" for name in bare[2:] if name != "localhost"]
    hosts += [f"{name}{end}" for name in bare[:4] for end in ports]
    hosts += bare[4:]
    hosts += [
        f"http://{own}",
        f"//{own}",
        f"{own}/",
        f"{own}/path",
        f"{own}?",
        f"{own}#",
        f"a@{own}",
    ]
    hosts += [f"{own},{own}", f"{own} {own}", f"{own};", f"{own}, evil.example", f"\\{own}"]
    hosts += [f"127.0.0.1:{port - 65_536}", f"127.0.0.1:{port + 65_536}", f"127.0.0.1:{port:x}"]
    hosts += [f"{n}.{own}" for n in range(40)] + [f"{own}{n}" for n in range(10)]
    hosts += [f"127.0.0.{n}:{port}" for n in range(2, 30)]
    rows = [[host.encode()] for host in hosts]
    rows += [[], [b""], [own.encode()] * 2, [own.encode(), b"evil.example"]]
    rows += [[b"evil.example", own.encode()], [own.encode(), b""], [b"localhost:1", own.encode()]]
    return rows


def raw(port: int, request: bytes) -> bytes:
    """Send bytes as they are, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        parts = iter(lambda: connection.recv(65_536), b"")
        return b"".join(parts)


def is_silent(answer: bytes) -> bool:
    """Whether *answer* is a 403 without a body or a name, or nothing at all."""
    head, _, body = answer.partition(b"\r\n\r\n")
    named = re.search(rb"(?i)^(server|date|x-powered-by):", head, re.MULTILINE)
    return not answer or (head.startswith(b"HTTP/1.1 403") and body == b"" and named is None)


@pytest.mark.row("S01")
def test_given_any_other_host_then_the_answer_is_403_without_a_word(
    served: Served, board: Board
) -> None:
    """S01: two hundred and more ways to write an address that is not exactly ours."""
    port, target = served.server.port, f"{served.server.keys.root}/safety".encode()
    cookie = served.own["Cookie"].encode()
    rows = foreign_hosts(port)
    answered = []
    for hosts in rows:
        lines = b"".join(b"Host: %s\r\n" % host for host in hosts)
        answer = raw(port, b"GET %s HTTP/1.1\r\n%sCookie: %s\r\n\r\n" % (target, lines, cookie))
        if not is_silent(answer):
            answered.append((hosts, answer[:80]))
    board.note(load=len(rows), figure=f"{len(answered)} of {len(rows)} other hosts answered")

    assert len({tuple(row) for row in rows}) >= 200
    assert [] == answered


@pytest.mark.row("S01")
def test_given_the_exact_host_then_it_is_answered(served: Served) -> None:
    """Else the test above would show nothing."""
    for name in ("127.0.0.1", "localhost"):
        host = f"{name}:{served.server.port}"
        assert 200 == served.get("/safety", Host=host, Origin=f"http://{host}").status


@pytest.mark.row("S01")
@pytest.mark.parametrize(
    "line",
    [
        b"GET http://evil.example/ HTTP/1.1",
        b"GET http://127.0.0.1:%(port)d%(root)s/safety HTTP/1.1",
        b"GET //evil.example%(root)s/safety HTTP/1.1",
        b"GET / HTTP/1.1",
        b"GET /enter HTTP/1.1",
        b"GET /safety HTTP/1.1",
        b"GET %(root)s HTTP/1.1",
        b"GET * HTTP/1.1",
        b"OPTIONS %(root)s/safety HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"PUT %(root)s/safety HTTP/1.1",
        b"DELETE %(root)s/safety HTTP/1.1",
        b"PATCH %(root)s/safety HTTP/1.1",
        b"TRACE %(root)s/safety HTTP/1.1",
        b"CONNECT 127.0.0.1:%(port)d HTTP/1.1",
        b"PROPFIND %(root)s/safety HTTP/1.1",
        b"POST %(root)s/enter HTTP/1.1",
        b"HEAD %(root)s/enter HTTP/1.1",
        b"GET %(root)s/safety HTTP/3.0",
        b"GET %(root)s/safety",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"nonsense",
    ],
)
def test_given_another_request_than_a_browser_of_ours_makes_then_nothing_is_said(
    served: Served, line: bytes
) -> None:
    """Other methods, other targets, other protocols; the cookie does not help."""
    server = served.server
    line = line % {b"port": server.port, b"root": server.keys.root.encode()}
    head = f"Host: {served.host}\r\nCookie: {served.own['Cookie']}\r\n".encode()

    assert is_silent(raw(server.port, b"%s\r\n%s\r\n" % (line, head)))


@pytest.mark.row("S02")
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Cookie": ""}, id="no cookie"),
        pytest.param({"Cookie": "deskbreak={session}"}, id="another name"),
        pytest.param({"Cookie": "{cookie}={session}x"}, id="longer"),
        pytest.param({"Cookie": "{cookie}=; {cookie}={session}"}, id="twice"),
        pytest.param({"Cookie": "{cookie}={form}"}, id="the key of forms"),
        pytest.param({"Origin": "null"}, id="from a file"),
        pytest.param({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, id="from a frame"),
        pytest.param({"Origin": "null", "Sec-Fetch-Site": "same-site"}, id="from a port's frame"),
        pytest.param({"Origin": "null", "Sec-Fetch-Site": "none"}, id="from nowhere"),
        pytest.param({"Origin": "http://localhost:{port}"}, id="another name of this computer"),
        pytest.param({"Origin": "http://127.0.0.1:1"}, id="another port"),
        pytest.param({"Origin": "https://127.0.0.1:{port}"}, id="another scheme"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="from another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="from another port"),
    ],
)
def test_given_a_request_that_says_where_it_is_from_then_only_ours_are_answered(
    served: Served, headers: dict[str, str]
) -> None:
    """Read and write alike."""
    keys = served.server.keys
    known = {
        "cookie": served.server.cookie,
        "session": keys.session,
        "form": keys.form,
        "port": served.server.port,
    }
    told = {name: value.format(**known) for name, value in headers.items()}

    assert (403, "") == (served.get("/safety", **told).status, served.get("/safety", **told).body)
    assert 403 == served.post("/again", "stats", **told).status


@pytest.mark.row("S02")
def test_given_a_form_without_its_key_then_it_is_refused(served: Served) -> None:
    """The cookie alone changes nothing: `again` is no form, and shows nothing by itself."""
    own = dict(served.own)
    del own["Origin"]
    target = f"{served.server.keys.root}/again"

    assert 403 == served.ask("POST", target, own, "safety").status
    assert 200 == served.post("/again", "safety").status
    assert 404 == served.post("/again", "dance").status
    for route in ROUTES:
        if "POST" in (route.methods or ()):
            for body in ("", "form_key=", "form_key=x", "x" * 300_000):
                assert 403 == served.post(route.path, body).status, route.path


# ── the way in ─────────────────────────────────────────────────────────────────────────────


class Times:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def near(token: str) -> Iterator[str]:
    """Yield tokens that are almost the right one, and then others without end."""
    for place, letter in enumerate(token):
        yield token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
    yield from (token[:-1], f"{token}A", token.lower(), token.upper(), token[::-1], "", f" {token}")
    yield from (
        f"{token}\0",
        f"{token}=",
        "\N{LATIN CAPITAL LETTER A WITH DIAERESIS}",
        token * 1000,
    )
    while True:
        yield secrets.token_urlsafe(32)


@pytest.mark.row("S04")
def test_given_ten_thousand_wrong_tokens_then_none_lets_in(board: Board) -> None:
    """S04: nor does the right one, once it was used or is a minute old."""
    times = Times()
    keys = Keys(times)
    token, late = keys.token(), keys.token()
    wrong = near(token)
    let_in = sum(keys.redeem(each) for each, _ in zip(wrong, range(WRONG_TOKENS), strict=False))
    board.note(load=WRONG_TOKENS, figure=f"{let_in} of {WRONG_TOKENS:,} wrong ones let in")

    assert 0 == let_in
    assert keys.redeem(token)
    assert not any(keys.redeem(token) for _ in range(TIMED_TOKENS))
    times.now_s = TOKEN_S + 0.1
    assert not keys.redeem(late)
    assert 43 == len(token)  # 256 bits
    assert [] == [each for each in range(50) if keys.token() == token]


@pytest.mark.row("S04")
def test_given_tokens_that_are_wrong_sooner_or_later_then_the_time_tells_nothing(
    served: Served,
    board: Board,
) -> None:
    """S04: a hundred with a wrong first letter take as long as a hundred with a wrong last one."""
    token = secrets.token_urlsafe(32)
    served.server.keys._tokens[token] = served.server.keys.now_s() + TOKEN_S
    root = served.server.keys.root
    took: dict[str, list[float]] = {"first": [], "last": []}
    for _ in range(TIMED_TOKENS):
        for which, wrong in (("first", f"!{token[1:]}"), ("last", f"{token[:-1]}!")):
            begun_s = time.perf_counter()
            answer = served.ask("GET", f"{root}/enter?token={wrong}&to=safety", {})
            took[which].append(time.perf_counter() - begun_s)
            assert (403, "") == (answer.status, answer.body)

    # A comparison that stops early would differ by some 10 ns a letter, in a noise of milliseconds.
    first, last = (statistics.median(took[which]) for which in ("first", "last"))
    board.note(
        load=TIMED_TOKENS,
        figure=f"wrong at the first letter {1000 * first:.2f} ms, at the last {1000 * last:.2f} ms",
    )

    assert abs(first - last) < max(first, last) / 2


@pytest.mark.row("S04")
def test_given_a_way_in_when_it_was_used_then_it_is_gone_and_another_one_is_not(
    served: Served,
) -> None:
    """Each lets one browser in, once; the file is for this user alone and holds the only copy."""
    server = served.server
    one, other = server.way_in("safety"), server.way_in("safety")
    target = re.search(r'url=([^"]*)"', one.read_text(encoding="utf-8"))
    assert target is not None
    path = target[1].replace("&amp;", "&").removeprefix(f"http://{served.host}")
    if sys.platform != "win32":
        assert 0o600 == stat.S_IMODE(one.stat().st_mode)
        assert 0o700 == stat.S_IMODE(one.parent.stat().st_mode)

    entered = served.ask("GET", path, {})
    cookie = entered.headers["set-cookie"]
    assert 200 == entered.status
    assert cookie.startswith(f"{server.cookie}={server.keys.session}; ")
    assert {"HttpOnly", f"Path={server.keys.root}", "SameSite=strict"} == set(
        cookie.split("; ")[1:]
    )
    assert "token" not in entered.body
    assert (False, True) == (one.exists(), other.exists())
    again = served.ask("GET", path, {})
    assert (403, "") == (again.status, again.body)


@pytest.mark.row("S04")
def test_given_a_way_in_when_its_page_is_unknown_then_it_leads_nowhere(served: Served) -> None:
    """No redirection to wherever somebody likes."""
    token = served.server.keys.token()
    root = served.server.keys.root
    evil = ("https://evil.example", "//evil.example", "../x", "")
    odd = ("guide/", "guide/../x", "guide/a%22b", "guide/a%26b", "stats/P-ST-01", "guide/P/P")
    for page in evil + odd:
        assert 403 == served.ask("GET", f"{root}/enter?token={token}&to={page}", {}).status


# ── headers ────────────────────────────────────────────────────────────────────────────────


def every_path(served: Served) -> list[tuple[str, str]]:
    """Return method and path of every route there is, and of some that are not."""
    root = served.server.keys.root
    static = Path(sys.modules["deskbreak.pages.app"].__file__ or "").parent / "static"
    below = [route.path.replace("{", "").replace("}", "") for route in ROUTES]
    below += [
        *PAGES.values(),
        "/again",
        "/look",
        "/enter",
        "/nowhere",
        "/static/../app.py",
        "/static/",
    ]
    below += [f"/static/{path.name}" for path in static.iterdir()]
    return [(method, f"{root}{path}") for path in below for method in ("GET", "HEAD", "POST")] + [
        ("GET", "/"),
        ("GET", "/favicon.ico"),
    ]


@pytest.mark.row("S12")
def test_given_every_route_then_each_answer_has_all_headers(served: Served, board: Board) -> None:
    """S12: pages, files, refusals and what is not there alike."""
    lacking = []
    for method, path in every_path(served):
        for headers in (served.own, {}):
            answer = served.ask(method, path, headers, "" if method == "POST" else None)
            policy = dict(
                part.strip().split(" ", 1)
                for part in answer.headers.get("content-security-policy", "x x").split(";")
            )
            expected = {
                "cache-control": "no-store",
                "referrer-policy": "no-referrer",
                "x-content-type-options": "nosniff",
                "x-frame-options": "DENY",
                "cross-origin-opener-policy": "same-origin",
                "cross-origin-resource-policy": "same-origin",
            }
            has_all = expected.items() <= answer.headers.items() and policy == POLICY
            tells = {"server", "date", "x-powered-by", "access-control-allow-origin"}
            if not has_all or tells & answer.headers.keys():
                lacking.append((method, path, answer.status, answer.headers))
    asked = 2 * len(every_path(served))
    board.note(load=asked, figure=f"{len(lacking)} of {asked} answers lack a header")

    assert [] == lacking


@pytest.mark.row("S12")
def test_given_a_page_then_nothing_in_it_is_from_elsewhere_or_inline(served: Served) -> None:
    """The policy would refuse it, and the page would be broken."""
    for path in PAGES.values():
        body = served.get(path).body
        assert [] == re.findall(r"<[^>]*\s(?:style|on\w+)=", body)
        assert [] == re.findall(r"<script(?![^>]*\ssrc=)|<style|javascript:", body)
        sources = re.findall(r'(?:src|action)="([^"]*)"|<link[^>]*href="([^"]*)"', body)
        for one in (first or second for first, second in sources):
            assert one.startswith(served.server.keys.root), one
