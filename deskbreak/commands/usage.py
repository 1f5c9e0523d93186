"""What may be written on a command line, read by argparse and told in the person's language."""

from __future__ import annotations

import argparse
import math
from datetime import date
from typing import TYPE_CHECKING, Final, NoReturn

from deskbreak import __version__
from deskbreak.commands import agent
from deskbreak.core.model import PAGES, Choice
from deskbreak.core.plain import steady_line
from deskbreak.core.words import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.core.words import Words

    _Add = Callable[..., argparse.ArgumentParser]

TEMPLATES: Final = ("admx", "adml", "mobileconfig", "json-schema", "example")
"""Of `deskbreak policy`; `deskbreak.policy.templates`, which no other command loads, has the same."""
TEMPLATE_LANGUAGES: Final = ("en", "de")

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
    N_("not allowed with argument %s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with an argument without letting that steer the terminal."""

    def error(self, message: str) -> NoReturn:
        """Print usage and *message*, and end."""
        super().error(steady_line(message))


def parser(words: Words) -> argparse.ArgumentParser:
    """Return what reads a command line, in the language of *words*."""
    _ = words.gettext
    common = _Parser(add_help=False)
    common.add_argument("--debug", action="store_true", help=_("show where an error came from"))
    facts = _Parser(add_help=False, parents=[common])
    facts.add_argument("--json", action="store_true", help=_("print facts for programs"))
    whole = _Parser(
        prog="deskbreak",
        description=_("Reminds you to stretch, to change position and to sit well."),
    )
    whole.add_argument(
        "--version",
        action="version",
        version=f"deskbreak {__version__}",
        help=_("show program's version number and exit"),
    )
    whole.set_defaults(speed=1.0, debug=False, launched=None)  # deskbreak alone is deskbreak run
    commands = whole.add_subparsers(dest="command", metavar=_("command"))

    def add(name: str, text: str, parent: _Parser = facts) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[parent])

    run = add("run", _("start deskbreak: tray, notifications, break engine"), common)
    run.add_argument(
        "--speed",
        type=lambda text: _speed(text, words),
        default=1.0,
        metavar="N",
        help=_("run N times as fast, with a history of its own, to try things out (1 to 600)"),
    )
    run.add_argument(
        "--launched",
        nargs="?",
        const="show",
        choices=agent.WISHES,
        help=_("from a menu of programs: where one runs, tell it this, and it answers on screen"),
    )
    add("demo", _("a working day in about a minute, with everything that deskbreak shows"))
    status = add("status", _("what comes next, and why nothing comes now"))
    status.add_argument(
        "--why",
        default="",
        metavar="14:20",
        help=_("why nothing was shown at that time, of today or yesterday"),
    )
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
    stats = add("stats", _("the week, with the one before"), common)
    stats.add_argument("--week", default="", metavar="2026-W47", help=_("another week"))
    form = stats.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=_("print facts for programs"))
    form.add_argument("--csv", action="store_true", help=_("print one line per day"))
    _config_parser(add("config", _("show and change settings"), common), facts, words)
    _policy_parser(add("policy", _("what an organisation has set here")), facts, words)
    _simulate_parser(add("simulate", _("play a timeline, and tell what would happen")), words)
    _diary_parsers(add, words)
    _own_data_parsers(add, common, facts, words)
    _start_parsers(add, facts, words)
    doctor = add(
        "doctor", _("which parts of the desktop were found, and what to do about the others")
    )
    doctor.add_argument(
        "--bundle",
        metavar="FILE",
        help=_("write what support needs to know to a new file, without what is private"),
    )
    open_ = add("open", _("a page, in your browser"), common)
    open_.add_argument("page", choices=PAGES, help=_("which one"))
    open_.add_argument(
        "--prompt", default="", metavar="ID", help=_("with guide: the steps of this prompt")
    )
    open_.add_argument("--stay", action="store_true", help=argparse.SUPPRESS)
    add("quit", _("end the running deskbreak"))
    return whole


def _diary_parsers(add: _Add, words: Words) -> None:
    _ = words.gettext
    tune = add("tune", _("try other settings on your last weeks, beside those in force"))
    tune.add_argument(
        "settings",
        nargs="+",
        metavar="KEY=VALUE",
        help=_("a setting to try, as position.interval_minutes=25"),
    )
    tune.add_argument(
        "--weeks",
        type=lambda text: _weeks(text, words),
        default=4,
        metavar="N",
        help=_("how many of the last weeks to play (1 to 52)"),
    )


