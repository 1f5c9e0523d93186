"""From due to prompt: rank and folding, gap and caps, quiet, lull, holds, pause, working hours."""

from __future__ import annotations

import pytest

from deskbreak.core.model import Choice, Hold
from tests.core.days import AT_ONCE, NO_GAP, QUIET_NEVER, Row, alone, day

POSITION = (*alone("position"), AT_ONCE)
DONE = (Choice.DONE, 20.0)


# ── rank and folding ───────────────────────────────────────────────────────────────────────


def test_given_several_kinds_due_then_the_highest_rank_is_offered_and_folds_what_is_near() -> None:
    """Position is due within eight minutes, so one break does for both."""
    day(
        *alone("stretch", "position", "eyes"),
        AT_ONCE,
        "set stretch.interval_minutes = 60",
        "set position.interval_minutes = 60",
        "set eyes.interval_minutes = 60",
        ("60m work", "60:00 prompt stretch +position +eyes"),
        ("answer skip", "60:00 end stretch skipped"),
        ("61m work", "120:00 prompt stretch +position +eyes"),
    )


def test_given_a_kind_due_in_more_than_the_window_then_it_is_not_folded() -> None:
    """Nine minutes are more than eight."""
    day(
        *alone("stretch", "position"),
        AT_ONCE,
        "set stretch.interval_minutes = 31",
        "set position.interval_minutes = 40",
        ("31m work", "31:00 prompt stretch"),
    )
    day(
        *alone("stretch", "position"),
        AT_ONCE,
        "set stretch.interval_minutes = 32",
        "set position.interval_minutes = 40",
        ("32m work", "32:00 prompt stretch +position"),
    )


def test_given_a_stretch_taken_then_position_begins_anew_though_it_was_not_folded() -> None:
    """Who stretches has changed position; a skip clears only what was folded."""
    rows: tuple[Row, ...] = (
        *alone("stretch", "position"),
        AT_ONCE,
        "set stretch.interval_minutes = 31",
        "set position.interval_minutes = 40",
        ("31m work", "31:00 prompt stretch"),
    )
    day(
        *rows,
        ("answer done", "31:00 end stretch taken answer"),
        ("32m work", "62:00 prompt stretch"),
    )
    day(*rows, ("answer skip", "31:00 end stretch skipped"), ("12m work", "43:00 prompt position"))


def test_given_posture_due_at_a_stretch_then_it_is_moved_not_folded() -> None:
    """It keeps its own interval, and comes half an hour after the stretch at the earliest."""
    day(
        *alone("stretch", "posture"),
        AT_ONCE,
        "set posture.interval_minutes = 60",
        ("60m work", "60:00 prompt stretch"),
        ("answer done", "60:00 end stretch taken answer"),
        ("31m work", "90:00 prompt posture"),
    )


def test_given_a_stretch_that_was_not_taken_then_posture_is_not_moved() -> None:
    """Only a break that was taken moves it; the gap holds for everybody."""
    day(
        *alone("stretch", "posture"),
        AT_ONCE,
        "set posture.interval_minutes = 60",
        ("60m work", "60:00 prompt stretch"),
        ("answer skip", "60:00 end stretch skipped"),
        ("13m work", "72:00 prompt posture"),
    )


def test_given_a_higher_rank_that_falls_due_while_a_lull_is_awaited_then_it_is_offered() -> None:
    """What counts is what is due when the moment is good."""
    day(
        *alone("stretch", "position"),
        "set stretch.interval_minutes = 60",
        "set position.interval_minutes = 59",
        "60m30s work",
        ("10s idle", "60:35 prompt stretch +position"),
    )


# ── gap and caps ───────────────────────────────────────────────────────────────────────────


def test_given_an_episode_that_was_shown_then_the_next_comes_twelve_minutes_after_its_end() -> None:
    """Whatever its outcome was; here it was answered after a minute."""
    day(
        *alone("position", "posture"),
        AT_ONCE,
        "set posture.interval_minutes = 25",
        ("21m work", "20:00 prompt position"),
        ("answer skip", "21:00 end position skipped"),
        ("13m work", "33:00 prompt posture"),
    )


