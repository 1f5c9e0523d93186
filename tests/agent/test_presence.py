from __future__ import annotations

from deskbreak.agent.presence import SILENT_S, Bridge


def test_given_somebody_away_when_another_source_has_not_heard_yet_then_they_are_away_still() -> (
    None
):
    """Nobody has come back because a compositor went."""
    bridge = Bridge()

    assert 300.0 == bridge.over(300.0, 1000.0)
    assert 302.0 == bridge.over(None, 1002.0)
    assert 0.5 == bridge.over(0.5, 1010.0)


def test_given_nothing_that_tells_for_long_then_idle_time_is_unknown() -> None:
    """And it is unknown as long as nothing was ever told."""
    bridge = Bridge()

    assert bridge.over(None, 10.0) is None
    assert 5.0 == bridge.over(5.0, 1000.0)
    assert 9.0 == bridge.over(None, 1004.0)
    assert 5.0 + SILENT_S + 4.0 == bridge.over(None, 1004.0 + SILENT_S)
    assert bridge.over(None, 1005.0 + SILENT_S) is None
