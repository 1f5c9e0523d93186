"""What an organisation sets: which value wins, what is left out, and what a person may still do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from deskbreak.core import managed
from deskbreak.core.locks import Locked, see_that_free
from deskbreak.core.managed import Document, Level, Scope, Status
from deskbreak.core.managed_text import (
    changes,
    changes_json,
    changes_lines,
    policy_json,
    policy_lines,
    rows,
)
from deskbreak.core.setting import Managed, Type
from deskbreak.core.settings import Layer, Origin
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.words import said
from tests.core.scenes import ENGLISH

if TYPE_CHECKING:
    from deskbreak.core.settings import Resolved

KEY: Final = "position.interval_minutes"


def document(
    name: str = "managed/10.json",
    level: Level = Level.MANDATORY,
    scope: Scope = Scope.MACHINE,
    /,
    **values: object,
) -> Document:
    """Return a document; two underscores in a name are a dot."""
    return Document(
        name, level, scope, {key.replace("__", "."): one for key, one in values.items()}
    )


def recommended(**values: object) -> Document:
    """Return a document of recommended values."""
    return document("recommended/20.json", Level.RECOMMENDED, **values)


def under(*documents: Document, **own: object) -> Resolved:
    """Merge *documents* with what the person has set."""
    mine = {key.replace("__", "."): value for key, value in own.items()}
    return managed.under(documents, [Layer(Origin.USER, "settings.toml", mine)])


def found(resolved: Resolved, key: str = KEY) -> tuple[object, Origin]:
    """Return a value and where it is from."""
    return resolved.values[key], resolved.origins[key]


def problems(resolved: Resolved) -> list[str]:
    """Return what is wrong, in English."""
    return [str(one) for one in resolved.problems]


def statuses(*documents: Document, **own: object) -> list[str]:
    """Return each key with its value and status."""
    made = rows(documents, under(*documents, **own))
    return [f"{row.key or '-'} {row.shown or '-'} {row.status_in(ENGLISH)}" for row in made]


# ── which value wins ───────────────────────────────────────────────────────────────────────


def test_given_every_layer_then_the_stronger_one_wins() -> None:
    """Default, recommended, user, policy of the user, policy of the machine."""
    advice = recommended(position__interval_minutes=25)
    user = document("HKCU", Level.MANDATORY, Scope.USER, position__interval_minutes=40)
    machine = document(position__interval_minutes=15)

    assert (20, Origin.DEFAULT) == found(under())
    assert (25, Origin.RECOMMENDED) == found(under(advice))
    assert (30, Origin.USER) == found(under(advice, position__interval_minutes=30))
    assert (40, Origin.POLICY) == found(under(advice, user, position__interval_minutes=30))
    assert (15, Origin.POLICY) == found(under(machine, user, advice, position__interval_minutes=30))


def test_given_two_files_then_the_later_one_counts_and_the_other_is_superseded() -> None:
    """In order of name."""
    files = (
        document("managed/00.json", position__interval_minutes=25),
        document("managed/10.json", position={"interval_minutes": 15}),
    )

    assert (15, Origin.POLICY) == found(under(*files))
    assert [f"{KEY} 15 ok", f"{KEY} 25 superseded"] == statuses(*files)


def test_given_a_recommended_value_then_its_status_says_whether_it_counts() -> None:
    """It is another default, which the person and a locked value override."""
    advice, locked = recommended(position__interval_minutes=25), document(**{KEY: 15})

    assert [f"{KEY} 25 ok"] == statuses(advice)
    assert [f"{KEY} 25 overridden by user"] == statuses(advice, position__interval_minutes=30)
    assert [f"{KEY} 15 ok", f"{KEY} 25 superseded"] == statuses(advice, locked)


def test_given_an_empty_policy_then_it_is_as_if_there_were_none() -> None:
    """A file with nothing in it locks nothing and says nothing."""
    resolved = under(document(), position__interval_minutes=30)

    assert under(position__interval_minutes=30) == resolved
    assert not resolved.is_managed


@pytest.mark.parametrize("key", [key for key, one in SETTINGS.items() if not one.private])
def test_given_any_setting_then_policy_can_lock_it_at_its_default(key: str) -> None:
    """Whatever a person has set; how long rows are kept may only be less."""
    setting = SETTINGS[key]
    default = list(setting.default) if isinstance(setting.default, tuple) else setting.default
    resolved = managed.under([document(**{key: default})], [])

    assert not problems(resolved)
    assert (setting.managed is Managed.FREELY) == resolved.is_locked(key)


# ── what policy cannot do ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", [key for key, one in SETTINGS.items() if one.private])
def test_given_what_is_about_a_person_then_no_policy_sets_it_and_no_message_shows_it(
    key: str,
) -> None:
    """The whole table person, in any level; its value is in no row and no line."""
    setting = SETTINGS[key]
    value = True if setting.type is Type.FLAG else list(setting.choices[:1]) or ["P-ST-01"]
    for one in (document(**{key: value}), recommended(**{key: value}), document(bounds={key: {}})):
        resolved = under(one)
        (row,) = rows([one], resolved)

        assert setting.default == resolved.values[key]
        assert Status.NOT_ALLOWED is row.status
        assert (None, "…") == (row.value, row.shown)
        assert "not for a policy to set; left out" in problems(resolved)[0]
        assert not any(str(word) in problems(resolved)[0] for word in (*setting.choices, "P-ST-01"))


@pytest.mark.parametrize("name", ["pause", "quit", "telemetry.enabled", "Export", "skip.allowed"])
def test_given_what_is_nobodys_then_it_is_not_allowed_rather_than_unknown(name: str) -> None:
    """No key reports, hides what is recorded, or takes away pause and quit."""
    assert [f"{name} true not allowed (is the person's own, and not for a policy to set)"] == (
        statuses(document(**{name: True}))
    )


def test_given_a_longer_time_to_keep_rows_then_it_is_refused_and_a_shorter_one_is_a_ceiling() -> (
    None
):
    """Policy may shorten it; a person's own smaller value wins, a larger one does not."""
    key = "history.keep_days"

    assert (400, Origin.DEFAULT) == found(under(document(**{key: 900})), key)
    assert [f"{key} 900 not allowed (is too long: policy may only shorten it)"] == statuses(
        document(**{key: 900})
    )
    assert (90, Origin.BOUNDS) == found(under(document(**{key: 90})), key)
    assert (90, Origin.BOUNDS) == found(under(document(**{key: 90}), history__keep_days=300), key)
    assert (60, Origin.USER) == found(under(document(**{key: 90}), history__keep_days=60), key)
    assert [f"{key} 90 ok"] == statuses(document(**{key: 90}))
    assert [f"{key} 90 overridden by user"] == statuses(
        document(**{key: 90}), history__keep_days=60
    )
    with pytest.raises(Locked, match=r"history\.keep_days = 91 is not allowed"):
        see_that_free(under(document(**{key: 90})), key, 91)
    see_that_free(under(document(**{key: 90})), key, 89)


