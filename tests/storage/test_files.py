from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from deskbreak.core.settings import BadSetting, resolve
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.settings_text import example
from deskbreak.core.values import judged
from deskbreak.core.words import Refusal, Said
from deskbreak.storage import files
from deskbreak.storage.files import (
    bundled,
    icon_path,
    icon_theme,
    locale_dir,
    pack_texts,
    parse_settings,
    places,
    read_settings,
    write_settings,
)
from deskbreak.storage.textfile import locked, private_folder
from deskbreak.storage.toml_text import edited
from tests.architecture import REPOSITORY
from tests.storage.faults import at_call, survived

OLD = """\
# mine
plan = "busy"   # for now
some_day = [1,  2]

[position]      # the one
# how often
interval_minutes = 30  # not more
unknown = nan

[future.table]
x = 1979-05-27T07:32:00Z
"""
NEW = OLD.replace("interval_minutes = 30 ", "interval_minutes = 15 ")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A settings file of a person."""
    path = tmp_path / "settings.toml"
    path.write_text(OLD, encoding="utf-8")
    return path


# ── places ─────────────────────────────────────────────────────────────────────────────────


def test_given_a_user_without_home_then_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may run a number that has no name and no folder."""

    def nobody() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", nobody)
    with pytest.raises(Refusal, match="no home folder; set HOME"):
        places("linux")


def test_given_a_file_where_a_folder_should_be_then_it_is_refused(tmp_path: Path) -> None:
    """The sentence names the path."""
    (tmp_path / "a").write_text("")

    with pytest.raises(Refusal, match="a is not a folder"):
        private_folder(tmp_path / "a")
    with pytest.raises(Refusal, match=r"a[/\\]b cannot be made: "):
        private_folder(tmp_path / "a" / "b")


# ── what comes with deskbreak ──────────────────────────────────────────────────────────────


def test_given_a_source_tree_then_its_files_are_beside_the_package() -> None:
    """Nothing has to be built to try it out."""
    assert REPOSITORY / "config" / "packs" / "en.toml" == bundled("config", "packs", "en.toml")
    assert REPOSITORY / "config" / "locale" == locale_dir()


def test_given_an_installed_package_then_its_files_are_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wheel carries them where no other package can lie."""
    package = tmp_path / "site-packages" / "deskbreak"
    (package / "_data").mkdir(parents=True)
    monkeypatch.setattr(files, "__file__", str(package / "storage" / "files.py"))

    icons = package / "_data" / "icons" / "hicolor"
    assert icons / "24x24" / "status" / "deskbreak_due.png" == icon_path("due", 24)


@pytest.mark.parametrize(
    ("size", "folder"), [(1, "22x22"), (22, "22x22"), (23, "24x24"), (99, "64x64")]
)
def test_given_a_size_then_the_picture_is_the_next_larger(size: int, folder: str) -> None:
    """Made smaller a picture stays sharp, made larger it does not."""
    assert folder == icon_path("due", size).parents[1].name


def test_given_the_icon_theme_then_each_state_has_a_picture_in_each_form() -> None:
    """Panels ask for the size that fits, for the drawing, or for one in their own colour."""
    hicolor = icon_theme() / "hicolor"
    for state in ("working", "due", "resting", "paused", "problem"):
        name = f"deskbreak_{state}"
        assert all(icon_path(state, size).is_file() for size in (22, 24, 32, 44, 48, 64))
        assert (hicolor / "scalable" / "status" / f"{name}.svg").is_file()
        assert (hicolor / "scalable" / "status" / f"{name}-symbolic.svg").is_file()


@pytest.mark.parametrize(
    ("language", "names"),
    [
        pytest.param("", ["en.toml"], id="none"),
        pytest.param("en_GB.UTF-8", ["en.toml"], id="english"),
        pytest.param("de", ["en.toml", "de.toml"], id="german"),
        pytest.param("de_AT.UTF-8", ["en.toml", "de.toml"], id="austrian"),
        pytest.param("DE-at", ["en.toml", "de.toml"], id="as on the web"),
        pytest.param("zh_Hans_CN", ["en.toml"], id="not there"),
        pytest.param("../../x", ["en.toml"], id="a path"),
        pytest.param("C", ["en.toml"], id="C"),
    ],
)
def test_given_a_language_then_the_packs_are_english_and_its_own(
    language: str, names: list[str]
) -> None:
    """What is not translated stays English."""
    assert names == [name for name, text in pack_texts(language) if "schema_version" in text]


def test_given_no_english_pack_then_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken installation says which file is missing."""
    monkeypatch.setattr(files, "__file__", str(tmp_path / "deskbreak" / "storage" / "files.py"))

    with pytest.raises(Refusal, match=r"config[/\\]packs[/\\]en\.toml is not there"):
        pack_texts("")


