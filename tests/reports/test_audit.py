"""The audit: every act in words, about whom, found by MRN and name, checked at night."""

import ast
import datetime as dt
import logging
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.permissions import Role
from accounts.sentences import SENTENCES, Kind, say, verbs_saying
from jobs.actions.engine import run_queue
from plans.actions.record_checks import check_record
from plans.actions.signing import sign_plan
from plans.models import RecordCheck
from plans.queues import RECORD
from reports.audit.trail import staff_of
from reports.audit.unusual import week_of
from tests.conftest import signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import lines_written, owed
from tests.factories.plans import drafted, ready
from tests.universe import universe

ROOMS = ("accounts", "jobs", "patients", "assessments", "medications", "treatment")
ROOMS += ("plans", "aftercare", "reports", "interop", "config")


def verbs_in_the_code():
    """The first word of every call of `audit.record` that is written out, and whatever
    else reads as an act's name in the modules that call it."""
    for room in ROOMS:
        for file in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if not isinstance(node, ast.Call) or not isinstance(
                    node.func, ast.Attribute
                ):
                    continue
                if (
                    node.func.attr in ("record", "record_many")
                    and ast.unparse(node.func.value) == "audit"
                    and isinstance(node.args[0], ast.Constant)
                ):
                    yield node.args[0].value


def test_every_act_has_its_sentence():
    written = set(verbs_in_the_code())

    assert len(written) > 60
    assert written <= SENTENCES.keys()


def test_an_act_of_an_older_release_is_said_by_its_name():
    said = say("plan.folded_twice", {})

    assert (said.kind, said.phrase) == (Kind.CHANGED, "did: plan folded twice")


def test_facts_stand_in_their_places():
    assert say(
        "patient.details_changed", {"fields": ["given_name", "payer"]}
    ).phrase == ("changed details: given name, payer")
    assert say("chart.viewed", {}).phrase == "opened the chart: not said"


def test_a_setting_is_said_with_its_name_hours_and_days():
    said = say(
        "clinic.changed",
        {
            "before": {"duty_role": "prescriber", "keeps_holidays": False},
            "after": {"opening_hours": {"1": "09:00-17:00"}, "state": None},
        },
    )
    assert said.phrase == (
        "changed the clinic: opening hours 1 09:00-17:00; state not said;"
        " before: duty role prescriber; keeps holidays no"
    )
    named = say("clinic.day_added", {"day": "2026-12-24"})
    assert named.phrase == "named a day of the clinic: 24 Dec 2026"


def test_words_find_acts_by_what_is_said_of_them():
    assert "plan.signed" in verbs_saying("SIGNED the plan")
    assert "chart.viewed" not in verbs_saying("page")


pytestmark = pytest.mark.django_db


def test_every_act_of_a_clinic_full_of_them_has_its_sentence(clinic):
    universe(clinic)

    done = set(AuditEvent.objects.values_list("verb", flat=True))
    assert len(done) > 30
    assert done <= SENTENCES.keys()


def act(clinic, at, verb="chart.viewed", *, by=None, patient=None, **more):
    return AuditEvent.objects.create(
        at=at,
        clinic_id=clinic and clinic.pk,
        staff_id=by and by.pk,
        actor=by.name if by else "Mainstay",
        verb=verb,
        patient_id=patient and patient.pk,
        **{"subject": f"patients.patient:{patient.pk if patient else 0}", **more},
    )


def asked(client, **filters):
    return client.post("/audit/", filters, follow=True)


def said(page):
    return [f"{line.event.actor} {line.phrase}" for line in page.context["trail"].lines]


