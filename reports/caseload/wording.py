"""A row of the caseload in the words of the screen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.access import Acting
from accounts.permissions import Permission, permissions_of
from accounts.tenancy import day_here
from aftercare.models import FollowUp, HandOver, OutreachAttempt
from aftercare.owed.urgency.model import UrgencyFactor, factors_on
from aftercare.owed.urgency.words import ago_words, factor_words
from aftercare.record.covers import NOTHING_HANDED, HandsHere
from aftercare.record.row_acts import (
    RowAct,
    act_of,
    alert_of,
    chart_of,
    death_of,
)
from knowledge.schedule.kinds import follow_up_kind
from knowledge.wording.amounts import milligrams
from patients.models import Patient
from reports.caseload import order_sql as sql
from reports.caseload.rows import CaseloadPerson
from reports.chart.words import day_words
from treatment.current_sql import treatment_from
from treatment.wording import medicine_words, order_name

# How many factors a row shows; the rest stands on the page of what is owed.
CHIPS = 2
ALERT = "alert"
SINCE = "since "
# The state of a chip that says what can kill.
RED = "is-danger"
NO_NEXT_STEP = "No next step: decide on one"
DEATH_WAITS = "A death is reported: do not call"


@dataclass(frozen=True, slots=True)
class FactorChip:
    """One reason, with its symbol; red only where it can kill."""

    words: str
    icon: str
    state: str


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """One row, each cell as two lines."""

    person: CaseloadPerson
    name: str
    about: str
    icon: str
    action: str
    chips: list[FactorChip]
    more: int
    act: RowAct
    who: str
    medicine: tuple[str, str]
    contact: tuple[str, str]
    is_danger: bool
    has_concern: bool
    # Of somebody covered: for whom; and what whoever handed them over wrote.
    cover_for: str = ""
    handed_words: str = ""


def shown(
    person: CaseloadPerson,
    acting: Acting,
    *,
    at: datetime,
    hands: HandsHere = NOTHING_HANDED,
) -> CaseloadRow:
    today = day_here(at)
    cover = hands.covered(person.patient_id, person.acting_staff)
    factors = factors_on(person.factors, today)
    action, is_fault = _action(person), person.urgency == sql.FAULT
    may = permissions_of(acting.roles)
    return CaseloadRow(
        person=person,
        name=f"{person.used_name or person.given_name} {person.family_name}".strip(),
        about=_about(person, at),
        icon=_icon(person),
        action=action,
        chips=[]
        if person.death_waits
        else chips_of(factors, today, action, is_fault=is_fault),
        more=max(person.owed_count - 1, 0),
        act=_act(person, factors, may),
        who=_who(person, acting, cover),
        medicine=_medicine(person, at),
        contact=_contact(person, at),
        is_danger=person.urgency == sql.CANNOT_WAIT,
        has_concern=any(one.key == "safety_concern" for one in factors),
        cover_for=cover.from_staff.name if cover and cover.from_staff else "",
        handed_words=hands.words(person.patient_id),
    )


def chips_of(
    factors: Sequence[UrgencyFactor],
    today: date,
    action: str,
    *,
    is_fault: bool = False,
) -> list[FactorChip]:
    """At most two: what can kill first; what is only in its days is said where there is
    nothing else."""
    urgent = [one for one in factors if one.key != "in_its_days"] or factors
    said = [(one, _chip_words(one, today, action)) for one in urgent]
    # Where only its day is left to say, another reason says more.
    telling = [pair for pair in said if not pair[1].startswith(SINCE)] or said
    made = [_chip(one, words) for one, words in telling[:CHIPS]]
    if is_fault:
        made.insert(0, FactorChip("nothing is owed, which is a fault", "late", RED))
    return made[:CHIPS]


def _chip_words(one: UrgencyFactor, today: date, action: str) -> str:
    """What the row says already is not said twice."""
    words = factor_words(one, today)
    if not one.what or not action.lower().startswith(one.what.lower()):
        return words
    words = words.replace(one.what, "", 1).strip(" ,")
    is_day_alone = words == ago_words(one.since, today)
    return f"{SINCE}{words}" if is_day_alone else words


def _chip(one: UrgencyFactor, words: str) -> FactorChip:
    if one.declared.is_red:
        return FactorChip(words, one.declared.icon, RED)
    if one.key == "in_its_days":
        return FactorChip(words, "", "")
    return FactorChip(words, one.declared.icon, "is-warn")


def _about(person: CaseloadPerson, at: datetime) -> str:
    born = Patient(date_of_birth=person.date_of_birth)
    age = born.age_on(day_here(at))
    said = [
        str(age) if age is not None else "age not known",
        person.pronouns,
        person.mrn,
        "" if person.language == "English" else person.language,
        "interpreter" if person.needs_interpreter else "",
    ]
    return ", ".join(word for word in said if word)


def _action(person: CaseloadPerson) -> str:
    if person.death_waits:
        return DEATH_WAITS
    if person.kind is None:
        return NO_NEXT_STEP if person.urgency == sql.FAULT else "Nothing is owed"
    return follow_up_kind(person.kind).named(person.title or "")


def _icon(person: CaseloadPerson) -> str:
    if person.death_waits:
        return "late"
    return follow_up_kind(person.kind).icon if person.kind else "do"


def _act(
    person: CaseloadPerson,
    factors: Sequence[UrgencyFactor],
    may: frozenset[Permission],
) -> RowAct:
    if person.death_waits and Permission.PATIENT_EDIT in may:
        return death_of(person.patient_id)
    if factors and factors[0].key == ALERT and Permission.PATIENT_VIEW in may:
        return alert_of(person.patient_id)
    if person.kind is None or person.death_waits:
        return chart_of(person.patient_id)
    return act_of(person.kind, person.patient_id, person.follow_up_id, may)


def _who(person: CaseloadPerson, acting: Acting, cover: HandOver | None) -> str:
    """`you`, where the top duty is this person's or their role's, or of who is covered."""
    if person.assigned_role is None:
        return ""
    covered = cover.from_staff_id if cover else None
    if person.assigned_to_id is not None:
        is_own = person.assigned_to_id in (acting.staff.pk, covered)
        return "you" if is_own else person.assigned_to or ""
    role = person.assigned_role
    is_theirs = role in acting.roles and (
        role in person.acting_roles
        or acting.staff.pk in person.acting_staff
        or covered in person.acting_staff
    )
    return "you" if is_theirs else str(FollowUp.AssignedRole(role).label)


def _medicine(person: CaseloadPerson, at: datetime) -> tuple[str, str]:
    """What is taken and how much; else since when not, or what starts."""
    treatment = treatment_from(day_here(at), person.taken, person.ahead, person.ended)
    if not treatment.taken:
        return medicine_words(treatment)
    names = [order_name(order) for order in treatment.taken]
    doses = [milligrams(order.dose_mg).strip(" ,") for order in treatment.taken]
    return " + ".join(names), " + ".join(one for one in doses if one)


def _contact(person: CaseloadPerson, at: datetime) -> tuple[str, str]:
    """The last one, and when the next try is."""
    again, today = person.next_try_on, day_here(at)
    next_try = f"again {day_words(again, at)}" if again and again > today else ""
    if person.contact_on is None or person.contact_what is None:
        return "None yet", next_try
    what = person.contact_what
    if what in OutreachAttempt.Outcome.values:
        what = str(OutreachAttempt.Outcome(what).label).lower()
    return f"{_capital(day_words(person.contact_on, at))}, {what}", next_try


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


@dataclass(frozen=True, slots=True)
class CaseloadGroup:
    """People of one urgency under one heading."""

    title: str
    icon: str
    state: str
    rows: list[CaseloadRow]


HEADINGS = {
    sql.CANNOT_WAIT: ("Cannot wait", "late", "is-late"),
    sql.FAULT: ("No next step", "unknown", "is-late"),
    sql.TODAY: ("Today", "clock", "is-due"),
    sql.WEEK: ("This week", "cal", ""),
    sql.LATER: ("Later", "cal", ""),
}


def groups(
    people: Iterable[CaseloadPerson],
    acting: Acting,
    *,
    at: datetime,
    hands: HandsHere = NOTHING_HANDED,
) -> list[CaseloadGroup]:
    """Neighbours of one urgency together, in the order of the page."""
    found: list[tuple[int, list[CaseloadRow]]] = []
    for person in people:
        if not found or found[-1][0] != person.urgency:
            found.append((person.urgency, []))
        found[-1][1].append(shown(person, acting, at=at, hands=hands))
    return [CaseloadGroup(*HEADINGS[urgency], rows) for urgency, rows in found]
