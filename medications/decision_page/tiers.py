"""Tiers: options that stand alike side by side, the first places first. No Django."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from assessments.picture import Picture, State
from knowledge.medicines import medicines
from medications.decision_page.columns import DecisionColumn
from medications.options.model import Standing

PLACES = ("First, on what is known", "Second", "Third", "Fourth")
# What the person says where a place may hang on it, and how the head of a tie says so.
DECIDERS: Mapping[str, str] = {
    "preference": "their wish",
    "values": "what matters to them",
    "travel": "how often they can come",
    "history": "what helped before",
    "otp_access": "whether a program is in reach",
}
SHOWN_DECIDERS = 2


@dataclass(frozen=True, slots=True)
class Tier:
    """One or several options under one head; the head says how they rank."""

    title: str
    columns: tuple[DecisionColumn, ...]
    note: str = ""

    @property
    def is_tie(self) -> bool:
        return len(self.columns) > 1 and self.columns[0].is_tied

    @property
    def css(self) -> str:
        return f"is-{len(self.columns)}" if len(self.columns) > 1 else ""


def tiers(columns: Iterable[DecisionColumn], picture: Picture) -> tuple[Tier, ...]:
    """The columns as they stand in order, equals in one tier."""
    shown = [column for column in columns if not column.is_folded]
    return tuple(_tiers(shown, picture))


def _tiers(columns: list[DecisionColumn], picture: Picture) -> Iterator[Tier]:
    nth = 0
    for kind, group in groupby(columns, key=_kind):
        held = tuple(group)
        if kind in HEADS:
            yield Tier(HEADS[kind], held)
            continue
        yield _placed(held, nth, picture)
        nth += len(held)


def _placed(held: tuple[DecisionColumn, ...], nth: int, picture: Picture) -> Tier:
    if len(held) > 1:
        title = "Equal on what is known" if nth == 0 else "Then, equal"
        return Tier(title, held, deciders(picture))
    return Tier(PLACES[nth], held)


HEADS: Mapping[str, str] = {
    "not_here": "Not at this clinic",
    "waits": "Waits for an answer",
    "not_now": "Not now",
    "not_ranked": "Not ranked",
}


def _kind(column: DecisionColumn) -> str:
    """Of what is open its place; of the rest why it has none."""
    if column.standing is Standing.NOT_HERE:
        return "not_here"
    if column.standing is Standing.NEEDS_DATA:
        return "waits"
    if column.standing.ruled_out:
        return "not_now"
    return f"place {column.rank}" if column.rank else "not_ranked"


def deciders(picture: Picture) -> str:
    """What is not known and would decide between equals."""
    open_ones = [
        words
        for fact, words in DECIDERS.items()
        if picture.state(fact) is not State.KNOWN
    ]
    if not open_ones:
        return "Nothing known decides between them: choose together."
    named = open_ones[:SHOWN_DECIDERS]
    words = ", and ".join(named)
    return f"{words[:1].upper()}{words[1:]} would decide."


def mentioned(texts: Iterable[str]) -> dict[str, int]:
    """The columns in the order in which the person first named them."""
    said = " ".join(texts).lower()
    found: dict[str, int] = {}
    for one in medicines().columns:
        named = (said.find(word) for word in (*one.words, *_brands(one.key)))
        first = min((at for at in named if at >= 0), default=-1)
        if first >= 0:
            found[one.key] = first
    return found


def _brands(key: str) -> Iterator[str]:
    for other in medicines().kin(key):
        yield from (brand.lower() for brand in medicines()[other].brands)
