"""What was found of each part of the desktop, what was refused and why, and what helps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from deskbreak.agent import remedies
from deskbreak.agent.channels import ChannelState
from deskbreak.core.locks import setter
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.reports import Finding
from deskbreak.core.words import N_, said, spoken
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deskbreak.agent.channels import ChannelReport
    from deskbreak.core.pack import Pack
    from deskbreak.core.reports import Tried
    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Refusal, Said, Words
    from deskbreak.storage.autostart import Autostart
    from deskbreak.storage.store import Store

_OVER_BUS: Final = frozenset({"freedesktop", "portal", "plyer"})
_WORKS: Final = (ChannelState.IN_USE, ChannelState.READY)
NO_BUS: Final = (
    said(N_("the session bus has gone")),
    said(N_("log out and in again; if the bus comes back, so does deskbreak, within ten seconds")),
)
"""Why, and what helps."""
_DISPLAY_RETURNS: Final = said(N_("log in again; deskbreak looks for it twice a minute"))


def no_notifier() -> tuple[Said, Said]:
    """Say why nobody shows notifications, and what helps."""
    command = remedies.install("dunst")
    remedy = said(N_("start the one of your desktop, or install another one, such as dunst"))
    if command is not None:
        start = N_("start the one of your desktop, or install another one: {command}")
        remedy = said(start, command=command)
    return said(N_("no notification service runs on this desktop")), remedy


@quick_dataclass(frozen=True, slots=True)
class _Refused:
    name: str
    why: Said
    remedy: Said | None


def system(name: str, untried: Said) -> Finding:
    """Tell on which system this is, and what nobody has tried of it yet."""
    remedy = said(N_("find out what works with: {command}"), command="deskbreak demo")
    return Finding("system", name, ok=True, why=untried, remedy=remedy, required=False)


def bus(trouble: Unavailable | None, *, connected: bool, required: bool) -> Finding:
    """Tell of the session bus; *trouble* is why there was none at the start."""
    if trouble is not None:
        return _bad("bus", trouble.why, trouble.remedy, required=required)
    if not connected:
        return _bad("bus", *NO_BUS, required=required)
    return Finding("bus", "D-Bus", ok=True, required=required)


def idle(
    chosen: str | None, refused: Sequence[Tried], lost: Said | None, *, note: Said | None = None
) -> Finding:
    """Tell what knows whether the person is at the desk.

    *lost* is why it does not any more, *note* what else there is to know of the chosen one.
    """
    if lost is not None:
        return _bad("idle", lost, _DISPLAY_RETURNS, refused)
    if chosen is None:
        why = said(N_("nothing here tells whether you are at the desk; you count as present"))
        return _bad("idle", why, _first_remedy(refused), refused)
    return Finding("idle", chosen, ok=True, why=note, refused=tuple(refused))


def session(chosen: str | None, refused: Sequence[Tried], *, tells_of_sleep: bool) -> Finding:
    """Tell what knows of lock and sleep."""
    if chosen is None:
        why = said(N_("nothing here tells of lock and sleep; only missing input shows them"))
        return _bad("session", why, _first_remedy(refused), refused, required=False)
    note = None if tells_of_sleep else said(N_("sleep is noticed only when it is over"))
    return Finding("session", chosen, ok=True, why=note, refused=tuple(refused), required=False)


def notifications(
    reports: Sequence[ChannelReport], gone: tuple[Said, Said] | None, *, is_new: bool
) -> Finding:
    """Tell what shows prompts.

    *gone* is why the service is not there now, and what helps, whatever *reports* say of its
    past; *is_new* means that it came after the last of them.
    """
    refused = tuple(
        _Refused(one.name, one.why, one.remedy)
        for one in reports
        if one.state is ChannelState.REFUSED and one.why is not None
    )
    works = [one.name for one in reports if one.state in _WORKS]
    if gone is not None:
        works = [name for name in works if name not in _OVER_BUS]
    elif is_new and not works:
        return Finding("notifications", "freedesktop", ok=True)
    if works:
        return Finding("notifications", works[0], ok=True, refused=refused)
    if gone is not None:
        return _bad("notifications", *gone)
    if len(refused) < len(reports):
        return Finding("notifications", None, ok=True, refused=refused)  # still looking
    why = said(N_("nothing here can show a prompt; the tray and deskbreak status tell"))
    return _bad("notifications", why, _first_remedy(refused), refused)


def served(found: Finding, ask: Callable[[], tuple[str, bool] | None]) -> Finding:
    """Add to what was *found* of notifications what their service says when we *ask* it.

    That is its name and whether it has buttons, or None where it does not run yet.
    """
    try:
        said_so = ask()
    except Unavailable as reason:
        return _bad(found.name, reason.why, reason.remedy, found.refused)
    if said_so is None:
        return replace(found, why=said(N_("the service is started for the first prompt")))
    name, has_buttons = said_so
    if has_buttons:
        return replace(found, why=said(N_("shown by {service}"), service=name))
    why = N_("shown by {service}, which has no buttons")
    remedy = said(N_("answer in the menu, or with: {command}"), command="deskbreak answer done")
    return replace(found, why=said(why, service=name), remedy=remedy)


def door(version: str | None, trouble: Refusal | None) -> Finding:
    """Tell whether commands reach an agent: of which *version*; *trouble* is why none can run."""
    if trouble is not None:
        return _bad("door", trouble.why, trouble.remedy)
    if version is None:
        start = said(N_("start it with: {command}"), command="deskbreak run")
        return _bad("door", said(N_("deskbreak is not running")), start, required=False)
    return Finding("door", f"deskbreak {version}", ok=True)


def tray(
    why: Said | None, remedy: Said | None, *, required: bool, chosen: str = "StatusNotifierItem"
) -> Finding:
    """Tell whether a panel shows our item, by way of *chosen*; *why* not."""
    if why is not None:
        return _bad("tray", why, remedy, required=required)
    return Finding("tray", chosen, ok=True, required=required)


def autostart(found: Autostart) -> Finding:
    """Tell whether deskbreak starts at login; who does not want that misses nothing."""
    remedy = said(N_("{command}, if you want that"), command="deskbreak autostart enable")
    if found.why is not None:
        return _bad("autostart", found.why, remedy)
    if found.enabled:
        return Finding("autostart", str(found.path), ok=True, required=False)
    why = said(N_("deskbreak does not start at login"))
    return _bad("autostart", why, remedy, required=False)


def unread_autostart(reason: Refusal) -> Finding:
    """Tell that nobody can tell."""
    return _bad("autostart", reason.why, reason.remedy, required=False)


def problem(finding: Finding) -> Said:
    """Return in one sentence what is wrong, and what to do about it."""
    assert finding.why is not None
    if finding.remedy is None:
        return finding.why
    return said(N_("{problem} (to do: {remedy})"), problem=finding.why, remedy=finding.remedy)


def _first_remedy(refused: Sequence[Tried]) -> Said | None:
    return next((one.remedy for one in refused if one.remedy is not None), None)


def _bad(
    name: str,
    why: Said,
    remedy: Said | None,
    refused: Sequence[Tried] = (),
    *,
    required: bool = True,
) -> Finding:
    return Finding(name, None, False, why, remedy, tuple(refused), required)  # noqa: FBT003 - a row


def of_files(resolved: Resolved, pack: Pack, words: Words) -> Iterator[Finding]:
    """Yield what is found of settings, policy and packs, each cause by itself."""
    own = [one for one in resolved.problems if one not in resolved.policy_problems]
    yield from _of("settings", "settings.toml", own)
    if resolved.is_managed or resolved.policy_problems:
        yield from _of("policy", spoken(setter(resolved), words), resolved.policy_problems)
    count = len(pack.whose)
    if count or pack.problems:
        added = words.ngettext("{n} prompt added", "{n} prompts added", count).format(n=count)
        yield from _of("packs", added, pack.problems)


def of_history(store: Store) -> tuple[Finding, ...]:
    """Tell how the history is, and what there is to know of its place."""
    if store.notes and not store.problems:
        return tuple(Finding("history", "SQLite", ok=True, why=note) for note in store.notes)
    return tuple(_of("history", "SQLite", store.problems))


def _of(name: str, chosen: str, problems: Sequence[Said]) -> Iterator[Finding]:
    if not problems:
        yield Finding(name, chosen, ok=True)
    for problem in problems:
        yield Finding(name, chosen, ok=False, why=problem)
