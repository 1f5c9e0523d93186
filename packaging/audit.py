"""Asks whether what the locks pin has known vulnerabilities: `python packaging/audit.py LOCK …`.

Ends with 0 where each one was looked up and none is known, 1 where some are, and 77 where it was not
run, because no source of advisories answered for each of them; that is never called clean.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

CLEAN: Final = 0
VULNERABLE: Final = 1
NOT_RUN: Final = 77
SOURCES: Final = ("pypi", "osv")
_SAID: Final = "ERROR:pip_audit._cli:"
_WITHIN_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Found:
    """What one source said of a lock: an exit status as above, and a sentence."""

    status: int
    sentence: str


def judged(printed: str, complained: str) -> Found:
    """Read what pip-audit printed as JSON, and the reason where it printed none.

    pip-audit itself calls it clean where it skipped all. Source: pip-audit 2.10, --strict.
    """
    try:
        rows: list[dict[str, Any]] = json.loads(printed)["dependencies"]
    except (ValueError, KeyError):
        lines = [line.strip() for line in complained.splitlines() if line.strip()] or ["no answer"]
        return Found(NOT_RUN, f"not run: {lines[-1].removeprefix(_SAID)[:200]}")
    skipped = [row["name"] for row in rows if "vulns" not in row]
    known = [
        f"{row['name']} {row['version']}: {', '.join(one['id'] for one in row['vulns'])}"
        for row in rows
        if row.get("vulns")
    ]
    if known:
        return Found(VULNERABLE, f"vulnerable: {'; '.join(known)}")
    if skipped or not rows:
        return Found(NOT_RUN, f"not run: {len(skipped)} of {len(rows)} could not be looked up")
    return Found(CLEAN, f"clean: nothing known of {len(rows)} packages")


def asked(lock: Path, source: str) -> Found:
    """Ask one source of advisories about a lock."""
    argv = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off"]
    argv += ["--disable-pip", "--require-hashes", "--vulnerability-service", source]
    argv += ["--format", "json", "--requirement", str(lock)]
    try:
        found = _ran([*argv, "--strict"])
        # Strict, it ends at the first that it cannot look up; how many there are it tells otherwise.
        return _ran(argv) if found.status == NOT_RUN else found
    except subprocess.TimeoutExpired:
        return Found(NOT_RUN, f"not run: no answer within {_WITHIN_S:.0f} s")


def _ran(argv: list[str]) -> Found:
    ran = subprocess.run(argv, check=False, capture_output=True, text=True, timeout=_WITHIN_S)
    return judged(ran.stdout, ran.stderr)


def main(locks: list[str]) -> int:
    """Ask the sources in order, until one answers; print a line for each that was asked."""
    worst = CLEAN
    for lock in map(Path, locks):
        status = NOT_RUN
        for source in SOURCES:
            found = asked(lock, source)
            status = found.status
            sys.stdout.write(f"{lock.name}, {source}: {found.sentence}\n")
            if status != NOT_RUN:
                break
        if status == VULNERABLE or worst == CLEAN:
            worst = status
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
