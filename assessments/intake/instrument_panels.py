"""Panels of an instrument's items, asked inside the intake. No Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.intake.declaration import YES_NO, Ask, IntakeQuestion, Panel, unless
from assessments.intake.prefilled_items import LOANS
from knowledge.conditions import Condition, Declared
from knowledge.instruments.declaration import Choice, Item
from knowledge.instruments.declaration import InstrumentKind as ContextKind
from knowledge.instruments.registry import Instrument, find

CONTEXT = "context"
# Days out of thirty are chosen among the anchors, not counted out.
CODED_BY_HAND = ("days",)
# What every score of these instruments should be read with.
EXPECTED = ("supervised", "impairment", "pulse_blunted", "sedative_withdrawal")
_KINDS = {
    ContextKind.YES_NO: Ask.YES_NO,
    ContextKind.CHOICE: Ask.CHOICE,
    ContextKind.DAY: Ask.DAY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentPanel:
    """How an instrument is asked; `without` names items or groups of it that another
    panel asks.

    `gates` maps an item to the answer of another that makes it needless; the
    `seldom` parts of the context are asked where `seldom_when` holds.
    """

    instrument: str
    title: str = ""
    without: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    seldom: tuple[str, ...] = ()
    seldom_when: tuple[Declared, ...] = ()
    gates: Mapping[str, str] = field(default_factory=dict)
    only: tuple[Declared, ...] = ()
    may_end_in_no: bool = False
    is_protected: bool = False
    # Whether all of it is part of the quick start, or else which items.
    is_quick: bool = False
    quick_items: tuple[str, ...] = ()


def panel_of(asked: InstrumentPanel) -> Panel:
    """The panel of an instrument, its items inline."""
    declared = find(asked.instrument)
    without = {i for name in asked.without for i in declared.groups.get(name, (name,))}
    items = (i for i in declared.items if i.key not in without)
    return Panel(
        key=asked.instrument,
        title=asked.title or declared.title.en,
        questions=(
            *(_item(declared, item, asked) for item in items),
            *_context(declared, asked.context, ()),
            *_context(declared, asked.seldom, asked.seldom_when),
        ),
        instrument=asked.instrument,
        lead=f"{declared.look_back.en[0].upper()}{declared.look_back.en[1:]}.",
        only=asked.only,
        may_end_in_no=asked.may_end_in_no,
        is_protected=asked.is_protected,
    )


def _item(instrument: Instrument, item: Item, asked: InstrumentPanel) -> IntakeQuestion:
    is_quick = asked.is_quick or item.key in asked.quick_items
    gate = asked.gates.get(item.key)
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
            is_quick=is_quick,
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
        is_quick=is_quick,
    )


def _while_open(key: str) -> tuple[Condition, ...]:
    return (LOANS[key].while_open,) if key in LOANS else ()


def yes_first(item: Item) -> tuple[Choice, ...]:
    """Yes before no, as in every question; graded answers from the least up."""
    two = len(item.choices) == len(YES_NO)
    return tuple(reversed(item.choices)) if two else item.choices


def _context(
    instrument: Instrument, wanted: Iterable[str], only: tuple[Condition, ...]
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
