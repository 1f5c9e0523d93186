"""Why a prompt is there: the guidance it comes from, and how good the evidence is."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.routing import Route

from deskbreak.core.locks import setter
from deskbreak.core.pack import Whose
from deskbreak.core.sources import CAUTIONS, STRENGTHS, Source, behind
from deskbreak.core.words import N_, spoken
from deskbreak.pages.app import render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from deskbreak.core.pack import Pack
    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Words
    from deskbreak.pages.desk import Desk

# From the best downwards. Source for the words: what each strength stands for in the pack.
_EVIDENCE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "strong": N_("The best evidence named for it is strong: many studies agree."),
        "moderate": N_(
            "The best evidence named for it is moderate: good studies, but few of them."
        ),
        "moderate-weak": N_(
            "The best evidence named for it is moderate to weak: few and small studies."
        ),
        "weak": N_("The evidence named for it is weak: small studies, or ones that found little."),
        "law": N_("The law asks for it; no study of it is named."),
        "expert": N_("It is what experts advise; no study of it is named."),
        "practice": N_("Other programs do it; no study of it is named."),
    }
)
_NO_EVIDENCE: Final = N_("No study and no advice of experts is named for it.")


@dataclass(frozen=True, slots=True)
class Why:
    """What a prompt rests on.

    ``other`` is what a pack says that is not built in; ``by`` is the organisation whose pack that
    is, in words, and empty where it is the person's own.
    """

    sentences: tuple[str, ...]
    guidance: tuple[Source, ...]
    evidence: tuple[Source, ...]
    cautions: tuple[Source, ...]
    other: tuple[str, ...]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why each prompt is there."""

    behind: Mapping[Whose | None, Mapping[str, Sequence[str]]]  # None: what is built in
    whose: Mapping[str, Whose]
    known: Mapping[str, Source]
    by: str  # the organisation, in words
    words: Words

    def of(self, prompt: str) -> Why:
        """Return why *prompt* is there."""
        whose = self.whose.get(prompt)
        by = self.by if whose is Whose.ORGANISATION else ""
        return explained(self.behind[whose].get(prompt, ()), self.known, self.words, by)


def reasons(desk: Desk, resolved: Resolved, pack: Pack, words: Words) -> Reasons:
    """Return why the prompts of *pack* are there. Reads the packs."""
    texts = desk.pack_texts(resolved)
    return Reasons(
        {whose: behind(text for one, text in texts if one is whose) for whose in (None, *Whose)},
        pack.whose,
        desk.sources(resolved),
        spoken(setter(resolved), words),
        words,
    )


def of(desk: Desk, resolved: Resolved, prompt: str, words: Words) -> Why:
    """Return why *prompt* is there. Reads the packs."""
    return reasons(desk, resolved, desk.pack(resolved), words).of(prompt)


def explained(ids: Sequence[str], known: Mapping[str, Source], words: Words, by: str = "") -> Why:
    """Return what *ids* say, in two sentences and as sources.

    *by* is the organisation, in words, whose prompt it is.
    """
    found = [known[one] for one in ids if one in known]
    guidance = tuple(one for one in found if not one.strength)
    evidence = tuple(one for one in found if one.strength and one.id not in CAUTIONS)
    other = tuple(one for one in ids if one not in known)
    return Why(
        (_comes_from(guidance, other, words, by), _how_good(evidence, words)),
        guidance,
        evidence,
        tuple(one for one in found if one.id in CAUTIONS),
        other,
        by,
    )


def _comes_from(guidance: Sequence[Source], other: Sequence[str], words: Words, by: str) -> str:
    _, n_ = words.gettext, words.ngettext
    if by:  # also where it names guidance of ours, which stands below
        return _("It comes from {organisation}.").format(organisation=by)
    if not guidance:
        return _("It comes from a pack of your own.") if other else _("It comes from no guidance.")
    first, *more = (_("“{title}”").format(title=one.title) for one in guidance)
    if not more:
        return _("It comes from the guidance {title}.").format(title=first)
    return n_(
        "It comes from the guidance {title} and {n} other.",
        "It comes from the guidance {title} and {n} others.",
        len(more),
    ).format(title=first, n=len(more))


def _how_good(evidence: Sequence[Source], words: Words) -> str:
    found = {one.strength for one in evidence}
    best = next((sentence for strength, sentence in _EVIDENCE.items() if strength in found), None)
    return words.gettext(best or _NO_EVIDENCE)


def _why(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    resolved = desk.resolved()
    words, pack = desk.words(resolved), desk.pack(resolved)
    text = pack.texts.get(request.query_params.get("prompt", ""))
    if text is None:
        raise HTTPException(404)
    return render(
        request,
        "why.html",
        text=text,
        why=of(desk, resolved, text.id, words),
        strengths=STRENGTHS,
    )


ROUTES: Final = (Route("/why", _why),)