# ── settings in ────────────────────────────────────────────────────────────────────────────


def test_given_a_file_then_values_and_their_lines_are_read(file: Path) -> None:
    """Messages about a value name its line."""
    read = read_settings(file)

    assert read.problem is None
    assert "busy" == read.values["plan"]
    assert 30 == read.values["position.interval_minutes"]
    found = {key: read.lines[key] for key in ("plan", "position.interval_minutes", "future")}
    assert {"plan": 2, "position.interval_minutes": 7, "future": 10} == found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param('\n[ "position" ]\n\ninterval_minutes=1', 4, id="quoted table"),
        pytest.param("\nposition.'interval_minutes' = 1", 2, id="dotted"),
        pytest.param('\n"position.interval_minutes" = 1', 2, id="quoted with the dot"),
        pytest.param("\nposition = { interval_minutes = 1 }", 2, id="inline"),
        pytest.param("\r\n[position]\r\ninterval_minutes = 1\r\n", 3, id="windows"),
        pytest.param('a = """\n[x]\n"""\n[position]\ninterval_minutes = 1', 5, id="text of lines"),
        pytest.param(
            "a = '\u2028\x85'\n[position]\ninterval_minutes = 1", 3, id="other separators"
        ),
        pytest.param("\n[position]\n'a.b' = 1\ninterval_minutes=1", 4, id="a dot within quotes"),
        pytest.param("\nposition . interval_minutes = 1", 2, id="blanks round the dot"),
        pytest.param(
            'a = """\nposition.interval_minutes = 2"""\nposition.interval_minutes = 1',
            3,
            id="a text that looks like it",
        ),
        pytest.param("a = '''\n\\'''''\nposition.interval_minutes = 1", 3, id="a text of quotes"),
        pytest.param(
            '[position]\na = [ # "\n["b"],\n]\ninterval_minutes = 1', 5, id="a list of lines"
        ),
        pytest.param(
            '"position.interval_minutes" = 2\n[position]\ninterval_minutes = 1', 3, id="twice"
        ),
    ],
)
def test_given_a_way_to_write_a_key_then_its_line_is_found(text: str, line: int) -> None:
    """TOML has many ways to say one thing."""
    read = parse_settings(text.encode(), "f")

    assert 1 == read.values["position.interval_minutes"]
    assert line == read.lines["position.interval_minutes"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"[a\n", "f:1:3: is no TOML: ", id="syntax"),
        pytest.param(b"a = 1\na = 2\n", "f:2:6: is no TOML: Cannot overwrite a value", id="twice"),
        pytest.param(b'a = "', "f is no TOML, for its end is missing: ", id="end"),
        pytest.param(
            "x = 1\ny = 'ä'".encode("latin-1"),
            "f:2: is not UTF-8, perhaps Latin-1; save it as UTF-8",
            id="latin-1",
        ),
        pytest.param(
            "x = 1".encode("utf-16"),
            "f is written in UTF-16; save it as UTF-8",
            id="utf-16",
        ),
        pytest.param(
            "x = 1".encode("utf-32"),
            "f is written in UTF-32; save it as UTF-8",
            id="utf-32",
        ),
        pytest.param("x = 1".encode("utf-16-le"), "f:1:2: is no TOML: ", id="utf-16, no mark"),
        pytest.param(b"a = " + b"[" * 5000 + b"]" * 5000, "f is nested too deeply", id="deep"),
        pytest.param(b"a = {" * 5000, "f is nested too deeply", id="deep tables"),
        pytest.param(
            b"\n" + b".".join([b"a"] * 20000) + b" = 1",
            "f:2: a key has more than 8 parts",
            id="dotted key of 40 kB",
        ),
        pytest.param(
            b"[" + b" . ".join([b'"a"'] * 9) + b"]",
            "f:1: a key has more than 8 parts",
            id="dotted table",
        ),
        pytest.param(b"a = " + b"9" * 5000, "f is no TOML: Exceeds the limit (4300", id="digits"),
        pytest.param(b"a = \x00", "f:1:5: is no TOML: Invalid value", id="NUL"),
        pytest.param(b"a = 1\rb = 2", "f:1:6: is no TOML: ", id="old Macintosh"),
        pytest.param(b"a = 2026-02-30", "f:1:5: is no TOML: ", id="no such day"),
    ],
)
def test_given_a_broken_file_then_it_is_one_line_that_says_where(
    data: bytes, expected: str
) -> None:
    """Nothing of the file counts, and nothing else is said of it."""
    read = parse_settings(data, "f")

    assert {} == read.values
    assert str(read.problem).startswith(expected)
    assert "\n" not in str(read.problem)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbfeyes.enabled = true", id="byte order mark"),
        pytest.param(b"[eyes]\r\nenabled = true\r\n", id="windows"),
        pytest.param(b"# " + b"." * 60000 + b"\neyes.enabled = true", id="dots in a comment"),
        pytest.param(b"# a.b.c.d.e.f.g.h.i.j\neyes.enabled = true", id="a comment of ten parts"),
        pytest.param(b"x = 'a.b.c.d.e.f.g.h.i.j'\neyes.enabled = true", id="a text of ten parts"),
        pytest.param(b"x = 0x" + b"f" * 60000 + b"\neyes.enabled = true", id="hexadecimal"),
    ],
)
def test_given_an_odd_file_that_is_toml_then_it_is_read(data: bytes) -> None:
    """What is odd but clear is no problem."""
    read = parse_settings(data, "f")

    assert read.problem is None
    assert read.values["eyes.enabled"] is True


