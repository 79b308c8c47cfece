"""The caseload: one row a person, with what comes next and why. Changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db import connection

from accounts.access import Acting
from accounts.tenancy import clinic_day
from reports.caseload import order_sql as sql
from reports.caseload.row_sql import ROWS

PAGE = 50
# Pages beyond this are reached by a filter or a search, not by leafing.
LAST_PAGE = 200
# Counts go as far as this, and say so beyond.
MOST = 200
SILENT_DAYS = 14
FIRST_DAYS = 30


class Filter(StrEnum):
    TODAY = "today"
    EVERYONE = "everyone"
    OVERDUE = "overdue"
    SILENT = "silent"
    FIRST_DAYS = "first"
    AFTERCARE = "aftercare"


class Sort(StrEnum):
    URGENCY = "urgency"
    NAME = "name"


FILTER_WORDS = {
    Filter.TODAY: "Needs someone today",
    Filter.EVERYONE: "Everyone",
    Filter.OVERDUE: "Overdue",
    Filter.SILENT: f"No contact for {SILENT_DAYS} days",
    Filter.FIRST_DAYS: f"First {FIRST_DAYS} days",
    Filter.AFTERCARE: "Aftercare",
}
SORT_WORDS = {Sort.URGENCY: "Urgency, explained", Sort.NAME: "Name"}
_WHO = {
    Filter.TODAY: sql.EVERYBODY,
    Filter.EVERYONE: sql.EVERYBODY,
    Filter.OVERDUE: sql.EVERYBODY,
    Filter.SILENT: sql.SILENT,
    Filter.FIRST_DAYS: sql.FIRST_DAYS,
    Filter.AFTERCARE: sql.AFTERCARE,
}
# By name the walk follows people, so that these ask for their follow-ups.
_WHO_BY_NAME = _WHO | {Filter.TODAY: sql.NEEDS_TODAY, Filter.OVERDUE: sql.OVERDUE}
_WAYS = {Filter.OVERDUE: 1, Filter.TODAY: 2}
_EVERY_WAY = 4


@dataclass(frozen=True, slots=True)
class CaseloadQuery:
    """What is asked of the caseload."""

    filter: Filter = Filter.TODAY
    sort: Sort = Sort.URGENCY
    mine: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class CaseloadPerson:
    """One row as the database gives it; None is unknown or none."""

    place: int
    urgency: int
    patient_id: int
    mrn: str
    given_name: str
    used_name: str
    family_name: str
    pronouns: str
    date_of_birth: date | None
    language: str
    needs_interpreter: bool | None
    is_pseudonym: bool
    stage: str
    admitted_on: date | None
    follow_up_id: int | None
    kind: str | None
    title: str | None
    reason: str | None
    cite: str | None
    verified: str | None
    earliest_on: date | None
    due_on: date | None
    latest_on: date | None
    next_try_on: date | None
    assigned_role: str | None
    assigned_to: str | None
    taken: str
    ahead: str
    ended: str
    contact_on: date | None
    contact_what: str | None
    contact_at: datetime | None
    reached_on: date | None
    instrument: str | None
    band: str | None
    given_at: datetime | None
    score: Decimal | None
    scores: list[Decimal] | None


def people(
    acting: Acting, asked: CaseloadQuery, *, at: datetime
) -> tuple[list[CaseloadPerson], bool]:
    """One page of people, and whether there is another; one statement."""
    told = _told(acting, at) | {
        "skip": (asked.page - 1) * PAGE,
        "rows": PAGE + 1,
        "upto": asked.page * PAGE + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(asked), told)
        names = [column.name for column in cursor.description]
        rows = [
            CaseloadPerson(**dict(zip(names, row, strict=True)))
            for row in cursor.fetchall()
        ]
    return rows[:PAGE], len(rows) > PAGE


def _statement(asked: CaseloadQuery) -> str:
    if asked.sort == Sort.NAME:
        return sql.by_name(_only(_WHO_BY_NAME, asked)) + ROWS
    who = _only(_WHO, asked)
    ways = _WAYS.get(asked.filter, _EVERY_WAY)
    return sql.by_urgency(who, ways=ways) + ROWS


def _only(who: dict[Filter, str], asked: CaseloadQuery) -> str:
    chosen = who[asked.filter]
    return f"({chosen}) AND ({sql.MINE})" if asked.mine else chosen


def _told(acting: Acting, at: datetime) -> dict[str, int | str | date | datetime]:
    """What the statements are told: of which clinic, for whom, on which day."""
    today = clinic_day(acting.clinic, at)
    return {
        "clinic": acting.clinic.pk,
        "staff": acting.staff.pk,
        "zone": acting.clinic.time_zone,
        "today": today,
        "silent_since": at - timedelta(days=SILENT_DAYS),
        "silent_on": today - timedelta(days=SILENT_DAYS),
        "first_days": FIRST_DAYS,
        "most": MOST,
    }


def counts(
    acting: Acting, asked: CaseloadQuery, *, at: datetime
) -> dict[Filter, int | None]:
    """How many people each filter would show, up to `MOST`; one statement.

    Silence is looked for person by person, so that it is counted only where it is
    asked for, or among one's own people.
    """
    mine = sql.MINE if asked.mine else sql.EVERYBODY
    silent = asked.mine or asked.filter == Filter.SILENT
    parts = [
        sql.needing_today(mine),
        sql.people(mine),
        sql.overdue(mine),
        sql.people(f"({sql.SILENT}) AND ({mine})") if silent else "NULL",
        sql.people(f"({sql.FIRST_DAYS}) AND ({mine})"),
        sql.people(f"({sql.AFTERCARE}) AND ({mine})"),
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", _told(acting, at))
        row = cursor.fetchone()
    return dict(zip(Filter, row, strict=True))
