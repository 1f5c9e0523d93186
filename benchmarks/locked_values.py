"""Prints what came of each way around a locked value, and what two people see under one policy.

As root: python -m benchmarks.locked_values
"""

from __future__ import annotations

import sys

from tests.policy.office.computer import Office
from tests.policy.office.people import is_as, taken
from tests.policy.office.tried import WAYS, expected, tried
from tests.policy.office.way import prepared


def ways(office: Office) -> int:
    """Print a line for each way; return how many came out otherwise than they should."""
    wrong = 0
    for number, way in enumerate(WAYS, start=1):
        person = prepared(office)
        way.go(person)
        seen = tried(person, way)
        is_right = seen == expected(way)
        wrong += not is_right
        mark = "  " if is_right else "!!"
        print(f"{mark} {number:2}  {way.said}: {way.key} = {seen.value}; policy: {seen.status}")
    print(f"{len(WAYS)} ways, {wrong} came out otherwise than they should")
    return wrong


def people(office: Office) -> int:
    """Print a table of commands; return how many came out otherwise than they should."""
    wrong = 0
    print("| command | alice | bob |\n|---|---|---|")
    for step, alice, bob in taken(office):
        wrong += not (is_as(step.alice, alice) and is_as(step.bob, bob))
        when = " (while both have an agent)" if step.agents else ""
        cells = (f"{status}: {said}" for status, said in (alice, bob))
        print(f"| deskbreak {step.argv}{when} | {' | '.join(cells)} |")
    return wrong


if __name__ == "__main__":
    with Office() as made:
        sys.exit(bool(ways(made) + people(made)))
