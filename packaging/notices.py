"""Collects the licences of what deskbreak uses, and fails where one is missing.

With their texts for the Windows programs, which contain it; as a list for packages, which name it
only: `python packaging/notices.py requirements.lock >THIRD_PARTY_NOTICES.txt`.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LICENCE_FILES: Final = ("LICENSE", "LICENCE", "COPYING", "NOTICE")
_RULE: Final = "=" * 79
_REVIEWED: Final = {
    # Its metadata says BSD alone. Source: its LICENSE.txt, and MarkupSafe's, of the same people.
    "jinja2": "BSD-3-Clause",
    # Its metadata says version 3 alone; its author means "or later". Source: moses-palmer/pystray#181.
    "pystray": "LGPL-3.0-or-later",
    # Its metadata says LGPLv2+; there is no version 2.0 of it. Source: the head of each of its files.
    "python-xlib": "LGPL-2.1-or-later",
    # Its metadata says so in a sentence of 22 words. Source: its COPYING.txt.
    "pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception",
}
"""Licences whose names in the metadata are wrong or long, as we have read them."""
_PINNED: Final = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
_BOOTLOADER: Final = "pyinstaller"
"""What starts a program that PyInstaller made is a part of it."""
_INTRODUCTION: Final = """\
deskbreak is under the MIT licence, which is in LICENSE.txt. These programs contain, beside it:

{table}

pystray is under the GNU Lesser General Public License. Its whole source is in the folder
_internal\\pystray, as plain files: whoever puts a changed pystray in their place runs deskbreak with it.
Each licence in full is below; what Python itself contains of others: https://docs.python.org/3/license.html
"""

_LIST: Final = """\
deskbreak is under the MIT licence, which is in LICENSE.
It uses these libraries, and contains none of them: each is a package of its own, which pip or the
system installs, with its licence, and which anybody may replace by another version.

{table}

The versions are those of requirements.lock, which the tests run with; a system may have others.
"""


def distributions(modules: Iterable[str]) -> tuple[str, ...]:
    """Name the installed distributions that *modules* come from, and PyInstaller for its bootloader."""
    owners = metadata.packages_distributions()
    tops = {module.partition(".")[0] for module in modules}
    found = {owner for top in tops for owner in owners.get(top, ())}
    return tuple(sorted({*found, _BOOTLOADER} - {"deskbreak"}, key=str.lower))


def notices(names: Iterable[str], python: tuple[str, str]) -> str:
    """Return the notices of the distributions *names* and of *python*: its version and licence.

    Raises:
        LookupError: A distribution comes without the text of its licence.
    """
    parts = [("Python", *python, "PSF-2.0"), *(_part(name) for name in names)]
    table = _table((name, version, licence) for name, version, _, licence in parts)
    texts = (f"{_RULE}\n{name} {version}\n{_RULE}\n\n{text}\n" for name, version, text, _ in parts)
    return "\n".join((_INTRODUCTION.format(table=table), *texts))


def inventory(lock: str) -> str:
    """Return the list of what the text of a *lock* pins; all of it has to be installed.

    Raises:
        LookupError: Something else is installed.
    """
    rows = []
    for name, version in pinned(lock):
        found = metadata.distribution(name)
        if found.version != version:
            raise LookupError(f"{name} {found.version} is installed, and {version} is locked")
        rows.append((found.name, version, licence(found)))
    return _LIST.format(table=_table(rows))


def pinned(lock: str) -> list[tuple[str, str]]:
    """Return name and version of each line of a lock that pins something."""
    return _PINNED.findall(lock)


def _table(rows: Iterable[tuple[str, str, str]]) -> str:
    rows = list(rows)
    width = max(len(name) for name, *_ in rows)
    return "\n".join(
        f"    {name:{width}}  {version:10}  {named}".rstrip() for name, version, named in rows
    )


def _part(name: str) -> tuple[str, str, str, str]:
    found = metadata.distribution(name)
    text = "\n\n".join(_texts(found))
    if not text:
        raise LookupError(f"{name} comes without the text of its licence")
    return found.name, found.version, text, licence(found)


def _texts(found: metadata.Distribution) -> Iterator[str]:
    for path in sorted(found.files or (), key=str):
        inside = PurePosixPath(path)
        is_meta = inside.parts[0].endswith(".dist-info")
        if is_meta and inside.name.upper().startswith(_LICENCE_FILES):
            yield path.read_text(encoding="utf-8").strip()


def licence(found: metadata.Distribution) -> str:
    """Name a licence in a few words, as its author did."""
    reviewed = _REVIEWED.get(found.name.lower())
    if reviewed:
        return reviewed
    told = found.metadata.json
    said = told.get("license_expression") or told.get("license") or ""
    if said and "\n" not in said:
        return str(said)
    rows = told.get("classifier", [])
    return ", ".join(row.rpartition(" :: ")[2] for row in rows if row.startswith("License"))


if __name__ == "__main__":
    sys.stdout.write(inventory(Path(sys.argv[1]).read_text(encoding="utf-8")))
