"""Looking things up: every prompt there is, by area; which to find, and which are not for me."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from deskbreak.core import labels
from deskbreak.core.content import EQUIPMENT, KINDS, POSITIONS, suits
from deskbreak.core.pack import Whose
from deskbreak.core.rules import rules
from deskbreak.core.setting_names import choice_name
from deskbreak.core.sources import STRENGTHS
from deskbreak.pages import terms, why
from deskbreak.pages.app import aside, form, only, render
from deskbreak.pages.obstacles import obstacles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from starlette.requests import Request

    from deskbreak.core.content import Entry, Person, Text
    from deskbreak.core.model import Rules
    from deskbreak.core.pack import Pack
    from deskbreak.core.settings import Resolved
    from deskbreak.core.sources import Source
    from deskbreak.core.words import Words
    from deskbreak.pages.desk import Desk
    from deskbreak.pages.why import Why

_HIDDEN: Final = "person.hidden_prompts"
_MOST_LETTERS: Final = 100  # of what is searched for
_BY_ITSELF: Final = "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open prompt without a text: what is said of it, and what can be answered."""

    episode: int
    now: str
    body: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: an area, a kind, words; each may be empty, which is any."""

    area: str = ""
    kind: str = ""
    text: str = ""

    def query(self) -> str:
        """Return it as part of an address."""
        given = {"area": self.area, "kind": self.kind, "q": self.text}
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Chip:
    """One way to see more or less of the list."""

    name: str
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A prompt as it is looked up; ``facts`` are short words, ``against`` sentences."""

    entry: Entry
    text: Text
    facts: tuple[str, ...]
    why: Why
    mark: str  # whose it is, if it is not built in
    drawn: bool
    hidden: bool
    against: tuple[str, ...]
    just: bool = False  # hidden, or shown again, a moment ago
    found: bool = True  # by the words that are looked for; the others are there, but not seen

    @property
    def found_by(self) -> str:
        """Return the words by which it is found, folded."""
        text = self.text
        steps = (f"{step.text} {step.seconds}" for step in text.steps)
        return folded(" ".join((text.title, text.body, text.caution, *steps, *self.facts)))


@dataclass(frozen=True, slots=True)
class Shelf:
    """The prompts of one area."""

    area: str
    name: str
    items: tuple[Item, ...]


