"""A tray item on the bus: org.kde.StatusNotifierItem, registered with every watcher that comes up.

Source: freedesktop.org StatusNotifierItem 0.1 and what hosts made of it: sn-item.c and
sn-button.c of xfce4-panel 4.18, StatusNotifierItem.qml of plasma-workspace,
statusnotifierbutton.cpp of lxqt-panel, dbusMenu.js of the AppIndicator extension.
"""

from __future__ import annotations

import logging
import queue
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.dbusmenu import Line, MenuServer
from deskbreak.platforms.linux.exports import Fault
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.bus import Bus

    Wish = Callable[[], None]
    Pixmap = tuple[int, int, bytes]
    """Width, height, and ARGB of 32 bits in network order."""

INTERFACE: Final = "org.kde.StatusNotifierItem"
PATH: Final = "/StatusNotifierItem"
MENU_PATH: Final = "/MenuBar"
WATCHER: Final = "org.kde.StatusNotifierWatcher"
WATCHER_PATH: Final = "/StatusNotifierWatcher"

_PROPERTIES: Final = "org.freedesktop.DBus.Properties"

_RETRY_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 30.0)
"""Pauses after a refused registration: at login a watcher may own its name before it can answer.
Our own choice; then not before it restarts."""

_XML: Final = f"""
<interface name="{INTERFACE}">
 <property name="Category" type="s" access="read"/>
 <property name="Id" type="s" access="read"/>
 <property name="Title" type="s" access="read"/>
 <property name="Status" type="s" access="read"/>
 <property name="WindowId" type="i" access="read"/>
 <property name="IconName" type="s" access="read"/>
 <property name="IconPixmap" type="a(iiay)" access="read"/>
 <property name="IconThemePath" type="s" access="read"/>
 <property name="OverlayIconName" type="s" access="read"/>
 <property name="OverlayIconPixmap" type="a(iiay)" access="read"/>
 <property name="AttentionIconName" type="s" access="read"/>
 <property name="AttentionIconPixmap" type="a(iiay)" access="read"/>
 <property name="AttentionMovieName" type="s" access="read"/>
 <property name="ToolTip" type="(sa(iiay)ss)" access="read"/>
 <property name="ItemIsMenu" type="b" access="read"/>
 <property name="Menu" type="o" access="read"/>
 <method name="Activate"><arg type="i" direction="in"/><arg type="i" direction="in"/></method>
 <method name="ContextMenu"><arg type="i" direction="in"/><arg type="i" direction="in"/></method>
 <method name="SecondaryActivate"><arg type="i" direction="in"/><arg type="i" direction="in"/>
 </method>
 <method name="Scroll"><arg type="i" direction="in"/><arg type="s" direction="in"/></method>
 <method name="ProvideXdgActivationToken"><arg type="s" direction="in"/></method>
 <signal name="NewIcon"/>
 <signal name="NewToolTip"/>
 <signal name="NewStatus"><arg type="s"/></signal>
</interface>
"""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrayStatus:
    """Whether a panel shows our item, and if not, why and what helps."""

    registered: bool
    reason: Said | None = None
    remedy: Said | None = None


def tray_status(bus: Bus, name: str | None) -> TrayStatus:
    """Ask the desktop whether it shows the item whose id is *name*. Never from the bus thread.

    None asks whether it would show one: nobody has offered any yet.
    """
    try:
        if bus.owner(WATCHER) is None:
            return TrayStatus(registered=False, reason=_NO_WATCHER, remedy=_REMEDY)
        has_host = _property(bus, WATCHER, WATCHER_PATH, WATCHER, "IsStatusNotifierHostRegistered")
        entries = _property(bus, WATCHER, WATCHER_PATH, WATCHER, "RegisteredStatusNotifierItems")
        is_there = name is None or (
            isinstance(entries, list) and any(_has_id(bus, e, name) for e in entries)
        )
    except Unavailable as refusal:
        return TrayStatus(registered=False, reason=refusal.why, remedy=refusal.remedy)
    if not is_there:
        return TrayStatus(registered=False, reason=_NOT_THERE)
    if not has_host:
        why = _NO_WATCHER if name is None else _NO_HOST
        return TrayStatus(registered=name is not None, reason=why, remedy=_REMEDY)
    return TrayStatus(registered=name is not None)


_NO_WATCHER: Final = said(N_("this desktop has no place for tray items"))
_NO_HOST: Final = said(N_("the desktop knows our tray item, but no panel shows it"))
_NOT_THERE: Final = said(N_("the desktop does not know our tray item"))
_REMEDY: Final = said(
    N_("on GNOME, the AppIndicator extension adds one; notifications and commands work without")
)


def _property(bus: Bus, owner: str, path: str, interface: str, name: str) -> object:
    answer = bus.call(owner, path, _PROPERTIES, "Get", "ss", (interface, name), timeout_s=1.0)
    value: object = answer[0][1]
    return value


def _has_id(bus: Bus, entry: str, name: str) -> bool:
    """Whether *entry* of the watcher's list, such as ``:1.7/StatusNotifierItem``, is our item."""
    owner, slash, path = entry.partition("/")
    owner = owner.partition("@")[0]  # the AppIndicator extension writes ``:1.7@/path``
    try:
        return _property(bus, owner, slash + path or PATH, INTERFACE, "Id") == name
    except (Unavailable, ValueError):
        return False  # somebody else's item, and it does not answer


