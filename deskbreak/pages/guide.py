"""The guide: one prompt step by step, the open one or any other, and all prompts to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from deskbreak.core import labels, views
from deskbreak.core.content import suits
from deskbreak.core.model import Choice, Command, Following
from deskbreak.core.rules import rules
from deskbreak.core.softer import softer
from deskbreak.core.sources import STRENGTHS
from deskbreak.core.words import Refusal
from deskbreak.pages import terms, why
from deskbreak.pages.app import aside, form, render, to

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from deskbreak.core.content import Entry, Text
    from deskbreak.core.model import KindRules, Rules
    from deskbreak.core.pack import Pack
    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Words
    from deskbreak.pages.desk import Desk

_HIDDEN: Final = "person.hidden_prompts"
_ANSWERS: Final = (Choice.DONE, Choice.POSTPONE, Choice.SKIP, Choice.NOT_FOR_ME)
_MOVING: Final = frozenset({"stretch", "position", "massage"})
"""Kinds whose every prompt moves or presses something; of the others some do."""


@dataclass(frozen=True, slots=True)
class Open:
    """The prompt that waits for an answer, as the running agent says."""

    episode: int
    kind: str
    prompt: str
    postponed: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """The prompts of one kind, to choose from."""

    kind: str
    name: str
    entries: tuple[tuple[Entry, Text], ...]


def _ask_open(desk: Desk, argument: str = "") -> tuple[Open | None, bool]:
    """Say something of the guide to the agent; return what is open then, and whether it answered."""
    try:
        reply = desk.ask(Command("guide", argument))
    except Refusal:  # it hangs: steps can be followed all the same
        return None, False
    match reply:
        case {"open": {"episode": int(n), "kind": str(kind), "postponed": int(times), **more}}:
            prompt = more.get("prompt")
            return Open(n, kind, prompt if isinstance(prompt, str) else "", times), True
        case {"ok": True}:
            return None, True
    return None, False


# ── looking ────────────────────────────────────────────────────────────────────────────────


def _guide(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    wanted = request.query_params.get("prompt", "")
    found, _ = _ask_open(desk)
    resolved = desk.resolved()
    pack = desk.pack(resolved)
    if not wanted and found is not None and found.prompt in pack.texts:
        wanted = found.prompt
    if not wanted:
        return _shelves(request, desk, resolved, pack, waiting=found)
    if wanted not in pack.texts:
        raise HTTPException(404)
    return _steps(request, desk, resolved, pack, wanted, found)


def _steps(  # noqa: PLR0913, PLR0917 - what was read already, each thing once
    request: Request,
    desk: Desk,
    resolved: Resolved,
    pack: Pack,
    prompt: str,
    found: Open | None,
) -> Response:
    words, made = desk.words(resolved), rules(resolved, pack.index)
    entry = next(one for one in pack.index if one.id == prompt)
    instead = request.query_params.get("instead", "")
    if found is not None and found.prompt != prompt:
        is_instead = found.kind == entry.kind and instead == str(found.episode)
        found = found if is_instead else None
    kind = made.kinds[made.place[found.kind if found else entry.kind]]
    less = softer(entry, pack.index, pack.texts, made.person)
    return render(
        request,
        "guide.html",
        text=pack.texts[prompt],
        entry=entry,
        kind=labels.kind_name(entry.kind, words),
        open=found,
        in_place_of=pack.texts.get(found.prompt) if found and found.prompt != prompt else None,
        counts=found is not None and kind.guide and found.prompt == prompt,
        drawn=desk.figures(resolved).has(prompt),
        moves=entry.kind in _MOVING or bool(entry.avoid_if),
        softer=pack.texts[less.id] if less else None,
        answers=list(_answers(kind, found, words, prompt)) if found else [],
        hidden=prompt in made.person.hidden,
        areas=[terms.AREAS[area] for area in entry.areas],
        steps=terms.STEPS,
        safety=pack.safety,
        why=why.of(desk, resolved, prompt, words),
        strengths=STRENGTHS,
    )


def _film(request: Request) -> Response:
    """Answer with the figure of a prompt: its film, and the key poses of each step.

    The page asks for it when its words are there: to draw it takes longer than all the rest.
    """
    desk: Desk = request.app.state.desk
    figures, prompt = desk.figures(desk.resolved()), request.query_params.get("prompt", "")
    if not figures.has(prompt):
        raise HTTPException(404)
    return JSONResponse({"film": figures.film(prompt), "stills": figures.stills(prompt)})


def _answers(
    kind: KindRules, found: Open, words: Words, shown: str | None = None
) -> Iterator[tuple[str, str]]:
    """Yield what can be answered, and what the button says; *shown* is the prompt on the page.

    What is not for somebody is what they see: of a prompt in the place of the open one its own form
    says so.
    """
    for choice in _ANSWERS:
        can_be = {
            Choice.POSTPONE: found.postponed < kind.postpone_max,
            Choice.NOT_FOR_ME: found.prompt != "" and shown in {None, found.prompt},
        }
        if can_be.get(choice, True):
            yield choice.value, views.answer_label(choice, kind, words)


def _shelves(  # noqa: PLR0913 - as above, and what is special about few of the looks
    request: Request,
    desk: Desk,
    resolved: Resolved,
    pack: Pack,
    *,
    hidden: str = "",
    waiting: Open | None = None,
) -> Response:
    """Show the prompts to choose from; *waiting* is an open one for which there is no text."""
    words, made = desk.words(resolved), rules(resolved, pack.index)
    area = request.query_params.get("area", "")
    area = area if area in terms.AREAS else ""
    fitting = [one for one in pack.index if suits(one, made.person)]
    shelves = tuple(_by_kind(fitting, pack.texts, made, area, words))
    kind = made.kinds[made.place[waiting.kind]] if waiting else None
    return render(
        request,
        "prompts.html",
        shelves=shelves,
        area=area,
        areas=terms.AREAS,
        open=waiting,
        waiting=kind and (labels.kind_now(kind.name, words), labels.kind_body(kind.name, words)),
        answers=list(_answers(kind, waiting, words)) if kind and waiting else [],
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


# ── speaking ───────────────────────────────────────────────────────────────────────────────


async def _say(request: Request) -> Response:
    """Pass on what the page does with the steps; answer where its prompt stands then."""
    fields = await form(request)
    episode, word = _only(fields, "episode"), _only(fields, "word")
    if not (episode.isascii() and episode.isdigit()) or word not in set(Following):
        raise HTTPException(404)
    desk: Desk = request.app.state.desk

    def work() -> dict[str, Any]:
        try:
            reply = desk.ask(Command("guide", f"{episode} {word}")) or {}
        except Refusal:
            reply = {}
        mine, ended = reply.get("open") or {}, reply.get("ended") or {}
        if mine.get("episode") != int(episode):
            mine = {}
        return {
            "open": bool(mine),
            "followed": mine.get("phase") == "guided" and bool(mine.get("on_page")),
            "taken": ended.get("outcome") == "taken",
        }

    return JSONResponse(await aside(work))


async def _answer(request: Request) -> Response:
    """Answer the open prompt, if it is the one that the page shows; then say what came of it."""
    fields = await form(request)
    episode, choice = _only(fields, "episode"), _only(fields, "choice")
    if not (episode.isascii() and episode.isdigit()) or choice not in set(_ANSWERS):
        raise HTTPException(404)
    desk: Desk = request.app.state.desk

    def work() -> str:
        found, runs = _ask_open(desk)
        if not runs:
            return "gone"
        if found is None or found.episode != int(episode):
            return "late"
        _, runs = _ask_open(desk, f"{episode} {choice}")
        return choice if runs else "gone"

    done = await aside(work)
    return to(request, "/guide" if done == Choice.NOT_FOR_ME else f"/guide/after?what={done}")


def _after(request: Request) -> Response:
    return render(request, "after.html", what=request.query_params.get("what", ""))


async def _hide(request: Request) -> Response:
    """Hide a prompt for good, or show it again; the answer is the list, for its address says nothing."""
    fields = await form(request)
    prompt, again = _only(fields, "prompt"), _only(fields, "again") == "yes"
    desk: Desk = request.app.state.desk

    def work() -> Response:
        resolved = desk.resolved()
        if prompt not in desk.pack(resolved).texts:
            raise HTTPException(404)
        others = [one for one in resolved.texts(_HIDDEN) if one != prompt]
        desk.settings.change({_HIDDEN: tuple(others if again else [*others, prompt])})
        desk.tell_of_settings()
        resolved = desk.resolved()
        return _shelves(
            request, desk, resolved, desk.pack(resolved), hidden="" if again else prompt
        )

    answer: Response = await aside(work)
    return answer


def _only(fields: Mapping[str, Sequence[str]], name: str) -> str:
    """Return the one value of a field; of none or several, nothing."""
    found = fields.get(name, ())
    return found[0] if len(found) == 1 else ""


ROUTES: Final = (
    Route("/guide", _guide),
    Route("/guide/film", _film),
    Route("/guide/say", _say, methods=["POST"]),
    Route("/guide/answer", _answer, methods=["POST"]),
    Route("/guide/after", _after),
    Route("/guide/hide", _hide, methods=["POST"]),
)
