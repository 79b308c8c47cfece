"""Coming in, staying in, going out."""

import datetime as dt
import re

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.entry_rows import SEEN_AT, SIGNED_IN_AT, WrongPassword
from accounts.middleware import POLL_HEADER
from accounts.models import AuditEvent, Membership
from accounts.permissions import Role
from tests.conftest import account_mails, signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = "wrong horse battery staple"
SIGN_IN = reverse("accounts:sign_in")


def try_in(email, password=PASSWORD, client=None, **more):
    return (client or Client()).post(
        SIGN_IN, {"email": email, "password": password, **more}
    )


def told(answer):
    return re.sub(r'"[\w+/=-]{20,}"', "", answer.content.decode())


class TestSigningIn:
    def test_with_the_right_password_leads_home(self, clinician):
        response = try_in(clinician.email)

        assert response.status_code == 302
        assert response.url == "/"
        assert AuditEvent.objects.filter(verb="staff.signed_in").count() == 1

    def test_the_case_of_the_address_does_not_matter(self, clinician):
        assert try_in(clinician.email.upper()).status_code == 302

    def test_leads_back_to_where_one_was_going(self, clinician):
        assert try_in(clinician.email, next="/people/").url == "/people/"

    def test_never_leads_to_another_site(self, clinician):
        assert try_in(clinician.email, next="https://evil.example/").url == "/"

    @pytest.mark.parametrize(
        ("email", "password"),
        [
            pytest.param("nobody@clinic.example", PASSWORD, id="unknown account"),
            pytest.param(None, "wrong horse battery staple", id="wrong password"),
        ],
    )
    def test_every_failure_says_the_same(self, clinician, email, password):
        response = try_in(email or clinician.email, password)

        assert response.status_code == 400
        assert "do not match" in response.content.decode()

    def test_an_ended_account_gets_the_same_answer(self, clinic):
        gone = StaffFactory(is_active=False, roles={clinic: [Role.CLINICIAN]})

        assert "do not match" in try_in(gone.email).content.decode()

    def test_what_was_typed_stays_but_never_the_password(self, clinician):
        page = try_in(clinician.email, "wrong horse battery staple").content.decode()

        assert clinician.email in page
        assert "wrong horse" not in page

    def test_ten_failures_close_the_account_for_a_while(self, clinician):
        for _ in range(settings.AXES_FAILURE_LIMIT):
            last = try_in(clinician.email, "wrong horse battery staple")

        assert last.status_code == 429
        assert try_in(clinician.email).status_code == 429

    def from_each(self, email, addresses, password=WRONG):
        """The answers to one try from each of these addresses."""
        return [
            Client(REMOTE_ADDR=address).post(
                SIGN_IN, {"email": email, "password": password}
            )
            for address in addresses
        ]

    def test_guesses_from_many_addresses_close_the_account(self, clinician):
        addresses = [f"203.0.113.{n}" for n in range(40)]
        answers = self.from_each(clinician.email, addresses)
        (right,) = self.from_each(clinician.email.upper(), ["198.51.100.1"], PASSWORD)

        assert [a.status_code for a in answers] == [400] * 9 + [429] * 31
        # Right or wrong tells nothing.
        assert right.status_code == 429

    @pytest.mark.parametrize("alike", ["\u0131", "I", " i"])
    def test_letters_that_count_as_the_same_are_tries_at_the_same_account(
        self, clinic, alike
    ):
        """What the database takes for one address is counted as one."""
        staff = StaffFactory(roles={clinic: [Role.CLINICIAN]}, email="iris@x.example")
        typed = staff.email.replace("i", alike, 1)
        addresses = [f"203.0.113.{n}" for n in range(10)]
        self.from_each(typed, addresses)

        (right,) = self.from_each(staff.email, ["198.51.100.1"], PASSWORD)
        assert right.status_code == 429

    def test_nobody_is_shut_out_by_what_others_do(self, clinician, prescriber):
        usual = "198.51.100.7"
        self.from_each(clinician.email, [usual], PASSWORD)
        self.from_each(clinician.email, [f"203.0.113.{n}" for n in range(12)])
        self.from_each("nobody@example.org", [usual] * 12)

        (same_place,) = self.from_each(clinician.email, [usual], PASSWORD)
        (colleague,) = self.from_each(prescriber.email, [usual], PASSWORD)
        (elsewhere,) = self.from_each(clinician.email, ["192.0.2.1"], PASSWORD)
        assert (same_place.status_code, colleague.status_code) == (302, 302)
        assert elsewhere.status_code == 429

    def test_where_somebody_usually_comes_in_is_closed_by_tries_from_there(
        self, clinician
    ):
        usual = "198.51.100.7"
        self.from_each(clinician.email, [usual], PASSWORD)
        answers = self.from_each(clinician.email, [usual] * 10)

        assert answers[-1].status_code == 429
        (right,) = self.from_each(clinician.email, [usual], PASSWORD)
        assert right.status_code == 429

    def sprayed(self, number, address=None, password=WRONG):
        """The answers to one password at as many accounts, each from its own address."""
        return [
            Client(REMOTE_ADDR=address or f"203.0.113.{n}").post(
                SIGN_IN, {"email": f"nobody{n}@clinic.example", "password": password}
            )
            for n in range(number)
        ]

    @pytest.mark.parametrize("address", [None, "203.0.113.9"], ids=["many", "one"])
    def test_one_password_at_two_hundred_accounts_is_closed_after_five(
        self, clinician, address
    ):
        answers = self.sprayed(200, address, PASSWORD)
        right, wrong = try_in(clinician.email), try_in("no@x.example", PASSWORD)

        assert [a.status_code for a in answers] == [400] * 5 + [429] * 195
        # Whoever has it and whoever has not: the same answer.
        assert (right.status_code, wrong.status_code) == (429, 429)
        assert told(right) == told(wrong)
        assert WrongPassword.objects.count() == 5

    def test_a_password_that_is_tried_everywhere_shuts_nobody_out(
        self, clinician, prescriber
    ):
        usual = "198.51.100.7"
        self.from_each(clinician.email, [usual], PASSWORD)
        self.sprayed(6, password=PASSWORD)
        self.sprayed(6, usual)

        (at_home,) = self.from_each(clinician.email, [usual], PASSWORD)
        (elsewhere,) = self.from_each(clinician.email, ["192.0.2.1"], PASSWORD)
        (other,) = self.from_each(prescriber.email, ["192.0.2.1"], WRONG + "!")
        assert at_home.status_code == 302
        assert elsewhere.status_code == 429
        assert other.status_code == 400

    def test_where_somebody_usually_comes_in_a_password_is_closed_by_tries_from_there(
        self, clinician
    ):
        usual = "198.51.100.7"
        self.from_each(clinician.email, [usual], PASSWORD)
        self.sprayed(5, usual, PASSWORD)

        (right,) = self.from_each(clinician.email, [usual], PASSWORD)
        assert right.status_code == 429

    def test_tries_at_one_account_close_no_password(self, clinician, prescriber):
        for _ in range(8):
            try_in(clinician.email)
            try_in("nobody@clinic.example", PASSWORD)

        assert try_in(prescriber.email).status_code == 302

    def test_a_password_is_open_again_after_a_while(self, clinician):
        now = timezone.now()
        with time_machine.travel(now - settings.AXES_COOLOFF_TIME, tick=False):
            self.sprayed(6, password=PASSWORD)
        with time_machine.travel(now, tick=False):
            assert try_in(clinician.email).status_code == 302
            try_in("nobody@clinic.example")

        assert WrongPassword.objects.count() == 1

    def test_of_a_wrong_password_no_text_is_kept(self, clinician):
        try_in(clinician.email, WRONG)

        kept = WrongPassword.objects.get()
        assert len({kept.password, kept.account}) == 2
        assert re.fullmatch("[0-9a-f]{64}", kept.password + kept.account)
        assert clinician.email not in str(kept)

    def test_what_a_closed_account_was_sent_is_not_kept(self, clinician):
        for _ in range(settings.AXES_FAILURE_LIMIT + 3):
            try_in(clinician.email, WRONG)

        assert WrongPassword.objects.count() < settings.AXES_FAILURE_LIMIT

    def test_a_signed_in_person_is_led_on(self, as_clinician):
        assert as_clinician.get(SIGN_IN).url == "/"

    def test_pages_lead_a_stranger_to_the_sign_in_page(self, clinic):
        assert Client().get("/people/").url == f"{SIGN_IN}?next=/people/"


