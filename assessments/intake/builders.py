"""Short ways to declare the questions of each kind. No Django."""

from dataclasses import replace
from decimal import Decimal

from assessments.facts import FACTS
from assessments.intake.declaration import (
    Ask,
    Panel,
    IntakeQuestion,
    Usual,
    unless,
)
from assessments.intake.prefilled_items import LOANS
from assessments.observations.kinds import BY_CODE
from knowledge.conditions import Condition
from knowledge.instruments.declaration import Choice, Item
from knowledge.instruments.declaration import InstrumentKind as ContextKind
from knowledge.instruments.registry import Instrument, find

type Gates = dict[str, str]

YES_NO = {"yes": "Yes", "no": "No"}
CONTEXT = "context"
# Days out of thirty are chosen among the anchors, not counted out.
CODED_BY_HAND = ("days",)
# What every score of these instruments should be read with.
EXPECTED = ("supervised", "impairment", "pulse_blunted", "sedative_withdrawal")


def yes_no(
    key: str, ask: str, help: str = "", *only: Condition, why: str = ""
) -> IntakeQuestion:
    return IntakeQuestion(
        key=key, ask=ask, kind=Ask.YES_NO, help=help, why=why, choices=YES_NO, only=only
    )


def choice(
    key: str,
    ask: str,
    choices: dict[str, str],
    *only: Condition,
    help: str = "",
    why: str = "",
) -> IntakeQuestion:
    return IntakeQuestion(
        key=key,
        ask=ask,
        kind=Ask.CHOICE,
        choices=choices,
        only=only,
        help=help,
        why=why,
    )


def several(
    key: str,
    ask: str,
    choices: dict[str, str],
    *only: Condition,
    help: str = "",
    why: str = "",
    none: str = "None of these",
) -> IntakeQuestion:
    return IntakeQuestion(
        key=key,
        ask=ask,
        kind=Ask.SEVERAL,
        choices=choices,
        only=only,
        help=help,
        why=why,
        none_word=none,
    )


def number(
    key: str,
    ask: str,
    *only: Condition,
    unit: str = "",
    low: int | None = None,
    high: int | None = None,
    usual: Usual | None = None,
    help: str = "",
    why: str = "",
) -> IntakeQuestion:
    """A number; a fact brings its own unit and limits."""
    fact = FACTS.get(key)
    return IntakeQuestion(
        key=key,
        ask=ask,
        kind=Ask.NUMBER,
        unit=unit or (fact.unit if fact else ""),
        low=fact.low if fact else _decimal(low),
        high=fact.high if fact else _decimal(high),
        is_whole=fact is not None and fact.kind.value == "int",
        usual=usual,
        only=only,
        help=help,
        why=why,
    )


