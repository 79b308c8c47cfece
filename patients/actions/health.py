"""Allergies, conditions, other medicines, supports and ways to reach a person."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import ClinicOwned
from knowledge.names import corrected, says_none
from patients.models import (
    Allergy,
    Condition,
    ContactPoint,
    OtherMedicine,
    Patient,
    SupportPerson,
)

# What can be listed for a person, and the column that says it still holds.
LISTED: dict[str, tuple[type[ClinicOwned], str]] = {
    "allergy": (Allergy, "is_current"),
    "condition": (Condition, "is_active"),
    "medicine": (OtherMedicine, "is_current"),
    "support": (SupportPerson, "is_current"),
    "contact": (ContactPoint, "is_current"),
}
# Lists whose entries are recognised, and the column of what was written.
type Written = Allergy | OtherMedicine
RECOGNISED: dict[str, type[Written]] = {"allergy": Allergy, "medicine": OtherMedicine}
NAMED_IN = {"allergy": "substance", "medicine": "ingredient"}
LONGEST_NAME = 120
# How it is recorded that a list is empty.
WHERE_NONE_IS_SAID = {
    "allergy": "This names no allergy. That none are known is recorded for the whole list: “Asked: none known”.",
    "medicine": "This names no medicine. That no other is taken is an answer of the intake: “Takes no other medicine”.",
}
_WITH_WHO_AND_WHEN = ("allergy", "condition", "medicine")


class AlreadyListed(Refused):
    """The same entry stands on the list and still holds."""


class SaysNone(Refused):
    """An entry says that there are none: the list as a whole has its own answer."""

    def __init__(self, kind: str) -> None:
        super().__init__(WHERE_NONE_IS_SAID[kind])
        self.field = NAMED_IN[kind]


class NotOffered(Refused):
    """The name is none of those that the entry may mean."""


class NoRoom(Refused):
    """With its name put right the entry is too long."""


@transaction.atomic
def list_entry(
    *,
    patient: Patient,
    kind: str,
    values: Mapping[str, object],
    by: Staff,
    at: datetime,
) -> ClinicOwned:
    """Add an entry to one of a person's lists; one that says that there are none is
    refused, as are two that are the same."""
    if kind in NAMED_IN and says_none(str(values[NAMED_IN[kind]])):
        raise SaysNone(kind)
    model, _ = LISTED[kind]
    known = {"recorded_at": at, "recorded_by": by} if kind in _WITH_WHO_AND_WHEN else {}
    try:
        with transaction.atomic():
            entry = model.objects.create(  # type: ignore[attr-defined]
                clinic_id=patient.clinic_id, patient=patient, **values, **known
            )
    except IntegrityError:
        raise AlreadyListed("This is on the list already.") from None
    if kind == "allergy":
        _note_allergies_asked(patient, none_known=False, at=at)
    audit.record(f"{kind}.listed", entry, by=by, at=at)
    return entry  # type: ignore[no-any-return]


@transaction.atomic
def end_entry(*, entry: ClinicOwned, kind: str, by: Staff, at: datetime) -> None:
    """Say that an entry no longer holds; it stays readable as a past one."""
    _, holds = LISTED[kind]
    setattr(entry, holds, False)
    entry.save(update_fields=[holds])
    audit.record(f"{kind}.ended", entry, by=by, at=at)


@transaction.atomic
def remove_entry(*, entry: ClinicOwned, kind: str, by: Staff, at: datetime) -> None:
    """Take out an entry that was a mistake and never held; its history keeps it."""
    audit.record(f"{kind}.corrected", entry, by=by, at=at)
    entry.delete()


@transaction.atomic
def restore_entry(*, entry: ClinicOwned, kind: str, by: Staff, at: datetime) -> None:
    """Take an ending back."""
    _, holds = LISTED[kind]
    setattr(entry, holds, True)
    try:
        with transaction.atomic():
            entry.save(update_fields=[holds])
    except IntegrityError:
        raise AlreadyListed("The same entry has been listed again since.") from None
    audit.record(f"{kind}.restored", entry, by=by, at=at)


@transaction.atomic
def put_name_right(
    *, entry: Written, kind: str, name: str, by: Staff, at: datetime
) -> None:
    """Write a name that was offered in place of the one that is not recognised; the
    history keeps what stood there."""
    read = entry.recognition
    if read is None or name not in read.near:
        raise NotOffered("This name is not offered any more. Look at the entry again.")
    column, text = NAMED_IN[kind], corrected(read, name)
    if len(text) > LONGEST_NAME:
        raise NoRoom(
            f"{len(text)} characters with the name put right; there is room for "
            f"{LONGEST_NAME}. Add it again in fewer words, and end this one."
        )
    setattr(entry, column, text)
    entry.save(update_fields=[column])
    audit.record(f"{kind}.name_put_right", entry, by=by, at=at)


@transaction.atomic
def note_no_known_allergies(
    *, patient: Patient, asked_at: datetime | None = None, by: Staff, at: datetime
) -> None:
    """Asked about allergies, now or at `asked_at`, and none are known."""
    if patient.allergies.filter(is_current=True).exists():
        raise AlreadyListed(
            "Allergies are listed. End those that no longer hold first."
        )
    _note_allergies_asked(patient, none_known=True, at=asked_at or at)
    audit.record("allergy.none_known", patient, by=by, at=at)


def _note_allergies_asked(patient: Patient, *, none_known: bool, at: datetime) -> None:
    patient.no_known_allergies = none_known
    patient.allergies_asked_at = at
    patient.save(update_fields=["no_known_allergies", "allergies_asked_at"])
