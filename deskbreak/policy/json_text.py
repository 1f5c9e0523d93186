"""JSON as administrators write it: read with limits, and with the line of each key."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from deskbreak.core.settings import MOST_UNKNOWN, flatten, named
from deskbreak.core.values import shortened
from deskbreak.core.words import N_, Refusal, Said, said

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES: Final = 64 * 1024
"""Of a policy file, as of a settings file; one with every setting has 6 kB."""
_DEEPEST: Final = 4  # as bounds, position, interval_minutes, low
_TOO_DEEP: Final = 300
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]:]|\n')


def parsed(data: bytes, name: str) -> tuple[dict[str, object], dict[str, int], tuple[Said, ...]]:
    """Return values and lines by dotted key of a policy in *data*, and which keys stand twice.

    *name* is what its problems call it. At most 0.2 s.

    Raises:
        Refusal: It cannot be read as a whole.
    """
    if len(data) > MOST_BYTES:
        sentence = N_("{path} is larger than {most} kB, so it cannot be what it should be")
        raise Refusal(said(sentence, path=name, most=MOST_BYTES // 1024))
    if data[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        sentence = N_("{path} is written in {encoding}; save it as UTF-8")
        raise Refusal(said(sentence, path=name, encoding="UTF-16"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        sentence = N_("{path}:{line}: is not UTF-8, perhaps Latin-1; save it as UTF-8")
        raise Refusal(said(sentence, path=name, line=line)) from error
    values = _loaded(text, name)
    if not isinstance(values, dict):
        sentence = N_("{path} is no object of settings, as {example}")
        example = '{"position": {"interval_minutes": 15}}'
        raise Refusal(said(sentence, path=name, example=example))
    return values, *_places(text, name, values)


def _loaded(text: str, name: str) -> object:
    try:
        values: object = json.loads(text)
        _see_that_shallow(text)
    except json.JSONDecodeError as error:
        sentence = N_("{path}:{line}:{column}: is no JSON: {reason}")
        raise Refusal(
            said(sentence, path=name, line=error.lineno, column=error.colno, reason=error.msg)
        ) from error
    except RecursionError as error:
        raise Refusal(said(N_("{path} is nested too deeply"), path=name)) from error
    except ValueError as error:  # a number with too many digits
        sentence = N_("{path} is no JSON: {reason}")
        raise Refusal(said(sentence, path=name, reason=shortened(str(error)))) from error
    return values


def _see_that_shallow(text: str) -> None:
    """See that sound JSON is not nested deeper than whatever reads it later can follow.

    Raises:
        RecursionError: It is; from Python 3.13 on `json` itself goes down for as long as it can.
    """
    depth = 0
    for found in _TOKEN.finditer(text):
        depth += (found[0] in {"{", "["}) - (found[0] in {"}", "]"})
        if depth > _TOO_DEEP:
            raise RecursionError


def _places(
    text: str, name: str, values: dict[str, object]
) -> tuple[dict[str, int], tuple[Said, ...]]:
    """Return the line of each key, and a sentence for each that stands twice."""
    lines: dict[str, int] = {}
    again: dict[str, int] = {}  # at the line of the one that counts
    for key, line, is_again in _keys(text):
        lines[key] = line
        if is_again:
            again[key] = line
    sentence = N_("{path}:{line}: {key} is given twice; the later one counts")
    doubled = [
        said(sentence, path=name, line=line, key=named(key))
        for key, line in islice(again.items(), MOST_UNKNOWN)
    ]
    if len(again) > MOST_UNKNOWN:
        more = len(again) - MOST_UNKNOWN
        doubled.append(said(N_("{place}: {more} more keys are given twice"), place=name, more=more))
    # A table and a dotted key may say the same thing, which is twice as well.
    inside = values.get("bounds")
    for data, above in ((values, ""), (inside if isinstance(inside, dict) else {}, "bounds.")):
        for problem in flatten(data, ("organisation",))[1]:
            called = {
                field: f"{above}{key}" for field, key in problem.values.items() if field == "key"
            }
            known = lines.get(called.get("key", ""))
            place = name if known is None else f"{name}:{known}"
            fault = replace(problem, values={**problem.values, **called})
            doubled.append(said(N_("{place}: {fault}"), place=place, fault=fault))
    return lines, tuple(doubled)


def _keys(text: str) -> Iterator[tuple[str, int, bool]]:
    """Yield each key of *text*, which is sound JSON, its line, and whether its object had it before.

    Those in lists, and those that lie deeper than any that means something, are left out.
    """
    line, string = 1, '""'
    key: str | None = ""  # the one at hand, with its dots; None: not one that is told
    tables: list[tuple[str | None, set[str]]] = []  # the open ones: their own keys, and those seen
    for found in _TOKEN.finditer(text):
        mark = found[0]
        if mark == "\n":
            line += 1
        elif mark == ":":
            name, (above, seen) = json.loads(string), tables[-1]
            key = None
            if above is not None and len(tables) <= _DEEPEST:
                key = f"{above}.{name}" if len(tables) > 1 else name
                yield key, line, name in seen
            seen.add(name)
        elif mark == "{":
            is_in_list = bool(tables) and tables[-1][0] is None
            tables.append((None if is_in_list else key, set()))
        elif mark == "[":
            tables.append((None, set()))
        elif mark in "}]":
            tables.pop()
        else:
            string = mark
