"""Puts hostile texts into everything of a person's that commands and pages read."""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from deskbreak.storage import files
from tests.hostile import VALUES
from tests.test_cli_diary import live, weeks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def made_history(kept: Path) -> Path:
    """Make a history of a week in which somebody has written, at *kept*."""
    path = files.places().history
    live(weeks(1))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        rows = [row for (row,) in db.execute("SELECT id FROM episodes ORDER BY id")]
        columns = itertools.cycle(("prompt", "kind", "folded"))
        for row, value, column in zip(itertools.cycle(rows), VALUES, columns, strict=False):
            text = value.encode("utf-8", "replace").decode()
            if column == "folded":
                text = json.dumps([text])
            db.execute(f"UPDATE episodes SET {column} = ? WHERE id = ?", (text, row))  # noqa: S608 - three names of ours
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.move(path, kept)
    return kept


def plant(home: Path, history: Path, values: Sequence[str]) -> None:
    """Put *values* wherever this person's files have room for them."""
    sound = [value.encode("utf-8", "replace").decode() for value in values]
    places = files.places()
    for folder in (places.history.parent, places.settings.parent, places.packs):
        folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(history, places.history)
    quoted = [json.dumps(value) for value in sound]
    settings = [
        f"person.hidden_prompts = [{', '.join(quoted)}]",
        *(f"{quoted[n]} = {quoted[-n]}" for n in range(8)),
        f"plan = {quoted[8]}",
        *(f"working_hours.{day} = [{quoted[9]}]" for day in ("monday", "days_off")),
    ]
    places.settings.write_text("\n".join(settings), encoding="utf-8")
    (home / "settings.toml").write_text("\n".join(settings), encoding="utf-8")
    pack = "\n".join(
        f"[[prompt]]\nid = {q}\nkind = {q}\ntitle = {q}\ntext = {q}\nsource = {q}" for q in quoted
    )
    head = 'schema_version = 1\nlanguage = "en"\n'
    for folder, name in ((places.packs, "mine"), (home, "mine"), (home, "mine.poses")):
        (folder / f"{name}.toml").write_text(f"{head}{pack}", encoding="utf-8")
    with suppress(OSError):  # Windows has no such names
        (places.packs / "bro\x1b[2Jken.toml").write_bytes(b"[pack\n\x1b[31m")
    policy = {
        "name": sound[0],
        "values": {**dict(zip(sound, sound, strict=True)), "plan": sound[1]},
        **dict.fromkeys(sound[2:9], sound[9]),
        "bounds": {"plan": sound[3:6], sound[6]: {sound[7]: sound[8]}},
        "prompts.daily_cap": sound[9],
    }
    (home / "policy.json").write_text(json.dumps(policy), encoding="utf-8")
    day = "timeline 1\nstart 2026-03-02T09:00:00 Europe/Berlin\n20m work\n"
    (home / "day.timeline").write_text(day, encoding="utf-8")
    (home / "broken.timeline").write_text(f"{day}20m {sound[0]}\n{sound[1]}\n", encoding="utf-8")
    entry = home / ".config/autostart/deskbreak.desktop"
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.write_text(f"[Desktop Entry]\nName={sound[0]}\nExec={sound[1]}\n", encoding="utf-8")
