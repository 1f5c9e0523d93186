"""What is told of what is kept: by whom it was shortened, who else can read it, and no secret."""

from __future__ import annotations

import gettext
import shlex
from dataclasses import replace

import pytest

from deskbreak.core.privacy import Kept, Privacy, privacy_json, privacy_lines, problems, rows, size
from deskbreak.core.settings import Origin

WORDS = gettext.NullTranslations()
HISTORY = Kept("history", "/home/me/history.db", ("/home/me/history.db",), 12_345)
KEPT = Privacy((HISTORY, Kept("settings", "/home/me/settings.toml")), 400, Origin.DEFAULT)


def text(privacy: Privacy) -> str:
    """Return all lines."""
    return "\n".join(privacy_lines(privacy, WORDS))


@pytest.mark.parametrize(
    ("origin", "is_shortened"),
    [
        (Origin.DEFAULT, False),
        (Origin.USER, False),
        (Origin.RECOMMENDED, True),
        (Origin.POLICY, True),
        (Origin.BOUNDS, True),
    ],
)
def test_given_days_that_somebody_set_then_it_says_whether_that_was_the_organisation(
    origin: Origin, is_shortened: bool
) -> None:
    """A person sees whose decision it is."""
    told = replace(KEPT, days=60, days_from=origin)

    assert "single entries 60 days" in text(told)
    assert is_shortened is ("as your organisation has set" in text(told))
    assert origin.value == privacy_json(told, WORDS)["keep_days_origin"]


def test_given_a_network_drive_and_a_profile_that_roams_then_who_else_can_read_is_told() -> None:
    """On a computer alone nobody needs to hear of servers."""
    told = text(replace(KEPT, network="nfs4", roams=True))

    assert "(nfs4)" in told
    assert "servers" in told
    assert "servers" not in text(KEPT)
    assert "network drive" not in text(KEPT)


def test_given_files_that_others_can_read_then_each_is_a_problem() -> None:
    """With the way to close it."""
    open_ = replace(HISTORY, readable=HISTORY.files)
    told = replace(KEPT, kept=(open_,))

    assert [] == problems(KEPT)
    assert [
        "other accounts can read /home/me/history.db; to close it: chmod 600 /home/me/history.db"
    ] == [str(problem) for problem in problems(told)]
    odd = replace(HISTORY, readable=("/home/me/my deskbreak's.db",))
    (quoted,) = problems(replace(KEPT, kept=(odd,)))
    command = str(quoted).partition("close it: ")[2]
    assert ["chmod", "600", *odd.readable] == shlex.split(command)
    assert "other accounts of this computer" in text(told)
    assert ["/home/me/history.db"] == privacy_json(told, WORDS)["kept"][0]["readable_by_others"]


def test_given_every_kind_of_file_then_each_has_words_for_what_it_is_and_how_long() -> None:
    """Also those that few people have; an entry of the desktop has no size."""
    names = ("history", "copies", "settings", "packs", "log", "policy", "runtime", "login", "menu")
    kept = [Kept(name, f"/there/{name}", (f"/there/{name}",), 1) for name in names]
    told = replace(KEPT, kept=kept)

    assert len(names) == text(told).count("Kept: ")
    assert len(names) - 2 == text(told).count(" 1 kB")
    assert all(row["what"] and row["until"] for row in privacy_json(told, WORDS)["kept"])


@pytest.mark.parametrize(
    ("count", "read"), [(0, "0 kB"), (1, "1 kB"), (999_001, "1000 kB"), (1_440_000, "1.4 MB")]
)
def test_given_bytes_then_they_are_told_as_people_read_them(count: int, read: str) -> None:
    """Rounded up: nothing that is there looks like nothing."""
    assert read == size(count)


def test_given_a_path_with_control_characters_then_no_terminal_is_steered() -> None:
    """A folder can have any name."""
    told = replace(KEPT, kept=(replace(HISTORY, path="/home/\x1b[31mme"),))

    assert "\x1b" not in text(told)


def test_given_what_is_kept_then_each_is_a_row_for_a_page() -> None:
    """The same words as in the lines for a terminal."""
    (history, settings) = rows(KEPT, WORDS)

    assert ("History", "/home/me/history.db", "Settings") == (*history[:2], settings[0])
    assert all(part in text(KEPT) for part in (*history, *settings))
