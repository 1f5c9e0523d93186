"""Lets modules of the standard library be imported when something of them is used, and not before.

`dataclasses`, `pathlib`, `logging` and our libraries import modules for what a resident process
never does. Each that is named here is stood in for until somebody asks it for anything; then it is
loaded, and the stand-in is gone. Which ones are worth it, and what each costs, is in
docs/decisions/0075-what-the-resident-process-does-not-load.md.
"""

from __future__ import annotations

import contextlib
import errno
import sys
import threading
from datetime import UTC, datetime
from importlib import import_module
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_TAKING_AWAY: Final = threading.Lock()
_STANDING_IN: Final = threading.Lock()
_TIME_ZONES: Final = "/usr/share/zoneinfo"


def _config_var(name: str) -> object:
    """Answer what `zoneinfo` asks while it is imported: where CPython's default has time zones.

    Source: PEP 615, "Compile-time configuration"; Tools of a system that keeps them elsewhere say
    so in `sysconfig`, which is asked where there is nothing at the first of these places.
    """
    import os.path

    if name == "TZPATH" and sys.platform == "win32":
        return ""
    if name == "TZPATH" and os.path.isdir(_TIME_ZONES):  # noqa: PTH112 - pathlib comes later
        return f"{_TIME_ZONES}:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo"
    real: object = _real("sysconfig").get_config_var(name)
    return real


def _timegm(utc: Sequence[int]) -> int:
    """Return the seconds since 1970 of year, month, day, hour, minute and second; for `tzlocal`."""
    year, month, day, hour, minute, second = utc[:6]
    return round(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp())


def _annotations(of: object, **how: object) -> object:
    """Answer what `dataclasses` asks of each class since Python 3.12."""
    found = vars(of).get("__annotations__") if isinstance(of, type) and not how else None
    return {**found} if isinstance(found, dict) else _real("inspect").get_annotations(of, **how)


def _later(module: str, name: str) -> Callable[..., object]:
    """Stand in for a function that is imported by its name, and seldom called."""

    def called(*arguments: object, **named: object) -> object:
        return getattr(_real(module), name)(*arguments, **named)

    return called


_AT_HAND: Final[Mapping[str, Mapping[str, object]]] = {
    "bz2": {},
    "calendar": {"timegm": _timegm},
    "inspect": {
        "get_annotations": _annotations,
        "isbuiltin": lambda what: isinstance(what, BuiltinFunctionType),
        "isclass": lambda what: isinstance(what, type),
        "isfunction": lambda what: isinstance(what, FunctionType),
        "ismethod": lambda what: isinstance(what, MethodType),
    },
    "ipaddress": {},
    "lzma": {},
    "shutil": {},
    "subprocess": {},
    "sysconfig": {"get_config_var": _config_var},
    "tempfile": {name: _later("tempfile", name) for name in ("TemporaryFile", "gettempdir")},
    "uuid": {"uuid4": _later("uuid", "uuid4")},
}
"""The modules, and of each what others ask for while they are imported, or often, and no more.

`traceback` is none of them: what failed is told in the log even where no file can be opened."""


class StandIn(ModuleType):
    """A module that is loaded as soon as anything of it is asked for."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        """Load the module, and return what it has of that name.

        Raises:
            OSError: It cannot be read now; whoever starts a program or looks for a file expects that.
        """
        if name == "__path__":  # each import asks whether it is a package; none of these is one
            raise AttributeError(name)
        return getattr(_real(self.__name__), name)


def install() -> None:
    """Stand in for each of them that nobody has imported yet."""
    for name, at_hand in _AT_HAND.items():
        if name not in sys.modules:
            _put(name, at_hand)


@contextlib.contextmanager
def standing_in(at_hand: Mapping[str, Mapping[str, object]]) -> Iterator[None]:
    """Stand in for these modules, where they are not loaded, while something else is imported.

    Each has at hand what that asks for; whatever else it asks for loads the module. One thread at a
    time: another would take the stand-ins of the first for what was there before.
    """
    with _STANDING_IN:
        absent = {name: sys.modules.get(name) for name in at_hand if not is_loaded(name)}
        for name in absent:
            _put(name, at_hand[name])
        try:
            yield
        finally:
            for name, before in absent.items():
                _take_away(name, before)


def is_loaded(name: str) -> bool:
    """Whether the module itself has been imported."""
    module = sys.modules.get(name)
    return module is not None and not isinstance(module, StandIn)


def _put(name: str, at_hand: Mapping[str, object]) -> None:
    sys.modules[name] = stand_in = StandIn(name)
    vars(stand_in).update(at_hand)


def _take_away(name: str, before: ModuleType | None = None) -> StandIn | None:
    """Put what was there *before* in the place of a stand-in, and return that; None: there is none."""
    with _TAKING_AWAY:
        found = sys.modules.get(name)
        if not isinstance(found, StandIn):
            return None  # loaded since, or being loaded by another thread
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before
        return found


def _real(name: str) -> ModuleType:
    # Of two threads at once one takes it away, and both wait for the import, which has its own lock.
    stand_in = _take_away(name)
    try:
        return import_module(name)
    except ImportError as error:  # so it is called, too, where no more files can be opened
        if stand_in is not None:
            sys.modules.setdefault(name, stand_in)
        raise OSError(errno.EIO, f"{name} cannot be loaded now") from error
