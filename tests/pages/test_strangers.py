"""What pages of somebody else can do to ours, in a real browser that was let in: nothing."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

import pytest

from deskbreak.storage import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from deskbreak.pages.guard import Receive, Scope, Send
    from tests.board import Board
    from tests.pages.looking import Browser, Served

Error = pytest.importorskip("playwright.sync_api").Error
PAGE: Final = "<!doctype html><meta charset=utf-8><title>elsewhere</title><body>"

# Each is a function of *at*, an address of ours; it returns what it could read, empty if nothing.
WAYS: Final = {
    "fetch": "fetch(at, {credentials: 'include'}).then(r => r.text())",
    "fetch without CORS": "fetch(at, {credentials: 'include', mode: 'no-cors'}).then(r => r.text())",
    "fetch by POST": "fetch(at, {credentials: 'include', method: 'POST', body: form}).then(r => r.text())",
    "POST without CORS": "fetch(at, {credentials: 'include', mode: 'no-cors', method: 'POST', body: form})"
    ".then(r => r.text())",
    "POST of JSON": "fetch(at, {credentials: 'include', method: 'POST', body: '{}',"
    " headers: {'Content-Type': 'application/json'}}).then(r => r.text())",
    "another method": "fetch(at, {credentials: 'include', method: 'PUT', body: form}).then(r => r.text())",
    "method override": "fetch(at, {credentials: 'include', method: 'POST', body: form,"
    " headers: {'X-HTTP-Method-Override': 'DELETE'}}).then(r => r.text())",
    "key in a header": "fetch(at, {credentials: 'include', headers: {Cookie: 'x', Host: 'x', Origin: 'x'}})"
    ".then(r => r.text())",
    "XMLHttpRequest": "new Promise(done => { const x = new XMLHttpRequest(); x.withCredentials = true;"
    " x.onloadend = () => done(x.responseText); x.open('POST', at); x.send(form); })",
    "beacon": "Promise.resolve(navigator.sendBeacon(at, form) && '')",
    "image": "loaded('img', 'src', e => e.naturalWidth ? 'a picture' : '')",
    "script": "loaded('script', 'src', () => '')",
    "style": "loaded('link', 'href', e => [...e.sheet.cssRules].map(r => r.cssText).join())",
    "frame": "loaded('iframe', 'src', e => e.contentDocument.documentElement.outerHTML)",
    "object": "loaded('object', 'data', e => e.contentDocument.documentElement.outerHTML)",
    "embed": "loaded('embed', 'src', e => e.getSVGDocument() ? 'a drawing' : '')",
    "video": "loaded('video', 'src', e => e.duration ? 'a film' : '')",
    "prefetch": "loaded('link', 'href', () => '', {rel: 'prefetch'})",
    "socket": "new Promise(done => { const s = new WebSocket(at.replace('http', 'ws'));"
    " s.onopen = () => done('open'); s.onclose = () => done(''); })",
    "events": "new Promise(done => { const s = new EventSource(at, {withCredentials: true});"
    " s.onopen = () => done('open'); s.onerror = () => { s.close(); done(''); }; })",
    "worker": "new Promise(done => { const w = new Worker(at); w.onmessage = e => done(e.data);"
    " w.onerror = () => done(''); })",
    "window": "new Promise(done => { const w = open(at); setTimeout(() => {"
    " let text = ''; try { text = w.document.documentElement.outerHTML; } finally { w?.close(); done(text); }"
    " }, 700); })",
    "form": "sent('application/x-www-form-urlencoded', 'POST')",
    "form as text": "sent('text/plain', 'POST')",
    "form in parts": "sent('multipart/form-data', 'POST')",
    "form that asks": "sent('', 'GET')",
}
HELPERS: Final = """
const form = new URLSearchParams({form_key: 'x', key: 'position.interval_minutes', value: '10'});
const loaded = (tag, where, read, more = {}) => new Promise(done => {
  const e = document.createElement(tag);
  if (tag === 'link') e.rel = 'stylesheet';
  Object.assign(e, more);
  e.onload = () => { let text = ''; try { text = read(e) ?? ''; } catch {} done(text); };
  e.onerror = () => done('');
  e[where] = at;
  document.body.append(e);
});
const sent = (enctype, method) => new Promise(done => {
  const frame = document.createElement('iframe');
  frame.name = 'f' + Math.random();
  document.body.append(frame);
  const f = document.createElement('form');
  Object.assign(f, {action: at, method, enctype, target: frame.name});
  for (const [name, value] of form) {
    const field = document.createElement('input');
    Object.assign(field, {name, value});
    f.append(field);
  }
  document.body.append(f);
  frame.onload = () => { let text = ''; try { text = frame.contentDocument.body.innerText; } catch {} done(text); };
  f.submit();
});
"""
TRIED: Final = """([at, way]) => {
  const late = new Promise(done => setTimeout(() => done(''), 3000));
  const tried = new Function('at', HELPERS + 'return ' + way)(at);
  return Promise.race([tried, late]).then(text => String(text ?? ''), () => '');
}"""
REBOUND: Final = (
    *("rebind.test", "a.rebind.test", "localhost.test", "127.0.0.1.test", "deskbreak.test"),
    *("127-0-0-1.test", "7f000001.test", "xn--lcalhost-5fg.test", "local.host.test", "x.y.z.test"),
)


@contextmanager
def elsewhere() -> Iterator[int]:
    """Serve a page of a stranger at a port of its own."""

    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


class Watched:
    """Notes each request that comes, and each that is let through, of strangers."""

    def __init__(self, served: Served) -> None:
        self._host = served.host.encode()
        self.came: list[tuple[str, str]] = []
        self.passed: list[tuple[str, str]] = []
        guard = served.server._guard
        self._app, guard._app = guard._app, self._let_through
        self._belongs, guard._belongs_here = guard._belongs_here, self._asked  # type: ignore[method-assign] # to watch it

    def _asked(self, scope: Scope) -> bool:
        if not self._is_own(scope):
            self.came.append((scope["method"], scope["path"]))
        return self._belongs(scope)

    async def _let_through(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_own(scope):
            self.passed.append((scope["method"], scope["path"]))
        await self._app(scope, receive, send)

    def _is_own(self, scope: Scope) -> bool:
        """Whether our own tab still fetches its icon; no page can say that of itself."""
        expected = {(b"host", self._host), (b"sec-fetch-site", b"same-origin")}
        return expected <= set(scope["headers"]) and scope["path"].endswith("/deskbreak.svg")


@contextmanager
def let_in(browser: Browser, served: Served) -> Iterator[Page]:
    """Look at a page of ours, then yield another tab of the same browser, which has the cookie."""
    context = browser._chromium.new_context()
    try:
        ours = context.new_page()
        ours.goto(served.server.way_in("safety").as_uri())
        ours.wait_for_selector("main")
        ours.wait_for_load_state("load")  # what it asks for later would count among the strangers'
        assert [served.server.cookie] == [one.get("name") for one in context.cookies()]
        yield context.new_page()
    finally:
        context.close()


def on_the_disk(folder: Path) -> dict[str, bytes]:
    """Return every file of the person."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tries(tab: Page, at: str, way: str) -> str:
    """Let the page in *tab* try one way; what it could read."""
    return str(tab.evaluate(TRIED.replace("HELPERS", repr(HELPERS)), [at, way]))


