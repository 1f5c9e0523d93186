"""What befalls the program itself: restarts, kills, sleeps unseen, silent ports, failing channels."""

from __future__ import annotations

import math
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from deskbreak.core import engine
from deskbreak.core.model import (
    Answered,
    Asked,
    Choice,
    Event,
    Facts,
    Hold,
    Log,
    Moment,
    Observed,
    Outcome,
    Paused,
    Phase,
    Presence,
    Prompt,
    Read,
    Reason,
    Record,
    Resumed,
    Rules,
    Shown,
    Span,
    Started,
    Stopped,
    Undelivered,
    Until,
    Withdraw,
)
from deskbreak.core.rules import rules
from deskbreak.core.settings import Layer, Origin, resolve
from deskbreak.core.turn import open_spans, presence_of
from tests.core.days import AT_ONCE, NO_GAP, QUIET_NEVER, alone, clock, day, index

POSITION = (*alone("position"), AT_ONCE)
BERLIN = ZoneInfo("Europe/Berlin")
NINE = 1_772_438_400.0  # 2026-03-02 09:00 in Berlin
CALL = frozenset({Hold.CALL})


def position_only(**settings: object) -> Rules:
    """Return rules under which only position prompts, without waiting for a lull."""
    values: dict[str, object] = {
        f"{kind.name}.enabled": kind.name == "position" for kind in rules(resolve(()), ()).kinds
    }
    values["prompts.wait_for_lull_limit_seconds"] = 0
    values |= {key.replace("__", "."): value for key, value in settings.items()}
    return rules(resolve([Layer(Origin.USER, "test", values)]), ())


class Desk:
    """The engine, told event by event."""

    def __init__(self, made: Rules | None = None, at_s: float = 0.0) -> None:
        self.rules = made or position_only()
        self.state = engine.begin(self.at(at_s), self.rules)
        self.spans: list[Span] = []
        self.ended: list[tuple[str, Outcome | None]] = []

    def at(self, boot_s: float) -> Moment:
        return Moment(boot_s, NINE + boot_s, BERLIN)

    def tell(self, event: Event) -> list[str]:
        """Let *event* happen; return what is asked for, without spans."""
        step = engine.step(self.state, event, self.rules)
        self.state = step.state
        told = []
        for effect in step.effects:
            if isinstance(effect, Record):
                self.spans.append(effect.span)
                continue
            if isinstance(effect, Log):
                self.ended.append((effect.episode.kind, effect.episode.outcome))
            told.append(type(effect).__name__.lower())
        return told

    def start(self, at_s: float, facts: Facts, **more: object) -> list[str]:
        return self.tell(Started(self.at(at_s), facts, **more))  # type: ignore[arg-type]  # as given

    def see(self, at_s: float, idle_s: float | None = 0.0, **more: object) -> list[str]:
        """Look at *at_s*."""
        slept_s = more.pop("slept_s", 0.0)
        assert isinstance(slept_s, float)
        facts = Facts(idle_s, **more)  # type: ignore[arg-type]  # as given
        return self.tell(Observed(self.at(at_s), facts, slept_s))

    def shown(self, at_s: float) -> None:
        """Delivery says that the last prompt is on the screen."""
        e = self.state.episode
        assert e is not None
        self.tell(Shown(self.at(at_s), e.id, e.showing))

    @property
    def presences(self) -> list[str]:
        """Every span so far."""
        spans = [*self.spans, *open_spans(self.state, self.state.at)]
        return [f"{clock(span.seconds)} {span.presence}" for span in spans]


# ── starting ───────────────────────────────────────────────────────────────────────────────


def test_given_a_first_start_when_somebody_has_just_logged_in_then_they_are_there() -> None:
    """The last input is twenty seconds old."""
    desk = Desk()
    desk.start(0, Facts(20.0))
    desk.see(60)

    assert ["01:00 desk"] == desk.presences


def test_given_a_first_start_when_nobody_has_typed_for_long_then_nobody_is_there() -> None:
    """The next input is the first presence."""
    desk = Desk()
    desk.start(0, Facts(600.0))
    desk.see(60, 660.0)
    desk.see(90)
    desk.see(100)

    assert ["01:30 away", "00:10 desk"] == desk.presences


def test_given_a_first_start_behind_a_lock_then_nobody_is_there() -> None:
    """The agent starts with the session, which may be locked at once."""
    desk = Desk()
    desk.start(0, Facts(0.0, locked=True))
    desk.see(60, 60.0, locked=True)

    assert Presence.LOCKED == presence_of(desk.state)


