"""The statistics page: a day as a strip, the week beside the one before, and what lies behind it."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from deskbreak.core import labels, stats
from deskbreak.core.menu import week_line
from deskbreak.core.words import N_, spoken
from deskbreak.pages import figures, weeks
from deskbreak.pages.app import aside, render
from deskbreak.pages.hours import of_interest
from deskbreak.pages.seen import Chosen, see
from deskbreak.pages.strip import strip
from deskbreak.storage import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from deskbreak.core.stats import Day
    from deskbreak.core.words import Words
    from deskbreak.pages.desk import Desk
    from deskbreak.pages.seen import Seen

_WEEK: Final = timedelta(days=7)


# ── requests ───────────────────────────────────────────────────────────────────────────────


async def _page(request: Request) -> Response:
    chosen = _chosen(request)
    desk: Desk = request.app.state.desk

    def answer() -> Response:
        return render(request, "stats.html", **_context(see(desk, chosen), _words(desk)))

    response: Response = await aside(answer)
    return response


async def _csv(request: Request) -> Response:
    chosen, what = _chosen(request), request.path_params["what"]
    desk: Desk = request.app.state.desk
    seen: Seen = await aside(lambda: see(desk, chosen))
    try:
        lines = figures.csv_lines(what, seen)
    except KeyError:
        raise HTTPException(404) from None
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    name = f"deskbreak-{what}-{seen.day.date if what == 'day' else seen.week.key}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _chosen(request: Request) -> Chosen:
    """Return what the address asks for; what it cannot ask for is no page."""
    week, day = (request.query_params.get(name, "") for name in ("week", "day"))
    try:
        of = stats.parse_week(week, language.first_weekday()) if week else None
        on = date.fromisoformat(day) if day else None
    except ValueError:
        raise HTTPException(404) from None
    return Chosen(of or on, on)


def _words(desk: Desk) -> Words:
    return desk.words(desk.resolved())


ROUTES: Final = (Route("/stats", _page), Route("/stats/{what}.csv", _csv))


# ── what the template is given ─────────────────────────────────────────────────────────────


def _context(seen: Seen, words: Words) -> dict[str, Any]:
    total, before = seen.week.total, seen.weeks[-2]
    hours = of_interest(seen.hours, seen.day_starts_s)
    return {
        "seen": seen,
        "spoken": [spoken(problem, words) for problem in seen.problems],
        "is_empty": seen.known is None and not seen.spans,
        **_ways(seen, words),
        "day_line": week_line(_day_name(seen, words), seen.day, words),
        "strip": strip(seen, words),
        "tiles": list(weeks.tiles(total, before, words)),
        "charts": list(weeks.per_day(seen, words)),
        "kinds": list(weeks.by_kind(total, words)),
        "weeks": list(weeks.four(seen, words)),
        "hours": list(weeks.per_hour(hours, seen.hours_days, words)),
        "tables": {
            **_week_tables(seen, words),
            "day": figures.one_day(seen, words),
            "hours": figures.hours(hours, seen.hours_days, words),
        },
    }


def _ways(seen: Seen, words: Words) -> dict[str, object]:
    """Return where one is, and where one can go from here."""
    first, last = seen.week.days[0].date, seen.week.days[-1].date
    is_first = seen.known is None or seen.known[0] >= first
    _ = words.gettext
    week = _("This week") if seen.is_now else _("Week {week}").format(week=seen.week.key)
    edges = (figures.day_and_month(one, words) for one in (first, last))
    return {
        "heading": week,
        "dates": " \N{EN DASH} ".join(edges),
        "earlier": None if is_first else _key(first - _WEEK),
        "later": None if seen.is_now else _key(first + _WEEK),
        "days": [(one.date, labels.weekday(one.date, words)) for one in seen.week.days],
        "day_name": figures.date_text(seen.day.date, words),
    }


def _key(day: date) -> str:
    return stats.week_key(day, language.first_weekday())


def _day_name(seen: Seen, words: Words) -> str:
    if seen.day.date == seen.today:
        return words.gettext(N_("Today"))
    return figures.date_text(seen.day.date, words)


def _week_tables(seen: Seen, words: Words) -> dict[str, figures.Table]:
    _, total, before = words.gettext, seen.week.total, seen.weeks[-2]

    def per_day(name: str, caption: str, days: Sequence[Day], of: Day) -> figures.Table:
        rows = [(figures.date_text(one.date, words), one) for one in days]
        return figures.days(name, caption, [*rows, (_("The week"), of)], words)

    beside = [(_from(one, words), one) for one in seen.weeks]
    return {
        "week": per_day("week", _("The week, day by day"), seen.week.days, total),
        "before": per_day("before", _("The week before, day by day"), seen.before, before),
        "kinds": figures.kinds("kinds", _("The week, kind by kind"), total, words),
        "kinds_before": figures.kinds(
            "kinds-before", _("The week before, kind by kind"), before, words
        ),
        "weeks": figures.days("weeks", _("Week by week"), beside, words),
    }


def _from(week: Day, words: Words) -> str:
    return words.gettext(N_("from {date}")).format(date=figures.day_and_month(week.date, words))
