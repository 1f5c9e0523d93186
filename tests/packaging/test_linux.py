"""What the Linux packages are made of: entries, man page, completions, libraries, licences."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

import pytest

from deskbreak.core.settings_table import SETTINGS
from deskbreak.storage.desktop_entry import value
from tests.architecture import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Part = Callable[[str], Any]

if sys.platform != "linux":
    pytest.skip("these are packages for Linux", allow_module_level=True)

PACKAGING: Final = REPOSITORY / "packaging"
LIBRARY: Final = re.compile(r"([\w-]+)>=([\d.]+),<([\d.]+)")


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Part:
    """Import a program of packaging; the folder is no package, as another is called so."""
    monkeypatch.syspath_prepend(PACKAGING)
    monkeypatch.syspath_prepend(PACKAGING / "linux")
    return importlib.import_module


@pytest.fixture
def texts(part: Part) -> dict[str, str]:
    """What is made for a package, by the end of its place."""
    made = part("place").texts("2026-03-02", "vendor-completions")
    return {place.removeprefix("usr/share/"): text for place, text in made}


def _libraries() -> dict[str, tuple[str, str]]:
    """Name the libraries that we use, with the oldest and with what is too new."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    found = (LIBRARY.match(line) for line in project["project"]["dependencies"])
    return {one[1]: (one[2], one[3]) for one in found if one}


def test_given_the_entries_then_they_start_the_package_and_are_not_our_own_writing(
    texts: dict[str, str],
) -> None:
    """`deskbreak launcher` leaves alone what has not its mark; at login it shows nothing."""
    menu, login = (
        texts["applications/deskbreak.desktop"],
        texts["etc/xdg/autostart/deskbreak.desktop"],
    )

    assert ("/usr/bin/deskbreak run --launched", "") == (
        value(menu, "Exec"),
        value(menu, "X-Deskbreak-Written"),
    )
    assert ("/usr/bin/deskbreak run", "/usr/bin/deskbreak", "") == (
        value(login, "Exec"),
        value(login, "TryExec"),
        value(login, "Actions"),
    )


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="it is not installed")
@pytest.mark.parametrize("name", ["applications", "etc/xdg/autostart"])
def test_given_an_entry_then_desktops_understand_it(
    texts: dict[str, str], tmp_path: Path, name: str
) -> None:
    """In their own judgement."""
    path = tmp_path / "deskbreak.desktop"
    path.write_text(texts[f"{name}/deskbreak.desktop"], encoding="utf-8")
    ran = subprocess.run(["desktop-file-validate", path], check=False, capture_output=True)

    assert (b"", b"", 0) == (ran.stdout, ran.stderr, ran.returncode)


