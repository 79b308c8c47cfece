"""What is typed when the session is over is kept for who typed it, or said not to be."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts import tasks
from accounts.middleware import CLINIC, POLL_HEADER, SEEN_AT
from accounts.models import RowHistory, SentForm, UnsentText
from accounts.permissions import Role
from accounts.typed_text import is_secret
from aftercare.models import OutreachAttempt
from tests.conftest import signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.accounts import PASSWORD

SIGN_IN = "/sign-in/"
TYPED = {
    "outcome": "no_answer",
    "channel": "phone",
    "note": "She wants\nto come on Monday.",
}
TOKEN = "a-token-of-this-form-1"


@pytest.fixture
def url(clinic):
    return f"/people/{PatientFactory(clinic=clinic).pk}/aftercare/contact/"


def idle(client):
    """Sixteen minutes without a word."""
    session = client.session
    session[SEEN_AT] = (timezone.now() - dt.timedelta(minutes=16)).timestamp()
    session.save()
    return client


def send(client, url, **more):
    return client.post(url, {**TYPED, "once": TOKEN, **more}, once=False)


def sign_in(client, staff):
    return client.post(SIGN_IN, {"email": staff.email, "password": PASSWORD})


def hidden_in(page, action):
    form = re.search(rf'action="{re.escape(action)}".*?</form>', page, re.DOTALL)[0]
    return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))


def test_it_is_kept_shown_and_sent(as_care_manager, care_manager, url):
    send(idle(as_care_manager), url)
    assert "kept for 12 hours" in as_care_manager.get(SIGN_IN).content.decode()

    after = sign_in(as_care_manager, care_manager)
    assert after.url == "/not-saved-yet/"
    page = as_care_manager.get(after.url).content.decode()
    assert "to come on Monday." in page
    assert not OutreachAttempt.objects.exists()

    sent = hidden_in(page, url)
    as_care_manager.post(url, sent, once=False)

    # Kept as it was typed; the field that it comes to holds one line.
    assert sent["note"] == TYPED["note"]
    assert OutreachAttempt.objects.get().note == "She wants to come on Monday."
    assert not UnsentText.objects.exists()


def test_what_is_refused_when_it_is_sent_stays(as_care_manager, care_manager, url):
    """Taken back once already: no page would show what was sent."""
    as_care_manager.post(url, TYPED)
    url = f"/contacts/{OutreachAttempt.objects.get().pk}/take-back/"
    as_care_manager.post(url)
    send(idle(as_care_manager), url)
    sign_in(as_care_manager, care_manager)
    page = as_care_manager.get("/not-saved-yet/").content.decode()

    as_care_manager.post(url, hidden_in(page, url), once=False)

    assert UnsentText.objects.exists()


def test_what_its_page_shows_again_is_not_kept_twice(
    as_care_manager, care_manager, url
):
    send(idle(as_care_manager), url)
    sign_in(as_care_manager, care_manager)
    page = as_care_manager.get("/not-saved-yet/").content.decode()

    sent = {**hidden_in(page, url), "outcome": "something else"}
    again = as_care_manager.post(url, sent, once=False)

    assert again.status_code == 400
    assert "to come on Monday." in again.content.decode()
    assert not OutreachAttempt.objects.exists()
    assert not UnsentText.objects.exists()


def test_what_somebody_looked_for_is_not_kept(as_care_manager):
    """A name; it is typed again as fast as it is looked for."""
    send(idle(as_care_manager), "/people/", q="Fuentes")

    assert not UnsentText.objects.exists()
    page = as_care_manager.get(SIGN_IN).content.decode()
    assert "nothing happened for a while" in page
    assert "could not be kept" not in page


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *[(name, True) for name in ("pin", "PIN", "new-pin", "password", "password1")],
        *[(name, False) for name in ("opinion", "pinned", "spinal_pain", "shopping")],
    ],
)
def test_a_whole_word_of_a_fields_name_makes_it_secret(name, is_one):
    assert is_secret(name) is is_one


def test_it_is_discarded(as_care_manager, care_manager, url):
    send(idle(as_care_manager), url)
    sign_in(as_care_manager, care_manager)

    as_care_manager.post(f"/not-saved-yet/{UnsentText.objects.get().pk}/discard/")

    page = as_care_manager.get("/not-saved-yet/").content.decode()
    assert "Nothing waits here" in page


def test_nobody_else_sees_it(as_care_manager, clinician, url):
    send(idle(as_care_manager), url)

    other = sign_in(as_care_manager, clinician)

    assert other.url == "/"
    assert "Monday" not in as_care_manager.get("/not-saved-yet/").content.decode()


def test_it_is_kept_at_the_clinic_where_they_were(clinic, other_clinic):
    staff = StaffFactory(roles={c: [Role.CARE_MANAGER] for c in (clinic, other_clinic)})
    client = signed_in(staff)
    session = client.session
    session[CLINIC] = clinic.pk
    session.save()
    url = f"/people/{PatientFactory(clinic=clinic).pk}/aftercare/contact/"
    send(idle(client), url)

    sign_in(client, staff)

    assert client.session[CLINIC] == clinic.pk
    assert "Monday" in client.get("/not-saved-yet/").content.decode()


class TestNotKept:
    def said(self, client):
        return client.get(SIGN_IN).content.decode()

    def test_a_file(self, as_care_manager):
        file = SimpleUploadedFile("results.csv", b"mrn,test,value\n")

        as_care_manager = idle(as_care_manager)
        as_care_manager.post("/results/", {"file": file, "once": TOKEN}, once=False)

        assert "could not be kept" in self.said(as_care_manager)
        assert not UnsentText.objects.exists()

    def test_a_password(self, as_care_manager):
        sent = {"present_password": "x", "password1": "nine lives", "once": TOKEN}

        idle(as_care_manager).post("/account/", sent, once=False)

        assert "could not be kept" in self.said(as_care_manager)
        assert not UnsentText.objects.exists()

    def test_what_saves_itself_stays_on_its_page(self, as_care_manager, url):
        idle(as_care_manager).post(url, {**TYPED, "once": TOKEN})

        assert "could not be kept" in self.said(as_care_manager)
        assert not UnsentText.objects.exists()

    def test_a_page_that_asks_by_itself_loses_nothing(self, as_care_manager, url):
        idle(as_care_manager).post(url, {}, headers={POLL_HEADER: "yes"})

        assert "kept" not in self.said(as_care_manager)

    def test_where_nobody_is_known(self, url, db):
        client = Client()
        response = client.post(url, {**TYPED, "once": TOKEN}, once=False)

        assert response.url == SIGN_IN
        assert "could not be kept" in self.said(client)

    def test_an_address_that_is_too_long(self, as_care_manager, url):
        send(idle(as_care_manager), f"{url}?next={'x' * 2000}")

        assert "could not be kept" in self.said(as_care_manager)


def test_a_form_in_a_part_of_a_page_leads_the_window_to_sign_in(as_care_manager, url):
    response = idle(as_care_manager).post(
        url, {**TYPED, "once": TOKEN}, once=False, headers={"HX-Request": "true"}
    )

    assert response["HX-Redirect"] == SIGN_IN
    assert UnsentText.objects.count() == 1


def test_it_goes_after_twelve_hours_and_answers_after_days(as_care_manager, url):
    as_care_manager.post(url, TYPED)
    send(idle(as_care_manager), url)

    with time_machine.travel(timezone.now() + dt.timedelta(hours=13), tick=False):
        tasks.forget_ended_sessions()
    assert not UnsentText.objects.exists()
    assert SentForm.objects.exists()

    with time_machine.travel(timezone.now() + dt.timedelta(days=4), tick=False):
        tasks.forget_ended_sessions()
    assert not SentForm.objects.exists()


def test_neither_leaves_a_history(as_care_manager, url):
    as_care_manager.post(url, TYPED)
    send(idle(as_care_manager), url)

    tables = set(RowHistory.objects.values_list("table_name", flat=True))
    assert not tables & {"accounts_sentform", "accounts_unsenttext"}


class TestPageOlderThanTheSignIn:
    """Its form has the token of an earlier sign-in: somebody signed in again beside it."""

    @pytest.fixture
    def strict(self, care_manager):
        client = Client(enforce_csrf_checks=True)
        client.cookies = signed_in(care_manager).cookies
        return client

    def test_what_was_typed_is_shown_for_copying(self, strict, url):
        own = {"Sec-Fetch-Site": "same-origin"}

        answer = strict.post(url, TYPED, headers=own)

        page = answer.content.decode()
        assert answer.status_code == 403
        assert "opened before you signed in the last time" in page
        assert "She wants<br>to come on Monday." in page
        assert not OutreachAttempt.objects.exists()

    def test_words_of_another_site_are_not_shown(self, strict, url):
        answer = strict.post(url, TYPED, headers={"Sec-Fetch-Site": "cross-site"})

        assert answer.status_code == 403
        assert "come on Monday" not in answer.content.decode()

    def test_no_password_is_shown(self, strict):
        own = {"Sec-Fetch-Site": "same-origin"}

        answer = strict.post(SIGN_IN, {"password": PASSWORD}, headers=own)

        assert PASSWORD not in answer.content.decode()
