"""Whose a file of Windows is, and who may write it, as Windows describes that in text."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.policy import windows_rights
from deskbreak.policy.secure import Insecure
from deskbreak.policy.windows_rights import see_that_secure

if TYPE_CHECKING:
    from pathlib import Path

PERSON: Final = "S-1-5-21-1004336348-1177238915-682003330-1001"
INSTALLER: Final = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
ADMINS: Final = "(A;ID;FA;;;SY)(A;ID;FA;;;BA)"
# What a folder that an administrator makes below ProgramData inherits from it: everybody may read,
# and make files and folders of their own.
PROGRAM_DATA: Final = (
    "D:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIIOID;GA;;;CO)(A;OICIID;0x1200a9;;;BU)"
    "(A;CIID;DCLCRPCR;;;BU)"
)


def found(monkeypatch: pytest.MonkeyPatch, path: Path, text: str) -> str:
    """Return what is said of *path* that has *text*; empty: it counts."""
    monkeypatch.setattr(windows_rights, "_descriptor", lambda _: text)
    try:
        see_that_secure(path)
    except Insecure as insecure:
        return str(insecure.why).removeprefix(str(path))
    return ""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A pack."""
    path = tmp_path / "a.toml"
    path.touch()
    return path


@pytest.mark.parametrize("owner", ["BA", "SY", "LA", "DA", "EA", INSTALLER])
def test_given_a_file_as_an_administrator_makes_it_then_it_counts(
    monkeypatch: pytest.MonkeyPatch, file: Path, owner: str
) -> None:
    """By hand, with group policy, or by an installer."""
    text = f"O:{owner}G:SYD:AI{ADMINS}(A;ID;0x1200a9;;;BU)"

    assert "" == found(monkeypatch, file, text)


@pytest.mark.parametrize("owner", [f"O:{PERSON}", "O:BU", "O:WD", "", "G:BA"])
def test_given_a_file_of_somebody_else_then_it_does_not_count(
    monkeypatch: pytest.MonkeyPatch, file: Path, owner: str
) -> None:
    """Below ProgramData everybody may make one."""
    said = found(monkeypatch, file, f"{owner}G:SYD:AI{ADMINS}")

    assert " does not belong to the administrators, so it does not count" == said


@pytest.mark.parametrize(
    "entry",
    [
        *("(A;;FA;;;BU)", "(A;;FW;;;WD)", "(A;;GA;;;AU)", "(A;;GRGW;;;BU)", "(A;ID;0x1301bf;;;BU)"),
        *(f"(A;;0x1f01ff;;;{PERSON})", "(A;;WD;;;BU)", "(A;;WO;;;BU)", "(A;;SD;;;BU)"),
        *("(A;;DC;;;BU)", "(A;;CCLC;;;BU)", "(A;;NEW;;;BU)", "(A;;0x2;;;IU)"),
        '(XA;;FW;;;WD;(@User.Title == "PM"))',
        "(OA;;FW;f30e3bbe-9ff0-11d1-b603-0000f80367c1;;WD)",
    ],
)
def test_given_a_file_that_others_can_write_then_it_does_not_count(
    monkeypatch: pytest.MonkeyPatch, file: Path, entry: str
) -> None:
    """Its data, its rights or its owner; what is not known here is taken for the worst."""
    said = found(monkeypatch, file, f"O:BAG:SYD:AI{ADMINS}{entry}")

    assert " can be written by others than administrators, so it does not count" == said


@pytest.mark.parametrize(
    "entry",
    [
        *("(A;;FR;;;WD)", "(A;;FRFX;;;BU)", "(A;;GRGX;;;AU)", "(A;;0x1200a9;;;BU)"),
        *("(D;;FA;;;BU)", "(A;OICIIO;FA;;;BU)", "(A;;FA;;;OW)", "(AU;SAFA;FA;;;WD)"),
    ],
)
def test_given_others_that_may_only_read_then_it_counts(
    monkeypatch: pytest.MonkeyPatch, file: Path, entry: str
) -> None:
    """Also what is forbidden, and what is meant for files that come to lie in a folder."""
    assert "" == found(monkeypatch, file, f"O:BAG:SYD:AI{ADMINS}{entry}")


@pytest.mark.parametrize("acl", ["", "D:", "D:NO_ACCESS_CONTROL", "D:PAI", "S:(AU;SAFA;FA;;;WD)"])
def test_given_no_list_of_rights_then_it_does_not_count(
    monkeypatch: pytest.MonkeyPatch, file: Path, acl: str
) -> None:
    """Without one everybody may do everything."""
    assert "can be written by others" in found(monkeypatch, file, f"O:BAG:SY{acl}")


def test_given_a_folder_below_program_data_then_it_counts_as_it_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """People may put files of their own into it, which do not count; theirs they cannot touch."""
    assert "" == found(monkeypatch, tmp_path, f"O:BAG:SY{PROGRAM_DATA}")


@pytest.mark.parametrize("entry", ["(A;;FA;;;BU)", "(A;;DT;;;BU)", "(A;;WD;;;BU)", "(A;;GA;;;BU)"])
def test_given_a_folder_in_which_others_can_remove_files_then_it_does_not_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entry: str
) -> None:
    """They could put any other in its place."""
    said = found(monkeypatch, tmp_path, f"O:BAG:SY{PROGRAM_DATA}{entry}")

    assert " can be written by others than administrators, so it does not count" == said


@pytest.mark.skipif(sys.platform != "win32", reason="Windows' own rights")
def test_given_a_real_file_then_windows_says_whose_it_is(file: Path) -> None:
    """Whoever runs the tests has made it."""
    text = windows_rights._descriptor(file)

    assert text.startswith("O:")
    assert "D:" in text
    assert windows_rights.program_data().is_dir()
