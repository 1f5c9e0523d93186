"""Does what a step wants done: shows a prompt, guides, withdraws, hides; and hears what came of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, assert_never

from deskbreak.core import views
from deskbreak.core.model import (
    Answered,
    Choice,
    Episode,
    Followed,
    Following,
    Guide,
    Hide,
    Log,
    Mark,
    Phase,
    Prompt,
    Record,
    Shown,
    Undelivered,
    Undo,
    Withdraw,
)
from deskbreak.core.words import N_, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.agent.around import Delivery, Outside
    from deskbreak.agent.clock import Clock
    from deskbreak.agent.inbox import Inbox
    from deskbreak.agent.keeper import Keeper
    from deskbreak.core.model import Effect, PromptView
    from deskbreak.core.words import Said, Words

    Describe = Callable[[views.Snapshot, Episode, Words], PromptView]

_log: Final = logging.getLogger(__name__)


class Effects:
    """What is on the screen, on the loop's thread; what came of it is posted from any thread."""

    def __init__(
        self,
        clock: Clock,
        inbox: Inbox,
        keeper: Keeper,
        outside: Outside,
        snapshot: Callable[[], views.Snapshot],
    ) -> None:
        """Show nothing before `delivery` is there; *snapshot* is everything that words are made of."""
        self._clock = clock
        self._inbox = inbox
        self._keeper = keeper
        self._outside = outside
        self._snapshot = snapshot
        self.delivery: Delivery | None = None
        self._guided: int | None = None
        self._handed: tuple[int, int] | None = None  # episode and showing that delivery had last
        self._without_page: int | None = None  # no page could be opened for this episode

    def perform(self, effect: Effect) -> None:
        """Do what *effect* says; what takes long goes on elsewhere."""
        assert self.delivery is not None
        match effect:
            case Prompt(episode=episode):
                self._guided = None
                self._show(episode, views.prompt_view)
            case Guide(episode=Episode(paged=True)):
                self.delivery.withdraw()  # the page shows it, and nothing beside it
            case Guide(episode=episode):
                self._guided = episode.id
                self._guide(episode)
            case Withdraw():
                self.delivery.withdraw()
            case Log(episode=episode):
                if episode.showing:
                    self.delivery.withdraw()
            case Hide(prompt=prompt):
                self._outside.set("person.hidden_prompts", ",".join(self._keeper.hide(prompt)))
            case Record() | Undo() | Mark():
                pass  # kept before anything was shown; the tray asks the state
            case _:
                assert_never(effect)

    def call_off(self, before: Episode | None, now: Episode | None) -> None:
        """Take back a prompt that nobody could show yet, where a step has put it off."""
        if _is_called_off(before, now) and self.delivery is not None:
            self.delivery.withdraw()

    def _guide(self, episode: Episode) -> None:
        """Show the steps on a page, which counts them down; where there is none, in a notification."""
        assert self.delivery is not None
        if not self._outside.pages() or self._without_page == episode.id:
            self._show(episode, views.guide_view)
            return
        self.delivery.withdraw()
        # Nobody follows steps that they have not begun: until then the prompt waits on the page.
        now = self._clock.now()
        self._inbox.post(Followed(now, episode.id, Following.PAUSED, now.boot_s))
        self._outside.open("guide", lambda _: self._steps_instead(episode.id))

    def _steps_instead(self, episode: int) -> None:
        """Show the steps in a notification after all, if they are still wanted; from any thread."""
        self._without_page = episode
        self.answered(episode, Choice.START)

    def _show(self, episode: Episode, describe: Describe) -> None:
        """Hand it to delivery; the engine waits to hear what became of it, whatever that is."""
        assert self.delivery is not None
        try:
            view = describe(self._snapshot(), episode, self._outside.words)
        except Exception:  # noqa: BLE001 - as in `_guard`: it would count as shown for ever
            _log.exception("This prompt has no words: %r", episode)
            why = said(N_("Something went wrong inside deskbreak; the log says what"))
            self.undelivered(episode.id, episode.showing, why)
        else:
            self._handed = episode.id, episode.showing
            self.delivery.show(view)

    def answered(self, episode: int, choice: Choice) -> None:
        """A button was pressed; from any thread, also from one that is ahead of delivery's.

        Whoever pressed it has seen it: the gap, the caps and the one prompt in a minute count it.
        """
        self._inbox.observe()
        if self._handed is not None and self._handed[0] == episode:
            self.shown(*self._handed)
        self._inbox.post(Answered(self._clock.now(), choice, episode))

    def shown(self, episode: int, showing: int) -> None:
        """Delivery says so, on its own thread; what was said before changes nothing."""
        if self._guided != episode:  # the steps are no second prompt
            self._inbox.post(Shown(self._clock.now(), episode, showing))

    def undelivered(self, episode: int, showing: int, why: Said) -> None:
        """Delivery says so, on its own thread."""
        _log.warning("A prompt could not be shown: %s", why)
        self._inbox.post(Undelivered(self._clock.now(), episode, showing))


def _is_called_off(before: Episode | None, now: Episode | None) -> bool:
    """Whether a prompt that could not be shown must not be shown now even if that is possible.

    The engine withdraws what is on the screen, as it knows it; delivery still tries.
    """
    was_tried = before is not None and before.phase is Phase.FAILED
    return was_tried and now is not None and now.phase in (Phase.WAITING, Phase.POSTPONED)
