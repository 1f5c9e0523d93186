"""The command that opens a page: in the server that runs, or in a new one."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from deskbreak.commands.output import DONE, FAILED, WRONG_USAGE, Failed
from deskbreak.core.words import N_, said
from deskbreak.storage import files

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from deskbreak.core.words import Words
    from deskbreak.pages.entrance import Entrance
    from deskbreak.storage.files import Places


def _open(arguments: argparse.Namespace, _words: Words) -> int:
    """Open a page; with ``--stay`` be what serves it, unless that runs, until nobody looks any more."""
    from deskbreak.pages import browser, entrance

    places = files.places()
    prompt = _wanted(places, arguments.page, arguments.prompt)
    page = f"{arguments.page}/{prompt}" if prompt else arguments.page
    folder = files.runtime_folder(places)
    readable = browser.readable_folder()
    way = entrance.ask_running(folder, page, readable)
    if way is not None:
        _show(way)
        _say_ready()
        return DONE
    if not arguments.stay:
        return _let_stay(arguments.page, prompt)
    _serve(places, entrance.Entrance(folder, _clock(), readable), page)
    return DONE


def _wanted(places: Places, page: str, prompt: str) -> str:
    """Return the id of the prompt that is asked for, as the packs write it.

    Raises:
        Failed: None has it, or it goes with another page.
    """
    if not prompt:
        return ""
    from deskbreak.agent.clock import SystemClock
    from deskbreak.pages.desk import Desk
    from deskbreak.storage.layers import Settings

    if page != "guide":
        raise Failed(
            said(N_("--prompt goes with the guide, not with {page}"), page=page),
            said(N_("Use: deskbreak open guide --prompt {prompt}"), prompt=prompt),
            WRONG_USAGE,
        )
    desk = Desk(places, SystemClock().now, Settings.of(places))
    for known in desk.pack(desk.resolved()).texts:
        if known.casefold() == prompt.casefold():
            return known
    raise Failed(
        said(N_("there is no prompt {prompt}"), prompt=prompt),
        said(N_("See all of them with: deskbreak open guide")),
        WRONG_USAGE,
    )


def _serve(places: Places, entrance: Entrance, page: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    # A browser takes its time to come; meanwhile we load what answers it.
    browser = ThreadPoolExecutor(1, "browser").submit(_show, entrance.way_in(page))
    try:
        from deskbreak.pages import routes

        made = routes.server(places, entrance)
    except BaseException:
        entrance.close()
        raise

    def ready() -> None:
        browser.result()
        _say_ready()

    made.run(ready)


def _clock() -> Callable[[], float]:
    from deskbreak.agent.clock import SystemClock

    return SystemClock().boot_s


def _let_stay(page: str, prompt: str) -> int:
    """Start what serves the pages, and wait until the browser was told."""
    from deskbreak.agent import launch

    child = subprocess.Popen(  # this very program; the page is one of a list
        launch.page_command(page, prompt),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        creationflags=launch.NO_WINDOW,
    )
    # What went wrong it says itself, on our standard error.
    return DONE if launch.is_ready(child) else FAILED


def _show(way: Path) -> None:
    from deskbreak.pages import browser

    if not browser.show(way):
        raise Failed(
            said(N_("no browser was found to show the page in")),
            said(N_("Commands show the same: deskbreak stats, deskbreak config show.")),
        )


def _say_ready() -> None:
    """Tell who started us, who may have gone; a person at a terminal sees the browser."""
    from deskbreak.agent.launch import READY

    if sys.stdout is not None and not sys.stdout.isatty():
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.write(f"{READY}\n")
            sys.stdout.flush()


COMMANDS: Final = {"open": _open}
