from __future__ import annotations

import os
import plistlib
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.core.managed import Level, Scope, Status
from deskbreak.policy import macos

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("owners and modes of POSIX", allow_module_level=True)

NAME = f"{macos.DOMAIN}.plist"
OWNER = os.getuid()


def _binary(content: dict[str, Any]) -> bytes:
    return plistlib.dumps(content, fmt=plistlib.FMT_BINARY)


def _holding_itself() -> dict[str, Any]:
    content: dict[str, Any] = {"PositionIntervalMinutes": 15}
    content["Defaults"] = content
    return content


def _many_times() -> dict[str, Any]:
    content: list[Any] = [0] * 1000
    for _ in range(4):
        content = [content] * 1000
    return {"WorkingHoursMonday": content}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder of managed preferences."""
    tmp_path.chmod(0o755)
    return tmp_path


def put(folder: Path, content: dict[str, Any] | bytes) -> Path:
    """Write a file of managed preferences as macOS does."""
    folder.mkdir(mode=0o755, exist_ok=True)
    path = folder / NAME
    path.write_bytes(content if isinstance(content, bytes) else plistlib.dumps(content))
    path.chmod(0o644)
    return path


def test_given_no_files_then_nothing_is_set(root: Path) -> None:
    """A Mac that nobody manages has no documents; nor has one without the folder."""
    assert () == macos.read(root, OWNER)
    assert () == macos.read(root / "gone", OWNER)


def test_given_a_profile_then_it_is_one_document_for_each_level(root: Path) -> None:
    """What is recommended and bounds are dictionaries in the same file."""
    path = put(
        root,
        {
            "Plan": "gentle",
            "EyesEnabled": True,
            "PromptsBackoffFactor": 1.5,
            "WorkingHoursMonday": ["09:00-12:30"],
            "Defaults": {"EyesDailyCap": 3},
            "Bounds": {"PlanChoices": ["gentle", "busy"]},
        },
    )

    mandatory, recommended = macos.read(root, OWNER)
    assert (str(path), Level.MANDATORY, Scope.MACHINE) == (
        mandatory.name,
        mandatory.level,
        mandatory.scope,
    )
    assert {
        "plan": "gentle",
        "eyes.enabled": True,
        "prompts.backoff_factor": 1.5,
        "working_hours.monday": ["09:00-12:30"],
        "bounds": {"plan": {"choices": ["gentle", "busy"]}},
    } == mandatory.values
    assert (Level.RECOMMENDED, {"eyes.daily_cap": 3}) == (recommended.level, recommended.values)
    assert f"{path}/Defaults" == recommended.name


def test_given_a_binary_file_for_the_user_then_it_is_read(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MacOS writes the binary form; whose file it is the system says, not the environment."""
    import pwd

    name = pwd.getpwuid(OWNER).pw_name
    put(root / name, plistlib.dumps({"EyesDailyCap": 3}, fmt=plistlib.FMT_BINARY))
    monkeypatch.setenv("USER", "somebody")
    monkeypatch.setenv("LOGNAME", "somebody")
    monkeypatch.setenv("HOME", str(root))

    (found,) = macos.read(root, OWNER)
    assert (Scope.USER, {"eyes.daily_cap": 3}) == (found.scope, found.values)


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_given_a_file_that_others_can_write_then_it_is_ignored(root: Path, mode: int) -> None:
    """What somebody else could have written is no policy."""
    path = put(root, {"Plan": "gentle"})
    path.chmod(mode)

    (found,) = macos.read(root, OWNER)
    assert (Status.INSECURE, {}) == (found.status, found.values)
    expected = f"{path} can be written by others than root, so it does not count"
    assert expected == str(found.why)


