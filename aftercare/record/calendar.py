"""Rows of one person's aftercare page: what is owed, and who was tried."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeGuard

from django.db.models import Q

from aftercare.models import OPEN, FollowUp, OutreachAttempt
from aftercare.owed.drawing import Bar, WindowScale, scale_for
from aftercare.owed.promise import GRAVEST_FIRST
from aftercare.owed.tries import OF_REFERRAL, rung_on
from knowledge.schedule.kinds import KeptBy, follow_up_kind
from knowledge.schedule.steps import DutySeverity, rungs
from knowledge.wording.dates import day_words
from patients.models import Patient

CLOSED_SHOWN = 8
# What is due is always shown; of what lies ahead, this much at once.
AHEAD_SHOWN = 2
ATTEMPTS_SHOWN = 20
# What is missed where somebody does not come or is not reached.
TALKS = (KeptBy.CONTACT, KeptBy.VISIT, KeptBy.DOSE, KeptBy.INJECTION)


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """One follow-up with its window drawn, and its state in words."""

    follow_up: FollowUp
    bar: Bar
    icon: str
    state: str
    words: str

    @property
    def is_red(self) -> bool:
        return self.bar.is_late and _is_red(self.follow_up)

    @property
    def is_danger(self) -> bool:
        return self.follow_up.severity == DutySeverity.DANGER

    @property
    def is_grave(self) -> bool:
        return self.follow_up.severity in (DutySeverity.DANGER, DutySeverity.SOON)


@dataclass(frozen=True, slots=True)
class CalendarStep:
    """One rung of the ladder: tried, standing for today, or still ahead."""

    state: str
    title: str
    detail: str
    on: date
    attempt: OutreachAttempt | None
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    lines: list[CalendarLine]
    later: list[FollowUp]
    closed: list[FollowUp]
    attempts: list[OutreachAttempt]
    reaching: FollowUp | None
    steps: list[CalendarStep]
    scale: WindowScale
    now_x: float

    @property
    def by_day(self) -> list[FollowUp]:
        """Everything that is open, the first due first."""
        every = [*(line.follow_up for line in self.lines), *self.later]
        return sorted(every, key=lambda one: (one.due_on, one.pk))


def calendar_of(patient: Patient, *, today: date) -> Calendar:
    """In two queries."""
    rows = FollowUp.objects.filter(clinic=patient.clinic_id, patient=patient)
    lately = rows.exclude(status__in=OPEN).order_by("-closed_at", "-pk")
    shown_rows = rows.filter(
        Q(status__in=OPEN) | Q(pk__in=lately.values("pk")[:CLOSED_SHOWN])
    ).select_related("assigned_to", "closed_by")
    owed = [one for one in shown_rows if one.is_open]
    owed.sort(key=lambda one: _pressing(one, today))
    closed = [one for one in shown_rows if not one.is_open]
    closed.sort(key=lambda one: (one.closed_at, one.pk), reverse=True)
    attempts = list(
        OutreachAttempt.objects.filter(clinic=patient.clinic_id, patient=patient)
        .select_related("made_by", "follow_up", "message")
        .order_by("-made_at", "-pk")[:ATTEMPTS_SHOWN]
    )
    scale = scale_for(today)
    reaching = next((one for one in owed if _is_missed_talk(one, today)), None)
    shown = sum(_presses(one, today) for one in owed) + AHEAD_SHOWN
    return Calendar(
        lines=[_line(one, scale, today) for one in owed[:shown]],
        later=owed[shown:],
        closed=closed,
        attempts=attempts,
        reaching=reaching,
        steps=_steps(reaching, attempts, today) if _climbs(reaching) else [],
        scale=scale,
        now_x=scale.at(today),
    )


def _is_missed_talk(one: FollowUp, today: date) -> bool:
    """Care that was missed, or a first call that is due: what else is owed starts no
    outreach."""
    if follow_up_kind(one.kind).kept_by not in TALKS:
        return False
    return one.latest_on < today or (one.due_on <= today and OF_REFERRAL in one.key)


def _climbs(reaching: FollowUp | None) -> TypeGuard[FollowUp]:
    """Whether the rungs after a missed visit are climbed: a first call has tries of its
    own."""
    return reaching is not None and OF_REFERRAL not in reaching.key


def _presses(one: FollowUp, today: date) -> bool:
    """What can kill and may be done now, and whatever is due; the rest is in its days."""
    is_danger = one.severity == DutySeverity.DANGER and one.earliest_on <= today
    return is_danger or one.due_on <= today


def _pressing(one: FollowUp, today: date) -> tuple[object, ...]:
    """As on every list: what can kill, a federal day that came, what is late; of what is
    left what may be done now, and then the gravest."""
    severity = DutySeverity(one.severity)
    presses = _presses(one, today)
    is_danger = presses and severity is DutySeverity.DANGER
    is_federal = severity is DutySeverity.FEDERAL and one.latest_on <= today
    is_late, is_ahead = one.latest_on < today, one.earliest_on > today
    gravity = 0 if is_ahead else GRAVEST_FIRST.index(severity)
    return (
        *(not presses, not is_danger, not is_federal, not is_late, is_ahead),
        *(gravity, one.due_on, one.pk),
    )


def _line(one: FollowUp, scale: WindowScale, today: date) -> CalendarLine:
    bar = scale.bar(one.earliest_on, one.due_on, one.latest_on, today=today)
    return CalendarLine(one, bar, *_state(one, today))


def _is_red(one: FollowUp) -> bool:
    """Red is for what can kill, and for a day of federal law that is over."""
    return one.severity in (DutySeverity.DANGER, DutySeverity.FEDERAL)


def _state(one: FollowUp, today: date) -> tuple[str, str, str]:
    if one.latest_on < today:
        days = (today - one.latest_on).days
        words = "1 day late" if days == 1 else f"{days} days late"
        return "late", "is-late" if _is_red(one) else "is-due", words
    if one.due_on <= today:
        return "clock", "is-due", "Due now"
    return "cal", "", f"Due {day_words(one.due_on, today)}"


def _steps(
    reaching: FollowUp, attempts: list[OutreachAttempt], today: date
) -> list[CalendarStep]:
    """The rungs with the last try that stood for each."""
    owed_on = reaching.due_on
    tried: dict[int, OutreachAttempt] = {}
    for attempt in reversed(attempts):
        if attempt.taken_back_at is None and attempt.on >= owed_on:
            tried[rung_on(owed_on, attempt.on)] = attempt
    stands = rung_on(owed_on, today)
    return [
        CalendarStep(
            "is-done" if place in tried else "is-now" if place == stands else "",
            rung.title,
            rung.detail,
            owed_on + timedelta(days=rung.day - 1),
            tried.get(place),
            rung.ways,
        )
        for place, rung in enumerate(rungs())
    ]
