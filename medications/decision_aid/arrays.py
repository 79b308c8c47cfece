"""A number as dots, one dot a person: how many of all, in rows of equal length."""

from dataclasses import dataclass
from functools import lru_cache

# How many dots stand in a row, by how many there are in all.
IN_A_ROW = {100: 10, 1000: 40}
STEP = 12


class CannotBeDrawn(ValueError):
    """More people than there are, or a number of people without a drawing."""


@dataclass(frozen=True, slots=True)
class Dots:
    """Two paths of dots, those it is about and the others, and the size of all."""

    about: str
    others: str
    width: int
    height: int

    @property
    def is_hollow(self) -> bool:
        """Few enough that the others can be drawn as rings."""
        return self.width == self.height


@lru_cache(maxsize=64)
def dots(n: int, of: int) -> Dots:
    """`n` dots of `of`, filled from the top left, row by row."""
    if of not in IN_A_ROW or not 0 <= n <= of:
        raise CannotBeDrawn(f"{n} of {of}")
    in_a_row = IN_A_ROW[of]
    places = [_place(nth, in_a_row) for nth in range(of)]
    return Dots(
        "".join(places[:n]),
        "".join(places[n:]),
        in_a_row * STEP,
        -(-of // in_a_row) * STEP,
    )


def _place(nth: int, in_a_row: int) -> str:
    """A line of no length, which a round pen draws as a dot."""
    down, along = divmod(nth, in_a_row)
    return f"M{along * STEP + STEP // 2} {down * STEP + STEP // 2}h0"
