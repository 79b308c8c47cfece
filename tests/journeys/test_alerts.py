"""An answer that cannot wait, from the telephone at home to whoever has it."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.permissions import Role
from aftercare.actions.check_ins import send_check_in
from aftercare.check_ins.tokens import token_of
from aftercare.models import Alert
from tests.factories import PatientFactory
from tests.journeys.conftest import WIDTHS


@pytest.fixture
def person(team):
    clinic = team["clinic"]
    clinic.duty_role = Role.CLINICIAN
    clinic.save()
    return PatientFactory(
        clinic=clinic, given_name="Jolene", date_of_birth=dt.date(1992, 3, 14)
    )


def test_self_harm_by_link_to_the_screener(visit, team, person):
    check_in = send_check_in(
        patient=person,
        instruments=["phq9"],
        language="en",
        by=team["care_manager"],
        at=timezone.now(),
    )
    staff = visit().sign_in(team["clinician"])
    # News comes to a page that is open, without its being loaded again.
    staff.page.clock.install()
    desk = staff.open("/knowledge/")
    expect(desk.locator("section#alert-bar")).to_have_count(0)

    home = visit(360).open(f"/c/{token_of(check_in.nonce)}/")
    home.get_by_label("Your date of birth").fill("3/14/1992")
    home.get_by_role("button", name="Go on").click()
    home.get_by_role("button", name="Next").last.click()
    last = home.locator("fieldset", has_text="better off dead")
    last.get_by_text("Several days").click()
    expect(home.locator("#saved")).to_have_text("Kept")
    expect(home.get_by_role("alert")).to_contain_text("call or text 988")
    assert Alert.objects.get().source == Alert.Source.TYPED

    desk.clock.fast_forward(61_000)
    bar = desk.get_by_role("alert", name="Alert")
    expect(bar).to_contain_text("needs you now")
    bar.get_by_role("link", name="Open and acknowledge").click()
    answered = desk.get_by_role("region", name="What they answered")
    expect(answered).to_contain_text("not sent")
    staff.must_be_accessible("alert", WIDTHS)
    desk.get_by_role("button", name="I have it").click()
    expect(desk.get_by_text("Samir Haddad has it since").first).to_be_visible()
    expect(desk.locator("section#alert-bar")).to_have_count(0)
    staff.must_be_accessible("alert-acknowledged", WIDTHS)

    desk.get_by_role("link", name="Start").click()
    expect(desk.get_by_text("Wished to be dead")).to_be_visible()
    staff.open("/alerts/")
    staff.must_be_accessible("alerts", WIDTHS)
