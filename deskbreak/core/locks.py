"""What a person may not set, because an organisation has set it; and who that is, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskbreak.core.settings import Origin
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import shown
from deskbreak.core.words import N_, Refusal, said

if TYPE_CHECKING:
    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Said


class Locked(Refusal):
    """An organisation has set it, so that a person cannot."""


def see_that_free(resolved: Resolved, key: str, value: object) -> None:
    """See that a person may set *key* to *value*, which is sound.

    Raises:
        Locked: An organisation has set it, or allows other values only.
    """
    contact = resolved.organisation.contact
    remedy = said(N_("Ask {contact}"), contact=contact) if contact else None
    if resolved.is_locked(key):
        layer = next(
            one
            for one in reversed(resolved.layers)
            if one.origin is Origin.POLICY and key in one.values
        )
        sentence = N_("{key} is set by {organisation} ({place})")
        raise Locked(
            said(sentence, key=key, organisation=setter(resolved), place=layer.place(key)), remedy
        )
    allowed = resolved.bounds.get(key)
    if allowed is not None and allowed.clamped(SETTINGS[key], value) != value:
        sentence = N_("{key} = {value} is not allowed by {organisation}: {bounds} ({place})")
        raise Locked(
            said(
                sentence,
                key=key,
                value=shown(value),
                organisation=setter(resolved),
                bounds=allowed.spoken(SETTINGS[key]),
                place=allowed.place,
            ),
            remedy,
        )


def setter(resolved: Resolved) -> Said:
    """Return who has set what is locked, in words."""
    name = resolved.organisation.name
    return said("{name}", name=name) if name else said(N_("your organisation"))
