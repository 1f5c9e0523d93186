"""Absence and credit: who is there, what clears held time, and what undoes that."""

from __future__ import annotations

import pytest

from deskbreak.core.model import Hold, Presence
from tests.core.days import AT_ONCE, NO_GAP, QUIET_NEVER, Row, alone, day

POSITION = (*alone("position"), AT_ONCE)


# ── credit ─────────────────────────────────────────────────────────────────────────────────


def test_given_an_absence_shorter_than_the_credit_then_it_counts_in() -> None:
    """Held time goes on as if nobody had left, although the time is away."""
    played = day(
        *POSITION,
        "set presence.away_after_seconds = 60",
        "10m work",
        "119s idle",
        ("9m work", "20:00 prompt position"),
    )

    assert ["10:00 desk", "01:59 away", "09:00 desk"] == played.presences


def test_given_an_absence_as_long_as_the_credit_then_held_time_begins_anew() -> None:
    """Two minutes away from the desk are a change of position."""
    played = day(
        *POSITION,
        "9m work",
        "2m idle",
        ("20m work", "31:00 prompt position"),
    )

    assert [False, True, False] == [x.change for x in played.spans]


def test_given_half_an_interval_when_the_credit_is_reached_then_it_was_a_natural_break() -> None:
    """Ten of twenty minutes had run when the absence began."""
    day(*POSITION, "10m work", ("3m idle", "12:00 end position natural"))
    day(*POSITION, "9m59s work", "3m idle")


def test_given_a_change_at_the_desk_when_an_absence_follows_then_it_stays_a_change() -> None:
    """Two minutes of stillness were one, though too short to be away."""
    played = day(
        *POSITION,
        "set presence.away_after_seconds = 180",
        "15m work",
        ("150s idle", "17:00 end position natural"),
        "5m work",
        "20s idle",
        "20s locked",
    )

    assert ["17:00 desk", "05:30 desk", "00:20 away", "00:20 locked"] == played.presences
    assert [False, True, False, False] == [span.change for span in played.spans]


def test_given_a_hold_that_ended_in_an_absence_then_its_part_keeps_it() -> None:
    """Stillness is away from its beginning, and each part of it is as quiet as it was."""
    played = day(*POSITION, "5m work dnd", "40s idle dnd", "10m idle")

    assert ["05:00 desk", "00:40 away", "10:00 away"] == played.presences
    assert [[Hold.DND], [Hold.DND], []] == [list(span.holds) for span in played.spans]


def test_given_a_lock_as_long_as_the_credit_then_its_own_length_counts() -> None:
    """Of a lock half a minute is enough, however it is cut up."""
    day(
        *POSITION,
        "15m work",
        "20s locked",
        "10s idle",
        ("20s locked", "15:40 end position natural"),
        ("20m work", "35:50 prompt position"),
    )


def test_given_a_lock_shorter_than_the_credit_then_it_counts_in() -> None:
    """A lock of 29 s is no break, and it is no desk time."""
    played = day(
        *POSITION,
        "15m work",
        "29s locked",
        ("5m work", "20:00 prompt position"),
    )

    assert ["15:00 desk", "00:29 locked", "05:00 desk"] == played.presences


def test_given_a_sleep_then_it_counts_as_a_lock() -> None:
    """Nobody uses a sleeping computer."""
    day(*POSITION, "15m work", ("1m asleep", "15:30 end position natural"))


def test_given_the_agent_was_off_then_only_the_length_of_the_absence_counts() -> None:
    """Off is no lock: two minutes are needed, and were."""
    day(*POSITION, "15m work", "1m off", ("4m work", "20:00 prompt position"))
    day(
        *POSITION,
        "15m work",
        "3m off",
        ("21m work", "17:00 end position natural; 38:00 prompt position"),
    )


def test_given_a_mixture_then_the_whole_length_counts() -> None:
    """Away, locked and off are one absence, which ends at the next input while unlocked."""
    played = day(
        *POSITION,
        "15m work",
        "40s idle",
        "20s locked",
        "40s off",
        ("20s idle", "17:00 end position natural"),
        ("21m work", "37:00 prompt position"),
    )

    assert [
        "15:00 desk",
        "00:40 away",
        "00:20 locked",
        "00:40 off",
        "00:20 away",
        "21:00 desk",
    ] == played.presences


