"""Write the tray's pictures as the bus carries them; `make icons` runs this after drawing the PNG.

A panel on Linux gets pixels. Were they taken from the PNG while deskbreak runs, its process would
carry Pillow all day, 3 MB, for five pictures that never change.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

from PIL import Image

ICONS = Path(__file__).parents[1] / "icons"


def pixels(state: str) -> bytes:
    """Return the picture of *state*: for each size its width and height, then ARGB row by row.

    Numbers of 32 bits in network order, as `deskbreak.platforms.linux.tray` reads them. The sizes
    are 22 and 24 (panels, by the Icon Naming Specification), 44 and 48 (their doubles), 32
    (xfce4-panel) and 64 (its double).
    """
    parts = []
    for path in sorted(ICONS.glob(f"hicolor/*/status/deskbreak_{state}.png")):
        with Image.open(path) as opened:
            image = opened.convert("RGBA")
        red, green, blue, alpha = image.split()
        argb = Image.merge("RGBA", (alpha, red, green, blue)).tobytes()
        parts.append(struct.pack(">II", *image.size) + argb)
    return b"".join(parts)


def main() -> None:
    """Write those of the states that are named."""
    (ICONS / "pixels").mkdir(exist_ok=True)
    for state in sys.argv[1:]:
        (ICONS / "pixels" / f"{state}.argb").write_bytes(pixels(state))


if __name__ == "__main__":
    main()