# ── bounds ─────────────────────────────────────────────────────────────────────────────────


def bounded(given: object, key: str = KEY) -> Document:
    """Return a document with bounds alone."""
    return document(bounds={key: given})


@pytest.mark.parametrize(
    ("given", "own", "expected"),
    [
        pytest.param({"low": 15, "high": 30}, 20, (20, Origin.USER), id="within"),
        pytest.param({"low": 15, "high": 30}, 15, (15, Origin.USER), id="at the low end"),
        pytest.param({"low": 15, "high": 30}, 30, (30, Origin.USER), id="at the high end"),
        pytest.param({"low": 15, "high": 30}, 14, (15, Origin.BOUNDS), id="below"),
        pytest.param({"low": 15, "high": 30}, 60, (30, Origin.BOUNDS), id="above"),
        pytest.param({"high": 30}, 10, (10, Origin.USER), id="no low end"),
        pytest.param({"low": 30}, 60, (60, Origin.USER), id="no high end"),
    ],
)
def test_given_bounds_then_a_person_moves_within_them(
    given: dict[str, int], own: int, expected: tuple[int, Origin]
) -> None:
    """What lies outside becomes the nearest end; it is nobody's fault, and no problem."""
    resolved = under(bounded(given), position__interval_minutes=own)

    assert expected == found(resolved)
    assert [] == problems(resolved)
    assert not resolved.is_locked(KEY)


