"""The open prompt on a page: begun, paused, closed, or followed to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskbreak.core import episode as episodes
from deskbreak.core.model import Following, Guide, Phase
from deskbreak.core.replacing import replace
from deskbreak.core.turn import presence_of

if TYPE_CHECKING:
    from deskbreak.core.model import Episode, Followed
    from deskbreak.core.turn import Turn

_IN_SIGHT = (Phase.SHOWN, Phase.GUIDED)


def followed(t: Turn, event: Followed) -> None:
    """A page says what it does; of an episode that has ended that changes nothing.

    A hold, a lock or a sleep takes the prompt from the page as well: from then on only a new
    beginning counts, not that the page goes on.
    """
    e = t.s.episode
    if e is None or e.id != event.episode or presence_of(t.s) not in episodes.SEES:
        return
    is_going = e.phase is Phase.GUIDED and e.paged
    if event.how is Following.BEGUN:
        if t.kind(e.kind)[0].guide:
            episodes.guide(t, e, event.alive_until_s)
    elif event.how is Following.PAUSED:
        if e.phase in _IN_SIGHT:
            _show_on_page(t, e)
    elif event.how is Following.CLOSED:
        if e.phase in _IN_SIGHT and e.paged:
            episodes.leave_page(t, e)
    elif is_going and event.how is Following.GOING:
        t.s.episode = replace(e, guide_until_s=event.alive_until_s)
    elif is_going:
        episodes.followed_to_end(t, e)


def _show_on_page(t: Turn, e: Episode) -> None:
    """Let the page be what shows the prompt: it waits for an answer there, from now on."""
    t.s.episode = replace(e, phase=Phase.SHOWN, paged=True, patience_from_s=t.now.boot_s)
    t.s.ready_s = None
    if not e.paged:
        t.out.append(Guide(t.now, t.s.episode))
