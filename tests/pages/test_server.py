"""One run of the pages: found again, ended in time, and nothing left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core.words import Refusal, said
from deskbreak.pages.entrance import ask_running
from deskbreak.pages.guard import TOKEN_S
from deskbreak.pages.server import UNUSED_S
from deskbreak.storage import files
from tests.desktop.desk import at_home
from tests.desktop.parts import wait_for
from tests.pages.looking import Served
from tests.pages.servers import Times, is_listening, made, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.pages.guard import Receive, Scope, Send

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and users of POSIX")
NOBODY: Final = 65_534


def left(folder: Path) -> set[str]:
    """Name what is in *folder*."""
    return {path.name for path in folder.iterdir()}


@pytest.mark.row("S04")
def test_given_nobody_who_looks_then_it_ends_within_ten_minutes_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    """S04: counted from the last look; a sleep of the computer counts."""
    times = Times()
    server = made(tmp_path, times)
    with running(server) as thread:
        served = Served(server)
        times.now_s += UNUSED_S - 1
        assert 1.0 == pytest.approx(server.look())
        assert 200 == served.get("/").status  # somebody looked
        times.now_s += UNUSED_S - 1
        server.look()
        assert 403 == served.ask("GET", "/", {}).status  # a stranger is nobody
        assert thread.is_alive()
        assert {"pages.json"} == left(tmp_path)
        times.now_s += 1
        ended_s = time.perf_counter()
        server.look()
        thread.join(10)

        assert not thread.is_alive()
        assert time.perf_counter() - ended_s < 600 - UNUSED_S
        assert not is_listening(server.port)
        assert set() == left(tmp_path)


def test_given_a_request_that_never_ends_when_it_ends_then_that_holds_nothing_up(
    tmp_path: Path,
) -> None:
    """A browser that went to sleep in the middle of a form, or a stranger who says nothing."""
    server = made(tmp_path)
    address = ("127.0.0.1", server.port)
    with (
        running(server) as thread,
        socket.create_connection(address) as one,
        socket.create_connection(address),
    ):
        one.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        begun_s = time.perf_counter()
        server.stop()
        thread.join(20)

        assert not thread.is_alive()
        assert time.perf_counter() - begun_s < 5


@pytest.mark.row("S04")
def test_given_ways_in_that_nobody_took_then_they_go_after_a_minute(tmp_path: Path) -> None:
    """And the other one stays until its own minute is over."""
    times = Times()
    server = made(tmp_path, times)
    old = server.way_in("stats")
    times.now_s += TOKEN_S - 1
    young = server.way_in("stats")
    times.now_s += 2
    server.look()

    assert (False, True) == (old.exists(), young.exists())
    server._entrance.close()
    server._loop.close()


def test_given_a_server_that_runs_when_another_page_is_opened_then_it_serves_that_too(
    served: Served,
) -> None:
    """One process, however many pages."""
    folder = files.runtime_folder(files.places())
    way = ask_running(folder, "safety")

    assert way is not None
    assert f":{served.server.port}/" in way.read_text(encoding="utf-8")
    assert ask_running(folder, "dance") is None


def test_given_the_guide_with_a_prompt_when_it_is_opened_then_the_way_leads_to_its_steps(
    served: Served,
) -> None:
    """Its id is the only thing that goes along with the name of a page."""
    way = ask_running(files.runtime_folder(files.places()), "guide/P-ST-01")
    assert way is not None
    found = re.search(r'url=([^"]*)"', way.read_text(encoding="utf-8"))
    assert found is not None
    path = unescape(found[1]).removeprefix(f"http://{served.host}")

    entered = served.ask("GET", path, {})
    assert (200, True) == (entered.status, "/guide?prompt=P-ST-01" in entered.body)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param("", id="empty"),
        pytest.param("{", id="half"),
        pytest.param("[1]", id="a list"),
        pytest.param('{"port": "x"}', id="no port"),
        pytest.param('{"port": 70000, "root": "/x", "session": "y"}', id="no such port"),
        pytest.param('{"port": 1, "root": "/x", "session": "y\\nz"}', id="no header"),
        pytest.param("[" * 4000, id="deep"),
        pytest.param(" " * 5000, id="long"),
    ],
)
def test_given_a_record_that_leads_nowhere_then_nothing_runs(tmp_path: Path, record: str) -> None:
    """A new one is started instead."""
    assert ask_running(tmp_path, "stats") is None
    (tmp_path / "pages.json").write_text(record, encoding="utf-8")

    assert ask_running(tmp_path, "stats") is None


@pytest.mark.parametrize(
    "answer",
    ["open-x.html", "../../etc/passwd", "open-../x", "open-0123456789abcdef.html/..", "x" * 9000],
)
def test_given_somebody_else_at_the_port_of_one_that_was_killed_then_no_browser_is_sent_there(
    tmp_path: Path, answer: str
) -> None:
    """Only a file of our own folder is ever opened."""

    async def stranger(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": answer.encode()})

    server = made(tmp_path, app=stranger)
    with running(server):
        assert ask_running(tmp_path, "stats") is None


@pytest.mark.row("S04")
def test_given_what_a_killed_one_left_when_the_next_one_runs_then_it_is_swept_away(
    tmp_path: Path,
) -> None:
    """Not what another one wrote just now, and nothing that is not ours."""
    old, young = (tmp_path / f"open-{letter * 16}.html" for letter in "ab")
    other = tmp_path / "open-letter.html"
    for path in (old, young, other):
        path.touch()
    for path in (old, other):
        os.utime(path, (1, 1))
    server = made(tmp_path)
    with running(server):
        assert {young.name, other.name, "pages.json"} == left(tmp_path)


def test_given_another_one_that_runs_since_when_it_ends_then_that_ones_record_stays(
    tmp_path: Path,
) -> None:
    """Two that were started at once: the later is the one that is found."""
    first, second = (made(tmp_path) for _ in range(2))
    with running(first), running(second):
        first.stop()
        wait_for(lambda: not is_listening(first.port), what="its end")
        found = json.loads((tmp_path / "pages.json").read_text(encoding="utf-8"))
        assert second.port == found["port"]


def test_given_a_session_that_ended_and_took_its_folder_then_it_ends(tmp_path: Path) -> None:
    """Nobody can find it any more."""
    folder = tmp_path / "run"
    folder.mkdir()
    server = made(folder)
    with running(server) as thread:
        (folder / "pages.json").unlink()
        folder.rmdir()
        server.look()
        thread.join(10)

        assert not thread.is_alive()


def test_given_no_browser_when_it_starts_then_it_ends_and_says_so(tmp_path: Path) -> None:
    """A server that nobody can look at would stay for ten minutes."""
    server = made(tmp_path)

    def no_browser() -> None:
        raise Refusal(said("none"))

    # On a thread of its own, since a browser of other tests may have a loop on this one.
    with ThreadPoolExecutor(1) as thread, pytest.raises(Refusal, match="none"):
        thread.submit(server.run, no_browser).result(20)
    assert set() == left(tmp_path)
    assert not is_listening(server.port)


# ── as a process of its own ────────────────────────────────────────────────────────────────

BROWSER: Final = """#!/bin/sh
printf '%s\\n' "$@" >> "$HOME/opened"
"""


@pytest.fixture
def env(home: Path) -> dict[str, str]:
    """The environment of a person with a browser that only takes notes."""
    script = home / "browser"
    script.write_text(BROWSER, encoding="utf-8")
    script.chmod(0o755)
    return at_home({**os.environ, "BROWSER": f"{script} %s"})


@contextmanager
def opened(
    env: dict[str, str], page: str = "safety", *options: str
) -> Iterator[subprocess.Popen[str]]:
    """Have a page served; end it after the block."""
    argv = [sys.executable, "-m", "deskbreak", "open", page, *options, "--stay"]
    with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert "ready\n" == process.stdout.readline()
            yield process
        finally:
            process.kill()


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_given_a_signal_then_it_ends_and_leaves_nothing(
    env: dict[str, str], number: signal.Signals
) -> None:
    """At the end of a session as well: no secret stays on the disk."""
    folder = files.runtime_folder(files.places())
    with opened(env) as process:
        assert 2 == len(left(folder))
        process.send_signal(number)
        assert 0 == process.wait(10)

    assert set() == left(folder)


@pytest.mark.row("S04")
@posix
def test_given_a_page_that_is_opened_then_no_list_of_processes_and_no_argument_has_its_secrets(
    env: dict[str, str], home: Path
) -> None:
    """S04: what the browser is given is a file; another start finds the server by another one."""
    folder = files.runtime_folder(files.places())
    with opened(env):
        ways = {path.name for path in folder.glob("open-*.html")}
        secrets = [path.read_text(encoding="utf-8") for path in folder.iterdir()]
        second = subprocess.run(
            [sys.executable, "-m", "deskbreak", "open", "safety"], env=env, check=True, timeout=20
        )
        told = (home / "opened").read_text(encoding="utf-8").split()
        listed = " ".join(
            path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            for path in Path("/proc").glob("[0-9]*/cmdline")
            if path.exists()
        )
        parts = {part for text in secrets for part in _long_words(text)}

        assert 0 == second.returncode
        assert 2 == len(told)
        assert {f"file://{folder}/{name}" for name in ways} < set(told)
        assert len(parts) >= 3
        assert [] == [part for part in parts if part in listed or part in " ".join(told)]
        elsewhere = [
            path
            for path in home.rglob("*")
            if path.is_file() and path.parent != folder
            for part in parts
            if part.encode() in path.read_bytes()
        ]
        assert [] == elsewhere  # no log either
        modes = {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()}
        assert {"0o600"} == set(modes.values())


def _long_words(text: str) -> set[str]:
    """Return what might be a secret in *text*: session, root and token are longer than 15 letters."""
    words = re.split(r"[^A-Za-z0-9_-]+", text)
    return {word for word in words if len(word) > 15}


STRANGER: Final = """
import http.client, os, socket, sys
folder, port = sys.argv[1], int(sys.argv[2])
got = []
def tried(what):
    try:
        got.append(what())
    except OSError as error:
        print(type(error).__name__)
