"""Draws every key pose of every prompt, to be looked at: ``make poses`` writes docs/poses.md and its pictures.

The page also names what a pose file can say, from the tables of the program.
"""

from __future__ import annotations

import textwrap
from dataclasses import replace
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core import labels
from deskbreak.core.content import KINDS
from deskbreak.figure import picture
from deskbreak.figure.around import STANCES
from deskbreak.figure.camera import FRAMES, VIEWS
from deskbreak.figure.icons import ICONS
from deskbreak.figure.joints import RANGES
from deskbreak.figure.marks import AREAS
from deskbreak.figure.scenery import OBJECTS
from deskbreak.figure.solve import solve
from deskbreak.figure.touch import HOW, ON_BODY
from deskbreak.storage.language import catalogue
from tests.figure.shown import all_shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.figure.shown import Shown

_ROOT: Final = Path(__file__).parents[2]
_CELL, _LINE, _GAP, _WIDE = 132, 13, 8, 1080
_LETTERS: Final = 22  # in a line below a picture

_STYLE: Final = """
:root { --f-edge: #ffffff; color-scheme: light dark; }
text { font: 11px "DejaVu Sans", "Segoe UI", sans-serif; fill: #1c2430; }
.title { font-weight: bold; font-size: 13px; }
.paper { fill: #ffffff; }
.cell { fill: none; stroke: #d5dae1; }
@media (prefers-color-scheme: dark) { text { fill: #e6eaf0; } .paper { fill: #1b2129; } .cell { stroke: #333c48; } }
"""


def names() -> list[str]:
    """Return the paths of all `files`, which are not drawn for that."""
    return ["docs/poses.md", *map(_picture, KINDS)]


def _picture(kind: str) -> str:
    return f"docs/poses/{kind}.svg"


@lru_cache(maxsize=1)
def files() -> dict[str, str]:
    """Return the page and its pictures, by their path from the top of the repository."""
    by_kind = {
        kind: [one for one in all_shown().values() if one.entry.kind == kind] for kind in KINDS
    }
    made = {_picture(kind): _sheet(shown) for kind, shown in by_kind.items()}
    return {"docs/poses.md": _page(by_kind), **made}


def _sheet(prompts: list[Shown]) -> str:
    style = (_ROOT / "deskbreak/pages/static/figure.css").read_text("utf-8")
    parts, top = [], _GAP
    for shown in prompts:
        made, top = _prompt(shown, top)
        parts += made
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{top}" '
        f'viewBox="0 0 {_WIDE} {top}"><style>{style}{_STYLE}</style>\n'
        f'<rect class="paper" width="{_WIDE}" height="{top}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _prompt(shown: Shown, top: int) -> tuple[list[str], int]:
    """Return the rows of a prompt that begin at *top*, and where they end."""
    parts = [f'<text class="title" x="{_GAP}" y="{top + 14}">{escape(_title(shown))}</text>']
    top, left, lowest = top + 22, _GAP, 0
    camera = picture.camera_for(shown.scene, size=_SMALL)
    for number, (step, words) in enumerate(
        zip(shown.scene.steps, shown.text.steps, strict=True), start=1
    ):
        wide = _CELL * len(step.keys)
        if left + wide > _WIDE - _GAP:
            left, top, lowest = _GAP, top + lowest + _GAP, 0
        said = f"{number}. {words.text} ({words.kind}, {words.seconds} s)"
        lines = textwrap.wrap(said, _LETTERS * len(step.keys))
        high = _CELL + _LINE * len(lines) + 6
        parts.append(
            f'<rect class="cell" x="{left}" y="{top}" width="{wide}" height="{high}" rx="4"/>'
        )
        for place, key in enumerate(step.keys):
            seen = picture.shapes(
                solve(key),
                step,
                replace(camera, yaw=VIEWS[step.view]),
                close=shown.scene.frame == "hands",
                pressing=words.kind == "pressure",
            )
            still = picture.svg(seen, size=_SMALL)
            at = f'<svg x="{left + place * _CELL}" y="{top}" width="{_CELL}" height="{_CELL}"'
            parts.append(still.replace("<svg", at, 1))
        parts += [
            f'<text x="{left + 5}" y="{top + _CELL + _LINE * (index + 1)}">{escape(one)}</text>'
            for index, one in enumerate(lines)
        ]
        left, lowest = left + wide + _GAP, max(lowest, high)
    return parts, top + lowest + 2 * _GAP


