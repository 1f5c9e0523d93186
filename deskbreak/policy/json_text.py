"""JSON as administrators write it: read with limits, and with the line of each key."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from deskbreak.core.settings import flatten, named
from deskbreak.core.values import shortened
from deskbreak.core.words import N_, Refusal, Said, said

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES: Final = 64 * 1024
"""Of a policy file, as of a settings file; one with every setting has 6 kB."""
_LIST: Final = "[]"
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
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        sentence = N_("{path}:{line}: is not UTF-8, perhaps Latin-1; save it as UTF-8")
        raise Refusal(said(sentence, path=name, line=line)) from error
    try:
        values = json.loads(text)
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
    if not isinstance(values, dict):
        sentence = N_("{path} is no object of settings, as {example}")
        example = '{"position": {"interval_minutes": 15}}'
        raise Refusal(said(sentence, path=name, example=example))
    return values, *_places(text, name, values)


def _places(
    text: str, name: str, values: dict[str, object]
) -> tuple[dict[str, int], tuple[Said, ...]]:
    """Return the line of each key, and a sentence for each that stands twice."""
    lines: dict[str, int] = {}
    seen: set[tuple[str, ...]] = set()
    doubled: list[Said] = []
    sentence = N_("{path}:{line}: {key} is given twice; the later one counts")
    for path, line in _keys(text):
        key = ".".join(path)
        lines[key] = line
        if path in seen:
            doubled.append(said(sentence, path=name, line=line, key=named(key)))
        seen.add(path)
    # A table and a dotted key may say the same thing, which is twice as well.
    inside = values.get("bounds")
    for data in (values, inside if isinstance(inside, dict) else {}):
        for problem in flatten(data, ("organisation",))[1]:
            doubled.append(said(N_("{place}: {fault}"), place=name, fault=problem))  # noqa: PERF401 - two loops
    return lines, tuple(doubled)


def _keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the way to each key of *text*, which is sound JSON, and its line; lists have none."""
    line, path, string = 1, list[str](), '""'  # of each open table the key that is at hand
    for found in _TOKEN.finditer(text):
        mark = found[0]
        if mark == "\n":
            line += 1
        elif mark == ":":
            path[-1] = json.loads(string)
            if _LIST not in path:
                yield tuple(path), line
        elif mark in "{[":
            path.append("" if mark == "{" else _LIST)
        elif mark in "}]":
            path.pop()
        else:
            string = mark
