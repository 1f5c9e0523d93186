"""Two people on one computer under one policy: what each of their commands says and ends with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.policy.office.computer import MANAGED, RECOMMENDED, Person, policy
from tests.policy.office.way import POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.policy.office.computer import Office

LOCKED: Final = "position.interval_minutes"
BOUNDED: Final = "stretch.interval_minutes"
DAY: Final = "timeline 1\nstart 2026-03-02T09:00:00 UTC\n30m work\n"


@dataclass(frozen=True, slots=True)
class Step:
    """A command, and for alice and bob what it prints in its first line and ends with.

    What it prints is standard error's where the status is not 0. ``…`` stands for the rest.
    """

    argv: str
    alice: tuple[int, str]
    bob: tuple[int, str]
    agents: bool = False
    """Whether both have an agent meanwhile."""


def _both(status: int, printed: str) -> tuple[tuple[int, str], tuple[int, str]]:
    return (status, printed), (status, printed)


_SET_BY: Final = (
    "deskbreak: {key} is set by Example Ltd (/etc/deskbreak/policies/managed/10-corp.json:8)…"
)
_NOT_ALLOWED: Final = (
    "deskbreak: stretch.interval_minutes = 90 is not allowed by Example Ltd: 30..60…"
)

STEPS: Final = (
    # alice has 45 and 90 in her file, bob has none, and 50 is recommended.
    Step(f"config get {LOCKED}", *_both(0, "15")),
    Step(f"config get {BOUNDED}", (0, "60"), (0, "50")),
    Step("policy", *_both(0, "Managed by Example Ltd")),
    Step(f"config set {LOCKED} 30", *_both(4, _SET_BY.format(key=LOCKED))),
    Step(f"config set {LOCKED} 15", *_both(4, _SET_BY.format(key=LOCKED))),
    Step(f"config set {BOUNDED} 90", *_both(4, _NOT_ALLOWED)),
    Step(f"config set {BOUNDED} 35", *_both(0, f"{BOUNDED} = 35")),
    Step(f"config get {BOUNDED}", *_both(0, "35")),
    Step(f"config unset {BOUNDED}", *_both(0, f"{BOUNDED} = 50")),
    Step(f"config unset {LOCKED}", *_both(0, f"{LOCKED} = 15")),
    Step(f"config set {LOCKED} soon", *_both(1, f'deskbreak: {LOCKED} = "soon" is not a number')),
    Step(
        "config set position.intervall 30",
        *_both(1, "deskbreak: unknown key position.intervall; did you mean …"),
    ),
    Step("config set", *_both(2, "usage: deskbreak config set…")),
    Step("policy check half.json", *_both(3, "deskbreak: half.json:1:12: is no JSON: …")),
    Step(
        "policy check wrong.json",
        *_both(3, f'deskbreak: wrong.json:1: {LOCKED} = "soon" is not a number; using …'),
    ),
    Step("simulate day.timeline --policy corp.json", *_both(0, "09:17:00  …")),
    Step("status", *_both(1, "deskbreak: not running. …")),
    Step("status", *_both(0, "…"), agents=True),
    Step("run", *_both(1, "deskbreak: already running; …"), agents=True),
    Step(f"config set {LOCKED} 30", *_both(4, _SET_BY.format(key=LOCKED)), agents=True),
    Step("pause 30m", *_both(0, "It is quiet until …"), agents=True),
)


def prepared(office: Office) -> tuple[Person, Person]:
    """Set one policy for both, and give each a home; alice has set something before."""
    office.clear()
    office.put(MANAGED / "10-corp.json", policy(POLICY))
    office.put(RECOMMENDED / "10-corp.json", policy({BOUNDED: 50}))
    alice, bob = office.person("alice"), office.person("bob")
    alice.write(alice.settings, f"{LOCKED} = 45\n{BOUNDED} = 90\n")
    for one in (alice, bob):
        one.write(one.home / "half.json", '{"position"')
        one.write(one.home / "wrong.json", '{"position": {"interval_minutes": "soon"}}')
        one.write(one.home / "corp.json", policy(POLICY))
        one.write(one.home / "day.timeline", DAY)
    return alice, bob


def said(person: Person, step: Step) -> tuple[int, str]:
    """Let *person* take *step*; return status and first line."""
    ran = person.deskbreak(*step.argv.split())
    printed = (ran.out or ran.err) if ran.status == 0 else ran.err
    return ran.status, (printed.splitlines() or [""])[0]


def taken(office: Office) -> Iterator[tuple[Step, tuple[int, str], tuple[int, str]]]:
    """Let both take each step in turn; yield it with what each saw."""
    alice, bob = prepared(office)
    for step in (one for one in STEPS if not one.agents):
        yield step, said(alice, step), said(bob, step)
    with alice.agent(), bob.agent():
        for step in (one for one in STEPS if one.agents):
            yield step, said(alice, step), said(bob, step)


def is_as(expected: tuple[int, str], seen: tuple[int, str]) -> bool:
    """Whether *seen* is what was *expected*."""
    start, more, _ = expected[1].partition("…")
    same = seen[1].startswith(start) if more else seen[1] == start
    return same and seen[0] == expected[0]
