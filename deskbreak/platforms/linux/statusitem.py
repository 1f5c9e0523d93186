"""A tray item on the bus: org.kde.StatusNotifierItem, registered with every watcher that comes up.

Source: freedesktop.org StatusNotifierItem 0.1 and what hosts made of it: sn-item.c and
sn-button.c of xfce4-panel 4.18, StatusNotifierItem.qml of plasma-workspace,
statusnotifierbutton.cpp of lxqt-panel, appIndicator.js of the AppIndicator extension.
"""

from __future__ import annotations

import logging
import queue
from typing import TYPE_CHECKING, Final

from deskbreak.platforms.linux.dbusmenu import Line, MenuServer
from deskbreak.platforms.linux.exports import Fault
from deskbreak.platforms.linux.trayhost import (
    GNOME_SHELL,
    ITEM,
    ITEM_PATH,
    NO_WATCHER,
    WATCHER,
    WATCHER_PATH,
    TrayStatus,
    draws_items,
    remedy,
    unseen,
)
from deskbreak.ports import Unavailable, Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskbreak.platforms.linux.bus import Bus, Signal
    from deskbreak.ports import Duty

    Wish = Callable[[], None]
    Pixmap = tuple[int, int, bytes]
    """Width, height, and ARGB of 32 bits in network order."""

MENU_PATH: Final = "/MenuBar"

_RETRY_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 30.0)
"""Pauses after a refused registration: at login a watcher may own its name before it can answer.
Our own choice; then not before it restarts."""

