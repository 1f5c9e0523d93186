"""A person's half hour at a Windows that is Wine's, 120 times as fast; run it in Wine's environment.

``packaging/wine/run python3 -m benchmarks.windows_day`` on a display of its own, with openbox,
xdotool and ImageMagick. It clicks what a person clicks, prints what it found, leaves pictures in
``dist/`` and ends with 1 if anything was not so.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PYTHON: Final = ("wine", "python")
SPEED: Final = 120
_NEEDS: Final = ("wine", "openbox", "xdotool", "import")
PICTURES: Final = Path("dist")
_KEY_EVERY_S: Final = 0.25  # half a minute at this speed: nobody who types is idle
_LONGEST_S: Final = 60.0
_ROW_PIXELS: Final = 17  # of Wine's menus
_BALLOON_AFTER_S: Final = 2.8
"""Wine draws a balloon two seconds after it was asked to. Source: seen; BALLOON_CREATE_TIMEOUT,
programs/explorer/systray.c of Wine 8."""
_SETTINGS: Final = (
    # A reminder would come at the same time, and begin these two seconds anew.
    ("prompts.reminder_minutes", "0"),
    ("position.patience_minutes", "30"),
)
_BALLOON_PIXELS: Final = 100  # no balloon is so high, and no menu lower
_CLICKS: Final = 5
_HALF_ROW_PIXELS: Final = 11  # to the middle of the first row, with the frame
_LAST_WORDS_S: Final = 0.5
_ENDS_WITHIN_S: Final = 10.0


def _run(*argv: str, within_s: float = _LONGEST_S) -> str:
    """Run a program to its end, and return what it printed.

    Through a pipe, without which Windows' Python does not start; and not to the end of that, since
    what Wine starts besides, such as its desktop, keeps it open.
    """
    program = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    printed: list[bytes] = []
    reader = threading.Thread(target=_read, args=(program, printed), daemon=True)
    reader.start()
    program.wait(within_s)
    reader.join(_LAST_WORDS_S)
    return b"".join(printed).decode(errors="replace")


def _read(program: subprocess.Popen[bytes], printed: list[bytes]) -> None:
    assert program.stdout is not None
    while part := os.read(program.stdout.fileno(), 65_536):
        printed.append(part)


def deskbreak(*words: str) -> Any:  # noqa: ANN401 - facts, whose parts are compared
    """Run a command; return the facts that it prints."""
    printed = _run(*PYTHON, "-m", "deskbreak", *words, "--json")
    return json.loads(printed)


def wait(condition: Callable[[], Any], within_s: float = _LONGEST_S) -> Any:  # noqa: ANN401 - what it returns
    """Wait for *condition*; return what it returned at last, whether or not that is true."""
    late_s = time.monotonic() + within_s
    while not (found := condition()) and time.monotonic() < late_s:
        time.sleep(0.05)
    return found


class Person:
    """Types in a Wine window, without end, and reaches for the mouse in between."""

    def __init__(self) -> None:
        self._types = threading.Event()
        self._key = "a"
        threading.Thread(target=self._type, daemon=True).start()

    def _type(self) -> None:
        while True:
            self._types.wait()
            _run("xdotool", "key", self._key)
            time.sleep(_KEY_EVERY_S)

    def work(self) -> None:
        """Type from now on."""
        self._types.set()

    def leave(self) -> None:
        """Touch nothing from now on."""
        self._types.clear()

    @contextlib.contextmanager
    def reaching(self) -> Iterator[None]:
        """Reach for the mouse: two seconds would be a break of four minutes at this speed."""
        self._key = "Shift_L"  # input that no menu takes for a choice
        time.sleep(_KEY_EVERY_S)
        yield
        self._key = "a"

    def open_menu(self) -> None:
        """Click on the icon, the first one in Wine's window for such icons, until its menu opens."""
        (window,) = wait(lambda: _windows("^Wine System Tray$"))
        for _ in range(_CLICKS):
            _click(window, 10, 10, button=3)
            if wait(lambda: _menu()[1] > _ROW_PIXELS, 1.0):
                return

    def choose_done(self) -> None:
        """Click on the first row below the headline."""
        menu, _height = _menu()
        _click(menu, 40, _ROW_PIXELS + _HALF_ROW_PIXELS, button=1)

    def open_week(self) -> None:
        """Click on the third row from the end, above a separator and Quit."""
        menu, height = _menu()
        _click(menu, 40, height - 3 * _ROW_PIXELS - 4, button=1)
        time.sleep(0.4)


def _windows(name: str) -> list[int]:
    return [int(one) for one in _run("xdotool", "search", "--onlyvisible", "--name", name).split()]


def _click(window: int, x: int, y: int, *, button: int) -> None:
    at = ("--window", str(window), str(x), str(y))
    _run("xdotool", "mousemove", *at, "click", str(button))


def _menu() -> tuple[int, int]:
    """Return the window of the menu, a high one without a name, and its height."""

    def height(window: int) -> int:
        printed = _run("xdotool", "getwindowgeometry", "--shell", str(window))
        found = re.search(r"HEIGHT=(\d+)", printed)
        return int(found[1]) if found else 0

    found = [(one, height(one)) for one in _windows("^$")]
    return max((one for one in found if one[1] > _BALLOON_PIXELS), default=(0, 0))