def test_given_a_natural_break_without_a_prompt_then_it_starts_no_gap() -> None:
    """Nobody was disturbed."""
    day(
        *alone("position", "posture"),
        AT_ONCE,
        QUIET_NEVER,
        "set posture.interval_minutes = 25",
        "set posture.credit_idle_seconds = 0",
        "set position.interval_minutes = 30",
        "15m work",
        ("3m idle", "17:00 end position natural"),
        ("8m work", "25:00 prompt posture"),
    )


def test_given_the_kinds_daily_cap_then_no_more_of_it_come_that_day() -> None:
    """Two a day, and again tomorrow."""
    day(
        *POSITION,
        "set position.daily_cap = 2",
        (
            "2h work",
            (
                "20:00 prompt position; 20:20 end position taken answer; "
                "40:20 prompt position; 40:40 end position taken answer"
            ),
        ),
        "20h off",
        (
            "21m work",
            "122:00 end position natural; 1340:00 prompt position; 1340:20 end position taken answer",
        ),
        answer=DONE,
    )


def test_given_prompts_hours_apart_then_the_daily_cap_counts_them_all() -> None:
    """What was shown more than an hour ago was shown today all the same."""
    day(
        *POSITION,
        "set position.interval_minutes = 60",
        "set position.daily_cap = 2",
        (
            "5h work",
            (
                "60:00 prompt position; 60:20 end position taken answer; "
                "120:20 prompt position; 120:40 end position taken answer"
            ),
        ),
        answer=DONE,
    )


def test_given_the_daily_cap_of_all_then_no_kind_comes_any_more() -> None:
    """One a day for everything."""
    day(
        *alone("position", "posture"),
        AT_ONCE,
        "set prompts.daily_cap = 1",
        ("4h work", "20:00 prompt position; 20:20 end position taken answer"),
        answer=DONE,
    )


def test_given_the_daily_cap_of_all_is_used_up_then_the_tray_says_nothing_during_a_call() -> None:
    """Nothing would have come anyway: the call delays nothing."""
    day(
        *alone("position", "posture"),
        AT_ONCE,
        "set prompts.daily_cap = 1",
        ("21m work", "20:00 prompt position; 20:20 end position taken answer"),
        "3h work call",
        answer=DONE,
    )


def test_given_the_hourly_limit_then_it_holds_in_any_sliding_hour() -> None:
    """Three in an hour: the fourth comes an hour after the first was shown."""
    day(
        *POSITION,
        "set position.interval_minutes = 15",
        "set prompts.max_per_hour = 3",
        (
            "76m work",
            (
                "15:00 prompt position; 15:20 end position taken answer; "
                "30:20 prompt position; 30:40 end position taken answer; "
                "45:40 prompt position; 46:00 end position taken answer; "
                "75:00 prompt position; 75:20 end position taken answer"
            ),
        ),
        answer=DONE,
    )


def test_given_the_hourly_limit_when_a_new_day_begins_then_the_hour_goes_on() -> None:
    """An hour slides over the day's start: what was shown before it counts still."""
    day(
        *POSITION,
        NO_GAP,
        "set prompts.max_per_hour = 2",
        "set prompts.reminder_minutes = 0",
        "set position.interval_minutes = 10",
        (
            "20m work",
            "10:00 prompt position; 20:00 end position missed; 20:00 mark position missed",
        ),
        ("10m work", "30:00 prompt position"),
        ("answer done", "30:00 end position taken answer"),
        ("40m work", "70:00 prompt position"),
        ("answer done", "70:00 end position taken answer"),
        ("25m work", "90:00 prompt position"),
        start="2026-03-03T03:15:00 Europe/Berlin",
    )


def test_given_caps_and_gap_then_the_return_of_a_prompt_is_exempt() -> None:
    """They count the first showing of an episode."""
    day(
        *POSITION,
        "set prompts.max_per_hour = 1",
        "set prompts.daily_cap = 1",
        "set prompts.min_gap_minutes = 60",
        ("20m work", "20:00 prompt position"),
        ("answer postpone", "20:00 withdraw position postpone"),
        ("11m work", "25:00 prompt position; 30:00 prompt position reminder"),
    )


