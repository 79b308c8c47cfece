"""From the rows on record to the facts of one person, or of many at once.

The queries are as many for a thousand people as for one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, F, Q, QuerySet, Window, prefetch_related_objects
from django.db.models import Value as Constant
from django.db.models.functions import RowNumber

from accounts.models import Clinic
from assessments.facts import FACTS, NEVER, BadValue, Kind, Value, read_value
from assessments.instruments.titles import short_title
from assessments.models import Assessment, IntakeAnswer, Observation
from assessments.observations.kinds import BY_CODE
from assessments.picture import KnownFact
from assessments.recorded import (
    CONDITION,
    MEDICINE,
    Entry,
    Measured,
    health_facts,
    measured_facts,
    risks_measured,
)
from assessments.scores import Scored, facts_from
from assessments.told import ASKED, Answered, follows
from patients.models import Allergy, Condition, OtherMedicine, Patient

# Enough of a COWS series to see a rise after a dose.
COWS_KEPT = 6
SEX = {"female": "female", "male": "male", "intersex": "other"}
# Lists that the intake keeps in the record itself, so that one place holds them.
KEPT_IN_RECORD = ("allergy", "med_list")
LIST_OF = {MEDICINE: "med_list", CONDITION: "conditions"}
# Asked as a plain question, and also recorded as a result.
ASKED_TOO = frozenset(["pregnancy_test"])
SOURCES = {
    "person": "intake",
    "record": "intake, from a record",
    "estimate": "intake, estimated",
}


@dataclass(slots=True)
class Assembled:
    """One person's facts as far as this layer knows them, and their latest COWS."""

    patient: Patient
    clinic: Clinic
    at: datetime
    facts: dict[str, KnownFact] = field(default_factory=dict)
    cows: list[tuple[datetime, int]] = field(default_factory=list)
    # Lists of the record of which every entry has ended.
    emptied: set[str] = field(default_factory=set)

    def add(self, name: str, raw: object, as_of: datetime, source: str) -> None:
        """Take a fact as the vocabulary reads it; of two, the newer stands.

        What cannot be so (a moment after this picture) is left out.
        """
        try:
            value = read_value(FACTS[name], raw, as_of=self.at)
        except BadValue:
            return
        self.put(name, KnownFact(self.local(value), self.here(as_of), source))

    def put(self, name: str, known: KnownFact) -> None:
        before = self.facts.get(name)
        if before is None or known.as_of >= before.as_of:
            self.facts[name] = known

    def here(self, moment: datetime) -> datetime:
        """A moment on the clinic's clock."""
        return moment.astimezone(self.at.tzinfo)

    def local(self, value: Value) -> Value:
        if isinstance(value, datetime) and value != NEVER:
            return self.here(value)
        return value


def facts_of(patient: Patient, *, at: datetime) -> dict[str, KnownFact]:
    """Every fact that intake, instruments, measurements and the record give."""
    return assembled([patient], at=at)[patient.pk].facts


def assembled(patients: Iterable[Patient], *, at: datetime) -> dict[int, Assembled]:
    """The same for many people at once, by patient id."""
    people = list(patients)
    # A clinic that is at hand already is not asked for again.
    prefetch_related_objects(people, "clinic")
    found = {p.pk: _begun(p, p.clinic, at) for p in people}
    _take_health(found, at)
    _take_answers(found, at)
    _take_assessments(found, at)
    _take_observations(found, at)
    return found


def _begun(patient: Patient, clinic: Clinic, at: datetime) -> Assembled:
    person = Assembled(patient, clinic, at.astimezone(ZoneInfo(clinic.time_zone)))
    if patient.date_of_birth is not None:
        age = completed_years(patient.date_of_birth, person.at.date())
        person.add("age", age, at, "date of birth")
    if patient.sex_at_birth in SEX:
        sex = SEX[patient.sex_at_birth]
        person.add("sex", sex, patient.registered_at, "registration")
    if patient.is_unhoused:
        person.add("housing", "unhoused", patient.registered_at, "registration")
    person.add("rems", clinic.is_rems_certified, at, "clinic")
    if clinic.is_otp:
        person.add("otp_access", "yes", at, "clinic")
    return person


