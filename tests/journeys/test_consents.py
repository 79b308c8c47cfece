"""A sister asks: stopped, then with consent let out, and all of it stands in the list."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.permissions import Role
from patients.actions import registry
from patients.actions.chart_access import restrict_chart
from patients.models import Consent, Disclosure, SupportPerson
from plans.actions.signing import sign_plan
from tests.conftest import clinic_today
from tests.factories import PatientFactory, StaffFactory
from tests.factories.consents import consent_asked, consent_given
from tests.factories.plans import drafted, ready

WIDTHS = (1440, 360)


@pytest.fixture
def person(team):
    now, clinic = timezone.now(), team["clinic"]
    person = PatientFactory(
        clinic=clinic, given_name="Walter", used_name="Walt", family_name="Adeyemi"
    )
    by = team["prescriber"]
    registry.put_on_care_team(patient=person, staff=by, part="lead", by=by, at=now)
    SupportPerson.objects.create(
        clinic=clinic,
        patient=person,
        name="Funmi Adeyemi",
        relation="sister",
        phone="555-010-0143",
    )
    sign_plan(plan=ready(drafted(person, by, now)), by=by, at=now)
    return person


def make_copy_for(page, whom):
    page.get_by_role("link", name="Print").click()
    page.get_by_text(whom).click()
    page.get_by_label("Why", exact=True).select_option("support")
    page.get_by_role("button", name="Make it").click()


def ask_consent(visitor, person):
    page = visitor.open(f"/people/{person.pk}/consents/new/")
    page.get_by_label("Who of those who stand by them").select_option(index=1)
    page.get_by_label("That they are in care here").check()
    page.get_by_label("The plan").check()
    page.get_by_label("Why, as the person").fill("So that she can help me")
    visitor.must_be_accessible("consent-new", WIDTHS)
    page.get_by_role("button", name="Show the text").click()
    visitor.must_be_accessible("consent", WIDTHS)
    page.get_by_role("link", name="Turn the screen").click()


def draw(page):
    sheet = page.locator(".mst-sign").bounding_box()
    x, y = sheet["x"] + 40, sheet["y"] + 40
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(x + 30 * step, y + 20 * (step % 2))
    page.mouse.up()


def test_a_copy_for_the_family(visit, team, person):
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(f"/people/{person.pk}/plan/")
    make_copy_for(page, "Funmi Adeyemi, sister (no consent)")
    expect(page.get_by_text("No consent names Funmi Adeyemi").first).to_be_visible()
    visitor.must_be_accessible("disclosures-stopped", WIDTHS)

    ask_consent(visitor, person)
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_role("heading", name="Quién puede saber")).to_be_visible()
    page.get_by_role("link", name="English").click()
    page.set_viewport_size({"width": 1440, "height": 900})
    draw(page)
    visitor.must_be_accessible("consent-sign", WIDTHS)
    page.get_by_role("button", name="I sign").click()
    expect(page.get_by_text("Signed.")).to_be_visible()
    assert Consent.objects.get().signature_path.startswith("M")
    visitor.must_be_accessible("consent-signed", WIDTHS)

    page = visitor.open(f"/people/{person.pk}/plan/")
    make_copy_for(page, "Funmi Adeyemi: That they are in care here; The plan")
    expect(page.get_by_text("Given to Funmi Adeyemi")).to_be_visible()
    expect(page.get_by_text("A general authorization for the release")).to_be_visible()
    visitor.must_be_accessible("plan-for-family", WIDTHS)

    page = visitor.open(f"/people/{person.pk}/disclosures/")
    row = page.get_by_role("row").filter(has_text="Funmi Adeyemi")
    expect(row).to_contain_text("The plan")
    visitor.must_be_accessible("disclosures", WIDTHS)
    assert Disclosure.objects.filter(is_stopped=True).count() == 1


def test_the_pages_of_consents(visit, team, person, subtests):
    now = timezone.now()
    by = team["prescriber"]
    given = consent_given(person, by, now, expires_on=clinic_today() + dt.timedelta(9))
    consent_given(person, by, now, name="Riverside Housing", limits="Doses")
    Consent.objects.create(
        clinic=person.clinic,
        patient=person,
        asked_at=now,
        asked_by=by,
        **consent_asked(recipients=[{"name": "Dr Okafor", "address": ""}]),
    )
    visitor = visit().sign_in(by)
    below = f"/people/{person.pk}/"
    for path in (
        "consents/",
        "contacts/",
        f"consents/{given.pk}/paper/?language=es",
        "disclosures/tell/",
        "disclosures/paper/",
        "give/aid_sheet/",
        "restrict/",
    ):
        with subtests.test(path):
            visitor.open(below + path)
            name = "page-" + path.strip("/").split("?")[0].replace("/", "-")
            visitor.must_be_accessible(name, WIDTHS)


def test_a_closed_chart_is_opened_in_an_emergency_and_judged(visit, team, person):
    restrict_chart(
        patient=person, reason="Works here", by=team["prescriber"], at=timezone.now()
    )
    visitor = visit().sign_in(team["clinician"])
    page = visitor.open(f"/people/{person.pk}/")
    expect(page.get_by_text("closed to all but the care team")).to_be_visible()
    visitor.must_be_accessible("open-in-emergency", WIDTHS)
    page.get_by_text("Dose or medicine not known, now").click()
    page.get_by_label("In your words").fill("Harbor Hospital asks for the dose.")
    page.get_by_role("button", name="Open for 60 minutes").click()
    expect(page.get_by_role("heading", name="Walt Adeyemi")).to_be_visible()

    director = StaffFactory(
        roles={team["clinic"]: [Role.MEDICAL_DIRECTOR]}, email="director@clinic.example"
    )
    judge = visit().sign_in(director)
    page = judge.open("/")
    page.get_by_role("link", name="Review").click()
    judge.must_be_accessible("openings", WIDTHS)
    page.get_by_role("link", name="Review").first.click()
    expect(page.get_by_text("Harbor Hospital asks")).to_be_visible()
    judge.must_be_accessible("review", WIDTHS)
    page.get_by_text("Yes", exact=True).click()
    page.get_by_role("button", name="Close the review").click()
    expect(page.get_by_text("Nothing waits for a review")).to_be_visible()


def test_who_opened_it(visit, team, person):
    for by in (team["prescriber"], team["clinician"]):
        registry.note_chart_view(
            patient=person, page="contacts", by=by, at=timezone.now()
        )
    director = StaffFactory(
        roles={team["clinic"]: [Role.MEDICAL_DIRECTOR]}, email="director@clinic.example"
    )
    visitor = visit().sign_in(director)
    visitor.open(f"/people/{person.pk}/chart-access/")
    visitor.must_be_accessible("chart-access", WIDTHS)
    visitor.open(f"/people/{person.pk}/chart-access/paper/?language=es")
    visitor.must_be_accessible("chart-access-paper", WIDTHS)
