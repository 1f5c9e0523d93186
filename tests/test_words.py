from __future__ import annotations

import ast
import io
import re
import string
import tomllib
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from deskbreak.core.content import Safety
from deskbreak.core.reports import Finding, doctor_lines, stats_lines, status_lines
from deskbreak.core.views import guide_view, prompt_view, tray_view
from deskbreak.core.words import N_, Said, said
from tests.architecture import REPOSITORY
from tests.core.scenes import PACK, Scene, german, scene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deskbreak.core.model import MenuEntry

PACKAGE: Final = REPOSITORY / "deskbreak"
CATALOGUES: Final = REPOSITORY / "config" / "locale"
TEMPLATE: Final = CATALOGUES / "deskbreak.pot"
TRANSLATED: Final = sorted(CATALOGUES.glob("*/LC_MESSAGES/deskbreak.po"))


# ── a language that shows what was not translated ──────────────────────────────────────────


class Bracketed:
    """A language in which every translation stands in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


BRACKETED: Final = Bracketed()
_BRACKETS: Final = re.compile(r"⟦[^⟦⟧]*(⟧|$)")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
NOT_TRANSLATED: Final = frozenset({"deskbreak"})


def left_alone(text: str) -> set[str]:
    """Return the letters of *text* that no catalogue has seen."""
    while _BRACKETS.search(text):
        text = _BRACKETS.sub("", text)
    return set(_LETTERS.findall(text)) - NOT_TRANSLATED


def bracketed_scene(
    *lines: str,
    user: dict[str, object] | None = None,
    policy: dict[str, object] | None = None,
) -> Scene:
    """Return a scene with a pack in a language of its own: its words come from no catalogue."""
    texts = {
        number: replace(
            text,
            title="⟦title⟧",
            body="⟦body⟧",
            caution="⟦caution⟧",
            steps=tuple(replace(step, text="⟦step⟧") for step in text.steps),
        )
        for number, text in PACK.texts.items()
    }
    pack = replace(PACK, texts=texts, safety=Safety(line="⟦safety⟧"))
    return scene(*lines, user=user, policy=policy, pack=pack)


def labels_of(entries: tuple[MenuEntry, ...]) -> Iterator[str]:
    """Yield what every line of a menu says."""
    for entry in entries:
        yield entry.label
        yield from labels_of(entry.children)


SCENES: Final = (
    pytest.param((), id="start"),
    pytest.param(("5m work",), id="working"),
    pytest.param(("21m work",), id="due"),
    pytest.param(("19m31s work",), id="nearly due"),
    pytest.param(("20m work", "6s idle"), id="prompt"),
    pytest.param(("1s work", "take eyes"), id="prompt without text"),
    pytest.param(("20m work", "6s idle", "7m30s work"), id="reminder"),
    pytest.param(("20m work", "6s idle", "11m work"), id="missed"),
    pytest.param(("20m work", "6s idle", "answer start"), id="guide"),
    pytest.param(("20m work", "6s idle", "answer postpone", "1m work"), id="postponed"),
    pytest.param(("20m work", "6s idle", "1m work call"), id="waiting"),
    pytest.param(("20m work", "6s idle", "answer done", "5m work", "3m locked"), id="locked"),
    pytest.param(("2h work", "6s idle", "1h asleep"), id="asleep"),
    pytest.param(("10m work", "5m idle", "5s work"), id="back"),
    pytest.param(("10m work", "2h work call dnd fullscreen share presentation"), id="holds"),
    pytest.param(("1s work", "pause"), id="paused"),
    pytest.param(("1s work", "pause tomorrow"), id="paused until tomorrow"),
    pytest.param(
        ("20m work", "6s idle", "answer skip") * 3 + ("1m work",), id="skipped three times"
    ),
)


@pytest.mark.parametrize("lines", SCENES)
def test_given_any_scene_then_every_word_that_is_shown_came_through_the_catalogue(
    lines: tuple[str, ...],
) -> None:
    """A language that is added tomorrow needs no change of code."""
    desk = bracketed_scene(*lines)
    snap = desk.snap(problems=(said(N_("something is wrong")),), autostart=True, pages=True)
    tray = tray_view(snap, desk.now, BRACKETED)
    shown = [
        tray.tooltip,
        *labels_of(tray.menu),
        *status_lines(snap, desk.now, BRACKETED, desk.episodes),
        *stats_lines(desk.week(), BRACKETED),
    ]
    e = desk.player.state.episode
    if e is not None:
        for made in (prompt_view(snap, e, BRACKETED), guide_view(snap, e, BRACKETED)):
            shown += [made.title, made.body, *(button.label for button in made.buttons)]

    assert set() == set(chain.from_iterable(map(left_alone, shown)))


@pytest.mark.parametrize(
    ("user", "policy"),
    [
        pytest.param({}, {"plan": "gentle", "position.interval_minutes": 17}, id="policy"),
        pytest.param({"plan": "sit_stand", "eyes.enabled": True}, {}, id="another plan"),
        pytest.param({"prompts.daily_cap": 0}, {}, id="no prompts"),
        pytest.param({"working_hours.enabled": True}, {}, id="no working hours"),
        pytest.param(
            {f"{kind}.enabled": False for kind in ("stretch", "position", "posture", "habit")},
            {},
            id="all off",
        ),
    ],
)
def test_given_any_settings_then_every_word_that_is_shown_came_through_the_catalogue(
    user: dict[str, object], policy: dict[str, object]
) -> None:
    """What is locked, off or capped says so in the person's language too."""
    desk = bracketed_scene("30m work", user=user, policy=policy)
    tray = tray_view(desk.snap(), desk.now, BRACKETED)
    shown = [*labels_of(tray.menu), *status_lines(desk.snap(), desk.now, BRACKETED)]

    assert set() == set(chain.from_iterable(map(left_alone, shown)))


