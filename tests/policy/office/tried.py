"""What is to be seen after somebody tried a way around a locked value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.policy.office.slips import SLIPS
from tests.policy.office.way import DEFAULT
from tests.policy.office.ways import OWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.policy.office.computer import Person
    from tests.policy.office.way import Way

WAYS: Final = (*OWN, *SLIPS)
_FINE: Final = frozenset({"ok", "superseded", "overridden by user"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What is in force, what `policy` says of the key (None: nothing), and what it finds amiss."""

    value: object
    shown: object
    status: str
    exit: int


def expected(way: Way) -> Seen:
    """Return what is to be seen: what somebody wanted never is."""
    shown = None if way.value == DEFAULT else way.value
    return Seen(way.value, shown, way.status, 0 if way.status == "ok" else 3)


def tried(person: Person, way: Way) -> Seen:
    """Ask as that person what is in force, and what `policy` has to say."""
    # Whoever has changed the environment sees to it that a program starts in it.
    run = (lambda *argv: person.run("deskbreak", *argv)) if person.extra else person.deskbreak
    policy, got = run("policy", "--json"), run("config", "get", way.key, "--json")
    for ran in (policy, got):
        assert "Traceback" not in ran.err, ran.err
    rows = policy.facts["policies"]
    amiss = sorted({row["status"] for row in rows} - _FINE)
    return Seen(got.facts["value"], _shown(rows, way.key), ", ".join(amiss) or "ok", policy.status)


def _shown(rows: Sequence[dict[str, Any]], key: str) -> object:
    """Return what `policy` says that the strongest value of *key* is, where it is in force."""
    found = [row["value"] for row in rows if row["name"] == key and row["status"] != "superseded"]
    first = found[0] if found else None
    return first["high"] if isinstance(first, dict) else first