_XML: Final = f"""
<interface name="{ITEM}">
 <property name="Category" type="s" access="read"/>
 <property name="Id" type="s" access="read"/>
 <property name="Title" type="s" access="read"/>
 <property name="Status" type="s" access="read"/>
 <property name="WindowId" type="i" access="read"/>
 <property name="IconName" type="s" access="read"/>
 <property name="IconPixmap" type="a(iiay)" access="read"/>
 <property name="IconThemePath" type="s" access="read"/>
 <property name="IconAccessibleDesc" type="s" access="read"/>
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


class StatusItem:
    """The item as the bus sees it; its owner's thread serves wishes in `serve`."""

    def __init__(  # noqa: PLR0913 - an item has these sides
        self,
        bus: Bus,
        name: str,
        read: Callable[[], Sequence[Line]],
        activate: Callable[[], Wish | None],
        *,
        clicked: Wish | None = None,
        told: Callable[[TrayStatus], None] = lambda _: None,
        duty: Duty | None = None,
    ) -> None:
        """Offer the item.

        Args:
            bus: It may have no connection yet, or lose it.
            name: The id.
            read: Tells the lines of the menu.
            activate: Tells what a click does, None for opening the menu.
            clicked: Done where a panel takes a click to itself and does not open the menu.
            told: Hears whenever it changes whether a panel shows the item; on the thread in
                `serve`, or on the bus thread.
            duty: Looks after the thread in `serve`.
        """
        self._bus = bus
        self._name = name
        self._activate = activate
        self._clicked = clicked
        self._told = told
        self._duty = duty or Unwatched()
        self._wishes: queue.SimpleQueue[Wish | None] = queue.SimpleQueue()
        self._watcher: str | None = None
        self._registered_with: str | None = None
        self._shell: str | None = None
        self._refusals = 0  # of the watcher that is there, in a row
        self._pixmaps: list[Pixmap] = []
        self._icon_name = self._theme = ""
        self._tooltip = ""
        self._status = "Passive"
        self.menu = MenuServer(bus, MENU_PATH, read)
        bus.export(ITEM_PATH, ITEM, self._methods(), self._table(), _XML)
        bus.on_lost(self._lose_watcher)
        bus.watch_owner(GNOME_SHELL, self._shell_is)
        bus.watch_owner(WATCHER, self._watch)
        for member in ("StatusNotifierHostRegistered", "StatusNotifierHostUnregistered"):
            bus.subscribe(self._panel_changed, interface=WATCHER, member=member, sender=WATCHER)

    def _methods(self) -> dict[str, tuple[str, Callable[..., tuple[()]]]]:
        # Middle button and wheel: nothing. A wheel that rolls over the panel must not pause.
        ignored: dict[str, tuple[str, Callable[..., tuple[()]]]] = {
            name: ("", lambda *_: ())
            for name in ("ContextMenu", "SecondaryActivate", "Scroll", "ProvideXdgActivationToken")
        }
        return {**ignored, "Activate": ("", self._activated)}

    def _table(self) -> dict[str, tuple[str, Callable[[], object]]]:
        nothing = {
            # LXQt logs an error for each of these that is missing.
            **dict.fromkeys(("OverlayIconName", "AttentionIconName"), ("s", str)),
            "AttentionMovieName": ("s", str),
            **dict.fromkeys(("OverlayIconPixmap", "AttentionIconPixmap"), ("a(iiay)", list)),
            "WindowId": ("i", int),
        }
        return {
            **nothing,
            "Category": ("s", lambda: "ApplicationStatus"),
            "Id": ("s", lambda: self._name),
            "Title": ("s", lambda: self._name),
            "Status": ("s", lambda: self._status),
            # Panels take the name first and the pixmaps where they find none under it, but for
            # LXQt and MATE: these show nothing of ours then, so a name is told only if it is there.
            "IconName": ("s", lambda: self._icon_name),
            "IconThemePath": ("s", lambda: self._theme),
            "IconPixmap": ("a(iiay)", lambda: self._pixmaps),
            "IconAccessibleDesc": ("s", lambda: self._tooltip),
            "ToolTip": ("(sa(iiay)ss)", lambda: ("", [], self._tooltip, "")),
            # xfce4-panel and Plasma then open the menu on a left click; LXQt 1.2 never does, and
            # the AppIndicator extension always does.
            "ItemIsMenu": ("b", lambda: self._activate() is None),
            "Menu": ("o", lambda: MENU_PATH),
        }

    def show(self, *, visible: bool) -> None:
        """Tell panels to show the item, or not."""
        self._status = "Active" if visible else "Passive"
        self._bus.emit(ITEM_PATH, ITEM, "NewStatus", "s", (self._status,))

    def draw(self, pixmaps: list[Pixmap], icon_name: str = "", theme: str = "") -> None:
        """Change the icon; *icon_name* stands for the same one in the folder *theme*."""
        self._pixmaps, self._icon_name, self._theme = pixmaps, icon_name, theme
        self._bus.emit(ITEM_PATH, ITEM, "NewIcon")

    def describe(self, tooltip: str) -> None:
        """Change the tooltip."""
        self._tooltip = tooltip
        self._bus.emit(ITEM_PATH, ITEM, "NewToolTip")

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
            with self._duty.busy():
                self._do(wish)
            pause_s = _pause_s(self._refusals)

    @staticmethod
    def _do(wish: Wish) -> None:
        try:
            wish()
        except Exception:  # noqa: BLE001 - one bad click must not end the tray
            _log.exception("the tray could not do what was asked of it")

    def _activated(self, _x: int, _y: int) -> tuple[()]:
        wish = self._activate()
        if wish is None and not self._is_on_gnome():
            wish = self._clicked
        if wish is None:
            # Plasma then opens the menu, if it has not asked for ItemIsMenu. The AppIndicator
            # extension opens it at the first click from now on, and waits for no second one.
            raise Fault("UnknownMethod", "there is only the menu")
        self.wish(wish)
        return ()

    def _is_on_gnome(self) -> bool:
        """Whether the panel is GNOME's: the extension lives in the shell's own connection."""
        return self._shell is not None and self._shell == self._watcher

    def _shell_is(self, owner: str | None) -> None:
        self._shell = owner
        if owner is not None and self._watcher is None:
            self.wish(self._tell_none)  # what helps is another thing now

    def _watch(self, watcher: str | None) -> None:
        self._watcher, self._registered_with, self._refusals = watcher, None, 0
        self.wish(self._tell_none if watcher is None else self._register)

    def _lose_watcher(self) -> None:
        self._watcher, self._registered_with, self._refusals = None, None, 0
        self._told(TrayStatus(registered=False, reason=NO_WATCHER))

    def _panel_changed(self, _signal: Signal) -> None:
        self.wish(self._register)

    def _tell_none(self) -> None:
        helps = remedy(self._bus)
        if self._watcher is None:
            self._told(TrayStatus(registered=False, reason=NO_WATCHER, remedy=helps))

    def _register(self) -> None:
        """Register with a watcher that does not know us yet, and tell whether a panel draws us."""
        watcher, name = self._watcher, self._bus.unique_name
        if watcher is None or name is None:
            return
        register = "RegisterStatusNotifierItem"
        try:
            if watcher != self._registered_with:
                self._bus.call(watcher, WATCHER_PATH, WATCHER, register, "s", (name,))
                self._registered_with = watcher
            is_seen = draws_items(self._bus, watcher)
        except Unavailable as refusal:
            _log.info("tray item not registered: %s", refusal)
            self._refusals += 1
            status = TrayStatus(registered=False, reason=refusal.why, remedy=refusal.remedy)
        else:
            _log.debug("tray item registered with %s", watcher)
            self._refusals = 0
            status = TrayStatus(registered=True) if is_seen else unseen(self._bus, registered=True)
        if watcher == self._watcher:
            self._told(status)


def _pause_s(refusals: int) -> float | None:
    return _RETRY_S[refusals - 1] if 0 < refusals <= len(_RETRY_S) else None
