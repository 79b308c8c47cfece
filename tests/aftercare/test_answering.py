"""The pages behind a check-in link: for the one person, once, and telling nobody else."""

import datetime as dt
import logging
import re

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from aftercare.actions import check_ins as acts
from aftercare.check_ins import session
from aftercare.check_ins.tokens import token_of
from aftercare.models import CheckIn
from assessments.models import Assessment, Concern
from tests.factories import PatientFactory

NOW = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)
BORN = dt.date(1992, 3, 14)
TELLING = re.compile(
    r"addict|opioid|methadone|recovery|treatment|Harbor|Mainstay", re.IGNORECASE
)
PAGE, SAVE, SEND = "/c/", "/c/answer/", "/c/send/"


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic, date_of_birth=BORN)


@pytest.fixture
def make(patient, clinician):
    def make(*keys, **more):
        told = {
            "patient": patient,
            "instruments": keys or ["phq2"],
            "language": "en",
            "by": clinician,
            "at": NOW,
        }
        return acts.send_check_in(**{**told, **more})

    return make


def counted():
    """How many rows each table has, the audit and the history too."""
    return {
        model._meta.label: model._default_manager.count() for model in apps.get_models()
    }


def link(check_in):
    return reverse("aftercare:open_check_in", args=[token_of(check_in.nonce)])


def words(answer):
    """What a person reads: the page without its tags."""
    return re.sub(r"<[^>]*>", " ", answer.content.decode())


def opened(check_in, client=None):
    """A browser in which the link was opened."""
    client = client or Client()
    client.get(link(check_in))
    return client


def let_in(check_in):
    client = opened(check_in)
    client.post(PAGE, {"born": "3/14/1992"})
    return client


class TestLink:
    def test_leaves_the_address_at_once(self, make):
        found = Client().get(link(make()))

        assert (found.status_code, found.url) == (302, PAGE)
        assert found["Referrer-Policy"] == "no-referrer"
        assert "no-store" in found["Cache-Control"]
        cookie = found.cookies["form"]
        assert (cookie["path"], cookie["httponly"]) == ("/c/", True)
        assert cookie["samesite"] == "Lax"
        assert cookie["max-age"] == 3600

    def test_the_cookie_holds_no_key_and_cannot_be_made_up(self, make):
        check_in = make()
        client = opened(check_in)
        kept = client.cookies["form"].value

        assert token_of(check_in.nonce) not in kept
        client.cookies["form"] = kept[:-1] + ("A" if kept[-1] != "A" else "B")
        assert client.get(PAGE).status_code == 410

    def test_the_cookie_is_good_for_an_hour(self, make):
        client = opened(make())
        with time_machine.travel(NOW + dt.timedelta(minutes=59), tick=False):
            assert client.get(PAGE).status_code == 200
        with time_machine.travel(NOW + dt.timedelta(minutes=121), tick=False):
            assert client.get(PAGE).status_code == 410

    @pytest.mark.parametrize("how", ["unknown", "used", "old", "taken back", "none"])
    def test_whatever_leads_nowhere_looks_the_same(self, make, clinician, how):
        check_in, client = make(), Client()
        if how == "used":
            acts.save_check_in(
                check_in=check_in, instrument="phq2", answers={"mood": 1}, at=NOW
            )
            acts.answer_check_in(check_in=check_in, at=NOW)
        if how == "taken back":
            acts.revoke_check_in(check_in=check_in, by=clinician, at=NOW)
        at = NOW + dt.timedelta(days=8 if how == "old" else 0)
        with time_machine.travel(at, tick=False):
            path = "/c/" + "x" * 27 + "/" if how == "unknown" else link(check_in)
            if how != "none":
                assert client.get(path).url == PAGE
            found = client.get(PAGE)

        assert found.status_code == 410
        assert "cannot be used any more" in found.content.decode()
        assert words(found) == words(Client().get(PAGE))

    @pytest.mark.parametrize("method", ["get", "post", "head", "put"])
    def test_is_never_an_error_that_a_log_would_name(self, make, method, caplog):
        with caplog.at_level(logging.DEBUG):
            found = getattr(Client(), method)(link(make()))

        assert found.status_code == 302
        assert token_of(CheckIn.objects.get().nonce) not in caplog.text

    def test_one_that_nobody_knows_ends_the_one_before(self, make):
        client = opened(make())
        client.get("/c/" + "x" * 27 + "/")

        assert client.get(PAGE).status_code == 410

    def test_nobody_waits_for_what_others_tried_from_the_same_address(self, make):
        check_in, client = make(), Client()
        for number in range(40):
            client.get(f"/c/{number:027d}/")

        assert opened(check_in, client).get(PAGE).status_code == 200


