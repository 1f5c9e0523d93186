"""What holds for every test: it finds no desktop and nothing of the person who runs it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import pytest
from hypothesis import settings

from tests import board as board_
from tests.board import Board
from tests.desktop import matrix
from tests.homes import NO_BROWSER, folders

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from tests.desktop.desk import Here

pytest_plugins = ("tests.lanes",)

# A test that wants one of these starts its own.
DESKTOP: Final = (
    "AT_SPI_BUS_ADDRESS",
    "DBUS_SESSION_BUS_ADDRESS",
    "DBUS_SYSTEM_BUS_ADDRESS",
    "DESKTOP_SESSION",
    "DISPLAY",
    "NOTIFY_SOCKET",
    "PYSTRAY_BACKEND",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_CONFIG_DIRS",
    "XDG_CURRENT_DESKTOP",
    "XDG_DATA_DIRS",
    "XDG_SESSION_ID",
    "XDG_SESSION_TYPE",
)
WORDS: Final = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LC_TIME")
FOLDERS: Final = {
    "XDG_CACHE_HOME": ".cache",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_RUNTIME_DIR": "run",
    "XDG_STATE_HOME": ".local/state",
}
# What is in these folders is about Linux, and not all of it can be imported elsewhere.
LINUX_ONLY: Final = {
    "desktop": "the desktops of the tests are made of Linux programs",
    "platforms/linux": "a part of Linux desktops",
    "storage/linux": "disks that fail by means of strace and mounts, which only Linux has",
    "policy/office": "a computer in a mount namespace, which only Linux has",
}


_BOARD: Final = pytest.StashKey[Board]()


def pytest_configure() -> None:
    """Let a slow machine take its time, and let a failure be the same failure tomorrow."""
    settings.register_profile("deskbreak", deadline=None, derandomize=True)
    settings.load_profile("deskbreak")


class Elsewhere(pytest.Module):
    """A module of tests for another system: skipped as a whole, with its reason."""

    reason = ""

    def collect(self) -> NoReturn:
        pytest.skip(self.reason, allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Elsewhere | None:
    """Leave out, where this is not Linux, the folders that are about it."""
    for folder, reason in LINUX_ONLY.items() if sys.platform != "linux" else ():
        if module_path.is_relative_to(Path(__file__).parent / folder):
            module = Elsewhere.from_parent(parent, path=module_path)
            module.reason = reason
            return module
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the scoreboard what became of a test that fills a row of it."""
    report = yield
    if report.when == "call" or report.outcome != "passed":
        board_.write(item, report, item.stash.get(_BOARD, None))
    return report


@pytest.fixture
def board(request: pytest.FixtureRequest) -> Board:
    """What a test says to the scoreboard."""
    made = Board()
    request.node.stash[_BOARD] = made
    return made


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a whole run that left a cell out which its programs allow."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:  # of a lane: whoever started it sees to the rest
        output["cells"] = matrix.told()
    elif _is_whole(session.config) and matrix.not_run(matrix.recorded()) and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over what a lane has recorded, unless it broke down."""
    matrix.take(getattr(node, "workeroutput", {}).get("cells", []))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print which contract ran on which desktop."""
    cells = matrix.recorded()
    if not cells:
        return
    terminalreporter.section("contracts: ports x environments")
    for line in matrix.table(cells):
        terminalreporter.write_line(line)
    for line in matrix.not_run(cells) if _is_whole(config) else []:
        terminalreporter.write_line(f"NOT RUN, though its programs are here: {line}", red=True)


def _is_whole(config: pytest.Config) -> bool:
    """Whether nothing was left out by whoever started this run."""
    options = ("keyword", "markexpr", "deselect", "lf", "collectonly", "maxfail")
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not any(
        config.getoption(option, None) for option in options
    )


@pytest.fixture(scope="session", autouse=True)
def nobodys_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fixtures that live longer than a test find neither desktop nor person either."""
    with pytest.MonkeyPatch.context() as patch:
        for name in DESKTOP + WORDS:
            patch.delenv(name, raising=False)
        patch.setenv("LANG", "C.UTF-8")
        patch.setenv("TZ", "UTC")
        patch.setenv("BROWSER", NO_BROWSER)
        _settle(patch, tmp_path_factory.mktemp("session"))
        yield


@pytest.fixture(autouse=True)
def home(
    nobodys_session: None,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """An empty home for each test, with the places that `XDG_…` name in it."""
    folder = tmp_path_factory.mktemp("home")
    _settle(monkeypatch, folder)
    return folder


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], home: Path) -> Here:
    """Run commands in this process, at this test's home."""
    from tests.desktop.desk import Here

    return Here(capsys)


def _settle(patch: pytest.MonkeyPatch, home: Path) -> None:
    for name, value in folders(home).items():
        patch.setenv(name, value)
    for name, folder in FOLDERS.items():
        patch.setenv(name, str(home / folder))
    # Made by the session manager for everybody else, and nobody but the person may look in.
    (home / "run").mkdir(mode=0o700)
