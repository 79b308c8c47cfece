"""Plans that are reviewed, and nothing changes: with what was looked at, as it stood."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from accounts.refusals import Overtaken
from aftercare.actions.follow_ups import NotClosedByHand, close_follow_up
from aftercare.actions.reconcile import reconcile
from aftercare.models import FollowUp
from assessments.actions.measures import record_observation
from patients.actions.registry import HasDied
from patients.models import Patient
from plans.actions import signing
from plans.actions.reviewing import (
    NothingToReview,
    ReviewReasonMissing,
    ReviewTakenBack,
    record_review,
    take_back_review,
)
from plans.models import PlanReview
from plans.reviewing import review_sheet
from tests.factories import PatientFactory
from tests.factories.plans import drafted, ready

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def plan(clinic, prescriber, noon):
    person = PatientFactory(clinic=clinic, status=Patient.Status.ACTIVE)
    draft = ready(drafted(person, prescriber, noon))
    return signing.sign_plan(plan=draft, by=prescriber, at=noon)


@pytest.fixture
def look(plan, prescriber, noon):
    def look(at=noon + 80 * DAY, shown=None, **more):
        sheet = review_sheet(plan, at=at)
        told = {"why": "It fits", **more}
        return record_review(
            plan=plan, shown=shown or sheet.shown, **told, by=prescriber, at=at
        )

    return look


def _measured(plan, by, at):
    record_observation(
        patient=plan.patient,
        code="qtc",
        value=Decimal(470),
        effective_at=at,
        by=by,
        at=at,
    )


def test_what_moved_is_kept_as_it_stood(plan, look, prescriber, noon):
    _measured(plan, prescriber, noon + 79 * DAY)
    review = look(own_words="Leave it")

    assert any("QTc" in one["label"] for one in review.moved)
    assert review.content_digest == plan.content_digest
    review.why = "Otherwise"
    with pytest.raises(DatabaseError):
        review.save()


def test_the_next_one_is_compared_with_the_last(plan, look, prescriber, noon):
    _measured(plan, prescriber, noon + 79 * DAY)
    look()
    again = review_sheet(plan, at=noon + 81 * DAY)

    assert not any("QTc" in one["label"] for one in again.moved)
    assert again.since == noon + 80 * DAY


def test_it_closes_the_review_that_is_owed_and_is_taken_back(
    plan, look, prescriber, noon
):
    at = noon + 80 * DAY
    reconcile(patient=plan.patient, by=None, at=at)
    owed = FollowUp.objects.get(patient=plan.patient, kind="plan_review")
    review = look()
    reconcile(patient=plan.patient, by=prescriber, at=at)
    owed.refresh_from_db()
    assert (owed.status, owed.closed_by) == ("done", None)
    assert owed.outcome.startswith("Reviewed on")

    take_back_review(review=review, by=prescriber, at=at)
    reconcile(patient=plan.patient, by=prescriber, at=at)
    owed.refresh_from_db()
    assert owed.is_open
    with pytest.raises(ReviewTakenBack):
        take_back_review(review=review, by=prescriber, at=at)


def test_words_alone_close_no_review(plan, prescriber, noon):
    owed = FollowUp.objects.get(patient=plan.patient, kind="plan_review")

    with pytest.raises(NotClosedByHand):
        close_follow_up(
            follow_up=owed, status="done", words="Looked", by=prescriber, at=noon
        )


def test_what_moved_asks_why_the_plan_fits(plan, look, prescriber, noon):
    _measured(plan, prescriber, noon + 79 * DAY)

    with pytest.raises(ReviewReasonMissing):
        look(why=" ")


def test_nothing_is_reviewed_that_was_not_on_the_screen(look):
    with pytest.raises(Overtaken):
        look(shown="older")


def test_only_a_plan_in_force_without_a_draft(plan, look, prescriber, noon):
    signing.start_new_version(plan=plan, by=prescriber, at=noon)
    with pytest.raises(NothingToReview, match="draft"):
        look()
    plan.patient.plans.drafts().delete()
    signing.close_plan(plan=plan, why="Moved", by=prescriber, at=noon)
    with pytest.raises(NothingToReview, match="in force"):
        look()


def test_nothing_is_reviewed_after_a_death(plan, look):
    Patient.objects.filter(pk=plan.patient_id).update(status="deceased")
    plan.patient.refresh_from_db()

    with pytest.raises(HasDied):
        look()


class TestPage:
    def test_is_recorded_and_taken_back(self, plan, as_prescriber):
        url = reverse("plans:review", args=[plan.pk])
        page = as_prescriber.get(url)
        told = {"shown": page.context["shown"], "own_words": "Leave it", "why": "Fits"}
        assert "Every line is kept" in page.content.decode()
        assert as_prescriber.post(url, told).status_code == 302

        shown = as_prescriber.get(reverse("plans:detail", args=[plan.pk]))
        assert "nothing changes" in shown.content.decode()
        assert "Leave it" in shown.content.decode()
        review = PlanReview.objects.get()
        as_prescriber.post(reverse("plans:take_back_review", args=[review.pk]))
        review.refresh_from_db()
        assert review.taken_back_at <= timezone.now()

    def test_overtaken_it_is_shown_anew(self, plan, as_prescriber):
        url = reverse("plans:review", args=[plan.pk])
        page = as_prescriber.post(url, {"shown": "older", "own_words": "Leave it"})

        assert page.status_code == 409
        assert "Leave it" in page.content.decode()

    def test_who_may_not_sign_records_none(self, plan, as_care_manager):
        url = reverse("plans:review", args=[plan.pk])

        assert as_care_manager.get(url).status_code == 403
