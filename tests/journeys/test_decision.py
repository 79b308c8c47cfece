"""The decision in a real browser: tried otherwise, chosen against the wish, and kept."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from aftercare.models import FollowUp
from assessments.observations.kinds import BY_CODE
from medications.models import DecisionTalk, MedicationDecision
from tests.factories import PatientFactory
from tests.factories.assessments import (
    IntakeAnswerFactory,
    IntakeFactory,
    ObservationFactory,
)
from tests.journeys.conftest import WIDTHS
from tests.medications.pictures import CLEAR

NEVER = ("last_short_acting_dt", "last_long_acting_dt", "last_bup_xr_dt")
FROM_ELSEWHERE = ("age", "rems", "dsm_count", "cows")


@pytest.fixture
def person(team):
    """Everything is known and clear; she wishes for the injection."""
    person = PatientFactory(
        clinic=team["clinic"], used_name="Alma", date_of_birth="1990-05-01"
    )
    know(person)
    return person


def know(person):
    wishes = {"preference": ["BUP_XR"], "child_pugh": 5}
    facts = CLEAR | dict.fromkeys(NEVER, "never") | wishes
    now = timezone.now()
    whose = {"clinic": person.clinic, "patient": person}
    intake = IntakeFactory(**whose, started_at=now)
    for name, value in facts.items():
        if name in FROM_ELSEWHERE:
            continue
        if name in BY_CODE and isinstance(value, int):
            told = {
                "code": name,
                "value": value,
                "effective_at": now,
                "recorded_at": now,
            }
            ObservationFactory(**whose, **told)
        else:
            said = {"question": name, "value": value, "answered_at": now}
            IntakeAnswerFactory(**whose, intake=intake, **said)


def column(page, key):
    return page.locator(f".mst-option:has(#o-{key})")


def test_weighed_tried_chosen_against_the_wish_and_kept(visit, team, person):
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(f"/people/{person.pk}/medication/")

    try_other_answers(visitor)
    assert not MedicationDecision.objects.exists()
    turn_the_screen_in_spanish(page)
    choose_another_than_the_wish(visitor)

    made = MedicationDecision.objects.get()
    assert (made.choice, made.preference, made.is_concordant) == (
        "MTD",
        "BUP_XR",
        False,
    )
    assert made.talk == DecisionTalk.objects.get()
    assert made.sure["sure"] is True
    assert FollowUp.objects.filter(patient=person).count() == len(made.follows) > 3
    visitor.open(f"/people/{person.pk}/aftercare/")
    expect(page.get_by_text("Order the first dose: methadone").first).to_be_visible()
    visitor.open(f"/people/{person.pk}/medication/decisions/{made.pk}/")
    expect(page.get_by_text("the same, byte for byte")).to_be_visible()
    visitor.must_be_accessible("decision-recorded", WIDTHS)
    page.emulate_media(media="print")
    expect(page.get_by_text("It kept her well for years.")).to_be_visible()
    expect(page.locator(".mst-topbar")).to_be_hidden()


def try_other_answers(visitor):
    """The columns move with what is tried, and nothing is saved."""
    page, panel = visitor.page, visitor.page.locator("#what-if")
    panel.get_by_label("QTc").fill("520")
    panel.get_by_label("QTc").press("Tab")
    expect(column(page, "MTD").locator(".mst-standing").first).to_have_text("Avoid")
    expect(column(page, "MTD")).to_contain_text("QTc 499 ms or less")
    expect(column(page, "MTD")).to_contain_text("Only tried. Reset to choose.")
    panel.get_by_label("Another fact").select_option("rems")
    expect(panel.get_by_label("QTc")).to_have_value("520")
    panel.locator("label[for=id_if_rems_4]").click()
    shut = column(page, "BUP_XR").locator(".mst-standing").first
    expect(shut).to_have_text("Contraindicated")
    visitor.must_be_accessible("decision-tried", WIDTHS)
    page.set_viewport_size({"width": 1440, "height": 900})
    panel.get_by_role("link", name="Reset").click()
    standing = column(page, "MTD").locator(".mst-standing").first
    expect(standing).not_to_have_text("Avoid")


def turn_the_screen_in_spanish(page):
    """What matters is picked by the person, and moves the ranking."""
    page.get_by_role("link", name="Turn the screen to Alma").click()
    page.get_by_role("button", name="Español").click()
    page.get_by_text("Pocas visitas", exact=True).click()
    page.get_by_text("La inyección de buprenorfina", exact=True).click()
    page.get_by_label("En mis palabras").fill("Una vez al mes, por favor.")
    page.locator("label[for=su-sure-1]").click()
    page.get_by_role("button", name="Devolver").click()
    page.wait_for_url("**/medication/")
    expect(column(page, "BUP_XR")).to_contain_text("Few visits")
    expect(page.get_by_text("Una vez al mes, por favor.").first).to_be_visible()


def choose_another_than_the_wish(visitor):
    """It has to be said why, beside the field; what was typed stays."""
    page = visitor.page
    column(page, "MTD").get_by_role("link", name="Choose this").click()
    writes = page.get_by_role("region", name="What recording this writes")
    expect(writes).to_contain_text("Offer naloxone")
    words = page.get_by_label("In their own words")
    expect(words).to_have_value("Una vez al mes, por favor.")
    page.get_by_role("button", name="Record this decision").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    expect(words).to_have_value("Una vez al mes, por favor.")
    visitor.must_be_accessible("decision-refused", WIDTHS)
    page.set_viewport_size({"width": 1440, "height": 900})
    for caution in page.locator("[name=acknowledged]").all():
        caution.check()
    page.get_by_label("Why this one").select_option("helped_before")
    page.get_by_label("The reason in words").fill("It kept her well for years.")
    page.get_by_role("button", name="Record this decision").click()
    page.wait_for_url("**/medication/")


def test_the_first_is_accepted_in_one_click(visit, team, person):
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(f"/people/{person.pk}/medication/")

    page.get_by_role("button", name="Accept with its tasks").click()
    expect(page.locator("#toasts")).to_contain_text(
        "What follows from it is on the list"
    )

    made = MedicationDecision.objects.get()
    assert made.choice == "BUP_XR"
    assert FollowUp.objects.filter(patient=person, kind="order").exists()


def test_what_if_is_one_press_away_on_a_phone(visit, team, person):
    page = (
        visit(360).sign_in(team["prescriber"]).open(f"/people/{person.pk}/medication/")
    )

    page.get_by_role("link", name="What if").click()
    expect(page.locator("#what-if")).to_be_in_viewport()
    page.get_by_role("link", name="See the columns").click()
    expect(page.locator("#options")).to_be_in_viewport()


def test_not_now_is_met_with_an_open_door(visit, team, person):
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(f"/people/{person.pk}/medication/")
    page.get_by_role("link", name="Not now").click()
    expect(page.get_by_text("Care goes on")).to_be_visible()

    page.get_by_label("Why this one").select_option("person_chose")
    page.get_by_label("The reason in words").fill("Wants to think until Friday.")
    page.get_by_role("button", name="Record this decision").click()
    page.wait_for_url(f"**/people/{person.pk}/medication/")

    assert FollowUp.objects.filter(patient=person, kind="open_door").exists()


def test_an_earlier_day_stands_beside_today(visit, team, person):
    visitor = visit().sign_in(team["clinician"])
    page = visitor.open(f"/people/{person.pk}/medication/")

    page.get_by_role("link", name="An earlier day").click()
    expect(page.get_by_role("heading", name="Where the options stood")).to_be_visible()
    visitor.must_be_accessible("decision-earlier", WIDTHS)
