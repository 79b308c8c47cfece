"""Home page of a person on the staff, by role: danger first, mine first, each once."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, F, IntegerField, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.access import Acting
from accounts.models import Clinic
from accounts.permissions import Permission
from accounts.tenancy import day_here
from aftercare.models import CheckIn, HandOver, OutreachAttempt
from aftercare.record.covers import covers_of, hands_here
from assessments.models import Intake
from knowledge.editions import knowledge
from knowledge.wording import dates
from medications.clinic_policy.policy import sign_off_of, stances_of
from patients.models import Patient
from plans.models import Plan
from reports.caseload.day_sheet import REACHED
from reports.caseload.order_sql import CANNOT_WAIT, FAULT
from reports.caseload.rows import CaseloadQuery, Whose, people
from reports.caseload.wording import RED, CaseloadRow, shown

SHOWN = 10
# Who is in danger is never left out for few words; of the day's work the first few stand
# here, so many together with those in danger, and all of it on the caseload.
TOGETHER, LEAST = 7, 3
# Of the other lists this many stand open.
OPEN_ROWS = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """One list of the home page: what it means, who is on it, where to go on."""

    key: str
    title: str
    rows: list[tuple[Patient, str]]
    url_name: str

    @property
    def first(self) -> list[tuple[Patient, str]]:
        return self.rows[:OPEN_ROWS]

    @property
    def folded(self) -> list[tuple[Patient, str]]:
        return self.rows[OPEN_ROWS:]


@dataclass(frozen=True, slots=True)
class PressingRows:
    """Who comes first: danger before everything, then what I or my role must act on."""

    cannot_wait: list[CaseloadRow]
    today: list[CaseloadRow]
    more: int
    has_more: bool
    covers: tuple[HandOver, ...] = ()

    @property
    def patient_ids(self) -> list[int]:
        return [row.person.patient_id for row in (*self.cannot_wait, *self.today)]


@dataclass(frozen=True, slots=True)
class TriedToday:
    """What this person has done today to reach people."""

    reached: int
    tried: int


def pressing(acting: Acting, *, at: datetime) -> PressingRows:
    """My own first, then everybody of the clinic who is in danger; each person once."""
    covers = covers_of(acting.staff.pk, acting.clinic.pk, on=day_here(at))
    mine, has_more = people(
        acting, CaseloadQuery(whose=Whose.MINE), at=at, covers=covers
    )
    everybody, _ = people(acting, CaseloadQuery(), at=at)
    grave = [one for one in mine if one.urgency <= FAULT]
    known = {one.patient_id for one in mine}
    grave += [
        one
        for one in everybody
        if one.urgency == CANNOT_WAIT and one.patient_id not in known
    ]
    quiet = [one for one in mine if one.urgency > FAULT]
    grave_ones = min(len(grave), SHOWN)
    of_today = max(TOGETHER - grave_ones, LEAST)
    on_page = [*grave[:grave_ones], *quiet[:of_today]]
    hands = hands_here(covers, [one.patient_id for one in on_page])
    rows = [_short(shown(one, acting, at=at, hands=hands)) for one in on_page]
    return PressingRows(
        rows[:grave_ones],
        rows[grave_ones:],
        len(grave) + len(quiet) - len(on_page),
        has_more,
        covers.hand_overs,
    )


def _short(row: CaseloadRow) -> CaseloadRow:
    """With what can kill, or else the one reason that comes first."""
    red = [chip for chip in row.chips if chip.state == RED]
    return replace(row, chips=red or row.chips[:1])


def tried_today(acting: Acting, *, at: datetime) -> TriedToday:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    own = OutreachAttempt.objects.visible_to(acting).filter(
        made_by=acting.staff, made_at__gte=midnight, taken_back_at=None
    )
    is_reached = Q(outcome__in=REACHED)
    counted = own.aggregate(
        reached=Count("patient", filter=is_reached, distinct=True),
        tried=Count("patient", filter=~is_reached, distinct=True),
    )
    return TriedToday(**counted)


def lists_for(
    acting: Acting, *, at: datetime, above: Collection[int] = ()
) -> list[Waiting]:
    """Plans to sign, answers that came in, open intakes; without those who stand above
    already."""
    rows = _waiting_rows(acting, at)
    found = []
    if acting.may(Permission.PLAN_SIGN):
        found.append(
            Waiting(
                *("sign", "Plans to sign"),
                [(one.patient, f"version {one.version}") for one in rows["sign"]],
                "plans:current",
            )
        )
    found += [
        Waiting(
            *("came", "Came in"),
            [(one.patient, _answered(one.at, at)) for one in reversed(rows["came"])],
            "aftercare:of_patient",
        ),
        Waiting(
            *("intake", "Intakes under way"),
            [(one.patient, _begun(one.at, at)) for one in rows["intake"]],
            "assessments:intake",
        ),
    ]
    return _each_once(found, set(above))


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Something that waits of one person, since when; of a plan, its version."""

    patient: Patient
    at: datetime
    version: int


def _waiting_rows(acting: Acting, at: datetime) -> dict[str, list[WaitingRow]]:
    """All that waits, by its list, the oldest first; in two statements."""
    answers = CheckIn.objects.visible_to(acting).filter(
        answered_at__gte=at - timedelta(days=1)
    )
    intakes = Intake.objects.visible_to(acting).filter(status="in_progress")
    parts = [
        _as_rows("came", answers.order_by("-answered_at", "-pk"), "answered_at"),
        _as_rows("intake", intakes.order_by("started_at", "pk"), "started_at"),
    ]
    if acting.may(Permission.PLAN_SIGN):
        drafts = Plan.objects.visible_to(acting).drafts().order_by("drafted_at", "pk")
        parts.append(_as_rows("sign", drafts, "drafted_at", F("version")))
    found = sorted(
        parts[0].union(*parts[1:], all=True).order_by(), key=lambda row: row[2:]
    )
    people = Patient.objects.in_bulk([patient for _, patient, *_ in found])
    rows: dict[str, list[WaitingRow]] = {"sign": [], "came": [], "intake": []}
    for kind, patient, since, version, _ in found:
        rows[kind].append(WaitingRow(people[patient], since, version))
    return rows


def _as_rows(
    kind: str, rows: QuerySet[Any], at: str, version: Combinable | None = None
) -> QuerySet[Any, tuple[Any, ...]]:
    number = Cast(version or Value(0), IntegerField())
    return rows.values_list(
        Value(kind, output_field=CharField()), "patient_id", F(at), number, "pk"
    )[:SHOWN]


def _each_once(found: list[Waiting], seen: set[int]) -> list[Waiting]:
    """One person stands once on the page: where they come first; a list of nobody not
    at all."""
    kept = []
    for one in found:
        rows = []
        for patient, words in one.rows:
            if patient.pk not in seen:
                seen.add(patient.pk)
                rows.append((patient, words))
        if rows:
            kept.append(replace(one, rows=rows))
    return kept


def rules_due(clinic: Clinic, *, on: date) -> int:
    """How many rules wait for the clinic's medical director."""
    stances = stances_of(clinic.pk)
    cards = knowledge().on(on).cards.values()
    return sum(sign_off_of(card, stances.get(card.id)).is_due for card in cards)


def _begun(since: datetime, at: datetime) -> str:
    return f"begun {dates.day_named(day_here(since), day_here(at))}"


def _answered(since: datetime, at: datetime) -> str:
    moment = timezone.localtime(since)
    return f"check-in answered {dates.moment_named(moment, day_here(at))}"
