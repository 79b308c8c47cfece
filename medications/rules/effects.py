"""Medications, and what a rule may say about one."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from assessments.facts import MEDICATIONS

PARENTS = {
    "BUP_MONO": "BUP_SL",
    "BUP_COMBO": "BUP_SL",
    "BUP_LOW": "BUP_SL",
    "SUBLOCADE": "BUP_XR",
    "BRIXADI_W": "BUP_XR",
    "BRIXADI_M": "BUP_XR",
}
# What can be chosen within a parent; a low-dose start is a way of starting, no product.
PRODUCTS = {
    "BUP_SL": ("BUP_MONO", "BUP_COMBO"),
    "BUP_XR": ("SUBLOCADE", "BRIXADI_W", "BRIXADI_M"),
}
ADJUNCTS = ("LOFEX", "CLON", "ORA")
EVERY = "ALL"
NAMES = {
    "MTD": "methadone",
    "BUP_SL": "daily buprenorphine",
    "BUP_MONO": "buprenorphine alone",
    "BUP_COMBO": "buprenorphine with naloxone",
    "BUP_LOW": "a low-dose buprenorphine start",
    "BUP_XR": "the buprenorphine injection",
    "SUBLOCADE": "Sublocade",
    "BRIXADI_W": "weekly Brixadi",
    "BRIXADI_M": "monthly Brixadi",
    "NTX_XR": "the naltrexone injection",
    "NTX_PO": "oral naltrexone",
}


class Effect(IntEnum):
    """Weakest first, so that the strongest is the greatest."""

    INFO = 0
    ACTION = 1
    PREFERRED = 2
    CAUTION = 3
    AVOID = 4
    CONTRAINDICATED = 5

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


def _reach() -> dict[str, tuple[str, ...]]:
    """For each key a rule may name, the options that it is about."""
    reach: dict[str, tuple[str, ...]] = {EVERY: MEDICATIONS}
    for key in MEDICATIONS:
        forms = (form for form, parent in PARENTS.items() if parent == key)
        reach[key] = (key, *forms)
    return reach


REACH = _reach()
