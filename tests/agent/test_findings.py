from __future__ import annotations

import gettext
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent import findings, remedies, ways
from deskbreak.core.reports import Finding, doctor_json
from deskbreak.core.words import Refusal, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = gettext.NullTranslations()
FOUND = Finding("notifications", "freedesktop", ok=True)


def told(finding: Finding) -> dict[str, object]:
    """Return what programs read of it."""
    (row,) = doctor_json([finding], ENGLISH)["findings"]
    assert isinstance(row, dict)
    return row


def test_given_a_service_that_answers_then_its_name_is_said() -> None:
    """One without buttons works, and the person should know how to answer."""
    with_buttons = told(findings.served(FOUND, lambda: ("dunst 1.9", True)))
    without = told(findings.served(FOUND, lambda: ("osd 0.9", False)))
    waits = told(findings.served(FOUND, lambda: None))

    assert (True, "shown by dunst 1.9", None) == tuple(
        with_buttons[key] for key in ("ok", "why", "command")
    )
    assert (True, "shown by osd 0.9, which has no buttons", "deskbreak answer done") == tuple(
        without[key] for key in ("ok", "why", "command")
    )
    assert (True, "the service is started for the first prompt") == (waits["ok"], waits["why"])


def test_given_a_service_that_is_stuck_then_notifications_do_not_work() -> None:
    """Whatever it showed before."""

    def late() -> None:
        raise Unavailable(said("it is stuck"), said("{command}", command="kill 7"))

    row = told(findings.served(FOUND, late))

    assert (False, True, "it is stuck", "kill 7") == tuple(
        row[key] for key in ("ok", "required", "why", "command")
    )


def test_given_no_agent_then_the_doctor_says_how_to_start_it_and_what_keeps_it_from_running() -> (
    None
):
    """That none runs is no problem; that none could is one."""
    runs, none = told(findings.door("1.0", None)), told(findings.door(None, None))
    cannot = told(findings.door(None, Refusal(said("a link"))))

    assert ("deskbreak 1.0", True) == (runs["chosen"], runs["ok"])
    assert (False, False, "deskbreak run") == (none["ok"], none["required"], none["command"])
    assert (False, True, "a link") == (cannot["ok"], cannot["required"], cannot["why"])


def test_given_a_system_then_what_is_missing_is_installed_with_its_own_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packages have other names elsewhere; where nobody knows, a sentence has to do."""
    dnf = tmp_path / "dnf"
    monkeypatch.setattr(remedies, "_INSTALLERS", ((dnf.as_posix(), "sudo dnf install"),))
    assert None is remedies.install("libnotify-bin", dnf="libnotify")
    assert "dunst" in str(findings.no_notifier()[1])

    dnf.touch(mode=0o755)
    assert "sudo dnf install libnotify" == remedies.install("libnotify-bin", dnf="libnotify")
    assert "sudo dnf install dunst" == findings.no_notifier()[1].values["command"]


@pytest.mark.parametrize(
    ("boxed", "order"),
    [
        pytest.param(False, ["freedesktop", "portal", "plyer", "terminal"], id="outside"),
        pytest.param(True, ["portal", "freedesktop", "plyer", "terminal"], id="in a Flatpak"),
    ],
)
def test_given_a_sandbox_then_its_portal_is_tried_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, boxed: bool, order: list[str]
) -> None:
    """From within nobody else can be seen; outside the service itself is better."""
    monkeypatch.setattr(ways, "_in_sandbox", lambda: boxed)
    trouble = Unavailable(said("no bus"))
    made = ways.Ways(None, trouble, ENGLISH, tmp_path, lambda: None, prints=True)
    delivery = made.open(lambda *_: None, lambda *_: None, lambda *_: None)

    assert order == [report.name for report in delivery.report()]
    made.close()