class StatusItem:
    """The item as the bus sees it; its owner's thread serves wishes in `serve`."""

    def __init__(
        self,
        bus: Bus,
        name: str,
        read: Callable[[], Sequence[Line]],
        activate: Callable[[], Wish | None],
    ) -> None:
        """Offer the item; *activate* tells what a click on it does, None for opening the menu."""
        self._bus = bus
        self._name = name
        self._activate = activate
        self._wishes: queue.SimpleQueue[Wish | None] = queue.SimpleQueue()
        self._watcher: str | None = None
        self._refusals = 0  # of the watcher that is there, in a row
        self._pixmaps: list[Pixmap] = []
        self._tooltip = ""
        self._status = "Passive"
        self.menu = MenuServer(bus, MENU_PATH, read)
        bus.export(PATH, INTERFACE, self._methods(), self._table(), _XML)
        bus.on_lost(self._forget_watcher)
        bus.watch_owner(WATCHER, self._watch)

    def _methods(self) -> dict[str, tuple[str, Callable[..., tuple[()]]]]:
        ignored: dict[str, tuple[str, Callable[..., tuple[()]]]] = {
            name: ("", lambda *_: ())
            for name in ("ContextMenu", "SecondaryActivate", "Scroll", "ProvideXdgActivationToken")
        }
        return {**ignored, "Activate": ("", self._activated)}

    def _table(self) -> dict[str, tuple[str, Callable[[], object]]]:
        nothing = {
            # LXQt logs an error for each of these that is missing.
            **dict.fromkeys(("IconName", "IconThemePath", "OverlayIconName"), ("s", str)),
            **dict.fromkeys(("AttentionIconName", "AttentionMovieName"), ("s", str)),
            **dict.fromkeys(("OverlayIconPixmap", "AttentionIconPixmap"), ("a(iiay)", list)),
            "WindowId": ("i", int),
        }
        return {
            **nothing,
            "Category": ("s", lambda: "ApplicationStatus"),
            "Id": ("s", lambda: self._name),
            "Title": ("s", lambda: self._name),
            "Status": ("s", lambda: self._status),
            "IconPixmap": ("a(iiay)", lambda: self._pixmaps),
            "ToolTip": ("(sa(iiay)ss)", lambda: ("", [], self._tooltip, "")),
            # xfce4-panel and Plasma then open the menu on a left click; LXQt 1.2 never does, and
            # the AppIndicator extension always does.
            "ItemIsMenu": ("b", lambda: self._activate() is None),
            "Menu": ("o", lambda: MENU_PATH),
        }

    def show(self, *, visible: bool) -> None:
        """Tell panels to show the item, or not."""
        self._status = "Active" if visible else "Passive"
        self._bus.emit(PATH, INTERFACE, "NewStatus", "s", (self._status,))

    def draw(self, pixmaps: list[Pixmap]) -> None:
        """Change the icon."""
        self._pixmaps = pixmaps
        self._bus.emit(PATH, INTERFACE, "NewIcon")

    def describe(self, tooltip: str) -> None:
        """Change the tooltip."""
        self._tooltip = tooltip
        self._bus.emit(PATH, INTERFACE, "NewToolTip")

    def wish(self, wish: Wish | None) -> None:
        """Have *wish* done by the thread in `serve`; None ends it. From any thread."""
        self._wishes.put(wish)

    def serve(self) -> None:
        """Do what is wished, and register wherever a watcher comes up, until None is wished."""
        pause_s: float | None = None
        while True:
            try:
                wish = self._wishes.get(timeout=pause_s)
            except queue.Empty:
                wish = self._register
            if wish is None:
                return
            try:
                wish()
            except Exception:  # noqa: BLE001 - one bad click must not end the tray
                _log.exception("the tray could not do what was asked of it")
            pause_s = _pause_s(self._refusals)

    def _activated(self, _x: int, _y: int) -> tuple[()]:
        wish = self._activate()
        if wish is None:
            # Plasma then opens the menu, if it has not asked for ItemIsMenu.
            raise Fault("UnknownMethod", "there is only the menu")
        self.wish(wish)
        return ()

    def _watch(self, watcher: str | None) -> None:
        self._watcher, self._refusals = watcher, 0
        if watcher is not None:
            self.wish(self._register)

    def _forget_watcher(self) -> None:
        self._watcher, self._refusals = None, 0

    def _register(self) -> None:
        watcher, name = self._watcher, self._bus.unique_name
        if watcher is None or name is None:
            return
        register = "RegisterStatusNotifierItem"
        try:
            self._bus.call(watcher, WATCHER_PATH, WATCHER, register, "s", (name,))
        except Unavailable as refusal:
            _log.info("tray item not registered: %s", refusal)
            self._refusals += 1
        else:
            _log.debug("tray item registered with %s", watcher)
            self._refusals = 0


def _pause_s(refusals: int) -> float | None:
    return _RETRY_S[refusals - 1] if 0 < refusals <= len(_RETRY_S) else None
