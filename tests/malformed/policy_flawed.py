"""Policy files that can be read, with what cannot be, and each message about it."""

from __future__ import annotations

from typing import Final

_NAMED: Final[tuple[str, ...]] = (
    *(f":1: unknown key k{n}" for n in range(20)),
    ": 2 more unknown keys",
)
_OTHERS: Final[tuple[str, ...]] = (
    *(
        f":1: telemetry.k{n} is the person's own, and not for a policy to set; left out"
        for n in range(20)
    ),
    ": 2 more keys that no policy can set",
)
FLAWED: Final[tuple[tuple[str, bytes, *tuple[str, ...]], ...]] = (
    # What is wrong, the file, and each message after its name.
    (
        "a text for a flag",
        b'{"eyes": {"enabled": "yes"}}',
        ':1: eyes.enabled = "yes" is not true or false; using false',
    ),
    (
        "null for a flag",
        b'{\n"eyes.enabled": null}',
        ":2: eyes.enabled = null is not true or false; using false",
    ),
    (
        "a number for a flag",
        b'{"eyes.enabled": 0}',
        ":1: eyes.enabled = 0 is not true or false; using false",
    ),
    (
        "a table for a flag",
        b'{"eyes": {"enabled": {"on": true}}}',
        ":1: eyes.enabled = {…} is not true or false; using false",
    ),
    (
        "a list of tables for a flag",
        b'{"eyes": {"enabled": [{"on": true}]}}',
        ":1: eyes.enabled = [{…}] is not true or false; using false",
    ),
    (
        "a list of five for a flag",
        b'{"eyes": {"enabled": [1, 2, 3, 4, 5]}}',
        ":1: eyes.enabled = [1, 2, 3, 4, …] is not true or false; using false",
    ),
    (
        "an escape sequence for a flag",
        b'{"eyes.enabled": "\\u001b[31m"}',
        ':1: eyes.enabled = "\\x1b[31m" is not true or false; using false',
    ),
    (
        "a whole number out of its bounds",
        b'{"position": {\n"interval_minutes": 5}}',
        ":2: position.interval_minutes = 5 is not between 10 and 60; using 20",
    ),
    (
        "a number in quotes",
        b'{"position.interval_minutes": "15"}',
        ':1: position.interval_minutes = "15" is not a number; using 20',
    ),
    (
        "true for a number",
        b'{"position.interval_minutes": true}',
        ":1: position.interval_minutes = true is not a number; using 20",
    ),
    (
        "a fraction for a whole number",
        b'{"position.interval_minutes": 15.5}',
        ":1: position.interval_minutes = 15.5 is not a whole number; using 20",
    ),
    (
        "a fraction out of its bounds",
        b'{"position.interval_minutes": 1e308}',
        ":1: position.interval_minutes = 1e+308 is not between 10 and 60; using 20",
    ),
    (
        "no number at all",
        b'{"position.interval_minutes": NaN}',
        ":1: position.interval_minutes = nan is not a finite number; using 20",
    ),
    (
        "an infinity by its exponent",
        b'{"position.interval_minutes": 1e999}',
        ":1: position.interval_minutes = inf is not a finite number; using 20",
    ),
    (
        "a number between 0 and its least",
        b'{"eyes.credit_idle_seconds": 19}',
        ":1: eyes.credit_idle_seconds = 19 is neither 0 nor between 20 and 3600; using 120",
    ),
    (
        "a plan that is none",
        b'{"plan": "strict"}',
        ':1: plan = "strict" is not one of: {plans}; using "standard"',
    ),
    (
        "a path for a language",
        b'{"language": "../../etc"}',
        ':1: language = "../../etc" is not a language such as de or pt_BR; using ""',
    ),
    (
        "a minute that is none",
        b'{"day.starts_at": "04:60"}',
        ':1: day.starts_at = "04:60" is not a time of day from 00:00 to 23:59; using "04:00"',
    ),
    (
        "the end of the day for its beginning",
        b'{"day.starts_at": "24:00"}',
        ':1: day.starts_at = "24:00" is not a time of day from 00:00 to 23:59; using "04:00"',
    ),
    (
        "a range that is no list",
        b'{"working_hours.monday": "09:00-17:00"}',
        ':1: working_hours.monday = "09:00-17:00" is not a list; using []',
    ),
    (
        "a range that is none",
        b'{"working_hours.monday": ["9-5"]}',
        ':1: working_hours.monday = ["9-5"] has an entry that is not a range such as 09:00-12:30; using []',
    ),
    (
        "a date that is none",
        b'{"working_hours.days_off": ["2026-02-30"]}',
        ':1: working_hours.days_off = ["2026-02-30"] has an entry that is not a date such as 2026-12-24; using []',
    ),
    (
        "more ranges than a day has",
        b'{"working_hours.monday": [' + b'"x",' * 12 + b'"x"]}',
        ':1: working_hours.monday = ["x", "x", "x", "x", …] has more than 12 entries; using []',
    ),
    # what no policy may
    (
        "health data",
        b'{"person": {"seated_only": true}}',
        ":1: person.seated_only is the person's own, and not for a policy to set; left out",
    ),
    (
        "unknown health data",
        b'{"person.hernia": true}',
        ":1: person.… is the person's own, and not for a policy to set; left out",
    ),
    (
        "rows kept for longer",
        b'{"history": {"keep_days": 900}}',
        ":1: history.keep_days = 900 is too long: policy may only shorten it; using 400",
    ),
    (
        "rows kept for less than is possible",
        b'{"history": {"keep_days": 1}}',
        ":1: history.keep_days = 1 is not between 30 and 3650; using 400",
    ),
    (
        "the person's pause",
        b'{"pause": {"enabled": false}}',
        ":1: pause is the person's own, and not for a policy to set; left out",
    ),
    (
        "telemetry",
        b'{"telemetry.enabled": true}',
        ":1: telemetry.enabled is the person's own, and not for a policy to set; left out",
    ),
    # bounds
    (
        "bounds that are a list",
        b'{"bounds": []}',
        ":1: bounds is not a table of keys and their bounds; left out",
    ),
    (
        "bounds that are a number",
        b'{"bounds": {"position.interval_minutes": 10}}',
        ':1: the bounds of position.interval_minutes are not of the form {"low": …, "high": …} or {"choices": […]}; left out',
    ),
    (
        "bounds that say nothing",
        b'{"bounds": {"position.interval_minutes": {}}}',
        ':1: the bounds of position.interval_minutes are not of the form {"low": …, "high": …} or {"choices": […]}; left out',
    ),
    (
        "bounds in quotes",
        b'{"bounds": {"position.interval_minutes": {"low": "10"}}}',
        ':1: the bounds of position.interval_minutes have low = "10", which is not a number; left out',
    ),
    (
        "bounds beyond those of the setting",
        b'{"bounds": {"position": {"interval_minutes": {"high": 90}}}}',
        ":1: the bounds of position.interval_minutes have high = 90, which is not between 10 and 60; left out",
    ),
    (
        "bounds that are no number",
        b'{"bounds": {"position.interval_minutes": {"low": NaN}}}',
        ":1: the bounds of position.interval_minutes have low = nan, which is not a finite number; left out",
    ),
    (
        "bounds the wrong way round",
        b'{"bounds": {"position.interval_minutes": {"low": 30, "high": 20}}}',
        ":1: the bounds of position.interval_minutes have low = 30 above high = 20; left out",
    ),
    (
        "bounds of a time the wrong way round",
        b'{"bounds": {"day.starts_at": {"low": "05:00", "high": "04:00"}}}',
        ":1: the bounds of day.starts_at have low = 05:00 above high = 04:00; left out",
    ),
    (
        "bounds of a time that is none",
        b'{"bounds": {"day.starts_at": {"low": "5 am"}}}',
        ':1: the bounds of day.starts_at have low = "5 am", which is not a time of day from 00:00 to 23:59; left out',
    ),
    (
        "choices for a number",
        b'{"bounds": {"position.interval_minutes": {"choices": [10, 20]}}}',
        ":1: the bounds of position.interval_minutes have choices, where low and high are meant; left out",
    ),
    (
        "low for a plan",
        b'{"bounds": {"plan": {"low": "busy"}}}',
        ":1: the bounds of plan have low or high, where choices are meant; left out",
    ),
    (
        "choices that are no list",
        b'{"bounds": {"plan": {"choices": "busy"}}}',
        ":1: the bounds of plan have choices that are no list; left out",
    ),
    (
        "no choices at all",
        b'{"bounds": {"plan": {"choices": []}}}',
        ":1: the bounds of plan have choices that are no list; left out",
    ),
    (
        "a choice that is none",
        b'{"bounds": {"plan": {"choices": ["busy", "strict"]}}}',
        ':1: the bounds of plan have a choice "strict", which is not one of: {plans}; left out',
    ),
    (
        "a choice that is a list",
        b'{"bounds": {"plan": {"choices": [["busy"]]}}}',
        ':1: the bounds of plan have a choice ["busy"], which is not one of: {plans}; left out',
    ),
    (
        "bounds of a flag",
        b'{"bounds": {"eyes.enabled": {"choices": [true]}}}',
        ":1: the bounds of eyes.enabled are for numbers, times of day and choices only; left out",
    ),
    (
        "bounds of health data",
        b'{"bounds": {"person.equipment": {"choices": ["wall"]}}}',
        ":1: bounds.person.equipment is the person's own, and not for a policy to set; left out",
    ),
    (
        "the least of what may only be shortened",
        b'{"bounds": {"history.keep_days": {"low": 90}}}',
        ":1: the bounds of history.keep_days may only have high: policy can make it smaller, not larger; left out",
    ),
    (
        "bounds of the person's pause",
        b'{"bounds": {"pause": {"low": 1}}}',
        ":1: bounds.pause is the person's own, and not for a policy to set; left out",
    ),
    (
        "bounds of an unknown key",
        b'{"bounds": {"position.interval": {"low": 10}}}',
        ":1: unknown key bounds.position.interval; did you mean position.interval_minutes?",
    ),
    (
        "bounds of the name",
        b'{"bounds": {"organisation.name": {"choices": ["A"]}}}',
        ":1: unknown key bounds.organisation.name; did you mean position.enabled?",
    ),
    # who it is
    (
        "a name that is a number",
        b'{"organisation": {"name": 5}}',
        ":1: organisation.name is not a text of 1 to 80 characters in one line; left out",
    ),
    (
        "a name that is empty",
        b'{"organisation.name": " "}',
        ":1: organisation.name is not a text of 1 to 80 characters in one line; left out",
    ),
    (
        "a name of two lines",
        b'{"organisation.name": "A\\nB"}',
        ":1: organisation.name is not a text of 1 to 80 characters in one line; left out",
    ),
    (
        "a name of 81 letters",
        b'{"organisation": {"name": "' + b"A" * 81 + b'"}}',
        ":1: organisation.name is not a text of 1 to 80 characters in one line; left out",
    ),
    (
        "a name that is no table",
        b'{"organisation": "A"}',
        ":1: organisation is not a table with name, contact and packs; left out",
    ),
    (
        "an unknown word of the organisation",
        b'{"organisation": {"logo": "A"}}',
        ":1: unknown key organisation.logo",
    ),
    # keys
    (
        "a slip of the pen in a key",
        b'{"position.intervall_minutes": 20}',
        ":1: unknown key position.intervall_minutes; did you mean position.interval_minutes?",
    ),
    ("a key like none", b'{"zzzzzzzz": 1}', ":1: unknown key zzzzzzzz"),
    ("a key without a name", b'{"": 1}', ':1: unknown key ""'),
    ("a value for a table", b'{"eyes": 1}', ":1: eyes is a table, not a value"),
    ("a list for a table", b'{"eyes": [{"enabled": true}]}', ":1: eyes is a table, not a value"),
    (
        "a key given twice",
        b'{"plan": "busy",\n"plan": "gentle"}',
        ":2: plan is given twice; the later one counts",
    ),
    (
        "a table given twice",
        b'{"eyes": {"enabled": true},\n"eyes": {"enabled": false}}',
        ":2: eyes is given twice; the later one counts",
    ),
    (
        "a key given twice, dotted and in its table",
        b'{"eyes.enabled": true,\n"eyes": {"enabled": false}}',
        ":2: eyes.enabled is given twice; the later one counts",
    ),
    (
        "bounds given twice, dotted and in their table",
        b'{"bounds": {"eyes.daily_cap": {"low": 1},\n"eyes": {"daily_cap": {"low": 2}}}}',
        ":2: bounds.eyes.daily_cap is given twice; the later one counts",
    ),
    (
        "a key given twice in a list",
        b'{"eyes.enabled": [{"a": 1, "a": 1}]}',
        ":1: eyes.enabled = [{…}] is not true or false; using false",
    ),
    (
        "an unknown key of health data given twice",
        b'{"person": {"x": 1, "x": 2}}',
        ":1: person.… is given twice; the later one counts",
        ":1: person.… is the person's own, and not for a policy to set; left out",
    ),
    ("22 unknown keys", b"{" + b",".join(b'"k%d": 1' % n for n in range(22)) + b"}", *_NAMED),
    (
        "22 keys that no policy can set",
        b"{" + b",".join(b'"telemetry.k%d": 1' % n for n in range(22)) + b"}",
        *_OTHERS,
    ),
    (
        "100 lists in one another for a flag",
        b'{"eyes.enabled": ' + b"[" * 100 + b"]" * 100 + b"}",
        ":1: eyes.enabled = [[…]] is not true or false; using false",
    ),
    (
        "a mark and Windows' line ends",
        b'\xef\xbb\xbf{\r\n"eyes.enabled": 1\r\n}',
        ":2: eyes.enabled = 1 is not true or false; using false",
    ),
    (
        "three causes at once",
        b'{"plan": 1,\n"foo": 2,\n"eyes": {\n"enabled": 3}}',
        ":2: unknown key foo",
        ':1: plan = 1 is not one of: {plans}; using "standard"',
        ":4: eyes.enabled = 3 is not true or false; using false",
    ),
    ("bounds of a table", b'{"bounds": {"eyes": 5}}', ":1: bounds.eyes is a table, not a value"),
    (
        "bounds of three words, one of them unknown",
        b'{"bounds": {"plan": {"choices": ["busy"], "default": "busy"}}}',
        ':1: the bounds of plan are not of the form {"low": …, "high": …} or {"choices": […]}; left out',
    ),
)

COUNTS: Final[dict[str, dict[str, object]]] = {
    "a key given twice": {"plan": "gentle"},
    "a table given twice": {"eyes.enabled": False},
    "a key given twice, dotted and in its table": {"eyes.enabled": False},
}
"""What is in force all the same of those in which something is."""
