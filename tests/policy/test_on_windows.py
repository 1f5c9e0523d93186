"""An administrator writes into the registry, and a person meets that on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.policy.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desktop.desk import Here

if sys.platform != "win32":
    pytest.skip("the registry is Windows' own", allow_module_level=True)

KEY: Final = r"HKLM\SOFTWARE\Policies\Deskbreak"


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    with Registry():
        yield


def add(name: str, data: str, kind: str = "REG_DWORD", below: str = "") -> None:
    """Write one value as an administrator does."""
    command = ["reg", "add", KEY + below, "/v", name, "/t", kind, "/d", data, "/f"]
    subprocess.run(command, check=True, capture_output=True)


def test_given_a_locked_value_in_the_registry_then_it_is_in_force_and_cannot_be_set(
    here: Here,
) -> None:
    """The acceptance check: reg add, policy --json, config get, config set."""
    add("PositionIntervalMinutes", "15")
    add("OrganisationName", "Example Ltd", "REG_SZ")

    ran = here("policy", "--json")
    rows = {row["name"]: row for row in json.loads(ran.out)["policies"]}
    row = rows["position.interval_minutes"]
    found = [row[key] for key in ("value", "level", "scope", "source", "status")]
    assert (0, [15, "mandatory", "machine", KEY, "ok"]) == (ran.status, found)
    assert "15" == here("config", "get", "position.interval_minutes").out.strip()
    ran = here("config", "set", "position.interval_minutes", "30")
    assert 4 == ran.status
    assert f"deskbreak: position.interval_minutes is set by Example Ltd ({KEY})" == ran.err.strip()


def test_given_recommended_values_bounds_and_a_slip_of_the_pen_then_each_is_named(
    here: Here,
) -> None:
    """Exit 3: in force, with a problem."""
    add("EyesEnabled", "1", below=r"\Recommended")
    add("StretchIntervalMinutesHigh", "50", below=r"\Bounds")
    add("Bogus", "1")

    ran = here("policy")
    assert 3 == ran.status
    assert f"deskbreak: {KEY}: unknown key Bogus" == ran.err.strip()
    assert rf"{KEY}\Recommended" in ran.out
    assert "30..50" in ran.out
    assert "true" == here("config", "get", "eyes.enabled").out.strip()
    assert "50" == here("config", "get", "stretch.interval_minutes").out.strip()


def test_given_no_policy_then_the_command_says_so(here: Here) -> None:
    """Unmanaged is no problem."""
    ran = here("policy")

    assert (0, "No organisation has set anything here.\n", "") == (ran.status, ran.out, ran.err)
