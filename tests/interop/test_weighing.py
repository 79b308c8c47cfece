"""Everybody imported, weighed and counted beside the medicine they were given."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command

from interop.cohort.weighing import (
    NO_ARM,
    CohortWeighing,
    first_of,
    weigh,
)
from medications.options.evaluate import evaluate
from tests.factories import ClinicFactory, PatientFactory
from tests.factories.assessments import IntakeAnswerFactory, IntakeFactory
from tests.factories.treatment import RegimenFactory
from tests.medications.pictures import CLEAR, picture

pytestmark = pytest.mark.django_db


def given(person, medication, on, noon):
    stopped = on + dt.timedelta(days=5)
    RegimenFactory(
        patient=person, medication=medication, started_on=on, stopped_on=stopped
    )


def says(person, noon, **answers):
    whose = {"clinic": person.clinic, "patient": person}
    intake = IntakeFactory(**whose, started_at=noon)
    for question, value in answers.items():
        IntakeAnswerFactory(
            **whose, intake=intake, question=question, value=value, answered_at=noon
        )


@pytest.fixture
def people(clinic, noon):
    dependent, given_first, never = (PatientFactory(clinic=clinic) for _ in range(3))
    says(dependent, noon, phys_dependence=True)
    given(dependent, "MTD", noon.date() - dt.timedelta(days=20), noon)
    given(given_first, "SUBLOCADE", noon.date() - dt.timedelta(days=30), noon)
    given(given_first, "MTD", noon.date() - dt.timedelta(days=10), noon)
    return dependent, given_first, never


def test_counts_standings_missing_facts_and_arms(people, clinic, noon):
    found = weigh([clinic.pk, ClinicFactory().pk], at=noon)

    assert found.people == 3
    assert found.standings["NTX_XR"] == {"CONTRAINDICATED": 1, "NEEDS_DATA": 2}
    assert sum(found.clear["MTD"].values()) == 3
    assert found.missing["Pain"] == 2
    assert found.ties == 3
    assert sum(found.asks["MTD"].values()) == 3
    assert {arm for arm, _ in found.first_by_arm} == {"MTD", "BUP_XR", NO_ARM}
    assert found.given() == 2
    assert 0 <= found.agreeing() <= found.given()


def test_who_was_given_what_ranks_first_agrees():
    found, options = (
        CohortWeighing(),
        evaluate(picture({**CLEAR, "preference": "BUP_COMBO"})),
    )
    found.add(options, "BUP_SL")
    found.add(options, "MTD")

    assert first_of(options) == ("BUP_SL",)
    assert (found.agreeing(), found.given()) == (1, 2)


def test_nobody_ranks_first_where_all_are_ruled_out():
    assert first_of(evaluate(picture({**CLEAR, "age": 14}))) == ()


class TestCommand:
    def test_says_the_counts(self, people):
        out = io.StringIO()
        call_command("weigh_cohort", "--at", "2027-01-05T12:00:00Z", stdout=out)

        told = out.getvalue()
        assert "Now: NTX_XR: " in told
        assert "Ask first: MTD: " in told
        assert "The first place is shared: " in told
        assert "Given one of the first place: " in told
        assert "3 people in" in told

    @pytest.mark.parametrize("at", ["soon", "2026-01-05T12:00:00"])
    def test_needs_a_moment_with_its_zone(self, at):
        with pytest.raises(CommandError, match="with its zone"):
            call_command("weigh_cohort", "--at", at)
