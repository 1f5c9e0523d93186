"""One's own data: all of it out, or gone, and what there is of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from deskbreak import __version__, door
from deskbreak.commands.agent import ask, history
from deskbreak.commands.config import user_settings
from deskbreak.commands.diary import export_timeline
from deskbreak.commands.output import (
    DONE,
    WITH_PROBLEMS,
    WRONG_USAGE,
    Failed,
    complain,
    facts,
    finish,
    say,
    write,
)
from deskbreak.core.rules import rules
from deskbreak.core.values import plain
from deskbreak.core.words import N_, said, spoken
from deskbreak.storage import files

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from deskbreak.core.records import Records
    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Said, Words

# ── export ─────────────────────────────────────────────────────────────────────────────────


def _export(arguments: argparse.Namespace, words: Words) -> int:
    if arguments.timeline:
        return export_timeline(arguments, words)
    if arguments.csv and arguments.person:
        sentence = N_("a table has no settings; --person goes with --json or --timeline")
        raise Failed(said(sentence), status=WRONG_USAGE)
    from deskbreak.core.records import text

    resolved = user_settings().load()
    records, problems = _records(resolved, getattr(arguments, "from"), arguments.to)
    if arguments.csv:
        _write_table(records)
    else:
        changed = _changed(resolved, private=arguments.person)
        for piece in text(records, __version__, changed):
            write(piece)
    return _with_problems((*resolved.problems, *problems), words)


def _changed(resolved: Resolved, *, private: bool) -> dict[str, object]:
    """Return the settings that differ from the defaults, by their keys."""
    from deskbreak.core import diary

    return {one.key: plain(one.value) for one in diary.settings(resolved, private=private)}


def _records(
    resolved: Resolved, first: date | None, last: date | None
) -> tuple[Records, tuple[Said, ...]]:
    """Read what is kept of the days from *first* to *last* (all that there are), and what is wrong."""
    from deskbreak.storage.recorded import everything
    from deskbreak.storage.store import Store

    with Store.open(history(), files.places().latest, read_only=True) as store:
        return everything(store, rules(resolved, ()), first, last), store.problems


def _write_table(records: Records) -> None:
    import csv
    import io

    for row in records.table():
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        write(line.getvalue())


def _with_problems(problems: Iterable[Said], words: Words) -> int:
    """List *problems*; return the exit status that goes with them."""
    status = DONE
    for problem in problems:
        complain(spoken(problem, words))
        status = WITH_PROBLEMS
    return status


# ── erase ──────────────────────────────────────────────────────────────────────────────────


def _erase(arguments: argparse.Namespace, words: Words) -> int:
    before, runtime = arguments.before, files.places().runtime
    if not arguments.yes and _somebody_types():
        _confirm(before, words, beside=arguments.json)
    is_running = door.is_running(runtime)
    reply = None if is_running else _erase_alone(before, words)
    if reply is None:
        is_running, reply = True, ask(words, "erase", before.isoformat() if before else "")
    settings, problems = files.places().settings, reply.get("problems", ())
    kept = str(settings) if settings.exists() else None
    if arguments.json:
        day = None if before is None else before.isoformat()
        facts({"ok": True, "before": day, "running": is_running, "settings": kept})
    else:
        say(
            _what_is_gone(before, words, is_whole=not problems),
            *_what_stays(kept, words, is_running=is_running),
        )
    for problem in problems:
        complain(problem)
    return WITH_PROBLEMS if problems else DONE


def _erase_alone(before: date | None, words: Words) -> dict[str, Any] | None:
    from deskbreak.agent import without

    return without.erase(before, words)


def _somebody_types() -> bool:
    """Tell whether a person could answer a question."""
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    if sys.platform == "win32":
        import ctypes
        import io
        import msvcrt

        # There NUL counts as a terminal, too. Source: _isatty, Microsoft C runtime reference.
        mode = ctypes.c_uint32()
        try:
            handle = msvcrt.get_osfhandle(sys.stdin.fileno())
        except io.UnsupportedOperation:
            return True
        console = ctypes.windll.kernel32.GetConsoleMode(ctypes.c_void_p(handle), ctypes.byref(mode))
        return bool(console)
    return True


def _confirm(before: date | None, words: Words, *, beside: bool) -> None:
    """Ask whether that is meant; *beside* the output where a program reads that.

    Raises:
        Failed: It is not.
    """
    _ = words.gettext
    if before is None:
        lines = [_("This erases everything that deskbreak has recorded.")]
    else:
        line = _("This erases everything that deskbreak recorded before {day}.")
        lines = [line.format(day=before)]
    lines += [
        _("The log and all backups go too. It cannot be undone."),
        _("To look at it or to keep a copy first: deskbreak export"),
    ]
    question = _("Erase it? [y/N]") + " "
    if beside and sys.stderr is not None:
        sys.stderr.write("\n".join([*lines, "", question]))
        sys.stderr.flush()
    else:
        say(*lines, "")
        write(question)
        finish()
    answer = sys.stdin.readline().strip().lower()
    # Translators: the letter for “yes” in “Erase it? [y/N]”.
    if not answer.startswith((_("y"), "y")):
        raise Failed(said(N_("nothing was erased")))


def _what_is_gone(before: date | None, words: Words, *, is_whole: bool) -> str:
    _ = words.gettext
    if not is_whole:
        return _("What could be erased is erased; what is left is listed.")
    if before is None:
        return _("Everything that was recorded is erased, and all backups and the log with it.")
    line = _("What was recorded before {day} is erased, and all backups and the log with it.")
    return line.format(day=before)


def _what_stays(kept: str | None, words: Words, *, is_running: bool) -> Iterator[str]:
    _ = words.gettext
    if is_running:
        yield _("deskbreak goes on: what happens from now on is recorded.")
    if kept is not None:
        yield _("Your settings stay. To remove them too, delete {path}").format(path=kept)
    yield _("Copies made elsewhere, as by a backup of this disk, are not reached.")


# ── privacy ────────────────────────────────────────────────────────────────────────────────


def _privacy(arguments: argparse.Namespace, words: Words) -> int:
    from deskbreak.core import privacy
    from deskbreak.storage import inventory

    resolved = user_settings().load()
    found = inventory.told(files.places(), resolved)
    if arguments.json:
        facts(privacy.privacy_json(found, words))
    else:
        say(*privacy.privacy_lines(found, words))
    return _with_problems((*resolved.problems, *privacy.problems(found)), words)


COMMANDS: Final[dict[str, Callable[[argparse.Namespace, Words], int]]] = {
    "export": _export,
    "erase": _erase,
    "privacy": _privacy,
}
