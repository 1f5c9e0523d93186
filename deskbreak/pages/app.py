"""The pages as one application: their routes, and the frame that all of them stand in."""

from __future__ import annotations

import mimetypes
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from deskbreak.core.plain import readable
from deskbreak.core.words import Refusal, spoken
from deskbreak.pages.entrance import AGAIN
from deskbreak.pages.guard import ENTRANCE

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from deskbreak.core.words import Words
    from deskbreak.pages.desk import Desk
    from deskbreak.pages.server import Server

_HERE: Final = Path(__file__).parent
_MOST_BYTES: Final = 256 * 1024
"""Of a form; a settings file that is imported may have 64 kB."""
FORM_KEY: Final = "form_key"
"""The field of every form that only our own pages can fill in."""


def _shown(value: object) -> object:
    """Return what a template shows of *value*: text that was escaped stays so."""
    return type(value)(readable(value)) if isinstance(value, str) else value


# Texts are escaped wherever they are put: what a pack or a history says is never markup.
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_shown,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)


class NotOurs(Exception):  # noqa: N818 - it reads as a statement
    """A form that none of our pages has sent."""


class _Files(StaticFiles):
    """What no file can be called is no file, in each version of starlette."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Return the place of a file and what the system says of it, "" and None without one."""
        try:
            return super().lookup_path(path)
        except (OSError, ValueError):  # a name too long, or one with a zero in it
            return "", None


def make_app(
    server: Server, desk: Desk, routes: Sequence[Route], pages: Mapping[str, str]
) -> ASGIApp:
    """Return the application: *routes* below the root of *server*; *pages* are paths by name."""

    def enter(request: Request) -> Response:
        page = _path(request.query_params.get("to", ""), pages)
        if page is None or not server.enter(request.query_params.get("token", "")):
            return Response(status_code=403)
        # A page and no redirection: only what this site itself asks for carries a strict cookie.
        answer = HTMLResponse(_ENTERS.format(root=server.keys.root, page=page))
        answer.set_cookie(
            server.cookie,
            server.keys.session,
            path=server.keys.root,
            httponly=True,
            samesite="strict",
        )
        return answer

    async def look(_request: Request) -> Response:
        return Response(status_code=204)  # that it came is all

    async def again(request: Request) -> Response:
        page = (await request.body()).decode(errors="replace")
        if _path(page, pages) is None:
            return Response(status_code=404)
        return PlainTextResponse(server.way_in(page).name)

    below = [
        Route(ENTRANCE, enter),
        Route(AGAIN, again, methods=["POST"]),
        Route("/look", look),
        Mount("/static", _Files(directory=_HERE / "static")),
        *routes,
    ]
    # Windows' registry may have another type for these, and no browser would take them as that.
    for end, kind in ((".js", "text/javascript"), (".css", "text/css"), (".svg", "image/svg+xml")):
        mimetypes.add_type(kind, end)
    app = Starlette(
        routes=[Mount(server.keys.root, routes=below)],
        exception_handlers={NotOurs: _forbidden, Refusal: _refused, 404: _missing},
    )
    app.state.desk, app.state.server = desk, server
    return app


def _path(wanted: str, pages: Mapping[str, str]) -> str | None:
    """Return the path of a page by its name; after a slash the guide takes the id of a prompt."""
    name, slash, prompt = wanted.partition("/")
    page = pages.get(name)
    if page is None or not slash:
        return page
    is_one = name == "guide" and _PROMPT.fullmatch(prompt) is not None
    return f"{page}?prompt={prompt}" if is_one else None


# Nothing that an address or a page would read as something else; packs take no other ids.
_PROMPT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_ENTERS: Final = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>deskbreak</title>"
    '<link rel=icon href="{root}/static/deskbreak.svg">'  # else a browser asks outside our root
    '<meta http-equiv=refresh content="0;url={root}{page}">'
)


def render(request: Request, name: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """Return the page of template *name*; every page gets the words, where it is, and the form's key."""
    desk: Desk = request.app.state.desk
    server: Server = request.app.state.server
    resolved = desk.resolved()
    words = desk.words(resolved)
    # One environment for all, for one person has one language: each template is compiled once.
    _TEMPLATES.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    html = _TEMPLATES.get_template(name).render(
        root=server.keys.root,
        here=request.url.path.removeprefix(server.keys.root),
        form_key=server.keys.form,
        lang=_language(words),
        **context,
    )
    return HTMLResponse(html, status)


def _language(words: Words) -> str:
    info = getattr(words, "info", dict[str, str])()
    return str(info.get("language", "") or "en").replace("_", "-")


async def form(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form of ours, each with its values in order.

    Raises:
        NotOurs: It lacks the key that our pages put into their forms, or is too large.
    """
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > _MOST_BYTES:
            raise NotOurs
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(data.decode(errors="replace"), keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    server: Server = request.app.state.server
    given = fields.pop(FORM_KEY, [""])
    if len(given) != 1 or not secrets.compare_digest(given[0].encode(), server.keys.form.encode()):
        raise NotOurs
    return fields


def only(fields: Mapping[str, Sequence[str]], name: str) -> str:
    """Return the one value of a field; of none or several, nothing."""
    found = fields.get(name, ())
    return found[0] if len(found) == 1 else ""


def to(request: Request, path: str) -> RedirectResponse:
    """Return the answer to a form that was done: look at *path*, below our root."""
    server: Server = request.app.state.server
    return RedirectResponse(f"{server.keys.root}{path}", status_code=303)


async def aside(work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever *work* returns
    """Do *work*, which reads a disk or asks the agent, without holding up other requests."""
    return await run_in_threadpool(work)


async def _forbidden(_request: Request, _error: Exception) -> Response:
    return Response(status_code=403)


async def _missing(request: Request, _error: Exception) -> Response:
    return render(request, "message.html", status=404, problem=None)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    desk: Desk = request.app.state.desk
    words = desk.words(desk.resolved())
    sentences = [spoken(one, words) for one in (error.why, error.remedy) if one is not None]
    return render(request, "message.html", status=500, problem=" ".join(sentences))
