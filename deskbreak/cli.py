"""The commands: each goes to the running agent, to the store or to the settings."""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import math
import os
import sys
import textwrap
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from deskbreak import __version__, door
from deskbreak.core import settings_text, timeline
from deskbreak.core.model import Choice, Command
from deskbreak.core.plain import plain
from deskbreak.core.settings import BadSetting
from deskbreak.core.values import plain as plain_value
from deskbreak.core.values import written
from deskbreak.core.words import N_, Refusal, said, spoken
from deskbreak.storage import files, language
from deskbreak.storage.layers import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Said, Words

DONE: Final = 0
FAILED: Final = 1
WRONG_USAGE: Final = 2
WITH_PROBLEMS: Final = 3
_QUIT_LOOKS: Final = 250
_QUIT_LOOK_S: Final = 0.02
_NARROW: Final = 20  # columns; nobody reads sentences in less

# What argparse itself says; it asks the same catalogue.
_ARGPARSE: Final = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("invalid %(type)s value: %(value)r"),
    N_("expected one argument"),
    N_("expected at least one argument"),
)


class _Failed(Refusal):
    """A command could not be carried out."""

    def __init__(self, why: Said, remedy: Said | None = None, status: int = FAILED) -> None:
        super().__init__(why, remedy)
        self.status = status


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter must not end a command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    words = language.install()
    arguments = _parser(words).parse_args(argv)
    try:
        status = _COMMANDS[arguments.command or "run"](arguments, words)
        if sys.stdout is not None:
            sys.stdout.flush()  # or what cannot be written is found out when nobody can say so
    except KeyboardInterrupt:
        return FAILED
    except BrokenPipeError:
        _drop_output()  # whoever read us has gone
        return DONE
    except Exception as error:
        if arguments.debug:
            raise
        return _explained(error, words)
    return status


def _explained(error: Exception, words: Words) -> int:
    """Say in one line what went wrong; return the exit status."""
    match error:
        case timeline.Unreadable(why=why):
            _complain(spoken(why, words))
            return WRONG_USAGE
        case Refusal(why=why, remedy=remedy):
            to_do = "" if remedy is None else " " + spoken(remedy, words)
            _complain(spoken(why, words) + to_do)
            return error.status if isinstance(error, _Failed) else FAILED
        case OSError():
            _drop_output()
    text = N_("something went wrong inside deskbreak ({error}); --debug shows where")
    _complain(words.gettext(text).format(error=f"{type(error).__name__}: {error}"))
    return FAILED


