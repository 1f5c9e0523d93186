"""The commands that go to the running agent, or to the store where none runs."""

from __future__ import annotations

import contextlib
import io
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskbreak import __version__, door
from deskbreak.commands.output import (
    DONE,
    FAILED,
    WITH_PROBLEMS,
    WRONG_USAGE,
    Failed,
    complain,
    facts,
    finish,
    say,
    write,
)
from deskbreak.core import timeline
from deskbreak.core.model import Command
from deskbreak.core.plain import steady_line
from deskbreak.core.words import N_, said
from deskbreak.storage import files

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from deskbreak.core.words import Said, Words

_NAME: Final = "deskbreak"
WISHES: Final = {
    "show": Command("show"),
    "stats": Command("open", "stats"),
    "settings": Command("open", "settings"),
    "take": Command("take"),
    "pause": Command("pause", "30m"),
    "resume": Command("resume"),
}
"""What an entry in a menu of programs may ask for, as the agent hears it."""
_SECOND_START: Final = Command("open", "settings")
"""What the entry itself asks for where an agent runs."""
_QUIT_LOOKS: Final = 250
_QUIT_LOOK_S: Final = 0.02


def ask(words: Words, name: str, argument: str = "") -> dict[str, Any]:
    """Let the running agent carry out a command; what it refuses is a failure here."""
    try:
        reply = door.ask(files.places().runtime, Command(name, argument))
    except door.NotRunning:
        raise Failed(
            said(N_("not running.")),
            said(N_("Start it with: {command}"), command=f"{_program()} run"),
        ) from None
    if reply.get("version") != __version__:
        complain(words.gettext(N_("the running deskbreak is another version; start it anew")))
    if not reply.get("ok"):
        status = WRONG_USAGE if reply.get("usage") else FAILED
        raise Failed(said("{text}", text=reply.get("error", "")), status=status)
    return reply


def history() -> Path:
    """Return the history of the agent that runs, or one's own where none does."""
    from deskbreak.storage.recorded import history_in_use  # the resident process asks nobody

    places = files.places()
    return history_in_use(places, is_running=lambda: door.is_running(places.runtime))


def _program() -> str:
    """Name what starts us: as it was started here, where a shell would not find it by its name."""
    import shutil  # loads three compression libraries

    path = Path(sys.argv[0])
    found = shutil.which(_NAME)
    if path.name != _NAME or not path.is_file() or (found and path.samefile(found)):
        return _NAME
    if sys.platform == "win32":
        import subprocess

        return subprocess.list2cmdline([str(path)])
    return shlex.quote(str(path))


def _tell(arguments: argparse.Namespace, words: Words, argument: str, done: str = "") -> int:
    reply = ask(words, arguments.command, argument)
    if arguments.json:
        facts({key: value for key, value in reply.items() if key not in ("version", "line")})
    else:
        say(reply.get("line", done))
    return DONE


def _run(arguments: argparse.Namespace, words: Words) -> int:
    wished = None if arguments.launched is None else WISHES[arguments.launched]
    if wished is not None and door.is_running(files.places().runtime):
        again = _SECOND_START if wished == WISHES["show"] else wished
        ask(words, "launched", f"{again.name} {again.argument}".rstrip())
        return DONE
    wish = None if wished is None else f"{wished.name} {wished.argument}".rstrip()
    if sys.stderr is None and door.is_running(files.places().runtime):
        return FAILED  # started at login by two entries: nothing that a person must click away
    from deskbreak.agent import compose

    return compose.run(speed=arguments.speed, debug=arguments.debug, wish=wish)


def _demo(arguments: argparse.Namespace, _words: Words) -> int:
    from deskbreak.agent import compose

    def tell(line: str) -> None:
        # The day goes on if nobody reads of it.
        with contextlib.suppress(Failed, OSError, ValueError):
            say(line)
            finish()

    # What is for people, prompts too where there is no desktop, must not stand among the facts.
    people = sys.stderr if arguments.json else sys.stdout
    with contextlib.redirect_stdout(people):
        reply = compose.demo(tell, debug=arguments.debug)
    if arguments.json:
        facts(reply["facts"])
    else:
        say("", *reply["lines"])
    return DONE


def _status(arguments: argparse.Namespace, words: Words) -> int:
    if arguments.why:
        timeline.clock_s(arguments.why)  # what cannot be read is wrong, whether one runs or not
    reply = ask(words, "status", arguments.why)
    if arguments.json:
        facts(reply["facts"])
    else:
        say(*reply["lines"])
    return DONE


