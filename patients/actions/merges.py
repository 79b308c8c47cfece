"""Making two records of one person one, and taking them apart again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused, revision_of
from accounts.tenancy import clinic_day
from patients.actions.registry import (
    change_details,
    found_by_again,
    refuse_outside_team,
)
from patients.merges import FOUND_BY, may_take_apart
from patients.merging.contents import counted, held_back, rows_of, staying, tables
from patients.merging.details import Difference, chosen, differences
from patients.merging.rooms import Rows, to_settle
from patients.models import Allergy, MergedDetail, Patient, PersonMerge

COLUMNS = {field.name: field for field in Patient._meta.concrete_fields}


class NotOnePerson(Refused):
    """Two records cannot be made one as they are, or as they were shown."""


class NotToBeParted(Refused):
    """A merge has been taken apart, or is too old for it."""


@dataclass(frozen=True, slots=True)
class RowsPreview:
    """Rows that would go over to another record, and those that would stay."""

    goes: Rows
    stays: Rows

    @property
    def goes_in_words(self) -> list[str]:
        return counted(self.goes)

    @property
    def stays_in_words(self) -> list[str]:
        return counted(self.stays)


@dataclass(frozen=True, slots=True)
class MergePreview(RowsPreview):
    """What making two records one would do: the first takes in the second."""

    kept: Patient
    gone: Patient
    to_settle: list[str]
    differences: list[Difference]

    @property
    def has_other_birth_date(self) -> bool:
        """Both birth dates are known, and they differ: rather two people."""
        born = {self.kept.date_of_birth, self.gone.date_of_birth} - {None}
        return len(born) > 1

    @property
    def shown(self) -> str:
        """A digest of both records as they stand and of all that would move."""
        return _digest(self.kept, self.gone, goes=self.goes, stays=self.stays)


def _digest(*people: Patient, **rows: Rows) -> str:
    said = [
        *(revision_of(one) for one in people),
        *(
            {table: sorted(some) for table, some in part.items()}
            for part in rows.values()
        ),
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def preview_merge(kept: Patient, gone: Patient, *, today: date) -> MergePreview:
    """Look at two records of a clinic before they are made one."""
    stays = staying(kept, gone)
    goes = {
        table: some - stays.get(table, set()) for table, some in rows_of(gone).items()
    }
    return MergePreview(
        {table: some for table, some in goes.items() if some},
        stays,
        kept,
        gone,
        to_settle(kept, gone, today),
        differences(kept, gone),
    )


@transaction.atomic
def merge_people(
    *,
    kept: Patient,
    gone: Patient,
    choices: Mapping[str, object],
    shown: str,
    by: Staff,
    at: datetime,
) -> PersonMerge:
    """Make two records of one person one: what stands in the second goes over to the
    first, but for what has its like there; the database then hides the second.

    `choices` says of each detail in which they differ which record is right.
    """
    people = Patient.objects.select_related("clinic").select_for_update(of=("self",))
    rows = people.order_by("pk").in_bulk([kept.pk, gone.pk])
    if {kept.pk, gone.pk} - rows.keys() or kept.pk == gone.pk:
        raise NotOnePerson("Choose two records of this clinic.")
    kept, gone = rows[kept.pk], rows[gone.pk]
    for one in (kept, gone):
        refuse_outside_team(one, by)
    seen = preview_merge(kept, gone, today=clinic_day(kept.clinic, at))
    if seen.to_settle:
        raise NotOnePerson(" ".join(seen.to_settle))
    if shown != seen.shown:
        raise NotOnePerson(
            "Something was written in one of the two since this page was loaded."
            " Nothing is merged yet: look again."
        )
    merge = PersonMerge.objects.create(
        clinic_id=kept.clinic_id,
        patient=kept,
        gone=gone,
        gone_mrn=gone.mrn,
        merged_at=at,
        merged_by=by,
    )
    facts = _other_facts(kept, gone)
    _go_over(merge, seen.stays)
    _take_details(merge, {**chosen(gone, choices), **facts}, by=by, at=at)
    audit.record("patient.merged", kept, by=by, at=at, merge=merge.pk, other=gone.pk)
    audit.record("patient.went_over", gone, by=by, at=at, merge=merge.pk, other=kept.pk)
    return merge


def _go_over(merge: PersonMerge, stays: Rows) -> None:
    names = [model._meta.db_table for model in tables()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mainstay_merge(%s, %s, %s)", [merge.pk, names, _as_json(stays)]
        )


def _as_json(rows: Rows) -> str:
    return json.dumps({table: sorted(some) for table, some in rows.items()})


def _other_facts(kept: Patient, gone: Patient) -> dict[str, object]:
    """What is not chosen, since one answer alone agrees with both records."""
    found: dict[str, object] = {}
    if kept.admitted_on is None and gone.admitted_on is not None:
        found["admitted_on"] = gone.admitted_on
    listed = Allergy.objects.filter(patient__in=[kept.pk, gone.pk], is_current=True)
    if listed.exists():
        none_known: bool | None = False
    else:
        asked = (kept.no_known_allergies, gone.no_known_allergies)
        none_known = asked[0] if asked[0] is not None else asked[1]
    if none_known != kept.no_known_allergies:
        found["no_known_allergies"] = none_known
        found["allergies_asked_at"] = gone.allergies_asked_at or kept.allergies_asked_at
    return found


def _take_details(
    merge: PersonMerge, taken: Mapping[str, object], *, by: Staff, at: datetime
) -> None:
    kept = merge.patient
    MergedDetail.objects.bulk_create(
        [
            _detail(merge, column, getattr(kept, column), value)
            for column, value in taken.items()
        ]
        + [_detail(merge, FOUND_BY, None, merge.gone.search_text)]
    )
    _set(kept, taken, by=by, at=at)


def _detail(
    merge: PersonMerge, column: str, was: object, taken: object
) -> MergedDetail:
    return MergedDetail(
        clinic_id=merge.clinic_id,
        merge=merge,
        patient_id=merge.patient_id,
        column=column,
        was=_plain(was),
        taken=_plain(taken),
    )


def _plain(value: object) -> object:
    """A value as it is kept, days and moments as text."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _set(
    patient: Patient, values: Mapping[str, object], *, by: Staff, at: datetime
) -> None:
    """The details by the action that keeps them, what belongs to no form beside it."""
    change_details(patient=patient, details=values, by=by, at=at)
    for column, value in values.items():
        setattr(patient, column, value)
    patient.save()
    found_by_again(patient)


