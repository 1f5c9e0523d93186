"""Where files are, on each OS and in the package; settings in and out; texts of packs."""

from __future__ import annotations

import os
import re
import stat
import sys
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core import timeline
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.settings import Layer, Origin, check, flatten
from deskbreak.core.words import N_, Refusal, Said, said
from deskbreak.storage.textfile import (
    BOM,
    Withheld,
    decoded,
    locked,
    private_folder,
    read_bytes,
    replace_text,
)
from deskbreak.storage.toml_text import edited, lines_of, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.core.timeline import Timeline

MOST_BYTES: Final = 64 * 1024  # of a settings file; the example with every setting has 9 kB
_MOST_PACK_BYTES: Final = 1024 * 1024  # of one that is built in; the English one has 80 kB
_ICON_SIZES: Final = (22, 24, 32, 44, 48, 64)  # pixels; `make icons` draws these
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})(?:[_-]([A-Za-z]{2}))?(?![A-Za-z])")


@quick_dataclass(frozen=True, slots=True)
class Places:
    """Where this user's files are; nothing is made before it is needed."""

    settings: Path  # file
    history: Path  # file
    packs: Path  # folder of the user's own packs
    log: Path  # file
    runtime: Path  # folder; only after `runtime_folder` has looked at it
    data: Path  # folder of the history

    @property
    def latest(self) -> Path:
        """The file with the state of the running agent, where the runtime folder lies in memory."""
        return self.runtime / "state"

    @property
    def policy_copy(self) -> Path:
        """The file with what was last good of an organisation's policy."""
        return self.data / "policy.json"


def places(platform: str = sys.platform) -> Places:
    """Say where this user's files are; one look at the disk, for ``XDG_RUNTIME_DIR``.

    Source: XDG Base Directory Specification 0.8; Known Folders, Microsoft Win32 reference;
    File System Programming Guide, Apple: as platformdirs has them.

    Raises:
        Refusal: There is no home folder.
    """
    if platform == "win32":
        return _windows()
    try:
        Path.home()
    except RuntimeError as error:
        raise Refusal(said(N_("this user has no home folder; set HOME"))) from error
    return _macos() if platform == "darwin" else _xdg()


def _xdg() -> Places:
    from platformdirs.unix import Unix

    folders = Unix("deskbreak")
    data = _absolute(folders.user_data_path, ".local/share")
    state = _absolute(folders.user_state_path, ".local/state")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return Places(
        settings=_absolute(folders.user_config_path, ".config") / "settings.toml",
        history=data / "history.db",
        packs=data / "packs",
        log=state / "deskbreak.log",
        # Not as platformdirs has it: su and sudo leave the variable of another user behind, and
        # without one a folder under /tmp is nobody's own.
        runtime=Path(runtime) / "deskbreak" if _is_own_folder(runtime) else state / "run",
        data=data,
    )


def _absolute(folder: Path, default: str) -> Path:
    """Return *folder*, or what a relative one must not replace; platformdirs 2 lets it."""
    return folder if folder.is_absolute() else Path.home() / default / "deskbreak"


def _is_own_folder(path: str) -> bool:
    try:
        found = os.stat(path) if path.startswith("/") else None  # noqa: PTH116 - may be no path
    except OSError:
        return False
    return found is not None and stat.S_ISDIR(found.st_mode) and found.st_uid == _user()


def _user() -> int:
    if sys.platform == "win32":
        return 0
    return os.getuid()


def _windows() -> Places:
    from platformdirs.windows import Windows

    roaming = Windows("Deskbreak", appauthor=False, roaming=True).user_data_path
    local = Windows("Deskbreak", appauthor=False)
    data = local.user_data_path
    return Places(
        settings=roaming / "settings.toml",
        history=data / "history.db",
        packs=data / "packs",
        log=local.user_log_path / "deskbreak.log",
        runtime=data / "Run",
        data=data,
    )


def _macos() -> Places:
    from platformdirs.macos import MacOS

    folders = MacOS("Deskbreak")
    support = folders.user_data_path
    return Places(
        settings=support / "settings.toml",
        history=support / "history.db",
        packs=support / "packs",
        log=folders.user_log_path / "deskbreak.log",
        runtime=Path(os.environ.get("TMPDIR") or "/tmp") / f"deskbreak-{_user()}",  # noqa: S108 - checked
        data=support,
    )


def runtime_folder(places: Places) -> Path:
    """Make the folder of channel and lock, and see that nobody else can reach into it.

    Raises:
        Refusal: It cannot be made, or is not this user's alone.
    """
    path = places.runtime
    private_folder(path)
    if sys.platform == "win32":  # a folder under LOCALAPPDATA is the user's alone
        return path
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise Refusal(said(N_("{path} is a link; it must be a folder"), path=path))
    if found.st_uid != _user():
        raise Refusal(said(N_("{path} belongs to another user"), path=path))
    if found.st_mode & 0o077:
        from shlex import quote  # the resident process needs it for nothing else

        raise Refusal(
            said(N_("other users can reach into {path}"), path=path),
            said(N_("Close it: {command}"), command=f"chmod 700 {quote(str(path))}"),
        )
    return path