def test_given_a_start_in_a_call_then_somebody_is_there_who_touches_nothing() -> None:
    """The first of the day, or one in the midst of the call: it says that somebody listens."""
    first, second = Desk(), Desk()
    second.start(0, Facts(0.0, holds=CALL))
    second.tell(Stopped(second.at(600)))
    for desk in (first, second):
        desk.start(1200, Facts(1200.0, holds=CALL))

    assert [Presence.DESK] * 2 == [presence_of(desk.state) for desk in (first, second)]


def test_given_a_restart_behind_a_lock_then_typing_there_is_no_return() -> None:
    """The lock counts on, and is the break."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(900)
    desk.tell(Stopped(desk.at(900)))
    desk.start(905, Facts(0.0, locked=True))

    assert ["log"] == desk.see(945, 40.0, locked=True)
    assert [("position", Outcome.NATURAL)] == desk.ended


def test_given_input_during_the_off_time_then_it_counts_only_if_it_is_fresh() -> None:
    """Half an hour ago somebody typed; that they are there now nobody knows."""
    stale, fresh = Desk(), Desk()
    for desk in (stale, fresh):
        desk.start(0, Facts(0.0))
        desk.see(600)
        desk.tell(Stopped(desk.at(600)))
    stale.start(4200, Facts(1800.0))
    fresh.start(4200, Facts(30.0))

    assert [Presence.AWAY, Presence.DESK] == [presence_of(desk.state) for desk in (stale, fresh)]


def test_given_a_restart_then_input_from_before_it_brings_nobody_back() -> None:
    """Who typed last before the restart may have left since."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(600)
    desk.tell(Stopped(desk.at(600)))
    desk.start(603, Facts(3.5))

    assert Presence.AWAY == presence_of(desk.state)


def test_given_a_restart_of_a_few_seconds_then_later_prompts_stay_where_they_were() -> None:
    """Three seconds off are no break; they count in."""
    day(*POSITION, "15m work", "3s off", ("5m work", "20:00 prompt position"))


def test_given_an_open_prompt_when_the_agent_ends_then_it_goes_and_comes_back() -> None:
    """The state survives, and fifteen seconds of presence pass first."""
    day(
        *POSITION,
        ("22m work", "20:00 prompt position"),
        ("20s off", "22:00 withdraw position off"),
        ("1m work", "22:35 prompt position"),
    )


def test_given_an_open_prompt_when_the_agent_was_off_for_the_credit_then_it_ended_as_natural() -> (
    None
):
    """At the instant at which the absence was long enough."""
    day(
        *POSITION,
        ("22m work", "20:00 prompt position"),
        ("10m off", "22:00 withdraw position off"),
        ("1m work", "24:00 end position natural"),
    )


def test_given_a_postponed_prompt_then_its_deadline_survives_a_restart() -> None:
    """Five minutes from the answer, not from the start."""
    day(
        *POSITION,
        ("20m work", "20:00 prompt position"),
        ("answer postpone", "20:00 withdraw position postpone"),
        "1m work",
        "20s off",
        ("5m work", "25:00 prompt position"),
    )


def test_given_words_while_the_agent_is_off_then_they_are_heard_at_its_start() -> None:
    """A pause that somebody wrote before the first span is a pause."""
    day(*POSITION, "pause 30m", ("31m work", "30:30 prompt position"))
    day(
        *POSITION,
        "10m work",
        "10s off",
        ("take position", ""),
        ("1m work", "10:10 prompt position"),
    )


def test_given_two_times_off_in_a_row_then_they_are_one() -> None:
    """Who does not run cannot stop."""
    day(*POSITION, "19m work", "20s off", "20s off", ("1m work", "20:00 prompt position"))


def test_given_no_tally_of_the_off_time_then_every_held_time_begins_anew() -> None:
    """After a reboot with a clock that went backwards nobody knows how long it was."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(900)
    desk.tell(Stopped(desk.at(900)))
    desk.start(900, Facts(0.0), off_is_known=False)

    assert [900.0] * 6 == [kind.held_from_s for kind in desk.state.kinds]


def test_given_no_tally_of_the_off_time_when_one_was_reading_before_then_nothing_is_held() -> None:
    """What the rows say is mended; how long a position was held, nobody can tell."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(720, 120.0)
    desk.see(730, 0.0)
    desk.tell(Stopped(desk.at(740)))
    desk.start(740, Facts(0.0), off_is_known=False)

    assert ["undo"] == desk.tell(Read(desk.at(741)))
    assert 740.0 <= desk.state.kinds[1].held_from_s


