"""A closed chart is not there for those outside its team, until an emergency opens it."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from accounts import tenancy
from accounts.access import Acting
from accounts.models import AuditEvent
from accounts.permissions import Role
from accounts.protection import clinic_owned
from jobs.actions.engine import run_queue
from jobs.models import Claim
from jobs.notices import NotDelivered
from jobs.queues import Fault
from patients.actions import registry
from patients.actions.chart_access import (
    ChartClosed,
    NobodyLeft,
    ReviewedAlready,
    lift_restriction,
    next_working_day,
    open_in_emergency,
    restrict_chart,
    review_opening,
)
from patients.chart_access import readers_of
from patients.models import EmergencyOpening, OpeningAlert, OpeningReview, Patient
from patients.queues import OPENINGS
from reports.caseload import csv_file
from tests.conftest import signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.universe import universe
from tests.walks.test_every_view import GUARDED, names_a_row, path_of

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def person(clinic, clinician, noon):
    person = PatientFactory(clinic=clinic, mrn="T-77777")
    registry.put_on_care_team(
        patient=person, staff=clinician, part="counselor", by=clinician, at=noon
    )
    return person


@pytest.fixture
def restriction(person, clinician):
    return restrict_chart(
        patient=person, reason="Works here", by=clinician, at=timezone.now()
    )


def seen_by(staff, clinic):
    with tenancy.clinics([clinic.pk], actor=f"staff:{staff.pk}"):
        return set(Patient.objects.values_list("mrn", flat=True))


def opened(restriction, by, at):
    return open_in_emergency(
        restriction=restriction, why="dose", words="At the hospital.", by=by, at=at
    )


class TestClosed:
    def test_to_all_but_the_team(self, restriction, clinic, clinician, prescriber):
        assert seen_by(clinician, clinic) == {"T-77777"}
        assert seen_by(prescriber, clinic) == set()

    def test_not_to_who_works_by_itself(self, restriction, clinic):
        with tenancy.clinics([clinic.pk], actor="worker"):
            assert Patient.objects.count() == 1

    def test_open_again_once_lifted(
        self, restriction, person, clinic, clinician, prescriber, noon
    ):
        lift_restriction(patient=person, by=clinician, at=noon)
        assert seen_by(prescriber, clinic) == {"T-77777"}
        with pytest.raises(ChartClosed):
            lift_restriction(patient=person, by=clinician, at=noon)

    def test_to_who_left_the_team(
        self, restriction, person, clinic, clinician, prescriber
    ):
        registry.put_on_care_team(
            patient=person,
            staff=prescriber,
            part="counselor",
            by=clinician,
            at=timezone.now(),
        )
        assert seen_by(prescriber, clinic) == {"T-77777"}
        assert seen_by(clinician, clinic) == set()

    def test_needs_a_team_and_to_be_on_it(
        self, person, clinic, clinician, prescriber, noon
    ):
        with pytest.raises(NobodyLeft, match="You are not"):
            restrict_chart(patient=person, reason="Kin", by=prescriber, at=noon)
        with pytest.raises(NobodyLeft, match="Nobody"):
            restrict_chart(
                patient=PatientFactory(clinic=clinic),
                reason="Kin",
                by=prescriber,
                at=noon,
            )

    def test_once(self, restriction, person, clinician, noon):
        with pytest.raises(ChartClosed):
            restrict_chart(patient=person, reason="Kin", by=clinician, at=noon)

    def test_every_row_about_the_person_is_hidden(self, clinic, subtests):
        here = universe(clinic)
        outside = StaffFactory(roles={clinic: [Role.PRESCRIBER]})
        restrict_chart(
            patient=here.parts["patient"],
            reason="Works here",
            by=here.staff[Role.PRESCRIBER],
            at=timezone.now(),
        )
        for model in clinic_owned():
            names = {field.name for field in model._meta.concrete_fields}
            if "patient" not in names or model.seen_when_closed:
                continue
            with subtests.test(model._meta.label), transaction.atomic():
                theirs = model.objects.filter(patient=here.parts["patient"])
                # A file of results may be of a whole clinic.
                assert theirs.exists() or model._meta.model_name == "resultsfile"
                with tenancy.clinics([clinic.pk], actor=f"staff:{outside.pk}"):
                    assert not theirs.all().exists()

    def test_no_address_of_it_is_there_for_somebody_outside(self, clinic, subtests):
        """Led to where it says so, or not found: never a page, never a fault."""
        here = universe(clinic)
        outside = signed_in(StaffFactory(roles={clinic: list(Role.values)}))
        restrict_chart(
            patient=here.parts["patient"],
            reason="Works here",
            by=here.staff[Role.PRESCRIBER],
            at=timezone.now(),
        )
        closed = here.parts["patient"].restrictions.get()
        for one in GUARDED:
            route, name, _ = one.values
            if not names_a_row(route) or name in NOT_OF_THE_PERSON:
                continue
            with subtests.test(name):
                with transaction.atomic():
                    answer = outside.get(path_of(route, here.parts))
                    posted = outside.post(path_of(route, here.parts))
                    transaction.set_rollback(True)
                if answer.status_code == 302:
                    assert answer.url == f"/people/closed/{closed.pk}/"
                else:
                    assert answer.status_code in (404, 405)
                assert posted.status_code in (404, 405)


# Addresses of rows that are of no one person in care, or of the closed chart itself.
NOT_OF_THE_PERSON = {
    *("aftercare:place", "aftercare:group", "aftercare:edit_group", "jobs:go_on"),
    *(
        "aftercare:attendance",
        "aftercare:change_session",
        "accounts:discard_unsent",
        "accounts:member",
        "accounts:end_access",
    ),
    *("accounts:invite_again", "assessments:results_file", "assessments:keep_results"),
    *("jobs:try_again", "jobs:cancel", "medications:impact", "medications:impact_file"),
    *("patients:open_in_emergency", "patients:review_opening"),
    *("accounts:confirm_role", "accounts:decline_role", "accounts:reset_factors"),
    *("accounts:remove_day", "accounts:agree_to_kind", "accounts:drop_kind"),
    *("aftercare:leaving", "aftercare:successors", "aftercare:confirm_leaving"),
    *("aftercare:away", "reports:take_back_hand_over"),
}


class TestEmergency:
    def test_opens_for_an_hour(self, restriction, clinic, prescriber):
        opened(restriction, prescriber, timezone.now())
        assert seen_by(prescriber, clinic) == {"T-77777"}
        assert AuditEvent.objects.filter(verb="chart.opened_in_emergency").exists()

    def test_closes_by_itself(self, restriction, clinic, prescriber):
        opened(restriction, prescriber, timezone.now() - 2 * HOUR)
        assert seen_by(prescriber, clinic) == set()

    def test_opens_for_nobody_else(self, restriction, clinic, prescriber, care_manager):
        opened(restriction, prescriber, timezone.now())
        assert seen_by(care_manager, clinic) == set()

    def test_opens_no_way_to_stay(
        self, restriction, person, clinic, prescriber, care_manager
    ):
        """Whoever came in for an hour neither joins the team nor opens it to all."""
        opened(restriction, prescriber, timezone.now())
        client = signed_in(prescriber)
        path = f"/people/{person.pk}/"
        shown = client.get(f"{path}care-team/").context["form"]["shown"].value()
        for staff in (prescriber, care_manager):
            sent = {"part": "prescriber", "staff": staff.pk, "shown": shown}
            answer = client.post(f"{path}care-team/", sent)
            assert "care team alone" in answer.text
        lifted = client.post(f"{path}lift-restriction/", follow=True)
        assert "care team alone" in lifted.text

        assert not person.care_team.filter(staff=prescriber).exists()
        assert person.open_restriction is not None

    def test_is_judged_once_and_not_by_oneself(
        self, restriction, clinician, prescriber, noon
    ):
        opening = opened(restriction, prescriber, noon)
        told = {
            "opening": opening,
            "judgement": "teach",
            "note": "Ask first.",
            "at": noon,
        }
        with pytest.raises(ReviewedAlready, match="Your own"):
            review_opening(**told, by=prescriber)
        review_opening(**told, by=clinician)

        with pytest.raises(ReviewedAlready, match="Somebody"):
            review_opening(**told, by=clinician)
        assert not EmergencyOpening.objects.to_review().exists()
        assert not EmergencyOpening.objects.open_at(noon + HOUR).exists()

    @pytest.mark.parametrize(
        ("day", "due"),
        [
            pytest.param((2026, 11, 20), (2026, 11, 23), id="friday"),
            pytest.param((2026, 11, 25), (2026, 11, 27), id="before Thanksgiving"),
            pytest.param((2026, 12, 31), (2027, 1, 4), id="before New Year"),
            pytest.param((2026, 11, 23), (2026, 11, 24), id="monday"),
        ],
    )
    def test_is_judged_within_one_working_day(self, day, due):
        assert next_working_day(dt.date(*day)) == dt.date(*due)


class TestAlerts:
    def test_go_to_who_answers_for_privacy_and_name_nobody(
        self, restriction, person, clinic, prescriber, noon
    ):
        director = StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]})
        opened(restriction, prescriber, noon)
        run_queue(OPENINGS, clinic_id=clinic.pk, at=noon)
        run_queue(OPENINGS, clinic_id=clinic.pk, at=noon)

        [sent] = mail.outbox
        assert sent.to == [director.email]
        assert "/people/openings/" in sent.body
        assert person.mrn not in sent.subject + sent.body
        assert OpeningAlert.objects.get().sent_at == noon

    def test_go_to_the_admins_where_nobody_else_may_judge(
        self, restriction, clinic, prescriber, admin, noon
    ):
        opened(restriction, prescriber, noon)
        assert OpeningAlert.objects.get().recipient == admin

    def test_stay_owed_where_they_could_not_be_handed_over(
        self, restriction, clinic, prescriber, admin, noon, monkeypatch
    ):
        def fails(*_args):
            raise NotDelivered(Fault("TimeoutError"))

        monkeypatch.setattr("patients.notices.hand_over", fails)
        opened(restriction, prescriber, noon)
        run_queue(OPENINGS, clinic_id=clinic.pk, at=noon)

        assert OpeningAlert.objects.get().sent_at is None
        claim = Claim.objects.get()
        told = OPENINGS.steps[0].titles().values_list("pk", "said")
        said = "Emergency opening, to who answers for privacy"
        assert list(told) == [(claim.row_id, said)]


class TestReaders:
    def test_emergencies_then_who_is_not_on_the_team(
        self, restriction, person, clinician, prescriber, care_manager
    ):
        now = timezone.now()
        for by in (clinician, care_manager, prescriber):
            registry.note_chart_view(patient=person, page="contacts", by=by, at=now)
        opened(restriction, prescriber, now)
        readers = readers_of(person, since=now - HOUR)

        assert [one.name for one in readers] == [
            prescriber.name,
            care_manager.name,
            clinician.name,
        ]
        assert readers[2].parts == "Counselor"
        assert "contacts" in readers[1].page_words


class TestPages:
    def test_others_find_the_record_number_and_no_more(
        self, restriction, person, prescriber
    ):
        client = signed_in(prescriber)
        by_name = client.post("/people/", {"q": person.family_name}, follow=True).text
        by_mrn = client.post("/people/", {"q": "t-77777"}, follow=True).text

        assert "open it in an emergency" not in by_name
        assert f"/people/closed/{restriction.pk}/" in by_mrn
        assert person.family_name not in by_mrn

    def test_a_link_leads_to_the_reason_and_then_to_the_chart(
        self, restriction, person, prescriber
    ):
        client = signed_in(prescriber)
        page = client.get(f"/people/{person.pk}/", follow=True)
        assert "closed to all but the care team" in page.text
        assert person.family_name not in page.text

        bad = client.post(page.request["PATH_INFO"], {"why": "", "words": ""})
        assert bad.status_code == 400
        answer = client.post(
            page.request["PATH_INFO"], {"why": "dose", "words": "At the hospital."}
        )
        assert answer.url == f"/people/{person.pk}/"
        assert client.get(answer.url).status_code == 200

    def test_what_is_sent_to_it_is_not_taken(self, restriction, person, prescriber):
        answer = signed_in(prescriber).post(f"/people/{person.pk}/status/", {})
        assert answer.status_code == 404

    def test_restricted_and_lifted(self, person, clinician):
        client = signed_in(clinician)
        assert client.post(f"/people/{person.pk}/restrict/", {}).status_code == 400
        client.post(f"/people/{person.pk}/restrict/", {"reason": "Works here"})
        page = client.get(f"/people/{person.pk}/consents/").text
        assert "The care team alone" in page

        client.post(f"/people/{person.pk}/lift-restriction/")
        assert "All clinical staff" in client.get(f"/people/{person.pk}/consents/").text

    def test_is_judged_by_who_answers_for_privacy(
        self, restriction, clinic, prescriber
    ):
        opening = opened(restriction, prescriber, timezone.now())
        director = StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]})
        client = signed_in(director)
        assert "1 emergency opening" in client.get("/rules-due/").text
        path = f"/people/openings/{opening.pk}/"
        assert "At the hospital." in client.get(path).text

        assert client.post(path, {"judgement": "wrong"}).status_code == 400
        client.post(path, {"judgement": "wrong", "note": "Talk to her."})
        assert OpeningReview.objects.get().reviewed_by == director
        assert "Talk to her." in client.get(path).text
        assert "1 judged" in client.get("/people/openings/").text

    @pytest.mark.parametrize("more", ["", "?since=all"])
    @pytest.mark.parametrize("page", ["", "paper/", "paper/?language=es"])
    def test_who_opened_it(self, person, clinic, clinician, noon, page, more):
        registry.note_chart_view(
            patient=person, page="contacts", by=clinician, at=timezone.now()
        )
        director = signed_in(StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]}))
        more = more if "?" not in page else more.replace("?", "&")
        answer = director.get(f"/people/{person.pk}/chart-access/{page}{more}")
        assert "Samir Haddad" in answer.text


@pytest.mark.django_db(transaction=True)
def test_the_caseload_as_a_file_leaves_out_who_is_closed(clinic, clinician, admin):
    now = timezone.now()
    closed = PatientFactory(clinic=clinic, mrn="T-1")
    PatientFactory(clinic=clinic, mrn="T-2")
    registry.put_on_care_team(
        patient=closed, staff=clinician, part="lead", by=clinician, at=now
    )
    restrict_chart(patient=closed, reason="Works here", by=clinician, at=now)

    def file_of(staff, role):
        acting = Acting(staff, clinic, frozenset({role}))
        return b"".join(csv_file.caseload(acting, at=now)).decode()

    assert "T-1" not in file_of(admin, Role.ADMIN)
    assert "T-2" in file_of(admin, Role.ADMIN)
    assert "T-1" in file_of(clinician, Role.CLINICIAN)
    connection.close()