def picture(name: str) -> None:
    """Keep what is on the screen, without the empty part of it."""
    PICTURES.mkdir(exist_ok=True)
    _run("import", "-window", "root", "-crop", "560x300+0+0", "+repage", str(PICTURES / name))


class Log:
    """What the agent says of itself, with --debug."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._from = 0
        if path.exists():
            self.mark()

    def said(self, pattern: str) -> str | None:
        """Return what was last written since `mark` that fits *pattern*."""
        if not self._path.exists():
            return None
        text = self._path.read_text(encoding="utf-8", errors="replace")[self._from :]
        found = re.findall(pattern, text)
        return found[-1] if found else None

    def mark(self) -> None:
        """Begin to read here."""
        self._from = len(self._path.read_text(encoding="utf-8", errors="replace"))


class Checks:
    """What was found, line by line."""

    def __init__(self) -> None:
        self.failed = 0

    def check(self, what: str, found: object, wanted: object = None) -> None:
        """Compare, where something is *wanted*; else anything will do. Print it."""
        is_so = bool(found) if wanted is None else found == wanted
        self.failed += not is_so
        print(f"{'ok ' if is_so else 'NOT'}  {what}: {found}", flush=True)


def main() -> int:
    """Live through it; return the exit status, 77 where its programs are not installed."""
    if missing := [one for one in _NEEDS if shutil.which(one) is None]:
        print(f"Skipped: not installed: {', '.join(missing)}")
        return 77
    checks, person, log = Checks(), Person(), Log(_place("log"))
    shutil.rmtree(_place("runtime") / "trial", ignore_errors=True)  # of one that was killed
    with _program("openbox"), _program("wine", "notepad"), _settings():
        checks.check("a Wine window to type in", wait(lambda: _windows("Notepad")))
        agent = _agent()
        assert agent.stdout is not None
        print(agent.stdout.readline().strip())
        try:
            _live(checks, person, log, agent)
        finally:
            agent.kill()
    _end_session(checks, log)  # Notepad would ask whether to save
    return int(checks.failed > 0)


def _live(checks: Checks, person: Person, log: Log, agent: subprocess.Popen[str]) -> None:
    wait(lambda: _windows("^Wine System Tray$"))
    window = str(_windows("Notepad")[0])
    _run("xdotool", "windowmove", window, "200", "160", "windowactivate", "--sync", window)
    _click(int(window), 100, 100, button=1)
    person.work()
    checks.check("a prompt counts as shown", wait(lambda: log.said(r"Shown\(.*(episode=\d+)")))
    time.sleep(_BALLOON_AFTER_S)
    picture("windows-prompt.png")
    checks.check("the prompt is a", log.said(r"Prompt\(.*?kind='(\w+)'"), "position")
    with person.reaching():
        person.open_menu()
        picture("windows-menu.png")
        log.mark()
        person.choose_done()
    checks.check(
        "answered in the menu", wait(lambda: log.said(r"Answered\(.*Choice\.(\w+)"), 5.0), "DONE"
    )
    with person.reaching():
        person.open_menu()
        person.open_week()
        picture("windows-week.png")
        _run("xdotool", "key", "Escape", "Escape")
    taken = deskbreak("stats")["total"]["kinds"]["position"]["taken_by"]
    checks.check("taken in the week", taken, {"answer": 1, "guide": 0, "rest": 0})
    person.leave()
    log.mark()
    checks.check(
        "a natural break when input stops",
        wait(lambda: log.said(r"Log\(.*Outcome\.(NATURAL)")),
        "NATURAL",
    )
    person.work()
    time.sleep(2.0)
    checks.check("input is seen again", deskbreak("status")["presence"], "desk")
    person.leave()
    time.sleep(0.3)
    person.open_menu()
    checks.check("quit with the menu open", deskbreak("quit"), {"ok": True})
    with contextlib.suppress(subprocess.TimeoutExpired):
        agent.wait(_ENDS_WITHIN_S)
    checks.check("the process ends with", agent.returncode, 0)


def _end_session(checks: Checks, log: Log) -> None:
    """Log out while it runs: Windows asks every window, and then kills what is left."""
    log.mark()
    agent = _agent()
    wait(lambda: log.said(r"Started\("))
    _run("wine", "wineboot", "--end-session")
    checks.check("all is kept when the session ends", wait(lambda: log.said(r"(Stopped)\(")))
    agent.kill()


def _agent() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PYTHON, "-m", "deskbreak", "run", "--debug", "--speed", str(SPEED)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextlib.contextmanager
def _program(*argv: str) -> Iterator[None]:
    program = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        program.kill()
        program.wait()


@contextlib.contextmanager
def _settings() -> Iterator[None]:
    """Have settings that leave time for clicks; the agent on trial reads the person's own."""
    for key, value in _SETTINGS:
        _run(*PYTHON, "-m", "deskbreak", "config", "set", key, value)
    try:
        yield
    finally:
        for key, _ in _SETTINGS:
            _run(*PYTHON, "-m", "deskbreak", "config", "unset", key)


def _place(name: str) -> Path:
    """Return where Windows' deskbreak has its log, or its runtime folder."""
    script = f"from deskbreak.storage import files; print(files.places().{name})"
    windows = _run(*PYTHON, "-c", script).strip()
    return Path(_run("winepath", "--unix", windows).strip())


if __name__ == "__main__":
    sys.exit(main())
