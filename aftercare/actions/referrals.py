"""Referrals: asked for, sent through the gate, followed until somebody heard back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.access import may_at
from accounts.models import Clinic, Staff
from accounts.permissions import Permission
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from aftercare.actions.follow_ups import FARTHEST, TOO_FAR
from aftercare.actions.reconcile import status_on
from aftercare.models import CarePlace, CareReferral, FollowUp, ReferralStep
from aftercare.models.follow_ups import FollowUpQuerySet
from knowledge.schedule.loops import NEXT, LoopStage, next_on, step_words
from knowledge.wording.dates import whole_day
from patients.actions.registry import refuse_outside_life
from patients.models import Disclosure, Patient


class ReferralRefused(Refused):
    """A step that cannot be; `field` is what to put right."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


class PlaceTwice(Refused):
    """The directory has this place already."""

    field = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTold:
    """What is said of one step."""

    stage: LoopStage
    on: date
    words: str = ""
    visit_on: date | None = None
    disclosure: Disclosure | None = None
    # Of `sent`: the person goes there by themselves, and nothing is given out.
    by_themselves: bool = False


@transaction.atomic
def keep_place(
    *,
    clinic: Clinic,
    values: Mapping[str, object],
    place: CarePlace | None = None,
    by: Staff,
    at: datetime,
) -> CarePlace:
    """Add a place to the directory, or say it anew: it was checked today."""
    kept = place or CarePlace(clinic=clinic)
    for name, value in values.items():
        setattr(kept, name, value)
    kept.checked_on, kept.checked_by = clinic_day(clinic, at), by
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise PlaceTwice("The directory has a place of this name and kind.") from None
    audit.record("place.kept", kept, by=by, at=at, kind=kept.kind)
    return kept


@transaction.atomic
def refer(
    *, patient: Patient, place: CarePlace, wanted: str, by: Staff, at: datetime
) -> CareReferral:
    """Begin the loop: asked for today, owed to be sent."""
    today = clinic_day(patient.clinic, at)
    refuse_outside_life(patient, today, field="place")
    if not place.is_current:
        raise ReferralRefused("This place is no longer in the directory.", "place")
    same = CareReferral.objects.open().filter(patient=patient, place=place)
    if same.exists():
        raise ReferralRefused("A referral to this place is open already.", "place")
    referral = CareReferral.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        kind=place.kind,
        place=place,
        wanted=wanted,
        owner=by,
        asked_on=today,
        created_at=at,
        created_by=by,
        stage=LoopStage.ASKED,
        stage_on=today,
        next_on=next_on(LoopStage.ASKED, since=today, visit_on=None, usual_days=None),
    )
    audit.record("referral.begun", referral, by=by, at=at, kind=referral.kind)
    return referral


@transaction.atomic
def record_step(
    *, referral: CareReferral, told: StepTold, by: Staff, at: datetime
) -> ReferralStep:
    """Keep how far it has come; what the stage before owed is done with it."""
    referral = _held(referral)
    _refuse(referral, told, clinic_day(referral.patient.clinic, at))
    before = referral.loop_stage
    step = ReferralStep.objects.create(
        clinic_id=referral.clinic_id,
        patient_id=referral.patient_id,
        referral=referral,
        stage=told.stage,
        on=told.on,
        visit_on=told.visit_on if told.stage is LoopStage.ACCEPTED else None,
        words=told.words,
        disclosure=told.disclosure if told.stage is LoopStage.SENT else None,
        recorded_at=at,
        recorded_by=by,
    )
    _go_with_its_duty(referral)
    _stand_at(referral, step)
    words = f"{step_words(told.stage, before)}, {whole_day(told.on)}."
    _owed_by(referral).open().update(
        status=FollowUp.Status.DONE,
        closed_at=at,
        closed_by=by,
        kept_on=told.on,
        outcome=words,
    )
    audit.record("referral.step", step, by=by, at=at, stage=step.stage)
    return step