class TestLimits:
    def aged(self, client, **ages):
        session = client.session
        now = timezone.now()
        for key, age in ages.items():
            session[key] = (now - age).timestamp()
        session.save()
        return client

    def test_fifteen_idle_minutes_end_a_session(self, as_clinician):
        self.aged(as_clinician, **{SEEN_AT: dt.timedelta(minutes=15, seconds=1)})

        response = as_clinician.get("/people/")

        assert response.url == f"{SIGN_IN}?next=/people/"
        page = as_clinician.get(SIGN_IN).content.decode()
        assert "nothing happened for a while" in page
        assert "kept" not in page

    def test_just_under_fifteen_minutes_go_on(self, as_clinician):
        self.aged(as_clinician, **{SEEN_AT: dt.timedelta(minutes=14, seconds=50)})

        assert as_clinician.get("/account/").status_code == 200

    def test_twelve_hours_end_even_a_busy_session(self, as_clinician):
        self.aged(as_clinician, **{SIGNED_IN_AT: dt.timedelta(hours=12, seconds=1)})

        assert as_clinician.post("/switch-clinic/").url == SIGN_IN

    def test_a_session_without_a_beginning_is_over(self, as_clinician):
        session = as_clinician.session
        del session[SIGNED_IN_AT], session[SEEN_AT]
        session.save()

        assert as_clinician.get("/account/").status_code == 302

    def test_being_seen_is_noted_now_and_then(self, as_clinician):
        self.aged(as_clinician, **{SEEN_AT: dt.timedelta(minutes=1)})

        as_clinician.get("/account/")

        seen = as_clinician.session[SEEN_AT]
        assert timezone.now().timestamp() - seen < 30

    def test_a_page_that_asks_by_itself_keeps_no_session_alive(self, as_clinician):
        self.aged(as_clinician, **{SEEN_AT: dt.timedelta(minutes=1)})
        before = as_clinician.session[SEEN_AT]

        as_clinician.get("/account/", headers={POLL_HEADER: "yes"})

        assert as_clinician.session[SEEN_AT] == before


