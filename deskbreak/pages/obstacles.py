"""Why a prompt does not come by itself: what speaks against it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskbreak.core.content import AVOID_TAGS, EQUIPMENT
from deskbreak.core.setting_names import choice_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from deskbreak.core.content import Entry, Person
    from deskbreak.core.words import Words


def obstacles(entry: Entry, person: Person, words: Words) -> Iterator[str]:
    """Yield a sentence for each thing that speaks against *entry*; none where it suits *person*."""
    _ = words.gettext
    lacking = entry.needs - person.equipment
    careful = entry.avoid_if & person.avoid
    if entry.id in person.hidden:
        yield _("You have said that this is not for you.")
    if lacking:
        things = _names("person.equipment", EQUIPMENT, lacking, words)
        yield _("It needs what you have not said you have: {things}.").format(things=things)
    if careful:
        things = _names("person.avoid", AVOID_TAGS, careful, words)
        yield _("You have asked to take care with: {things}.").format(things=things)
    if person.discreet_only and not entry.discreet:
        yield _("It may draw attention, and you want only what draws little.")
    if person.seated_only and "seated" not in entry.positions:
        yield _("It is not done seated, and you want only what is.")
    if person.wheelchair_only and not entry.wheelchair:
        yield _("It does not suit most wheelchair users, and your plan is for them.")
    if person.max_total_s is not None and entry.total_s > person.max_total_s:
        yield _("It takes {seconds} s, and your plan wants at most {most} s.").format(
            seconds=entry.total_s, most=person.max_total_s
        )


def _names(key: str, order: Sequence[str], found: Collection[str], words: Words) -> str:
    return "; ".join(choice_name(key, one, words) for one in order if one in found)
