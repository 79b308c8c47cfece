"""Numbers of work in other hands, and the fewest people who have to change theirs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from knowledge.numbers import Number
from knowledge.tables import shaped, shipped


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HandRules:
    """What holds where people go into other hands."""

    numbers: Mapping[str, Number]

    def number(self, name: str) -> int:
        return self.numbers[name].days


@cache
def hand_rules() -> HandRules:
    return shaped(HandRules, shipped()["schedule"]["hands"], "schedule/hands")


@dataclass(frozen=True, slots=True)
class Burden:
    """Somebody in care as a part of the load: whose, how heavy, whether they may move."""

    person: int
    staff: int
    weight: int
    # Whoever is in danger stays in the hands that know them.
    stays: bool = False


@dataclass(frozen=True, slots=True)
class SuggestedMove:
    """One person from one pair of hands into another."""

    person: int
    giver: int
    taker: int


def even_out(burdens: Iterable[Burden], staff: Sequence[int]) -> list[SuggestedMove]:
    """Moves from the heaviest hands to the lightest, until none makes the two more even;
    few, since each is whoever comes nearest to the middle."""
    held = list(burdens)
    load = {one: sum(b.weight for b in held if b.staff == one) for one in staff}
    free = [b for b in held if not b.stays and b.staff in load]
    moves: list[SuggestedMove] = []
    while len(load) > 1:
        giver = max(staff, key=lambda one: load[one])
        taker = min(staff, key=lambda one: load[one])
        gap = load[giver] - load[taker]
        # Whoever weighs less than the difference makes the two more even.
        able = [b for b in free if b.staff == giver and b.weight < gap]
        if not able:
            return moves
        chosen = min(able, key=lambda b: (abs(gap - 2 * b.weight), -b.weight, b.person))
        free.remove(chosen)
        load[giver] -= chosen.weight
        load[taker] += chosen.weight
        moves.append(SuggestedMove(chosen.person, giver, taker))
    return moves
    return moves
