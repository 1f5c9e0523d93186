"""What an editor of group policy writes into the registry, by the template and by nothing else."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from deskbreak.policy.windows import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SPACE: Final = "{http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions}"


class Refused(Exception):  # noqa: N818 - it reads as a statement
    """The editor does not take that."""


@dataclass(frozen=True)
class Written:
    """One value of the registry, below HKLM or HKCU."""

    key: str
    name: str
    data: int | str


@dataclass
class Editor:
    """An editor that has loaded a template; it knows what is in there and nothing of deskbreak."""

    admx: str
    policies: dict[str, ET.Element] = field(init=False)

    def __post_init__(self) -> None:
        root = ET.fromstring(self.admx)  # noqa: S314 - our own
        self.policies = {one.get("name", ""): one for one in root.iter(f"{SPACE}policy")}

    def switch(self, name: str, *, on: bool) -> list[Written]:
        """Enable or disable a policy that asks for nothing."""
        policy = self.policies[name]
        value = policy.find(f"{SPACE}{'enabledValue' if on else 'disabledValue'}/{SPACE}decimal")
        assert value is not None
        return [
            Written(policy.attrib["key"], policy.attrib["valueName"], int(value.attrib["value"]))
        ]

    def enable(self, name: str, given: Mapping[str, object]) -> list[Written]:
        """Enable a policy with what was typed into each of its fields; an empty one is left out."""
        policy = self.policies[name]
        elements = {one.attrib["id"]: one for one in policy.findall(f"{SPACE}elements/*")}
        if given.keys() - elements.keys():
            raise Refused(name, given)
        return [
            one
            for id_, value in given.items()
            for one in self._typed(policy.attrib["key"], elements[id_], value)
        ]

    def _typed(self, key: str, element: ET.Element, value: object) -> Iterable[Written]:
        kind = element.tag.removeprefix(SPACE)
        if kind == "list":
            assert isinstance(value, list | tuple)
            # With an empty valuePrefix values are called 1, 2 and so on.
            assert element.attrib["valuePrefix"] == ""
            for number, entry in enumerate(value, 1):
                yield Written(element.attrib["key"], str(number), str(entry))
            return
        yield Written(key, element.attrib["valueName"], _field(kind, element, value))


def _field(kind: str, element: ET.Element, value: object) -> int | str:
    if kind == "decimal":
        assert isinstance(value, int)
        if not int(element.attrib["minValue"]) <= value <= int(element.attrib["maxValue"]):
            raise Refused(element.attrib["id"], value)
        return value
    if kind == "text":
        if not value or len(str(value)) > int(element.attrib["maxLength"]):
            raise Refused(element.attrib["id"], value)
        return str(value)
    assert kind == "enum"
    choices = [one.text for one in element.iter(f"{SPACE}string")]
    if value not in choices:
        raise Refused(element.attrib["id"], value)
    return str(value)


def tree(written: Iterable[Written], below: str) -> Key | None:
    """Return what the key *below* holds after that."""
    found = [one for one in written if f"{one.key}\\".startswith(f"{below}\\")]
    if not found:
        return None
    names = {
        one.key.removeprefix(f"{below}\\").partition("\\")[0] for one in found if one.key != below
    }
    keys = {name: tree(found, rf"{below}\{name}") for name in sorted(names)}
    values: dict[str, object] = {one.name: one.data for one in found if one.key == below}
    return Key(values, {name: key for name, key in keys.items() if key is not None})
