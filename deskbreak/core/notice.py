"""State → words for the one notification that is no prompt: how things stand, for who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskbreak.core import labels
from deskbreak.core.episode import ON_SCREEN
from deskbreak.core.menu import week_line
from deskbreak.core.model import Command
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.views import headline

if TYPE_CHECKING:
    from deskbreak.core.model import Moment
    from deskbreak.core.views import Snapshot
    from deskbreak.core.words import Words


@quick_dataclass(frozen=True, slots=True)
class Wish:
    """A button."""

    command: Command
    label: str


@quick_dataclass(frozen=True, slots=True)
class Notice:
    """What the notification says."""

    title: str
    body: str  # plain text; whoever shows it escapes it where its server reads markup
    wishes: tuple[Wish, ...] = ()


def is_prompted(snap: Snapshot, _now: Moment, _words: Words) -> bool:
    """Whether a prompt is on the screen."""
    episode = snap.state.episode
    return episode is not None and episode.phase in ON_SCREEN


def stand_in(snap: Snapshot, _now: Moment, words: Words) -> Notice:
    """Describe what lies there all day where no panel has a place for the tray item.

    Nothing in it ages: to keep a time of day right, it would have to come up again and again.
    """
    _ = words.gettext
    # GNOME shows the beginning of the body alone, and the buttons after a click in older versions.
    body = _("Click to see what is next, to pause, or to take a break.")
    return Notice(_("deskbreak is running"), body, _wishes(snap, words))


def asked(snap: Snapshot, now: Moment, words: Words) -> Notice:
    """Describe how things stand now, where it may lie a while."""
    _ = words.gettext
    body = _("As of {time}.").format(time=labels.clock(now, now, words))
    return Notice(headline(snap, now, words), body, _wishes(snap, words))


def once(snap: Snapshot, now: Moment, words: Words) -> Notice:
    """Describe how things stand now, in passing: the rest is in the panel."""
    _ = words.gettext
    body = _(
        "The icon in the panel has the menu; on some desktops the right mouse button opens it."
    )
    return Notice(headline(snap, now, words), body, _wishes(snap, words))


def refused(snap: Snapshot, now: Moment, words: Words, why: str) -> Notice:
    """Say in *why* what could not be done, and how things stand."""
    return Notice(headline(snap, now, words), why, _wishes(snap, words))


def ended(_snap: Snapshot, _now: Moment, words: Words, why: str) -> Notice:
    """Say that nobody reminds any more, and *why*; there is nobody left to press a button for."""
    _ = words.gettext
    return Notice(_("deskbreak has ended."), why)


def week(snap: Snapshot, _now: Moment, words: Words) -> Notice:
    """Describe the week, and the one before."""
    _ = words.gettext
    if snap.week is None:
        return Notice(_("This week"), _("Nothing is known of it yet."))
    lines = (
        week_line(_("This week"), snap.week.total, words),
        week_line(_("The week before"), snap.week.before, words),
    )
    return Notice(_("Statistics"), "\n".join(lines))


def _wishes(snap: Snapshot, words: Words) -> tuple[Wish, ...]:
    """Return what one may want at once; at most three, since GNOME draws no more."""
    _, n_ = words.gettext, words.ngettext
    if snap.state.pause is not None:
        quiet = Wish(Command("resume"), _("Resume"))
    else:
        label = n_("Pause for {n} minute", "Pause for {n} minutes", 30).format(n=30)
        quiet = Wish(Command("pause", "30m"), label)
    return (quiet, Wish(Command("take"), _("Take a break now")))
