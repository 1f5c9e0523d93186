"""A profile for macOS in which everything that can be set stands as a comment.

Source: "ManagedPreferences", Device Management, Apple.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from deskbreak.core.managed import Level
from deskbreak.core.organisation import PACKS
from deskbreak.core.words import N_
from deskbreak.policy.macos import BOUNDS, DOMAIN, RECOMMENDED
from deskbreak.policy.names import ENDS, registry_name
from deskbreak.policy.templates.explained import level_about
from deskbreak.policy.templates.items import ends_of, lockable, widest
from deskbreak.policy.templates.markup import element, empty, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.setting import Setting
    from deskbreak.policy.templates.speech import Speech

ORGANISATION: Final = "Example Ltd"
CONTACT: Final = "ergonomics@example.org"
_FOLDER: Final = "/Library/Application Support/Example/packs"
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"'
    ' "http://www.apple.com/DTDs/PropertyList-1.0.dtd">'
)
_NOTE: Final = N_(
    "A profile for deskbreak. As it is it sets nothing but who has set it. To lock a value, take "
    "its line out of the comment here; to recommend a value, or to set bounds, take it out below."
)


def mobileconfig(speech: Speech) -> str:
    """Return the profile. What is not commented out: the organisation that everybody replaces."""
    settings = element("dict", None, *_settings(speech))
    forced = element(
        "array", None, element("dict", None, _pair("mcx_preference_settings", settings))
    )
    domain = element("dict", None, _pair(DOMAIN, element("dict", None, _pair("Forced", forced))))
    kind = "com.apple.ManagedClient.preferences"
    payload = element("dict", None, _pair("PayloadContent", domain), *_payload("settings", kind))
    lines = element(
        "plist",
        {"version": "1.0"},
        element(
            "dict",
            None,
            _pair("PayloadContent", element("array", None, payload)),
            *_payload("profile", "Configuration"),
            _pair("PayloadScope", text("string", "System")),
            _pair("PayloadOrganization", text("string", ORGANISATION)),
        ),
    )
    return "\n".join([_HEAD, *lines, ""])


def _payload(name: str, kind: str) -> Iterator[list[str]]:
    identifier = f"{DOMAIN}.{name}"
    yield _pair("PayloadDisplayName", text("string", "deskbreak"))
    yield _pair("PayloadIdentifier", text("string", identifier))
    yield _pair("PayloadType", text("string", kind))
    made = uuid.uuid5(uuid.NAMESPACE_DNS, identifier)  # the same each time: a new one replaces it
    yield _pair("PayloadUUID", text("string", str(made).upper()))
    yield _pair("PayloadVersion", text("integer", "1"))


def _settings(speech: Speech) -> Iterator[list[str]]:
    yield _comment(speech.say(_NOTE))
    for key, value in (("organisation.name", ORGANISATION), ("organisation.contact", CONTACT)):
        yield _pair(registry_name(key), text("string", value))
    yield _comment(speech.help(PACKS))
    yield _example(registry_name(PACKS), _FOLDER)
    for setting in lockable():
        yield _comment(_about(setting, speech))
        yield _example(registry_name(setting.key), setting.default)
    yield _comment(speech.say(N_("What is recommended, under the same names.")))
    yield _pair(
        RECOMMENDED,
        element(
            "dict",
            None,
            _comment(level_about(Level.RECOMMENDED, speech)),
            *(_example(registry_name(one.key), one.default) for one in lockable()),
        ),
    )
    bounds = ((one, end) for one in lockable() for end in ends_of(one))
    yield _pair(
        BOUNDS,
        element(
            "dict",
            None,
            _comment(level_about(Level.BOUNDS, speech)),
            *(
                _example(f"{registry_name(one.key)}{ENDS[end]}", widest(one, end))
                for one, end in bounds
            ),
        ),
    )


def _about(setting: Setting, speech: Speech) -> str:
    sentence = N_("{key}: {help} Allowed: {allowed}")
    allowed = speech.allowed(setting)
    return speech.say(sentence, key=setting.key, help=speech.help(setting.key), allowed=allowed)


def _pair(key: str, value: list[str]) -> list[str]:
    return [*text("key", key), *value]


def _example(key: str, value: object) -> list[str]:
    """Return a key with its value on one line, as a comment."""
    return _comment("".join(_pair(key, _value(value))))


def _comment(inside: str) -> list[str]:
    assert "--" not in inside  # XML allows none in there
    return [f"<!-- {inside} -->"]


def _value(value: object) -> list[str]:
    if isinstance(value, bool):
        return empty("true" if value else "false")
    if isinstance(value, tuple):
        inside = "".join(line for one in value for line in _value(one))
        return [f"<array>{inside}</array>"] if inside else empty("array")
    kind = {int: "integer", float: "real"}.get(type(value), "string")
    return text(kind, str(value))
