"""What has happened since the last look, a line each, for whoever looks on at a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskbreak.core import labels
from deskbreak.core.model import Phase
from deskbreak.core.status import ended_line
from deskbreak.core.turn import presence_of
from deskbreak.core.views import headline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskbreak.core.model import Episode, Hold, Moment, Presence
    from deskbreak.core.views import Snapshot
    from deskbreak.core.words import Words

_ON_SCREEN: Final = frozenset({Phase.SHOWN, Phase.GUIDED})  # not: on its way there
_BY_PHASE: Final = frozenset({Phase.GUIDED, Phase.POSTPONED, Phase.FAILED})


@dataclass(frozen=True, slots=True)
class Seen:
    """How things stood when somebody last looked."""

    presence: Presence | None = None
    holds: frozenset[Hold] = frozenset()
    prompt: tuple[int, Phase, int, int] | None = None  # episode, phase, showing, reminders
    ended: frozenset[int] = frozenset()  # episodes

    @property
    def on_screen(self) -> bool:
        """Whether there was a prompt to look at."""
        return self.prompt is not None and self.prompt[1] in _ON_SCREEN

    def shows_more_than(self, before: Seen) -> bool:
        """Whether there is something new to look at: a prompt, or the tray that says why not."""
        return (self.on_screen and self.prompt != before.prompt) or bool(self.holds - before.holds)


def news(
    before: Seen, snap: Snapshot, ended: Sequence[Episode], now: Moment, words: Words
) -> tuple[Seen, list[str]]:
    """Return how things stand *now*, and a line for each thing that is different from *before*.

    *ended* are the episodes that ended last, the latest last.
    """
    state, e = snap.state, snap.state.episode
    seen = Seen(
        presence_of(state),
        state.holds,
        None if e is None else (e.id, e.phase, e.showing, e.reminders),
        before.ended | {episode.id for episode in ended},
    )
    lines = [ended_line(one, now, words) for one in ended if one.id not in before.ended]
    time = labels.clock(now, now, words)
    return seen, [*lines, *(f"{time} {line}" for line in _lines(before, seen, snap, now, words))]


def _lines(before: Seen, seen: Seen, snap: Snapshot, now: Moment, words: Words) -> Iterator[str]:
    e = snap.state.episode
    if e is not None and seen.prompt != before.prompt:
        yield from _prompt(before, e, snap, now, words)
    # Under a hold it makes no difference where the person is.
    moved = not seen.holds and seen.presence != before.presence
    if not seen.on_screen and (moved or seen.holds != before.holds):
        yield headline(snap, now, words)


def _prompt(before: Seen, e: Episode, snap: Snapshot, now: Moment, words: Words) -> Iterator[str]:
    _, name = words.gettext, labels.kind_name(e.kind, words)
    if e.phase in _BY_PHASE:
        yield _("{kind}: {outcome}").format(kind=name, outcome=labels.phase_name(e.phase, words))
    elif e.phase is Phase.SHOWN and before.on_screen:
        yield _("{kind}: {outcome}").format(kind=name, outcome=_("Still a good moment for it?"))
    elif e.phase is Phase.SHOWN:
        yield headline(snap, now, words)
