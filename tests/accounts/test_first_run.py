"""An empty site begins: a key, a clinic, its first admin, and no second time."""

import datetime as dt
import io
import re
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.clinic_settings import opening
from accounts.models import AuditEvent, Clinic, FirstRunKey, Staff
from patients.actions import codes
from patients.models import Icd10Code
from tests.conftest import markup
from tests.factories import ClinicFactory

pytestmark = pytest.mark.django_db

ANSWERS = {
    "admin_name": "Grace Mbeki",
    "email": "grace@clinic.example",
    "name": "Mill Road Clinic",
    "mrn_prefix": "301",
    "time_zone": "America/Chicago",
}


@pytest.fixture
def key(db):
    return opening.make_key(at=timezone.now())


def send(key, **typed):
    return Client().post("/first-run/", {"key": key, **ANSWERS, **typed})


@pytest.mark.parametrize("path", ["/", "/caseload/"])
def test_every_page_of_an_empty_site_leads_to_the_first(db, path):
    assert Client().get(path).url == "/first-run/"


def test_the_key_opens_a_clinic_with_its_admin(key):
    answer = send(key, is_otp="on")

    assert answer.url.startswith("/set-password/")
    clinic, admin = Clinic.objects.get(), Staff.objects.get()
    assert (clinic.name, clinic.is_otp, clinic.takes_people) == (
        "Mill Road Clinic",
        True,
        False,
    )
    assert list(admin.memberships.values_list("clinic", "role")) == [
        (clinic.pk, "admin")
    ]
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["clinic.opened", "staff.invited"]
    assert Client().get("/").url.startswith("/sign-in/")


def test_it_is_kept_as_a_digest_alone(key):
    held = FirstRunKey.objects.get()

    assert key not in held.digest
    assert str(held) == f"accounts.firstrunkey:{held.pk}"


def test_no_other_key_opens_it(key):
    answer = send("x" * 32)

    assert answer.status_code == 400
    assert "does not open the site" in markup(answer)
    assert "Grace Mbeki" in markup(answer)
    assert not Clinic.objects.exists()


def test_a_key_of_yesterday_is_too_old(key):
    FirstRunKey.objects.update(expires_at=timezone.now())

    assert send(key).status_code == 400


def test_a_newer_key_takes_the_place_of_the_older(key):
    newer = opening.make_key(at=timezone.now())

    assert send(key).status_code == 400
    assert send(newer).status_code == 302


@pytest.mark.parametrize("zone", ["Mars/Olympus", "localtime"])
def test_what_is_wrong_is_said_and_the_key_keeps(key, zone):
    answer = send(key, time_zone=zone)

    assert "is no time zone" in markup(answer)
    assert send(key).status_code == 302


def test_it_is_used_once(key):
    send(key)
    Clinic.objects.get().memberships.all().delete()

    with pytest.raises(opening.KeyRefused):
        opening.open_site(key=key, clinic={}, admin={}, at=timezone.now())


def test_once_a_clinic_is_there_the_page_is_shut(key):
    ClinicFactory()

    assert send(key).url == "/"
    with pytest.raises(opening.SiteInUse):
        opening.open_site(key=key, clinic={}, admin={}, at=timezone.now())
    with pytest.raises(opening.SiteInUse):
        opening.make_key(at=timezone.now())


class TestCommand:
    def run(self, **options):
        out = io.StringIO()
        call_command("first_run_key", stdout=out, **options)
        return out.getvalue()

    def test_it_prints_a_key_that_opens_the_site(self):
        key = re.search(r"\n  (\S+)\n", self.run())[1]

        assert send(key).status_code == 302

    def test_where_there_is_a_clinic_it_says_so(self):
        ClinicFactory()

        with pytest.raises(CommandError, match="no key is needed"):
            self.run()
        assert self.run(if_empty=True) == ""


class TestCodes:
    LAST = list(apps.get_app_configs())[-1]

    @pytest.fixture
    def loaded(self, monkeypatch, settings):
        settings.LOADS_CODES = True
        loaded = []
        monkeypatch.setattr(codes, "load_icd10", lambda: loaded.append(1))
        return loaded

    def test_an_empty_site_has_them_after_the_migration(self, loaded, capsys):
        codes.load_after_migrate(self.LAST, plan=[])

        assert loaded == [1]
        assert "diagnosis codes" in capsys.readouterr().out

    def test_they_are_read_once(self, loaded):
        Icd10Code.objects.create(code="F11.20", title="x", search_text="x")

        codes.load_after_migrate(self.LAST, plan=[])

        assert loaded == []

    @pytest.mark.parametrize(
        ("sender", "told"),
        [
            pytest.param(SimpleNamespace(name="another"), {"plan": []}, id="not yet"),
            pytest.param(LAST, {}, id="a flush"),
        ],
    )
    def test_before_the_end_and_after_a_flush_nothing_is_read(
        self, loaded, sender, told
    ):
        codes.load_after_migrate(sender, **told)

        assert loaded == []


def test_a_key_lives_a_day():
    assert dt.timedelta(hours=24) == opening.KEY_LIVES
