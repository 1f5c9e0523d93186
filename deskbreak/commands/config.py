"""The commands that show and change settings."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from deskbreak import door
from deskbreak.commands.output import (
    DONE,
    REFUSED,
    WITH_PROBLEMS,
    Failed,
    complain,
    facts,
    say,
    write_file,
)
from deskbreak.core import settings_text, sources
from deskbreak.core.locks import Locked
from deskbreak.core.model import Command
from deskbreak.core.settings import BadSetting, similar
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import plain as plain_value
from deskbreak.core.values import written
from deskbreak.core.words import N_, Refusal, said, spoken
from deskbreak.storage import files, language
from deskbreak.storage.layers import Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Said, Words

_CHANGES: Final = ("set", "unset")


def user_settings() -> Settings:
    """Return the way to the settings of this user."""
    return Settings.of(files.places())


def _config(arguments: argparse.Namespace, words: Words) -> int:
    try:
        return _CONFIG[arguments.action](arguments, words)
    except BadSetting as bad:
        raise Failed(bad.why, _where_keys_are(arguments.key)) from None
    except Locked as locked:
        raise Failed(locked.why, locked.remedy, REFUSED) from None
    except Refusal as refused:
        if refused.remedy is not None or arguments.action not in _CHANGES:
            raise
        remedy = said(N_("Nothing was changed; mend that and try again."))
        raise Failed(refused.why, remedy) from None


def _where_keys_are(key: str) -> Said | None:
    """Return what helps with *key* where there is none of that name, and none much like it."""
    if key in SETTINGS or similar(key):
        return None
    return said(N_("deskbreak config show lists all that there are."))


def _config_show(arguments: argparse.Namespace, words: Words) -> int:
    resolved = user_settings().load()
    if arguments.json:
        facts({row.key: asdict(row) for row in settings_text.show(resolved)})
    else:
        say(*settings_text.show_lines(resolved, words))
    return _with_problems(resolved, words)


def _with_problems(resolved: Resolved, words: Words) -> int:
    for problem in resolved.problems:
        complain(spoken(problem, words))
    return WITH_PROBLEMS if resolved.problems else DONE


def _config_get(arguments: argparse.Namespace, words: Words) -> int:
    resolved = user_settings().load()
    row = settings_text.find(resolved, arguments.key)
    if arguments.json:
        facts(asdict(row))
    else:
        say(written(resolved.values[arguments.key]))
    return _with_problems(resolved, words)


def _config_explain(arguments: argparse.Namespace, words: Words) -> int:
    resolved = user_settings().load()
    packs = files.pack_texts(resolved.text("language") or language.of_desktop())
    known = sources.read(text for _, text in packs)
    if arguments.json:
        facts(asdict(settings_text.explain(resolved, arguments.key, known)))
    else:
        say(*settings_text.explain_lines(resolved, arguments.key, known, words))
    return _with_problems(resolved, words)


def _config_set(arguments: argparse.Namespace, words: Words) -> int:
    resolved = user_settings().set(arguments.key, arguments.value)
    return _changed(arguments, resolved, words)


def _config_unset(arguments: argparse.Namespace, words: Words) -> int:
    return _changed(arguments, user_settings().unset(arguments.key), words)


def _changed(arguments: argparse.Namespace, resolved: Resolved, words: Words) -> int:
    """Tell the running agent, and say what is in force now."""
    status = DONE
    try:
        door.ask(files.places().runtime, Command("reload"))
    except door.NotRunning:
        pass  # it will read them when it starts
    except Refusal as hung:
        why = words.gettext(N_("it is written, but the running deskbreak was not told: {reason}"))
        complain(why.format(reason=spoken(hung.why, words)))
        status = WITH_PROBLEMS
    value = resolved.values.get(arguments.key)  # none: an unknown key was removed
    if arguments.json:
        facts({"ok": True, "key": arguments.key, "value": plain_value(value)})
    elif value is not None:
        say(f"{arguments.key} = {written(value)}")
        if arguments.key == "massage.enabled" and value is True:
            say(words.gettext(N_("Read first when not to massage: deskbreak open safety")))
    return _with_problems(resolved, words) or status


def _config_schema(_arguments: argparse.Namespace, _words: Words) -> int:
    from deskbreak.policy import templates

    write_file(templates.settings_schema())
    return DONE


_CONFIG: Final[dict[str, Callable[[argparse.Namespace, Words], int]]] = {
    "show": _config_show,
    "get": _config_get,
    "set": _config_set,
    "unset": _config_unset,
    "explain": _config_explain,
    "schema": _config_schema,
}


COMMANDS: Final = {"config": _config}
