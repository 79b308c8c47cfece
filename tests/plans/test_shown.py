"""What was shown is what is acted on: overtaken edits, signatures, medicine lines, races."""

import itertools
import random
import re
import threading

import pytest
from django.db import connections
from django.test import Client

from accounts.permissions import Role
from accounts.refusals import RightMissing
from plans import content
from plans.actions import editing, signing
from plans.medicine_lines import is_medicine, is_medicine_line, prescriber_of
from plans.models import Intervention, Plan
from tests.conftest import markup, signed_in
from tests.factories import ClinicFactory, PatientFactory, StaffFactory
from tests.factories.consents import path_of_print
from tests.factories.plans import drafted, ready


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def plan(person, prescriber):
    return drafted(person, prescriber)


def page_of(client, path):
    return markup(client.get(path))


def fields_of(page):
    """What a browser would send back of a form's text fields and its revision."""
    shown = re.search(r'name="shown" value="([^"]*)"', page)[1]
    return {"shown": shown}


class TestOvertaken:
    def goal(self, plan):
        goal = plan.goals.first()
        return goal, f"/plans/goals/{goal.pk}/"

    def test_both_versions_come_back_and_nothing_is_lost(
        self, as_clinician, as_prescriber, plan
    ):
        goal, url = self.goal(plan)
        mine = fields_of(page_of(as_clinician, url))
        theirs = fields_of(page_of(as_prescriber, url))
        words = {"wording": goal.wording, "own_words": "A door that locks."}
        assert as_prescriber.post(url, {**words, **theirs}).status_code == 302

        mine |= {"wording": goal.wording, "own_words": "", "target": "by spring"}
        answer = as_clinician.post(url, mine)

        page = markup(answer)
        assert answer.status_code == 409
        assert "A door that locks." in page
        assert 'value="by spring"' in page
        goal.refresh_from_db()
        assert (goal.own_words, goal.target) != ("", "by spring")

    def test_saved_again_it_has_been_seen(self, as_clinician, plan):
        goal, url = self.goal(plan)
        mine = fields_of(page_of(as_clinician, url))
        type(goal).objects.filter(pk=goal.pk).update(own_words="Otherwise.")
        mine |= {"wording": goal.wording, "target": "by spring"}
        again = markup(as_clinician.post(url, mine))

        assert as_clinician.post(url, {**mine, **fields_of(again)}).status_code == 302

    def test_two_lines_of_one_plan_do_not_meet(self, as_clinician, plan):
        goal, url = self.goal(plan)
        mine = fields_of(page_of(as_clinician, url))
        plan.interventions.update(who="somebody else")

        answer = as_clinician.post(url, {**mine, "wording": goal.wording})

        assert answer.status_code == 302

    def test_a_button_says_so_in_words(self, as_clinician, plan):
        line = plan.interventions.filter(state="suggested").first()
        url = f"/plans/interventions/{line.pk}/accept/"
        page = page_of(as_clinician, f"/people/{plan.patient_id}/plan/")
        shown = re.search(re.escape(url) + r'.*?name="shown" value="(\w+)"', page)[1]
        Intervention.objects.filter(pk=line.pk).update(title="Something else")

        answer = as_clinician.post(url, {"shown": shown}, follow=True)

        assert "Somebody else changed this" in markup(answer)
        line.refresh_from_db()
        assert line.state == "suggested"

    def test_the_whole_draft_is_not_thrown_away_unseen(self, as_clinician, plan):
        sent = {"shown": content.digest(plan)}
        plan.goals.update(target="otherwise")

        answer = as_clinician.post(f"/plans/{plan.pk}/discard/", sent, follow=True)

        assert "after your page was loaded" in markup(answer)
        assert Plan.objects.filter(pk=plan.pk).exists()