class TestBirth:
    def test_is_asked_before_anything_is_shown(self, make):
        client = opened(make("bam"))
        page = client.get(PAGE).content.decode()

        assert "Your date of birth" in page
        assert not TELLING.search(words(client.get(PAGE)))
        assert "fieldset" not in page
        assert "988" in page

    @pytest.mark.parametrize("path", [SAVE, SEND])
    def test_no_other_way_leads_past_it(self, make, path):
        client = opened(make())
        found = client.post(path, {"name": "phq2.mood", "value": "1"})

        assert "Your date of birth" in found.content.decode()
        assert CheckIn.objects.get().answers == {}

    def test_the_right_one_opens_the_questions(self, make):
        client = let_in(make())
        page = client.get(PAGE).content.decode()

        assert "Feeling down or without hope" in page
        assert CheckIn.objects.get().opened_at == NOW

    def test_a_wrong_one_is_counted(self, make):
        found = opened(make()).post(PAGE, {"born": "01/01/1990"})

        assert found.status_code == 400
        assert "Tries left: 4" in found.content.decode()

    def test_one_that_cannot_be_read_is_not_counted(self, make):
        found = opened(make()).post(PAGE, {"born": "14 de marzo\x00"})

        assert found.status_code == 400
        assert CheckIn.objects.get().wrong_births == 0

    def test_after_five_the_link_is_closed_for_everybody(self, make):
        check_in = make()
        client = opened(check_in)
        answers = [client.post(PAGE, {"born": "01/01/1990"}) for _ in range(5)]

        assert [one.status_code for one in answers] == [400, 400, 400, 400, 410]
        assert let_in(check_in).get(PAGE).status_code == 410

    def test_speaks_spanish_where_asked(self, make):
        client = opened(make())
        page = client.post(PAGE, {"go": "es"}).content.decode()

        assert '<html lang="es">' in page
        assert "Su fecha de nacimiento" in page

    def test_where_none_is_on_record_none_is_asked(self, make, clinic):
        person = PatientFactory(clinic=clinic, date_of_birth=None)
        client = opened(make(patient=person))

        assert "Feeling down" in client.get(PAGE).content.decode()

    def test_is_still_asked_of_the_next_who_opens_the_link(self, make):
        check_in = make()
        let_in(check_in)

        page = opened(check_in).get(PAGE).content.decode()
        assert "Your date of birth" in page


class TestAnswering:
    def save(self, client, name, value):
        return client.post(SAVE, {"name": name, "value": value})

    def test_each_answer_is_kept_and_comes_back_in_another_browser(self, make):
        check_in = make()
        told = self.save(let_in(check_in), "phq2.interest", "3").json()
        page = let_in(check_in).get(PAGE).content.decode()

        assert told == {"needless": [], "answered": 1, "of": 2}
        assert re.search(r'name="phq2.interest"[^>]*value="3"[^>]* checked', page)
        assert not Assessment.objects.exists()

    @pytest.mark.parametrize(
        ("name", "value"), [("gad7.nervous", "1"), ("phq2.mood", "9"), ("\x00", "1")]
    )
    def test_what_was_not_asked_is_refused(self, make, name, value):
        assert self.save(let_in(make()), name, value).status_code == 400

    def test_pages_are_kept_on_the_way_on(self, make):
        client = let_in(make())
        found = client.post(
            PAGE + "?page=phq2-1", {"phq2.interest": "1", "phq2.mood": "", "go": "next"}
        )

        assert found.url == PAGE + "?page=review"
        assert CheckIn.objects.get().answers == {"phq2": {"interest": 1}}

    def test_a_page_that_cannot_be_read_says_so(self, make):
        found = let_in(make()).post(PAGE + "?page=phq2-1", {"phq2.mood": "lots"})

        assert found.status_code == 400
        assert "could not be read" in found.content.decode()

    def test_the_language_changes_and_the_answers_stay(self, make):
        client = let_in(make())
        found = client.post(PAGE + "?page=phq2-1", {"phq2.interest": "2", "go": "es"})
        page = client.get(found.url).content.decode()

        assert '<html lang="es">' in page
        assert CheckIn.objects.get().answers == {"phq2": {"interest": 2}}

    def test_promises_no_reader_and_names_help(self, make):
        page = let_in(make()).get(PAGE).content.decode()

        assert "We may not see this at once" in page
        assert "988" in page

    def test_help_stands_out_once_an_answer_asks_for_it(self, make):
        client = let_in(make("phq9"))
        self.save(client, "phq9.self_harm", "1")
        page = client.get(PAGE + "?page=phq9-1").content.decode()

        assert "Please talk with someone now" in page

    def test_a_link_taken_back_meanwhile_takes_nothing_more(self, make, clinician):
        check_in = make()
        client = let_in(check_in)
        acts.revoke_check_in(check_in=check_in, by=clinician, at=NOW)

        assert self.save(client, "phq2.mood", "1").status_code == 410

    def test_taken_back_in_the_very_moment(self, make, monkeypatch):
        client = let_in(make())

        def late(**_):
            raise acts.CheckInOver

        monkeypatch.setattr(acts, "save_check_in", late)

        assert self.save(client, "phq2.mood", "1").url == PAGE


