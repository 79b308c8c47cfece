"""Typed text that came when the session was over, kept for who typed it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts import tenancy
from accounts.models import Clinic, Staff, UnsentText

KEPT_FOR = timedelta(hours=12)
LONGEST_PATH = 2000


def keep(
    *,
    staff: Staff,
    clinic: Clinic,
    path: str,
    fields: Iterable[tuple[str, str]],
    at: datetime,
) -> None:
    """Keep what was typed, under the clinic where the person was at work."""
    with tenancy.clinics([clinic.pk], actor=f"staff:{staff.pk}"):
        UnsentText.objects.create(
            clinic=clinic, staff=staff, path=path, fields=list(fields), at=at
        )


def kept_for(staff: Staff, *, at: datetime) -> QuerySet[UnsentText]:
    return UnsentText.objects.visible_to(staff).filter(at__gt=at - KEPT_FOR)


def clinic_of_newest(
    staff: Staff, clinics: Iterable[int], *, at: datetime
) -> int | None:
    """The clinic at which something waits for this person; None where nothing does."""
    with tenancy.clinics(clinics, actor=f"staff:{staff.pk}"):
        return kept_for(staff, at=at).values_list("clinic_id", flat=True).first()


def drop(staff: Staff, pk: int) -> None:
    """Take it away: it was sent, or the person does not want it."""
    UnsentText.objects.visible_to(staff).filter(pk=pk).delete()


def forget_old(*, at: datetime) -> int:
    return UnsentText.objects.filter(at__lt=at - KEPT_FOR).delete()[0]
