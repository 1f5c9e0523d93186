"""The guide: one prompt step by step, the open one or any other, played and answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from deskbreak.core import labels, views
from deskbreak.core.model import Choice, Command, Following
from deskbreak.core.rules import rules
from deskbreak.core.softer import softer
from deskbreak.core.sources import STRENGTHS
from deskbreak.core.words import Refusal
from deskbreak.pages import lookup, terms, why
from deskbreak.pages.app import aside, form, only, render, to
from deskbreak.pages.lookup import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from deskbreak.core.model import KindRules, Rules
    from deskbreak.core.pack import Pack
    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Words
    from deskbreak.pages.desk import Desk

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
        waiting = _waiting(found, rules(resolved, pack.index), desk.words(resolved))
        return lookup.page(request, desk, resolved, pack, waiting=waiting)
    if wanted not in pack.texts:
        raise HTTPException(404)
    return _steps(request, desk, resolved, pack, wanted, found)


def _waiting(found: Open | None, made: Rules, words: Words) -> Waiting | None:
    """Return what is said of an open prompt for which there is no text."""
    if found is None:
        return None
    kind = made.kinds[made.place[found.kind]]
    return Waiting(
        found.episode,
        labels.kind_now(kind.name, words),
        labels.kind_body(kind.name, words),
        tuple(_answers(kind, found, words)),
    )


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
    """Answer with the figure of a prompt.

    The page asks for it when its words are there: to draw it takes longer than all the rest.
    """
    desk: Desk = request.app.state.desk
    figures, prompt = desk.figures(desk.resolved()), request.query_params.get("prompt", "")
    if not figures.has(prompt):
        raise HTTPException(404)
    return JSONResponse(figures.film(prompt))


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


# ── speaking ───────────────────────────────────────────────────────────────────────────────


async def _say(request: Request) -> Response:
    """Pass on what the page does with the steps; answer where its prompt stands then."""
    fields = await form(request)
    episode, word = only(fields, "episode"), only(fields, "word")
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
    episode, choice = only(fields, "episode"), only(fields, "choice")
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


ROUTES: Final = (
    Route("/guide", _guide),
    Route("/guide/film", _film),
    Route("/guide/say", _say, methods=["POST"]),
    Route("/guide/answer", _answer, methods=["POST"]),
    Route("/guide/after", _after),
)
