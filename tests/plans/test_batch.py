"""Options and first drafts for a whole caseload."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.actions import batch, signing
from plans.models import Plan
from tests.conftest import NOON
from tests.factories import PatientFactory
from tests.factories.plans import decided, drafted, ready


@pytest.fixture
def draft(clinic):
    def do(*clinics):
        said = []
        summary = batch.draft_plans(
            clinics=clinics or [clinic], at=NOON, drafted_at=NOON, tell=said.append
        )
        return summary, said

    return do


def test_everybody_in_care_is_weighed_and_gets_a_draft(clinic, draft):
    people = [PatientFactory(clinic=clinic) for _ in range(3)]
    PatientFactory(clinic=clinic, status="discharged")
    PatientFactory(clinic=clinic, status="deceased")

    summary, said = draft()

    assert (summary.people, summary.drafted) == (3, 3)
    assert {plan.patient_id for plan in Plan.objects.all()} == {p.pk for p in people}
    assert said == [f"{clinic}: 3 people, 3 plans drafted so far"]
    for counts in summary.standings.values():
        assert counts.total() == 3


def test_counts_what_is_missing_once_a_person(clinic, draft):
    PatientFactory(clinic=clinic)
    PatientFactory(clinic=clinic)

    summary, _ = draft()

    assert summary.missing
    assert set(summary.missing.values()) == {2}
    assert summary.needs.total() == sum(p.needs.count() for p in Plan.objects.all())


def test_who_has_a_plan_keeps_it(clinic, prescriber, draft):
    with_draft, with_plan = PatientFactory.create_batch(2, clinic=clinic)
    drafted(with_draft, prescriber)
    signing.sign_plan(
        plan=ready(drafted(with_plan, prescriber)), by=prescriber, at=NOON
    )

    summary, _ = draft()

    assert (summary.people, summary.drafted) == (2, 0)
    assert Plan.objects.count() == 2


def test_again_drafts_nothing_twice(clinic, draft):
    PatientFactory(clinic=clinic)
    draft()

    summary, _ = draft()

    assert (summary.people, summary.drafted) == (1, 0)


def test_a_draft_follows_the_latest_decision(clinic, prescriber, draft):
    person = PatientFactory(clinic=clinic)
    decided(person, prescriber, choice="MTD")
    latest = decided(person, prescriber, choice="BUP_SL")

    draft()

    assert Plan.objects.get().decision == latest


def test_works_clinic_by_clinic(clinic, other_clinic, draft):
    PatientFactory(clinic=clinic)
    PatientFactory(clinic=other_clinic)

    summary, said = draft(clinic, other_clinic)

    assert (summary.people, len(said)) == (2, 2)
    for plan in Plan.objects.select_related("patient"):
        assert plan.clinic_id == plan.patient.clinic_id


def test_the_pictures_of_many_cost_no_more_statements(clinic, prescriber, draft):
    """What is read for all at once; each draft's own rows come on top."""
    for person in PatientFactory.create_batch(2, clinic=clinic):
        drafted(person, prescriber)
    with CaptureQueriesContext(
        connection,
    ) as of_two:
        draft()
    for person in PatientFactory.create_batch(6, clinic=clinic):
        drafted(person, prescriber)
    with CaptureQueriesContext(connection) as of_eight:
        draft()

    assert len(of_two) == len(of_eight)


class TestCommand:
    @pytest.fixture
    def called(self):
        def do(*words):
            out = StringIO()
            call_command("draft_plans", *words, stdout=out)
            return out.getvalue()

        return do

    @pytest.mark.parametrize("by", ["name", "mrn_prefix"])
    def test_takes_a_clinic_by_name_or_prefix(self, clinic, called, by):
        PatientFactory(clinic=clinic)

        said = called("--clinic", getattr(clinic, by), "--at", "2026-01-05T12:00:00Z")

        assert "1 people, 1 plans drafted" in said
        assert "Missing most:" in said
        assert "MTD: " in said

    def test_takes_all_of_them(self, clinic, other_clinic, called):
        PatientFactory(clinic=clinic)
        PatientFactory(clinic=other_clinic)

        assert "2 people, 2 plans drafted" in called("--clinic", "all")

    def test_says_which_clinics_there_are(self, clinic, called):
        with pytest.raises(CommandError, match="There are: Harbor Street Clinic"):
            called("--clinic", "Nowhere")

    @pytest.mark.parametrize("at", ["soon", "2026-01-05T12:00:00"])
    def test_refuses_a_moment_that_is_not_clear(self, clinic, called, at):
        with pytest.raises(CommandError, match="date and time with its zone"):
            called("--clinic", "all", "--at", at)
