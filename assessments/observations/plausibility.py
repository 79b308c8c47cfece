"""Looks at a number of its kind: what cannot be, and what is asked about. No Django."""

from collections.abc import Iterator
from decimal import Decimal

from assessments.observations.kinds import ObservationKind
from assessments.observations.numbers import NotAResult, plain
from assessments.observations.units import in_own_unit

# Most slips of unit are by a thousand (mcg and mg, s and ms) or by ten.
SLIPS = (Decimal(1000), Decimal("0.001"), Decimal(10), Decimal("0.1"))


def is_usual(measure: ObservationKind, value: Decimal) -> bool:
    """Whether nearly every result lies there; so does all where nothing is declared."""
    return measure.usual is None or measure.usual[0] <= value <= measure.usual[1]


def refuse_impossible(measure: ObservationKind, value: Decimal) -> None:
    low, high = measure.low, measure.high
    if measure.has_word(value):
        return
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


def ask_about_unlikely(
    measure: ObservationKind, typed: Decimal, value: Decimal, unit: str
) -> None:
    if is_usual(measure, value):
        return
    offer = _likely(measure, value)
    asks = f"Did you mean {offer}? " if offer else ""
    raise NotAResult(
        f"{plain(typed)} {unit}".strip()
        + f" is unusual for {measure.label}. {asks}Check it, or say that it is so.",
        offer=offer,
        may_keep=True,
    )


def ask_which_unit(measure: ObservationKind, typed: Decimal) -> None:
    """Where no unit is named and the number could be in more than one of them."""
    if measure.usual is None or not is_usual(measure, typed):
        return
    for unit in measure.units:
        value = in_own_unit(measure, typed, unit)
        if value != typed and is_usual(measure, value):
            raise NotAResult(
                f"In which unit? {plain(typed)} {measure.unit} and {plain(typed)}"
                f" {unit} can both be. Name the unit.",
                field="unit",
            )


def ask_about_point(measure: ObservationKind, one: Decimal, other: Decimal) -> None:
    """Where a point may part decimals or thousands, and the first is not likelier."""
    bounded = measure.usual is not None
    if bounded and is_usual(measure, one) and not is_usual(measure, other):
        return
    offer = plain(other) if bounded and is_usual(measure, other) else plain(one)
    raise NotAResult(
        f"Is this {plain(one)} or {plain(other)}? Write it so.", offer=offer
    )


def ask_about_limit(
    measure: ObservationKind, limit: Decimal, *, is_upper: bool
) -> None:
    """A limit is where results of its kind lie; a lower one may be nought."""
    if measure.usual is None:
        return
    low, high = measure.usual
    if limit > high or (is_upper and limit < low):
        raise NotAResult(
            f"{plain(limit)} {measure.unit}".strip()
            + f" is an unusual limit for {measure.label}. Check it, or say that it is so.",
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
        yield in_own_unit(measure, value, unit)
    for factor in SLIPS:
        yield value * factor
