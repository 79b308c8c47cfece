"""Starting and stopping a medicine; at most one at a time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from medications.models import MedicationDecision
from patients.actions.registry import refuse_outside_life
from patients.models import Patient
from treatment.actions.programs import refuse_outside_program
from treatment.models import Regimen


class RegimenRefused(Refused):
    """A medicine cannot be started or stopped so; `field` is what to put right."""


class RegimenUnderWay(RegimenRefused):
    """Another medicine is taken in those days."""

    field = "started_on"


class NotReady(RegimenRefused):
    """Something must be done before the first dose."""

    field = "confirmed"


class BedsideOpen(RegimenRefused):
    """A bedside question is open, and nobody said why the dose is given before."""

    field = "reason"


class NotTheirs(RegimenRefused):
    """The decision is another person's, or about another medicine."""


class AlreadyStopped(RegimenRefused):
    """The medicine was stopped before."""


class StopsBeforeStart(RegimenRefused):
    """The last day lies before the first."""

    field = "stopped_on"


def first_tasks(decision: MedicationDecision, medication: str) -> list[dict[str, str]]:
    """What the rules asked for before the first dose when it was chosen."""
    options = decision.options["options"]
    option = next(o for o in options if o["medication"] == medication)
    blocking = {a["rule"]: a["text"] for a in option["actions"] if a["blocking"]}
    return [{"rule": rule, "text": text} for rule, text in blocking.items()]


@transaction.atomic
def start_regimen(
    *,
    patient: Patient,
    medication: str,
    started_on: date,
    product: str = "",
    dose_mg: Decimal | None = None,
    schedule: str = "",
    is_low_dose_overlap: bool = False,
    decision: MedicationDecision | None = None,
    confirmed: Iterable[str] = (),
    unanswered: Sequence[str] = (),
    reason: str = "",
    by: Staff,
    at: datetime,
) -> Regimen:
    """Start a medicine.

    Where it follows from a decision, every task that blocks the first dose is
    named by its rule in `confirmed`. A low-dose start may overlap another medicine.
    `unanswered` are bedside questions that the first dose waits for: without their
    answers it is given with a `reason`.
    """
    refuse_outside_life(patient, started_on, field="started_on")
    refuse_outside_program(patient, medication, at=at)
    _refuse_unanswered(unanswered, reason)
    done = sorted(set(confirmed))
    if decision is not None:
        _refuse_not_ready(decision, patient, medication, done)
    try:
        with transaction.atomic():
            regimen = Regimen.objects.create(
                clinic_id=patient.clinic_id,
                patient=patient,
                decision=decision,
                medication=medication,
                product=product,
                dose_mg=dose_mg,
                schedule=schedule,
                is_low_dose_overlap=is_low_dose_overlap,
                started_on=started_on,
                unanswered_reason=reason.strip() if unanswered else "",
                prescriber=by,
            )
    except IntegrityError:
        raise RegimenUnderWay(
            "Another medicine is under way in these days. Stop it first, or record a"
            " low-dose overlap."
        ) from None
    audit.record(
        "regimen.started",
        regimen,
        by=by,
        at=at,
        medication=medication,
        confirmed=done,
        unanswered=len(unanswered),
    )
    return regimen


def _refuse_unanswered(unanswered: Sequence[str], reason: str) -> None:
    if unanswered and not reason.strip():
        raise BedsideOpen(
            f"The first dose waits for: {' '.join(unanswered)} Ask, or say why it is"
            " given all the same."
        )


def _refuse_not_ready(
    decision: MedicationDecision, patient: Patient, medication: str, done: list[str]
) -> None:
    if decision.patient_id != patient.pk or decision.choice != medication:
        raise NotTheirs("That decision was about something else.")
    waiting = [t for t in first_tasks(decision, medication) if t["rule"] not in done]
    if waiting:
        raise NotReady(
            f"Before the first dose: {' '.join(task['text'] for task in waiting)}"
        )


@transaction.atomic
def stop_regimen(
    *, regimen: Regimen, stopped_on: date, reason: str, by: Staff, at: datetime
) -> Regimen:
    """End a medicine with its reason; once ended it stays so."""
    regimen = Regimen.objects.select_for_update(of=("self",)).get(pk=regimen.pk)
    if regimen.stopped_on is not None:
        raise AlreadyStopped("This medicine was stopped already.")
    if stopped_on < regimen.started_on:
        raise StopsBeforeStart("It cannot stop before it began.")
    regimen.stopped_on, regimen.stop_reason = stopped_on, reason
    regimen.save(update_fields=["stopped_on", "stop_reason"])
    audit.record("regimen.stopped", regimen, by=by, at=at)
    return regimen
