"""A panel for tests: the watcher, a host, and what draws the menu, without anything to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from tests.desktop.parts import wait_for
from tests.doubles.peer import Peer, PeerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.doubles.peer import Message

WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
GNOME_SHELL = "org.gnome.Shell"
MENU = "com.canonical.dbusmenu"
PROPERTIES = "org.freedesktop.DBus.Properties"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu as the panel sees it."""

    id: int
    properties: Mapping[str, object]
    children: tuple[Entry, ...] = ()

    @property
    def label(self) -> str:
        """What a person reads; a single underscore would mark an access key."""
        return str(self.properties.get("label", "")).replace("__", "_")

    def below(self) -> Iterator[Entry]:
        """This entry and all below it."""
        yield self
        for child in self.children:
            yield from child.below()

    def find(self, *labels: str) -> Entry:
        """Follow *labels* from menu to submenu."""
        entry = self
        for label in labels:
            entry = next(child for child in entry.children if child.label == label)
        return entry

    def text(self) -> list[str]:
        """Draw it, a line an entry."""
        lines = []
        for child in self.children:
            if child.properties.get("type") == "separator":
                lines.append("──")
                continue
            mark = {"checkmark": "[{}] ", "radio": "({}) "}.get(
                str(child.properties.get("toggle-type", "")), ""
            )
            ticked = "x" if child.properties.get("toggle-state") else " "
            off = "" if child.properties.get("enabled", True) else " (off)"
            lines.append(mark.format(ticked) + child.label + off)
            lines += ["  " + line for line in child.text()]
        return lines


class Panel:
    """Owns the watcher's name on the bus at *address* from `start` to `stop`."""

    def __init__(
        self, address: str, *, refusals: int = 0, has_host: bool = True, is_gnome: bool = False
    ) -> None:
        self.items: list[tuple[str, str]] = []
        self.signals: list[tuple[str, tuple[Any, ...]]] = []
        self.registrations = 0
        self.has_host = has_host
        self.is_gnome = is_gnome
        self._refusals = refusals
        self._address = address

    def start(self) -> None:
        self.peer = peer = Peer(self._address)
        peer.method(WATCHER, "RegisterStatusNotifierItem", "", self._register)
        peer.method(PROPERTIES, "Get", "v", self._get)
        peer.on_signal(self._signal)
        peer.start()
        peer.match(f"type='signal',interface='{ITEM}'")
        peer.match(f"type='signal',interface='{MENU}'")
        peer.match("type='signal',member='NameOwnerChanged'")
        if self.is_gnome:
            peer.own(GNOME_SHELL)
        peer.own(WATCHER)

    def stop(self) -> None:
        """Go at once, as a panel that crashes."""
        self.peer.stop()
        self.items.clear()

    def restart(self) -> None:
        self.stop()
        self.start()

    def draws(self, *, has_host: bool) -> None:
        """Tell that the part which draws the items has come or gone."""
        self.has_host = has_host
        member = "StatusNotifierHostRegistered" if has_host else "StatusNotifierHostUnregistered"
        self.peer.emit(WATCHER_PATH, WATCHER, member)

    def item(self) -> Item:
        """Wait until an item has registered; return the last one."""
        wait_for(lambda: self.items, what="an item in the panel")
        return Item(self.peer, *self.items[-1])

    def bodies(self, member: str) -> list[tuple[Any, ...]]:
        """What came with each signal of that name."""
        return [body for name, body in self.signals if name == member]

    def _register(self, call: Message) -> tuple[()]:
        from jeepney import HeaderFields

        self.registrations += 1
        if self._refusals:
            self._refusals -= 1
            raise PeerError("org.freedesktop.DBus.Error.UnknownObject", "s", ("not yet",))
        service = call.body[0]
        sender = call.header.fields[HeaderFields.sender]
        entry = (sender, service) if service.startswith("/") else (service, "/StatusNotifierItem")
        if entry not in self.items:
            self.items.append(entry)
        return ()

    def _get(self, call: Message) -> tuple[tuple[str, object]]:
        name = call.body[1]
        if name == "IsStatusNotifierHostRegistered":
            return (("b", self.has_host),)
        return (("as", [owner + path for owner, path in self.items]),)

    def _signal(self, message: Message) -> None:
        from jeepney import HeaderFields

        member = message.header.fields[HeaderFields.member]
        if member == "NameOwnerChanged":
            name, _, new = message.body
            if not new:
                self.items[:] = [item for item in self.items if item[0] != name]
            return
        self.signals.append((member, message.body))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Item:
    """An item in the panel, and its menu."""

    def __init__(self, peer: Peer, owner: str, path: str) -> None:
        self._peer = peer
        self._owner = owner
        self._path = path
        self.revision = 0
        self._menu_path = str(self.properties()["Menu"])

    def properties(self) -> dict[str, Any]:
        body = self._peer.call(self._owner, self._path, PROPERTIES, "GetAll", "s", (ITEM,))
        return {name: value for name, (_, value) in body[0].items()}

    def activate(self) -> None:
        """Click on the icon."""
        self._peer.call(self._owner, self._path, ITEM, "Activate", "ii", (0, 0))

    def call(self, member: str, signature: str = "", body: tuple[Any, ...] = ()) -> tuple[Any, ...]:
        """Call the menu."""
        return self._peer.call(self._owner, self._menu_path, MENU, member, signature, body)

    def menu(self, parent: int = 0, depth: int = -1, names: Sequence[str] = ()) -> Entry:
        """Read the menu, without opening it."""
        self.revision, root = self.call("GetLayout", "iias", (parent, depth, list(names)))
        return _entry(root)

    def about_to_show(self, id_: int = 0) -> bool:
        return bool(self.call("AboutToShow", "i", (id_,))[0])

    def event(self, id_: int, kind: str) -> None:
        self.call("Event", "isvu", (id_, kind, ("i", 0), 0))

    def open(self) -> Entry:
        """Do as a host that draws the menu: announce it, then read it."""
        self.about_to_show()
        self.event(0, "opened")
        return self.menu()

    def choose(self, *labels: str) -> None:
        """Open the menu, go to an entry by its labels, click it; the menu closes."""
        entry = self.open().find(*labels)
        self.event(entry.id, "clicked")
        self.event(0, "closed")


def _entry(raw: tuple[int, dict[str, tuple[str, object]], list[tuple[str, Any]]]) -> Entry:
    id_, properties, children = raw
    plain = {name: value for name, (_, value) in properties.items()}
    return Entry(id_, plain, tuple(_entry(child) for _, child in children))
