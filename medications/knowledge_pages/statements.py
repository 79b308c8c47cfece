"""Statements of the knowledge, each with its source, and the subjects they stand in. No Django."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from assessments.facts import FACTS
from knowledge.cited import Check, Cited, check_of
from knowledge.editions import knowledge
from knowledge.numbers import Number, Permitted
from knowledge.schedule.choices import ScheduleChoice


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of a subject; without a tag where nothing is claimed."""

    head: str
    text: str
    tag: str = ""
    sources: tuple[str, ...] = ()
    checked: date | None = None
    next_check: date | None = None
    choice: str = ""

    @property
    def check(self) -> Check:
        return check_of(self.tag)

    @property
    def searched(self) -> str:
        return " ".join((self.head, self.text, self.tag, *self.sources)).lower()


@dataclass(frozen=True, slots=True)
class RoomSubject:
    """What stands together on one page."""

    key: str
    title: str
    lead: str
    statements: Callable[[], Iterable[Statement]]
    # The numbers of it that a clinic may choose.
    choices: Callable[[], Mapping[str, ScheduleChoice]] = dict

    @property
    def digest(self) -> str:
        """Of everything that is said, without the days on which it was checked."""
        said = [
            (one.head, one.text, one.tag, one.sources, one.choice)
            for one in self.statements()
        ]
        return sha256(json.dumps(said).encode()).hexdigest()

    def found(self, text: str) -> list[Statement]:
        """The statements that hold every word."""
        words = text.lower().split()
        return [
            one
            for one in self.statements()
            if all(word in one.searched for word in words)
        ]


def line(
    one: Cited, head: str, text: str, permitted: Permitted | None = None
) -> Statement:
    listed = (knowledge().sources[key] for key in one.cites)
    titles = tuple(f"{source.title}, {source.date}" for source in listed)
    return Statement(
        head,
        text,
        one.tag,
        (*((one.source,) if one.source else ()), *titles),
        one.checked,
        one.next_check,
        f"{permitted.words}. {permitted.because}" if permitted else "",
    )


def day_count(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def number_line(one: Number) -> Statement:
    return line(one, one.meaning, f"{one.value} {one.unit}", one.permitted)


def role_words(role: str) -> str:
    return role.replace("_", " ")


def fact_label(name: str) -> str:
    return FACTS[name].label.lower() if name in FACTS else name.replace("_", " ")