# ── the good moment ────────────────────────────────────────────────────────────────────────


def test_given_a_lull_of_five_seconds_then_the_prompt_comes_in_it() -> None:
    """Not after four."""
    day(
        *alone("position"),
        "20m work",
        "4s idle",
        "10s work",
        ("5s idle", "20:19 prompt position"),
    )


def test_given_a_lull_that_began_before_the_break_is_due_then_it_counts() -> None:
    """The hands are still: now is a good moment."""
    day(*alone("position"), "19m50s work", ("15s idle", "20:00 prompt position"))


def test_given_somebody_who_touched_nothing_for_a_minute_then_nothing_is_shown() -> None:
    """Nobody seems to look; the next input opens the gate."""
    day(
        *alone("position"),
        "set prompts.wait_for_lull_limit_seconds = 0",
        "19m work",
        "70s idle",
        ("1s work", "20:10 prompt position"),
    )


def test_given_a_pause_in_between_then_the_two_minutes_of_waiting_begin_anew() -> None:
    """Everything else must have been true all the time."""
    day(
        *alone("position"),
        "21m work",
        "1s work dnd",
        ("3m work", "23:31 prompt position"),
    )


@pytest.mark.parametrize(
    ("limit_s", "prompt"), [(5, "61:15"), (15, "61:15"), (16, "61:16"), (120, "63:00")]
)
def test_given_a_return_to_a_due_break_then_the_wait_for_a_lull_counts_from_the_return(
    limit_s: int, prompt: str
) -> None:
    """The 15 s after a return are none of the conditions that the waiting begins with."""
    limit = f"set prompts.wait_for_lull_limit_seconds = {limit_s}"
    day(
        *(*alone("stretch"), limit, QUIET_NEVER, "59m work", "2m locked"),
        ("3m work", f"{prompt} prompt stretch"),
    )


def test_given_a_prompt_that_a_lock_took_away_then_it_waits_for_a_lull_from_the_return_on() -> None:
    """It comes back like any other: two minutes after the return if there is no lull before."""
    rows: tuple[Row, ...] = (
        *alone("stretch"),
        ("63m work", "62:00 prompt stretch"),
        ("20s locked", "63:00 withdraw stretch locked"),
    )
    day(*rows, ("3m work", "65:20 prompt stretch"))
    day(*rows, "9s work", ("10s idle", "63:35 prompt stretch"))


def test_given_a_break_due_just_after_a_return_then_the_wait_counts_from_when_it_is_due() -> None:
    """The engine takes note of that instant, though nothing may be shown at it."""
    day(
        *alone("position"),
        *("19m50s work", "5s locked"),
        ("3m work", "22:00 prompt position"),
    )


def test_given_a_limit_of_zero_then_nothing_waits_for_a_lull() -> None:
    """Zero means no waiting."""
    day(*POSITION, ("20m work", "20:00 prompt position"))


# ── holds ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hold", ["call", "dnd", "fullscreen", "share", "presentation"])
def test_given_a_hold_then_nothing_is_shown_until_half_a_minute_after_it(hold: str) -> None:
    """Held time runs on, and one prompt follows."""
    day(
        *POSITION,
        "15m work",
        f"10m work {hold}",
        ("1m work", "25:30 prompt position"),
    )


@pytest.mark.parametrize(
    ("hold", "key"),
    [
        ("call", "call"),
        ("dnd", "do_not_disturb"),
        ("fullscreen", "full_screen"),
        ("share", "screen_share"),
        ("presentation", "presentation"),
    ],
)
def test_given_a_hold_that_is_switched_off_then_it_holds_nothing(hold: str, key: str) -> None:
    """Everybody decides which reasons count."""
    day(
        *POSITION,
        f"set holds.{key} = false",
        "15m work",
        (f"6m work {hold}", "20:00 prompt position"),
    )


