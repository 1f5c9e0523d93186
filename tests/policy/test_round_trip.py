"""From an editor of group policy, or a profile, to the settings in force: as a file would say it.

On Windows through the real registry, elsewhere through what stands in for it.
"""

from __future__ import annotations

import json
import os
import plistlib
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskbreak.core.managed import Document, Level, Scope, under
from deskbreak.core.setting import Managed, Type
from deskbreak.core.settings import Layer, Origin
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import plain
from deskbreak.policy import macos, windows
from deskbreak.policy.names import ENDS, registry_name
from deskbreak.policy.templates import template
from tests.policy.drawn import OURS, Wanted, bounds, edited, wanted
from tests.policy.editor import Editor, Refused, tree
from tests.policy.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deskbreak.core.settings import Resolved

EDITOR: Final = Editor(template("admx"))
OWN: Final = Layer(Origin.USER, "own", {"plan": "gentle", "eyes.daily_cap": 2, "person.avoid": []})
IS_REAL: Final = sys.platform == "win32"
EXAMPLES: Final = 40 if IS_REAL else 60
"""Each writes some twenty values, which takes the registry a while."""


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    """Give the registry to a test, and take out of it what was written."""
    with pytest.MonkeyPatch.context() as patched, Registry() as one:
        if not IS_REAL:
            patched.setattr(windows, "_registry", lambda root: tree(one.written[root], windows.KEY))
        yield one


def by_file(policy: Wanted) -> list[Document]:
    """Return what policy files would say."""
    values = policy.mandatory | ({"bounds": policy.bounds} if policy.bounds else {})
    return [
        Document("file", Level.MANDATORY, Scope.MACHINE, values),
        Document("file", Level.RECOMMENDED, Scope.MACHINE, policy.recommended),
    ]


def in_force(resolved: Resolved) -> dict[str, Any]:
    """Return everything that a person would notice."""
    return {
        "values": resolved.values,
        "origins": resolved.origins,
        "locked": {key for key in SETTINGS if resolved.is_locked(key)},
        "bounds": {key: one.spoken(SETTINGS[key]) for key, one in resolved.bounds.items()},
        "organisation": resolved.organisation,
        "problems": resolved.problems,
    }


def compared(registry: Registry, policy: Wanted, root: str = "HKLM") -> dict[str, Any]:
    """See that the registry says the same as files; return what is in force."""
    registry.put(root, edited(EDITOR, policy))
    by_registry = in_force(under(windows.read(), [OWN]))

    assert in_force(under(by_file(policy), [OWN])) == by_registry
    assert () == by_registry["problems"]
    return by_registry


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(policy=wanted(), root=st.sampled_from(["HKLM", "HKCU"]))
def test_given_any_policy_then_the_registry_brings_the_same_settings_as_a_file(
    registry: Registry, policy: Wanted, root: str
) -> None:
    """Policy, template, registry, settings: nothing is lost or changed on the way."""
    compared(registry, policy, root)


def test_given_every_default_locked_then_every_setting_is_locked_at_its_default(
    registry: Registry,
) -> None:
    """Every setting that may be policy makes the whole way once."""
    values = {one.key: plain(one.default) for one in OURS if one.default not in ("", ())}
    values |= {"language": "de", "working_hours.days_off": ["2026-12-24", "2026-12-31"]}
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    values |= {f"working_hours.{day}": ["09:00-12:30", "13:00-24:00"] for day in days}
    found = compared(registry, Wanted(mandatory=values))

    # How long history is kept is no lock, but a ceiling for the person's own.
    assert {one.key for one in OURS} - {"history.keep_days"} == found["locked"]
    assert "30..400" == found["bounds"]["history.keep_days"]


def test_given_the_widest_bounds_then_they_change_nothing(registry: Registry) -> None:
    """Every setting that may have bounds makes the whole way once."""
    wide: dict[str, Any] = {
        one.key: {"choices": list(one.choices) or ["de", "en"]}
        if one.key in {"plan", "language"}
        else {"low": 0 if one.or_zero else one.low, "high": one.high}
        for one in OURS
        if not bounds(one).is_empty
    }
    wide["history.keep_days"] = {"high": 400}
    found = compared(registry, Wanted(bounds=wide))

    assert set(wide) == found["bounds"].keys()
    assert {"language"} == {key for key, one in found["origins"].items() if one is Origin.BOUNDS}


