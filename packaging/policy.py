"""Writes the files that are made from the table of settings: python packaging/policy.py."""

from __future__ import annotations

from pathlib import Path

from deskbreak.policy.templates import files

for name, text in files().items():
    path = Path(__file__).parents[1] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