class TestPage:
    def test_shows_this_clinics_acts_alone(self, as_admin, clinic, other_clinic, noon):
        act(clinic, noon, "plan.signed")
        act(other_clinic, noon, "plan.closed")

        page = as_admin.get("/audit/")

        assert "Mainstay signed the plan" in said(page)
        assert "Mainstay closed the plan" not in said(page)

    def test_answers_by_mrn_and_that_stands_in_no_address(
        self, as_admin, clinic, clinician, noon
    ):
        person = PatientFactory(clinic=clinic, mrn="004-1101")
        other = PatientFactory(clinic=clinic, mrn="004-1102")
        act(clinic, noon, by=clinician, patient=person, facts={"page": "plan"})
        act(clinic, noon, by=clinician, patient=other, facts={"page": "plan"})
        act(
            clinic,
            noon,
            "list.seen",
            by=clinician,
            facts={"page": "caseload", "people": [person.pk, other.pk]},
        )
        act(
            clinic,
            noon,
            "list.seen",
            by=clinician,
            facts={"page": "people", "people": [other.pk]},
        )

        for typed in ("004-1101", "0041101", " 004 1101 "):
            page = asked(as_admin, person=typed)

            assert said(page) == [
                f"{clinician.name} saw a list: caseload",
                f"{clinician.name} opened the chart: plan",
            ]
            assert "1101" not in page.redirect_chain[-1][0]

    def test_a_name_is_for_those_who_may_read_names(self, as_admin, clinic, noon):
        person = PatientFactory(clinic=clinic, family_name="Quillfeather")
        act(clinic, noon, patient=person)
        both = signed_in(StaffFactory(roles={clinic: [Role.ADMIN, Role.CLINICIAN]}))

        page = asked(as_admin, person="Quillfeather").content.decode()
        assert "Nobody here has this" in page
        assert len(said(asked(both, person="quillfeather"))) == 1

    def test_a_person_of_another_clinic_is_not_there(
        self, as_admin, other_clinic, noon
    ):
        PatientFactory(clinic=other_clinic, mrn="009-0001")

        assert (
            "Nobody here has this"
            in asked(as_admin, person="009-0001").content.decode()
        )

    def test_what_somebody_typed_is_for_those_who_may_open_the_chart(
        self, as_admin, clinic, noon
    ):
        person = PatientFactory(clinic=clinic)
        act(clinic, noon, "plan.closed", patient=person, why="relapse told")
        both = signed_in(StaffFactory(roles={clinic: [Role.ADMIN, Role.CLINICIAN]}))

        assert "relapse told" not in as_admin.get("/audit/").content.decode()
        assert "relapse told" in both.get("/audit/").content.decode()

    def test_filters_add_up(self, as_admin, clinic, clinician, prescriber, noon):
        now = dt.datetime.now(dt.UTC)
        act(clinic, now, "plan.signed", by=clinician)
        act(clinic, now, "plan.closed", by=prescriber)
        act(clinic, now - dt.timedelta(days=20), "plan.signed", by=clinician)

        who = {"staff": clinician.pk, "kind": "signed"}
        assert len(said(asked(as_admin, **who))) == 2
        assert len(said(asked(as_admin, **who, days="7"))) == 1
        assert len(said(asked(as_admin, words="closed the plan"))) == 1
        assert len(said(asked(as_admin, words=clinician.name, days="30"))) >= 2

    def test_the_departed_and_machines_can_be_asked_for(self, as_admin, clinic, noon):
        gone = StaffFactory(name="L. Ferro", is_active=False, roles={})
        act(clinic, noon, "plan.signed", by=gone)
        act(clinic, noon, "record.checked", facts={"faults": 0})

        page = asked(as_admin, staff=gone.pk)
        assert said(page) == ["L. Ferro signed the plan"]
        assert "L. Ferro (left)" in page.content.decode().replace("\n          ", "")
        assert said(asked(as_admin, staff="machine")) == [
            "Mainstay checked the record, faults: 0"
        ]

    @pytest.mark.parametrize(
        "query", ["days=2", "staff=-1", "kind=all", "before=x", f"staff={'9' * 30}"]
    )
    def test_a_filter_that_makes_no_sense_is_said(self, as_admin, query):
        response = as_admin.get(f"/audit/?{query}")

        assert response.status_code == 400
        assert "could not be read" in response.content.decode()

    def test_words_no_longer_kept_are_asked_for_again(self, as_admin):
        assert "Type it again" in as_admin.get("/audit/?find=9").content.decode()

    def test_older_lines_follow(self, as_admin, clinic, noon):
        for number in range(60):
            act(clinic, noon, "plan.drafted", facts={"version": number})

        first = as_admin.get("/audit/?kind=changed")
        assert len(first.context["trail"].lines) == 50
        last = first.context["trail"].older
        older = as_admin.get(f"/audit/?kind=changed&before={last}").context["trail"]
        assert (len(older.lines), older.older) == (10, None)

    def test_what_reads_the_same_is_one_line_with_its_number(
        self, as_admin, clinic, clinician, noon
    ):
        for minutes in (0, 1, 2, 200):
            earlier = noon - dt.timedelta(minutes=minutes)
            act(clinic, earlier, "intake.answered", by=clinician)

        page = asked(as_admin, kind="changed")

        assert [line.times for line in page.context["trail"].lines] == [3, 1]
        assert "answered a question of the intake, 3 times" in page.content.decode()


class TestRefusals:
    def test_a_page_that_is_not_theirs_and_a_row_of_another_clinic_are_written_down(
        self, as_admin, as_clinician, other_clinic, clinic
    ):
        stranger = PatientFactory(clinic=other_clinic)

        assert as_clinician.get("/audit/").status_code == 403
        assert as_clinician.get(f"/people/{stranger.pk}/").status_code == 404
        assert as_clinician.get("/no-such-page/").status_code == 404

        refused = AuditEvent.objects.filter(verb="access.refused").order_by("id")
        assert [(e.clinic_id, e.facts["status"]) for e in refused] == [
            (clinic.pk, 403),
            (clinic.pk, 404),
        ]
        assert refused[1].facts["asked"] == [stranger.pk]
        page = asked(as_admin, kind="refused").content.decode()
        assert "was refused a page: reports, chart" in page

    def test_a_list_that_was_seen_says_who_stood_on_it(self, as_clinician, clinic):
        person = PatientFactory(clinic=clinic)
        owed(person, assigned_role="clinician")
        lines_written(clinic, at=timezone.now())

        as_clinician.get("/people/")
        as_clinician.get("/caseload/?show=everyone")
        as_clinician.get("/")

        seen = AuditEvent.objects.filter(verb="list.seen").order_by("id")
        assert [(e.facts["page"], e.facts["people"]) for e in seen] == [
            ("people", [person.pk]),
            ("caseload", [person.pk]),
            ("home", [person.pk]),
        ]


