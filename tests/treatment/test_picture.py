"""One person's rows become one picture, and a thousand cost no more queries."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.facts import NEVER
from assessments.models import Intake
from assessments.picture.assemble import picture_of, pictures_of, subject_of
from medications.options.evaluate import evaluate
from patients.models import Allergy, Condition, OtherMedicine
from tests.factories import PatientFactory
from tests.factories.assessments import (
    AssessmentFactory,
    IntakeAnswerFactory,
    IntakeFactory,
    ObservationFactory,
)
from tests.factories.treatment import (
    DoseEventFactory,
    RegimenFactory,
    ToxicologyResultFactory,
)


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


def ago(noon, **span):
    return noon - dt.timedelta(**span)


def answer(patient, at, **answers):
    intake = Intake.objects.filter(patient=patient).first() or IntakeFactory(
        patient=patient, started_at=at
    )
    for question, value in answers.items():
        IntakeAnswerFactory(
            intake=intake,
            question=question,
            value=value,
            is_known=value is not None,
            answered_at=at,
        )


def assess(patient, instrument, at, **parts):
    return AssessmentFactory(
        patient=patient,
        instrument=instrument,
        given_at=at,
        **{"answers": {}, "status": "complete", **parts},
    )


def observe(patient, code, value, at, **parts):
    return ObservationFactory(
        patient=patient, code=code, value=value, effective_at=at, **parts
    )


def dose(patient, medication, on, amount, *, kind="administered", at=None, noon):
    return DoseEventFactory(
        patient=patient,
        medication=medication,
        kind=kind,
        on=on,
        at=at,
        amount_mg=amount,
        recorded_at=ago(noon, minutes=1),
    )


def regimen(patient, medication, on, **parts):
    return RegimenFactory(
        patient=patient, medication=medication, started_on=on, **parts
    )


def specimen(patient, at, **results):
    for analyte, result in results.items():
        ToxicologyResultFactory(
            patient=patient, collected_at=at, analyte=analyte, result=result
        )


def listed(model, patient, at, **parts):
    return model.objects.create(
        clinic=patient.clinic, patient=patient, recorded_at=at, **parts
    )


def test_registration_alone_gives_age_sex_and_the_clinic(patient, noon):
    picture = picture_of(patient, at=noon)

    assert picture.value("age") == 34
    assert picture.value("sex") == "female"
    assert picture.value("otp_access") is True
    assert picture.value("rems") is False
    assert picture.value("allergy") is None
    assert evaluate(picture).options


def test_moments_are_on_the_clinics_clock(patient, noon):
    assess(patient, "cows", ago(noon, minutes=40), total=9)

    picture = picture_of(patient, at=noon)

    assert f"{picture.as_of:%H:%M}" == "12:00"
    assert picture.known("cows").source == "COWS 11:20"


def test_the_newest_known_answer_stands(patient, noon):
    answer(patient, ago(noon, days=3), sex="female", phys_dependence=True, hiv=None)

    picture = picture_of(patient, at=noon)

    assert picture.value("phys_dependence") is True
    assert picture.known("phys_dependence").as_of == ago(noon, days=3)
    assert picture.value("hiv") is None


def test_a_moment_after_the_picture_is_left_out(patient, noon):
    answer(patient, noon, last_short_acting_dt=(noon + dt.timedelta(1)).isoformat())

    assert picture_of(patient, at=noon).value("last_short_acting_dt") is None


def test_an_amended_or_mistaken_assessment_does_not_count(patient, noon):
    first = assess(patient, "phq9", ago(noon, days=9), total=20)
    assess(patient, "phq9", ago(noon, days=9), total=12, amends=first)
    assess(
        patient,
        "phq9",
        ago(noon, days=1),
        total=27,
        status="entered_in_error",
        error_at=noon,
    )

    assert picture_of(patient, at=noon).value("phq9") == 12


def test_dsm_gives_count_severity_and_no_remission(patient, noon):
    assess(
        patient, "dsm5_oud", noon, total=7, band="severe", subscales={"remission": None}
    )

    picture = picture_of(patient, at=noon)

    assert picture.value("dsm_count") == 7
    assert picture.value("severity") == "severe"
    assert picture.value("remission") == "none"


def test_dsm_with_gaps_gives_no_severity_it_cannot_know(patient, noon):
    assess(
        patient,
        "dsm5_oud",
        noon,
        status="incomplete",
        band="mild to severe, incomplete",
    )

    assert picture_of(patient, at=noon).value("severity") is None


def test_items_of_instruments_become_facts(patient, noon):
    assess(patient, "bam", noon, answers={"craving": 3, "poor_sleep": None})
    assess(patient, "ahc_hrsn", noon, subscales={"food": 1, "utilities": 0, "hits": 12})
    assess(patient, "cssrs", noon, band="high")
    assess(patient, "barc10", noon, total=Decimal("40.0"))

    picture = picture_of(patient, at=noon)

    assert picture.value("bam8") == 3
    assert picture.value("bam2") is None
    assert (picture.value("food"), picture.value("utilities")) == (True, False)
    assert picture.value("hits") == 12
    assert picture.value("cssrs") == "high"
    assert picture.value("barc10") == 40


def test_measurements_and_body_mass_index(patient, noon):
    observe(patient, "qtc", 430, ago(noon, days=400), source="ECG")
    observe(patient, "qtc", 452, ago(noon, days=2), source="ECG")
    observe(patient, "qtc", 700, noon, error_at=noon, error_reason="typed twice")
    observe(patient, "weight", 70, noon)
    observe(patient, "height", 175, noon)
    observe(patient, "pregnancy_test", None, noon, text="negative")

    picture = picture_of(patient, at=noon)

    assert picture.value("qtc") == 452
    assert picture.known("qtc").source == "ECG"
    assert picture.value("bmi") == Decimal("22.9")
    assert picture.value("pregnancy_test") == "negative"


@pytest.mark.parametrize(
    ("code", "value", "limits", "risks"),
    [
        ("potassium", "3.1", {"low_limit": "3.5"}, {"low_potassium"}),
        ("magnesium", "1.2", {"low_limit": "1.7"}, {"low_magnesium"}),
        ("potassium", "3.5", {"low_limit": "3.5"}, None),
        ("potassium", "3.1", {}, None),
        ("sodium", "120", {"low_limit": "135"}, None),
    ],
    ids=["potassium", "magnesium", "at the limit", "no limit given", "another"],
)
def test_what_a_laboratory_found_too_low_is_a_risk(
    patient, noon, code, value, limits, risks
):
    given = {name: Decimal(limit) for name, limit in limits.items()}
    observe(patient, code, Decimal(value), noon, **given)

    assert picture_of(patient, at=noon).value("ecg_risk") == risks


def test_a_measured_risk_joins_those_that_were_told(patient, noon):
    answer(patient, ago(noon, days=3), ecg_risk=["syncope"])
    low = {"low_limit": Decimal("3.5"), "source": "lab"}
    observe(patient, "potassium", Decimal("3.0"), noon, **low)

    known = picture_of(patient, at=noon).known("ecg_risk")
    assert known.value == {"syncope", "low_potassium"}
    # Only the answer says what else there is, so that the whole is as old as it.
    assert (known.as_of, known.source) == (ago(noon, days=3), "lab")


@pytest.mark.parametrize(
    ("code", "fact"), [("hiv_test", "hiv"), ("hcv_rna", "hcv"), ("hbsag", "hbv")]
)
@pytest.mark.parametrize(
    ("text", "lives_with"), [("positive", True), ("negative", False)]
)
def test_what_a_test_found_is_known(patient, noon, code, fact, text, lives_with):
    observe(patient, code, None, noon, text=text)

    assert picture_of(patient, at=noon).value(fact) is lives_with


def test_an_index_recorded_after_the_weighing_stands(patient, noon):
    observe(patient, "weight", 70, ago(noon, days=9))
    observe(patient, "height", 175, ago(noon, days=9))
    observe(patient, "bmi", 30, ago(noon, days=1))

    assert picture_of(patient, at=noon).value("bmi") == 30


def test_assessments_alone_give_their_facts(patient, noon):
    patient.sex_at_birth, patient.is_unhoused = "unknown", True
    patient.date_of_birth = None

    facts = subject_of(patient, at=noon, only=("registration",)).facts

    assert facts["housing"].value == "unhoused"
    assert "sex" not in facts
    assert "age" not in facts


def test_a_clinic_that_is_no_otp_leaves_access_open(other_clinic, noon):
    person = PatientFactory(clinic=other_clinic)

    assert picture_of(person, at=noon).value("otp_access") is None


def test_remission_comes_with_its_stage(patient, noon):
    assess(
        patient,
        "dsm5_oud",
        noon,
        band="early remission",
        subscales={"remission": "early"},
    )

    assert picture_of(patient, at=noon).value("remission") == "early"


def test_a_treatment_of_unknown_length(patient, noon):
    answer(patient, noon, bup_exposure=True, bup_helped=False)

    (trial,) = picture_of(patient, at=noon).value("history")

    assert (trial.days, trial.helpful) == (None, False)


@pytest.mark.parametrize(("dose_mg", "expected"), [(16, 16), (None, None)])
def test_before_the_first_dose_the_regimen_speaks(patient, noon, dose_mg, expected):
    regimen(patient, "BUP_SL", dt.date(2026, 11, 21), dose_mg=dose_mg)

    assert picture_of(patient, at=noon).value("bup_dose") == expected


def test_lists_of_the_record(patient, noon):
    listed(Allergy, patient, noon, kind="nmp", substance="N-methyl-2-pyrrolidone")
    listed(Allergy, patient, noon, kind="other", substance="Penicillin")
    listed(Condition, patient, noon, code="B18.2", title="Chronic hepatitis C")
    listed(Condition, patient, noon, code="J44.9", title="COPD")
    listed(Condition, patient, noon, code="I45.81", title="Long QT", is_active=False)
    listed(OtherMedicine, patient, noon, ingredient="Xanax")
    answer(patient, noon, resp=["asthma"], med_list=["none"])

    picture = picture_of(patient, at=noon)

    assert picture.value("allergy") == {"n methyl 2 pyrrolidone", "penicillin"}
    assert picture.value("hcv") is True
    assert picture.value("resp") == {"copd", "asthma"}
    assert picture.value("long_qt") is None
    assert picture.value("med_list") == {"alprazolam"}


def test_a_line_that_says_none_states_nothing(patient, noon):
    patient.allergies_asked_at = noon
    patient.save()
    listed(Allergy, patient, noon, kind="other", substance="NKDA")
    listed(OtherMedicine, patient, noon, ingredient="None.")

    picture = picture_of(patient, at=noon)

    assert picture.known("allergy") is None
    assert picture.known("med_list") is None


def test_a_line_that_says_none_closes_no_list(patient, noon):
    listed(OtherMedicine, patient, noon, ingredient="denies")
    listed(OtherMedicine, patient, noon, ingredient="Xanax")

    known = picture_of(patient, at=noon).known("med_list")

    assert (known.value, known.asked) == ({"alprazolam"}, frozenset())


@pytest.mark.parametrize(
    ("earlier", "stated"),
    [
        pytest.param(None, None, id="alone"),
        pytest.param(("negative", 30), None, id="after a negative"),
        pytest.param(("positive", 30), True, id="after a positive"),
        pytest.param(("negative", 1), False, id="before a negative"),
    ],
)
def test_what_is_indeterminate_states_nothing(patient, noon, earlier, stated):
    observe(patient, "hiv_test", None, ago(noon, days=9), text="indeterminate")
    if earlier is not None:
        text, days = earlier
        observe(patient, "hiv_test", None, ago(noon, days=days), text=text)

    assert picture_of(patient, at=noon).value("hiv") is stated


def test_no_known_allergies_is_an_answer(patient, noon):
    patient.no_known_allergies, patient.allergies_asked_at = True, noon
    patient.save()

    assert picture_of(patient, at=noon).value("allergy") == frozenset()


def test_a_regimen_gives_dose_day_and_list(patient, noon):
    answer(patient, ago(noon, days=9), med_list=[], mtd_dose=0)
    regimen(patient, "MTD", dt.date(2026, 11, 17), dose_mg=30)
    dose(patient, "MTD", dt.date(2026, 11, 20), 20, noon=noon)
    dose(patient, "MTD", dt.date(2026, 11, 20), 25, noon=noon)
    dose(patient, "MTD", dt.date(2026, 11, 21), None, kind="missed", noon=noon)

    picture = picture_of(patient, at=noon)

    assert picture.value("mtd_dose") == 45
    assert picture.value("mtd_day") == 5
    assert picture.value("med_list") == {"methadone"}
    assert f"{picture.value('last_long_acting_dt'):%d %H:%M}" == "20 23:59"
    assert picture.value("last_long_acting_drug") == "methadone"


@pytest.mark.parametrize(
    ("earlier", "days"),
    [
        pytest.param(None, 5, id="the first"),
        pytest.param(("SUBLOCADE", dt.date(2026, 11, 3)), 26, id="another product"),
        pytest.param(("BRIXADI_W", dt.date(2026, 11, 10)), 26, id="due that day"),
        pytest.param(("BRIXADI_W", dt.date(2026, 11, 9)), 5, id="after a gap"),
        pytest.param(("NTX_XR", dt.date(2026, 11, 17)), 5, id="another ingredient"),
        pytest.param(
            ("BUP_SL", dt.date(2026, 11, 17)), 5, id="under the tongue before"
        ),
    ],
)
def test_injections_have_their_day_from_the_first(patient, noon, earlier, days):
    if earlier is not None:
        regimen(
            patient,
            earlier[0],
            dt.date(2026, 10, 27),
            dose_mg=8,
            stopped_on=earlier[1],
        )
    regimen(patient, "BRIXADI_M", dt.date(2026, 11, 17), dose_mg=96)

    assert picture_of(patient, at=noon).value("injection_day") == days


def test_a_stopped_regimen_gives_no_dose_and_its_last_day(patient, noon):
    answer(patient, ago(noon, days=90), bup_dose=16)
    regimen(
        patient,
        "BUP_SL",
        dt.date(2026, 9, 1),
        dose_mg=16,
        stopped_on=dt.date(2026, 11, 1),
    )

    picture = picture_of(patient, at=noon)

    assert picture.value("bup_dose") == 0
    assert picture.value("moud_stop") == dt.date(2026, 11, 1)
    assert picture.value("bup_exposure") is None


def test_an_order_given_up_on_its_first_day_was_never_taken(patient, noon):
    day = dt.date(2026, 11, 10)
    regimen(patient, "BUP_SL", day, dose_mg=16, stopped_on=day)

    picture = picture_of(patient, at=noon)

    assert picture.value("bup_exposure") is None
    assert picture.value("moud_stop") is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param("never", "2026-11-10", id="the log knows of one"),
        pytest.param("2026-11-05T10:00-05:00", "2026-11-10", id="the log has a later"),
        pytest.param("2026-11-19T10:00-05:00", "2026-11-19", id="said to be later"),
    ],
)
def test_the_later_last_use_stands(patient, noon, said, expected):
    answer(patient, ago(noon, hours=1), last_long_acting_dt=said)
    dose(patient, "BUP_SL", dt.date(2026, 11, 10), 8, noon=noon)

    last = picture_of(patient, at=noon).value("last_long_acting_dt")

    assert last.date().isoformat() == expected


def test_depot_and_regimen_without_doses(patient, noon):
    regimen(patient, "SUBLOCADE", dt.date(2026, 10, 1))
    dose(patient, "SUBLOCADE", dt.date(2026, 11, 1), 300, noon=noon)

    picture = picture_of(patient, at=noon)

    assert f"{picture.value('last_bup_xr_dt'):%Y-%m-%d}" == "2026-11-01"
    assert picture.value("last_long_acting_dt") is None


def test_a_rise_of_cows_after_the_first_dose(patient, noon):
    given = ago(noon, hours=1)
    assess(patient, "cows", ago(given, minutes=30), total=12)
    assess(patient, "cows", ago(noon, minutes=20), total=21)
    dose(patient, "BUP_SL", given.date(), 4, at=given, noon=noon)

    assert picture_of(patient, at=noon).value("cows_rise") == 9


def test_no_rise_without_a_cows_before_the_dose(patient, noon):
    dose(patient, "BUP_SL", noon.date(), 4, at=ago(noon, hours=1), noon=noon)
    assess(patient, "cows", ago(noon, minutes=20), total=21)

    assert picture_of(patient, at=noon).value("cows_rise") is None


def test_toxicology_of_the_latest_specimen(patient, noon):
    specimen(patient, ago(noon, days=20), opiate="positive", fentanyl="positive")
    specimen(patient, ago(noon, days=2), opiate="negative", cocaine="positive")

    picture = picture_of(patient, at=noon)

    assert picture.value("udt") == {"cocaine"}
    assert picture.value("udt_fentanyl") is True
    assert picture.known("udt_fentanyl").as_of == ago(noon, days=20)


def test_urine_that_was_not_tested_for_opioids_says_nothing_of_them(patient, noon):
    specimen(patient, ago(noon, days=2), cocaine="negative", fentanyl="invalid")

    picture = picture_of(patient, at=noon)

    assert picture.value("udt") is None
    assert picture.value("udt_fentanyl") is None


def test_a_definitive_test_overrides_the_screen(patient, noon):
    specimen(patient, noon, opiate="positive")
    ToxicologyResultFactory(
        patient=patient,
        collected_at=noon,
        analyte="opiate",
        result="negative",
        method="definitive",
    )

    assert picture_of(patient, at=noon).value("udt") == frozenset()


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("method", ["screen", "definitive"])
def test_of_two_tests_that_contradict_each_other_the_finding_stands(
    patient, noon, method, order
):
    """In whatever order they were written down."""
    for result in ("positive", "negative")[::order]:
        for analyte in ("fentanyl", "opiate"):
            ToxicologyResultFactory(
                patient=patient,
                collected_at=noon,
                analyte=analyte,
                result=result,
                method=method,
            )

    picture = picture_of(patient, at=noon)

    assert picture.value("udt_fentanyl") is True
    assert picture.value("udt") == {"fentanyl", "opiate"}


def test_preferences_stand_apart(patient, noon):
    answer(patient, noon, preference=["MTD"], last_fentanyl_dt="never")

    picture = picture_of(patient, at=noon)

    assert set(picture.preferences) == {"preference"}
    assert picture.value("last_fentanyl_dt") == NEVER


def test_as_many_queries_for_many_as_for_one(clinic, noon):
    people = PatientFactory.create_batch(12, clinic=clinic)
    for person in people:
        answer(person, noon, phys_dependence=True)
        assess(person, "cows", noon, total=8)
        observe(person, "alt", 40, noon)

    with CaptureQueriesContext(connection) as one:
        pictures_of(people[:1], at=noon)
    with CaptureQueriesContext(connection) as many:
        pictures = pictures_of(people, at=noon)

    assert len(one) == len(many) <= 8
    assert all(picture.value("alt") == 40 for picture in pictures.values())


@pytest.mark.parametrize(
    ("code", "value", "sign", "fact"),
    [
        ("egfr", 60, ">", 60),
        ("alt", 5, "<", 5),
        ("platelets", 50, "<", Decimal("49.9")),
        ("qtc", 450, ">", 451),
    ],
)
def test_a_result_with_a_sign_is_its_bound_and_says_so(
    patient, noon, code, value, sign, fact
):
    observe(patient, code, value, noon, comparator=sign, source="Quest")

    known = picture_of(patient, at=noon).known(code)
    assert known.value == fact
    assert known.source == f"Quest, reported as {sign} {value}"


def test_a_number_of_a_test_told_in_words_states_the_word_or_nothing(patient, noon):
    observe(patient, "hcv_rna", 15, noon, comparator="<")
    assert picture_of(patient, at=noon).value("hcv") is None

    observe(patient, "hcv_rna", 1_250_000, noon, text="positive")
    assert picture_of(patient, at=noon).value("hcv") is True


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({"value": Decimal("3.4")}, id="below the limit"),
        pytest.param(
            {"value": Decimal("3.5"), "comparator": "<"}, id="below by its sign"
        ),
        pytest.param(
            {"value": Decimal("3.6"), "low_limit": None, "flag": "L"}, id="by the flag"
        ),
    ],
)
def test_potassium_below_its_limit_is_a_risk_for_the_heart(patient, noon, parts):
    said = {"value": None, "low_limit": Decimal("3.5"), **parts}
    observe(patient, "potassium", said.pop("value"), noon, **said)

    assert picture_of(patient, at=noon).value("ecg_risk") == {"low_potassium"}