def test_given_a_folder_or_an_owner_that_is_not_the_systems_then_the_file_is_ignored(
    root: Path,
) -> None:
    """Who can write the folder can put another file in its place."""
    put(root, {"Plan": "gentle"})

    before = macos.stamp(root)
    (foreign,) = macos.read(root, OWNER + 1)
    assert Status.INSECURE is foreign.status
    assert f"{root} does not belong to root, so it does not count" == str(foreign.why)
    root.chmod(0o777)
    (open_,) = macos.read(root, OWNER)
    assert Status.INSECURE is open_.status
    assert before != macos.stamp(root)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{}", id="JSON"),
        pytest.param(plistlib.dumps({"Plan": "gentle"})[:-20], id="cut"),
        pytest.param(plistlib.dumps([1]), id="a list"),
        pytest.param(b"bplist00" + b"\xff" * 40, id="broken binary"),
        pytest.param(b"<plist><dict><key>Plan</key></dict></plist>", id="no value"),
        pytest.param(b"<plist>" + b"<array>" * 9000 + b"</array>" * 9000, id="deep"),
        pytest.param(
            b'<!DOCTYPE p [<!ENTITY a "b">]><plist><string>&a;</string></plist>', id="an entity"
        ),
        pytest.param(b"<plist><integer>1e9</integer></plist>", id="no number"),
        pytest.param(_binary({"zz": 1}).replace(b"Rzz", b"\x11\0\1"), id="a number for a name"),
        pytest.param(
            _binary({"Bounds": {"zz": 1}}).replace(b"Rzz", b"\x42zz"), id="bytes for a name"
        ),
        pytest.param(_binary(_holding_itself()), id="it holds itself"),
        pytest.param(_binary(_many_times()), id="a list of lists of one list"),
        pytest.param(
            b"<plist><dict><key>a</key>"
            + b"<array>" * 900
            + b"</array>" * 900
            + b"</dict></plist>",
            id="deep",
        ),
    ],
)
def test_given_a_file_that_is_no_property_list_then_it_is_unreadable(
    root: Path, content: bytes
) -> None:
    """A broken policy is not taken for none, and stops nothing."""
    path = put(root, content)

    (found,) = macos.read(root, OWNER)
    assert (Status.UNREADABLE, {}) == (found.status, found.values)
    assert f"{path} is no property list" == str(found.why)


def test_given_what_is_no_file_or_too_large_then_it_is_unreadable(root: Path) -> None:
    """A link could lead to a file that others can write."""
    elsewhere = put(root / "elsewhere", {"Plan": "gentle"})
    (root / NAME).symlink_to(elsewhere)
    linked = macos.read(root, OWNER)
    (root / NAME).unlink()
    put(root, b" " * 300_000)
    large = macos.read(root, OWNER)

    assert [Status.UNREADABLE, Status.UNREADABLE] == [one.status for one in (*linked, *large)]
    assert f"{root / NAME} is not a file" == str(linked[0].why)
    expected = f"{root / NAME} is larger than 256 kB, so it cannot be what it should be"
    assert expected == str(large[0].why)


def test_given_dates_and_data_then_they_are_text(root: Path) -> None:
    """A profile has types that no policy file has; a copy of it is kept as JSON."""
    day = datetime(2026, 12, 24, tzinfo=UTC).replace(tzinfo=None)
    put(root, {"WorkingHoursDaysOff": [day], "Plan": b"gentle", "Odd": {"deep": [b"x"]}})

    (found,) = macos.read(root, OWNER)
    assert {
        "working_hours.days_off": ["2026-12-24"],
        "plan": "b'gentle'",
        "Odd": {"deep": ["b'x'"]},
    } == found.values


def test_given_levels_that_are_no_dictionaries_then_that_is_kept_to_be_named(root: Path) -> None:
    """What is wrong in a policy is judged in one place, for all systems."""
    put(root, {"Defaults": "gentle", "Bounds": 3})

    mandatory, recommended = macos.read(root, OWNER)
    assert {"bounds": 3} == mandatory.values
    assert {"Defaults": "gentle"} == recommended.values


def test_given_a_change_then_the_stamp_is_another(root: Path) -> None:
    """The agent asks for the stamp when it wakes, and reads again when it is another."""
    before = macos.stamp(root)
    path = put(root, {"Plan": "gentle"})
    between = macos.stamp(root)
    path.chmod(0o666)

    assert before != between
    assert between != macos.stamp(root)
    assert macos.stamp(root) == macos.stamp(root)