def test_given_a_prompt_on_the_screen_when_a_hold_begins_then_it_goes_and_comes_back() -> None:
    """The same episode waits; its patience begins anew."""
    played = day(
        *POSITION,
        ("21m work", "20:00 prompt position"),
        ("5m work call", "21:00 withdraw position call"),
        ("6m work", "26:30 prompt position; 31:30 prompt position reminder"),
    )

    assert played.state.episode is not None
    assert 1 == played.state.episode.id


def test_given_two_holds_then_the_first_in_their_order_is_named_and_both_must_end() -> None:
    """Reasons to be silent are a set."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("1m work share dnd", "20:00 withdraw position dnd"),
        "1m work share",
        ("1m work", "22:30 prompt position"),
    )


def test_given_a_hold_on_top_of_another_then_a_break_asked_for_is_withdrawn() -> None:
    """It was shown in the first one because the person wished so; the second begins later."""
    day(
        *POSITION,
        "1m work dnd",
        ("take position", "01:00 prompt position"),
        "1m work dnd",
        ("1m work dnd call", "02:00 withdraw position call"),
    )


def test_given_a_long_call_then_the_tray_marks_the_break_once() -> None:
    """After 45 minutes of delay, and not again in the same unbroken time of holds."""
    day(
        *POSITION,
        "10m work",
        ("70m work call", "65:00 mark position call"),
        "60m work share",
        ("1m work", "140:30 prompt position"),
    )


def test_given_two_long_calls_then_the_tray_marks_the_break_in_each() -> None:
    """The time of holds was broken."""
    day(
        *POSITION,
        "10m work",
        ("60m work call", "65:00 mark position call"),
        "10s work",
        ("50m work call", "115:10 mark position call"),
    )


def test_given_several_kinds_delayed_then_the_one_delayed_longest_is_marked() -> None:
    """Posture is due first here."""
    day(
        *alone("position", "posture"),
        AT_ONCE,
        "set posture.interval_minutes = 20",
        "set position.interval_minutes = 25",
        ("70m work presentation call", "65:00 mark posture call"),
    )


def test_given_an_open_episode_that_a_call_withdrew_then_it_is_the_one_that_is_marked() -> None:
    """Delayed since it went from the screen."""
    played = day(
        *alone("position", "posture"),
        AT_ONCE,
        "set posture.interval_minutes = 22",
        ("20m work", "20:00 prompt position"),
        ("60m work call", "20:00 withdraw position call; 65:00 mark position call"),
    )

    assert played.state.mark is not None
    assert 1 == played.state.mark.episode


def test_given_a_break_asked_for_in_a_call_that_another_hold_withdrew_then_its_delay_begins() -> (
    None
):
    """It was on the screen until then, though the call is older."""
    day(
        *POSITION,
        "10m work call",
        ("take position", "10:00 prompt position"),
        "2m work call",
        ("1h work call dnd", "12:00 withdraw position dnd; 57:00 mark position call"),
    )


def test_given_an_open_episode_that_is_postponed_then_its_delay_runs_from_its_return() -> None:
    """Five minutes later, and another kind may be marked first."""
    played = day(
        *alone("position", "posture"),
        AT_ONCE,
        "set posture.interval_minutes = 22",
        ("20m work", "20:00 prompt position"),
        ("answer postpone", "20:00 withdraw position postpone"),
        ("60m work call", "67:00 mark posture call"),
    )

    assert played.state.mark is not None
    assert played.state.mark.episode is None


def test_given_a_delay_that_is_long_enough_while_nobody_is_there_then_the_mark_waits() -> None:
    """The tray speaks to people at the desk."""
    day(
        *POSITION,
        "set position.credit_idle_seconds = 0",
        "set position.credit_lock_seconds = 0",
        "60m work dnd",
        "10m idle dnd",
        ("1m work dnd", "70:00 mark position dnd"),
    )


def test_given_a_hold_that_ends_then_its_mark_goes() -> None:
    """The prompt follows; until then the tray says nothing of it."""
    marked: tuple[Row, ...] = (*POSITION, "10m work", ("60m work call", "65:00 mark position call"))

    assert day(*marked).state.mark is not None
    assert day(*marked, "1s work").state.mark is None


def test_given_a_mark_when_its_kind_is_switched_off_then_it_goes() -> None:
    """Switched off is switched off."""
    played = day(
        *POSITION,
        "10m work",
        ("60m work call", "65:00 mark position call"),
        "set position.enabled = false",
    )

    assert played.state.mark is None


def test_given_the_daily_cap_is_reached_then_nothing_is_marked() -> None:
    """A break that will not be offered is not due for anybody."""
    day(
        *POSITION,
        "set position.daily_cap = 1",
        ("20m work", "20:00 prompt position"),
        ("answer done", "20:00 end position taken answer"),
        "3h work call",
    )


# ── pause ──────────────────────────────────────────────────────────────────────────────────


def test_given_a_pause_of_thirty_minutes_then_it_ends_by_the_boot_clock() -> None:
    """Half an hour of quiet, whatever the wall clock does."""
    day(
        *POSITION,
        "10m work",
        "pause 30m",
        "clock +5h",
        "29m work",
        ("2m work", "40:30 prompt position"),
    )


def test_given_a_pause_until_a_time_then_it_ends_when_the_wall_clock_shows_it() -> None:
    """What hangs on the hour follows the clock."""
    rows: tuple[Row, ...] = (*POSITION, "10m work", "pause until 10:00")
    day(*rows, ("51m work", "60:30 prompt position"))
    day(*rows, "20m work", "clock +1h", ("1m work", "30:30 prompt position"))


def test_given_a_pause_until_a_time_that_has_passed_then_it_lasts_until_tomorrow() -> None:
    """Eight o'clock was an hour ago."""
    played = day(*POSITION, "pause until 08:00", "50m work")

    assert {Hold.PAUSED} == set(played.spans[-1].holds)


