"""Whole days: what a person who works, eats, sleeps and travels is asked for."""

from __future__ import annotations

from datetime import date

import pytest

from deskbreak.core.model import Choice
from tests.core.days import AT_ONCE, NO_GAP, QUIET_NEVER, Row, alone, day, index

POSITION = (*alone("position"), AT_ONCE)
DONE = (Choice.DONE, 20.0)


def test_given_an_ordinary_morning_then_breaks_come_in_lulls_and_stretch_folds_position() -> None:
    """Position each 20 minutes, with the hour a stretch, and posture once it is due."""
    played = day(
        "20m work",
        ("1m idle", "20:05 prompt position; 20:25 end position taken answer"),
        "19m30s work",
        ("1m idle", "40:35 prompt position; 40:55 end position taken answer"),
        "19m30s work",
        ("1m idle", "61:05 prompt stretch +position; 61:25 end stretch taken answer"),
        "20m work",
        ("1m idle", "82:05 prompt position; 82:25 end position taken answer"),
        "12m work",
        ("1m idle", "95:05 prompt posture; 95:25 end posture taken answer"),
        answer=DONE,
    )

    assert ["96:00 desk"] == played.presences


def test_given_no_lull_then_a_prompt_comes_two_minutes_after_it_is_due() -> None:
    """Nobody waits for ever for a good moment."""
    day(
        *alone("position"),
        ("25m work", "22:00 prompt position; 22:20 end position taken answer"),
        answer=DONE,
    )


def test_given_lunch_then_it_is_a_natural_break_and_ten_quiet_minutes_follow() -> None:
    """Every kind that was half way due gets a natural break, at the instant of its credit."""
    played = day(
        AT_ONCE,
        (
            "75m work",
            (
                "20:00 prompt position; 20:20 end position taken answer; "
                "40:20 prompt position; 40:40 end position taken answer; "
                "60:00 prompt stretch +position; 60:20 end stretch taken answer"
            ),
        ),
        ("45m idle", "77:00 end position natural; 80:00 end posture natural"),
        ("25m work", "140:00 prompt position; 140:20 end position taken answer"),
        answer=DONE,
    )

    assert ["75:00 desk", "45:00 away", "25:00 desk"] == played.presences


def test_given_lunch_when_a_kind_had_not_run_for_half_its_interval_then_there_is_no_row() -> None:
    """Two minutes after a break nothing was due, so nothing was taken."""
    day(
        *POSITION,
        ("22m work", "20:00 prompt position; 20:20 end position taken answer"),
        "45m idle",
        ("20m work", "87:00 prompt position"),
        answer=DONE,
    )


def test_given_a_laptop_that_sleeps_overnight_then_the_morning_begins_at_zero() -> None:
    """One absence, cut at four o'clock; nothing is asked for on waking."""
    played = day(
        *POSITION,
        ("30m work", "20:00 prompt position; 20:20 end position taken answer"),
        ("15h asleep", ""),
        ("21m work", "950:00 prompt position; 950:20 end position taken answer"),
        answer=DONE,
        start="2026-03-02T17:30:00 Europe/Berlin",
    )

    assert [
        "30:00 desk",
        "600:00 asleep",
        "300:00 asleep",
        "21:00 desk",
    ] == played.presences


def test_given_a_night_when_half_the_interval_had_run_then_the_natural_break_is_dated() -> None:
    """The row belongs to the evening on which the credit was reached."""
    played = day(
        *alone("position", "stretch"),
        AT_ONCE,
        "19m work",
        ("15h asleep", "19:30 end position natural"),
        "10m work",
        start="2026-03-02T17:30:00 Europe/Berlin",
    )

    assert [2] == [e.ended.wall.day for e in played.episodes if e.ended is not None]


