"""Puts PNG pictures into one Windows icon: `python icon.py deskbreak.ico 16.png 32.png …`.

Source: Icons, Microsoft Win32 reference; since Windows Vista a picture in an icon may be a PNG.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_HEAD: Final = struct.Struct("<HHH")  # 0, 1 for an icon, how many pictures
_ROW: Final = struct.Struct("<BBBBHHII")  # width, height, colours, 0, planes, bits, bytes, where
_LARGEST: Final = 256  # pixels; written as 0, because its field is a byte


def icon(pictures: Sequence[bytes]) -> bytes:
    """Return the icon of square PNG *pictures*, the smallest first.

    Raises:
        ValueError: One is no PNG, not square, or larger than 256 pixels.
    """
    ordered = sorted((_size(picture), picture) for picture in pictures)
    where = _HEAD.size + _ROW.size * len(ordered)
    rows = []
    for size, picture in ordered:
        side = size % _LARGEST
        rows.append(_ROW.pack(side, side, 0, 0, 1, 32, len(picture), where))
        where += len(picture)
    return b"".join((_HEAD.pack(0, 1, len(ordered)), *rows, *(each for _, each in ordered)))


def _size(picture: bytes) -> int:
    width, height = struct.unpack_from(">II", picture, 16) if picture[:8] == _PNG else (0, 0)
    if width != height or not 0 < width <= _LARGEST:
        raise ValueError(f"a picture of {width}x{height} pixels does not fit into an icon")
    return int(width)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(icon([Path(name).read_bytes() for name in sys.argv[2:]]))
