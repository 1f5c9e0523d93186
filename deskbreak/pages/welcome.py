"""The first run: what deskbreak does, and the few things worth saying before it starts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from starlette.routing import Route

from deskbreak.core import labels, setting_names
from deskbreak.core.content import AVOID_TAGS, EQUIPMENT
from deskbreak.core.locks import setter
from deskbreak.core.plans import PLANS
from deskbreak.core.settings import check
from deskbreak.core.settings_table import SETTINGS, WEEKDAYS
from deskbreak.core.words import N_, Refusal, spoken
from deskbreak.pages.app import aside, form, render
from deskbreak.storage import autostart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Words
    from deskbreak.pages.desk import Desk

    Fields = Mapping[str, Sequence[str]]

_FLAGS: Final = ("person.seated_only", "person.discreet_only")
_LISTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"person.equipment": EQUIPMENT, "person.avoid": AVOID_TAGS}
)
_ON: Final = "working_hours.enabled"
_OF_HOURS: Final = (_ON, *(f"working_hours.{day}" for day in WEEKDAYS))
_HOURS: Final = ("09:00", "17:00")  # offered where nobody has said anything: our opinion
_WORKDAYS: Final = WEEKDAYS[:5]


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours as this page asks for them: one range, on some days."""

    on: bool
    days: frozenset[str]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form says, as far as it was sent; what is wrong with it, by field."""

    plan: str
    flags: frozenset[str]
    lists: Mapping[str, tuple[str, ...]]
    hours: Hours | None  # None: they are more than this page can say
    starts: bool | None  # at login; None where that cannot be told
    wrong: Mapping[str, str]


# ── what is so ─────────────────────────────────────────────────────────────────────────────


def _now(resolved: Resolved) -> Typed:
    return Typed(
        resolved.text("plan"),
        frozenset(key for key in _FLAGS if resolved.flag(key)),
        {key: resolved.texts(key) for key in _LISTS},
        _hours(resolved),
        _starts(),
        {},
    )


def _hours(resolved: Resolved) -> Hours | None:
    found = {day: resolved.texts(f"working_hours.{day}") for day in WEEKDAYS}
    ranges = {one for each in found.values() for one in each}
    if not ranges:
        return Hours(resolved.flag(_ON), frozenset(_WORKDAYS), *_HOURS)
    if len(ranges) > 1 or any(len(each) > 1 for each in found.values()):
        return None
    start, _, end = ranges.pop().partition("-")
    return Hours(
        resolved.flag(_ON), frozenset(day for day, each in found.items() if each), start, end
    )


def _starts() -> bool | None:
    try:
        return autostart.state().enabled
    except Refusal:
        return None


# ── the page ───────────────────────────────────────────────────────────────────────────────


def _page(request: Request, typed: Typed, *, status: int = 200, trouble: str = "") -> Response:
    desk: Desk = request.app.state.desk
    resolved = desk.resolved()
    words = desk.words(resolved)
    return render(
        request,
        "welcome.html",
        status=status,
        typed=typed,
        trouble=trouble,
        plans=list(_plans(resolved, typed.plan, words)),
        names={
            key: [(one, setting_names.choice_name(key, one, words)) for one in choices]
            for key, choices in _LISTS.items()
        },
        weekdays=[
            (day, setting_names.setting_name(f"working_hours.{day}", words)) for day in WEEKDAYS
        ],
        plan_locked=resolved.is_locked("plan"),
        hours_locked=any(resolved.is_locked(key) for key in _OF_HOURS),
        setter=spoken(setter(resolved), words) if resolved.is_managed else "",
        safety=desk.pack(resolved).safety,
        places=desk.places,
        keep_days=resolved.whole("history.keep_days"),
    )


def _plans(
    resolved: Resolved, chosen: str, words: Words
) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield each plan to choose: its id, its name, whom it is for, how often it asks for what."""
    shown = {chosen, resolved.text("plan")}
    for plan in PLANS:
        if plan in shown or (plan != "custom" and _is_allowed(resolved, plan)):
            yield (
                plan,
                labels.plan_name(plan, words),
                setting_names.plan_about(plan, words),
                _figures(plan, words),
            )


def _is_allowed(resolved: Resolved, plan: str) -> bool:
    bounds = resolved.bounds.get("plan")
    return bounds is None or bounds.clamped(SETTINGS["plan"], plan) == plan


def _figures(plan: str, words: Words) -> list[str]:
    """Return how often *plan* asks for what, a line each: ``Change position: Every 20 min``."""
    found = setting_names.plan_figures(plan, words)
    return [f"{name}: {labels.every(minutes, words)}" for _, name, minutes in found]


