"""A session, a link or an address in the hands of whoever means harm."""

import datetime as dt
import re

import pytest
import time_machine
from django.contrib.auth import hashers
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.permissions import Role
from tests.conftest import account_mails, signed_in
from tests.factories import StaffFactory
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db
SIGN_IN = reverse("accounts:sign_in")
NEW = "a door that locks at night"


def try_in(email, password=PASSWORD, client=None, **more):
    return (client or Client()).post(
        SIGN_IN, {"email": email, "password": password, **more}
    )


class TestSession:
    def test_one_that_was_there_before_is_another_afterwards(self, clinician):
        client = Client()
        client.get(SIGN_IN)
        session = client.session
        session["planted"] = True
        session.save()
        planted = session.session_key
        client.cookies["session"] = planted

        assert try_in(clinician.email, client=client).status_code == 302

        assert client.cookies["session"].value != planted
        thief = Client()
        thief.cookies["session"] = planted
        assert thief.get("/account/").url.startswith(SIGN_IN)

    def test_a_cookie_that_was_kept_opens_nothing_after_signing_out(self, clinician):
        client, thief = signed_in(clinician), Client()
        thief.cookies["session"] = client.cookies["session"].value
        assert thief.get("/account/").status_code == 200

        client.post(reverse("accounts:sign_out"))

        assert thief.get("/account/").url.startswith(SIGN_IN)

    def test_a_role_that_was_taken_is_gone_at_the_next_request(self, clinic):
        person = StaffFactory(roles={clinic: [Role.ADMIN, Role.CLINICIAN]})
        client = signed_in(person)
        assert client.get("/staff/").status_code == 200

        Membership.objects.get(staff=person, role=Role.ADMIN).delete()
        assert client.get("/staff/").status_code == 403
        assert client.get("/account/").status_code == 200

    def test_who_works_there_no_more_is_out_at_the_next_request(
        self, clinic, other_clinic
    ):
        person = StaffFactory(
            roles={clinic: [Role.CLINICIAN], other_clinic: [Role.CLINICIAN]}
        )
        client = signed_in(person)
        client.post("/switch-clinic/", {"clinic": clinic.pk})

        Membership.objects.get(staff=person, clinic=clinic).delete()
        page = client.get("/people/")
        assert page.status_code in (302, 403) or page.wsgi_request.acting.clinic == (
            other_clinic
        )

    def test_whose_account_ended_is_out_at_the_next_request(self, clinician):
        client = signed_in(clinician)
        assert client.get("/people/").status_code == 200

        clinician.is_active = False
        clinician.save()

        assert client.get("/people/").url.startswith(SIGN_IN)

    def test_a_clock_that_goes_back_brings_no_session_back(self, clinician):
        now = timezone.now()
        client, thief = signed_in(clinician, at=now), Client()
        thief.cookies["session"] = client.cookies["session"].value

        with time_machine.travel(now + dt.timedelta(hours=13)):
            assert client.get("/account/").url.startswith(SIGN_IN)
        with time_machine.travel(now + dt.timedelta(minutes=1)):
            assert thief.get("/account/").url.startswith(SIGN_IN)


class TestGuessing:
    def test_an_account_that_is_none_costs_as_much_as_one_that_is(
        self, clinic, clinician, monkeypatch
    ):
        """What takes time is the hash: it is made as often for nobody."""
        gone = StaffFactory(is_active=False, roles={clinic: [Role.CLINICIAN]})
        hasher = type(hashers.get_hasher())
        made, encode = [], hasher.encode

        def counted(self, *args, **more):
            made.append(1)
            return encode(self, *args, **more)

        monkeypatch.setattr(hasher, "encode", counted)
        told = {}
        for email in (clinician.email, gone.email, "nobody@clinic.example"):
            made.clear()
            answer = try_in(email, "wrong horse battery staple")
            page = re.sub(r"[\w+/=-]{20,}", "", answer.text.replace(email, ""))
            told[email] = (len(made), answer.status_code, page)

        assert len(set(told.values())) == 1
        assert told[clinician.email][0] >= 1


@pytest.fixture
def invited(as_admin, clinic):
    """The address of a link by which somebody new chooses a password."""

    def make(email="dana@clinic.example", **more):
        sent = {"name": "Dana Peer", "email": email, "roles": ["care_manager"]}
        as_admin.post(reverse("accounts:invite"), sent, **more)
        [mail] = account_mails(clinic)
        return re.search(r"(https?://[^/]+)(/set-password/\S+)", mail.body)

    return make


class TestLink:
    def test_is_good_once(self, invited):
        link = invited()[2]
        Client().post(link, {"password1": NEW, "password2": NEW})

        other = "another door that locks"
        again = Client().post(link, {"password1": other, "password2": other})

        assert again.status_code == 404
        assert try_in("dana@clinic.example", NEW).status_code == 302

    def test_is_good_for_a_day(self, invited):
        link = invited()[2]

        with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
            assert Client().get(link).status_code == 404
            late = Client().post(link, {"password1": NEW, "password2": NEW})

        assert late.status_code == 404

    def test_is_good_for_nobody_else(self, invited):
        mine = invited()[2].strip("/").split("/")
        theirs = invited("omar@clinic.example")[2].strip("/").split("/")

        mixed = f"/set-password/{theirs[1]}/{mine[2]}/"

        assert Client().get(mixed).status_code == 404

    def test_leads_to_our_site_whatever_host_was_asked(self, invited, settings):
        settings.ALLOWED_HOSTS = ["*"]

        link = invited(headers={"Host": "evil.example"})

        assert link[1] == settings.SITE_URL.rstrip("/")


def test_a_line_break_in_a_name_begins_no_header(as_admin, clinic):
    sent = {
        "name": "Dana\r\nBcc: thief@evil.example",
        "email": "dana@clinic.example",
        "roles": ["care_manager"],
    }
    bad = sent | {"email": "dana@clinic.example\r\nBcc: thief@evil.example"}
    assert as_admin.post(reverse("accounts:invite"), bad).status_code == 400

    as_admin.post(reverse("accounts:invite"), sent)

    for mail in account_mails(clinic):
        told = mail.message()
        assert told["Bcc"] is None
        assert mail.recipients() == ["dana@clinic.example"]


@pytest.mark.parametrize(
    "way",
    [
        *(
            "//evil.example",
            "///evil.example",
            "////evil.example",
            "https:evil.example",
        ),
        *("http://evil.example", "HTTPS://evil.example", "https:/evil.example"),
        *(
            "https:///evil.example",
            r"\\evil.example",
            r"/\evil.example",
            r"\/evil.example",
        ),
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)"),
        *("data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://evil.example"),
        *(
            " //evil.example",
            "\t//evil.example",
            "\n//evil.example",
            "/\t/evil.example",
        ),
        *(
            "//evil.example/%2f..",
            "//testserver@evil.example",
            "http://testserver@evil.example",
        ),
        *(
            "http://testserver.evil.example",
            "//evil.example#testserver",
            "/\r\nX-Evil: 1",
        ),
        *("https://evil.example\\@testserver", "//[::1]", "http://0x7f000001/"),
        # No path of ours, and no name of a page either.
        *("7770001", "people", "accounts:sign_out", "?next=/", "#main"),
    ],
)
def test_nobody_is_led_to_another_site(way, clinician):
    answer = try_in(clinician.email, next=way)

    assert answer.status_code == 302
    assert answer.url == "/" or re.match(r"/[^/\\\s]", answer.url)
    assert "X-Evil" not in answer
