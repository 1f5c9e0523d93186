"""How editors and other programs save a file: step by step, as whoever looks in between meets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Save = Callable[[Path, bytes, random.Random], Iterator[None]]


def _parts(data: bytes, draw: random.Random) -> list[bytes]:
    cuts = sorted({draw.randrange(1, len(data)) for _ in range(draw.randint(1, 6))})
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def in_chunks(path: Path, data: bytes, draw: random.Random) -> Iterator[None]:
    """Empty the file, then write one part after the other."""
    with path.open("wb", buffering=0) as file:
        yield
        for part in _parts(data, draw):
            file.write(part)
            yield


def over_the_old(path: Path, data: bytes, draw: random.Random) -> Iterator[None]:
    """Write over what was there, and cut off what is left of it."""
    with path.open("r+b" if path.exists() else "wb", buffering=0) as file:
        for part in _parts(data, draw):
            file.write(part)
            yield
        file.truncate(len(data))
        yield


def by_another_name(path: Path, data: bytes, draw: random.Random) -> Iterator[None]:
    """Write beside it, then put that in its place."""
    other = path.with_name(f".{path.name}.new")
    with other.open("wb", buffering=0) as file:
        for part in _parts(data, draw):
            file.write(part)
            yield
    other.replace(path)
    yield


def with_a_copy(path: Path, data: bytes, draw: random.Random) -> Iterator[None]:
    """Put the old one aside under another name, then write a new one."""
    if path.exists():
        path.replace(path.with_name(f"{path.name}~"))
        yield
    yield from in_chunks(path, data, draw)


def anew(path: Path, data: bytes, draw: random.Random) -> Iterator[None]:
    """Remove the old one, then make a new one."""
    path.unlink(missing_ok=True)
    yield
    yield from in_chunks(path, data, draw)


def behind_a_link(path: Path, data: bytes, draw: random.Random) -> Iterator[None]:
    """Put a link to a new file in its place."""
    other = path.with_name(f"generation-{draw.randrange(1 << 30)}.toml")
    other.write_bytes(data)
    link = path.with_name(".link")
    link.symlink_to(other.name)
    yield
    link.replace(path)
    yield


EDITORS: Final[tuple[Save, ...]] = (
    *(in_chunks, over_the_old, by_another_name, with_a_copy, anew, behind_a_link),
)
"""The ways that we know of; which program goes which way changes with its settings."""
