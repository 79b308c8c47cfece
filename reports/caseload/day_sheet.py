"""Day sheet: who needs someone today on paper, with how to reach them and what was done."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from accounts.access import Acting
from accounts.tenancy import clinic_day
from aftercare.models import OutreachAttempt
from aftercare.record.covers import covers_of, hands_here
from knowledge.wording.dates import clock
from patients.models import ContactPoint
from reports.caseload.rows import CaseloadQuery, people
from reports.caseload.wording import CaseloadRow, shown

REACHED = (
    OutreachAttempt.Outcome.REACHED_COMING,
    OutreachAttempt.Outcome.REACHED_NOT_COMING,
)
# The last digits of a record number that stand on paper.
DIGITS = 4


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One person on paper: the name shortened, reasons without a diagnosis."""

    row: CaseloadRow
    name: str
    points: list[ContactPoint]
    tried: str


@dataclass(frozen=True, slots=True)
class SheetAct:
    """Something done today."""

    at: datetime
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class DaySheet:
    """Everything on the sheet."""

    on: date
    lines: list[SheetLine]
    done: list[SheetAct]
    reached: int
    tried: int
    has_more: bool

    @property
    def patient_ids(self) -> list[int]:
        return [line.row.person.patient_id for line in self.lines]


def day_sheet(
    acting: Acting, asked: CaseloadQuery, *, at: datetime, is_evening: bool
) -> DaySheet:
    """In the morning everybody who needs someone; in the evening those still to reach,
    and what was done."""
    today = clinic_day(acting.clinic, at)
    midnight = datetime.combine(
        today, time.min, tzinfo=ZoneInfo(acting.clinic.time_zone)
    )
    covers = covers_of(acting.staff.pk, acting.clinic.pk, on=today)
    found, has_more = people(acting, replace(asked, page=1), at=at, covers=covers)
    tries = _tries(acting, midnight)
    reached = {one.patient_id for one in tries if one.outcome in REACHED}
    tried = {one.patient_id for one in tries} - reached
    left = [one for one in found if not (is_evening and one.patient_id in reached)]
    points = _points(acting, [one.patient_id for one in left])
    hands = hands_here(covers, [one.patient_id for one in left])
    when: dict[int, list[str]] = defaultdict(list)
    for one in tries:
        when[one.patient_id].append(clock(one.made_at.astimezone(midnight.tzinfo)))
    lines = [
        SheetLine(
            row=shown(one, acting, at=at, hands=hands),
            name=short_name(one.used_name or one.given_name, one.family_name, one.mrn),
            points=points[one.patient_id],
            tried=", ".join(when[one.patient_id]),
        )
        for one in left
    ]
    done = [_act(one) for one in tries if one.made_by_id == acting.staff.pk]
    return DaySheet(today, lines, done, len(reached), len(tried), has_more)


def short_name(first_name: str, family_name: str, mrn: str) -> str:
    """`Walt A., 1182`: enough for who knows them, and for nobody else."""
    initial = f" {family_name[0]}." if family_name else ""
    return f"{first_name}{initial}, {mrn[-DIGITS:]}"


def _tries(acting: Acting, since: datetime) -> list[OutreachAttempt]:
    rows = OutreachAttempt.objects.visible_to(acting).filter(
        made_at__gte=since, taken_back_at=None
    )
    return list(rows.select_related("patient").order_by("made_at", "pk"))


def _points(acting: Acting, ids: list[int]) -> dict[int, list[ContactPoint]]:
    found: dict[int, list[ContactPoint]] = defaultdict(list)
    rows = ContactPoint.objects.visible_to(acting).filter(
        patient__in=ids, is_current=True
    )
    for one in rows:
        found[one.patient_id].append(one)
    return found


def _act(one: OutreachAttempt) -> SheetAct:
    person = one.patient
    name = short_name(person.first_name, person.family_name, person.mrn)
    return SheetAct(one.made_at, name, one.get_outcome_display().lower())
