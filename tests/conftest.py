"""Every test meets the database as the application does: as its role, which owns
nothing and sees the clinics it was given."""

import datetime as dt
import gc
import logging
import os
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.signals import connection_created
from django.test import Client
from django.utils import timezone

from accounts.entry.step_up import CONFIRMED_AT
from accounts.entry_rows import SEEN_AT, SIGNED_IN_AT
from accounts.once import HEADER, fresh_token
from accounts.permissions import Role
from accounts.protection import CLOSED
from config.logs import ReticentFormatter, WithoutKeys
from jobs.actions.engine import run_queue
from jobs.queues import QUEUES
from tests.factories import ClinicFactory, StaffFactory

NOON = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)
# Where the clinics of the tests stand: for five hours a day the machine has another day.
ZONE = ZoneInfo("America/New_York")
READY = {"is": False}
COMMITS = {"transactional_db", "live_server"}
# Rows of these come with the tables, and are the same for every test.
MADE_ONCE = ("auth_permission", "django_content_type")


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


# Everybody in care in the tests is called like this, or says so; no log may.
CANARY = re.compile(r"Reyes \d|CANARY|555[) -]*010-?\d{4}|SELECT .*patients_patient")
LOGS = os.environ.get("SERVER_LOGS", "")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What is slow begins first, or one worker waits at the end for what another began.

    Tests that commit stay after all that do not, as pytest-django has put them.
    """
    commits = [bool(COMMITS & set(getattr(i, "fixturenames", ()))) for i in items]
    first = commits.index(True) if True in commits else len(items)
    for part in (slice(first, None), slice(first)):
        items[part] = sorted(
            items[part], key=lambda item: not item.get_closest_marker("slow")
        )


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """Tens of thousands of tests stay to the end: nobody need look whether they may go."""
    gc.collect()
    gc.freeze()


def pytest_sessionstart(session):
    """Keep what the code logs during the whole suite, as production would write it."""
    if LOGS:
        kept = logging.FileHandler(Path(LOGS) / f"code-{os.getpid()}.log", delay=True)
        kept.setFormatter(ReticentFormatter("%(asctime)s %(name)s %(message)s"))
        kept.addFilter(WithoutKeys())
        logging.getLogger().addHandler(kept)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Nobody is named in any log that the suite made: the code's and the database's."""
    if not LOGS or hasattr(session.config, "workerinput"):
        return
    told = [
        f"{file.name}: {line[:300]}"
        for file in sorted(Path(LOGS).glob("*.log"))
        for line in file.read_text(errors="replace").splitlines()
        if CANARY.search(line)
    ]
    if told:
        words = "\n  ".join(["", "Named in a log:", *told[:20], ""])
        session.config.get_terminal_writer().write(words)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def become_application(sender=None, connection=None, **_):
    if READY["is"]:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE mainstay_app")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Copy the database whose tables `config.local.throwaway` has made."""
    if LOGS:
        settings = connection.settings_dict
        settings["TEST"]["TEMPLATE"] = settings["NAME"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Make the database as its owner, then put the owner's rights down."""
    connection_created.connect(become_application, dispatch_uid="application-role")
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            # What the public may do in a database is not copied with it.
            cursor.execute(CLOSED)
        READY["is"] = True
        become_application(connection=connection)
    with pytest.MonkeyPatch.context() as patch:
        _flush_as_owner(patch)
        yield
    READY["is"] = False
    # The next connection is the owner's again, who takes the database away.
    with django_db_blocker.unblock():
        connection.close()


def _flush_as_owner(patch):
    """Empty every table but those that the migrations filled, which are so never refilled."""
    empty = DatabaseOperations.execute_sql_flush
    words = DatabaseOperations.sql_flush

    def execute_sql_flush(self, statements):
        with self.connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            empty(self, statements)
            cursor.execute("SET ROLE mainstay_app")

    def sql_flush(self, style, tables, **more):
        return words(self, style, [t for t in tables if t not in MADE_ONCE], **more)

    patch.setattr(DatabaseOperations, "execute_sql_flush", execute_sql_flush)
    patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
    patch.setattr(flush, "emit_post_migrate_signal", lambda *_, **__: None)


@pytest.fixture(autouse=True)
def _sees_every_clinic(request):
    """Arranging and looking needs every clinic; a request under test narrows it."""
    names = set(request.fixturenames)
    if ({"db"} | COMMITS) & names:
        request.getfixturevalue("transactional_db" if COMMITS & names else "db")
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
    """A browser in which this person has signed in, and so proved who they are."""
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    now = (at or dt.datetime.now(tz=dt.UTC)).timestamp()
    session = client.session
    session[SIGNED_IN_AT] = session[SEEN_AT] = session[CONFIRMED_AT] = now
    session.save()
    client.staff = staff
    return client


def unconfirmed(staff):
    """The same, ten minutes after they proved who they are."""
    client = signed_in(staff)
    session = client.session
    session[CONFIRMED_AT] -= 10 * 60
    session.save()
    return client


def account_mails(clinic):
    """What the workers send to the staff about their accounts, sent now."""
    before = len(mail.outbox)
    run_queue(QUEUES["account_mail"], clinic_id=clinic.pk, at=timezone.now())
    return mail.outbox[before:]


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
