"""Two speeds, going on from the intake before, one press for a panel, loans."""

import datetime as dt

import pytest

from accounts.models import AuditEvent
from assessments.actions.answer_panel import answer_rest, take_back
from assessments.actions.carry_forward import confirm_answers
from assessments.actions.intake import (
    clear_answer,
    complete_intake,
    save_answer,
    start_intake,
)
from assessments.actions.who_is_here import note_presence, others_here
from assessments.intake.answer_no_to_rest import no_to, rest_of
from assessments.intake.carry_forward import goes_on
from assessments.intake.catalogue import PLACES, STEPS, place_of, question_of
from assessments.intake.declaration import Panel, all_met
from assessments.intake.prefilled_items import LOANS
from assessments.intake.progress import Kept, given, sheet_of, wheels
from assessments.intake.quick import PAGES, page_of, quick_wheels
from assessments.intake.submission import Reply
from assessments.intake_page.answers import answers_of
from assessments.models import Assessment, IntakePresence
from assessments.picture.assemble import picture_of
from knowledge.conditions import facts_of, read_condition
from medications.options.evaluate import evaluate
from medications.options.model import Standing
from tests.assessments.test_intake_whole import reply_to
from tests.factories import PatientFactory, StaffFactory

SECOND = dt.timedelta(seconds=1)
YEAR = dt.timedelta(days=365)


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic, sex_at_birth="male")


@pytest.fixture
def intake(patient, clinician, noon):
    return start_intake(patient=patient, by=clinician, at=noon)


def say(intake, key, value, *, by, at, revision=None, **parts):
    return save_answer(
        intake=intake,
        question=question_of(key),
        reply=Reply(value, **parts),
        revision=revision,
        by=by,
        at=at,
    )


class TestQuickStart:
    """Reference: enough for safety and for a medication to be weighed today."""

    def test_it_asks_few_questions_of_a_typical_person(self):
        known = given({}, {"sex": "male", "age": 40})
        answers = {"opioids_used": ["fentanyl"], "moud_now": []}

        asked = quick_wheels({}, {**known, **answers})

        assert sum(wheel.expected for wheel in asked.values()) <= 45

    def test_its_questions_are_those_of_the_full_intake(self):
        quick = [q for page in PAGES for q in page.questions]
        assert all(PLACES[q.key][2] is q for q in quick)
        assert len({q.key for q in quick}) == len(quick)
        assert {q.key for q in quick} == {
            key for key, (_, _, question) in PLACES.items() if question.is_quick
        }

    def test_pages_have_names(self):
        assert page_of("quick-body").title == "Quick start: body and wish"
        assert page_of("mind").key == "mind"
        assert page_of("\x00").key == "safety"

    def test_it_is_enough_for_a_decision_and_nothing_is_asked_again(
        self, intake, patient, clinician, noon
    ):
        while left := self.left(intake, patient, noon):
            save_answer(
                intake=intake,
                question=left[0],
                reply=reply_to(left[0], noon),
                revision=None,
                by=clinician,
                at=noon,
            )

        options = evaluate(picture_of(patient, at=noon))
        answers = answers_of(intake, patient, on=noon.date())
        assert options.option("BUP_LOW").standing is not Standing.NEEDS_DATA
        assert options.option("MTD").standing is not Standing.NEEDS_DATA
        assert all(
            w.is_done for w in quick_wheels(answers.kept, answers.known).values()
        )
        full = wheels(answers.kept, answers.known)
        assert sum(wheel.answered for wheel in full.values()) >= 35

    def left(self, intake, patient, noon):
        answers = answers_of(intake, patient, on=noon.date())
        return [
            q
            for page in PAGES
            for q in page.asked(answers.known)
            if not q.is_extra and q.key not in answers.rows
        ]


