"""The caseload: one row a person, with what comes next and why. Changes nothing."""
# ruff: noqa: S608 - put together from this house's own words; values are parameters.

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.access import Acting
from accounts.models import Clinic
from accounts.tenancy import clinic_day
from aftercare.owed.urgency.order import LAST_WRITTEN, rank_letter
from aftercare.record.covers import NO_COVERS, MyCovers
from knowledge.schedule.urgency import order_of_danger
from patients.models import Patient
from reports.caseload import order_sql as sql
from reports.caseload.row_sql import ROWS

PAGE = 50
# Pages beyond this are reached by a filter or a search, not by leafing.
LAST_PAGE = 200
# Counts go as far as this, and say so beyond.
MOST = 200
FIRST_DAYS = 30
# Whom a search in the list finds at most: who means more says more.
FOUND_AT_MOST = 500
# The factor that a line holds as the day on which it begins.
WINDOW = ("treatment_gap", "window_past")
# The first factor under which somebody no longer stands among those who cannot wait.
NOT_GRAVEST = LAST_WRITTEN


class Filter(StrEnum):
    TODAY = "today"
    EVERYONE = "everyone"
    SILENT = "silent"
    FIRST_DAYS = "first"
    LEFT = "left"


class Sort(StrEnum):
    URGENCY = "urgency"
    NAME = "name"


class Whose(StrEnum):
    """Whose people are shown."""

    EVERYBODY = ""
    MINE = "yes"
    TEAM = "team"
    COVER = "cover"


class TriedFilter(StrEnum):
    """Whether somebody was tried today."""

    EITHER = ""
    YES = "yes"
    NO = "no"


FILTER_WORDS = {
    Filter.TODAY: "Needs someone today",
    Filter.EVERYONE: "Everyone",
    Filter.SILENT: "Silent too long",
    Filter.FIRST_DAYS: f"First {FIRST_DAYS} days",
    Filter.LEFT: "Left care",
}
SORT_WORDS = {Sort.URGENCY: "Danger first", Sort.NAME: "By name"}
WHOSE_WORDS = {
    Whose.EVERYBODY: "Everybody's",
    Whose.MINE: "I act",
    Whose.TEAM: "My team's",
    Whose.COVER: "I cover",
}
TRIED_WORDS = {
    TriedFilter.EITHER: "Tried or not",
    TriedFilter.NO: "Not tried today",
    TriedFilter.YES: "Tried today",
}
NO_NEXT_STEP = "no_next_step"
WHY_WORDS = {
    "safety_concern": "Safety concern",
    "overdose_untreated": "Overdose, no start",
    "overdose_treated": "Overdose, on medicine",
    "treatment_gap": "Medicine stopped or missed",
    "no_kit": "No kit",
    "pregnancy_or_release": "Pregnancy, release, leaving",
    "federal": "Federal day",
    "late": "Late",
    "silent": "Silent",
    NO_NEXT_STEP: "No next step",
}
# Those that hold from a day on, without a letter of their own.
BY_DAY = ("federal", "late", "silent", NO_NEXT_STEP)
_WHO = {
    Filter.TODAY: sql.NEEDS_TODAY,
    Filter.EVERYONE: sql.IN_CARE,
    Filter.SILENT: sql.SILENT,
    Filter.FIRST_DAYS: sql.FIRST_DAYS,
    Filter.LEFT: sql.LEFT,
}


@dataclass(frozen=True, slots=True)
class CaseloadQuery:
    """What is asked of the caseload; each part narrows it further."""

    filter: Filter = Filter.TODAY
    sort: Sort = Sort.URGENCY
    whose: Whose = Whose.EVERYBODY
    why: str = ""
    stage: str = ""
    medicine: str = ""
    tried: TriedFilter = TriedFilter.EITHER
    text: str = ""
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        return any(
            (self.whose, self.why, self.stage, self.medicine, self.tried, self.text)
        )


@dataclass(frozen=True, slots=True)
class CaseloadPerson:
    """One row as the database gives it; None is unknown or none."""

    place: int
    urgency: int
    step: int
    code: str
    until_on: date | None
    since_on: date | None
    word: str
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
    factors: list[dict[str, Any]]
    owed_count: int
    tried_at: datetime | None
    next_try_on: date | None
    acting_staff: list[int]
    acting_roles: list[str]
    follow_up_id: int | None
    kind: str | None
    title: str | None
    earliest_on: date | None
    due_on: date | None
    latest_on: date | None
    assigned_role: str | None
    assigned_to_id: int | None
    assigned_to: str | None
    taken: str
    ahead: str
    ended: str
    contact_on: date | None
    contact_what: str | None
    contact_at: datetime | None
    # Reported, and not confirmed yet: nobody calls meanwhile.
    death_waits: bool

    @property
    def order(self) -> tuple[int, int, str, date, date, str]:
        """Where it stands among rows of several clinics."""
        until, since = self.until_on or date.max, self.since_on or date.max
        return self.urgency, self.step, self.code, until, since, self.word


