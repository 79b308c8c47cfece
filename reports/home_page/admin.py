"""First page of an admin: what needs somebody, access, what runs; nothing of a chart."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from accounts.clinic_settings.actions import open_proposal
from accounts.clinic_settings.certificates import ending
from accounts.clinic_settings.days import open_days_of
from accounts.clinic_settings.duty import duty_gap
from accounts.entry_rows import CodeApp, Passkey
from accounts.models import AuditEvent, Clinic, Membership, Staff
from accounts.sentences import Kind
from aftercare.actions.holdings import without_access
from aftercare.actions.leaving import unnamed
from aftercare.models import StaffLeaving
from jobs.health import are_late
from jobs.models import Claim, Job
from knowledge.wording.dates import day_named
from patients.models import DisclosureListRequest, Patient
from plans.models import RecordCheck

FAILED = "staff.sign_in_failed"
# What is looked back at, and ahead.
A_DAY = timedelta(days=1)
UNUSED = timedelta(days=90)
AHEAD = timedelta(days=30)
CLOSED_SHOWN = 3


@dataclass(frozen=True, slots=True)
class AdminTask:
    """One line of the page: what it is, why, and where it is mended."""

    words: str
    detail: str
    act: str
    url: str
    is_danger: bool = False


@dataclass(frozen=True, slots=True)
class AdminHome:
    """Everything on the page."""

    needs: list[AdminTask]
    access: list[AdminTask]
    closed: list[tuple[date, str]]
    running: list[Job]
    are_workers_late: bool
    # Until when each list of disclosures is owed that somebody asked for.
    asked_for: list[date]


def admin_home(clinic: Clinic, *, on: date, at: datetime) -> AdminHome:
    return AdminHome(
        needs=list(needs_of(clinic, on=on)),
        access=list(_access(clinic, at)),
        closed=_closed(clinic, on),
        running=list(_running(clinic)),
        are_workers_late=are_late(at=at),
        asked_for=_asked_for(clinic),
    )


def needs_of(clinic: Clinic, *, on: date) -> Iterator[AdminTask]:
    """A record that is not what was written, the gap in the duty, then who leaves, then
    what stopped or ends."""
    newest = RecordCheck.objects.filter(clinic=clinic).order_by("-checked_at").first()
    if newest and not newest.is_whole:
        url = reverse("reports:audit")
        yield AdminTask(
            "The record is not what was written", "", "Look now", url, is_danger=True
        )
    if gap := duty_gap(clinic):
        yield AdminTask(gap, "", "Mend it", _settings("duty"), is_danger=True)
    yield from _leaving(clinic, on)
    if count := Claim.objects.set_aside().filter(clinic=clinic).count():
        said = "row of work was" if count == 1 else "rows of work were"
        yield AdminTask(f"{count} {said} set aside", "", "Look", reverse("jobs:board"))
    yield from _certificates(clinic, on)
    if proposal := open_proposal(clinic):
        detail = f"by {proposal.proposed_by.name}"
        yield AdminTask(
            "A change of the clinic's kind waits", detail, "Decide", _settings("kind")
        )
    yield from _old_records(clinic, on)


def _settings(section: str) -> str:
    return f"{reverse('accounts:clinic_settings')}#{section}"


def _leaving(clinic: Clinic, on: date) -> Iterator[AdminTask]:
    """Parts that are vacant before those that will be."""
    gone = set()
    for staff in without_access(clinic):
        gone.add(staff.pk)
        url = reverse("aftercare:leaving", args=[staff.pk])
        yield AdminTask(
            f"{staff.name} has left",
            "Nobody took over yet",
            "Hand over",
            url,
            is_danger=True,
        )
    ahead = StaffLeaving.objects.filter(clinic=clinic, confirmed_at=None, ended_at=None)
    for one in ahead.exclude(staff__in=gone).select_related("staff", "clinic"):
        count = unnamed(one)
        yield AdminTask(
            f"{one.staff.name} leaves on {day_named(one.leaves_on, on)}",
            f"{count} without a name" if count else "Everybody has a name",
            "Hand over",
            reverse("aftercare:leaving", args=[one.staff.pk]),
            is_danger=one.leaves_on < on,
        )


def _certificates(clinic: Clinic, on: date) -> Iterator[AdminTask]:
    for one in ending(clinic, on):
        is_over = one.until < on
        verb = "ended" if is_over else "ends"
        yield AdminTask(
            f"{one.name} {verb} on {day_named(one.until, on)}",
            "",
            "Renew",
            _settings("program"),
            is_danger=is_over,
        )


def _old_records(clinic: Clinic, on: date) -> Iterator[AdminTask]:
    """Records of people who left so long ago that the clinic no longer has to keep them."""
    last = on - timedelta(days=365 * clinic.record_years + clinic.record_years // 4)
    left = Patient.objects.filter(
        clinic=clinic, status__in=[Patient.Status.DISCHARGED, Patient.Status.DECEASED]
    )
    kept = left.exclude(status_changes__changed_at__date__gt=last)
    if count := kept.filter(status_changes__isnull=False).distinct().count():
        said = "record is" if count == 1 else "records are"
        yield AdminTask(
            f"{count} {said} past {clinic.record_years} years",
            "Nothing is deleted by itself",
            "Look",
            _settings("keeping"),
        )


def _access(clinic: Clinic, at: datetime) -> Iterator[AdminTask]:
    """Failed sign-ins of a day, second steps that are missing, invitations that nobody
    took up, accounts unused."""
    staff = {one.pk: one for one in Staff.objects.active().at_clinic(clinic)}
    for pk, count in _failed(staff, clinic, at):
        asked = urlencode({"staff": pk, "kind": Kind.SIGN_IN, "days": A_DAY.days})
        url = f"{reverse('reports:audit')}?{asked}"
        said = "failed sign-in" if count == 1 else "failed sign-ins"
        yield AdminTask(f"{count} {said} in a day", staff[pk].name, "See", url)
    if without := _without_factor(staff, clinic):
        yield _named(f"{len(without)} without a second step", without)
    never = [one.name for one in staff.values() if one.last_login is None]
    if never:
        yield _named(f"{len(never)} never signed in", never)
    unused = [
        one.name
        for one in staff.values()
        if one.last_login is not None and one.last_login < at - UNUSED
    ]
    if unused:
        yield _named(f"{len(unused)} unused for {UNUSED.days} days", unused)


def _without_factor(staff: dict[int, Staff], clinic: Clinic) -> list[str]:
    """Those whose roles ask for a second step, and who have none yet."""
    asked = Membership.objects.filter(
        clinic=clinic, staff__in=staff, role__in=clinic.factor_required_roles
    )
    numbers = set(asked.values_list("staff_id", flat=True))
    for held in (CodeApp, Passkey):
        rows = held.objects.filter(staff__in=numbers)
        numbers -= set(rows.values_list("staff_id", flat=True))
    return [staff[pk].name for pk in numbers]


def _named(words: str, names: list[str]) -> AdminTask:
    shown = ", ".join(sorted(names)[:CLOSED_SHOWN])
    more = len(names) - CLOSED_SHOWN
    detail = f"{shown} and {more} more" if more > 0 else shown
    return AdminTask(words, detail, "Staff", reverse("accounts:staff"))


def _failed(
    staff: dict[int, Staff], clinic: Clinic, at: datetime
) -> Iterator[tuple[int, int]]:
    subjects = {f"accounts.staff:{pk}": pk for pk in staff}
    tries = AuditEvent.objects.filter(
        Q(clinic_id=None) | Q(clinic_id=clinic.pk),
        verb=FAILED,
        at__gt=at - A_DAY,
        subject__in=subjects,
    )
    counts = tries.values("subject").annotate(count=Count("pk")).order_by("-count")
    for row in counts:
        yield subjects[row["subject"]], row["count"]


def _asked_for(clinic: Clinic) -> list[date]:
    owed = DisclosureListRequest.objects.filter(clinic=clinic, answered_at=None)
    return list(owed.order_by("due_on", "pk").values_list("due_on", flat=True))


def _closed(clinic: Clinic, on: date) -> list[tuple[date, str]]:
    """The next days on which it is closed though its week says otherwise."""
    days = open_days_of(clinic)
    usual = days.weekdays or frozenset(range(1, 8))
    found = (
        (day, days.why_closed(day))
        for day in days.closed_between(on, on + AHEAD)
        if day.isoweekday() in usual
    )
    return list(found)[:CLOSED_SHOWN]


def _running(clinic: Clinic) -> QuerySet[Job, Job]:
    return Job.objects.waiting().filter(clinic=clinic).order_by("pk")[:CLOSED_SHOWN]
