"""Writing down what a signed plan promises."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.clinic_settings.days import open_days_of
from accounts.models import Staff
from accounts.tenancy import clinic_day
from aftercare.actions.decision_tasks import take_over
from aftercare.models import FollowUp
from aftercare.models.follow_ups import FollowUpQuerySet
from aftercare.schedule.model import Course, Promise
from aftercare.schedule.plan import promised
from knowledge.schedule.injections import injection_rules
from knowledge.wording.dates import whole_day
from medications.knowledge_pages.subject_signoffs import numbers_of
from medications.models.medicines import can_be_taken
from patients.models import Patient
from plans.models import Plan
from treatment.current import treatment_of
from treatment.log import days_given
from treatment.now import Order

NO_LONGER = "No longer promised by"
INJECTION = "injection"


def on_plan_signed(*, plan: Plan, by: Staff, at: datetime, **_: object) -> None:
    """Hears `plan_signed`, inside the signing transaction. Publishes nothing."""
    schedule_plan(plan=plan, by=by, at=at)


@transaction.atomic
def schedule_plan(*, plan: Plan, by: Staff | None, at: datetime) -> int:
    """Owe what the plan promises; returns how many follow-ups are new.

    Safe to repeat: the database keeps one of each. What is open and no longer
    promised is cancelled with that reason; what was moved stays where it was moved.
    """
    Patient.objects.select_for_update().get(pk=plan.patient_id)
    on = clinic_day(plan.clinic, at)
    _close_given(plan, on=on, by=by, at=at)
    owed = promised(course_of(plan, on=on))
    keys = [one.key for one in owed]
    cancelled = _cancel_others(plan, keys, on=on, by=by, at=at)
    back = _take_up_again(plan, keys, on=on)
    known = set(_of(plan).filter(key__in=keys).values_list("key", flat=True))
    # A window that was over before anybody promised it was not missed.
    new = (one for one in owed if one.key not in known and one.latest >= on)
    rows = _rows(plan, new, at)
    FollowUp.objects.bulk_create(rows, ignore_conflicts=True)
    cancelled += take_over(plan=plan, by=by, at=at)
    if rows or cancelled or back:
        audit.record(
            "follow_ups.scheduled",
            plan,
            by=by,
            at=at,
            added=len(rows),
            cancelled=cancelled,
            taken_up_again=back,
        )
    return len(rows)


def reschedule(*, patient: Patient, by: Staff | None, at: datetime) -> int:
    """Owe anew what the plan in force promises, after a dose or a start was recorded."""
    plan = Plan.objects.in_force().filter(patient=patient).first()
    return 0 if plan is None else schedule_plan(plan=plan, by=by, at=at)


def _close_given(plan: Plan, *, on: date, by: Staff | None, at: datetime) -> None:
    """An injection whose dose was written down in its window has been kept."""
    for one in _of(plan).open().filter(kind=INJECTION):
        until = min(one.latest_on, on)
        window = {"since": one.earliest_on, "until": until}
        if given := days_given(plan.patient_id, injection_rules(), **window):
            one.status, one.closed_at, one.closed_by = FollowUp.Status.DONE, at, by
            one.outcome = f"Given on {whole_day(given[0])}."
            one.save(update_fields=["status", "closed_at", "closed_by", "outcome"])


def course_of(plan: Plan, *, on: date) -> Course:
    """What the calendar depends on, from the record; unknown days stay unknown."""
    main = treatment_of(plan.patient_id, on=on).main
    return Course(
        patient=str(plan.patient_id),
        plan=str(plan.pk),
        signed_on=clinic_day(plan.clinic, plan.signed_at) if plan.signed_at else on,
        medication=main.medication if main else _chosen(plan),
        started_on=main.started_on if main else None,
        admitted_on=plan.patient.admitted_on,
        is_otp=plan.clinic.is_otp,
        injections=_injections(main, plan, on=on) if main else (),
        chosen=numbers_of(plan.clinic_id),
        open_days=open_days_of(plan.clinic),
    )


def _chosen(plan: Plan) -> str | None:
    choice = plan.decision.choice if plan.decision else None
    return choice if choice and can_be_taken(choice) else None


def _injections(order: Order, plan: Plan, *, on: date) -> tuple[date, ...]:
    """The first day, every dose given here since, and injections kept as follow-ups
    where nobody wrote the dose down."""
    doses = set(
        days_given(
            plan.patient_id, [order.medication], since=order.started_on, until=on
        )
    )
    kept = (
        clinic_day(plan.clinic, one.closed_at)
        for one in _of(plan).filter(kind=INJECTION, status=FollowUp.Status.DONE)
        if one.closed_at and not _given_within(one, doses)
    )
    since = (day for day in kept if day > order.started_on)
    return tuple(sorted({order.started_on, *doses, *since}))


def _given_within(one: FollowUp, doses: Iterable[date]) -> bool:
    return any(one.earliest_on <= day <= one.latest_on for day in doses)


def _of(plan: Plan) -> FollowUpQuerySet:
    return FollowUp.objects.filter(
        clinic=plan.clinic_id,
        patient=plan.patient_id,
        origin=FollowUp.Origin.PLAN,
    )


def _rows(plan: Plan, owed: Iterable[Promise], at: datetime) -> list[FollowUp]:
    return [
        FollowUp(
            clinic_id=plan.clinic_id,
            patient_id=plan.patient_id,
            plan=plan,
            key=one.key,
            kind=one.kind,
            occasion=one.occasion,
            title=one.title,
            reason=one.reason,
            cite=one.cite,
            verified=one.verified,
            origin=FollowUp.Origin.PLAN,
            earliest_on=one.earliest,
            due_on=one.due,
            latest_on=one.latest,
            assigned_role=one.role.value,
            created_at=at,
        )
        for one in owed
    ]


def _cancel_others(
    plan: Plan, keys: list[str], *, on: date, by: Staff | None, at: datetime
) -> int:
    """A window that is past stays open, since somebody was not seen in it; but for
    reviews and the kit of a plan that is no longer in force."""
    of_a_plan = Q(key__startswith=f"{plan.patient_id}:plan:")
    return (
        _of(plan)
        .open()
        .exclude(key__in=keys)
        .filter(Q(latest_on__gte=on) | of_a_plan & ~Q(plan=plan))
        .update(
            status=FollowUp.Status.CANCELLED,
            closed_at=at,
            closed_by=by,
            outcome=f"{NO_LONGER} plan version {plan.version}.",
        )
    )


def _take_up_again(plan: Plan, keys: list[str], *, on: date) -> int:
    """What an earlier version no longer promised and this one promises again."""
    return (
        _of(plan)
        .filter(
            status=FollowUp.Status.CANCELLED,
            key__in=keys,
            outcome__startswith=NO_LONGER,
            latest_on__gte=on,
        )
        .update(
            status=FollowUp.Status.PLANNED,
            closed_at=None,
            closed_by=None,
            outcome="",
            plan=plan,
        )
    )
