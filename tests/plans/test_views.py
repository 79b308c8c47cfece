"""A plan in the browser."""

import pytest
from django.db import connection

from plans import content
from plans.actions import signing
from plans.models import Intervention, Plan
from tests.conftest import markup
from tests.factories import PatientFactory
from tests.factories.consents import path_of_print
from tests.factories.plans import drafted, ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def plan(person, prescriber):
    return drafted(person, prescriber)


@pytest.fixture
def in_force(plan, clinician, noon):
    return signing.sign_plan(plan=ready(plan), by=clinician, at=noon)


def seen(plan):
    """What the page says of the content that is signed."""
    return {"shown": plan.content_digest or content.digest(plan)}


def page_of(client, person):
    return client.get(f"/people/{person.pk}/plan/").content.decode()


class TestDrafting:
    def test_the_empty_page_says_how_to_begin(self, as_clinician, person):
        assert "Draft the plan" in page_of(as_clinician, person)

    def test_one_click_drafts(self, as_clinician, person):
        as_clinician.post(f"/people/{person.pk}/plan/draft/")

        assert Plan.objects.get().is_draft
        assert "first draft" in page_of(as_clinician, person)

    def test_a_second_click_says_that_there_is_one(self, as_clinician, person, plan):
        response = as_clinician.post(f"/people/{person.pk}/plan/draft/", follow=True)

        assert "A draft exists already" in response.content.decode()

    def test_without_a_decision_the_page_says_so(
        self, as_clinician, person, prescriber
    ):
        drafted(person, prescriber, with_decision=False)

        assert "No medication decision" in page_of(as_clinician, person)


class TestEditing:
    def first(self, plan, state="suggested"):
        return plan.interventions.filter(state=state).first()

    def test_accept_and_take_back(self, as_clinician, plan):
        one = self.first(plan)

        response = as_clinician.post(f"/plans/interventions/{one.pk}/accept/")
        assert response.url.endswith(f"#need-{one.need_id}")
        as_clinician.post(f"/plans/interventions/{one.pk}/reopen/")

        one.refresh_from_db()
        assert one.state == "suggested"

    def test_decline_asks_why(self, as_clinician, plan):
        one = self.first(plan)
        url = f"/plans/interventions/{one.pk}/decline/"
        assert as_clinician.get(url).status_code == 200
        assert as_clinician.post(url, {}).status_code == 400

        as_clinician.post(url, {"reason": "During her shift"})

        one.refresh_from_db()
        assert one.declined_reason == "During her shift"

    def test_change(self, as_clinician, plan):
        one = self.first(plan)
        url = f"/plans/interventions/{one.pk}/change/"
        assert one.title in as_clinician.get(url).content.decode()

        as_clinician.post(url, {"title": one.title, "dose": "weekly by video"})

        one.refresh_from_db()
        assert (one.dose, one.state) == ("weekly by video", "accepted")

    @pytest.mark.parametrize(
        "values",
        [
            pytest.param({"title": ""}, id="empty"),
            pytest.param({"title": "x" * 10_000}, id="long"),
            pytest.param({"title": "a\x00b"}, id="NUL"),
            pytest.param({"title": "x", "starts_on": "soon"}, id="no date"),
        ],
    )
    def test_a_change_that_makes_no_sense_is_said(self, as_clinician, plan, values):
        one = self.first(plan)

        response = as_clinician.post(f"/plans/interventions/{one.pk}/change/", values)

        assert response.status_code == 400

    def test_add_and_remove_an_answer(self, as_clinician, plan):
        need = plan.needs.first()
        url = f"/plans/needs/{need.pk}/add/"
        assert as_clinician.get(url).status_code == 200
        as_clinician.post(url, {"kind": "action", "title": "Call the landlord"})
        added = Intervention.objects.get(title="Call the landlord")

        as_clinician.post(f"/plans/interventions/{added.pk}/remove/")

        assert not Intervention.objects.filter(pk=added.pk).exists()

    def test_a_goal_in_their_words(self, as_clinician, person, plan):
        goal = plan.goals.first()
        url = f"/plans/goals/{goal.pk}/"
        assert as_clinician.get(url).status_code == 200

        as_clinician.post(
            url,
            {
                "own_words": "A door that locks.",
                "wording": goal.wording,
                "measure": goal.measure,
                "target": goal.target,
                "due_on": "2027-02-19",
            },
        )

        assert "“A door that locks.”" in page_of(as_clinician, person)

    def test_a_need_is_added_set_aside_and_taken_up(self, as_clinician, person, plan):
        url = f"/plans/{plan.pk}/add-need/"
        assert as_clinician.get(url).status_code == 200
        as_clinician.post(url, {"domain": "social", "title": "Grief"})
        need = plan.needs.get(title="Grief")

        assert as_clinician.get(f"/plans/needs/{need.pk}/set-aside/").status_code == 200
        as_clinician.post(f"/plans/needs/{need.pk}/set-aside/", {"reason": "Later"})
        assert "Set aside on purpose" in page_of(as_clinician, person)
        as_clinician.post(f"/plans/needs/{need.pk}/take-up/")
        assert "Set aside on purpose" not in page_of(as_clinician, person)

    def test_level_of_care(self, as_clinician, plan):
        url = f"/plans/{plan.pk}/level-of-care/"
        assert as_clinician.post(url, {"level": "the moon"}).status_code == 400

        as_clinician.post(url, {"level": "medically_managed"})

        plan.refresh_from_db()
        assert plan.level_of_care == "medically_managed"

    def test_accept_everything(self, as_clinician, plan):
        as_clinician.post(f"/plans/{plan.pk}/accept-all/")

        assert not plan.interventions.filter(state="suggested").exists()

    def test_accepting_everything_is_offered_while_something_is_open(
        self, as_clinician, person, plan
    ):
        assert "Accept every open suggestion" in page_of(as_clinician, person)
        plan.interventions.filter(state="suggested").update(state="declined")

        assert "Accept every open suggestion" not in page_of(as_clinician, person)

    def test_what_is_now_and_what_is_aimed_at_are_told_apart(
        self, as_clinician, person, plan
    ):
        plan.needs.first().goals.update(baseline="not measured yet", target="0 days")

        page = " ".join(page_of(as_clinician, person).split())
        assert "Now: not measured yet. Target: 0 days" in page

    def test_discard(self, as_clinician, plan):
        as_clinician.post(f"/plans/{plan.pk}/discard/")

        assert not Plan.objects.exists()

    def test_a_signed_plan_says_that_it_stays(self, as_clinician, in_force):
        one = in_force.interventions.first()

        response = as_clinician.post(
            f"/plans/interventions/{one.pk}/accept/", follow=True
        )

        assert "stays as it was signed" in response.content.decode()