def test_given_a_credit_of_zero_then_no_absence_ever_clears_the_kind() -> None:
    """Zero means never."""
    day(
        *POSITION,
        QUIET_NEVER,
        "set position.credit_idle_seconds = 0",
        "set position.credit_lock_seconds = 0",
        "15m work",
        "10m idle",
        "10m locked",
        ("1m work", "35:15 prompt position"),
    )


def test_given_a_credit_shorter_than_away_then_it_is_desk_time_and_a_change_of_position() -> None:
    """The statistics say desk, and begin the longest held position anew."""
    played = day(
        *POSITION,
        "set position.credit_idle_seconds = 60",
        "15m work",
        ("90s idle", "16:00 end position natural"),
        ("21m work", "36:30 prompt position"),
    )

    assert [("16:00 desk", False), ("21:30 desk", True)] == list(
        zip(played.presences, [x.change for x in played.spans], strict=True)
    )


def test_given_a_short_credit_when_the_absence_goes_on_then_it_was_away_from_the_start() -> None:
    """What was taken for desk time until then is put right."""
    played = day(
        *POSITION,
        "set position.credit_idle_seconds = 60",
        "15m work",
        ("3m idle", "16:00 end position natural"),
        "1m work",
    )

    assert ["15:00 desk", "01:00 away", "02:00 away", "01:00 desk"] == played.presences
    assert [False, False, True, False] == [x.change for x in played.spans]


def test_given_a_folded_kind_whose_credit_is_reached_then_it_leaves_the_episode() -> None:
    """Stretch waits on; position has had its break."""
    played = day(
        *alone("stretch", "position"),
        AT_ONCE,
        "set position.interval_minutes = 60",
        ("61m30s work", "60:00 prompt stretch +position"),
        ("3m idle", "63:30 end position natural"),
        ("1m work", ""),
        ("answer done", "65:30 end stretch taken answer"),
    )

    assert [(), ()] == [e.folded for e in played.episodes]


def test_given_two_kinds_with_one_credit_then_each_is_recorded_once() -> None:
    """The absence gives each kind one row, whatever follows in it."""
    played = day(
        *alone("stretch", "posture"),
        AT_ONCE,
        "50m work",
        ("6m idle", "55:00 end stretch natural; 55:00 end posture natural"),
        "10m locked",
        "10m asleep",
        "10m idle",
        "1m work",
    )

    assert [1, 1] == [len(played.of("stretch")), len(played.of("posture"))]


def test_given_a_kind_that_is_off_then_an_absence_gives_it_no_row() -> None:
    """Who wants no eye breaks has none in the statistics."""
    day(*alone(), "3h work", "1h idle", "1m work")


# ── the limits of being there ──────────────────────────────────────────────────────────────


def test_given_less_than_two_minutes_without_input_then_it_is_desk_time() -> None:
    """Reading is sitting too."""
    played = day(*alone(), "10m work", "119s idle", "1m work")

    assert ["12:59 desk"] == played.presences


def test_given_two_minutes_without_input_then_they_are_away_from_the_last_input_on() -> None:
    """Established after two minutes, dated to their beginning."""
    played = day(*alone(), "10m work", "2m idle", "1m work")

    assert ["10:00 desk", "02:00 away", "01:00 desk"] == played.presences


def test_given_the_setting_is_shortened_while_nobody_types_then_who_left_is_away() -> None:
    """No look comes by itself here, and the mark of 30 s was passed before anybody asked for it."""
    played = day(
        *POSITION,
        "set prompts.daily_cap = 0",
        "15m work",
        "1m idle",
        "set presence.away_after_seconds = 30",
        ("5h idle", "17:00 end position natural"),
        "10m work",
    )

    assert ["15:00 desk", "301:00 away", "10:00 desk"] == played.presences


