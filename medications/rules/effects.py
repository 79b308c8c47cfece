"""Effects that a rule may have on a medication."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum


class Effect(IntEnum):
    """Weakest first, so that the strongest is the greatest."""

    INFO = 0
    ACTION = 1
    PREFERRED = 2
    CAUTION = 3
    # Cannot be given by this clinic: refer.
    NOT_HERE = 4
    AVOID = 5
    CONTRAINDICATED = 6

    @property
    def rules_out(self) -> bool:
        return self >= Effect.AVOID


@dataclass(frozen=True, slots=True)
class Say:
    """One effect on one medication; `blocking` holds back the first dose."""

    medication: str
    effect: Effect
    blocking: bool = False

    @property
    def weight(self) -> int:
        """How much an unanswered question behind this could move the result.

        A blocking task weighs as much as a caution; information moves nothing.
        """
        return self.effect + 2 * self.blocking


def read_says(text: str) -> tuple[Say, ...]:
    """Effects as the reference writes them: "MTD,BUP_SL=CAUTION; MTD=ACTION!"."""
    return tuple(_says(text))


def _says(text: str) -> Iterator[Say]:
    for clause in filter(None, (part.strip() for part in text.split(";"))):
        keys, _, word = clause.partition("=")
        effect = Effect[word.rstrip("!")]
        for key in keys.split(","):
            yield Say(key.strip(), effect, word.endswith("!"))
