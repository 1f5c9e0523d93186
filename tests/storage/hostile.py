"""Five hundred hostile packs: what somebody might put into a folder of packs, and what then happens.

``python -m tests.storage.hostile FOLDER`` reads each folder in FOLDER, and prints as JSON how long each
took, by how much the memory of the process grew meanwhile, and what was done beside reading them.
"""

from __future__ import annotations

import json
import os
import random
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.pack import Whose
from deskbreak.policy import packs as policy_packs
from deskbreak.storage import pack_files, packs
from tests.storage.packing import TEXTS, head, pack, prompt, translation

assert sys.platform != "win32"  # what there is of links, pipes and devices is POSIX'

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Put = Callable[[Path], object]

COUNT: Final = 500
_SEED: Final = 7
_LANGUAGE: Final = "de"

FIELDS: Final = ("id", "kind", "title", "body", "caution", "areas", "source", "steps", "cycle")


@dataclass(frozen=True, slots=True)
class Hostile:
    """One folder of packs; ``put`` fills it."""

    name: str
    put: Put


def cases() -> tuple[Hostile, ...]:
    """Return all of them, always the same."""
    by_hand = (*_files(), *_traps())
    made = [Hostile(f"{field}: {text!a}", _one(field, text)) for text in TEXTS for field in FIELDS]
    draw = random.Random(_SEED)  # noqa: S311 - the same hostile packs each time
    room = COUNT - len(by_hand)
    chosen = draw.sample(made, room * 2 // 3)
    mutated = (_mutated(draw, number) for number in range(room - len(chosen)))
    return (*by_hand, *chosen, *mutated)


# ── texts ──────────────────────────────────────────────────────────────────────────────────


def with_text(field: str, text: str, name: str = "X-1") -> str:
    """Return a pack with *text* in a *field* of its prompt."""
    fields: dict[str, Any] = {"id": name, field: text}
    if field in {"areas", "source"}:
        fields[field] = [text]
    if field == "steps":
        fields[field] = [{"kind": "move", "seconds": 30, "text": text}]
    return pack(str(fields.pop("id")), **fields)


def _one(field: str, text: str) -> Put:
    return _wrote({"a.toml": with_text(field, text).encode()})


def _mutated(draw: random.Random, number: int) -> Hostile:
    """Return a good pack and its translation, spoilt in a few places."""
    data = bytearray(pack("X-1", "X-2", "X-3").encode())
    words = bytearray(translation("X-1", _LANGUAGE, title="Treppe", body="Gehen Sie.").encode())
    for target in (data, words):
        for _ in range(draw.randint(1, 6)):
            at = draw.randrange(len(target) + 1)
            match draw.randrange(4):
                case 0:
                    target[at : at + draw.randint(1, 30)] = b""
                case 1:
                    target[at:at] = draw.choice(TEXTS).encode()
                case 2:
                    target[at:at] = draw.randbytes(draw.randint(1, 8))
                case _:
                    target[at:at] = target[at : at + 200] * draw.choice((1, 2, 500))
    files = {"a.toml": bytes(data), f"a.{_LANGUAGE}.toml": bytes(words)}
    return Hostile(f"mutated {number}", _wrote(files))


# ── bombs ──────────────────────────────────────────────────────────────────────────────────


def _files() -> Iterator[Hostile]:
    """Yield files that are too much of something."""
    begin = head().encode()
    most = 256 * 1024
    good = pack("X-1").encode()
    parts = b"a." * 120_000 + b"a = 1"
    datas: dict[str, bytes] = {
        "nothing": b"",
        "a mark and nothing": b"\xef\xbb\xbf",
        "no text": bytes(range(256)) * 1000,
        "UTF-16": good.decode().encode("utf-16"),
        "UTF-32": good.decode().encode("utf-32"),
        "Latin-1": good.replace(b"second", b"\xe4\xf6\xfc"),
        "half a character": good[:-1] + b"\xe2\x82",
        "surrogates": good.replace(b"second", b"\xed\xa0\x80"),
        "surrogates as escapes": good.replace(b"second", rb"\ud800"),
        "zeros": b"\0" * most,
        "one byte too many": good + b"#" * (most - len(good) + 1),
        "megabytes": good + b"#" * 20_000_000,
        "as large as may be": good + b"#" * (most - len(good)),
        "a key of many parts": begin + parts,
        "a table of many parts": begin + b"[" + b"a." * 120_000 + b"a]",
        "a list of tables of many parts": begin + b"[[" + b"a." * 120_000 + b"a]]",
        "a key of many parts in a table in a line": begin + b"x = {" + parts + b"}",
        "parts with quotes": begin + b'"a" . ' * 40_000 + b"a = 1",
        "many tables": begin + b"".join(b"[t%d]\n" % n for n in range(25_000)),
        "many tables in tables": begin + b"".join(b"[a.b.c.d.t%d]\n" % n for n in range(15_000)),
        "many tables of many parts": begin
        + b"".join(b"[t%d.a.a.a.a.a.a.a]\n" % n for n in range(11_000)),
        "many lists of tables of many parts": begin
        + b"".join(b"[[t%d.a.a.a.a.a.a.a]]\n" % n for n in range(10_000)),
        "many keys of many parts": begin
        + b"".join(b"k%d.a.a.a.a.a.a.a=1\n" % n for n in range(11_000)),
        "many keys": begin + b"".join(b"k%d=1\n" % n for n in range(24_000)),
        "many keys in a line": begin
        + b"x={"
        + b",".join(b"k%d=1" % n for n in range(20_000))
        + b"}",
        "lists in lists": begin + b"x = " + b"[" * 130_000,
        "lists in lists that end": begin + b"x = " + b"[" * 50_000 + b"]" * 50_000,
        "tables in tables in a line": begin + b"x = " + b"{a=" * 60_000,
        "a long number": begin + b"x = " + b"9" * 200_000,
        "a long number in sixteens": begin + b"x = 0x" + b"f" * 200_000,
        "a long fraction": begin + b"x = 1." + b"9" * 200_000,
        "a long exponent": begin + b"x = 1e" + b"9" * 200_000,
        "a long text": begin + b'x = "' + b"x" * 200_000 + b'"',
        "a text without an end": begin + b'x = """' + b"x" * 200_000,
        "quotes without an end": begin + b"x = " + b'"""' * 80_000,
        "escapes": begin + b'x = "' + rb"\u0041" * 40_000 + b'"',
        "ends of lines": begin + b"\n" * 250_000,
        "spaces": begin + b" " * 250_000 + b"x",
        "commas": begin + b"x = [" + b"1," * 120_000 + b"]",
        "dates": begin + b"x = [" + b"9999-12-31T23:59:60Z," * 10_000 + b"]",
        "prompts that are nothing": begin + b"[[prompt]]\n" * 23_000,
        "prompts that are texts": begin + b"prompt = [" + b'"x",' * 60_000 + b"]",
        "prompts that are lists": begin + b"prompt = [" + b"[]," * 80_000 + b"]",
        "prompts that are no list": begin + b"prompt = 5",
        "many prompts": begin + b"".join(prompt(id=f"X-{n}").encode() for n in range(600)),
        "many prompts of one id": begin + prompt(id="X-1").encode() * 499,
        "many steps": pack(
            "X-1", steps=[{"kind": "move", "seconds": 1, "text": "x"}] * 5_000
        ).encode(),
        "many sources": pack("X-1", source=["x"] * 40_000).encode(),
        "many areas": pack("X-1", areas=["whole"] * 20_000).encode(),
        "areas that are tables": pack("X-1", areas=[{"whole": 1}] * 10_000).encode(),
        "a long id": pack("X" * 100_000).encode(),
        "a long title": pack("X-1", title="x" * 200_000).encode(),
        "long seconds": pack(
            "X-1", steps=[{"kind": "move", "seconds": 10**400, "text": "x"}]
        ).encode(),
        "no seconds": good.replace(b"seconds = 30", b"seconds = nan"),
        "a million steps": good.replace(b"seconds = 30", b"seconds = 999999999"),
        "a pack of the future": good.replace(b"schema_version = 1", b"schema_version = 99"),
        "a language that is a path": pack("X-1", language="../../x").encode(),
        "ids of ours": pack("P-ST-01", "P-PC-01", title="Theirs").encode(),
        "JSON": b'{"prompt": []}',
        "XML": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        "YAML": b"!!python/object/apply:os.system ['touch x']",
        "pickle": b"\x80\x04\x95cos\nsystem\n(S'touch x'\ntR.",
        "gzip": b"\x1f\x8b\x08" + bytes(1000),
        "zip": b"PK\x03\x04" + bytes(1000),
        "a program": b"#!/bin/sh\ntouch x\n",
    }
    for name, data in datas.items():
        yield Hostile(name, _wrote({"a.toml": data}))
        if len(data) < most:
            files = {"a.toml": good, f"a.{_LANGUAGE}.toml": data}
            yield Hostile(f"{name}, translated", _wrote(files))


# ── what is no file ────────────────────────────────────────────────────────────────────────


def _traps() -> Iterator[Hostile]:
    """Yield names that are not what they seem, and folders with too much in them."""
    for target in (
        *("/etc/passwd", "/etc/shadow", "/dev/zero", "/dev/stdin", "/dev/full", "/proc/self/mem"),
        *("/proc/self/environ", "/proc/kmsg", "../outside.toml", "../../outside.toml", "nowhere"),
        *(".", "..", "/", "a.toml", "b.toml"),
    ):
        yield Hostile(f"a link to {target}", _linked(target))
    for name in (
        *(
            "\x1b[31m.toml",
            "\x1b]0;x\x07.toml",
            "a\nb.toml",
            "\u202elmot.toml",
            "-rf.toml",
            "--.toml",
        ),
        *(
            "$(touch x).toml",
            "`touch x`.toml",
            "a b.toml",
            "'.toml",
            '".toml',
            "%s.toml",
            "{x}.toml",
        ),
        *(
            "CON.toml",
            "nul.toml",
            "..toml",
            "...toml",
            " .toml",
            ".toml",
            "a.b.c.d.toml",
            "\\.toml",
        ),
        *(
            "a:b.toml",
            "<b>.toml",
            "&amp;.toml",
            "x" * 240 + ".toml",
            "\udcff.toml",
            "ä.toml",
            "*.toml",
        ),
        *(
            "de.toml",
            ".de.toml",
            "a..de.toml",
            "poses.toml",
            "a.poses.poses.toml",
            "A.TOML",
            "a.toml~",
        ),
    ):
        yield Hostile(f"a file {name!a}", _wrote({name: pack("X-1").encode()}))
    yield Hostile("a pipe", lambda folder: os.mkfifo(folder / "a.toml"))
    yield Hostile("a pipe as a translation", _piped)
    yield Hostile("a socket", _listening)
    yield Hostile("a folder", lambda folder: (folder / "a.toml").mkdir())
    yield Hostile("a device", _device)
    yield Hostile("a hole of gigabytes", _hole)
    yield Hostile("no rights", lambda folder: _write(folder / "a.toml", b"", 0o000))
    yield Hostile("many files", lambda folder: _many(folder, 2_000, b""))
    yield Hostile("many packs", lambda folder: _many(folder, 900, pack("X-1").encode()))
    full = pack("X-1").encode() + b"#" * 250_000
    yield Hostile("many large packs", lambda folder: _many(folder, 60, full))
    rows = head().encode() + b"[[prompt]]\n" * 499
    yield Hostile("many packs with many faults", lambda folder: _many(folder, 60, rows))
    yield Hostile("a link in the place of the folder", _folder_is_a_link)
    yield Hostile("a file in the place of the folder", _folder_is_a_file)
    yield Hostile("folders within it", lambda folder: (folder / "b" / "c.toml").mkdir(parents=True))


def _write(path: Path, data: bytes, mode: int = 0o644) -> None:
    path.write_bytes(data)
    path.chmod(mode)


def _wrote(files: dict[str, bytes]) -> Put:
    def put(folder: Path) -> None:
        for name, data in files.items():
            _write(folder / name, data)

    return put


def _linked(target: str) -> Put:
    def put(folder: Path) -> None:
        for name in ("a.toml", f"a.{_LANGUAGE}.toml"):
            (folder / name).symlink_to(target)

    return put


def _piped(folder: Path) -> None:
    _write(folder / "a.toml", pack("X-1").encode())
    os.mkfifo(folder / f"a.{_LANGUAGE}.toml")


def _listening(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made, suppress(OSError):  # too long a path is none
        made.bind(str(folder / "a.toml"))


def _device(folder: Path) -> None:
    with suppress(PermissionError):  # root's to make
        os.mknod(folder / "a.toml", 0o20666, os.makedev(1, 5))  # /dev/zero


def _hole(folder: Path) -> None:
    with (folder / "a.toml").open("wb") as file:
        file.truncate(8 * 1024**3)


def _many(folder: Path, count: int, data: bytes) -> None:
    for number in range(count):
        _write(folder / f"p{number:04}.toml", data)


def _folder_is_a_link(folder: Path) -> None:
    folder.rmdir()
    folder.symlink_to("/etc")


def _folder_is_a_file(folder: Path) -> None:
    folder.rmdir()
    folder.write_bytes(pack("X-1").encode())


# ── reading them ───────────────────────────────────────────────────────────────────────────

_HARMLESS: Final = ("open", "os.listdir", "os.scandir", "object.__getattr__")
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """Hears all that Python does beside computing, while it listens."""

    def __init__(self) -> None:
        self.folder = ""
        self.heard: list[str] = []
        sys.addaudithook(self._hears)

    def _hears(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.folder:
            return
        what = arguments[0] if arguments else ""
        if event == "open" and isinstance(what, str | bytes):
            flags = arguments[2] or 0
            inside = os.fsdecode(what).startswith(f"{self.folder}/")
            if flags & _WRITES or not inside:
                self.heard.append(f"open {what!a} {flags:o}")
        elif event not in _HARMLESS:
            self.heard.append(f"{event} {arguments!a}")


def main(root: Path) -> None:
    """Read every folder in *root*, and print what came of it."""
    setattr(policy_packs, "_OWNERS", frozenset({0, os.getuid()}))  # noqa: B010 - it is Final for all others
    folders = sorted(root.iterdir())
    watch = Watch()
    _read(root / "nowhere", watch)  # loads what is loaded late
    Path(os.devnull).write_bytes(b"")
    assert [] == watch.heard
    watch.folder = str(root)
    Path(os.devnull).write_bytes(b"")
    watch.folder = ""
    assert watch.heard, "it is deaf"
    watch.heard.clear()
    before = _peak_kb()
    rows = [_read(folder, watch) for folder in folders]
    told = {"rows": rows, "kilobytes": _peak_kb() - before, "heard": watch.heard}
    print(json.dumps(told))  # noqa: T201 - for the test


def _peak_kb() -> int:
    """Return the most memory that this program has had; what getrusage tells begins before it did."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def _read(folder: Path, watch: Watch) -> dict[str, Any]:
    """Read *folder* as an organisation's and as a person's own; tell of the latter."""
    watch.folder = str(folder)
    began = time.thread_time()  # other programs may be at work
    found, problems = [packs._whole(packs._given([(folder, x)], _LANGUAGE)) for x in Whose][-1]
    poses = pack_files.look_into(folder, packs._pose_files)
    packs.look(folder)
    seconds = time.thread_time() - began
    watch.folder = ""
    texts = [one for given in found for one in given.pack.texts.values()]
    every = [*problems, *(p for given in found for p in given.pack.problems), *poses.problems]
    return {
        "seconds": seconds,
        "texts": [
            [one.id, one.title, one.body, one.caution, *(step.text for step in one.steps)]
            for one in texts
        ],
        "problems": [str(problem) for problem in every],
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
