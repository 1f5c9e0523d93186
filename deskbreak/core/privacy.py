"""What is kept about a person, in words that they understand, and the same for programs."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.lines import WIDTH, printable
from deskbreak.core.settings import Origin
from deskbreak.core.words import N_, said, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskbreak.core.words import Said, Words

NEVER: Final = ("keys", "window_titles", "programs", "screen", "calls")
"""What is recorded nowhere, by names that stay."""

_KILO: Final = 1000

_TITLES: Final = {
    "history": N_("History"),
    "copies": N_("Copies of the history"),
    "settings": N_("Settings"),
    "packs": N_("Prompts of your own"),
    "log": N_("Log"),
    "policy": N_("Copy of your organisation's settings"),
    "runtime": N_("While it runs"),
    "login": N_("Start at login"),
    "menu": N_("Menu of programs"),
}
_WHAT: Final = {
    "history": N_(
        "When you were at the desk, away or locked, when the computer slept and when deskbreak did "
        "not run; which breaks came, and what became of them; since when you are in this position."
    ),
    "copies": N_("A backup of each week, and the file as it was before it was mended or updated."),
    "settings": N_(
        "What you have set. What is under person is about your health: it is in no log, and in an "
        "export only if you ask for it by name."
    ),
    "packs": N_("Texts of breaks that you have put there."),
    "log": N_("When deskbreak started, and what went wrong; after --debug every event."),
    "policy": N_("What it said last, for the time in which it cannot be read."),
    "runtime": N_(
        "The way by which commands reach deskbreak, a sign of life without content, what is to go "
        "into the history next, and what a trial with run --speed records."
    ),
    "login": N_("What starts deskbreak."),
    "menu": N_("What starts deskbreak, with its icon."),
}
_UNTIL: Final = {
    "copies": N_("Kept: the backup for a week, the others until you erase the history."),
    "settings": N_("Kept: until you remove it."),
    "packs": N_("Kept: until you remove them."),
    "log": N_("Kept: the last 2 MB, or until you erase the history."),
    "policy": N_("Kept: for as long as your organisation sets anything."),
    "runtime": N_("Kept: while deskbreak runs; what a crash leaves behind, until you erase."),
    "login": N_("Kept: until you say deskbreak autostart disable."),
    "menu": N_("Kept: until you say deskbreak launcher remove."),
}
_SHORTENED: Final = N_(
    "Kept: single entries {days} days, as your organisation has set; then one sum a day, until you "
    "erase it."
)
_KEPT: Final = N_("Kept: single entries {days} days; then one sum a day, until you erase it.")


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of what is kept; its name is one of those above."""

    name: str
    path: str
    files: tuple[str, ...] = ()  # those that are there
    size: int = 0  # bytes
    readable: tuple[str, ...] = ()  # by other accounts


@dataclass(frozen=True, slots=True)
class Privacy:
    """All that there is to tell."""

    kept: Sequence[Kept]
    days: int  # for which single entries are kept
    days_from: Origin
    network: str | None = None  # file system of another computer on which the history lies
    roams: bool = False  # the settings go with the account to other computers


def problems(privacy: Privacy) -> list[Said]:
    """Return what lets others read more than they should."""
    sentence = N_("other accounts can read {path}; to close it: {command}")
    return [
        said(sentence, path=path, command=f"chmod 600 {quote(path)}")
        for one in privacy.kept
        for path in one.readable
    ]


def privacy_json(privacy: Privacy, words: Words) -> dict[str, Any]:
    """Return it as the object that `privacy --json` prints."""
    return {
        "kept": [
            {
                "name": one.name,
                "path": one.path,
                "files": list(one.files),
                "bytes": one.size,
                "what": words.gettext(_WHAT[one.name]),
                "until": spoken(_until(one.name, privacy), words),
                "readable_by_others": list(one.readable),
            }
            for one in privacy.kept
        ],
        "keep_days": privacy.days,
        "keep_days_origin": privacy.days_from.value,
        "network": privacy.network,
        "never": list(NEVER),
        "sent": [],
    }


def rows(privacy: Privacy, words: Words) -> list[tuple[str, str, str, str]]:
    """Return of each kind its title, its path, what is in it, and how long it is kept."""
    return [
        (
            words.gettext(_TITLES[one.name]),
            one.path,
            words.gettext(_WHAT[one.name]),
            spoken(_until(one.name, privacy), words),
        )
        for one in privacy.kept
    ]


def privacy_lines(privacy: Privacy, words: Words) -> list[str]:
    """Return what `privacy` prints."""
    _ = words.gettext
    return [
        _("What deskbreak keeps about you, in files of your own. Nothing is sent."),
        *(line for one in privacy.kept for line in _block(one, privacy, words)),
        "",
        _("Never recorded"),
        "  "
        + _(
            "What you type, window titles, names of programs, what is on the screen, what a call "
            "was. The history names neither you nor this computer."
        ),
        "",
        _("Who can read it"),
        *(f"  {line}" for line in _readers(privacy, words)),
        "",
        _("It is yours"),
        *_commands(words),
    ]


def _block(one: Kept, privacy: Privacy, words: Words) -> list[str]:
    title = words.gettext(_TITLES[one.name])
    right = size(one.size) if one.files else words.gettext(N_("nothing yet"))
    if one.name in ("login", "menu"):
        right = ""
    head = f"{title}{right.rjust(WIDTH - len(title))}".rstrip()
    (path,) = printable([one.path])
    what, until = words.gettext(_WHAT[one.name]), spoken(_until(one.name, privacy), words)
    return ["", head, f"  {path}", f"  {what}", f"  {until}"]


def _until(name: str, privacy: Privacy) -> Said:
    if name != "history":
        return said(_UNTIL[name])
    return said(_KEPT if privacy.days_from in _OWN else _SHORTENED, days=privacy.days)


_OWN: Final = (Origin.DEFAULT, Origin.PLAN, Origin.USER)


def _readers(privacy: Privacy, words: Words) -> Iterator[str]:
    _ = words.gettext
    if any(one.readable for one in privacy.kept):
        yield _("You, and other accounts of this computer: see below.")
    else:
        yield _("You: the files are for your account alone.")
    yield _("Whoever administers this computer or has a backup of it can read them as well.")
    if privacy.network is not None:
        line = _("The history lies on a network drive ({kind}); whoever runs that can read it too.")
        yield line.format(kind=privacy.network)
    if privacy.roams:
        yield _("In an organisation your settings may go with your account to its servers.")
    yield _("Your desktop shows the prompts; some keep a list of what they have shown.")
    yield _(
        "An organisation can set that entries are kept for fewer days, never for more, and there "
        "is no report that it could switch on."
    )


def _commands(words: Words) -> Iterator[str]:
    _ = words.gettext
    rows = (
        ("deskbreak export", _("all of it, to look at or take along")),
        ("deskbreak erase", _("all of it gone; your settings stay")),
        ("deskbreak erase --before 2026-01-01", _("only what is older")),
        ("deskbreak config set history.keep_days 90", _("keep single entries for 90 days")),
    )
    wide = max(len(command) for command, _what in rows)
    for command, what in rows:
        yield f"  {command.ljust(wide)}  {what}"


def size(count: int) -> str:
    """Return a number of bytes as people read it: "0 kB", "12 kB", "1.4 MB"."""
    if count < _KILO * _KILO:
        return f"{-(-count // _KILO)} kB"
    return f"{count / _KILO / _KILO:.1f} MB"
