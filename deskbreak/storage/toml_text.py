"""TOML as people write it: read with limits, lines found, values changed and all else kept."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final

from deskbreak.core.settings_table import TABLES
from deskbreak.core.values import shortened
from deskbreak.core.words import N_, Refusal, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from tomlkit import TOMLDocument

_MOST_PARTS: Final = 8  # of a dotted key
_MOST_TABLES: Final = 20_000  # of dotted keys and braces; 256 kB of sound prompts have 8,000
_PART: Final = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DOT: Final = r"[ \t]*+\.[ \t]*+"
_MANY_PARTS: Final = re.compile(
    # Possessive, and only where a key can begin, so that no text makes it slow.
    rf"(?:^|[\[{{,])[ \t]*+{_PART}(?:{_DOT}{_PART}){{{_MOST_PARTS},}}+",
    re.ASCII | re.MULTILINE,
)
_DOTTED: Final = rf"(?:^|[\[{{,])[ \t]*+{_PART}(?:{_DOT}{_PART})++"  # hardly ever needed
_TOO_DEEP: Final = N_("{path} is nested too deeply")
_WHERE: Final = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.DOTALL)
_AT_END: Final = " (at end of document)"
_KEY: Final = rf"{_PART}(?:{_DOT}{_PART})*"
_STATEMENT: Final = re.compile(
    rf"[ \t]*+(?:\[\[?[ \t]*+(?P<table>{_KEY})[ \t]*+\]|(?P<key>{_KEY})[ \t]*+=)", re.ASCII
)
_PIECE: Final = re.compile(
    r"""\"{3}(?:[^\\]|\\.)*?\"{3,5}|'{3}.*?'{3,5}"""  # texts of several lines
    r"""|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|\#[^\n]*+|[][{}\n]""",
    re.DOTALL,
)


def parsed(text: str, name: str) -> dict[str, object]:
    """Return the tables of a TOML text; *name* is what its problems call it. At most 0.2 s.

    Raises:
        Refusal: It cannot be read.
    """
    see_that_quick(text, name)
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise Refusal(said(_TOO_DEEP, path=name)) from error
    except ValueError as error:  # TOMLDecodeError is one; so is a number with too many digits
        raise _no_toml(str(error), name) from error


def see_that_quick(text: str, name: str) -> None:
    """See that *text*, which its problem calls *name*, takes no longer to read than its length.

    tomllib's time grows with the square of the parts of a key: 20,000 of them take 8 s. And each
    part makes a table: 12,000 keys of eight parts, 256 kB, take 0.7 s and 100 MB.

    Raises:
        Refusal: A key has too many parts, or there are too many tables in tables.
    """
    bomb = _MANY_PARTS.search(text)
    if bomb:
        sentence = N_("{path}:{line}: a key has more than {most} parts")
        line = text.count("\n", 0, bomb.end()) + 1
        raise Refusal(said(sentence, path=name, line=line, most=_MOST_PARTS))
    if text.count(".") + text.count("{") > _MOST_TABLES:  # or most of them are in texts
        keys = re.finditer(_DOTTED, text, re.ASCII | re.MULTILINE)
        parts = sum(key[0].count(".") for key in keys)
        if parts + text.count("{") > _MOST_TABLES:
            raise Refusal(said(_TOO_DEEP, path=name))


def _no_toml(reason: str, name: str) -> Refusal:
    where = _WHERE.fullmatch(reason)
    if where:
        sentence = N_("{path}:{line}:{column}: is no TOML: {reason}")
        reason, line, column = where.groups()
        return Refusal(
            said(sentence, path=name, line=line, column=column, reason=shortened(reason))
        )
    if reason.endswith(_AT_END):
        sentence = N_("{path} is no TOML, for its end is missing: {reason}")
        return Refusal(said(sentence, path=name, reason=shortened(reason[: -len(_AT_END)])))
    return Refusal(said(N_("{path} is no TOML: {reason}"), path=name, reason=shortened(reason)))