class TestGoingOut:
    def test_sign_out_ends_this_session(self, as_clinician):
        as_clinician.post(reverse("accounts:sign_out"))

        assert as_clinician.get("/account/").status_code == 302
        assert AuditEvent.objects.filter(verb="staff.signed_out").exists()

    def test_a_stranger_may_press_it_too(self):
        assert Client().post(reverse("accounts:sign_out")).url == SIGN_IN

    def test_everywhere_ends_the_other_device(self, clinician):
        desk, phone = signed_in(clinician), signed_in(clinician)

        phone.post(reverse("accounts:sign_out_everywhere"))

        assert desk.get("/account/").status_code == 302


class TestClinics:
    def test_somebody_at_two_clinics_switches(self, clinic, other_clinic):
        person = StaffFactory(
            roles={clinic: [Role.CLINICIAN], other_clinic: [Role.ADMIN]}
        )
        client = signed_in(person)

        client.post("/switch-clinic/", {"clinic": other_clinic.pk})
        assert client.get("/staff/").status_code == 200
        client.post("/switch-clinic/", {"clinic": clinic.pk})
        assert client.get("/staff/").status_code == 403

    def test_a_clinic_one_does_not_belong_to_is_not_switched_to(
        self, as_admin, other_clinic
    ):
        as_admin.post("/switch-clinic/", {"clinic": other_clinic.pk})

        assert "clinic_id" not in as_admin.session

    def test_somebody_without_a_clinic_gets_nowhere(self):
        assert signed_in(StaffFactory()).get("/people/").status_code == 403


