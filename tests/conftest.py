"""Every test meets the database as the application does: as its role, which owns
nothing and sees the clinics it was given."""

import datetime as dt
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.signals import connection_created
from django.test import Client
from django.utils import timezone

from accounts.middleware import SEEN_AT, SIGNED_IN_AT
from accounts.once import HEADER, fresh_token
from accounts.permissions import Role
from tests.factories import ClinicFactory, StaffFactory

NOON = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)
# Where the clinics of the tests stand: for five hours a day the machine has another day.
ZONE = ZoneInfo("America/New_York")
READY = {"is": False}


def clinic_today(at=None):
    """The calendar day on the wall of a test's clinic."""
    return timezone.localdate(at or timezone.now(), ZONE)


_post = Client.post


def post_with_token(self, path, data=None, *args, once=True, headers=None, **more):
    """What a form does: a token of its own with each sending, unless told otherwise."""
    if once:
        headers = {HEADER: fresh_token(), **(headers or {})}
    return _post(self, path, data, *args, headers=headers, **more)


Client.post = post_with_token


def pytest_configure():
    # Argon2 is slow on purpose; a test of hundreds of people need not be.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # A machine that is busy is no fault of the code.
    hypothesis.settings.register_profile("house", deadline=None)
    hypothesis.settings.load_profile("house")


def become_application(sender=None, connection=None, **_):
    if READY["is"]:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE mainstay_app")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Make the database as its owner, then put the owner's rights down."""
    connection_created.connect(become_application, dispatch_uid="application-role")
    READY["is"] = True
    with django_db_blocker.unblock():
        become_application(connection=connection)
    empty = DatabaseOperations.execute_sql_flush

    def flush_as_owner(self, statements):
        with self.connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            empty(self, statements)
            cursor.execute("SET ROLE mainstay_app")

    DatabaseOperations.execute_sql_flush = flush_as_owner
    yield
    DatabaseOperations.execute_sql_flush = empty
    READY["is"] = False
    # The next connection is the owner's again, who takes the database away.
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(autouse=True)
def _sees_every_clinic(request):
    """Arranging and looking needs every clinic; a request under test narrows it."""
    if {"db", "transactional_db", "live_server"} & set(request.fixturenames):
        names = request.fixturenames
        request.getfixturevalue(
            "transactional_db"
            if {"transactional_db", "live_server"} & set(names)
            else "db"
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('mainstay.system', 'on', false)")


@pytest.fixture(autouse=True)
def _no_memory_of_other_tests():
    cache.clear()


@pytest.fixture
def noon():
    """A Saturday noon in New York: the day of every test that doesn't care."""
    return NOON


@pytest.fixture
def clinic(db):
    return ClinicFactory(name="Harbor Street Clinic", is_otp=True)


@pytest.fixture
def other_clinic(db):
    return ClinicFactory(name="Elm Road Practice")


def markup(response):
    """The page that was sent, with white space as a browser draws it."""
    return " ".join(response.content.decode().split())


def signed_in(staff, *, at=None):
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    now = (at or dt.datetime.now(tz=dt.UTC)).timestamp()
    session = client.session
    session[SIGNED_IN_AT] = session[SEEN_AT] = now
    session.save()
    client.staff = staff
    return client


@pytest.fixture
def prescriber(clinic):
    return StaffFactory(roles={clinic: [Role.PRESCRIBER]}, name="Ines Marchetti")


@pytest.fixture
def clinician(clinic):
    return StaffFactory(roles={clinic: [Role.CLINICIAN]}, name="Samir Haddad")


@pytest.fixture
def care_manager(clinic):
    return StaffFactory(roles={clinic: [Role.CARE_MANAGER]}, name="Priya Nair")


@pytest.fixture
def admin(clinic):
    return StaffFactory(roles={clinic: [Role.ADMIN]}, name="Ada Okafor")


@pytest.fixture
def as_prescriber(prescriber):
    return signed_in(prescriber)


@pytest.fixture
def as_clinician(clinician):
    return signed_in(clinician)


@pytest.fixture
def as_care_manager(care_manager):
    return signed_in(care_manager)


@pytest.fixture
def as_admin(admin):
    return signed_in(admin)
