"""Rows of one record, table by table: those that go over to another, those that stay."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, ForeignKey, OuterRef, Q, UniqueConstraint, Value

from accounts.protection import has_person
from accounts.tenancy import ClinicOwned
from patients.merging.rooms import Rows, not_to_be_parted
from patients.models import Patient, PersonMerge

# One and several of what people would look for; all else is counted together.
WORDS = {
    "aftercare_followup": ("follow-up", "follow-ups"),
    "aftercare_outreachattempt": ("contact", "contacts"),
    "aftercare_checkin": ("check-in", "check-ins"),
    "assessments_assessment": ("measure", "measures"),
    "assessments_intake": ("intake", "intakes"),
    "assessments_observation": ("result", "results"),
    "assessments_concern": ("concern", "concerns"),
    "medications_medicationdecision": ("decision", "decisions"),
    "medications_decisiontalk": ("talk about medication", "talks about medication"),
    "patients_allergy": ("allergy", "allergies"),
    "patients_careteammember": ("place on the care team", "places on the care team"),
    "patients_condition": ("condition", "conditions"),
    "patients_consent": ("consent", "consents"),
    "patients_contactpoint": ("number or address", "numbers and addresses"),
    "patients_disclosure": ("disclosure", "disclosures"),
    "patients_othermedicine": ("other medicine", "other medicines"),
    "patients_supportperson": ("person close to them", "people close to them"),
    "patients_visit": ("visit", "visits"),
    "plans_plan": ("plan", "plans"),
    "treatment_doseevent": ("dose", "doses"),
    "treatment_regimen": ("order", "orders"),
    "treatment_toxicologyresult": ("drug test", "drug tests"),
}


def tables() -> list[type[ClinicOwned]]:
    """Every table whose rows go over with a person."""
    return [model for model in apps.get_models() if has_person(model)]


def rows_of(patient: Patient) -> Rows:
    """All that was written about one person and would go over; one query."""
    return _numbers(_of(model, patient) for model in tables())


def staying(kept: Patient, gone: Patient) -> Rows:
    """Rows that cannot go over, since the like of them stands in the other record: the
    same condition, the same part on the team; with what belongs to them."""
    found = _numbers(
        _standing_too(model, rule, kept, gone)
        for model in tables()
        for rule in model._meta.constraints
        if isinstance(rule, UniqueConstraint) and "patient" in rule.fields
    )
    return with_their_own(found, rows_of(gone)) if found else found


def _numbers(parts: Iterable[models.QuerySet[ClinicOwned]]) -> Rows:
    """The rows of these queries by their tables, asked for at once."""
    first, *others = (
        part.order_by().annotate(of=Value(part.model._meta.db_table)) for part in parts
    )
    named = [part.values_list("of", "pk") for part in others]
    found: Rows = {}
    for table, row in first.values_list("of", "pk").union(*named, all=True).order_by():
        found.setdefault(table, set()).add(row)
    return found


def _standing_too(
    model: type[ClinicOwned], rule: UniqueConstraint, kept: Patient, gone: Patient
) -> models.QuerySet[ClinicOwned]:
    others = [name for name in rule.fields if name not in ("patient", "clinic")]
    holding = rule.condition or Q()
    same = {name: OuterRef(name) for name in others}
    there = _of(model, kept).filter(holding, **same)
    return _of(model, gone).filter(holding).filter(Exists(there))


def held_back(merge: PersonMerge) -> Rows:
    """Rows that went over and are no longer to be parted from the record: what was
    written in it since rests on them, or they became part of what was signed."""
    went: Rows = {}
    for part in merge.rows.all():
        went.setdefault(part.table, set()).update(part.rows)
    newer = [
        _of(model, merge.patient)
        .exclude(pk__in=went.get(model._meta.db_table, set()))
        .filter(**{f"{name}__in": went[target]})
        .order_by()
        .annotate(of=Value(target), used=F(name))
        .values_list("of", "used")
        for model, name, target in _references()
        if target in went
    ]
    held = not_to_be_parted(went)
    if newer:
        for target, used in newer[0].union(*newer[1:], all=True).order_by():
            held.setdefault(target, set()).add(used)
    return with_their_own(held, went)


def with_their_own(rows: Rows, among: Rows) -> Rows:
    """With every row among these that refers to one of them, however far."""
    found = {table: set(some) for table, some in rows.items()}
    grew = True
    while grew:
        grew = False
        for model, name, target in _references():
            table = model._meta.db_table
            wanted = among.get(table, set()) - found.get(table, set())
            if not wanted or not found.get(target):
                continue
            mine = model._default_manager.filter(
                pk__in=wanted, **{f"{name}__in": found[target]}
            )
            more = set(mine.values_list("pk", flat=True))
            found.setdefault(table, set()).update(more)
            grew = grew or bool(more)
    return {table: some for table, some in found.items() if some}


def _references() -> Iterator[tuple[type[ClinicOwned], str, str]]:
    """Of tables of people: each column that refers to another such table."""
    every = tables()
    for model in every:
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model in every:
                yield model, field.attname, field.related_model._meta.db_table


def _of(model: type[ClinicOwned], patient: Patient) -> models.QuerySet[ClinicOwned]:
    return model._default_manager.filter(
        clinic_id=patient.clinic_id,
        patient_id=patient.pk,  # type: ignore[misc]
    )


def counted(rows: Rows) -> list[str]:
    """How many of what, in words, in the order of the words; all else last."""
    told = [
        f"{len(rows[table])} {one if len(rows[table]) == 1 else several}"
        for table, (one, several) in WORDS.items()
        if rows.get(table)
    ]
    if rest := sum(len(some) for table, some in rows.items() if table not in WORDS):
        told.append(f"{rest} other {'entry' if rest == 1 else 'entries'}")
    return told
