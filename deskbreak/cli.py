"""The entry of every command: first how modules are loaded, then the command line itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskbreak import late

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    late.install()
    from deskbreak.commands import line  # after the above: it brings all that we are made of

    return line.main(argv)