def test_given_six_seconds_behind_a_lock_then_they_are_no_desk_time() -> None:
    """And the seconds without input around them are away, however few."""
    played = day(*alone(), "10m work", "5s idle", "6s locked", "4s idle", "1m work")

    assert [
        "10:00 desk",
        "00:05 away",
        "00:06 locked",
        "00:04 away",
        "01:00 desk",
    ] == played.presences


def test_given_typing_at_the_lock_screen_then_it_is_no_return() -> None:
    """The absence ends at the next input while unlocked."""
    played = day(*alone(), "10m work", "5m locked", "30s idle", "1m work")

    assert ["10:00 desk", "05:00 locked", "00:30 away", "01:00 desk"] == played.presences


# ── somebody who touches nothing ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("hold", ["call", "share", "presentation"])
def test_given_a_hold_with_somebody_there_then_missing_input_is_no_absence(hold: str) -> None:
    """Who listens in a call sits, and one prompt follows when it is over."""
    played = day(
        *POSITION,
        "5m work",
        (f"115m idle {hold}", f"65:00 mark position {hold}"),
        ("1m work", "120:30 prompt position"),
    )

    assert {Presence.DESK} == {x.presence for x in played.spans}


@pytest.mark.parametrize("hold", ["dnd", "fullscreen"])
def test_given_a_hold_that_says_nothing_of_the_person_then_missing_input_is_an_absence(
    hold: str,
) -> None:
    """A film that runs on a screen is watched by nobody that we know of."""
    day(*POSITION, "15m work", (f"10m idle {hold}", "17:00 end position natural"))


def test_given_an_absence_that_begins_in_a_call_then_it_is_dated_from_the_calls_end() -> None:
    """Nobody knows when the person stopped listening."""
    played = day(
        *POSITION,
        "5m work",
        "10m idle call",
        ("5m idle", "17:00 end position natural"),
        "1m work",
    )

    assert ["05:00 desk", "10:00 desk", "05:00 away", "01:00 desk"] == played.presences


def test_given_a_video_call_all_morning_then_after_two_hours_without_input_nobody_is_there() -> (
    None
):
    """Counted from the last input, which lies five minutes before the call."""
    played = day(
        *POSITION,
        "10m work",
        "1m idle",
        ("3h idle call", "65:00 mark position call; 132:00 end position natural"),
        ("1m work", ""),
    )

    assert [
        "11:00 desk",
        "119:00 desk",
        "61:00 away",
        "01:00 desk",
    ] == played.presences


def test_given_a_start_in_a_call_without_input_then_after_two_hours_nobody_is_there() -> None:
    """No mark is reported that idle time has passed already, and no look comes by itself here."""
    played = day(
        *POSITION,
        "set prompts.daily_cap = 0",
        "1h work",
        "5m idle call",
        "10s off",
        ("10h idle call", "182:00 end position natural"),
        "10m work",
    )

    assert [
        "60:00 desk",
        "05:00 desk",
        "00:10 off",
        "114:50 desk",
        "485:10 away",
        "10:00 desk",
    ] == (played.presences)


def test_given_typing_in_a_call_then_the_two_hours_begin_anew() -> None:
    """Any input is a sign of life."""
    played = day(
        *alone(),
        "10m work",
        "90m idle call",
        "1m work call",
        "90m idle call",
        "1m work",
    )

    assert {Presence.DESK} == {x.presence for x in played.spans}


def test_given_a_call_with_typing_for_hours_then_nobody_doubts_it() -> None:
    """Input that is not reported one by one is input all the same."""
    played = day(*alone(), "5h work call", "1m work")

    assert {Presence.DESK} == {x.presence for x in played.spans}


def test_given_an_absence_when_a_call_begins_then_it_ends() -> None:
    """Somebody took that call."""
    played = day(
        *POSITION,
        "10m work",
        ("10m idle", "12:00 end position natural"),
        "5m idle call",
        "1m work",
    )

    assert ["10:00 desk", "10:00 away", "05:00 desk", "01:00 desk"] == played.presences


