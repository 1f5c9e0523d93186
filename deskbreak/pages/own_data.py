"""One's own data: the settings file out and in, what was recorded out or gone, and what there is."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from deskbreak import __version__
from deskbreak.core import diary, locks, privacy, records, settings_text
from deskbreak.core.model import Command
from deskbreak.core.rules import rules
from deskbreak.core.setting_names import full_name
from deskbreak.core.settings import BadSetting, Origin, check, unknown
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import plain
from deskbreak.core.words import N_, Refusal, said, spoken
from deskbreak.pages.app import aside, form, render, to
from deskbreak.pages.settings_form import READ, Maker, Typed
from deskbreak.pages.settings_page import note_of, tell
from deskbreak.storage import files, inventory, language
from deskbreak.storage.recorded import everything

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from starlette.requests import Request

    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Said
    from deskbreak.pages.desk import Desk

    Fields = Mapping[str, Sequence[str]]

HERE: Final = "/settings/data"
_CHUNK: Final = 64 * 1024  # characters that are sent at once


# ── the page ───────────────────────────────────────────────────────────────────────────────


def _show(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    note = note_of(request.query_params.get("done", ""), desk, desk.resolved())
    return _page(request, note=note)


def _page(
    request: Request,
    *,
    note: str = "",
    trouble: str = "",
    text: str = "",
    brought: Mapping[str, object] | None = None,
) -> Response:
    desk: Desk = request.app.state.desk
    resolved = desk.resolved()
    words, told = desk.words(resolved), inventory.told(desk.places, resolved)
    return render(
        request,
        "data.html",
        kept=privacy.rows(told, words),
        note=note,
        trouble=trouble,
        read=READ,
        safety=desk.pack(resolved).safety,
        text=text,
        brought=brought,
    )


def _own(resolved: Resolved) -> dict[str, object]:
    """Return what the person has set."""
    own: dict[str, object] = {}
    for layer in resolved.layers:
        own |= layer.values if layer.origin is Origin.USER else {}
    return own


# ── the settings file ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file would change, and what in it cannot be."""

    changes: Mapping[str, object]
    notes: Sequence[Said]

    @property
    def asks(self) -> bool:
        """Whether it would switch massage on, for which one reads first."""
        return self.changes.get("massage.enabled") is True


