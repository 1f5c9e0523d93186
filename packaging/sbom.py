"""Writes a release's list of parts with the licences as we have read them: `python sbom.py LOCK RAW VERSION OUT`.

RAW is what cyclonedx-py found in an environment that has nothing but what LOCK pins; OUT is CycloneDX.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from notices import licence, pinned


def reviewed(raw: dict[str, Any], lock: str, version: str) -> dict[str, Any]:
    """Return *raw* with one licence for each part, as the list of *version*.

    Raises:
        LookupError: It does not have just the parts that *lock* pins.
    """
    parts = {(_plain(part["name"]), part["version"]): part for part in raw["components"]}
    wanted = {(_plain(name), version) for name, version in pinned(lock)}
    if parts.keys() != wanted:
        raise LookupError(f"locked and installed differ: {sorted(parts.keys() ^ wanted)}")
    for part in parts.values():
        named = {"id": licence(metadata.distribution(part["name"])), "acknowledgement": "concluded"}
        part["licenses"] = [{"license": named}]
    raw["metadata"]["component"]["version"] = version
    return raw


def _plain(name: str) -> str:
    """Return a name as all of its spellings have it. Source: PyPA, "Names and normalization"."""
    return re.sub(r"[-_.]+", "-", name).lower()


def written(sbom: dict[str, Any]) -> str:
    """Return the text of an SBOM.

    Raises:
        ValueError: It is not CycloneDX 1.6.
    """
    text = json.dumps(sbom, indent=2, sort_keys=True) + "\n"
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        raise ValueError(f"this is not CycloneDX 1.6: {wrong}")
    return text


if __name__ == "__main__":
    lock_, raw_, version_, out = sys.argv[1:]
    found = json.loads(Path(raw_).read_text(encoding="utf-8"))
    text_ = written(reviewed(found, Path(lock_).read_text(encoding="utf-8"), version_))
    Path(out).write_text(text_, encoding="utf-8")
