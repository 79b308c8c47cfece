"""Cards of plans for bad days: what is printed, and what a phone shows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from accounts.models import Clinic
from accounts.tenancy import clinic_day
from aftercare.models import HardDayKinds, HardDayPlan
from knowledge.hard_days.content import (
    HardDayKind,
    hard_day_form,
    if_use_lines,
    in_language,
    labels_in,
    lines_of,
    missed_dose_words,
    not_awake_lines,
)
from patients.disclosures.things import GivenThing, register
from patients.disclosures.whom import PERSON
from patients.models import Disclosure, Patient
from treatment.current import treatment_of

# The key of each card among the things that the gate lets out.
CARDS: Mapping[str, str] = {
    HardDayKinds.SAFETY: "safety_card",
    HardDayKinds.USE: "use_card",
}
# Digits with the marks that people write between them.
NUMBER = re.compile(r"\+?\d[\d ().\-]{1,}\d")
MONTHS = {
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    )
}


@dataclass(frozen=True, slots=True)
class CardNumber:
    """A name to press or to dial; without a number it is a name."""

    name: str
    number: str = ""
    words: str = ""
    text_to: str = ""

    @property
    def dial(self) -> str:
        """The number as a telephone takes it."""
        return re.sub(r"[^\d+]", "", self.number)


@dataclass(frozen=True, slots=True)
class CardPart:
    """One part: the person's words, then what is the same for everybody."""

    key: str
    title: str
    lines: tuple[str, ...]
    people: tuple[CardNumber, ...] = ()
    added: tuple[str, ...] = ()
    card: int = 0


@dataclass(frozen=True, slots=True)
class HardDayCard:
    """A plan in force in one language; without one the numbers alone."""

    title: str
    language: str
    labels: Mapping[str, str]
    parts: tuple[CardPart, ...]
    first_lines: tuple[CardNumber, ...]
    not_awake: tuple[str, ...]
    agreed: str
    is_safety: bool

    @property
    def fields(self) -> list[list[CardPart]]:
        """Parts by the field of the card on which they stand."""
        numbers = sorted({one.card for one in self.parts if one.card})
        return [[one for one in self.parts if one.card == n] for n in numbers]


def card_of(patient: Patient, kind: str, *, language: str, today: date) -> HardDayCard:
    """The version in force, with the lines to call and what is taken now."""
    asked = hard_day_form(HardDayKind(kind))
    plans = HardDayPlan.objects.filter(patient=patient, kind=kind).agreed()
    plan = plans.first()
    rows = {one.part: one for one in plan.parts.all()} if plan else {}
    parts = []
    for one in asked.part:
        lines = tuple(rows[one.key].lines) if one.key in rows else ()
        people: tuple[CardNumber, ...] = ()
        if one.key == "people" or one.has_lines:
            people = tuple(_number_in(line) for line in lines)
            lines = ()
        if one.has_lines:
            people += _numbers(patient.clinic, kind, language)
        added: tuple[str, ...] = ()
        if one.has_missed_dose:
            taken = treatment_of(patient.pk, on=today).main
            medication = taken.medication if taken else None
            added = (missed_dose_words(medication, language),)
        if one.key == "if_use":
            added = tuple(if_use_lines(language))
        if lines or people or added:
            title = in_language(one.heading, language)
            parts.append(CardPart(one.key, title, lines, people, added, one.card))
    is_safety = kind == HardDayKinds.SAFETY
    labels = labels_in(language)
    return HardDayCard(
        title=in_language(asked.title, language),
        language=language,
        labels=labels,
        parts=tuple(parts),
        first_lines=tuple(
            CardNumber(in_language(one.name, language), one.number, "", one.text_to)
            for one in lines_of(HardDayKind(kind))
            if one.first
        ),
        not_awake=() if is_safety else tuple(not_awake_lines(language)),
        agreed=_agreed(plan, labels, language),
        is_safety=is_safety,
    )


def _agreed(plan: HardDayPlan | None, labels: Mapping[str, str], language: str) -> str:
    if plan is None or plan.agreed_at is None:
        return ""
    on = clinic_day(plan.patient.clinic, plan.agreed_at)
    return labels["agreed"].format(day=day_in(on, language))


def day_in(day: date, language: str) -> str:
    """A day as a person reads it."""
    if language == "es":
        return f"{day.day} de {MONTHS['es'][day.month - 1]} de {day.year}"
    return f"{day:%B} {day.day}, {day.year}"


def _number_in(line: str) -> CardNumber:
    """A name with the number that somebody wrote beside it."""
    found = NUMBER.search(line)
    if found is None:
        return CardNumber(line)
    name = f"{line[: found.start()]} {line[found.end() :]}".strip(" ,:;-")
    return CardNumber(" ".join(name.split()) or found.group(), found.group())


def _numbers(clinic: Clinic, kind: str, language: str) -> tuple[CardNumber, ...]:
    """The clinic, then the lines for everybody."""
    labels = labels_in(language)
    own = (
        (labels["clinic"], clinic.phone),
        (labels["after_hours"], clinic.after_hours_phone),
    )
    ours = tuple(CardNumber(name, number) for name, number in own if number)
    every = tuple(
        CardNumber(
            in_language(one.name, language),
            one.number,
            in_language(one.words, language),
            one.text_to,
        )
        for one in lines_of(HardDayKind(kind))
    )
    return (*ours, *every)


def _address(made: Disclosure) -> str:
    kind = next(kind for kind, thing in CARDS.items() if thing == made.thing)
    return reverse("aftercare:hard_day_card", args=[made.patient_id, kind, made.pk])


def _is_of_everybody(_patient: Patient, row: int | None) -> bool:
    return row is None


def register_cards() -> None:
    """Make both cards known to the gate."""
    for kind, sections in (
        (HardDayKinds.SAFETY, ("in_care", "safety", "plan")),
        (HardDayKinds.USE, ("in_care", "plan", "medicine")),
    ):
        register(
            GivenThing(
                key=CARDS[kind],
                title=f"{kind.label} as a card",
                way=Disclosure.Way.PAPER,
                sections=sections,
                least=sections,
                address=_address,
                is_of=_is_of_everybody,
                usual=PERSON,
            )
        )
