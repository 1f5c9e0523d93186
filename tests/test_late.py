"""What the resident process imports only when something of it is used."""

from __future__ import annotations

import calendar
import inspect
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

import pytest

from deskbreak import late
from tests.architecture import REPOSITORY


class Told:
    """What is said of a value."""

    path: Path
    size: int = 0


def _in_a_new_interpreter(script: str) -> list[str]:
    """Run *script* where nothing was imported yet; what it printed."""
    ran = subprocess.run(
        [sys.executable, "-c", f"from deskbreak import late\nlate.install()\n{script}"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return ran.stdout.split()


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param("import shutil", "False", id="imported"),
        pytest.param("from uuid import uuid4", "False", id="a name at hand"),
        pytest.param("import shutil; shutil.which('sh')", "True", id="used"),
        pytest.param("from shutil import which; which('sh')", "True", id="taken by name"),
        pytest.param("from uuid import uuid4; uuid4()", "True", id="called"),
        pytest.param("import inspect; inspect.isclass(int)", "False", id="asked what is at hand"),
        pytest.param("import tempfile; tempfile.gettempdir()", "True", id="asked what is not"),
    ],
)
def test_given_a_module_of_the_list_then_it_is_loaded_when_something_of_it_is_used(
    script: str, expected: str
) -> None:
    """To import it costs nothing; to use it works as ever."""
    names = "('shutil', 'uuid', 'inspect', 'tempfile')"
    loaded = f"print(any(late.is_loaded(one) for one in {names} if one in {script!r}))"

    assert [expected] == _in_a_new_interpreter(f"{script}\n{loaded}")


def test_given_all_modules_of_the_list_then_each_is_the_real_one_once_it_is_used() -> None:
    """Nothing of a module is missing because it was stood in for."""
    script = (
        "from importlib import import_module\n"
        "for name in late._AT_HAND:\n"
        "    import_module(name).__doc__, import_module(name).__file__\n"
        "    print(late.is_loaded(name), type(import_module(name)).__name__)\n"
    )

    assert {"True", "module"} == set(_in_a_new_interpreter(script))


def test_given_no_file_can_be_opened_when_a_module_is_used_then_that_is_an_error_of_files() -> None:
    """It passes, and then the module is there; what failed is told in the log all the same."""
    script = (
        "import logging, resource, shutil, subprocess\n"
        "soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))\n"
        "for use in (lambda: shutil.which('sh'), lambda: subprocess.run(['true'])):\n"
        "    try:\n"
        "        use()\n"
        "    except OSError:\n"
        "        logging.exception('told')\n"
        "        print('OSError')\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))\n"
        "print(subprocess.run(['true']).returncode, bool(shutil.which('sh')))\n"
    )

    if sys.platform == "win32":
        pytest.skip("there is no such limit there")
    assert ["OSError", "OSError", "0", "True"] == _in_a_new_interpreter(script)


def test_given_two_threads_that_use_a_module_at_once_then_both_get_all_of_it() -> None:
    """Nobody sees a module that is half loaded."""
    script = (
        "import threading, inspect\n"
        "go, found = threading.Barrier(8), []\n"
        "def use():\n"
        "    go.wait()\n"
        "    found.append(str(inspect.signature(use)))\n"
        "threads = [threading.Thread(target=use) for _ in range(8)]\n"
        "[one.start() for one in threads]\n"
        "[one.join() for one in threads]\n"
        "print(*found)\n"
    )

    assert ["()"] * 8 == _in_a_new_interpreter(script)


