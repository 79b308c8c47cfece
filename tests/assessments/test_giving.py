"""Giving an instrument: the drawer, its draft, what came out, the next one."""

import datetime as dt
from typing import ClassVar

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.once import FIELD, HEADER, fresh_token
from assessments.actions.administer import discard_draft, give_instrument, keep_draft
from assessments.actions.measures import NothingAnswered, record_assessment
from assessments.intake_page.scoring_context import context_known
from assessments.models import Assessment, AssessmentDraft
from knowledge.instruments.registry import find
from tests.conftest import markup, signed_in
from tests.factories import PatientFactory, StaffFactory

GIVEN = {"mode": "staff", "given_at": "2026-11-20T09:30"}
IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


def url(name, *args):
    return reverse(f"assessments:{name}", args=args)


def typed(client, patient, key="phq2", **answers):
    data = {f"item-{item}": str(code) for item, code in answers.items()}
    return client.post(url("give_draft", patient.pk, key), data)


def test_the_same_answers_of_one_moment_are_kept_once(as_clinician, clinic):
    person = PatientFactory(clinic=clinic)
    path, given_at = url("give", person.pk, "phq2"), "2026-11-20T09:00"
    sent = {"item-interest": "1", "item-mood": "1", "mode": "staff"}

    assert as_clinician.post(path, {**sent, "given_at": given_at}).status_code == 302
    again = as_clinician.post(path, {**sent, "given_at": given_at})

    assert again.status_code == 400
    assert "on record already" in again.context["form"].errors["given_at"][0]
    assert Assessment.objects.count() == 1
    other = {**sent, "item-mood": "2", "given_at": given_at}
    assert as_clinician.post(path, other).status_code == 302


class TestBeforeBirth:
    """Whose day of birth is known was asked nothing before it."""

    GIVEN = {"item-interest": "1", "item-mood": "1", "mode": "staff"}

    @pytest.mark.parametrize(
        ("given_at", "status"), [("1989-12-31T23:59", 400), ("1990-01-01T00:00", 302)]
    )
    def test_is_refused_at_the_field(self, as_clinician, clinic, given_at, status):
        born = PatientFactory(clinic=clinic, date_of_birth=dt.date(1990, 1, 1))
        sent = {**self.GIVEN, "given_at": given_at}

        answer = as_clinician.post(url("give", born.pk, "phq2"), sent)

        assert answer.status_code == status
        assert Assessment.objects.exists() is (status == 302)
        if status == 400:
            form = answer.context["form"]
            assert "Before this person was born" in form.errors["given_at"][0]
            assert form["item-mood"].value() == "1"

    def test_so_is_a_correction(self, as_clinician, clinic, clinician):
        born = PatientFactory(clinic=clinic, date_of_birth=dt.date(1990, 1, 1))
        before = record_assessment(
            patient=born,
            instrument="phq2",
            answers={"mood": 1, "interest": 1},
            by=clinician,
            at=timezone.now(),
        )
        sent = {**self.GIVEN, "given_at": "1980-05-01T09:00"}

        answer = as_clinician.post(url("amend", born.pk, before.pk), sent)

        assert "given_at" in answer.context["form"].errors
        assert Assessment.objects.count() == 1


