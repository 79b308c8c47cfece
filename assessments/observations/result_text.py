"""Text of one result in its parts: sign, number, unit, flag and words. No Django."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.observations.numbers import FLAGS, NUMBER, SIGNED, SIGNS, cleaned

LEADING = re.compile(rf"(?P<flag>\*+|!|hh?|ll?)\s*(?=[<>≤≥=]|{NUMBER})", re.IGNORECASE)
FIRST_NUMBER = re.compile(NUMBER, re.IGNORECASE)
BRACKETS = re.compile(r"[()\[\]]")
PAIR = re.compile(r"(\d{2,3}(?:\.\d+)?)\s*/\s*(\d{2,3}(?:\.\d+)?)(?P<rest>\D.*)?")
FEET = re.compile(
    r"""(?P<feet>\d)\s*(?:'|ft\.?|feet|foot)
        (?:\s*(?P<inches>\d{1,2}(?:\.\d+)?)\s*(?:''|"|in\.?|inch|inches)?)?""",
    re.IGNORECASE | re.VERBOSE,
)
# Apostrophes and quotes as telephones and typists write them.
QUOTES = str.maketrans({"\u2019": "'", "\u2032": "'", "\u201d": '"', "\u2033": '"'})
INCHES_IN_A_FOOT = 12

type IsUnit = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class ResultParts:
    """What stands in the text; `words` is whatever is none of the others."""

    sign: str = ""
    number: str = ""
    unit: str = ""
    flag: str = ""
    words: str = ""


def parts_of(text: str, is_unit: IsUnit) -> ResultParts:
    """The parts of a result such as ">60 mL/min (L)" or "DETECTED A"."""
    rest = cleaned(text)
    flag = ""
    if leading := LEADING.match(rest):
        flag, rest = FLAGS[leading["flag"].lower()[:2]], rest[leading.end() :]
    sign = ""
    if signed := SIGNED.match(rest):
        sign = SIGNS[str(signed.lastgroup)]
        rest = rest[signed.end() :].strip()
    found = FIRST_NUMBER.match(rest)
    number = found[0] if found else ""
    if sign and not number:
        # A sign without a number is a word such as "above".
        return ResultParts(words=cleaned(text))
    unit, last, words = _after(rest[len(number) :], is_unit, has_number=bool(number))
    return ResultParts(sign, number, unit, flag or last, words)


def _after(text: str, is_unit: IsUnit, *, has_number: bool) -> tuple[str, str, str]:
    """Unit, flag and words behind the number."""
    if has_number and is_unit(text.strip()):
        return text.strip(), "", ""
    tokens = text.replace(",", " ").split()
    flag, tokens = _without_flags(tokens, is_unit if has_number else _never)
    count = _unit_length(tokens, is_unit) if has_number else 0
    unit, tokens = " ".join(tokens[:count]), tokens[count:]
    more, tokens = _without_flags(tokens, _never)
    return unit, flag or more, " ".join(tokens)


def _never(_: str) -> bool:
    return False


def _without_flags(tokens: Sequence[str], is_unit: IsUnit) -> tuple[str, list[str]]:
    """The first flag of those at both ends, and what stands between."""
    rest, flags = list(tokens), []
    while rest and not is_unit(rest[0]) and (found := flag_in(rest[0])) is not None:
        flags.append(found)
        rest.pop(0)
    while rest and not is_unit(rest[-1]) and (found := flag_in(rest[-1])) is not None:
        flags.append(found)
        rest.pop()
    return next((one for one in flags if one), ""), rest


def flag_in(token: str) -> str | None:
    """The flag that a word is; empty for "normal", None where it is none."""
    bare = BRACKETS.sub("", token).strip().lower()
    marked = bare.rstrip("*!") or bare
    return FLAGS.get(marked)


def _unit_length(tokens: Sequence[str], is_unit: IsUnit) -> int:
    """How many words from the first on are a unit."""
    for count in range(len(tokens), 0, -1):
        if is_unit(" ".join(tokens[:count])):
            return count
    return 0


def inches_in(text: str) -> str | None:
    """Feet and inches as a number of inches: 5'4" is 64 in; None where it is none."""
    found = FEET.fullmatch(text.strip().translate(QUOTES))
    if found is None:
        return None
    inches = Decimal(found["inches"] or 0)
    if inches >= INCHES_IN_A_FOOT:
        return None
    return f"{int(found['feet']) * INCHES_IN_A_FOOT + inches} in"


def pair_in(text: str) -> tuple[str, str] | None:
    """Two results written as one, such as 120/80 mmHg; None where it is one."""
    found = PAIR.fullmatch(cleaned(text))
    if found is None:
        return None
    rest = found["rest"] or ""
    return found[1] + rest, found[2] + rest