def folded(text: str) -> str:
    """Return *text* without capitals and accents, as lookup.js does too."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in parts if not unicodedata.category(one).startswith("M"))


# ── looking ────────────────────────────────────────────────────────────────────────────────


def page(  # noqa: PLR0913 - what was read already, and what is special about few of the looks
    request: Request,
    desk: Desk,
    resolved: Resolved,
    pack: Pack,
    *,
    wanted: Wanted | None = None,
    just: str = "",
    elsewhere: bool = False,
    waiting: Waiting | None = None,
) -> Response:
    """Show the prompts to choose from.

    *just* is one that was hidden or shown again a moment ago: it is still where it was, unless that
    was done *elsewhere*. *waiting* is an open one for which there is no text.
    """
    words, made = desk.words(resolved), rules(resolved, pack.index)
    wanted = wanted or _wanted(request.query_params)
    looked_for = folded(wanted.text).split()
    items = [
        replace(
            item,
            just=item.entry.id == just and not elsewhere,
            found=all(word in item.found_by for word in looked_for),
        )
        for item in _items(desk, resolved, pack, made, words)
        if wanted.area in {"", *item.entry.areas} and wanted.kind in {"", item.entry.kind}
    ]
    offered, apart = _sorted(items, made.person)
    return render(
        request,
        "prompts.html",
        shelves=tuple(_by_area(offered, wanted.area, words)),
        apart=apart,
        wanted=wanted,
        shown=sum(item.found for item in items),
        count=len(pack.index),
        areas=_chips("area", wanted, terms.AREAS.items(), words),
        kinds=_chips("kind", wanted, _kind_names(made, words), words),
        sources=_sources(items, desk.sources(resolved)),
        strengths=STRENGTHS,
        open=waiting,
        answers=waiting.answers if waiting else (),
        hidden=pack.texts[just] if elsewhere and just in made.person.hidden else None,
        safety=pack.safety,
    )


def _wanted(given: Mapping[str, str]) -> Wanted:
    """Return what is looked for; what cannot be is any."""
    area, kind = given.get("area", ""), given.get("kind", "")
    return Wanted(
        area if area in terms.AREAS else "",
        kind if kind in KINDS else "",
        " ".join(given.get("q", "")[:_MOST_LETTERS].split()),
    )


def _items(desk: Desk, resolved: Resolved, pack: Pack, made: Rules, words: Words) -> Iterator[Item]:
    reasons, figures = why.reasons(desk, resolved, pack, words), desk.figures(resolved)
    for entry in pack.index:
        yield Item(
            entry=entry,
            text=pack.texts[entry.id],
            facts=tuple(_facts(entry, made, words)),
            why=reasons.of(entry.id),
            mark=_mark(pack.whose.get(entry.id), reasons.by, words),
            drawn=figures.has(entry.id),
            hidden=entry.id in made.person.hidden,
            against=tuple(obstacles(entry, made.person, words)),
        )


def _mark(whose: Whose | None, organisation: str, words: Words) -> str:
    _ = words.gettext
    match whose:
        case None:
            return ""
        case Whose.OWN:
            return _("From a pack of your own")
        case Whose.ORGANISATION:
            return _("It comes from {organisation}.").format(organisation=organisation)


def _facts(entry: Entry, made: Rules, words: Words) -> Iterator[str]:
    """Yield in few words each how long it takes, what it is, for what, where, and with what."""
    _ = words.gettext
    kind = labels.kind_name(entry.kind, words)
    is_on = made.kinds[made.place[entry.kind]].enabled
    yield _("{seconds} s").format(seconds=entry.total_s)
    yield kind if is_on else _("{kind} (switched off)").format(kind=kind)
    areas = [terms.AREAS[one] for one in entry.areas]
    places = [terms.POSITIONS[one] for one in POSITIONS if one in entry.positions]
    yield ", ".join(map(words.gettext, areas))
    yield ", ".join(map(words.gettext, places))
    for thing in EQUIPMENT:
        if thing in entry.needs:
            yield choice_name("person.equipment", thing, words)


def _sorted(items: Iterable[Item], person: Person) -> tuple[list[Item], list[Item]]:
    """Return what suits *person*, with what was hidden just now, and what does not."""
    offered: list[Item] = []
    apart: list[Item] = []
    for item in items:
        before = replace(person, hidden=person.hidden - {item.entry.id}) if item.just else person
        (offered if suits(item.entry, before) else apart).append(item)
    return offered, apart


def _by_area(items: Sequence[Item], wanted: str, words: Words) -> Iterator[Shelf]:
    """Yield *items* by the area *wanted*, or else by their first one: each of them once."""
    for area, name in terms.AREAS.items():
        mine = tuple(one for one in items if area == (wanted or one.entry.areas[0]))
        if mine:
            yield Shelf(area, words.gettext(name), mine)


def _kind_names(made: Rules, words: Words) -> Iterator[tuple[str, str]]:
    return ((kind.name, labels.kind_name(kind.name, words)) for kind in made.kinds)


def _chips(
    field: str, wanted: Wanted, values: Iterable[tuple[str, str]], words: Words
) -> list[Chip]:
    """Return what can be chosen of a *field* of `Wanted`, any of them first."""
    current = getattr(wanted, field)
    return [
        Chip(words.gettext(name), replace(wanted, **{field: value}).query(), value == current)
        for value, name in (("", terms.ANY), *values)
    ]


def _sources(items: Iterable[Item], known: Mapping[str, Source]) -> list[Source]:
    """Return what is known only by its id in *items*, each once."""
    ids = {one.id for item in items for one in (*item.why.evidence, *item.why.cautions)}
    return [known[one] for one in sorted(ids)]


# ── the routes ─────────────────────────────────────────────────────────────────────────────


def _all(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    resolved = desk.resolved()
    return page(request, desk, resolved, desk.pack(resolved))


async def _hide(request: Request) -> Response:
    """Hide a prompt for good, or show it again; the answer is the list, for its address says nothing."""
    fields = await form(request)
    prompt, again = only(fields, "prompt"), only(fields, "again") == "yes"
    desk: Desk = request.app.state.desk

    def work() -> Response:
        resolved = desk.resolved()
        pack = desk.pack(resolved)
        if prompt not in pack.texts:
            raise HTTPException(404)
        others = [one for one in resolved.texts(_HIDDEN) if one != prompt]
        desk.settings.change({_HIDDEN: tuple(others if again else [*others, prompt])})
        desk.tell_of_settings()
        return page(
            request,
            desk,
            desk.resolved(),
            pack,
            wanted=_wanted({name: only(fields, name) for name in ("area", "kind", "q")}),
            just=prompt,
            elsewhere=only(fields, "list") != "yes",
        )

    answer: Response = await aside(work)
    return answer


def _figure(request: Request) -> Response:
    """Answer with the picture of a prompt; its own style, and nothing else, may be in it."""
    desk: Desk = request.app.state.desk
    figures, prompt = desk.figures(desk.resolved()), request.path_params["prompt"]
    if not figures.has(prompt):
        raise HTTPException(404)
    svg = figures.cover(prompt)
    return Response(svg, media_type="image/svg+xml", headers=_only_its_style(svg))


def _only_its_style(svg: str) -> dict[str, str]:
    """Return the policy for a picture.

    Older Firefox holds a picture in a page to it, every browser one that is looked at alone.
    Source: Content Security Policy Level 3, hashes of inline styles.
    """
    hashes = (
        f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
        for style in re.findall(r"<style>(.*?)</style>", svg, re.DOTALL)
    )
    policy = f"default-src 'none'; style-src {' '.join(hashes)}; {_BY_ITSELF}"
    return {"content-security-policy": policy}


ROUTES: Final = (
    Route("/guide/all", _all),
    Route("/guide/hide", _hide, methods=["POST"]),
    Route("/guide/figure/{prompt}.svg", _figure),
)