def test_given_bounds_that_leave_the_default_out_then_its_nearest_end_is_in_force() -> None:
    """The default is moved as well, and so is what a plan sets."""
    assert (25, Origin.BOUNDS) == found(under(bounded({"low": 25})))
    assert (20, Origin.BOUNDS) == found(under(bounded({"low": 20}), plan="fifteen"))


def test_given_bounds_for_choices_then_one_of_them_is_in_force() -> None:
    """The default where it is among them, the first one where it is not; with what goes with it."""
    choices = bounded({"choices": ["gentle", "standard"]}, "plan")
    resolved = under(choices, plan="fifteen")

    assert ("standard", Origin.BOUNDS) == found(resolved, "plan")
    assert 20 == resolved.values[KEY]  # as the plan in force has it, and not the one that is not
    assert ("busy", Origin.BOUNDS) == found(under(bounded({"choices": ["busy"]}, "plan")), "plan")
    assert ("gentle", Origin.USER) == found(under(choices, plan="gentle"), "plan")


def test_given_bounds_for_a_time_of_day_then_times_are_compared_and_not_letters() -> None:
    """4:30 with one digit lies before 10:00."""
    later = bounded({"low": "4:30", "high": "06:00"}, "day.starts_at")

    assert ("4:30", Origin.BOUNDS) == found(under(later), "day.starts_at")
    assert ("06:00", Origin.BOUNDS) == found(under(later, day__starts_at="10:00"), "day.starts_at")


def test_given_a_mandatory_value_beyond_the_bounds_then_it_is_clamped_and_still_locked() -> None:
    """An administrator who contradicts themselves is told so."""
    both = document(**{KEY: 60}, bounds={KEY: {"high": 30}})
    resolved = under(both)

    assert (30, Origin.BOUNDS) == found(resolved)
    assert resolved.is_locked(KEY)
    assert [f"{KEY} 60 clamped to 10..30", f"{KEY} 10..30 ok"] == statuses(both)


def test_given_a_person_beyond_the_bounds_then_it_is_not_the_advice_that_was_clamped() -> None:
    """An administrator has nothing to mend about it."""
    advice, bounds = recommended(**{KEY: 25}), document(bounds={KEY: {"high": 30}})
    said = statuses(advice, bounds, position__interval_minutes=60)

    assert [f"{KEY} 25 overridden by user", f"{KEY} 10..30 ok"] == said


@pytest.mark.parametrize(
    ("key", "given", "fault"),
    [
        pytest.param(KEY, 30, "are not of the form", id="a number"),
        pytest.param(KEY, {}, "are not of the form", id="empty"),
        pytest.param(KEY, {"low": 10, "lower": 10}, "are not of the form", id="a strange name"),
        pytest.param(KEY, {"low": "10"}, 'have low = "10", which is not a number', id="text"),
        pytest.param(KEY, {"high": 90}, "have high = 90, which is not between", id="beyond"),
        pytest.param(KEY, {"low": 30, "high": 20}, "have low = 30 above high = 20", id="crossed"),
        pytest.param(KEY, {"choices": [20]}, "have choices, where low and high", id="choices"),
        pytest.param("plan", {"low": 1}, "have low or high, where choices", id="no choices"),
        pytest.param("plan", {"choices": []}, "have choices that are no list", id="no choice"),
        pytest.param(
            "plan", {"choices": ["x"]}, 'have a choice "x", which is not', id="bad choice"
        ),
        pytest.param("stretch.enabled", {"choices": [True]}, "are for numbers", id="a flag"),
        pytest.param("working_hours.monday", {"high": 2}, "are for numbers", id="a list"),
        pytest.param("history.keep_days", {"low": 40}, "may only have high", id="to keep longer"),
    ],
)
def test_given_bounds_that_cannot_be_then_they_are_left_out_and_named(
    key: str, given: object, fault: str
) -> None:
    """One line each, and nothing is clamped."""
    resolved = under(bounded(given, key))
    (problem,) = problems(resolved)

    assert problem.startswith(f"managed/10.json: the bounds of {key} {fault}"), problem
    assert problem.endswith("; left out")
    assert not resolved.bounds


