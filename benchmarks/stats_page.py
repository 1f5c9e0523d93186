"""What the statistics page costs with three years behind it, every row of them kept.

Starts a server of the pages as a process of its own, at a home of its own, and asks it for weeks;
prints the time to the first byte (the first page compiles the templates) and the server's PSS.

Source of the figures: time on the monotonic clock of whoever asks, from before the connection is
made; PSS: proc(5), smaps_rollup.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.office import Person  # noqa: E402 - found by the line above
from deskbreak.core.model import Episode, Log, Record, Span  # noqa: E402 - the same
from deskbreak.storage import files  # noqa: E402 - the same
from deskbreak.storage.store import Saved, Store  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Iterator

YEARS: Final = 3
FIRST_BYTE_MS: Final = 300
PSS_MIB: Final = 45
_LOOKS: Final = 20
_SERVER: Final = (
    "from deskbreak.pages.routes import server; from deskbreak.storage import files;"
    "server(files.places()).run(lambda: print('ready', flush=True))"
)


def main() -> int:
    """Print what it costs; 1 where that is more than it may be."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            os.environ[name] = str(Path(folder, name))
        _write()
        size = files.places().history.stat().st_size / 2**20
        with _serving() as pid:
            weeks = [f"2028-W{number:02}" for number in range(10, 10 + _LOOKS)]
            before = _pss_mib(pid)
            first, *others = (_first_byte_ms(week) for week in weeks)
            after = _pss_mib(pid)
    print(f"history: {YEARS} years of rows, {size:.1f} MiB")
    print(f"first byte of the first page: {first:.0f} ms (at most {FIRST_BYTE_MS})")
    print(f"of the {len(others)} after it: median {statistics.median(others):.0f} ms,", end=" ")
    print(f"longest {max(others):.0f} ms")
    print(f"PSS of the server: {before:.1f} MiB, then {after:.1f} MiB (at most {PSS_MIB})")
    return 0 if max(first, *others) <= FIRST_BYTE_MS and after <= PSS_MIB else 1


def _write() -> None:
    """Fill the history of this home."""
    person = Person(1)
    with Store.open(files.places().history) as store:
        for _year in range(YEARS):
            rows = list[Span | Episode]()
            for effect in person.play(person.year()):
                person.react(effect)
                if isinstance(effect, Record):
                    rows.append(effect.span)
                elif isinstance(effect, Log):
                    rows.append(effect.episode)
            store.append(rows, [], Saved(person.state, tuple(person.rules.place), "", 0.0))


@contextmanager
def _serving() -> Iterator[int]:
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert server.stdout is not None
    with server.stdout:
        server.stdout.readline()
        try:
            yield server.pid
        finally:
            server.terminate()
            server.wait()


def _first_byte_ms(week: str) -> float:
    """Ask for the page of *week* as the browser that was let in."""
    found = json.loads((files.runtime_folder(files.places()) / "pages.json").read_text("utf-8"))
    host = f"127.0.0.1:{found['port']}"
    cookie = f"deskbreak-{found['port']}={found['session']}"
    begun_s = time.monotonic()
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request("GET", f"{found['root']}/stats?week={week}", headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read(1)
    taken_s = time.monotonic() - begun_s
    assert answer.status == http.HTTPStatus.OK, answer.status
    connection.close()
    return taken_s * 1000


def _pss_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(pid)


if __name__ == "__main__":
    sys.exit(main())
