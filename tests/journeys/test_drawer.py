"""Forms beside the chart: opened in place, not lost without a word, there without script."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from patients.models import Allergy, OtherMedicine, SupportPerson
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.journeys.conftest import WIDTHS


@pytest.fixture
def person(team):
    return PatientFactory(clinic=team["clinic"])


@pytest.fixture
def contacts(visit, team, person):
    visitor = visit().sign_in(team["clinician"])
    visitor.open(f"/people/{person.pk}/contacts/")
    return visitor


def next_week():
    return clinic_today() + dt.timedelta(days=7)


def opened(page, link, heading):
    page.get_by_role("link", name=link).click()
    expect(page.locator("#drawer h2", has_text=heading)).to_be_focused()


@pytest.mark.parametrize(
    ("link", "heading"),
    [
        ("Add to allergies", "Add an allergy"),
        ("Add to conditions", "Add a condition"),
        ("Add to other medicines", "Add another medicine"),
        ("Add to who stands by them", "Add a support person"),
        ("Add to how to reach them", "Add a phone number or e-mail"),
    ],
)
def test_opens_beside_the_lists(contacts, link, heading):
    before = contacts.page.url

    opened(contacts.page, link, heading)

    assert contacts.page.url == before
    contacts.must_be_accessible(f"drawer-{heading}", WIDTHS)


def test_keeps_what_is_sent_and_shows_it(contacts):
    page = contacts.page
    opened(page, "Add to allergies", "Add an allergy")
    page.get_by_label("To", exact=True).select_option(label="Other")
    page.get_by_label("Name of the substance").fill("Latex")
    page.get_by_role("button", name="Add", exact=True).click()

    expect(page.locator("#toasts")).to_contain_text("Added")
    expect(page.get_by_role("region", name="Allergies")).to_contain_text("Latex")
    assert Allergy.objects.get().substance == "Latex"


def test_a_name_is_offered_as_one_types_and_put_right_with_one_press(contacts):
    page = contacts.page
    opened(page, "Add to other medicines", "Add another medicine")
    page.get_by_role("combobox", name="Medicine").press_sequentially("norc", delay=60)
    choice = page.locator('#names option[value="Norco"]')
    expect(choice).to_have_text("hydrocodone, acetaminophen")
    page.get_by_role("combobox", name="Medicine").fill(
        "alprozolam 1 mg from the street"
    )
    page.get_by_role("button", name="Add", exact=True).click()

    medicines = page.get_by_role("region", name="Other medicines")
    expect(medicines).to_contain_text("not recognised")
    contacts.must_be_accessible("a-name-not-recognised", WIDTHS)
    medicines.get_by_role("button", name="alprazolam?").press("Enter")

    expect(page.locator("#toasts")).to_contain_text("Written as alprazolam")
    expect(medicines).not_to_contain_text("not recognised")
    assert OtherMedicine.objects.get().ingredient == "alprazolam 1 mg from the street"


def test_a_refused_form_stays_open_with_what_was_typed(contacts):
    page = contacts.page
    opened(page, "Add to who stands by them", "Add a support person")
    page.get_by_label("Name", exact=True).fill("Rosa")
    page.get_by_role("button", name="Add", exact=True).click()

    expect(page.locator("#drawer .mst-errors")).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Rosa")
    assert not SupportPerson.objects.exists()


def test_does_not_lose_typed_words_without_asking(contacts):
    page = contacts.page
    said = []
    opened(page, "Add to allergies", "Add an allergy")
    substance = page.get_by_label("Name of the substance")
    substance.fill("Latex")

    page.once("dialog", lambda box: (said.append(box.message), box.dismiss()))
    page.keyboard.press("Escape")
    expect(substance).to_have_value("Latex")

    page.once("dialog", lambda box: (said.append(box.message), box.dismiss()))
    page.get_by_role("link", name="Add to conditions").click()
    expect(substance).to_have_value("Latex")

    page.once("dialog", lambda box: (said.append(box.message), box.accept()))
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_empty()
    assert len(said) == 3
    assert all("not saved" in words for words in said)


def test_closing_gives_the_focus_back(contacts):
    page = contacts.page
    opened(page, "Add to allergies", "Add an allergy")

    page.keyboard.press("Escape")

    expect(page.locator("#drawer")).to_be_empty()
    expect(page.get_by_role("link", name="Add to allergies")).to_be_focused()


def test_aftercare_adds_from_its_drawer(visit, team, person):
    visitor = visit().sign_in(team["care_manager"])
    page = visitor.open(f"/people/{person.pk}/aftercare/")
    opened(page, "Add a follow-up", "Add a follow-up")
    visitor.must_be_accessible("drawer-follow-up", WIDTHS)
    page.get_by_label("Due", exact=True).fill(f"{next_week()}")
    page.get_by_label("Why (optional)").fill("She asked for it")
    page.get_by_role("button", name="Add", exact=True).click()

    expect(page.get_by_role("region", name="What is owed to")).to_contain_text(
        "She asked"
    )


def test_works_without_script(visit, team, person):
    visitor = visit(script=False).sign_in(team["clinician"])
    page = visitor.open(f"/people/{person.pk}/contacts/")
    page.get_by_role("link", name="Add to other medicines").click()
    page.get_by_role("combobox", name="Medicine").fill("sertraline")
    page.get_by_role("button", name="Add", exact=True).click()

    panel = page.get_by_role("region", name="Other medicines")
    expect(panel).to_contain_text("sertraline")