def test_given_bounds_of_two_files_then_those_of_the_later_one_count_as_a_whole() -> None:
    """They are not mixed: half of one and half of another nobody has meant."""
    first = document("managed/00.json", bounds={KEY: {"low": 15, "high": 25}})
    second = document("managed/10.json", bounds={"position": {"interval_minutes": {"high": 40}}})

    assert (10, Origin.USER) == found(under(first, second, position__interval_minutes=10))
    assert [f"{KEY} 10..40 ok", f"{KEY} 15..25 superseded"] == statuses(first, second)


@pytest.mark.parametrize(
    ("one", "status"),
    [
        pytest.param(document(bounds=[1]), "wrong type", id="no table"),
        pytest.param(recommended(bounds={KEY: {"low": 15}}), "not allowed", id="recommended"),
        pytest.param(bounded({"low": 1}, "strech.enabled"), "unknown key", id="unknown key"),
    ],
)
def test_given_bounds_in_a_wrong_place_then_their_status_says_so(
    one: Document, status: str
) -> None:
    """And there is one line about it."""
    (row,) = statuses(one)

    assert status in row
    assert 1 == len(problems(under(one)))


# ── what is wrong with it ──────────────────────────────────────────────────────────────────


def test_given_values_that_cannot_be_then_each_is_left_out_with_a_status_and_one_line() -> None:
    """All else applies."""
    one = document(
        **{KEY: "soon", "stretch.interval_minutes": 999, "plan": "x", "strech.enabled": True},
        posture={"enabled": False},
    )
    resolved = under(one)

    assert (False, Origin.POLICY) == found(resolved, "posture.enabled")
    assert [
        (
            'plan "x" out of range (is not one of: standard, fifteen, fifty, gentle, busy, sit_stand, '
            "seated, custom)"
        ),
        "stretch.interval_minutes 999 out of range (is not between 30 and 120)",
        f'{KEY} "soon" wrong type (is not a number)',
        "posture.enabled false ok",
        "strech.enabled true unknown key (did you mean stretch.enabled?)",
    ] == statuses(one)
    assert sorted(problems(resolved)) == [
        (
            'managed/10.json: plan = "x" is not one of: standard, fifteen, fifty, gentle, busy, '
            'sit_stand, seated, custom; using "standard"'
        ),
        f'managed/10.json: {KEY} = "soon" is not a number; using 20',
        "managed/10.json: stretch.interval_minutes = 999 is not between 30 and 120; using 60",
        "managed/10.json: unknown key strech.enabled; did you mean stretch.enabled?",
    ]


def test_given_more_keys_that_no_policy_sets_than_anybody_reads_then_the_rest_is_counted() -> None:
    """What is wrong with a setting is told before, and always."""
    values = {f"telemetry.k{number}": 1 for number in range(30)}
    told = problems(under(document(**values, position__interval_minutes=5)))

    assert 22 == len(told)
    assert told[0].startswith(f"managed/10.json: {KEY} = 5 is not between 10 and 60")
    assert "managed/10.json: 10 more keys that no policy can set" == told[-1]


@pytest.mark.parametrize(
    "path", ["/opt/example/packs", "/", r"C:\Example\packs", "d:/packs", " /opt "]
)
def test_given_the_path_of_a_folder_then_packs_are_looked_for_there(path: str) -> None:
    """Of any system: one policy may serve several, and each leaves out what is another's."""
    resolved = under(document(organisation={"packs": path}))

    assert (path.strip(), ()) == (resolved.organisation.packs, resolved.problems)


