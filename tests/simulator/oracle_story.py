"""A story told to the oracle by hand: one row an instant and what is true, or claimed, there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from deskbreak.core.content import Entry
from deskbreak.core.model import (
    Answered,
    Asked,
    By,
    Choice,
    CycleStage,
    Guide,
    Hide,
    Hold,
    KindRules,
    Log,
    Mark,
    Moment,
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
    Span,
    Undo,
    Until,
    Withdraw,
)
from deskbreak.core.model import Episode as Row
from tests.simulator.oracle import Oracle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskbreak.core.model import Effect

NAMES: Final = ("stretch", "position", "posture", "eyes", "massage", "habit")
ZONE: Final = ZoneInfo("Europe/Berlin")
MONDAY: Final = datetime(2026, 3, 2, 9, tzinfo=ZONE)
CYCLE: Final = (
    CycleStage(1200.0, prompts=True, content="stand"),
    CycleStage(480.0, prompts=True, content="move"),
    CycleStage(120.0, prompts=False),
)
_NOTHING: Final[frozenset[str]] = frozenset()


def _kind(name: str, rank: int, minutes: float, **settings: object) -> KindRules:
    return replace(KindRules(name, rank), interval_s=minutes * 60, **settings)  # type: ignore[arg-type]  # a row of a table


KINDS: Final = (
    _kind(
        "stretch",
        1,
        60,
        folds=frozenset({"position", "eyes"}),
        moves=frozenset({"posture"}),
        rest_counts=True,
        reminds=True,
        guide=True,
        duration_s=60.0,
        credit_idle_s=300.0,
        credit_lock_s=300.0,
        daily_cap=8,
        patience_s=900.0,
        taken_is_change=True,
    ),
    _kind(
        "position",
        2,
        20,
        folds=frozenset({"eyes"}),
        rest_counts=True,
        reminds=True,
        taken_is_change=True,
        credit_is_change=True,
    ),
    _kind(
        "posture",
        3,
        90,
        duration_s=24.0,
        credit_idle_s=300.0,
        credit_lock_s=300.0,
        daily_cap=6,
        postpone_max=1,
        patience_s=120.0,
        first_after_break_s=1800.0,
    ),
    _kind("eyes", 4, 20, enabled=False, rest_counts=True, duration_s=25.0, credit_lock_s=20.0),
    _kind(
        "massage",
        5,
        180,
        enabled=False,
        guide=True,
        credit_idle_s=0.0,
        credit_lock_s=0.0,
        daily_cap=2,
        patience_s=120.0,
    ),
    _kind(
        "habit",
        6,
        1440,
        guide=True,
        daily=True,
        credit_idle_s=0.0,
        credit_lock_s=0.0,
        daily_cap=1,
        patience_s=120.0,
        first_after_break_s=7200.0,
    ),
)


def rules(**changes: object) -> Rules:
    """Return the default settings, as the catalogue and the table of kinds have them.

    A change is a setting of the rules, or ``KIND_SETTING`` for one of a kind.
    """
    kinds = {kind.name: kind for kind in KINDS}
    rest = {}
    for key, value in changes.items():
        name, _, setting = key.partition("_")
        if name in kinds:
            kinds[name] = replace(kinds[name], **{setting: value})  # type: ignore[arg-type]  # a row of a table
        else:
            rest[key] = value
    everyone = frozenset({"seated"})
    index = tuple(
        Entry(f"{name}-{n}", name, ("whole",), everyone, _NOTHING, _NOTHING, True, True, total_s=60)
        for name in NAMES
        for n in range(4)
    )
    made = Rules(tuple(kinds.values()), index=index, guide_follows_steps=False)
    return replace(made, **rest)  # type: ignore[arg-type]  # a row of a table


@dataclass(slots=True)
class Story:
    """What is told, row by row: ``SECONDS WORD ARGUMENTS``.

    Truths: ``goes PRESENCE [HOLD…]``, ``says CHOICE``, ``takes KIND``, ``reads``,
    ``pauses [SECONDS]``, ``resumes``, ``shown``, ``failed``, ``clock SECONDS``, ``sets KEY VALUE``.
    Claims: ``prompt KIND [+FOLDED…]``, ``asked KIND``, ``remind``, ``again``, ``withdraw REASON``,
    ``end OUTCOME [BY] [at SECONDS]``, ``natural KIND``, ``mark KIND REASON``, ``guide``, ``hide``,
    ``undo SECONDS SECONDS [NUMBER…]``, ``span PRESENCE SECONDS SECONDS``, ``look``.
    Rows of one instant are one step, but a truth after a claim begins another.
    """

    settings: Mapping[str, object]
    oracle: Oracle = field(init=False)
    unix_minus_boot_s: float = MONDAY.timestamp()
    open: Row | None = None
    last: Row | None = None
    number: int = 0

    def __post_init__(self) -> None:
        """Begin on a Monday at nine."""
        self.oracle = Oracle(self.at(0.0), rules(**self.settings))

    def at(self, boot_s: float) -> Moment:
        """Return an instant."""
        return Moment(boot_s, boot_s + self.unix_minus_boot_s, ZONE)

    def tell(self, text: str) -> list[str]:
        """Tell all rows; return the names of the violations."""
        effects: list[Effect] = []
        now_s = 0.0
        for line in text.strip().splitlines():
            second, word, *rest = line.split()
            truth = getattr(self, f"truth_{word}", None)
            if effects and (truth or float(second) != now_s):
                self.oracle.step(self.at(now_s), effects)
                effects = []
            now_s = float(second)
            if truth:
                truth(self.at(now_s), *rest)
                continue
            claim: Callable[..., list[Effect]] = getattr(self, f"claim_{word}")
            effects += claim(self.at(now_s), *rest)
            if word == "look":
                self.oracle.step(self.at(now_s), effects)
                effects = []
        self.oracle.step(self.at(now_s), effects)
        return [violation.rule for violation in self.oracle.violations]

    # ── truths ──────────────────────────────────────────────────────────────────────────────

    def truth_goes(self, at: Moment, presence: str, *holds: str) -> None:
        self.oracle.goes_on(at, presence, frozenset(Hold(hold) for hold in holds))

    def truth_says(self, at: Moment, choice: str) -> None:
        self.oracle.told(Answered(at, Choice(choice)))

    def truth_takes(self, at: Moment, kind: str) -> None:
        self.oracle.told(Asked(at, kind))

    def truth_reads(self, at: Moment) -> None:
        self.oracle.told(Read(at))

    def truth_pauses(self, at: Moment, for_s: str = "") -> None:
        until = Until(boot_s=at.boot_s + float(for_s)) if for_s else Until()
        self.oracle.told(Paused(at, until))

    def truth_resumes(self, at: Moment) -> None:
        self.oracle.told(Resumed(at))

    def truth_shown(self, at: Moment) -> None:
        assert self.open is not None
        self.oracle.delivered(at, self.open.id, self.open.showing, True)
        self.open = replace(self.open, phase=Phase.SHOWN)

    def truth_failed(self, at: Moment) -> None:
        assert self.open is not None
        self.oracle.delivered(at, self.open.id, self.open.showing, False)

    def truth_clock(self, at: Moment, by_s: str) -> None:
        self.unix_minus_boot_s += float(by_s)
        self.oracle.clock(self.at(at.boot_s))

    def truth_sets(self, at: Moment, key: str, value: str) -> None:
        changed = value == "on" if value in {"on", "off"} else float(value)
        self.settings = {**self.settings, key: changed}
        self.oracle.ruled(at, rules(**self.settings))

    # ── claims ──────────────────────────────────────────────────────────────────────────────

    def claim_look(self, _at: Moment) -> list[Effect]:
        return []

    def claim_prompt(self, at: Moment, kind: str, *folded: str) -> list[Effect]:
        self.number += 1
        names = tuple(name.lstrip("+") for name in folded)
        self.open = Row(self.number, kind, at, Phase.OFFERED, names, prompt=f"{kind}-0", showing=1)
        return [Prompt(at, self.open)]

    def claim_asked(self, at: Moment, kind: str) -> list[Effect]:
        self.claim_prompt(at, kind)
        assert self.open is not None
        self.open = replace(self.open, asked=True)
        return [Prompt(at, self.open)]

    def claim_remind(self, at: Moment) -> list[Effect]:
        return self._once_more(at, Phase.SHOWN)

    def claim_again(self, at: Moment) -> list[Effect]:
        return self._once_more(at, Phase.OFFERED)

    def _once_more(self, at: Moment, phase: Phase) -> list[Effect]:
        assert self.open is not None
        self.open = replace(self.open, phase=phase, showing=self.open.showing + 1)
        return [Prompt(at, self.open)]

    def claim_withdraw(self, at: Moment, reason: str) -> list[Effect]:
        assert self.open is not None
        return [Withdraw(at, self.open, Reason(reason))]

    def claim_end(self, at: Moment, outcome: str, *more: str) -> list[Effect]:
        row = self.open or self.last
        assert row is not None
        ended = self.at(float(more[-1])) if "at" in more else at
        by = By(more[0]) if more and more[0] != "at" else None
        moves = row.kind in {"position", "stretch"} or by is By.REST
        change = outcome == Outcome.TAKEN and moves
        self.last = replace(row, outcome=Outcome(outcome), by=by, ended=ended, change=change)
        self.open = None
        return [Log(self.last)]

    def claim_natural(self, at: Moment, kind: str) -> list[Effect]:
        self.number += 1
        row = Row(self.number, kind, at, Phase.WAITING, outcome=Outcome.NATURAL, ended=at)
        return [Log(row)]

    def claim_mark(self, at: Moment, kind: str, reason: str) -> list[Effect]:
        row = self.last if reason == "missed" else self.open
        return [Mark(at, kind, Reason(reason), row.id if row else None)]

    def claim_guide(self, at: Moment) -> list[Effect]:
        assert self.open is not None
        return [Guide(at, self.open)]

    def claim_hide(self, _at: Moment) -> list[Effect]:
        assert self.open is not None
        return [Hide(self.open.prompt or "")]

    def claim_undo(self, _at: Moment, from_s: str, to_s: str, *numbers: str) -> list[Effect]:
        rows = tuple(int(number) for number in numbers)
        return [Undo(rows, self.at(float(from_s)), self.at(float(to_s)))]

    def claim_span(self, _at: Moment, presence: str, from_s: str, to_s: str) -> list[Effect]:
        start, end = self.at(float(from_s)), self.at(float(to_s))
        return [Record(Span(start, end, Presence(presence)))]