@pytest.mark.parametrize("hold", ["share", "presentation"])
def test_given_an_absence_when_a_presentation_begins_then_it_goes_on(hold: str) -> None:
    """A screen that is shared brings nobody back."""
    played = day(*alone(), "10m work", "10m idle", f"5m idle {hold}", "1m work")

    assert ["10:00 desk", "10:00 away", "05:00 away", "01:00 desk"] == played.presences


def test_given_a_call_that_nobody_took_then_it_ends_no_absence() -> None:
    """After two hours without input a ringing computer is no sign of life."""
    played = day(*alone(), "10m work", "3h idle", "5m idle call", "1m work")

    assert Presence.AWAY == played.spans[2].presence


def test_given_a_call_when_the_session_is_locked_then_nobody_is_there() -> None:
    """Only while unlocked and awake does a call mean presence; the absence begins at the lock."""
    played = day(
        *POSITION,
        "5m work",
        "10m idle call",
        ("5m locked", "15:30 end position natural"),
        "1m work",
    )

    assert ["05:00 desk", "10:00 desk", "05:00 locked", "01:00 desk"] == played.presences


def test_given_a_call_in_force_when_the_session_is_unlocked_then_somebody_is_there() -> None:
    """Who unlocks in a call needs to touch nothing more."""
    played = day(*alone(), "5m work call", "5m locked", "5m idle call", "1m work")

    assert ["05:00 desk", "05:00 locked", "05:00 desk", "01:00 desk"] == played.presences


@pytest.mark.parametrize("hold", ["share", "presentation"])
def test_given_a_presentation_when_the_session_is_unlocked_then_nobody_is_there_yet(
    hold: str,
) -> None:
    """It goes on by itself behind a lock, and may go on by itself before an open screen."""
    played = day(*alone(), f"5m work {hold}", "5m locked", f"5m idle {hold}", "1m work")

    assert ["05:00 desk", "05:00 locked", "05:00 away", "01:00 desk"] == played.presences


def test_given_calls_do_not_count_then_a_call_shelters_nobody() -> None:
    """A hold that the settings switch off is not in force."""
    day(
        *POSITION,
        "set holds.call = false",
        "15m work",
        ("10m idle call", "17:00 end position natural"),
    )


def test_given_a_call_outside_working_hours_then_somebody_is_there_as_in_any_other() -> None:
    """One hold does not hide another."""
    played = day(
        *POSITION,
        "set working_hours.enabled = true",
        'set working_hours.monday = ["08:00-09:10"]',
        "20m work",
        "30m idle call",
        "1m work",
    )

    assert {"desk"} == {str(span.presence) for span in played.spans}
    assert {"call", "hours"} == played.spans[-2].holds


# ── coming back ────────────────────────────────────────────────────────────────────────────


def test_given_a_long_absence_then_nothing_new_comes_for_ten_minutes() -> None:
    """And after fifteen seconds of presence at the earliest, where the absence was short."""
    rules: tuple[Row, ...] = (
        *POSITION,
        "set position.credit_idle_seconds = 0",
        "set position.credit_lock_seconds = 0",
    )
    day(*rules, "19m work", "5m idle", ("11m work", "34:00 prompt position"))
    day(*rules, "19m work", "4m59s idle", ("1m work", "24:14 prompt position"))


def test_given_a_waiting_prompt_then_a_long_absence_brings_no_quiet_for_it() -> None:
    """It was shown before: it is exempt, and comes after fifteen seconds."""
    day(
        *POSITION,
        "set position.credit_idle_seconds = 0",
        "set position.credit_lock_seconds = 0",
        "set position.duration_seconds = 120",
        ("22m work", "20:00 prompt position"),
        ("6m locked", "22:00 withdraw position locked"),
        ("1m work", "28:15 prompt position"),
    )


def test_given_a_return_then_at_most_one_prompt_comes_within_a_minute() -> None:
    """Even where no gap is wanted and everything is due."""
    day(
        *alone("position", "posture"),
        AT_ONCE,
        NO_GAP,
        QUIET_NEVER,
        "set position.interval_minutes = 60",
        "set posture.interval_minutes = 60",
        "59m50s work",
        ("20s locked", ""),
        ("16s work", "60:25 prompt position"),
        ("answer done", "60:26 end position taken answer"),
        ("1m work", "61:10 prompt posture"),
    )