class TestDraft:
    def test_what_is_typed_is_kept_and_comes_back(self, as_clinician, patient):
        typed(as_clinician, patient, interest=2)

        page = as_clinician.get(url("give", patient.pk, "phq2"))

        assert page.context["form"]["item-interest"].value() == "2"
        assert "Your draft of" in markup(page)

    def test_the_newest_takes_the_place_of_the_one_before(self, as_clinician, patient):
        typed(as_clinician, patient, interest=2)
        typed(as_clinician, patient, interest=1, mood=3)

        draft = AssessmentDraft.objects.get()
        assert draft.typed == {"item-interest": "1", "item-mood": "3"}

    def test_each_of_the_staff_has_their_own(self, as_clinician, clinic, patient):
        typed(as_clinician, patient, interest=2)
        other = signed_in(StaffFactory(roles={clinic: ["clinician"]}))

        page = other.get(url("give", patient.pk, "phq2"))

        assert page.context["draft"] is None

    def test_says_how_the_instrument_stands(self, as_clinician, patient):
        answer = typed(as_clinician, patient, interest=3)

        words = markup(answer)
        assert "1 of 2 answered" in words
        assert "Could still be 3 to 6, positive" in words
        assert "draft kept" in words

    def test_names_the_questions_that_need_no_answer(self, as_clinician, patient):
        answer = typed(as_clinician, patient, "audit_c", frequency=0)

        assert "item-typical_day" in markup(answer)
        assert "1 of 1 answered" in markup(answer)

    def test_says_at_once_what_endangers(self, as_clinician, patient):
        answer = typed(as_clinician, patient, "phq9", self_harm=1)

        assert "thoughts of self-harm" in markup(answer)

    ANSWERED: ClassVar = {**GIVEN, "item-interest": "1", "item-mood": "1"}

    def post_form(self, client, patient, name="give", **more):
        """With the token that was made with the form, as a browser sends it."""
        data = {**self.ANSWERED, FIELD: "token-of-this-form", **more}
        headers = {HEADER: fresh_token() if name == "give_draft" else ""}
        return client.post(url(name, patient.pk, "phq2"), data, headers=headers)

    def test_one_that_is_late_is_kept_no_more(self, as_clinician, patient):
        self.post_form(as_clinician, patient, "give_draft")
        assert AssessmentDraft.objects.exists()
        assert self.post_form(as_clinician, patient).status_code == 302

        late = self.post_form(as_clinician, patient, "give_draft")

        assert late.status_code == 200
        assert "draft kept" not in markup(late)
        assert not AssessmentDraft.objects.exists()
        page = as_clinician.get(url("give", patient.pk, "phq2"))
        assert page.context["draft"] is None

    def test_after_a_refused_form_the_draft_is_kept_on(self, as_clinician, patient):
        refused = self.post_form(as_clinician, patient, given_at="no moment")
        assert refused.status_code == 400

        self.post_form(as_clinician, patient, "give_draft")

        assert AssessmentDraft.objects.exists()

    def test_nothing_answered_leaves_no_draft(self, as_clinician, patient):
        as_clinician.post(url("give_draft", patient.pk, "phq2"), GIVEN)

        assert not AssessmentDraft.objects.exists()

    def test_what_is_no_answer_is_kept_as_typed_and_counts_as_open(
        self, as_clinician, patient
    ):
        answer = typed(as_clinician, patient, "cows", pulse_bpm="fast\x00" * 30)

        assert "0 of 11 answered" in markup(answer)
        assert len(AssessmentDraft.objects.get().typed["item-pulse_bpm"]) == 40

    def test_is_discarded_by_an_act_of_its_own(self, as_clinician, patient):
        typed(as_clinician, patient, interest=2)

        answer = as_clinician.post(url("give_discard", patient.pk, "phq2"))

        assert answer.status_code == 302
        assert not AssessmentDraft.objects.exists()

    def test_discarding_nothing_is_no_fault(self, patient, clinician):
        assert not discard_draft(patient=patient, instrument="peg", by=clinician)

    def test_is_gone_once_the_instrument_is_kept(self, as_clinician, patient):
        typed(as_clinician, patient, interest=2, mood=2)

        as_clinician.post(
            url("give", patient.pk, "phq2"),
            {**GIVEN, "item-interest": "2", "item-mood": "2"},
        )

        assert Assessment.objects.get().total == 4
        assert not AssessmentDraft.objects.exists()

    def test_stays_when_the_instrument_is_refused(self, patient, clinician, noon):
        keep_draft(
            patient=patient,
            instrument="phq2",
            typed={"item-mood": "1"},
            by=clinician,
            at=noon,
        )

        with pytest.raises(NothingAnswered):
            give_instrument(
                patient=patient,
                instrument="phq2",
                answers={"mood": None},
                context={},
                mode="staff",
                given_at=noon,
                by=clinician,
                at=noon,
            )

        assert AssessmentDraft.objects.exists()

    def test_an_amendment_leaves_the_draft_of_a_new_one(
        self, as_clinician, patient, noon
    ):
        as_clinician.post(
            url("give", patient.pk, "phq2"), {**GIVEN, "item-interest": "1"}
        )
        typed(as_clinician, patient, interest=2)

        as_clinician.post(
            url("amend", patient.pk, Assessment.objects.get().pk),
            {**GIVEN, "item-interest": "0"},
        )

        assert Assessment.objects.count() == 2
        assert AssessmentDraft.objects.exists()


