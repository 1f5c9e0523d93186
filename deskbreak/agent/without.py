"""What is told and done where no agent runs: the desktop, a week of the history, erasing it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from deskbreak.agent import erasing, findings, requests
from deskbreak.agent.clock import SystemClock
from deskbreak.agent.desktop import Given
from deskbreak.agent.here import open_desktop
from deskbreak.core import stats
from deskbreak.core.rules import rules
from deskbreak.core.schedule import day_of
from deskbreak.core.words import Refusal, spoken
from deskbreak.storage import files, language, packs
from deskbreak.storage.layers import Settings
from deskbreak.storage.store import Store

if TYPE_CHECKING:
    from datetime import date

    from deskbreak.core.words import Words
    from deskbreak.storage.files import Places

_WEEK: Final = timedelta(days=7)


def examine(words: Words) -> dict[str, Any]:
    """Look for the parts of the desktop, and at our files, without an agent, for `doctor`."""
    places = files.places()
    settings = Settings.of(places)
    resolved = settings.load()
    folders = settings.organisation_packs
    pack = packs.read(places.packs, resolved.text("language"), *folders)
    with Store.open(places.history, read_only=True) as store:
        history = findings.of_history(store)
    desktop = open_desktop(Given(places.runtime, words, 1.0, places.runtime / "heartbeat"))
    try:
        desktop.watch_over(lambda: None)
        desktop.heed(rules(resolved, ()).holds)
        desktop.try_channels()
        found = desktop.findings()
        door = findings.door(None, _no_door(places))
        return requests.doctor_reply((*found, door), resolved, pack, history, words)
    finally:
        desktop.close()


def _no_door(places: Places) -> Refusal | None:
    """Return why no agent could run here, if that is so."""
    try:
        files.runtime_folder(places)
    except Refusal as refusal:
        return refusal
    return None


def erase(before: date | None, words: Words) -> dict[str, Any] | None:
    """Erase what is recorded where no agent runs; None: one does.

    Raises:
        Refusal: Nothing was erased.
    """
    left = erasing.alone(before)
    if left is None:
        return None
    return {"ok": True, "problems": [spoken(problem, words) for problem in left]}


def week_from_disk(key: str, words: Words) -> dict[str, Any]:
    """Read the week that *key* names (this one) where no agent runs, for `stats`.

    Raises:
        Unreadable: *key* names none.
    """
    places = files.places()
    now, resolved = SystemClock().now(), Settings.of(places).load()
    made, first_weekday = rules(resolved, ()), language.first_weekday()
    of = requests.parsed_week(key, first_weekday) or day_of(now, made.day_starts_s)
    on = [kind.name for kind in made.kinds if kind.enabled]
    first = stats.week_start(of, first_weekday)
    with Store.open(places.history, read_only=True) as store:
        days = store.days(first - _WEEK, first + _WEEK, on, made.day_starts_s)
        problems = store.problems
    week = stats.week(days, of, on, first_weekday=first_weekday)
    return requests.week_reply(week, problems, words)
