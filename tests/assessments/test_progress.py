"""From assessments on record to points that can be compared."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.actions.measures import mark_entered_in_error, record_assessment
from assessments.change.course import off_track
from assessments.scores.points import points_of
from knowledge.instruments.registry import find
from tests.conftest import NOON
from tests.factories import PatientFactory

DAY = dt.timedelta(days=1)


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def give(patient, clinician):
    def give(instrument, answers, days_ago=0, *, hours=0, **more):
        at = NOON - days_ago * DAY + dt.timedelta(hours=hours)
        return record_assessment(
            patient=patient,
            instrument=instrument,
            answers=answers,
            by=clinician,
            at=at,
            **more,
        )

    return give


def mood(total):
    """A PHQ-9 of that total, without the ninth question."""
    keys = [
        i.key for i in find("phq9").items if i.key not in ("self_harm", "difficulty")
    ]
    return {k: (total + n) // 8 for n, k in enumerate(keys)} | {"self_harm": 0}


def withdrawal(points):
    return {item.key: 0 for item in find("cows").items} | {"gooseflesh": points}


def test_what_stands_oldest_first(patient, give):
    for total, days in ((8, 30), (16, 60), (12, 1)):
        give("phq9", mood(total), days)

    assert [point.total for point in points_of(patient, "phq9", at=NOON)] == [16, 8, 12]


def test_nothing_given_is_nothing(patient):
    assert points_of(patient, at=NOON) == []


def test_neither_errors_nor_what_was_amended_nor_what_comes_later(
    patient, give, clinician
):
    wrong = give("phq9", mood(24), 40)
    mark_entered_in_error(assessment=wrong, reason="Twin", by=clinician, at=NOON)
    first = give("phq9", mood(16), 30)
    give("phq9", mood(8), 30, amends=first)
    give("phq9", mood(24), -1)

    assert [point.total for point in points_of(patient, "phq9", at=NOON)] == [8]


def test_one_person_one_instrument(patient, give, clinic, clinician):
    give("phq9", mood(16), 3)
    give("cssrs", {"wish": 1}, 3)
    other = PatientFactory(clinic=clinic)

    assert [p.instrument for p in points_of(patient, "phq9", at=NOON)] == ["phq9"]
    assert {p.instrument for p in points_of(patient, at=NOON)} == {"phq9", "cssrs"}
    assert points_of(other, at=NOON) == []


def test_parts_items_and_how_it_was_given(patient, give):
    answers = {"alcohol_days": 0, "heavy_alcohol_days": 0, "drug_days": 2}
    row = give("bam", answers, 3, mode="self")
    (point,) = points_of(patient, "bam", at=NOON)

    assert (point.pk, point.mode, point.version) == (
        row.pk,
        "self",
        find("bam").version,
    )
    assert point.subscales == {"use": 2, "risk": None, "protective": None}
    assert point.items["drug_days"] == 2
    assert point.items["craving"] is None


def test_a_part_that_is_a_word_is_left_out(patient, give):
    give("dsm5_oud", {item.key: 1 for item in find("dsm5_oud").items}, 3)
    (point,) = points_of(patient, "dsm5_oud", at=NOON)

    assert "icd10cm" not in point.subscales


@pytest.mark.parametrize(
    ("score", "hours", "is_so"),
    [
        pytest.param(5, -3, True, id="COWS 5 the same day"),
        pytest.param(3, -3, False, id="COWS 3 the same day"),
        pytest.param(5, -24, False, id="the day before"),
        # 21 Nov 04:00 UTC is still 20 Nov in New York.
        pytest.param(5, -13, False, id="before midnight at the clinic"),
    ],
)
def test_taken_in_withdrawal(patient, give, score, hours, is_so):
    give("phq9", mood(16))
    give("cows", withdrawal(score), hours=hours)
    (point,) = points_of(patient, "phq9", at=NOON)

    assert point.in_withdrawal is is_so


def test_an_error_of_withdrawal_confounds_nothing(patient, give, clinician):
    give("phq9", mood(16))
    wrong = give("cows", withdrawal(5))
    mark_entered_in_error(assessment=wrong, reason="Twin", by=clinician, at=NOON)

    assert not points_of(patient, "phq9", at=NOON)[0].in_withdrawal


def test_the_clock_of_the_clinic(patient, give):
    give("phq9", mood(16))

    assert points_of(patient, at=NOON)[0].at.hour == 12


@pytest.mark.parametrize("instrument", ["phq9", None])
def test_one_query(patient, give, instrument):
    for days in range(6):
        give("phq9", mood(16), days)
    with CaptureQueriesContext(connection) as captured:
        points_of(patient, instrument, at=NOON)

    assert len(captured) == 1


def test_off_track_from_the_record(patient, give):
    give("phq9", mood(8), 60)
    give("phq9", mood(16), 1)
    found = off_track(points_of(patient, "phq9", at=NOON))

    assert found.reason == (
        "PHQ-9 8 to 16: 8 points up, reliable and important. Compared with 22 Sep 2026."
    )
