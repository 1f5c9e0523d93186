"""Policy files that cannot be read, and where each message says so."""

from __future__ import annotations

from typing import Final

BROKEN: Final = (
    # What is wrong, the file, and what is said after its name; then comes why, as json has it.
    ("an empty file", b"", ":1:1: is no JSON"),
    ("a brace that is not closed", b"{", ":1:2: is no JSON"),
    ("a key that is not closed", b'{"a', ":1:2: is no JSON"),
    ("a key and nothing more", b'{"a"', ":1:5: is no JSON"),
    ("a colon and nothing more", b'{"a":', ":1:6: is no JSON"),
    ("a colon and blanks", b'{"a":  ', ":1:8: is no JSON"),
    ("a colon and no value", b'{"a":}', ":1:6: is no JSON"),
    ("a value that ends with the file", b'{"a":1', ":1:7: is no JSON"),
    ("no comma between two keys", b'{"a":1 "b":2}', ":1:8: is no JSON"),
    ("a comma that ends with the file", b'{"a":1,', ":1:8: is no JSON"),
    ("a key without quotes", b"{a:1}", ":1:2: is no JSON"),
    ("a list that is not closed", b'{"a":[', ":1:7: is no JSON"),
    ("a list that ends behind a value", b'{"a":[1', ":1:8: is no JSON"),
    ("a list that ends behind a comma", b'{"a":[1,', ":1:9: is no JSON"),
    ("a list in a list that is not closed", b'{"a":[[1]}', ":1:10: is no JSON"),
    ("a list that is closed by a brace", b'{"a":[1}}', ":1:8: is no JSON"),
    ("a zero before a number", b'{"a":01}', ":1:7: is no JSON"),
    ("a number of more digits than Python reads", b'{"a":' + b"9" * 5000 + b"}", " is no JSON"),
    ("a text that ends with the file", b'{"a":"b', ":1:6: is no JSON"),
    ("a text that ends with its line", b'{"a":"b\n"}', ":1:8: is no JSON"),
    ("an escape that is none", b'{"a":"\\q"}', ":1:7: is no JSON"),
    ("an escape that ends with the file", b'{"a":"\\', ":1:6: is no JSON"),
    ("an escape of too few digits", b'{"a":"\\u12"}', ":1:8: is no JSON"),
    ("half of a pair, and a wrong other half", b'{"a":"\\ud83d\\u12"}', ":1:14: is no JSON"),
    ("half of a pair that ends with the file", b'{"a":"\\ud83d\\', ":1:6: is no JSON"),
    ("a comment", b'// ours\n{"a":1}', ":1:1: is no JSON"),
    ("two objects", b"{} {}", ":1:4: is no JSON"),
    (
        "a list for the object",
        b"[]",
        ' is no object of settings, as {"position": {"interval_minutes": 15}}',
    ),
    (
        "a list of objects for the object",
        b'[{"plan": "busy"}]',
        ' is no object of settings, as {"position": {"interval_minutes": 15}}',
    ),
    (
        "a number for the object",
        b"15",
        ' is no object of settings, as {"position": {"interval_minutes": 15}}',
    ),
    (
        "a text for the object",
        b'"busy"',
        ' is no object of settings, as {"position": {"interval_minutes": 15}}',
    ),
    (
        "a text with an escape for the object",
        b'"\\u00e4\\n"',
        ' is no object of settings, as {"position": {"interval_minutes": 15}}',
    ),
    (
        "null for the object",
        b"null",
        ' is no object of settings, as {"position": {"interval_minutes": 15}}',
    ),
    (
        "no number for the object",
        b"NaN",
        ' is no object of settings, as {"position": {"interval_minutes": 15}}',
    ),
    ("Latin-1", b'{"plan":\n"\xe4"}', ":2: is not UTF-8, perhaps Latin-1; save it as UTF-8"),
    ("UTF-16", b"\xff\xfe{\0}\0", " is written in UTF-16; save it as UTF-8"),
    (
        "one byte more than is read",
        b" " * (64 * 1024 + 1),
        " is larger than 64 kB, so it cannot be what it should be",
    ),
    (
        "5,000 lists in one another",
        b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
        " is nested too deeply",
    ),
    ("301 objects in one another", b'{"a":' * 301 + b"1" + b"}" * 301, " is nested too deeply"),
)
