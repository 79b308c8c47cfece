"""The medical director's sign-off of what in the knowledge is no rule."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Clinic, Staff
from accounts.refusals import Refused
from knowledge.editions import knowledge
from medications.actions.editions import keep_edition
from medications.knowledge_pages.room import RoomSubject
from medications.models import SubjectSignOff


class SubjectReadsOtherwise(Refused):
    """The subject reads otherwise than on the page that was signed."""


@transaction.atomic
def sign_subject(
    *, clinic: Clinic, subject: RoomSubject, shown: str, by: Staff, at: datetime
) -> SubjectSignOff:
    """Answer for a subject at this clinic, every statement as it was `shown`."""
    if shown != subject.digest:
        raise SubjectReadsOtherwise(
            "Not signed: this reads otherwise than on your screen. Read it as it is"
            " now, then sign."
        )
    keep_edition(clinic_id=clinic.pk, known=knowledge(), at=at)
    signed = SubjectSignOff.objects.create(
        clinic=clinic,
        subject=subject.key,
        digest=subject.digest,
        knowledge_digest=knowledge().digest,
        signed_at=at,
        signed_by=by,
    )
    audit.record(
        "knowledge.subject_signed_off", signed, by=by, at=at, about=subject.key
    )
    return signed