def brought(text: str, resolved: Resolved, name: str) -> Brought:
    """Read the settings in *text*, which messages call *name*; what it does not name stays."""
    data, own = text.encode(), _own(resolved)
    if len(data) > files.MOST_BYTES:
        sentence = N_("{path} is larger than {most} kB, so it cannot be what it should be")
        return Brought({}, [said(sentence, path=name, most=files.MOST_BYTES // 1024)])
    found = files.parse_settings(data, name)
    notes = [*found.doubled, *([found.problem] if found.problem else [])]
    changes = {}
    for key, given in found.values.items():
        place = f"{name}:{found.lines[key]}" if key in found.lines else name
        if key not in SETTINGS:
            notes.append(unknown(key, place))
            continue
        try:
            value = check(key, given)
            locks.see_that_free(resolved, key, value)
        except (BadSetting, locks.Locked) as refusal:
            notes.append(said(N_("{place}: {fault}"), place=place, fault=refusal.why))
            continue
        if key not in own or own[key] != value:
            changes[key] = value
    if resolved.flag("massage.enabled"):
        changes = {key: one for key, one in changes.items() if key != "massage.enabled" or not one}
    return Brought(changes, notes)


async def _import(request: Request) -> Response:
    fields = await form(request)
    answer: Response = await aside(lambda: _brought(request, fields))
    return answer


def _brought(request: Request, fields: Fields) -> Response:
    desk: Desk = request.app.state.desk
    resolved = desk.resolved()
    words, text = desk.words(resolved), fields.get("text", [""])[-1]
    _ = words.gettext
    found = brought(text, resolved, _("the file"))
    if fields.get("do") == ["take"] and found.changes:
        if not found.asks or READ in fields:
            try:
                desk.settings.change(found.changes)
            except Refusal as refusal:
                return _page(request, trouble=_sentence(refusal, desk, resolved), text=text)
            return to(request, f"{HERE}?done={tell(desk)}")
        trouble = _("Please read when not to massage, and say so in the box.")
    else:
        trouble = (
            "" if text.strip() else _("There is nothing to import yet: choose or paste a file.")
        )
    maker = Maker(resolved, Typed(), {}, language.known(), desk.pack(resolved), words)
    rows = [
        (
            full_name(key, words),
            maker.value(SETTINGS[key], resolved.values[key]),
            maker.value(SETTINGS[key], value),
        )
        for key, value in found.changes.items()
    ]
    notes = [spoken(one, words) for one in found.notes]
    shown = {"rows": rows, "notes": notes, "asks": found.asks} if text.strip() else None
    return _page(request, trouble=trouble, text=text, brought=shown)


def _sentence(refusal: Refusal, desk: Desk, resolved: Resolved) -> str:
    words = desk.words(resolved)
    return " ".join(spoken(one, words) for one in (refusal.why, refusal.remedy) if one is not None)


def _settings_file(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    text = settings_text.as_file(_own(desk.resolved()), private=_with_person(request))
    return Response(text, headers=_attached("deskbreak-settings.toml"), media_type="text/plain")


def _with_person(request: Request) -> bool:
    """Whether what is about health is asked for by name."""
    return "person" in request.query_params


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


# ── what was recorded ──────────────────────────────────────────────────────────────────────


def _records(request: Request) -> Response:
    """Send everything, as `deskbreak export` prints it."""
    desk: Desk = request.app.state.desk
    resolved = desk.resolved()
    with desk.store() as store:
        found = everything(store, rules(resolved, ()))
    if request.query_params.get("as") == "csv":
        pieces, name = _table(found.table()), "deskbreak.csv"
    else:
        changed = diary.settings(resolved, private=_with_person(request))
        values = {one.key: plain(one.value) for one in changed}
        pieces, name = records.text(found, __version__, values), "deskbreak.json"
    return StreamingResponse(_joined(pieces), headers=_attached(name), media_type="text/plain")


def _table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        yield line.getvalue()


def _joined(pieces: Iterable[str]) -> Iterator[str]:
    """Yield *pieces* put together, for each that is sent costs as much as a thousand rows."""
    waiting, length = list[str](), 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length > _CHUNK:
            yield "".join(waiting)
            waiting, length = [], 0
    yield "".join(waiting)


async def _erase(request: Request) -> Response:
    fields = await form(request)
    answer: Response = await aside(lambda: _erased(request, fields))
    return answer


def _erased(request: Request, fields: Fields) -> Response:
    """Let the agent erase: nobody else writes the history."""
    desk: Desk = request.app.state.desk
    resolved = desk.resolved()
    _ = desk.words(resolved).gettext
    before = fields.get("before", [""])[-1].strip() if fields.get("what") == ["before"] else ""
    if "sure" not in fields:
        return _page(request, trouble=_("Nothing was erased: please say that you are sure."))
    if fields.get("what") == ["before"] and not _is_date(before):
        return _page(request, trouble=_("Nothing was erased: please write a day as 2026-01-31."))
    try:
        reply = desk.ask(Command("erase", before))
    except Refusal as refusal:
        return _page(request, trouble=_sentence(refusal, desk, resolved))
    if reply is None:
        why = _("deskbreak does not run, and only it can erase. In a terminal: deskbreak erase")
        return _page(request, trouble=why)
    if not reply.get("ok"):
        return _page(request, trouble=str(reply.get("error", "")))
    return _page(request, note=_("It is erased."), trouble=" ".join(reply.get("problems", ())))


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


ROUTES: Final = (
    Route(HERE, _show),
    Route(f"{HERE}/import", _import, methods=["POST"]),
    Route(f"{HERE}/settings", _settings_file),
    Route(f"{HERE}/records", _records),
    Route(f"{HERE}/erase", _erase, methods=["POST"]),
)
