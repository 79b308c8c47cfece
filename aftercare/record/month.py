"""Month of what is owed: of one clinic or of one's own hands, by day, Sunday first."""

from calendar import SUNDAY
from calendar import Calendar as Weeks
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from accounts.access import Acting
from accounts.clinic_settings.days import open_days_of
from aftercare.models import FollowUp
from aftercare.models.follow_ups import FollowUpQuerySet
from aftercare.record.parts import PARTS
from knowledge.schedule.kinds import follow_up_kind
from knowledge.schedule.steps import DutySeverity
from knowledge.wording.dates import day_named
from patients.models import CareTeamMember

# Lines of one day in the month; the rest is a number.
MARKS = 3
# People of one day at the side.
LISTED = 50
# Of those, at first sight.
SEEN = 12
RED = (DutySeverity.DANGER.value, DutySeverity.FEDERAL.value)
# Months that an address may name, before and after this one.
YEARS = 3


@dataclass(frozen=True, slots=True)
class MonthMark:
    """Several of one kind on one day."""

    words: str
    # Late where it can kill, or a day of federal law is over.
    is_red: bool


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One day of the table."""

    day: date
    is_out: bool
    is_today: bool
    is_chosen: bool
    closed: str
    marks: list[MonthMark]
    more: int


@dataclass(frozen=True, slots=True)
class DayLine:
    """One thing of the chosen day, with the days on which it may stand."""

    follow_up: FollowUp
    words: str
    allowed: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class MonthPage:
    """The month, the chosen day with what is on it, and the months beside it."""

    first: date
    weeks: list[list[MonthDay]]
    chosen: date
    closed: str
    lines: list[DayLine]
    more: int

    @property
    def seen(self) -> list[DayLine]:
        return self.lines[:SEEN]

    @property
    def folded(self) -> list[DayLine]:
        return self.lines[SEEN:]

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return (self.first + timedelta(days=32)).replace(day=1)


def month_page(acting: Acting, *, chosen: date, today: date, is_own: bool) -> MonthPage:
    """In a fixed number of statements."""
    first = chosen.replace(day=1)
    days = list(Weeks(SUNDAY).itermonthdates(first.year, first.month))
    owed = owed_of(acting, is_own=is_own)
    marks = _marks(owed, days[0], days[-1], today)
    week = open_days_of(acting.clinic)
    cells = [
        MonthDay(
            day=day,
            is_out=day.month != first.month,
            is_today=day == today,
            is_chosen=day == chosen,
            closed=week.why_closed(day),
            marks=marks[day][:MARKS],
            more=len(marks[day][MARKS:]),
        )
        for day in days
    ]
    rows = list(
        owed.filter(due_on=chosen)
        .select_related("patient", "assigned_to")
        .order_by("latest_on", "patient__sort_name", "pk")[: LISTED + 1]
    )
    return MonthPage(
        first=first,
        weeks=[cells[n : n + 7] for n in range(0, len(cells), 7)],
        chosen=chosen,
        closed=week.why_closed(chosen),
        lines=[_line(one, today) for one in rows[:LISTED]],
        more=len(rows[LISTED:]),
    )


def owed_of(acting: Acting, *, is_own: bool) -> FollowUpQuerySet:
    """What is open at this clinic, or in this person's own hands."""
    owed = FollowUp.objects.open().visible_to(acting)
    return owed.filter(_is_theirs(acting)) if is_own else owed


def _is_theirs(acting: Acting) -> Q:
    """By name, or by the part that this person holds in the care of somebody."""
    held = CareTeamMember.objects.filter(
        clinic=acting.clinic,
        patient=OuterRef("patient"),
        staff=acting.staff,
        until_at=None,
    )
    theirs = Q(assigned_to=acting.staff)
    for role, parts in PARTS.items():
        is_theirs = Q(Exists(held.filter(part__in=parts)))
        theirs |= Q(assigned_to=None, assigned_role=role) & is_theirs
    return theirs


def _marks(
    owed: FollowUpQuerySet, first: date, last: date, today: date
) -> dict[date, list[MonthMark]]:
    """Kinds of each day, the most of them first."""
    counted = (
        owed.filter(due_on__gte=first, due_on__lte=last)
        .order_by()
        .values("due_on", "kind")
        .annotate(
            count=Count("pk"),
            red=Count("pk", filter=Q(latest_on__lt=today, severity__in=RED)),
        )
        .order_by("due_on", "-red", "-count", "kind")
    )
    found: dict[date, list[MonthMark]] = defaultdict(list)
    for row in counted:
        number = f"{row['count']} " if row["count"] > 1 else ""
        words = f"{number}{follow_up_kind(row['kind']).words}"
        found[row["due_on"]].append(MonthMark(words, is_red=bool(row["red"])))
    return found


def _line(one: FollowUp, today: date) -> DayLine:
    words = follow_up_kind(one.kind).named(one.title)
    return DayLine(one, words, _allowed(one, today), one.latest_on < today)


def _allowed(one: FollowUp, today: date) -> str:
    """Where it may stand: inside its days; past them, on any coming day."""
    if one.origin == FollowUp.Origin.STAFF:
        return "any open day"
    if one.latest_on < today:
        return f"late since {day_named(one.latest_on, today)}"
    if one.earliest_on == one.latest_on:
        return "that day only"
    first, last = day_named(one.earliest_on, today), day_named(one.latest_on, today)
    return f"{first} to {last}"


def months_near(today: date) -> Iterator[date]:
    """First and last day that the page shows."""
    yield today.replace(year=today.year - YEARS, month=1, day=1)
    yield today.replace(year=today.year + YEARS, month=12, day=31)
