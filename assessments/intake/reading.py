"""Answers read from what a form sends, or the reason why not. No Django, no clock."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from assessments.facts import FACTS
from assessments.intake.declaration import Ask, IntakeQuestion
from assessments.intake.parsing import (
    EARLIEST_YEAR,
    NotAnAnswer,
    before,
    day_in,
    number_in,
    stated,
)
from assessments.intake.rows import RowsRefused, read_rows, with_what_stood
from assessments.intake.submission import ON, SIGN, VALUE, Reply, Submission
from assessments.observations.kinds import BY_CODE
from assessments.observations.numbers import NotAResult
from assessments.observations.reading import LabResult, Sent, read_result
from assessments.picture import plain
from knowledge.names import entries

NOT_KNOWN, NONE = "unknown", "none"
TEN = Decimal(10)
LONGEST = {Ask.TEXT: 200, Ask.LISTED: 600, Ask.WORDS: 2000}
# Typed into a field: not known; and none, where none is an answer.
TYPED_UNKNOWN, TYPED_NONE = ("?",), ("-", "\u2013")
TYPED = (Ask.NUMBER, Ask.MEASURED, Ask.MOMENT, Ask.DAY, Ask.LISTED)


def read(question: IntakeQuestion, sent: Submission, *, at: datetime) -> Reply | None:
    """The answer; None where nothing was said. Refuses what cannot be."""
    _refuse_odd_letters(sent)
    typed = sent.text or sent.ago if question.kind in TYPED else ""
    if NOT_KNOWN in (sent.state, *sent.values) or typed in TYPED_UNKNOWN:
        return Reply(is_known=False, source=sent.source)
    if sent.state == NONE or NONE in sent.values or typed in TYPED_NONE:
        return _none(question, sent)
    if sent.is_empty:
        return None
    return READERS[question.kind](question, sent, at)


def reply_to(
    question: IntakeQuestion, said: Submission, stood: object, *, at: datetime
) -> tuple[Reply | None, RowsRefused | None]:
    """The answer that can be kept, and what of it was refused: where a cell cannot be
    so, what `stood` there goes on. Refuses as a whole what cannot be kept at all."""
    try:
        reply = read(question, said, at=at)
    except RowsRefused as refusal:
        return with_what_stood(refusal, stood), refusal
    # Rows with nothing in them are no answer, unless "none" was chosen.
    is_empty = question.kind is Ask.ROWS and not said.state
    return (None if reply and reply.value == [] and is_empty else reply), None


def _refuse_odd_letters(sent: Submission) -> None:
    odd = any(
        c == "\x00" or "\ud800" <= c <= "\udfff" for text in _texts(sent) for c in text
    )
    if odd:
        raise NotAnAnswer("Some characters could not be read. Type them again.")


def _texts(sent: Submission) -> tuple[str, ...]:
    cells = (v for row in sent.rows.values() for values in row.values() for v in values)
    return (*sent.values, sent.ago, *cells)


def _none(question: IntakeQuestion, sent: Submission) -> Reply:
    if not question.none_word and NONE not in question.choices:
        raise NotAnAnswer("Choose one of the answers.")
    if question.kind in (Ask.SEVERAL, Ask.LISTED, Ask.ROWS):
        return Reply([], source=sent.source)
    if question.kind in (Ask.MOMENT, Ask.DAY):
        return Reply("never", source=sent.source)
    return Reply(NONE, source=sent.source)


def _yes_no(_question: IntakeQuestion, sent: Submission, _at: datetime) -> Reply:
    if sent.text not in ("yes", "no"):
        raise NotAnAnswer("Choose yes, no or not known.")
    return Reply(sent.text == "yes", source=sent.source)


def _choice(question: IntakeQuestion, sent: Submission, _at: datetime) -> Reply:
    if sent.text not in question.choices:
        raise NotAnAnswer("Choose one of the answers.")
    return Reply(sent.text, source=sent.source)


def _several(question: IntakeQuestion, sent: Submission, _at: datetime) -> Reply:
    chosen = [value for value in sent.values if value.strip()]
    if set(chosen) - set(question.choices):
        raise NotAnAnswer("Choose among the answers.")
    return Reply(sorted(set(chosen)), source=sent.source)


def _number(question: IntakeQuestion, sent: Submission, _at: datetime) -> Reply:
    number = number_in(sent.text)
    _refuse_outside(question, number)
    if question.is_whole and number != number.to_integral_value():
        raise NotAnAnswer(f"Write a whole number, not {sent.text}.")
    _ask_again(question, number, sent)
    return Reply(plain(number), source=sent.source)


def _measured(question: IntakeQuestion, sent: Submission, at: datetime) -> Reply:
    """The number, with its sign where it is a bound, and, where it was said, the day on
    which it was measured."""
    result = _lab_result(question, sent)
    on = day_in(sent.on, at).isoformat() if sent.on else None
    number = None if result.value is None else plain(result.value)
    sign = {SIGN: str(result.comparator)} if result.comparator else {}
    return Reply({VALUE: number, **sign, ON: on}, source=sent.source)


def _lab_result(question: IntakeQuestion, sent: Submission) -> LabResult:
    """Read as in the form and the file; its unit stands beside the field."""
    is_sure = sent.sure == sent.text
    said = Sent(sent.text, shown_unit=question.unit, is_sure=is_sure)
    try:
        return read_result(BY_CODE[question.key], said)
    except NotAResult as refusal:
        raise NotAnAnswer(
            str(refusal),
            offer=refusal.offer.removesuffix(question.unit).strip(),
            may_keep=sent.text if refusal.may_keep else "",
        ) from None


def _refuse_outside(question: IntakeQuestion, number: Decimal) -> None:
    """A slip of ten is offered back."""
    low, high = question.low, question.high
    is_inside = (low is None or number >= low) and (high is None or number <= high)
    if is_inside or _has_word(question, number):
        return
    unit = _unit(question)
    limits = f"from {low} to {high}" if high is not None else f"at least {low}"
    shifted = number / TEN
    fits = low is not None and high is not None and low <= shifted <= high
    offer = str(plain(shifted)) if number > 0 and fits else ""
    hint = f" Did you mean {offer}{unit}?" if offer else ""
    raise NotAnAnswer(
        f"{plain(number)}{unit} cannot be: {limits}{unit}.{hint}", offer=offer
    )


def _has_word(question: IntakeQuestion, number: Decimal) -> bool:
    """Some facts give a number outside their limits a meaning, such as 0 for none."""
    fact = FACTS.get(question.key)
    return fact is not None and str(plain(number)) in fact.words


def _ask_again(question: IntakeQuestion, number: Decimal, sent: Submission) -> None:
    """Beyond the usual a number is kept once it has been confirmed."""
    usual = question.usual
    if usual is None or number <= usual.high or sent.sure == sent.text:
        return
    unit = _unit(question)
    offer = str(plain(number / TEN))
    raise NotAnAnswer(
        f"More than {usual.high}{unit}. Did you mean {offer}{unit}?",
        offer=offer,
        may_keep=sent.text,
    )


def _unit(question: IntakeQuestion) -> str:
    return f" {question.unit}" if question.unit else ""


def _moment(_question: IntakeQuestion, sent: Submission, at: datetime) -> Reply:
    moment = before(sent.ago or sent.text, at) or stated(sent.text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=at.tzinfo)
    if moment > at:
        raise NotAnAnswer("This lies in the future. Check the day.")
    if moment.year < EARLIEST_YEAR:
        raise NotAnAnswer("Check the year.")
    return Reply(moment.isoformat(), source=sent.source)


def _day(_question: IntakeQuestion, sent: Submission, at: datetime) -> Reply:
    return Reply(day_in(sent.text, at).isoformat(), source=sent.source)


def _text(question: IntakeQuestion, sent: Submission, _at: datetime) -> Reply:
    limit = LONGEST[question.kind]
    if len(sent.text) > limit:
        raise NotAnAnswer(
            f"{len(sent.text)} characters; there is room for {limit}. Shorten it."
        )
    return Reply(sent.text, source=sent.source)


def _listed(question: IntakeQuestion, sent: Submission, at: datetime) -> Reply:
    """What is named; who wrote that there are none has answered for the whole list."""
    names = list(entries(str(_text(question, sent, at).value)))
    if any(len(name) > LONGEST_NAME for name in names):
        raise NotAnAnswer("One name is very long. Put commas between them.")
    return Reply(names, source=sent.source)


LONGEST_NAME = 120


READERS: Mapping[Ask, Callable[[IntakeQuestion, Submission, datetime], Reply]] = {
    Ask.YES_NO: _yes_no,
    Ask.CHOICE: _choice,
    Ask.SEVERAL: _several,
    Ask.NUMBER: _number,
    Ask.MEASURED: _measured,
    Ask.MOMENT: _moment,
    Ask.DAY: _day,
    Ask.LISTED: _listed,
    Ask.TEXT: _text,
    Ask.WORDS: _text,
    Ask.ROWS: lambda question, sent, at: read_rows(
        question, sent, at, lambda q, s, a: read(q, s, at=a)
    ),
}