def test_given_two_threads_that_stand_in_for_one_module_then_each_leaves_what_it_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two connections to an X server may be made at once, and the first loads python-xlib."""
    monkeypatch.delitem(sys.modules, "platform", raising=False)
    entered, go_on = threading.Event(), threading.Event()
    ended: list[str] = []

    def other() -> None:
        with late.standing_in({"platform": {}}):
            entered.set()
            go_on.wait(10)
        ended.append("well")

    thread = threading.Thread(target=other)
    with late.standing_in({"platform": {}}):
        thread.start()
        assert not entered.wait(0.1)
    go_on.set()
    thread.join(10)

    assert (["well"], False) == (ended, "platform" in sys.modules)


def test_given_a_module_that_fails_while_another_thread_waits_for_it_then_no_half_of_it_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks next gets all of it, or an error."""
    (tmp_path / "halfway.py").write_text("import sys\nsys.halfway()\n", encoding="utf-8")
    began, let_go = threading.Event(), threading.Event()

    def halfway() -> None:
        if began.is_set():
            raise ImportError
        began.set()
        let_go.wait(10)
        raise OSError

    monkeypatch.setattr(sys, "halfway", halfway, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    errors: list[OSError] = []

    def use() -> None:
        try:
            late.StandIn("halfway").use()
        except OSError as error:
            errors.append(error)

    threads = [threading.Thread(target=use) for _ in range(2)]
    threads[0].start()
    assert began.wait(10)
    threads[1].start()
    time.sleep(0.05)  # until it waits, too
    let_go.set()
    for thread in threads:
        thread.join(10)

    assert (2, False) == (len(errors), "halfway" in sys.modules)


def test_given_what_is_at_hand_then_it_answers_as_the_module_does() -> None:
    """What others ask for while they are imported is not another answer because it is cheaper."""
    things = [int, len, print, late.install, "".join, Path().exists, 3, None, inspect, lambda: 0]
    at_hand = late._AT_HAND["inspect"]
    for name, ours in at_hand.items():
        if name == "get_annotations":
            continue
        assert callable(ours)
        theirs = getattr(inspect, name)
        assert [theirs(one) for one in things] == [ours(one) for one in things], name

    for of in (Told, int, late, _in_a_new_interpreter):
        assert inspect.get_annotations(of) == late._annotations(of)
    assert {"path": Path, "size": int} == late._annotations(Told, eval_str=True)
    for utc in ((1970, 1, 1, 0, 0, 0), (2000, 2, 29, 23, 59, 59), (1969, 12, 31, 0, 0, 1)):
        assert calendar.timegm(utc) == late._timegm(utc)


def test_given_the_places_of_time_zones_then_they_are_those_of_this_python() -> None:
    """`zoneinfo` looks where it would have looked."""
    assert sysconfig.get_config_var("TZPATH") == late._config_var("TZPATH")
    assert sysconfig.get_config_var("prefix") == late._config_var("prefix")


def test_given_a_line_in_the_log_while_the_scheduler_is_loaded_then_it_loads_nothing() -> None:
    """Another thread writes one at each start: that a way to show prompts is ready."""
    script = (
        "import logging\n"
        "from deskbreak.agent import pulse\n"
        "with late.standing_in(pulse._NOT_NEEDED):\n"
        "    print(logging.makeLogRecord({}).processName)\n"
        "print(*map(late.is_loaded, ('asyncio', 'multiprocessing')))\n"
    )

    assert ["MainProcess", "False", "False"] == _in_a_new_interpreter(script)


def test_given_the_agent_then_what_it_does_not_use_is_not_loaded_by_what_it_imports() -> None:
    """The whole resident process, its scheduler and its tray item included."""
    script = (
        "import deskbreak.agent.compose, deskbreak.agent.pulse\n"
        "import deskbreak.agent.desktop_linux, deskbreak.platforms.linux.tray\n"
        "from deskbreak.storage import launcher\n"
        "import logging, jeepney, tzlocal, platformdirs.unix\n"
        "deskbreak.agent.pulse.Pulse(print, print).start()\n"
        "tzlocal.get_localzone()\n"
        "print(*[name for name in late._AT_HAND if late.is_loaded(name)])\n"
    )

    if sys.platform != "linux":
        pytest.skip("the agent of Linux")
    # A zone that is looked for in a package has importlib.resources loaded, which asks for it then.
    allowed = {"tempfile"} if sys.version_info >= (3, 12) else set()
    assert {*_in_a_new_interpreter(script)} <= allowed
