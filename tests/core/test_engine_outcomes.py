"""From prompt to outcome: answers, reminders, patience, rest."""

from __future__ import annotations

import pytest

from deskbreak.core.model import By, Outcome, Presence
from tests.core.days import AT_ONCE, NO_GAP, QUIET_NEVER, Row, alone, day, index

POSITION = (*alone("position"), AT_ONCE)
STRETCH = (*alone("stretch"), AT_ONCE)


# ── answers ────────────────────────────────────────────────────────────────────────────────


def test_given_an_open_prompt_when_done_is_chosen_then_it_is_taken_and_held_time_begins_anew() -> (
    None
):
    """Done means done, and the next change is due an interval later."""
    played = day(
        *POSITION,
        ("21m work", "20:00 prompt position"),
        ("answer done", "21:00 end position taken answer"),
        ("21m work", "41:00 prompt position"),
    )

    assert [By.ANSWER] == [e.by for e in played.episodes]
    assert [True] == [e.change for e in played.episodes]


def test_given_an_open_prompt_when_skip_is_chosen_then_held_time_begins_anew() -> None:
    """The person decides when to break."""
    day(
        *POSITION,
        ("21m work", "20:00 prompt position"),
        ("answer skip", "21:00 end position skipped"),
        ("21m work", "41:00 prompt position"),
    )


@pytest.mark.parametrize("second", ["answer done", "answer skip", "answer postpone"])
def test_given_two_answers_to_one_prompt_then_the_second_changes_nothing(second: str) -> None:
    """Every episode ends exactly once, through whichever door the answers come."""
    day(
        *POSITION,
        ("21m work", "20:00 prompt position"),
        ("answer skip", "21:00 end position skipped"),
        second,
        ("20m work", "41:00 prompt position"),
    )


def test_given_no_prompt_then_an_answer_changes_nothing() -> None:
    """There is nothing to answer."""
    day(*POSITION, "10m work", "answer done", ("10m work", "20:00 prompt position"))


def test_given_a_postponed_prompt_when_its_time_is_over_then_the_same_break_comes_back() -> None:
    """Postponing delays the same break; it does not start a new one."""
    played = day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer postpone", "20:00 withdraw position postpone"),
        ("5m work", "25:00 prompt position"),
        ("answer done", "25:00 end position taken answer"),
    )

    assert [(1, 1)] == [(e.id, e.postponed) for e in played.episodes]


def test_given_a_prompt_postponed_twice_then_a_third_time_is_refused() -> None:
    """One more than the kind allows changes nothing: the prompt stays."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer postpone", "20:00 withdraw position postpone"),
        ("5m work", "25:00 prompt position"),
        ("answer postpone", "25:00 withdraw position postpone"),
        ("5m work", "30:00 prompt position"),
        "answer postpone",
        ("9m work", "35:00 prompt position reminder"),
        ("1m work", "40:00 end position missed; 40:00 mark position missed"),
    )


def test_given_a_postponed_prompt_then_it_can_be_answered_while_it_is_away() -> None:
    """The tray still knows it."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer postpone", "20:00 withdraw position postpone"),
        "2m work",
        ("answer done", "22:00 end position taken answer"),
        ("20m work", "42:00 prompt position"),
    )


def test_given_a_postponed_prompt_when_it_is_postponed_again_then_it_waits_from_then() -> None:
    """The second postponement counts, and runs from the moment it was asked for."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer postpone", "20:00 withdraw position postpone"),
        "3m work",
        "answer postpone",
        ("5m work", "28:00 prompt position"),
        "answer postpone",
    )


def test_given_a_postponed_prompt_when_lunch_comes_first_then_it_ends_as_natural() -> None:
    """Rest counts only while the prompt is shown: this was a natural break."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer postpone", "20:00 withdraw position postpone"),
        "1m work",
        ("45m idle", "23:00 end position natural"),
        ("20m work", "86:00 prompt position"),
    )


def test_given_a_postponed_prompt_when_its_deadline_passes_in_a_short_sleep_then_it_comes_back() -> (
    None
):
    """The deadline is on the clock that goes on during suspend; 15 s after the return at most one."""
    day(
        *POSITION,
        "set position.credit_idle_seconds = 3600",
        "set position.credit_lock_seconds = 3600",
        ("20m work", "20:00 prompt position"),
        ("answer postpone", "20:00 withdraw position postpone"),
        "1m work",
        "10m asleep",
        ("1m work", "31:15 prompt position"),
    )