class TestSignature:
    def test_binds_what_was_on_the_screen(self, as_prescriber, plan):
        sent = {"shown": content.digest(ready(plan)), "patient_name": "Alma Reyes"}
        line = plan.interventions.filter(state="accepted").first()
        Intervention.objects.filter(pk=line.pk).update(title="Quite different, 200 mg")

        answer = as_prescriber.post(f"/plans/{plan.pk}/sign/", sent)

        page = markup(answer)
        assert answer.status_code == 409
        assert "no longer what was on your screen" in page
        assert 'value="Alma Reyes"' in page
        assert Plan.objects.get(pk=plan.pk).is_draft

    def test_names_what_was_on_the_screen_or_is_none(self, as_prescriber, plan):
        ready(plan)

        assert as_prescriber.post(f"/plans/{plan.pk}/sign/", {}).status_code == 409
        assert Plan.objects.get(pk=plan.pk).is_draft

    def test_of_the_person_binds_it_too(self, as_prescriber, plan, prescriber, noon):
        signed = signing.sign_plan(plan=ready(plan), by=prescriber, at=noon)
        url = f"/plans/{signed.pk}/patient-signature/"

        as_prescriber.post(url, {"patient_name": "Alma Reyes", "shown": "another"})
        assert signed.signatures.count() == 1

        shown = fields_of(page_of(as_prescriber, f"/plans/{signed.pk}/"))
        as_prescriber.post(url, shown | {"patient_name": "Alma Reyes"})
        assert signed.signatures.count() == 2


class TestForged:
    @pytest.mark.parametrize("shown", [None, "", "0" * 64, "another"])
    def test_nothing_is_signed_that_was_not_shown(
        self, as_prescriber, clinic, plan, prescriber, shown
    ):
        other = ready(drafted(PatientFactory(clinic=clinic), prescriber))
        other.goals.update(target="by spring")
        forged = content.digest(other) if shown == "another" else shown
        ready(plan)

        sent = {} if forged is None else {"shown": forged}
        answer = as_prescriber.post(f"/plans/{plan.pk}/sign/", sent)

        assert answer.status_code == 409
        assert Plan.objects.get(pk=plan.pk).is_draft

    def test_ones_own_other_tab_counts_too(self, as_prescriber, plan):
        sent = {"shown": content.digest(ready(plan))}
        goal = plan.goals.first()
        url = f"/plans/goals/{goal.pk}/"
        mine = fields_of(page_of(as_prescriber, url))
        words = {"wording": goal.wording, "target": "by spring"}
        assert as_prescriber.post(url, {**mine, **words}).status_code == 302

        assert as_prescriber.post(f"/plans/{plan.pk}/sign/", sent).status_code == 409

    def test_a_goal_that_is_gone_is_said_to_be(self, as_clinician, plan):
        goal = plan.goals.first()
        url = f"/plans/goals/{goal.pk}/"
        mine = fields_of(page_of(as_clinician, url))
        goal.delete()

        answer = as_clinician.post(
            url, {**mine, "wording": "Kept?", "own_words": "Mine"}
        )

        assert answer.status_code == 404
        assert "not there any more" in answer.content.decode()
        assert "Mine" in answer.content.decode()


