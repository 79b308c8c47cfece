"""Limits of the clinic: what only an opioid treatment program may order and give, and the
two exceptions of 21 CFR 1306.07 (rule C124): three days while a referral is arranged, and
a hospital."""

from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from accounts.access import may_at
from accounts.models import Staff
from accounts.permissions import Permission
from accounts.refusals import Refused
from assessments.picture.assemble import picture_of
from knowledge.editions import knowledge
from knowledge.medicines import medicines
from medications.models import MedicationDecision
from patients.models import Patient
from treatment.models import DoseEvent

# Formulary, methadone, products: for opioid use disorder only through a program.
PROGRAM_ONLY = "methadone"
HOSPITAL = "hospital"
# A supply is dispensed, never prescribed, and no dose to take home from a program.
SUPPLIED = (DoseEvent.Kind.ADMINISTERED, DoseEvent.Kind.DISPENSED)

REFER = (
    "Methadone for opioid use disorder is ordered and given only by an opioid"
    " treatment program, which this clinic is not. Refer to one: findtreatment.gov lists"
    " those near."
)


class NotAProgram(Refused):
    """Ordered or given by a clinic that may not."""

    field = "medication"


class SupplyRefused(Refused):
    """Beyond the one supply of three days that may be dispensed while referring."""

    field = "kind"


def is_program_only(medication: str) -> bool:
    return medicines()[medication].ingredient == PROGRAM_ONLY


def is_closed_here(patient: Patient, medication: str, *, at: datetime) -> bool:
    """Whether this clinic may not order it: it is no program, and no hospital that treats
    another illness."""
    if patient.clinic.is_otp or not is_program_only(medication):
        return False
    return picture_of(patient, at=at).value("setting") != HOSPITAL


def refuse_outside_program(patient: Patient, medication: str, *, at: datetime) -> None:
    """Refuse what this clinic, being no opioid treatment program, may not order."""
    if is_closed_here(patient, medication, at=at):
        raise NotAProgram(REFER)


def refuse_beyond_supply(
    patient: Patient, medication: str, kind: str, on: date, *, by: Staff, at: datetime
) -> None:
    """Refuse a dose that this clinic may not give, but for the days of one supply."""
    if not is_closed_here(patient, medication, at=at):
        return
    if kind not in SUPPLIED:
        raise NotAProgram(REFER)
    if not may_at(by, patient.clinic_id, Permission.MEDICATION_DECIDE):
        raise SupplyRefused("A supply while referring is dispensed by a prescriber.")
    most = knowledge().on(on).days("methadone_supply_days")
    if not _is_referred(patient):
        raise NotAProgram(
            f"{REFER} Choose methadone with the person first: that opens the referral, and"
            f" up to {most} days may be dispensed while it is arranged."
        )
    _refuse_renewed(patient, on, most)


def _is_referred(patient: Patient) -> bool:
    """The last decision was for it, which here is a referral."""
    last = MedicationDecision.objects.filter(patient=patient).first()
    return last is not None and last.choice in _program_only()


def _program_only() -> list[str]:
    return [one.key for one in medicines() if one.ingredient == PROGRAM_ONLY]


def _refuse_renewed(patient: Patient, on: date, most: int) -> None:
    """21 CFR 1306.07(b): one supply. Held until the end: two at once are no two supplies."""
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    given = sorted(_supplied(patient).values_list("on", flat=True))
    first = min([*given, on])
    last = first + timedelta(days=most - 1)
    if len(given) >= most or max([*given, on]) > last:
        raise SupplyRefused(
            f"One supply of at most {most} days is dispensed while referring, and it"
            " is not renewed (21 CFR 1306.07(b)). Call the program today."
        )


def _supplied(patient: Patient) -> QuerySet[DoseEvent]:
    return DoseEvent.objects.filter(
        patient=patient, medication__in=_program_only(), kind__in=SUPPLIED
    )
