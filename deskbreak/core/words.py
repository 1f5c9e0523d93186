"""Words for people: templates are marked where they are made and translated where they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from deskbreak.core.replacing import quick_dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


class Words(Protocol):
    """What we need of a gettext catalogue."""

    def gettext(self, message: str) -> str:
        """Translate *message*."""
        ...

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Translate the form for *n*."""
        ...


@quick_dataclass(frozen=True, slots=True)
class Said:
    """A sentence that is not yet in anybody's language: a marked template and its values."""

    template: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        """Return the sentence in English, for logs and tests."""
        return self.template.format(**self.values)


def N_(template: str) -> str:  # noqa: N802 - the name that every gettext tool looks for
    """Mark *template* for translation; it is translated later, by `spoken`."""
    return template


def said(template: str, **values: object) -> Said:
    """Put *values* beside a template that `N_` marked."""
    return Said(template, values)


def spoken(sentence: Said, words: Words) -> str:
    """Translate *sentence*; values that are sentences themselves are translated as well."""
    values = {
        name: spoken(value, words) if isinstance(value, Said) else value
        for name, value in sentence.values.items()
    }
    return words.gettext(sentence.template).format(**values)


class Refusal(Exception):  # noqa: N818 - it reads as a statement where it is raised and caught
    """Something cannot be done, and a person should hear why.

    Args:
        why: One sentence.
        remedy: What they can do about it, where there is something.
    """

    def __init__(self, why: Said, remedy: Said | None = None) -> None:
        """Keep both sentences for whoever shows them."""
        super().__init__(str(why))
        self.why = why
        self.remedy = remedy
