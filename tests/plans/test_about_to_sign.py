"""A draft in the lines that are read again before it is signed."""

import pytest

from plans import content
from plans.about_to_sign import about_to_sign
from plans.actions.editing import change_goal, change_intervention
from plans.actions.signing import sign_plan, start_new_version
from plans.models import Intervention, Plan
from tests.conftest import NOON, unconfirmed
from tests.factories import PatientFactory
from tests.factories.plans import drafted, ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(clinic, prescriber):
    person = PatientFactory(clinic=clinic, given_name="Walt", family_name="Adeyemi")
    return ready(drafted(person, prescriber, at=NOON))


def said(plan, shown=None):
    return list(about_to_sign(plan, shown=shown, at=NOON))


def taken_up(plan):
    return plan.interventions.filter(state="accepted")


def test_names_person_hour_and_medicine(plan):
    first, medicine, total = said(plan, content.digest(plan))

    assert first == "Plan 1 for Walt Adeyemi, as it stands at 12:00."
    assert "uprenorphine" in medicine
    assert total == f"{taken_up(plan).count()} lines."


def test_what_changed_meanwhile_stands_alone(plan):
    (only,) = said(plan, "another")

    assert only.startswith("It has changed since you opened it")


def test_says_what_is_otherwise_than_in_force(plan, prescriber):
    signed = sign_plan(plan=plan, by=prescriber, at=NOON)
    draft = start_new_version(plan=signed, by=prescriber, at=NOON)
    assert said(draft)[-1] == "Its lines are those of the plan in force."

    one, two = taken_up(draft)[:2]
    change_intervention(
        intervention=one, values={"dose": "twice a week"}, by=prescriber, at=NOON
    )
    Intervention.objects.filter(pk=two.pk).update(
        state="declined", declined_reason="No"
    )
    draft = Plan.objects.get(pk=draft.pk)

    assert said(draft)[-1].endswith("1 changed, 1 gone.")


@pytest.mark.parametrize(
    "values", [{"starts_on": NOON.date()}, {"stop_rule": "In March"}, {"who": "Nurse"}]
)
def test_a_line_is_otherwise_by_its_day_its_end_and_who_does_it(
    plan, prescriber, values
):
    signed = sign_plan(plan=plan, by=prescriber, at=NOON)
    draft = start_new_version(plan=signed, by=prescriber, at=NOON)
    line = taken_up(draft).first()

    change_intervention(intervention=line, values=values, by=prescriber, at=NOON)

    assert said(Plan.objects.get(pk=draft.pk))[-1].endswith("1 changed.")


def test_a_goal_that_is_otherwise_is_said_where_no_line_is(plan, prescriber):
    signed = sign_plan(plan=plan, by=prescriber, at=NOON)
    draft = start_new_version(plan=signed, by=prescriber, at=NOON)
    goal = draft.goals.first()

    change_goal(goal=goal, values={"target": "Four days"}, by=prescriber, at=NOON)

    last = said(Plan.objects.get(pk=draft.pk))[-1]
    assert (
        last == "Its lines are those of the plan in force, its needs or goals are not."
    )


def test_stands_beside_the_question_who_is_there(plan, prescriber):
    path, told = f"/plans/{plan.pk}/sign/", {"shown": content.digest(plan)}

    page = unconfirmed(prescriber).post(path, told)

    assert page.status_code == 403
    assert "Plan 1 for Walt Adeyemi" in page.content.decode()
    assert Plan.objects.get(pk=plan.pk).is_draft
