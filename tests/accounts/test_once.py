"""The once-only token: sent twice is one act, other content is refused, errors may mend."""

import re
import threading

import pytest
from django.db import connections
from django.test import Client

from accounts.middleware import CLINIC
from accounts.models import AuditEvent, SentForm
from accounts.permissions import Role
from aftercare.models import OutreachAttempt
from tests.conftest import signed_in
from tests.factories import ClinicFactory, PatientFactory, StaffFactory

TOKEN = {"X-Once": "a-token-of-this-test-1"}
CONTACT = {"outcome": "no_answer", "channel": "phone", "note": "Rang twice."}


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def url(person):
    return f"/people/{person.pk}/aftercare/contact/"


class TestSentAgain:
    def test_it_is_one_act_with_the_same_answer(self, as_care_manager, url):
        first = as_care_manager.post(url, CONTACT, headers=TOKEN)
        again = as_care_manager.post(url, CONTACT, headers=TOKEN)

        assert OutreachAttempt.objects.count() == 1
        assert (again.status_code, again.url) == (first.status_code, first.url)
        page = as_care_manager.get(again.url).content.decode()
        assert page.count("Contact with") == 2  # one message for each answer

    def test_other_content_is_refused_and_shown(self, as_care_manager, url):
        as_care_manager.post(url, CONTACT, headers=TOKEN)

        other = as_care_manager.post(url, {**CONTACT, "note": "Spoke."}, headers=TOKEN)

        assert other.status_code == 409
        page = other.content.decode()
        assert "sent already, with other content" in page
        assert "Spoke." in page
        assert OutreachAttempt.objects.count() == 1

    def test_the_page_offers_a_form_of_its_own(self, as_care_manager, url):
        as_care_manager.post(url, CONTACT, headers=TOKEN)
        other = as_care_manager.post(url, {**CONTACT, "note": "Spoke."}, headers=TOKEN)

        as_care_manager.post(url, hidden_in(other), once=False)

        assert OutreachAttempt.objects.filter(note="Spoke.").exists()

    def test_a_fragment_is_answered_again_too(self, as_care_manager, person):
        url = f"/people/{person.pk}/measures/give/phq9/draft/"
        headers = {**TOKEN, "HX-Request": "true"}

        first = as_care_manager.post(url, {"item-interest": "1"}, headers=headers)
        again = as_care_manager.post(url, {"item-interest": "1"}, headers=headers)

        assert first.status_code == again.status_code == 200
        assert first.content == again.content

    def test_a_form_with_an_error_may_be_sent_corrected(self, as_prescriber, person):
        url = f"/people/{person.pk}/add/allergy/"
        wrong = as_prescriber.post(url, {"kind": "other"}, headers=TOKEN)
        right = {"kind": "other", "substance": "Latex"}

        assert wrong.status_code == 400
        assert as_prescriber.post(url, right, headers=TOKEN).status_code == 302
        assert person.allergies.count() == 1

    def test_the_token_of_one_is_not_the_token_of_another(
        self, as_care_manager, as_clinician, url
    ):
        as_care_manager.post(url, CONTACT, headers=TOKEN)
        as_clinician.post(url, {**CONTACT, "note": "Mine."}, headers=TOKEN)

        assert OutreachAttempt.objects.count() == 2

    def test_nothing_of_the_form_is_kept_in_the_clear(self, as_care_manager, url):
        as_care_manager.post(url, CONTACT, headers=TOKEN)

        row = SentForm.objects.get()
        assert "Rang twice" not in f"{row.digest}{row.body}{row.messages}"


class TestWithoutToken:
    def test_it_is_refused_and_what_was_typed_is_shown(self, as_care_manager, url):
        response = as_care_manager.post(url, CONTACT, once=False)

        assert response.status_code == 400
        assert "Rang twice." in response.content.decode()
        assert not OutreachAttempt.objects.exists()

    @pytest.mark.parametrize("token", ["", "short", "x" * 65, "a b c d e f g h i j"])
    def test_what_is_no_token_is_none(self, as_care_manager, url, token):
        response = as_care_manager.post(url, CONTACT, headers={"X-Once": token})

        assert response.status_code == 400

    def test_a_part_of_a_page_gets_words_alone(self, as_care_manager, url):
        response = as_care_manager.post(
            url, CONTACT, once=False, headers={"HX-Request": "true"}
        )

        assert "<html" not in response.content.decode()
        assert response["X-Not-Done"]

    def test_a_password_is_never_shown(self, as_clinician):
        sent = {"password1": "a secret of many words", "password2": "other"}

        page = as_clinician.post("/account/", sent, once=False).content.decode()

        assert "a secret" not in page

    def test_signing_out_needs_none(self, as_clinician):
        assert as_clinician.post("/sign-out/", once=False).status_code == 302


def test_every_form_brings_a_token_that_is_taken(as_care_manager, person, url):
    page = as_care_manager.get(f"/people/{person.pk}/aftercare/").content.decode()
    form = re.search(r"<form[^>]*aftercare/contact/.*?</form>", page, re.DOTALL)[0]
    once = re.search(r'name="once" value="([^"]+)"', form)[1]

    response = as_care_manager.post(url, {**CONTACT, "once": once}, once=False)

    assert response.status_code == 302
    assert page.count('name="csrfmiddlewaretoken"') == page.count('name="once"')


def test_two_at_the_same_moment_are_one(transactional_db):
    clinic = ClinicFactory()
    staff = StaffFactory(roles={clinic: [Role.CARE_MANAGER]})
    person = PatientFactory(clinic=clinic)
    session = signed_in(staff).cookies
    barrier, answers = threading.Barrier(4), []

    def send():
        client = Client()
        client.cookies = session.copy()
        barrier.wait(10)
        url = f"/people/{person.pk}/aftercare/contact/"
        answers.append(client.post(url, CONTACT, headers=TOKEN).status_code)
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [302] * 4
    assert OutreachAttempt.objects.count() == 1
    assert AuditEvent.objects.filter(verb__startswith="outreach").count() == 1


def hidden_in(response):
    """What the form of a page sends."""
    page = response.content.decode()
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_clinic_is_part_of_what_a_token_is_for(clinic, other_clinic):
    staff = StaffFactory(roles={c: [Role.CARE_MANAGER] for c in (clinic, other_clinic)})
    client = signed_in(staff)
    for where in (clinic, other_clinic):
        session = client.session
        session[CLINIC] = where.pk
        session.save()
        person = PatientFactory(clinic=where)
        url = f"/people/{person.pk}/aftercare/contact/"
        assert client.post(url, CONTACT, headers=TOKEN).status_code == 302