class TestPasswords:
    def change(self, client, new, present=PASSWORD):
        return client.post(
            "/account/password/",
            {"present_password": present, "password1": new, "password2": new},
        )

    @pytest.mark.parametrize(
        ("new", "said"),
        [
            pytest.param("short", "at least 15", id="short"),
            pytest.param("1qaz2wsx3edc4rfv", "too common", id="on the list"),
            pytest.param("aaaaaaaaaaaaaaaa", "among the first", id="one letter"),
            pytest.param("1234567890123456", "among the first", id="a row"),
            pytest.param("zyxwvutsrqponmlk", "among the first", id="a row back"),
            pytest.param("qwertyuiopasdfgh", "among the first", id="rows of keys"),
            pytest.param(
                "Poiuytrewq!0987654", "among the first", id="rows of keys back"
            ),
            pytest.param("qazwsxedcrfvtgbyhn", "among the first", id="columns of keys"),
            pytest.param("passwordpassword", "again and again", id="a word twice"),
            pytest.param("mainstaymainstay", "again and again", id="our own name"),
            pytest.param("Mainstay-password", "again and again", id="and a word"),
            pytest.param("samir.haddad 1990", "too similar", id="the name"),
        ],
    )
    def test_one_that_is_guessed_first_is_refused_beside_the_field(
        self, as_clinician, new, said
    ):
        response = self.change(as_clinician, new)

        assert response.status_code == 400
        assert said in response.content.decode()

    def test_ones_own_address_is_none(self, as_clinician):
        email = as_clinician.staff.email
        response = self.change(as_clinician, f"my own {email} here")

        assert response.status_code == 400

    def test_the_present_one_is_asked(self, clinician):
        desk = signed_in(clinician)
        new = "seven words of one long song"

        response = self.change(desk, new, present="not the present one")

        assert response.status_code == 400
        assert "not your present password" in response.content.decode()
        assert try_in(clinician.email).status_code == 302

    def test_a_new_one_ends_other_sessions_and_keeps_this_one(self, clinician):
        desk, phone = signed_in(clinician), signed_in(clinician)
        new = "seven words of one long song"

        assert self.change(desk, new).status_code == 302

        assert phone.get("/account/").status_code == 302

    def test_an_invitation_sets_the_first_password(self, as_admin, clinic):
        as_admin.post(
            reverse("accounts:invite"),
            {
                "name": "Dana Peer",
                "email": "dana@clinic.example",
                "roles": ["care_manager"],
            },
        )
        [sent] = account_mails(clinic)
        link = re.search(r"https?://[^/]+(/set-password/\S+)", sent.body)[1]
        new = "a door that locks at night"

        assert Client().get(link).status_code == 200
        Client().post(link, {"password1": new, "password2": new})

        assert try_in("dana@clinic.example", new).status_code == 302
        assert Client().get(link).status_code == 404

    @pytest.mark.parametrize("uid", ["", "%FF", "AAAA", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
    def test_a_made_up_link_is_no_longer_valid(self, uid):
        link = f"/set-password/{uid or 'x'}/abc-def/"

        assert Client().get(link).status_code == 404


class TestStaffPages:
    def test_the_list_names_roles(self, as_admin, clinician):
        page = as_admin.get("/staff/").content.decode()

        assert clinician.name in page
        assert "Clinician" in page

    def test_inviting_somebody_twice_is_said_beside_the_field(
        self, as_admin, clinician
    ):
        response = as_admin.post(
            "/staff/invite/",
            {"name": "X", "email": clinician.email, "roles": ["clinician"]},
        )

        assert response.status_code == 400
        assert "already works" in response.content.decode()

    def test_roles_are_changed(self, as_admin, clinician, clinic):
        as_admin.post(f"/staff/{clinician.pk}/", {"roles": ["prescriber"]})

        assert Membership.objects.get(staff=clinician).role == "prescriber"

    def test_a_refused_change_is_said(self, as_admin, admin):
        response = as_admin.post(f"/staff/{admin.pk}/", {"roles": ["clinician"]})

        assert response.status_code == 400
        assert "Another admin" in response.content.decode()

    def test_access_is_ended_with_a_reason(self, as_admin, clinician):
        as_admin.post(f"/staff/{clinician.pk}/end-access/", {"why": "Left the clinic"})

        clinician.refresh_from_db()
        assert not clinician.is_active

    def test_without_a_reason_nothing_happens(self, as_admin, clinician):
        response = as_admin.post(f"/staff/{clinician.pk}/end-access/", {})

        assert response.status_code == 400
        clinician.refresh_from_db()
        assert clinician.is_active

    def test_one_s_own_access_is_not_ended(self, as_admin, admin):
        response = as_admin.post(f"/staff/{admin.pk}/end-access/", {"why": "x"})

        assert response.status_code == 400

    def test_a_link_can_be_sent_again(self, as_admin, clinician, clinic):
        as_admin.post(f"/staff/{clinician.pk}/invite-again/")

        assert [sent.to for sent in account_mails(clinic)] == [[clinician.email]]

    def test_staff_of_another_clinic_are_not_there(self, as_admin, other_clinic):
        stranger = StaffFactory(roles={other_clinic: [Role.CLINICIAN]})

        assert as_admin.get(f"/staff/{stranger.pk}/").status_code == 404

    def test_the_table_of_permissions_is_readable(self, as_clinician):
        page = as_clinician.get("/permissions/").content.decode()

        assert "Sign treatment plans" in page


@pytest.mark.parametrize("path", ["/account/", "/", "/no-such-page/"])
def test_no_page_is_kept_by_caches(as_clinician, client, path):
    for somebody in (as_clinician, client):
        assert "no-store" in somebody.get(path)["Cache-Control"]
    assert "no-store" in as_clinician.post("/sign-out/")["Cache-Control"]


@pytest.mark.parametrize(
    ("site", "mode", "dest", "status"),
    [
        pytest.param("same-origin", "cors", "empty", 200, id="our own script"),
        pytest.param("none", "navigate", "document", 200, id="typed"),
        pytest.param("cross-site", "navigate", "document", 200, id="a link elsewhere"),
        pytest.param("cross-site", "navigate", "iframe", 403, id="framed elsewhere"),
        pytest.param("cross-site", "no-cors", "image", 403, id="drawn elsewhere"),
        pytest.param("cross-site", "cors", "empty", 403, id="read elsewhere"),
    ],
)
def test_pages_of_other_sites_get_nothing_of_ours(
    as_clinician, site, mode, dest, status
):
    told = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}

    assert as_clinician.get("/account/", headers=told).status_code == status


def test_a_form_of_another_site_is_not_taken(as_clinician):
    told = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}

    assert as_clinician.post("/sign-out/", headers=told).status_code == 403