class TestGoingOn:
    @pytest.mark.parametrize(
        ("key", "carried"),
        [
            pytest.param("education", True, id="a plain answer"),
            pytest.param("words_goal", True, id="their words"),
            pytest.param("episodes", True, id="rows"),
            pytest.param("gad7.nervous", False, id="an item"),
            pytest.param("qtc", False, id="a measurement"),
            pytest.param("udt", False, id="out of date by its nature"),
            pytest.param("med_list", False, id="a list of the record"),
            pytest.param("suicidal_thoughts", False, id="asked anew each time"),
            pytest.param("bup_months", False, id="no longer asked"),
        ],
    )
    def test_what_is_taken_over(self, key, carried):
        assert goes_on(key) is carried

    @pytest.fixture
    def again(self, intake, patient, clinician, noon):
        """A new intake, a year after the one before."""
        for key, value in {
            "alone": True,
            "housing": "unhoused",
            "education": "degree",
            "suicidal_thoughts": False,
            "gad7.nervous": "2",
        }.items():
            if key in PLACES:
                say(intake, key, value, by=clinician, at=noon)
        say(intake, "stigma_met", None, by=clinician, at=noon, is_known=False)
        complete_intake(intake=intake, by=clinician, at=noon)
        return start_intake(patient=patient, by=clinician, at=noon + YEAR)

    def test_known_answers_are_copied_with_their_day(self, again, clinician, noon):
        copies = {a.question: a for a in again.answers.select_related("carried_from")}

        assert copies.keys() == {"alone", "education"}
        kept = copies["alone"]
        assert (kept.value, kept.answered_at, kept.answered_by) == (
            True,
            noon,
            clinician,
        )
        assert kept.is_carried
        assert kept.carried_from.intake_id != again.pk

    def test_a_fact_keeps_its_day_until_somebody_says_it_still_holds(
        self, again, patient, clinician, noon
    ):
        later = noon + YEAR
        assert picture_of(patient, at=later).known("alone").as_of == noon

        done = confirm_answers(
            intake=again, questions=["alone", "lock_box"], by=clinician, at=later
        )

        assert done == 1
        assert picture_of(patient, at=later).known("alone").as_of == later
        answer = again.answers.get(question="alone")
        assert (answer.revision, answer.is_carried) == (2, False)
        assert AuditEvent.objects.filter(verb="intake.confirmed").count() == 1

    def test_confirming_twice_is_confirming_once(self, again, clinician, noon):
        for expected in (1, 0):
            assert (
                confirm_answers(
                    intake=again, questions=["alone"], by=clinician, at=noon + YEAR
                )
                == expected
            )

    def test_saying_the_same_in_passing_confirms_nothing(self, again, clinician, noon):
        say(again, "alone", True, by=clinician, at=noon + YEAR, revision=1)

        assert again.answers.get(question="alone").is_carried

    def test_a_change_remembers_what_was(self, again, clinician, noon):
        say(again, "alone", False, by=clinician, at=noon + YEAR, revision=1)

        answer = again.answers.select_related("carried_from").get(question="alone")
        assert (answer.value, answer.carried_from.value) == (False, True)
        assert not answer.is_carried

    def test_what_is_carried_still_waits_for_a_word(self, again, patient, noon):
        answers = answers_of(again, patient, on=noon.date())

        assert answers.rows["alone"].is_carried
        assert answers.wheels["safety"].answered == 0

    def test_a_third_intake_leads_back_to_the_first(
        self, again, patient, clinician, noon
    ):
        complete_intake(intake=again, by=clinician, at=noon + YEAR)

        third = start_intake(patient=patient, by=clinician, at=noon + 2 * YEAR)

        answer = third.answers.select_related("carried_from").get(question="alone")
        assert answer.answered_at == noon
        assert answer.carried_from.intake_id not in (again.pk, third.pk)

    def test_taken_back_it_was_never_asked(self, again, clinician, noon):
        clear_answer(
            intake=again,
            question=question_of("alone"),
            revision=1,
            by=clinician,
            at=noon + YEAR,
        )

        assert not again.answers.filter(question="alone").exists()


class TestNoToTheRest:
    def test_what_may_be_answered_so(self):
        assert no_to(question_of("seizure")) == Reply(value=False)
        assert no_to(question_of("resp")) == Reply([])
        assert no_to(question_of("hepatitis")) == Reply("none")
        assert no_to(question_of("cows.sweating")) == Reply("0")
        assert no_to(question_of("ahc_hrsn.hurt")) is None
        assert no_to(question_of("employment")) is None
        assert no_to(question_of("words_goal")) is None
        named = [q for q in PLACES["opioid_use"][2].columns if q.key == "route"]
        assert no_to(named[0]) is None

    def test_only_panels_that_say_so(self):
        assert rest_of(place_of("suicidal_thoughts")[1], {}, {}) == []

    def test_each_answer_stands_by_itself_and_one_press_takes_them_back(
        self, intake, patient, clinician, noon
    ):
        lungs = place_of("resp")[1]
        say(intake, "resp", ["copd"], by=clinician, at=noon)
        answers = answers_of(intake, patient, on=noon.date())

        given_ones = answer_rest(
            intake=intake, panel=lungs, answers=answers, by=clinician, at=noon
        )

        kept = {a.question: a.value for a in intake.answers.all()}
        assert kept["resp"] == ["copd"]
        assert (kept["seizure"], kept["hepatitis"], kept["gi"]) == (False, "none", [])
        assert len(given_ones) == len(kept) - 1

        say(intake, "seizure", True, by=clinician, at=noon, revision=1)
        revisions = {a.question: 1 for a in given_ones}
        taken = take_back(intake=intake, revisions=revisions, by=clinician, at=noon)

        assert taken == len(given_ones) - 1
        left = {a.question for a in intake.answers.all()}
        assert left == {"resp", "seizure"}

    def test_the_rest_of_an_instrument_is_scored(
        self, intake, patient, clinician, noon
    ):
        say(intake, "cows.pulse_bpm", 92, by=clinician, at=noon)
        answers = answers_of(intake, patient, on=noon.date())

        answer_rest(
            intake=intake,
            panel=place_of("cows.pulse_bpm")[1],
            answers=answers,
            by=clinician,
            at=noon,
        )

        assert Assessment.objects.get(instrument="cows").total == 1


