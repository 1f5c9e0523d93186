"""The log stays small, whatever goes wrong, and is nobody's else to read."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent.log import LogFile, Seldom, log_to
from tests.hostile import VALUES, steering

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """Take away afterwards what was added to the root logger."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield root
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def record(
    at_s: float = 0.0, level: int = logging.ERROR, line: int = 1, error: Exception | None = None
) -> logging.LogRecord:
    """Return a line of the log."""
    info = None if error is None else (type(error), error, error.__traceback__)
    made = logging.LogRecord("ours", level, "ours.py", line, "trouble %d", (at_s,), info)
    made.created = at_s
    return made


def raised(text: str) -> Exception:
    """Return an error with the place where it was raised."""
    with pytest.raises(ValueError, match="base") as caught:
        int(text, 37)  # there is no such base
    return caught.value


def test_given_one_cause_when_it_comes_each_second_then_it_has_three_lines_and_one_each_10_min() -> (
    None
):
    """What it says may differ each time."""
    seldom = Seldom()
    passed = [at_s for at_s in range(3600) if seldom.passes(record(at_s, error=raised(str(at_s))))]

    assert [0, 1, 2, 602, 1202, 1802, 2402, 3002] == passed


def test_given_several_causes_when_they_come_then_each_is_heard() -> None:
    """By the line that logs, by the error and by where it was raised; news are always heard."""
    seldom = Seldom()
    other = ValueError("never raised")
    for _ in range(5):
        seldom.passes(record())

    assert not seldom.passes(record())
    assert seldom.passes(record(line=2))
    assert seldom.passes(record(error=raised("1")))
    assert seldom.passes(record(error=other))
    assert all(seldom.passes(record(level=logging.INFO)) for _ in range(9))


def test_given_a_clock_that_is_put_back_when_a_cause_comes_again_then_it_is_heard() -> None:
    """Nobody waits a year for the next line."""
    seldom = Seldom()
    for _ in range(5):
        seldom.passes(record(at_s=1e9))

    assert seldom.passes(record(at_s=5.0))


def test_given_very_many_causes_when_they_come_then_the_memory_of_them_stays_small() -> None:
    """It forgets, and hears them again."""
    seldom = Seldom()
    for line in range(1000):
        seldom.passes(record(line=line))

    assert 200 >= len(seldom._known)


def test_given_a_log_that_grows_when_it_is_large_then_it_is_kept_once_and_begun_anew(
    tmp_path: Path,
) -> None:
    """Two files at most, both the user's alone."""
    file = LogFile(tmp_path / "deskbreak.log", most_bytes=1000)
    for at_s in range(500):
        file.emit(record(at_s))
    file.close()

    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert {"deskbreak.log", "deskbreak.log.1"} == sizes.keys()
    assert max(sizes.values()) <= 1100
    if sys.platform != "win32":
        assert {0o600} == {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert "trouble 499" in (tmp_path / "deskbreak.log").read_text(encoding="utf-8")


def test_given_a_log_that_cannot_be_written_when_something_is_logged_then_nothing_breaks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk must not fill the terminal."""
    file = LogFile(tmp_path / "deskbreak.log", most_bytes=10)
    file.emit(record())
    assert file.stream is not None
    file.stream.close()
    file.emit(record())

    assert "" == capsys.readouterr().err


def test_given_a_folder_that_cannot_be_made_when_the_log_begins_then_it_goes_to_the_terminal(
    tmp_path: Path, root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says why, in one line."""
    (tmp_path / "file").write_bytes(b"")
    log_to(tmp_path / "file" / "deskbreak.log", debug=False)
    logging.getLogger("ours").info("hello")

    assert "ours: hello" in capsys.readouterr().err


def test_given_the_log_when_something_is_logged_then_it_is_a_line_with_its_time(
    tmp_path: Path, root: logging.Logger
) -> None:
    """Words with surrogates too; what only authors want is left out."""
    log_to(tmp_path / "logs" / "deskbreak.log", debug=False)
    logging.getLogger("ours").info("hello \udcff")
    logging.getLogger("ours").debug("not this")

    (line,) = (tmp_path / "logs" / "deskbreak.log").read_text(encoding="utf-8").splitlines()
    assert line.endswith("INFO ours: hello \N{REPLACEMENT CHARACTER}")


@pytest.mark.row("S08", "the log")
def test_given_hostile_texts_when_they_are_logged_then_none_steers_a_terminal_or_begins_a_line(
    tmp_path: Path, root: logging.Logger
) -> None:
    """In what is said, and in an error; people read a log in a terminal."""
    log_to(tmp_path / "logs" / "deskbreak.log", debug=False)
    for number, text in enumerate(VALUES):
        logging.getLogger(f"ours{number}").info("it is %s", f"{text}\nforged")
    failed = ValueError("".join(VALUES))
    logging.getLogger("ours").error("It failed", exc_info=failed)

    written = (tmp_path / "logs" / "deskbreak.log").read_text(encoding="utf-8")
    assert set() == steering(written)
    assert len(VALUES) == written.count(" INFO ours")
    assert not [line for line in written.splitlines() if line.startswith("forged")]
    assert "ValueError: " in written