class TestDrawer:
    def get(self, client, patient, key="phq2", query=""):
        return client.get(url("give", patient.pk, key) + query, headers=IN_PLACE)

    def test_only_the_drawer_is_sent_to_a_page_that_is_there(
        self, as_clinician, patient
    ):
        part = markup(self.get(as_clinician, patient))

        assert part.strip().startswith('<div id="drawer">')
        assert "<html" not in part

    def test_a_whole_page_without_script(self, as_clinician, patient):
        page = markup(as_clinician.get(url("give", patient.pk, "phq2")))

        assert "<html" in page
        assert 'name="item-interest"' in page

    def test_shows_score_and_flags_after_keeping(self, as_clinician, patient):
        answer = as_clinician.post(
            url("give", patient.pk, "phq9"),
            {**GIVEN, "item-self_harm": "1", "item-interest": "2"},
            headers=IN_PLACE,
        )

        words = markup(answer)
        assert answer.status_code == 200
        assert "no score" in words
        assert "could make it" in words
        assert "give the C-SSRS screener" in words

    def test_what_is_refused_stays_in_the_drawer_with_what_was_typed(
        self, as_clinician, patient
    ):
        answer = as_clinician.post(
            url("give", patient.pk, "cows"),
            {**GIVEN, "item-pulse_bpm": "9999"},
            headers=IN_PLACE,
        )

        words = markup(answer)
        assert answer.status_code == 400
        assert 'value="9999"' in words
        assert 'aria-invalid="true"' in words
        assert not Assessment.objects.exists()

    def test_several_are_given_one_after_the_other(self, as_clinician, patient):
        answer = as_clinician.post(
            url("give", patient.pk, "phq2") + "?then=peg,nonsense,tea",
            {**GIVEN, "item-interest": "1", "item-mood": "0"},
            headers=IN_PLACE,
        )

        words = markup(answer)
        assert "Next: PEG, pain" in words
        assert url("give", patient.pk, "peg") + "?then=tea" in words

    def test_without_script_the_next_one_opens_too(self, as_clinician, patient):
        answer = as_clinician.post(
            url("give", patient.pk, "phq2") + "?then=peg",
            {**GIVEN, "item-interest": "1", "item-mood": "0"},
        )

        assert answer.url == url("give", patient.pk, "peg")

    def test_a_measured_number_is_asked_in_its_unit(self, as_clinician, patient):
        words = markup(self.get(as_clinician, patient, "bam"))

        assert 'name="item-opioid_days_raw"' in words
        assert "0 to 30" in words

    def test_a_scale_names_its_ends(self, as_clinician, patient):
        words = markup(self.get(as_clinician, patient, "peg"))

        assert "0: None at all" in words
        assert "10: Worst, or completely" in words


def test_the_page_of_an_incomplete_one_says_what_it_could_be(as_clinician, patient):
    as_clinician.post(url("give", patient.pk, "gad7"), {**GIVEN, "item-nervous": "3"})

    found = Assessment.objects.get()
    page = markup(as_clinician.get(url("measure", patient.pk, found.pk)))

    assert "could make it 3 to 21, minimal to severe" in page


def test_keeping_is_audited_by_who_gave_it(as_clinician, patient):
    as_clinician.post(url("give", patient.pk, "phq2"), {**GIVEN, "item-interest": "1"})

    event = AuditEvent.objects.get(verb="assessment.recorded")
    assert event.staff_id == as_clinician.staff.pk


@pytest.mark.parametrize("name", ["give_draft", "give_discard"])
def test_another_clinics_person_has_no_draft_here(as_clinician, other_clinic, name):
    stranger = PatientFactory(clinic=other_clinic)

    assert as_clinician.post(url(name, stranger.pk, "phq2")).status_code == 404


class TestWhatTheRecordKnows:
    def test_withdrawal_of_the_same_day_is_filled_in(
        self, as_clinician, patient, clinician
    ):
        now = timezone.now()
        lowest = {item.key: 0 for item in find("cows").items}
        for answers in (lowest, lowest | {"gi": 5}):
            record_assessment(
                patient=patient,
                instrument="cows",
                answers=answers,
                by=clinician,
                at=now,
            )

        form = as_clinician.get(url("give", patient.pk, "gad7")).context["form"]

        assert form["context-cows_same_day"].value() == 5

    def test_of_another_day_is_not(self, patient, clinician):
        now = timezone.now()
        record_assessment(
            patient=patient,
            instrument="cows",
            answers={item.key: 0 for item in find("cows").items},
            given_at=now - dt.timedelta(days=1),
            by=clinician,
            at=now,
        )

        assert context_known(patient, find("gad7"), at=now) == {}

    def test_only_what_the_instrument_asks_for(self, patient):
        now = timezone.now()

        assert context_known(patient, find("audit_c"), at=now) == {"sex": "female"}
        assert context_known(patient, find("phq9"), at=now) == {}


class TestChange:
    def give(self, client, patient, code, day):
        answers = {f"item-{item.key}": code for item in find("gad7").items}
        told = {**answers, "mode": "staff", "given_at": f"{day}T09:30"}
        return client.post(url("give", patient.pk, "gad7"), told, headers=IN_PLACE)

    def test_is_said_with_the_score(self, as_clinician, patient):
        first = markup(self.give(as_clinician, patient, "2", "2026-08-01"))
        second = markup(self.give(as_clinician, patient, "1", "2026-09-01"))
        third = markup(self.give(as_clinician, patient, "1", "2026-10-01"))

        assert "Since" not in first
        assert second.count("Since") == 1
        assert "reliable" in second
        assert third.count("Since") == 2

    def test_an_older_one_entered_late_is_compared_with_what_was_before_it(
        self, as_clinician, patient
    ):
        self.give(as_clinician, patient, "2", "2026-09-01")
        late = markup(self.give(as_clinician, patient, "1", "2026-08-01"))

        assert "Since" not in late