def test_given_not_for_me_then_the_text_is_hidden_and_another_is_shown() -> None:
    """The episode goes on; only its text was wrong."""
    played = day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer not-for-me", "20:00 hide position-1; 20:00 prompt position"),
        ("answer not-for-me", "20:00 hide position-2; 20:00 prompt position"),
        ("answer done", "20:00 end position taken answer"),
        pack=index("position-1", "position-2", "position-3"),
    )

    assert ["position-3"] == [e.prompt for e in played.episodes]


def test_given_not_for_me_when_no_text_is_left_then_the_break_goes_on_without_one() -> None:
    """With nothing left to hide the answer changes nothing."""
    played = day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer not-for-me", "20:00 hide position-1; 20:00 prompt position"),
        "answer not-for-me",
        ("answer skip", "20:00 end position skipped"),
        ("20m work", "40:00 prompt position"),
        pack=index("position-1"),
    )

    assert [None] == [e.prompt for e in played.episodes]


def test_given_not_for_me_to_a_postponed_break_then_it_comes_back_with_another_text() -> None:
    """Nothing is shown before its time."""
    played = day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer postpone", "20:00 withdraw position postpone"),
        ("answer not-for-me", "20:00 hide position-1"),
        ("5m work", "25:00 prompt position"),
        ("answer done", "25:00 end position taken answer"),
        pack=index("position-1", "position-2"),
    )

    assert ["position-2"] == [e.prompt for e in played.episodes]


def test_given_texts_that_were_hidden_when_a_setting_changes_then_none_of_them_is_back() -> None:
    """They are hidden for good."""
    played = day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer not-for-me", "20:00 hide position-1; 20:00 prompt position"),
        ("answer not-for-me", "20:00 hide position-2; 20:00 prompt position"),
        ("answer done", "20:00 end position taken answer"),
        "set position.interval_minutes = 25",
        ("25m work", "45:00 prompt position"),
        ("answer done", "45:00 end position taken answer"),
        pack=index("position-1", "position-2", "position-3"),
    )

    assert ["position-3", "position-3"] == [e.prompt for e in played.episodes]


def test_given_three_texts_then_each_has_its_turn_before_one_comes_again() -> None:
    """The one that was shown longest ago is the next."""
    rows: list[Row] = []
    for n in range(1, 7):
        rows += [
            ("20m work", f"{20 * n}:00 prompt position"),
            ("answer done", f"{20 * n}:00 end position taken answer"),
        ]
    played = day(*POSITION, *rows, pack=index("position-1", "position-2", "position-3"))
    prompts = [e.prompt for e in played.episodes]

    assert 3 == len(set(prompts[:3]))
    assert prompts[:3] == prompts[3:]


# ── the guide ──────────────────────────────────────────────────────────────────────────────


def test_given_the_guide_when_it_is_followed_to_its_end_then_the_break_is_taken() -> None:
    """The guide lasts as long as the break."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer start", "20:00 guide position"),
        ("2m work", "20:30 end position taken guide"),
    )


def test_given_the_guide_of_a_change_of_position_then_its_end_is_a_change() -> None:
    """The longest time in one position ends there, as it does with the answer."""
    played = day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer start", "20:00 guide position"),
        ("1m work", "20:30 end position taken guide"),
    )

    assert [True] == [e.change for e in played.episodes]


def test_given_the_guide_of_a_long_break_then_idleness_does_not_cut_it_short() -> None:
    """Who follows the steps touches nothing, and wants to see them to their end."""
    day(
        *STRETCH,
        "set stretch.duration_seconds = 120",
        ("60m work", "60:00 prompt stretch"),
        ("answer start", "60:00 guide stretch"),
        ("10m idle", "62:00 end stretch taken guide"),
    )


def test_given_a_guide_longer_than_the_credit_then_its_end_is_still_that_of_the_guide() -> None:
    """The credit is reached on the way: the held time is at rest, the episode goes on."""
    day(
        *POSITION,
        "set position.credit_idle_seconds = 60",
        "set position.duration_seconds = 90",
        ("20m work", "20:00 prompt position"),
        ("answer start", "20:00 guide position"),
        ("10m idle", "21:30 end position taken guide"),
        ("20m work", "50:00 prompt position"),
    )


def test_given_a_guide_when_the_session_is_locked_then_it_is_withdrawn() -> None:
    """Nobody sees it; the lock of 30 s is the break."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer start", "20:00 guide position"),
        "10s work",
        ("2m locked", "20:10 withdraw position locked; 20:40 end position taken rest"),
    )