@pytest.mark.parametrize("shift", ["+1h", "-1h", "+26h", "-400h"])
def test_given_a_clock_that_is_moved_then_no_prompt_and_no_duration_changes(shift: str) -> None:
    """Durations are on another clock than the one on the wall."""
    played = day(
        *POSITION,
        "10m work",
        f"clock {shift}",
        ("10m work", "20:00 prompt position"),
        f"clock {shift}",
        ("5m work", "25:00 prompt position reminder"),
        f"clock {shift}",
        ("5m work", "30:00 end position missed; 30:00 mark position missed"),
    )

    assert ["10:00 desk", "10:00 desk", "05:00 desk", "05:00 desk"] == played.presences


def test_given_another_zone_then_no_prompt_changes_and_the_span_is_cut() -> None:
    """Travellers sit as long as everybody else."""
    played = day(
        *POSITION,
        "10m work",
        "zone America/New_York",
        ("10m work", "20:00 prompt position"),
    )

    assert ["Europe/Berlin", "America/New_York"] == [str(x.start.zone) for x in played.spans]


def test_given_the_night_of_summer_time_then_the_spans_of_the_day_make_23_hours() -> None:
    """The day from Saturday 04:00 to Sunday 04:00 has lost an hour."""
    played = day(
        *alone(),
        "24h locked",
        start="2026-03-28T04:00:00 Europe/Berlin",
    )

    assert ["1380:00 locked", "60:00 locked"] == played.presences


def test_given_the_night_of_winter_time_then_the_spans_of_the_day_make_25_hours() -> None:
    """The day from Saturday 04:00 to Sunday 04:00 has an hour more."""
    played = day(*alone(), "26h locked", start="2026-10-24T04:00:00 Europe/Berlin")

    assert ["1500:00 locked", "60:00 locked"] == played.presences


def test_given_four_in_the_morning_while_a_prompt_is_open_then_it_stays_open() -> None:
    """The episode belongs to the day in which it ends; the span is cut."""
    played = day(
        *POSITION,
        ("24m work", "20:00 prompt position"),
        ("answer done", "24:00 end position taken answer"),
        start="2026-03-03T03:39:00 Europe/Berlin",
    )

    assert ["21:00 desk", "03:00 desk"] == played.presences
    assert [3] == [e.ended.wall.day for e in played.episodes if e.ended is not None]


def test_given_an_absence_over_the_days_start_then_it_is_one_absence_in_two_spans() -> None:
    """Its whole length counts for the credit; each day gets its part."""
    played = day(
        *POSITION,
        "12m work",
        ("3m idle", "14:00 end position natural"),
        ("21m work", "35:00 prompt position"),
        start="2026-03-03T03:47:00 Europe/Berlin",
    )

    assert ["12:00 desk", "01:00 away", "02:00 away", "21:00 desk"] == played.presences


def test_given_a_short_stillness_over_the_days_start_then_it_is_desk_time_of_both_days() -> None:
    """Who reads at four o'clock is there."""
    played = day(
        *POSITION,
        "12m work",
        "110s idle",
        "1m work",
        start="2026-03-03T03:47:00 Europe/Berlin",
    )

    assert ["13:00 desk", "01:50 desk"] == played.presences


@pytest.mark.parametrize("moved", ["clock +30h", "zone Pacific/Auckland"])
def test_given_a_clock_that_moves_in_a_stillness_then_what_was_before_stays_there(
    moved: str,
) -> None:
    """The last input was on the clock as it showed then."""
    played = day(*POSITION, "10m work", "30s idle", moved, "5m work")

    assert ["10:30 desk", "05:00 desk"] == played.presences
    assert "2026-03-02T09:10:30+01:00" == played.spans[0].end.wall.isoformat()


def test_given_a_days_start_of_ones_own_then_the_day_is_cut_there() -> None:
    """Whoever works nights says so."""
    played = day(
        *alone(),
        'set day.starts_at = "12:00"',
        "4h work",
        start="2026-03-02T09:00:00 Europe/Berlin",
    )

    assert ["180:00 desk", "60:00 desk"] == played.presences