def _decimal(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def measured(
    code: str, ask: str = "", *only: Condition, help: str = "", why: str = ""
) -> IntakeQuestion:
    """A measurement with the day it was made; kept among the observations."""
    measure = BY_CODE[code]
    return IntakeQuestion(
        key=code,
        ask=ask or measure.label,
        kind=Ask.MEASURED,
        unit=measure.unit,
        low=measure.low,
        high=measure.high,
        is_whole=measure.is_whole,
        only=only,
        help=help,
        why=why,
    )


def moment(
    key: str, ask: str, *only: Condition, help: str = "", why: str = ""
) -> IntakeQuestion:
    return IntakeQuestion(
        key=key,
        ask=ask,
        kind=Ask.MOMENT,
        only=only,
        help=help,
        why=why,
        none_word="Never",
    )


def day(
    key: str, ask: str, *only: Condition, help: str = "", none: str = ""
) -> IntakeQuestion:
    return IntakeQuestion(
        key=key, ask=ask, kind=Ask.DAY, only=only, help=help, none_word=none
    )


def listed(
    key: str, ask: str, none: str, help: str = "", why: str = ""
) -> IntakeQuestion:
    return IntakeQuestion(
        key=key, ask=ask, kind=Ask.LISTED, help=help, why=why, none_word=none
    )


def rows(
    key: str,
    ask: str,
    kinds: dict[str, str],
    *columns: IntakeQuestion,
    of: tuple[str, ...] = (),
    add: str = "",
    none: str = "",
    only: tuple[Condition, ...] = (),
    help: str = "",
    why: str = "",
    is_extra: bool = False,
) -> IntakeQuestion:
    """A row for each thing: a substance, an episode of treatment, a test."""
    return IntakeQuestion(
        key=key,
        ask=ask,
        kind=Ask.ROWS,
        kinds=kinds,
        columns=columns,
        of=of,
        add_word=add,
        none_word=none,
        only=only,
        help=help,
        why=why,
        is_extra=is_extra,
    )


def for_kinds(column: IntakeQuestion, *kinds: str) -> IntakeQuestion:
    """A column that is asked in rows of these kinds alone."""
    return replace(column, for_kinds=kinds)


def extra(question: IntakeQuestion) -> IntakeQuestion:
    """A question that an intake is complete without."""
    return replace(question, is_extra=True)


def text(key: str, ask: str, *only: Condition, help: str = "") -> IntakeQuestion:
    return IntakeQuestion(
        key=key, ask=ask, kind=Ask.TEXT, help=help, only=only, is_extra=True
    )


def words(key: str, ask: str, *only: Condition, help: str = "") -> IntakeQuestion:
    """The person's own words, kept as they were said."""
    return IntakeQuestion(
        key=key,
        ask=ask,
        kind=Ask.WORDS,
        help=help or "Their words go into the plan unchanged.",
        only=only,
        is_extra=True,
    )


def scored(
    instrument: str,
    *only: Condition,
    title: str = "",
    without: tuple[str, ...] = (),
    context: tuple[str, ...] = (),
    seldom: tuple[str, ...] = (),
    seldom_when: tuple[Condition, ...] = (),
    gates: Gates | None = None,
    may_end_in_no: bool = False,
    is_protected: bool = False,
) -> Panel:
    """The items of an instrument, inline; `without` those another panel asks.

    `gates` maps an item to the answer of another that makes it needless; the
    `seldom` parts of the context are asked where `seldom_when` holds.
    """
    declared = find(instrument)
    items = [
        _item(declared, i, gates or {}) for i in declared.items if i.key not in without
    ]
    return Panel(
        key=instrument,
        title=title or declared.title.en,
        questions=(
            *items,
            *_context(declared, context, ()),
            *_context(declared, seldom, seldom_when),
        ),
        instrument=instrument,
        lead=f"{declared.look_back.en[0].upper()}{declared.look_back.en[1:]}.",
        only=only,
        may_end_in_no=may_end_in_no,
        is_protected=is_protected,
    )


def _item(instrument: Instrument, item: Item, gates: Gates) -> IntakeQuestion:
    gate = gates.get(item.key)
    raw = next((d for d in instrument.derivations if d.item == item.key), None)
    if raw is not None and raw.unit not in CODED_BY_HAND:
        return IntakeQuestion(
            key=f"{instrument.key}.{raw.raw}",
            ask=item.prompt.en,
            kind=Ask.NUMBER,
            unit=raw.unit,
            low=Decimal(raw.lowest),
            high=Decimal(raw.highest),
            is_whole=True,
        )
    return IntakeQuestion(
        key=f"{instrument.key}.{item.key}",
        ask=item.prompt.en,
        kind=Ask.CHOICE,
        choices={str(c.value): c.words.en for c in yes_first(item)},
        only=(
            *((unless(f"{instrument.key}.{gate}", "0"),) if gate else ()),
            *_while_open(f"{instrument.key}.{item.key}"),
        ),
        is_extra=item.optional,
    )


def _while_open(key: str) -> tuple[Condition, ...]:
    return (LOANS[key].while_open,) if key in LOANS else ()


def yes_first(item: Item) -> tuple[Choice, ...]:
    """Yes before no, as in every question; graded answers from the least up."""
    two = len(item.choices) == len(YES_NO)
    return tuple(reversed(item.choices)) if two else item.choices


def _context(
    instrument: Instrument, wanted: tuple[str, ...], only: tuple[Condition, ...]
) -> list[IntakeQuestion]:
    return [
        IntakeQuestion(
            key=f"{instrument.key}.{CONTEXT}.{q.key}",
            ask=q.prompt.en,
            kind=_KINDS[q.kind],
            choices=YES_NO
            if q.kind is ContextKind.YES_NO
            else {name: f"{name[0].upper()}{name[1:]}" for name in q.choices},
            only=(*only, *_while_open(f"{instrument.key}.{CONTEXT}.{q.key}")),
            is_extra=q.key not in EXPECTED,
        )
        for q in instrument.context
        if q.key in wanted
    ]


_KINDS = {
    ContextKind.YES_NO: Ask.YES_NO,
    ContextKind.CHOICE: Ask.CHOICE,
    ContextKind.DAY: Ask.DAY,
}
