"""Why a prompt is there: the guidance it comes from, and how good the evidence is."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.routing import Route

from deskbreak.core.sources import CAUTIONS, STRENGTHS, Source, behind
from deskbreak.core.words import N_
from deskbreak.pages.app import render
from deskbreak.storage import files, language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

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
    """What a prompt rests on; ``other`` is what a pack of the person's own says."""

    sentences: tuple[str, ...]
    guidance: tuple[Source, ...]
    evidence: tuple[Source, ...]
    cautions: tuple[Source, ...]
    other: tuple[str, ...]


def of(desk: Desk, resolved: Resolved, prompt: str, words: Words) -> Why:
    """Return why *prompt* is there. Reads the packs."""
    name = resolved.text("language") or language.of_desktop()
    own, _ = files.own_pack_texts(desk.places.packs)
    texts = [text for _, text in (*files.pack_texts(name), *own)]
    return explained(behind(texts).get(prompt, ()), desk.sources(resolved), words)


def explained(ids: Sequence[str], known: Mapping[str, Source], words: Words) -> Why:
    """Return what *ids* say, in two sentences and as sources."""
    found = [known[one] for one in ids if one in known]
    guidance = tuple(one for one in found if not one.strength)
    evidence = tuple(one for one in found if one.strength and one.id not in CAUTIONS)
    other = tuple(one for one in ids if one not in known)
    return Why(
        (_comes_from(guidance, other, words), _how_good(evidence, words)),
        guidance,
        evidence,
        tuple(one for one in found if one.id in CAUTIONS),
        other,
    )


def _comes_from(guidance: Sequence[Source], other: Sequence[str], words: Words) -> str:
    _, n_ = words.gettext, words.ngettext
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