def test_given_a_reboot_into_another_day_when_one_was_reading_before_then_it_adds_nothing() -> None:
    """The kill came with the return, and the clock was put back: the absence lay in another day."""
    desk = Desk()
    desk.start(0, Facts(600.0))
    desk.see(480)
    week_before = replace(desk.at(480), unix_s=NINE + 480 - 7 * 86_400)
    desk.tell(Started(week_before, Facts(0.0), off_is_known=False))
    desk.tell(Read(week_before))

    assert 0.0 == desk.state.desk_s


def test_given_a_kill_then_the_person_was_there_until_the_last_sign_of_life() -> None:
    """The heartbeat dates it; what fell due until then is done."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(600)
    told = desk.start(1300, Facts(0.0), alive_boot_s=630.0)

    assert ["log"] == told
    assert ["10:30 desk", "11:10 off"] == desk.presences


def test_given_a_kill_with_a_prompt_on_the_screen_then_it_is_withdrawn_then() -> None:
    """No notification of ours outlives us."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    assert ["prompt"] == desk.see(1200)
    desk.shown(1201)
    told = desk.start(1280, Facts(0.0), alive_boot_s=1230.0)

    assert ["withdraw"] == told
    assert ["20:30 desk", "00:50 off"] == desk.presences


def test_given_a_sign_of_life_that_makes_no_sense_then_it_is_bounded() -> None:
    """It lies neither before the last event nor after the start."""
    early, late, none = Desk(), Desk(), Desk()
    for desk, alive_s in ((early, 5.0), (late, 9e9), (none, None)):
        desk.start(0, Facts(0.0))
        desk.see(600)
        desk.start(1300, Facts(0.0), alive_boot_s=alive_s)

    assert ["10:00 desk", "11:40 off"] == early.presences == none.presences
    assert ["21:40 desk"] == late.presences


def test_given_an_agent_that_ended_then_events_only_pass_the_time() -> None:
    """Nobody who does not run hears anything."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.tell(Stopped(desk.at(600)))

    assert [] == desk.tell(Asked(desk.at(700), "position"))
    assert ["log"] == desk.see(800)  # the absence reached the credit
    assert [] == desk.tell(Stopped(desk.at(850)))
    assert Presence.OFF == presence_of(desk.state)


def test_given_a_call_that_went_on_behind_a_lock_when_it_is_unlocked_then_somebody_is_there() -> (
    None
):
    """Unlocked for them by a finger or a face, they listen on and touch nothing."""
    desk = Desk()
    desk.start(0, Facts(0.0, holds=CALL))
    desk.see(600, 0.0, locked=True, holds=CALL)
    desk.see(800, 200.0, holds=CALL)

    assert Presence.DESK == presence_of(desk.state)


def test_given_a_call_that_begins_behind_a_lock_then_nobody_is_there_and_the_lock_counts() -> None:
    """A call shelters whoever can be seen in it, and a locked screen shows nobody."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(600)
    desk.see(601, 1.0, locked=True)
    desk.see(610, 10.0, locked=True, holds=CALL)

    assert ["log"] == desk.see(640, 40.0, locked=True, holds=CALL)
    assert [("position", Outcome.NATURAL)] == desk.ended


# ── time unseen ────────────────────────────────────────────────────────────────────────────


def test_given_a_look_that_comes_much_too_late_then_the_time_was_an_absence() -> None:
    """Asked for at 19:30 and come at 30:00: the program stood still, and so may the person."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    assert 1170.0 == desk.state.next_look_s
    desk.see(1800, 0.0)

    assert ["19:30 desk", "10:30 off"] == desk.presences
    assert [("position", Outcome.NATURAL)] == desk.ended


def test_given_a_look_a_minute_late_then_nothing_is_made_of_it() -> None:
    """The machine was busy."""
    desk = Desk()
    desk.start(0, Facts(0.0))

    assert ["prompt"] == desk.see(1170 + 89, 0.0)
    assert ["20:59 desk"] == desk.presences


def test_given_another_event_after_a_long_standstill_then_the_absence_is_booked_as_well() -> None:
    """Whatever comes first after it: here a click that was waiting."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.tell(Asked(desk.at(3600), "stretch"))
    desk.see(3601, 0.0)

    assert ["19:30 desk", "40:30 off"] == desk.presences[:2]
    assert Presence.DESK == presence_of(desk.state)


