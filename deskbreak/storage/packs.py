"""The prompts of a person: what comes with deskbreak, in their language, and their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deskbreak.core import pack
from deskbreak.storage import files, language

if TYPE_CHECKING:
    from pathlib import Path

    from deskbreak.core.pack import Pack


def read(own: Path, name: str) -> Pack:
    """Read the built-in pack in the language of *name* (empty: the desktop's), and those in *own*.

    Raises:
        Refusal: The English pack is not there.
    """
    (english, text), *translations = files.pack_texts(name or language.of_desktop())
    made = pack.parse(text, english)
    for translation, words in translations:
        made = pack.overlay(made, words, translation)
    own_texts, unreadable = files.own_pack_texts(own)
    for own_name, own_text in own_texts:
        made = pack.joined(made, pack.parse(own_text, own_name), own_name)
    return replace(made, problems=(*made.problems, *unreadable))


def pose_texts() -> tuple[tuple[str, str], ...]:
    """Return name and text of each file with poses for the built-in prompts."""
    folder = files.bundled("config", "poses")
    return tuple((path.name, path.read_text("utf-8")) for path in sorted(folder.glob("*.toml")))