def lines_of(text: str, keys: Iterable[str]) -> dict[str, int]:
    """Return the lines on which *keys* stand in a text that is TOML, where a look can tell."""
    found: dict[str, int] = {}
    table = ""
    for number, start in _statements(text):
        match = _STATEMENT.match(text, start)
        if match is None:
            continue
        name = _name(match["table"] or match["key"])
        if match["table"]:
            table = name
            found.setdefault(name, number)
        else:
            name = f"{table}.{name}" if table else name
            found[name] = number  # of a key given twice the later counts
        found.setdefault(name.partition(".")[0], number)
    # A key inside of an inline table is on the line of that table.
    places = {key: found.get(key) or found.get(key.partition(".")[0]) for key in keys}
    return {key: line for key, line in places.items() if line is not None}


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """Yield line and place of each beginning of a line that is not within a text or a list."""
    yield 1, 0
    line, depth = 1, 0
    for match in _PIECE.finditer(text):
        piece = match[0]
        line += piece.count("\n")
        if piece in {"[", "{"}:
            depth += 1
        elif piece in {"]", "}"}:
            depth -= 1
        elif piece == "\n" and depth == 0:
            yield line, match.end()


def _name(key: str) -> str:
    """Return *key* with its dots, and without its quotes; escapes in them stay as they are."""
    parts = re.findall(_PART, key, re.ASCII)
    return ".".join(part[1:-1] if part[0] in "\"'" else part for part in parts)


def edited(text: str, changes: Mapping[str, object], name: str) -> str:
    """Return *text* with each key set, or removed where its value is None; all else is as it was.

    Comments, order, unknown keys, line ends and indentation stay. What comes out is read again:
    a result that says anything else than *text* and the changes is never returned.

    Raises:
        Refusal: *text* cannot be read or changed.
    """
    parsed(text, name)
    # Floats as texts: nan would differ from itself.
    old = tomllib.loads(text, parse_float=str)
    new_lines = text.count("\r\n")
    windows = new_lines > 0 and new_lines == text.count("\n")
    changed = _changed(text.replace("\r\n", "\n") if windows else text, changes, name)
    result = changed.replace("\n", "\r\n") if windows else changed
    tables = {key.partition(".")[0] for key in changes}
    if not _says(result, _expected(old, changes), tables):
        raise _not_edited(changes, name)
    return result


def _says(text: str, expected: dict[str, object], tables: AbstractSet[str]) -> bool:
    """Whether *text* says what is *expected*; of *tables* empty ones may be missing."""
    try:
        found = tomllib.loads(text, parse_float=str)
    except ValueError:
        return False
    # One that a dotted key alone had made goes with that key.
    gone = tables & TABLES.keys() - found.keys()
    return found == {name: one for name, one in expected.items() if name not in gone or one != {}}


def _changed(text: str, changes: Mapping[str, object], name: str) -> str:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        for key, value in changes.items():
            for path in _paths(document, key):
                _put(document, path, list(value) if isinstance(value, tuple) else value)
        return tomlkit.dumps(document)
    # Whatever tomlkit makes of a text that tomllib can read, the person's file is not for it.
    except (
        TOMLKitError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RecursionError,
    ) as error:
        raise _not_edited(changes, name) from error


def _paths(table: Mapping[str, object], key: str) -> list[tuple[str, ...]]:
    """Return the ways to *key*: through its table, or quoted with the dot in it, if it is there."""
    head, _, tail = key.partition(".")
    if not tail:
        return [(key,)]
    inner = table.get(head)
    if key not in table:
        return [(head, tail)]
    return [(key,), (head, tail)] if isinstance(inner, dict) and tail in inner else [(key,)]


def _put(table: TOMLDocument | dict[str, object], path: tuple[str, ...], value: object) -> None:
    *heads, last = path
    inner: dict[str, object] = table
    for head in heads:
        if head not in inner:
            if value is None:
                return
            inner[head] = {}
        below = inner[head]
        if not isinstance(below, dict):
            raise TypeError(head)
        inner = below
    if value is None:
        inner.pop(last, None)
    else:
        inner[last] = value


def _expected(old: dict[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """Return what the changed text must say; *old* is changed."""
    for key, value in changes.items():
        plain = str(value) if isinstance(value, float) else value
        for path in _paths(old, key):
            _put(old, path, list(plain) if isinstance(plain, tuple) else plain)
    return old


def _not_edited(keys: Iterable[str], name: str) -> Refusal:
    key = shortened(", ".join(keys))
    return Refusal(
        said(N_("{key} in {path} cannot be changed from here"), key=key, path=name),
        said(N_("Change it in the file by hand.")),
    )