def test_given_a_days_start_that_changes_in_mid_day_then_the_span_is_cut() -> None:
    """An hour of Monday, one that by the new setting is still Sunday's, and Monday again."""
    played = day(
        *alone(),
        "1h work",
        'set day.starts_at = "11:00"',
        "2h work",
        start="2026-03-02T09:00:00 Europe/Berlin",
    )

    assert ["60:00 desk", "60:00 desk", "60:00 desk"] == played.presences


# ── once a day ─────────────────────────────────────────────────────────────────────────────


def test_given_two_hours_at_the_desk_then_one_habit_a_day() -> None:
    """By desk time, so lunch does not count; and not again until tomorrow."""
    day(
        *alone("habit"),
        AT_ONCE,
        "1h work",
        "45m idle",
        ("5h work", "165:00 prompt habit; 165:20 end habit taken answer"),
        answer=DONE,
    )


def test_given_the_next_day_then_the_habit_comes_again_after_two_hours() -> None:
    """Daily means on each day."""
    day(
        *alone("habit"),
        AT_ONCE,
        ("121m work", "120:00 prompt habit; 120:20 end habit taken answer"),
        "20h off",
        ("121m work", "1441:00 prompt habit; 1441:20 end habit taken answer"),
        answer=DONE,
    )


def test_given_a_weekly_habit_then_it_comes_after_seven_days() -> None:
    """Seven days later, not six."""
    morning = "3h work"
    rows: list[Row] = [(morning, "120:00 prompt habit; 120:20 end habit taken answer")]
    for _ in range(6):
        rows += ["21h off", morning]
    rows += [
        "21h off",
        (morning, f"{7 * 1440 + 120}:00 prompt habit; {7 * 1440 + 120}:20 end habit taken answer"),
    ]
    day(*alone("habit"), "set habit.interval_minutes = 10080", AT_ONCE, *rows, answer=DONE)


def test_given_a_habit_that_was_asked_for_then_it_does_not_come_again_that_day() -> None:
    """Once a day is once a day."""
    day(
        *alone("habit"),
        AT_ONCE,
        "1h work",
        ("take habit", "60:00 prompt habit"),
        ("answer done", "60:00 end habit taken answer"),
        "4h work",
    )


def test_given_a_clock_that_was_a_year_ahead_then_the_habit_is_not_lost_for_a_year() -> None:
    """What hangs on the date follows the date that is true now."""
    day(
        *alone("habit"),
        AT_ONCE,
        "clock +8760h",
        ("121m work", "120:00 prompt habit; 120:20 end habit taken answer"),
        "clock -8760h",
        ("121m work", "241:00 prompt habit; 241:20 end habit taken answer"),
        answer=DONE,
    )


def test_given_massage_then_an_absence_counts_in() -> None:
    """No absence clears it: after lunch it is due."""
    day(
        *alone("massage"),
        AT_ONCE,
        "2h50m work",
        "8m idle",
        ("11m work", "188:00 prompt massage"),
    )


def test_given_massage_in_the_evening_then_it_begins_anew_in_the_morning() -> None:
    """Yesterday's two hours are over."""
    day(
        *alone("massage"),
        AT_ONCE,
        "2h50m work",
        "18h off",
        ("181m work", f"{170 + 1080 + 180}:00 prompt massage"),
    )


def test_given_somebody_who_works_past_the_days_start_then_nothing_begins_anew() -> None:
    """Who is there at four o'clock has no first presence of that day."""
    day(
        *alone("massage"),
        AT_ONCE,
        "2h work",
        ("61m work", "180:00 prompt massage"),
        start="2026-03-03T03:00:00 Europe/Berlin",
    )


def test_given_a_caller_at_the_days_start_then_nothing_begins_anew_either() -> None:
    """Who is on the telephone at four o'clock is there, though nothing is touched."""
    day(
        *alone("massage"),
        AT_ONCE,
        QUIET_NEVER,
        "50m work",
        "20m idle call",
        "10m idle",
        ("101m work", "180:00 prompt massage"),
        start="2026-03-03T03:00:00 Europe/Berlin",
    )


