"""The medical director's sign-off of what in the knowledge is no rule."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.db import transaction

from accounts import audit
from accounts.models import Clinic, Staff
from accounts.refusals import Refused
from knowledge.editions import knowledge
from medications.actions.editions import keep_edition
from medications.knowledge_pages.statements import RoomSubject
from medications.knowledge_pages.subject_signoffs import shown_of, signatures_of
from medications.models import SubjectSignOff

NONE_CHOSEN: Mapping[str, int] = MappingProxyType({})


class SubjectReadsOtherwise(Refused):
    """The subject reads otherwise than on the page that was signed."""


class DaysNotPermitted(Refused):
    """The number of days is not one that a clinic may choose; `field` names it."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.field = name


@transaction.atomic
def sign_subject(
    *,
    clinic: Clinic,
    subject: RoomSubject,
    shown: str,
    numbers: Mapping[str, int] = NONE_CHOSEN,
    by: Staff,
    at: datetime,
) -> SubjectSignOff:
    """Answer for a subject at this clinic, every statement as it was `shown`, with
    the days that the clinic has instead of those that ship."""
    # One signing at a time: the second has to see the first.
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    if shown != shown_of(subject, signatures_of(clinic.pk).get(subject.key)):
        raise SubjectReadsOtherwise(
            "Not signed: this reads otherwise than on your screen. Read it as it is"
            " now, then sign."
        )
    keep_edition(clinic_id=clinic.pk, known=knowledge(), at=at)
    signed = SubjectSignOff.objects.create(
        clinic=clinic,
        subject=subject.key,
        digest=subject.digest,
        numbers=_own(subject, numbers),
        knowledge_digest=knowledge().digest,
        signed_at=at,
        signed_by=by,
    )
    audit.record(
        "knowledge.subject_signed_off",
        signed,
        by=by,
        at=at,
        about=subject.key,
        numbers=signed.numbers,
    )
    return signed


def _own(subject: RoomSubject, numbers: Mapping[str, int]) -> dict[str, int]:
    """Those that differ from what ships; refuses what no clinic may have."""
    choices = subject.choices()
    for name, days in numbers.items():
        if name not in choices:
            raise DaysNotPermitted(f"A clinic may not choose {name}.", name)
        if not choices[name].permitted.allows(days):
            raise DaysNotPermitted(f"May be {choices[name].permitted.words}.", name)
    return {n: days for n, days in numbers.items() if days != choices[n].days}
