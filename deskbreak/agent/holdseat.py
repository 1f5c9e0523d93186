"""One topic of what keeps prompts back, and the probe that serves it now."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Final

from deskbreak.agent.clock import boot_s
from deskbreak.core.reports import Finding
from deskbreak.core.words import N_, said
from deskbreak.platforms import pick
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.core.words import Said
    from deskbreak.platforms import Picked
    from deskbreak.platforms.linux.holds import Open, Topic
    from deskbreak.platforms.linux.inotify import Doorstep
    from deskbreak.platforms.linux.watcher import Watcher
    from deskbreak.ports import HoldProbe

_log: Final = logging.getLogger(__name__)

_OPEN_S: Final = 0.25
"""One that does not answer may take so long, and then no other is tried: all others wait."""
_KNOCKS_S: Final = (0.1, 0.5, 2.0, 5.0)
"""A server may be there some time before it answers: tried after each of these. Our own choice."""
_HASTE_S: Final = 5.0
"""What is lost sooner after it was opened is not opened again at once: it would go on so. Ours."""


class Seat:
    """A topic, and the probe that serves it now; changed on the watcher's thread alone."""

    def __init__(self, topic: Topic, watcher: Watcher, note: Callable[[], None]) -> None:
        """Open nothing yet; *note* is called on the watcher's thread when the answer may differ."""
        self.topic = topic
        self._watcher = watcher
        self._note = note
        self._is_on = False
        self._picked: Picked[HoldProbe] | None = None
        self._lost: Said | None = None
        self._asked: bool | None = None
        self._doorstep: Doorstep | None = None
        self._opened_s = -_HASTE_S
        self._knocks = 0  # of the last time that something appeared at the doorstep

    @property
    def _probe(self) -> HoldProbe | None:
        return None if self._picked is None else self._picked.value

    @property
    def is_told(self) -> bool:
        """Whether nobody has to be asked."""
        probe = self._probe
        return probe is None or probe.subscribed

    @property
    def answer(self) -> bool | None:
        """What is known; any thread."""
        probe = self._probe
        if probe is None:
            return None
        return probe.ask() if probe.subscribed else self._asked

    @property
    def is_unknown(self) -> bool:
        """Whether it should be known and is not."""
        return self._is_on and self.answer is None

    def ask(self) -> None:
        """Ask the probe, if it has to be asked."""
        probe = self._probe
        if probe is not None and not probe.subscribed:
            self._asked = probe.ask()

    def switch(self, *, is_on: bool) -> None:
        """Open a probe, or let go of it."""
        if is_on is not self._is_on:
            self._is_on = is_on
            if is_on:
                self.reopen()
            else:
                self.close()

    def reopen(self) -> None:
        """Choose anew."""
        if not self._is_on:
            return
        self._let_go()
        late_s = boot_s() + _OPEN_S
        candidates = self.topic.candidates.items()
        self._picked = pick(
            {name: functools.partial(self._open, opens, late_s) for name, opens in candidates}
        )
        if self._picked.value is None:
            self._wait_at_doorstep()
            return
        self._lost, self._opened_s = None, boot_s()
        self.ask()
        self._leave_doorstep()

    def _open(self, opens: Open, late_s: float) -> HoldProbe:
        if boot_s() >= late_s:
            raise Unavailable(said(N_("those before it did not answer in time")))
        return opens(self._note, self._lose)

    def close(self) -> None:
        """Let go of everything."""
        self._is_on = False
        self._let_go()
        self._leave_doorstep()

    def _let_go(self) -> None:
        if self._probe is not None:
            self._probe.close()
        self._picked, self._asked = None, None

    def _lose(self, why: Said) -> None:
        _log.info("%s is unknown: %s", self.topic.key, why)
        if boot_s() >= self._opened_s + _HASTE_S:
            self.reopen()  # perhaps only we were lost
        else:
            self._let_go()
            self._wait_at_doorstep()
        if self._probe is None:
            self._lost = why
        self._note()

    def _wait_at_doorstep(self) -> None:
        from deskbreak.platforms.linux.inotify import Doorstep

        path = self.topic.doorstep()
        if self._doorstep is None and path is not None:
            try:
                self._doorstep = Doorstep(self._watcher, path, self._appeared)
            except Unavailable as reason:
                _log.info("%s will not be found again: %s", self.topic.key, reason)

    def _leave_doorstep(self) -> None:
        if self._doorstep is not None:
            self._doorstep.close()
            self._doorstep = None

    def _appeared(self) -> None:
        self._knocks += 1
        for knock_s in _KNOCKS_S:
            self._watcher.later(knock_s, functools.partial(self._knock, self._knocks))

    def _knock(self, knocks: int) -> None:
        if knocks == self._knocks and self._is_on and self._probe is None:
            self.reopen()
            self._note()

    # ── for doctor ─────────────────────────────────────────────────────────────────────────

    def finding(self) -> Finding:
        """Tell what was chosen, and what was refused and why."""
        key, picked = self.topic.key, self._picked
        if not self._is_on:
            return Finding(key, None, ok=True, why=said(N_("switched off in the settings")))
        refused = () if picked is None else picked.refused
        if picked is None or picked.value is None:
            why = self._lost or said(N_("nothing here tells; prompts come whether or not it is so"))
            remedy = next((one.remedy for one in refused if one.remedy is not None), None)
            return Finding(key, None, False, why, remedy, refused, required=False)  # noqa: FBT003 - a row
        why_asked = None
        if not picked.value.subscribed:
            why_asked = said(N_("tells nothing by itself: asked when a prompt is due or open"))
        elif self.answer is None:
            why_asked = said(N_("has not said yet how it is"))
        return Finding(key, picked.name, True, why_asked, None, refused, required=False)  # noqa: FBT003 - a row
