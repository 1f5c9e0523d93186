from __future__ import annotations

import ast
import importlib
import importlib.util
import shutil
import struct
import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

import pytest

from tests.architecture import REPOSITORY, is_in, modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Part = Callable[[str], Any]

WINDOWS: Final = REPOSITORY / "packaging" / "windows"
FILES: Final = tuple(
    map(
        PurePosixPath, ("deskbreak.exe", "deskbreakw.exe", "_internal/a.py", "_internal/b/c & é.py")
    )
)
ELSEWHERE: Final = ("deskbreak.platforms.linux", "deskbreak.platforms.macos")


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Part:
    """Import a program of packaging/windows; the folder is no package, as another is called so."""
    monkeypatch.syspath_prepend(WINDOWS.parent)
    monkeypatch.syspath_prepend(WINDOWS)
    return importlib.import_module


def _components(source: str) -> dict[str, str]:
    """Name the file of each component with its code."""
    return {
        file.attrib["Source"]: component.attrib["Guid"]
        for component in _all(source, "Component")
        for file in component
        if file.tag.endswith("File")
    }


def _all(source: str, tag: str) -> list[ET.Element]:
    return [each for each in ET.fromstring(source).iter() if each.tag.endswith(f"}}{tag}")]  # noqa: S314 - made here


def test_given_another_version_then_the_same_file_has_the_same_code(part: Part) -> None:
    """Windows keeps apart what is to stay and what is to go by the codes of components."""
    msi = part("msi")
    old = _components(msi.source(FILES, "1.0.0"))
    new = _components(msi.source([*FILES, PurePosixPath("_internal/new.py")], "1.1.0"))

    assert {f"files/{path}" for path in FILES} == set(old)
    assert old == {name: code for name, code in new.items() if name in old}
    assert len(new) == len(set(new.values()))


def test_given_any_version_then_it_is_an_upgrade_of_every_other(part: Part) -> None:
    """The upgrade code is one for ever; each version has a code of its own, known beforehand."""
    msi = part("msi")
    (old,), (again,), (new,) = (
        _all(msi.source(FILES, version), "Product") for version in ("1.0.0", "1.0.0", "1.1.0")
    )

    assert "8D5F2F0C-6A3E-5B1D-9C47-2E0B7A4D16F3" == old.attrib["UpgradeCode"]
    assert old.attrib["UpgradeCode"] == new.attrib["UpgradeCode"]
    assert old.attrib["Id"] == again.attrib["Id"] != new.attrib["Id"]


def test_given_files_then_all_are_in_the_feature_under_names_that_windows_takes(part: Part) -> None:
    """A component outside the feature would not be installed."""
    source = part("msi").source(FILES, "1.0.0")
    names = [each.attrib["Id"] for each in _all(source, "Component")]
    ids = [each.attrib["Id"] for each in ET.fromstring(source).iter() if "Id" in each.attrib]  # noqa: S314 - made here

    assert sorted(names) == sorted(each.attrib["Id"] for each in _all(source, "ComponentRef"))
    assert max(map(len, ids)) <= 72
    assert {"c & é.py", "deskbreakw.exe"} <= {each.attrib["Name"] for each in _all(source, "File")}


def test_given_the_menu_then_its_entry_starts_the_agent_without_a_console(part: Part) -> None:
    """Who chooses deskbreak in the menu while it runs is shown what it has to say."""
    source = part("msi").source(FILES, "1.0.0")
    owners = [
        (file.attrib["Source"], shortcut.attrib["Arguments"])
        for file in _all(source, "File")
        for shortcut in file
    ]

    assert [("files/deskbreakw.exe", "run --launched")] == owners


def test_given_an_upgrade_then_the_start_at_login_stays_as_it_was(part: Part) -> None:
    """AUTOSTART=1 switches it on, 0 off; an upgrade that does not say keeps it."""
    changes = "\n".join(part("msi").changes())

    assert "'AUTOSTART=1 OR (AUTOSTARTED AND NOT AUTOSTART)' WHERE `Component` = 'c_run'" in changes


