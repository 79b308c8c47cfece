"""Alerts as they are shown: the bar on every page, the list, and one with all about it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby

from django.db.models import Exists, OuterRef, Q

from accounts.access import Acting
from accounts.models import Staff
from accounts.tenancy import clinic_day
from aftercare.models import Alert, AlertCall, FollowUp
from aftercare.record.alert_staff import staff_for
from assessments.change.points import Point
from assessments.models.concerns import ConcernQuerySet
from assessments.scores.points import recent_points
from knowledge.instruments.questionnaire import (
    DangerousAnswer,
    dangerous_answers,
    dangers,
)
from knowledge.instruments.titles import short_title
from knowledge.schedule.alerts import LIST_DAYS, AlertRung, alert_rules
from knowledge.wording.amounts import amount
from patients.consents.reader import ConsentOnDay, in_force
from patients.models import ContactPoint

MOST = 50
# What is known of somebody's life before: the screener, and what asked first.
SCREENS = ("cssrs", "phq9")
# Of who was told, so many lines stand open: the first three, the last and what comes next.
TOLD_FIRST = 3
TOLD_OPEN = TOLD_FIRST + 1


@dataclass(frozen=True, slots=True)
class AlertBar:
    """Alerts that somebody was told of and nobody has acknowledged, the oldest first."""

    alerts: Sequence[Alert]

    @property
    def first(self) -> Alert:
        return self.alerts[0]

    @property
    def next_title(self) -> str:
        """Who is called next."""
        return alert_rules().named(AlertRung(self.first.next_rung)).title.lower()

    @property
    def shown(self) -> str:
        """What a page shows of it, to be compared without reading it again."""
        return "-".join(f"{one.pk}.{one.next_rung}" for one in self.alerts)

    def __len__(self) -> int:
        return len(self.alerts)


def alert_bar_of(acting: Acting) -> AlertBar | None:
    """What this person was told of, or a role that they hold; in one statement."""
    calls = AlertCall.objects.filter(
        Q(recipient=acting.staff) | Q(role__in=acting.roles), alert=OuterRef("pk")
    )
    rows = Alert.objects.unacknowledged().visible_to(acting).filter(Exists(calls))
    found = list(rows.select_related("patient").order_by("raised_at", "pk")[:MOST])
    return AlertBar(found) if found else None


def with_alert(concerns: ConcernQuerySet) -> ConcernQuerySet:
    """Concerns that say whether an alert about their person climbs; no statement more."""
    climbing = Alert.objects.unacknowledged().filter(patient=OuterRef("patient"))
    return concerns.annotate(has_alert=Exists(climbing))


def alerts_here(acting: Acting, *, at: datetime) -> dict[str, list[Alert]]:
    """Every one that is open, the oldest first, and those that were over lately."""
    lately = timedelta(days=alert_rules().numbers[LIST_DAYS].days)
    rows = Alert.objects.visible_to(acting).select_related(
        "patient", "acknowledged_by", "ended_by"
    )
    still = list(rows.open().order_by("raised_at", "pk"))
    over = rows.filter(ended_at__gt=at - lately).order_by("-ended_at", "-pk")
    return {
        "climbing": [one for one in still if one.is_climbing],
        "held": [one for one in still if not one.is_climbing],
        "over": list(over[: MOST * 2]),
    }


@dataclass(frozen=True, slots=True)
class MailedTo:
    """An e-mail about a call: when it went out, and to whom where not to all of them."""

    at: datetime
    names: str


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One call as the page tells it: whom, as what, when, and how it went out."""

    title: str
    names: str
    at: datetime
    mailed: list[MailedTo]
    passed_on_by: str


@dataclass(frozen=True, slots=True)
class NextLine:
    """The rung that is called next, with whoever stands there now."""

    title: str
    names: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KnownBefore:
    """One score that was on record before, with the answers that point to a danger."""

    label: str
    value: str
    at: datetime


