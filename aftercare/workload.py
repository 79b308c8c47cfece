"""What the background workers did at one clinic, and what they will do next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from accounts.models import Clinic
from aftercare.models import CheckInMail, FollowUp, Notice, SweepRun
from aftercare.models.follow_ups import FollowUpQuerySet

RUNS = 20
FAILED = 20
# Beat rings every fifteen seconds, and a quiet round is noted each minute.
LATE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Next:
    """How many follow-ups one kind of work waits for, and by when."""

    words: str
    now: int
    day: int
    week: int


@dataclass(frozen=True, slots=True)
class Workload:
    runs: list[SweepRun]
    coming: list[Next]
    waiting: int
    links_failed: int
    failed: list[Notice]
    last_seen_at: datetime | None
    is_late: bool


def workload_of(clinic: Clinic, *, on: date, at: datetime) -> Workload:
    runs = list(SweepRun.objects.filter(clinic=clinic)[:RUNS])
    owed = Notice.objects.filter(clinic=clinic, sent_at=None)
    links = CheckInMail.objects.filter(
        clinic=clinic,
        sent_at=None,
        check_in__answered_at=None,
        check_in__revoked_at=None,
        check_in__expires_at__gt=at,
    ).aggregate(
        waiting=Count("pk", filter=Q(last_error="")),
        failed=Count("pk", filter=~Q(last_error="")),
    )
    failed = owed.exclude(last_error="").select_related("recipient").order_by("-pk")
    last_seen_at = runs[0].finished_at if runs else None
    return Workload(
        runs=runs,
        coming=_coming(clinic, on),
        waiting=owed.filter(last_error="").count() + links["waiting"],
        links_failed=links["failed"],
        failed=list(failed[:FAILED]),
        last_seen_at=last_seen_at,
        is_late=last_seen_at is None or last_seen_at + LATE < at,
    )


def _coming(clinic: Clinic, on: date) -> list[Next]:
    """Windows that open and close now, by tomorrow, in a week; one query each."""
    open_windows = FollowUp.objects.filter(clinic=clinic, status="planned")
    shut = FollowUp.objects.filter(clinic=clinic, status__in=["planned", "due"])
    last = on - timedelta(days=1)
    return [
        _next("come due", open_windows, "earliest_on", on),
        _next("are missed unless somebody closes them", shut, "latest_on", last),
    ]


def _next(words: str, rows: FollowUpQuerySet, field: str, on: date) -> Next:
    days = {"now": 0, "day": 1, "week": 7}
    counted = rows.filter(**{f"{field}__lte": on + timedelta(days=7)}).aggregate(
        **{
            name: Count("pk", filter=Q(**{f"{field}__lte": on + timedelta(days=ahead)}))
            for name, ahead in days.items()
        }
    )
    return Next(words, **counted)