tried(lambda: os.listdir(folder))
for name in sys.argv[3:]:
    tried(lambda: open(os.path.join(folder, name)).read())
    tried(lambda: open(os.path.join(folder, name), "a").write("x"))
tried(lambda: open(os.path.join(folder, "mine"), "w").write("x"))
for path in ("/", "/safety", "/enter?token=x&to=safety", "/again", "/static/style.css"):
    for method in ("GET", "POST"):
        one = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        one.request(method, path, headers={"Origin": f"http://127.0.0.1:{port}"})
        answer = one.getresponse()
        body = answer.read()
        if answer.status != 403 or body:
            got.append((answer.status, body))
print("got", got)
"""


@pytest.mark.row("S04")
@posix
@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root becomes another"
)
def test_given_another_user_of_this_machine_then_they_get_nothing(
    env: dict[str, str], tmp_path: Path
) -> None:
    """Neither files nor pages; all that they see is that somebody listens."""
    folder = files.runtime_folder(files.places())
    for path in list(folder.parents)[:-1]:
        path.chmod(path.stat().st_mode | 0o011)  # else those above would keep them away
    with opened(env):
        names = sorted(left(folder))
        port = json.loads((folder / "pages.json").read_text(encoding="utf-8"))["port"]
        ran = subprocess.run(
            ["/usr/bin/env", "python3", "-c", STRANGER, str(folder), str(port), *names],
            user=NOBODY,
            group=NOBODY,
            extra_groups=(),
            cwd="/",
            env={"PATH": os.defpath},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        after = sorted(left(folder))

    assert "got []" == ran.stdout.splitlines()[-1], ran.stdout + ran.stderr
    assert ["PermissionError"] * (2 + 2 * len(names)) == ran.stdout.splitlines()[:-1]
    assert names == after