def test_given_a_kind_without_guide_then_starting_it_changes_nothing() -> None:
    """Posture has no steps to show."""
    day(
        *alone("posture"),
        AT_ONCE,
        ("90m work", "90:00 prompt posture"),
        "answer start",
        ("2m work", "92:00 end posture missed; 92:00 mark posture missed"),
    )


def test_given_a_postponed_break_when_its_guide_is_started_then_it_is_on_the_screen() -> None:
    """A postponed episode can be answered too."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer postpone", "20:00 withdraw position postpone"),
        "1m work",
        ("answer start", "21:00 guide position"),
        ("1m work", "21:30 end position taken guide"),
    )


def test_given_a_break_that_the_tray_marks_when_its_guide_is_started_then_the_mark_goes() -> None:
    """The screen says it, so the tray need not."""
    played = day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("46m work call", "20:00 withdraw position call; 65:00 mark position call"),
        ("answer start", "66:00 guide position"),
    )

    assert played.state.mark is None


# ── no answer ──────────────────────────────────────────────────────────────────────────────


def test_given_no_answer_then_one_reminder_a_miss_and_no_reminder_the_next_time() -> None:
    """Who missed the last one is not asked twice."""
    day(
        *POSITION,
        (
            "30m work",
            (
                "20:00 prompt position; 25:00 prompt position reminder; "
                "30:00 end position missed; 30:00 mark position missed"
            ),
        ),
        (
            "30m work",
            "50:00 prompt position; 60:00 end position missed; 60:00 mark position missed",
        ),
        ("20m work", "80:00 prompt position"),
        ("answer done", "80:00 end position taken answer"),
        ("26m work", "100:00 prompt position; 105:00 prompt position reminder"),
    )


def test_given_a_kind_that_does_not_remind_then_it_is_missed_after_its_patience() -> None:
    """Posture asks once, for two minutes."""
    day(
        *alone("posture"),
        AT_ONCE,
        ("93m work", "90:00 prompt posture; 92:00 end posture missed; 92:00 mark posture missed"),
    )


def test_given_no_reminders_are_wanted_then_none_comes() -> None:
    """Zero minutes mean none."""
    day(
        *POSITION,
        "set prompts.reminder_minutes = 0",
        (
            "30m work",
            "20:00 prompt position; 30:00 end position missed; 30:00 mark position missed",
        ),
    )


def test_given_a_reminder_that_would_come_with_the_miss_then_it_does_not_come() -> None:
    """Nobody is reminded of what is over."""
    day(
        *POSITION,
        "set prompts.reminder_minutes = 10",
        (
            "30m work",
            "20:00 prompt position; 30:00 end position missed; 30:00 mark position missed",
        ),
    )


def test_given_a_reminder_then_it_waits_for_a_lull_like_a_prompt() -> None:
    """A reminder is exempt from gap and caps, not from the good moment."""
    day(
        *alone("position"),
        "20m work",
        ("5s idle", "20:05 prompt position"),
        "5m work",
        ("5s idle", "25:10 prompt position reminder"),
    )


def test_given_a_short_walk_then_reminder_and_patience_wait_for_the_person() -> None:
    """They run only while somebody is there: 3 of 13 minutes were not."""
    day(
        *POSITION,
        "set position.credit_idle_seconds = 3600",
        ("22m work", "20:00 prompt position"),
        "3m idle",
        (
            "10m work",
            "28:00 prompt position reminder; 33:00 end position missed; 33:00 mark position missed",
        ),
    )


def test_given_a_time_of_reading_then_patience_runs() -> None:
    """A short time without input is being there."""
    day(
        *POSITION,
        ("22m work", "20:00 prompt position"),
        "119s idle",
        (
            "7m work",
            "25:00 prompt position reminder; 30:00 end position missed; 30:00 mark position missed",
        ),
    )


def test_given_a_reminder_and_a_hold_then_the_prompt_returns_without_a_second_reminder() -> None:
    """Each showing starts the patience anew, but an episode reminds once."""
    day(
        *POSITION,
        ("26m work", "20:00 prompt position; 25:00 prompt position reminder"),
        ("1m work call", "26:00 withdraw position call"),
        (
            "11m work",
            "27:30 prompt position; 37:30 end position missed; 37:30 mark position missed",
        ),
    )


# ── rest ───────────────────────────────────────────────────────────────────────────────────


def test_given_a_prompt_when_the_person_touches_nothing_for_a_minute_then_it_is_taken() -> None:
    """Shorter times without input happen while reading, so 60 s are needed without a lock."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("59s idle", ""),
        "30s work",
        ("59s idle", ""),
        "2s work",
    )
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("2m idle", "21:00 end position taken rest"),
    )