@pytest.mark.skipif(
    not (shutil.which("wixl") and shutil.which("msibuild")),
    reason="apt install wixl msitools",
)
def test_given_a_folder_then_an_msi_is_made_of_it(tmp_path: Path, part: Part) -> None:
    """The tables hold each file, the search path, and the start at login with its condition."""
    folder, target = tmp_path / "ein Ordner", tmp_path / "new" / "deskbreak.msi"
    for path in FILES:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(str(path), encoding="utf-8")

    part("msi").build(folder, "1.2.3", target)

    assert len(FILES) == len(list(_rows(target, "File")))
    assert "1.2.3" in dict(row[:2] for row in _rows(target, "Property")).values()
    ((_, name, value, _),) = _rows(target, "Environment")
    assert ("=-*PATH", "[~];[ProgramsFolder]") == (name, value)
    (started,) = [row for row in _rows(target, "Component") if row[0] == "c_run"]
    assert "AUTOSTART=1 OR (AUTOSTARTED AND NOT AUTOSTART)" == started[4]
    order = {row[0]: int(row[2]) for row in _rows(target, "InstallExecuteSequence")}
    assert order["InstallInitialize"] < order["RemoveExistingProducts"] < order["InstallFiles"]


def _rows(target: Path, table: str) -> Iterator[list[str]]:
    ran = subprocess.run(
        ["msiinfo", "export", target, table], check=True, capture_output=True, text=True
    )
    for line in ran.stdout.splitlines()[3:]:
        yield line.split("\t")


def test_given_pictures_then_the_icon_points_at_each_of_them(part: Part) -> None:
    """The smallest is first, and each is where its row says."""
    pictures = [_picture(256), _picture(16)]
    made = part("icon").icon(pictures)
    rows = list(struct.iter_unpack("<BBBBHHII", made[6 : 6 + 2 * 16]))

    assert (0, 1, 2) == struct.unpack_from("<HHH", made)
    assert [16, 0] == [row[0] for row in rows]
    assert pictures[::-1] == [made[row[7] : row[7] + row[6]] for row in rows]


@pytest.mark.parametrize("picture", [b"GIF89a" + bytes(40), b"", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_given_what_is_no_picture_for_an_icon_then_it_is_refused(
    picture: bytes, part: Part
) -> None:
    """An icon that Windows cannot draw must not be built."""
    with pytest.raises(ValueError, match="does not fit"):
        part("icon").icon([picture])


def _picture(size: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", size, size) + b"rest"


def test_given_our_icon_then_it_has_a_picture_for_every_place() -> None:
    """Task bar, list, tile: none of them is drawn from a picture that is too small."""
    data = (WINDOWS / "deskbreak.ico").read_bytes()
    _, _, count = struct.unpack_from("<HHH", data)
    sizes = [row[0] or 256 for row in struct.iter_unpack("<BBBBHHII", data[6 : 6 + 16 * count])]

    assert [16, 20, 24, 32, 40, 48, 64, 256] == sizes


def test_given_what_is_left_out_then_nothing_of_ours_misses_it(part: Part) -> None:
    """What only Linux's parts import may be left out, what others import may not."""
    left_out = [name for name in part("contents").LEFT_OUT if not is_in(name, "deskbreak")]
    missed = {
        (module, name)
        for module, path in modules().items()
        if not any(is_in(module, other) for other in ELSEWHERE)
        for name in _imported(path)
        if any(is_in(name, out) for out in left_out)
    }

    assert set() == missed


def test_given_what_is_no_module_then_it_is_carried_where_it_is_looked_for(part: Part) -> None:
    """A page without its template, and a template without its sheet, would be none."""
    carried = {REPOSITORY / folder: target for folder, target in part("contents").DATA}
    beside_code = {
        path.parent
        for path in (REPOSITORY / "deskbreak").rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }

    assert {REPOSITORY / "config", REPOSITORY / "icons"} <= set(carried)
    for folder in beside_code - {REPOSITORY / "deskbreak"}:
        assert folder.relative_to(REPOSITORY).as_posix() == carried[folder]


def test_given_modules_that_no_import_names_then_they_are_there(part: Part) -> None:
    """A wrong name would be noticed on Windows alone, when somebody opens a page."""
    for name in part("contents").HIDDEN:
        if not name.startswith(("pystray", "plyer")):
            assert importlib.util.find_spec(name) is not None


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_given_distributions_then_the_notices_have_each_with_its_licence(part: Part) -> None:
    """Whoever hands the programs on hands on the licences of all that is inside."""
    notices = part("notices")
    names = notices.distributions(("pystray._base", "apscheduler.job", "deskbreak.cli", "json"))
    text = notices.notices([name for name in names if name != "pyinstaller"], ("3.11.9", "PSF"))

    assert ("APScheduler", "pyinstaller", "pystray") == names
    assert "LGPL-3.0-or-later" in text
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "Permission is hereby granted" in text
    assert "\nPython 3.11.9\n" in text
