"""The one loader of the room, and the one schema check of everything that it loads."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

HERE = Path(__file__).parent
# Pictures that show what a rule says; tests and pages read them, no edition holds them.
EXAMPLES = "examples"
# Questions of the intake: no decision leans on how a fact was asked for.
INTAKE = "intake"
# How pages say in short what rules say: the rules themselves are what a decision leans on.
WORDING = "wording"
# What consents and papers that leave the clinic say: law, and nobody's dose.
CONSENTS = "consents"
RULES = "rules"
NOT_OF_AN_EDITION = (EXAMPLES, INTAKE, WORDING, CONSENTS, RULES)
WHOLE = ConfigDict(extra="forbid")

type Table = Mapping[str, Any]
type Tables = dict[str, Table]


class BadTable(ValueError):
    """A table that lacks something, has too much, or has it in another form."""


@dataclass(frozen=True, slots=True)
class _Shaped[T]:
    """A shape is always checked inside this one, so that its config is ours."""

    it: T


_Shaped.__pydantic_config__ = WHOLE  # type: ignore[attr-defined]


def shaped[T](shape: type[T], raw: object, where: str) -> T:
    """A plain table as a value of its shape; names what does not fit, and where."""
    adapter: TypeAdapter[_Shaped[T]] = TypeAdapter(_Shaped[shape])  # type: ignore[valid-type]
    try:
        return adapter.validate_python({"it": raw}).it
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(map(str, first["loc"][1:]))
        raise BadTable(f"{where}: {place}: {first['msg']}") from fault


@cache
def shipped() -> Tables:
    """Every table of the room that ships with this version, read once."""
    return room(HERE)


def room(folder: Path) -> Tables:
    """The tables of a folder: a file by its name, those of a folder inside by theirs."""
    files = {path.stem: read_file(path) for path in sorted(folder.glob("*.toml"))}
    folders = {
        inside.name: {p.stem: read_file(p) for p in sorted(inside.glob("*.toml"))}
        for inside in sorted(folder.iterdir())
        if inside.is_dir() and inside.name not in NOT_OF_AN_EDITION
    }
    held = {name: files for name, files in folders.items() if files}
    return {**files, **held, RULES: dict(_rules(folder / RULES))}


def read_file(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def _rules(folder: Path) -> Iterator[tuple[str, Table]]:
    """Every card of every section, each knowing its section."""
    for path in sorted(folder.glob("*.toml")):
        for key, card in read_file(path).items():
            yield key, {"section": path.stem.upper(), **card}
