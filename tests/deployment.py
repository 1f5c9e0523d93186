"""The page for administrators, taken apart: files that it shows, commands, and what they print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tests.architecture import REPOSITORY

PAGE: Final = REPOSITORY / "docs/deployment.md"
_FENCE: Final = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_IN_TEXT: Final = re.compile(
    r"(?<!`)`((?:apt-get|deskbreak|dnf|gpupdate|make|msiexec|pipx|strace) [^`\n]+)`"
)
NOT_RUN: Final = {
    r"ansible-playbook": "Ansible is not installed",
    r"apt-get": "make try-deb runs it, in a clean Debian",
    r"dnf": "there is no Fedora here",
    r"pipx": "it fetches libraries from an index",
    r"msiexec": "make try-msi runs it, in Wine",
    r"copy .*SYSVOL|gpupdate": "there is no domain of Windows here",
    r"make": "it builds, or tries for minutes what is built",
    r"sudo profiles": "there is no Mac here",
}
"""What nothing but a person with such a system can run, or another command of the Makefile does."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A file that the page shows, or a command with the lines that it prints.

    ``user`` is root, or empty for a person without rights; ``where`` is the kind of block in which it
    stands, or ``text``.
    """

    text: str
    name: str = ""
    where: str = ""
    user: str = ""
    printed: tuple[str, ...] = ()


def shown() -> list[Shown]:
    """Return all files and commands, in their order."""
    text = PAGE.read_text(encoding="utf-8")
    found = [
        (match.start(), one)
        for match in _FENCE.finditer(text)
        for one in _of(match[1], match[2] or "", match[3])
    ]
    found += [(match.start(), Shown(match[1], where="text")) for match in _IN_TEXT.finditer(text)]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _of(language: str, name: str, body: str) -> list[Shown]:
    if name:
        return [Shown(body, name)]
    if language != "console":
        return [Shown(line, where=language) for line in body.splitlines()]
    commands: list[Shown] = []
    for block in re.split(r"^(?=[#$] )", body, flags=re.MULTILINE)[1:]:
        command, *printed = block.splitlines()
        user = "root" if command.startswith("#") else ""
        commands.append(Shown(command[2:], "", language, user, tuple(printed)))
    return commands


def not_run(command: str) -> str:
    """Say why *command* is not run by the tests; empty where it is."""
    return next((why for form, why in NOT_RUN.items() if re.match(form, command)), "")


def is_as(printed: list[str], shown_: tuple[str, ...]) -> bool:
    """Whether *printed* is what the page shows: ``…`` is any lines, or the rest of a line."""
    forms = [
        r"(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + r"\n"
        for line in shown_
    ]
    return re.fullmatch("".join(forms), "".join(f"{line}\n" for line in printed)) is not None
