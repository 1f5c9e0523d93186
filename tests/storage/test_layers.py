from __future__ import annotations

import os
from pathlib import Path

import pytest

from deskbreak.core.managed import Document, Level, Scope, Status
from deskbreak.core.settings import BadSetting, Origin, Resolved
from deskbreak.core.words import Refusal, Said, said
from deskbreak.storage.layers import Settings
from deskbreak.storage.policies import Policies
from deskbreak.storage.textfile import UNREADABLE

GOOD = "[position]\ninterval_minutes = 30\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A settings file of a person."""
    path = tmp_path / "settings.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def interval(resolved: Resolved) -> tuple[int, Origin]:
    """Return a value and where it comes from."""
    key = "position.interval_minutes"
    return resolved.whole(key), resolved.origins[key]


def test_given_no_file_then_the_defaults_are_in_force(tmp_path: Path) -> None:
    """A first start needs no file, and makes none."""
    settings = Settings(tmp_path / "deskbreak" / "settings.toml")

    assert (20, Origin.DEFAULT) == interval(settings.load())
    assert () == settings.load().problems
    assert [] == list(tmp_path.iterdir())


def test_given_a_file_then_it_is_over_the_plan_and_the_defaults(file: Path) -> None:
    """The layers of one person, weakest first."""
    file.write_text('plan = "busy"\n' + GOOD, encoding="utf-8")
    resolved = Settings(file).load()

    assert (30, Origin.USER) == interval(resolved)
    assert Origin.PLAN is resolved.origins["stretch.interval_minutes"]
    assert Origin.DEFAULT is resolved.origins["history.keep_days"]


def test_given_a_bad_value_then_its_line_is_named_and_the_rest_counts(file: Path) -> None:
    """A file is read key by key for values."""
    file.write_text(GOOD + "daily_cap = 99\n", encoding="utf-8")
    resolved = Settings(file).load()

    expected = f"{file}:3: position.daily_cap = 99 is not between 0 and 60; using 16"
    assert [expected] == [str(problem) for problem in resolved.problems]
    assert (30, Origin.USER) == interval(resolved)


def test_given_a_file_that_breaks_then_the_last_good_one_stays_in_force(file: Path) -> None:
    """Half an edit does not turn everything back to the defaults; it is one message."""
    settings = Settings(file)
    file.write_text(GOOD + "daily_cap = 99\n", encoding="utf-8")
    settings.load()
    file.write_text("[position\n", encoding="utf-8")
    broken = settings.load()

    assert (30, Origin.USER) == interval(broken)
    (said,) = map(str, broken.problems)
    assert said.startswith(f"{file}:1:10: is no TOML: ")
    assert said.endswith("; the settings from before stay in force")
    assert broken == settings.load()
    assert "[position\n" == file.read_text(encoding="utf-8")


def test_given_a_file_that_was_broken_from_the_start_then_the_defaults_are_in_force(
    file: Path,
) -> None:
    """There was never a good one; the message says what is used instead."""
    file.write_bytes(b"\xff\xfe")
    resolved = Settings(file).load()

    assert (20, Origin.DEFAULT) == interval(resolved)
    expected = (
        f"{file} is written in UTF-16; save it as UTF-8; using the defaults until it is mended"
    )
    assert [expected] == [str(problem) for problem in resolved.problems]


def test_given_a_broken_file_that_is_mended_then_it_counts(file: Path) -> None:
    """Nobody has to start anything anew."""
    settings = Settings(file)
    settings.load()
    file.write_text("[position\n", encoding="utf-8")
    settings.load()
    file.write_text("position.interval_minutes = 40", encoding="utf-8")

    assert (40, Origin.USER) == interval(settings.load())
    assert () == settings.load().problems


def test_given_a_file_that_is_removed_then_the_defaults_are_in_force(file: Path) -> None:
    """To remove the file is to go back to how it came."""
    settings = Settings(file)
    settings.load()
    file.unlink()

    assert (20, Origin.DEFAULT) == interval(settings.load())


def test_given_each_way_to_change_a_file_then_it_is_noticed_once(file: Path) -> None:
    """Editors write in place, replace, or remove and make anew."""
    settings = Settings(file)
    seen = [settings.changed_on_disk()]

    def look() -> None:
        seen.append(settings.changed_on_disk())
        settings.load()
        seen.append(settings.changed_on_disk())

    look()
    other = file.with_name("other")
    other.write_text(GOOD, encoding="utf-8")
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    other.replace(file)
    look()
    file.write_text(GOOD + "\n", encoding="utf-8")
    look()
    file.unlink()
    look()
    file.write_text(GOOD, encoding="utf-8")
    look()

    assert [True, *[True, False] * 5] == seen


