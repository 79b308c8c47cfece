"""From what a form sends to an answer, or to a reason why not. No Django, no clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from assessments.facts import FACTS
from assessments.intake.declaration import Ask, Question
from assessments.picture import plain

NOT_KNOWN, NONE = "unknown", "none"
VALUE, ON = "value", "on"
SOURCES = ("person", "record", "estimate")
TEN = Decimal(10)
LONGEST = {Ask.TEXT: 200, Ask.LISTED: 600, Ask.WORDS: 2000}
EARLIEST_YEAR = 1900


class NotAnAnswer(Exception):
    """What was sent cannot be the answer; the text says why, for the person typing."""

    def __init__(self, message: str, *, offer: str = "", may_keep: str = "") -> None:
        super().__init__(message)
        self.offer = offer
        self.may_keep = may_keep


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent for one question."""

    values: tuple[str, ...] = ()
    state: str = ""
    source: str = "person"
    on: str = ""
    sure: str = ""
    revision: int | None = None

    @property
    def text(self) -> str:
        return self.values[-1].strip() if self.values else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer as it is kept; not known is an answer, silence is none."""

    value: object = None
    is_known: bool = True
    source: str = "person"

    @property
    def number(self) -> object:
        """The number of a measurement, or the value of anything else."""
        return self.value[VALUE] if isinstance(self.value, dict) else self.value

    @property
    def on(self) -> date | None:
        """The day of a measurement, where it was said."""
        said = self.value.get(ON) if isinstance(self.value, dict) else None
        return date.fromisoformat(said) if said else None


def sent_in(form: Mapping[str, Sequence[str]], question: Question) -> Sent:
    """The parts of a form that are about this question."""

    def last(part: str) -> str:
        values = form.get(question.key + part) or [""]
        return values[-1].strip()

    revision = last("__revision")
    source = last("__source")
    return Sent(
        values=tuple(form.get(question.key) or ()),
        state=last("__state"),
        source=source if source in SOURCES else "person",
        on=last("__on"),
        sure=last("__sure"),
        revision=int(revision) if revision.isdecimal() and len(revision) < 9 else None,
    )


def read(question: Question, sent: Sent, *, at: datetime) -> Reply | None:
    """The answer; None where nothing was said. Refuses what cannot be."""
    _refuse_odd_letters(sent)
    if NOT_KNOWN in (sent.state, *sent.values):
        return Reply(is_known=False, source=sent.source)
    if sent.state == NONE or NONE in sent.values:
        return _none(question, sent)
    if not any(value.strip() for value in sent.values):
        return None
    return READERS[question.kind](question, sent, at)


def _refuse_odd_letters(sent: Sent) -> None:
    odd = any(
        c == "\x00" or "\ud800" <= c <= "\udfff" for value in sent.values for c in value
    )
    if odd:
        raise NotAnAnswer("Some characters could not be read. Type them again.")


def _none(question: Question, sent: Sent) -> Reply:
    if not question.none_word and NONE not in question.choices:
        raise NotAnAnswer("Choose one of the answers.")
    if question.kind in (Ask.SEVERAL, Ask.LISTED):
        return Reply([], source=sent.source)
    if question.kind in (Ask.MOMENT, Ask.DAY):
        return Reply("never", source=sent.source)
    return Reply(NONE, source=sent.source)


def _yes_no(_question: Question, sent: Sent, _at: datetime) -> Reply:
    if sent.text not in ("yes", "no"):
        raise NotAnAnswer("Choose yes, no or not known.")
    return Reply(sent.text == "yes", source=sent.source)


def _choice(question: Question, sent: Sent, _at: datetime) -> Reply:
    if sent.text not in question.choices:
        raise NotAnAnswer("Choose one of the answers.")
    return Reply(sent.text, source=sent.source)


def _several(question: Question, sent: Sent, _at: datetime) -> Reply:
    chosen = [value for value in sent.values if value.strip()]
    if set(chosen) - set(question.choices):
        raise NotAnAnswer("Choose among the answers.")
    return Reply(sorted(set(chosen)), source=sent.source)


def _number(question: Question, sent: Sent, _at: datetime) -> Reply:
    number = number_in(sent.text)
    _refuse_outside(question, number)
    if question.is_whole and number != number.to_integral_value():
        raise NotAnAnswer(f"Write a whole number, not {sent.text}.")
    _ask_again(question, number, sent)
    return Reply(plain(number), source=sent.source)


def _measured(question: Question, sent: Sent, at: datetime) -> Reply:
    """The number and, where it was said, the day on which it was measured."""
    number = _number(question, sent, at)
    on = _day_in(sent.on, at).isoformat() if sent.on else None
    return Reply({VALUE: number.value, ON: on}, source=sent.source)


def number_in(text: str) -> Decimal:
    """A finite number as people type it, with a point or a comma."""
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise NotAnAnswer("Write a number.") from None
    if not number.is_finite() or abs(number.adjusted()) > len(str(10**9)):
        raise NotAnAnswer("Write a number.")
    return number


def _refuse_outside(question: Question, number: Decimal) -> None:
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


def _has_word(question: Question, number: Decimal) -> bool:
    """Some facts give a number outside their limits a meaning, such as 0 for none."""
    fact = FACTS.get(question.key)
    return fact is not None and str(plain(number)) in fact.words


def _ask_again(question: Question, number: Decimal, sent: Sent) -> None:
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


def _unit(question: Question) -> str:
    return f" {question.unit}" if question.unit else ""


def _moment(_question: Question, sent: Sent, at: datetime) -> Reply:
    try:
        moment = datetime.fromisoformat(sent.text)
    except ValueError:
        raise NotAnAnswer("Give the day and, as well as you can, the hour.") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=at.tzinfo)
    if moment > at:
        raise NotAnAnswer("This lies in the future. Check the day.")
    if moment.year < EARLIEST_YEAR:
        raise NotAnAnswer("Check the year.")
    return Reply(moment.isoformat(), source=sent.source)


def _day(_question: Question, sent: Sent, at: datetime) -> Reply:
    return Reply(_day_in(sent.text, at).isoformat(), source=sent.source)


def _day_in(text: str, at: datetime) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotAnAnswer("Give a day, such as 2026-11-21.") from None
    if day > at.date():
        raise NotAnAnswer("This day has not come yet.")
    if day.year < EARLIEST_YEAR:
        raise NotAnAnswer("Check the year.")
    return day


def _text(question: Question, sent: Sent, _at: datetime) -> Reply:
    limit = LONGEST[question.kind]
    if len(sent.text) > limit:
        raise NotAnAnswer(
            f"{len(sent.text)} characters; there is room for {limit}. Shorten it."
        )
    return Reply(sent.text, source=sent.source)


def _listed(question: Question, sent: Sent, at: datetime) -> Reply:
    text = str(_text(question, sent, at).value).replace(";", ",").replace("\n", ",")
    names = list(dict.fromkeys(n for part in text.split(",") if (n := part.strip())))
    if any(len(name) > LONGEST_NAME for name in names):
        raise NotAnAnswer("One name is very long. Put commas between them.")
    return Reply(names, source=sent.source)


LONGEST_NAME = 120


READERS: Mapping[Ask, Callable[[Question, Sent, datetime], Reply]] = {
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
}
