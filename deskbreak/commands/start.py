"""The commands that say how deskbreak is started: at login, and from the menu of programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskbreak.commands.output import DONE, WITH_PROBLEMS, complain, facts, say
from deskbreak.core.words import N_, Refusal, said, spoken
from deskbreak.storage import autostart, launcher

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from deskbreak.core.words import Said, Words
    from deskbreak.storage.autostart import Autostart
    from deskbreak.storage.launcher import Launcher


def _autostart(arguments: argparse.Namespace, words: Words) -> int:
    act: Callable[[], Autostart] = {
        "enable": autostart.enable,
        "disable": autostart.disable,
        "status": autostart.state,
    }[arguments.action]
    found = act()
    problems = [] if found.why is None else [found.why]
    if arguments.action == "enable" and launcher.belongs_here():
        try:
            launcher.install()
        except Refusal as reason:  # it starts at login all the same
            problems.append(reason.why)
    if arguments.json:
        facts(_autostart_facts(found, words))
    else:
        say(spoken(_autostart_line(found), words))
    for problem in problems:
        complain(spoken(problem, words))
    return WITH_PROBLEMS if problems else DONE


def _autostart_facts(found: Autostart, words: Words) -> dict[str, Any]:
    return {
        "enabled": found.enabled,
        "path": None if found.path is None else str(found.path),
        "system": found.is_system,
        "command": found.command or None,
        "why": None if found.why is None else spoken(found.why, words),
    }


def _autostart_line(found: Autostart) -> Said:
    if found.path is None:
        return said(N_("deskbreak does not start at login."))
    if not found.enabled:
        return said(N_("deskbreak does not start at login; {path} says so."), path=found.path)
    return said(N_("deskbreak starts at login, by {path}"), path=found.path)


def _launcher(arguments: argparse.Namespace, words: Words) -> int:
    if arguments.action == "install":
        launcher.install()
    elif arguments.action == "remove":
        launcher.remove()
    found = launcher.state()
    if arguments.json:
        path = None if found.path is None else str(found.path)
        facts(
            {
                "installed": found.installed,
                "path": path,
                "system": found.is_system,
                "ours": found.is_ours,
            }
        )
    else:
        say(spoken(_launcher_line(found), words))
    return DONE


def _launcher_line(found: Launcher) -> Said:
    if found.path is None:
        return said(N_("deskbreak is not in the menu of programs."))
    if not found.installed:
        sentence = N_("deskbreak is not in the menu of programs; {path} says so.")
    elif found.is_system:
        sentence = N_("deskbreak is in the menu of programs; a package brought {path}")
    elif found.is_ours:
        sentence = N_("deskbreak is in the menu of programs, by {path}")
    else:
        sentence = N_("deskbreak is in the menu of programs; {path} is your own and stays as it is")
    return said(sentence, path=found.path)


COMMANDS: Final[dict[str, Callable[[argparse.Namespace, Words], int]]] = {
    "autostart": _autostart,
    "launcher": _launcher,
}