def test_given_one_that_was_asked_for_comes_back_after_a_return_then_it_is_the_one() -> None:
    """It came by itself this time, and a minute without another follows."""
    day(
        *alone("habit"),
        AT_ONCE,
        "10m work",
        ("take habit", "10:00 prompt habit"),
        ("20s locked", "10:00 withdraw habit locked"),
        ("16s work", "10:35 prompt habit"),
        ("1s work dnd", "10:36 withdraw habit dnd"),
        ("1m work", "11:20 prompt habit"),
    )


def test_given_the_first_presence_of_the_day_then_kinds_with_any_credit_run_on() -> None:
    """Only what no absence clears begins anew with the day."""
    day(
        *POSITION,
        QUIET_NEVER,
        "set position.credit_idle_seconds = 3600",
        "set position.credit_lock_seconds = 0",
        "8m work",
        "5m idle",
        ("8m work", "20:00 prompt position"),
        start="2026-03-03T03:50:00 Europe/Berlin",
    )


def test_given_one_that_came_back_after_a_return_when_a_call_ends_then_half_a_minute_passes() -> (
    None
):
    """The minute after the return ends earlier than the half after the call."""
    day(
        *alone("habit"),
        AT_ONCE,
        "10m work",
        ("take habit", "10:00 prompt habit"),
        ("20s locked", "10:00 withdraw habit locked"),
        ("16s work", "10:35 prompt habit"),
        ("30s work call", "10:36 withdraw habit call"),
        ("1m work", "11:36 prompt habit"),
    )


def test_given_the_first_presence_of_the_day_then_ten_quiet_minutes_follow() -> None:
    """Nobody wants to be asked before the computer has been used."""
    day(
        *POSITION,
        "set position.interval_minutes = 10",
        "set prompts.quiet_after_absence_minutes = 15",
        ("16m work", "15:00 prompt position"),
    )


# ── "I was reading" ────────────────────────────────────────────────────────────────────────


def test_given_i_was_reading_then_the_absence_counts_in() -> None:
    """Held time is as if nobody had left, and the natural break counts in no statistic."""
    played = day(
        *POSITION,
        "15m work",
        ("4m idle", "17:00 end position natural"),
        "30s work",
        ("reading", "19:30 undo 1"),
        ("31s work", "20:00 prompt position"),
    )
    undo = played.undone[0]

    assert (15 * 60, 19 * 60) == (undo.start.boot_s, undo.end.boot_s)
    assert [e.id for e in played.episodes] == list(undo.episodes)