def test_given_a_sleep_that_nobody_announced_then_it_is_one() -> None:
    """The boot clock ran ahead of the one that stops."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(600)
    desk.see(1100, 0.0, slept_s=480.0)

    assert ["10:20 desk", "08:00 asleep"] == desk.presences


def test_given_a_sleep_in_which_the_look_fell_due_then_it_begins_where_it_began() -> None:
    """Not with the look that was missed."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(600)
    desk.see(4300, 0.0, slept_s=3600.0)

    assert ["11:40 desk", "60:00 asleep"] == desk.presences


def test_given_a_sleep_that_was_announced_then_it_is_not_booked_twice() -> None:
    """The clocks tell the same once more."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(600, 0.0, asleep=True)
    desk.see(4200, 0.0, slept_s=3590.0)

    assert ["10:00 desk", "60:00 asleep"] == desk.presences


def test_given_a_sleep_unseen_with_a_prompt_open_then_it_is_withdrawn() -> None:
    """And the sleep of the credit's length was the rest."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    assert ["prompt"] == desk.see(1200)
    desk.shown(1200)

    assert ["withdraw", "log"] == desk.see(1300, 95.0, slept_s=90.0)
    assert [("position", Outcome.TAKEN)] == desk.ended
    assert Presence.AWAY == presence_of(desk.state)


def test_given_a_sleep_unseen_with_a_prompt_open_then_sleep_is_the_reason() -> None:
    """Not that deskbreak did not run."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    assert ["prompt"] == desk.see(1200)
    desk.shown(1200)
    step = engine.step(desk.state, Observed(desk.at(1300), Facts(95.0), 90.0), desk.rules)

    assert [Reason.ASLEEP] == [x.reason for x in step.effects if isinstance(x, Withdraw)]


def test_given_time_unseen_then_input_in_it_brings_the_person_back_and_none_before_it() -> None:
    """Two readings of one last input differ a little; the key that sent it to sleep is no return."""
    stood_still, slept = Desk(), Desk()
    stood_still.start(0, Facts(0.0))
    stood_still.see(1800, 5.0)
    slept.start(0, Facts(0.0))
    slept.see(600)
    slept.see(1100, 480.1, slept_s=480.0)

    assert [Presence.DESK, Presence.AWAY] == [presence_of(x.state) for x in (stood_still, slept)]


def test_given_events_out_of_order_then_no_time_runs_backwards() -> None:
    """Stamped by two threads, a moment apart."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(600)
    desk.tell(Paused(desk.at(599), Until()))
    desk.see(598)

    assert 600.0 == desk.state.at.boot_s


def test_given_a_pause_in_the_midst_of_work_when_the_agent_ends_then_all_of_it_was_desk_time() -> (
    None
):
    """Input went on, or its end would have been reported."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.tell(Paused(desk.at(300), Until()))
    desk.tell(Stopped(desk.at(600)))

    assert ["05:00 desk", "05:00 desk"] == desk.presences


def test_given_a_report_of_input_older_than_the_last_event_then_no_span_is_torn() -> None:
    """The last input came before somebody answered."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(100)
    desk.tell(Paused(desk.at(200), Until()))
    desk.see(201, 10.0)

    assert ["03:20 desk", "00:01 desk"] == desk.presences
    assert 191.0 == desk.state.input_s


def test_given_a_single_touch_between_two_absences_then_neither_return_is_the_days_first() -> None:
    """So neither begins a quiet time, nor the held time anew."""
    desk = Desk(position_only(position__credit_idle_seconds=0, position__credit_lock_seconds=0))
    desk.start(0, Facts(0.0))
    for at_s, idle_s in ((600, 0.0), (720, 120.0), (800, 0.0), (920, 120.0), (1000, 0.0)):
        assert [] == desk.see(at_s, idle_s)

    assert ["prompt"] == desk.see(1200)


# ── ports that cannot tell ─────────────────────────────────────────────────────────────────


def test_given_no_idle_time_then_the_person_is_there_while_unlocked() -> None:
    """Nothing can tell of input: the limit of the lull opens the gate, a lock is an absence."""
    made = position_only(prompts__wait_for_lull_limit_seconds=120)
    desk = Desk(made)
    desk.start(0, Facts(None))

    assert [] == desk.see(1200, None)
    assert ["prompt"] == desk.see(1320, None)
    desk.shown(1320)
    assert ["withdraw"] == desk.see(1325, None, locked=True)
    assert ["log"] == desk.see(1400, None, locked=True)
    desk.see(1401, None)
    desk.see(1460, None)
    assert ["22:05 desk", "01:16 locked", "00:59 desk"] == desk.presences


