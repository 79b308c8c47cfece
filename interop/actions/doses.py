"""The medicine that each person was given: doses, and the regimens they make up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import batched

from django.db.models import Max, Min

from accounts import tenancy
from interop.actions.loading import People, load
from interop.cohort import courses, files
from interop.cohort.records import Dose
from interop.cohort.run import ACTOR, BATCH, PREFIX, Import
from interop.cohort.source import NOMINAL_CONSENT, NotHeld, SourceRow
from patients.models import Patient, StatusChange
from treatment.models import DoseEvent, Regimen


@dataclass(frozen=True, slots=True)
class Arms:
    """Who was randomized to which medicine, and on which day."""

    medicines: Mapping[int, str]
    since: Mapping[int, date]
    once: courses.Once = field(default_factory=courses.Once)


def add_doses(run: Import, people: People) -> None:
    """Every dispensed dose of somebody whose medicine is known."""
    arms = _arms(run)
    name, columns = files.DOSES
    for chunk in batched(run.rows(name, columns), BATCH):
        found = [d for row in chunk if (d := _dose(run, people, row, arms))]
        with tenancy.every_clinic(actor=ACTOR):
            run.added += load(found, people, at=run.at)
        run.told(name)


def _arms(run: Import) -> Arms:
    found = [given for given in run.read(*files.RANDOMIZED, courses.arm) if given]
    return Arms(
        {who: medication for who, medication, _ in found},
        {who: NOMINAL_CONSENT + timedelta(days=day) for who, _, day in found},
    )


def _dose(run: Import, people: People, row: SourceRow, arms: Arms) -> Dose | None:
    try:
        people.check(row)
        given, odd = courses.dose(row, arms.medicines, arms.once)
    except NotHeld as refusal:
        run.report.drops(row, str(refusal))
        return None
    is_early = given.on < arms.since[given.who]
    early = "a dose before randomization" if is_early else ""
    run.report.keeps(row, "; ".join(filter(None, (odd, early))))
    return given


def add_regimens(run: Import) -> None:
    """One regimen a person and medicine, from the first recorded dose to the last."""
    imported = Patient.objects.filter(mrn__startswith=PREFIX)
    # By their ids: nobody has counted the new rows yet, and a join of two tables that
    # look empty is done row by row.
    ids = list(imported.values_list("pk", flat=True))
    spans = (
        DoseEvent.objects.filter(patient_id__in=ids)
        .order_by()
        .values_list("clinic_id", "patient_id", "medication")
        .annotate(first=Min("on"), last=Max("on"))
    )
    regimens = Regimen.objects.bulk_create(
        [_regimen(*span) for span in spans], batch_size=1000, ignore_conflicts=True
    )
    _admit({one.patient_id: one.started_on for one in regimens}, run)


def _admit(first_doses: Mapping[int, date], run: Import) -> None:
    """Whoever was given a dose is in treatment from that day on."""
    changed = Patient.objects.filter(pk__in=first_doses, status=Patient.Status.REFERRED)
    for patient in changed:
        patient.status = Patient.Status.ACTIVE
        patient.admitted_on = first_doses[patient.pk]
    Patient.objects.bulk_update(changed, ["status", "admitted_on"], batch_size=1000)
    StatusChange.objects.bulk_create(
        StatusChange(
            clinic_id=patient.clinic_id,
            patient=patient,
            status=patient.status,
            reason="First recorded dose",
            changed_at=run.at,
        )
        for patient in changed
    )


def _regimen(
    clinic: int, patient: int, medication: str, first: date, last: date
) -> Regimen:
    return Regimen(
        clinic_id=clinic,
        patient_id=patient,
        medication=medication,
        schedule="as in the trial",
        started_on=first,
        stopped_on=last + timedelta(days=1),
        stop_reason="Last recorded dose",
        source_key=f"regimen:{patient}:{medication}",
    )