def test_given_no_file_then_it_says_nothing(tmp_path: Path) -> None:
    """Who never changed a setting has no file."""
    assert files.ReadFile() == read_settings(tmp_path / "none" / "settings.toml")


def test_given_a_file_that_may_not_be_read_then_it_is_one_line(file: Path) -> None:
    """Permissions are named as the system names them."""

    def refuse(name: str) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with at_call(1, refuse):
        read = read_settings(file)

    assert f"{file} cannot be read: Permission denied" == str(read.problem)


PIECES = st.sampled_from(
    [
        *("\n", "\r\n", "\r", "\t", " ", "\x00", "é", "\ufeff", "#", "=", ".", ",", "\\", "-"),
        *("[", "]", "[[", "]]", "{", "}", '"', "'", '"""', "'''", "nan", "inf", "1e999999"),
        *("0x", "9" * 50, "true", "plan", "position", "[position]\n", "position.x = 1\n", "a.b"),
        *("1979-05-27", "07:32:00", "interval_minutes", "stretch.enabled = true\n"),
    ]
)
CHANGES = st.sampled_from(
    [
        ("plan", "gentle"),
        ("language", "de"),
        ("position.interval_minutes", 15),
        ("position.interval_minutes", None),
        ("working_hours.monday", ("09:00-10:00",)),
        ("prompts.backoff_factor", 2.5),
        ("future.table", None),
    ]
)


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """Return a settings file into which something got."""
    text = draw(st.sampled_from([OLD, example(), ""]))
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        text = text[:start] + draw(PIECES | st.text(max_size=5)) + text[end:]
    return text


