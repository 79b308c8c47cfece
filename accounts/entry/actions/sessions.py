"""Sessions of a person, ended by them from another one."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.entry_rows import StaffSession
from accounts.models import Clinic, Staff
from accounts.refusals import Gone


@transaction.atomic
def end_session(*, staff: Staff, clinic: Clinic, label: str, at: datetime) -> None:
    """What that browser asks for next leads it to sign in."""
    if not StaffSession.objects.filter(staff=staff, label=label).delete()[0]:
        raise Gone("This session was over already.")
    audit.record("staff.session_ended", staff, by=staff, at=at, clinic=clinic)


@transaction.atomic
def end_other_sessions(
    *, staff: Staff, clinic: Clinic, this_one: str, at: datetime
) -> int:
    """End every session of this person but this one; how many there were."""
    others = StaffSession.objects.filter(staff=staff).exclude(label=this_one)
    ended = others.delete()[0]
    audit.record(
        "staff.sessions_ended", staff, by=staff, at=at, clinic=clinic, count=ended
    )
    return ended
