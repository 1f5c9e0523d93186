"""The rules of the architecture as tables, and what reads a module's source by them.

PARTS says who may import whom, ALONE who may use a library, LATE what is imported inside functions.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY: Final = Path(__file__).parents[1]

# What a part may import of deskbreak. The longest name that fits a module is its part.
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "deskbreak": (),
    "deskbreak.__main__": ("deskbreak.cli",),
    "deskbreak.late": (),
    "deskbreak.core": (),
    "deskbreak.ports": ("deskbreak.core",),
    "deskbreak.door": ("deskbreak.core",),
    "deskbreak.policy": ("deskbreak.core",),
    # Made for commands and for the repository alone, with words and titles that the storage finds.
    "deskbreak.policy.templates": ("deskbreak.core", "deskbreak.policy", "deskbreak.storage"),
    "deskbreak.storage": ("deskbreak.core", "deskbreak.policy"),
    "deskbreak.platforms": ("deskbreak.late", "deskbreak.core", "deskbreak.ports"),
    "deskbreak.agent": (
        "deskbreak.late",
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.storage",
        "deskbreak.door",
        "deskbreak.agent.clock",
        "deskbreak.agent.clock_macos",
        "deskbreak.agent.launch",
    ),
    # What tells the time, and what starts our other processes: commands and pages need them alone.
    "deskbreak.agent.clock": (
        "deskbreak.core",
        "deskbreak.agent.clock_macos",
        "deskbreak.agent.clock_windows",
    ),
    "deskbreak.agent.clock_macos": (),
    "deskbreak.agent.clock_windows": (),
    "deskbreak.agent.launch": (),
    # The parts of the desktop, and the whole agent: what knows concrete classes has modules of its own.
    "deskbreak.agent.desktop": (
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.storage",
        "deskbreak.agent",
        "deskbreak.agent.launch",
        "deskbreak.agent.panel",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.parts": ("deskbreak.core", "deskbreak.ports", "deskbreak.platforms"),
    "deskbreak.agent.here": (
        "deskbreak.storage",
        "deskbreak.agent.desktop",
        "deskbreak.agent.desktop_linux",
        "deskbreak.agent.desktop_native",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.without": (
        "deskbreak.core",
        "deskbreak.storage",
        "deskbreak.agent",
        "deskbreak.agent.clock",
        "deskbreak.agent.desktop",
        "deskbreak.agent.here",
    ),
    "deskbreak.agent.desktop_linux": (
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.agent",
        "deskbreak.agent.desktop",
        "deskbreak.agent.holds",
        "deskbreak.agent.panel",
        "deskbreak.agent.presence",
        "deskbreak.agent.ways",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.desktop_native": (
        "deskbreak.agent.parts",
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.agent",
        "deskbreak.agent.clock",
        "deskbreak.agent.desktop",
        "deskbreak.agent.holds_native",
        "deskbreak.agent.panel_native",
        "deskbreak.agent.presence_native",
        "deskbreak.agent.ways_native",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.holds_native": (
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.agent",
        "deskbreak.agent.holds",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.panel_native": (
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.storage",
        "deskbreak.agent",
        "deskbreak.agent.panel",
        "deskbreak.agent.parts",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.presence_native": (
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.agent",
        "deskbreak.agent.parts",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.ways_native": (
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.agent",
        "deskbreak.agent.parts",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.holds": (
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.agent",
        "deskbreak.agent.clock",
        "deskbreak.agent.holdseat",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.holdseat": (
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.agent",
        "deskbreak.agent.clock",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.panel": (
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.storage",
        "deskbreak.agent",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.ways": (
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.storage",
        "deskbreak.agent",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.presence": (
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.agent",
        "deskbreak.agent.clock",
        "deskbreak.agent.supervisor",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.supervisor": ("deskbreak.core", "deskbreak.ports", "deskbreak.platforms"),
    "deskbreak.agent.compose": (
        "deskbreak.core",
        "deskbreak.ports",
        "deskbreak.storage",
        "deskbreak.door",
        "deskbreak.agent",
        "deskbreak.agent.clock",
        "deskbreak.agent.desktop",
        "deskbreak.agent.here",
        "deskbreak.agent.running",
        "deskbreak.platforms",
    ),
    "deskbreak.agent.running": (
        "deskbreak.core",
        "deskbreak.storage",
        "deskbreak.door",
        "deskbreak.agent",
        "deskbreak.agent.desktop",
    ),
    "deskbreak.figure": ("deskbreak.core",),
    "deskbreak.pages": (
        "deskbreak.core",
        "deskbreak.figure",
        "deskbreak.storage",
        "deskbreak.door",
        "deskbreak.agent.clock",
    ),
    "deskbreak.cli": ("deskbreak.late", "deskbreak.commands"),
    "deskbreak.commands": (
        "deskbreak.core",
        "deskbreak.figure",
        "deskbreak.storage",
        "deskbreak.policy",
        "deskbreak.policy.templates",
        "deskbreak.door",
        "deskbreak.agent.clock",
        "deskbreak.agent.compose",
        "deskbreak.agent.launch",
        "deskbreak.agent.without",
        "deskbreak.pages",
    ),
}

# What is imported inside functions only, by whom ("" is everybody): it costs memory, or fails where it is not.
LATE: Final = (
    ("deskbreak.cli", "deskbreak.commands"),
    ("deskbreak.agent.compose", "deskbreak.agent.player"),
    ("deskbreak.agent.compose", "deskbreak.platforms.*"),
    ("deskbreak.agent.holds", "deskbreak.platforms.*"),
    ("deskbreak.agent.holdseat", "deskbreak.platforms.*"),
    ("deskbreak.agent.here", "deskbreak.agent.desktop_linux"),
    ("deskbreak.agent.here", "deskbreak.agent.desktop_native"),
    ("deskbreak.agent.here", "deskbreak.platforms.*"),
    ("deskbreak.agent.desktop_linux", "deskbreak.platforms.*"),
    ("deskbreak.agent.panel_native", "deskbreak.agent.tray"),
    ("deskbreak.agent.ways_native", "deskbreak.platforms.*"),
    ("deskbreak.agent.panel", "deskbreak.agent.tray"),
    ("deskbreak.agent.panel", "deskbreak.platforms.*"),
    ("deskbreak.agent.presence", "deskbreak.platforms.*"),
    ("deskbreak.agent.ways", "deskbreak.platforms.*"),
    ("deskbreak.commands", "deskbreak.agent"),
    ("deskbreak.commands", "deskbreak.policy.templates"),
    ("deskbreak.commands", "deskbreak.figure"),
    ("deskbreak.commands", "deskbreak.pages"),
    ("", "AppKit"),
    ("", "Foundation"),
    ("", "PyObjCTools"),
    ("", "Xlib"),
    ("", "jeepney"),
    ("", "plyer"),
    ("", "tomlkit"),
    ("", "winreg"),
)

# What only these may import; nobody may import what has no one.
ALONE: Final[dict[str, tuple[str, ...]]] = {
    "PIL": ("deskbreak.platforms.macos.tray",),
    "Xlib": ("deskbreak.platforms.linux",),
    "apscheduler": ("deskbreak.agent.pulse",),
    "argparse": ("deskbreak.commands",),
    "asyncio": ("deskbreak.pages",),
    "gi": (),
    "jeepney": ("deskbreak.platforms.linux",),
    "jinja2": ("deskbreak.pages",),
    "marshal": (),
    "multiprocessing": (),
    "pickle": (),
    "plistlib": ("deskbreak.platforms.macos", "deskbreak.policy", "deskbreak.storage"),
    "objc": ("deskbreak.platforms.macos",),
    "plyer": ("deskbreak.agent.plyer_channel", "deskbreak.agent.plyer_windows"),
    "pystray": ("deskbreak.agent.tray",),
    "pystray._base": ("deskbreak.agent.tray", "deskbreak.platforms.linux.tray"),
    "pystray._darwin": ("deskbreak.platforms.macos.tray",),
    "pystray._win32": ("deskbreak.platforms.windows.tray",),
    "shelve": (),
    "socket": (
        "deskbreak.agent.service",
        "deskbreak.door",
        "deskbreak.pages.entrance",
        "deskbreak.platforms",
    ),
    "socketserver": ("deskbreak.door",),
    "sqlite3": ("deskbreak.storage",),
    "starlette": ("deskbreak.pages",),
    "tomlkit": ("deskbreak.storage",),
    "tomllib": ("deskbreak.core", "deskbreak.figure", "deskbreak.storage"),
    "uvicorn": ("deskbreak.pages",),
    "winreg": (
        "deskbreak.pages.browser",
        "deskbreak.platforms.windows",
        "deskbreak.policy",
        "deskbreak.storage",
    ),
}

# All that the core may import from outside: nothing here reads, writes, waits, draws lots or tells the time.
# fmt: off
PURE: Final = (
    "__future__", "abc", "bisect", "calendar", "collections", "contextlib",
    "copy", "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions",
    "functools", "heapq", "itertools", "json", "math", "numbers",
    "operator", "re", "reprlib", "shlex.quote", "statistics", "string", "textwrap",
    "tomllib", "types", "typing", "unicodedata", "zoneinfo",
)
# fmt: on

CLOCKS: Final = ("deskbreak.agent.clock", "deskbreak.agent.compose")
PATIENCE: Final = {"time.monotonic": "deskbreak.door"}
"""How long somebody may take to say a line is no time of the day or of the person."""
TELLS_THE_TIME: Final = re.compile(
    r"time\.(time|monotonic|perf_counter|process_time|clock_gettime|localtime|gmtime)(_ns)?"
    r"|datetime\.(datetime\.(now|utcnow|today)|date\.today)"
)
IMPURE_CALLS: Final = ("open", "print", "input", "exec", "eval", "breakpoint")


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name, in full: `from a import b` is `a.b`."""

    name: str
    line: int
    is_late: bool  # inside a function, or for the type checker only


