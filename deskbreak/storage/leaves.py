"""The rows of a damaged SQLite file, read from its pages without the help of its trees.

Rows of a table lie in leaf pages, each of which can be understood by itself. A file whose header,
indexes or inner pages are lost still has all its rows, as long as their own pages are whole.

Source: sqlite.org/fileformat2.html, sections 1.6 (pages), 2.1 (records) and 4 (the log).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    Value = None | int | float | str | bytes
    Row = tuple[int, list[Value]]

SIZES: Final = (1024, 4096)
"""Bytes of a page: as we make files, and SQLite's default since 3.12, as we made them before."""
MAGIC: Final = b"SQLite format 3\x00"
_TABLE_LEAF: Final = 0x0D
_FILE_HEADER: Final = 100
_LOG_MAGIC: Final = {0x377F0682: "<", 0x377F0683: ">"}  # the byte order of its checksums
_LOG_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_WORD: Final = 0xFFFF_FFFF
_LENGTHS: Final = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # bytes of the serial types
_FLOAT: Final = 7
_FIRST_TEXT: Final = 12
_LONGEST: Final = 1 << 20  # bytes of a row; the figures of a day have some thousand


def pages(file: bytes, log: bytes) -> list[bytes]:
    """Return the pages of *file* as they are with what its write-ahead *log* has committed.

    Where the header does not tell their size, it is the one with which there are more rows.
    """
    named = int.from_bytes(file[16:18], "big")
    if file.startswith(MAGIC) and named in SIZES:
        return _pages(file, log, named)
    return max((_pages(file, log, size) for size in SIZES), key=lambda found: len([*rows(found)]))


def _pages(file: bytes, log: bytes, size: int) -> list[bytes]:
    content = [file[at : at + size].ljust(size, b"\0") for at in range(0, len(file), size)]
    for number, page in _committed(log, size):
        content += [bytes(size)] * (number - len(content))
        content[number - 1] = page
    return content


def _committed(log: bytes, size: int) -> list[tuple[int, bytes]]:
    """Return (number, page) of the frames up to the last commit that is whole."""
    if len(log) < _LOG_HEADER:
        return []
    magic, _, named, _, *salt = struct.unpack(">6I", log[:24])
    order = _LOG_MAGIC.get(magic)
    if order is None or named != size:
        return []
    sums = _checksum((0, 0), log[:24], order)
    frames: list[tuple[int, bytes]] = []
    committed = 0
    for start in range(_LOG_HEADER, len(log) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        head, page = log[start : start + _FRAME_HEADER], log[start + _FRAME_HEADER :][:size]
        number, commit, salt_1, salt_2, *expected = struct.unpack(">6I", head)
        sums = _checksum(_checksum(sums, head[:8], order), page, order)
        if [salt_1, salt_2] != salt or list(sums) != expected:
            break
        frames.append((number, page))
        committed = len(frames) if commit else committed
    return frames[:committed]


def _checksum(sums: tuple[int, int], data: bytes, order: str) -> tuple[int, int]:
    first, second = sums
    for one, two in struct.iter_unpack(order + "2I", data):
        first = (first + one + second) & _WORD
        second = (second + two + first) & _WORD
    return first, second


def version(content: list[bytes]) -> int:
    """Return the version of the tables that the first page names; 0 where it names none."""
    if not content or not content[0].startswith(MAGIC):
        return 0
    return int.from_bytes(content[0][60:64], "big")


def rows(content: list[bytes]) -> Iterator[Row]:
    """Yield (id, values) of every row of every table that can be read, in no order.

    The value of a column that is the id is None.
    """
    for number, page in enumerate(content):
        start = 0 if number else _FILE_HEADER
        if page[start] != _TABLE_LEAF:
            continue
        (count,) = struct.unpack_from(">H", page, start + 3)
        for n in range(min(count, (len(page) - start - 8) // 2)):
            (cell,) = struct.unpack_from(">H", page, start + 8 + 2 * n)
            try:
                yield _row(page, cell, content)
            except (IndexError, ValueError, struct.error):
                continue  # this cell is damaged; the next may not be


def _row(page: bytes, start: int, content: list[bytes]) -> Row:
    length, start = _varint(page, start)
    number, start = _varint(page, start)
    record = _payload(page, start, length, content)
    head, at = _varint(record, 0)
    types = []
    while at < head:
        kind, at = _varint(record, at)
        types.append(kind)
    values = []
    for kind in types:
        value, at = _value(record, at, kind)
        values.append(value)
    if at != length:
        raise ValueError("the parts do not make the whole")
    return _signed(number), values


def _payload(page: bytes, start: int, length: int, content: list[bytes]) -> bytes:
    """Return a record, put together where it goes on in other pages."""
    if length > _LONGEST:
        raise ValueError(length)
    size = len(page)
    whole, least = size - 35, (size - 12) * 32 // 255 - 23  # a longer payload goes on elsewhere
    local = length
    if length > whole:
        local = least + (length - least) % (size - 4)
        local = local if local <= whole else least
    record = page[start : start + local]
    if local == length:
        return record
    parts, missing = bytearray(record), length - local
    following = page[start + local : start + local + 4]
    while missing > 0:
        more = content[int.from_bytes(following, "big") - 1]
        parts += more[4 : 4 + missing]
        following, missing = more[:4], missing - (size - 4)
    return bytes(parts)


def _value(record: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind >= _FIRST_TEXT:
        end = at + (kind - _FIRST_TEXT) // 2
        raw = record[at:end]
        return (raw.decode("utf-8") if kind % 2 else raw), end
    end = at + _LENGTHS[kind]
    raw = record[at:end]
    if kind == 0:
        return None, end
    if kind == _FLOAT:
        return struct.unpack(">d", raw)[0], end
    return (int.from_bytes(raw, "big", signed=True) if raw else kind - 8), end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number at *at*, of 1 to 9 bytes, and where it ends."""
    value = data[at]
    if value < 0x80:  # noqa: PLR2004 - the bit that says that it goes on
        return value, at + 1
    value = 0
    for n in range(8):
        byte = data[at + n]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004 - as above
            return value, at + n + 1
    return value << 8 | data[at + 8], at + 9


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number