class TestExport:
    def test_is_what_the_page_shows_with_its_reason_kept(
        self, as_admin, clinic, clinician, noon
    ):
        person = PatientFactory(clinic=clinic, mrn="004-1101")
        act(clinic, noon, "plan.signed", by=clinician, patient=person)
        act(clinic, noon, "plan.closed", by=clinician)
        asked(as_admin, person="004-1101")

        response = as_admin.post("/audit/export/?find=1", {"why": "asked by the board"})

        text = response.content.decode()
        assert text.startswith("\ufeffWhen,Who,What,Kind,MRN,Why,From")
        assert f"{clinician.name},signed the plan,Signed and decided,004-1101" in text
        assert "closed" not in text
        kept = AuditEvent.objects.get(verb="audit.exported")
        assert (kept.why, kept.facts["lines"]) == ("asked by the board", 1)

    def test_needs_a_reason(self, as_admin):
        response = as_admin.post("/audit/export/", {"why": ""})

        assert response.status_code == 400
        assert "Say what the file is for" in response.content.decode()
        assert not AuditEvent.objects.filter(verb="audit.exported").exists()


class TestUnusual:
    def test_what_stands_out_is_named_and_what_does_not_is_not(
        self, as_admin, clinic, clinician, prescriber, noon
    ):
        now = dt.datetime.now(dt.UTC)
        own = f"accounts.staff:{clinician.pk}"
        for _ in range(3):
            act(None, now, "staff.sign_in_failed", subject=own)
        for _ in range(5):
            act(clinic, now, "access.refused", by=clinician, facts={"page": "x"})
        people = PatientFactory.create_batch(30, clinic=clinic)
        for person in people:
            act(clinic, now, by=prescriber, patient=person)
        for person in people[:5]:
            earlier = now - dt.timedelta(hours=30)
            act(clinic, earlier, by=prescriber, patient=person)
            act(clinic, earlier, by=clinician, patient=person)

        found = {
            (one.title, one.who)
            for one in week_of(clinic, staff_of(clinic), at=now).unusual
        }

        assert found == {
            ("3 failed sign-ins", clinician.name),
            ("Refused 5 times", clinician.name),
            ("30 charts in an hour; usual 5", prescriber.name),
        }
        assert "30 charts in an hour" in as_admin.get("/audit/").content.decode()


class TestNightlyCheck:
    def test_a_whole_record_is_said_to_be_whole(
        self, as_admin, clinic, clinician, noon, caplog
    ):
        sign_plan(
            plan=ready(drafted(PatientFactory(clinic=clinic), clinician, noon)),
            by=clinician,
            at=noon,
        )
        assert "Not yet checked" in as_admin.get("/audit/").content.decode()

        with caplog.at_level(logging.INFO, "mainstay.record"):
            check = check_record(clinic=clinic, at=noon)

        assert (check.is_whole, check.plans) == (True, 1)
        assert f"audit of clinic {clinic.pk}: {check.number} rows" in caplog.text
        assert "Chain whole" in as_admin.get("/audit/").content.decode()
        heads = as_admin.get("/audit/heads.txt").content.decode()
        assert f"{check.number} acts  {check.digest}" in heads

    def test_a_changed_plan_raises_the_alarm(
        self, as_admin, admin, clinic, clinician, noon
    ):
        plan = sign_plan(
            plan=ready(drafted(PatientFactory(clinic=clinic), clinician, noon)),
            by=clinician,
            at=noon,
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("RESET ROLE")
            cursor.execute("ALTER TABLE plans_intervention DISABLE TRIGGER frozen")
            cursor.execute("UPDATE plans_intervention SET dose = '999 mg'")
            cursor.execute("ALTER TABLE plans_intervention ENABLE TRIGGER frozen")
            cursor.execute("SET ROLE mainstay_app")

        night = noon.replace(hour=10)
        run_queue(RECORD, clinic_id=clinic.pk, at=night)
        run_queue(RECORD, clinic_id=clinic.pk, at=night + dt.timedelta(minutes=1))

        check = RecordCheck.objects.get()
        assert check.faults == [
            f"clinic {clinic.pk}, plan {plan.pk}: not what was signed"
        ]
        assert check.told_at is not None
        [sent] = mail.outbox
        assert (sent.to, sent.subject) == (
            [admin.email],
            "Please look at the audit now",
        )
        for path in ("/audit/", "/"):
            page = as_admin.get(path).content.decode()
            assert "The record is not what was written" in page

    def test_is_done_once_a_night_and_not_before(self, clinic, noon):
        before = noon.replace(hour=5)
        run_queue(RECORD, clinic_id=clinic.pk, at=before)
        assert not RecordCheck.objects.exists()

        for hours in (3, 4, 27):
            run_queue(
                RECORD, clinic_id=clinic.pk, at=before + dt.timedelta(hours=hours)
            )

        assert RecordCheck.objects.count() == 2