@settings(max_examples=300)
@given(mangled())
def test_given_a_mangled_file_then_all_in_force_is_sound(text: str) -> None:
    """Nothing raises; a problem is a line; every value lies in its bounds."""
    read = parse_settings(text.encode("utf-8", "surrogatepass"), "f")
    resolved = resolve([read.layer("f")])

    lines = [str(problem) for problem in (read.problem, *resolved.problems) if problem]
    assert all("\n" not in line for line in lines)
    assert len(lines) == len(set(lines))
    values = resolved.values.items()
    assert not [key for key, value in values if isinstance(judged(SETTINGS[key], value), Said)]


@settings(max_examples=300)
@given(st.binary())
def test_given_any_bytes_then_reading_them_raises_nothing(data: bytes) -> None:
    """A file may hold anything."""
    read = parse_settings(data, "f")

    assert not (read.problem and read.values)


# ── settings out ───────────────────────────────────────────────────────────────────────────


@pytest.mark.row("R17")
def test_given_a_file_when_a_value_is_set_then_all_else_stays(file: Path) -> None:
    """Comments, order, blanks and unknown keys are the person's."""
    write_settings(file, {"position.interval_minutes": 15})

    assert NEW == file.read_text(encoding="utf-8")
    assert {"settings.toml", "settings.toml.lock"} == {path.name for path in file.parent.iterdir()}


@pytest.mark.parametrize(
    ("old", "key", "value", "new"),
    [
        pytest.param("", "plan", "busy", 'plan = "busy"\n', id="empty"),
        pytest.param(
            "", "eyes.enabled", True, "[eyes]\nenabled = true\n", id="empty, with a table"
        ),
        pytest.param("eyes.enabled = false # c", "eyes.enabled", True, None, id="dotted"),
        pytest.param("eyes = {enabled = false} # c\n", "eyes.enabled", True, None, id="inline"),
        pytest.param('"eyes.enabled" = false # c\n', "eyes.enabled", True, None, id="quoted"),
        pytest.param(
            '"eyes.enabled" = false\n[eyes]\nenabled = false\n',
            "eyes.enabled",
            True,
            None,
            id="twice",
        ),
        pytest.param(
            "# c\r\n[eyes]\r\nenabled = false\r\n", "eyes.enabled", True, None, id="windows"
        ),
        pytest.param(
            "[eyes]\r\n",
            "eyes.enabled",
            True,
            "[eyes]\r\nenabled = true\r\n",
            id="windows, a new line",
        ),
        pytest.param("\ufeff[eyes]\nenabled = false\n", "eyes.enabled", True, None, id="mark"),
        pytest.param("[eyes]\nenabled = true", "eyes.enabled", True, None, id="no change"),
        pytest.param(
            "[eyes]\nx = nan\n[day]\n[eyes.y]\nz = 1\n",
            "eyes.enabled",
            True,
            "[eyes]\nx = nan\nenabled = true\n[day]\n[eyes.y]\nz = 1\n",
            id="a table in two places",
        ),
        pytest.param(
            "[eyes]\n# c\nenabled = true # d\n[day]",
            "eyes.enabled",
            None,
            "[eyes]\n# c\n[day]",
            id="removed",
        ),
        pytest.param("[day]\n", "eyes.enabled", None, "[day]\n", id="nothing to remove"),
        pytest.param("eyes.enabled = false\n", "eyes.enabled", None, "", id="dotted, removed"),
        pytest.param(
            'plan = "busy"\neyes.enabled = false\neyes.daily_cap = 3\n',
            "eyes.enabled",
            None,
            'plan = "busy"\neyes.daily_cap = 3\n',
            id="one of two dotted, removed",
        ),
        pytest.param("[x]\ny = 1\n", "x.y", None, "[x]\n", id="unknown key removed"),
        pytest.param("x = 1\n", "x", None, "", id="unknown key at the top removed"),
        pytest.param(
            "[day]\n",
            "person.equipment",
            ("wall", "ball"),
            '[day]\n\n[person]\nequipment = ["wall", "ball"]\n',
            id="list",
        ),
    ],
)
def test_given_a_way_to_write_a_file_then_it_is_kept(
    file: Path, old: str, key: str, value: object, new: str | None
) -> None:
    """None for *new* means: as it was, with true for false."""
    file.write_bytes(old.encode())
    write_settings(file, {key: value})

    expected = old.replace("false", "true") if new is None else new
    assert expected.encode() == file.read_bytes()


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        pytest.param("[a\n", "settings.toml:1:3: is no TOML", id="broken"),
        pytest.param("x = 1\n" * 20000, "is larger than 64 kB", id="giant"),
        pytest.param("eyes = 5\n", "eyes.enabled in .* cannot be changed from here", id="no table"),
        pytest.param("[[eyes]]\n", "eyes.enabled in .* cannot be changed", id="list of tables"),
        pytest.param("#" + "x" * 65530, "would become too large", id="full"),
    ],
)
def test_given_a_file_that_cannot_be_changed_then_it_is_refused_untouched(
    file: Path, old: str, expected: str
) -> None:
    """Better no change than a wrong one."""
    file.write_text(old, encoding="utf-8")

    with pytest.raises(Refusal, match=expected):
        write_settings(file, {"eyes.enabled": True})
    assert old == file.read_text(encoding="utf-8")
    assert not list(file.parent.glob(".*"))


