"""A person's half hour, 120 times as fast: from the first move of the mouse to the end."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from deskbreak.core.model import Outcome, Presence
from deskbreak.storage.store import Store
from tests.desktop.desk import SPEED, Agent, Hand, Ran, deskbreak, killed, midday
from tests.desktop.parts import Dunst, PrivateBus, XfcePanel, missing, wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Item, Panel
from tests.doubles.peer import Peer

if sys.platform != "linux":
    pytest.skip("the desktop of the tests is made of Linux programs", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskbreak.core.model import Episode, Span

NEEDED: Final = ("dbus-daemon", "Xvfb", "xdotool")
pytestmark = pytest.mark.skipif(missing(*NEEDED) is not None, reason=str(missing(*NEEDED)))

FIRST_PROMPT_S: Final = 14.0
"""Real time from the start to the first prompt, as promised."""
FIRST_PROMPT_AT_MOST_S: Final = 20.0

MINUTE_S: Final = 60.0
SETTINGS: Final = """\
# No absence clears the held time of this one, so that it tells whether any was lost.
[massage]
enabled = true
"""


class Doubles:
    """A notification service and a panel that record what they are told."""

    def __init__(self, bus: PrivateBus, env: dict[str, str], _folder: Path) -> None:
        self._notifier = NotificationServer(bus.address)
        self._panel = Panel(bus.address)

    @contextmanager
    def running(self) -> Iterator[None]:
        with self._notifier, self._panel:
            yield

    def prompts(self) -> int:
        """How many notifications are on the screen."""
        return len(self._notifier.on_screen)

    def press_done(self) -> None:
        (note,) = self._notifier.on_screen.values()
        assert ("done", "Done") == note.actions[:2]
        self._notifier.press(note.id, "done")

    def item(self) -> Item:
        """The agent's item in the panel."""
        return self._panel.item()


class Screen:
    """dunst and xfce4-panel, with a click on what dunst draws."""

    BUBBLE: Final = ("1100", "100")
    DUNSTRC: Final = """\
[global]
    origin = top-right
    offset = 10x50
    width = 300
    mouse_left_click = do_action
[breaks]
    appname = "deskbreak"
    action_name = "done"
"""

    def __init__(self, bus: PrivateBus, env: dict[str, str], folder: Path) -> None:
        self._bus, self._env, self._folder = bus, env, folder
        self._peer = Peer(bus.address)

    @contextmanager
    def running(self) -> Iterator[None]:
        config = self._folder / "dunstrc"
        config.write_text(self.DUNSTRC, encoding="utf-8")
        panel = XfcePanel(self._env, self._folder / "panel")
        with Dunst(self._env, "-config", str(config)), panel, self._peer:
            yield

    def prompts(self) -> int:
        return int(self._run("dunstctl", "count", "displayed"))

    def press_done(self) -> None:
        def clicked_away() -> bool:
            # The other hand moves the mouse meanwhile, so a click may miss.
            self._run("xdotool", "mousemove", *self.BUBBLE, "click", "1")
            return self.prompts() == 0

        wait_for(clicked_away, 10.0, "the bubble to go after a click on it")

    def item(self) -> Item:
        watcher = "org.kde.StatusNotifierWatcher"
        asked = (watcher, "RegisteredStatusNotifierItems")

        def entries() -> list[str]:
            body = self._peer.call(
                watcher,
                "/StatusNotifierWatcher",
                "org.freedesktop.DBus.Properties",
                "Get",
                "ss",
                asked,
            )
            found: list[str] = body[0][1]
            return found

        entry = wait_for(entries, what="an item in the panel")[-1]
        owner, slash, path = entry.partition("/")
        return Item(self._peer, owner, slash + path)

    def _run(self, *argv: str) -> str:
        ran = subprocess.run(
            argv, env=self._env, capture_output=True, text=True, timeout=10, check=True
        )
        return ran.stdout


@pytest.fixture
def env(desktop_env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The person's environment, around noon, with a setting of theirs."""
    folder = tmp_path / "home" / ".config" / "deskbreak"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    return {**desktop_env, "TZ": midday(), "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}


def _kind(status: Any, name: str) -> Any:  # noqa: ANN401 - JSON
    return next(kind for kind in status["kinds"] if kind["kind"] == name)


def _held_s(agent: Agent, name: str) -> float:
    return float(_kind(agent.status, name)["held_seconds"])


def _ended(agent: Agent) -> list[tuple[str, str, str | None]]:
    return [(one["kind"], one["outcome"], one["by"]) for one in agent.status["last"]]


def _rows(agent: Agent, today: date) -> tuple[list[Span], list[Episode]]:
    """Read from disk what is kept, beside the agent that writes it."""
    day = timedelta(days=1)
    with Store.open(agent.places.runtime / "trial" / "history.db", read_only=True) as store:
        return store.rows(today - day, today + day)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(Doubles, id="doubles"),
        pytest.param(
            Screen,
            id="dunst and xfce4-panel",
            marks=pytest.mark.skipif(
                missing("dunst", "dunstctl", "xfce4-panel", "xfconfd") is not None,
                reason=str(missing("dunst", "dunstctl", "xfce4-panel", "xfconfd")),
            ),
        ),
    ],
)
def test_given_a_person_at_work_when_half_an_hour_passes_then_all_of_it_is_as_promised(
    bus: PrivateBus,
    env: dict[str, str],
    tmp_path: Path,
    make: Callable[[PrivateBus, dict[str, str], Path], Doubles | Screen],
) -> None:
    """Work, a prompt, Done, more work, a rest without a prompt, a crash, and a good end."""
    desk = make(bus, env, tmp_path)
    options = ("--speed", str(SPEED))
    with desk.running(), Hand(env) as hand:
        began_s = time.monotonic()
        with Agent(env, *options) as agent:
            _first_prompt(agent, desk, began_s)
            _done_counts(agent, desk, env)
            _rest_counts(agent, hand)
            today = datetime.fromisoformat(agent.status["at"]).date()
            before = agent.status, _held_s(agent, "massage"), _rows(agent, today)
            killed(agent)
        with Agent(env, *options) as agent:
            _nothing_is_lost(agent, *before)
            assert "Quit" in desk.item().open().text()
            ran = deskbreak(env, "quit")
            wait_for(lambda: not agent.is_up, what="the end")
            assert 0 == agent.returncode

    assert Ran(0, "deskbreak has ended.\n", "") == ran
    assert not (agent.places.runtime / "trial").exists()
    assert not agent.places.history.exists()
    assert "Traceback" not in agent.log
    assert SETTINGS == agent.places.settings.read_text(encoding="utf-8")


