"""What-if questions: which facts to try, and which standings move.

Nothing of it is kept. No Django.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from assessments.facts import FACTS, Fact, FactKind
from assessments.picture import Picture
from knowledge.medicines import medicines
from medications.options.headline import LOOKS, Look, first_reason
from medications.options.model import Option, Options

USUAL = ("cows", "pregnancy", "qtc", "child_pugh")
TRIED = 7
# Kinds that one short control can hold.
# A history and free words are too long to try.
TRIABLE = frozenset(FactKind) - {FactKind.TRIALS, FactKind.TEXT}
SHORT = (FactKind.BOOL, FactKind.CHOICE, FactKind.INT, FactKind.DECIMAL)
NEVER_PREGNANT = "male"


@dataclass(frozen=True, slots=True)
class StandingMove:
    """One option whose standing or first place another answer would change."""

    title: str
    before: Look
    after: Look
    reason: str
    now_first: bool


@dataclass(frozen=True, slots=True)
class Moves:
    """What other answers would change, and what they would not."""

    moved: tuple[StandingMove, ...]
    unmoved: tuple[str, ...]


def facts_to_try(picture: Picture, options: Options) -> tuple[str, ...]:
    """The usual ones, then those whose answer could move the most."""
    usual = [name for name in USUAL if _can_apply(name, picture)]
    asked = sorted(
        (m for option in options.ranked() for m in option.missing),
        key=lambda m: (not m.holds, -m.effect),
    )
    wanted = [m.fact for m in asked if _can_apply(m.fact, picture)]
    return tuple(dict.fromkeys([*usual, *wanted]))[:TRIED]


def others_to_try(shown: Iterable[str], picture: Picture) -> dict[str, list[Fact]]:
    """Every other fact that can be tried, by domain, in the order of their labels."""
    left = [
        fact
        for fact in sorted(FACTS.values(), key=lambda fact: fact.label)
        if fact.name not in set(shown)
        and fact.kind in TRIABLE
        and _can_apply(fact.name, picture, TRIABLE)
    ]
    domains = dict.fromkeys(fact.domain for fact in left)
    return {
        domain.value.capitalize(): [fact for fact in left if fact.domain is domain]
        for domain in sorted(domains)
    }


def _can_apply(
    name: str, picture: Picture, kinds: Collection[FactKind] = SHORT
) -> bool:
    if name == "pregnancy" and picture.value("sex") == NEVER_PREGNANT:
        return False
    return FACTS[name].kind in kinds


def moves(before: Options, after: Options) -> Moves:
    """Each option that would stand or rank otherwise."""
    pairs = [(before.option(key), after.option(key)) for key in medicines().weighed]
    leads, led = _first(after), _first(before)
    moved = [
        StandingMove(
            medicines().titles[new.medication],
            LOOKS[old.standing],
            LOOKS[new.standing],
            first_reason(new)[0],
            new.medication == leads != led,
        )
        for old, new in pairs
        if old.standing is not new.standing or new.medication == leads != led
    ]
    titles = {move.title for move in moved}
    rest = (
        medicines().titles[key]
        for key in medicines().weighed
        if medicines().titles[key] not in titles
    )
    return Moves(tuple(moved), tuple(rest))


def _first(options: Options) -> str:
    """The first in rank of those compared here; empty where all are ruled out."""
    ranked: Sequence[Option] = options.ranked()
    return next(
        (o.medication for o in ranked if o.medication in medicines().weighed), ""
    )