def status_at(tab: Page, at: str) -> int:
    """Go to *at*, which answers with a status and no word, and return the status."""
    statuses: list[int] = []
    tab.on("response", lambda answer: statuses.append(answer.status))
    # That is how the browser calls an answer without a body that is no success.
    with pytest.raises(Error, match="ERR_HTTP_RESPONSE_CODE_FAILURE"):
        tab.goto(at)
    return statuses[-1]


@pytest.mark.row("S02")
@pytest.mark.parametrize("origin", ["http://127.0.0.1", "http://localhost", "http://evil.test"])
def test_given_a_page_of_somebody_else_then_it_reads_no_byte_and_changes_nothing(
    served: Served, browser: Browser, home: Path, origin: str, board: Board
) -> None:
    """S02: from another port, which gets our cookie sent, by another name, from another site.

    It even knows where we are; only cookie and the key of forms it does not know.
    """
    url = served.server.url
    read: dict[str, str] = {}
    with elsewhere() as port, let_in(browser, served) as tab:
        before, watched = on_the_disk(home), Watched(served)
        tab.goto(f"{origin}:{port}/")
        for name, way in WAYS.items():
            for at in (f"{url}/safety", f"{url}/again") if "POST" in way else (f"{url}/safety",):
                read[f"{name} {at}"] = tries(tab, at, way)
        read["static"] = tries(tab, f"{url}/static/deskbreak.svg", WAYS["image"])
        read["sheet"] = tries(tab, f"{url}/static/style.css", WAYS["style"])
        after = on_the_disk(home)
        got, changed = sum(map(len, read.values())), len(before.items() ^ after.items())
        board.note(
            load=len(read),
            faults=len(watched.came),
            figure=f"{got} bytes read, {changed} files changed",
        )

        assert {} == {way: text[:200] for way, text in read.items() if text}
        assert [] == watched.passed
        assert len(watched.came) >= 25, watched.came  # they did arrive
        assert before == after
    assert len(read) >= 30