class TestMedicineLines:
    @pytest.fixture
    def line(self, plan):
        line = plan.interventions.filter(kind="medication").first()
        line.state = "suggested"
        line.save()
        return line

    @pytest.mark.parametrize(
        ("title", "is_one"),
        [
            ("Methadone 80 mg daily", True),
            ("Sertraline 50mg", True),
            ("Buprenorphine-naloxone 8 mg", True),
            ("Naloxone 4 mg nasal spray, two", False),
            ("Weekly call", False),
            ("Methadone 80 mg daily, naloxone at home", True),
            ("Buprenorphine and naloxone 16 mg", True),
            ("Naloxone kit, and diazepam 10 mg", True),
            ("Naloxone 4 mg, and diazepam 10 mg", True),
            ("Clonidine 200mcgs", True),
            ("Diazepam 10-mg tablet", True),
            ("Oral concentrate 8 mL", True),
            ("Sertraline 50  mg", True),
            ("Naloxone nasal 4 mg, two-pack", False),
            ("Two naloxone kits (4 mg)", False),
            ("Naloxone 0.4 mg", False),
            ("Naloxone, four milligrams", False),
            ("Methadone: 80", True),
            ("Methadone, 80 daily", True),
            ("Methadone \u2013 increase to 80", True),
            ("Suboxone 8/2", True),
            ("Methadone, eighty milligrams", True),
            ("Methadone \uff18\uff10", True),
            ("Methadone, 3 visits a week", False),
            ("Buprenorphine: 2 questions to ask", False),
            ("Counseling on methadone, week 2", False),
        ],
    )
    def test_an_amount_makes_it_one(self, title, is_one):
        assert is_medicine(kind="action", title=title, dose="") is is_one

    @pytest.mark.parametrize(
        ("title", "is_one"),
        [
            ("Methadone", True),
            ("Methadone daily", True),
            ("Suboxone film, twice a day", True),
            ("Start methadone", True),
            ("See the doctor, then raise the dose of methadone", True),
            ("Switch to Sublocade", True),
            ("Taper her buprenorphine", True),
            ("Increasing methadone", True),
            ("Methadone: increase", True),
            ("Continue methadone", True),
            ("Put him on Vivitrol", True),
            ("Go up on methadone", True),
            ("Start bupe", True),
            ("Increase the dose", True),
            ("Talk about the dose", False),
            ("Wants to start methadone", False),
            ("Ask about methadone", False),
            ("Methadone clinic visit on Monday", False),
            ("Stop using heroin; talk about methadone", False),
            ("Glucose under 90 mg/dL", False),
            ("Ferritin 30 ug/L", False),
            ("Give a naloxone kit", False),
        ],
    )
    def test_so_does_a_name_by_itself_and_an_order(self, title, is_one):
        assert is_medicine(kind="action", title=title, dose="") is is_one

    @pytest.mark.parametrize(
        ("title", "is_one"),
        [
            ("Methadone 80 daily", True),
            ("Methadone up to 80", True),
            ("Suboxone film 8/2 twice a day", True),
            ("Sublocade 300", True),
            ("8/2 Suboxone", True),
            ("Take-home: 6 bottles of methadone", True),
            ("Methadone eighty milligrams", True),
            ("\uff2dethadone \uff18\uff10 \uff4dg", True),
            ("metha\u200bdone 80 m\u200bg", True),
            ("Methadone day 14 visit", False),
            ("Methadone 24-hour line 555 010 0142", False),
            ("Methadone at 7:30", False),
            ("On methadone 6 months", False),
            ("Day 2 of methadone", False),
            ("Buprenorphine education, 2 visits", False),
            ("Naloxone 4 mg nasal spray", False),
        ],
    )
    def test_so_does_a_strength_without_its_unit(self, title, is_one):
        assert is_medicine(kind="action", title=title, dose="") is is_one

    @pytest.mark.parametrize("role", [Role.CLINICIAN, Role.CARE_MANAGER])
    def test_no_address_lets_another_write_one(self, clinic, plan, line, role):
        client = signed_in(StaffFactory(roles={clinic: [role]}))
        need = line.need
        other = plan.interventions.exclude(kind="medication").first()
        dose = {"title": "Methadone 80 mg", "dose": "daily", "kind": "action"}
        sent = (
            (f"needs/{need.pk}/add/", dose),
            (f"needs/{need.pk}/add/", {**dose, "kind": "medication"}),
            (f"needs/{need.pk}/add/", {**dose, "title": "Methadone", "dose": "80mg"}),
            (f"interventions/{line.pk}/accept/", {}),
            (f"interventions/{line.pk}/change/", dose),
            (f"interventions/{line.pk}/remove/", {}),
            (f"interventions/{other.pk}/change/", dose),
            (f"needs/{need.pk}/take-up/", {}),
            (f"{plan.pk}/accept-all/", {"shown": content.digest(plan)}),
        )

        for path, body in sent:
            assert client.post(f"/plans/{path}", body).status_code < 500, path

        lines = plan.interventions.filter(state="accepted")
        assert not [one for one in lines if is_medicine_line(one)]
        before = line.title
        line.refresh_from_db()
        assert (line.state, line.title) == ("suggested", before)

    def test_what_a_prescriber_took_up_no_other_takes_back(
        self, as_clinician, as_prescriber, line
    ):
        url = f"/plans/interventions/{line.pk}"
        as_prescriber.post(f"{url}/accept/")

        as_clinician.post(f"{url}/reopen/")
        refused = as_clinician.post(f"{url}/decline/", {"reason": "Not needed"})

        assert "decided by a prescriber" in refused.content.decode()
        line.refresh_from_db()
        assert line.state == "accepted"

    @pytest.mark.parametrize("field", ["who", "stop_rule"])
    def test_a_dose_in_another_field_is_one_too(self, as_clinician, plan, field):
        other = plan.interventions.exclude(kind="medication").first()
        sent = {"title": "Weekly call", field: "nurse: methadone 80 mg"}

        answer = as_clinician.post(f"/plans/interventions/{other.pk}/change/", sent)

        assert answer.status_code == 400
        assert "decided by a prescriber" in answer.content.decode()

    def test_only_a_prescriber_accepts_it(
        self, as_clinician, as_prescriber, line, prescriber
    ):
        url = f"/plans/interventions/{line.pk}/accept/"

        refused = markup(as_clinician.post(url, follow=True))
        assert "decided by a prescriber" in refused
        line.refresh_from_db()
        assert line.state == "suggested"

        as_prescriber.post(url)
        line.refresh_from_db()
        assert (line.state, line.prescriber) == ("accepted", prescriber)

    def test_only_a_prescriber_changes_it(self, as_clinician, as_prescriber, line):
        url = f"/plans/interventions/{line.pk}/change/"
        sent = {"title": line.title, "dose": "16 mg"}

        assert as_clinician.post(url, sent).status_code == 400
        assert as_prescriber.post(url, sent).status_code == 302

    @pytest.mark.parametrize(
        ("role", "status", "stays"),
        [
            (Role.CARE_MANAGER, 403, True),
            (Role.CLINICIAN, 302, True),
            (Role.PRESCRIBER, 302, False),
        ],
    )
    def test_who_takes_it_out(self, clinic, line, role, status, stays):
        client = signed_in(StaffFactory(roles={clinic: [role]}))

        answer = client.post(f"/plans/interventions/{line.pk}/remove/")

        assert answer.status_code == status
        assert Intervention.objects.filter(pk=line.pk).exists() is stays

    def test_no_dose_comes_in_by_another_door(self, as_clinician, plan):
        need = plan.needs.first()
        url = f"/plans/needs/{need.pk}/add/"
        sent = {"kind": "action", "title": "Methadone", "dose": "80 mg daily"}

        answer = as_clinician.post(url, sent)

        assert answer.status_code == 400
        assert "decided by a prescriber" in markup(answer)

    def test_no_dose_is_written_as_a_need(self, as_clinician, as_prescriber, plan):
        url = f"/plans/{plan.pk}/add-need/"
        sent = {"domain": "body", "title": "Methadone 80 mg daily"}

        answer = as_clinician.post(url, sent)

        form = answer.context["form"]
        assert answer.status_code == 400
        assert "ask a prescriber to write it" in form.errors["title"][0]
        assert form["title"].value() == sent["title"]
        assert not plan.needs.filter(title=sent["title"]).exists()
        assert as_prescriber.post(url, sent).status_code == 302

    @pytest.mark.parametrize("field", ["wording", "measure", "baseline", "target"])
    def test_no_dose_or_order_is_written_as_a_goal(self, as_clinician, plan, field):
        goal = plan.goals.first()
        sent = {"wording": "Sleeps at home", field: "Raise the methadone dose"}

        answer = as_clinician.post(f"/plans/goals/{goal.pk}/", sent)

        form = answer.context["form"]
        assert answer.status_code == 400
        assert "ask a prescriber to write it" in form.errors[field][0]
        assert form[field].value() == sent[field]

    def test_what_the_person_says_and_what_stood_there_may_stay(
        self, as_clinician, plan
    ):
        goal = plan.goals.first()
        type(goal).objects.filter(pk=goal.pk).update(wording="Taper methadone")
        sent = {
            "own_words": "Get me off the 80 mg of methadone.",
            "wording": "Taper methadone",
            "target": "by spring",
        }

        answer = as_clinician.post(f"/plans/goals/{goal.pk}/", sent)

        assert answer.status_code == 302
        goal.refresh_from_db()
        assert (goal.own_words, goal.target) == (sent["own_words"], "by spring")

    def test_who_may_not_accept_it_is_told_who_does(
        self, as_clinician, as_prescriber, plan, line
    ):
        path = f"/people/{plan.patient_id}/plan/"
        button = f'action="/plans/interventions/{line.pk}/accept/"'
        change = f'href="/plans/interventions/{line.pk}/change/"'

        mine, theirs = page_of(as_clinician, path), page_of(as_prescriber, path)

        assert "A prescriber accepts this line." in mine
        assert button not in mine
        assert change not in mine
        assert f'href="/plans/interventions/{line.pk}/decline/"' in mine
        assert "A prescriber accepts" not in theirs
        assert button in theirs
        assert change in theirs

    def test_what_was_accepted_is_not_offered_to_another(
        self, as_clinician, as_prescriber, plan, line
    ):
        as_prescriber.post(f"/plans/interventions/{line.pk}/accept/")

        mine = page_of(as_clinician, f"/people/{plan.patient_id}/plan/")

        assert "A prescriber decided this line." in mine
        assert f"/plans/interventions/{line.pk}/" not in mine

    def test_a_line_does_not_turn_into_one(self, plan, clinician, noon):
        line = plan.interventions.exclude(kind="medication").first()

        with pytest.raises(RightMissing):
            editing.change_intervention(
                intervention=line,
                values={"title": "Methadone 80 mg"},
                by=clinician,
                at=noon,
            )

    def test_accepting_all_leaves_it(self, as_clinician, plan, line):
        answer = as_clinician.post(f"/plans/{plan.pk}/accept-all/", follow=True)

        assert "but for 1 about a medicine" in markup(answer)
        line.refresh_from_db()
        assert line.state == "suggested"

    def test_the_name_stays_in_plan_and_print_and_next_version(
        self, as_prescriber, plan, line, prescriber, noon
    ):
        as_prescriber.post(f"/plans/interventions/{line.pk}/accept/")
        signed = signing.sign_plan(plan=ready(plan), by=prescriber, at=noon)
        draft = signing.start_new_version(plan=signed, by=prescriber, at=noon)

        assert draft.interventions.get(kind="medication").prescriber == prescriber
        assert f"Prescriber: {prescriber}" in page_of(
            as_prescriber, f"/plans/{signed.pk}/"
        )
        assert f"prescriber {prescriber}" in page_of(
            as_prescriber, path_of_print(signed, prescriber)
        )


