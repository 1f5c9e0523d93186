"""Whether root alone could have written a file of Linux or macOS: its owner, and the way to it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, Refusal, said

if TYPE_CHECKING:
    from collections.abc import Collection

    from deskbreak.core.words import Said

_MOST_LINKS: Final = 40  # as the kernel follows; source: path_resolution(7)


class Insecure(Refusal):
    """Somebody else than an administrator could have written it."""


def see_that_secure(path: Path, owners: Collection[int]) -> None:
    """See that nobody else could change *path*, or what leads to it: each folder, each link.

    Raises:
        Insecure: Somebody could.
        OSError: It cannot be looked at.
    """
    links = 0
    here, parts = Path("/"), [*reversed(path.parts[1:])]
    while parts:
        part = parts.pop()
        if part == "..":  # of where we are, which is no link: as the kernel goes
            here = here.parent
            continue
        here /= part
        found = here.lstat()
        if not stat.S_ISLNK(found.st_mode):
            see_owner(here, found, owners)
            continue
        if found.st_uid not in owners:
            raise Insecure(_belongs(here))
        links += 1
        if links > _MOST_LINKS:
            raise OSError(40, os.strerror(40))
        target = here.readlink()
        here = Path("/") if target.is_absolute() else here.parent
        parts += reversed(target.parts[1:] if target.is_absolute() else target.parts)


def see_owner(path: Path, found: os.stat_result, owners: Collection[int]) -> None:
    """See that *found*, which *path* is, belongs to one of *owners*, and nobody else can write it.

    Raises:
        Insecure: It does not, or somebody can.
    """
    if found.st_uid not in owners:
        raise Insecure(_belongs(path))
    # In a folder such as /tmp nobody can replace what belongs to somebody else.
    shared = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not shared:
        sentence = N_("{path} can be written by others than root, so it does not count")
        raise Insecure(said(sentence, path=path))


def _belongs(path: Path) -> Said:
    return said(N_("{path} does not belong to root, so it does not count"), path=path)
