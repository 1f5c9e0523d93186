"""The page of settings: every one with what it means, and what it would make of a week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse
from starlette.routing import Route

from deskbreak.core import tune
from deskbreak.core.model import Command
from deskbreak.core.plans import PLANS
from deskbreak.core.setting_names import full_name
from deskbreak.core.settings import describe
from deskbreak.core.words import N_, Refusal, said, spoken
from deskbreak.pages import settings_form
from deskbreak.pages.app import aside, form, render, to
from deskbreak.pages.preview import Preview
from deskbreak.pages.settings_form import Maker, Typed, text_of
from deskbreak.pages.settings_groups import groups
from deskbreak.storage import language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Said
    from deskbreak.pages.desk import Desk

    Fields = Mapping[str, Sequence[str]]

_OF_PLANS: Final = tuple(dict.fromkeys(key for plan in PLANS.values() for key in plan.values))
"""What changes with the plan, unless a person has set it."""

_DONE: Final = {
    "told": N_("Saved. It is in force now."),
    "later": N_("Saved. deskbreak does not run; it is in force when it starts."),
    "untold": N_(
        "Saved, but the running deskbreak did not answer; it is in force after a restart."
    ),
    "nothing": N_("Nothing was changed."),
}


def tell(desk: Desk) -> str:
    """Let the running agent read the settings; return which of the sentences above fits."""
    try:
        reply = desk.ask(Command("reload"))
    except Refusal:
        return "untold"
    return "later" if reply is None else "told"


def note_of(done: str, desk: Desk, resolved: Resolved) -> str:
    """Return the sentence that says what became of a form."""
    return desk.words(resolved).gettext(_DONE[done]) if done in _DONE else ""


# ── the page ───────────────────────────────────────────────────────────────────────────────


def _show(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    resolved = desk.resolved()
    _preview(request).read(resolved)
    note = note_of(request.query_params.get("done", ""), desk, resolved)
    return _page(request, resolved, Typed(), note=note)


def _page(
    request: Request,
    resolved: Resolved,
    typed: Typed,
    *,
    note: str = "",
    is_trouble: bool = False,
) -> Response:
    desk: Desk = request.app.state.desk
    words, pack = desk.words(resolved), desk.pack(resolved)
    known = desk.sources(resolved)
    maker = Maker(resolved, typed, known, language.known(), pack, words)
    return render(
        request,
        "settings.html",
        groups=groups(maker),
        seen=settings_form.seen(resolved),
        picture=_preview(request).picture(resolved, typed.changes, words),
        safety=pack.safety,
        read=settings_form.READ,
        consent=not resolved.flag("massage.enabled"),
        faults=[(key, full_name(key, words)) for key in typed.faults],
        problems=[spoken(problem, words) for problem in resolved.problems],
        contact=resolved.organisation.contact,
        note=note,
        is_trouble=is_trouble,
    )


def _preview(request: Request) -> Preview:
    """Return what plays weeks, one for as long as the server runs."""
    state = request.app.state
    if not hasattr(state, "preview"):
        state.preview = Preview(state.desk)
    found: Preview = state.preview
    return found


# ── what a person does ─────────────────────────────────────────────────────────────────────


async def _save(request: Request) -> Response:
    fields = await form(request)
    answer: Response = await aside(lambda: _saved(request, fields))
    return answer


def _saved(request: Request, fields: Fields) -> Response:
    desk: Desk = request.app.state.desk
    resolved = desk.resolved()
    typed = settings_form.read(fields, resolved)
    if "undo" in fields:
        return _undone(request, fields["undo"][-1], typed)
    if typed.faults or fields.get("do") == ["preview"]:
        return _page(request, resolved, typed)
    if not typed.changes:
        return to(request, "/settings?done=nothing")
    try:
        desk.settings.change(typed.changes)
    except Refusal as refusal:
        return _not_done(request, resolved, typed, refusal)
    return to(request, f"/settings?done={tell(desk)}")


def _undone(request: Request, key: str, typed: Typed) -> Response:
    """Take back what the person has set for *key*; whatever else was typed stays on the page."""
    desk: Desk = request.app.state.desk
    try:
        describe(key)
        resolved = desk.settings.unset(key)
    except Refusal as refusal:
        return _not_done(request, desk.resolved(), typed, refusal)
    tell(desk)
    words = desk.words(resolved)
    sentence = words.gettext(N_("“{name}” is as it was before you set it."))
    note = sentence.format(name=full_name(key, words))
    return _page(request, resolved, typed.without(key), note=note)


def _not_done(request: Request, resolved: Resolved, typed: Typed, refusal: Refusal) -> Response:
    desk: Desk = request.app.state.desk
    words = desk.words(resolved)
    told: list[Said] = [said(N_("Nothing was saved: {why}."), why=refusal.why)]
    told += [refusal.remedy] if refusal.remedy else []
    note = " ".join(spoken(one, words) for one in told)
    return _page(request, resolved, typed, note=note, is_trouble=True)


async def _try(request: Request) -> Response:
    fields = await form(request)
    found: dict[str, Any] = await aside(lambda: _tried(request, fields))
    return JSONResponse(found)


def _tried(request: Request, fields: Fields) -> dict[str, Any]:
    """Return the preview, what is wrong at which field, and what a chosen plan makes of others."""
    desk: Desk = request.app.state.desk
    resolved = desk.resolved()
    typed, words = settings_form.read(fields, resolved), desk.words(resolved)
    picture = _preview(request).picture(resolved, typed.changes, words)
    plan = {key: value for key, value in typed.changes.items() if key == "plan"}
    with_plan = tune.tried(resolved, plan)
    return {
        "html": bytes(render(request, "preview.html", picture=picture).body).decode(),
        "faults": {key: spoken(fault, words) for key, fault in typed.faults.items()},
        "values": {key: text_of(with_plan.values[key]) for key in _OF_PLANS},
    }


ROUTES: Final = (
    Route("/settings", _show),
    Route("/settings", _save, methods=["POST"]),
    Route("/settings/preview", _try, methods=["POST"]),
)
