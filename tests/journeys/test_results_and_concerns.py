"""Results typed and sent in a file; a danger in the answers, seen until it is resolved."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.actions.measures import record_assessment
from assessments.models import Concern, Observation
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.journeys.conftest import WIDTHS


@pytest.fixture
def person(team):
    return PatientFactory(clinic=team["clinic"], mrn="004-7001")


def results(person):
    day = (clinic_today() - dt.timedelta(days=1)).isoformat()
    return (
        "mrn,test,value,unit,measured,range,source\n"
        f"{person.mrn},ALT,88,U/L,{day},7-56,Quest\n"
        f'{person.mrn},"Creatinine, Serum",88.4,umol/L,{day},,Quest\n'
        f"{person.mrn},eGFR,>60 L,,{day},> OR = 60,Quest\n"
        f"{person.mrn},BP,120/80,mmHg,{day},,Triage\n"
        f"{person.mrn},weight,180,,{day},,Triage\n"
        f"{person.mrn},zinc,1,,{day},,Quest\n"
        f"004-9999,ALT,40,U/L,{day},,Quest\n"
    )


def test_a_file_is_looked_at_line_by_line_and_then_kept(visit, team, person):
    visitor = visit().sign_in(team["clinician"])
    page = visitor.open("/people/")
    page.get_by_role("link", name="Results from a file").click()
    visitor.must_be_accessible("results-upload", WIDTHS)
    page.get_by_label("CSV file").set_input_files(
        {
            "name": "lab.csv",
            "mimeType": "text/csv",
            "buffer": results(person).encode(),
        }
    )
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("5 of 8 lines can be kept")).to_be_visible()
    expect(page.get_by_text("This test is not kept here")).to_be_visible()
    expect(page.get_by_text("In which unit? 180 kg and 180 lb")).to_be_visible()
    expect(page.get_by_text("Nobody here has this record number")).to_be_visible()
    visitor.must_be_accessible("results-read", WIDTHS)
    assert not Observation.objects.exists()

    page.get_by_role("button", name="Keep 5 results").click()
    expect(page.get_by_text("5 results kept")).to_be_visible()
    visitor.must_be_accessible("results-kept", WIDTHS)
    assert Observation.objects.count() == 5

    page = visitor.open(f"/people/{person.pk}/measures/")
    row = page.get_by_role("row", name="ALT Result")
    expect(row).to_contain_text("88 U/L")
    expect(row).to_contain_text("high")
    expect(page.get_by_text("> 60 mL/min/1.73 m2")).to_be_visible()
    visitor.must_be_accessible("results-on-measures", WIDTHS)


def test_a_slip_of_the_unit_is_asked_about_beside_the_field(visit, team, person):
    visitor = visit(360).sign_in(team["clinician"])
    page = visitor.open(f"/people/{person.pk}/observations/add/")
    page.get_by_label("What was measured?").select_option("creatinine")
    page.get_by_label("Result").fill("88")
    page.get_by_role("button", name="Keep the measurement").click()
    expect(page.get_by_text("Did you mean 1 mg/dL?").first).to_be_visible()
    visitor.must_be_accessible("result-slip", WIDTHS)
    expect(page.get_by_label("Result")).to_have_value("88")

    page.get_by_label("Unit").fill("umol/L")
    page.get_by_role("button", name="Keep the measurement").click()
    expect(page.get_by_text("Measurement kept.")).to_be_visible()
    assert Observation.objects.get().entered == "88 µmol/L"


def test_days_that_can_be_read_in_two_ways_are_asked_about(visit, team, person):
    visitor = visit(360).sign_in(team["clinician"])
    page = visitor.open("/results/")
    content = f"mrn,test,value,measured\n{person.mrn},ALT,40,03/04/2026\n"
    file = {"name": "lab.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("is the day or the month first?").first).to_be_visible()
    visitor.must_be_accessible("results-days", WIDTHS)

    page.get_by_label("Days such as 03/04/2026").select_option("month")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("1 of 1 line can be kept")).to_be_visible()


def test_a_result_that_cannot_wait_is_in_sight_at_once(visit, team, person):
    visitor = visit().sign_in(team["clinician"])
    page = visitor.open(f"/people/{person.pk}/observations/add/")
    page.get_by_label("What was measured?").select_option("potassium")
    page.get_by_label("Result").fill("<3.0 LL")
    visitor.must_be_accessible("result-form", WIDTHS)
    page.get_by_role("button", name="Keep the measurement").click()
    expect(page.get_by_text("Measurement kept.")).to_be_visible()
    header = page.get_by_role("region", name="Person in care")
    expect(header).to_contain_text("Potassium < 3 mmol/L: low enough")
    visitor.must_be_accessible("result-in-header", WIDTHS)

    page = visitor.open("/")
    expect(page.get_by_role("heading", name="Cannot wait")).to_be_visible()
    visitor.must_be_accessible("result-on-home", WIDTHS)
    page = visitor.open(f"/people/{person.pk}/aftercare/")
    expect(page.get_by_text("Act on a very low potassium").first).to_be_visible()
    page.get_by_role("link", name="Say what was done").click()
    visitor.must_be_accessible("result-concern", WIDTHS)
    expect(page.get_by_role("link", name="See the result")).to_be_visible()


def test_a_danger_stays_in_sight_until_somebody_says_what_was_done(visit, team, person):
    record_assessment(
        patient=person,
        instrument="cssrs",
        answers={"wish": 1, "thoughts": 1, "intent": 1},
        by=team["clinician"],
        at=timezone.now(),
    )
    visitor = visit().sign_in(team["clinician"])
    page = visitor.open("/")
    expect(page.get_by_role("heading", name="Cannot wait")).to_be_visible()
    page = visitor.open(f"/people/{person.pk}/")
    header = page.get_by_role("region", name="Person in care")
    expect(header).to_contain_text("C-SSRS screener: high")
    visitor.must_be_accessible("concern-header", WIDTHS)

    page.set_viewport_size({"width": 1440, "height": 900})
    # An alert climbs until somebody has it; then the chart says what is to be done.
    header.get_by_role("link", name="Open").click()
    page.get_by_role("button", name="I have it").click()
    page = visitor.open(f"/people/{person.pk}/")
    header.get_by_role("link", name="What was done").click()
    visitor.must_be_accessible("concern", WIDTHS)
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("Say in a sentence what was found").first).to_be_visible()
    visitor.must_be_accessible("concern-error", WIDTHS)

    page.get_by_label("Evaluate suicide risk in person").check()
    page.get_by_label("What was found and done").fill("Seen by Dr. Marchetti today.")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("It stays on record with your words.")).to_be_visible()
    expect(header).not_to_contain_text("C-SSRS screener: high")
    assert Concern.objects.get().resolution == "Seen by Dr. Marchetti today."