def _own_data_parsers(
    add: _Add, common: argparse.ArgumentParser, facts: argparse.ArgumentParser, words: Words
) -> None:
    _ = words.gettext
    export = add("export", _("print everything that was recorded"), common)
    form = export.add_mutually_exclusive_group()
    form.add_argument(
        "--json", action="store_true", help=_("all of it, for programs; so it is without a form")
    )
    form.add_argument("--csv", action="store_true", help=_("all rows as one table"))
    form.add_argument(
        "--timeline",
        action="store_true",
        help=_(
            "in the timeline language, with the settings that differ from the defaults; without "
            "--from the last seven days"
        ),
    )
    export.add_argument(
        "--person",
        action="store_true",
        help=_("with the settings under person, which are about your health"),
    )
    add("privacy", _("what is kept about you, where, for how long, and who can read it"))
    erase = add("erase", _("erase what was recorded; your settings stay"), facts)
    erase.add_argument("--yes", action="store_true", help=_("do not ask"))
    for parser, option, text in (
        (export, "--from", _("the first day")),
        (export, "--to", _("the last day")),
        (erase, "--before", _("only the days before this one")),
    ):
        parser.add_argument(
            option,
            dest=option.strip("-"),
            type=lambda text: _date(text, words),
            metavar="2026-03-02",
            help=text,
        )


def _start_parsers(add: _Add, facts: argparse.ArgumentParser, words: Words) -> None:
    _ = words.gettext
    for name, text, actions in (
        (
            "autostart",
            _("whether deskbreak starts at login"),
            (
                ("enable", _("start it at login, and put it into the menu of programs")),
                ("disable", _("do not start it at login")),
                ("status", _("say whether it does")),
            ),
        ),
        (
            "launcher",
            _("whether deskbreak is in the menu of programs, with its icon"),
            (
                ("install", _("put it there, for you alone")),
                ("remove", _("take entry and icons away again")),
                ("status", _("say whether it is there")),
            ),
        ),
    ):
        parser = add(name, text, _Parser(add_help=False))
        rows = parser.add_subparsers(dest="action", metavar=_("action"), required=True)
        for action, what in actions:
            rows.add_parser(action, help=what, description=what, parents=[facts])


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
    add("schema", _("print a JSON Schema of the settings file, for editors"))


def _policy_parser(
    policy_: argparse.ArgumentParser, facts: argparse.ArgumentParser, words: Words
) -> None:
    _ = words.gettext
    actions = policy_.add_subparsers(dest="action", metavar=_("action"))
    text = _("what a policy file, or a pack of prompts, would do here, and what is wrong with it")
    check = actions.add_parser("check", help=text, description=text, parents=[facts])
    check.add_argument(
        "file", metavar="FILE", help=_("a policy (- is standard input), or a pack: FILE.toml")
    )
    check.add_argument(
        "--recommended", action="store_true", help=_("its values are recommended, not mandatory")
    )
    text = _("print a template for a tool that distributes policies, with every setting")
    template = actions.add_parser("template", help=text, description=text, parents=[facts])
    template.add_argument("--format", required=True, choices=TEMPLATES, help=_("of which kind"))
    template.add_argument(
        "--language", default="en", choices=TEMPLATE_LANGUAGES, help=_("of the texts in it")
    )


def _simulate_parser(simulate_: argparse.ArgumentParser, words: Words) -> None:
    _ = words.gettext
    simulate_.add_argument("file", metavar="FILE", help=_("the timeline; - is standard input"))
    simulate_.add_argument(
        "--settings", metavar="FILE.toml", help=_("settings to play with; the timeline's win")
    )
    simulate_.add_argument(
        "--policy", metavar="FILE.json", help=_("an organisation's settings, which win over all")
    )
    simulate_.add_argument(
        "--answer", metavar="done@20s", help=_("answer every prompt, so long after it is shown")
    )


def _speed(text: str, words: Words) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 1 <= speed <= 600:  # noqa: PLR2004 - documented bounds
        why = words.gettext(N_("{text} is not a number from 1 to 600"))
        raise argparse.ArgumentTypeError(why.format(text=text))
    return speed


def _weeks(text: str, words: Words) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 52:  # noqa: PLR2004 - documented bounds
        why = words.gettext(N_("{text} is not a number from 1 to 52"))
        raise argparse.ArgumentTypeError(why.format(text=text))
    return int(text)


def _date(text: str, words: Words) -> date:
    try:
        found = date.fromisoformat(text)
        if 1970 <= found.year <= 9998:  # noqa: PLR2004 - of our time, as weeks are
            return found
        raise ValueError(text)  # noqa: TRY301 - the same refusal
    except ValueError:
        why = words.gettext(N_("“{text}” is not a date; write it as 2026-03-02"))
        raise argparse.ArgumentTypeError(why.format(text=text)) from None