@pytest.mark.parametrize("key", [one.key for one in OURS if one.type is Type.WHOLE])
def test_given_a_number_that_a_policy_may_not_set_then_the_editor_does_not_take_it(
    key: str,
) -> None:
    """What the template refuses, nobody has to be told of later."""
    setting = SETTINGS[key]
    high = setting.default if setting.managed is Managed.SHORTEN else setting.high
    assert isinstance(high, int)

    for beyond in (high + 1, -1):
        with pytest.raises(Refused):
            edited(EDITOR, Wanted(mandatory={key: beyond}))
        with pytest.raises(Refused):
            edited(EDITOR, Wanted(bounds={key: {"high": beyond}}))


def test_given_nothing_then_nothing_is_set(registry: Registry) -> None:
    """What the tests wrote is gone; an empty key is no policy."""
    registry.put("HKLM", ())

    assert [] == [one for one in windows.read() if one.values]


# ── a profile ──────────────────────────────────────────────────────────────────────────────


def by_profile(policy: Wanted) -> dict[str, Any]:
    """Return what a profile would say."""
    bounds = {
        f"{registry_name(key)}{ENDS[end]}": value
        for key, ends in policy.bounds.items()
        for end, value in ends.items()
    }
    recommended = {registry_name(key): value for key, value in policy.recommended.items()}
    mandatory = {registry_name(key): value for key, value in policy.mandatory.items()}
    return {**mandatory, macos.RECOMMENDED: recommended, macos.BOUNDS: bounds}


@pytest.fixture(scope="module")
def preferences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of managed preferences."""
    folder = tmp_path_factory.mktemp("preferences")
    folder.chmod(0o755)
    return folder


def put(folder: Path, content: dict[str, Any], form: plistlib.PlistFormat) -> None:
    """Write the file of managed preferences."""
    path = folder / f"{macos.DOMAIN}.plist"
    path.write_bytes(plistlib.dumps(content, fmt=form))
    path.chmod(0o644)


def read(folder: Path) -> tuple[Document, ...]:
    """Read it as if we were root."""
    if sys.platform == "win32":
        return ()
    return macos.read(folder, os.getuid())


@pytest.mark.skipif(IS_REAL, reason="owners and modes of POSIX")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(policy=wanted(), form=st.sampled_from(plistlib.PlistFormat))
def test_given_any_policy_then_a_profile_brings_the_same_settings_as_a_file(
    preferences: Path, policy: Wanted, form: plistlib.PlistFormat
) -> None:
    """Policy, profile, settings: nothing is lost or changed on the way."""
    put(preferences, by_profile(policy), form)
    by_preferences = in_force(under(read(preferences), [OWN]))

    assert in_force(under(by_file(policy), [OWN])) == by_preferences
    assert () == by_preferences["problems"]


# ── anything ───────────────────────────────────────────────────────────────────────────────

NAMES: Final = st.sampled_from(
    [
        *(registry_name(one.key) for one in OURS),
        *(f"{registry_name(one.key)}{end}" for one in OURS for end in ENDS.values()),
        *("Recommended", "Defaults", "Bounds", "PersonAvoid", "Pause", "position", "1", "", "é"),
    ]
)
LEAVES: Final = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(),
    st.binary(max_size=4),
    st.datetimes().map(lambda one: one.replace(microsecond=0)),
    st.text("a09.:-é\u202e", max_size=9),
)
TREES: Final = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=6,
)


def survives(documents: tuple[Document, ...]) -> None:
    """See that whatever was read is judged, named and can be kept."""
    resolved = under(documents, [OWN])

    assert SETTINGS.keys() == resolved.values.keys()
    assert all(str(one) for one in resolved.problems)
    json.dumps([one.values for one in documents])


@pytest.mark.skipif(IS_REAL, reason="owners and modes of POSIX")
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=TREES, form=st.sampled_from(plistlib.PlistFormat))
def test_given_any_profile_then_nothing_fails(
    preferences: Path, content: dict[str, Any], form: plistlib.PlistFormat
) -> None:
    """What is wrong in a policy stops neither the rest of it nor the program."""
    try:
        put(preferences, content, form)
    except (OverflowError, ValueError):
        return  # no profile can say that

    survives(read(preferences))


def keys(depth: int) -> st.SearchStrategy[windows.Key]:
    """Return keys of the registry with anything in them."""
    below = keys(depth - 1) if depth else st.nothing()
    some = st.none() | LEAVES | st.lists(st.text(max_size=3), max_size=3)
    return st.builds(
        windows.Key,
        st.dictionaries(NAMES, some, max_size=5),
        st.dictionaries(NAMES, below, max_size=3) if depth else st.just({}),
    )


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(machine=keys(2), user=keys(1))
def test_given_any_registry_then_nothing_fails(machine: windows.Key, user: windows.Key) -> None:
    """The same for what somebody has typed into the registry."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(windows, "_registry", {"HKLM": machine, "HKCU": user}.get)

        survives(windows.read())