def completed_years(born: date, on: date) -> int:
    """Age in completed years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _take_health(found: Mapping[int, Assembled], at: datetime) -> None:
    """Allergies, conditions and other medicines, in one query."""
    rows: dict[int, list[Entry]] = defaultdict(list)
    for pk, kind, text, recorded_at, holds in _health_rows(found, at):
        if holds:
            rows[pk].append(Entry(kind, text, recorded_at))
        else:
            found[pk].emptied.add(LIST_OF.get(kind, "allergy"))
    for pk, person in found.items():
        for name, raw, as_of, source in health_facts(person.patient, rows[pk]):
            person.add(name, raw, as_of, source)


def _health_rows(
    found: Mapping[int, Assembled], at: datetime
) -> QuerySet[Any, tuple[Any, ...]]:
    of_them = Q(patient__in=list(found), recorded_at__lte=at)
    allergies = Allergy.objects.order_by().filter(of_them)
    conditions = Condition.objects.filter(of_them, is_active=True)
    medicines = OtherMedicine.objects.filter(of_them)
    columns = ("patient", "kind", "substance", "recorded_at", "is_current")
    union = allergies.values_list(*columns).union(
        _listed(conditions, CONDITION, "code", "is_active"),
        _listed(medicines, MEDICINE, "ingredient", "is_current"),
        all=True,
    )
    return union.order_by()


def _listed(
    rows: QuerySet[Any, Any], kind: str, text: str, holds: str
) -> QuerySet[Any, tuple[Any, ...]]:
    named = rows.order_by().annotate(
        listed_as=Constant(kind, output_field=CharField(max_length=14))
    )
    found: QuerySet[Any, tuple[Any, ...]] = named.values_list(
        "patient", "listed_as", text, "recorded_at", holds
    )
    return found


def _take_answers(found: Mapping[int, Assembled], at: datetime) -> None:
    told: dict[int, dict[str, Answered]] = defaultdict(dict)
    for pk, name, value, answered_at, source in _newest_answers(found, at):
        told[pk][name] = Answered(value, answered_at)
        if name in FACTS:
            _take_answer(found[pk], name, value, answered_at, SOURCES[source])
    for pk, answers in told.items():
        for name, raw, as_of in follows(answers):
            found[pk].add(name, raw, as_of, SOURCES["person"])


def _newest_answers(
    found: Mapping[int, Assembled], at: datetime
) -> QuerySet[Any, tuple[Any, ...]]:
    """The newest known answer to each question; measurements have their own rows."""
    wanted = (FACTS.keys() | ASKED) - (BY_CODE.keys() - ASKED_TOO)
    return (
        IntakeAnswer.objects.filter(
            patient__in=list(found),
            is_known=True,
            answered_at__lte=at,
            question__in=sorted(wanted),
        )
        .order_by("patient", "question", "-answered_at", "-id")
        .distinct("patient", "question")
        .values_list("patient", "question", "value", "answered_at", "source")
    )


def _take_answer(
    person: Assembled, name: str, value: object, at: datetime, source: str
) -> None:
    """An answer replaces what was known before it; a list adds to the record's."""
    record = person.facts.get(name)
    if record is None and name in person.emptied:
        person.add(name, [], at, source)
    elif record is None or FACTS[name].kind not in (Kind.SET, Kind.INGREDIENTS):
        person.add(name, value, at, source)
    elif name in KEPT_IN_RECORD:
        asked_at = max(record.as_of, person.here(at))
        person.put(name, KnownFact(record.value, asked_at, record.source))
    else:
        _join(person, record, name, value, at, source)


def _join(
    person: Assembled,
    record: KnownFact,
    name: str,
    value: object,
    at: datetime,
    source: str,
) -> None:
    del person.facts[name]
    person.add(name, value, at, source)
    said = person.facts.get(name, record)
    both = members(said.value) | members(record.value)
    person.facts[name] = KnownFact(both, max(said.as_of, record.as_of), said.source)


def members(value: Value) -> frozenset[str]:
    """What a list holds."""
    return value if isinstance(value, frozenset) else frozenset()


def _take_assessments(found: Mapping[int, Assembled], at: datetime) -> None:
    for row in _newest_assessments(found, at):
        pk, key, given_at, total, answers, band, subscales, nth = row
        person = found[pk]
        if key == "cows" and total is not None:
            person.cows.append((given_at, int(total)))
        if nth == 1:
            scored = Scored(answers, total, band, subscales)
            _take_score(person, key, scored, given_at)


def _take_score(person: Assembled, key: str, scored: Scored, at: datetime) -> None:
    source = f"{short_title(key)} {person.here(at):%H:%M}"
    for name, value in facts_from(key, scored).items():
        raw = str(value) if isinstance(value, Decimal) else value
        person.add(name, raw, at, source)


def _newest_assessments(
    found: Mapping[int, Assembled], at: datetime
) -> QuerySet[Any, tuple[Any, ...]]:
    """The newest valid one of each instrument; of COWS the last few."""
    nth = Window(
        RowNumber(),
        partition_by=[F("patient"), F("instrument")],
        order_by=[F("given_at").desc(), F("id").desc()],
    )
    columns = ("patient", "instrument", "given_at", "total", "answers", "band")
    return (
        Assessment.objects.in_force()
        .filter(patient__in=list(found), given_at__lte=at)
        .annotate(nth=nth)
        .filter(Q(nth=1) | Q(instrument="cows", nth__lte=COWS_KEPT))
        .order_by("patient", "instrument", "nth")
        .values_list(*columns, "subscales", "nth")
    )


def _take_observations(found: Mapping[int, Assembled], at: datetime) -> None:
    rows = (
        Observation.objects.filter(
            patient__in=list(found),
            code__in=list(BY_CODE),
            effective_at__lte=at,
            error_at=None,
        )
        .order_by("patient", "code", "-effective_at", "-id")
        .distinct("patient", "code")
        .values_list(
            *("patient", "code", "value", "text", "effective_at", "source"),
            "low_limit",
        )
    )
    by_person: dict[int, list[Measured]] = defaultdict(list)
    for row in rows:
        by_person[row[0]].append(Measured(*row[1:]))
    for pk, its in by_person.items():
        for name, raw, as_of, source in measured_facts(its):
            found[pk].add(name, raw, as_of, source)
        for risk, row in risks_measured(its):
            _add_member(found[pk], "ecg_risk", risk, row)


def _add_member(person: Assembled, name: str, member: str, row: Measured) -> None:
    """A list with one thing more that was measured."""
    known = person.facts.get(name)
    kept = members(known.value) if known else frozenset()
    at = person.here(row.effective_at)
    latest = max(known.as_of, at) if known else at
    source = row.source or "measured"
    person.facts[name] = KnownFact(kept | {member}, latest, source)