def _first_prompt(agent: Agent, desk: Doubles | Screen, began_s: float) -> None:
    wait_for(desk.prompts, FIRST_PROMPT_AT_MOST_S, "the first prompt")
    took_s = time.monotonic() - began_s
    print(f"first prompt after {took_s:.1f} s, promised {FIRST_PROMPT_S:g} s")  # noqa: T201 - a figure

    assert took_s < FIRST_PROMPT_AT_MOST_S
    open_ = wait_for(lambda: agent.status["open"], what="the open prompt")
    assert "position" == open_["kind"]
    wait_for(lambda: agent.status["open"]["phase"] == "shown", what="delivery to say so")
    assert 20 * MINUTE_S <= _held_s(agent, "position")
    lines = desk.item().open().text()
    assert ["Done", "In 5 minutes", "Skip", "Not for me", "Show me how"] == lines[1:6]


def _done_counts(agent: Agent, desk: Doubles | Screen, env: dict[str, str]) -> None:
    """Done on the notification ends it as taken by answer; stats and menu have the figures."""
    desk.press_done()
    wait_for(lambda: _ended(agent), what="the end of the prompt")

    assert [("position", "taken", "answer")] == _ended(agent)
    assert agent.status["open"] is None
    assert 0 == desk.prompts()
    facts = deskbreak(env, "stats", "--json").facts
    (day,) = (day for day in facts["days"] if day["desk_seconds"])
    position = day["kinds"]["position"]
    assert 20 * MINUTE_S <= day["desk_seconds"] <= 2 * 20 * MINUTE_S
    assert abs(day["longest_held_seconds"] - 20 * MINUTE_S) < 10 * MINUTE_S
    assert 1 == day["position_changes"]
    assert {"answer": 1, "guide": 0, "rest": 0} == position["taken_by"]
    assert (1, 1, 1.0) == tuple(position[name] for name in ("prompted", "taken", "compliance"))
    assert day["kinds"] == facts["total"]["kinds"]

    week = [line.label for line in desk.item().open().find("This week").children]
    name = date.fromisoformat(day["date"]).strftime("%a")
    assert 10 == len(week)
    (line,) = (line for line in week if line.startswith(f"{name}: "))
    assert line.endswith("h at the desk, 1 of 1 break taken")
    assert line.removeprefix(name) == week[-2].removeprefix("This week")
    assert "The week before: nothing" == week[-1]


def _rest_counts(agent: Agent, hand: Hand) -> None:
    """Who rests long enough before the next prompt is not prompted for it."""
    wait_for(lambda: _held_s(agent, "position") > 11 * MINUTE_S, 15.0, "half the interval")
    hand.stop()
    wait_for(lambda: len(_ended(agent)) > 1, what="the natural break")
    away = agent.status
    hand.start()

    assert [("position", "natural", None)] == _ended(agent)[1:]
    assert "away" == away["presence"]
    assert 0 == _kind(away, "position")["held_seconds"]
    wait_for(lambda: agent.status["presence"] == "desk", what="the return")
    assert agent.status["reading"]
    kinds = agent.ask("stats")["facts"]["total"]["kinds"]
    assert (1, 1) == (kinds["position"]["natural"], kinds["position"]["prompted"])


def _nothing_is_lost(
    agent: Agent,
    status: Any,  # noqa: ANN401 - JSON
    held_s: float,
    rows: tuple[list[Span], list[Episode]],
) -> None:
    """The rows are there, time went on, and the time between crash and start was off."""
    wait_for(lambda: agent.status["presence"] == "desk", what="the person at the desk")
    now = agent.status
    # Read first: what it is compared with has gone on since.
    held_now_s = _held_s(agent, "massage")
    then, now_at = (datetime.fromisoformat(x["at"]) for x in (status, now))
    today = then.date()
    spans, episodes = _rows(agent, today)

    assert rows[0] == spans[: len(rows[0])]
    assert rows[1] == episodes[: len(rows[1])]
    assert [Outcome.TAKEN, Outcome.NATURAL] == [one.outcome for one in rows[1]]
    assert status["last"] == now["last"][:2]
    gaps_s = [b.start.boot_s - a.end.boot_s for a, b in itertools.pairwise(spans)]
    assert [] == [gap_s for gap_s in gaps_s if abs(gap_s) > 0.001]
    (off,) = (span for span in spans if span.presence is Presence.OFF)
    assert 0 < off.seconds <= (now_at - then).total_seconds() + 2 * MINUTE_S
    gone_on_s = held_now_s - held_s - (now_at - then).total_seconds()
    print(f"held time after the crash: {gone_on_s:+.0f} s")  # noqa: T201 - a figure
    assert abs(gone_on_s) < 2 * MINUTE_S
