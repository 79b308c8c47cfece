"""Alerts: raised with what cannot wait, acknowledged by name, passed on, ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import Clinic, Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_clock, clinic_day
from aftercare.actions.alert_calls import call_who_is_due
from aftercare.actions.reconcile import reconcile
from aftercare.models import Alert, CheckIn
from aftercare.models.alerts import AlertQuerySet
from aftercare.record.typed_sheets import (
    sheet_of,
    unsent_beside,
    was_dealt_with,
)
from assessments.actions.concerns import LEVELS, LONGEST
from assessments.models import Concern, Handover
from knowledge.instruments.questionnaire import Said, dangers
from knowledge.schedule.alerts import FRESH_DAYS, LIFE, alert_rules
from knowledge.wording.dates import moment_named
from medications.knowledge_pages.subject_signoffs import numbers_of
from patients.actions.registry import has_died
from patients.models import Patient

type Ended = Alert.Ended


class AlertOver(Refused):
    """What raised it was dealt with before."""


class SomebodyHasIt(Refused):
    """Somebody else acknowledged it first."""


class HasConcern(Refused):
    """It is over with its concern, which a clinician resolves."""


class NothingDone(Refused):
    """It is not over without words on what was done."""

    field = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """What calls: about whom, why, how grave, and from where."""

    patient: Patient
    cause: str
    source: str
    level: int
    reason: str
    concern: Concern | None = None
    typed: dict[str, dict[str, int]] = field(default_factory=dict)
    where: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.patient.pk}:{self.cause}"


def raise_for_concern(
    *, concern: Concern, by: Staff | None, at: datetime
) -> Alert | None:
    """Call somebody where a concern cannot wait, in the transaction that raises it."""
    if not _cannot_wait(concern, at):
        return None
    is_result = concern.kind == Concern.Kind.RESULT
    source = Alert.Source.RESULT if is_result else Alert.Source.ANSWERS
    raised = Raised(
        patient=concern.patient,
        cause=cause_of(concern),
        source=source,
        level=concern.level,
        reason=concern.reason,
        concern=concern,
    )
    if _is_dealt_with(raised):
        return None
    row = _row_for(raised, by=by, at=at)
    return row or _raise(raised, by=by, at=at)


def _is_dealt_with(raised: Raised) -> bool:
    """Whether a clinician said what was done about the same answers before they were
    sent, and the person typed no others since."""
    concern, sheet = raised.concern, sheet_of(raised.concern)
    if not sheet or concern is None or concern.assessment is None:
        return False
    row = _open(raised)
    if row is not None and _is_sent_from(row, concern):
        return False
    given = concern.assessment
    return was_dealt_with(sheet, {given.instrument: given.answers})


def cause_of(concern: Concern) -> str:
    return f"{concern.kind}:{concern.cause}" if concern.cause else concern.kind


def _cannot_wait(concern: Concern, at: datetime) -> bool:
    """Answers about somebody's life that were given long ago have their duties, and call
    nobody at once; a result says itself how old it may be."""
    if not alert_rules().calls_at_once(concern.kind, concern.level):
        return False
    if has_died(concern.patient):
        return False
    if concern.assessment is None:
        return True
    number = alert_rules().numbers[FRESH_DAYS]
    fresh = numbers_of(concern.clinic_id).get(FRESH_DAYS, number.days)
    return at - concern.assessment.given_at <= timedelta(days=fresh)


def _row_for(raised: Raised, *, by: Staff | None, at: datetime) -> Alert | None:
    """The alert that is about this already: still climbing, of the same answers before
    they were sent, or held by who gives the new ones. Else a former one is over."""
    row = _open(raised) or _ended_now(raised, at)
    if row is None:
        return None
    is_held = row.acknowledged_by_id is not None
    is_same = _is_sent_from(row, raised.concern)
    is_own = by is not None and by.pk == row.acknowledged_by_id
    if is_held and not is_same and not is_own:
        still_open = [row] if row.ended_at is None else []
        _end(still_open, Alert.Ended.FOLLOWED, by=by, at=at)
        return None
    is_over = row.ended_at is not None
    if is_same or is_over or raised.level >= row.level:
        row.concern, row.level, row.reason = raised.concern, raised.level, raised.reason
    row.ended_at = row.ended_by = None
    row.ended_why = ""
    row.save()
    if is_over:
        audit.record("alert.taken_up", row, by=by, at=at)
    return row


def _of_cause(raised: Raised) -> AlertQuerySet:
    """Those about the same, held; of a record that went into this one too."""
    rows = Alert.objects.filter(patient=raised.patient, cause=raised.cause)
    return rows.select_for_update(of=("self",)).order_by("-pk")


def _open(raised: Raised) -> Alert | None:
    return _of_cause(raised).open().first()


def _ended_now(raised: Raised, at: datetime) -> Alert | None:
    """One that was over with the older answers, in the act that gave the new ones."""
    over = _of_cause(raised).filter(ended_at=at, ended_why=Alert.Ended.RESOLVED)
    return over.first()


def _is_sent_from(row: Alert, concern: Concern | None) -> bool:
    """Whether the answers that raised a concern were typed where this alert came from."""
    sheet = sheet_of(concern)
    return any(getattr(row, column) == number for column, number in sheet.items())


def _raise(raised: Raised, *, by: Staff | None, at: datetime) -> Alert:
    """Keep it and call the first rung; of two at once, one is kept."""
    clinic = Clinic.objects.get(pk=raised.patient.clinic_id)
    alert = Alert(
        clinic=clinic,
        patient=raised.patient,
        source=raised.source,
        cause=raised.cause,
        key=raised.key,
        concern=raised.concern,
        level=raised.level,
        reason=raised.reason[:LONGEST],
        typed=raised.typed,
        raised_at=at,
        next_rung=alert_rules().rung[0].key.value,
        next_call_at=at,
        **raised.where,
    )
    Alert.objects.bulk_create([alert], ignore_conflicts=True)
    row = Alert.objects.open().select_for_update(of=("self",)).get(key=raised.key)
    audit.record(
        "alert.raised", row, by=by, at=at, source=row.source, level=int(row.level)
    )
    call_who_is_due(row, clinic, at=at)
    return row


def raise_for_typed(
    *,
    patient: Patient,
    instruments: list[str],
    said: Said,
    at: datetime,
    check_in: CheckIn | None = None,
    handover: Handover | None = None,
) -> Alert | None:
    """Call somebody where an answer that cannot wait is typed and not sent. Taken back
    before it is sent, the alert stays: it was said."""
    found = dangers(instruments, said)
    levels = {one: LEVELS[one.danger] for one in found}
    calls = [one for one in found if alert_rules().calls_at_once(LIFE, levels[one])]
    if not calls or has_died(patient):
        return None
    gravest = max(calls, key=lambda one: levels[one])
    raised = Raised(
        patient=patient,
        cause=LIFE,
        source=Alert.Source.TYPED,
        level=levels[gravest],
        reason=gravest.words.en,
        typed={key: dict(said[key]) for key in instruments if said.get(key)},
        where={"check_in": check_in, "handover": handover},
    )
    row = _open(raised)
    sheet = {f"{key}_id": one.pk for key, one in raised.where.items() if one}
    if row is not None and any(getattr(row, key) == pk for key, pk in sheet.items()):
        return _typed_again(row, raised)
    if was_dealt_with(sheet, raised.typed):
        return None
    if row is not None and row.acknowledged_by_id is None:
        # It calls by itself once that one is over.
        return row
    if row is not None:
        _end([row], Alert.Ended.FOLLOWED, by=None, at=at)
    row = _raise(raised, by=None, at=at)
    reconcile(patient=patient, by=None, at=at)
    return row


def _typed_again(row: Alert, raised: Raised) -> Alert:
    """The answers that are kept are the last ones that were dangerous."""
    row.typed, row.level = raised.typed, raised.level
    row.reason = raised.reason[:LONGEST]
    row.save(update_fields=["typed", "level", "reason"])
    return row


@transaction.atomic
def acknowledge(*, alert: Alert, by: Staff, at: datetime) -> Alert:
    """Have it, by name: nobody else is called any more."""
    row = _held(alert)
    if row.acknowledged_by_id == by.pk:
        return row
    _refuse_if_held(row, at)
    row.acknowledged_at, row.acknowledged_by = at, by
    row.save(update_fields=["acknowledged_at", "acknowledged_by"])
    audit.record("alert.acknowledged", row, by=by, at=at)
    return row


@transaction.atomic
def pass_on(*, alert: Alert, by: Staff, at: datetime) -> Alert:
    """Say that one cannot: the next rung is called at once."""
    row = _held(alert)
    if row.acknowledged_by_id != by.pk:
        _refuse_if_held(row, at)
    row.acknowledged_at = row.acknowledged_by = None
    row.save(update_fields=["acknowledged_at", "acknowledged_by"])
    clinic = Clinic.objects.get(pk=row.clinic_id)
    call_who_is_due(row, clinic, at=at, passed_on_by=by)
    audit.record("alert.passed_on", row, by=by, at=at)
    return row


@transaction.atomic
def answer_alert(*, alert: Alert, words: str, by: Staff, at: datetime) -> Alert:
    """Say what was done about answers that were never sent: the alert is over."""
    row = _held(alert)
    if row.concern_id is not None:
        raise HasConcern("Its concern is open: resolve that, with what was done.")
    if not words.strip():
        raise NothingDone("Say what was done.")
    row.words = words.strip()
    _end([row], Alert.Ended.ANSWERED, by=by, at=at)
    _call_for_unsent(row, at=at)
    return row


def _held(alert: Alert) -> Alert:
    rows = Alert.objects.select_for_update(of=("self",))
    row = rows.select_related("acknowledged_by", "clinic").get(pk=alert.pk)
    if row.ended_at is not None:
        raise AlertOver("This alert is over: what raised it was dealt with.")
    return row


def _refuse_if_held(row: Alert, at: datetime) -> None:
    if row.acknowledged_by is not None and row.acknowledged_at is not None:
        held_at = clinic_clock(row.clinic, row.acknowledged_at)
        since = moment_named(held_at, clinic_day(row.clinic, at))
        raise SomebodyHasIt(f"{row.acknowledged_by.name} has it since {since}.")


def end_with_concern(*, concern: Concern, by: Staff | None, at: datetime) -> None:
    """End the alert of a concern that is resolved; where another of the same cause is
    open, it is about that one now."""
    alerts = Alert.objects.open().filter(concern=concern)
    for row in alerts.select_for_update(of=("self",)):
        other = _other_concern(concern)
        if other is None:
            _end([row], Alert.Ended.RESOLVED, by=by, at=at)
            _call_for_unsent(row, at=at)
        else:
            row.concern, row.level, row.reason = other, other.level, other.reason
            row.save(update_fields=["concern", "level", "reason"])


def _call_for_unsent(row: Alert, *, at: datetime) -> None:
    """What was typed elsewhere while an alert climbed was kept by that alert alone: once
    it is over, call for it. Of several sheets each calls as the one before is over."""
    for sheet in unsent_beside(row, at=at):
        [one] = sheet.values()
        raise_for_typed(
            patient=one.patient,
            instruments=one.instruments,
            said=one.answers,
            at=at,
            **sheet,
        )


def _other_concern(concern: Concern) -> Concern | None:
    rows = Concern.objects.open().filter(
        patient=concern.patient_id, kind=concern.kind, cause=concern.cause
    )
    rules = alert_rules()
    others = rows.exclude(pk=concern.pk).pressing_first()
    return next(
        (one for one in others if rules.calls_at_once(one.kind, one.level)), None
    )


def _end(
    rows: AlertQuerySet | list[Alert], why: Ended, *, by: Staff | None, at: datetime
) -> None:
    for row in rows:
        row.ended_at, row.ended_by, row.ended_why = at, by, why
        row.save(update_fields=["ended_at", "ended_by", "ended_why", "words"])
        audit.record("alert.ended", row, by=by, at=at, why=str(why))


def end_at_death(*, patient: Patient, by: Staff, at: datetime) -> None:
    """Nobody is called about somebody who died."""
    _end(Alert.objects.open().filter(patient=patient), Alert.Ended.DIED, by=by, at=at)


def take_up_after_death(
    *, patient: Patient, ended_at: datetime | None, by: Staff, at: datetime
) -> None:
    """What a mistaken death ended climbs on."""
    ended = Alert.objects.filter(
        patient=patient, ended_at=ended_at, ended_why=Alert.Ended.DIED
    )
    for row in ended:
        row.ended_at = row.ended_by = None
        row.ended_why = ""
        row.save(update_fields=["ended_at", "ended_by", "ended_why"])
        audit.record("alert.taken_up", row, by=by, at=at)
