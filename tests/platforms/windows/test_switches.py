"""Whether Windows' notifications are switched off; the registry is replaced."""

from __future__ import annotations

import gettext
import sys

import pytest

from deskbreak.core.model import PromptView
from deskbreak.platforms.windows import switches
from deskbreak.platforms.windows.balloon import BalloonChannel, Balloons
from deskbreak.platforms.windows.parts import WindowsParts
from deskbreak.ports import Unavailable, Unwatched
from deskbreak.storage.files import bundled
from tests.doubles import shell as doubles

POLICY = r"Software\Policies\Microsoft\Windows\CurrentVersion\PushNotifications"
OWN = r"Software\Microsoft\Windows\CurrentVersion\PushNotifications"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], int]:
    """The person's part of it, empty."""
    values: dict[tuple[str, str], int] = {}
    doubles.put_in_place(monkeypatch)
    monkeypatch.setattr(switches, "_number", lambda path, name: values.get((path, name)))
    return values


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        pytest.param((OWN, "ToastEnabled"), 0, "switched off in Windows", id="own switch"),
        pytest.param(
            (POLICY, "NoToastApplicationNotification"), 1, "your organisation", id="policy"
        ),
    ],
)
def test_given_notifications_that_are_off_when_a_prompt_comes_then_it_does_not_count_as_shown(
    registry: dict[tuple[str, str], int], key: tuple[str, str], value: int, why: str
) -> None:
    """Windows takes the balloon all the same; plyer is asked the same question."""
    channel = BalloonChannel(Balloons(), gettext.NullTranslations())
    parts = WindowsParts(bundled("icons", "taskbar"), Unwatched())
    parts.refuse_without_notices()
    registry[key] = value

    with pytest.raises(Unavailable, match=why):
        channel.show(PromptView(1, 1, "position", "Stand up", "", ()))
    with pytest.raises(Unavailable, match=why):
        parts.refuse_without_notices()
    with pytest.raises(Unavailable, match=why):
        BalloonChannel(Balloons(), gettext.NullTranslations())


@pytest.mark.parametrize("value", [1, None])
def test_given_notifications_that_are_on_when_it_is_asked_then_nothing_is_said(
    registry: dict[tuple[str, str], int], value: int | None
) -> None:
    """As they are where nobody ever touched the switch."""
    if value is not None:
        registry[OWN, "ToastEnabled"] = value

    switches.refuse_when_switched_off()


@pytest.mark.skipif(sys.platform != "win32", reason="Windows only")
def test_given_the_real_registry_when_it_is_asked_then_it_tells() -> None:
    """A number that is there, text that is none, and a key that is not there."""
    assert switches._number(r"Console", "no such value") is None
    assert switches._number(r"no such key", "no such value") is None