@pytest.mark.parametrize("answer", ["[position]\ninterval_minutes = 16\n", None, "[a"])
def test_given_an_editor_that_errs_then_its_work_is_not_used(
    file: Path, monkeypatch: pytest.MonkeyPatch, answer: str | None
) -> None:
    """What is written is read before it replaces anything."""

    def dumps(document: object) -> str:
        if answer is None:
            raise KeyError(document)
        return answer

    monkeypatch.setattr(tomlkit, "dumps", dumps)
    with pytest.raises(Refusal, match="cannot be changed from here") as refused:
        write_settings(file, {"position.interval_minutes": 15})
    assert "Change it in the file by hand." == str(refused.value.remedy)
    assert OLD == file.read_text(encoding="utf-8")


def test_given_a_value_that_cannot_be_then_it_is_never_written(file: Path) -> None:
    """The last door checks as well, whoever comes through it."""
    with pytest.raises(BadSetting):
        write_settings(file, {"position.interval_minutes": 5})
    with pytest.raises(BadSetting):
        write_settings(file, {"position.intervall_minutes": 15})

    assert OLD == file.read_text(encoding="utf-8")


@pytest.mark.row("R17")
@settings(max_examples=200)
@given(mangled(), CHANGES)
def test_given_a_mangled_file_when_it_is_changed_then_only_the_change_is_new(
    text: str, change: tuple[str, object]
) -> None:
    """Every file ends as it was, or with exactly the one value changed."""
    key, value = change
    before = parse_settings(text.encode("utf-8", "surrogatepass"), "f")
    try:
        result = edited(text.removeprefix("\ufeff"), {key: value}, "f")
    except Refusal:
        return
    after = parse_settings(result.encode(), "f")

    assert before.problem is None
    assert after.problem is None
    expected = {k: repr(v) for k, v in before.values.items() if k != key}
    if value is not None:
        expected[key] = repr(list(value) if isinstance(value, tuple) else value)
    found = {k: repr(v) for k, v in after.values.items()}
    assert (expected, comments(text)) == (found, comments(result))


def comments(text: str) -> list[str]:
    """Return the lines that are nothing but a comment."""
    return [line for line in text.splitlines() if line.startswith("#")]


def test_given_a_read_only_file_then_it_is_refused_with_words(file: Path) -> None:
    """For root, too: who made it read-only meant it."""
    file.chmod(0o444)

    with pytest.raises(Refusal, match=r"settings\.toml is read-only, so it was not changed"):
        write_settings(file, {"plan": "gentle"})
    assert OLD == file.read_text(encoding="utf-8")


