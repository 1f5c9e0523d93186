"""What we answer when somebody on the bus calls us.

Source: D-Bus Specification 0.43, "Standard Interfaces" and the error names of libdbus.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.replacing import quick_dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Message = Any  # jeepney ships no types
    Method = tuple[str, Callable[..., tuple[Any, ...]]]
    """Signature of the result, and what makes it of the call's arguments."""
    Property = tuple[str, Callable[[], object]]
    """Signature, and what tells the value now."""
    Result = tuple[str, tuple[Any, ...]]

_PROPERTIES: Final = "org.freedesktop.DBus.Properties"
_INTROSPECTABLE: Final = "org.freedesktop.DBus.Introspectable"
_PEER: Final = "org.freedesktop.DBus.Peer"
_ERROR: Final = "org.freedesktop.DBus.Error."

_STANDARD_XML: Final = f"""
<interface name="{_PROPERTIES}">
 <method name="Get"><arg type="s" direction="in"/><arg type="s" direction="in"/>
  <arg type="v" direction="out"/></method>
 <method name="GetAll"><arg type="s" direction="in"/><arg type="a{{sv}}" direction="out"/></method>
</interface>
<interface name="{_INTROSPECTABLE}">
 <method name="Introspect"><arg type="s" direction="out"/></method>
</interface>
<interface name="{_PEER}"><method name="Ping"/></interface>
"""

_log = logging.getLogger(__name__)


class Fault(Exception):  # noqa: N818 - it is an answer, for the caller on the other side
    """The answer is an error."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = _ERROR + name
        self.text = text


@quick_dataclass(frozen=True, slots=True)
class _Interface:
    methods: Mapping[str, Method]
    properties: Mapping[str, Property]
    xml: str


class Exports:
    """Our objects: path → interface → methods and properties."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._objects: dict[str, dict[str, _Interface]] = {}

    def add(
        self,
        path: str,
        interface: str,
        methods: Mapping[str, Method],
        properties: Mapping[str, Property],
        xml: str,
    ) -> None:
        """Offer *interface* at *path*, in place of what was offered under that name before."""
        with self._lock:
            # A new dictionary, because the bus thread may be reading the old one.
            interfaces = {
                **self._objects.get(path, {}),
                interface: _Interface(methods, properties, xml),
            }
            self._objects = {**self._objects, path: interfaces}

    def answer(self, call: Message) -> Message | None:
        """Carry out *call* and make the reply to it; None if the caller wants none."""
        from jeepney import MessageFlag, new_error, new_method_return

        try:
            signature, body = self._perform(call)
            reply = new_method_return(call, signature or None, body)
        except Fault as fault:
            reply = new_error(call, fault.name, "s", (fault.text,))
        except Exception as error:  # noqa: BLE001 - the caller has to hear of it, or it waits
            _log.exception("a call from outside failed: %r", call.header)
            reply = new_error(call, _ERROR + "Failed", "s", (repr(error),))
        return None if call.header.flags & MessageFlag.no_reply_expected else reply

    def _perform(self, call: Message) -> Result:
        from jeepney import HeaderFields

        fields = call.header.fields
        path, member = fields[HeaderFields.path], fields[HeaderFields.member]
        interface = fields.get(HeaderFields.interface)
        if interface == _PEER and member == "Ping":
            return "", ()
        if interface == _INTROSPECTABLE and member == "Introspect":
            return "s", (self._introspect(path),)
        if path not in self._objects:
            raise Fault("UnknownObject", path)
        if interface == _PROPERTIES:
            return self._property(path, member, call.body)
        method = self._method(path, interface, member)
        if method is None:
            raise Fault("UnknownMethod", f"{interface}.{member}")
        signature, perform = method
        return signature, perform(*call.body)

    def _method(self, path: str, interface: str | None, member: str) -> Method | None:
        """Find a method; a caller may leave the interface out."""
        for name, offered in self._objects[path].items():
            if interface in (None, name) and member in offered.methods:
                return offered.methods[member]
        return None

    def _property(self, path: str, member: str, body: tuple[Any, ...]) -> Result:
        if member == "GetAll":
            offered = self._objects[path].get(body[0])
            properties = offered.properties if offered is not None else {}
            return "a{sv}", ({name: (sort, now()) for name, (sort, now) in properties.items()},)
        if member not in ("Get", "Set"):
            raise Fault("UnknownMethod", f"{_PROPERTIES}.{member}")
        interface, name = body[:2]
        offered = self._objects[path].get(interface)
        if offered is None or name not in offered.properties:
            raise Fault("UnknownProperty", f"{interface}.{name}")
        if member == "Set":
            raise Fault("PropertyReadOnly", f"{interface}.{name}")
        signature, now = offered.properties[name]
        return "v", ((signature, now()),)

    def _introspect(self, path: str) -> str:
        """Describe *path* and name what lies below it, for those who look for us from ``/``."""
        below = path.rstrip("/") + "/"
        children = {p[len(below) :].split("/")[0] for p in self._objects if p.startswith(below)}
        interfaces = self._objects.get(path, {})
        if not interfaces and not children - {""}:
            raise Fault("UnknownObject", path)
        parts = [one.xml for one in interfaces.values()]
        parts += [f'<node name="{child}"/>' for child in sorted(children - {""})]
        return f"<node>{_STANDARD_XML}{''.join(parts)}</node>"
