"""Alerts as they are shown: the bar on every page, the list, and one with all about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby

from django.db.models import Exists, OuterRef, Q

from accounts.access import Acting
from accounts.models import Staff
from aftercare.models import Alert, AlertCall, FollowUp
from aftercare.record.alert_staff import staff_for
from assessments.models import Assessment, Observation
from knowledge.instruments.questionnaire import (
    DangerousAnswer,
    dangerous_answers,
    dangers,
)
from knowledge.instruments.titles import short_title
from knowledge.schedule.alerts import AlertRung, alert_rules
from knowledge.wording.amounts import amount
from patients.consents.reader import ConsentOnDay, in_force
from patients.models import ContactPoint

# How long an alert that is over stays on the list.
LATELY = timedelta(days=7)
MOST = 50
# What is known of somebody's life before: the screener, and what asked first.
SCREENS = ("cssrs", "phq9")


@dataclass(frozen=True, slots=True)
class Alarm:
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


def alarm_of(acting: Acting) -> Alarm | None:
    """What this person was told of, or a role that they hold; in one statement."""
    calls = AlertCall.objects.filter(
        Q(recipient=acting.staff) | Q(role__in=acting.roles), alert=OuterRef("pk")
    )
    rows = Alert.objects.unacknowledged().visible_to(acting).filter(Exists(calls))
    found = list(rows.select_related("patient").order_by("raised_at", "pk")[:MOST])
    return Alarm(found) if found else None


def alerts_here(acting: Acting, *, at: datetime) -> dict[str, list[Alert]]:
    """Those that are open, nobody's first, and those that were over lately."""
    rows = Alert.objects.visible_to(acting).filter(
        Q(ended_at=None) | Q(ended_at__gt=at - LATELY)
    )
    related = rows.select_related("patient", "acknowledged_by", "ended_by")
    found = list(related.order_by("-raised_at", "-pk")[: MOST * 2])
    return {
        "climbing": [one for one in found if one.is_climbing],
        "held": [one for one in found if one.acknowledged_at and one.ended_at is None],
        "over": [one for one in found if one.ended_at is not None],
    }


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One call as the page tells it: whom, as what, when, and how it went out."""

    title: str
    names: str
    at: datetime
    sent_at: datetime | None
    passed_on_by: str


@dataclass(frozen=True, slots=True)
class NextLine:
    """The rung that is called next, with whoever stands there now."""

    title: str
    names: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KnownBefore:
    """One thing that was on record before."""

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

    @cached_property
    def comes_next(self) -> NextLine:
        rung = AlertRung(self.alert.next_rung)
        ids = staff_for(self.alert, self.alert.clinic).on(rung).ids
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
        """The last scores of the kind before it, or the result before this one."""
        if self.alert.is_about_life:
            return list(_screens_before(self.alert))
        return list(_results_before(self.alert))

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
        """What its concern asks for and is not done."""
        if self.alert.concern_id is None:
            return []
        rows = FollowUp.objects.open().filter(patient=self.alert.patient_id)
        prefix = f"{self.alert.patient_id}:concern:{self.alert.concern_id}:"
        return list(rows.filter(key__startswith=prefix).order_by("due_on", "pk"))


def _told_line(calls: list[AlertCall]) -> ToldLine:
    first = calls[0]
    names = [one.recipient.name for one in calls if one.recipient is not None]
    sent = [one.sent_at for one in calls if one.sent_at is not None]
    return ToldLine(
        title=alert_rules().named(first.rung_of).title,
        names=_listed(names),
        at=first.called_at,
        sent_at=min(sent, default=None),
        passed_on_by=first.passed_on_by.name if first.passed_on_by else "",
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _screens_before(alert: Alert) -> Iterable[KnownBefore]:
    rows = Assessment.objects.in_force().filter(
        patient=alert.patient_id,
        instrument__in=SCREENS,
        given_at__lt=alert.raised_at,
    )
    if alert.concern is not None and alert.concern.assessment_id is not None:
        rows = rows.exclude(pk=alert.concern.assessment_id)
    last = rows.order_by("instrument", "-given_at", "-pk").distinct("instrument")
    for one in last:
        total = "" if one.total is None else amount(one.total)
        found = [
            *filter(None, (total, one.band.lower())),
            *(answer.answer.lower() for answer in _of_harm(one)),
        ]
        value = ", ".join(found) or "not complete"
        yield KnownBefore(short_title(one.instrument), value, one.given_at)


def _of_harm(one: Assessment) -> list[DangerousAnswer]:
    return dangerous_answers(one.instrument, one.answers)


def _results_before(alert: Alert) -> Iterable[KnownBefore]:
    seen = alert.concern.observation if alert.concern else None
    if seen is None:
        return
    rows = Observation.objects.filter(
        patient=alert.patient_id,
        code=seen.code,
        effective_at__lt=seen.effective_at,
        error_at=None,
    )
    for one in rows.order_by("-effective_at", "-pk")[:1]:
        yield KnownBefore("Before", one.words, one.effective_at)
