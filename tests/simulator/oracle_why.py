"""What the oracle says about a prompt or a mark that should not have come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskbreak.core.model import Hold
from tests.simulator.oracle_books import INF
from tests.simulator.oracle_course import EARLY_S

if TYPE_CHECKING:
    from deskbreak.core.model import Mark
    from tests.simulator.oracle_course import Course


def why_not(books: Course, at_s: float, n: int) -> tuple[str, str]:
    """Name the first condition that did not hold."""
    kind = books.rules.kinds[n]
    today = books.shown_today(strict=False)
    reasons = {
        "INV-02 hold": bool(books.quiet.holds),
        "INV-02 absent": not books.at_desk,
        "INV-09 cap of the kind": today[n] >= kind.daily_cap,
        "INV-09 cap": today.total() >= books.rules.daily_cap,
    }
    gates = {
        "INV-04 early": books.due_s(n),
        "INV-02 after holds": books.quiet.ended_s + 30.0,
        "INV-09 gap": books.shown_end_s + books.rules.min_gap_s,
        "quiet after absence": books.quiet_s + books.rules.quiet_s,
        "INV-07 after return": books.returned_s + 15.0,
        "moved": books.moved_s[n] + kind.first_after_break_s,
        "INV-13 retry": books.retry_s,
    }
    for rule, shut in reasons.items():
        if shut:
            told = f"{sorted(books.quiet.holds)}, {books.presence}, {today.total()} shown today"
            return rule, told
    for rule, from_s in gates.items():
        if from_s > at_s + EARLY_S:
            return rule, f"not before {from_s:.1f}, prompted at {at_s:.1f}"
    return "INV-09 hour or INV-07", f"{books.hours_sure[-5:]}, back at {books.returned_s:.1f}"


def why_no_mark(books: Course, at_s: float, mark: Mark) -> str:
    """Name what is wrong with a mark for a delayed break; nothing if it is right."""
    if books.absent_s is not None and at_s <= books.absent_s + EARLY_S:
        return ""  # the person was there until this very instant: either side is right
    n = books.rules.place[mark.kind]
    if books.rules.kinds[n].daily and books.day_began_s > at_s - books.rules.deferral_s:
        return ""  # the date has changed meanwhile: by which day's desk time it is due is not said
    delayed = {m: since_s for m, since_s, _ in books.delayed()}
    longest_s = min((must_s for _, _, must_s in books.delayed()), default=INF)
    since_s = delayed.get(n, INF)
    first = next((hold.value for hold in Hold if hold in books.quiet.holds), None)
    number = books.open.id if books.open and books.open.n == n else None
    reasons = {
        "a second one in one time of holds": books.marked_in_s == books.quiet.from_s,
        f"while {books.presence}": not books.at_desk,
        f"reason {mark.reason.value}, should be {first}": (
            mark.reason.value != first and books.soft_slack_s == books.slack_s
        ),
        f"delayed since {since_s:.1f}": since_s + books.rules.deferral_s > at_s + EARLY_S,
        f"others are delayed longer: {delayed}": since_s > longest_s + books.soft_slack_s,
        f"episode {mark.episode}, should be {number}": mark.episode != number,
    }
    return next((told for told, wrong in reasons.items() if wrong), "")
