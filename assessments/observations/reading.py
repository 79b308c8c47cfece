"""From what was typed, or sent in a file, to measured results, or why not. No Django.

The form, the file and the intake read with this: what a laboratory writes means the same
wherever it is entered.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from assessments.observations.kinds import BY_CODE, ObservationKind
from assessments.observations.limits import NOT_READ, LimitsText, limits_in
from assessments.observations.numbers import (
    A_NUMBER,
    Comparator,
    NotAResult,
    in_thousands,
    number_in,
    plain,
    with_sign,
)
from assessments.observations.plausibility import (
    ask_about_limit,
    ask_about_point,
    ask_about_unlikely,
    ask_which_unit,
    refuse_impossible,
)
from assessments.observations.result_text import (
    IsUnit,
    ResultParts,
    flag_in,
    inches_in,
    pair_in,
    parts_of,
)
from assessments.observations.units import in_own_unit, is_log, unit_named
from assessments.observations.words import refuse_not_measured, word_in

# What a column of limits holds where the laboratory states none.
NO_LIMIT = frozenset(["", "-", "--", "n/a", "na", "none"])

# What is read in inches may be written in feet and inches.
FEET_ARE_OF = "in"


@dataclass(frozen=True, slots=True)
class LabResult:
    """One result in the unit of its kind, with the laboratory's limits in that unit.

    Behind a sign `value` is the bound. A test whose answer is a word may have both.
    """

    code: str
    value: Decimal | None = None
    text: str = ""
    comparator: str = ""
    low_limit: Decimal | None = None
    high_limit: Decimal | None = None
    flag: str = ""
    entered: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was typed; `shown_unit` is the unit that stood beside the field, and
    `is_sure` says that an unlikely value was confirmed."""

    value: str
    unit: str = ""
    low_limit: str = ""
    high_limit: str = ""
    range: str = ""
    flag: str = ""
    shown_unit: str = ""
    is_sure: bool = False


def read_results(measure: ObservationKind, sent: Sent) -> tuple[LabResult, ...]:
    """The result, or both where two are written as one: 120/80."""
    pair = pair_in(sent.value) if measure.pair else None
    if pair is None:
        return (read_result(measure, sent),)
    alone = replace(sent, low_limit="", high_limit="", range="")
    return (
        read_result(measure, replace(alone, value=pair[0])),
        read_result(BY_CODE[measure.pair], replace(alone, value=pair[1])),
    )


def read_result(measure: ObservationKind, sent: Sent) -> LabResult:
    """The result; refuses what cannot be, and asks about what is unlikely."""
    refuse_not_measured(sent.value)
    typed = inches_in(sent.value) if FEET_ARE_OF in measure.all_units else None
    parts = parts_of(typed or sent.value, _unit_of(measure))
    flag = parts.flag or flag_in(sent.flag) or ""
    if measure.choices and not (parts.number and measure.unit):
        word = word_in(parts.words or sent.value, measure.choices)
        return LabResult(measure.code, text=word, flag=flag)
    _refuse_words(measure, parts, sent)
    found = _number(measure, sent, parts)
    return replace(found, text=_said(measure, parts, found), flag=flag)


def _unit_of(measure: ObservationKind) -> IsUnit:
    return lambda text: unit_named(text) in measure.all_units


def _refuse_words(measure: ObservationKind, parts: ResultParts, sent: Sent) -> None:
    """A number has nothing behind it but a unit and flags."""
    pair = pair_in(sent.value) if measure.pair else None
    if pair is not None:
        raise NotAResult("Write one of the two numbers.", offer=pair[0])
    if not parts.number or (parts.words and not parts.words[0].isalpha()):
        raise NotAResult(A_NUMBER)
    if parts.words and not measure.choices:
        raise NotAResult(_in_which(measure, parts.words))


def _in_which(measure: ObservationKind, text: str) -> str:
    known = " or ".join(measure.all_units) or "no unit"
    return f"{measure.label} is read in {known}, not in {text.strip()[:20]}."


