"""Subjects of the knowledge that a clinic has signed off, and those that wait."""

from medications.knowledge_pages.room import SUBJECTS
from medications.knowledge_pages.statements import RoomSubject
from medications.models import SubjectSignOff


def signatures_of(clinic_id: int) -> dict[str, SubjectSignOff]:
    """The newest signature under each subject."""
    rows = SubjectSignOff.objects.filter(clinic=clinic_id).order_by(
        "subject", "-signed_at", "-id"
    )
    newest = rows.distinct("subject").select_related("signed_by", "taken_from")
    return {row.subject: row for row in newest}


def numbers_of(clinic_id: int) -> dict[str, int]:
    """The days that this clinic chose instead of those that ship, by their name."""
    signed = signatures_of(clinic_id).values()
    return {name: days for one in signed for name, days in one.numbers.items()}


def shown_of(subject: RoomSubject, signed: SubjectSignOff | None) -> str:
    """What a page shows of a subject here: its statements, and the last signature."""
    return f"{subject.digest}:{signed.pk if signed else 0}"


def subjects_due(clinic_id: int) -> list[RoomSubject]:
    """Those never signed here, or that read otherwise since."""
    signed = signatures_of(clinic_id)
    return [
        one
        for one in SUBJECTS.values()
        if one.key not in signed or signed[one.key].digest != one.digest
    ]
