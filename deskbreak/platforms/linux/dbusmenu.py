"""A menu that a panel draws: com.canonical.dbusmenu, with ids that stay and labels made on opening.

Source: com.canonical.dbusmenu.xml of libdbusmenu 16.04; what hosts do with it: libdbusmenu-gtk
client.c, libdbusmenu-qt dbusmenuimporter.cpp, dbusMenu.js of the AppIndicator extension.
"""

from __future__ import annotations

import threading
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.platforms.linux.exports import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deskbreak.platforms.linux.bus import Bus

    Properties = dict[str, tuple[str, object]]

INTERFACE: Final = "com.canonical.dbusmenu"

_ROOT: Final = 0

_OPEN_S: Final = 10.0
"""So long a menu counts as open where nobody says that it has closed: xfce4-panel tells that it opens,
and of the menus below it, no more. New lines wait for that; if they came only when it opens again, it
would draw them into the room of the old ones. Our own choice: few look at a menu for longer."""

_XML: Final = f"""
<interface name="{INTERFACE}">
 <property name="Version" type="u" access="read"/>
 <property name="TextDirection" type="s" access="read"/>
 <property name="Status" type="s" access="read"/>
 <property name="IconThemePath" type="as" access="read"/>
 <method name="GetLayout"><arg type="i" direction="in"/><arg type="i" direction="in"/>
  <arg type="as" direction="in"/><arg type="u" direction="out"/>
  <arg type="(ia{{sv}}av)" direction="out"/></method>
 <method name="GetGroupProperties"><arg type="ai" direction="in"/>
  <arg type="as" direction="in"/><arg type="a(ia{{sv}})" direction="out"/></method>
 <method name="GetProperty"><arg type="i" direction="in"/><arg type="s" direction="in"/>
  <arg type="v" direction="out"/></method>
 <method name="Event"><arg type="i" direction="in"/><arg type="s" direction="in"/>
  <arg type="v" direction="in"/><arg type="u" direction="in"/></method>
 <method name="EventGroup"><arg type="a(isvu)" direction="in"/>
  <arg type="ai" direction="out"/></method>
 <method name="AboutToShow"><arg type="i" direction="in"/><arg type="b" direction="out"/></method>
 <method name="AboutToShowGroup"><arg type="ai" direction="in"/><arg type="ai" direction="out"/>
  <arg type="ai" direction="out"/></method>
 <signal name="ItemsPropertiesUpdated"><arg type="a(ia{{sv}})"/><arg type="a(ias)"/></signal>
 <signal name="LayoutUpdated"><arg type="u"/><arg type="i"/></signal>
</interface>
"""


@quick_dataclass(frozen=True, slots=True)
class Line:
    """One line of a menu."""

    key: str  # stable from one reading to the next, unique among its siblings
    label: str = ""
    enabled: bool = True
    checked: bool | None = None  # None: neither check nor radio item
    radio: bool = False
    is_separator: bool = False
    choose: Callable[[], None] | None = None  # called on the bus thread
    children: tuple[Line, ...] = ()


@quick_dataclass(slots=True)
class _Item:
    """A line under its id."""

    properties: Properties
    children: list[int] = field(default_factory=list)
    choose: Callable[[], None] | None = None

    def some(self, names: Sequence[str]) -> Properties:
        """Those of the properties that are asked for; no names are all names."""
        return {k: v for k, v in self.properties.items() if not names or k in names}


