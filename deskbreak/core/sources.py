"""What the ids of guidance (G-nn) and of evidence (E-nn) stand for, and how good it is."""

from __future__ import annotations

import re
import tomllib
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deskbreak.core.words import Words

_ID: Final = re.compile(r"[GE]-\d\d")
CAUTIONS: Final = frozenset({"E-46", "E-47", "E-48", "E-49", "E-50", "E-51"})
"""What cautions rest on; it says nothing of what a movement is good for."""

STRENGTHS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "strong": N_("strong evidence"),
        "moderate": N_("moderate evidence"),
        "moderate-weak": N_("moderate to weak evidence"),
        "weak": N_("weak evidence"),
        "expert": N_("advice of experts"),
        "law": N_("law"),
        "practice": N_("what other programs do; no evidence"),
        "": N_("from the article behind the prompts"),
    }
)
"""How good a source is, in words; what has no strength is no evidence, but guidance."""


@quick_dataclass(frozen=True, slots=True)
class Source:
    """One source; ``title`` is empty where nobody knows it."""

    id: str
    title: str = ""
    strength: str = ""  # one of `STRENGTHS`


def read(texts: Iterable[str]) -> dict[str, Source]:
    """Return every source in the *texts* of built-in packs, by id; later titles win.

    Raises:
        tomllib.TOMLDecodeError: One of them is no TOML.
    """
    titles: dict[str, str] = {}
    strengths: dict[str, str] = {}
    for text in texts:
        table = tomllib.loads(text)
        titles |= table.get("sources", {})
        strengths |= table.get("strengths", {})
    return {id_: Source(id_, title, strengths.get(id_, "")) for id_, title in titles.items()}


def behind(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return what each prompt in the *texts* of packs rests on, by the id of the prompt.

    An id, or in a pack that is not built in a sentence. The first of two with one id counts. Never
    raises: a file or a prompt with a fault, which `deskbreak.core.pack` names, is left out.
    """
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        try:
            prompts = tomllib.loads(text).get("prompt", ())
        except (ValueError, RecursionError):
            continue
        for raw in prompts if isinstance(prompts, list) else ():
            match raw:
                case {"id": str(name), "source": [*ids]}:
                    found.setdefault(name, tuple(str(one) for one in ids))
    return found


def named(ids: str, known: Mapping[str, Source]) -> tuple[Source, ...]:
    """Return the sources whose ids stand in *ids*, in that order; none for an opinion."""
    return tuple(known.get(id_, Source(id_)) for id_ in _ID.findall(ids))


def line(source: Source, words: Words) -> str:
    """Say in one line what *source* is, and how good."""
    if not source.title:
        return source.id
    strength = words.gettext(STRENGTHS[source.strength])
    return f"{source.id}, {strength}: {source.title}"