# ── sit and stand ──────────────────────────────────────────────────────────────────────────


def test_given_a_habit_that_ends_as_the_day_does_then_it_was_that_of_the_new_day() -> None:
    """Its row says so: it ended at four. A second one on that day would be one too many."""
    played = day(
        *alone("habit"),
        "8m work",
        ("take habit", "08:00 prompt habit"),
        ("3m work", "10:00 end habit missed; 10:00 mark habit missed"),
        start="2026-03-03T03:50:00 Europe/Berlin",
    )

    assert date(2026, 3, 3) == played.state.kinds[-1].last_day


def test_given_a_clock_that_is_put_right_by_two_seconds_then_the_day_ends_by_it() -> None:
    """Days are exact to a second."""
    played = day(
        *POSITION,
        "5m work",
        "clock +2s",
        "6m work",
        start="2026-03-03T03:50:00 Europe/Berlin",
    )

    assert [300.0, 298.0, 62.0] == [span.seconds for span in played.spans]


def test_given_a_pause_until_the_new_day_that_lifts_a_cap_then_no_mark_speaks_of_the_pause() -> (
    None
):
    """Until four the cap had kept the break back; then both are over."""
    day(
        *POSITION,
        "set position.daily_cap = 1",
        ("22m work", "20:00 prompt position"),
        ("answer done", "22:00 end position taken answer"),
        "pause tomorrow",
        ("78m20s work", "98:30 prompt position"),
        start="2026-03-03T02:22:00 Europe/Berlin",
    )


def test_given_hours_that_end_as_the_day_does_while_off_then_the_hold_is_dated_then() -> None:
    """From that instant on it delays, and after 45 minutes the tray says so."""
    day(
        *POSITION,
        "set working_hours.enabled = true",
        'set working_hours.monday = ["09:00-04:00"]',
        "set position.credit_idle_seconds = 0",
        "set position.credit_lock_seconds = 0",
        ("22m work", "20:00 prompt position"),
        ("20m off", "22:00 withdraw position off"),
        ("36m work", "77:00 mark position hours"),
        start="2026-03-03T03:28:00 Europe/Berlin",
    )


def test_given_the_sit_stand_plan_then_it_goes_round() -> None:
    """After sitting a prompt to stand, after standing one to move, then silently back."""
    day(
        'set plan = "sit_stand"',
        *alone("position"),
        AT_ONCE,
        (
            "62m work",
            (
                "20:00 prompt position; 20:20 end position taken answer; "
                "28:20 prompt position; 28:40 end position taken answer; "
                "50:40 prompt position; 51:00 end position taken answer; "
                "59:00 prompt position; 59:20 end position taken answer"
            ),
        ),
        answer=DONE,
    )


def test_given_the_sit_stand_plan_then_skips_and_misses_go_round_as_well() -> None:
    """It goes on after any outcome."""
    day(
        'set plan = "sit_stand"',
        *alone("position"),
        AT_ONCE,
        ("20m work", "20:00 prompt position"),
        ("answer skip", "20:00 end position skipped"),
        (
            "18m work",
            (
                "28:00 prompt position; 33:00 prompt position reminder; "
                "38:00 end position missed; 38:00 mark position missed"
            ),
        ),
        "2m work",
        ("20m work", "60:00 prompt position"),
    )


def test_given_the_sit_stand_plan_then_a_walk_begins_it_anew() -> None:
    """Who comes back sits down."""
    day(
        'set plan = "sit_stand"',
        *alone("position"),
        AT_ONCE,
        QUIET_NEVER,
        ("22m work", "20:00 prompt position; 20:20 end position taken answer"),
        "5m idle",
        ("21m work", "47:00 prompt position; 47:20 end position taken answer"),
        answer=DONE,
    )


