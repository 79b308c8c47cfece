"""Several people at the same moment, at a site as it is served."""

import itertools

import pytest

from accounts.models import AuditEvent
from accounts.once import FIELD, fresh_token
from assessments.models import Assessment, AssessmentDraft, Handover
from patients.models import Patient
from plans import content
from plans.models import Goal, Plan, Signature
from tests.conftest import clinic_today
from tests.factories import PatientFactory, StaffFactory
from tests.factories.plans import drafted
from tests.faults.site import at_once, record_is_whole
from treatment.models import DoseEvent

pytestmark = pytest.mark.faults

PERSON = {
    "given_name": "Alma",
    "family_name": "Fuentes",
    "date_of_birth": "1992-03-14",
    "sex_at_birth": "female",
    "phone": "555-010-0142",
    "language": "Spanish",
    "referral_reason": "Emergency visit",
}
PIN = "2468"


def shown(plan):
    return {"shown": content.digest(plan)}


def no_fault(answers):
    assert not [one.text[:200] for one in answers if not 0 < one.status < 500]


def test_twenty_signatures_of_one_plan_are_one(ines, plans):
    (plan,) = plans(1)
    sent = shown(plan)

    answers = at_once(
        *[lambda: ines.post(f"/plans/{plan.pk}/sign/", sent) for _ in range(20)]
    )

    no_fault(answers)
    assert Signature.objects.filter(plan=plan).count() == 1
    events = AuditEvent.objects.filter(
        verb="plan.signed", subject=f"plans.plan:{plan.pk}"
    )
    assert events.count() == 1


def test_what_is_signed_is_what_was_shown_while_another_edits(
    site, ines, plans, clinic
):
    other = site.browser(StaffFactory(roles={clinic: ["prescriber"]}))
    for plan in plans(6):
        sent, goal = shown(plan), plan.goals.first()
        seen = content.digest(plan)
        answers = at_once(
            lambda plan=plan, sent=sent: ines.post(f"/plans/{plan.pk}/sign/", sent),
            lambda goal=goal: other.post(
                f"/plans/goals/{goal.pk}/",
                {"wording": "A changed wording", "target": "by spring"},
            ),
        )
        no_fault(answers)
        plan.refresh_from_db()
        assert plan.is_draft or plan.content_digest == seen
        # Whoever was second was told: never both.
        changed = Goal.objects.get(pk=goal.pk).wording == "A changed wording"
        assert plan.is_draft == changed


def test_a_new_version_and_a_draft_at_once_are_one_draft(ines, plans):
    for plan in plans(6):
        assert ines.post(f"/plans/{plan.pk}/sign/", shown(plan)).is_done
        answers = at_once(
            lambda plan=plan: ines.post(f"/plans/{plan.pk}/new-version/"),
            lambda plan=plan: ines.post(f"/people/{plan.patient_id}/plan/draft/"),
            lambda plan=plan: ines.post(f"/plans/{plan.pk}/new-version/"),
        )
        no_fault(answers)
        assert Plan.objects.drafts().filter(patient_id=plan.patient_id).count() == 1


def test_discarded_accepted_and_signed_at_once_is_never_a_fault(site, ines, plans):
    for plan in plans(6):
        sent = shown(plan)
        answers = at_once(
            *[
                lambda plan=plan, sent=sent, act=act: ines.post(
                    f"/plans/{plan.pk}/{act}/", sent
                )
                for act in ("discard", "accept-all", "sign")
            ]
        )
        no_fault(answers)
        found = Plan.objects.filter(pk=plan.pk).first()
        signatures = Signature.objects.filter(plan_id=plan.pk).count()
        assert signatures == (0 if found is None or found.is_draft else 1)
    assert record_is_whole(site)


def test_edits_of_two_plans_crosswise_end_in_no_fault(ines, plans):
    one, two = plans(2)
    goals = [*one.goals.all()[:2], *two.goals.all()[:2]]
    jobs = [
        lambda goal=goal, number=number: ines.post(
            f"/plans/goals/{goal.pk}/", {"wording": f"Wording {number}"}
        )
        for number, goal in enumerate(itertools.islice(itertools.cycle(goals), 16))
    ]

    no_fault(at_once(*jobs))