def test_given_i_was_reading_after_a_prompted_rest_then_it_was_none() -> None:
    """The break is due still, and comes again after the gap."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("3m idle", "21:00 end position taken rest"),
        "1m work",
        ("reading", "24:00 undo 1"),
        ("10m work", "33:00 prompt position"),
    )


def test_given_i_was_reading_a_stretch_away_then_what_it_moved_is_back() -> None:
    """Posture comes by its own interval again, not half an hour after the stretch."""
    rows: tuple[Row, ...] = (
        *alone("stretch", "posture"),
        AT_ONCE,
        "set posture.interval_minutes = 65",
        ("60m work", "60:00 prompt stretch"),
        ("2m idle", "61:00 end stretch taken rest"),
        "1m work",
    )
    day(
        *rows,
        ("20m work", ""),
        ("10m work", "91:00 prompt posture; 93:00 end posture missed; 93:00 mark posture missed"),
    )
    day(*rows, ("reading", "63:00 undo 1"), ("11m work", "73:00 prompt stretch"))


def test_given_i_was_reading_after_a_short_credit_then_that_is_undone_too() -> None:
    """A credit shorter than two minutes is a credit."""
    day(
        *POSITION,
        "set position.credit_idle_seconds = 60",
        "15m work",
        ("90s idle", "16:00 end position natural"),
        "30s work",
        ("reading", "17:00 undo 1"),
        ("3m work", "20:00 prompt position"),
    )


def test_given_a_break_that_was_answered_while_away_then_i_was_reading_leaves_it_alone() -> None:
    """Only what the absence brought is undone: the stretch was taken, and position with it."""
    day(
        *alone("stretch", "position"),
        AT_ONCE,
        "set position.interval_minutes = 60",
        ("60m work", "60:00 prompt stretch +position"),
        "2m work",
        ("150s idle", "64:00 end position natural"),
        ("answer done", "64:30 end stretch taken answer"),
        "1m work",
        ("reading", "65:30 undo 1"),
        ("59m work", "124:30 prompt stretch +position"),
    )


def test_given_a_stretch_that_was_answered_while_away_then_reading_leaves_posture_moved() -> None:
    """Posture has been held all along, but comes half an hour after the stretch only."""
    day(
        *alone("stretch", "posture"),
        AT_ONCE,
        "set posture.interval_minutes = 61",
        "set posture.credit_idle_seconds = 120",
        ("60m work", "60:00 prompt stretch"),
        "2m work",
        ("150s idle", "64:00 end posture natural"),
        ("answer done", "64:30 end stretch taken answer"),
        "1m work",
        ("reading", "65:30 undo 1"),
        ("30m work", "94:30 prompt posture"),
    )


def test_given_i_was_reading_too_late_then_it_changes_nothing() -> None:
    """Ten minutes after the return nobody remembers."""
    day(
        *POSITION,
        "15m work",
        ("4m idle", "17:00 end position natural"),
        "10m work",
        ("reading", "29:00 undo 1; 29:00 prompt position"),
    )
    day(*POSITION, "15m work", ("4m idle", "17:00 end position natural"), "10m1s work", "reading")


def test_given_no_credit_or_nobody_back_then_i_was_reading_changes_nothing() -> None:
    """There is nothing to undo, or not yet."""
    day(*POSITION, "15m work", "reading", "1m idle", "reading")
    day(*POSITION, "15m work", ("4m idle", "17:00 end position natural"), "reading")


def test_given_i_was_reading_twice_then_the_second_changes_nothing() -> None:
    """The last absence was undone already."""
    day(
        *POSITION,
        "15m work",
        ("3m idle", "17:00 end position natural"),
        "1m work",
        ("reading", "19:00 undo 1"),
        "reading",
        ("1m work", "20:00 prompt position"),
    )


def test_given_a_kind_that_was_answered_since_then_i_was_reading_leaves_it_alone() -> None:
    """What the person did after the return stays."""
    day(
        *POSITION,
        "15m work",
        ("3m idle", "17:00 end position natural"),
        "1m work",
        ("take position", "19:00 prompt position"),
        ("answer done", "19:00 end position taken answer"),
        ("reading", "19:00 undo 1"),
        ("21m work", "39:00 prompt position"),
    )


def test_given_a_break_that_moved_posture_since_then_i_was_reading_leaves_that_alone() -> None:
    """Half an hour after the stretch that was really taken."""
    day(
        *alone("posture"),
        AT_ONCE,
        QUIET_NEVER,
        "89m work",
        ("6m idle", "94:00 end posture natural"),
        "10s work",
        ("take stretch", "95:10 prompt stretch"),
        ("answer done", "95:10 end stretch taken answer"),
        ("reading", "95:10 undo 1"),
        ("31m work", "125:10 prompt posture"),
    )


def test_given_a_rest_that_moved_posture_when_it_was_reading_then_posture_is_moved_no_more() -> (
    None
):
    """No stretch was taken, so nothing waits half an hour for it."""
    day(
        *alone("stretch", "posture"),
        AT_ONCE,
        NO_GAP,
        QUIET_NEVER,
        "set stretch.interval_minutes = 65",
        ("65m work", "65:00 prompt stretch"),
        ("3m idle", "66:00 end stretch taken rest"),
        "10s work",
        ("reading", "68:10 undo 1"),
        ("1m work", "68:15 prompt stretch"),
        ("answer skip", "69:10 end stretch skipped"),
        ("21m work", "90:00 prompt posture"),
    )


def test_given_i_was_reading_then_its_time_counts_for_the_habit() -> None:
    """Its away time becomes desk time: two hours at the desk are over earlier."""
    rows: tuple[Row, ...] = (
        *alone("position", "habit"),
        AT_ONCE,
        "set position.interval_minutes = 60",
        "set position.daily_cap = 0",
        "1h work",
        ("6m idle", "62:00 end position natural"),
        "1m work",
    )
    day(*rows, ("reading", "67:00 undo 1"), ("54m work", "120:00 prompt habit"))
    day(*rows, ("60m work", "126:00 prompt habit"))


def test_given_an_absence_behind_a_lock_then_i_was_reading_counts_the_unlocked_part() -> None:
    """Nobody reads on a locked screen."""
    played = day(
        *POSITION,
        "12m work",
        ("6m idle", "14:00 end position natural"),
        "5m locked",
        "1m work",
        ("reading", "24:00 undo 1"),
    )

    assert (12 + 6) * 60 == played.state.desk_s


def test_given_an_absence_over_the_days_start_then_i_was_reading_counts_todays_part() -> None:
    """Yesterday's minutes are no desk time of today."""
    played = day(
        *POSITION,
        "12m work",
        ("6m idle", "14:00 end position natural"),
        "1m work",
        ("reading", "19:00 undo 1"),
        start="2026-03-03T03:47:00 Europe/Berlin",
    )

    assert 5 * 60 == played.state.desk_s


