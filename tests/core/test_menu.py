from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core import menu
from deskbreak.core.views import tray_view
from tests.core.scenes import ENGLISH, scene

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deskbreak.core.model import MenuEntry

MARKS: Final = {
    (None, False): "",
    (True, False): "[x] ",
    (False, False): "[ ] ",
    (True, True): "(x) ",
    (False, True): "( ) ",
}
"""How a line looks, by whether it is chosen and whether it is one of several."""


def drawn(entries: Iterable[MenuEntry], indent: str = "") -> Iterator[str]:
    """Write the lines of a menu: key, what it looks like, and what a click on it says."""
    for one in entries:
        said = f" => {one.command.name} {one.command.argument}".rstrip() if one.command else ""
        grey = {True: "", False: " [grey]"}[one.enabled]
        yield f"{indent}{one.key}: {MARKS[one.checked, one.radio]}{one.label or '--'}{grey}{said}"
        yield from drawn(one.children, f"{indent}    ")


ALL: Final = """\
next: Change position in 19 min [grey]
line.breaks: --
take: Take a break now
    stretch: Stretch => take stretch
    position: Change position => take position
    posture: Posture check => take posture
    habit: Habit of the day => take habit
pause: Pause
    30m: 30 minutes => pause 30m
    1h: 1 hour => pause 1h
    tomorrow: Until tomorrow => pause tomorrow
    forever: Until I resume => pause
reading: I was reading => reading
line.more: --
week: This week
    day.0: Mon: 0:21 h at the desk, 1 of 1 break taken [grey]
    day.1: Tue: nothing [grey]
    day.2: Wed: nothing [grey]
    day.3: Thu: nothing [grey]
    day.4: Fri: nothing [grey]
    day.5: Sat: nothing [grey]
    day.6: Sun: nothing [grey]
    line.days: --
    total: This week: 0:21 h at the desk, 1 of 1 break taken [grey]
    before: The week before: nothing [grey]
stats: Statistics… => open stats
settings: Settings
    stretch: Stretch
        on: [x] On => set stretch.enabled=false
        line.every: --
        every.45: ( ) Every 45 min => set stretch.interval_minutes=45
        every.50: ( ) Every 50 min => set stretch.interval_minutes=50
        every.60: (x) Every hour => set stretch.interval_minutes=60
        every.90: ( ) Every 90 min => set stretch.interval_minutes=90
    position: Change position
        on: [x] On => set position.enabled=false
        line.every: --
        every.15: ( ) Every 15 min => set position.interval_minutes=15
        every.20: (x) Every 20 min => set position.interval_minutes=20
        every.30: ( ) Every 30 min => set position.interval_minutes=30
    posture: Posture check
        on: [x] On => set posture.enabled=false
        line.every: --
        every.60: ( ) Every hour => set posture.interval_minutes=60
        every.90: (x) Every 90 min => set posture.interval_minutes=90
        every.120: ( ) Every 2 hours => set posture.interval_minutes=120
    eyes: Rest your eyes
        on: [ ] On => set eyes.enabled=true
        line.every: --
        every.10: ( ) Every 10 min => set eyes.interval_minutes=10
        every.20: (x) Every 20 min => set eyes.interval_minutes=20
        every.40: ( ) Every 40 min => set eyes.interval_minutes=40
    massage: Self-massage
        on: [ ] On => set massage.enabled=true
        line.every: --
        every.120: ( ) Every 2 hours => set massage.interval_minutes=120
        every.180: (x) Every 3 hours => set massage.interval_minutes=180
        every.240: ( ) Every 4 hours => set massage.interval_minutes=240
    habit: Habit of the day
        on: [x] On => set habit.enabled=false
        line.every: --
        every.1440: (x) Every day => set habit.interval_minutes=1440
        every.10080: ( ) Every week => set habit.interval_minutes=10080
    plan: Plan
        standard: (x) Standard => set plan=standard
        fifteen: ( ) Every fifteen minutes => set plan=fifteen
        fifty: ( ) A break every fifty minutes => set plan=fifty
        gentle: ( ) Gentle => set plan=gentle
        busy: ( ) Busy day => set plan=busy
        sit_stand: ( ) Sit and stand => set plan=sit_stand
        seated: ( ) Seated, wheelchair => set plan=seated
        custom: ( ) My own => set plan=custom
    autostart: [x] Start at login => set autostart=false
    line.all: --
    all: All settings… => open settings
line.quit: --
quit: Quit => quit
"""


def test_given_all_that_a_menu_can_have_then_every_line_says_and_does_this() -> None:
    """A key that changes makes a desktop draw the menu anew; a command that changes does harm."""
    desk = scene("20m work", "6s idle", "answer done", "10m idle", "1m work")
    tray = tray_view(desk.snap(autostart=True, pages=True), desk.now, ENGLISH)

    assert ALL.splitlines() == list(drawn(tray.menu))


def test_given_a_pause_then_resume_stands_where_pause_stood() -> None:
    """One line, and nothing to choose."""
    desk = scene("20m work", "pause 30m")

    assert ["take: Take a break now", "resume: Resume => resume"] == [
        line
        for line in drawn(menu.breaks(desk.snap(), desk.now, ENGLISH))
        if not line.startswith(" ")
    ]


def test_given_three_skips_in_a_row_then_each_longer_interval_can_be_clicked() -> None:
    """It is for good: the setting itself is changed."""
    others = {f"{kind}.enabled": False for kind in ("stretch", "posture", "habit")}
    desk = scene(*("21m work", "6s idle", "answer skip") * 3, user=others)

    assert [
        "less.position: Change position: too often?",
        "    every.30: Every 30 min => set position.interval_minutes=30",
    ] == list(drawn(menu.less_often(desk.snap(), ENGLISH)))
