"""The talk about the options in a real browser: wide, on a phone, in Spanish, locked."""

import pytest
from playwright.sync_api import expect

from medications.models import DecisionTalk
from tests.factories import PatientFactory
from tests.journeys.conftest import WIDTHS
from tests.journeys.workers import until
from tests.medications.test_talks import sheet_of

PIN = "4711"


@pytest.fixture
def person(team):
    return PatientFactory(clinic=team["clinic"], language="Spanish", used_name="Alma")


def address(person, rest=""):
    return f"/people/{person.pk}/medication/talk/{rest}"


def kept(page, **wanted):
    """What was picked is kept as it is picked: wait for the row to say so."""
    expect(page.locator("#talk-kept")).not_to_be_empty()

    def is_kept():
        talk = DecisionTalk.objects.first()
        return talk and all(getattr(talk, k) == v for k, v in wanted.items())

    until(is_kept, 10, f"{wanted} to be kept")


def test_picking_colours_what_fits_and_handing_back_records_it(visit, team, person):
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(address(person, "?language=en"))
    assert page.locator("td.is-fit").count() == 0

    page.get_by_text("Few visits", exact=True).click()
    expect(page.locator("#row-visits td.is-fit")).to_have_count(2)
    page.get_by_text("A gentle first day", exact=True).click()
    expect(page.locator("#row-first_day td.is-fit")).to_have_count(2)
    page.locator("label[for=x-few_visits]").click()
    expect(page.locator("#row-visits td.is-most")).to_have_count(2)
    visitor.must_be_accessible("talk-picked", WIDTHS)

    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_text("The buprenorphine shot", exact=True).click()
    page.get_by_label("In my own words").fill("Once a month.")
    page.locator("label[for=su-sure-1]").click()
    page.get_by_label("Family or a friend").check()
    kept(page, choice="BUP_XR", participants=["person", "family"])
    page.get_by_role("button", name="Hand back").click()
    page.wait_for_url(f"**/people/{person.pk}/medication/")

    talk = DecisionTalk.objects.get()
    assert talk.sent_at is not None
    assert (talk.own_words, talk.choice) == ("Once a month.", "BUP_XR")
    assert talk.matters_most == ["few_visits"]
    assert talk.sure["sure"] is True


def test_no_more_than_three_count_most(visit, team, person):
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(address(person, "?language=en"))
    for key in ("work", "family", "cost", "privacy"):
        page.locator(f"label[for=m-{key}]").click()
        expect(page.locator(f"#x-{key}")).to_have_count(1)
    # As fast as fingers go: no pick is lost to an answer that is under way.
    for key in ("work", "family", "cost"):
        page.locator(f"label[for=x-{key}]").click()
    kept(page, matters_most=["cost", "family", "work"])
    expect(page.locator("#x-privacy")).to_be_disabled()


def test_one_option_at_a_time_on_a_phone(visit, team, person):
    visitor = visit(360).sign_in(team["prescriber"])
    page = visitor.open(address(person, "?language=en"))
    assert page.locator("#row-visits td:visible").count() == 1
    page.locator("label[for=see-MTD]").click()
    shown = page.locator("#row-visits td:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Most days at first")
    expect(page.locator("thead th:visible")).to_contain_text("Methadone")
    visitor.must_be_accessible("talk-phone", (360,))


def test_by_keyboard_alone(visit, team, person):
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(address(person, "?language=en"))
    page.locator("#m-no_withdrawal").focus()
    page.keyboard.press("Space")
    expect(page.locator("#row-first_day td.is-fit")).to_have_count(2)
    expect(page.locator("#m-no_withdrawal")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#m-few_visits")).to_be_focused()
    page.locator("#c-MTD").focus()
    page.keyboard.press("Space")
    kept(page, choice="MTD")


def test_in_spanish_without_script_and_with_what_was_typed(visit, team, person):
    visitor = visit(script=False).sign_in(team["prescriber"])
    page = visitor.open(address(person, "?language=en"))
    page.get_by_label("In my own words").fill("Una vez al mes.")
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "¿Qué medicina va con su vida?"
    )
    expect(page.get_by_label("En mis palabras")).to_have_value("Una vez al mes.")
    assert page.locator("html").get_attribute("lang") == "es"

    page.get_by_text("Pocas visitas", exact=True).click()
    page.get_by_role("button", name="Mostrar lo que va conmigo").click()
    expect(page.locator("#row-visits td.is-fit")).to_have_count(2)
    page.get_by_text("La inyección de buprenorfina", exact=True).click()
    page.get_by_role("button", name="Devolver").click()
    page.wait_for_url(f"**/people/{person.pk}/medication/")
    talk = DecisionTalk.objects.get()
    assert (talk.language, talk.choice) == ("es", "BUP_XR")


def test_a_tablet_shows_the_talk_and_nothing_else(visit, team, person):
    visitor = visit(768).sign_in(team["care_manager"])
    page = visitor.open(address(person, "hand-over/"))
    page.get_by_label("PIN for this time").fill(PIN)
    page.get_by_role("button", name="Lock and hand over").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "¿Qué medicina va con su vida?"
    )
    visitor.must_be_accessible("talk-tablet", (768,), axe_at=(768,))
    visitor.open(f"/people/{person.pk}/")
    assert page.url.endswith("/handover/talk/")

    page.get_by_text("Metadona", exact=True).last.click()
    kept(page, choice="MTD", mode="tablet")
    page.get_by_role("button", name="Devolver").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gracias")
    visitor.must_be_accessible("talk-tablet-sent", (768, 360), axe_at=(768, 360))
    page.get_by_label("PIN del personal").fill(PIN)
    page.get_by_role("button", name="Desbloquear").click()
    page.wait_for_url(f"**/people/{person.pk}/medication/")
    assert DecisionTalk.objects.get().sent_at is not None


def test_what_cannot_be_kept_is_said_in_the_language_of_the_page(visit, team, person):
    visitor = visit(script=False).sign_in(team["prescriber"])
    page = visitor.open(address(person))
    page.get_by_role("button", name="Devolver").click()
    expect(page.get_by_role("alert")).to_contain_text("Elija o escriba")
    assert not DecisionTalk.objects.exists()


def test_the_sheet_is_for_paper(visit, team, person):
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(
        f"{sheet_of(person, team['prescriber'])}?sheet=blank&language=en"
    )
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print for me")).to_be_hidden()
    expect(page.get_by_text("Keep naloxone close")).to_be_visible()
    for table in (page.locator("thead").first, page.locator("thead").last):
        expect(table.locator("th:visible")).to_have_count(5)
