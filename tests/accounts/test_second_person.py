"""Roles given by two people, and sessions that one sees and ends."""

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.entry import places
from accounts.entry.actions import roles as acts
from accounts.entry_rows import (
    CodeApp,
    FactorTries,
    Passkey,
    RecoveryCode,
    RoleRequest,
    StaffSession,
)
from accounts.models import AuditEvent, Staff
from accounts.permissions import Role
from accounts.refusals import Gone
from tests.conftest import account_mails, markup, signed_in
from tests.factories import StaffFactory
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def second(clinic):
    return StaffFactory(roles={clinic: [Role.ADMIN]}, name="Bo Second")


@pytest.fixture
def director(clinic):
    return StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]}, name="Dee Director")


def roles(staff, clinic):
    held = staff.memberships.filter(clinic=clinic)
    return set(held.values_list("role", flat=True))


@pytest.fixture
def asked(clinic, clinician, admin, second, noon):
    """A prescriber's role that the admin wants the clinician to have."""
    wanted = [Role.CLINICIAN, Role.PRESCRIBER]
    actions.change_roles(
        staff=clinician, clinic=clinic, roles=wanted, by=admin, at=noon
    )
    return RoleRequest.objects.get()


class TestAsking:
    def test_a_further_role_waits_and_the_second_one_is_told(
        self, asked, clinic, clinician, second
    ):
        assert roles(clinician, clinic) == {Role.CLINICIAN}
        assert asked.role == Role.PRESCRIBER
        [sent] = account_mails(clinic)
        assert sent.to == [second.email]
        assert clinician.name not in sent.body

    def test_a_medical_director_is_a_second_one(self, clinic, admin, director):
        assert acts.who_may_confirm(clinic, besides=[admin]) == [director]

    def test_who_cannot_sign_in_is_none(self, clinic, admin):
        StaffFactory(roles={clinic: [Role.ADMIN]}, is_active=False)
        invited = StaffFactory(roles={clinic: [Role.ADMIN]})
        invited.set_unusable_password()
        invited.save()

        assert acts.who_may_confirm(clinic, besides=[admin]) == []

    def test_where_nobody_else_could_confirm_it_is_given_and_said(
        self, as_admin, clinic, clinician
    ):
        wanted = {"roles": ["clinician", "prescriber"]}
        page = as_admin.post(f"/staff/{clinician.pk}/", wanted, follow=True)

        assert roles(clinician, clinic) == {Role.CLINICIAN, Role.PRESCRIBER}
        assert "Nobody else could confirm" in markup(page)
        event = AuditEvent.objects.get(verb="staff.roles_given_alone")
        assert event.facts == {"roles": ["prescriber"]}

    def test_a_role_is_taken_away_at_once(self, clinic, prescriber, admin, second):
        actions.change_roles(
            staff=prescriber,
            clinic=clinic,
            roles=[Role.CARE_MANAGER],
            by=admin,
            at=timezone.now(),
        )

        assert roles(prescriber, clinic) == set()
        assert RoleRequest.objects.get().role == Role.CARE_MANAGER

    def test_twice_is_one_request(self, asked, clinic, clinician, admin, noon):
        account_mails(clinic)
        wanted = [Role.CLINICIAN, Role.PRESCRIBER]
        actions.change_roles(
            staff=clinician, clinic=clinic, roles=wanted, by=admin, at=noon
        )

        assert RoleRequest.objects.get() == asked
        assert account_mails(clinic) == []

    def test_says_who_can_confirm_it(
        self, asked, clinic, admin, clinician, second, director, noon
    ):
        [one] = acts.waiting_roles(clinic, at=noon)
        assert one.confirmers == "Bo Second or Dee Director"
        assert one.is_here
        assert acts.waiting_roles(clinic, at=noon, staff=second) == []

        for person in (second, director):
            actions.end_access(
                staff=person, clinic=clinic, why="Left", by=admin, at=noon
            )
        [one] = acts.waiting_roles(clinic, at=noon)
        assert one.confirmers == ""
        page = signed_in(admin).get(f"/staff/{clinician.pk}/")
        assert "Nobody else here can confirm it" in markup(page)

    def test_what_nobody_answered_can_be_asked_again(
        self, asked, clinic, clinician, admin, noon
    ):
        later = noon + acts.WAITS
        wanted = [Role.CLINICIAN, Role.PRESCRIBER]
        actions.change_roles(
            staff=clinician, clinic=clinic, roles=wanted, by=admin, at=later
        )

        asked.refresh_from_db()
        assert asked.state == "expired"
        assert RoleRequest.objects.waiting(at=later).count() == 1

    def test_somebody_new_is_invited_once_it_is_confirmed(
        self, as_admin, clinic, second
    ):
        person = {"name": "Nora", "email": "nora@clinic.example"}
        page = as_admin.post(
            "/staff/invite/", {**person, "roles": ["clinician"]}, follow=True
        )
        said = markup(page)
        assert "Nora is not invited yet" in said
        assert "once the role is confirmed by Bo Second" in said
        assert "Wait for a second person" in said
        assert "Not invited yet: the e-mail goes once it is confirmed" in said
        assert "Bo Second can confirm it" in said
        again = as_admin.post("/staff/invite/", {**person, "roles": ["clinician"]})
        assert "waits for a second person already" in markup(again)
        assert {mail.to[0] for mail in account_mails(clinic)} == {second.email}

        request = RoleRequest.objects.get()
        acts.confirm_role(request=request, by=second, at=timezone.now())

        nora = Staff.objects.get(email="nora@clinic.example")
        assert roles(nora, clinic) == {Role.CLINICIAN}
        [sent] = account_mails(clinic)
        assert sent.to == ["nora@clinic.example"]
        assert "/set-password/" in sent.body

    def test_what_another_clinic_calls_somebody_is_not_told(
        self, as_admin, other_clinic, second
    ):
        """Until they work here."""
        known = StaffFactory(roles={other_clinic: [Role.CLINICIAN]}, name="Benedikt Q")
        person = {"name": "Ben", "email": known.email, "roles": ["clinician"]}
        told = markup(as_admin.post("/staff/invite/", person, follow=True))
        told += markup(as_admin.post("/staff/invite/", person))
        told += markup(signed_in(second).get("/staff/roles/"))

        assert known.email in told
        assert "Benedikt" not in told

    def test_who_had_left_comes_back_once_it_is_confirmed(
        self, as_admin, clinic, second, noon
    ):
        left = StaffFactory(is_active=False)
        person = {"name": "X", "email": left.email, "roles": ["clinician"]}
        as_admin.post("/staff/invite/", person)
        left.refresh_from_db()
        assert not left.is_active

        request = RoleRequest.objects.get()
        acts.confirm_role(request=request, by=second, at=timezone.now())
        left.refresh_from_db()
        assert left.is_active


