"""Which prompt asks less of a body than another one; for whom that one is too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core.content import suits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.core.content import Entry, Index, Person, Text

_HELD: Final = ("hold", "pressure")  # what is kept up, at the end of a movement or on a muscle


def softer(entry: Entry, index: Index, texts: Mapping[str, Text], person: Person) -> Entry | None:
    """Return the prompt that is softer than *entry* and closest to it, or None where none is.

    It is of the same kind, for one of the same areas, suits *person*, and is worse in nothing: who
    should leave it alone should leave *entry* alone too, it holds and presses for no longer, and it
    asks nobody to stand up, to use the legs or to be seen whom *entry* does not ask. In one of the
    first two it is better, so that whoever asks again and again comes to an end. Closest is what
    shares most areas; of those comes what asks for least.
    Source: our own reading of what a pack says of a prompt; E-45 and G-17 for holds and presses.
    """
    found = [
        one
        for one in index
        if one.kind == entry.kind and suits(one, person) and _is_softer(one, entry, texts)
    ]
    shared = set(entry.areas)
    return min(
        found,
        key=lambda one: (
            -len(shared.intersection(one.areas)),
            len(one.avoid_if),
            _held_s(texts[one.id]),
            one.total_s,
        ),
        default=None,
    )


def _is_softer(one: Entry, other: Entry, texts: Mapping[str, Text]) -> bool:
    held_s, others_s = _held_s(texts[one.id]), _held_s(texts[other.id])
    return (
        not set(one.areas).isdisjoint(other.areas)
        and (
            one.avoid_if < other.avoid_if or (one.avoid_if == other.avoid_if and held_s < others_s)
        )
        and held_s <= others_s
        and ("seated" in one.positions or "seated" not in other.positions)
        and one.wheelchair >= other.wheelchair
        and one.discreet >= other.discreet
    )


def _held_s(text: Text) -> int:
    """Return for how many seconds something is held or pressed."""
    return sum(step.seconds for step in text.steps if step.kind in _HELD)