def people(
    acting: Acting,
    asked: CaseloadQuery,
    *,
    at: datetime,
    covers: MyCovers = NO_COVERS,
) -> tuple[list[CaseloadPerson], bool]:
    """One page of people, and whether there is another."""
    told = _told(acting, asked, at, covers) | {
        "skip": (asked.page - 1) * PAGE,
        "rows": PAGE + 1,
        "upto": asked.page * PAGE + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(asked, covers), told)
        names = [column.name for column in cursor.description]
        rows = [
            CaseloadPerson(**_read(dict(zip(names, row, strict=True))))
            for row in cursor.fetchall()
        ]
    return rows[:PAGE], len(rows) > PAGE


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the driver gives it, which leaves JSON as text."""
    return row | {"factors": json.loads(row["factors"])}


def chosen_by(
    acting: Acting, asked: CaseloadQuery, *, at: datetime, covers: MyCovers, most: int
) -> list[int]:
    """Everybody whom a filter shows, not the page of them: some more than `most` say
    that there are too many."""
    who = _who(asked, covers)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT l.patient_id FROM aftercare_caseloadline l
            WHERE l.clinic_id = %(clinic)s AND ({who})
            ORDER BY l.sort_name, l.patient_id LIMIT %(chosen)s""",
            _told(acting, asked, at, covers) | {"chosen": most + 1},
        )
        return [pk for (pk,) in cursor.fetchall()]


def _who(asked: CaseloadQuery, covers: MyCovers, shown: Filter | None = None) -> str:
    return " AND ".join(f"({one})" for one in _conditions(asked, covers, shown))


def _statement(asked: CaseloadQuery, covers: MyCovers) -> str:
    who = _who(asked, covers)
    order = sql.by_name if asked.sort == Sort.NAME else sql.by_urgency
    return order(who) + ROWS


def _mine(covers: MyCovers) -> str:
    """What I or my role must act on, and what whoever I cover would."""
    return " OR ".join((sql.MINE, *_covered(covers)))


def _covered(covers: MyCovers) -> list[str]:
    parts = {sql.COVERED_ALL: covers.everybody_of, sql.COVERED_SOME: covers.some}
    return [condition for condition, is_there in parts.items() if is_there]


def _conditions(
    asked: CaseloadQuery, covers: MyCovers, shown: Filter | None = None
) -> list[str]:
    """Each part of what is asked, as SQL."""
    found = [_WHO[asked.filter if shown is None else shown]]
    if asked.text and shown is None and asked.filter == Filter.TODAY:
        # Whoever is looked for by name or number is shown, due or not.
        found = []
    parts = {
        _mine(covers): asked.whose == Whose.MINE,
        " OR ".join(_covered(covers)) or "false": asked.whose == Whose.COVER,
        sql.TEAM: asked.whose == Whose.TEAM,
        sql.WHY.get(asked.why, sql.WRITTEN_WHY): bool(asked.why),
        sql.STAGE: bool(asked.stage),
        sql.MEDICINE: bool(asked.medicine),
        sql.TRIED: asked.tried == TriedFilter.YES,
        f"NOT {sql.TRIED}": asked.tried == TriedFilter.NO,
        sql.FOUND: bool(asked.text),
    }
    found += [condition for condition, is_asked in parts.items() if is_asked]
    return found or ["true"]


def danger_told(clinic: Clinic, *, on: date) -> dict[str, Any]:
    """What the order of danger is told: of which clinic, on which day, with its numbers."""
    order, (key, case) = order_of_danger(), WINDOW
    return {
        "clinic": clinic.pk,
        "today": on,
        "week": order.numbers["urgency_week_days"].days,
        "window_code": f"{rank_letter(key)}{order.named(key).level(case)}",
        "after": rank_letter(NOT_GRAVEST),
    }


def _told(
    acting: Acting, asked: CaseloadQuery, at: datetime, covers: MyCovers
) -> dict[str, Any]:
    """What the statements are told besides: for whom, and what was asked."""
    today, zone = clinic_day(acting.clinic, at), ZoneInfo(acting.clinic.time_zone)
    is_written = bool(asked.why) and asked.why not in BY_DAY
    letter = rank_letter(asked.why) if is_written else ""
    return danger_told(acting.clinic, on=today) | {
        "staff": acting.staff.pk,
        "roles": sorted(acting.roles),
        "zone": acting.clinic.time_zone,
        "midnight": datetime.combine(today, time.min, tzinfo=zone),
        "first_days": FIRST_DAYS,
        "most": MOST,
        "factor": f"%{letter}%",
        "stage": asked.stage,
        "medicine": asked.medicine,
        "found": _found(acting, asked.text),
        "covered_all": covers.everybody_of,
        "covered_some": [one.from_staff_id for one in covers.some],
        "covers": [one.pk for one in covers.some],
    }


def _found(acting: Acting, text: str) -> list[int]:
    """Whom a name, a record number, a birth date or a telephone number is of."""
    if not text:
        return []
    people = Patient.objects.visible_to(acting).found_by(text)
    return list(people.values_list("pk", flat=True)[:FOUND_AT_MOST])


def counts(
    acting: Acting,
    asked: CaseloadQuery,
    *,
    at: datetime,
    covers: MyCovers = NO_COVERS,
) -> dict[Filter, int | None]:
    """How many people each view would show, up to `MOST`; one statement."""
    parts = [sql.count_of(_who(asked, covers, key)) for key in Filter]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", _told(acting, asked, at, covers))
        row = cursor.fetchone()
    return dict(zip(Filter, row, strict=True))
