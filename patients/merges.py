"""Numbers that lead to another record, where two of one person were made one."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, F, Func, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404

from accounts.models import Clinic
from patients.models import APART_WITHIN, MergedDetail, Patient, PersonMerge

FOUND_BY = "search_text"


class WentInto(Http404):
    """This clinic's person, whose record went into another."""

    def __init__(self, patient_id: int, mrn: str) -> None:
        super().__init__("This record went into another.")
        self.patient_id = patient_id
        self.mrn = mrn


def refuse_if_merged(clinic: Clinic, patient_id: int) -> None:
    """Of a person who is not found: say so where their record went into another."""
    holding = PersonMerge.objects.filter(clinic=clinic, undone_at=None)
    if found := holding.filter(gone_id=patient_id).first():
        raise WentInto(record_now(patient_id), found.gone_mrn)


def record_now(patient_id: int) -> int:
    """The number of the record that a person's is now: their own, where it is."""
    return leads_of([patient_id]).get(patient_id, patient_id)


def numbers_of(patient_ids: Iterable[int]) -> set[int]:
    """These records and all that went into them, by number: what was done in one is told
    of the other, as long as they are one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unnest(mainstay_records_of(it)) FROM unnest(%s::bigint[]) it",
            [list(patient_ids)],
        )
        return {row for (row,) in cursor.fetchall()}


def by_any_number(
    people: QuerySet[Patient], patient_ids: Collection[int]
) -> dict[int, Patient]:
    """Who these numbers are of, where a record went into another that other; one query."""
    now = RawSQL(
        "SELECT mainstay_merged_into(it) FROM unnest(%s::bigint[]) it",
        [list(patient_ids)],
    )
    records = Func(
        F("pk"),
        function="mainstay_records_of",
        output_field=ArrayField(BigIntegerField()),
    )
    found = people.filter(pk__in=now).annotate(records=records)
    return {pk: one for one in found for pk in one.records}


def leads_of(patient_ids: Collection[int]) -> dict[int, int]:
    """Of these records, those that went into another: where each leads."""
    if not patient_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT was, becomes FROM unnest(%s::bigint[]) was,"
            " mainstay_merged_into(was) becomes WHERE becomes <> was",
            [list(patient_ids)],
        )
        return dict(cursor.fetchall())


def people_numbered(clinic: Clinic, mrns: Collection[str]) -> dict[str, Patient]:
    """People of a clinic by their record number, or by one that led to them."""
    people = Patient.objects.filter(clinic=clinic).select_related("clinic")
    found = {row.mrn: row for row in people.filter(mrn__in=mrns)}
    went = PersonMerge.objects.filter(
        clinic=clinic, undone_at=None, gone_mrn__in=set(mrns) - set(found)
    )
    gone = {merge.gone_mrn: merge.gone_id for merge in went}
    leads = leads_of(gone.values())
    rows = people.in_bulk(set(leads.values()))
    return found | {
        mrn: rows[leads[pk]] for mrn, pk in gone.items() if leads[pk] in rows
    }


def words_of_merged(patient: Patient) -> str:
    """All that the records were found by which went into this one."""
    if patient.pk is None:
        return ""
    words = MergedDetail.objects.filter(
        patient=patient, merge__undone_at=None, column=FOUND_BY
    )
    return "".join(str(one) for one in words.values_list("taken", flat=True))


def may_take_apart(merge: PersonMerge, at: datetime) -> bool:
    """Whether it still holds and is young enough."""
    return merge.undone_at is None and at <= merge.merged_at + APART_WITHIN


def merges_of(patient: Patient, at: datetime) -> list[tuple[PersonMerge, bool]]:
    """Records that went into this one, and whether each may still be taken out again."""
    held = PersonMerge.objects.filter(patient=patient, undone_at=None)
    return [(merge, may_take_apart(merge, at)) for merge in held]
