"""The command that opens a page: in the server that runs, or in a new one."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from deskbreak.agent.launch import own_command
from deskbreak.commands.output import DONE, FAILED, Failed
from deskbreak.core.words import N_, said
from deskbreak.storage import files

if TYPE_CHECKING:
    import argparse

    from deskbreak.core.words import Words

NAMES: Final = ("settings", "stats", "guide", "safety", "welcome")
"""The pages that can be opened; `deskbreak.pages.routes`, which no other command loads, has them too."""
_READY: Final = b"ready\n"
_WITHIN_S: Final = 15.0


def _open(arguments: argparse.Namespace, _words: Words) -> int:
    if arguments.stay:
        return _serve(arguments.page)
    from deskbreak.pages import browser, server

    folder = files.runtime_folder(files.places())
    way = server.ask_running(folder, arguments.page)
    if way is not None:
        _see_that_shown(browser.show(way))
        return DONE
    child = subprocess.Popen(  # this very program; the page is one of a list
        [*own_command(), "open", arguments.page, "--stay"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdout is not None
    with child.stdout:
        return DONE if child.stdout.readline() == _READY else FAILED


def _serve(page: str) -> int:
    """Be the server until nobody looks any more; say so when the browser was told."""
    from deskbreak.pages import browser
    from deskbreak.pages.routes import server

    made = server(files.places())

    def ready() -> None:
        _see_that_shown(browser.show(made.way_in(page)))
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.write(_READY.decode())
            sys.stdout.flush()

    made.run(ready)
    return DONE


def _see_that_shown(shown: bool) -> None:  # noqa: FBT001 - what the browser said
    if not shown:
        raise Failed(
            said(N_("no browser was found to show the page in")),
            said(N_("Commands show the same: deskbreak stats, deskbreak config show.")),
        )


COMMANDS: Final = {"open": _open}