class TestRaces:
    """Six people at random at two plans: nothing but words."""

    EACH = 30

    ACTS = {
        "plans": (
            *("sign", "new-version", "close", "discard", "accept-all"),
            *("level-of-care", "add-need", "patient-signature"),
        ),
        "plans/needs": ("add", "set-aside", "take-up"),
        "plans/interventions": ("accept", "reopen", "decline", "change", "remove"),
    }

    def paths(self, people):
        for person in people:
            yield f"/people/{person.pk}/plan/draft/"
            for plan in Plan.objects.filter(patient=person):
                yield from (f"/plans/goals/{goal.pk}/" for goal in plan.goals.all()[:2])
                rows = {
                    "plans": [plan],
                    "plans/needs": plan.needs.all()[:2],
                    "plans/interventions": plan.interventions.all()[:3],
                }
                for place, acts in self.ACTS.items():
                    for row, act in itertools.product(rows[place], acts):
                        yield f"/{place}/{row.pk}/{act}/"

    def body(self, path):
        body = {
            "reason": "Agreed",
            "title": "Weekly call",
            "wording": "Stable housing",
            "kind": "action",
            "level": "intensive",
            "domain": "social",
            "patient_name": "Alma Reyes",
        }
        plan = re.match(r"/plans/(\d+)/", path)
        found = Plan.objects.filter(pk=plan[1]).first() if plan else None
        return body | ({"shown": content.digest(found)} if found else {})

    def work(self, cookies, people, seed, told):
        pick = random.Random(seed)  # noqa: S311 - no secret
        client = Client(raise_request_exception=False)
        client.cookies = cookies
        try:
            for _ in range(self.EACH):
                with connections["default"].cursor() as cursor:
                    cursor.execute("SELECT set_config('mainstay.system', 'on', false)")
                path = pick.choice(list(self.paths(people)))
                body = self.body(path) if pick.random() < 0.7 else {"reason": "x"}
                told.append((client.post(path, body).status_code, path))
        finally:
            connections.close_all()

    @pytest.mark.slow
    def test_no_answer_is_a_fault(self, transactional_db, noon):
        clinic = ClinicFactory()
        staff = [StaffFactory(roles={clinic: [Role.PRESCRIBER]}) for _ in range(6)]
        people = [PatientFactory(clinic=clinic) for _ in range(2)]
        for person in people:
            signed = signing.sign_plan(
                plan=ready(drafted(person, staff[0])), by=staff[0], at=noon
            )
            signing.start_new_version(plan=signed, by=staff[0], at=noon)
        told = []
        threads = [
            threading.Thread(
                target=self.work, args=(signed_in(one).cookies, people, number, told)
            )
            for number, one in enumerate(staff)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(told) == 6 * self.EACH
        assert not [one for one in told if one[0] >= 500]
        assert [one for one in told if one[0] == 302]
        for person in people:
            plans = Plan.objects.filter(patient=person)
            assert plans.drafts().count() <= 1
            assert plans.in_force().count() <= 1


def test_what_comes_before_the_first_dose_is_a_prescribers_whatever_its_words(
    plan, clinician
):
    line = plan.interventions.first()
    line.key, line.kind, line.title = "first_dose:C14:BUP_SL", "action", "Hold it."

    assert is_medicine_line(line)
    with pytest.raises(RightMissing):
        prescriber_of(line, clinician)
