"""A fact held otherwise, or time gone by: what a search may try. No Django."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from assessments.facts import FACTS, NEVER, NEVER_ON, FactKind, Value
from assessments.picture import Picture
from knowledge.wording.dates import clock
from medications.options.model import PathStep
from medications.rules.fact_lines import value_words
from medications.rules.words import day, listed

type Test = Callable[[Picture], bool]
type Held = tuple[tuple[str, Value], ...]

# What happened, or what somebody is, does not become otherwise by waiting or by care.
FIXED = frozenset(
    {
        "age",
        "allergy",
        "cardiac",
        "history",
        "history_pw",
        "long_qt",
        "overdose_hx",
        "seizure",
        "sex",
    }
)
# A wish, an order or a way of starting is chosen, not found.
CHOSEN = frozenset({"order", "preference", "protocol", "request", "setting"})
LONGEST = timedelta(days=400)
MINUTE = timedelta(minutes=1)
FINEST = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Alternative:
    """Facts held otherwise, after some time; `goes` is where a number may move."""

    step: PathStep
    held: Held = ()
    wait: timedelta = timedelta(0)
    goes: int = 0

    @property
    def order(self) -> tuple[bool, bool, int, bool]:
        """Time first, then what can be measured or treated, then what is chosen."""
        names = [name for name, _ in self.held]
        return (
            self.step.is_fixed,
            any(name in CHOSEN for name in names),
            len(names),
            not self.goes,
        )

    def on(self, picture: Picture) -> Picture:
        moved = picture.later(self.wait) if self.wait else picture
        for name, value in self.held:
            moved = moved.holding(name, value)
        return moved

    def also(self, other: "Alternative") -> "Alternative | None":
        """Both at once; None for two waits, of which the longer does for both."""
        if self.wait or other.wait:
            return None
        step = PathStep(
            f"{self.step.fact}, {other.step.fact}",
            f"{self.step.text}, and {other.step.text}",
            is_fixed=self.step.is_fixed or other.step.is_fixed,
        )
        return Alternative(step, (*self.held, *other.held))

    def nearest(self, picture: Picture, wanted: Test) -> "Alternative":
        """The same with the shortest wait, or the number nearest to what is known."""
        if self.wait:
            return _shortest(self, picture, wanted)
        if self.goes:
            return _closest(self, picture, wanted)
        return self


def tries(fact: str, picture: Picture) -> Iterator[Alternative]:
    """Every way in which one fact on record could be otherwise."""
    value, declared = picture.value(fact), FACTS[fact]
    if isinstance(value, bool):
        yield _held(fact, not value)
    elif isinstance(value, datetime) or declared.kind is FactKind.DATE:
        if value not in (NEVER, NEVER_ON):
            yield _waited(fact, LONGEST, picture.as_of)
    elif isinstance(value, int | Decimal):
        yield from _numbers(fact, value)
    elif isinstance(value, frozenset):
        yield from _fewer(fact, value)
    elif declared.kind is FactKind.CHOICE and (value is not None or fact in CHOSEN):
        yield from (_held(fact, word) for word in declared.choices if word != value)


def latest_tries(taken: Iterable[Alternative]) -> list[Alternative]:
    """Of several waits, each counted from the one before, the whole."""
    waited = timedelta(0)
    merged: list[Alternative] = []
    last: Alternative | None = None
    for one in taken:
        if one.wait:
            waited += one.wait
            last = replace(one, wait=waited)
        else:
            merged.append(one)
    return [last, *merged] if last else merged


def _held(fact: str, value: Value, *, goes: int = 0) -> Alternative:
    label = FACTS[fact].label
    words = f"{label}: {value_words(fact, value).lower()}"
    if goes:
        # Of a score the range is known: "of 48" says nothing here.
        number = value_words(fact, value).partition(" of ")[0]
        words = f"{label} {number}{_or_beyond(fact, value, goes)}"
    fixed = fact in FIXED
    said = f"{words} (check that the record is right)" if fixed else words
    return Alternative(
        PathStep(fact, said, is_fixed=fixed), ((fact, value),), goes=goes
    )


def _or_beyond(fact: str, value: Value, goes: int) -> str:
    """Nothing where the number is as low or high as it may be."""
    if value in (FACTS[fact].low, FACTS[fact].high):
        return ""
    return " or more" if goes > 0 else " or less"


def _numbers(fact: str, value: int | Decimal) -> Iterator[Alternative]:
    """As low and as high as the number may go; `nearest` brings it back."""
    declared = FACTS[fact]
    for end, goes in ((declared.low, -1), (declared.high, 1)):
        if end is not None and end != value:
            yield _held(fact, int(end) if isinstance(value, int) else end, goes=goes)


def _fewer(fact: str, value: frozenset[str]) -> Iterator[Alternative]:
    """Without one of several, else without any."""
    label, fixed = FACTS[fact].label, fact in FIXED
    check = " (check that the record is right)" if fixed else ""
    for gone in sorted(value):
        step = PathStep(fact, f"{label}: not {listed([gone])}{check}", is_fixed=fixed)
        yield Alternative(step, ((fact, value - {gone}),))
    if len(value) > 1:
        step = PathStep(fact, f"{label}: none{check}", is_fixed=fixed)
        yield Alternative(step, ((fact, frozenset()),))


def _waited(fact: str, wait: timedelta, now: datetime) -> Alternative:
    until = now + wait
    return Alternative(
        PathStep(fact, f"From {day(until)} {clock(until)} on", until=until), wait=wait
    )


def _shortest(one: Alternative, picture: Picture, wanted: Test) -> Alternative:
    too_short, enough = timedelta(0), one.wait
    while enough - too_short > MINUTE:
        middle = too_short + (enough - too_short) // 2 // MINUTE * MINUTE
        if wanted(picture.later(middle)):
            enough = middle
        else:
            too_short = middle
    return _waited(one.step.fact, enough, picture.as_of)


def _closest(one: Alternative, picture: Picture, wanted: Test) -> Alternative:
    ((fact, far),) = one.held
    near = picture.value(fact)
    assert isinstance(near, int | Decimal)  # noqa: S101 - `goes` is of numbers alone
    assert isinstance(far, int | Decimal)  # noqa: S101
    finest = 1 if isinstance(far, int) else FINEST
    # A number finer than the finest step may lie next to its own half.
    while abs(Decimal(far) - Decimal(near)) > finest and (
        middle := _between(near, far, finest)
    ) not in (near, far):
        if wanted(picture.holding(fact, middle)):
            far = middle
        else:
            near = middle
    return _held(fact, far, goes=one.goes)


def _between(
    near: int | Decimal, far: int | Decimal, finest: int | Decimal
) -> int | Decimal:
    if isinstance(finest, int):
        return int(near + far) // 2
    return ((Decimal(near) + Decimal(far)) / 2).quantize(FINEST)
