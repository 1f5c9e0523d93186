"""The catalogue of words for the language of the settings, or of the desktop."""

from __future__ import annotations

import contextlib
import gettext
import os
from typing import TYPE_CHECKING, Final

from deskbreak.storage import files

if TYPE_CHECKING:
    from collections.abc import Iterator

DOMAIN: Final = "deskbreak"
_NAMES: Final = {"de": "Deutsch", "en": "English"}
# fmt: off
_WEEK_BEGINS: Final = {
    4: frozenset({"MV"}),
    5: frozenset({
        "AF", "BH", "DJ", "DZ", "EG", "IQ", "IR", "JO", "KW", "LY", "OM", "QA", "SD", "SY",
    }),
    6: frozenset({
        "AE", "AG", "AS", "AU", "BD", "BR", "BS", "BT", "BW", "BZ", "CA", "CO", "DM", "DO", "ET", "GT", "GU",
        "HK", "HN", "ID", "IL", "IN", "JM", "JP", "KE", "KH", "KR", "LA", "MH", "MM", "MO", "MT", "MX", "MZ",
        "NI", "NP", "PA", "PE", "PH", "PK", "PR", "PT", "PY", "SA", "SG", "SV", "TH", "TT", "TW", "UM", "US",
        "VE", "VI", "WS", "YE", "ZA", "ZW",
    }),
}
# fmt: on


def catalogue(language: str = "") -> gettext.NullTranslations:
    """Return the words of *language*; empty: those of the desktop (LANGUAGE, LC_ALL, LANG)."""
    languages = [language] if language else None
    return gettext.translation(DOMAIN, str(files.locale_dir()), languages, fallback=True)


class Catalogue:
    """The words of one language, which may become another while others hold them."""

    def __init__(self, language: str = "") -> None:
        """Begin with *language*, as `catalogue` has it."""
        self._words = catalogue(language)

    def use(self, language: str) -> None:
        """Speak *language* from now on; what was said before stays as it is."""
        self._words = catalogue(language)

    def gettext(self, message: str) -> str:
        """Translate *message*."""
        return self._words.gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Translate the form for *n*."""
        return self._words.ngettext(msgid1, msgid2, n)


def of_desktop() -> str:
    """Return the language that the desktop asks for, as "de"; "en" where it asks for none."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            first = value.split(":")[0].split(".")[0].split("_")[0]
            return first if first not in ("C", "POSIX") else "en"
    return "en"


@contextlib.contextmanager
def of_argparse(language: str = "") -> Iterator[None]:
    """Let argparse speak *language* meanwhile; it asks the environment, which other programs inherit."""
    gettext.bindtextdomain(DOMAIN, str(files.locale_dir()))
    gettext.textdomain(DOMAIN)
    before = os.environ.get("LANGUAGE")
    if language:
        os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        if before is not None:
            os.environ["LANGUAGE"] = before
        elif language:
            del os.environ["LANGUAGE"]


def first_weekday() -> int:
    """Return the day on which a week begins here: 0 for Monday to 6 for Sunday.

    Source: CLDR 45, weekData: territories whose weeks begin on Friday, Saturday or Sunday; the
    others' on Monday.
    """
    for name in ("LC_ALL", "LC_TIME", "LANG"):
        value = os.environ.get(name, "").split(".")[0].split("@")[0]
        if value:
            here = value.partition("_")[2]
            return next((day for day, there in _WEEK_BEGINS.items() if here in there), 0)
    return 0


def known() -> tuple[tuple[str, str], ...]:
    """Return the languages that there are words for, each with its name in itself."""
    found = [path.name for path in files.locale_dir().iterdir() if path.is_dir()]
    return tuple((name, _NAMES.get(name, name)) for name in sorted({"en", *found}))