def test_given_a_prompt_when_the_session_is_locked_then_the_duration_is_enough() -> None:
    """A lock says clearly that the person left."""
    played = day(
        *POSITION,
        ("21m work", "20:00 prompt position"),
        ("2m locked", "21:00 withdraw position locked; 21:30 end position taken rest"),
        ("20m work", "43:00 prompt position"),
    )

    assert 1 == sum(e.change for e in played.episodes) + sum(x.change for x in played.spans)


def test_given_a_break_of_seconds_when_the_session_is_locked_then_they_are_enough() -> None:
    """The minute is for those who may be reading; behind a lock nobody reads."""
    day(
        *alone("eyes"),
        AT_ONCE,
        "set eyes.credit_lock_seconds = 0",
        ("20m work", "20:00 prompt eyes"),
        ("1m locked", "20:00 withdraw eyes locked; 20:25 end eyes taken rest"),
    )


def test_given_a_rest_shorter_than_the_credit_then_it_is_one_change_of_position() -> None:
    """And no second one where the same absence goes on until the credit."""
    rest: tuple[Row, ...] = (
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("70s idle", "21:00 end position taken rest"),
    )
    for played in (day(*rest, "1m work"), day(*rest, "5m idle", "1m work")):
        assert [True] == [e.change for e in played.episodes]
        assert not any(span.change for span in played.spans)


def test_given_a_prompt_when_the_person_leaves_later_than_a_minute_then_it_is_natural() -> None:
    """Who leaves later did not leave because of it."""
    day(
        *POSITION,
        ("21m1s work", "20:00 prompt position"),
        ("5m idle", "23:01 end position natural"),
    )
    day(
        *POSITION,
        ("21m1s work", "20:00 prompt position"),
        ("5m locked", "21:01 withdraw position locked; 21:31 end position natural"),
    )


def test_given_a_reminder_when_the_person_leaves_because_of_it_then_it_is_taken() -> None:
    """The minute runs from the last showing."""
    day(
        *POSITION,
        ("25m50s work", "20:00 prompt position; 25:00 prompt position reminder"),
        ("5m idle", "26:50 end position taken rest"),
    )


def test_given_an_absence_that_runs_when_the_prompt_comes_then_rest_counts_from_the_showing() -> (
    None
):
    """Nobody rests because of a prompt that is not there yet."""
    day(
        *alone("position"),
        "20m work",
        ("10m idle", "20:05 prompt position; 21:05 end position taken rest"),
    )


def test_given_a_long_break_when_the_credit_is_shorter_then_rest_is_complete_at_the_credit() -> (
    None
):
    """A lock of the credit's length clears the held time, so it is the break."""
    day(
        *POSITION,
        "set position.duration_seconds = 120",
        ("20m work", "20:00 prompt position"),
        ("2m locked", "20:00 withdraw position locked; 20:30 end position taken rest"),
    )


def test_given_a_rest_too_short_then_the_prompt_comes_back_with_the_person() -> None:
    """Ten seconds behind a lock are neither rest nor a reset."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("10s locked", "20:00 withdraw position locked"),
        ("1m work", "20:25 prompt position"),
    )


def test_given_a_rest_too_short_when_the_person_leaves_again_then_it_is_natural() -> None:
    """The second absence did not withdraw the prompt, however soon after it it begins."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("10s locked", "20:00 withdraw position locked"),
        "5s work",
        ("2m locked", "20:45 end position natural"),
    )


