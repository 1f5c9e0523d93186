"""The oracle is reviewed: it is silent where the engine is right, and names what is wrong."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from deskbreak.core.model import Hold
from tests.simulator.oracle_desk import Desk, lines
from tests.simulator.oracle_story import CYCLE, Story

ONE_KIND = {"stretch_enabled": False, "posture_enabled": False, "habit_enabled": False}

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulator.oracle import Violation

# The first prompt of a day at the desk; most stories begin so.
SHOWN = """
0 goes work
1320 prompt position
1320 shown
"""

MISSED = """
0 goes work
1320 prompt position
1320 shown
1740 remind
1740 shown
1920 end missed
1920 mark position missed
"""

ABSENT = """
0 goes work
900 goes idle
1020 natural position
1200 goes work
"""


def played(
    seed: int, settings: Mapping[str, object], planted: Mapping[str, object]
) -> list[Violation]:
    """Return what the oracle has to say about some days."""
    chance = random.Random(seed)  # noqa: S311 - a test that must repeat itself keeps no secret
    desk = Desk(chance, settings, planted)
    for line in lines(chance, 60):
        desk.line(line)
    desk.close()
    return desk.oracle.violations


RIGHT = [
    pytest.param(SHOWN + "1350 says done\n1350 end taken answer\n2600 look", {}, id="an answer"),
    pytest.param(MISSED + "3239 look", {}, id="a miss"),
    pytest.param(SHOWN + "1340 goes idle\n1400 end taken rest", {}, id="rest without a lock"),
    pytest.param(
        SHOWN + "1330 goes locked\n1330 withdraw locked\n1360 end taken rest",
        {},
        id="rest behind a lock",
    ),
    pytest.param(
        SHOWN + "1340 says postpone\n1340 withdraw postpone\n1760 again\n1760 shown\n1800 look",
        {},
        id="postponed, back after five minutes and the wait for a lull",
    ),
    pytest.param(
        SHOWN + "1350 goes work call\n1350 withdraw call\n1800 goes work\n1950 again\n1950 shown",
        {},
        id="withdrawn by a call, back thirty seconds and a wait after it",
    ),
    pytest.param(
        SHOWN + "1390 goes idle\n1510 end natural",
        {},
        id="too late for rest: natural at the credit",
    ),
    pytest.param(ABSENT, {}, id="a natural break of its own"),
    pytest.param(
        "0 goes work\n500 goes idle\n620 look\n700 goes work\n2019 look",
        {},
        id="an absence before half the interval had run is no natural break",
    ),
    pytest.param(
        "0 goes work\n1200 goes idle\n1205 prompt position\n1205 shown\n1265 end taken rest",
        {},
        id="a lull is a good moment",
    ),
    pytest.param(
        "0 goes work\n1230 sets position_interval_s 1800\n1900 look",
        {},
        id="a longer interval is not due",
    ),
    pytest.param(
        SHOWN + "1330 sets position_enabled off\n1330 end skipped",
        {},
        id="a kind switched off while its episode is open",
    ),
    pytest.param(
        "0 goes work call\n3900 mark position call\n4000 look",
        {},
        id="after 45 minutes of a call the tray speaks",
    ),
    pytest.param(
        ABSENT + "1210 reads\n1210 undo 900 1200 1\n1330 look",
        ONE_KIND,
        id="reading gives the held time back",
    ),
    pytest.param(
        "0 goes work\n30 takes stretch\n30 asked stretch\n30 shown\n60 says skip\n60 end skipped",
        {},
        id="asked for at once",
    ),
    pytest.param(
        "0 goes work\n1320 prompt position\n1320 failed\n1500 again\n1500 shown",
        {},
        id="no channel, tried again after a minute",
    ),
    pytest.param(
        "0 goes work\n1320 prompt position\n1320 failed\n1500 again\n1500 failed\n"
        "1740 again\n1740 failed\n1920 end undelivered\n2100 prompt position\n2100 failed",
        {},
        id="undelivered when the patience has run out, and the wait between tries goes on",
    ),
    pytest.param(
        SHOWN + "1330 says done\n1330 end taken answer\n1331 pauses\n3000 look\n"
        "5230 mark position paused",
        ONE_KIND,
        id="a pause without a time",
    ),
    pytest.param(
        "0 goes work\n100 pauses 2000\n2250 prompt position",
        ONE_KIND,
        id="a pause that ends",
    ),
    pytest.param(
        SHOWN + "1340 says done\n1340 end taken answer\n1940 prompt position\n1940 shown\n"
        "1950 says done\n1950 end taken answer\n3390 look",
        ONE_KIND | {"position_cycle": CYCLE, "min_gap_s": 0.0},
        id="sit, stand, move, sit",
    ),
]


@pytest.mark.parametrize(("story", "settings"), RIGHT)
def test_given_an_engine_that_is_right_then_the_oracle_is_silent(
    story: str, settings: dict[str, object]
) -> None:
    """What the contract asks for is no violation."""
    assert [] == Story(settings).tell(story)


WRONG = [
    # the gate
    ("INV-05 offer missed", "0 goes work\n1330 look", {}),
    ("INV-05 offer missed", "0 goes work\n1330 prompt position", {}),
    ("INV-04 early", "0 goes work\n1180 prompt position", {}),
    ("gate 4 no good moment", "0 goes work\n1260 prompt position", {}),
    ("gate 4 no good moment", "0 goes work\n1200 goes idle\n1202 prompt position", {}),
    ("INV-02 hold", "0 goes work\n600 goes work call\n1320 prompt position", {}),
    ("INV-02 after holds", "0 goes work call\n1190 goes work\n1210 prompt position", {}),
    (
        "INV-09 gap",
        SHOWN + "1330 says done\n1330 end taken answer\n1330 sets position_interval_s 600\n"
        "1950 prompt position",
        ONE_KIND,
    ),
    (
        "INV-09 cap of the kind",
        SHOWN + "1330 says done\n1330 end taken answer\n2650 prompt position",
        ONE_KIND | {"position_daily_cap": 1},
    ),
    (
        "INV-09 cap",
        SHOWN + "1330 says done\n1330 end taken answer\n2650 prompt position",
        ONE_KIND | {"daily_cap": 1},
    ),
    (
        "INV-09 hour or INV-07",
        SHOWN + "1330 says done\n1330 end taken answer\n2650 prompt position",
        ONE_KIND | {"max_per_hour": 1},
    ),
    (
        "quiet after absence",
        "0 goes work\n1000 goes locked\n1400 goes work\n1900 prompt position",
        ONE_KIND | {"position_credit_idle_s": 0.0, "position_credit_lock_s": 0.0},
    ),
    (
        "INV-07 after return",
        "0 goes work\n1200 goes locked\n1220 goes work\n1230 prompt position",
        ONE_KIND | {"lull_limit_s": 0.0},
    ),
    (
        "moved",
        (
            "0 goes work\n600 takes stretch\n600 asked stretch\n600 shown\n610 says done\n"
            "610 end taken answer\n1450 prompt posture"
        ),
        {"posture_interval_s": 1200.0, "position_enabled": False},
    ),
    (
        "INV-08 rank",
        "0 goes work\n1320 prompt posture",
        {"posture_interval_s": 1200.0},
    ),
    ("INV-08 not folded", "0 goes work\n3720 prompt stretch", {"position_interval_s": 3600.0}),
    (
        "INV-08 folded",
        "0 goes work\n3720 prompt stretch +position",
        {"position_interval_s": 7200.0},
    ),
    ("INV-01 two open", SHOWN + "1330 prompt stretch", {}),
    ("INV-02 prompt while away", "0 goes work\n1200 goes locked\n1210 prompt position", {}),
    ("INV-30 disabled", "0 goes work\n1320 prompt position", {"position_enabled": False}),
    ("asked", "0 goes work\n1320 asked position", {}),
    ("take unheeded", "0 goes work\n30 takes stretch", {}),
    # while an episode is open
    ("INV-03 withdraw missed", SHOWN + "1330 goes work call\n1340 look", {}),
    ("INV-03 withdraw reason", SHOWN + "1330 goes work call\n1330 withdraw locked", {}),
    ("INV-03 withdraw reason", SHOWN + "1330 withdraw call", {}),
    ("withdraw twice", SHOWN + "1330 goes locked\n1330 withdraw locked\n1331 withdraw locked", {}),
    ("INV-10 reminder missed", SHOWN + "1745 look", {}),
    ("INV-10 reminder", SHOWN + "1640 remind", {}),
    ("INV-10 reminder", SHOWN + "1740 remind\n1740 shown\n1900 remind", {}),
    (
        "INV-10 reminder",
        "0 goes work\n2520 prompt posture\n2520 shown\n2630 remind",
        ONE_KIND
        | {"posture_enabled": True, "position_enabled": False, "posture_interval_s": 2400.0},
    ),
    ("return missed", SHOWN + "1340 says postpone\n1340 withdraw postpone\n1770 look", {}),
    ("INV-11 return", SHOWN + "1340 says postpone\n1340 withdraw postpone\n1640 again", {}),
    (
        "postpone",
        SHOWN + "1340 says postpone\n1340 withdraw postpone",
        {"position_postpone_max": 0},
    ),
    ("postpone unheeded", SHOWN + "1340 says postpone", {}),
    ("answer unheeded", SHOWN + "1340 says done", {}),
    ("not for me unheeded", SHOWN + "1340 says not-for-me", {}),
    ("hide", SHOWN + "1340 hide", {}),
    ("guide", SHOWN + "1340 guide", {}),
    ("return", SHOWN + "1340 again", {}),
    # ends
    ("end taken", SHOWN + "1340 end taken answer", {}),
    ("end taken", SHOWN + "1340 goes idle\n1370 end taken rest", {}),
    ("rest missed", SHOWN + "1340 goes idle\n1402 look", {}),
    ("end taken", SHOWN + "1390 goes idle\n1450 end taken rest", {}),
    (
        "end taken",
        SHOWN + "1330 goes work call\n1330 withdraw call\n1340 goes locked\n1370 end taken rest",
        {},
    ),
    (
        "end missed",
        SHOWN + "1740 remind\n1740 shown\n1800 end missed\n1800 mark position missed",
        {},
    ),
    ("missed not ended", SHOWN + "1740 remind\n1740 shown\n1925 look", {}),
    ("mark of a miss missing", MISSED.replace("1920 mark position missed", ""), {}),
    ("end skipped", SHOWN + "1340 end skipped", {}),
    ("INV-12 ended twice", SHOWN + "1350 says done\n1350 end taken answer\n1360 end missed", {}),
    ("INV-30 kind switched off", SHOWN + "1330 sets position_enabled off\n1335 look", {}),
    ("natural missed", "0 goes work\n900 goes idle\n1025 look", {}),
    ("natural unearned", "0 goes work\n900 goes idle\n1000 natural position", {}),
    ("natural unearned", "0 goes work\n500 goes idle\n620 natural position", {}),
    ("natural at the wrong time", "0 goes work\n900 goes idle\n1100 natural position", {}),
    ("INV-06 natural of the open episode missed", SHOWN + "1390 goes idle\n1515 look", {}),
    (
        "INV-13 undelivered not ended",
        (
            "0 goes work\n1320 prompt position\n1320 failed\n1500 again\n1500 failed\n"
            "1740 again\n1740 failed\n1925 look"
        ),
        {},
    ),
    ("return", "0 goes work\n1320 prompt position\n1320 failed\n1350 again", {}),
    # marks and reading
    ("mark missed", "0 goes work call\n3905 look", {}),
    ("mark", "0 goes work call\n3800 mark position call", {}),
    ("mark", "0 goes work call dnd\n3900 mark position dnd", {}),
    ("mark", "0 goes work call\n3900 mark position call\n4000 mark position call", {}),
    ("reading unheeded", ABSENT + "1210 reads", {}),
    ("reading", ABSENT + "1210 undo 900 1200 1", {}),
    ("reading", ABSENT + "1210 reads\n1210 undo 800 1200 1", {}),
    ("reading", ABSENT + "1900 reads\n1900 undo 900 1200 1", {}),
    ("reading rows", ABSENT + "1210 reads\n1210 undo 900 1200", {}),
]


@pytest.mark.parametrize(("rule", "story", "settings"), WRONG)
def test_given_an_engine_that_is_wrong_then_the_oracle_names_the_rule(
    rule: str, story: str, settings: dict[str, object]
) -> None:
    """Each rule is broken at least once, and nothing else is reported."""
    assert {rule} == set(Story(settings).tell(story))


SETTINGS: list[dict[str, object]] = [
    {},
    {"position_cycle": CYCLE, "position_daily_cap": 32},
    {"eyes_enabled": True, "massage_enabled": True, "massage_interval_s": 7200.0},
    {"min_gap_s": 120.0, "max_per_hour": 10, "lull_limit_s": 30.0},
    {"position_credit_idle_s": 0.0, "deferral_s": 600.0, "skips_before_backoff": 1},
]


@pytest.mark.parametrize("seed", range(40))
def test_given_a_person_who_does_anything_then_engine_and_oracle_agree(seed: int) -> None:
    """Two readings of one contract, by different ways of counting, come to the same."""
    assert [] == played(seed, SETTINGS[seed % len(SETTINGS)], {})


PLANTED: list[dict[str, object]] = [
    {"position_interval_s": 1140.0},
    {"position_interval_s": 1260.0},
    {"position_credit_lock_s": 60.0},
    {"position_credit_idle_s": 150.0},
    {"position_patience_s": 660.0},
    {"position_daily_cap": 3},
    {"stretch_rest_counts": False},
    {"stretch_folds": frozenset()},
    {"away_after_s": 150.0},
    {"min_gap_s": 600.0},
    {"min_gap_s": 800.0},
    {"quiet_s": 500.0},
    {"lull_s": 3.0},
    {"lull_limit_s": 110.0},
    {"lull_limit_s": 130.0},
    {"reminder_s": 240.0},
    {"deferral_s": 2400.0},
    {"day_starts_s": 5 * 3600},
    {"holds": frozenset(Hold) - {Hold.DND}},
]


# By name alone: a set is another text in every process.
@pytest.mark.parametrize("planted", PLANTED, ids=" ".join)
def test_given_an_engine_with_a_planted_defect_then_the_oracle_finds_it(
    planted: dict[str, object],
) -> None:
    """An engine that goes by another figure than the person has set is found within days."""
    assert any(played(seed, {}, planted) for seed in range(20))