def test_given_no_idle_time_then_any_event_is_as_good_as_a_look() -> None:
    """A look would tell nothing of input that is not known without it."""
    desk = Desk()
    desk.start(0, Facts(None))
    desk.see(1170, None)

    assert ["prompt"] == desk.tell(Read(desk.at(1200)))


def test_given_an_idle_source_that_falls_silent_in_an_absence_then_it_ends() -> None:
    """Nothing could ever tell that the person is back."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(600)
    desk.see(720, 120.0)
    desk.see(900, None)

    assert Presence.DESK == presence_of(desk.state)
    assert ["10:00 desk", "05:00 away"] == desk.presences


def test_given_an_idle_source_that_wakes_up_then_it_is_believed() -> None:
    """From then on the last input is known."""
    desk = Desk()
    desk.start(0, Facts(None))
    desk.see(600, None)
    desk.see(700, 50.0)
    desk.see(770, 120.0)

    assert ["10:50 desk", "02:00 away"] == desk.presences


def test_given_no_idle_time_in_a_call_then_nobody_is_ever_declared_gone() -> None:
    """Two hours without input cannot be counted where no input is."""
    desk = Desk()
    desk.start(0, Facts(None))
    desk.see(600, None, holds=CALL)
    desk.see(18_000, None, holds=CALL)

    assert Presence.DESK == presence_of(desk.state)


def test_given_an_idle_source_that_wakes_up_in_a_call_then_hours_without_input_end_it() -> None:
    """What it says is believed from the look on at which it says it."""
    desk = Desk()
    desk.start(0, Facts(None, holds=CALL))
    assert desk.state.next_look_s is not None
    desk.see(desk.state.next_look_s, 9000.0, holds=CALL)
    desk.see(desk.state.at.boot_s + 120, 9120.0, holds=CALL)

    assert Presence.AWAY == presence_of(desk.state)


def test_given_an_idle_source_that_wakes_up_in_a_call_then_its_two_hours_are_the_sources() -> None:
    """They count from the last input, even from one before the start."""
    desk = Desk()
    desk.start(0, Facts(None, holds=CALL))
    desk.see(1500, 3000.0, holds=CALL)
    desk.see(3900, 5400.0, holds=CALL)  # the tray's mark
    assert Presence.DESK == presence_of(desk.state)
    desk.see(5700, 7200.0, holds=CALL)
    desk.see(5820, 7320.0, holds=CALL)

    assert Presence.AWAY == presence_of(desk.state)
    assert "95:00 desk" == desk.presences[0]


def test_given_typing_at_the_lock_screen_just_before_it_opens_then_the_engine_listens_again() -> (
    None
):
    """No mark was reached since, so the next input would not be reported."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(600, 0.0, locked=True)
    desk.see(700, 0.4)

    assert 701.0 == desk.state.next_look_s
    assert 1.0 in desk.state.marks
    desk.see(701, 0.2)
    assert Presence.DESK == presence_of(desk.state)


# ── channels that fail ─────────────────────────────────────────────────────────────────────


class Broken(Desk):
    """A desk at which the last prompt can be refused."""

    def refuse(self, at_s: float) -> None:
        e = self.state.episode
        assert e is not None
        self.tell(Undelivered(self.at(at_s), e.id, e.showing))


def offered(at_s: float = 1200.0) -> Broken:
    """Return a desk with a prompt that is on its way to the screen."""
    desk = Broken()
    desk.start(0, Facts(0.0))
    assert ["prompt"] == desk.see(at_s)
    return desk


def test_given_a_prompt_that_nothing_can_show_then_it_is_tried_again_later_each_time() -> None:
    """After one minute, then two, then four, while the episode is open."""
    desk = offered()
    desk.refuse(1200)
    tries = []
    for at_s in range(1201, 1800):
        if desk.see(at_s) == ["prompt"]:
            tries.append(at_s)
            desk.refuse(at_s)

    assert [1260, 1380, 1620] == tries


def test_given_a_prompt_that_was_never_shown_then_it_ends_as_undelivered_and_stays_due() -> None:
    """Held time is kept, no gap begins, and the next try waits its turn."""
    desk = offered()
    desk.refuse(1200)
    for at_s in (1260, 1380, 1620):
        assert ["prompt"] == desk.see(at_s)
        desk.refuse(at_s)
    assert desk.state.episode is not None
    assert 4 == desk.state.episode.failures

    assert ["log"] == desk.see(1800)
    assert [("position", Outcome.UNDELIVERED)] == desk.ended
    assert [] == desk.see(2099)
    assert ["prompt"] == desk.see(2100)
    assert 0.0 == desk.state.kinds[1].held_from_s