def test_given_a_prompt_that_a_hold_withdrew_when_the_person_leaves_then_it_is_natural() -> None:
    """Rest counts while the prompt is shown, or when the absence itself withdrew it."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("10s work dnd", "20:00 withdraw position dnd"),
        ("5m idle dnd", "22:10 end position natural"),
    )


def test_given_a_prompt_that_a_lock_withdrew_when_working_hours_end_then_rest_still_counts() -> (
    None
):
    """What begins while nobody is there takes nothing from the person."""
    day(
        *POSITION,
        "set working_hours.enabled = true",
        'set working_hours.monday = ["08:00-09:20"]',
        "set position.interval_minutes = 19",
        ("19m50s work", "19:00 prompt position"),
        ("5m locked", "19:50 withdraw position locked; 20:20 end position taken rest"),
    )


def test_given_the_eyes_kind_then_rest_counts_and_nothing_reminds() -> None:
    """Looking away for a minute is what was asked for."""
    day(
        *alone("eyes"),
        AT_ONCE,
        ("20m work", "20:00 prompt eyes"),
        ("70s idle", "21:00 end eyes taken rest"),
        ("20m work", "41:00 prompt eyes"),
        ("2m work", "43:00 end eyes missed; 43:00 mark eyes missed"),
    )


def test_given_a_kind_whose_rest_does_not_count_then_leaving_is_natural() -> None:
    """Posture cannot be taken by walking away."""
    day(
        *alone("posture"),
        AT_ONCE,
        ("90m work", "90:00 prompt posture"),
        ("10m idle", "95:00 end posture natural"),
    )


# ── take ───────────────────────────────────────────────────────────────────────────────────


def test_given_a_wish_for_a_break_then_it_is_shown_at_once_and_counts_as_asked() -> None:
    """Past gap, caps, holds and quiet; its end starts the gap."""
    played = day(
        *POSITION,
        "set prompts.daily_cap = 1",
        "5m work call",
        ("take stretch", "05:00 prompt stretch"),
        "1m work call",
        ("answer done", "06:00 end stretch taken answer"),
        ("take position", "06:00 prompt position"),
        ("answer done", "06:00 end position taken answer"),
        ("2m work", ""),
        ("18m work", "26:00 prompt position"),
    )

    assert [True, True] == [e.asked for e in played.episodes]


def test_given_a_break_asked_for_then_its_end_starts_the_gap() -> None:
    """Twelve minutes of peace after it, whatever is due."""
    day(
        *POSITION,
        "19m work",
        ("take stretch", "19:00 prompt stretch"),
        ("answer skip", "19:00 end stretch skipped"),
        ("13m work", "31:00 prompt position"),
    )


def test_given_an_open_break_when_another_is_asked_for_then_the_open_one_ends_as_natural() -> None:
    """Only one prompt at a time."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("take stretch", "20:00 end position natural; 20:00 prompt stretch"),
    )


def test_given_a_postponed_break_when_it_is_asked_for_then_the_same_one_is_shown() -> None:
    """It stays the prompted one that it was."""
    played = day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer postpone", "20:00 withdraw position postpone"),
        ("take position", "20:00 prompt position"),
        ("answer done", "20:00 end position taken answer"),
    )

    assert [(1, False)] == [(e.id, e.asked) for e in played.episodes]


@pytest.mark.parametrize("presence", ["locked", "asleep"])
def test_given_nobody_who_could_see_it_then_asking_changes_nothing(presence: str) -> None:
    """Somebody else may be at the keyboard."""
    day(*POSITION, "5m work", f"10s {presence}", "take stretch", "10s work")


def test_given_a_break_asked_for_in_an_absence_then_it_is_shown() -> None:
    """From the command line of another room, say."""
    day(*POSITION, "5m work", "10m idle", ("take posture", "15:00 prompt posture"))


def test_given_breaks_asked_for_and_skipped_then_the_interval_stays_as_it_is() -> None:
    """They are outside the row of skips."""
    day(
        *POSITION,
        "1m work",
        *(("take position", "01:00 prompt position"), ("answer skip", "01:00 end position skipped"))
        * 4,
        ("21m work", "21:00 prompt position"),
    )


