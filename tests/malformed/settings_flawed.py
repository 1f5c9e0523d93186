"""Settings files that can be read, with what cannot be, and each message about it."""

from __future__ import annotations

from typing import Final

_NAMED: Final[tuple[str, ...]] = (
    *(f":{n + 1}: unknown key k{n}" for n in range(20)),
    ": 2 more unknown keys",
)
FLAWED: Final[tuple[tuple[str, bytes, *tuple[str, ...]], ...]] = (
    # What is wrong, the file, and each message after its name.
    # what is no flag, in each way that a message shows a value
    (
        "a text for a flag",
        b'eyes.enabled = "yes"\n',
        ':1: eyes.enabled = "yes" is not true or false; using false',
    ),
    (
        "a number for a flag",
        b"eyes.enabled = 1\n",
        ":1: eyes.enabled = 1 is not true or false; using false",
    ),
    (
        "a fraction for a flag",
        b"eyes.enabled = 0.5\n",
        ":1: eyes.enabled = 0.5 is not true or false; using false",
    ),
    (
        "an empty text for a flag",
        b'eyes.enabled = ""\n',
        ':1: eyes.enabled = "" is not true or false; using false',
    ),
    (
        "a terminal's escape sequence for a flag",
        b'eyes.enabled = "\\u001b[2J"\n',
        ':1: eyes.enabled = "\\x1b[2J" is not true or false; using false',
    ),
    (
        "an empty list for a flag",
        b"eyes.enabled = []\n",
        ":1: eyes.enabled = [] is not true or false; using false",
    ),
    (
        "a list for a flag",
        b"eyes.enabled = [true]\n",
        ":1: eyes.enabled = [true] is not true or false; using false",
    ),
    (
        "a list of five for a flag",
        b"eyes.enabled = [1, 2, 3, 4, 5]\n",
        ":1: eyes.enabled = [1, 2, 3, 4, …] is not true or false; using false",
    ),
    (
        "a list with a table for a flag",
        b"eyes.enabled = [{}]\n",
        ":1: eyes.enabled = [{…}] is not true or false; using false",
    ),
    (
        "a table for a flag",
        b"eyes.enabled = {x = 1}\n",
        ":1: eyes.enabled = {…} is not true or false; using false",
    ),
    (
        "a date for a flag",
        b"eyes.enabled = 2026-11-26\n",
        ":1: eyes.enabled = 2026-11-26 is not true or false; using false",
    ),
    (
        "a date and time for a flag",
        b"eyes.enabled = 2026-11-26T10:00:00.5Z\n",
        ":1: eyes.enabled = 2026-11-26 10:00:00.500000+00:00 is not true or false; using false",
    ),
    # numbers
    (
        "a whole number out of its bounds",
        b"[position]\ndaily_cap = 61\n",
        ":2: position.daily_cap = 61 is not between 0 and 60; using 16",
    ),
    (
        "a whole number in quotes",
        b'position.daily_cap = "16"\n',
        ':1: position.daily_cap = "16" is not a number; using 16',
    ),
    (
        "a flag for a whole number",
        b"position.daily_cap = true\n",
        ":1: position.daily_cap = true is not a number; using 16",
    ),
    (
        "a list for a whole number",
        b"position.daily_cap = [16]\n",
        ":1: position.daily_cap = [16] is not a number; using 16",
    ),
    (
        "a fraction for a whole number",
        b"position.daily_cap = 16.5\n",
        ":1: position.daily_cap = 16.5 is not a whole number; using 16",
    ),
    (
        "a whole number as a fraction, out of its bounds",
        b"position.daily_cap = 1e308\n",
        ":1: position.daily_cap = 1e+308 is not between 0 and 60; using 16",
    ),
    (
        "no number at all",
        b"position.daily_cap = nan\n",
        ":1: position.daily_cap = nan is not a finite number; using 16",
    ),
    (
        "minus infinity",
        b"position.daily_cap = -inf\n",
        ":1: position.daily_cap = -inf is not a finite number; using 16",
    ),
    (
        "a number of 70 bits",
        b"position.daily_cap = 0xfffffffffffffffff\n",
        ":1: position.daily_cap = … is not between 0 and 60; using 16",
    ),
    (
        "a number between 0 and its least",
        b"eyes.credit_idle_seconds = 19\n",
        ":1: eyes.credit_idle_seconds = 19 is neither 0 nor between 20 and 3600; using 120",
    ),
    (
        "a flag where 0 is allowed",
        b"eyes.credit_idle_seconds = false\n",
        ":1: eyes.credit_idle_seconds = false is not a number; using 120",
    ),
    (
        "a factor out of its bounds",
        b"prompts.backoff_factor = 3.5\n",
        ":1: prompts.backoff_factor = 3.5 is not between 1 and 3; using 1.5",
    ),
    (
        "a factor in quotes",
        b'prompts.backoff_factor = "2"\n',
        ':1: prompts.backoff_factor = "2" is not a number; using 1.5',
    ),
    # words, times, lists
    (
        "a plan that is none",
        b'plan = "strict"\n',
        ':1: plan = "strict" is not one of: {plans}; using "standard"',
    ),
    ("a number for a plan", b"plan = 3\n", ':1: plan = 3 is not one of: {plans}; using "standard"'),
    (
        "a list for a plan",
        b'plan = ["busy"]\n',
        ':1: plan = ["busy"] is not one of: {plans}; using "standard"',
    ),
    (
        "a table for a plan",
        b"[plan]\nbusy = true\n",
        ':1: plan = {…} is not one of: {plans}; using "standard"',
    ),
    (
        "a path for a language",
        b'language = "../../etc"\n',
        ':1: language = "../../etc" is not a language such as de or pt_BR; using ""',
    ),
    (
        "a flag for a language",
        b"language = false\n",
        ':1: language = false is not a language such as de or pt_BR; using ""',
    ),
    (
        "a minute that is none",
        b'day.starts_at = "04:60"\n',
        ':1: day.starts_at = "04:60" is not a time of day from 00:00 to 23:59; using "04:00"',
    ),
    (
        "a time without a colon",
        b'day.starts_at = "4 am"\n',
        ':1: day.starts_at = "4 am" is not a time of day from 00:00 to 23:59; using "04:00"',
    ),
    (
        "the end of the day for its beginning",
        b'day.starts_at = "24:00"\n',
        ':1: day.starts_at = "24:00" is not a time of day from 00:00 to 23:59; using "04:00"',
    ),
    (
        "a time of TOML",
        b"day.starts_at = 04:00:00\n",
        ':1: day.starts_at = 04:00:00 is not a time of day from 00:00 to 23:59; using "04:00"',
    ),
    (
        "a range that is no list",
        b'working_hours.monday = "09:00-17:00"\n',
        ':1: working_hours.monday = "09:00-17:00" is not a list; using []',
    ),
    (
        "more ranges than a day has",
        b"working_hours.monday = [" + b'"x",' * 13 + b"]\n",
        ':1: working_hours.monday = ["x", "x", "x", "x", …] has more than 12 entries; using []',
    ),
    (
        "a range without an end",
        b'working_hours.monday = ["09:00"]\n',
        ':1: working_hours.monday = ["09:00"] has an entry that is not a range such as 09:00-12:30; using []',
    ),
    (
        "a range with an end that is none",
        b'working_hours.monday = ["09:00-17"]\n',
        ':1: working_hours.monday = ["09:00-17"] has an entry that is not a range such as 09:00-12:30; using []',
    ),
    (
        "a range of no length",
        b'working_hours.monday = ["09:00-09:00"]\n',
        ':1: working_hours.monday = ["09:00-09:00"] has an entry that is not a range such as 09:00-12:30; using []',
    ),
    (
        "a number for a range",
        b"working_hours.monday = [9]\n",
        ":1: working_hours.monday = [9] has an entry that is not a range such as 09:00-12:30; using []",
    ),
    (
        "a sound range and one that is none",
        b'working_hours.monday = ["09:00-10:00", ""]\n',
        ':1: working_hours.monday = ["09:00-10:00", ""] has an entry that is not a range such as 09:00-12:30; using []',
    ),
    (
        "a sound date and one that is none",
        b"working_hours.days_off = [2026-12-24, true]\n",
        ":1: working_hours.days_off = [2026-12-24, true] has an entry that is not a date such as 2026-12-24; using []",
    ),
    (
        "a date that no month has, in quotes",
        b'working_hours.days_off = ["2026-02-30"]\n',
        ':1: working_hours.days_off = ["2026-02-30"] has an entry that is not a date such as 2026-12-24; using []',
    ),
    (
        "a date with a time",
        b"working_hours.days_off = [2026-12-24T00:00:00]\n",
        ":1: working_hours.days_off = [2026-12-24 00:00:00] has an entry that is not a date such as 2026-12-24; using []",
    ),
    (
        "more days off than a year has",
        b"working_hours.days_off = [" + b"1," * 401 + b"]\n",
        ":1: working_hours.days_off = [1, 1, 1, 1, …] has more than 400 entries; using []",
    ),
    # what may be health data is not said
    (
        "a text for a flag of the person",
        b'person.seated_only = "yes"\n',
        ":1: person.seated_only is not true or false; left out",
    ),
    (
        "a word that is no equipment",
        b'person.equipment = ["treadmill"]\n',
        ":1: person.equipment has an entry that is not one of: wall, ball, sit_stand_desk; left out",
    ),
    (
        "more equipment than there is",
        b"person.equipment = [1, 2, 3, 4]\n",
        ":1: person.equipment has more than 3 entries; left out",
    ),
    (
        "a prompt that cannot be one",
        b'person.hidden_prompts = ["a b"]\n',
        ":1: person.hidden_prompts has an entry that is not the id of a prompt; left out",
    ),
    ("an unknown key of the person", b"person.slipped_disc = true\n", ":1: unknown key person.…"),
    # keys
    (
        "a slip of the pen in a key",
        b"position.intervall_minutes = 20\n",
        ":1: unknown key position.intervall_minutes; did you mean position.interval_minutes?",
    ),
    (
        "a slip of the pen in a table",
        b"[positions]\ninterval_minutes = 20\n",
        ":1: unknown key positions; did you mean position?",
    ),
    ("a key of a newer version", b"schema_version = 2\n", ":1: unknown key schema_version"),
    (
        "a key of a newer version in its table",
        b"[eyes]\nzoom_percent = 1\n",
        ":2: unknown key eyes.zoom_percent",
    ),
    ("a key without a name", b'"" = 1\n', ':1: unknown key ""'),
    ("a key that is an escape sequence", b'"\\u001b[31m" = 1\n', ": unknown key \\x1b[31m"),
    ("a value for a table", b"eyes = true\n", ":1: eyes is a table, not a value"),
    (
        "a list of tables for a table",
        b"[[eyes]]\nenabled = true\n",
        ":1: eyes is a table, not a value",
    ),
    (
        "a key given twice, in quotes and in its table",
        b'"eyes.enabled" = false\n[eyes]\nenabled = true\n',
        ":3: eyes.enabled is given twice; the later one counts",
    ),
    (
        "a key given twice, and then no flag",
        b'"eyes.enabled" = true\n[eyes]\nenabled = 7\n',
        ":3: eyes.enabled is given twice; the later one counts",
        ":3: eyes.enabled = 7 is not true or false; using false",
    ),
    (
        "a key whose line cannot be found",
        b'"pl\\u0061n" = 1\n',
        ': plan = 1 is not one of: {plans}; using "standard"',
    ),
    (
        "22 unknown keys",
        b"".join(b"k%d = 1\n" % n for n in range(22)),
        *_NAMED,
    ),
    # what stands around it
    (
        "a bad value of an inline table",
        b"eyes = {enabled = 1}\n",
        ":1: eyes.enabled = 1 is not true or false; using false",
    ),
    (
        "a bad value behind a text of lines",
        b'language = """\n"""\neyes.enabled = 2\n',
        ":3: eyes.enabled = 2 is not true or false; using false",
    ),
    (
        "a bad value behind a list of lines",
        b"working_hours.monday = [\n]\neyes.enabled = 2\n",
        ":3: eyes.enabled = 2 is not true or false; using false",
    ),
    (
        "a bad value behind a list whose lines look like tables",
        b'[eyes]\nx = [\n["a"],\n]\nenabled = 2\n',
        ":5: eyes.enabled = 2 is not true or false; using false",
        ":2: unknown key eyes.x",
    ),
    (
        "a bad value in a file of Windows with its mark",
        b"\xef\xbb\xbf[eyes]\r\nenabled = 2\r\n",
        ":2: eyes.enabled = 2 is not true or false; using false",
    ),
    (
        "three causes at once",
        b"plan = 1\nfoo = 2\n[eyes]\nenabled = 3\n",
        ':1: plan = 1 is not one of: {plans}; using "standard"',
        ":4: eyes.enabled = 3 is not true or false; using false",
        ":2: unknown key foo",
    ),
)

COUNTS: Final[dict[str, dict[str, object]]] = {
    "a key given twice, in quotes and in its table": {"eyes.enabled": True},
    "a bad value behind a text of lines": {"language": ""},
    "a bad value behind a list of lines": {"working_hours.monday": ()},
}
"""What counts all the same of those in which something does."""