def test_given_a_prompt_that_is_shown_at_last_then_all_is_well() -> None:
    """The failures are forgotten, its patience begins with the showing."""
    desk = offered()
    desk.refuse(1200)
    assert ["prompt"] == desk.see(1260)
    desk.shown(1261)

    assert 0 == desk.state.failures_in_row
    assert [] == desk.see(1560)
    assert ["prompt"] == desk.see(1561)


def test_given_a_failing_prompt_when_a_call_begins_then_it_waits_and_fails_anew() -> None:
    """Nothing is tried in a call, and its time is not held against the prompt."""
    desk = offered()
    desk.refuse(1200)
    assert [] == desk.see(1210, holds=CALL)
    assert desk.state.episode is not None
    assert Phase.WAITING is desk.state.episode.phase
    assert [] == desk.see(3000, holds=CALL)
    assert [] == desk.see(3001)
    assert ["prompt"] == desk.see(3031)
    desk.refuse(3031)

    assert [] == desk.see(3100)
    assert [] == desk.ended


def test_given_a_failing_prompt_when_the_person_leaves_shortly_then_its_time_waits() -> None:
    """Patience runs for people at the desk."""
    desk = offered()
    desk.refuse(1200)
    desk.see(1201)
    desk.see(1202, 1.0, locked=True)
    desk.see(1212, 0.0)
    desk.see(1213)

    assert desk.state.episode is not None
    assert Phase.WAITING is desk.state.episode.phase


def test_given_a_failing_prompt_when_the_person_is_idle_then_its_time_waits() -> None:
    """An absence without a lock leaves it as it is, and its patience waits."""
    made = position_only(position__credit_idle_seconds=3600)
    desk = Broken(made)
    desk.start(0, Facts(0.0))
    assert ["prompt"] == desk.see(1200)
    desk.refuse(1200)
    desk.see(1320, 120.0)
    desk.see(1500)

    assert desk.state.episode is not None
    assert 1500.0 == desk.state.episode.patience_from_s


def test_given_a_prompt_that_came_back_and_fails_then_it_is_missed_in_the_end() -> None:
    """It was on the screen once, so it was delivered."""
    desk = offered()
    desk.shown(1200)
    assert ["withdraw"] == desk.see(1210, holds=CALL)
    desk.see(1211)
    assert ["prompt"] == desk.see(1241)
    desk.refuse(1241)
    for at_s in (1301, 1421, 1661):
        assert ["prompt"] == desk.see(at_s)
        desk.refuse(at_s)

    assert ["log", "mark"] == desk.see(1841)
    assert [("position", Outcome.MISSED)] == desk.ended


def test_given_a_break_asked_for_in_a_hold_that_no_channel_shows_then_the_tray_marks_it() -> None:
    """It is delayed like any other, though nothing was ever on the screen."""
    dnd = frozenset({Hold.DND})
    desk = Broken(position_only(position__patience_minutes=60))
    desk.start(0, Facts(0.0, holds=dnd))
    assert ["prompt"] == desk.tell(Asked(desk.at(1), "position"))
    desk.refuse(1)

    assert [] == desk.see(2699, 0.0, holds=dnd)
    assert ["mark"] == desk.see(2701, 0.0, holds=dnd)


def test_given_a_channel_that_works_again_then_no_break_waits_for_it_any_more() -> None:
    """It has shown a break that was asked for, so the next one need not be put off."""
    desk = Broken(replace(position_only(), min_gap_s=0.0))
    desk.start(0, Facts(0.0))
    for at_s in (1200, 1260, 1380, 1620):
        assert ["prompt"] == desk.see(at_s)
        desk.refuse(at_s)
    assert ["log"] == desk.see(1800)
    assert ["prompt"] == desk.tell(Asked(desk.at(1810), "posture"))
    desk.shown(1810)

    assert ["log"] == desk.tell(Answered(desk.at(1811), Choice.DONE))
    assert 1812 < desk.state.retry_at_s
    assert ["prompt"] == desk.see(1812)


def test_given_a_prompt_that_came_back_and_fails_then_a_lock_after_it_is_no_rest() -> None:
    """It is not on the screen, so nobody leaves because of it."""
    desk = offered()
    desk.shown(1200)
    assert ["withdraw"] == desk.see(1201, holds=CALL)
    desk.see(1202)
    assert ["prompt"] == desk.see(1232)
    desk.refuse(1232)
    assert [] == desk.see(1240, locked=True)

    assert ["log"] == desk.see(1300, 60.0, locked=True)
    assert [("position", Outcome.NATURAL)] == desk.ended