@dataclass
class AlertPage:
    """Everything about one alert that its page shows."""

    alert: Alert
    at: datetime

    @cached_property
    def calls(self) -> list[AlertCall]:
        rows = self.alert.calls.select_related("recipient", "passed_on_by")
        return list(rows.order_by("called_at", "pk"))

    @cached_property
    def told(self) -> list[ToldLine]:
        """Who was told, a line for each rung and time."""
        return [
            _told_line(list(some))
            for _, some in groupby(
                self.calls, key=lambda one: (one.rung, one.number, one.called_at)
            )
        ]

    @property
    def told_first(self) -> list[ToldLine]:
        """Those before whatever is folded."""
        return self.told if len(self.told) <= TOLD_OPEN else self.told[:TOLD_FIRST]

    @property
    def told_folded(self) -> list[ToldLine]:
        """Everybody told again and again while nobody had it."""
        return self.told[TOLD_FIRST:-1] if len(self.told) > TOLD_OPEN else []

    @property
    def told_last(self) -> list[ToldLine]:
        return self.told[-1:] if len(self.told) > TOLD_OPEN else []

    @cached_property
    def comes_next(self) -> NextLine:
        rung = AlertRung(self.alert.next_rung)
        clinic = self.alert.clinic
        on = clinic_day(clinic, self.at)
        ids = staff_for(self.alert, clinic, on=on).on(rung).ids
        names = Staff.objects.filter(pk__in=ids).order_by("name")
        return NextLine(
            alert_rules().named(rung).title,
            _listed(names.values_list("name", flat=True)),
            self.alert.next_call_at,
        )

    @cached_property
    def answers(self) -> list[DangerousAnswer]:
        """What was answered, in the instrument's words; as it stood when it called."""
        concern = self.alert.concern
        if concern is not None and concern.assessment is not None:
            given = {concern.assessment.instrument: concern.assessment.answers}
        else:
            given = self.alert.typed
        return [
            answer
            for key, said in given.items()
            for answer in dangerous_answers(key, said)
        ]

    @property
    def was_taken_back(self) -> bool:
        """Whether what was typed points to no danger any more, as it stands now."""
        where = self.alert.check_in or self.alert.handover
        if where is None or self.alert.concern_id is not None:
            return False
        return not dangers(list(self.alert.typed), where.answers)

    @property
    def sent_at(self) -> datetime | None:
        """When answers that were typed were sent too."""
        where = self.alert.check_in or self.alert.handover
        return where.answered_at if where else None

    @cached_property
    def known(self) -> list[KnownBefore]:
        """The last score of each screen before it."""
        if not self.alert.is_about_life:
            return []
        found: dict[str, KnownBefore] = {}
        of, until = self.alert.patient, self.alert.raised_at
        for one in recent_points(of, at=until, most=MOST):
            if one.instrument in SCREENS and one.at < until:
                found.setdefault(one.instrument, _known(one))
        return list(found.values())

    @cached_property
    def contact_points(self) -> list[ContactPoint]:
        points = self.alert.patient.contact_points.filter(is_current=True)
        return list(points.order_by("kind", "pk"))

    @cached_property
    def may_be_told(self) -> list[ConsentOnDay]:
        """People close to them who may be told something, and what."""
        held = in_force(self.alert.patient, at=self.at, purpose="support")
        return [one for one in held if one.open_recipients]

    @cached_property
    def owed(self) -> list[FollowUp]:
        """What it asks for and is not done."""
        rows = FollowUp.objects.open().filter(patient=self.alert.patient_id)
        its = rows.filter(key__startswith=self.alert.duty_prefix)
        return list(its.order_by("due_on", "pk"))


def _told_line(calls: list[AlertCall]) -> ToldLine:
    first = calls[0]
    names = [one.recipient.name for one in calls if one.recipient is not None]
    return ToldLine(
        title=alert_rules().named(first.rung_of).title,
        names=_listed(names),
        at=first.called_at,
        mailed=_mailed(calls),
        passed_on_by=first.passed_on_by.name if first.passed_on_by else "",
    )


def _mailed(calls: list[AlertCall]) -> list[MailedTo]:
    """The first that went out first; no mail is said of whom none has gone out to."""
    names: dict[datetime, list[str]] = defaultdict(list)
    for one in calls:
        if one.sent_at is not None and one.recipient is not None:
            names[one.sent_at].append(one.recipient.name)
    return [
        MailedTo(at, "" if len(some) == len(calls) else _listed(some))
        for at, some in sorted(names.items())
    ]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _known(one: Point) -> KnownBefore:
    given = {key: code for key, code in one.items.items() if code is not None}
    said = [answer.answer for answer in dangerous_answers(one.instrument, given)]
    total = "" if one.total is None else amount(one.total)
    words = [word.lower() for word in (total, one.band, *said) if word]
    return KnownBefore(
        short_title(one.instrument), _listed(words) or "not complete", one.at
    )
