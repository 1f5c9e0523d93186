"""What the files of the repository may say about the machine they were written on, and point to."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path, PurePath, PurePosixPath
from typing import Final

from tests.architecture import REPOSITORY

# A checkout right under one of these says nothing about a machine; // is the root.
ORDINARY: Final = ("//", "/home/", "/mnt/", "/opt/", "/root/", "/srv/", "/tmp/", "/usr/src/")


def test_given_all_files_then_none_names_the_machine_it_was_written_on() -> None:
    """What is installed elsewhere must not look for our folders."""
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in _tracked()}
    found = {
        str(path.relative_to(REPOSITORY)): wrong
        for path, text in texts.items()
        if path != Path(__file__) and (wrong := misplaced(text, REPOSITORY.parent))
    }

    assert {} == found


def test_given_a_path_of_a_machine_then_it_is_named() -> None:
    """The rule about machines catches a folder and a mirror, and leaves ordinary text alone."""
    folder = PurePosixPath("/builds/alice")

    assert ["/builds/alice/"] == misplaced("see /builds/alice/deskbreak", folder)
    assert ["file:///mirror/simple"] == misplaced("--find-links file:///mirror/simple", folder)
    assert [] == misplaced("see /etc/deskbreak and ./builds/alice", folder)


def test_given_all_documents_then_their_links_lead_to_files() -> None:
    """A document points to what is there."""
    found = {
        str(path.relative_to(REPOSITORY)): dead
        for path in _tracked()
        if path.suffix == ".md"
        and (dead := dead_links(path.read_text(encoding="utf-8"), path.parent))
    }

    assert {} == found


def test_given_a_dead_link_then_it_is_named(tmp_path: Path) -> None:
    """The rule about links catches a file that is not there."""
    (tmp_path / "there.md").touch()

    assert ["gone.md"] == dead_links("[a](there.md#x) [b](gone.md) [c](https://x.org)", tmp_path)


def misplaced(text: str, folder: PurePath) -> list[str]:
    """Name what leads out of the repository: *folder*, where it happens to lie, and mirrors."""
    found = re.findall(r"https?://(?:files|registry|deb)\.[\w./-]*|file:///[\w./-]+/simple", text)
    own = f"{folder}/"
    return found + [own] * (own in text and own not in ORDINARY)


def dead_links(text: str, folder: Path) -> list[str]:
    """Name the links of a Markdown *text* in *folder* that lead to no file."""
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    return [link for link in links if "://" not in link and not (folder / link).exists()]


def _tracked() -> list[Path]:
    """Every file that git knows; none where this is not a checkout."""
    git = shutil.which("git")
    if git is None or not (REPOSITORY / ".git").exists():
        return []
    listed = subprocess.run(
        [git, "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := REPOSITORY / name).is_file()]
