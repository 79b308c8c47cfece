"""The second look at who is there: asked in time, answered, and nothing typed is lost."""

import datetime as dt
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.utils import timezone

from accounts.entry.actions.proofs import TRIES
from accounts.entry_rows import AccountMail
from accounts.models import AuditEvent
from accounts.permissions import Role
from jobs.models import Claim
from tests.accounts.soft_key import SoftKey, add_key
from tests.conftest import account_mails, markup, signed_in, unconfirmed
from tests.factories import StaffFactory
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.usefixtures("db")
WHY = {"why": "Left the clinic"}


@pytest.fixture
def path(clinician):
    return f"/staff/{clinician.pk}/end-access/"


def is_active(staff):
    staff.refresh_from_db()
    return staff.is_active


class TestPosting:
    def test_is_asked_with_what_was_typed_and_nothing_done(
        self, admin, clinician, path
    ):
        page = unconfirmed(admin).post(path, WHY)

        assert page.status_code == 403
        assert "You end a colleague's access" in markup(page).replace("&#x27;", "'")
        assert 'name="why" value="Left the clinic"' in markup(page)
        assert page.context["path"] == path
        assert is_active(clinician)

    def test_a_wrong_answer_keeps_it_and_shows_no_secret(self, admin, clinician, path):
        page = unconfirmed(admin).post(path, WHY | {"proof_password": "no such one"})

        assert page.status_code == 403
        assert "not your password" in markup(page)
        assert 'name="why" value="Left the clinic"' in markup(page)
        assert "no such one" not in markup(page)
        assert is_active(clinician)

    def test_a_right_answer_does_it_and_is_good_for_a_while(
        self, admin, clinician, prescriber, path
    ):
        client = unconfirmed(admin)
        client.post(path, WHY | {"proof_password": PASSWORD})
        client.post(f"/staff/{prescriber.pk}/end-access/", WHY)

        assert not is_active(clinician)
        assert not is_active(prescriber)
        assert AuditEvent.objects.filter(verb="staff.proved").count() == 1

    def test_a_page_may_be_looked_at_without(self, admin, clinician):
        page = unconfirmed(admin).get(f"/staff/{clinician.pk}/")

        assert page.status_code == 200

    def test_a_passkey_answers_it(self, admin, clinician, path):
        key = SoftKey()
        add_key(signed_in(admin), key)
        client = unconfirmed(admin)
        options = client.post(path, WHY).context["ways"].passkey_options
        client.post(path, WHY | {"proof_passkey": key.used(options)})

        assert not is_active(clinician)

    def test_a_file_has_to_be_chosen_again(self, admin, path, tmp_path):
        file = tmp_path / "letter.txt"
        file.write_text("x")
        with file.open("rb") as letter:
            page = unconfirmed(admin).post(path, WHY | {"letter": letter})

        assert "The file has to be chosen again" in markup(page)

    def test_a_form_that_came_too_late_stays_the_one_it_is(self, admin, path):
        page = unconfirmed(admin).post(path, WHY | {"unsent": "7"})

        assert 'name="unsent" value="7"' in markup(page)

    def test_a_part_of_a_page_is_told_so(self, admin, path):
        answer = unconfirmed(admin).post(path, WHY, headers={"HX-Request": "true"})

        assert answer["X-Not-Done"] == "step-up"
        assert "say first that it is you" in markup(answer)
        assert "<html" not in markup(answer)

    def test_too_many_wrong_ones_close_it(self, admin, clinician, path):
        client = unconfirmed(admin)
        for _ in range(TRIES):
            client.post(path, WHY | {"proof_password": "no"})
        page = client.post(path, WHY | {"proof_password": PASSWORD})

        assert "Too many tries" in markup(page)
        assert is_active(clinician)


class TestInFront:
    def test_what_shows_secrets_is_asked_before_and_led_back_to(self, clinician):
        client = unconfirmed(clinician)
        asked = client.get("/account/app/")
        assert asked.url == "/confirm/?next=%2Faccount%2Fapp%2F"
        page = client.get(asked.url)
        assert "Is it you" in markup(page)

        sent = {"next": "/account/app/", "proof_password": PASSWORD}
        wrong = client.post("/confirm/", sent | {"proof_password": "no"})
        assert wrong.status_code == 400
        assert 'name="next" value="/account/app/"' in markup(wrong)
        assert client.post("/confirm/", sent).url == "/account/app/"
        assert client.get("/account/app/").status_code == 200

    @pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", ""])
    def test_leads_to_no_other_site(self, clinician, wanted):
        sent = {"next": wanted, "proof_password": PASSWORD}

        assert signed_in(clinician).post("/confirm/", sent).url == "/"

    def test_asks_again_after_ten_minutes(self, clinician):
        now = timezone.now()
        client = signed_in(clinician, at=now)
        for later, status in ((599, 200), (601, 302)):
            with time_machine.travel(now + dt.timedelta(seconds=later), tick=False):
                assert client.get("/account/password/").status_code == status


def test_a_mail_that_cannot_be_sent_waits_and_names_staff_alone(
    clinic, clinician, as_admin, monkeypatch
):
    def away(*_, **__):
        raise SMTPServerDisconnected

    row = {"clinic": clinic, "staff": clinician, "kind": "password"}
    AccountMail.objects.create(**row, at=timezone.now())
    monkeypatch.setattr("jobs.notices.send_mail", away)
    assert account_mails(clinic) == []

    assert Claim.objects.get(step="account_mail").fault == "SMTPServerDisconnected"
    page = markup(as_admin.get("/workers/"))
    assert f"Password changed, to {clinician.name}" in page


def test_an_admin_sees_how_many_roles_wait_for_them(clinic, admin, clinician, as_admin):
    other = StaffFactory(roles={clinic: [Role.ADMIN]})
    sent = {"roles": ["clinician", "peer"]}
    page = signed_in(other).post(f"/staff/{clinician.pk}/", sent, follow=True)

    assert "Peer specialist" in markup(page)
    assert "1 role for colleagues waits" in markup(as_admin.get("/"))
    assert "for a second person" not in markup(signed_in(other).get("/"))
    director = StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]})
    part = signed_in(director).get("/rules-due/")
    assert "1 role for colleagues waits" in markup(part)
