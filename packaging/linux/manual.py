"""Makes the man page from what the command line knows of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grammar import Argument, Command

_EACH: Final = " [-h] [--debug]"
_STATUSES: Final = (
    ("0", "Done."),
    ("1", "Failed; one line on standard error says what, where and the remedy."),
    ("2", "Wrong usage, or a file that cannot be read."),
    ("3", "Done, with problems that are listed."),
    ("4", "The value is set by your organisation."),
)
_FILES: Final = (
    ("~/.config/deskbreak/settings.toml", "Your settings."),
    ("~/.local/share/deskbreak/history.db", "Your history; it stays on this computer."),
    ("~/.local/share/deskbreak/packs/*.toml", "Prompts of your own."),
    ("~/.local/state/deskbreak/deskbreak.log", "What the running program notes of itself."),
    ("/etc/deskbreak/policies/managed/*.json", "Settings that an administrator has locked."),
    ("/etc/deskbreak/policies/recommended/*.json", "Settings that an administrator recommends."),
    ("/etc/deskbreak/packs/*.toml", "Prompts that an administrator has added."),
    ("/etc/xdg/autostart/deskbreak.desktop", "Starts deskbreak at login, where a package does."),
    ("~/.config/autostart/deskbreak.desktop", "Your own word on that: deskbreak autostart."),
)
_ENVIRONMENT: Final = (
    ("XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME", "Where your files are instead."),
    ("LANGUAGE, LC_ALL, LC_MESSAGES, LANG", "The language, unless the settings name one."),
)


def page(whole: Command, made: str) -> str:
    """Return the man page of *whole*, with *made* as its date. Source: man(7)."""
    return "\n".join(_lines(whole, made)) + "\n"


def _lines(whole: Command, made: str) -> Iterator[str]:
    yield f'.TH DESKBREAK 1 "{made}" "deskbreak {__version__}" "User Commands"'
    yield from (
        ".SH NAME",
        rf"deskbreak \- {_plain('reminder to stretch, to move and to sit well')}",
    )
    yield from (".SH SYNOPSIS", r"\fBdeskbreak\fR [\fIcommand\fR] [\fIoption\fR ...]")
    yield from (".SH DESCRIPTION", _plain(whole.text))
    yield "Without a command it does what \\fBdeskbreak run\\fR does."
    yield "Each command has \\fB\\-\\-help\\fR, and \\fB\\-\\-debug\\fR, which shows where an error came from."
    yield from _options(whole)
    yield ".SH COMMANDS"
    for command in whole.all():
        if command.words and not command.below:
            yield f'.SS "{_plain(command.usage.replace(_EACH, ""))}"'
            yield _sentence(command.text)
            yield from _options(command)
    for title, rows in (
        ("EXIT STATUS", _STATUSES),
        ("FILES", _FILES),
        ("ENVIRONMENT", _ENVIRONMENT),
    ):
        yield f".SH {title}" if " " not in title else f'.SH "{title}"'
        for name, text in rows:
            yield from (".TP", rf"\fB{_plain(name)}\fR", _plain(text))
    yield from (".SH SEE ALSO", ".BR notify-send (1)")
    yield "The documents in /usr/share/doc/deskbreak, where a package brought them."


def _options(command: Command) -> Iterator[str]:
    for argument in command.arguments:
        if argument.text and not {"--help", "--debug"} & {*argument.names}:
            yield from (".TP", _head(argument), _sentence(argument.text))


def _head(argument: Argument) -> str:
    value = rf"\fI{_plain(argument.value)}\fR" if argument.value else ""
    names = ", ".join(rf"\fB{_plain(name)}\fR" for name in argument.names)
    return f"{names} {value}".strip()


def _sentence(text: str) -> str:
    text = _plain(text[:1].upper() + text[1:])
    return text if text.endswith((".", "?")) else f"{text}."


def _plain(text: str) -> str:
    """Write *text* so that troff shows just that. Source: groff_char(7), groff_man_style(7)."""
    text = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq").replace("~", r"\(ti")
    return rf"\&{text}" if text.startswith((".", "'")) else text
