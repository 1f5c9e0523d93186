"""Texts of every script and of none, in every place where a person or a program reads them."""

from __future__ import annotations

import gettext
import io
import random
import subprocess
import sys
import unicodedata
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

import pytest

from deskbreak.commands import output
from deskbreak.core import views
from deskbreak.core.model import Button, Choice, Command, MenuEntry, PromptView
from deskbreak.core.notice import Notice, Wish
from deskbreak.core.words import said
from deskbreak.platforms import terminal
from deskbreak.platforms.macos import notice as macos_notice
from deskbreak.platforms.windows.balloon import BalloonChannel, Balloons
from tests.fakes import Desk
from tests.hostile import BIDI, VALUES, steering

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.board import Board

COUNT: Final = 2_000
WORDS: Final = gettext.NullTranslations()
SCRIPTS: Final = (
    "Stand up|steh auf, für zwei Minuten|Встаньте|起立してください|站起来|일어나세요|קום|ยืนขึ้น|उठो|🧘🏽"
    "|قف لمدة دقيقتين|می\u200cخواهم|\u2067שלום\u2069|👩\u200d💻|🏳️\u200d🌈|𝕳𝖊𝖑𝖑𝖔"  # noqa: RUF001 - meant
)
MARKUP: Final = (
    "<b>&amp;</b>|&lt;|<img src=x onerror=alert(1)>|javascript:alert(1)|</script>|--help|%s %n {0}"
    "|-u critical|\"'`$(id)|\\"
)
ODD: Final = (
    *("e\u0301" * 8, "Z\u0351\u036b\u0343\u036a" * 5, "\ufeff", "\u200b", "\U000e0041", "a" * 300),
    *("\ud83d", "\ude00\ud83d", " ", "\n", "\t", "\r\n", "\x00", "\uffff", "\ue000", *VALUES),
)
PIECES: Final = (*SCRIPTS.split("|"), *MARKUP.split("|"), *ODD)
ENCODINGS: Final = ("utf-8", "ascii", "cp1252", "cp437", "iso8859-15", "shift_jis")


def texts(seed: int = 32, count: int = COUNT) -> Iterator[str]:
    """Yield as many texts; every hundredth has 10,000 characters, one is empty."""
    drawn = random.Random(seed)  # noqa: S311 - a test draws lots
    yield ""
    for number in range(1, count):
        text = "".join(drawn.choices(PIECES, k=drawn.randrange(1, 9)))
        yield (text * 10_000)[:10_000] if number % 100 == 0 else text


def seen(text: str) -> PromptView:
    """Return a prompt that says *text* wherever it can."""
    return PromptView(1, 1, "position", text, text, (Button(Choice.DONE, text),), sound=True)


def strings(found: object) -> Iterator[str]:
    """Yield each text in what a channel hands over."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        for value in found.values():
            yield from strings(value)
    elif isinstance(found, (list, tuple)):
        for value in found:
            yield from strings(value)


def wrongs(found: object, units: int) -> list[str]:
    """Return what of *found* no service takes: too long, not to be encoded, or not to be read."""
    wrong = []
    for text in strings(found):
        units_of = len(text.encode("utf-16-le", "surrogatepass")) // 2
        is_odd = any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text)
        if units_of > units or is_odd or set(text) & set(BIDI[3:8]):
            wrong.append(text[:60])
    return wrong


def told(board: Board, where: str, wrong: list[str]) -> None:
    """Fail where anything is wrong, after telling the board."""
    board.note(load=COUNT, figure=f"{where}: {len(wrong)} of {COUNT:,} wrong")

    assert [] == wrong


@pytest.mark.row("R32", "text")
@pytest.mark.skipif(sys.platform != "linux", reason="notification services of Linux")
@pytest.mark.parametrize("markup", [True, False], ids=["markup", "plain"])
def test_given_any_text_when_a_service_of_linux_shows_it_then_it_is_a_message_it_can_take(
    board: Board, markup: bool
) -> None:
    """As a notification, in a portal, and as what lies there instead of a tray; no text is markup."""
    from jeepney import DBusAddress, new_method_call

    from deskbreak.platforms.linux import notice, notify_service, portal

    service = notify_service.Service(":1.1", "id", markup=markup, buttons=True)
    address = DBusAddress("/a", "a.b", "a.b")
    here = cast("Any", SimpleNamespace(_icon="deskbreak"))
    wrong = []
    for text in texts():
        view, wishes = seen(text), (Wish(Command("take"), text),)
        note = notify_service.arguments(view, service, replaces_id=0, icon="x", guide_label="Show")
        lying = notice.NoticeBoard._arguments(
            here, Notice(text, text, wishes), service, 0, stays=True, aloud=False
        )
        for arguments in (note, lying):
            new_method_call(address, "Notify", notify_service.NOTIFY, arguments).serialise(1)
            body = str(arguments[4])
            wrong += wrongs((arguments[3],), notify_service.TITLE_UNITS)
            wrong += [body[:60]] if markup and ("<" in body or ">" in body) else []
            # What is escaped is longer on the way than on the screen.
            wrong += wrongs((body,), notify_service.BODY_UNITS * (5 if markup else 1))
        sent = portal._note(view)
        new_method_call(address, "AddNotification", "sa{sv}", ("1", sent)).serialise(1)
        wrong += wrongs((sent["title"][1],), 128) + wrongs((sent["body"][1],), 1024)
    told(board, "notification", wrong)


class Taskbar:
    """Takes what hangs on it."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []

    def balloon(self, title: str, body: str, flags: int) -> bool:
        self.shown.append((title, body))
        return True


