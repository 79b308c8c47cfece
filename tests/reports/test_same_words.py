"""What the header, the overview, the caseload, its file and the papers say of one person:
the same medicine, day, stage and score, in the same words."""

import csv
import datetime as dt
import io
import re
from html import unescape

import pytest
import time_machine

from assessments.actions.measures import record_assessment
from tests.conftest import NOON, signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import lines_written
from tests.factories.consents import path_of_print
from tests.factories.plans import drafted
from treatment.models import DoseEvent, Regimen

pytestmark = pytest.mark.django_db
LONG_AGO = dt.datetime(2024, 11, 19, 15, 0, tzinfo=dt.UTC)
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
PHQ = (
    *("interest", "mood", "sleep", "energy", "appetite"),
    *("worth", "concentration", "psychomotor"),
)


@pytest.fixture(autouse=True)
def _saturday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def person(clinic, prescriber):
    person = PatientFactory(clinic=clinic, status="active", admitted_on=LONG_AGO.date())
    Regimen.objects.create(
        clinic=clinic,
        patient=person,
        medication="MTD",
        dose_mg=90,
        schedule="daily",
        started_on=LONG_AGO.date(),
    )
    DoseEvent.objects.create(
        clinic=clinic,
        patient=person,
        medication="MTD",
        kind="administered",
        on=LONG_AGO.date(),
        amount_mg=90,
        recorded_at=NOON,
    )
    record_assessment(
        patient=person,
        instrument="phq9",
        answers=dict.fromkeys(PHQ, 1) | {"self_harm": 0},
        given_at=LONG_AGO,
        by=prescriber,
        at=NOON,
    )
    return person


def words_of(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(text))


@pytest.fixture
def pages(as_prescriber, person):
    chart = f"/people/{person.pk}/"
    lines_written(person.clinic)
    return {
        "overview": words_of(as_prescriber.get(chart)),
        "under way": words_of(as_prescriber.get(f"{chart}medication/under-way/")),
        "measures": words_of(as_prescriber.get(f"{chart}measures/")),
        "history": words_of(as_prescriber.get(f"{chart}history/")),
        "caseload": words_of(as_prescriber.get("/caseload/?show=everyone")),
    }


def test_the_medicine_with_its_dose(pages):
    """Two years without a dose: every chart says so of the dose that the order names."""
    assert "Methadone 90 mg" in pages["caseload"]
    for name in ("overview", "under way", "measures", "history"):
        assert re.search(r"Methadone, interrupted\s+was 90 mg", pages[name]), name


def test_the_stage_with_its_day(pages):
    days = (NOON.date() - LONG_AGO.date()).days + 1
    for name in ("overview", "measures"):
        assert f"Active, day {days}" in pages[name], name


def test_a_day_of_another_year_names_it(pages):
    for name, text in pages.items():
        assert name == "caseload" or "19 Nov 2024" in text, name
        assert not re.search(r"19 Nov(?! 2024)", text), name


def test_the_score(pages):
    for name in ("overview", "measures"):
        assert re.search(r"PHQ-9\D{0,40}8\b", pages[name]), name


@pytest.mark.django_db(transaction=True)
def test_the_file_tells_the_same(clinic, person):
    director = StaffFactory(roles={clinic: ["medical_director"]})
    answer = signed_in(director).post(
        "/caseload/export/", {"purpose": "work", "why": "Saturday calls"}
    )
    row, notice = csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert "42 CFR part 2" in notice["MRN"]

    assert (row["Medicine"], row["Dose in mg"]) == ("Methadone", "90")
    assert (row["Status"], row["Last score"], row["Score"]) == ("Active", "PHQ-9", "8")
    assert row["Last contact"] == row["Scored on"] == "2024-11-19"


def test_a_paper_names_the_year_of_each_day(as_prescriber, person, prescriber):
    plan = drafted(person, prescriber)
    page = words_of(as_prescriber.get(path_of_print(plan, prescriber)))

    days = re.findall(rf"\b\d{{1,2}} (?:{MONTHS})\w*(?: \d{{4}})?", page)
    assert days
    assert [day for day in days if not re.search(r"\d{4}$", day)] == []
