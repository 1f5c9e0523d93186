"""deskbreak with a saboteur in it: ``python -m tests.doubles.faulty run …`` hangs, or ends, a thread on demand.

Whoever puts a file ``WHAT-PART`` into the folder that FAULTS names has that part do WHAT the next
time that it does anything, which is seen to: ``hang`` waits for ever, ``kill`` ends the thread. The
file is gone when it is so. LOOK is the time between two looks of the watch, in seconds.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from deskbreak import cli
from deskbreak.agent import delivery, loop, pulse, renewal, running, tray, watch
from deskbreak.core.model import Command
from deskbreak.platforms.linux import bus, buswire, idle_x11, statusitem, watcher
from deskbreak.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER: Final = Path(os.environ["FAULTS"])
FAULTS: Final = ("hang", "kill")
PARTS: Final = {
    # part: (class, method on its thread, what has it called)
    "agent": (loop.Loop, "_turn", lambda one: one.inbox.command(Command("reload"))),
    "writer": (Store, "append", None),  # on the loop's thread, so the loop's wake-up will do
    "tray": (statusitem.StatusItem, "_do", lambda item: item.wish(lambda: None)),
    "tray-draws": (tray.DeskTray, "_redraw", lambda drawn: drawn.refresh()),
    "idle-x11": (idle_x11.X11Idle, "_turn", lambda source: source._ring()),
    "delivery": (delivery.Delivery, "_show_again", lambda one: one.again()),
    "holds": (watcher.Watcher, "_do", lambda one: one.soon(lambda: None)),
    "bus-session": (buswire.Wire, "settle", None),
    "pulse": (pulse._Scheduler, "_process_jobs", lambda scheduler: scheduler.wakeup()),
    "door": (running.Running, "_answered", None),  # whoever strikes it asks something
}
"""Each part by the thread, and where it is struck: inside what it does, never in its waiting."""
_LOOK_S: Final = 0.01


class _Struck:
    """Where the parts are, and what is to become of which."""

    def __init__(self) -> None:
        self.instances: dict[str, Any] = {}
        self.faults: dict[str, str] = {}

    def strike(self, part: str) -> None:
        fault = self.faults.pop(part, None)
        if fault is None:
            return
        (FOLDER / f"{fault}-{part}").unlink()
        if fault == "hang":
            threading.Event().wait()
        _end()

    def wake(self, part: str) -> None:
        if part == "writer":
            self.wake("agent")
        elif part == "bus-session":
            self.instances["bus"].owner("org.freedesktop.DBus", timeout_s=0.1)
        elif (poke := PARTS[part][2]) is not None:
            poke(self.instances[part])

    def serve(self) -> None:
        """Look for orders."""
        while True:
            time.sleep(_LOOK_S)
            for order in list(FOLDER.iterdir()):
                fault, _, part = order.name.partition("-")
                if part in self.instances and part not in self.faults:
                    self.faults[part] = fault
                    try:
                        self.wake(part)
                    except Exception as reason:  # noqa: BLE001 - a bus whose thread hangs does not answer
                        print(f"{part}: {reason}", file=sys.stderr)  # noqa: T201 - for whoever reads the test's output


def _end() -> NoReturn:
    raise SystemExit  # nothing that fences off mistakes holds it up


def main() -> int:
    """Put the saboteur in, then be deskbreak."""
    struck = _Struck()
    vars(watch)["LOOK_S"] = float(os.environ["LOOK"])
    vars(renewal)["SOON_S"] = float(os.environ.get("SOON", "0"))
    for part, (owner, method, _) in PARTS.items():
        _put_in(struck, part, owner, method)
    _keep(struck, "bus", bus.Bus)
    threading.Thread(target=struck.serve, name="saboteur", daemon=True).start()
    return cli.main()


def _keep(struck: _Struck, name: str, owner: type) -> None:
    init: Callable[..., None] = owner.__init__  # type: ignore[misc] # of this very class

    @functools.wraps(init)
    def made(self: object, *args: Any, **more: Any) -> None:  # noqa: ANN401 - whatever it takes
        struck.instances.setdefault(name, self)
        init(self, *args, **more)

    owner.__init__ = made  # type: ignore[misc] # that is what a saboteur does


def _put_in(struck: _Struck, part: str, owner: type, method: str) -> None:
    _keep(struck, part, owner)
    before = getattr(owner, method)
    is_static = isinstance(inspect.getattr_static(owner, method), staticmethod)

    @functools.wraps(before)
    def after(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
        struck.strike(part)
        return before(*args, **more)

    setattr(owner, method, staticmethod(after) if is_static else after)


if __name__ == "__main__":
    sys.exit(main())
