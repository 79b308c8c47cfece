"""Medicines for opioid use disorder, each once: names, kin, form, where each is offered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache, cached_property

from knowledge.cited import BEGINNING
from knowledge.tables import Table, shaped, shipped

EVERY = "ALL"
# What can be chosen where no medicine is.
NO_MEDICINE: Mapping[str, str] = {"NOT_NOW": "Not now", "NONE": "None of these"}


class Form(StrEnum):
    LIQUID = "liquid"
    TRANSMUCOSAL = "film or tablet"
    TABLET = "tablet"
    DEPOT = "depot"
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """One medicine, product or way of starting; medicines.toml says what each field is."""

    key: str
    since: date
    ingredient: str
    name: str
    parent: str = ""
    form: Form = Form.NONE
    route: str = ""
    interval_days: int = 1
    long: str = ""
    sentence: str = ""
    way: str = ""
    line: str = ""
    plain: Mapping[str, str] = field(default_factory=dict, hash=False)
    how: Mapping[str, str] = field(default_factory=dict, hash=False)
    pick: Mapping[str, str] = field(default_factory=dict, hash=False)
    words: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    column: int = 0
    is_adjunct: bool = False
    is_family: bool = False
    is_start: bool = False
    is_choice: bool = True
    is_asked: bool = False
    is_folded: bool = False
    asked_as: str = ""
    dose_fact: str = ""
    most: tuple[str, ...] = ()

    @property
    def full(self) -> str:
        """The name with its form, where the short one leaves it open."""
        return self.long or self.name

    @property
    def spoken(self) -> str:
        """The name within a sentence."""
        return self.sentence or self.name

    @property
    def is_daily(self) -> bool:
        return self.interval_days == 1

    @property
    def is_depot(self) -> bool:
        return self.form is Form.DEPOT


class Catalogue:
    """The medicines of one edition, and how they belong together."""

    def __init__(self, listed: Mapping[str, Medicine]) -> None:
        self._listed = listed

    def __getitem__(self, key: str) -> Medicine:
        return self._listed[key]

    def __contains__(self, key: object) -> bool:
        return key in self._listed

    def __iter__(self) -> Iterator[Medicine]:
        """Those that treat the disorder, in their order."""
        return (one for one in self._listed.values() if not one.is_adjunct)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Every option."""
        return tuple(one.key for one in self)

    @cached_property
    def adjuncts(self) -> tuple[str, ...]:
        return tuple(one.key for one in self._listed.values() if one.is_adjunct)

    @cached_property
    def parents(self) -> Mapping[str, str]:
        return {one.key: one.parent for one in self if one.parent}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Every name as a list has it, adjuncts too."""
        return {one.key: one.name for one in self._listed.values()}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """What a decision can name: options, and choosing none."""
        return {**{one.key: one.name for one in self}, **NO_MEDICINE}

    @cached_property
    def brands(self) -> Mapping[str, str]:
        """Brand names, each with its ingredient."""
        listed = self._listed.values()
        return {brand: one.ingredient for one in listed for brand in one.brands}

    @cached_property
    def sentences(self) -> Mapping[str, str]:
        """Every name as it stands within a sentence."""
        return {one.key: one.spoken for one in self}

    @cached_property
    def reach(self) -> Mapping[str, tuple[str, ...]]:
        """For each key a rule may name, the options that it is about."""
        each = {key: (key, *(o.key for o in self.forms(key))) for key in self.keys}
        return {EVERY: self.keys, **each}

    def parent_of(self, key: str) -> str:
        """What it is a form of; else itself."""
        return self.parents.get(key, key)

    def kin(self, key: str) -> frozenset[str]:
        """The medicine, what it is a form of, and the forms it has."""
        return frozenset((key, self.parent_of(key), *(o.key for o in self.forms(key))))

    def forms(self, key: str) -> tuple[Medicine, ...]:
        """Products and ways of starting of one medicine."""
        return tuple(one for one in self if one.parent == key)

    @cached_property
    def products(self) -> Mapping[str, tuple[str, ...]]:
        """What can be chosen within a medicine; a way of starting is no product."""
        found = {
            key: tuple(one.key for one in self.forms(key) if not one.is_start)
            for key in self.keys
        }
        return {key: products for key, products in found.items() if products}

    @cached_property
    def columns(self) -> tuple[Medicine, ...]:
        """Medicines laid out side by side, in the order of their places."""
        placed = (one for one in self if one.column)
        return tuple(sorted(placed, key=lambda one: one.column))

    def ways(self, key: str) -> tuple[str, ...]:
        """In how many ways a medicine can be taken: by itself and by its forms."""
        own = () if self[key].is_family else (key,)
        return (*own, *(one.key for one in self.forms(key) if one.is_choice))

    def told_apart(self, key: str) -> tuple[str, ...]:
        """Products that are named only where they stand apart."""
        return tuple(one.key for one in self.forms(key) if not one.is_choice)

    @cached_property
    def weighed(self) -> tuple[str, ...]:
        """Each medicine with its ways of starting, products left out."""
        return tuple(key for one in self.columns for key in self.started(one.key))

    def started(self, key: str) -> tuple[str, ...]:
        return (key, *(one.key for one in self.forms(key) if one.is_start))

    @cached_property
    def main(self) -> tuple[str, ...]:
        """Those between which a person chooses; what is folded away is seldom one."""
        return tuple(one.key for one in self.columns if not one.is_folded)

    @cached_property
    def choices(self) -> tuple[Medicine, ...]:
        """What can be chosen, ordered and written into the dose log."""
        return tuple(one for one in self if one.is_choice)

    @cached_property
    def asked(self) -> tuple[Medicine, ...]:
        """What a person is asked about: the places of columns, starts after theirs."""
        wanted = (self[key] for key in self.weighed)
        return tuple(one for one in wanted if one.is_asked)

    @cached_property
    def by_dose_fact(self) -> Mapping[str, tuple[str, ...]]:
        """Those taken day by day, by the fact that their dose fills."""
        facts = dict.fromkeys(one.dose_fact for one in self if one.dose_fact)
        return {f: tuple(one.key for one in self if one.dose_fact == f) for f in facts}

    def of_ingredient(self, name: str) -> frozenset[str]:
        return frozenset(one.key for one in self if one.ingredient == name)

    @cached_property
    def depots(self) -> frozenset[str]:
        return frozenset(one.key for one in self if one.is_depot)


def catalogue(table: Table) -> Catalogue:
    raw = {key: {"key": key, **told} for key, told in table.items()}
    return Catalogue(shaped(dict[str, Medicine], raw, "medicines"))


@cache
def medicines() -> Catalogue:
    """The medicines that ship with this version."""
    return catalogue(shipped()["medicines"])


@cache
def first_medicines() -> Catalogue:
    """Those of editions that were kept before medicines were part of them."""
    table = shipped()["medicines"]
    known = {key: one for key, one in table.items() if one["since"] == BEGINNING}
    return catalogue(known)
