"""Write the tray's pictures as Windows' taskbar wants them; `make icons` runs this (needs rsvg-convert).

One file for each state, with every size that the taskbar has, each drawn from the SVG: scaled by
Windows to 16 pixels, a picture of 32 is a smudge.
"""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

ICONS = Path(__file__).parents[1] / "icons"
SIZES = (16, 20, 24, 28, 32, 40, 48)
"""Pixels of a small icon at 100, 125, 150, 175, 200, 250 and 300 %. Source: SM_CXSMICON and "Display
scale", Microsoft Win32 reference."""


def drawn(svg: Path, size: int) -> Image.Image:
    """Draw *svg* so large."""
    argv = ["rsvg-convert", "--width", str(size), "--height", str(size), str(svg)]
    png = subprocess.run(argv, check=True, stdout=subprocess.PIPE).stdout
    with Image.open(BytesIO(png)) as image:
        return image.convert("RGBA")


def main() -> None:
    """Write those of the states that are named."""
    folder = ICONS / "taskbar"
    folder.mkdir(exist_ok=True)
    for state in sys.argv[1:]:
        svg = ICONS / "hicolor" / "scalable" / "status" / f"deskbreak_{state}.svg"
        *smaller, largest = [drawn(svg, size) for size in SIZES]
        sizes = [(size, size) for size in SIZES]
        largest.save(folder / f"{state}.ico", append_images=smaller, sizes=sizes)


if __name__ == "__main__":
    main()
