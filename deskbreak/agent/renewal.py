"""Puts a new agent in the place of one that does not work any more, and says so."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Final

from deskbreak.agent.clock import boot_s
from deskbreak.agent.watch import silence
from deskbreak.core.reports import Finding
from deskbreak.core.words import N_, said

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence

    from deskbreak.agent.watch import Watch
    from deskbreak.core.words import Said

LOOP: Final = "agent"
"""The thread of the loop."""
RENEWED: Final = "DESKBREAK_RENEWED"
"""The variable that tells the next of us which part was why."""
SOON_S: Final = 600.0
"""Who has started anew so short a time ago does not do it again, which would not help. Our own choice."""
_log: Final = logging.getLogger(__name__)


class Renewal:
    """Puts a new agent in the place of this process, whatever its threads are at.

    What is kept is on the disk already, as for an agent that is killed, and the next one takes
    over from there. Who is started anew and hangs again soon stays as it is, and says so.
    """

    def __init__(
        self,
        argv: Sequence[str],
        environ: MutableMapping[str, str] = os.environ,
        now_s: Callable[[], float] = boot_s,
        execute: Callable[[str, list[str]], object] = os.execv,
    ) -> None:
        """*argv* is what started us, the program first; empty where nothing can."""
        self._argv = list(argv)
        self._environ = environ
        self._now_s = now_s
        self._execute = execute
        self.after = environ.pop(RENEWED, "")
        """The part that was why this process is a new one; empty where it is not."""
        self._tried_s = now_s() if self.after else None

    @property
    def is_allowed(self) -> bool:
        """Whether it may help now."""
        is_soon = self._tried_s is not None and self._now_s() < self._tried_s + SOON_S
        return bool(self._argv) and not is_soon

    def __call__(self, part: str) -> None:
        """Be a new agent from here on, because of *part*; returns only where that fails."""
        _log.warning("deskbreak starts anew, because of %s", part)
        self._environ[RENEWED] = part
        silence()  # a timer outlives the program that set it. Source: execve(2)
        try:
            self._execute(self._argv[0], self._argv)
        except OSError:
            _log.exception("deskbreak could not be started anew")
            del self._environ[RENEWED]
            self._tried_s = self._now_s()


def own_argv() -> list[str]:
    """Return what starts this process again in its place, but without a wish; nothing on Windows.

    There a new process would find the door still held by the old one.
    """
    if sys.platform == "win32" or getattr(sys, "frozen", False):
        return []
    argv = sys.orig_argv[1:]
    if "--launched" in argv:  # is done already
        argv = argv[: argv.index("--launched")]
    return [sys.executable, *argv]


class Care:
    """What becomes of what the watch notices: a new start at a quiet moment, or words."""

    def __init__(self, watch: Watch, renewal: Renewal) -> None:
        """Look after the threads that *watch* knows, by *renewal* where that may help."""
        self.watch = watch
        self.renewal = renewal

    @property
    def will_renew(self) -> bool:
        """Whether a new start is due: something does not work, and it may help."""
        if not self.watch.parts or not self.renewal.is_allowed:
            return False
        return not self.watch.hangs_on_disk()

    def renew(self) -> None:
        """Be a new agent; returns only where that fails."""
        self.renewal(", ".join(self.watch.parts))

    def problems(self) -> tuple[Said, ...]:
        """What does not work, and what happens, or what to do. Asks nobody."""
        parts = ", ".join(self.watch.parts)
        if not parts:
            return ()
        why = N_(
            "a part of deskbreak does not work ({part}); start it anew: deskbreak quit, deskbreak run"
        )
        if self.will_renew:
            why = N_(
                "a part of deskbreak does not work ({part}); "
                "it starts anew by itself as soon as no prompt is open"
            )
        return (said(why, part=parts),)

    def findings(self) -> tuple[Finding, ...]:
        """Tell `doctor` the same, or that this agent has taken the place of another; mostly nothing."""
        wrong = tuple(Finding("threads", None, ok=False, why=why) for why in self.problems())
        if wrong or not self.renewal.after:
            return wrong
        note = said(
            N_("deskbreak has started anew by itself, because of {part}"), part=self.renewal.after
        )
        return (Finding("threads", "watchdog", ok=True, why=note, required=False),)
