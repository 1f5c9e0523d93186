"""What to know before one moves: the note, the warning signs, and when not to rub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from deskbreak.core.sources import CAUTIONS
from deskbreak.pages.app import render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from deskbreak.pages.desk import Desk


def _safety(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    resolved = desk.resolved()
    known = desk.sources(resolved)
    return render(
        request,
        "safety.html",
        safety=desk.pack(resolved).safety,
        sources=[known[one] for one in sorted(CAUTIONS) if one in known],
    )


ROUTES: Final = (Route("/safety", _safety),)
