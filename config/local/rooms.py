"""Counts of the rooms: what lies directly in each, and the imports among it, beside the bars.

`python -m config.local.rooms` prints them; `make check` fails above a bar.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from config.local.places import ROOT

# Files and folders directly in the room, and imports among them, at most.
BARS = {
    "medications": (20, 60),
    "assessments": (18, 45),
    "aftercare": (14, 25),
    "reports": (12, 15),
}
ROOMS = (
    *("config", "devtools", "interop", "reports", "aftercare", "plans", "treatment"),
    *("medications", "assessments", "patients", "jobs", "accounts", "knowledge"),
)


def modules_in(room: str) -> set[str]:
    """Names of the files and folders of Python directly inside a room."""
    folder = ROOT / room
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    folders = {path.parent.name for path in folder.glob("*/__init__.py")}
    return (files | folders) - {"migrations"}


def arrows_in(room: str) -> set[tuple[str, str]]:
    """Each pair of modules of a room of which the first imports the second."""
    known = modules_in(room)
    return {
        (importer, imported)
        for importer in known
        for imported in _imported(room, importer)
        if imported in known and imported != importer
    }


def _imported(room: str, module: str) -> Iterator[str]:
    path = ROOT / room / module
    files = path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]
    for file in files:
        yield from _of_file(room, file)


def _of_file(room: str, file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == room:
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            head, _, rest = node.module.partition(".")
            if head == room and rest:
                yield rest.partition(".")[0]


def main() -> int:
    is_over = False
    print(f"{'room':<14}{'modules':>8}{'arrows':>8}   at most")
    for room in ROOMS:
        modules, arrows = len(modules_in(room)), len(arrows_in(room))
        bar = BARS.get(room)
        at_most = f"{bar[0]} / {bar[1]}" if bar else ""
        over = bar is not None and (modules > bar[0] or arrows > bar[1])
        is_over = is_over or over
        print(f"{room:<14}{modules:>8}{arrows:>8}   {at_most}{'  OVER' * over}")
    return int(is_over)


if __name__ == "__main__":
    sys.exit(main())
