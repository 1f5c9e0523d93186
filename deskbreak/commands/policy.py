"""The commands for administrators: what an organisation has set, a look before it does, templates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.commands.config import user_settings
from deskbreak.commands.output import (
    DONE,
    WITH_PROBLEMS,
    WRONG_USAGE,
    Failed,
    complain,
    facts,
    say,
    write_file,
)
from deskbreak.commands.simulate import policy_document
from deskbreak.core import managed, managed_text
from deskbreak.core.managed import Level
from deskbreak.core.settings import Origin
from deskbreak.core.words import N_, Refusal, spoken
from deskbreak.storage import pack_files, packs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from deskbreak.core.managed import Document
    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Said, Words


def _show(arguments: argparse.Namespace, words: Words) -> int:
    settings = user_settings()
    resolved, documents = settings.load(), settings.documents
    name = resolved.text("language")
    found, problems = packs.of_organisation(name, *settings.organisation_packs)
    if arguments.json:
        told = {
            "packs": [{"source": str(path), "prompts": list(ids)} for path, ids in found],
            "pack_problems": [str(problem) for problem in problems],
        }
        facts(managed_text.policy_json(documents, resolved) | told)
    else:
        if documents or not found:
            say(*managed_text.policy_lines(documents, resolved, words))
        if documents and found:
            say("")
        say(*_pack_lines(found, words))
    status = _status(resolved, documents, words)
    for problem in problems:
        complain(spoken(problem, words))
    return WITH_PROBLEMS if problems else status


def _pack_lines(found: Sequence[tuple[Path, Sequence[str]]], words: Words) -> list[str]:
    if not found:
        return []
    lines = [f"- {_counted(path, len(ids), words)}" for path, ids in found]
    return [words.gettext(N_("Packs of prompts:")), *lines]


def _counted(path: Path, count: int, words: Words) -> str:
    counted = words.ngettext("{path}: {n} prompt", "{path}: {n} prompts", count)
    return counted.format(path=path, n=count)


def _status(resolved: Resolved, documents: Sequence[Document], words: Words) -> int:
    """List what is wrong with *documents*; return the exit status that goes with it."""
    for problem in resolved.policy_problems:
        complain(spoken(problem, words))
    rows = managed_text.rows(documents, resolved)
    wrong = resolved.policy_problems or any(row.status.is_problem for row in rows)
    return WITH_PROBLEMS if wrong else DONE


def _check_pack(path: Path, words: Words, *, as_json: bool) -> int:
    """Say how many prompts a pack has, or a file of poses shows, and what is wrong with it."""
    try:
        prompts, problems = _of_poses(path) if path.name.endswith(packs.POSES) else _of_pack(path)
    except Refusal as refusal:
        raise Failed(refusal.why, status=WRONG_USAGE) from refusal
    if as_json:
        facts({"prompts": prompts, "problems": [str(problem) for problem in problems]})
    else:
        say(_counted(path, len(prompts), words))
    for problem in problems:
        complain(spoken(problem, words))
    return WITH_PROBLEMS if problems else DONE


def _of_pack(path: Path) -> tuple[list[str], tuple[Said, ...]]:
    pack = packs.checked(path)
    return list(pack.whose), pack.problems


def _of_poses(path: Path) -> tuple[list[str], tuple[Said, ...]]:
    from deskbreak.figure import poses

    made = poses.parse(pack_files.text_of(path), str(path))
    return list(made.scenes), made.problems


def _check(arguments: argparse.Namespace, words: Words) -> int:
    if arguments.file.endswith(".toml"):
        return _check_pack(Path(arguments.file), words, as_json=arguments.json)
    settings = user_settings()
    before, today = settings.load(), settings.documents
    document = policy_document(arguments.file)
    if arguments.recommended:
        document = replace(document, level=Level.RECOMMENDED)
    own = [layer for layer in before.layers if layer.origin is Origin.USER]
    after = managed.under(_with(document, today), own)
    alone = managed.under([document], own)
    changes = managed_text.changes(before, after)
    if arguments.json:
        judged = managed_text.policy_json([document], alone)
        facts({"policies": judged["policies"], "changes": managed_text.changes_json(changes)})
    else:
        say(*managed_text.check_lines(document, alone, words), "")
        say(*managed_text.changes_lines(changes, words))
    return _status(alone, [document], words)


def _with(document: Document, today: Sequence[Document]) -> list[Document]:
    """Return the documents of *today* with *document* in its place: where its name puts it."""
    name = Path(document.name).name

    def is_it(other: Document) -> bool:
        return other.level is document.level and Path(other.name).name == name

    others = [one for one in today if not is_it(one)]
    return sorted([*others, document], key=lambda one: Path(one.name).name)


def _template(arguments: argparse.Namespace, _words: Words) -> int:
    from deskbreak.policy import templates

    write_file(templates.template(arguments.format, arguments.language))
    return DONE


_POLICY: Final[dict[str | None, Callable[[argparse.Namespace, Words], int]]] = {
    None: _show,
    "check": _check,
    "template": _template,
}


def _policy(arguments: argparse.Namespace, words: Words) -> int:
    return _POLICY[arguments.action](arguments, words)


COMMANDS: Final = {"policy": _policy}
