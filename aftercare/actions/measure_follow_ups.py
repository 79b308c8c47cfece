"""A follow-up of measures is kept by itself once its instruments were given."""

from datetime import datetime

from accounts import audit
from accounts.models import Staff
from accounts.tenancy import clinic_day
from aftercare.measures import MEASURES, known_of, progress_of
from aftercare.models import FollowUp
from assessments.models import Assessment
from knowledge.instruments.titles import short_title


def on_assessment_recorded(
    *, assessment: Assessment, by: Staff | None, at: datetime, **_: object
) -> None:
    """Hears `assessment_recorded`, inside its transaction. Publishes nothing."""
    given_on = clinic_day(assessment.clinic, assessment.given_at)
    waiting = FollowUp.objects.open().filter(
        patient=assessment.patient_id, kind=MEASURES, earliest_on__lte=given_on
    )
    rows = list(waiting.exclude(occasion="").select_for_update(of=("self",)))
    if not rows:
        return
    known = known_of(assessment.patient, on=clinic_day(assessment.clinic, at))
    for follow_up in rows:
        progress = progress_of(follow_up, known)
        if progress.is_done:
            _close(follow_up, progress.given, by=by, at=at)


def _close(
    follow_up: FollowUp, given: tuple[str, ...], *, by: Staff | None, at: datetime
) -> None:
    titles = ", ".join(short_title(key) for key in given)
    follow_up.status = FollowUp.Status.DONE
    follow_up.closed_at, follow_up.closed_by = at, by
    follow_up.outcome = f"Given: {titles}."
    follow_up.save(update_fields=["status", "closed_at", "closed_by", "outcome"])
    audit.record("follow_up.done", follow_up, by=by, at=at, instruments=list(given))