def test_given_a_pause_until_tomorrow_then_it_ends_with_the_day() -> None:
    """At four in the morning."""
    day(
        *POSITION,
        "1m work",
        "pause tomorrow",
        ("80m work", "65:00 mark position paused"),
        ("11m work", "91:00 prompt position"),
        start="2026-03-03T02:29:30 Europe/Berlin",
    )


def test_given_days_that_begin_at_six_then_a_pause_until_tomorrow_ends_then() -> None:
    """Tomorrow is when the person's day begins."""
    day(
        *POSITION,
        'set day.starts_at = "06:00"',
        "1m work",
        "pause tomorrow",
        ("80m work", "65:00 mark position paused"),
        ("11m work", "91:00 prompt position"),
        start="2026-03-03T04:29:30 Europe/Berlin",
    )


def test_given_a_pause_without_end_then_only_the_person_ends_it() -> None:
    """Over a restart and a night of sleep."""
    day(
        *POSITION,
        "10m work",
        "pause",
        "10s off",
        "5m work",
        ("14h asleep", "15:40 end position natural"),
        ("66m work", f"{15 + 840 + 65}:10 mark position paused"),
        "resume",
        ("1m work", f"{15 + 840 + 66}:40 prompt position"),
    )


def test_given_a_prompt_on_the_screen_when_a_pause_begins_then_it_waits() -> None:
    """A pause is a hold like any other."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("pause", "20:00 withdraw position paused"),
        "10m work",
        "resume",
        ("1m work", "30:30 prompt position"),
    )


# ── working hours ──────────────────────────────────────────────────────────────────────────


def test_given_working_hours_then_nothing_is_shown_outside_them() -> None:
    """From one to two is lunch, and after five is the evening."""
    day(
        *POSITION,
        "set working_hours.enabled = true",
        'set working_hours.monday = ["09:00-10:10", "11:00-12:00"]',
        "set position.interval_minutes = 40",
        ("110m work", "40:00 prompt position; 40:20 end position taken answer"),
        ("25m work", "120:30 prompt position; 120:50 end position taken answer"),
        (
            "2h work",
            "160:50 prompt position; 161:10 end position taken answer; 246:10 mark position hours",
        ),
        answer=DONE,
    )


def test_given_working_hours_over_midnight_then_they_belong_to_the_day_they_begin_on() -> None:
    """Monday's night shift goes on on Tuesday; Tuesday has none of its own."""
    day(
        *POSITION,
        "set working_hours.enabled = true",
        'set working_hours.monday = ["22:00-02:00"]',
        "set position.interval_minutes = 60",
        (
            "4h work",
            (
                "60:00 prompt position; 60:20 end position taken answer; "
                "120:20 prompt position; 120:40 end position taken answer; "
                "180:40 prompt position; 181:00 end position taken answer"
            ),
        ),
        ("60m work", "286:00 mark position hours"),
        start="2026-03-02T22:00:00 Europe/Berlin",
        answer=DONE,
    )


