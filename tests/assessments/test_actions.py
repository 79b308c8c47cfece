"""Taking the intake, scoring, amending, taking errors out."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from accounts.models import AuditEvent
from assessments.actions.intake import (
    AnswerConflict,
    IntakeClosed,
    IntakeOpen,
    clear_answer,
    complete_intake,
    save_answer,
    start_intake,
)
from assessments.actions.measures import (
    AlreadyInError,
    AnswersRefused,
    NoReason,
    NotAmendable,
    NothingAnswered,
    OnRecordAlready,
    mark_entered_in_error,
    mark_observation_in_error,
    record_assessment,
    record_observation,
)
from assessments.actions.record_effects import ListRefused
from assessments.intake.catalogue import question_of
from assessments.intake.submission import Reply
from assessments.models import Assessment, Intake, IntakeAnswer, Observation
from assessments.picture.assemble import picture_of
from knowledge.instruments.registry import find
from patients.actions.health import end_entry, list_entry, put_name_right
from patients.actions.registry import BeforeBirth
from patients.models import Allergy, OtherMedicine, Patient
from tests.factories import PatientFactory

MINUTE = dt.timedelta(minutes=1)
PHQ2 = {"interest": 1, "mood": 1}
COWS = {
    "pulse_bpm": 104,
    "sweating": "2",
    "restlessness": "1",
    "pupils": "1",
    "aches": "1",
    "nose": "1",
    "gi": "1",
    "tremor": "0",
    "yawning": "0",
    "anxiety": "0",
    "gooseflesh": "0",
}


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def intake(patient, clinician, noon):
    return start_intake(patient=patient, by=clinician, at=noon)


@pytest.fixture
def say(intake, clinician, noon):
    """Answer a question as the page does, seeing what is kept."""

    def _say(key, value=None, *, at=noon, **parts):
        kept = IntakeAnswer.objects.filter(intake=intake, question=key).first()
        return save_answer(
            intake=intake,
            question=question_of(key),
            reply=Reply(value, **parts),
            revision=kept.revision if kept else None,
            by=clinician,
            at=at,
        )

    return _say


@pytest.fixture
def take_back(intake, clinician, noon):
    def _take_back(key, revision=1):
        clear_answer(
            intake=intake,
            question=question_of(key),
            revision=revision,
            by=clinician,
            at=noon,
        )

    return _take_back


def verbs():
    return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def test_starting_moves_a_referred_person_into_intake(intake, patient):
    patient.refresh_from_db()

    assert patient.status == Patient.Status.IN_INTAKE
    assert verbs() == ["patient.status_changed", "intake.started"]


def test_an_active_person_stays_active(clinic, clinician, noon):
    patient = PatientFactory(clinic=clinic, status="active")

    start_intake(patient=patient, by=clinician, at=noon)

    patient.refresh_from_db()
    assert patient.status == "active"


def test_one_intake_is_open_at_a_time(intake, patient, clinician, noon):
    with pytest.raises(IntakeOpen):
        start_intake(patient=patient, by=clinician, at=noon)


def test_an_answer_is_kept_with_who_and_when(say, clinician, noon):
    answer = say("alone", True)

    assert (answer.value, answer.is_known, answer.revision) == (True, True, 1)
    assert (answer.answered_by, answer.answered_at) == (clinician, noon)
    assert verbs()[-1] == "intake.answered"
    assert AuditEvent.objects.latest("id").facts == {"question": "alone"}


def test_not_known_is_kept_as_such(say):
    assert say("alone", is_known=False).is_known is False


def test_the_same_again_changes_nothing(say):
    say("alone", True)
    before = len(verbs())

    assert say("alone", True).revision == 1
    assert len(verbs()) == before


def test_a_change_is_a_new_revision(say):
    say("alone", True)

    assert say("alone", False).revision == 2


@pytest.mark.parametrize("seen", [None, 2], ids=["seen none", "seen another"])
def test_an_answer_does_not_overwrite_one_that_was_not_seen(
    say, intake, clinician, noon, seen
):
    theirs = say("alone", True)

    with pytest.raises(AnswerConflict) as conflict:
        save_answer(
            intake=intake,
            question=question_of("alone"),
            reply=Reply(value=False),
            revision=seen,
            by=clinician,
            at=noon,
        )

    assert conflict.value.theirs == theirs
    assert IntakeAnswer.objects.get().value is True


def test_an_answer_taken_back_is_as_if_never_asked(say, take_back):
    say("alone", True)

    take_back("alone")
    take_back("alone")

    assert not IntakeAnswer.objects.exists()
    assert verbs().count("intake.answer_cleared") == 1


def test_taking_back_refuses_what_was_not_seen(say, take_back):
    say("alone", True)

    with pytest.raises(AnswerConflict):
        take_back("alone", revision=9)


def test_a_complete_intake_is_closed(say, intake, clinician, noon, take_back):
    say("alone", True)

    done = complete_intake(intake=intake, by=clinician, at=noon)

    assert (done.status, done.completed_by) == ("complete", clinician)
    with pytest.raises(IntakeClosed):
        say("education", "degree")
    with pytest.raises(IntakeClosed):
        take_back("alone")
    with pytest.raises(IntakeClosed):
        complete_intake(intake=intake, by=clinician, at=noon)


def test_the_database_refuses_a_change_of_a_complete_intake(
    say, intake, clinician, noon
):
    say("alone", True)
    complete_intake(intake=intake, by=clinician, at=noon)

    with pytest.raises(DatabaseError), transaction.atomic():
        IntakeAnswer.objects.update(value=False)


def test_an_instrument_is_scored_once_all_is_dealt_with(say):
    for key, value in list(COWS.items())[:-1]:
        say(f"cows.{key}", value)
    assert not Assessment.objects.exists()

    say("cows.gooseflesh", "0")

    kept = Assessment.objects.get()
    assert (kept.instrument, kept.total, kept.band) == ("cows", 9, "mild")
    assert kept.answers["pulse"] == 2
    assert kept.context == {"pulse_bpm": 104}


def test_a_correction_amends_as_of_the_same_moment(say, noon):
    for key, value in COWS.items():
        say(f"cows.{key}", value)

    say("cows.gooseflesh", "5", at=noon + dt.timedelta(minutes=5))

    newest = Assessment.objects.latest("id")
    assert (newest.total, newest.given_at) == (14, noon)
    assert newest.amends.total == 9
    assert list(Assessment.objects.in_force()) == [newest]


def test_an_answer_that_changes_no_score_keeps_no_new_version(say):
    for key, value in COWS.items():
        say(f"cows.{key}", value)
    say("cows.pulse_bpm", 104, source="record")

    assert Assessment.objects.count() == 1


def test_a_score_in_error_is_not_amended_but_kept_anew(say, clinician, noon):
    for key, value in COWS.items():
        say(f"cows.{key}", value)
    mark_entered_in_error(
        assessment=Assessment.objects.get(),
        reason="wrong person",
        by=clinician,
        at=noon,
    )

    say("cows.gooseflesh", "5")

    assert Assessment.objects.latest("id").amends is None


def test_criteria_not_known_still_settle_the_severity(say, patient, noon):
    items = [i.key for i in instrument_items("dsm5_oud")]
    for key in items[:8]:
        say(f"dsm5_oud.{key}", "1")
    for key in items[8:]:
        say(f"dsm5_oud.{key}", is_known=False)

    kept = Assessment.objects.get()
    assert (kept.status, kept.band) == ("incomplete", "severe")
    assert kept.context["as_of"] == "2026-11-21"
    assert picture_of(patient, at=noon).value("severity") == "severe"


def instrument_items(key):
    return find(key).items


def test_supervised_use_is_not_counted(say, patient, noon):
    for item in instrument_items("dsm5_oud"):
        say(
            f"dsm5_oud.{item.key}",
            "1" if item.key in ("tolerance", "withdrawal") else "0",
        )
    assert picture_of(patient, at=noon).value("severity") == "mild"

    say("dsm5_oud.context.supervised", True)

    assert picture_of(patient, at=noon).value("severity") == "none"


def test_the_phq9_is_kept_with_the_answers_it_borrows(say):
    say("phq2.interest", "2")
    say("phq2.mood", "2")
    for item in instrument_items("phq9")[2:9]:
        say(f"phq9.{item.key}", "1")

    totals = {a.instrument: a.total for a in Assessment.objects.all()}
    assert totals == {"phq2": 4, "phq9": 11}

    say("phq2.mood", "3")

    assert Assessment.objects.in_force().get(instrument="phq9").total == 12


def test_what_is_unfinished_is_kept_as_incomplete(say, intake, clinician, noon):
    say("cows.sweating", "2")
    say("phq2.interest", "3")
    say("phq2.mood", "3")

    complete_intake(intake=intake, by=clinician, at=noon)

    kept = {a.instrument: a.status for a in Assessment.objects.all()}
    assert kept == {"cows": "incomplete", "phq2": "complete"}


def test_a_measurement_stands_among_the_observations(say, patient, noon):
    say("qtc", {"value": 452, "on": "2026-11-01"})

    kept = Observation.objects.get()
    assert (kept.code, kept.value, kept.unit) == ("qtc", 452, "ms")
    assert kept.effective_at.date() == dt.date(2026, 11, 1)
    assert picture_of(patient, at=noon).known("qtc").as_of == kept.effective_at


def test_a_measurement_put_right_leaves_the_old_one_readable(
    say, patient, noon, take_back
):
    say("qtc", {"value": 752, "on": None})
    say("qtc", {"value": 452, "on": "2026-11-21"})

    assert picture_of(patient, at=noon).value("qtc") == 452
    wrong = Observation.objects.get(value=752)
    assert wrong.error_reason == "Corrected in the intake"

    take_back("qtc", revision=2)
    assert picture_of(patient, at=noon).value("qtc") is None


def test_a_measurement_that_is_not_known_measures_nothing(say):
    say("qtc", is_known=False)

    assert not Observation.objects.exists()


def test_medicines_join_the_list_and_leave_it(say, patient, noon, take_back):
    say("med_list", ["Xanax", "Rifampin"])
    assert picture_of(patient, at=noon).value("med_list") == {"alprazolam", "rifampin"}

    say("med_list", ["Rifampin"])
    current = OtherMedicine.objects.filter(is_current=True)
    assert [m.ingredient for m in current] == ["Rifampin"]
    assert picture_of(patient, at=noon).value("med_list") == {"rifampin"}

    take_back("med_list", revision=2)
    assert picture_of(patient, at=noon).value("med_list") is None


def test_correcting_a_list_leaves_no_past_entry(say, patient, noon):
    say("med_list", ["alprozolam"])
    say("med_list", ["alprazolam"])

    assert [m.ingredient for m in OtherMedicine.objects.all()] == ["alprazolam"]
    assert "medicine.corrected" in verbs()


def test_what_is_bought_on_the_street_stands_beside_what_is_prescribed(say):
    say("med_list", ["Xanax 1 mg", "Xanax bars from the street", "alprazolam"])

    written = OtherMedicine.objects.values_list("ingredient", flat=True)
    assert sorted(written) == ["Xanax bars from the street", "alprazolam"]


def test_a_name_put_right_in_the_record_counts(say, patient, clinician, noon):
    say("med_list", ["alprozolam"])
    assert picture_of(patient, at=noon).value("med_list") == {"alprozolam"}

    entry = OtherMedicine.objects.get()
    put_name_right(
        entry=entry, kind="medicine", name="alprazolam", by=clinician, at=noon
    )
    assert picture_of(patient, at=noon).value("med_list") == {"alprazolam"}


def test_what_stood_before_the_intake_has_ended_instead(
    intake, say, patient, clinician, noon
):
    list_entry(
        patient=patient,
        kind="medicine",
        values={"ingredient": "sertraline"},
        by=clinician,
        at=noon - dt.timedelta(days=9),
    )
    say("med_list", ["sertraline", "rifampin"])
    say("med_list", ["rifampin"])

    past = OtherMedicine.objects.filter(is_current=False)
    assert [m.ingredient for m in past] == ["sertraline"]


def test_a_medicine_already_listed_is_not_listed_twice(say, patient, clinician, noon):
    list_entry(
        patient=patient,
        kind="medicine",
        values={"ingredient": "sertraline"},
        by=clinician,
        at=noon,
    )

    say("med_list", ["Sertraline"])

    assert OtherMedicine.objects.count() == 1


def test_a_medicine_that_has_ended_since_no_longer_counts(
    say, patient, clinician, noon
):
    say("med_list", ["Rifampin"])
    end_entry(entry=OtherMedicine.objects.get(), kind="medicine", by=clinician, at=noon)

    assert picture_of(patient, at=noon).value("med_list") == frozenset()


def test_allergies_find_their_kind(say, patient, noon):
    say("allergy", ["NMP", "Penicillin", "Vivitrol"])

    kinds = dict(Allergy.objects.values_list("substance", "kind"))
    assert kinds == {"NMP": "nmp", "Penicillin": "other", "Vivitrol": "naltrexone"}
    assert picture_of(patient, at=noon).value("allergy") == {
        "n methyl 2 pyrrolidone",
        "penicillin",
        "naltrexone",
    }


def test_no_known_allergies(say, patient, noon):
    say("allergy", [])

    patient.refresh_from_db()
    assert patient.no_known_allergies is True
    assert picture_of(patient, at=noon).value("allergy") == frozenset()


def test_no_known_allergies_is_refused_while_some_are_listed(
    say, patient, clinician, noon
):
    list_entry(
        patient=patient,
        kind="allergy",
        values={"kind": "other", "substance": "latex"},
        by=clinician,
        at=noon,
    )

    with pytest.raises(ListRefused):
        say("allergy", [])


def test_not_known_leaves_the_lists_alone(say):
    say("allergy", is_known=False)

    assert not Allergy.objects.exists()


def test_earlier_treatment_is_put_together(say, patient, noon):
    say("treatments_had", ["bup_daily"])
    say(
        "episodes",
        [
            {
                "row": "bup_daily",
                "kind": "bup_daily",
                "months": 5,
                "dose": 16,
                "helped": True,
            }
        ],
    )

    (trial,) = picture_of(patient, at=noon).value("history")

    assert (trial.medication, trial.days, trial.dose) == ("BUP_SL", 152, 16)
    assert trial.helpful is True


def test_no_earlier_treatment_is_known_once_it_was_asked(say, patient, noon):
    assert picture_of(patient, at=noon).value("history") is None

    say("treatments_had", [])

    picture = picture_of(patient, at=noon)
    assert picture.value("history") == ()
    assert picture.value("history_pw") is False


def test_an_instrument_is_scored_here(patient, clinician, noon):
    kept = record_assessment(
        patient=patient, instrument="phq2", answers=PHQ2, by=clinician, at=noon
    )

    assert (kept.total, kept.band, kept.status) == (2, "negative", "complete")
    assert (kept.given_at, kept.given_by, kept.mode) == (noon, clinician, "staff")
    assert verbs() == ["assessment.recorded"]


def test_gaps_leave_it_incomplete(patient, clinician, noon):
    kept = record_assessment(
        patient=patient,
        instrument="phq2",
        answers={"interest": 3, "mood": None},
        by=clinician,
        at=noon,
    )

    assert (kept.total, kept.status, kept.answers["mood"]) == (None, "incomplete", None)


def test_answers_that_are_not_allowed_are_refused(patient, clinician, noon):
    with pytest.raises(AnswersRefused) as refusal:
        record_assessment(
            patient=patient,
            instrument="phq2",
            answers={"mood": 9},
            by=clinician,
            at=noon,
        )

    assert refusal.value.errors[0].item == "mood"
    assert not Assessment.objects.exists()


def test_an_empty_sheet_is_refused(patient, clinician, noon):
    with pytest.raises(NothingAnswered):
        record_assessment(
            patient=patient,
            instrument="phq2",
            answers={"mood": None},
            by=clinician,
            at=noon,
        )


def amend(before, patient, clinician, noon, **parts):
    return record_assessment(
        patient=patient,
        **{"instrument": "phq2", "answers": {"interest": 3, "mood": 3}, **parts},
        amends=before,
        by=clinician,
        at=noon,
    )


def test_an_amendment_is_a_new_version(patient, clinician, noon):
    before = record_assessment(
        patient=patient, instrument="phq2", answers=PHQ2, by=clinician, at=noon
    )

    after = amend(before, patient, clinician, noon)

    assert list(Assessment.objects.in_force()) == [after]
    assert verbs()[-1] == "assessment.amended"
    with pytest.raises(NotAmendable):
        amend(before, patient, clinician, noon)


def test_only_the_same_can_be_amended(patient, clinic, clinician, noon):
    before = record_assessment(
        patient=patient, instrument="phq2", answers=PHQ2, by=clinician, at=noon
    )

    with pytest.raises(NotAmendable):
        amend(before, PatientFactory(clinic=clinic), clinician, noon)
    with pytest.raises(NotAmendable):
        amend(before, patient, clinician, noon, instrument="peg", answers={"pain": 3})


def test_what_was_in_error_is_not_amended(patient, clinician, noon):
    before = record_assessment(
        patient=patient, instrument="phq2", answers=PHQ2, by=clinician, at=noon
    )
    marked = mark_entered_in_error(
        assessment=before, reason=" wrong person ", by=clinician, at=noon
    )

    assert (marked.error_reason, marked.error_by) == ("wrong person", clinician)
    assert verbs()[-1] == "assessment.entered_in_error"
    with pytest.raises(NotAmendable):
        amend(marked, patient, clinician, noon)
    with pytest.raises(AlreadyInError):
        mark_entered_in_error(assessment=before, reason="again", by=clinician, at=noon)


def test_an_error_needs_its_reason(patient, clinician, noon):
    before = record_assessment(
        patient=patient, instrument="phq2", answers=PHQ2, by=clinician, at=noon
    )

    with pytest.raises(NoReason):
        mark_entered_in_error(assessment=before, reason="  ", by=clinician, at=noon)


def test_the_database_refuses_another_score(patient, clinician, noon):
    record_assessment(
        patient=patient, instrument="phq2", answers=PHQ2, by=clinician, at=noon
    )

    with pytest.raises(DatabaseError), transaction.atomic():
        Assessment.objects.update(total=27)


def test_an_amendment_in_error_brings_the_one_before_back(patient, clinician, noon):
    before = record_assessment(
        patient=patient, instrument="phq2", answers=PHQ2, by=clinician, at=noon
    )
    after = amend(before, patient, clinician, noon)

    mark_entered_in_error(assessment=after, reason="typed twice", by=clinician, at=noon)

    assert list(Assessment.objects.in_force()) == [before]


def test_a_measurement_and_its_error(patient, clinician, noon):
    kept = record_observation(
        patient=patient,
        code="alt",
        value=Decimal(41),
        effective_at=noon,
        source="City lab",
        by=clinician,
        at=noon,
    )
    assert (kept.unit, verbs()) == ("U/L", ["observation.recorded"])

    mark_observation_in_error(
        observation=kept, reason="not theirs", by=clinician, at=noon
    )

    assert picture_of(patient, at=noon).value("alt") is None
    assert verbs()[-1] == "observation.entered_in_error"
    with pytest.raises(AlreadyInError):
        mark_observation_in_error(observation=kept, reason="x", by=clinician, at=noon)


def test_nobody_is_measured_before_they_were_born(patient, clinician, noon):
    born = dt.datetime(1992, 3, 14, 5, tzinfo=dt.UTC)
    measured = {"patient": patient, "code": "alt", "value": 41}
    by = {"by": clinician, "at": noon}

    assert record_observation(**measured, **by, effective_at=born).pk
    with pytest.raises(BeforeBirth, match="Check the year"):
        record_observation(**measured, **by, effective_at=born - MINUTE)


def test_a_result_typed_again_is_on_record_already(patient, clinician, noon):
    typed = {"patient": patient, "code": "alt", "value": 41, "effective_at": noon}
    kept = record_observation(**typed, by=clinician, at=noon)

    with pytest.raises(OnRecordAlready, match="on record already"):
        record_observation(**typed, by=clinician, at=noon + MINUTE)
    later = typed | {"effective_at": noon - MINUTE}
    assert record_observation(**later, by=clinician, at=noon).pk
    assert record_observation(**typed | {"value": 42}, by=clinician, at=noon).pk
    mark_observation_in_error(observation=kept, reason="misread", by=clinician, at=noon)
    assert record_observation(**typed, by=clinician, at=noon).pk


def test_nothing_is_kept_where_the_audit_fails(intake, clinician, noon, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("audit")

    monkeypatch.setattr("assessments.actions.intake.audit.record", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        save_answer(
            intake=intake,
            question=question_of("alone"),
            reply=Reply(value=True),
            revision=None,
            by=clinician,
            at=noon,
        )

    assert not IntakeAnswer.objects.exists()
    assert Intake.objects.exists()