def _drop_output() -> None:
    """Forget what is left to be written: Python would try once more at its end, and complain.

    Source: docs.python.org, signal, "Note on SIGPIPE".
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# ── usage ──────────────────────────────────────────────────────────────────────────────────


def _parser(words: Words) -> argparse.ArgumentParser:
    _ = words.gettext
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help=_("show where an error came from"))
    facts = argparse.ArgumentParser(add_help=False, parents=[common])
    facts.add_argument("--json", action="store_true", help=_("print facts for programs"))
    parser = argparse.ArgumentParser(
        prog="deskbreak",
        description=_("Reminds you to stretch, to change position and to sit well."),
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"deskbreak {__version__}",
        help=_("show program's version number and exit"),
    )
    parser.set_defaults(speed=1.0, debug=False)  # deskbreak alone is deskbreak run
    commands = parser.add_subparsers(dest="command", metavar=_("command"))

    def add(
        name: str, text: str, parent: argparse.ArgumentParser = facts
    ) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[parent])

    run = add("run", _("start deskbreak: tray, notifications, break engine"), common)
    run.add_argument(
        "--speed",
        type=lambda text: _speed(text, words),
        default=1.0,
        metavar="N",
        help=_("run N times as fast, with a history of its own, to try things out (1 to 600)"),
    )
    add("status", _("what comes next, and why nothing comes now"))
    pause = add("pause", _("ask for quiet, until you resume or for a time"))
    pause.add_argument(
        "until", nargs="*", metavar="30m | until 14:00 | tomorrow", help=_("when it ends")
    )
    add("resume", _("end the pause"))
    take = add("take", _("take a break now"))
    take.add_argument("kind", nargs="?", default="", help=_("stretch, position, posture, …"))
    answer = add("answer", _("answer the open prompt"))
    answer.add_argument("choice", choices=[choice.value for choice in Choice])
    add("reading", _("“I was reading”: undo the break that was counted last"))
    stats = add("stats", _("the week, with the one before"))
    stats.add_argument("--week", default="", metavar="2026-W47", help=_("another week"))
    stats.add_argument("--csv", action="store_true", help=_("print one line per day"))
    _config_parser(add("config", _("show and change settings"), common), facts, words)
    add("doctor", _("which parts of the desktop were found, and what to do about the others"))
    add("quit", _("end the running deskbreak"))
    return parser


def _config_parser(
    config: argparse.ArgumentParser, facts: argparse.ArgumentParser, words: Words
) -> None:
    _ = words.gettext
    actions = config.add_subparsers(dest="action", metavar=_("action"), required=True)

    def add(name: str, text: str, *arguments: str) -> None:
        action = actions.add_parser(name, help=text, description=text, parents=[facts])
        for argument in arguments:
            action.add_argument(argument)

    add("show", _("every setting, with where its value comes from"))
    add("get", _("one setting"), "key")
    add("set", _("change one setting"), "key", "value")
    add("unset", _("go back to what a setting would be without you"), "key")
    add("explain", _("what a setting means, its bounds, and who has set it"), "key")


def _speed(text: str, words: Words) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 1 <= speed <= 600:  # noqa: PLR2004 - documented bounds
        why = words.gettext(N_("{text} is not a number from 1 to 600"))
        raise argparse.ArgumentTypeError(why.format(text=text))
    return speed


# ── output ─────────────────────────────────────────────────────────────────────────────────


def _say(*lines: str) -> None:
    for line in lines:
        inside = plain(line)
        indent = line[: len(line) - len(line.lstrip(" "))]
        for part in _wrapped(indent + inside if inside else ""):
            print(part)  # noqa: T201 - a command line prints


def _wrapped(line: str) -> list[str]:
    """Break a sentence between words where the terminal ends; a table is left as it is."""
    try:
        width = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return [line]  # no terminal: programs and files want whole lines
    inside = line.lstrip(" ")
    if len(line) <= width or "  " in inside or width < _NARROW:
        return [line]
    hang = " " * (len(line) - len(inside) + (2 if inside.startswith("- ") else 0))
    return textwrap.wrap(
        line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )


def _facts(facts: object) -> None:
    # In ASCII: nothing in it can steer a terminal, and any program reads it.
    print(json.dumps(facts, indent=2))  # noqa: T201 - as above


def _complain(line: str) -> None:
    print(f"deskbreak: {plain(line)}", file=sys.stderr)  # noqa: T201 - as above


def _ask(words: Words, name: str, argument: str = "") -> dict[str, Any]:
    """Let the running agent carry out a command; what it refuses is a failure here."""
    try:
        reply = door.ask(files.places().runtime, Command(name, argument))
    except door.NotRunning:
        raise _Failed(
            said(N_("deskbreak is not running.")), said(N_("Start it with: deskbreak run"))
        ) from None
    if reply.get("version") != __version__:
        _complain(words.gettext(N_("the running deskbreak is another version; start it anew")))
    if not reply.get("ok"):
        status = WRONG_USAGE if reply.get("usage") else FAILED
        raise _Failed(said("{text}", text=reply.get("error", "")), status=status)
    return reply


def _tell(arguments: argparse.Namespace, words: Words, argument: str, done: str = "") -> int:
    reply = _ask(words, arguments.command, argument)
    if arguments.json:
        _facts({key: value for key, value in reply.items() if key not in ("version", "line")})
    else:
        _say(reply.get("line", done))
    return DONE


# ── commands ───────────────────────────────────────────────────────────────────────────────


def _run(arguments: argparse.Namespace, _words: Words) -> int:
    from deskbreak.agent import compose

    return compose.run(speed=arguments.speed, debug=arguments.debug)


def _status(arguments: argparse.Namespace, words: Words) -> int:
    reply = _ask(words, "status")
    if arguments.json:
        _facts(reply["facts"])
    else:
        _say(*reply["lines"])
    return DONE


def _pause(arguments: argparse.Namespace, words: Words) -> int:
    return _tell(arguments, words, " ".join(arguments.until))


def _resume(arguments: argparse.Namespace, words: Words) -> int:
    return _tell(arguments, words, "", words.gettext(N_("Prompts come again.")))


def _take(arguments: argparse.Namespace, words: Words) -> int:
    return _tell(arguments, words, arguments.kind, words.gettext(N_("Here is your break.")))


def _answer(arguments: argparse.Namespace, words: Words) -> int:
    return _tell(arguments, words, arguments.choice, words.gettext(N_("Answered.")))


def _reading(arguments: argparse.Namespace, words: Words) -> int:
    done = words.gettext(N_("That time counts as desk time."))
    return _tell(arguments, words, "", done)


def _stats(arguments: argparse.Namespace, words: Words) -> int:
    try:
        reply = _ask(words, "stats", arguments.week)
    except _Failed:
        if door.is_running(files.places().runtime):
            raise
        from deskbreak.agent import compose

        reply = compose.week_from_disk(arguments.week, words)
    if arguments.csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(reply["table"])
    elif arguments.json:
        _facts(reply["facts"])
    else:
        _say(*reply["lines"])
    return DONE


# ── settings ───────────────────────────────────────────────────────────────────────────────


def _settings() -> Settings:
    return Settings(files.places().settings)


def _config(arguments: argparse.Namespace, words: Words) -> int:
    try:
        return _CONFIG[arguments.action](arguments, words)
    except BadSetting as bad:
        raise _Failed(bad.why, status=FAILED) from None


def _config_show(arguments: argparse.Namespace, words: Words) -> int:
    resolved = _settings().load()
    if arguments.json:
        _facts({row.key: asdict(row) for row in settings_text.show(resolved)})
    else:
        _say(*settings_text.show_lines(resolved, words))
    return _with_problems(resolved, words)


def _with_problems(resolved: Resolved, words: Words) -> int:
    for problem in resolved.problems:
        _complain(spoken(problem, words))
    return WITH_PROBLEMS if resolved.problems else DONE


def _config_get(arguments: argparse.Namespace, words: Words) -> int:
    resolved = _settings().load()
    row = settings_text.explain(resolved, arguments.key).now
    if arguments.json:
        _facts(asdict(row))
    else:
        _say(written(resolved.values[arguments.key]))
    return _with_problems(resolved, words)


def _config_explain(arguments: argparse.Namespace, words: Words) -> int:
    resolved = _settings().load()
    if arguments.json:
        _facts(asdict(settings_text.explain(resolved, arguments.key)))
    else:
        _say(*settings_text.explain_lines(resolved, arguments.key, words))
    return _with_problems(resolved, words)


def _config_set(arguments: argparse.Namespace, words: Words) -> int:
    resolved = _settings().set(arguments.key, arguments.value)
    return _changed(arguments, resolved, words)


def _config_unset(arguments: argparse.Namespace, words: Words) -> int:
    return _changed(arguments, _settings().unset(arguments.key), words)


def _changed(arguments: argparse.Namespace, resolved: Resolved, words: Words) -> int:
    """Tell the running agent, and say what is in force now."""
    status = DONE
    try:
        door.ask(files.places().runtime, Command("reload"))
    except door.NotRunning:
        pass  # it will read them when it starts
    except Refusal as hung:
        why = words.gettext(N_("it is written, but the running deskbreak was not told: {reason}"))
        _complain(why.format(reason=spoken(hung.why, words)))
        status = WITH_PROBLEMS
    value = resolved.values.get(arguments.key)  # none: an unknown key was removed
    if arguments.json:
        _facts({"ok": True, "key": arguments.key, "value": plain_value(value)})
    elif value is not None:
        _say(f"{arguments.key} = {written(value)}")
    return _with_problems(resolved, words) or status


_CONFIG: Final[dict[str, Callable[[argparse.Namespace, Words], int]]] = {
    "show": _config_show,
    "get": _config_get,
    "set": _config_set,
    "unset": _config_unset,
    "explain": _config_explain,
}


# ── the running agent ──────────────────────────────────────────────────────────────────────


def _doctor(arguments: argparse.Namespace, words: Words) -> int:
    try:
        reply = _ask(words, "doctor")
    except _Failed:
        from deskbreak.agent import compose

        reply = compose.examine(words)
    if arguments.json:
        _facts(reply["facts"])
    else:
        _say(*reply["lines"])
    return WITH_PROBLEMS if reply["problems"] else DONE


def _quit(arguments: argparse.Namespace, words: Words) -> int:
    runtime = files.places().runtime
    reply = _ask(words, "quit")
    for _ in range(_QUIT_LOOKS):
        if not door.is_running(runtime):
            break
        time.sleep(_QUIT_LOOK_S)
    else:
        raise _Failed(said(N_("deskbreak has been told to end, but it has not ended yet")))
    if arguments.json:
        _facts({"ok": reply["ok"]})
    else:
        _say(words.gettext(N_("deskbreak has ended.")))
    return DONE


_COMMANDS: Final[dict[str, Callable[[argparse.Namespace, Words], int]]] = {
    "run": _run,
    "status": _status,
    "pause": _pause,
    "resume": _resume,
    "take": _take,
    "answer": _answer,
    "reading": _reading,
    "stats": _stats,
    "config": _config,
    "doctor": _doctor,
    "quit": _quit,
}
