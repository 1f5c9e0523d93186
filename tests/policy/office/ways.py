"""Ways around a locked value that a person has alone: their files, commands, agent, environment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.policy.office.computer import MANAGED, Person, Ran, policy
from tests.policy.office.way import (
    CORP,
    DEFAULT,
    FORGED,
    KEY,
    LOCKED,
    POLICY,
    REFUSED,
    TRIED,
    WANTED,
    Way,
    still,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# ── one's own file ─────────────────────────────────────────────────────────────────────────


def _file(text: str | bytes) -> Callable[[Person], object]:
    return lambda person: person.write(person.settings, text)


def _linked_file(person: Person) -> None:
    target = person.write(person.home / "mine.toml", TRIED)
    _link(person, person.settings, target)


def _file_is_the_policy(person: Person) -> None:
    _link(person, person.settings, CORP)
    _refused(person.deskbreak("config", "set", "plan", "gentle"), 1)


def _folder_is_the_policy(person: Person) -> None:
    _link(person, person.settings.parent, MANAGED)
    _refused(person.deskbreak("config", "set", "plan", "gentle"), 1)


def _link(person: Person, path: Path, target: Path) -> None:
    person.write(path.parent / ".new", "")
    assert person.run("ln", "-sfn", str(target), str(path)).status == 0


def _old_file(person: Person) -> None:
    """As the settings of another time were: flat names."""
    flat = f"position_interval_minutes = {WANTED}\ninterval = {WANTED}\nversion = 0\n"
    person.write(person.settings, flat + TRIED)


FILES: Final = (
    Way("their settings file", _file(TRIED)),
    Way("a dotted key in it", _file(f"position.interval_minutes = {WANTED}")),
    Way("one key in quotes that has a dot in it", _file(f'"{KEY}" = {WANTED}')),
    Way("quoted table and key", _file(f'["position"]\n"interval_minutes" = {WANTED}')),
    Way("a table in one line", _file(f"position = {{interval_minutes = {WANTED}}}")),
    Way("letters of the key as escapes", _file(f'"posit\\u0069on".interval_minutes = {WANTED}')),
    Way("the key twice", _file(f"{TRIED}interval_minutes = {WANTED}\n")),
    Way("the key as a table and in quotes", _file(f'"{KEY}" = {WANTED}\n{TRIED}')),
    Way("a byte order mark before it", _file(b"\xef\xbb\xbf" + TRIED.encode())),
    Way("capital letters", _file(f"[Position]\nInterval_Minutes = {WANTED}\n")),
    Way("letters that look alike", _file(f'["p\u043esiti\u043en"]\ninterval_minutes = {WANTED}\n')),
    Way("a number with a point", _file(f"[position]\ninterval_minutes = {WANTED}.0\n")),
    Way("a plan that has other intervals", _file('plan = "gentle"\n')),
    Way("a custom plan", _file(f'plan = "custom"\n{TRIED}')),
    Way(
        "a policy of their own in it",
        _file(f'[managed]\n"{KEY}" = {WANTED}\n[bounds]\n"{KEY}" = {{low = {WANTED}}}\n'),
    ),
    Way("the kind switched off", _file("position.enabled = false"), "ok", "position.enabled", True),
    Way(
        "back-off after one skip, threefold",
        _file("[prompts]\nskips_before_backoff = 1\nbackoff_factor = 3.0\n"),
        key="prompts.skips_before_backoff",
        value=0,
    ),
    Way(
        "more than the bounds allow, in the file",
        _file("[stretch]\ninterval_minutes = 120\n"),
        key="stretch.interval_minutes",
        value=60,
    ),
    Way("a settings file that is a link to another", _linked_file),
    Way("a settings file that is a link to the policy, written through", _file_is_the_policy),
    Way("a settings folder that is a link to the folder of policies", _folder_is_the_policy),
    Way("a settings file as of an older version", _old_file),
)


# ── commands ───────────────────────────────────────────────────────────────────────────────


def _command(status: int, *argv: str) -> Callable[[Person], object]:
    return lambda person: _refused(person.deskbreak(*argv), status)


def _refused(ran: Ran, status: int = REFUSED) -> None:
    assert ran.status == status, ran
    assert "Traceback" not in ran.err, ran.err


def _unset(person: Person) -> None:
    person.write(person.settings, TRIED)
    _refused(person.deskbreak("config", "unset", KEY), 0)


def _simulated(person: Person) -> None:
    """Alone it is a play; with the policy the policy wins."""
    day = f"timeline 1\nstart 2026-03-02T09:00:00 UTC\nset {KEY} = {WANTED}\n1h work\n"
    path = person.write(person.home / "day.timeline", day)
    mine = person.write(person.home / "mine.toml", TRIED)
    ran = person.deskbreak(
        "simulate", str(path), "--settings", str(mine), "--policy", str(CORP), "--json"
    )
    first = json.loads(ran.out.splitlines()[0])
    assert first["t"] < DEFAULT * 60, first  # a lull may be waited for


COMMANDS: Final = (
    Way("config set", _command(REFUSED, "config", "set", KEY, str(WANTED))),
    Way("config set to the very value", _command(REFUSED, "config", "set", KEY, str(LOCKED))),
    Way("config unset", _unset),
    Way("config set with spaces", _command(1, "config", "set", f" {KEY} ", str(WANTED))),
    Way("config set with capitals", _command(1, "config", "set", KEY.upper(), str(WANTED))),
    Way(
        "config set beyond the bounds",
        _command(REFUSED, "config", "set", "stretch.interval_minutes", "90"),
        key="stretch.interval_minutes",
        value=60,
    ),
    Way("config set of another plan", _command(0, "config", "set", "plan", "gentle")),
    Way(
        "config set of the organisation itself",
        _command(1, "config", "set", "organisation.name", "Mine"),
    ),
    Way(
        "simulate and a timeline's set, with settings of one's own and the policy",
        _simulated,
    ),
    Way("tune, which plays other settings", _command(0, "tune", f"{KEY}={WANTED}", "--weeks", "1")),
)


# ── the running agent ──────────────────────────────────────────────────────────────────────


def _menu(person: Person) -> None:
    """What a row of the menu sends; the agent starts `config set`, and its log says how it went."""
    with person.agent():
        assert person.ask("set", f"{KEY}={WANTED}")["ok"]
        refusal = f"A setting was not written: deskbreak: {KEY} is set by Example Ltd"
        person.until(lambda: refusal in person.log(), refusal)
        still(person)


def _reload(person: Person) -> None:
    with person.agent():
        person.write(person.settings, TRIED)
        assert person.ask("reload")["ok"]
        still(person)


def _other_words(person: Person) -> None:
    with person.agent():
        for name in ("unlock", "policy", "set_policy", "settings", "documents"):
            assert not person.ask(name, f"{KEY}={WANTED}").get("ok"), name
        still(person)


def _fast(person: Person) -> None:
    person.write(person.settings, TRIED)
    with person.agent("--speed", "60"):
        still(person)


def _skipped(person: Person) -> None:
    """Four skips in a row, where a policy says that skips make nothing longer."""
    with person.agent():
        for _ in range(4):
            assert person.ask("take", "position")["ok"]
            assert person.ask("answer", "skip")["ok"]
        still(person)


def _state_of_before(person: Person) -> None:
    """An agent ran, and left its state, before there was a policy."""
    person.office.clear()
    person.write(person.settings, TRIED)
    with person.agent():
        assert person.interval() == WANTED * 60
    person.office.put(CORP, policy(POLICY))
    with person.agent():
        still(person)


def _before_the_policy(person: Person) -> None:
    """An agent that runs already when the policy comes: nobody tells it, and it looks by itself."""
    person.office.clear()
    person.write(person.settings, TRIED)
    with person.agent("--speed", "60"):  # for its sign of life to come twice a second
        assert person.interval() == WANTED * 60
        person.office.put(CORP, policy(POLICY))
        # Not asked meanwhile: at this speed each question puts off the sign of life.
        person.until(lambda: "The policy has changed" in person.log(), "the policy in the agent")
        still(person)


def _demo(person: Person) -> None:
    demo = person.start("deskbreak", "demo")
    person.until(lambda: person.ask("status").get("ok"), "a demo")
    _refused(person.deskbreak("quit"), 0)
    demo.communicate(timeout=20)


AGENT: Final = (
    Way("a row of the tray's menu", _menu),
    Way("the file, and reload at the agent's door", _reload),
    Way("other words at the agent's door", _other_words),
    Way("run --speed, a trial", _fast),
    Way("four skips in a row", _skipped),
    Way("the state that an agent left before there was a policy", _state_of_before),
    Way("an agent that ran before there was a policy", _before_the_policy),
    Way("the demo, which has settings of its own", _demo),
)


# ── the environment ────────────────────────────────────────────────────────────────────────


def _with(**extra: str) -> Callable[[Person], object]:
    """Set variables for all commands of this person from now on, with a policy of their own there."""

    def go(person: Person) -> None:
        for base in (".", "etc", ".config", "share"):
            for name in ("deskbreak/policies/managed", "policies/managed", "managed"):
                person.write(person.home / "own" / base / name / "99.json", FORGED)
            settings = person.home / "own" / base / "deskbreak/settings.toml"
            person.write(settings, TRIED)
        person.extra |= {
            name: value.format(own=person.home / "own") for name, value in extra.items()
        }

    return go


def _in_own_folder(person: Person) -> None:
    person.write(person.home / "own/etc/deskbreak/policies/managed/99.json", FORGED)
    person.write(person.home / "own/deskbreak.toml", TRIED)
    person.write(person.home / "own/settings.toml", TRIED)
    person.folder = person.home / "own"


_OURS: Final = ("POLICY", "POLICIES", "POLICY_ROOT", "ETC", "ROOT", "CONFIG", "SETTINGS", "HOME")

ENVIRONMENT: Final = (
    Way("XDG_CONFIG_HOME elsewhere", _with(XDG_CONFIG_HOME="{own}")),
    Way("XDG_CONFIG_DIRS with a policy of their own", _with(XDG_CONFIG_DIRS="{own}:{own}/etc")),
    Way("XDG_DATA_HOME elsewhere, where there is no copy", _with(XDG_DATA_HOME="{own}/share")),
    Way("HOME elsewhere", _with(HOME="{own}")),
    Way(
        "variables that are called after deskbreak",
        _with(**{f"DESKBREAK_{name}": "{own}/etc/deskbreak/policies" for name in _OURS}),
    ),
    Way(
        "variables that move the roots of other programs",
        _with(**dict.fromkeys(("ETC", "PREFIX", "DESTDIR", "SYSCONFDIR", "CONF_DIR"), "{own}/etc")),
    ),
    Way("other languages and encodings", _with(LANG="tr_TR.ISO-8859-9", LC_ALL="C", LANGUAGE="tr")),
    Way("a folder of policies where they stand", _in_own_folder),
)

OWN: Final = (*FILES, *COMMANDS, *AGENT, *ENVIRONMENT)
