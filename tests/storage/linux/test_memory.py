"""What a long history costs the process that keeps it, as the kernel counts it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from deskbreak.storage import database
from deskbreak.storage.store import Store
from tests.storage.history import live

if sys.platform != "linux":
    pytest.skip("reads /proc", allow_module_level=True)

_MOST_KB: Final = 1024
_LONG_BYTES: Final = 4_000_000  # some years of rows
_OPEN: Final = """
import sys
from pathlib import Path
from deskbreak.storage.store import Store

def anonymous_kb():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))

kept = [Store.open(Path(sys.argv[1]))]
before = anonymous_kb()
kept.append(Store.open(Path(sys.argv[2])))
print(anonymous_kb() - before, *[problem for store in kept for problem in store.problems])
"""


def test_given_years_of_rows_when_the_agent_opens_them_then_they_do_not_stay_in_memory(
    tmp_path: Path,
) -> None:
    """All of the file is read once; SQLite would keep 2 MB of it."""
    short, long_ = tmp_path / "short.db", tmp_path / "long.db"
    for path in (short, long_):
        with Store.open(path) as store:
            live(store, 2)
    with closing(database.connect(long_)) as db:
        db.execute("CREATE TEMPORARY TABLE more AS SELECT * FROM spans")
        db.execute("UPDATE more SET id = NULL")
        while long_.stat().st_size < _LONG_BYTES:
            db.execute("INSERT INTO spans SELECT more.* FROM more, spans")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    ran = subprocess.run(
        [sys.executable, "-c", _OPEN, str(short), str(long_)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(ran.stdout) < _MOST_KB
