"""Plans in force as a review looks at them: what has moved since. Reads only."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from assessments.picture import Picture
from assessments.picture.assemble import picture_from, subject_of
from assessments.picture.sources import Subject
from medications.decision_page.two_days import differences
from plans.models import Plan, PlanReview


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """What is looked at: the facts of now, and which read otherwise than `since`."""

    plan: Plan
    subject: Subject
    since: datetime | None
    picture: Mapping[str, Any]
    moved: Sequence[Mapping[str, str]]

    @property
    def shown(self) -> str:
        """A digest of all that is on the sheet."""
        told = json.dumps([self.plan.content_digest, list(self.moved)])
        return sha256(told.encode()).hexdigest()


def review_sheet(plan: Plan, *, at: datetime) -> ReviewSheet:
    """Since the last review that stands, or since the plan was drafted."""
    last = plan.reviews.standing().first()
    then = Picture.from_json(last.picture if last else plan.picture)
    subject = subject_of(plan.patient, at=at)
    now = picture_from(subject)
    moved = [
        {"label": one.label, "then": one.then, "now": one.now}
        for one in differences(then, now)
    ]
    since = last.reviewed_at if last else plan.signed_at
    return ReviewSheet(plan, subject, since, now.to_json(), moved)


def reviews_of(plan: Plan) -> Sequence[PlanReview]:
    """Of this version, the newest first."""
    return list(PlanReview.objects.filter(plan=plan).select_related("reviewed_by"))
