"""Which branches of the reading code a file takes: what two malformed files may not share."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from _typeshed import TraceFunction

    Arc = tuple[str, str, int, int]

_READING: Final = (
    *(
        "toml_text",
        "textfile",
        "files",
        "layers",
        "settings",
        "values",
        "schedule",
        "managed",
        "bounds",
        "policies",
    ),
    *("json_text", "linux", "_parser", "_re", "decoder", "scanner"),
)
"""The modules that read a file and judge what it says; tomllib's and json's are two each."""


_BEGINNING: Final = 0
_WAYS_OUT: Final = {"return": -1, "exception": -2}


class Branches:
    """Records each step from one line to the next within the modules that read."""

    def __init__(self) -> None:
        """Record nothing yet."""
        self._arcs: set[Arc] = set()

    def of(self, read: Callable[[], object]) -> frozenset[Arc]:
        """Return the branches that *read* takes, the way out of each function among them."""
        self._arcs = set()
        before = sys.gettrace()
        sys.settrace(self._called)
        try:
            read()
        finally:
            sys.settrace(before)
        return frozenset(self._arcs)

    def _called(self, frame: FrameType, event: str, arg: object) -> TraceFunction | None:
        code = frame.f_code
        module = code.co_filename.replace("\\", "/").rpartition("/")[2].removesuffix(".py")
        if module not in _READING:
            return None
        last = _BEGINNING

        def step(frame: FrameType, event: str, arg: object) -> TraceFunction:
            nonlocal last
            at = frame.f_lineno if event == "line" else _WAYS_OUT.get(event)
            if at is not None:
                self._arcs.add((module, code.co_qualname, last, at))
                last = at
            return step

        return step
