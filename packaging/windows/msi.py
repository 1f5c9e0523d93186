"""Makes the MSI of the Windows programs: `python3 msi.py FOLDER VERSION FILE.msi` (needs wixl and msibuild).

Per machine, for all users; nothing but files, a shortcut, the search path, and the start at login where AUTOSTART=1.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE: Final = Path(__file__).parent
UPGRADE_CODE: Final = UUID("8d5f2f0c-6a3e-5b1d-9c47-2e0b7a4d16f3")
"""By this Windows finds an older deskbreak. It never changes."""
AGENT: Final = "deskbreakw.exe"
CONSOLE: Final = "deskbreak.exe"
RUN_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
RUN_NAME: Final = "deskbreak"
_RAW_64: Final = 2 | 16  # msidbLocatorTypeRawValue, msidbLocatorType64bit
_RUN: Final = "c_run"
_WAS: Final = "s_run"


def guid(name: str) -> str:
    """Return the code of what is called *name*: the same in every version, another for another name.

    Source: Changing the Component Code, Windows Installer reference.
    """
    return str(uuid5(UPGRADE_CODE, name.lower())).upper()


def product_code(version: str) -> str:
    """Return the code by which Intune and others look for this very version."""
    return guid(f"product {version}")


@dataclass(frozen=True, slots=True)
class _Folder:
    """One folder of the programs, as a tree."""

    files: list[PurePosixPath] = field(default_factory=list)
    folders: dict[str, _Folder] = field(default_factory=dict)


def _tree(paths: Iterable[PurePosixPath]) -> _Folder:
    root = _Folder()
    for path in sorted(paths):
        folder = root
        for part in path.parent.parts:
            folder = folder.folders.setdefault(part, _Folder())
        folder.files.append(path)
    return root


def _id(kind: str, path: PurePosixPath | str) -> str:
    """Return a name for a row of the MSI: letters and digits, at most 72."""
    return f"{kind}_{uuid5(UPGRADE_CODE, str(path)).hex}"


def source(paths: Iterable[PurePosixPath], version: str) -> str:
    """Return what wixl makes an MSI of, in a folder with files/, where *paths* are, and the icon."""
    ordered = sorted(paths)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">',
        *_head(version),
        *_directories(_tree(ordered)),
        *_feature(ordered),
        "</Product>",
        "</Wix>",
    ]
    return "\n".join(lines) + "\n"


def _head(version: str) -> Iterator[str]:
    yield (
        f'<Product Id="{product_code(version)}" UpgradeCode="{str(UPGRADE_CODE).upper()}" Name="deskbreak"'
        f' Version="{version}" Manufacturer="The deskbreak authors" Language="1033">'
    )
    yield (
        '<Package InstallerVersion="500" Compressed="yes" InstallScope="perMachine"'
        ' Description="A workplace break reminder"/>'
    )
    yield '<MajorUpgrade DowngradeErrorMessage="A newer deskbreak is installed already."/>'
    yield '<MediaTemplate EmbedCab="yes"/>'
    yield '<Icon Id="deskbreak.ico" SourceFile="deskbreak.ico"/>'
    yield '<Property Id="ARPPRODUCTICON" Value="deskbreak.ico"/>'
    yield '<Property Id="ARPNOMODIFY" Value="1"/>'
    yield '<Property Id="AUTOSTARTED">'
    yield (
        f'<RegistrySearch Id="{_WAS}" Root="HKLM" Key="{RUN_KEY}" Name="{RUN_NAME}" Type="raw"/>'
    )
    yield "</Property>"


def _directories(tree: _Folder) -> Iterator[str]:
    yield '<Directory Id="TARGETDIR" Name="SourceDir">'
    yield '<Directory Id="ProgramMenuFolder"/>'
    yield '<Directory Id="ProgramFiles64Folder">'
    yield '<Directory Id="ProgramsFolder" Name="Deskbreak">'
    yield from _components(tree, PurePosixPath())
    yield f'<Component Id="{_RUN}" Guid="{guid("start at login")}" Win64="yes">'
    yield (
        f'<RegistryValue Root="HKLM" Key="{RUN_KEY}" Name="{RUN_NAME}" Type="string"'
        f' Value="&quot;[ProgramsFolder]{AGENT}&quot; run" KeyPath="yes"/>'
    )
    yield "</Component>"
    yield "</Directory></Directory></Directory>"


def _components(tree: _Folder, at: PurePosixPath) -> Iterator[str]:
    for path in tree.files:
        name, place = quoteattr(path.name), quoteattr(f"files/{path}")
        yield f'<Component Id="{_id("c", path)}" Guid="{guid(str(path))}" Win64="yes">'
        yield f'<File Id="{_id("f", path)}" Name={name} Source={place} KeyPath="yes">'
        if str(path) == AGENT:
            # Where one runs already it shows what it has to say; a second one would only end.
            yield (
                '<Shortcut Id="sc_menu" Directory="ProgramMenuFolder" Name="deskbreak"'
                ' Arguments="run --launched" Description="Breaks from sitting still, at good moments"'
                ' WorkingDirectory="ProgramsFolder" Icon="deskbreak.ico" Advertise="no"/>'
            )
        yield "</File>"
        yield "</Component>"
    for name, inside in tree.folders.items():
        yield f'<Directory Id="{_id("d", at / name)}" Name={quoteattr(name)}>'
        yield from _components(inside, at / name)
        yield "</Directory>"


def _feature(paths: Iterable[PurePosixPath]) -> Iterator[str]:
    yield '<Feature Id="deskbreak" Level="1" Title="deskbreak">'
    for path in paths:
        yield f'<ComponentRef Id="{_id("c", path)}"/>'
    yield f'<ComponentRef Id="{_RUN}"/>'
    yield "</Feature>"


def changes() -> Iterator[str]:
    """Yield what wixl cannot say, as changes to the MSI's tables in the installer's SQL."""
    # wixl has no conditions of components. An upgrade that says nothing of AUTOSTART leaves it as it is.
    yield (
        "UPDATE `Component` SET `Condition` = 'AUTOSTART=1 OR (AUTOSTARTED AND NOT AUTOSTART)'"  # noqa: S608 - no foreign word
        f" WHERE `Component` = '{_RUN}'"
    )
    yield f"UPDATE `RegLocator` SET `Type` = {_RAW_64} WHERE `Signature_` = '{_WAS}'"  # noqa: S608 - the same
    # Without this, Windows takes no property from whoever is not an administrator yet.
    yield (
        "UPDATE `Property` SET `Value` = 'WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED;AUTOSTART'"
        " WHERE `Property` = 'SecureCustomProperties'"
    )
    # Inside the transaction: an upgrade that fails brings the old version back.
    yield (
        "UPDATE `InstallExecuteSequence` SET `Sequence` = 1501"
        " WHERE `Action` = 'RemoveExistingProducts'"
    )
    # Nor has wixl the search path. Source: Environment Table, Windows Installer reference: = sets at
    # installation, - removes at removal, * is for the machine, and [~] is what is there already.
    yield (
        "CREATE TABLE `Environment` (`Environment` CHAR(72) NOT NULL,"
        " `Name` CHAR(255) NOT NULL LOCALIZABLE, `Value` CHAR(255) LOCALIZABLE,"
        " `Component_` CHAR(72) NOT NULL PRIMARY KEY `Environment`)"
    )
    yield (
        "INSERT INTO `Environment` (`Environment`, `Name`, `Value`, `Component_`)"  # noqa: S608 - the same
        f" VALUES ('e_path', '=-*PATH', '[~];[ProgramsFolder]', '{_id('c', CONSOLE)}')"
    )
    for action, number in (("RemoveEnvironmentStrings", 3300), ("WriteEnvironmentStrings", 5200)):
        yield (
            "INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`)"  # noqa: S608 - the same
            f" VALUES ('{action}', '', {number})"
        )


def build(folder: Path, version: str, target: Path) -> None:
    """Make *target* of what is in *folder*.

    Raises:
        CalledProcessError: wixl or msibuild could not.
    """
    paths = [
        PurePosixPath(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
    ]
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        # wixl finds files by paths that are relative to where it runs.
        here = Path(scratch)
        (here / "files").symlink_to(folder.absolute())
        (here / "deskbreak.ico").symlink_to(HERE.absolute() / "deskbreak.ico")
        (here / "deskbreak.wxs").write_text(source(paths, version), encoding="utf-8")
        argv = ["wixl", "--arch", "x64", "--output", str(target.absolute()), "deskbreak.wxs"]
        subprocess.run(argv, check=True, cwd=here)
    for change in changes():
        subprocess.run(["msibuild", target, "-q", change], check=True)


if __name__ == "__main__":
    build(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