def test_given_a_day_off_then_nothing_is_shown() -> None:
    """A holiday has no working hours, though its weekday has."""
    day(
        *POSITION,
        "set working_hours.enabled = true",
        'set working_hours.monday = ["09:00-17:00"]',
        "set working_hours.days_off = [2026-03-02]",
        ("60m work", ""),
    )


def test_given_working_hours_when_the_clock_is_moved_out_of_them_then_the_prompt_goes() -> None:
    """What hangs on the hour follows the clock, at once."""
    day(
        *POSITION,
        "set working_hours.enabled = true",
        'set working_hours.monday = ["09:00-17:00"]',
        ("20m work", "20:00 prompt position"),
        ("clock +8h", "20:00 withdraw position hours"),
        "1m work",
        "clock -8h",
        ("1m work", "21:30 prompt position"),
    )


# ── settings in mid-interval ───────────────────────────────────────────────────────────────


def test_given_a_longer_interval_then_no_prompt_is_caused_and_nothing_is_cleared() -> None:
    """Held time stands as it is: twelve minutes of thirty."""
    day(
        *POSITION,
        "12m work",
        "set position.interval_minutes = 30",
        ("18m work", "30:00 prompt position"),
    )


def test_given_a_shorter_interval_then_the_break_is_due_at_once() -> None:
    """Twelve minutes are more than ten."""
    day(*POSITION, "12m work", ("set position.interval_minutes = 10", "12:00 prompt position"))


def test_given_a_longer_interval_while_a_prompt_waits_for_a_lull_then_it_waits_on() -> None:
    """Lengthening never causes a prompt."""
    day(
        *alone("position"),
        "21m work",
        "set position.interval_minutes = 30",
        "8m work",
        ("4m work", "32:00 prompt position"),
    )


def test_given_a_kind_that_is_switched_on_then_its_held_time_counts() -> None:
    """It ran while nobody asked for it."""
    day(*alone(), AT_ONCE, "30m work", ("set position.enabled = true", "30:00 prompt position"))


def test_given_every_kind_off_then_nothing_ever_comes() -> None:
    """Off is off."""
    day(*alone(), "5h work", "1h locked", "5h work")


def test_given_no_gap_and_two_kinds_due_then_they_come_one_after_the_other() -> None:
    """Only one prompt is open at any instant."""
    day(
        *alone("position", "posture"),
        AT_ONCE,
        NO_GAP,
        "set posture.interval_minutes = 20",
        ("20m work", "20:00 prompt position"),
        ("answer done", "20:00 end position taken answer; 20:00 prompt posture"),
    )


def test_given_a_return_with_the_end_of_a_hold_then_nothing_is_marked() -> None:
    """The hold was not in force any more when somebody was there again."""
    played = day(
        *alone("massage"),
        AT_ONCE,
        "3h work dnd",
        "2h idle dnd",
        ("15s work", ""),
    )

    assert played.state.mark is None


def test_given_a_kind_that_is_no_longer_due_then_the_next_one_waits_for_its_own_lull() -> None:
    """Two minutes without a lull count from when the kind that is offered was due."""
    day(
        *alone("position", "posture"),
        "set posture.interval_minutes = 61",
        "60m work dnd",
        "90s work",
        "set position.enabled = false",
        ("3m work", "63:00 prompt posture"),
    )