_SMALL: Final = 300


def _title(shown: Shown) -> str:
    return f"{shown.text.id}  {shown.text.title}"


def _page(by_kind: Mapping[str, list[Shown]]) -> str:
    return "\n".join([_ABOUT, *_pictures(by_kind), _WRITING, *_tables()])


def _pictures(by_kind: Mapping[str, list[Shown]]) -> Iterator[str]:
    words = catalogue("en")
    for kind, shown in by_kind.items():
        name = labels.kind_name(kind, words)
        yield f"## {name}\n\n![Every pose of {len(shown)} prompts: {name}](poses/{kind}.svg)\n"


def _tables() -> Iterator[str]:
    yield "### Joints and measures\n"
    yield "Degrees; centimetres where the name ends in x, y, z, out, off, up of the screen, height or glide; the rest are shares of one.\n"
    yield "| name | from | to |\n| --- | --- | --- |"
    for name, (low, high) in RANGES.items():
        if not name.startswith("right."):
            yield f"| `{name}` | {low:g} | {high:g} |"
    yield "\nWhat begins with `left.` is there with `right.` and `both.` too.\n"
    spots = dict.fromkeys(name.rpartition(".")[2] for name in ON_BODY)
    for title, names in (
        ("Spots on the body", spots),
        ("Ways to touch", HOW),
        ("What bears the figure", STANCES),
        ("What stands around it", OBJECTS),
        ("Views", VIEWS),
        ("Frames", FRAMES),
        ("Areas that can be marked", AREAS),
        ("What can be thought of", ICONS),
    ):
        yield f"### {title}\n\n{', '.join(f'`{name}`' for name in names)}\n"


_ABOUT: Final = """# The poses of the figure

Every prompt is shown by one figure, which is drawn from joints and from what hands and feet touch.
This page and its pictures are made from the program's tables and from `config/poses/` by `make poses`.
They show each key pose; between them the figure moves, at the pace that the kind and the seconds of a step ask for.
Orange marks what works; a ring shows where a hand presses.
"""

_WRITING: Final = """## Writing poses

Poses of a pack `NAME.toml` lie beside it in `NAME.poses.toml`; a prompt without poses is told in words alone.
A file has `schema_version = 1`, named poses to be used again, and one table for each prompt with as many steps as the pack has:

```toml
schema_version = 1

[pose.tall]
chest.flex = -5

[[prompt]]
id = "ACME-01"
stance = "chair"
view = "front"
works = ["left_neck"]

[[prompt.steps]]
keys = [{}, { both.girdle = { up = 20 } }]
rounds = 3

[[prompt.steps]]
keys = [{ like = "tall", neck.side = 25, left.hand = "seat" }]

[[prompt.steps]]
mirrors = 2
```

- A key pose says what differs from rest: `neck.side = 25` bends the neck to the right. `both.` means left and right.
- `left.hand = "thigh_mid"` lays a hand on a spot of its own side, `"other.shoulder_top"` across, `"brow:tips"` by the fingertips. `""` lets go; so does telling `arm` or `elbow.bend`. Hands of somebody seated rest on the thighs.
- `pelvis` moves the hips; feet stay where they are unless `foot` moves them.
- A step with several poses goes through them `rounds` times (as often as its seconds allow where that is not told); a hold, a press and a check go into their last pose and stay; a step that cools down gets smaller.
- `mirrors = 2` is step 2 with left and right exchanged. `cover = [2, 1]` chooses step and pose of the small picture.
- `view`, `works`, `objects` and `icon` can be told for the prompt or for a step, `base` and `frame` for the prompt.
- x goes to the figure's left, y up, z ahead.

A fault leaves out the poses of its prompt; `deskbreak policy check NAME.poses.toml` names it in one line.
"""


def write() -> None:
    """Write the page and its pictures."""
    for name, text in files().items():
        path = _ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