@dataclass(frozen=True, slots=True)
class ApartPreview(RowsPreview):
    """What taking two records apart again would do."""

    merge: PersonMerge


def preview_apart(merge: PersonMerge) -> ApartPreview:
    """Look at a merge before it is taken back."""
    stays = held_back(merge)
    goes: Rows = {}
    for part in merge.rows.all():
        if rows := set(part.rows) - stays.get(part.table, set()):
            goes.setdefault(part.table, set()).update(rows)
    return ApartPreview(goes, stays, merge)


@transaction.atomic
def take_apart(*, merge: PersonMerge, by: Staff, at: datetime) -> PersonMerge:
    """Give the other record back what went over from it, as it is now; what was written
    since, and what that rests on, stays where it is."""
    Patient.objects.select_for_update().get(pk=merge.patient_id)
    rows = PersonMerge.objects.select_related("patient__clinic")
    merge = rows.select_for_update(of=("self",)).get(pk=merge.pk)
    refuse_outside_team(merge.patient, by)
    if not may_take_apart(merge, at):
        raise NotToBeParted("This was taken apart already, or is older than 30 days.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mainstay_take_apart(%s, %s)",
            [merge.pk, _as_json(held_back(merge))],
        )
    merge.undone_at, merge.undone_by = at, by
    merge.save(update_fields=["undone_at", "undone_by"])
    _set(merge.patient, _as_before(merge), by=by, at=at)
    other = Patient(pk=merge.gone_id, clinic_id=merge.clinic_id)
    for one, of in ((merge.patient, other), (other, merge.patient)):
        audit.record(
            "patient.taken_apart", one, by=by, at=at, merge=merge.pk, other=of.pk
        )
    return merge


def _as_before(merge: PersonMerge) -> dict[str, object]:
    """Details as they were, but for those that somebody changed since."""
    kept = merge.patient
    return {
        one.column: COLUMNS[one.column].to_python(one.was)
        for one in merge.details.exclude(column=FOUND_BY)
        if _plain(getattr(kept, one.column)) == one.taken
    }