class TestSigning:
    def test_a_blocked_plan_names_what_blocks_it(self, as_clinician, person, plan):
        assert "to settle first" in page_of(as_clinician, person)

        response = as_clinician.post(f"/plans/{plan.pk}/sign/", seen(plan))

        assert response.status_code == 409
        assert "First: " in response.content.decode()

    def test_a_ready_plan_is_signed_by_both(self, as_clinician, person, plan):
        ready(plan)

        sent = {"patient_name": "Alma Reyes", **seen(plan)}
        as_clinician.post(f"/plans/{plan.pk}/sign/", sent)

        page = page_of(as_clinician, person)
        assert "Alma Reyes" in page
        assert "start a new version" in page

    def test_a_name_that_cannot_be_is_refused(self, as_clinician, plan):
        ready(plan)

        response = as_clinician.post(
            f"/plans/{plan.pk}/sign/", {"patient_name": "x" * 999}
        )

        assert response.status_code == 400

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            pytest.param(
                {"patient_name": "Rosa Fuentes"}, "signs as in the record", id="other"
            ),
            pytest.param({"signed_for": "Guardian"}, "name of whoever", id="no name"),
        ],
    )
    def test_another_name_needs_a_right(self, as_clinician, plan, typed, said):
        ready(plan)
        path = f"/plans/{plan.pk}/sign/"
        answer = as_clinician.post(path, seen(plan) | typed)

        assert answer.status_code == 400
        assert said in markup(answer)
        both = {"patient_name": "Rosa Fuentes", "signed_for": "Guardian"}
        as_clinician.post(path, seen(plan) | both)
        page = markup(as_clinician.get(f"/plans/{plan.pk}/"))
        assert "Rosa Fuentes, for them: Guardian" in page

    def test_the_person_signs_later(self, as_clinician, in_force):
        url = f"/plans/{in_force.pk}/patient-signature/"
        assert as_clinician.post(url, {}).status_code == 400

        as_clinician.post(url, {"patient_name": "Alma Reyes", **seen(in_force)})
        sent = {"patient_name": "Alma Reyes", **seen(in_force)}
        again = as_clinician.post(url, sent, follow=True)

        assert "signed by the person already" in again.content.decode()

    def test_a_care_manager_reads_and_does_not_sign(
        self, as_care_manager, person, plan
    ):
        assert as_care_manager.post(f"/plans/{plan.pk}/sign/").status_code == 403
        assert "Sign the plan" not in page_of(as_care_manager, person)

    def test_a_new_version_begins_as_a_draft(self, as_clinician, person, in_force):
        as_clinician.post(f"/plans/{in_force.pk}/new-version/")

        page = page_of(as_clinician, person)
        assert "draft of version 2" in page
        assert "stays in force" in page
        again = as_clinician.post(f"/plans/{in_force.pk}/new-version/", follow=True)
        assert "A draft exists already" in again.content.decode()

    def test_closing_needs_a_reason(self, as_clinician, in_force):
        url = f"/plans/{in_force.pk}/close/"
        assert as_clinician.post(url, {}).status_code == 400

        as_clinician.post(url, {"reason": "Moved away"})
        again = as_clinician.post(url, {"reason": "again"}, follow=True)

        assert "Only the plan in force" in again.content.decode()

    def test_versions_stay_readable(self, as_clinician, in_force):
        assert as_clinician.get(f"/plans/{in_force.pk}/").status_code == 200