class TestSending:
    def test_records_it_and_thanks(self, make, patient):
        client = let_in(make())
        client.post(SAVE, {"name": "phq2.interest", "value": "3"})
        client.post(SAVE, {"name": "phq2.mood", "value": "3"})
        found = client.post(SEND, follow=True)

        kept = Assessment.objects.get()
        assert (kept.patient, kept.total, kept.mode) == (patient, 6, "self")
        assert "Thank you for answering" in found.content.decode()
        event = AuditEvent.objects.get(verb="check_in.answered")
        assert (event.staff_id, event.patient_id) == (None, patient.pk)

    def test_without_a_token_of_staff_every_step_twice_adds_no_row(self, make):
        client = let_in(make("phq9"))
        steps = (
            (PAGE + "?page=phq9-1", {"phq9.interest": "1", "phq9.mood": "1"}),
            (SAVE, {"name": "phq9.sleep", "value": "2"}),
            (SEND, {}),
        )
        for path, body in steps:
            client.post(path, body, once=False)
            once = counted()
            client.post(path, body, once=False)
            assert counted() == once, path

    def test_pressed_twice_is_sent_once(self, make):
        client = let_in(make())
        client.post(SAVE, {"name": "phq2.interest", "value": "3"})
        client.post(SEND)
        again = client.post(SEND)

        assert again.status_code == 200
        assert "Thank you for answering" in again.content.decode()
        assert Assessment.objects.count() == 1

    def test_nothing_is_not_sent(self, make):
        found = let_in(make()).post(SEND)

        assert found.status_code == 400
        assert "at least one question" in found.content.decode()

    def test_the_link_is_used_up(self, make):
        check_in = make()
        client = let_in(check_in)
        client.post(SAVE, {"name": "phq2.interest", "value": "3"})
        client.post(SEND)

        assert opened(check_in).get(PAGE).status_code == 410
        assert opened(check_in, client).get(PAGE).status_code == 410

    def test_a_danger_is_raised_and_help_is_named(self, make, patient):
        client = let_in(make("phq9"))
        client.post(SAVE, {"name": "phq9.self_harm", "value": "2"})
        found = client.post(SEND, follow=True)

        assert Concern.objects.get().patient == patient
        assert "Please talk with someone now" in found.content.decode()


class TestOthers:
    def test_the_page_holds_no_name_number_or_clinic(self, make, patient):
        client = let_in(make("phq2"))
        for path in (PAGE, PAGE + "?page=review"):
            page = client.get(path).content.decode()
            for word in (patient.given_name, patient.family_name, patient.mrn):
                assert word not in page
            assert not TELLING.search(words(client.get(path)))

    def test_sees_one_clinic_alone(self, make, other_clinic, clinician):
        mine = make()
        stranger = PatientFactory(clinic=other_clinic, date_of_birth=None)
        theirs = make(patient=stranger)
        client = opened(mine)
        forged = session.Visitor(mine.clinic_id, theirs.pk, is_in=True)
        with session.row_of(forged, at=NOW) as found:
            assert found is None
        assert client.get(PAGE).status_code == 200

    def test_who_is_signed_in_sees_the_same_page(self, make, as_clinician):
        found = opened(make(), as_clinician).get(PAGE)

        assert "Your date of birth" in found.content.decode()
        assert as_clinician.staff.name not in found.content.decode()

    @pytest.mark.parametrize("value", ["", "x", "a:b:c", "e30:1:2"])
    def test_a_cookie_of_somebody_else_is_none(self, client, db, value):
        client.cookies["form"] = value

        assert client.get(PAGE).status_code == 410

    @pytest.mark.parametrize("path", [PAGE, PAGE + "?page=\x00", SAVE, SEND])
    def test_odd_input_is_no_fault(self, make, path):
        client = let_in(make("phq9", "tea"))
        for text in ("a\x00b", "x" * 10_000, "-1", "9" * 40, "ﷺ🙂"):
            sent = dict.fromkeys(
                ["name", "value", "go", "born", "phq9.mood", "page"], text
            )
            assert client.post(path, sent).status_code < 500
