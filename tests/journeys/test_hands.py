"""Forty-eight people into other hands, by mouse and by keyboard, as a browser does it."""

import datetime as dt

from django.utils import timezone

from accounts.permissions import Role
from aftercare.actions.caseload_lines import rebuild_lines
from aftercare.models import HandOver
from patients.models import CareTeamMember
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import owed

MANY = 48
LIST = "/caseload/?show=everyone&mine=team"


def people_of(team):
    """In the hands of the care manager; a colleague could take them."""
    clinic, at = team["clinic"], timezone.now()
    made = [PatientFactory(clinic=clinic) for _ in range(MANY)]
    CareTeamMember.objects.bulk_create(
        CareTeamMember(
            clinic=clinic,
            patient=one,
            staff=team[Role.CARE_MANAGER],
            part="care_manager",
            since_at=at - dt.timedelta(days=1),
        )
        for one in made
    )
    for one in made:
        owed(one)
    rebuild_lines(clinic, at=at)
    return StaffFactory(roles={clinic: [Role.CARE_MANAGER]}, name="Jun Park")


def test_in_six_clicks_and_back_in_one(visit, team):
    jun = people_of(team)
    visitor = visit().sign_in(team[Role.CARE_MANAGER])
    page = visitor.open("/caseload/?show=everyone")
    clicks = 0

    def click(act):
        nonlocal clicks
        act()
        clicks += 1

    click(lambda: page.locator("select[name=mine]").select_option("team"))
    page.wait_for_url("**mine=team**")
    click(lambda: page.locator("[data-choose-shown]").click())
    click(lambda: page.locator("#choose").get_by_text("Hand over").click())
    page.locator("#drawer-form").wait_for()
    click(lambda: page.locator("#id_to").select_option(str(jun.pk)))
    click(lambda: page.locator("#drawer label", has_text="For good").click())
    page.locator("#hand-preview", has_text=f"{MANY} people").wait_for()
    click(lambda: page.locator(".mst-drawer-foot .btn-primary").click())
    page.locator("#toasts", has_text="handed over to Jun Park").wait_for()

    assert clicks <= 6
    assert CareTeamMember.objects.filter(staff=jun, until_at=None).count() == MANY
    page.locator("#toasts button").click()
    page.locator("#toasts", has_text="Taken back").wait_for()
    assert HandOver.objects.get().taken_back_at is not None


def test_rows_are_chosen_by_keyboard(visit, team):
    people_of(team)
    page = visit().sign_in(team[Role.CARE_MANAGER]).open(LIST)

    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)

    assert page.locator("[data-chosen]").inner_text() == "2 chosen"
    page.locator("#choose button[type=reset]").click()
    page.locator("#choose").wait_for(state="hidden")


def test_a_month_by_keyboard(visit, team):
    page = visit().sign_in(team[Role.CARE_MANAGER]).open("/calendar/?day=2026-11-10")

    page.locator("[data-chosen-day]").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_url("**day=2026-11-17**")
    page.locator("[data-chosen-day]").focus()
    page.keyboard.press("PageDown")
    page.wait_for_url("**day=2026-12-01**")
