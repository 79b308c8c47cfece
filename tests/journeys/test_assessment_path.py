"""One person's assessment: quick start, full intake, tablet, and a link at home."""

import datetime as dt
import re

from playwright.sync_api import expect

from aftercare.check_ins.tokens import token_of
from aftercare.models import CheckIn
from assessments.models import Assessment, Intake, IntakeAnswer
from tests.factories import PatientFactory
from tests.journeys.answering import answer
from tests.journeys.keyboard import Keyboard

PIN = "2468"


def test_from_the_quick_start_to_a_check_in_at_home(visit, team):
    person = PatientFactory(
        clinic=team["clinic"], date_of_birth=dt.date(1990, 5, 17), sex_at_birth="male"
    )
    staff = visit().sign_in(team["clinician"])

    _begin_quick(staff, person)
    _go_on_in_full(staff, person)
    _hand_the_tablet_over(staff, person)
    link = _send_a_link(staff, person)
    _answer_at_home(visit(360), link)

    given = dict(Assessment.objects.values_list("instrument", "mode"))
    assert given == {"peg": "self", "phq2": "self"}
    page = staff.open(f"/people/{person.pk}/measures/")
    expect(page.locator("main")).to_contain_text("PEG")
    expect(page.locator("main")).to_contain_text("PHQ-2")


def _begin_quick(staff, person):
    page = staff.open(f"/people/{person.pk}/intake/")
    page.get_by_role("button", name="Quick start, about 10 minutes").click()
    expect(page.get_by_role("heading", name=re.compile("^Quick start"))).to_be_visible()
    hands = Keyboard(page)
    answer(hands, "Have they ever had an overdose?", "Never")
    answer(hands, "Is anyone hurting, threatening or controlling them?", "No")
    expect(page.locator("#live")).to_contain_text("What this means so far")


def _go_on_in_full(staff, person):
    """What was said in the quick start stands in the full intake, asked once."""
    page = staff.page
    page.get_by_role("link", name="Full intake").click()
    expect(page.get_by_role("heading", name="Referral and safety")).to_be_visible()
    overdose = page.locator("#q-overdose_hx")
    expect(overdose.get_by_role("combobox")).to_have_value("never")
    answer(
        Keyboard(page), "Usually uses alone, or has no one who can give naloxone?", "No"
    )

    assert Intake.objects.get().patient_id == person.pk
    kept = set(IntakeAnswer.objects.values_list("question", flat=True))
    assert kept == {"overdose_hx", "unsafe_at_home", "alone"}


def _hand_the_tablet_over(staff, person):
    page = staff.open(f"/people/{person.pk}/hand-over/?give=peg")
    page.get_by_label("PIN for this time").fill(PIN)
    page.get_by_role("button", name="Lock and hand over").click()
    page.wait_for_url("**/handover/")
    for number in range(3):
        page.locator("fieldset").nth(number).get_by_text("6", exact=True).click()
    expect(page.locator("#answered")).to_have_text("3")
    page.get_by_role("button", name="Next").last.click()
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_label("PIN of the staff").fill(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/people/{person.pk}/hand-over/*/")
    expect(page.locator("main")).to_contain_text("6, moderate")


def _send_a_link(staff, person):
    page = staff.open(f"/people/{person.pk}/measures/")
    page.get_by_role("link", name="Give an instrument").first.click()
    expect(page.locator("#drawer h2", has_text="Give an instrument")).to_be_focused()
    page.get_by_label("PHQ-2").check()
    page.get_by_role("button", name="Send a link").click()
    page.locator("#drawer h2", has_text="Send a link").wait_for()
    page.get_by_role("button", name="Make the link").click()
    page.wait_for_url("**/check-ins/*/")
    return f"/c/{token_of(CheckIn.objects.get().nonce)}/"


def _answer_at_home(home, link):
    page = home.open(link)
    page.get_by_label("Your date of birth").fill("05/17/1990")
    page.get_by_role("button", name="Go on").click()
    for number in (0, 1):
        page.locator("fieldset").nth(number).get_by_text("Several days").click()
    expect(page.locator("#answered")).to_have_text("2")
    page.get_by_role("button", name="Next").last.click()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator("h1")).to_contain_text("Thank you")
    assert Assessment.objects.get(instrument="phq2").total == 2
