"""Looking things up: all prompts to choose from, and which of them are not for me."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.routing import Route

from deskbreak.core import labels
from deskbreak.core.content import suits
from deskbreak.core.rules import rules
from deskbreak.pages import terms
from deskbreak.pages.app import aside, form, only, render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from deskbreak.core.content import Entry, Text
    from deskbreak.core.model import Rules
    from deskbreak.core.pack import Pack
    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Words
    from deskbreak.pages.desk import Desk

_HIDDEN: Final = "person.hidden_prompts"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open prompt without a text: what is said of it, and what can be answered."""

    episode: int
    now: str
    body: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The prompts of one kind, to choose from."""

    kind: str
    name: str
    entries: tuple[tuple[Entry, Text], ...]


def page(  # noqa: PLR0913 - what was read already, and what is special about few of the looks
    request: Request,
    desk: Desk,
    resolved: Resolved,
    pack: Pack,
    *,
    hidden: str = "",
    waiting: Waiting | None = None,
) -> Response:
    """Show the prompts to choose from; *hidden* is one that was hidden just now."""
    words, made = desk.words(resolved), rules(resolved, pack.index)
    area = request.query_params.get("area", "")
    area = area if area in terms.AREAS else ""
    fitting = [one for one in pack.index if suits(one, made.person)]
    return render(
        request,
        "prompts.html",
        shelves=tuple(_by_kind(fitting, pack.texts, made, area, words)),
        area=area,
        areas=terms.AREAS,
        open=waiting,
        answers=waiting.answers if waiting else (),
        left_out=len(pack.index) - len(fitting),
        hidden=pack.texts.get(hidden),
        safety=pack.safety,
    )


def _by_kind(
    entries: Sequence[Entry], texts: Mapping[str, Text], made: Rules, area: str, words: Words
) -> Iterator[Shelf]:
    """Yield those of *area* (of any where it is empty), kind by kind."""
    for kind in made.kinds:
        mine = tuple(
            (one, texts[one.id])
            for one in entries
            if one.kind == kind.name and area in {"", *one.areas}
        )
        if mine:
            yield Shelf(kind.name, labels.kind_name(kind.name, words), mine)


async def _hide(request: Request) -> Response:
    """Hide a prompt for good, or show it again; the answer is the list, for its address says nothing."""
    fields = await form(request)
    prompt, again = only(fields, "prompt"), only(fields, "again") == "yes"
    desk: Desk = request.app.state.desk

    def work() -> Response:
        resolved = desk.resolved()
        if prompt not in desk.pack(resolved).texts:
            raise HTTPException(404)
        others = [one for one in resolved.texts(_HIDDEN) if one != prompt]
        desk.settings.change({_HIDDEN: tuple(others if again else [*others, prompt])})
        desk.tell_of_settings()
        resolved = desk.resolved()
        return page(request, desk, resolved, desk.pack(resolved), hidden="" if again else prompt)

    answer: Response = await aside(work)
    return answer


ROUTES: Final = (Route("/guide/hide", _hide, methods=["POST"]),)