def _number(measure: ObservationKind, sent: Sent, parts: ResultParts) -> LabResult:
    typed = number_in(parts.number)
    unit = _unit(measure, sent, parts, typed)
    _ask_about_point(measure, parts.number, unit)
    value = in_own_unit(measure, typed, unit)
    refuse_impossible(measure, value)
    if not sent.is_sure:
        ask_about_unlikely(measure, typed, value, unit)
    low, high = _limits(measure, sent, unit)
    shown = f"{with_sign(parts.sign, plain(typed))} {unit}"
    return LabResult(
        measure.code,
        value,
        comparator=parts.sign,
        low_limit=low,
        high_limit=high,
        entered="" if unit == measure.unit else shown,
    )


def _unit(
    measure: ObservationKind, sent: Sent, parts: ResultParts, typed: Decimal
) -> str:
    """The unit that was named, beside the number or in its own place; else the one
    that stood beside the field, or the measurement's own where it can be no other."""
    named = {_known(measure, text) for text in (sent.unit, parts.unit) if text.strip()}
    if len(named) > 1:
        raise NotAResult("Two units are named. Leave one.", field="unit")
    if named:
        return named.pop()
    if not sent.shown_unit:
        ask_which_unit(measure, typed)
    return sent.shown_unit or measure.unit


def _known(measure: ObservationKind, text: str) -> str:
    unit = measure.unit if text.strip() == measure.unit else unit_named(text)
    if unit is None or unit not in measure.all_units:
        raise NotAResult(_in_which(measure, text), field="unit")
    return unit


def _ask_about_point(measure: ObservationKind, text: str, unit: str) -> None:
    other = None if is_log(unit) else in_thousands(text)
    if other is not None:
        one = in_own_unit(measure, Decimal(text), unit)
        ask_about_point(measure, one, in_own_unit(measure, other, unit))


def _said(measure: ObservationKind, parts: ResultParts, found: LabResult) -> str:
    """The word of a test that came as a number: the laboratory's own, or by its bounds."""
    if parts.words:
        return word_in(parts.words, measure.choices)
    value, sign = found.value, found.comparator
    if value is None or not measure.choices:
        return ""
    if measure.positive_from is None:
        raise NotAResult(
            f"{plain(value)} alone does not say it. Write the laboratory's word beside "
            f"it: {' or '.join(measure.choices)}."
        )
    is_below = sign in (Comparator.BELOW, Comparator.AT_MOST)
    most = measure.negative_below
    if most is not None and (value < most or (value == most and sign == "<")):
        return "" if sign in (Comparator.ABOVE, Comparator.AT_LEAST) else "negative"
    if value >= measure.positive_from and not is_below:
        return "positive"
    return ""


def _limits(
    measure: ObservationKind, sent: Sent, unit: str
) -> tuple[Decimal | None, Decimal | None]:
    """The laboratory's limits, from places of their own or from one range."""
    text = LimitsText(sent.low_limit, sent.high_limit)
    if not text.low.strip() and not text.high.strip():
        text = limits_in(sent.range)
    low = _limit(measure, sent, text.low, unit, "low_limit")
    high = _limit(measure, sent, text.high, unit, "high_limit")
    if low is not None and high is not None and low >= high:
        raise NotAResult(
            "The lower limit has to lie below the upper one.", field="high_limit"
        )
    return low, high


def _limit(
    measure: ObservationKind, sent: Sent, text: str, unit: str, field: str
) -> Decimal | None:
    """One limit, read and looked at as a result is."""
    if text.strip().lower() in NO_LIMIT:
        return None
    parts = parts_of(text, _unit_of(measure))
    try:
        if not parts.number:
            raise NotAResult(NOT_READ)
        if parts.words:
            raise NotAResult(_in_which(measure, parts.words))
        typed = number_in(parts.number)
        named = _known(measure, parts.unit) if parts.unit else unit
        _ask_about_point(measure, parts.number, named)
        limit = in_own_unit(measure, typed, named)
        if not sent.is_sure:
            ask_about_limit(measure, limit, is_upper=field == "high_limit")
    except NotAResult as refusal:
        raise NotAResult(
            f"The limit {text.strip()[:20]}: {refusal}",
            may_keep=refusal.may_keep,
            field=field,
        ) from None
    return limit