@dataclass(frozen=True)
class Tried:
    name: str
    why: Said
    remedy: Said | None = None


def test_given_findings_then_every_word_that_is_shown_came_through_the_catalogue() -> None:
    """Names of programs and of back ends are no words."""
    why, remedy = said(N_("it is not there")), said(N_("fetch it"))
    findings = (
        Finding("idle", "7", ok=True, refused=(Tried("1", why, remedy), Tried("2", why))),
        Finding("tray", None, ok=False, why=why, remedy=remedy),
        Finding("history", None, ok=False, required=False),
    )

    for some in (findings, findings[:1]):
        assert set() == set(chain.from_iterable(map(left_alone, doctor_lines(some, BRACKETED))))


def test_given_a_word_that_was_not_translated_then_it_is_found() -> None:
    """The net has no hole of that size."""
    assert {"left", "alone"} == left_alone("⟦a ⟦b⟧ c⟧ left 12 ⟦d⟧ alone deskbreak ⟦cut")


# ── the code ───────────────────────────────────────────────────────────────────────────────

MARKERS: Final = frozenset({"_", "n_", "N_", "NN_", "ngettext"})

# What a person never reads, or reads in every language alike.
ALLOWED: Final = {
    "agent/plyer_channel.py": {
        "Notify",  # a name on the bus
        "The Python dbus package is not installed",  # what plyer warns of
    },
    "cli.py": {"30m | until 14:00 | tomorrow"},  # what is typed
    "core/reports.py": {"Finding"},  # a name
    "platforms/terminal.py": {"  deskbreak answer "},  # what is typed
}
_IN_A_FILE: Final = "#"
"""Begins a comment of the example file, which is made once, for all languages."""


def modules_that_speak() -> list[str]:
    """Return the modules whose words reach a person, as far as they are there."""
    named = ["cli.py", "agent/delivery.py", "agent/plyer_channel.py", "agent/requests.py"]
    named += ["platforms/terminal.py"]
    named += (f"commands/{path.name}" for path in sorted((PACKAGE / "commands").glob("*.py")))
    core = ("views", "menu", "labels", "reports", "status", "lines", "settings_text", "tune_text")
    names = [*named, *(f"core/{name}.py" for name in core)]
    return [name for name in names if (PACKAGE / name).exists()]


