"""The tablet handed over: locked to the questions, answers kept, PIN to leave."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from assessments.actions import handovers as acts
from assessments.actions.measures import NothingAnswered
from assessments.actions.self_report import NothingChosen, StaffOnly
from assessments.models import Assessment, Concern, Handover
from tests.factories import PatientFactory

PIN = "4711"
LATER = dt.timedelta(minutes=20)


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic, language="Spanish", sex_at_birth="male")


def url(name, *args):
    return reverse(f"assessments:{name}", args=args)


def start(client, patient, give=("phq2",), **more):
    data = {"give": give, "language": "en", "pin": PIN, **more}
    return client.post(url("hand_over", patient.pk), data)


@pytest.fixture
def tablet(as_clinician, patient):
    start(as_clinician, patient)
    return as_clinician


def answer(client, name, value):
    return client.post(url("save_one"), {"name": name, "value": value})


def begun(patient, by, noon, *keys, **more):
    return acts.start_handover(
        patient=patient,
        instruments=keys or ["phq2"],
        language="en",
        by=by,
        at=noon,
        **more,
    )


class TestHandingOver:
    def test_locks_the_session_to_the_questions(self, as_clinician, patient):
        before = as_clinician.session.session_key
        answer = start(as_clinician, patient)

        assert answer.url == url("questions")
        assert answer["Clear-Site-Data"] == '"cache"'
        assert as_clinician.session.session_key != before
        assert PIN not in str(as_clinician.session["handover"])

    def test_offers_the_persons_language_and_what_was_chosen(
        self, as_clinician, patient
    ):
        page = as_clinician.get(url("hand_over", patient.pk) + "?give=phq9,cows")

        form = page.context["form"]
        assert form["language"].value() == "es"
        assert form["give"].value() == ["phq9", "cows"]
        assert "cows" not in dict(form.fields["give"].choices)

    @pytest.mark.parametrize("pin", ["", "123", "1234567", "abcd", "12 34"])
    def test_needs_four_to_six_digits(self, as_clinician, patient, pin):
        answer = start(as_clinician, patient, pin=pin)

        assert answer.status_code == 400
        assert "handover" not in as_clinician.session

    def test_what_stays_with_staff_is_not_handed_over(self, patient, clinician, noon):
        with pytest.raises(StaffOnly, match="wording of the official sheet"):
            begun(patient, clinician, noon, "phq2", "cssrs")
        with pytest.raises(NothingChosen):
            acts.start_handover(
                patient=patient, instruments=[], language="en", by=clinician, at=noon
            )

    def test_a_refusal_is_said_in_the_form(self, as_clinician, patient, monkeypatch):
        def refuse(**_):
            raise StaffOnly("Stays here.")

        monkeypatch.setattr(acts, "start_handover", refuse)

        answer = start(as_clinician, patient)

        assert answer.status_code == 400
        assert "Stays here." in answer.content.decode()


class TestLocked:
    @pytest.mark.parametrize("method", ["get", "post", "head"])
    @pytest.mark.parametrize(
        "path", ["/", "/people/", "/people/{}/", "/sign-out/", "/account/", "/nowhere/"]
    )
    def test_every_other_address_leads_back(self, tablet, patient, method, path):
        found = getattr(tablet, method)(path.format(patient.pk))

        assert (found.status_code, found.url) == (302, "/handover/")
        assert "no-store" in found["Cache-Control"]
        assert tablet.session["handover"]

    def test_a_part_of_a_page_leads_the_whole_window_back(self, tablet, patient):
        found = tablet.get(f"/people/{patient.pk}/", headers={"HX-Request": "true"})

        assert found["HX-Redirect"] == "/handover/"
        assert found.content == b""

    def test_no_page_holds_a_name_or_number(self, tablet, patient):
        pages = [url("questions"), url("questions") + "?page=review", url("hand_back")]
        for path in pages:
            found = tablet.get(path)
            words = found.content.decode()
            assert found.status_code == 200
            assert "no-store" in found["Cache-Control"]
            assert patient.given_name not in words
            assert patient.family_name not in words
            assert patient.mrn not in words
            assert f"/people/{patient.pk}" not in words

    def test_another_browser_is_not_locked(self, tablet, clinician):
        other = Client()
        other.force_login(
            clinician, backend="django.contrib.auth.backends.ModelBackend"
        )

        assert other.get("/handover/").status_code == 302


class TestAnswering:
    def test_each_answer_is_kept_at_once(self, tablet):
        told = answer(tablet, "phq2.interest", "3").json()

        assert told == {"needless": [], "answered": 1, "of": 2}
        assert Handover.objects.get().answers == {"phq2": {"interest": 3}}
        assert not Assessment.objects.exists()

    def test_an_answer_is_taken_back(self, tablet):
        answer(tablet, "phq2.interest", "3")
        answer(tablet, "phq2.interest", "")

        assert Handover.objects.get().answers == {"phq2": {}}

    @pytest.mark.parametrize(
        ("name", "value"),
        [("gad7.nervous", "1"), ("phq2.mood", "9"), ("x", ""), ("phq2.\x00", "\x00")],
    )
    def test_what_was_not_asked_is_refused(self, tablet, name, value):
        assert answer(tablet, name, value).status_code == 400

    def test_says_what_needs_no_answer(self, as_clinician, patient):
        start(as_clinician, patient, give=["audit_c"])

        told = answer(as_clinician, "audit_c.frequency", "0").json()

        assert told["needless"] == ["audit_c.six_or_more", "audit_c.typical_day"]
        assert (told["answered"], told["of"]) == (1, 1)

    def test_a_page_without_script_is_kept_on_the_way_on(self, tablet):
        found = tablet.post(
            url("questions") + "?page=phq2-1",
            {"phq2.interest": "2", "phq2.mood": "1", "go": "next"},
        )

        assert found.url.endswith("?page=review")
        assert Handover.objects.get().answers == {"phq2": {"interest": 2, "mood": 1}}

    def test_a_page_that_cannot_be_read_says_so(self, tablet):
        found = tablet.post(url("questions") + "?page=phq2-1", {"phq2.mood": "lots"})

        assert found.status_code == 400
        assert "could not be read" in found.content.decode()

    def test_the_language_changes_and_the_answers_stay(self, tablet):
        found = tablet.post(
            url("questions") + "?page=phq2-1", {"phq2.interest": "2", "go": "es"}
        )
        page = tablet.get(found.url).content.decode()

        assert '<html lang="es">' in page
        assert "Varios días" in page
        assert Handover.objects.get().answers == {"phq2": {"interest": 2}}

    def test_the_review_changes_its_language_too(self, tablet):
        found = tablet.post(url("questions") + "?page=review", {"go": "es"})

        assert found.url.endswith("?page=review")
        assert "Revise sus respuestas" in tablet.get(found.url).content.decode()

    def test_the_review_lists_answers_and_gaps(self, tablet):
        answer(tablet, "phq2.interest", "3")
        page = tablet.get(url("questions") + "?page=review").content.decode()

        assert "Nearly every day" in page
        assert "Not answered" in page

    def test_help_is_named_at_once(self, as_clinician, patient):
        start(as_clinician, patient, give=["phq9"])
        answer(as_clinician, "phq9.self_harm", "2")

        page = as_clinician.get(url("questions") + "?page=phq9-1").content.decode()

        assert "988" in page
        assert "Someone on the staff will talk with you now" in page

    def test_a_session_that_ends_loses_nothing(self, tablet, patient, prescriber):
        answer(tablet, "phq2.interest", "3")
        tablet.logout()

        assert Handover.objects.get().answers == {"phq2": {"interest": 3}}
        assert tablet.get(url("questions")).status_code == 302


class TestSending:
    def test_records_what_the_person_said(self, tablet, patient):
        answer(tablet, "phq2.interest", "3")
        answer(tablet, "phq2.mood", "2")

        found = tablet.post(url("send_answers"))

        kept = Assessment.objects.get()
        assert found.url == url("hand_back")
        assert (kept.total, kept.mode, kept.given_by) == (5, "self", tablet.staff)

    def test_twice_is_once(self, tablet):
        answer(tablet, "phq2.interest", "3")
        tablet.post(url("send_answers"))
        again = tablet.post(url("send_answers"))

        assert again.url == url("hand_back")
        assert Assessment.objects.count() == 1

    def test_nothing_is_not_sent(self, tablet):
        found = tablet.post(url("send_answers"))

        assert found.status_code == 400
        assert "at least one question" in found.content.decode()

    def test_instruments_without_an_answer_were_not_given(self, as_clinician, patient):
        start(as_clinician, patient, give=["phq2", "peg"])
        answer(as_clinician, "peg.pain", "4")
        as_clinician.post(url("send_answers"))

        kept = Assessment.objects.get()
        assert (kept.instrument, kept.status) == ("peg", "incomplete")

    def test_uses_what_the_record_knows(self, as_clinician, patient):
        start(as_clinician, patient, give=["audit_c"])
        for item in ("frequency", "typical_day", "six_or_more"):
            answer(as_clinician, f"audit_c.{item}", "1")
        as_clinician.post(url("send_answers"))

        assert Assessment.objects.get().context == {"sex": "male"}
        assert Assessment.objects.get().band == "negative"

    def test_where_the_record_knows_no_sex_none_is_told(self, clinic, clinician, noon):
        person = PatientFactory(clinic=clinic, sex_at_birth="unknown")
        handover = begun(person, clinician, noon, "audit_c")
        acts.save_answers(
            handover=handover,
            instrument="audit_c",
            answers={"frequency": 0},
            at=noon,
        )

        assert acts.send_answers(handover=handover, at=noon)[0].context == {}

    def test_afterwards_nothing_can_be_changed(self, tablet):
        answer(tablet, "phq2.interest", "3")
        tablet.post(url("send_answers"))

        assert answer(tablet, "phq2.mood", "1").status_code == 409
        assert tablet.get(url("questions")).url == url("hand_back")

    def test_a_danger_is_raised_and_the_person_is_told(self, as_clinician, patient):
        start(as_clinician, patient, give=["phq9"])
        answer(as_clinician, "phq9.self_harm", "1")
        as_clinician.post(url("send_answers"))

        page = as_clinician.get(url("hand_back")).content.decode()

        assert Concern.objects.get().patient == patient
        assert "Someone on the staff will talk with you now" in page
        assert "988" in page


class TestHandingBack:
    def back(self, client, pin):
        return client.post(url("hand_back"), {"pin": pin})

    def test_the_pin_opens_the_rest_again(self, tablet, patient):
        found = self.back(tablet, PIN)

        handover = Handover.objects.get()
        assert found.url == url("handed_back", patient.pk, handover.pk)
        assert tablet.get(found.url).status_code == 200
        assert "handover" not in tablet.session

    def test_a_wrong_pin_is_counted(self, tablet):
        found = self.back(tablet, "0000")

        assert found.status_code == 400
        assert "Tries left: 4" in found.content.decode()
        assert tablet.get("/").url == "/handover/"

    def test_after_five_wrong_ones_nobody_is_signed_in(self, tablet):
        for pin in ("0000", "", "99999999", "x"):
            assert self.back(tablet, pin).status_code == 400
        found = self.back(tablet, "1111")

        assert found.url == "/sign-in/"
        assert "_auth_user_id" not in tablet.session
        verbs = AuditEvent.objects.filter(verb="handover.wrong_pin")
        assert verbs.count() == acts.PIN_TRIES

    def test_the_right_pin_comes_too_late_after_five(self, tablet):
        Handover.objects.update(wrong_pins=acts.PIN_TRIES)

        assert self.back(tablet, PIN).url == "/sign-in/"

    def test_two_wrong_ones_at_once_are_two(self, patient, clinician, noon):
        handover = begun(patient, clinician, noon)
        same = Handover.objects.get(pk=handover.pk)
        for one in (handover, same):
            acts.note_pin(handover=one, is_right=False, by=clinician, at=noon)

        assert Handover.objects.get().wrong_pins == 2

    def test_staff_see_what_presses_first(self, as_clinician, patient):
        start(as_clinician, patient, give=["gad7", "phq9"])
        answer(as_clinician, "gad7.nervous", "1")
        answer(as_clinician, "phq9.self_harm", "1")
        as_clinician.post(url("send_answers"))
        found = as_clinician.get(self.back(as_clinician, PIN).url)

        words = found.content.decode()
        assert "Talk with them now" in words
        assert found.context["shown"][0].row.instrument == "phq9"
        assert url("give", patient.pk, "cssrs") in words

    def test_without_a_hand_over_there_is_nothing_to_see(self, as_clinician):
        for name in ("questions", "hand_back"):
            assert as_clinician.get(url(name)).url == "/"
        assert as_clinician.post(url("send_answers")).url == "/"
        assert answer(as_clinician, "phq2.mood", "1").status_code == 409


class TestUnsent:
    @pytest.fixture
    def left(self, patient, clinician, noon):
        handover = begun(patient, clinician, noon)
        return acts.save_answers(
            handover=handover, instrument="phq2", answers={"interest": 2}, at=noon
        )

    def decide(self, client, left, **data):
        return client.post(url("handed_back", left.patient_id, left.pk), data)

    def test_is_named_before_the_next_hand_over(self, as_clinician, left):
        page = as_clinician.get(url("hand_over", left.patient_id)).content.decode()

        assert url("handed_back", left.patient_id, left.pk) in page

    def test_is_recorded_as_far_as_it_went(self, as_clinician, left):
        self.decide(as_clinician, left, way="keep")

        assert Assessment.objects.get().status == "incomplete"

    def test_a_danger_is_shown_also_where_nothing_was_sent(
        self, as_clinician, patient, clinician, noon
    ):
        handover = begun(patient, clinician, noon, "phq9")
        acts.save_answers(
            handover=handover, instrument="phq9", answers={"self_harm": 3}, at=noon
        )

        page = as_clinician.get(url("handed_back", patient.pk, handover.pk))

        assert "Talk with them now" in page.content.decode()

    def test_is_put_aside(self, as_clinician, left):
        self.decide(as_clinician, left, way="aside")
        page = as_clinician.get(url("handed_back", left.patient_id, left.pk))

        assert "Put aside" in page.content.decode()
        assert not Assessment.objects.exists()

    def test_goes_on_where_it_stopped(self, as_clinician, left):
        Handover.objects.update(wrong_pins=5)

        found = self.decide(as_clinician, left, way="again", pin="123456")

        assert found.url == url("questions")
        assert Handover.objects.get().wrong_pins == 0
        page = as_clinician.get(found.url).content.decode()
        assert "More than half the days" in page

    @pytest.mark.parametrize("data", [{}, {"way": "again", "pin": "1"}, {"way": "x"}])
    def test_anything_else_asks_again(self, as_clinician, left, data):
        assert self.decide(as_clinician, left, **data).status_code == 400

    def test_is_decided_once(self, as_clinician, left):
        self.decide(as_clinician, left, way="aside")
        self.decide(as_clinician, left, way="keep")

        assert not Assessment.objects.exists()

    def test_nothing_answered_is_not_recorded(
        self, as_clinician, patient, clinician, noon
    ):
        empty = begun(patient, clinician, noon)
        self.decide(as_clinician, empty, way="keep")

        assert not Assessment.objects.exists()
        assert Handover.objects.get().ended_at is None

    def test_ended_ones_are_over(self, left, clinician, noon):
        acts.put_aside(handover=left, by=clinician, at=noon)

        for act in (
            lambda: acts.put_aside(handover=left, by=clinician, at=noon),
            lambda: acts.hand_over_again(handover=left, by=clinician, at=noon),
            lambda: acts.speak(handover=left, language="es"),
            lambda: acts.save_answers(
                handover=left, instrument="phq2", answers={}, at=noon
            ),
            lambda: acts.send_answers(handover=left, at=noon),
        ):
            with pytest.raises(acts.HandoverOver):
                act()

    def test_nothing_said_leaves_it_open(self, patient, clinician, noon):
        handover = begun(patient, clinician, noon)
        with pytest.raises(NothingAnswered):
            acts.send_answers(handover=handover, at=noon)

        assert Handover.objects.get().ended_at is None


def test_what_staff_ended_at_that_moment_is_told_on_the_tablet(
    tablet, clinician, noon, monkeypatch
):
    """The page was read before, and its answer comes after."""
    before = Handover.objects.select_related("patient").get()
    acts.put_aside(handover=before, by=clinician, at=noon)
    before = Handover.objects.select_related("patient").get()
    before.ended_at = None
    monkeypatch.setattr("assessments.views.handover._given", lambda _: before)

    page = f"{url('questions')}?page=phq2-1"
    assert tablet.post(page, {"phq2.interest": "1"}).url == url("hand_back")
    assert answer(tablet, "phq2.mood", "1").status_code == 409
    assert tablet.post(url("questions"), {"go": "es"}).url == url("hand_back")


def test_another_clinics_hand_over_is_not_found(
    as_clinician, other_clinic, clinician, noon
):
    stranger = PatientFactory(clinic=other_clinic)
    theirs = begun(stranger, clinician, noon)

    found = as_clinician.get(url("handed_back", stranger.pk, theirs.pk))

    assert found.status_code == 404