def test_an_address_behind_a_trusted_proxy_is_the_one_it_names(clinician, settings):
    settings.TRUSTED_PROXY_HOPS = 1
    client = signed_in(clinician)

    client.post(
        reverse("accounts:sign_out"),
        headers={"x-forwarded-for": "1.1.1.1, 203.0.113.9"},
    )

    assert AuditEvent.objects.get(verb="staff.signed_out").address == "203.0.113.9"


class TestChangesPage:
    def test_names_columns_and_never_what_they_say(self, as_admin, clinic):
        person = PatientFactory(clinic=clinic, family_name="Secretname")
        person.pronouns = "she/her"
        person.save(update_fields=["pronouns"])

        page = as_admin.get(
            "/audit/changes/", {"table": "patients_patient", "row": person.pk}
        ).content.decode()

        assert "pronouns" in page
        assert "she/her" not in page
        assert "Secretname" not in page

    def test_leafs_on_and_shows_this_clinic_alone(self, as_admin, clinic, other_clinic):
        PatientFactory.create_batch(60, clinic=clinic)
        theirs = PatientFactory(clinic=other_clinic)

        first = as_admin.get("/audit/changes/", {"table": "patients_patient"})
        page = first.content.decode()

        assert "Earlier changes" in page
        assert f"patients_patient {theirs.pk}<" not in page
        earlier = as_admin.get("/audit/changes/", {"before": first.context["before"]})
        assert "Earlier changes" not in earlier.content.decode()

    def test_a_filter_that_makes_no_sense_is_said(self, as_admin):
        assert as_admin.get("/audit/changes/", {"row": "x"}).status_code == 400

    def test_is_empty_in_words(self, as_admin):
        page = as_admin.get("/audit/changes/", {"row": 1}).content.decode()

        assert "Nothing has changed" in page