class TestWhoIsHere:
    def test_others_are_seen_for_half_a_minute(self, intake, clinician, noon):
        other = StaffFactory(roles={intake.clinic: ["prescriber"]}, name="Ines")
        note_presence(intake=intake, step="body", by=other, at=noon)
        note_presence(intake=intake, step="mind", by=other, at=noon + SECOND)
        note_presence(intake=intake, step="mind", by=clinician, at=noon)

        (here,) = others_here(intake, clinician, at=noon + 20 * SECOND)

        assert (here.staff, here.step) == (other, "mind")
        assert IntakePresence.objects.count() == 2
        assert others_here(intake, clinician, at=noon + 32 * SECOND) == []


class TestLoans:
    """What another answer has told is neither asked nor left open."""

    @pytest.mark.parametrize(
        ("key", "of", "value", "code"),
        [
            ("bam.alcohol_days", "audit_c.frequency", "0", "0"),
            ("bam.heavy_alcohol_days", "audit_c.frequency", "2", None),
            ("bam.drug_days", "opioid_use", [{"days": 30}, {"days": 2}], "4"),
            ("bam.drug_days", "opioid_use", [{"days": 15}], None),
            ("bam.drug_days", "opioid_use", None, None),
            ("dast10.non_medical_use", "opioids_used", ["fentanyl"], "1"),
            ("dast10.non_medical_use", "opioids_used", ["prescribed"], None),
            ("dast10.withdrawal", "phys_dependence", True, "1"),
            ("dast10.withdrawal", "phys_dependence", False, None),
            ("dsm5_oud.context.supervised", "opioids_used", ["heroin"], "no"),
            ("dsm5_oud.context.supervised", "opioids_used", None, None),
        ],
    )
    def test_an_item_is_asked_until_it_is_told(self, key, of, value, code):
        assert LOANS[key].tells({of: value}) == code
        assert question_of(key).is_asked({of: value}) is (code is None)

    def test_it_counts_in_the_sheet_and_begins_none(self):
        known = {"phys_dependence": True, "opioids_used": ["heroin"]}

        sheet = sheet_of("dast10", {}, known)

        assert (sheet.answers["withdrawal"], sheet.answers["non_medical_use"]) == (
            "1",
            "1",
        )
        assert not sheet.is_begun
        assert sheet.untouched == 8

    def test_an_answer_of_its_own_goes_first(self):
        answers = {"dast10.withdrawal": Kept("0")}

        sheet = sheet_of("dast10", answers, {"phys_dependence": True})

        assert sheet.answers["withdrawal"] == "0"
        assert sheet.is_begun

    def test_the_context_is_told_too(self):
        known = {"opioids_used": ["heroin"], "moud_now": ["methadone"]}

        context = sheet_of("dsm5_oud", {}, known).context

        assert (context["supervised"], context["maintenance"]) == ("no", "yes")

    def test_the_age_is_known(self):
        assert sheet_of("ort_oud", {}, {"age": 30}).answers["age"] == 30


def test_a_condition_may_have_another_in_its_place():
    either = [{"fact": "a", "any_of": ["1"]}, {"fact": "b", "any_of": ["2"]}]
    condition = read_condition({"any": either})

    assert all_met([condition], {"a": "1"})
    assert all_met([condition], {"b": "2"})
    assert not all_met([condition], {"a": "2", "b": "1"})
    assert facts_of([condition]) == ("a", "b")


def test_without_needs_an_answer():
    without = read_condition({"fact": "q", "none_of": ["x"]})

    assert not all_met([without], {})
    assert all_met([without], {"q": []})
    assert not all_met([without], {"q": ["x"]})


def test_a_long_instrument_folds_and_a_plain_panel_does_not():
    plain = Panel(key="p", title="P", questions=STEPS[0].questions[:8])

    assert plain.folds == 0
    assert place_of("gad7.nervous")[1].folds == 6
    assert place_of("phq2.mood")[1].folds == 0
