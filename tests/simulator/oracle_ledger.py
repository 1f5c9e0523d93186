"""Where every second went: what was true beside what was recorded, bucket by bucket."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from deskbreak.core.model import Presence

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.core.model import Hold, Span

_NOISE_S = 1.0  # per change
_SEAM_S = 0.05  # between two rows
_NO_HOLDS: frozenset[Hold] = frozenset()

if TYPE_CHECKING:
    Part = tuple[float, float, Presence, frozenset[Hold]]


class Ledger:
    """Two columns that must say the same: the truth, and the rows."""

    __slots__ = (
        "_cuts",
        "_report",
        "_rows",
        "_rows_to_s",
        "_true",
        "from_s",
        "holds",
        "pending",
        "presence",
        "seconds",
        "true_to_s",
    )

    def __init__(self, report: Callable[[str, float, str], None]) -> None:
        self._report = report
        self._true: deque[Part] = deque()
        self._rows: deque[Part] = deque()
        self._cuts: deque[float] = deque()
        self._rows_to_s: float | None = None
        self.pending: list[Part] = []  # desk or away: not known yet
        self.presence = Presence.DESK
        self.holds = _NO_HOLDS
        self.from_s: float | None = None  # of the part that goes on; None before the first start
        self.true_to_s = 0.0  # known up to here
        self.seconds = dict.fromkeys(Presence, 0.0)

    # ── the truth ──────────────────────────────────────────────────────────────────────────

    def turn(self, at_s: float, presence: Presence, holds: frozenset[Hold], *, open_: bool) -> None:
        """From *at_s* it is another presence; *open_* says that the part that ends may be away."""
        if self.from_s is not None and at_s > self.from_s:
            part = (self.from_s, at_s, self.presence, self.holds)
            if open_:
                self.pending.append(part)
            else:
                self._know(part)
        self.from_s, self.presence, self.holds = at_s, presence, holds

    def settle(self, presence: Presence) -> None:
        """What was in doubt was *presence*."""
        for start_s, end_s, _, holds in self.pending:
            self._know((start_s, end_s, presence, holds))
        self.pending.clear()

    def skip(self, at_s: float, presence: Presence, holds: frozenset[Hold]) -> None:
        """Nobody can say how long it was off: none of it is booked."""
        self.from_s, self.presence, self.holds = at_s, presence, holds
        self._rows_to_s = None
        self._rows.clear()
        self._true.clear()

    def cut(self, at_s: float) -> None:
        """A day begins: no row may go over this instant."""
        self._cuts.append(at_s)

    def _know(self, part: Part) -> None:
        self.seconds[part[2]] += part[1] - part[0]
        self.true_to_s = part[1]
        self._true.append(part)
        self._compare()

    # ── the rows ───────────────────────────────────────────────────────────────────────────

    def record(self, span: Span, *, cut: bool = True) -> None:
        """Take a row that the engine wrote."""
        start_s, end_s = span.start.boot_s, span.end.boot_s
        if end_s < start_s:
            self._report("INV-17 negative", end_s, f"a span of {end_s - start_s:.3f} s")
            return
        if self._rows_to_s is not None and abs(start_s - self._rows_to_s) > _SEAM_S:
            seam = "INV-17 overlap" if start_s < self._rows_to_s else "INV-15 gap"
            told = f"a row begins at {start_s:.3f}, the one before ended at {self._rows_to_s:.3f}"
            self._report(seam, start_s, told)
        while self._cuts and self._cuts[0] <= start_s + _NOISE_S:
            self._cuts.popleft()
        if cut and self._cuts and self._cuts[0] < end_s - _NOISE_S:
            told = (
                f"a row from {start_s:.3f} to {end_s:.3f} over a day's start at {self._cuts[0]:.3f}"
            )
            self._report("INV-19 uncut", end_s, told)
        self._rows_to_s = end_s
        self._rows.append((start_s, end_s, span.presence, span.holds))
        self._compare()

    @property
    def rows_to_s(self) -> float:
        """Up to where rows were written."""
        return self._rows_to_s if self._rows_to_s is not None else self.from_s or 0.0

    def _compare(self) -> None:
        """Strike out what both columns have."""
        true, rows = self._true, self._rows
        while true and rows:
            t_from, t_to, t_what, t_holds = true[0]
            r_from, r_to, r_what, r_holds = rows[0]
            both_s = min(t_to, r_to) - max(t_from, r_from)
            if both_s > _NOISE_S:
                if t_what is not r_what:
                    told = f"{both_s:.1f} s up to {min(t_to, r_to):.1f} are {t_what}, not {r_what}"
                    self._report(f"INV-16 {t_what}", r_to, told)
                elif t_what is Presence.DESK and t_holds != r_holds:
                    told = f"{both_s:.1f} s with {sorted(t_holds)}, recorded with {sorted(r_holds)}"
                    self._report("INV-16 holds", r_to, told)
            if t_to <= r_to:
                true.popleft()
            if r_to <= t_to:
                rows.popleft()
