"""What is declared of a setting."""

from __future__ import annotations

import enum
from typing import Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_

MINUTES: Final = N_("min")
SECONDS: Final = N_("s")
DAYS: Final = N_("days")


class Type(enum.Enum):
    """What a value is; lists are tuples once they are read."""

    FLAG = "true or false"
    WHOLE = "a whole number"
    NUMBER = "a number"
    CHOICE = "one of a few words"
    LANGUAGE = "a language, such as de or pt_BR; empty is the desktop's"
    CLOCK = "a time of day"
    CHOICES = "a list of a few words"
    PROMPTS = "a list of prompt ids"
    RANGES = "a list of ranges of time, such as 09:00-12:30"
    DATES = "a list of dates"


LISTS: Final = frozenset({Type.CHOICES, Type.PROMPTS, Type.RANGES, Type.DATES})
"""Types whose ``high`` is the greatest number of entries."""


class Managed(enum.Enum):
    """How far the policy of an organisation may go with a setting."""

    FREELY = "set it, recommend a value, set bounds"
    SHORTEN = "make it smaller; a person's own smaller value wins"
    NEVER = "nothing"


@quick_dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    ``low`` and ``high`` bound a number, a time of day, or (``high``) the entries of a list.
    ``help`` is a marked sentence. ``source`` names evidence (E-nn) or guidance (G-nn).
    """

    key: str
    type: Type
    default: object
    help: str
    source: str
    unit: str = ""
    low: float | str | None = None
    high: float | str | None = None
    choices: tuple[str, ...] = ()
    or_zero: bool = False  # 0 is allowed besides low to high
    private: bool = False  # health data: its values are in no log and no message
    quick: tuple[int, ...] = ()  # values that a menu offers
    managed: Managed = Managed.FREELY

    @property
    def table(self) -> str:
        """The table of the file that it stands in; empty for the top."""
        return self.key.rpartition(".")[0]
