"""What only a policy says: who has written it, whom to ask, and where the packs of prompts are."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, Said, said

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKS: Final = "organisation.packs"

ORGANISATION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "organisation.name": N_("Who has set this, as people call it."),
        "organisation.contact": N_("Whom to ask about it: an address, or a few words."),
        PACKS: N_("Another folder with packs of prompts, on the computer itself."),
    }
)
"""Each key, with a sentence on it."""

LONGEST: Final[Mapping[str, int]] = MappingProxyType(
    {
        "organisation.name": 80,
        "organisation.contact": 80,
        PACKS: 259,  # of Windows; source: MAX_PATH, Microsoft Win32 reference
    }
)
"""Characters of each of them."""

# Of Linux and macOS, or of Windows; none on a server, which one day would not answer.
_FOLDER: Final = re.compile(r"(/(?!/)|[A-Za-z]:[\\/]).*")
_UP: Final = re.compile(r"(^|[\\/])\.\.([\\/]|$)")


def judged(key: str, value: object) -> str | Said:
    """Return *value* as it is kept for *key*, one of `ORGANISATION`, or what is wrong with it."""
    text = value.strip() if isinstance(value, str) else ""
    most = LONGEST[key]
    if not text or len(text) > most or not text.isprintable():
        sentence = N_("is not a text of 1 to {most} characters in one line")
        return said(sentence, most=most)
    if key == PACKS and (_FOLDER.fullmatch(text) is None or _UP.search(text)):
        sentence = N_("is not the whole path of a folder on this computer, such as {example}")
        return said(sentence, example="/opt/example/packs")
    return text