def bundled(*parts: str) -> Path:
    """Return where a file lies that comes with deskbreak, in a source tree or installed."""
    package = Path(__file__).parents[1]
    inside = package / "_data"  # made when the wheel is built
    return (inside if inside.is_dir() else package.parent).joinpath(*parts)


def icon_path(state: str, size: int) -> Path:
    """Return the picture of a state whose *size* (pixels) is the next larger, or the largest."""
    nearest = next((one for one in _ICON_SIZES if one >= size), _ICON_SIZES[-1])
    folder = icon_theme() / "hicolor" / f"{nearest}x{nearest}" / "status"
    return folder / f"deskbreak_{state}.png"


def icon_theme() -> Path:
    """Return the folder where a panel finds our icons by name, as icon themes are laid out."""
    return bundled("icons")


def locale_dir() -> Path:
    """Return the folder of the gettext catalogues."""
    return bundled("config", "locale")


def sample_weeks() -> tuple[Timeline, ...]:
    """Return weeks of nobody in particular, for whoever has no history yet.

    Raises:
        Refusal: They are not there.
    """
    folder = bundled("config", "weeks")
    paths = sorted(folder.glob("*.timeline"))
    if not paths:
        raise Refusal(said(N_("{path} is not there"), path=folder))
    return tuple(timeline.parse(path.read_bytes()) for path in paths)


def pack_texts(language: str) -> tuple[tuple[str, str], ...]:
    """Return name and text of the English pack, and of what translates it, the nearest last.

    *language* is as in the settings or in ``LANG``: de, de_AT, de_AT.UTF-8.

    Raises:
        Refusal: The English pack is not there.
    """
    names = [name for name in languages(language) if name != "en"]
    paths = [bundled("config", "packs", f"{name}.toml") for name in names]
    english = bundled_text(bundled("config", "packs", "en.toml"))
    return (english, *(bundled_text(path) for path in paths if path.is_file()))


def languages(language: str) -> tuple[str, ...]:
    """Return what a translation may be called that *language* wants, the nearest last."""
    found = _LANGUAGE.match(language)
    if found is None:
        return ()
    plain, country = found[1].lower(), (found[2] or "").upper()
    return (plain, f"{plain}_{country}") if country else (plain,)


def bundled_text(path: Path) -> tuple[str, str]:
    """Return name and text of a file on prompts that comes with deskbreak.

    Raises:
        Refusal: It is not there, or cannot be read.
    """
    data = read_bytes(path, _MOST_PACK_BYTES)
    if data is None:
        raise Refusal(said(N_("{path} is not there"), path=path))
    return path.name, decoded(data, str(path)).removeprefix(BOM)


@quick_dataclass(frozen=True, slots=True)
class ReadFile:
    """What a settings file says; with a ``problem``, nothing."""

    values: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    problem: Said | None = None
    doubled: tuple[Said, ...] = ()  # keys given twice; the file counts all the same
    withheld: bool = False  # the problem is the disk's, and may pass without a change of the file

    def layer(self, name: str, origin: Origin = Origin.USER) -> Layer:
        """Return it as a layer, which messages call *name*."""
        return Layer(origin, name, self.values, self.lines, self.doubled)


def read_settings(path: Path) -> ReadFile:
    """Read a settings file; one that is not there says nothing. Never raises, at most 0.2 s."""
    try:
        data = read_bytes(path, MOST_BYTES)
    except Refusal as reason:
        return ReadFile(problem=reason.why, withheld=isinstance(reason, Withheld))
    return ReadFile() if data is None else parse_settings(data, str(path))


def parse_settings(data: bytes, name: str) -> ReadFile:
    """Read the settings in *data*, which problems call *name*. Never raises, at most 0.2 s."""
    try:
        text = decoded(data, name).removeprefix(BOM)
        values, doubled = flatten(parsed(text, name))
    except Refusal as reason:
        return ReadFile(problem=reason.why)
    return ReadFile(values, lines_of(text, values), doubled=doubled)


def write_settings(path: Path, changes: Mapping[str, object | None]) -> None:
    """Set keys in a settings file, or remove them (None); the only writer. Two disk syncs.

    Comments, order, unknown keys and the mode of the file stay; a link is written through.
    An unknown key can be removed, not set. All changes are made, or none.

    Raises:
        BadSetting: A value cannot be.
        Refusal: The file is broken or read-only, or cannot be written; it is as it was.
    """
    sound = {key: None if value is None else check(key, value) for key, value in changes.items()}
    private_folder(path.parent)
    with locked(path.with_name(f"{path.name}.lock")):
        target = Path(os.path.realpath(path))
        data = read_bytes(target, MOST_BYTES)
        old = "" if data is None else decoded(data, str(path))
        mark = BOM if old.startswith(BOM) else ""
        new = mark + edited(old.removeprefix(mark), sound, str(path))
        if len(new.encode()) > MOST_BYTES:
            raise Refusal(said(N_("{path} would become too large"), path=path))
        if new != old:
            replace_text(target, new)
