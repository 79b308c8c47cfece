"""Repeating something and saying how long it took. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter

WARM_UPS = 3


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of each repetition."""

    seconds: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        return median(self.seconds) * 1000

    @property
    def p95_ms(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.95)] * 1000

    @property
    def total(self) -> float:
        return sum(self.seconds)


def once(act: Callable[[], object]) -> float:
    """Seconds that it took."""
    began = perf_counter()
    act()
    return perf_counter() - began


def in_turns(
    acts: Mapping[str, Callable[[], object]], *, times: int
) -> dict[str, Timed]:
    """Each `times` over, one after the other in every round, so that a slow moment
    of the machine falls on all of them."""
    for act in acts.values():
        for _ in range(WARM_UPS):
            act()
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(times):
        for name, act in acts.items():
            taken[name].append(once(act))
    return {name: Timed(tuple(seconds)) for name, seconds in taken.items()}