class TestAnswering:
    def press(self, staff, request, what):
        with time_machine.travel(request.asked_at, tick=False):
            page = signed_in(staff).post(
                f"/staff/roles/{request.pk}/{what}/", follow=True
            )
        request.refresh_from_db()
        return page

    def test_a_second_one_confirms_and_the_person_is_told(
        self, asked, clinic, clinician, second
    ):
        account_mails(clinic)
        self.press(second, asked, "confirm")

        assert roles(clinician, clinic) == {Role.CLINICIAN, Role.PRESCRIBER}
        assert (asked.state, asked.closed_by) == ("confirmed", second)
        [sent] = account_mails(clinic)
        assert sent.to == [clinician.email]
        assert AuditEvent.objects.filter(verb="role.confirmed").count() == 1

    def test_who_asked_does_not_confirm(self, asked, clinic, clinician, admin):
        page = self.press(admin, asked, "confirm")

        assert "Somebody else has to confirm" in markup(page)
        assert asked.state == "waiting"

    def test_nor_does_who_is_to_have_it(self, clinic, admin, second, director):
        when = timezone.now()
        acts.give_or_ask(
            staff=second, clinic=clinic, roles=["prescriber"], by=admin, at=when
        )
        request = RoleRequest.objects.get()
        with pytest.raises(acts.NotForYouToConfirm):
            acts.confirm_role(request=request, by=second, at=when)
        acts.confirm_role(request=request, by=director, at=when)

        assert Role.PRESCRIBER in roles(second, clinic)

    def test_the_database_holds_it_too(self, asked, admin, clinician, noon):
        for by in (admin, clinician):
            with pytest.raises(IntegrityError), transaction.atomic():
                RoleRequest.objects.filter(pk=asked.pk).update(
                    state="confirmed", closed_by=by, closed_at=noon
                )

    def test_it_is_declined_or_taken_back(self, asked, second, admin, clinic):
        self.press(second, asked, "decline")
        assert asked.state == "declined"
        with pytest.raises(Gone):
            acts.confirm_role(request=asked, by=second, at=asked.asked_at)

    def test_who_asked_takes_it_back(self, asked, admin):
        self.press(admin, asked, "decline")

        assert asked.state == "withdrawn"

    def test_after_two_weeks_it_is_over(self, asked, second):
        with pytest.raises(Gone):
            acts.confirm_role(request=asked, by=second, at=asked.expires_at)

    def test_ended_access_withdraws_it(self, asked, clinic, clinician, admin, noon):
        actions.end_access(
            staff=clinician, clinic=clinic, why="left", by=admin, at=noon
        )

        asked.refresh_from_db()
        assert asked.state == "withdrawn"

    def test_pages_say_what_waits(self, asked, clinician, second, director, admin):
        with time_machine.travel(asked.asked_at, tick=False):
            for who in (second, director):
                page = markup(signed_in(who).get("/staff/roles/"))
                assert f"for {clinician.name}" in page
                assert "Confirm" in page
            mine = markup(signed_in(admin).get(f"/staff/{clinician.pk}/"))
        assert "Take back" in mine
        assert f"/staff/roles/{asked.pk}/confirm/" not in mine

    def test_is_of_this_clinic_alone(self, asked, other_clinic):
        stranger = StaffFactory(roles={other_clinic: [Role.ADMIN]})
        page = signed_in(stranger).post(f"/staff/roles/{asked.pk}/confirm/")

        assert page.status_code == 404


AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0": "Firefox, Windows",
    "Mozilla/5.0 (iPad; CPU OS 18 like Mac OS X) Version/18 Safari/604": "Safari, iPad",
    "Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/537 Edg/140": "Edge, Linux",
    "curl/8": "Unknown browser",
}


class TestSessions:
    def sign_in(self, staff, address="198.51.100.7", agent=""):
        client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
        client.post("/sign-in/", {"email": staff.email, "password": PASSWORD})
        return client

    @pytest.mark.parametrize(("agent", "words"), AGENTS.items())
    def test_says_the_browser_in_words(self, agent, words):
        assert places.browser_words(agent) == words

    @pytest.mark.parametrize(
        ("address", "near"),
        [
            ("198.51.100.7", "198.51.100."),
            ("2001:db8:1:2::9", "2001:0db8:0001:"),
            ("", ""),
        ],
    )
    def test_keeps_no_more_of_an_address_than_the_building(self, address, near):
        assert places.network(address) == near

    def test_says_so_where_there_is_no_address(self, clinician, noon):
        said = places.came_from(clinician, "", "", at=noon)

        assert said["place"] == "unknown network"

    def test_lists_ones_own_and_ends_another(self, clinician, prescriber):
        desk = self.sign_in(clinician, agent=next(iter(AGENTS)))
        phone = self.sign_in(clinician)
        theirs = self.sign_in(prescriber)
        page = desk.get("/account/")
        assert "Firefox, Windows" in markup(page)
        assert len(page.context["sessions"]) == 2
        other = next(
            one
            for one in page.context["sessions"]
            if one.label != page.context["this_one"]
        )
        desk.post(f"/account/sessions/{other.label}/end/")

        assert phone.get("/account/").status_code == 302
        assert desk.get("/account/").status_code == 200
        assert theirs.get("/account/").status_code == 200
        said = desk.post(f"/account/sessions/{other.label}/end/", follow=True)
        assert "over already" in markup(said)

    def test_nobody_ends_somebody_elses(self, clinician, prescriber):
        theirs = self.sign_in(prescriber)
        label = StaffSession.objects.get(staff=prescriber).label
        self.sign_in(clinician).post(f"/account/sessions/{label}/end/")

        assert theirs.get("/account/").status_code == 200

    def test_ends_all_others(self, clinician):
        desk, phone, home = (self.sign_in(clinician) for _ in range(3))
        desk.post("/account/sessions/end-others/")

        assert desk.get("/account/").status_code == 200
        assert phone.get("/account/").status_code == 302
        assert home.get("/account/").status_code == 302
        event = AuditEvent.objects.get(verb="staff.sessions_ended")
        assert event.facts == {"count": 2}

    def test_a_new_key_of_a_session_is_the_same_session(self, clinician):
        desk = self.sign_in(clinician)
        session = desk.session
        session.cycle_key()

        row = StaffSession.objects.get(staff=clinician)
        assert row.session_key == session.session_key
        assert row.place == "network 198.51.100.x"
        assert row.get_session_store_class() is type(session)

    def test_a_new_place_comes_first_and_is_told(self, clinic, clinician):
        self.sign_in(clinician)
        self.sign_in(clinician, "198.51.100.99")
        assert account_mails(clinic) == []
        self.sign_in(clinician, "203.0.113.9")

        [sent] = account_mails(clinic)
        assert sent.to == [clinician.email]
        assert "network 203.0.113." in sent.body
        first = StaffSession.objects.of(clinician, at=timezone.now()).first()
        assert not first.is_known_place

    def test_somebody_without_a_clinic_is_not_written_to(self):
        nobody = StaffFactory()
        self.sign_in(nobody)
        self.sign_in(nobody, "203.0.113.9")

        assert StaffSession.objects.filter(staff=nobody).count() == 2

    def test_a_changed_password_is_told_and_a_first_one_is_not(self, clinic, clinician):
        at = timezone.now()
        actions.set_password(staff=clinician, password="nine lives of a cat", at=at)
        assert [m.subject for m in account_mails(clinic)] == [
            "Your password was changed"
        ]
        clinician.set_unusable_password()
        actions.set_password(staff=clinician, password="nine lives of a cat", at=at)
        assert account_mails(clinic) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (CodeApp(staff_id=7, sealed="gAAA"), "app of 7"),
        (Passkey(pk=3, staff_id=7, public_key="a2V5"), "passkey 3 of 7"),
        (RecoveryCode(pk=3, staff_id=7, digest="x"), "recovery code 3 of 7"),
        (FactorTries(staff_id=7, failures=2), "2 tries of 7"),
    ],
)
def test_a_row_names_itself_without_a_secret(row, words):
    assert str(row) == words
