"""A plan in force reviewed, and nothing changes: recorded, and taken back."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Overtaken, Refused
from accounts.tenancy import clinic_day
from patients.actions.registry import refuse_after_death
from patients.models import Patient
from plans.models import Plan, PlanReview
from plans.reviewing import review_sheet

NOT_REVIEWED = (
    "Something moved since you opened it. It is shown as it is now; look again."
)


class NothingToReview(Refused):
    """Only a plan in force is reviewed, and not while a draft is under way."""


class ReviewReasonMissing(Refused):
    """Facts moved: why the plan still fits is said."""

    field = "why"


class ReviewTakenBack(Refused):
    """A review is taken back once."""


@transaction.atomic
def record_review(
    *,
    plan: Plan,
    shown: str,
    own_words: str = "",
    why: str = "",
    by: Staff,
    at: datetime,
) -> PlanReview:
    """Keep that the plan was looked at, with what had moved, and that it stays."""
    Patient.objects.select_for_update(no_key=True).get(pk=plan.patient_id)
    plan = Plan.objects.select_related("patient__clinic").get(pk=plan.pk)
    refuse_after_death(plan.patient, clinic_day(plan.patient.clinic, at))
    if plan.status != Plan.Status.SIGNED:
        raise NothingToReview("It is not the plan in force.")
    if Plan.objects.drafts().filter(patient=plan.patient_id).exists():
        raise NothingToReview("A draft is under way: sign or discard it first.")
    sheet = review_sheet(plan, at=at)
    if sheet.shown != shown:
        raise Overtaken(plan, NOT_REVIEWED)
    if sheet.moved and not why.strip():
        raise ReviewReasonMissing("Say why the plan still fits what has moved.")
    review = PlanReview.objects.create(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        plan=plan,
        content_digest=plan.content_digest,
        picture=sheet.picture,
        moved=list(sheet.moved),
        own_words=own_words,
        why=why.strip(),
        reviewed_at=at,
        reviewed_by=by,
    )
    audit.record("plan.reviewed", review, by=by, at=at, count=len(sheet.moved))
    return review


@transaction.atomic
def take_back_review(*, review: PlanReview, by: Staff, at: datetime) -> PlanReview:
    """Undo a review recorded by mistake: it is owed again."""
    review = PlanReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if review.taken_back_at is not None:
        raise ReviewTakenBack("This review was taken back already.")
    review.taken_back_at, review.taken_back_by = at, by
    review.save(update_fields=["taken_back_at", "taken_back_by"])
    audit.record("plan.review_taken_back", review, by=by, at=at)
    return review
