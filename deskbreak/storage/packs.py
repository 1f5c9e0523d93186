"""The prompts of a person: what comes with deskbreak, their organisation's, and their own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from deskbreak.core import pack
from deskbreak.core.pack import MOST_PROMPTS, Whose
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, said
from deskbreak.policy.packs import see_that_secure
from deskbreak.storage import files, language, pack_files
from deskbreak.storage.textfile import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from deskbreak.core.pack import Pack
    from deskbreak.core.words import Said
    from deskbreak.storage.pack_files import Looked

T = TypeVar("T")

POSES: Final = ".poses.toml"
"""How the name of a file of poses ends."""
_SEES: Final = {Whose.ORGANISATION: see_that_secure, Whose.OWN: None}
_TRANSLATION: Final = re.compile(r"(.+)\.([a-z]{2,3}(?:_[A-Z]{2})?)\.toml")


@quick_dataclass(frozen=True, slots=True)
class Given:
    """A pack that is not built in, as it was read, with its translations laid over it."""

    path: Path
    whose: Whose
    pack: Pack


def read(own: Path, name: str, *organisation: Path) -> Pack:
    """Read all packs in the language of *name* (empty: the desktop's), one after the other.

    Those built in, those in the folders of an *organisation*, and those in the folder *own*; of
    two prompts with one id the earlier counts.

    Raises:
        Refusal: The English pack is not there.
    """
    return _whole(reading(own, name, *organisation))


def reading(own: Path, name: str, *organisation: Path) -> Generator[None, None, Pack]:
    """Do what `read` does, and pause before and after each file that is not built in.

    Three full folders take half a second, a file of those 60 ms; what is in another may make that
    0.25 s.

    Raises:
        Refusal: The English pack is not there.
    """
    made = _built_in(name)
    found, problems = yield from _given(_folders(own, organisation), name)
    for one in found:
        made = _joined(made, one)
    return replace(made, problems=(*made.problems, *problems))


def _whole(parts: Generator[None, None, T]) -> T:
    """Return what comes of *parts*, without a pause."""
    while True:
        try:
            next(parts)
        except StopIteration as end:
            made: T = end.value
            return made


def of_organisation(
    name: str, *organisation: Path
) -> tuple[tuple[tuple[Path, tuple[str, ...]], ...], tuple[Said, ...]]:
    """Return each pack of an organisation with the ids that it adds, and all that is wrong.

    Raises:
        Refusal: The English pack is not there.
    """
    made = _built_in(name)
    folders = ((one, Whose.ORGANISATION) for one in organisation)
    found, problems = _whole(_given(folders, name))
    rows = []
    for one in found:
        before, made = len(made.index), _joined(made, one)
        rows.append((one.path, tuple(entry.id for entry in made.index[before:])))
    return tuple(rows), (*made.problems, *problems)


def checked(path: Path) -> Pack:
    """Read the pack at *path*, or the one beside it that *path* translates, as if it were theirs.

    ``whose`` has its prompts, ``problems`` all that is wrong with it.

    Raises:
        Refusal: It cannot be read, or the English pack is not there.
    """
    found = _TRANSLATION.fullmatch(path.name)
    base = path.with_name(f"{found[1]}.toml") if found else path
    if not base.is_file():
        base = path
    made = pack.parse(pack_files.text_of(base), str(base))
    if base != path:
        made = pack.overlay(replace(made, problems=()), pack_files.text_of(path), str(path))
    return _joined(_built_in(""), Given(path, Whose.ORGANISATION, made))


def _joined(base: Pack, one: Given) -> Pack:
    return pack.joined(base, one.pack, _called(one.path, one.whose), one.whose)


def _built_in(name: str) -> Pack:
    (english, text), *translations = files.pack_texts(name or language.of_desktop())
    made = pack.parse(text, english)
    for translation, words in translations:
        made = pack.overlay(made, words, translation)
    return made


def _given(
    folders: Iterable[tuple[Path, Whose]], name: str
) -> Generator[None, None, tuple[tuple[Given, ...], tuple[Said, ...]]]:
    """Read the packs that are not built in, and say why others cannot be read. Never raises."""
    wanted = files.languages(name or language.of_desktop())
    found: list[Given] = []
    problems: list[Said] = []
    for folder, whose, looked in _looked(folders, wanted):
        packs, too_many = yield from _packs(folder, whose, looked, wanted)
        found += packs
        problems += [*looked.problems, *too_many]
    return tuple(found), tuple(problems)


def texts(own: Path, name: str, *organisation: Path) -> tuple[tuple[Whose | None, str], ...]:
    """Return all texts that `read` reads, in its order, with whose they are; None: built in.

    Raises:
        Refusal: The English pack is not there.
    """
    wanted = files.languages(name or language.of_desktop())
    ours = files.pack_texts(name or language.of_desktop())
    return (
        *((None, text) for _, text in ours),
        *(
            (whose, text)
            for _, whose, looked in _looked(_folders(own, organisation), wanted)
            for text in looked.texts.values()
        ),
    )


def pose_texts(own: Path, *organisation: Path) -> tuple[tuple[str, str], ...]:
    """Return name and text of each file of poses, in the order of `read`; limits are those of packs.

    Of the built-in ones too. What cannot be read is left out: the prompt has no figure then.
    """
    ours = sorted(files.bundled("config", "poses").glob("*.toml"))
    return (*map(files.bundled_text, ours), *given_poses(own, *organisation)[0])


def given_poses(
    own: Path, *organisation: Path
) -> tuple[tuple[tuple[str, str], ...], tuple[Said, ...]]:
    """Return name and text of each file of poses that is not built in, and why others are not read.

    What is wrong with a whole folder is told of its packs. Never raises.
    """
    found: list[tuple[str, str]] = []
    problems: list[Said] = []
    for folder, whose in _folders(own, organisation):
        looked = pack_files.look_into(folder, _pose_files, _SEES[whose])
        found += [(_called(folder / name, whose), text) for name, text in looked.texts.items()]
        problems += looked.problems if looked.names else ()
    return tuple(found), tuple(problems)


def is_back(made: Pack) -> bool:
    """Whether a disk gives by now what it did not give when *made* was read. One look at each."""
    held = (one.values["path"] for one in made.problems if one.template == UNREADABLE)
    return any(pack_files.is_given(path) for path in held if isinstance(path, Path))


def look(own: Path, *organisation: Path) -> object:
    """Return what is another value when `read` may return something else; one look at each file."""
    return tuple(pack_files.stamp(folder) for folder, _ in _folders(own, organisation))


def _folders(own: Path, organisation: Iterable[Path]) -> Iterator[tuple[Path, Whose]]:
    yield from ((folder, Whose.ORGANISATION) for folder in organisation)
    yield own, Whose.OWN


def _looked(
    folders: Iterable[tuple[Path, Whose]], wanted: Sequence[str]
) -> Iterator[tuple[Path, Whose, Looked]]:
    def chosen(names: Sequence[str]) -> Iterator[str]:
        return _pack_files(names, wanted)

    for folder, whose in folders:
        yield folder, whose, pack_files.look_into(folder, chosen, _SEES[whose])


def _packs(
    folder: Path, whose: Whose, looked: Looked, wanted: Sequence[str]
) -> Generator[None, None, tuple[list[Given], list[Said]]]:
    """Return the packs of a folder, each with what translates it, and which were too many."""
    found: list[Given] = []
    problems: list[Said] = []
    left = MOST_PROMPTS
    for name, text in looked.texts.items():
        if _translated(name, looked.names) is not None:
            continue
        yield
        made = pack.parse(text, _called(folder / name, whose))
        for one in wanted:
            translation = f"{name.removesuffix('.toml')}.{one}.toml"
            if translation in looked.texts:
                yield
                called = _called(folder / translation, whose)
                made = pack.overlay(made, looked.texts[translation], called)
        if len(made.index) > left:
            sentence = N_("{path} is left out: with it its folder has more than {most} prompts")
            problems.append(said(sentence, path=folder / name, most=MOST_PROMPTS))
        else:
            found.append(Given(folder / name, whose, made))
            left -= len(made.index)
    if looked.names:
        yield
    return found, problems


def _called(path: Path, whose: Whose) -> str:
    """Return what problems call a pack: a person knows their folder, an administrator has several."""
    return str(path) if whose is Whose.ORGANISATION else path.name


def _pack_files(names: Sequence[str], wanted: Sequence[str]) -> Iterator[str]:
    """Yield the packs of *names*, and what translates them into the languages *wanted*."""
    for name in names:
        language_ = _translated(name, names)
        if not name.endswith(POSES) and (language_ is None or language_ in wanted):
            yield name


def _pose_files(names: Sequence[str]) -> Iterator[str]:
    return (name for name in names if name.endswith(POSES))


def _translated(name: str, names: Iterable[str]) -> str | None:
    """Return the language into which a file translates another one of *names*; None: it is a pack."""
    found = _TRANSLATION.fullmatch(name)
    return found[2] if found and f"{found[1]}.toml" in names else None