def test_given_a_reminder_that_fails_then_the_prompt_stays_where_it_is() -> None:
    """The first showing may still be there."""
    desk = offered()
    desk.shown(1200)
    assert ["prompt"] == desk.see(1500)
    desk.refuse(1500)

    assert desk.state.episode is not None
    assert Phase.SHOWN is desk.state.episode.phase
    assert ["log", "mark"] == desk.see(1800)


def test_given_late_reports_then_they_change_nothing() -> None:
    """Of another episode, of a showing that is not the last, of one that never was."""
    desk = offered()
    e = desk.state.episode
    assert e is not None
    for event in (
        Shown(desk.at(1201), e.id + 1, 1),
        Shown(desk.at(1201), e.id, 2),
        Undelivered(desk.at(1201), e.id + 1, 1),
        Undelivered(desk.at(1201), e.id, 2),
    ):
        assert [] == desk.tell(event)

    assert desk.state.episode == e
    assert [] == desk.tell(Answered(desk.at(1202), Choice.DONE, e.id + 1))


def test_given_a_report_of_an_earlier_showing_then_the_later_one_is_awaited() -> None:
    """What it speaks of was withdrawn since."""
    desk = offered()
    assert ["withdraw"] == desk.see(1201, holds=CALL)
    desk.see(1202)
    assert ["prompt"] == desk.see(1232)
    e = desk.state.episode
    assert e is not None
    desk.tell(Shown(desk.at(1233), e.id, 1))

    assert e == desk.state.episode
    assert () == desk.state.showings


def test_given_a_showing_that_is_reported_again_then_the_time_for_rest_does_not_begin_anew() -> (
    None
):
    """Who leaves more than a minute after the prompt did not leave because of it."""
    desk = offered()
    desk.shown(1200)
    desk.shown(1250)
    for idle_s in (5.0, 60.0, 120.0):  # since 1270
        desk.see(1270 + idle_s, idle_s)

    assert [("position", Outcome.NATURAL)] == desk.ended


def test_given_a_showing_that_comes_to_the_screen_after_all_then_it_is_shown() -> None:
    """A channel may be late; what it says last is true."""
    desk = offered()
    desk.refuse(1200)
    desk.shown(1204)

    assert desk.state.episode is not None
    assert Phase.SHOWN is desk.state.episode.phase
    assert [] == desk.see(1260)


def test_given_a_locked_screen_when_the_guide_is_asked_for_then_it_stays_dark() -> None:
    """A command can come from elsewhere; steps that nobody sees are no break."""
    desk = offered()
    desk.shown(1200)
    assert ["withdraw"] == desk.see(1201, locked=True)

    assert [] == desk.tell(Answered(desk.at(1202), Choice.START))
    assert [] == desk.tell(Answered(desk.at(1203), Choice.NOT_FOR_ME))


def test_given_a_guide_before_the_prompt_was_reported_then_it_counts_as_shown_once() -> None:
    """The steps are on the screen: that is a showing."""
    desk = offered()
    assert ["guide"] == desk.tell(Answered(desk.at(1200), Choice.START))
    assert 1 == len(desk.state.showings)
    desk.shown(1201)

    assert 1 == len(desk.state.showings)
    assert desk.state.episode is not None
    assert Phase.GUIDED is desk.state.episode.phase


def test_given_a_guide_before_the_prompt_was_reported_when_one_leaves_then_it_was_rest() -> None:
    """The break began with the steps."""
    desk = offered()
    assert ["guide"] == desk.tell(Answered(desk.at(1200), Choice.START))
    assert ["withdraw"] == desk.see(1210, 0.0, locked=True)

    assert ["log"] == desk.see(1300, 90.0, locked=True)
    assert [("position", Outcome.TAKEN)] == desk.ended


def test_given_steps_of_a_prompt_then_the_guide_lasts_as_long_as_they_do() -> None:
    """Its own steps, not those of another prompt."""
    long, short = index("position-1", "position-2")
    made = replace(position_only(), index=(replace(long, total_s=90), replace(short, total_s=50)))
    desk = Desk(made)
    desk.start(0, Facts(0.0))
    assert ["prompt"] == desk.see(1200)
    desk.shown(1200)
    assert desk.state.episode is not None
    lasts_s = {"position-1": 90, "position-2": 50}[desk.state.episode.prompt or ""]
    assert ["guide"] == desk.tell(Answered(desk.at(1201), Choice.START))

    assert [] == desk.see(1200 + lasts_s)
    assert ["log"] == desk.see(1201 + lasts_s)


