"""A row of the caseload in the words of the screen."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.tenancy import day_here
from aftercare.models import FollowUp, OutreachAttempt
from knowledge.wording.amounts import amount
from patients.models import Patient
from reports.caseload import order_sql as sql
from reports.caseload.rows import CaseloadPerson
from reports.words import day_words, lateness, stage_words
from treatment.current_sql import treatment_from
from treatment.wording import medicine_words

ICONS = {
    "contact": "phone",
    "call": "phone",
    "injection_reminder": "phone",
    "naloxone_handover": "kit",
    "plan_review": "pen",
    "injection": "cal",
    "visit": "cal",
}
RULE = re.compile(r"C\d+[a-z]?")


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line of scores, newest at the right."""

    path: str
    x: float
    y: float
    words: str
    is_worse: bool


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """One row, each cell as two lines."""

    person: CaseloadPerson
    name: str
    about: str
    icon: str
    action: str
    why: str
    rule: str
    source: str
    is_verified: bool
    who: str
    medicine: tuple[str, str]
    contact: tuple[str, str]
    score: tuple[str, str]
    spark: Spark | None


def shown(person: CaseloadPerson, *, at: datetime) -> CaseloadRow:
    cite = person.cite or ""
    rule = RULE.fullmatch(cite)
    return CaseloadRow(
        person=person,
        name=f"{person.used_name or person.given_name} {person.family_name}".strip(),
        about=_about(person, at),
        icon=ICONS.get(person.kind or "", "do"),
        action=_action(person),
        why=_why(person, at),
        rule=rule.group() if rule else "",
        source="" if rule else cite,
        is_verified="[V" in (person.verified or ""),
        who=_who(person),
        medicine=_medicine(person, at),
        contact=_contact(person, at),
        score=_score(person, at),
        spark=spark(person.scores or ()),
    )


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
    if person.title is not None:
        return person.title
    return {
        Patient.Status.REFERRED: "Begin the intake",
        Patient.Status.IN_INTAKE: "Finish the intake and sign a plan",
    }.get(Patient.Status(person.stage), "Decide what comes next")


def _why(person: CaseloadPerson, at: datetime) -> str:
    if person.due_on is None or person.latest_on is None:
        return "No follow-up is planned. A signed plan schedules them."
    parts = [f"{person.reason.rstrip('.')}." if person.reason else ""]
    if person.latest_on < day_here(at):
        parts.append(lateness(person.latest_on, at))
    elif person.latest_on == person.due_on:
        parts.append(f"Due {day_words(person.due_on, at)}.")
    else:
        due, latest = day_words(person.due_on, at), day_words(person.latest_on, at)
        parts.append(f"Due {due}, by {latest}.")
    if person.next_try_on and person.next_try_on > day_here(at):
        parts.append(f"Next try {day_words(person.next_try_on, at)}.")
    return " ".join(part for part in parts if part)


def _who(person: CaseloadPerson) -> str:
    if person.assigned_role is None:
        return ""
    return person.assigned_to or str(FollowUp.AssignedRole(person.assigned_role).label)


def _medicine(person: CaseloadPerson, at: datetime) -> tuple[str, str]:
    parts = (person.taken, person.ahead, person.ended)
    name, course = medicine_words(treatment_from(day_here(at), *parts))
    return name, course or stage_words(person.stage, person.admitted_on, at).lower()


def _contact(person: CaseloadPerson, at: datetime) -> tuple[str, str]:
    if person.contact_on is None or person.contact_what is None:
        return "None yet", ""
    what = person.contact_what
    if what in OutreachAttempt.Outcome.values:
        what = str(OutreachAttempt.Outcome(what).label).lower()
    reached = person.reached_on
    is_older = reached is not None and reached < person.contact_on
    return (
        f"{_capital(day_words(person.contact_on, at))}, {what}",
        f"reached {day_words(reached, at)}" if reached and is_older else "",
    )


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _score(person: CaseloadPerson, at: datetime) -> tuple[str, str]:
    if person.instrument is None or person.given_at is None:
        return "", ""
    name = "BAM risk" if person.instrument == "bam" else "PHQ-9"
    value = amount(person.score) if person.score is not None else "not given"
    return f"{name} {value}", day_words(person.given_at, at)


def spark(scores: Iterable[Decimal]) -> Spark | None:
    """Nothing to draw with fewer than two."""
    values = [float(score) for score in scores]
    if len(values) <= 1:
        return None
    low, high = min(values), max(values)
    step = 80 / (len(values) - 1)
    span = (high - low) or 1
    points = [
        (round(3 + step * place, 1), round(20 - 16 * (value - low) / span, 1))
        for place, value in enumerate(values)
    ]
    said = ", ".join(f"{value:g}" for value in values)
    is_worse = values[-1] > values[-2]
    return Spark(
        "M" + " ".join(f"{x} {y}" for x, y in points),
        *points[-1],
        said + (", rising" if is_worse else ""),
        is_worse,
    )


@dataclass(frozen=True, slots=True)
class CaseloadGroup:
    """People of one urgency under one heading."""

    title: str
    icon: str
    state: str
    rows: list[CaseloadRow]


HEADINGS = {
    sql.LATE: ("Overdue", "late", "is-late"),
    sql.TODAY: ("Today", "clock", "is-due"),
    sql.WEEK: ("This week", "cal", ""),
    sql.LATER: ("Later", "cal", ""),
    sql.NOTHING: ("Nothing planned", "unknown", "is-unknown"),
}


def groups(people: Iterable[CaseloadPerson], *, at: datetime) -> list[CaseloadGroup]:
    """Neighbours of one urgency together, in the order of the page."""
    found: list[tuple[int, list[CaseloadRow]]] = []
    for person in people:
        if not found or found[-1][0] != person.urgency:
            found.append((person.urgency, []))
        found[-1][1].append(shown(person, at=at))
    return [CaseloadGroup(*HEADINGS[urgency], rows) for urgency, rows in found]
