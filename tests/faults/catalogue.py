"""Cases of the catalogue, as `catalogue.toml` tells them."""

import ast
import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
LIVE = "tests/faults"
# Each letter of the catalogue with how many cases it has.
SECTIONS = {"K": 18, "Q": 12, "B": 12, "C": 12, "D": 15, "I": 18}
SECTIONS |= {"A": 17, "Z": 12, "W": 14, "P": 10, "L": 9, "N": 7}


@dataclass(frozen=True)
class Case:
    """One case: what it is about, and exactly one thing that is said of it."""

    id: str
    title: str
    tests: tuple[str, ...] = ()
    here: str = ""
    # Of the Makefile; it ends well only if all of it holds.
    command: str = ""
    not_applicable: str = ""
    open: str = ""

    @property
    def said(self):
        ways = (self.tests, self.here, self.command, self.not_applicable, self.open)
        return [one for one in ways if one]

    @property
    def nodes(self):
        """What has to end well for it."""
        if self.command:
            return (self.command,)
        return (f"{LIVE}/{self.here}",) if self.here else self.tests


def cases():
    told = tomllib.loads((FOLDER / "catalogue.toml").read_text())
    return [
        Case(id=name, **(words | {"tests": tuple(words.get("tests", ()))}))
        for name, words in told.items()
    ]


def exists(node):
    """Whether a test of that name is written where it says, or a word of the Makefile;
    nothing is run."""
    if node.startswith("make "):
        return f"\n{node.removeprefix('make ')}:" in (ROOT / "Makefile").read_text()
    path, *names = node.split("::")
    if not (ROOT / path).exists():
        return False
    body = ast.parse((ROOT / path).read_text()).body
    for name in names:
        found = [one for one in body if getattr(one, "name", "") == name]
        if not found:
            return False
        body = found[0].body
    return True
