"""Reference limits as a laboratory prints them: two numbers, a bound, or words. No Django."""

import re
from dataclasses import dataclass

from assessments.observations.numbers import NUMBER, SIGNED, NotAResult, cleaned

LABEL = re.compile(r"^[A-Za-z][A-Za-z .]*[:=]\s*")
SPAN = re.compile(
    rf"(?P<low>{NUMBER})\s*(?P<first>[^\d\s-][^\s-]*(?:/1\.73\s?m2)?)?\s*(?:-|to)\s*"
    rf"(?P<high>{NUMBER})\s*(?P<unit>[^\d\s;:,][^;:,]*)?",
    re.IGNORECASE,
)
NOT_READ = "The range is not read. Write it as 7-56, or leave it out."


@dataclass(frozen=True, slots=True)
class LimitsText:
    """The two limits, each with its unit where one is named; empty where not stated."""

    low: str = ""
    high: str = ""


def limits_in(text: str) -> LimitsText:
    """The limits of a range. Words such as "Negative" state none."""
    rest = LABEL.sub("", cleaned(text).strip("()[] "))
    if not any(letter.isdigit() for letter in rest):
        return LimitsText()
    if signed := SIGNED.match(rest):
        bound = rest[signed.end() :].strip()
        is_upper = str(signed.lastgroup).startswith("low")
        return LimitsText(high=bound) if is_upper else LimitsText(low=bound)
    span = SPAN.fullmatch(rest)
    if span is None:
        raise NotAResult(NOT_READ, field="range")
    unit = span["unit"] or span["first"] or ""
    first = span["first"] or unit
    return LimitsText(
        f"{span['low']} {first}".strip(), f"{span['high']} {unit}".strip()
    )
