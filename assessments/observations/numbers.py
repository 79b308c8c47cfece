"""Numbers, signs and flags as laboratories write them. No Django."""

import re
from decimal import Decimal
from enum import StrEnum

A_NUMBER = "Write a number, such as 4.2."
LONGEST = 40
# No result has more before or after its point.
MOST_DIGITS = 12
# 1,200 and 1,250,000.5: commas between groups of three, after a first that is no zero.
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
# 80,5 and 1.200,5: as it is written where the comma parts decimals.
DECIMAL_COMMA = re.compile(r"[+-]?\d+(\.\d{3})*,\d+")
# 1.200: a thousand and two hundred, or one and a fifth.
POINT_AND_THREE = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3}){2,}")
NUMBER = r"[+-]?(?:\d[\d.,]*|\.\d+)(?:e[+-]?\d+)?"
SIGNED = re.compile(
    r"(?P<low_or>less than or equal to|no more than|up to|at most|<\s*/?\s*=|=<|<\s*or\s*=|≤)"
    r"|(?P<high_or>greater than or equal to|at least|>\s*/?\s*=|=>|>\s*or\s*=|≥)"
    r"|(?P<low>less than|under|below|<)"
    r"|(?P<high>greater than|more than|over|above|>)",
    re.IGNORECASE,
)
FLAGS = {
    **dict.fromkeys(("h", "hi", "high"), "H"),
    **dict.fromkeys(("l", "lo", "low"), "L"),
    **dict.fromkeys(("a", "aa", "abn", "abnormal"), "A"),
    **dict.fromkeys(("c", "crit", "critical", "panic"), "C"),
    **dict.fromkeys(("*", "**", "!"), "*"),
    **dict.fromkeys(("n", "normal"), ""),
    "hh": "HH",
    "ll": "LL",
}
SPACES = dict.fromkeys(map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"), " ")
DASHES = dict.fromkeys(map(ord, "\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}"), "-")
POWERS = {ord("\N{SUPERSCRIPT THREE}"): "^3", ord("\N{SUPERSCRIPT NINE}"): "^9"}


class Comparator(StrEnum):
    """The sign before a number that is a bound."""

    BELOW = "<"
    AT_MOST = "<="
    AT_LEAST = ">="
    ABOVE = ">"

    @property
    def shown(self) -> str:
        return {"<=": "≤", ">=": "≥"}.get(self.value, self.value)


SIGNS = {
    "low": Comparator.BELOW,
    "low_or": Comparator.AT_MOST,
    "high_or": Comparator.AT_LEAST,
    "high": Comparator.ABOVE,
}


class NotAResult(Exception):
    """It cannot be so; the text says why, to the person who typed it.

    `offer` is what may have been meant; `may_keep` says that it can be kept as it
    stands once somebody has confirmed it; `field` is the part that it is about.
    """

    def __init__(
        self,
        message: str,
        *,
        offer: str = "",
        may_keep: bool = False,
        field: str = "value",
    ) -> None:
        super().__init__(message)
        self.offer = offer
        self.may_keep = may_keep
        self.field = field


def cleaned(text: str) -> str:
    """The same with plain spaces, dashes and powers."""
    return text.translate(SPACES | DASHES | POWERS).strip()


def with_sign(sign: str, words: str) -> str:
    """A number in words behind its sign, where it has one."""
    return f"{Comparator(sign).shown} {words}" if sign else words


def number_in(text: str) -> Decimal:
    """The number; asks where a comma may part decimals or thousands."""
    if GROUPED.fullmatch(text):
        return _of_a_size(text.replace(",", ""))
    if PLAIN.fullmatch(text):
        return _of_a_size(text)
    offer = ""
    if DECIMAL_COMMA.fullmatch(text):
        offer = text.replace(".", "").replace(",", ".")
    elif POINTS.fullmatch(text):
        offer = text.replace(".", "")
    if offer and len(text) <= LONGEST:
        raise NotAResult(
            f"Write it with a point before decimals, and no other. Did you mean {offer}?",
            offer=offer,
        )
    raise NotAResult(A_NUMBER)


def _of_a_size(text: str) -> Decimal:
    number = Decimal(text) if len(text) <= LONGEST else None
    if number is None or abs(number.adjusted()) > MOST_DIGITS:
        raise NotAResult(A_NUMBER)
    return number


def in_thousands(text: str) -> Decimal | None:
    """What a number is where its point parts thousands; None where it cannot."""
    if POINT_AND_THREE.fullmatch(text) is None:
        return None
    return Decimal(text.replace(".", ""))


def plain(number: Decimal | None) -> str:
    """A number without needless zeros."""
    if number is None:
        return "?"
    return f"{number.normalize():f}" if number else "0"