def test_given_a_break_asked_for_and_missed_then_the_next_one_does_not_remind() -> None:
    """It was shown, and nobody reacted."""
    day(
        *POSITION,
        "1m work",
        ("take position", "01:00 prompt position"),
        (
            "10m work",
            "06:00 prompt position reminder; 11:00 end position missed; 11:00 mark position missed",
        ),
        (
            "30m work",
            "31:00 prompt position; 41:00 end position missed; 41:00 mark position missed",
        ),
    )


# ── switched off ───────────────────────────────────────────────────────────────────────────


def test_given_an_open_break_when_its_kind_is_switched_off_then_it_ends_as_skipped() -> None:
    """Outside the row of skips: nobody skipped anything."""
    played = day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("set position.enabled = false", "20:00 end position skipped"),
        "60m work",
    )

    assert 0 == played.state.kinds[1].skips


def test_given_a_break_asked_for_whose_kind_is_off_then_it_stays_open() -> None:
    """The person wanted it although the kind is off."""
    day(
        *POSITION,
        "1m work",
        ("take massage", "01:00 prompt massage"),
        "1m work",
        ("answer done", "02:00 end massage taken answer"),
    )


def test_given_a_break_asked_for_when_its_kind_is_switched_off_then_it_ends() -> None:
    """Switching off means off."""
    day(
        *POSITION,
        "1m work",
        ("take position", "01:00 prompt position"),
        ("set position.enabled = false", "01:00 end position skipped"),
    )


# ── back-off ───────────────────────────────────────────────────────────────────────────────


def test_given_three_skips_in_a_row_then_the_interval_is_longer_for_the_rest_of_the_day() -> None:
    """20 minutes become 30, until the next day begins."""
    played = day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer skip", "20:00 end position skipped"),
        ("20m work", "40:00 prompt position"),
        ("answer skip", "40:00 end position skipped"),
        ("20m work", "60:00 prompt position"),
        ("answer skip", "60:00 end position skipped"),
        ("30m work", "90:00 prompt position"),
        ("answer done", "90:00 end position taken answer"),
        ("30m work", "120:00 prompt position"),
        ("answer done", "120:00 end position taken answer"),
        "20h off",
        ("20m work", "1340:00 prompt position"),
    )

    assert Outcome.SKIPPED == played.episodes[0].outcome


def test_given_a_break_taken_between_skips_then_the_row_begins_anew() -> None:
    """Three in a row, not three a day."""
    skip = ("answer skip", "{} end position skipped")
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        (skip[0], skip[1].format("20:00")),
        ("20m work", "40:00 prompt position"),
        (skip[0], skip[1].format("40:00")),
        ("20m work", "60:00 prompt position"),
        ("answer done", "60:00 end position taken answer"),
        ("20m work", "80:00 prompt position"),
        (skip[0], skip[1].format("80:00")),
        ("20m work", "100:00 prompt position"),
    )


def test_given_two_skips_after_a_break_taken_then_the_row_is_two_long() -> None:
    """The break that was taken counts as none of three."""
    rows: list[Row] = []
    for n, choice in enumerate(("skip", "done", "skip", "skip"), start=1):
        end = "taken answer" if choice == "done" else "skipped"
        rows += [
            ("20m work", f"{20 * n}:00 prompt position"),
            (f"answer {choice}", f"{20 * n}:00 end position {end}"),
        ]
    day(*POSITION, *rows, ("20m work", "100:00 prompt position"))