@pytest.mark.parametrize(
    "path",
    [
        *("packs", "./packs", "~/packs", "C:packs", r"\packs", "file:///opt/packs", "$HOME/packs"),
        *("//server/packs", r"\\server\packs", r"\\?\C:\packs", "smb://server/packs"),
        *("/opt/../home/packs", "/opt/..", r"C:\x\..\y", r"C:\..", "d:/../x"),
        *("", " ", "/opt\n/packs", "/opt/\u202epacks", "/" + "x" * 259, 5, True, ["/opt"], None),
    ],
)
def test_given_anything_else_as_the_folder_of_packs_then_it_is_left_out(path: object) -> None:
    """No server, which one day would not answer, and nothing that leads elsewhere than it says."""
    resolved = under(document(organisation={"packs": path}))

    assert "" == resolved.organisation.packs
    assert 1 == len(resolved.problems)
    assert "organisation.packs is not" in str(resolved.problems[0])


def test_given_a_name_among_recommended_values_then_it_is_not_that_of_the_organisation() -> None:
    """Who recommends is not who decides."""
    resolved = under(recommended(organisation__name="Example Ltd"))

    assert not resolved.organisation.name
    assert [
        "recommended/20.json: organisation.name has no meaning among recommended values; left out"
    ] == problems(resolved)


def test_given_rows_kept_for_less_by_bounds_than_by_a_value_then_the_less_counts() -> None:
    """And the other way round."""
    bounds = {"history.keep_days": {"high": 60}}

    assert 60 == under(document(history__keep_days=90, bounds=bounds)).whole("history.keep_days")
    assert 30 == under(document(history__keep_days=30, bounds=bounds)).whole("history.keep_days")


def test_given_choices_that_are_bounds_when_another_is_set_then_they_are_named() -> None:
    """Whoever is refused hears what is allowed."""
    resolved = under(document(bounds={"plan": {"choices": ["gentle", "busy"]}}))

    with pytest.raises(Locked, match=r"plan = \"fifty\" is not allowed by .*: gentle, busy"):
        see_that_free(resolved, "plan", "fifty")


def test_given_each_status_then_those_that_nobody_has_to_act_on_are_no_problems() -> None:
    """What was meant so is in order."""
    fine = {Status.OK, Status.SUPERSEDED, Status.OVERRIDDEN}

    assert fine == {one for one in Status if not one.is_problem}


def test_given_one_thing_wrong_as_a_value_and_as_bounds_then_the_two_lines_differ() -> None:
    """Two causes, two sentences."""
    values = {"pause": 1, "zzzz": 1, "eyes": 1}

    assert [
        "managed/10.json: unknown key zzzz",
        "managed/10.json: eyes is a table, not a value",
        "managed/10.json: unknown key bounds.zzzz",
        "managed/10.json: bounds.eyes is a table, not a value",
        "managed/10.json: pause is the person's own, and not for a policy to set; left out",
        "managed/10.json: bounds.pause is the person's own, and not for a policy to set; left out",
    ] == problems(under(document(**values, bounds=values)))


def test_given_more_unknown_keys_than_anybody_reads_then_the_rest_is_counted() -> None:
    """Twenty lines and one."""
    resolved = under(document(**{f"strange_{number}": 1 for number in range(30)}))

    assert 21 == len(resolved.problems)
    assert "managed/10.json: 10 more unknown keys" == problems(resolved)[-1]


def test_given_a_document_that_cannot_be_read_then_what_it_said_before_counts_and_one_line_says_so() -> (
    None
):
    """What was wrong with it before is no longer the question."""
    why = said("managed/10.json cannot be read")
    broken = Document(
        "managed/10.json",
        Level.MANDATORY,
        Scope.MACHINE,
        {KEY: 15, "bogus": 1},
        status=Status.UNREADABLE,
        why=why,
    )

    assert (15, Origin.POLICY) == found(under(broken))
    assert ["managed/10.json cannot be read"] == problems(under(broken))
    assert "- - unreadable (managed/10.json cannot be read)" == statuses(broken)[0]


