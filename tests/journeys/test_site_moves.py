"""A person moves to another site, in a browser: looked at, moved, read there."""

import datetime as dt

from django.utils import timezone

from accounts.permissions import Role
from patients.actions.health import list_entry
from patients.models import Patient
from tests.factories import ClinicFactory, PatientFactory, StaffFactory
from tests.factories.consents import consent_given
from tests.journeys.conftest import WIDTHS

BOTH = [Role.PRESCRIBER]
# The narrow one first: the wide page has what is pressed next in sight.
NARROW_FIRST = WIDTHS[::-1]


def test_a_person_moves_and_is_awaited(visit, team):
    here, there = team["clinic"], ClinicFactory(name="Zenith South", mrn_prefix="ZS")
    by = StaffFactory(roles={here: BOTH, there: BOTH}, name="Samir Haddad")
    person = PatientFactory(clinic=here, status="active")
    at = timezone.now() - dt.timedelta(minutes=1)
    latex = {"kind": "other", "substance": "Latex", "reaction": ""}
    list_entry(patient=person, kind="allergy", values=latex, by=by, at=at)
    told = {"kind": "recipient", "sections": ["record"], "purposes": ["treatment"]}
    consent_given(person, by, at, name="Zenith South", **told)
    visitor = visit().sign_in(by)

    page = visitor.open(f"/people/{person.pk}/contacts/")
    page.get_by_role("link", name="Move to another site").click()
    page.get_by_role("heading", name="Goes along to Zenith South").wait_for()
    visitor.must_be_accessible("move-to-site", NARROW_FIRST)
    page.get_by_role("button", name="Move to Zenith South").click()
    page.get_by_text("Heard that they arrived at Zenith South?").first.wait_for()
    visitor.must_be_accessible("moved", NARROW_FIRST)

    moved = Patient.objects.get(clinic=there)
    page.get_by_label("Clinic").select_option("Zenith South")
    page.get_by_role("button", name="Switch").click()
    page.wait_for_url(visitor.address + "/")
    visitor.open(f"/people/{moved.pk}/contacts/")
    assert "not confirmed" in page.locator("#main").inner_text()
    visitor.open(f"/people/{moved.pk}/moves/")
    page.get_by_role("heading", name="Moved from Harbor Street Clinic").wait_for()
    visitor.must_be_accessible("moved-from", NARROW_FIRST)
