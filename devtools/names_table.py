"""Make `knowledge/names/vocabulary.tsv` again from the wheel of
drug-named-entity-recognition (MIT), of which it keeps names in use in the US."""

import bz2
import io
import pickle
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn
from zipfile import ZipFile

from knowledge.names.near import slips
from knowledge.names.vocabulary import (
    BRAND,
    INGREDIENT,
    SPELLING,
    TOGETHER,
    name_groups,
    that_matter,
)
from knowledge.names.words import beside_a_name
from knowledge.names.writing import plain
from knowledge.tables import read_file

PACKAGE = "drug_named_entity_recognition"
DICTIONARY = f"{PACKAGE}/drug_ner_dictionary.pkl.bz2"
LICENCE = re.compile(rf"{PACKAGE}-[\d.]+\.dist-info/licenses/LICENSE")
# Written by hand beside the table: what is left out, and ingredients named otherwise.
ORIGIN = Path("knowledge/names/origin.toml")
SHORTEST, SHORTEST_SPELLING, LONGEST = 3, 6, 4
ALIKE, SAME_START = 0.8, 4
ASIDE = re.compile(r"\([^()]*\)")
LISTED = re.compile(r",? and |, | / |/")
WHOLE_NAME = re.compile(r"[a-z][a-z0-9]*( [a-z0-9]+)*")

type Canonical = Mapping[str, str]


class _Plain(pickle.Unpickler):
    """Reads words, lists and numbers, and nothing that would run."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name} is no plain value")


@dataclass(frozen=True, slots=True)
class Sifted:
    """What of the dictionary is kept: `canonical` names what each name stands for,
    names of MedlinePlus (generic names and brands of the US) standing first."""

    canonical: Canonical
    us: frozenset[str]
    left_out: frozenset[str]
    otherwise: Mapping[str, str]


def table(wheel: Path) -> str:
    """The whole file, its licence at its head."""
    with ZipFile(wheel) as archive:
        raw = bz2.decompress(archive.read(DICTIONARY))
        names = [n for n in archive.namelist() if LICENCE.fullmatch(n)]
        licence = archive.read(names[0]).decode()
    dictionary = _Plain(io.BytesIO(raw)).load()
    lines = sorted(set(_lines(_sifted(dictionary))))
    head = [f"# {line}".rstrip() for line in (*_about(wheel), *licence.splitlines())]
    return "\n".join([*head, *lines, ""])


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _about(wheel: Path) -> tuple[str, ...]:
    return (
        f"Names of medicines out of {wheel.name}, made by `manage.py names_table`.",
        "A line: name, ingredients, kind. Changed: sifted, folded, joined to ingredients.",
        "",
    )


def _sifted(dictionary: Mapping[str, Any]) -> Sifted:
    canonical = {n: c[0] for n, c in dictionary["drug_variant_to_canonical"].items()}
    data = dictionary["drug_canonical_to_data"]
    ours = read_file(ORIGIN)
    us: list[str] = []
    for name, meant in canonical.items():
        # MedlinePlus comes first; the first name of another source ends it.
        if "medline_plus_id" not in data[meant]:
            break
        us.append(name)
    left_out = frozenset(name for names in ours["left_out"].values() for name in names)
    return Sifted(canonical, frozenset(us), left_out, ours["otherwise"])


def _lines(sifted: Sifted) -> Iterator[str]:
    rows = {key: (shown, meant, kind) for key, shown, meant, kind in _rows(sifted)}
    stand = {
        key: meant
        for key, (_, meant, kind) in rows.items()
        if kind != SPELLING or {*meant} & that_matter()
    }
    ours = {
        plain(one.name): one.ingredients
        for group in name_groups().values()
        for one in group.names()
    }
    sure = {**stand, **ours}
    for key, (shown, meant, kind) in rows.items():
        # A spelling that one slip makes out of another medicine's name is none.
        if kind != SPELLING or all(sure.get(n, meant) == meant for n in slips(key)):
            yield f"{shown}\t{TOGETHER.join(meant)}\t{kind}"


def _rows(sifted: Sifted) -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    """Other spellings first, so that a name of the US takes their place."""
    known = dict(_ingredients(sifted))
    for name in sorted(sifted.canonical.keys() - sifted.us):
        meant = known.get(sifted.canonical[name])
        if meant and _is_spelling(plain(name), meant):
            yield plain(name), plain(name), meant, SPELLING
    for name in sorted(sifted.us):
        meant = known.get(sifted.canonical[name])
        key = _bare(plain(name))
        if meant and (key,) != meant and _is_brand(key, plain(name), meant, sifted):
            yield key, key.title(), meant, BRAND
    for one in sorted({i for meant in known.values() for i in meant}):
        yield one, one, (one,), INGREDIENT


def _ingredients(sifted: Sifted) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each meaning with its ingredients, where every one of them stands alone too."""
    meant = {c: _parts(c, sifted) for n in sifted.us if (c := sifted.canonical[n])}
    alone = {parts[0] for parts in meant.values() if len(parts) == 1}
    for canonical, parts in meant.items():
        are_names = {*parts} <= alone and all(map(_is_name, parts))
        if are_names and not {*parts} & sifted.left_out:
            yield canonical, parts


def _parts(canonical: str, sifted: Sifted) -> tuple[str, ...]:
    bare = ASIDE.sub(" ", canonical)
    parts = (_bare(plain(part)) for part in LISTED.split(bare))
    return tuple(dict.fromkeys(sifted.otherwise.get(p, p) for p in parts if p))


def _bare(name: str) -> str:
    """A name without its salt, form and route, where something is left."""
    beside = beside_a_name()
    kept = [word for word in name.split() if word not in beside]
    return " ".join(kept) if kept and len(kept[0]) >= SHORTEST else name


def _is_brand(key: str, name: str, meant: tuple[str, ...], sifted: Sifted) -> bool:
    """Whether it is a name of its own: not left out, and no ingredient with words."""
    if not _is_name(key) or key in sifted.left_out or key in beside_a_name():
        return False
    return not {*name.split()} & {word for one in meant for word in one.split()}


def _is_name(key: str) -> bool:
    return bool(
        len(key) >= SHORTEST
        and len(key.split()) <= LONGEST
        and WHOLE_NAME.fullmatch(key)
    )


def _is_spelling(key: str, meant: tuple[str, ...]) -> bool:
    """Another spelling of the one ingredient: a word that begins alike and is alike."""
    if len(meant) != 1 or not key.isalpha() or len(key) < SHORTEST_SPELLING:
        return False
    one = meant[0]
    alike = SequenceMatcher(None, key, one).ratio() >= ALIKE
    return key != one and key[:SAME_START] == one[:SAME_START] and alike