# ── what a person sees of it ───────────────────────────────────────────────────────────────


def test_given_a_name_then_whoever_is_refused_reads_it_and_whom_to_ask() -> None:
    """Else it is just their organisation."""
    texts = {"name": "Example Ltd", "contact": "it@example.org"}
    with pytest.raises(Locked) as refused:
        see_that_free(under(document(organisation=texts, **{KEY: 15})), KEY, 15)

    assert f"{KEY} is set by Example Ltd (managed/10.json)" == str(refused.value.why)
    assert "Ask it@example.org" == str(refused.value.remedy)
    with pytest.raises(Locked, match="is set by your organisation") as refused:
        see_that_free(under(document(**{KEY: 15})), KEY, 30)
    assert refused.value.remedy is None


@pytest.mark.parametrize("name", ["", "  ", 7, "x" * 81, "two\nlines", None])
def test_given_a_name_that_is_none_then_it_is_left_out(name: object) -> None:
    """It stands in a menu, so it is short and in one line."""
    resolved = under(document(organisation={"name": name}))

    assert "" == resolved.organisation.name
    assert "is not a text of 1 to 80 characters in one line; left out" in problems(resolved)[0]


def test_given_a_policy_then_people_get_a_table_and_programs_the_same_facts() -> None:
    """Strongest first, in the order in which settings are declared."""
    documents = (
        recommended(posture__enabled=False),
        Document(
            "/etc/deskbreak/policies/managed/00.json", Level.MANDATORY, Scope.MACHINE, {KEY: 25}
        ),
        Document(
            "/etc/deskbreak/policies/managed/10.json",
            Level.MANDATORY,
            Scope.MACHINE,
            {"organisation": {"name": "Example Ltd"}, KEY: 15},
            {KEY: 3},
        ),
    )
    resolved = under(*documents)
    facts: dict[str, Any] = policy_json(documents, resolved)

    assert [
        "Managed by Example Ltd",
        "",
        "NAME VALUE LEVEL SCOPE SOURCE STATUS",
        'organisation.name "Example Ltd" mandatory machine managed/10.json ok',
        "position.interval_minutes 15 mandatory machine managed/10.json:3 ok",
        "position.interval_minutes 25 mandatory machine managed/00.json superseded",
        "posture.enabled false recommended machine recommended/20.json ok",
    ] == [" ".join(line.split()) for line in policy_lines(documents, resolved, ENGLISH)]
    assert (True, "Example Ltd", None) == (
        facts["managed"],
        facts["organisation"],
        facts["contact"],
    )
    assert {
        "name": KEY,
        "value": 15,
        "level": "mandatory",
        "scope": "machine",
        "source": "/etc/deskbreak/policies/managed/10.json",
        "line": 3,
        "status": "ok",
        "note": None,
    } == facts["policies"][1]
    assert ["No organisation has set anything here."] == policy_lines([], under(), ENGLISH)


def test_given_another_policy_then_each_value_that_changes_is_told() -> None:
    """And what would be locked at the value that it has anyway, or free again."""
    before = under(document(plan="standard", prompts={"daily_cap": 20}))
    after = under(document(**{KEY: 15, "posture.enabled": True, "prompts.daily_cap": 25}))
    found = changes(before, after)

    assert [
        "With your settings on this computer it would change:",
        '- plan: "standard", no longer locked',
        "- position.interval_minutes: 20 → 15, locked",
        "- posture.enabled: true, locked",
        "- prompts.daily_cap: 20 → 25",
    ] == changes_lines(found, ENGLISH)
    assert {"name": KEY, "before": 20, "after": 15, "locked": True} in changes_json(found)
    assert ["With your settings on this computer it would change nothing."] == changes_lines(
        changes(after, after), ENGLISH
    )
