"""A plan of a clinic that is no opioid treatment program orders no methadone."""

import pytest

from plans import readiness
from plans.actions import editing, signing
from plans.actions.drafting import draft_plan
from plans.medicine_lines import OrderedOutsideProgram, orders_outside_program
from plans.models import Intervention
from tests.factories import PatientFactory
from tests.factories.plans import decided, drafted, picture, ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(other_clinic, prescriber):
    prescriber.memberships.update(clinic=other_clinic)
    return drafted(PatientFactory(clinic=other_clinic), prescriber)


@pytest.fixture
def add(plan, prescriber, noon):
    def adding(title, kind="medication", **values):
        return editing.add_intervention(
            need=plan.needs.first(),
            values={"kind": kind, "title": title, **values},
            by=prescriber,
            at=noon,
        )

    return adding


@pytest.mark.parametrize(
    ("title", "dose", "is_order"),
    [
        pytest.param("Methadone", "30 mg", True, id="a dose"),
        pytest.param("Start methadone", "", True, id="an act"),
        pytest.param("Methadose 40 mg daily", "", True, id="a brand"),
        pytest.param("Methadone at an OTP", "", False, id="given by a program"),
        pytest.param("Refer for methadone", "", False, id="a referral"),
        pytest.param("Methadone", "", True, id="nothing but its name"),
        pytest.param("Methadone, as agreed with her", "", True, id="a line about it"),
        pytest.param("Buprenorphine", "8 mg", False, id="another medicine"),
        pytest.param(
            "Score again in 1 to 2 hours, or a low-dose start, or methadone now. Guidelines"
            " differ: 8 with an objective sign.",
            "",
            False,
            id="named among others",
        ),
    ],
)
def test_what_orders_methadone(plan, title, dose, is_order):
    line = Intervention(clinic=plan.clinic, kind="medication", title=title, dose=dose)

    assert orders_outside_program(line) == is_order


def test_a_line_about_something_else_orders_nothing(plan):
    line = Intervention(clinic=plan.clinic, kind="action", title="Call the landlord")

    assert not orders_outside_program(line)


def test_it_is_neither_added_nor_written_into_another_line(add, prescriber, noon):
    with pytest.raises(OrderedOutsideProgram, match=r"findtreatment\.gov"):
        add("Methadone 30 mg")

    line = add("Buprenorphine 8 mg")
    with pytest.raises(OrderedOutsideProgram):
        editing.change_intervention(
            intervention=line,
            values={"title": "Methadone 30 mg"},
            by=prescriber,
            at=noon,
        )


@pytest.fixture
def old_line(add):
    """From the time when the clinic was a program."""
    line = add("Buprenorphine 8 mg")
    Intervention.objects.filter(pk=line.pk).update(title="Methadone 30 mg")
    line.refresh_from_db()
    return line


def test_a_line_from_before_stops_the_signature(plan, old_line, prescriber, noon):
    ready(plan)

    assert readiness.blockers(plan)[0].need == old_line.need_id
    with pytest.raises(signing.PlanNotSignable, match="Methadone 30 mg"):
        signing.sign_plan(plan=plan, by=prescriber, at=noon)


def test_it_can_be_declined_or_taken_away_and_is_not_accepted_again(
    old_line, plan, prescriber, noon
):
    declined = editing.answer_suggestion(
        intervention=old_line,
        state="declined",
        reason="Not here",
        by=prescriber,
        at=noon,
    )
    with pytest.raises(OrderedOutsideProgram):
        editing.answer_suggestion(
            intervention=declined, state="accepted", by=prescriber, at=noon
        )
    Intervention.objects.filter(pk=old_line.pk).update(
        state="suggested", declined_reason=""
    )

    left = editing.accept_open_suggestions(plan=plan, by=prescriber, at=noon)

    assert left == 1
    editing.remove_intervention(intervention=old_line, by=prescriber, at=noon)
    assert not Intervention.objects.filter(pk=old_line.pk).exists()


def test_what_a_rule_says_names_it_and_orders_none(plan, prescriber, noon):
    line = plan.interventions.first()
    line.key, line.kind = "first_dose:C14:BUP_SL", "action"
    line.title = "Start low: methadone 2.5 mg, buprenorphine 1 mg."
    line.save()
    assert not orders_outside_program(line)

    changed = editing.change_intervention(
        intervention=line,
        values={"title": line.title, "who": "Ines"},
        by=prescriber,
        at=noon,
    )
    with pytest.raises(OrderedOutsideProgram):
        editing.change_intervention(
            intervention=changed,
            values={"title": "Start methadone 2.5 mg"},
            by=prescriber,
            at=noon,
        )


def test_methadone_chosen_here_is_drafted_as_a_referral(other_clinic, prescriber, noon):
    prescriber.memberships.update(clinic=other_clinic)
    person = PatientFactory(clinic=other_clinic)
    decision = decided(person, prescriber, choice="MTD", is_otp=False)

    plan = draft_plan(
        patient=person,
        picture=picture(is_otp=False),
        knowledge_digest=decision.knowledge_digest,
        decision=decision,
        by=prescriber,
        at=noon,
    )

    line = plan.interventions.get(key="medication:MTD")
    assert (line.title, line.dose) == ("Methadone: refer to a program", "")
    assert not plan.interventions.filter(key__startswith="first_dose:").exists()
    ready(plan)
    assert readiness.blockers(plan) == []