def test_one_person_registered_by_eight_at_once_is_one_row(site, clinic):
    someone = site.browser(StaffFactory(roles={clinic: ["care_manager"]}))

    answers = at_once(*[lambda: someone.post("/people/new/", PERSON) for _ in range(8)])

    no_fault(answers)
    assert Patient.objects.filter(clinic=clinic, family_name="Fuentes").count() == 1


def test_one_dose_sent_twenty_times_is_one(ines, clinic):
    person = PatientFactory(clinic=clinic)
    sent = {"medication": "MTD", "kind": "administered", "amount_mg": "30"}
    sent["on"] = clinic_today().isoformat()
    token = fresh_token()
    url = f"/people/{person.pk}/medication/doses/add/"

    answers = at_once(*[lambda: ines.post(url, sent, token=token) for _ in range(20)])

    no_fault(answers)
    assert all(one.is_done for one in answers)
    assert DoseEvent.objects.filter(patient=person).count() == 1


def test_a_draft_that_races_its_form_is_gone_afterwards(ines, clinic):
    """What saves itself as it is typed, on its way while the form is sent."""
    sent = {"item-interest": "1", "item-mood": "1", "mode": "staff"}
    sent["given_at"] = f"{clinic_today().isoformat()}T00:01"
    for _ in range(8):
        person = PatientFactory(clinic=clinic)
        path = f"/people/{person.pk}/measures/give/phq2/"
        token = fresh_token()
        form = sent | {FIELD: token}
        answers = at_once(
            lambda path=path, form=form: ines.post(f"{path}draft/", form),
            lambda path=path, form=form, token=token: ines.post(path, form, token),
            lambda path=path, form=form: ines.post(f"{path}draft/", form),
        )
        no_fault(answers)
        assert answers[1].is_done
        assert Assessment.objects.filter(patient=person).count() == 1
        assert not AssessmentDraft.objects.filter(patient=person).exists()


def test_after_many_wrong_pins_at_once_the_right_one_opens_nothing(ines, clinic):
    person = PatientFactory(clinic=clinic)
    asked = {"give": "phq2", "language": "en", "pin": PIN}
    begun = ines.post(f"/people/{person.pk}/hand-over/", asked)
    assert begun.is_done
    ines.keep_session(begun)
    wrong = [
        lambda number=number: ines.post("/handover/back/", {"pin": f"1{number:03}"})
        for number in range(24)
    ]

    no_fault(at_once(*wrong))
    last = ines.post("/handover/back/", {"pin": PIN})

    handover = Handover.objects.get(patient=person)
    assert handover.wrong_pins >= 5
    chart = ines.get(f"/people/{person.pk}/")
    assert last.status < 500
    assert chart.status == 302


def test_whose_access_ends_does_nothing_afterwards(site, ines, plans, staff):
    many = plans(12)
    sent = {plan.pk: shown(plan) for plan in many}
    ended = []

    def end_access():
        with site.sql() as way, way.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_staff SET is_active = false WHERE id = %s", [staff.pk]
            )
        ended.append(ines.post(f"/plans/{many[-1].pk}/sign/", sent[many[-1].pk]))

    answers = at_once(
        end_access,
        *[
            lambda pk=pk: ines.post(f"/plans/{pk}/sign/", sent[pk])
            for pk in list(sent)[:-1]
        ],
    )

    no_fault(answers[1:])
    assert not ended[0].is_done
    assert Plan.objects.get(pk=many[-1].pk).is_draft


def test_signed_while_drafted_for_others_loses_nothing(ines, clinic, staff):
    people = [PatientFactory(clinic=clinic) for _ in range(6)]
    kept = [drafted(person, staff) for person in people]

    answers = at_once(
        *[
            lambda person=person: ines.post(f"/people/{person.pk}/plan/draft/")
            for person in people
        ]
    )

    no_fault(answers)
    found = Plan.objects.drafts().filter(patient__in=people)
    assert set(found.values_list("pk", flat=True)) == {one.pk for one in kept}
