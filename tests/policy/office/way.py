"""What was tried against a locked value: the policy, and what a way around it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.policy.office.computer import MANAGED, Person, policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.policy.office.computer import Office

KEY: Final = "position.interval_minutes"
LOCKED: Final = 15
WANTED: Final = 45
DEFAULT: Final = 20
CORP: Final = MANAGED / "10-corp.json"
LATE: Final = MANAGED / "90-late.json"
POLICY: Final = {
    "organisation": {"name": "Example Ltd", "contact": "health@example.com"},
    "position": {"enabled": True, "interval_minutes": LOCKED},
    "prompts": {"skips_before_backoff": 0},
    "bounds": {"stretch.interval_minutes": {"low": 30, "high": 60}},
}
FORGED: Final = policy({"position": {"interval_minutes": WANTED}})
INSECURE: Final = "insecure permissions"
UNREADABLE: Final = "unreadable"
REFUSED: Final = 4
TRIED: Final = f"[position]\ninterval_minutes = {WANTED}\n"


@dataclass(frozen=True, slots=True)
class Way:
    """What somebody does, and what is to be seen afterwards.

    ``value`` is then in force for ``key``, which ``policy`` shows as ``ok`` where ``status`` is
    that; else it shows a file with that status, and exits with 3.
    """

    said: str
    go: Callable[[Person], object]
    status: str = "ok"
    key: str = KEY
    value: object = LOCKED


def prepared(office: Office) -> Person:
    """Set the policy anew, and return somebody who knows it."""
    office.clear()
    office.put(CORP, policy(POLICY))
    person = office.person("alice")
    assert person.deskbreak("config", "get", KEY).out == f"{LOCKED}\n"
    assert office.at(person.copy).exists()
    return person


def still(person: Person) -> None:
    """See that the running agent, too, has the locked value."""
    assert person.interval() == LOCKED * 60
