"""What is made from the table of settings for administrators, editors and the documentation.

`make policy` writes the files of `files`. Nothing that stays in memory may import this.
"""

from __future__ import annotations

import gettext
from typing import TYPE_CHECKING, Final

from deskbreak.core import settings_text, sources
from deskbreak.policy.templates import schemas
from deskbreak.policy.templates.admx import adml, admx
from deskbreak.policy.templates.example import example
from deskbreak.policy.templates.mobileconfig import mobileconfig
from deskbreak.policy.templates.reference import reference as reference_of
from deskbreak.policy.templates.speech import Speech
from deskbreak.storage.files import pack_texts
from deskbreak.storage.language import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FORMATS: Final = ("admx", "adml", "mobileconfig", "json-schema", "example")
"""What `template` makes: of group policy what can be set and the words for it; the rest alone."""

CULTURES: Final[Mapping[str, str]] = {"en": "en-US", "de": "de-DE"}
"""What group policy calls the languages that we have words in."""


def template(form: str, language: str = "en") -> str:
    """Return a template in the *form* of one of `FORMATS`, with words in *language*.

    Raises:
        KeyError: There is no such form.
        Refusal: The texts that come with deskbreak are not there.
    """
    speech = _speech(language)
    makers: dict[str, Callable[[Speech], str]] = {
        "admx": lambda _: admx(),
        "adml": adml,
        "mobileconfig": mobileconfig,
        "json-schema": schemas.policy_schema,
        "example": lambda _: example(),
    }
    return makers[form](speech)


def settings_schema(language: str = "en") -> str:
    """Return the JSON Schema of a settings file."""
    return schemas.settings_schema(_speech(language))


def reference() -> str:
    """Return docs/settings.md."""
    return reference_of(_speech("en"))


def files() -> dict[str, str]:
    """Return every file that is kept in the repository and made from the table, by its path."""
    made = {
        "config/deskbreak.example.toml": settings_text.example(),
        "config/settings.schema.json": settings_schema(),
        "config/policy/deskbreak.admx": template("admx"),
        "config/policy/deskbreak.mobileconfig": template("mobileconfig"),
        "config/policy/policy.schema.json": template("json-schema"),
        "config/policy/example.json": template("example"),
        "docs/settings.md": reference(),
    }
    for language, culture in CULTURES.items():
        made[f"config/policy/{culture}/deskbreak.adml"] = template("adml", language)
    return made


def _speech(language: str) -> Speech:
    words = gettext.NullTranslations() if language == "en" else catalogue(language)
    return Speech(words, sources.read(text for _, text in pack_texts(language)))