def test_given_a_file_that_was_not_there_then_nothing_changed(tmp_path: Path) -> None:
    """No file yesterday, none today."""
    settings = Settings(tmp_path / "settings.toml")
    settings.load()

    assert not settings.changed_on_disk()


@pytest.mark.parametrize("written", ["/opt/example/packs", r"C:\Example\packs"])
def test_given_a_policy_that_names_a_folder_then_it_counts_on_the_system_that_has_such_paths(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """After that of every computer, and once where it is the same; without policies none does."""
    every = tmp_path / "every"
    monkeypatch.setattr("deskbreak.policy.packs.folder", lambda: every)
    expected = (every, Path(written)) if Path(written).is_absolute() else (every,)
    documents: list[Document] = []
    settings = Settings(file, Policies(tmp_path / "policy.json", lambda: documents, lambda: None))
    settings.load()
    assert (every,) == settings.organisation_packs
    for named, folders in ((written, expected), (str(every), (every,))):
        values = {"organisation": {"packs": named}}
        documents[:] = [Document("10.json", Level.MANDATORY, Scope.MACHINE, values)]
        settings.load()
        assert folders == settings.organisation_packs

    alone = Settings(file)
    alone.load()
    assert () == alone.organisation_packs


def test_given_a_typed_value_then_it_is_set_and_in_force(file: Path) -> None:
    """What a command or the tray asks for."""
    settings = Settings(file)

    assert (25, Origin.USER) == interval(settings.set("position.interval_minutes", "25"))
    assert "[position]\ninterval_minutes = 25\n" == file.read_text(encoding="utf-8")
    assert not settings.changed_on_disk()


def test_given_a_key_that_is_unset_then_the_weaker_value_is_in_force(file: Path) -> None:
    """A key of another version can be removed as well."""
    settings = Settings(file)
    file.write_text(GOOD + "speed = 3\n", encoding="utf-8")

    assert (20, Origin.DEFAULT) == interval(settings.unset("position.interval_minutes"))
    assert () == settings.unset("position.speed").problems
    assert "[position]\n" == file.read_text(encoding="utf-8")
    with pytest.raises(BadSetting, match=r"unknown key position\.speed"):
        settings.unset("position.speed")


def test_given_what_cannot_be_set_then_it_is_refused_and_the_file_stays(file: Path) -> None:
    """A typing error, a value out of bounds, a broken file."""
    settings = Settings(file)
    with pytest.raises(BadSetting):
        settings.set("position.interval_minutes", "5")
    with pytest.raises(BadSetting):
        settings.set("position.intervall", "25")
    file.write_text("[position\n", encoding="utf-8")
    with pytest.raises(Refusal, match="is no TOML"):
        settings.set("position.interval_minutes", "25")

    assert "[position\n" == file.read_text(encoding="utf-8")


def test_given_several_changes_then_all_are_made_with_one_write(file: Path) -> None:
    """What a page saves: some are set, some go back; the rest of the file stays."""
    file.write_text(f"# mine\n{GOOD}\n[stretch]\nenabled = false\n", encoding="utf-8")
    changes = {"position.interval_minutes": 15, "stretch.enabled": None, "plan": "gentle"}
    resolved = Settings(file).change(changes)

    assert (15, Origin.USER) == interval(resolved)
    assert (True, "gentle") == (resolved.flag("stretch.enabled"), resolved.text("plan"))
    assert "# mine" in file.read_text(encoding="utf-8")


def test_given_one_change_that_cannot_be_then_none_is_made(file: Path) -> None:
    """Half of what was on the screen would be what nobody wanted."""
    changes = {"plan": "gentle", "position.interval_minutes": 5}
    with pytest.raises(BadSetting, match="is not between"):
        Settings(file).change(changes)

    assert GOOD == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        pytest.param(said(UNREADABLE, path="10.json", reason="EIO"), True, id="a disk that fails"),
        pytest.param(said("{path} is no JSON", path="10.json"), False, id="a mistake in it"),
    ],
)
def test_given_a_policy_that_cannot_be_read_then_only_a_disks_fault_has_it_tried_again(
    file: Path, tmp_path: Path, problem: Said, expected: bool
) -> None:
    """No file changes when a disk comes back; a mistake goes only with a change of the file."""
    broken = Document(
        "10.json", Level.MANDATORY, Scope.MACHINE, status=Status.UNREADABLE, why=problem
    )
    settings = Settings(file, Policies(tmp_path / "policy.json", lambda: [broken], lambda: None))
    settings.load()

    assert expected is settings.changed_on_disk()