def wrongs(module: str, source: str) -> list[str]:
    """Say what *source* may not do as the module of that name, with its line."""
    tree = ast.parse(source)
    imports = list(_imports(tree))
    aliases = _aliases(tree)
    return [
        *(wrong for each in imports for wrong in _wrong_import(module, each)),
        *(wrong for node in ast.walk(tree) for wrong in _wrong_node(module, node, aliases)),
    ]


def _wrong_import(module: str, imported: Import) -> Iterator[str]:
    at = f"{module}:{imported.line}"
    if imported.name == "deskbreak.__version__":
        return
    if is_in(imported.name, "deskbreak"):
        part = _part(module)
        if _part(imported.name) not in (part, *PARTS[part]):
            yield f"{at}: {part} may not import {imported.name}"
    elif is_in(module, "deskbreak.core") and not any(is_in(imported.name, pure) for pure in PURE):
        yield f"{at}: the core is pure and may not import {imported.name}"
    lone = _longest(imported.name, ALONE)
    if lone and not any(is_in(module, owner) for owner in ALONE[lone]):
        yield f"{at}: only {' and '.join(ALONE[lone]) or 'nobody'} may import {lone}"
    if not imported.is_late and any(
        is_in(module, who) and _fits(imported.name, what) for who, what in LATE
    ):
        yield f"{at}: {imported.name} is imported inside functions only"


