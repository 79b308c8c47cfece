"""The time line in a browser: chosen, moved, looked at closer, and kept as a picture."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.actions.measures import record_assessment
from knowledge.instruments.registry import find
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.journeys.conftest import WIDTHS

DAY = dt.timedelta(days=1)
SAFE = {"phq9": {"self_harm": 0}, "phq2": {}}
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def person(team):
    now = timezone.now()
    person = PatientFactory(
        clinic=team["clinic"], admitted_on=clinic_today(now - 100 * DAY)
    )
    for days, mood in ((90, 3), (50, 2), (9, 1)):
        for instrument in ("phq9", "phq2"):
            items = [item.key for item in find(instrument).items]
            record_assessment(
                patient=person,
                instrument=instrument,
                answers=dict.fromkeys(items, mood) | SAFE[instrument],
                by=team["clinician"],
                at=now - days * DAY,
            )
    return person


@pytest.fixture
def timeline(visit, team, person):
    visitor = visit().sign_in(team["clinician"])
    visitor.open(f"/people/{person.pk}/measures/timeline/")
    return visitor


def heading(page):
    return page.locator("#tl").inner_text()


def test_dragging_over_it_looks_closer(timeline):
    page = timeline.page
    before = heading(page)
    plot = page.locator("#timeline svg.is-wide")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 60, steps=4)
    expect(plot.locator(".is-drag")).to_be_visible()
    with page.expect_navigation():
        page.mouse.up()

    assert "from=" in page.url
    assert "range=" not in page.url
    assert heading(page) != before


def test_a_click_alone_or_escape_changes_nothing(timeline):
    page = timeline.page
    before = page.url
    plot = page.locator("#timeline svg.is-wide")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.click(box["x"] + 300, box["y"] + 60)
    page.mouse.move(box["x"] + 300, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, box["y"] + 60, steps=4)
    page.keyboard.press("Escape")
    expect(plot.locator(".is-drag")).to_have_count(0)
    page.mouse.up()

    assert page.url == before


def test_by_keyboard_the_focus_stays_where_it_was(timeline):
    page = timeline.page
    before = heading(page)
    page.locator("#way-closer").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**from=**")
    expect(page.locator("#way-closer")).to_be_focused()

    assert heading(page) != before
    page.go_back()
    expect(page.locator("#tl")).to_have_text(before)


def test_another_series_comes_in_place(timeline):
    page = timeline.page
    page.locator("[id='chip-phq2']").click()
    expect(page.locator("[id='chip-phq2']")).to_have_attribute("aria-current", "true")

    page.wait_for_url("**show=phq2**")
    expect(page.locator("svg.is-wide .is-b-dot")).to_have_count(3)
    timeline.must_be_accessible("timeline-two-series", WIDTHS)


def test_it_is_kept_as_a_picture(timeline, person):
    page = timeline.page
    page.get_by_role("link", name="Save…").click()
    page.get_by_text("For our own work here").click()
    page.get_by_role("button", name="Make it").click()
    with page.expect_download() as asked:
        page.get_by_role("button", name="PNG").click()
    picture = asked.value

    assert picture.suggested_filename == f"timeline-{person.pk}.png"
    assert picture.path().read_bytes().startswith(PNG)


def test_without_script_there_is_no_button_that_does_nothing(visit, team, person):
    visitor = visit(script=False).sign_in(team["clinician"])
    page = visitor.open(f"/people/{person.pk}/measures/timeline/")
    assert not page.get_by_role("button", name="PNG").is_visible()
    page.locator("#way-wider").click()

    assert "from=" in page.url


def test_the_phone_has_a_chart_of_its_own(visit, team, person):
    visitor = visit(360).sign_in(team["clinician"])
    page = visitor.open(f"/people/{person.pk}/measures/")

    assert page.locator("svg.is-narrow").is_visible()
    assert not page.locator("svg.is-wide").is_visible()
    visitor.must_be_accessible("measures-phone", (360,), axe_at=(360,))
