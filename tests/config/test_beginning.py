"""A clinic begins: from an empty database to an admin who signs in."""

import io
import re
import sys

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.forms import OpenClinicForm
from accounts.models import AuditEvent, Clinic, Membership
from config.management import asking
from patients.models import Icd10Code
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db

FLAGS = {
    "name": "Mill Road Clinic",
    "mrn_prefix": "301",
    "time_zone": "America/Chicago",
    "is_otp": "yes",
}


def run(command, /, **flags):
    out = io.StringIO()
    call_command(command, stdout=out, **flags)
    return out.getvalue()


@pytest.fixture
def mill(clinic, monkeypatch):
    """A clinic opened by its command; of the codes one, since all take seconds."""
    monkeypatch.setattr("simple_icd_10_cm.get_all_codes", lambda **_: ["F11.20"])
    run("create_clinic", **FLAGS)
    return Clinic.objects.get(name="Mill Road Clinic")


def test_a_clinic_is_opened_with_its_codes(clinic):
    run("create_clinic", **FLAGS)

    mill = Clinic.objects.get(name="Mill Road Clinic")
    assert (mill.mrn_prefix, mill.time_zone) == ("301", "America/Chicago")
    assert (mill.is_otp, mill.is_rems_certified) == (True, False)
    assert Icd10Code.objects.filter(code="F11.20").exists()
    assert AuditEvent.objects.filter(verb="clinic.opened", clinic_id=mill.pk).exists()


@pytest.mark.parametrize(
    ("flag", "value", "said"),
    [
        pytest.param("time_zone", "New York", "is no time zone", id="zone"),
        pytest.param("name", "Harbor Street Clinic", "already exists", id="name"),
        pytest.param("mrn_prefix", "a b", "1 to 8 letters or digits", id="prefix"),
        pytest.param("mrn_prefix", "", "--mrn-prefix: This field", id="missing"),
        pytest.param("is_otp", "perhaps", "write yes or no", id="yes or no"),
    ],
)
def test_what_makes_no_sense_is_said_by_its_flag(clinic, flag, value, said):
    with pytest.raises(CommandError, match=re.escape(said)):
        run("create_clinic", **(FLAGS | {flag: value}))

    assert Clinic.objects.count() == 1


def test_at_a_terminal_what_is_missing_is_asked(monkeypatch):
    asked = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    said = {"time_zone": "America/Denver", "is_otp": "no", "is_rems_certified": "y"}

    def ask(words):
        asked.append(words)
        return list(said.values())[len(asked) - 1]

    given = asking.answered(
        OpenClinicForm, {"name": "Hill", "mrn_prefix": "9"}, ask=ask
    )

    assert given["time_zone"] == "America/Denver"
    assert (given["is_otp"], given["is_rems_certified"]) == (False, True)
    assert asked[0] == "Time zone, such as America/New_York: "
    assert asked[1].endswith(", yes or no: ")


def test_its_admin_sets_a_password_by_the_link_and_signs_in(mill):
    told = run(
        "create_admin", clinic=mill.pk, email="ada@mill.example", name="Ada Mill"
    )
    link = re.search(r"https?://[^/]+(/set-password/\S+)", told)[1]
    new = "a mill that turns at night"
    Client().post(link, {"password1": new, "password2": new})

    answer = Client().post(
        "/sign-in/", {"email": "ada@mill.example", "password": new}, follow=True
    )

    assert answer.status_code == 200
    assert "Mill Road Clinic" in answer.content.decode()


def test_somebody_known_keeps_their_password(mill, clinic):
    known = StaffFactory(roles={clinic: ["admin"]})
    told = run("create_admin", clinic=mill.pk, email=known.email, name=known.name)

    assert "with the password they have" in told
    assert Membership.objects.filter(staff=known, clinic=mill, role="admin").exists()
    with pytest.raises(CommandError, match="already works"):
        run("create_admin", clinic=mill.pk, email=known.email, name=known.name)


def test_a_clinic_that_is_not_there_is_said(mill):
    with pytest.raises(CommandError, match="no clinic of this number"):
        run("create_admin", clinic=999_999, email="x@y.example", name="X")


def test_djangos_command_says_what_to_use_instead():
    with pytest.raises(CommandError, match="create_clinic"):
        call_command("createsuperuser")