def test_given_i_was_reading_after_a_new_day_began_then_it_adds_nothing_to_it() -> None:
    """The absence lay in the day before."""
    played = day(
        *POSITION,
        "5m work",
        "4m idle",
        "5m work",
        ("reading", "14:00 undo 0"),
        start="2026-03-03T03:50:00 Europe/Berlin",
    )

    assert 0 == played.state.desk_s


def test_given_a_waiting_stretch_when_its_credit_is_reached_then_what_is_folded_shares_its_end() -> (
    None
):
    """Both are natural in one row; both can be undone."""
    day(
        *alone("stretch", "position"),
        AT_ONCE,
        "set position.interval_minutes = 60",
        "set position.credit_idle_seconds = 3600",
        "set position.credit_lock_seconds = 0",
        ("62m work", "60:00 prompt stretch +position"),
        ("6m idle", "67:00 end stretch natural"),
        "1m work",
        ("reading", "69:00 undo 1"),
        ("11m work", "79:00 prompt stretch +position"),
    )


def test_given_a_hold_in_a_stillness_that_becomes_an_absence_then_it_was_away_on_both_sides() -> (
    None
):
    """What was held in doubt is put right, piece by piece."""
    played = day(*alone(), "10m work", "30s work dnd", "30s idle dnd", "3m idle", "1m work")

    assert [
        "10:00 desk",
        "00:30 desk",
        "00:30 away",
        "03:00 away",
        "01:00 desk",
    ] == played.presences


def test_given_a_hold_that_lies_in_a_stillness_that_becomes_an_absence_then_it_was_away() -> None:
    """All that lies after the last input was away, however often it was cut."""
    played = day(*POSITION, "5m work", "30s idle", "30s idle dnd", "90s idle", "1m work")

    assert [
        "05:00 desk",
        "00:30 away",
        "00:30 away",
        "01:30 away",
        "01:00 desk",
    ] == played.presences


def test_given_a_daily_kind_with_a_credit_then_no_absence_is_a_natural_break_of_it() -> None:
    """It is due by the desk time of the day, of which no part has run for it."""
    day(
        *alone("habit"),
        "set habit.credit_lock_seconds = 1800",
        ("13h work call", "165:00 mark habit call"),
        "40m locked",
    )


def test_given_a_daily_kind_with_a_credit_then_a_short_stillness_puts_nothing_off() -> None:
    """Whether it is due hangs on the desk time of the day alone."""
    day(
        *alone("habit"),
        "set habit.credit_idle_seconds = 21",
        "119m20s work",
        ("1m idle", "120:00 prompt habit"),
    )
