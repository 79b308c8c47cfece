"""The whole picture: what assessments know, and what treatment and urine tests add.

The queries are as many for a thousand people as for one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    DecimalField,
    F,
    IntegerField,
    JSONField,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Window
from django.db.models.functions import Rank

from assessments.assembly import Assembled, assembled
from assessments.facts import FACTS, NEVER, Domain
from assessments.picture import KnownFact, Picture
from medications.histories import (
    Dose,
    Spell,
    cows_rise,
    ingredients_now,
    treatment_facts,
)
from medications.models import DecisionTalk, DoseEvent, Regimen, ToxicologyResult
from medications.models.medicines import NONE, THINK
from medications.specimens import FENTANYL, Tested, toxicology_facts
from patients.models import Patient

type Rows[Row] = Mapping[int, list[Row]]

TAKEN = (
    DoseEvent.Kind.ADMINISTERED,
    DoseEvent.Kind.DISPENSED,
    DoseEvent.Kind.TAKE_HOME,
)
# Of what was said and what the log holds, the later moment is the last use.
LAST_USES = ("last_long_acting_dt", "last_bup_xr_dt")
MEDICINES = "med_list"
TALK = "shared decision"
# Weighing on, and choosing none of them, leave no medicine that is preferred.
NO_MEDICINE = (THINK, NONE)

type Columns = Mapping[str, F | Value]

# Regimens and talks side by side: what each column is in either table.
NAMED = ("word", "dose", "start", "stop", "matters", "most", "sent_at")
SPELL: Columns = {
    "word": F("medication"),
    "dose": F("dose_mg"),
    "start": F("started_on"),
    "stop": F("stopped_on"),
}
SPELL_TOO: Columns = {
    "word": F("choice"),
    "dose": Value(None, output_field=DecimalField()),
    "start": Value(None, output_field=DateField()),
    "stop": Value(None, output_field=DateField()),
}
SAID: Columns = {
    "matters": F("matters"),
    "most": F("matters_most"),
    "sent_at": F("sent_at"),
}
TALK_TOO: Columns = {
    "matters": Value(None, output_field=JSONField()),
    "most": Value(None, output_field=JSONField()),
    "sent_at": Value(None, output_field=DateTimeField()),
}


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said in a talk that was handed back."""

    choice: str
    matters: list[str]
    most: list[str]
    sent_at: datetime


def picture_of(patient: Patient, *, at: datetime) -> Picture:
    """Everything known about one person at one moment."""
    return pictures_of([patient], at=at)[patient.pk]


def pictures_of(patients: Iterable[Patient], *, at: datetime) -> dict[int, Picture]:
    """The pictures of many people at once, by patient id."""
    found = assembled(patients, at=at)
    spells, talks = _spells_and_talks(found, at)
    doses = _last_doses(found, at)
    tests = _tests(found, at)
    for pk, person in found.items():
        _add_treatment(person, spells[pk], doses[pk])
        for told in toxicology_facts(tests[pk]):
            person.add(*told)
        _add_talk(person, talks.get(pk))
    return {pk: _picture(person) for pk, person in found.items()}


def _picture(person: Assembled) -> Picture:
    wishes = {
        name: known
        for name, known in person.facts.items()
        if FACTS[name].domain is Domain.PREFERENCE
    }
    facts = {n: known for n, known in person.facts.items() if n not in wishes}
    return Picture(person.at, facts, wishes)


def _add_treatment(person: Assembled, spells: list[Spell], doses: list[Dose]) -> None:
    for name, raw, as_of, source in treatment_facts(spells, doses, now=person.at):
        said = person.facts.get(name)
        if name not in LAST_USES:
            person.add(name, raw, as_of, source)
        elif said is None or not _is_later(said, as_of):
            person.facts.pop(name, None)
            person.add(name, raw, as_of, source)
    _add_medicines(person, spells)
    rise = cows_rise(person.cows, doses)
    if rise is not None:
        person.add("cows_rise", rise[0], rise[1], "COWS and dose log")


def _is_later(said: KnownFact, moment: datetime) -> bool:
    return (
        isinstance(said.value, datetime) and said.value != NEVER and said.value > moment
    )


def _add_medicines(person: Assembled, spells: list[Spell]) -> None:
    """Medication for OUD stands on the list of medicines, once there is a list."""
    known = person.facts.get(MEDICINES)
    if known is None or not isinstance(known.value, frozenset):
        return
    everything = known.value | ingredients_now(spells, now=person.at)
    person.facts[MEDICINES] = KnownFact(everything, known.as_of, known.source)