class TestPrint:
    def test_leaves_out_what_nobody_accepted(self, as_clinician, plan):
        one = plan.interventions.filter(state="suggested").first()

        page = as_clinician.get(
            path_of_print(plan, as_clinician.staff)
        ).content.decode()

        assert "a draft, not in force" in page
        assert f"<li>{one.title}" not in page

    def test_says_where_the_clinic_is_and_how_it_is_reached_at_any_hour(
        self, as_clinician, plan, clinic
    ):
        clinic.address, clinic.phone = "12 Harbor Street", "555-010-0300"
        clinic.after_hours_phone = "555-010-0400"
        clinic.opening_hours = {"1": "06:00-17:00"}
        clinic.dosing_hours = {"1": "06:00-11:00"}
        clinic.save()

        page = markup(as_clinician.get(path_of_print(plan, as_clinician.staff)))

        assert "Harbor Street Clinic</strong>, 12 Harbor Street" in page
        assert "telephone 555-010-0300, when closed 555-010-0400" in page
        assert "Open Mon 06:00-17:00. Dosing Mon 06:00-11:00." in page
        assert "Call the clinic, 555-010-0300" in page

    def test_leaves_out_what_endangers_the_person(self, as_clinician, plan):
        need = plan.needs.first()
        need.key, need.title = "home_safety", "Afraid of somebody at home"
        need.save()

        page = as_clinician.get(
            path_of_print(plan, as_clinician.staff)
        ).content.decode()

        assert "Afraid of somebody" not in page

    def test_a_signed_one_shows_that_it_is_what_was_signed(
        self, as_clinician, in_force
    ):
        page = as_clinician.get(
            path_of_print(in_force, as_clinician.staff)
        ).content.decode()

        assert in_force.content_digest in page
        assert "does not match" not in page

    @pytest.mark.parametrize("path", ["/plans/{}/", "print"])
    def test_one_that_was_changed_past_the_site_says_so(
        self, as_clinician, in_force, path
    ):
        if path == "print":
            path = path_of_print(in_force, as_clinician.staff)
        warnings = ("not what was signed", "does not match what was signed")
        page = as_clinician.get(path.format(in_force.pk)).content.decode()
        assert not any(words in page for words in warnings)

        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("RESET ROLE")
            cursor.execute("ALTER TABLE plans_intervention DISABLE TRIGGER frozen")
            cursor.execute(
                "UPDATE plans_intervention SET dose = '999 mg' WHERE id = %s",
                [in_force.interventions.first().pk],
            )
            cursor.execute("ALTER TABLE plans_intervention ENABLE TRIGGER frozen")
            cursor.execute("SET ROLE mainstay_app")

        page = as_clinician.get(path.format(in_force.pk)).content.decode()
        assert any(words in page for words in warnings)


class TestOtherClinic:
    @pytest.mark.parametrize(
        "path", ["/plans/{}/", "/plans/{}/print/7/", "/plans/{}/add-need/"]
    )
    def test_its_plans_are_not_there(
        self, as_clinician, other_clinic, prescriber, path
    ):
        theirs = drafted(PatientFactory(clinic=other_clinic), prescriber)

        assert as_clinician.get(path.format(theirs.pk)).status_code == 404