@pytest.mark.row("R32", "text")
def test_given_any_text_when_a_balloon_shows_it_then_it_fits_in_what_windows_has_for_it(
    board: Board,
) -> None:
    """The text is cut in UTF-16 units, as whoever hands the title to the shell cuts that."""
    icon = Taskbar()
    balloons = Balloons()
    balloons.expect()
    balloons.hang_on(icon)
    channel = cast("Any", SimpleNamespace(_balloons=balloons, _words=WORDS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("deskbreak.platforms.windows.balloon.refuse_when_switched_off", lambda: None)
        for text in texts():
            BalloonChannel.show(channel, seen(text))
    wrong = [
        one for title, body in icon.shown for one in wrongs((body,), 255) + wrongs((title,), 20_000)
    ]

    assert COUNT == len(icon.shown)
    told(board, "balloon", wrong)


@pytest.mark.row("R32", "text")
def test_given_any_text_when_macos_shows_it_then_it_is_an_argument_and_never_an_option(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the last two arguments, behind what ends the options; none with a NUL."""
    wrong = []

    def run(argv: list[str]) -> subprocess.CompletedProcess[bytes]:
        *_, end, title, body = argv
        wrong.extend(wrongs((title, body), 512) + [argv[0]] * (end != "--"))
        return subprocess.CompletedProcess(argv, 0, b"", b"")

    monkeypatch.setattr(macos_notice, "_run", run)
    for text in texts():
        macos_notice.say(text, text)
    told(board, "macOS", wrong)


@pytest.mark.row("R32", "text")
def test_given_any_text_when_the_tray_shows_it_then_tooltip_and_lines_are_short_and_clean(
    tmp_path: Path, board: Board
) -> None:
    """A problem may quote any file; a menu of Linux may be asked for it over the bus."""
    desk = Desk(tmp_path)
    snap, now = desk.loop.snapshot(), desk.clock.now()
    wrong = []
    for text in texts():
        problems = (said("{text}", text=text), said("it is {text}", text=text[::-1]))
        view = views.tray_view(replace(snap, problems=problems), now, WORDS)
        wrong += wrongs((view.tooltip,), 127)
        wrong += wrongs([line.label for line in lines(view.menu)], 127)
    desk.store.close()
    told(board, "tray", wrong)


def lines(menu: tuple[MenuEntry, ...]) -> Iterator[MenuEntry]:
    """Yield every line of a menu and of those below."""
    for one in menu:
        yield one
        yield from lines(one.children)


class Closed(io.BytesIO):
    """A terminal that is read when all is over."""

    def close(self) -> None:
        """Keep what was written."""


@pytest.mark.row("R32", "text")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_given_any_text_when_a_terminal_shows_it_then_any_encoding_takes_it(
    board: Board, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """As a prompt, and as a line of a command; what it has no letter for, it shows as something else."""
    prompts, lines_ = Closed(), Closed()
    stream = io.TextIOWrapper(prompts, encoding=encoding, newline="\n")
    channel = terminal.TerminalChannel(stream, lambda *_: None, words=WORDS, keyboard=io.StringIO())
    printed = io.TextIOWrapper(lines_, encoding=encoding, errors="backslashreplace", newline="\n")
    monkeypatch.setattr(sys, "stdout", printed)
    for text in texts():
        channel.show(seen(text))
        channel.withdraw()
        output.say(text, f"  - {text}")
    channel.close()
    output.finish()
    wrong = [
        letter
        for data in (prompts, lines_)
        for letter in steering(data.getvalue().decode(encoding, "replace"))
    ]
    told(board, f"terminal, {encoding}", wrong)
