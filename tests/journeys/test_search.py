"""Looking for somebody by name: no address and no line of a log names them."""

import pytest

from accounts.permissions import Role
from aftercare.models import OutreachAttempt
from tests.factories import PatientFactory
from tests.journeys.conftest import WIDTHS


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_list_comes_back_and_no_address_holds_the_name(visit, team, script):
    person = PatientFactory(clinic=team["clinic"], family_name="Fuentes")
    visitor = visit(script=script).sign_in(team[Role.PRESCRIBER])
    page, asked = visitor.page, []
    page.on("request", lambda request: asked.append(request.url))

    page.get_by_role("searchbox").first.fill("fuentes")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/?find=1")
    page.get_by_role("link", name=person.shown_name).click()
    page.wait_for_url(f"**/people/{person.pk}/")
    page.go_back()

    page.get_by_text("found for “fuentes”").wait_for()
    page.get_by_label("Status").select_option("referred")
    page.get_by_role("button", name="Find").click()
    page.wait_for_url("**/people/?find=1&status=referred")
    assert page.get_by_role("searchbox").last.input_value() == "fuentes"
    assert not [url for url in asked if "fuentes" in url.casefold()]


def test_enter_in_a_note_records_nothing_and_keeps_it(visit, team):
    person = PatientFactory(clinic=team["clinic"])
    visitor = visit().sign_in(team[Role.CARE_MANAGER])
    page = visitor.open(f"/people/{person.pk}/aftercare/")
    page.get_by_label("Note, if needed").fill("Her sister answered")
    page.keyboard.press("Enter")

    page.get_by_text("Choose what happened. Nothing is recorded yet.").wait_for()
    assert page.get_by_label("Note, if needed").input_value() == "Her sister answered"
    assert not OutreachAttempt.objects.exists()
    visitor.must_be_accessible("contact-without-outcome", WIDTHS)
