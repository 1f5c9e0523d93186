from __future__ import annotations

import itertools
import json
import plistlib
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pytest

from deskbreak.core.organisation import ORGANISATION
from deskbreak.core.setting import Managed, Type
from deskbreak.core.settings import flatten
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import judged, plain
from deskbreak.core.words import Said
from deskbreak.policy.names import ENDS, from_names, registry_name
from deskbreak.policy.templates import CULTURES, FORMATS, files, template
from tests.architecture import REPOSITORY
from tests.policy.editor import SPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.setting import Setting

ADMX: Final = ET.fromstring(template("admx"))  # noqa: S314 - our own
ADML: Final = {
    language: ET.fromstring(template("adml", language))  # noqa: S314 - our own
    for language in CULTURES
}
POLICIES: Final = list(ADMX.iter(f"{SPACE}policy"))
OURS: Final = [one for one in SETTINGS.values() if one.managed is not Managed.NEVER]
THEIRS: Final = [one.key for one in SETTINGS.values() if one.managed is Managed.NEVER]
ROOT: Final = r"SOFTWARE\Policies\Deskbreak"
LEVELS: Final = (ROOT, rf"{ROOT}\Recommended", rf"{ROOT}\Bounds")

# Source: "Win32 and Desktop Bridge app ADMX policy Ingestion", Microsoft.
BLOCKED: Final = ("system", r"software\microsoft", r"software\policies\microsoft")
MOST_BYTES: Final = 1_000_000
"""Of a file for Intune. Source: "Import custom ADMX and ADML administrative templates", Microsoft."""

languages = pytest.mark.parametrize("language", CULTURES)


def inner(element: ET.Element, *tags: str) -> Iterator[ET.Element]:
    """Yield what is in *element* under these names."""
    for one in element.iter():
        if one.tag.removeprefix(SPACE) in tags:
            yield one


def references(kind: str) -> set[str]:
    """Return what the template refers to in the words: strings, or presentations."""
    found = (
        re.fullmatch(rf"\$\({kind}\.(\w+)\)", v) for e in ADMX.iter() for v in e.attrib.values()
    )
    return {match[1] for match in found if match}


def elements(policy: ET.Element) -> list[ET.Element]:
    """Return what a policy asks for."""
    return policy.findall(f"{SPACE}elements/*")


def presentation(language: str, policy: ET.Element) -> dict[str, ET.Element]:
    """Return what a policy shows, by the element that it is for."""
    (found,) = (
        one for one in inner(ADML[language], "presentation") if one.get("id") == policy.get("name")
    )
    return {one.attrib["refId"]: one for one in found}


# ── the repository ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", files())
def test_given_a_made_file_then_it_is_what_the_table_makes_today(name: str) -> None:
    """When this fails: make policy."""
    assert files()[name] == (REPOSITORY / name).read_text(encoding="utf-8")


def test_given_the_folder_of_templates_then_nothing_old_is_left_in_it() -> None:
    """A file that nothing makes any more would go stale unseen."""
    folder = REPOSITORY / "config" / "policy"
    there = {
        path.relative_to(REPOSITORY).as_posix() for path in folder.rglob("*") if path.is_file()
    }

    assert there == {name for name in files() if name.startswith("config/policy/")}


