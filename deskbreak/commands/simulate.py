"""The commands that play a day which nobody sits through."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.commands.output import (
    DONE,
    WITH_PROBLEMS,
    WRONG_USAGE,
    Failed,
    complain,
    fact,
    point_out,
    say,
)
from deskbreak.core import managed, pack, reports, simulate, timeline
from deskbreak.core.managed import Document, Level, Scope, Status
from deskbreak.core.words import N_, Refusal, said, spoken
from deskbreak.policy import json_text
from deskbreak.storage import files

if TYPE_CHECKING:
    import argparse

    from deskbreak.core.model import Choice
    from deskbreak.core.settings import Layer
    from deskbreak.core.words import Words


def _simulate(arguments: argparse.Namespace, words: Words) -> int:
    answer = None if arguments.answer is None else _answer(arguments.answer)
    below = () if arguments.settings is None else (_settings(arguments.settings),)
    policy = () if arguments.policy is None else (_policy(arguments.policy),)
    data = _read(arguments.file, timeline.LARGEST_BYTES)
    try:
        played = timeline.parse(data)
    except timeline.Unreadable as unreadable:
        point_out(f"{arguments.file}:{unreadable.line}", spoken(unreadable.why, words))
        return WRONG_USAGE
    (name, text), *_ = files.pack_texts("")
    given = simulate.Given(below, policy, pack.parse(text, name).index)
    told = simulate.happenings(played, given, answer)
    if arguments.json:
        for one in simulate.facts(told):
            fact(one)
    else:
        say(*reports.simulated_lines(told, words))
    problems = managed.under(policy, below).problems
    for problem in problems:
        complain(spoken(problem, words))
    return WITH_PROBLEMS if problems else DONE


def _read(name: str, most_bytes: int) -> bytes:
    """Read a file that was named on the command line, or standard input; a little more than *most*."""
    try:
        if name == "-":
            return _standard_input(most_bytes + 1)
        with Path(name).open("rb") as file:
            return file.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        sentence = N_("{path} cannot be read: {reason}")
        raise Failed(said(sentence, path=name, reason=reason), status=WRONG_USAGE) from error


def _standard_input(most_bytes: int) -> bytes:
    if sys.stdin is None:  # it was closed before we began
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return sys.stdin.buffer.read(most_bytes)


def _answer(text: str) -> tuple[Choice, float]:
    choice, at, duration = text.partition("@")
    if not at:
        sentence = N_('"{text}" is not an answer with a time; write it as done@20s')
        raise timeline.Unreadable(said(sentence, text=text))
    return timeline.choice(choice), timeline.duration_s(duration)


def _settings(name: str) -> Layer:
    read = files.parse_settings(_read(name, files.MOST_BYTES), name)
    if read.problem is not None:
        raise Failed(read.problem, status=WRONG_USAGE)
    return read.layer(name)


def policy_document(name: str) -> Document:
    """Read a policy file that is named on a command line, as if it lay among the managed ones.

    Raises:
        Failed: There is none.
    """
    whole = Document(name, Level.MANDATORY, Scope.MACHINE)
    try:
        values, lines, doubled = json_text.parsed(_read(name, json_text.MOST_BYTES), name)
    except Failed:
        raise
    except Refusal as refusal:
        return replace(whole, status=Status.UNREADABLE, why=refusal.why)
    return replace(whole, values=values, lines=lines, problems=doubled)


def _policy(name: str) -> Document:
    document = policy_document(name)
    if document.why is not None:
        raise Failed(document.why, status=WRONG_USAGE)
    return document


COMMANDS: Final = {"simulate": _simulate}