def test_given_a_break_asked_for_and_taken_between_skips_then_the_row_goes_on() -> None:
    """What one asks for oneself says nothing of what comes unasked."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer skip", "20:00 end position skipped"),
        ("20m work", "40:00 prompt position"),
        ("answer skip", "40:00 end position skipped"),
        ("take position", "40:00 prompt position"),
        ("answer done", "40:00 end position taken answer"),
        ("20m work", "60:00 prompt position"),
        ("answer skip", "60:00 end position skipped"),
        ("30m work", "90:00 prompt position"),
    )


def test_given_one_skip_is_enough_then_the_first_makes_the_interval_longer() -> None:
    """One is the least that can be set, besides never."""
    day(
        *POSITION,
        "set prompts.skips_before_backoff = 1",
        ("20m work", "20:00 prompt position"),
        ("answer skip", "20:00 end position skipped"),
        ("30m work", "50:00 prompt position"),
    )


def test_given_a_natural_break_between_skips_then_the_row_goes_on() -> None:
    """Going for coffee says nothing about the prompts."""
    day(
        *POSITION,
        QUIET_NEVER,
        ("20m work", "20:00 prompt position"),
        ("answer skip", "20:00 end position skipped"),
        ("20m work", "40:00 prompt position"),
        ("answer skip", "40:00 end position skipped"),
        "15m work",
        ("5m idle", "57:00 end position natural"),
        ("20m work", "80:00 prompt position"),
        ("answer skip", "80:00 end position skipped"),
        ("30m work", "110:00 prompt position"),
    )


def test_given_a_row_of_skips_that_a_new_day_cuts_then_it_begins_anew() -> None:
    """A new day ends a row of skips."""
    day(
        *POSITION,
        NO_GAP,
        ("20m work", "20:00 prompt position"),
        ("answer skip", "20:00 end position skipped"),
        ("20m work", "40:00 prompt position"),
        ("answer skip", "40:00 end position skipped"),
        ("20m work", "60:00 prompt position"),
        ("answer skip", "60:00 end position skipped"),
        start="2026-03-03T03:15:00 Europe/Berlin",
    )


def test_given_two_skips_on_each_side_of_a_new_day_then_no_row_is_three_long() -> None:
    """The first skip of a day begins a row."""
    rows: list[Row] = []
    for n in range(1, 5):
        rows += [
            ("20m work", f"{20 * n}:00 prompt position"),
            ("answer skip", f"{20 * n}:00 end position skipped"),
        ]
    day(
        *POSITION,
        *rows,
        ("20m work", "100:00 prompt position"),
        start="2026-03-03T03:15:00 Europe/Berlin",
    )


def test_given_skips_before_backoff_is_zero_then_nothing_ever_backs_off() -> None:
    """Zero means never."""
    rows: list[Row] = []
    for n in range(1, 5):
        rows += [
            ("20m work", f"{20 * n}:00 prompt position"),
            ("answer skip", f"{20 * n}:00 end position skipped"),
        ]
    day(*POSITION, "set prompts.skips_before_backoff = 0", *rows)


def test_given_a_miss_then_the_tray_mark_stays_until_the_person_takes_a_break() -> None:
    """The mark says that a break is due; a break clears it."""
    missed: Row = (
        "31m work",
        (
            "20:00 prompt position; 25:00 prompt position reminder; "
            "30:00 end position missed; 30:00 mark position missed"
        ),
    )
    before = day(*POSITION, missed)
    after = day(*POSITION, missed, "2m idle", "1s work")

    assert before.state.mark is not None
    assert after.state.mark is None
    assert Presence.AWAY == after.spans[1].presence


def test_given_a_guide_then_it_is_no_showing_from_which_rest_counts() -> None:
    """Rest counts from the prompt; who locks two minutes later had a natural break."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        "2m work",
        ("answer start", "22:00 guide position"),
        "5s work",
        ("2m locked", "22:05 withdraw position locked; 22:35 end position natural"),
    )


def test_given_a_prompt_that_was_switched_off_then_the_one_before_it_is_not_the_last() -> None:
    """A kind reminds again once a prompt of it was not missed, however that one ended."""
    day(
        *POSITION,
        ("26m work", "20:00 prompt position; 25:00 prompt position reminder"),
        ("5m work", "30:00 end position missed; 30:00 mark position missed"),
        ("20m work", "50:00 prompt position"),
        ("set position.enabled = false", "51:00 end position skipped"),
        "set position.enabled = true",
        ("26m work", "71:00 prompt position; 76:00 prompt position reminder"),
    )


def test_given_a_miss_when_another_kind_comes_to_the_screen_then_the_tray_mark_goes() -> None:
    """The screen says that a break is due, so the tray need not."""
    rows: tuple[Row, ...] = (
        *alone("position", "posture"),
        AT_ONCE,
        NO_GAP,
        "set posture.interval_minutes = 35",
        (
            "34m work",
            (
                "20:00 prompt position; 25:00 prompt position reminder; "
                "30:00 end position missed; 30:00 mark position missed"
            ),
        ),
    )
    before = day(*rows)
    after = day(*rows, ("1m work", "35:00 prompt posture"))

    assert before.state.mark is not None
    assert after.state.mark is None
