"""Plans for bad days: started, written part by part, agreed, looked at again."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from accounts import audit
from accounts.access import may_at
from accounts.models import Staff
from accounts.permissions import Permission
from accounts.refusals import Refused, RightMissing
from accounts.tenancy import clinic_day
from aftercare.actions.follow_ups import FARTHEST, TOO_FAR
from aftercare.models import HardDayKinds, HardDayPart, HardDayPlan, HardDayReview
from knowledge.hard_days.content import HardDayForm, HardDayKind, hard_day_form
from patients.actions.registry import refuse_after_death
from patients.models import Patient


class HardDayPlanAgreed(Refused):
    """What was agreed stays; a new version is begun."""


class HardDayPlanIncomplete(Refused):
    """Something without which nobody parts is missing."""


class HardDayPlanChanged(Refused):
    """Somebody wrote in it after it was shown."""


class HardDayAnswerUnknown(Refused):
    """An answer that the part does not have."""


class HardDayReviewPast(Refused):
    """The next look lies behind."""

    field = "review_on"


class HardDayReviewTooFar(Refused):
    """The next look lies further ahead than anything is planned."""

    field = "review_on"


class SafetyPlanRight(RightMissing):
    """A safety plan is agreed, and looked at again, with a clinician."""


def form_of(plan: HardDayPlan) -> HardDayForm:
    """Its parts, and what is asked for each."""
    return hard_day_form(HardDayKind(plan.kind))


def missing_in(form: HardDayForm, parts: Iterable[HardDayPart]) -> list[str]:
    """What has to be there before they part and is not, in words, by the part."""
    by_key = {one.part: one for one in parts}
    found = []
    for asked in form.part:
        row = by_key.get(asked.key)
        answers: Mapping[str, str] = row.answers if row else {}
        found += [
            f"{one.label}: not asked" for one in asked.asks if one.key not in answers
        ]
        is_told = bool(row and row.lines)
        if asked.needed and not is_told and not asked.asks:
            found.append(f"{asked.title.en}: nothing yet")
    return found


def digest_of_parts(parts: Iterable[HardDayPart]) -> str:
    """What stands in all parts, as one number."""
    said = sorted((one.part, one.words, sorted(one.answers.items())) for one in parts)
    return sha256(json.dumps(said).encode()).hexdigest()[:32]


@transaction.atomic
def start_hard_day_plan(
    *, patient: Patient, kind: str, by: Staff, at: datetime
) -> HardDayPlan:
    """A draft that begins with what was agreed before; one that is open goes on."""
    patient = _held(patient)
    refuse_after_death(patient, clinic_day(patient.clinic, at))
    rows = HardDayPlan.objects.filter(patient=patient, kind=kind)
    draft = rows.drafts().first()
    if draft is not None:
        return draft
    before = rows.agreed().first()
    plan = HardDayPlan.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        kind=kind,
        version=rows.count() + 1,
        started_at=at,
        started_by=by,
    )
    said = {one.part: one for one in before.parts.all()} if before else {}
    HardDayPart.objects.bulk_create(
        HardDayPart(
            clinic_id=patient.clinic_id,
            patient=patient,
            plan=plan,
            part=asked.key,
            words=said[asked.key].words if asked.key in said else "",
            # What was asked then is asked again.
            answers={},
        )
        for asked in form_of(plan).part
    )
    audit.record("hard_days.started", plan, by=by, at=at, kind=kind)
    return plan


@transaction.atomic
def save_hard_day_part(
    *,
    part: HardDayPart,
    words: str,
    answers: Mapping[str, str],
    by: Staff,
    at: datetime,
) -> HardDayPart:
    """Keep one part as they said it."""
    part = _open_part(part)
    asked = form_of(part.plan).named(part.part)
    known = {one.key: one.choices for one in asked.asks} if asked else {}
    if any(value not in known.get(key, {}) for key, value in answers.items()):
        raise HardDayAnswerUnknown("Choose one of the answers.")
    part.words, part.answers = words, dict(answers)
    part.saved_at, part.saved_by = at, by
    part.save(update_fields=["words", "answers", "saved_at", "saved_by"])
    audit.record("hard_days.part_saved", part.plan, by=by, at=at, part=part.part)
    return part


@transaction.atomic
def agree_on_hard_day_plan(
    *, plan: HardDayPlan, review_on: date, shown: str, by: Staff, at: datetime
) -> HardDayPlan:
    """Finish it together: from now on it is the one in force, as it stood before them."""
    plan = _open_plan(plan)
    _refuse_without_right(plan, by)
    parts = list(plan.parts.all())
    if digest_of_parts(parts) != shown:
        raise HardDayPlanChanged("It was changed meanwhile. Read it together again.")
    missing = missing_in(form_of(plan), parts)
    if missing:
        raise HardDayPlanIncomplete(f"Before you part: {'; '.join(missing)}.")
    _refuse_untimely(plan, review_on, at)
    plan.agreed_at, plan.agreed_by, plan.review_on = at, by, review_on
    plan.save(update_fields=["agreed_at", "agreed_by", "review_on"])
    audit.record("hard_days.agreed", plan, by=by, at=at, kind=plan.kind)
    return plan


@transaction.atomic
def review_hard_day_plan(
    *,
    plan: HardDayPlan,
    shown: int,
    review_on: date,
    words: str = "",
    by: Staff,
    at: datetime,
) -> HardDayReview:
    """Looked at again together, in the version shown, and nothing changes."""
    patient = _held(plan.patient)
    refuse_after_death(patient, clinic_day(patient.clinic, at))
    _refuse_without_right(plan, by)
    rows = HardDayPlan.objects.select_related("patient__clinic")
    plan = rows.filter(patient=patient, kind=plan.kind).agreed()[0]
    if plan.version != shown:
        raise HardDayPlanChanged("There is a newer version. Look at that one together.")
    _refuse_untimely(plan, review_on, at)
    review = HardDayReview.objects.create(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        plan=plan,
        words=words,
        next_on=review_on,
        reviewed_at=at,
        reviewed_by=by,
    )
    audit.record("hard_days.reviewed", plan, by=by, at=at, kind=plan.kind)
    return review


def _refuse_without_right(plan: HardDayPlan, by: Staff) -> None:
    if plan.kind == HardDayKinds.SAFETY and not may_at(
        by, plan.clinic_id, Permission.CONCERN_RESOLVE
    ):
        raise SafetyPlanRight("A safety plan is agreed with a clinician. Ask one.")


def _refuse_untimely(plan: HardDayPlan, review_on: date, at: datetime) -> None:
    today = clinic_day(plan.patient.clinic, at)
    if review_on <= today:
        raise HardDayReviewPast("Choose a day after today.")
    if review_on > today + FARTHEST:
        raise HardDayReviewTooFar(TOO_FAR)


def _held(patient: Patient) -> Patient:
    rows = Patient.objects.select_related("clinic")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=patient.pk)


def _open_plan(plan: HardDayPlan) -> HardDayPlan:
    rows = HardDayPlan.objects.select_related("patient__clinic")
    plan = rows.select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.agreed_at is not None:
        raise HardDayPlanAgreed("This was agreed already. Begin a new version.")
    return plan


def _open_part(part: HardDayPart) -> HardDayPart:
    """The plan's row first, so that nobody agrees to what is being written."""
    plan = _open_plan(part.plan)
    part = HardDayPart.objects.select_for_update(of=("self",)).get(pk=part.pk)
    part.plan = plan
    return part