def test_given_what_a_killed_writer_left_then_the_next_one_removes_it(file: Path) -> None:
    """Nothing piles up."""
    (file.parent / ".settings.toml.tmp").write_text("half a fi", encoding="utf-8")
    write_settings(file, {"position.interval_minutes": 15})

    assert NEW == file.read_text(encoding="utf-8")
    assert not list(file.parent.glob(".*"))


def test_given_a_lock_that_is_held_then_the_writer_waits_and_then_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that hangs with the lock in its hand holds up nobody for long."""
    monkeypatch.setattr("deskbreak.storage.textfile._LOCK_WAIT_S", 0.05)

    held = pytest.raises(Refusal, match=r"settings\.toml\.lock is held by another program")
    with locked(file.with_name("settings.toml.lock")), held:
        write_settings(file, {"plan": "gentle"})
    write_settings(file, {"plan": "gentle"})

    assert 'plan = "gentle"' in file.read_text(encoding="utf-8")


def test_given_several_writers_at_once_then_no_change_is_lost(file: Path) -> None:
    """Tray, page and command line may change different settings in one moment."""
    whole = [key for key in SETTINGS if key.endswith(("daily_cap", "postpone_minutes"))]
    refused = []

    def change(keys: list[str]) -> None:
        for key in keys:
            try:
                write_settings(file, {key: 7})
            except Refusal as error:
                refused.append(error)

    writers = [threading.Thread(target=change, args=(whole[n::3],)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [] == refused
    assert {7} == {read_settings(file).values[key] for key in whole}
    assert comments(OLD) == comments(file.read_text(encoding="utf-8"))


@pytest.mark.row("R11")
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EDQUOT])
def test_given_any_call_that_fails_then_the_file_is_old_or_new_and_nothing_is_left(
    file: Path, code: int
) -> None:
    """A full, broken or read-only disk costs the change at worst, and is said in words."""

    def fail(name: str) -> None:
        raise OSError(code, os.strerror(code))

    refusals, sentences = 0, set()
    for number in range(1, 100):
        file.write_text(OLD, encoding="utf-8")
        refused = False
        with at_call(number, fail) as names:
            try:
                write_settings(file, {"position.interval_minutes": 15})
            except Refusal as error:
                refused = True
                sentences.add(str(error))
        if len(names) < number:
            break
        refusals += refused
        assert (OLD if refused else NEW) == file.read_text(encoding="utf-8"), names
        if names[number - 1] != "unlink":  # what could not be removed goes with the next change
            assert not list(file.parent.glob(".*")), names

    assert refusals >= 10
    assert not [one for one in sentences if os.strerror(code) not in one]
    assert not list(file.parent.glob(".*"))


def kill_everywhere(folder: Path) -> list[tuple[bool, int]]:
    """Kill the writer at each of its calls; return which file was found, and what was left over."""
    import tomlkit  # noqa: F401 - so that the calls counted are the writer's own

    path = folder / "settings.toml"
    found = []
    for number in range(1, 100):
        path.write_text(OLD, encoding="utf-8")
        if survived(partial(write_settings, path, {"position.interval_minutes": 15}), number):
            break
        text = path.read_text(encoding="utf-8")
        assert text in {OLD, NEW}, f"call {number}: torn"
        write_settings(path, {"position.interval_minutes": 15})
        assert path.read_text(encoding="utf-8") == NEW
        found.append((text == NEW, len(list(folder.glob(".*")))))
    return found


@pytest.mark.row("R10")
def test_given_a_writer_killed_at_any_call_then_the_file_is_whole(tmp_path: Path) -> None:
    """The old file or the new, never half of one; the next change finds nothing in its way."""
    script = (
        "import sys; from pathlib import Path;"
        "from tests.storage.test_files import kill_everywhere;"
        "print(kill_everywhere(Path(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ("", 0) == (done.stderr, done.returncode)
    found = eval(done.stdout)  # noqa: S307 - what the function above printed
    assert len(found) >= 15
    assert {0} == {left for _, left in found}
    assert sorted(found) == found  # old until the one instant, then new
    assert {False, True} == {is_new for is_new, _ in found}