def _add_talk(person: Assembled, talk: Talk | None) -> None:
    """What was said in the newest talk that was handed back; what is newer stands."""
    if talk is None:
        return
    if talk.matters:
        person.add("values", talk.matters, talk.sent_at, TALK)
        person.add("values_most", talk.most, talk.sent_at, TALK)
    if talk.choice:
        wish = [] if talk.choice in NO_MEDICINE else [talk.choice]
        person.add("preference", wish, talk.sent_at, TALK)


def _spells_and_talks(
    found: Mapping[int, Assembled], at: datetime
) -> tuple[Rows[Spell], dict[int, Talk]]:
    """What was taken from when to when, and the newest talk of each, in one query."""
    spells: dict[int, list[Spell]] = defaultdict(list)
    talks: dict[int, Talk] = {}
    taken: QuerySet[Any, Any] = Regimen.objects.filter(
        patient__in=list(found), started_on__lte=at
    )
    said: QuerySet[Any, Any] = (
        DecisionTalk.objects.filter(patient__in=list(found), sent_at__lte=at)
        .order_by("patient", "-sent_at", "-id")
        .distinct("patient")
    )
    rows: QuerySet[Any, tuple[Any, ...]] = _columns(taken.order_by(), SPELL, TALK_TOO)
    for pk, word, dose, start, stop, matters, most, sent_at in rows.union(
        _columns(said, SPELL_TOO, SAID), all=True
    ).order_by("-as_start", "as_word"):
        if sent_at is None:
            spells[pk].append(Spell(word, dose, start, stop))
        else:
            talks[pk] = Talk(word, matters, most, sent_at)
    return spells, talks


def _columns(
    rows: QuerySet[Any, Any], first: Columns, then: Columns
) -> QuerySet[Any, tuple[Any, ...]]:
    """The same eight columns of either table; what one has not is null there."""
    named = {**first, **then}
    columns: QuerySet[Any, tuple[Any, ...]] = rows.annotate(
        **{f"as_{key}": value for key, value in named.items()}
    ).values_list("patient", *(f"as_{key}" for key in NAMED))
    return columns


def _last_doses(found: Mapping[int, Assembled], at: datetime) -> Rows[Dose]:
    """For each medicine the last day on which it was taken, its doses together."""
    last_first = Window(
        Rank(),
        partition_by=[F("patient"), F("medication")],
        order_by=F("on").desc(),
    )
    taken: QuerySet[Any, tuple[Any, ...]] = (
        DoseEvent.objects.filter(
            patient__in=list(found), kind__in=TAKEN, on__lte=at, recorded_at__lte=at
        )
        .order_by()
        .annotate(nth=last_first)
        .filter(nth=1)
        .values_list("patient", "medication", "on", "at", "amount_mg")
    )
    days: dict[int, dict[str, Dose]] = defaultdict(dict)
    for pk, *parts in taken:
        dose = Dose(*parts)
        before = days[pk].get(dose.medication)
        days[pk][dose.medication] = before.and_also(dose) if before else dose
    return defaultdict(list, {pk: list(its.values()) for pk, its in days.items()})


def _tests(found: Mapping[int, Assembled], at: datetime) -> Rows[Tested]:
    """The latest specimen, and the latest one that was tested for fentanyl."""
    about = Case(
        When(analyte__in=FENTANYL, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    latest_first = Window(
        Rank(), partition_by=[F("patient"), about], order_by=F("collected_at").desc()
    )
    results: QuerySet[Any, tuple[Any, ...]] = (
        ToxicologyResult.objects.filter(patient__in=list(found), collected_at__lte=at)
        .exclude(result=ToxicologyResult.Result.INVALID)
        .order_by()
        .annotate(nth=latest_first)
        .filter(nth=1)
        .values_list("patient", "analyte", "result", "method", "collected_at")
    )
    rows: dict[int, list[Tested]] = defaultdict(list)
    for pk, analyte, result, method, collected_at in results:
        is_present = result == ToxicologyResult.Result.POSITIVE
        is_definitive = method == ToxicologyResult.Method.DEFINITIVE
        rows[pk].append(Tested(analyte, is_present, is_definitive, collected_at))
    return rows
