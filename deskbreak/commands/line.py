"""The command line: which command it goes to, what that may load, and how it ends."""

from __future__ import annotations

import logging
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from deskbreak.commands import agent
from deskbreak.commands.output import DONE, FAILED, WRONG_USAGE, Failed, complain, finish, settle
from deskbreak.core import timeline
from deskbreak.core.words import N_, Refusal, spoken
from deskbreak.storage import files, language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from deskbreak.core.words import Words

_PLAIN_STARTS: Final[tuple[list[str], ...]] = ([], ["run"])
_PLAIN_START: Final = {"command": "run", "debug": False, "speed": 1.0, "launched": None}
"""What argparse would make of these; at a log-in nobody waits for it, and nobody keeps it loaded."""

# Without any, Python writes warnings to standard error. Source: docs.python.org, logging.lastResort.
_NOWHERE: Final = logging.NullHandler()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter must not end a command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if argv is None else argv)
    spoken_here = _language(given)
    words = language.catalogue(spoken_here)
    try:
        with language.of_argparse(spoken_here):
            arguments = _arguments(given, words)
    except SystemExit as told:  # help, the version, or wrong usage
        status = int(told.code or DONE)
        return _ended(lambda: status, words)
    if not arguments.debug:
        logging.getLogger().addHandler(_NOWHERE)  # what a person should know, a command says itself
    command = _command(arguments.command or "run")
    return _ended(lambda: command(arguments, words), words, debug=arguments.debug)


def _language(argv: list[str]) -> str:
    """Return the language of the settings; empty is the desktop's.

    A plain start leaves them to the agent, which speaks it as well; `simulate` is to touch none.
    """
    if argv in _PLAIN_STARTS or argv[:1] == ["simulate"]:
        return ""
    from deskbreak.storage.layers import Settings

    return Settings.of(files.places()).load().text("language")


def _ended(command: Callable[[], int], words: Words, *, debug: bool = False) -> int:
    """Run *command*, say what went wrong, and return the exit status."""
    try:
        status = command()
        finish()
    except KeyboardInterrupt:
        return FAILED
    except BrokenPipeError:
        return DONE  # whoever read us has gone
    except Exception as error:
        if debug:
            raise
        return _explained(error, words)
    else:
        return status
    finally:
        settle(sys.stdout)
        settle(sys.stderr)


def _explained(error: Exception, words: Words) -> int:
    """Say in one line what went wrong; return the exit status."""
    match error:
        case timeline.Unreadable(why=why):
            complain(spoken(why, words))
            return WRONG_USAGE
        case Refusal(why=why, remedy=remedy):
            sentence = spoken(why, words)
            if remedy is not None:
                end = "" if sentence.endswith((".", "?", "!")) else "."
                sentence = f"{sentence}{end} {spoken(remedy, words)}"
            complain(sentence)
            return error.status if isinstance(error, Failed) else FAILED
    text = N_("something went wrong inside deskbreak ({error}); --debug shows where")
    complain(words.gettext(text).format(error=f"{type(error).__name__}: {error}"))
    return FAILED


def _arguments(argv: list[str], words: Words) -> Any:  # noqa: ANN401 - as argparse has it
    if argv in _PLAIN_STARTS:
        return SimpleNamespace(**_PLAIN_START)
    from deskbreak.commands import usage

    return usage.parser(words).parse_args(argv)


def _command(name: str) -> Callable[[Any, Words], int]:
    """Load the command of that name, and none of the others: the resident process is one of them."""
    chosen: ModuleType
    match name:
        case "config":
            from deskbreak.commands import config as chosen
        case "tune":
            from deskbreak.commands import diary as chosen
        case "open":
            from deskbreak.commands import pages as chosen
        case "policy":
            from deskbreak.commands import policy as chosen
        case "export" | "erase" | "privacy":
            from deskbreak.commands import own_data as chosen
        case "simulate":
            from deskbreak.commands import simulate as chosen
        case "autostart" | "launcher":
            from deskbreak.commands import start as chosen
        case _:
            chosen = agent
    command: Callable[[Any, Words], int] = chosen.COMMANDS[name]
    return command
