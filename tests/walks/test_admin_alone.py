"""Pages of an admin who reads no charts: nothing on them says who is in care or for what."""

import pytest
from django.utils import timezone

from accounts.permissions import ROLE_PERMISSIONS, Role
from aftercare.models import FollowUp
from assessments.models import Concern
from knowledge.medicines import medicines
from patients.models import Patient
from tests.conftest import signed_in
from tests.factories import ClinicFactory
from tests.universe import universe
from tests.walks.test_every_view import GUARDED, asked, path_of

ADMINS = ROLE_PERMISSIONS[Role.ADMIN]
# Knowledge names medicines, of nobody.
OF_NOBODY = ("medications:",)
# Words of the house that a medicine or an instrument shares.
CODES = ("BUP_SL", "phq9", "cssrs", "gad7", "fentanyl", "qtc", "PHQ-9")


@pytest.fixture
def here(db):
    here = universe(ClinicFactory(is_otp=True), timezone.now())
    Patient.objects.filter(pk=here.parts["patient"].pk).update(
        given_name="Zephyrina", family_name="Quillfeather", used_name="Zeph"
    )
    return here


def secrets_of(here):
    yield from ("Zephyrina", "Quillfeather", "Zeph ")
    yield from CODES
    yield from (one.name for one in medicines())
    yield from FollowUp.objects.values_list("title", flat=True)
    yield from Concern.objects.values_list("reason", flat=True)


def of_admins():
    for route, name, entry in (p.values for p in GUARDED):
        needed = entry.callback.required_permission
        if needed in ADMINS and not name.startswith(OF_NOBODY):
            yield route, name


def test_nothing_there_is_clinical(here, subtests):
    client = signed_in(here.staff[Role.ADMIN])
    secrets = [word for word in secrets_of(here) if word]
    for route, name in of_admins():
        with subtests.test(name):
            for method in ("get", "post"):
                page = asked(client, path_of(route, here.parts), method)
                body = page.getvalue().decode(errors="replace")
                assert [word for word in secrets if word in body] == []