def _pause(arguments: argparse.Namespace, words: Words) -> int:
    until = " ".join(arguments.until)
    timeline.see_that_reads("pause", until)
    return _tell(arguments, words, until)


def _resume(arguments: argparse.Namespace, words: Words) -> int:
    return _tell(arguments, words, "", words.gettext(N_("Prompts come again.")))


def _take(arguments: argparse.Namespace, words: Words) -> int:
    if arguments.kind:
        timeline.see_that_reads("take", arguments.kind)
    return _tell(arguments, words, arguments.kind, words.gettext(N_("Here is your break.")))


def _answer(arguments: argparse.Namespace, words: Words) -> int:
    return _tell(arguments, words, arguments.choice, words.gettext(N_("Answered.")))


def _reading(arguments: argparse.Namespace, words: Words) -> int:
    done = words.gettext(N_("That time counts as desk time."))
    return _tell(arguments, words, "", done)


def _stats(arguments: argparse.Namespace, words: Words) -> int:
    try:
        reply = ask(words, "stats", arguments.week)
    except Failed:
        if door.is_running(files.places().runtime):
            raise
        from deskbreak.agent import without

        reply = without.week_from_disk(arguments.week, words)
    if arguments.csv:
        import csv

        table = io.StringIO()
        rows = ([steady_line(str(cell)) for cell in row] for row in reply["table"])
        csv.writer(table, lineterminator="\n").writerows(rows)
        write(table.getvalue())
    elif arguments.json:
        facts(reply["facts"])
    else:
        say(*reply["lines"])
    problems = reply.get("problems", ())  # an agent of an older version tells none
    for problem in problems:
        complain(problem)
    return WITH_PROBLEMS if problems else DONE


def _doctor(arguments: argparse.Namespace, words: Words) -> int:
    try:
        reply = ask(words, "doctor")
    except Failed:
        from deskbreak.agent import without

        reply = without.examine(words)
    reply = _with_poses(reply, words)
    if arguments.bundle:
        from deskbreak.commands.bundle import write_bundle

        # What is for people must not stand among the facts.
        with contextlib.redirect_stdout(sys.stderr if arguments.json else sys.stdout):
            bundle = write_bundle(arguments.bundle, reply["lines"], words)
        if arguments.json:
            facts({**reply["facts"], "bundle": bundle})
    elif arguments.json:
        facts(reply["facts"])
    else:
        say(*reply["lines"])
    return WITH_PROBLEMS if reply["problems"] else DONE


def _with_poses(reply: dict[str, Any], words: Words) -> dict[str, Any]:
    """Add what is wrong with files of poses: no agent reads them, and all that is lost is a figure."""
    from deskbreak.core import reports
    from deskbreak.storage import packs

    found = [
        reports.Finding("packs", f"*{packs.POSES}", ok=False, why=why, required=False)
        for why in _faults_of_poses()
    ]
    if not found:
        return reply
    known, last = reply["facts"], reply["lines"][-1]
    parts = [*known["findings"], *reports.doctor_json(found, words)["findings"]]
    lines = [*reply["lines"][:-1], *reports.doctor_lines(found, words)[:-1], last]
    return {**reply, "facts": {**known, "findings": parts}, "lines": lines}


def _faults_of_poses() -> list[Said]:
    from deskbreak.storage import packs
    from deskbreak.storage.layers import Settings

    places = files.places()
    settings = Settings.of(places)
    settings.load()
    texts, problems = packs.given_poses(places.packs, *settings.organisation_packs)
    found = list(problems)
    if texts:
        from deskbreak.figure import poses

        found += (fault for name, text in texts for fault in poses.parse(text, name).problems)
    return found


def _quit(arguments: argparse.Namespace, words: Words) -> int:
    runtime = files.places().runtime
    reply = ask(words, "quit")
    for _ in range(_QUIT_LOOKS):
        if not door.is_running(runtime):
            break
        time.sleep(_QUIT_LOOK_S)
    else:
        raise Failed(said(N_("deskbreak has been told to end, but it has not ended yet")))
    if arguments.json:
        facts({"ok": reply["ok"]})
    else:
        say(words.gettext(N_("deskbreak has ended.")))
    return DONE


COMMANDS: Final[dict[str, Callable[[argparse.Namespace, Words], int]]] = {
    "run": _run,
    "demo": _demo,
    "status": _status,
    "pause": _pause,
    "resume": _resume,
    "take": _take,
    "answer": _answer,
    "reading": _reading,
    "stats": _stats,
    "doctor": _doctor,
    "quit": _quit,
}
