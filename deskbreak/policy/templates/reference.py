"""The reference of all settings, for the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core import sources
from deskbreak.core.plans import PLANS
from deskbreak.core.setting import Managed
from deskbreak.core.settings_table import OPINION, SETTINGS, TABLES
from deskbreak.core.values import written
from deskbreak.policy.templates.speech import TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskbreak.core.setting import Setting
    from deskbreak.policy.templates.speech import Speech

_HEAD: Final = """\
# Settings

Every setting of deskbreak.
This page is made from the table in the program by `make policy`; `deskbreak config explain KEY` says the same, and which value is in force and why.

A person's settings file is [TOML](../config/deskbreak.example.toml); the policy of an organisation is [JSON](../config/policy/example.json), with the same names.
A name in the registry and in a profile is the key without dots and underscores: `position.interval_minutes` is `PositionIntervalMinutes`.
Of several values for one key the strongest counts: the default, then what the plan sets, what the organisation recommends, what the person sets, what the organisation locks; bounds of the organisation come last.

What a policy may do with a setting stands in the last column.
**any**: lock it, recommend another default, and set bounds where the value is a number, a time of day or a choice.
**less**: make it smaller than the default, never larger; a person's own smaller value counts.
**none**: it is the person's own.

Sources are explained [below](#sources); *opinion* is ours, without a source.
"""
_COLUMNS: Final = ("key", "default", "allowed", "what it does", "source", "policy")
_POLICY: Final = {Managed.FREELY: "any", Managed.SHORTEN: "less", Managed.NEVER: "none"}


def reference(speech: Speech) -> str:
    """Return docs/settings.md."""
    parts = [_HEAD.rstrip()]
    for table, about in TABLES.items():
        rows = [_row(one, speech) for one in SETTINGS.values() if one.table == table]
        name = f" `[{table}]`" if table else ""
        parts += [f"## {TITLES[table]}{name}", about, _table(_COLUMNS, rows)]
    parts += ["## Plans", _PLANS_ABOUT, _plans()]
    parts += ["## Sources", _SOURCES_ABOUT, "\n".join(_sources(speech))]
    return "\n\n".join([*parts, ""]).rstrip("\n") + "\n"


def _row(setting: Setting, speech: Speech) -> tuple[str, ...]:
    source = "*opinion*" if setting.source == OPINION else setting.source
    unit = f" {setting.unit}" if setting.unit else ""
    return (
        f"`{setting.key}`",
        f"`{written(setting.default)}`{unit}",
        speech.allowed(setting),
        setting.help,
        source,
        _POLICY[setting.managed],
    )


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_PLANS_ABOUT: Final = """\
A plan sets several values at once; an empty cell leaves the default, or what else sets the key."""


def _plans() -> str:
    keys = dict.fromkeys(key for plan in PLANS.values() for key in plan.values)
    rows = [(f"`{key}`", *(_cell(plan.values.get(key)) for plan in PLANS.values())) for key in keys]
    return _table(("key", *PLANS), rows)


def _cell(value: object) -> str:
    return "" if value is None else written(value)


_SOURCES_ABOUT: Final = """\
G-nn is guidance from the article behind the prompts; E-nn is a publication, with how good it is for this purpose in our judgement."""


def _sources(speech: Speech) -> Iterator[str]:
    cited = {one.id for row in SETTINGS.values() for one in sources.named(row.source, {})}
    # The article that everything started from comes first.
    for id_ in sorted(cited, key=lambda one: (one[0] != "G", one)):
        yield f"- {sources.line(speech.known.get(id_, sources.Source(id_)), speech.words)}"