def _wrong_node(module: str, node: ast.AST, aliases: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Global):
        yield f"{module}:{node.lineno}: global {', '.join(node.names)}"
    if isinstance(node, ast.ImportFrom) and node.level:
        yield f"{module}:{node.lineno}: a relative import hides where it comes from"
    if isinstance(node, (ast.Attribute, ast.Name)):
        name = _full_name(node, aliases)
        is_allowed = module in CLOCKS or (name in PATIENCE and is_in(module, PATIENCE[name]))
        if TELLS_THE_TIME.fullmatch(name) and not is_allowed:
            yield f"{module}:{node.lineno}: {name} is read in {' and '.join(CLOCKS)} only"
    if isinstance(node, ast.Call) and is_in(module, "deskbreak.core"):
        name = _full_name(node.func, aliases)
        if name in IMPURE_CALLS:
            yield f"{module}:{node.lineno}: the core is pure and may not call {name}"


def _imports(node: ast.AST, *, is_late: bool = False) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(name.name, child.lineno, is_late) for name in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module and not child.level:
            for name in child.names:
                yield Import(f"{child.module}.{name.name}", child.lineno, is_late)
        else:
            is_later = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            is_typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
            yield from _imports(child, is_late=is_late or is_later or is_typing)


def _aliases(tree: ast.AST) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.asname: name.name for name in node.names if name.asname}
        if isinstance(node, ast.ImportFrom):
            found |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
    return found


def _full_name(node: ast.AST, aliases: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_full_name(node.value, aliases)}.{node.attr}"
    return ""


def _part(module: str) -> str:
    return _longest(module, PARTS) or "deskbreak"


def _longest(name: str, names: dict[str, tuple[str, ...]]) -> str | None:
    return max((each for each in names if is_in(name, each)), key=len, default=None)


def is_in(name: str, whole: str) -> bool:
    """Whether *name* is *whole* or something in it; everything is in the empty name."""
    return not whole or name == whole or name.startswith(f"{whole}.")


def _fits(name: str, pattern: str) -> bool:
    """Whether *name* is in *pattern*; one that ends in `.*` means the modules in a package, not its names."""
    if not pattern.endswith(".*"):
        return is_in(name, pattern)
    package = pattern.removesuffix(".*")
    rest = name.removeprefix(f"{package}.")
    path = REPOSITORY / package.replace(".", "/") / rest.split(".")[0]
    return rest != name and (path.is_dir() or path.with_suffix(".py").is_file())


def modules() -> dict[str, Path]:
    """Every module that is installed, with its source."""
    found = {}
    for path in sorted((REPOSITORY / "deskbreak").rglob("*.py")):
        names = path.relative_to(REPOSITORY).with_suffix("").parts
        found[".".join(names).removesuffix(".__init__")] = path
    return found