class MenuServer:
    """Serves what *read* returns. Any thread may `update` it."""

    def __init__(self, bus: Bus, path: str, read: Callable[[], Sequence[Line]]) -> None:
        self._bus = bus
        self._path = path
        self._read = read
        self._lock = threading.Lock()
        self._ids: dict[tuple[str, ...], int] = {(): _ROOT}
        self._items: dict[int, _Item] = {_ROOT: _Item({"children-display": ("s", "submenu")})}
        self._revision = 1
        self._open: set[int] = set()  # menus that the host has said to be open
        self._may_be_open = False  # the uppermost was about to be shown
        self._is_late = False  # the lines changed while the menu was open
        self._waiting: threading.Timer | None = None  # for `_OPEN_S` to be over
        self._doubtful: set[int] = set()  # the host may have toggled them by itself
        bus.export(
            path,
            INTERFACE,
            {
                "GetLayout": ("u(ia{sv}av)", self._get_layout),
                "GetGroupProperties": ("a(ia{sv})", self._get_group_properties),
                "GetProperty": ("v", self._get_property),
                "Event": ("", self._event),
                "EventGroup": ("ai", self._event_group),
                "AboutToShow": ("b", self._about_to_show),
                "AboutToShowGroup": ("aiai", self._about_to_show_group),
            },
            {
                "Version": ("u", lambda: 3),
                "TextDirection": ("s", lambda: "ltr"),
                "Status": ("s", lambda: "normal"),
                "IconThemePath": ("as", list),
            },
            _XML,
        )

    def update(self) -> None:
        """Read the lines anew and tell what changed.

        While the menu is open its lines stay, only their properties change: some hosts close a
        menu whose lines change (moses-palmer/pystray#59). The rest follows when it is closed.
        """
        with self._lock:
            self._update(may_move=not self._is_open())

    def _is_open(self) -> bool:
        return self._may_be_open or bool(self._open)

    def _update(self, *, may_move: bool) -> bool:
        """Return whether the layout is another one."""
        new = self._numbered(self._read())
        moved = _shape(new) != _shape(self._items)
        was_late, self._is_late = self._is_late, moved and not may_move
        if self._is_late:
            if self._open and not was_late:  # the host may have died with its menu open
                self._wait()
            new = {
                id_: _Item(new[id_].properties, old.children, new[id_].choose)
                if id_ in new
                else old
                for id_, old in self._items.items()
            }
        old, self._items = self._items, new
        if moved and may_move:
            self._revision += 1
            self._bus.emit(self._path, INTERFACE, "LayoutUpdated", "ui", (self._revision, _ROOT))
        # In addition to a new layout: hosts keep the properties of the ids that they know.
        changed, removed = self._changes(old)
        if changed or removed:
            body = (changed, removed)
            signature = "a(ia{sv})a(ias)"
            self._bus.emit(self._path, INTERFACE, "ItemsPropertiesUpdated", signature, body)
        return moved and may_move

    def _numbered(self, lines: Sequence[Line]) -> dict[int, _Item]:
        items = {_ROOT: _Item({"children-display": ("s", "submenu")})}
        self._add(items, _ROOT, (), lines)
        return items

    def _add(
        self, items: dict[int, _Item], parent: int, path: tuple[str, ...], lines: Sequence[Line]
    ) -> None:
        """Add *lines* below *parent*.

        No function within `_numbered`: one that calls itself refers to itself, and would keep each
        menu, 80 kB of it, until Python looks for such circles, after a dozen of them or more.
        """
        for line in lines:
            key = (*path, line.key)
            id_ = self._ids.setdefault(key, len(self._ids))
            assert id_ not in items, f"two lines have the key {key}"
            items[id_] = _Item(_properties(line), choose=_choice(line))
            items[parent].children.append(id_)
            self._add(items, id_, key, line.children)

    def _changes(
        self, old: dict[int, _Item]
    ) -> tuple[list[tuple[int, Properties]], list[tuple[int, list[str]]]]:
        changed, removed = [], []
        for id_, item in self._items.items():
            if id_ not in old:
                continue
            before = old[id_].properties
            others = {
                name: value
                for name, value in item.properties.items()
                if before.get(name) != value or (id_ in self._doubtful and name == "toggle-state")
            }
            gone = [name for name in before if name not in item.properties]
            if others:
                changed.append((id_, others))
            if gone:
                removed.append((id_, gone))
        self._doubtful.clear()
        return changed, removed

    def _wait(self) -> None:
        """Let the lines come, and the menu count as closed, `_OPEN_S` from now."""
        self._wait_no_longer()
        self._waiting = threading.Timer(_OPEN_S, self._waited)
        self._waiting.daemon = True
        self._waiting.start()

    def _wait_no_longer(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _waited(self) -> None:
        with self._lock:
            if self._waiting is not threading.current_thread():
                return  # this one was too late to be cancelled
            self._waiting, self._may_be_open = None, False
            if self._is_late:
                self._open.clear()
                self._update(may_move=True)

    def _closed(self, id_: int = _ROOT) -> None:
        """Note that the menu, or one below it, is no longer open."""
        with self._lock:
            if id_ == _ROOT:
                self._open.clear()
                self._may_be_open = False
                self._wait_no_longer()
            elif self._open == {id_}:
                self._open.clear()
                self._may_be_open = True
                self._wait()
            self._open.discard(id_)
            if self._is_late and not self._is_open():
                self._update(may_move=True)

    # What hosts call, on the bus thread.

    def _get_layout(self, parent: int, depth: int, names: list[str]) -> tuple[Any, ...]:
        with self._lock:
            self._known(parent)
            return self._revision, self._layout(parent, depth, names)

    def _layout(self, id_: int, depth: int, names: list[str]) -> tuple[Any, ...]:
        item = self._items[id_]
        children = item.children if depth else []  # -1 is all the way down
        below = [("(ia{sv}av)", self._layout(child, depth - 1, names)) for child in children]
        return id_, item.some(names), below

    def _get_group_properties(self, ids: list[int], names: list[str]) -> tuple[Any, ...]:
        with self._lock:
            wanted = [id_ for id_ in ids or self._items if id_ in self._items]
            return ([(id_, self._items[id_].some(names)) for id_ in wanted],)

    def _get_property(self, id_: int, name: str) -> tuple[Any, ...]:
        with self._lock:
            properties = self._known(id_).properties
        if name not in properties:
            raise Fault("InvalidArgs", f"item {id_} has no {name}")
        return (properties[name],)

    def _known(self, id_: int) -> _Item:
        if id_ not in self._items:
            raise Fault("InvalidArgs", f"no item {id_}")
        return self._items[id_]

    def _about_to_show(self, id_: int) -> tuple[bool]:
        """Make the labels fresh; the answer is whether the host must ask for the layout.

        Never an error: the AppIndicator extension would not call again.
        """
        with self._lock:
            if id_ != _ROOT:
                return (self._update(may_move=not self._is_open()),)
            moved = self._update(may_move=True)
            self._open.clear()
            self._may_be_open = True  # libdbusmenu-gtk tells nothing more about the uppermost menu
            self._wait()
            return (moved,)

    def _about_to_show_group(self, ids: list[int]) -> tuple[list[int], list[int]]:
        (has_moved,) = self._about_to_show(_ROOT if _ROOT in ids else -1)
        with self._lock:
            unknown = [id_ for id_ in ids if id_ not in self._items]
        return ([id_ for id_ in ids if id_ not in unknown] if has_moved else []), unknown

    def _event_group(self, events: list[tuple[int, str, object, int]]) -> tuple[list[int]]:
        with self._lock:
            unknown = [id_ for id_, *_ in events if id_ not in self._items]
        for event in events:
            self._event(*event)
        return (unknown,)

    def _event(self, id_: int, kind: str, _data: object, _time: int) -> tuple[()]:
        match kind:
            case "opened":
                with self._lock:
                    self._open.add(id_)
                    self._wait()
            case "closed":
                self._closed(id_)
            case "clicked":
                self._clicked(id_)
                # libdbusmenu-gtk does not tell that the menu of a chosen entry has closed.
                self._closed()
        return ()

    def _clicked(self, id_: int) -> None:
        with self._lock:
            item = self._items.get(id_)
            if item is None or item.choose is None:
                return
            # Qt ticks a box by itself; what we make of the click may be something else.
            self._doubtful.update(self._toggles_beside(id_))
        item.choose()

    def _toggles_beside(self, id_: int) -> Iterator[int]:
        for item in self._items.values():
            if id_ in item.children:
                yield from (c for c in item.children if "toggle-type" in self._items[c].properties)


def _shape(items: dict[int, _Item]) -> dict[int, list[int]]:
    return {id_: item.children for id_, item in items.items()}


def _properties(line: Line) -> Properties:
    """Describe *line*; properties with their default value are left out, as the interface wants."""
    if line.is_separator:
        return {"type": ("s", "separator")}
    properties: Properties = {"label": ("s", line.label.replace("_", "__"))}  # no access keys
    if not line.enabled:
        properties["enabled"] = ("b", False)
    if line.checked is not None:
        properties["toggle-type"] = ("s", "radio" if line.radio else "checkmark")
        properties["toggle-state"] = ("i", int(line.checked))
    if line.children:
        properties["children-display"] = ("s", "submenu")
    return properties


def _choice(line: Line) -> Callable[[], None] | None:
    return line.choose if line.enabled and not line.children and not line.is_separator else None