# ── odds and ends ──────────────────────────────────────────────────────────────────────────


def test_given_a_kind_that_is_unknown_then_asking_for_it_changes_nothing() -> None:
    """Who speaks to the engine may be older than its table of kinds."""
    desk = Desk()
    desk.start(0, Facts(0.0))

    assert [] == desk.tell(Asked(desk.at(1), "yoga"))


def test_given_a_step_then_the_state_that_was_given_is_unchanged() -> None:
    """States are handed out; a step works on a copy."""
    desk = Desk()
    before = desk.state
    copy = before.copy()
    desk.start(0, Facts(0.0))

    assert copy == before
    assert math.isinf(before.input_s)


def test_given_a_gap_of_zero_and_a_late_click_then_nothing_is_offered_on_old_facts() -> None:
    """Between two looks nobody knows of a lull; the next mark tells."""
    made = replace(position_only(), lull_limit_s=120.0, min_gap_s=0.0)
    desk = Desk(made)
    desk.start(0, Facts(0.0))
    assert [] == desk.see(1200, 0.0)

    assert [] == desk.tell(Paused(desk.at(1212), Until(boot_s=1212.0)))
    assert ["prompt"] == desk.see(1220, 5.0)


def test_given_a_click_in_the_midst_of_typing_then_the_wait_for_a_lull_goes_on() -> None:
    """No mark was reached, so input went on: the limit of the wait is where it was."""
    desk = Desk(replace(position_only(), lull_limit_s=120.0))
    desk.start(0, Facts(0.0))
    assert [] == desk.see(1200, 0.0)
    assert [] == desk.tell(Read(desk.at(1265)))

    assert 1320.0 == desk.state.next_look_s
    assert ["prompt"] == desk.see(1320, 0.0)


@pytest.mark.parametrize("idle_s", [0.0, None])
def test_given_a_lull_of_one_second_then_a_click_in_typing_is_none(idle_s: float | None) -> None:
    """Nor is it one where nothing can tell of input: there the limit opens the gate."""
    made = position_only(prompts__wait_for_lull_seconds=1, prompts__wait_for_lull_limit_seconds=120)
    desk = Desk(made)
    desk.start(0, Facts(idle_s))
    assert [] == desk.see(1200, idle_s)

    assert [] == desk.tell(Read(desk.at(1201)))
    assert ["prompt"] == desk.see(1320, idle_s)


def test_given_a_click_long_after_the_last_look_then_the_engine_looks_before_it_offers() -> None:
    """In between the person may have left."""
    desk = Desk()
    desk.start(0, Facts(0.0))
    desk.see(1100, 0.0, holds=CALL)
    desk.see(1300, 0.0)

    assert [] == desk.tell(Resumed(desk.at(1345)))
    assert desk.state.next_look_s is not None
    assert 1345.0 >= desk.state.next_look_s
    assert [] == desk.see(1365, 65.0)
    assert ["prompt"] == desk.see(1400, 0.0)


@pytest.mark.parametrize("unused", [NO_GAP, QUIET_NEVER])
def test_given_any_limit_of_zero_then_a_day_is_still_a_day(unused: str) -> None:
    """Zero minutes mean that nothing is waited for."""
    day(*POSITION, unused, ("20m work", "20:00 prompt position"))


def test_given_a_prompt_event_then_it_knows_whether_it_is_a_reminder() -> None:
    """Whoever shows it writes another word above it."""
    desk = offered()
    e = desk.state.episode
    assert e is not None

    assert not Prompt(desk.at(0), e).is_reminder
    assert Prompt(desk.at(0), replace(e, phase=Phase.SHOWN)).is_reminder


def test_given_a_short_stillness_when_the_agent_ends_then_the_absence_begins_with_it() -> None:
    """The facts were read at that very moment: the last input was 32 s ago."""
    day(
        *POSITION,
        "15m work",
        "32s idle",
        "16s off",
        ("2m idle", "17:00 end position natural"),
    )


def test_given_input_in_the_very_moment_of_the_stop_then_it_brings_nobody_back() -> None:
    """It was typed before."""
    played = day(*alone(), "15m work", "10s off", "20s idle", "1m work")

    assert ["15:00 desk", "00:10 off", "00:20 away", "01:00 desk"] == played.presences