def test_given_the_sit_stand_plan_when_a_break_is_asked_for_while_moving_then_sitting_follows() -> (
    None
):
    """The end of the silent stage waits for the break that was asked for."""
    day(
        'set plan = "sit_stand"',
        *alone("position"),
        AT_ONCE,
        (
            "29m work",
            (
                "20:00 prompt position; 20:20 end position taken answer; "
                "28:20 prompt position; 28:40 end position taken answer"
            ),
        ),
        ("take position", "29:00 prompt position"),
        ("3m work", "29:20 end position taken answer"),
        ("18m work", "49:20 prompt position; 49:40 end position taken answer"),
        answer=DONE,
    )


def test_given_the_sit_stand_plan_when_a_break_outlasts_the_moving_then_sitting_follows_it() -> (
    None
):
    """The two minutes are over, but the stage ends with the break that was asked for in it."""
    day(
        'set plan = "sit_stand"',
        *alone("position"),
        AT_ONCE,
        ("20m work", "20:00 prompt position"),
        ("answer done", "20:00 end position taken answer"),
        ("8m work", "28:00 prompt position"),
        ("answer done", "28:00 end position taken answer"),
        "1m work",
        ("take position", "29:00 prompt position"),
        "3m work",
        ("answer done", "32:00 end position taken answer"),
        ("20m work", "52:00 prompt position"),
    )


def test_given_the_sit_stand_plan_when_another_break_is_open_then_moving_ends_all_the_same() -> (
    None
):
    """A look into the distance holds up no other kind."""
    day(
        'set plan = "sit_stand"',
        *alone("position", "eyes"),
        "set eyes.interval_minutes = 60",
        AT_ONCE,
        ("20m work", "20:00 prompt position"),
        ("answer done", "20:00 end position taken answer"),
        ("8m work", "28:00 prompt position"),
        ("answer done", "28:00 end position taken answer"),
        "1m30s work",
        ("take eyes", "29:30 prompt eyes"),
        "1m15s work",
        ("answer done", "30:45 end eyes taken answer"),
        ("20m work", "50:00 prompt position"),
    )


def test_given_the_sit_stand_plan_and_i_was_reading_then_the_stage_is_as_it_was() -> None:
    """The absence was none, so it began nothing anew: standing goes on."""
    day(
        'set plan = "sit_stand"',
        *alone("position"),
        AT_ONCE,
        NO_GAP,
        QUIET_NEVER,
        ("22m work", "20:00 prompt position; 20:20 end position taken answer"),
        "3m idle",
        "30s work",
        ("reading", "25:30 undo 0"),
        ("3m work", "28:20 prompt position"),
        answer=(Choice.DONE, 20.0),
    )


def test_given_the_stages_of_a_cycle_then_each_has_its_own_prompts() -> None:
    """The pack says which prompt leads to which stage."""
    played = day(
        'set plan = "sit_stand"',
        *alone("position"),
        AT_ONCE,
        (
            "30m work",
            (
                "20:00 prompt position; 20:20 end position taken answer; "
                "28:20 prompt position; 28:40 end position taken answer"
            ),
        ),
        answer=DONE,
        pack=index("position-1", "position-2@move", "position-3@stand"),
    )

    assert ["position-3@stand", "position-2@move"] == [e.prompt for e in played.episodes]


def test_given_a_day_then_its_spans_add_up_to_its_length() -> None:
    """Desk, away, locked, asleep and off leave no second out."""
    played = day(
        *alone(),
        "1h work",
        "30s idle",
        "1m idle call",
        "10m idle",
        "20m locked",
        "3h asleep",
        "2m idle",
        "40s off",
        "5m idle",
        "1h work share",
    )

    assert 3600 + 30 + 60 + 600 + 1200 + 10800 + 120 + 40 + 300 + 3600 == sum(
        x.seconds for x in played.spans
    )
