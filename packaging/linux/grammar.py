"""What can be typed after `deskbreak`, as argparse knows it: for the man page and the completions."""

from __future__ import annotations

import argparse
import gettext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskbreak.commands import usage
from deskbreak.core import pack
from deskbreak.core.settings_kinds import KIND_DEFAULTS
from deskbreak.core.settings_table import SETTINGS
from deskbreak.storage import files

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Argument:
    """An option, or a word in its place (then without ``names``)."""

    names: tuple[str, ...]
    value: str  # what stands for its value; empty for a flag
    values: tuple[str, ...]  # all that it may be, where that is known
    is_file: bool
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or an action of one."""

    words: tuple[str, ...]  # deskbreak itself has none
    text: str
    usage: str
    arguments: tuple[Argument, ...]
    below: tuple[Command, ...]

    def all(self) -> Iterator[Command]:
        """Yield it, and what is below it."""
        yield self
        for command in self.below:
            yield from command.all()


def whole() -> Command:
    """Return deskbreak with all its commands, in English."""
    parser = usage.parser(gettext.NullTranslations())
    return _command((), parser.description or "", parser)


def _command(words: tuple[str, ...], text: str, parser: argparse.ArgumentParser) -> Command:
    arguments, below = [], []
    for action in parser._actions:  # noqa: SLF001 - argparse tells it nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - the same
            rows = action._choices_actions  # noqa: SLF001 - the same
            texts = {row.dest: row.help or "" for row in rows}
            below = [_command((*words, n), texts[n], p) for n, p in action.choices.items()]
        else:
            arguments.append(_argument(words, action))
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    return Command(words, text, usage, tuple(arguments), tuple(below))


def _argument(words: tuple[str, ...], action: argparse.Action) -> Argument:
    choices = tuple(map(str, action.choices or ()))
    name = action.metavar if isinstance(action.metavar, str) else "|".join(choices) or action.dest
    value = name if action.nargs != 0 else ""
    return Argument(
        names=tuple(action.option_strings),
        value=value,
        values=choices or _known(words, name),
        is_file=name.upper().startswith("FILE"),
        text=(action.help or "").replace("%(prog)s", "deskbreak"),
    )


def _known(words: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Name what a word may be that argparse leaves open."""
    if name.lower() == "key" and words[:1] == ("config",):
        return tuple(SETTINGS)
    if name == "KEY=VALUE":
        return tuple(f"{key}=" for key in SETTINGS)
    if (words, name) == (("open",), "ID"):
        return tuple(pack.parse(*reversed(files.pack_texts("en")[0])).texts)
    if name == "kind":
        return tuple(kind.name for kind in KIND_DEFAULTS)
    return ()