@pytest.mark.row("S02", "cross-site requests")
def test_given_strangers_in_all_then_there_were_fifty_of_them() -> None:
    """The test above tries each way from three places."""
    assert 3 * len(WAYS) >= 50


@pytest.mark.row("S03")
@pytest.mark.parametrize("name", REBOUND)
def test_given_a_name_that_leads_to_us_later_then_its_page_reads_nothing(
    served: Served, browser: Browser, name: str, board: Board
) -> None:
    """S03: the browser takes us for that site, and sends what it likes; we do not take it for ours."""
    server = served.server
    with let_in(browser, served) as tab:
        watched = Watched(served)
        site = f"http://{name}:{server.port}"
        # At first the name leads to the stranger, whose page comes from this very origin.
        tab.route(f"{site}/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        tab.goto(f"{site}/")
        found: list[Any] = [
            tab.evaluate(
                "([at, method]) => fetch(at, {method, credentials: 'include'})"
                ".then(async r => [r.status, await r.text()])",
                [f"{server.keys.root}{path}", method],
            )
            for path in ("/safety", "/again", "/enter", "/static/style.css")
            for method in ("GET", "POST")
        ]
        board.note(load=1, faults=len(watched.came), figure=f"{len(watched.passed)} let through")

        assert [(403, "")] * 8 == [(status, text) for status, text in found]
        assert 403 == status_at(tab, f"{site}{server.keys.root}/safety")
        assert 9 == len([path for _, path in watched.came if path.startswith(server.keys.root)])
        assert [] == watched.passed


@pytest.mark.row("S04")
def test_given_our_page_then_its_address_in_the_history_leads_nobody_in(
    served: Served, browser: Browser
) -> None:
    """S04: what a browser remembers, and whoever reads it there, opens nothing."""
    folder = files.runtime_folder(files.places())
    context = browser._chromium.new_context()
    try:
        tab = context.new_page()
        addresses: list[str] = []
        tab.on("request", lambda request: addresses.append(request.url))
        referrers: list[str] = []
        tab.on("request", lambda request: referrers.append(request.headers.get("referer", "")))
        tab.goto(served.server.way_in("safety").as_uri())
        tab.wait_for_selector("main")
    finally:
        context.close()
    used = [address for address in addresses if address.startswith("http")]
    other = browser._chromium.new_context()
    try:
        statuses = {status_at(other.new_page(), address) for address in used}
    finally:
        other.close()

    assert any("token=" in address for address in used)
    assert {403} == statuses
    assert [] == [one for one in referrers if "token" in one or "open-" in one]
    assert [] == [path.name for path in folder.glob("open-*.html")]
