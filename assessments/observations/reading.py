"""From what was typed or sent in a file to one measured result, or why not. No Django."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from assessments.observations.kinds import ObservationKind
from assessments.observations.units import convert, unit_named

LONGEST = 40
# Most slips of unit are by a thousand (mcg and mg, s and ms) or by ten.
SLIPS = (Decimal(1000), Decimal("0.001"), Decimal(10), Decimal("0.1"))
# A thousand and two hundred, or one and a fifth.
TWO_READINGS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
WORDS = {
    "neg": "negative",
    "nonreactive": "negative",
    "non-reactive": "negative",
    "not detected": "negative",
    "none detected": "negative",
    "pos": "positive",
    "reactive": "positive",
    "detected": "positive",
}


class NotAResult(Exception):
    """It cannot be so; the text says why, to the person who typed it.

    `offer` is what may have been meant; `may_keep` says that it can be kept as it
    stands once somebody has confirmed it.
    """

    def __init__(
        self, message: str, *, offer: str = "", may_keep: bool = False
    ) -> None:
        super().__init__(message)
        self.offer = offer
        self.may_keep = may_keep


@dataclass(frozen=True, slots=True)
class LabResult:
    """One result in the unit of its kind, with the laboratory's limits in that unit."""

    value: Decimal | None = None
    text: str = ""
    low_limit: Decimal | None = None
    high_limit: Decimal | None = None
    entered: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was typed; `is_sure` once an unlikely value was confirmed."""

    value: str
    unit: str = ""
    low_limit: str = ""
    high_limit: str = ""
    is_sure: bool = False


def read_result(measure: ObservationKind, sent: Sent) -> LabResult:
    """The result; refuses what cannot be, and asks about what is unlikely."""
    if measure.choices:
        return LabResult(text=_word(measure, sent.value))
    unit = _unit(measure, sent.unit)
    typed = _number(sent.value)
    value = _converted(measure, typed, unit)
    _refuse_impossible(measure, value)
    if not sent.is_sure:
        _ask_about_unlikely(measure, typed, value, unit)
    low, high = (
        _converted(measure, _number(limit), unit) if limit.strip() else None
        for limit in (sent.low_limit, sent.high_limit)
    )
    if low is not None and high is not None and low >= high:
        raise NotAResult("The lower limit has to lie below the upper one.")
    entered = "" if unit == measure.unit else f"{plain(typed)} {unit}"
    return LabResult(value, "", low, high, entered)


def _word(measure: ObservationKind, text: str) -> str:
    word = " ".join(text.lower().split())
    word = WORDS.get(word, word)
    if word not in measure.choices:
        raise NotAResult(f"Write {' or '.join(measure.choices)}.")
    return word


def _unit(measure: ObservationKind, text: str) -> str:
    """The unit that was meant; without one, the measurement's own."""
    if not text.strip() or text.strip() == measure.unit:
        return measure.unit
    unit = unit_named(text)
    if unit not in measure.all_units:
        known = " or ".join(measure.all_units) or "no unit"
        raise NotAResult(
            f"{measure.label} is read in {known}, not in {text.strip()[:20]}."
        )
    return unit


def _number(text: str) -> Decimal:
    if TWO_READINGS.fullmatch(text.strip()):
        raise NotAResult("Write it without a comma, such as 1200, or with a point.")
    plain_text = text.strip().replace(",", ".")
    try:
        number = Decimal(plain_text) if len(plain_text) <= LONGEST else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite() or abs(number.adjusted()) > LONGEST:
        raise NotAResult("Write a number, such as 4.2.")
    return number


def _converted(measure: ObservationKind, typed: Decimal, unit: str) -> Decimal:
    if unit == measure.unit:
        return typed.quantize(Decimal("0.001")) if _is_long(typed) else typed
    found = convert(typed, unit, measure.unit, molar_mass=measure.molar_mass)
    return found.quantize(Decimal(1).scaleb(-measure.decimals))


def _is_long(number: Decimal) -> bool:
    """More decimals than a table keeps."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent < -3


def _refuse_impossible(measure: ObservationKind, value: Decimal) -> None:
    low, high = measure.low, measure.high
    if (low is not None and value < low) or (high is not None and value > high):
        offer = _likely(measure, value)
        asks = f" Did you mean {offer}?" if offer else ""
        raise NotAResult(
            f"{measure.label} lies between {plain(low)} and {plain(high)}"
            f" {measure.unit}.{asks}".replace(" .", "."),
            offer=offer,
        )
    if measure.is_whole and value != value.to_integral_value():
        raise NotAResult(f"Write a whole number of {measure.unit}.")


def _ask_about_unlikely(
    measure: ObservationKind, typed: Decimal, value: Decimal, unit: str
) -> None:
    if measure.usual is None or measure.usual[0] <= value <= measure.usual[1]:
        return
    offer = _likely(measure, value)
    asks = f"Did you mean {offer}? " if offer else ""
    raise NotAResult(
        f"{plain(typed)} {unit}".strip()
        + f" is unusual for {measure.label}. {asks}Check it, or say that it is so.",
        offer=offer,
        may_keep=True,
    )


def _likely(measure: ObservationKind, value: Decimal) -> str:
    """What a slip of unit or decimal point would have meant; empty without one."""
    if measure.usual is None or value <= 0:
        return ""
    low, high = measure.usual
    found = next((one for one in _meant(measure, value) if low <= one <= high), None)
    return "" if found is None else f"{plain(found)} {measure.unit}".strip()


def _meant(measure: ObservationKind, value: Decimal) -> Iterator[Decimal]:
    """The value had it been in another unit of its kind, then by powers of ten."""
    for unit in measure.units:
        yield _converted(measure, value, unit)
    for factor in SLIPS:
        yield value * factor


def plain(number: Decimal | None) -> str:
    """A number without needless zeros."""
    if number is None:
        return "?"
    return f"{number.normalize():f}" if number else "0"
