"""What is typed is never lost, and two people in one intake see each other."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.actions.intake import complete_intake, save_answer, start_intake
from assessments.intake.catalogue import question_of
from assessments.intake.submission import Reply
from assessments.models import Intake, IntakeAnswer
from tests.factories import PatientFactory
from tests.journeys.conftest import WIDTHS
from tests.journeys.workers import until

WORDS = "I want my mornings back."
# Looks at once for what others did, in place of waiting for the next time.
LOOK = "() => htmx.trigger('#news', 'look')"
SAVED = re.compile("is-saved")
SETTLED = "() => !document.querySelector('.htmx-request, [data-sent], [data-held]')"


def look(page):
    """Ask for news now and wait for the answer: presence is known once it came."""
    with page.expect_response("**/intake/news/"):
        page.evaluate(LOOK)


@pytest.fixture
def person(team):
    patient = PatientFactory(clinic=team["clinic"])
    start_intake(patient=patient, by=team["clinician"], at=timezone.now())
    return patient


@pytest.fixture
def visit(visit):
    """Visitors who leave before the house is cleared."""
    visitors = []

    def make(*args, **parts):
        visitors.append(visit(*args, **parts))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.page.wait_for_function(SETTLED)
        visitor.page.goto("about:blank")


def must_look_right(visitor, name):
    visitor.page.evaluate(
        "() => { document.activeElement.blur(); scrollTo({top: 0, behavior: 'instant'}); }"
    )
    visitor.must_be_accessible(name, WIDTHS)
    visitor.page.set_viewport_size({"width": 1440, "height": 900})


def at_step(visitor, person, step):
    page = visitor.open(f"/people/{person.pk}/intake/?step={step}")
    page.locator("#live #lp").wait_for(state="attached")
    return page


def kept(key):
    answer = IntakeAnswer.objects.filter(question=key).first()
    return answer.value if answer else None


def test_a_page_that_dies_while_somebody_types_loses_five_seconds_at_most(
    visit, team, person
):
    visitor = visit().sign_in(team["clinician"])
    page = at_step(visitor, person, "safety")
    page.get_by_label("What brings them here, in their own words?").type(WORDS)
    until(lambda: kept("words_reason") == WORDS, 5, "the words to be kept")
    page.goto("about:blank")

    again = at_step(visit().sign_in(team["clinician"]), person, "safety")
    expect(again.get_by_label("What brings them here")).to_have_value(WORDS)


def test_leaving_in_the_middle_of_a_word_takes_it_along(visit, team, person):
    page = at_step(visit().sign_in(team["clinician"]), person, "safety")
    page.get_by_label("What brings them here, in their own words?").type("Mornings")
    page.get_by_role("link", name=re.compile("^Opioid use")).first.click()
    page.wait_for_url("**step=opioids*")

    until(lambda: kept("words_reason") == "Mornings", 5, "the words to be kept")


def test_without_a_connection_it_is_kept_on_the_page_and_sent_later(
    visit, team, person
):
    visitor = visit().sign_in(team["clinician"])
    page = at_step(visitor, person, "safety")
    visitor.page.context.set_offline(True)
    page.locator("label[for=i-alone-yes]").click()
    line = page.locator("#s-alone")
    expect(line).to_contain_text("Not saved, no connection. Kept here, trying again")
    must_look_right(visitor, "intake-offline")
    assert kept("alone") is None

    visitor.faults.clear()
    visitor.page.context.set_offline(False)
    expect(line).to_have_class(SAVED, timeout=15_000)
    assert kept("alone") is True


def test_two_people_in_one_intake(visit, team, person):
    first = at_step(visit().sign_in(team["clinician"]), person, "safety")
    second = at_step(visit().sign_in(team["prescriber"]), person, "safety")
    look(first)
    look(second)
    expect(second.locator("#news")).to_contain_text("Samir Haddad is in this intake")
    expect(second.locator("#news")).to_contain_text("Referral and safety")

    field = second.get_by_label("What brings them here, in their own words?")
    field.type("Half a sen")
    first.locator("label[for=i-alone-yes]").click()
    expect(first.locator("#s-alone")).to_have_class(SAVED)
    look(second)

    expect(second.locator("#s-alone")).to_have_class(SAVED)
    expect(second.locator("#i-alone-yes")).to_be_checked()
    expect(field).to_have_value("Half a sen")


def test_both_answers_stand_side_by_side_until_somebody_chooses(visit, team, person):
    first = at_step(visit().sign_in(team["clinician"]), person, "safety")
    visitor = visit().sign_in(team["prescriber"])
    second = at_step(visitor, person, "safety")
    first.locator("label[for=i-alone-yes]").click()
    expect(first.locator("#s-alone")).to_have_class(SAVED)

    second.locator("label[for=i-alone-no]").click()
    line = second.locator("#s-alone")
    expect(line).to_contain_text("Samir Haddad answered")
    expect(line).to_contain_text("Yours is not saved")
    must_look_right(visitor, "intake-conflict")
    second.get_by_role("button", name="Keep mine").click()
    expect(line).to_have_class(SAVED)
    assert kept("alone") is False


def test_a_new_intake_goes_on_from_the_one_before(visit, team, person):
    by, before = team["clinician"], timezone.now() - timezone.timedelta(days=200)
    intake = Intake.objects.get(patient=person)
    for key, value in {
        "alone": True,
        "overdose_hx": "never",
        "education": "degree",
        "household": ["pets"],
        "lock_box": False,
    }.items():
        save_answer(
            intake=intake,
            question=question_of(key),
            reply=Reply(value),
            revision=None,
            by=by,
            at=before,
        )
    complete_intake(intake=intake, by=by, at=before)
    start_intake(patient=person, by=by, at=timezone.now())
    visitor = visit().sign_in(by)

    page = at_step(visitor, person, "social")
    must_look_right(visitor, "intake-again")
    expect(page.locator("#s-household")).to_contain_text("carried from")
    page.get_by_role("button", name="Still so: all 2 from before").click()
    expect(page.locator("#s-household")).to_have_class(SAVED)
    page.locator("label[for=i-lock_box-yes]").click()
    expect(page.locator("#s-lock_box")).to_contain_text("was: No")
    page.reload()
    expect(page.locator(".mst-since summary")).to_contain_text("1 changed")


def test_rows_are_added_taken_out_and_brought_back(visit, team, person):
    visitor = visit().sign_in(team["clinician"])
    page = at_step(visitor, person, "opioids")
    page.get_by_label("Heroin").check()
    line = page.locator("#q-opioid_use .mst-line")
    expect(line).to_have_count(1)
    line.get_by_label("Days of the past 30").fill("300")
    line.get_by_label("Last used").fill("8h")
    page.keyboard.press("Tab")
    expect(page.locator("#s-opioid_use")).to_contain_text("not saved; the rest is")
    expect(line.get_by_label("Days of the past 30")).to_have_attribute(
        "aria-invalid", "true"
    )
    must_look_right(visitor, "intake-rows-refused")

    page.locator("#q-treatments_had").get_by_label("Methadone").check()
    episodes = page.locator("#q-episodes .mst-line")
    expect(episodes).to_have_count(1)
    episodes.first.get_by_label("Kept for").fill("5")
    page.get_by_role("button", name="Add another episode").click()
    expect(episodes).to_have_count(2)
    episodes.nth(1).get_by_label("What", exact=True).select_option("methadone")
    episodes.nth(1).get_by_label("Kept for").fill("9")
    page.keyboard.press("Tab")
    expect(page.locator("#s-episodes")).to_have_class(SAVED)
    page.get_by_role("button", name="Take out").click()
    expect(episodes).to_have_count(1)
    must_look_right(visitor, "intake-row-out")
    page.get_by_role("button", name="Undo").click()
    expect(episodes).to_have_count(2)
    assert [row["months"] for row in kept("episodes")] == [5, 9]