def _is_call_of(node: ast.AST, names: frozenset[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
    return name in names


_SENTENCE: Final = re.compile(r"[A-Za-z]{2,},? [A-Za-z]{2,}|^[A-Z][a-z]+…?$")
_LOGS: Final = frozenset({"debug", "info", "warning", "error", "exception"})


def unmarked(source: str) -> list[str]:
    """Return what looks like words for people in *source*, and is not marked for translation."""
    tree = ast.parse(source)
    passed: set[ast.AST] = set()
    for node in ast.walk(tree):
        spoken_by_us = _is_call_of(node, MARKERS) or _is_call_of(node, _LOGS)
        if spoken_by_us or isinstance(node, ast.Assert | ast.arg):
            passed |= set(ast.walk(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(node.value)  # a docstring
        elif isinstance(node, ast.AnnAssign):
            passed |= set(ast.walk(node.annotation))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in passed
        and _SENTENCE.search(node.value)
    ]


@pytest.mark.parametrize("name", modules_that_speak())
def test_given_a_module_that_speaks_then_its_sentences_are_marked(name: str) -> None:
    """What is not marked is in no catalogue, and stays English for everybody."""
    found = unmarked((PACKAGE / name).read_text(encoding="utf-8"))

    assert [] == [
        text
        for text in found
        if text not in ALLOWED.get(name, ()) and not text.startswith(_IN_A_FILE)
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param('print("It is time")', ["It is time"], id="a sentence"),
        pytest.param('MenuEntry("x", "Quit")', ["Quit"], id="a capital letter"),
        pytest.param(
            '"""Say it."""\n_("It is time"); N_("Quit"); n_("a b", "c d", 2)', [], id="marked"
        ),
        pytest.param('_log.info("It is time")', [], id="the log"),
        pytest.param('f("position.enabled", "2026-W47", "utf-8")', [], id="names"),
    ],
)
def test_given_some_code_then_unmarked_words_are_found(source: str, expected: list[str]) -> None:
    """The search finds what it is there for."""
    assert expected == unmarked(source)


def lost(source: str) -> list[str]:
    """Return the calls in *source* whose words no extraction finds, or that translate too late."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        first = node.args[0]
        literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
        bare = _is_call_of(node, frozenset({"said", "gettext", "Unavailable", "Refusal"}))
        if bare and literal and _LETTERS.search(re.sub(r"{\w*}", "", ast.literal_eval(first))):
            found.append(ast.unparse(node))
        if _is_call_of(node, MARKERS) and not isinstance(first, ast.Constant | ast.Name):
            found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, id=str(p.relative_to(PACKAGE))) for p in sorted(PACKAGE.rglob("*.py"))],
)
def test_given_any_module_then_no_sentence_escapes_the_catalogue(path: Path) -> None:
    """A reason is made of a marked template; values are put in after translation."""
    assert [] == lost(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param('said("gone")', ["said('gone')"], id="not marked"),
        pytest.param('words.gettext("gone")', ["words.gettext('gone')"], id="not extracted"),
        pytest.param('_(f"{n} gone")', ["_(f'{n} gone')"], id="put in before translation"),
        pytest.param('_("{n} gone".format(n=1))', ["_('{n} gone'.format(n=1))"], id="the same"),
        pytest.param('said(N_("gone")); said("{text}", text=x); _("gone")', [], id="right"),
    ],
)
def test_given_some_code_then_lost_words_are_found(source: str, expected: list[str]) -> None:
    """The search finds what it is there for."""
    assert expected == lost(source)


# ── the catalogues ─────────────────────────────────────────────────────────────────────────


def keywords() -> dict[str, tuple[int, ...] | None]:
    """Return what `make messages` looks for, as it says it."""
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"--keywords='([^']*)'", makefile)
    assert found is not None
    made: dict[str, tuple[int, ...] | None] = {}
    for word in found[1].split():
        name, _, places = word.partition(":")
        made[name] = tuple(map(int, places.split(","))) if places else None
    return made


def mappings() -> tuple[list[tuple[str, str]], dict[str, dict[str, Any]]]:
    """Return where `make messages` looks and how, as pyproject.toml says it."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    methods, options = [], {}
    for one in project["tool"]["babel"]["mappings"]:
        pattern = one.pop("pattern")
        methods.append((pattern, one.pop("method")))
        options[pattern] = one | {"keywords": parse_keywords(one.pop("keywords", ()))}
    return methods, options


def names(of: Catalog) -> set[tuple[str, ...]]:
    """Return the messages of a catalogue; one with a plural is both."""
    return {forms(message.id) for message in of if message.id}


def forms(said_as: object) -> tuple[str, ...]:
    """Return a message, or its translation, in each of its forms."""
    if isinstance(said_as, list | tuple):
        return tuple(map(str, said_as))
    return (str(said_as or ""),)


def read(path: Path) -> Catalog:
    """Return the catalogue in a .pot or .po file."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name if path.suffix == ".po" else None)


@pytest.mark.parametrize("name", modules_that_speak())
def test_given_a_module_that_speaks_then_no_sentence_is_marked_inside_an_f_string(
    name: str,
) -> None:
    """Before Python 3.12 nothing that collects messages looks in there."""
    tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
    inside = (
        part
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
    )

    assert [] == [ast.unparse(part) for part in inside if _is_call_of(part, MARKERS)]


def test_given_the_code_then_the_template_has_exactly_its_messages() -> None:
    """When this fails: make messages, then translate what is new."""
    methods, options = mappings()
    found = extract_from_dir(
        str(PACKAGE), methods, options, keywords=keywords(), comment_tags=("Translators:",)
    )
    of_code = Catalog()
    for _, _, message, comments, context in found:
        of_code.add(message, auto_comments=comments, context=context)

    assert names(of_code) == names(read(TEMPLATE))


def test_given_the_catalogues_then_german_is_among_them() -> None:
    """The tests below are about something."""
    assert ["de"] == [path.parent.parent.name for path in TRANSLATED]


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.parent.parent.name)
def test_given_a_language_then_every_message_has_its_translation(path: Path) -> None:
    """A sentence half in another language helps nobody."""
    made = read(path)
    empty = [message.id for message in made if not all(forms(message.string))]
    fuzzy = [message.id for message in made if message.id and message.fuzzy]

    assert names(read(TEMPLATE)) == names(made)
    assert [] == empty
    assert [] == fuzzy
    assert {} == made.obsolete


def places(text: str) -> list[str]:
    """Return the places for values in *text*, sorted."""
    percent = re.findall(r"%(?:\((\w+)\))?[srd]", text)
    braces = [field for _, field, _, _ in string.Formatter().parse(text) if field is not None]
    return sorted([*percent, *braces])


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.parent.parent.name)
def test_given_a_language_then_each_translation_takes_the_same_values(path: Path) -> None:
    """A missing value loses a fact; an unknown one ends in an error."""
    made = read(path)
    wrong = []
    for message in made:
        if message.id:
            known = [places(one) for one in forms(message.id)]
            wrong += [one for one in forms(message.string) if places(one) not in known]
            plural = isinstance(message.id, list | tuple)
            assert (made.num_plurals if plural else 1) == len(forms(message.string))

    assert [] == wrong


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.parent.parent.name)
def test_given_a_language_then_its_compiled_catalogue_is_current(path: Path) -> None:
    """When this fails: make messages."""
    compiled = io.BytesIO()
    write_mo(compiled, read(path))

    assert compiled.getvalue() == path.with_suffix(".mo").read_bytes()


@pytest.mark.parametrize("path", [TEMPLATE, *TRANSLATED], ids=lambda path: path.name)
def test_given_a_catalogue_then_it_is_calm_and_promises_nothing(path: Path) -> None:
    """No exclamation marks, and none of the words that claim what is not known."""
    unwanted = re.compile(
        r"!(?!=)|streak|score|prevents|\bcures?\b|heals|blood flow|correct posture|proven"
        r"|beugt .* vor|heilt|richtige Haltung|Durchblutung|bewiesen",
        re.IGNORECASE,
    )
    said_there = (
        text
        for message in read(path)
        if message.id
        for text in (*forms(message.id), *forms(message.string))
    )

    assert [] == [text for text in said_there if unwanted.search(text)]


def test_given_german_then_a_break_and_a_pause_are_two_words() -> None:
    """In German a break is a Pause, so what stops deskbreak for a while is called otherwise."""
    words = german()

    assert "Pause" in words.gettext("Take a break now")
    for message in ("Pause", "Resume", "Until I resume", "paused until {time}", "end the pause"):
        assert "Pause" not in words.gettext(message)
