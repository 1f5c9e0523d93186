"""What an organisation has set on Windows: the registry, where group policy and Intune write it.

Its keys are below `KEY`, of the machine and of the user, where Windows lets only administrators
write. Everything of Windows is loaded when it is called, so this can be imported anywhere.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.managed import Document, Level, Scope, Status
from deskbreak.core.words import N_, said
from deskbreak.policy.names import from_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEY: Final = r"SOFTWARE\Policies\Deskbreak"
RECOMMENDED: Final = "Recommended"
BOUNDS: Final = "Bounds"
_ROOTS: Final = (("HKLM", Scope.MACHINE), ("HKCU", Scope.USER))
_DEEPEST: Final = 2  # KEY, a level below it, a list below that


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the registry with everything below it, names as they are written."""

    values: Mapping[str, object]
    keys: Mapping[str, Key]

    def below(self, name: str) -> Key | None:
        """Return the key *name* below it; capitals do not count."""
        return next((one for key, one in self.keys.items() if key.lower() == name.lower()), None)

    def meant(self, *levels: str) -> dict[str, object]:
        """Return its values, and its lists: keys whose values are called 1, 2 and so on.

        *levels* are keys that are no lists. A list without entries is what is left of one.
        """
        apart = {name.lower() for name in levels}
        lists = {
            name: [one.values[entry] for entry in sorted(one.values, key=_place)]
            for name, one in self.keys.items()
            if name.lower() not in apart and one.values
        }
        return {**self.values, **lists}


def read() -> tuple[Document, ...]:
    """Return what is set for this machine and for this user. Some hundred calls; never raises."""
    return tuple(one for root, scope in _ROOTS for one in _documents(root, scope))


def stamp() -> object:
    """Return what compares unequal when something has changed: all that is there."""
    return tuple(_look(root) for root, _ in _ROOTS)


def _look(root: str) -> Key | str | None:
    """Return our key below *root*, None where there is none, or why it cannot be read."""
    try:
        return _registry(root)
    except OSError as error:
        return error.strerror or str(error)


def _documents(root: str, scope: Scope) -> Iterable[Document]:
    path, found = rf"{root}\{KEY}", _look(root)
    if isinstance(found, str):
        why = said(N_("{path} cannot be read: {reason}"), path=path, reason=found)
        yield Document(path, Level.MANDATORY, scope, status=Status.UNREADABLE, why=why)
    elif found is not None:
        bounds = found.below(BOUNDS)
        values = from_names(found.meant(RECOMMENDED, BOUNDS), bounds.meant() if bounds else {})
        yield Document(path, Level.MANDATORY, scope, values)
        recommended = found.below(RECOMMENDED)
        if recommended is not None:
            values = from_names(recommended.meant())
            yield Document(rf"{path}\{RECOMMENDED}", Level.RECOMMENDED, scope, values)


def _place(name: str) -> tuple[int, str]:
    """Return what sorts the entries of a list: by number, then what has none."""
    return (int(name) if name.isascii() and name.isdigit() else sys.maxsize, name)


# ── the registry ───────────────────────────────────────────────────────────────────────────


def _registry(root: str) -> Key | None:
    """Return our key below *root*; None where there is none.

    Source: "Registry Key Security and Access Rights", Microsoft Win32 reference: the 64-bit view.

    Raises:
        OSError: It cannot be read.
    """
    if sys.platform != "win32":
        return None
    import winreg

    roots = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}
    return _key(roots[root], KEY, 0)


def _key(parent: Any, name: str, depth: int) -> Key | None:  # noqa: ANN401 - a handle of winreg
    if sys.platform != "win32":
        return None
    import winreg

    try:
        opened = winreg.OpenKey(parent, name, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)
    except FileNotFoundError:
        return None
    with opened:
        keys, values, _ = winreg.QueryInfoKey(opened)
        entries = (winreg.EnumValue(opened, number) for number in range(values))
        found = {entry: value for entry, value, _ in entries}
        names = [winreg.EnumKey(opened, number) for number in range(keys)]
        below = {one: _key(opened, one, depth + 1) for one in names if depth < _DEEPEST}
    return Key(found, {one: key for one, key in below.items() if key is not None})