def test_given_another_desktop_then_the_same_files_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is made depends on the table and the catalogues alone."""
    before = files()
    for name in ("LANGUAGE", "LC_ALL", "LANG"):
        monkeypatch.setenv(name, "de_DE.UTF-8")

    assert before == files()


@pytest.mark.parametrize("form", FORMATS)
def test_given_a_form_then_it_is_made_in_any_language_and_ends_with_a_line(form: str) -> None:
    """A language that nobody has translated is English."""
    assert template(form) == template(form, "xx")
    assert template(form, "de").endswith("\n")


# ── group policy ───────────────────────────────────────────────────────────────────────────


@languages
def test_given_the_template_then_its_words_are_all_there_and_none_is_left_over(
    language: str,
) -> None:
    """Every $(string.x) and $(presentation.x) leads somewhere, in each language."""
    strings = [one.attrib["id"] for one in inner(ADML[language], "string")]
    shown = [one.attrib["id"] for one in inner(ADML[language], "presentation")]

    assert sorted(references("string")) == sorted(strings)
    assert sorted(references("presentation")) == sorted(shown)
    assert all(one.text and one.text.strip() for one in inner(ADML[language], "string"))


def test_given_the_template_then_every_attribute_that_is_shown_is_a_reference() -> None:
    """A word in the template itself could not be translated."""
    shown = [
        value
        for one in ADMX.iter()
        for name, value in one.attrib.items()
        if name in {"displayName", "explainText", "presentation"}
    ]

    assert [] == [
        one for one in shown if not re.fullmatch(r"\$\((string|presentation)\.\w+\)", one)
    ]


def test_given_the_template_then_names_are_unique_and_references_resolve() -> None:
    """Two policies of one name would be one; a category that is not there would hide its policies."""
    for tag in ("policy", "category", "definition"):
        names = Counter(one.attrib["name"].casefold() for one in ADMX.iter(f"{SPACE}{tag}"))
        assert {1} == set(names.values())
        assert all(re.fullmatch(r"\w+", name) for name in names)
    categories = {one.attrib["name"] for one in ADMX.iter(f"{SPACE}category")}
    definitions = {one.attrib["name"] for one in ADMX.iter(f"{SPACE}definition")}

    assert {one.attrib["ref"] for one in inner(ADMX, "parentCategory")} <= categories
    assert {one.attrib["ref"] for one in inner(ADMX, "supportedOn") if one.attrib} == definitions
    assert ["target"] == [one.tag.removeprefix(SPACE) for one in inner(ADMX, "target", "using")]


def test_given_the_template_then_every_policy_is_for_users_and_machines_and_explained() -> None:
    """Intune refuses a policy without explanation."""
    assert {"Both"} == {one.attrib["class"] for one in POLICIES}
    assert all(one.get("explainText") for one in POLICIES)


def test_given_the_template_then_no_key_is_one_that_intune_blocks() -> None:
    """Everything is written below our own key."""
    keys = {one.attrib["key"] for one in ADMX.iter() if "key" in one.attrib}

    assert [] == [one for one in keys if not f"{one}\\".startswith(f"{ROOT}\\")]
    assert [] == [one for one in keys if one.lower().startswith(BLOCKED)]


def test_given_the_template_then_it_has_only_what_intune_takes() -> None:
    """No combo box, no reference to the templates of Windows, no file of more than a megabyte."""
    tags = {one.tag.removeprefix(SPACE) for words in ADML.values() for one in words.iter()}

    assert set() == tags & {"comboBox", "multiTextBox"}
    assert [] == [name for name, text in files().items() if len(text.encode()) > MOST_BYTES]


def test_given_a_policy_then_its_parts_stand_in_the_order_of_the_schema() -> None:
    """Source: ADMX Policy Definition Schema, MS-GPREG 7.2."""
    order = ["parentCategory", "supportedOn", "enabledValue", "disabledValue", "elements"]
    for policy in POLICIES:
        found = [order.index(part.tag.removeprefix(SPACE)) for part in policy]
        assert sorted(found) == found
        assert {0, 1} <= set(found)
        assert bool(elements(policy)) == ("presentation" in policy.attrib)
        assert bool(elements(policy)) != ("valueName" in policy.attrib)


@languages
def test_given_what_a_policy_asks_for_then_each_field_has_its_value(language: str) -> None:
    """A field that belongs to nothing, or has the wrong form, would not be written."""
    forms = {
        "decimal": "decimalTextBox",
        "text": "textBox",
        "list": "listBox",
        "enum": "dropdownList",
    }
    for policy in (one for one in POLICIES if elements(one)):
        shown = presentation(language, policy)
        asked = {one.attrib["id"]: one.tag.removeprefix(SPACE) for one in elements(policy)}
        assert {id_: forms[kind] for id_, kind in asked.items()} == {
            id_: one.tag.removeprefix(SPACE) for id_, one in shown.items()
        }


@languages
def test_given_a_number_then_its_default_is_within_its_bounds(language: str) -> None:
    """An editor that starts out of bounds could not be closed."""
    count = 0
    for policy in POLICIES:
        for one in (one for one in elements(policy) if one.tag == f"{SPACE}decimal"):
            low, high = int(one.attrib["minValue"]), int(one.attrib["maxValue"])
            shown = presentation(language, policy)[one.attrib["id"]]
            assert low <= int(shown.attrib["defaultValue"]) <= high
            count += 1

    numbers = sum(one.type is Type.WHOLE for one in OURS)
    assert (
        4 * numbers - 1 == count
    )  # locked, recommended, smallest, largest; days kept: no smallest


@pytest.mark.parametrize("setting", OURS, ids=lambda one: one.key)
def test_given_a_setting_then_its_value_is_written_where_it_is_read(setting: Setting) -> None:
    """Locked and recommended: the name, the key and the bounds are those of the table."""
    name = registry_name(setting.key)
    for level, suffix in ((LEVELS[0], ""), (LEVELS[1], "_Recommended")):
        (policy,) = (one for one in POLICIES if one.attrib["name"] == f"{name}{suffix}")
        assert level == policy.attrib["key"]
        if setting.type is Type.FLAG:
            assert name == policy.attrib["valueName"]
            continue
        (element,) = elements(policy)
        if setting.type in {Type.RANGES, Type.DATES}:
            assert (rf"{level}\{name}", "") == (element.get("key"), element.get("valuePrefix"))
            continue
        assert name == element.attrib["valueName"]
        if setting.type is Type.WHOLE:
            low = 0 if setting.or_zero else setting.low
            high = setting.default if setting.managed is Managed.SHORTEN else setting.high
            assert (low, high) == (int(element.attrib["minValue"]), int(element.attrib["maxValue"]))


def test_given_all_settings_then_each_is_there_and_nothing_that_is_a_persons_own() -> None:
    """Every setting that may be policy, the organisation, and no other."""
    locked = {one.attrib["name"] for one in POLICIES if one.attrib["key"] == LEVELS[0]}
    recommended = {one.attrib["name"] for one in POLICIES if one.attrib["key"] == LEVELS[1]}
    ours = {registry_name(one.key) for one in OURS}

    assert ours | {registry_name(key) for key in ORGANISATION} == locked
    assert {f"{name}_Recommended" for name in ours} == recommended
    assert THEIRS
    for form in FORMATS:
        text = template(form)
        assert [] == [key for key in THEIRS if key in text or registry_name(key) in text]


def test_given_bounds_then_each_end_has_a_name_that_is_read() -> None:
    """Numbers, times of day, choices; of days kept only the largest."""
    bounds = [one for one in POLICIES if one.attrib["key"] == LEVELS[2]]
    names = [element.attrib["id"] for policy in bounds for element in elements(policy)]
    read = from_names({}, dict.fromkeys(names, 1))["bounds"]
    assert isinstance(read, dict)

    assert set(names) == {
        f"{registry_name(key)}{ENDS[end]}" for key, given in read.items() for end in given
    }
    ordered = {one.key for one in OURS if one.type in {Type.WHOLE, Type.NUMBER, Type.CLOCK}}
    assert ordered | {"plan", "language"} == read.keys()
    assert {"high": 1} == read["history.keep_days"]
    assert {"low": 1, "high": 1} == read["position.interval_minutes"]
    assert {"choices": 1} == read["plan"]


@languages
def test_given_an_explanation_then_it_says_unit_bounds_default_and_source(language: str) -> None:
    """An administrator decides by what stands there."""
    strings = {one.attrib["id"]: one.text or "" for one in inner(ADML[language], "string")}
    for setting, suffix in itertools.product(OURS, ("", "_Recommended")):
        said = strings[f"{registry_name(setting.key)}{suffix}_about"]
        if setting.type in {Type.WHOLE, Type.NUMBER}:
            for value in (setting.low, setting.high, setting.default):
                assert re.search(rf"\b{re.escape(str(value))}\b", said)
        assert [] == [one for one in setting.choices if one not in said]
        assert [] == [one for one in re.findall(r"[GE]-\d\d", setting.source) if one not in said]
        assert setting.key in said


# ── the profile ────────────────────────────────────────────────────────────────────────────


def profile(text: str) -> dict[str, Any]:
    """Return the settings in a profile, as macOS would put them into its file."""
    whole = plistlib.loads(text.encode())
    (payload,) = whole["PayloadContent"]
    assert ("Configuration", "com.apple.ManagedClient.preferences") == (
        whole["PayloadType"],
        payload["PayloadType"],
    )
    (forced,) = payload["PayloadContent"]["org.deskbreak.Deskbreak"]["Forced"]
    settings: dict[str, Any] = forced["mcx_preference_settings"]
    return settings


def commented_in(text: str) -> str:
    """Return a profile in which every example counts."""
    return re.sub(r"<!-- (<key>.*?</key>.*) -->", r"\1", text)


def test_given_the_profile_as_it_is_then_it_sets_only_who_has_set_it() -> None:
    """Who rolls it out untouched has locked nothing."""
    found = profile(template("mobileconfig"))

    assert {"OrganisationName", "OrganisationContact", "Defaults", "Bounds"} == found.keys()
    assert {} == found["Defaults"] | found["Bounds"]


def test_given_the_profile_when_all_is_commented_in_then_it_says_the_defaults() -> None:
    """Every key is there, in the type in which it is read, and bounds that bound nothing."""
    found = profile(commented_in(template("mobileconfig")))
    recommended = from_names(found.pop("Defaults"))
    values = from_names(found, found.pop("Bounds"))
    bounds = values.pop("bounds")
    assert isinstance(bounds, dict)
    defaults = {one.key: plain(one.default) for one in OURS}

    assert defaults == recommended
    assert defaults == {key: one for key, one in values.items() if key not in ORGANISATION}
    for key, given in bounds.items():
        for end, value in given.items():
            several = value if end == "choices" else [value]
            assert not any(isinstance(judged(SETTINGS[key], one), Said) for one in several)


def test_given_the_profile_then_its_identity_stays() -> None:
    """A profile with another identity would be installed beside the old one."""
    whole = plistlib.loads(template("mobileconfig").encode())

    assert "B2C16DBA-58EC-525C-8E92-B0CDEF07EA30" == whole["PayloadUUID"]
    assert "org.deskbreak.Deskbreak.profile" == whole["PayloadIdentifier"]


# ── the example ────────────────────────────────────────────────────────────────────────────


def test_given_the_example_then_everything_in_it_is_sound() -> None:
    """Who begins with the example begins without problems."""
    given = json.loads(template("example"))
    bounds, organisation = given.pop("bounds"), given.pop("organisation")
    values, doubled = flatten(given)

    assert () == doubled
    assert {"name", "contact"} == organisation.keys()
    for key, value in values.items():
        assert not isinstance(judged(SETTINGS[key], value), Said)
    for key, ends in bounds.items():
        for end, value in ends.items():
            several = value if end == "choices" else [value]
            assert not any(isinstance(judged(SETTINGS[key], one), Said) for one in several)