def test_given_the_service_then_it_is_the_packages_and_systemd_understands_it(
    texts: dict[str, str], tmp_path: Path
) -> None:
    """Every line of it; but for the program, which is not installed here, and its man page."""
    text = texts["usr/lib/systemd/user/deskbreak.service"]
    assert "\nExecStart=/usr/bin/deskbreak run\n" in text
    assert "Protect" not in re.sub(r"(?m)^#.*$", "", text)  # a policy would be nobody's
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    path = tmp_path / "deskbreak.service"
    path.write_text(text.replace("/usr/bin/deskbreak", sys.executable), encoding="utf-8")
    argv = ["systemd-analyze", "--user", "--man=no", "verify", str(path)]
    env = {"PATH": os.defpath, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    ran = subprocess.run(argv, check=False, capture_output=True, env=env)

    assert (b"", b"", 0) == (ran.stdout, ran.stderr, ran.returncode)


def test_given_the_man_page_then_it_has_each_command_option_and_exit_status(
    part: Part, texts: dict[str, str]
) -> None:
    """It is made of what the command line knows of itself."""
    page = texts["man/man1/deskbreak.1"].replace("\\-", "-")
    commands = [one for one in part("grammar").whole().all() if one.words and not one.below]

    assert [] == [one.words for one in commands if f"deskbreak {' '.join(one.words)}" not in page]
    assert [] == [
        name
        for command in commands
        for argument in command.arguments
        for name in argument.names
        if name not in page
    ]


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
def test_given_the_man_page_then_man_has_nothing_to_warn_of(
    texts: dict[str, str], tmp_path: Path
) -> None:
    """In its own judgement."""
    path = tmp_path / "deskbreak.1"
    path.write_text(texts["man/man1/deskbreak.1"], encoding="utf-8")
    argv = ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(path)]
    ran = subprocess.run(argv, check=False, capture_output=True, text=True)

    assert ("", 0) == (ran.stderr, ran.returncode)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param(["sta"], "status stats", id="commands"),
        pytest.param(["config", "ex"], "explain", id="actions"),
        pytest.param(["config", "get", "history."], "history.keep_days", id="settings"),
        pytest.param(["tune", "history."], "history.keep_days=", id="settings to try"),
        pytest.param(["answer", "po"], "postpone", id="choices"),
        pytest.param(["run", "--sp"], "--speed", id="options"),
        pytest.param(["run", "--launched", "sh"], "show", id="values of an option"),
        pytest.param(["take", "pos"], "position posture", id="kinds"),
        pytest.param(["open", "guide", "--prompt", "P-PC-03"], "P-PC-03", id="prompts"),
        pytest.param(["simulate", "LICEN"], "LICENSE", id="files"),
        pytest.param(["doctor", "--bundle", "LICEN"], "LICENSE", id="files of an option"),
    ],
)
@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_given_a_word_that_is_begun_then_bash_ends_it(
    texts: dict[str, str], typed: list[str], expected: str
) -> None:
    """Where a word is of a kind that we know all of."""
    script = (
        f"{texts['bash-completion/completions/deskbreak']}\n"
        'compopt() { :; }; COMP_WORDS=(deskbreak "$@"); COMP_CWORD=$#; _deskbreak\n'
        'echo "${COMPREPLY[*]}"'
    )
    ran = subprocess.run(
        ["bash", "-c", script, "bash", *typed],
        check=True,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
    )

    assert (f"{expected}\n", "") == (ran.stdout, ran.stderr)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_given_another_shell_then_it_can_read_its_completion(
    texts: dict[str, str], tmp_path: Path, shell: str
) -> None:
    """And every setting is in it."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (text,) = (text for place, text in texts.items() if place.startswith(f"{shell}/"))
    path = tmp_path / "completion"
    path.write_text(text, encoding="utf-8")
    ran = subprocess.run([shell, "-n", path], check=False, capture_output=True, text=True)

    assert ("", 0) == (ran.stderr, ran.returncode)
    assert [] == [key for key in SETTINGS if key not in text]


def test_given_the_bounds_of_libraries_then_the_packages_have_the_same() -> None:
    """One of them changes; these must follow."""
    control = (PACKAGING / "debian" / "control").read_text(encoding="utf-8")
    spec = (PACKAGING / "rpm" / "deskbreak.spec").read_text(encoding="utf-8")
    oldest = (PACKAGING / "debian" / "oldest.in").read_text(encoding="utf-8")
    missing = []
    for name, (low, high) in _libraries().items():
        if name == "pillow":
            continue  # pystray brings it, and on Linux we do not use it ourselves
        debian = f"python3-{name.removeprefix('python-')}"
        wanted = f"{debian} (>= {low}), {debian} (<< {high}~)"
        dist = f"python3dist({name})"
        missing += [wanted] * (wanted not in control)
        wanted = f"({dist} >= {low.removesuffix('.0')} with {dist} < {high})"
        missing += [wanted] * (wanted not in spec)
        missing += [name] * (re.search(rf"^{name}=={low}(\.\d+)?$", oldest, re.MULTILINE) is None)

    assert 12 == len(_libraries())
    assert [] == missing


@pytest.mark.row("S11", "supply")
def test_given_the_lock_then_the_list_of_licences_is_of_it(part: Part) -> None:
    """`make notices` makes it; each licence is one that we have decided to use."""
    notices = part("notices")
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    pinned = notices.pinned(lock)
    if any(metadata.version(name) != version for name, version in pinned):
        pytest.skip("other versions than the locked ones are installed")
    known = {"MIT", "MIT-CMU", "BSD-3-Clause", "PSF-2.0"}
    known |= {"LGPL-2.1-or-later", "LGPL-3.0-or-later"}

    assert set() == {notices.licence(metadata.distribution(name)) for name, _ in pinned} - known
    assert (REPOSITORY / "THIRD_PARTY_NOTICES.txt").read_text("utf-8") == notices.inventory(lock)


@pytest.mark.row("S11", "supply")
@pytest.mark.parametrize(
    ("printed", "complained", "status", "sentence"),
    [
        pytest.param(
            '{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}',
            "",
            0,
            "clean: nothing known of 1 packages",
            id="all looked up",
        ),
        pytest.param(
            '{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]},'
            ' {"name": "b", "skip_reason": "not there"}]}',
            "Found 1 known vulnerability",
            1,
            "vulnerable: a 1: CVE-1",
            id="one is known, beside one skipped",
        ),
        pytest.param(
            '{"dependencies": [{"name": "a", "skip_reason": "not there"},'
            ' {"name": "b", "version": "1", "vulns": []}]}',
            "No known vulnerabilities found, 1 skipped",
            77,
            "not run: 1 of 2 could not be looked up",
            id="one was skipped",
        ),
        pytest.param(
            '{"dependencies": []}', "", 77, "not run: 0 of 0 could not be looked up", id="none"
        ),
        pytest.param(
            "",
            "Traceback\nConnectionError: nobody\n",
            77,
            "not run: ConnectionError: nobody",
            id="no network",
        ),
        pytest.param("", "", 77, "not run: no answer", id="silence"),
    ],
)
def test_given_what_pip_audit_says_then_it_is_clean_only_where_all_was_looked_up(
    part: Part, printed: str, complained: str, status: int, sentence: str
) -> None:
    """Left alone, pip-audit finds nothing where it could look up nothing."""
    audit = part("audit")

    assert audit.Found(status, sentence) == audit.judged(printed, complained)