@transaction.atomic
def take_back_step(*, step: ReferralStep, by: Staff, at: datetime) -> CareReferral:
    """Undo the newest step, recorded by mistake: the one before holds again, and what it
    owed is owed again."""
    referral = _held(step.referral)
    held = _steps(referral)
    if not held or held[-1].pk != step.pk:
        raise ReferralRefused("Only the newest step is taken back.")
    last = held.pop()
    last.taken_back_at, last.taken_back_by = at, by
    last.save(update_fields=["taken_back_at", "taken_back_by"])
    today = clinic_day(referral.patient.clinic, at)
    for row in _owed_by(referral).filter(closed_at=last.recorded_at):
        row.status = status_on(
            today, earliest_on=row.earliest_on, latest_on=row.latest_on
        )
        row.closed_at = row.closed_by = row.kept_on = None
        row.outcome = ""
        row.save(
            update_fields=["status", "closed_at", "closed_by", "kept_on", "outcome"]
        )
    _stand_at(referral, held[-1] if held else None)
    audit.record("referral.step_taken_back", last, by=by, at=at, stage=last.stage)
    return referral


@transaction.atomic
def give_referral(
    *, referral: CareReferral, to: Staff, by: Staff, at: datetime
) -> CareReferral:
    """Let somebody else see it through."""
    referral = _held(referral)
    if not may_at(to, referral.clinic_id, Permission.FOLLOW_UP_WORK):
        raise ReferralRefused("They may not work on follow-ups here.", "owner")
    referral.owner = to
    referral.save(update_fields=["owner"])
    _owed_by(referral).open().update(assigned_to=to, given_at=None)
    audit.record("referral.given", referral, by=by, at=at, to=to.pk)
    return referral


def _go_with_its_duty(referral: CareReferral) -> None:
    """Whoever was given what it owed, alone or with a whole caseload, sees it through
    from here on."""
    named = _owed_by(referral).open().filter(assigned_to__is_active=True)
    holder = named.values_list("assigned_to", flat=True).first()
    if holder is not None and holder != referral.owner_id:
        referral.owner_id = holder
        referral.save(update_fields=["owner"])


def _owed_by(referral: CareReferral) -> FollowUpQuerySet:
    return FollowUp.objects.filter(
        patient=referral.patient_id, key__contains=f":loop:{referral.pk}:"
    )


def _held(referral: CareReferral) -> CareReferral:
    rows = CareReferral.objects.select_related("patient__clinic", "place")
    return rows.select_for_update(of=("self",)).get(pk=referral.pk)


def _steps(referral: CareReferral) -> list[ReferralStep]:
    return list(referral.steps.filter(taken_back_at=None).order_by("pk"))


def _stand_at(referral: CareReferral, step: ReferralStep | None) -> None:
    """The referral as its newest step has it."""
    stage = step.loop_stage if step else LoopStage.ASKED
    referral.stage = stage
    referral.stage_on = step.on if step else referral.asked_on
    referral.stage_words = step.words if step else ""
    referral.visit_on = step.visit_on if step else None
    referral.next_on = next_on(
        stage,
        since=referral.stage_on,
        visit_on=referral.visit_on,
        usual_days=referral.place.usual_days,
    )
    referral.save(
        update_fields=["stage", "stage_on", "stage_words", "visit_on", "next_on"]
    )


def _refuse(referral: CareReferral, told: StepTold, today: date) -> None:
    if told.stage not in NEXT[referral.loop_stage]:
        raise ReferralRefused(
            f"It stands at “{referral.loop_stage.words}” by now: choose what comes next.",
            "stage",
        )
    if told.stage is not LoopStage.ENDED:
        refuse_outside_life(referral.patient, told.on, field="on")
    if told.on > today:
        raise ReferralRefused("This day is still to come.", "on")
    if told.on < referral.stage_on:
        raise ReferralRefused(
            f"The step before was on {whole_day(referral.stage_on)}.", "on"
        )
    if told.stage is LoopStage.ACCEPTED and told.visit_on:
        _refuse_visit(told.visit_on, told.on)
    if told.stage is LoopStage.SENT and referral.loop_stage is LoopStage.ASKED:
        _refuse_ungiven(referral, told)


def _refuse_visit(day: date, answered_on: date) -> None:
    if day < answered_on:
        raise ReferralRefused("The visit is before the answer.", "visit_on")
    if day > answered_on + FARTHEST:
        raise ReferralRefused(TOO_FAR, "visit_on")


def _refuse_ungiven(referral: CareReferral, told: StepTold) -> None:
    """Nothing about a person leaves but through the gate."""
    given = told.disclosure
    if given is None and not told.by_themselves:
        raise ReferralRefused(
            "Tell the place through the gate first, or say that the person goes there"
            " by themselves.",
            "disclosure",
        )
    is_theirs = given is None or given.patient_id == referral.patient_id
    if given is not None and (given.is_stopped or not is_theirs):
        raise ReferralRefused("The gate stopped this: nothing was told.", "disclosure")
