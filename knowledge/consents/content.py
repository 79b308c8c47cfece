"""Words and numbers of consents and disclosures, as the files beside this one say them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from knowledge.tables import CONSENTS, HERE, read_file, shaped

WHOLE_RECORD = "record"


@dataclass(frozen=True, slots=True)
class ConsentKind:
    """One kind of consent: what it may hold, and what has to stand in it."""

    title: str
    hint: str
    expiry: tuple[str, ...]
    statements: tuple[str, ...]
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordSection:
    """One part of a record, for staff and as the person reads it."""

    title: str
    en: str
    es: str
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentStatement:
    """One fixed sentence; `element` names what the rule asks it for."""

    en: str
    es: str
    element: str = ""
    draft: bool = False
    draft_es: bool = False

    @property
    def drafts(self) -> tuple[str, ...]:
        """The wordings of it that counsel has not read yet."""
        spanish = (self.es,) if self.draft or self.draft_es else ()
        return (self.en, *spanish) if self.draft else spanish

    def say(self, language: str, **words: str) -> str:
        return (self.es if language == "es" else self.en).format(**words)


@dataclass(frozen=True, slots=True)
class DisclosureGround:
    """On what something is given out; `words` asks what it rests on."""

    title: str
    words: str
    notice: str
    whole: bool = False
    told_to_person: bool = False


@dataclass(frozen=True, slots=True)
class DisclosurePurpose:
    """For what something is given out."""

    title: str
    tpo: bool = False


@dataclass(frozen=True, slots=True)
class DisclosureNotice:
    """The statement that goes along."""

    text: str
    draft: bool = False


@dataclass(frozen=True, slots=True)
class RightPeriod:
    """A number of days, months or years, and what it rests on."""

    value: int
    source: str


def _read[Shape](name: str, shape: type[Shape]) -> Mapping[str, Shape]:
    raw = read_file(HERE / CONSENTS / f"{name}.toml")
    return {key: shaped(shape, entry, f"{name}.{key}") for key, entry in raw.items()}


@cache
def kinds() -> Mapping[str, ConsentKind]:
    return _read("kinds", ConsentKind)


@cache
def sections() -> Mapping[str, RecordSection]:
    return _read("sections", RecordSection)


@cache
def statements() -> Mapping[str, ConsentStatement]:
    return _read("statements", ConsentStatement)


@cache
def grounds() -> Mapping[str, DisclosureGround]:
    return _read("grounds", DisclosureGround)


@cache
def purposes() -> Mapping[str, DisclosurePurpose]:
    return _read("purposes", DisclosurePurpose)


@cache
def notices() -> Mapping[str, DisclosureNotice]:
    return _read("notices", DisclosureNotice)


@cache
def _periods() -> Mapping[str, RightPeriod]:
    return _read("periods", RightPeriod)


def period(name: str) -> int:
    """One of the numbers."""
    return _periods()[name].value


def sections_of(kind: str) -> tuple[str, ...]:
    """What a consent of this kind may name."""
    only = kinds()[kind].sections
    apart = {key for one in kinds().values() for key in one.sections}
    return only or tuple(key for key in sections() if key not in apart)


def reach_of(named: list[str]) -> frozenset[str]:
    """The sections named, with what each brings along."""
    known = sections()
    brought = (known[key].holds for key in named if key in known)
    return frozenset(named).union(*brought)


def section_titles(named: list[str]) -> str:
    """Sections in words, one after the other."""
    known = sections()
    return "; ".join(known[key].title for key in named if key in known)