def _welcome(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    return _page(request, _now(desk.resolved()))


# ── what is sent ───────────────────────────────────────────────────────────────────────────


def _read(fields: Fields, before: Typed) -> Typed:
    def one(name: str, otherwise: str = "") -> str:
        return fields.get(name, [otherwise])[-1]

    hours = before.hours
    if hours is not None and "hours" in fields:  # what is locked is not sent
        days = frozenset(day for day in WEEKDAYS if day in fields.get("days", ()))
        hours = Hours(one("hours") == "some", days, _time(one("start")), _time(one("end")))
    return replace(
        before,
        plan=one("plan", before.plan),
        flags=frozenset(key for key in _FLAGS if key in fields.get("person", ())),
        lists={
            key: tuple(tag for tag in choices if tag in fields.get(key, ()))
            for key, choices in _LISTS.items()
        },
        hours=hours,
        starts=None if before.starts is None else "starts" in fields,
    )


def _time(text: str) -> str:
    """Return a time as the settings have it: 9:00 is 09:00."""
    text = text.strip()
    return f"0{text}" if text[1:2] == ":" else text


def _changes(typed: Typed, before: Typed, words: Words) -> tuple[dict[str, object], Typed]:
    """Return what is to be written, and what was typed with what is wrong in it."""
    wanted: dict[str, object] = {}
    if typed.plan != before.plan:
        wanted["plan"] = typed.plan
    wanted |= {
        key: key in typed.flags for key in _FLAGS if (key in typed.flags) != (key in before.flags)
    }
    wanted |= {
        key: value for key, value in typed.lists.items() if set(value) != set(before.lists[key])
    }
    wrong = {}
    if typed.hours is not None and typed.hours != before.hours:
        found = _of_hours(typed.hours)
        if typed.hours.on and not typed.hours.days:
            wrong["days"] = words.gettext(N_("Choose at least one day."))
        wanted |= found
    sound: dict[str, object] = {}
    for key, value in wanted.items():
        try:
            sound[key] = check(key, value)
        except Refusal as bad:
            name = "start" if key.startswith("working_hours.") else key
            wrong.setdefault(name, _fault(name, bad, words))
    return sound, replace(typed, wrong=wrong)


def _fault(name: str, bad: Refusal, words: Words) -> str:
    if name == "start":
        return words.gettext(N_("Write both times as 09:00; they must not be the same."))
    return spoken(bad.why, words)


def _of_hours(hours: Hours) -> dict[str, object]:
    if not hours.on:
        return {_ON: False}
    ranges = {day: (f"{hours.start}-{hours.end}",) if day in hours.days else () for day in WEEKDAYS}
    return {_ON: True} | {f"working_hours.{day}": value for day, value in ranges.items()}


async def _save(request: Request) -> Response:
    fields = await form(request)
    desk: Desk = request.app.state.desk
    answer: Response = await aside(lambda: _saved(request, desk, fields))
    return answer


def _saved(request: Request, desk: Desk, fields: Fields) -> Response:
    """Write what was chosen, all or none; who skips the page changes nothing."""
    resolved = desk.resolved()
    words, before = desk.words(resolved), _now(resolved)
    if "skip" in fields:
        return _ready(request, saved=False)
    changes, typed = _changes(_read(fields, before), before, words)
    if typed.wrong:
        return _page(request, typed)
    problems: list[str] = []
    if changes:
        try:
            desk.settings.change(changes)
        except Refusal as refusal:
            return _page(request, typed, status=409, trouble=_sentences(refusal, words))
        desk.tell_of_settings()
    if typed.starts is not None and typed.starts != before.starts:
        try:
            found = autostart.enable() if typed.starts else autostart.disable()
        except Refusal as refusal:
            problems.append(_sentences(refusal, words))
        else:
            problems += [] if found.why is None else [spoken(found.why, words)]
    return _ready(request, saved=True, problems=problems)


def _ready(request: Request, **context: Any) -> Response:  # noqa: ANN401 - for the template
    desk: Desk = request.app.state.desk
    resolved = desk.resolved()
    words = desk.words(resolved)
    figures = _figures(resolved.text("plan"), words)
    return render(request, "ready.html", figures=figures, **({"problems": []} | context))


def _sentences(refusal: Refusal, words: Words) -> str:
    found = (refusal.why, refusal.remedy)
    return " ".join(spoken(one, words) for one in found if one is not None)


ROUTES: Final = (
    Route("/welcome", _welcome),
    Route("/welcome", _save, methods=["POST"]),
)
