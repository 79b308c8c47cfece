"""Every form, sent with numbers of another clinic in each of its fields, and with every
column there is beside them: what is not of this clinic is neither read nor written."""

import re
from contextlib import contextmanager
from copy import copy
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Clinic, Membership, Staff
from accounts.once import FIELD, HEADER, fresh_token
from accounts.permissions import Role
from assessments.intake.catalogue import PLACES
from tests.factories import ClinicFactory
from tests.universe import universe
from tests.walks.test_abuse import ELSEWHERE, pages, read, write_everywhere
from tests.walks.test_every_form_once import (
    BODIES,
    SPACES,
    Sender,
    posting,
)
from tests.walks.test_every_view import asked

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Rows of the other clinic have numbers from the first to below the second, whatever the
# table; the first is a row of nearly each.
THEIRS, NOT_THEIRS = 7_770_000, 8_880_000
FIRST_OF_THEIRS = str(THEIRS + 1)
PLANTED, PLANTED_ON = "PLANTED", "2031-07-07"
# They hold what was sent, as it was sent, for who sent it.
AS_SENT = {"accounts.SentForm", "accounts.UnsentForm"}
TABLES = [
    model
    for model in apps.get_models()
    if isinstance(model._meta.pk, models.AutoField) and model._meta.label not in AS_SENT
]


def fetched(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


@contextmanager
def numbered_as_theirs():
    """Rows that are made meanwhile have numbers of theirs; ours go on as before."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; RESET ROLE")
        before = {
            sequence: fetched(f"SELECT last_value FROM {sequence}")[0][0]  # noqa: S608
            for model in TABLES
            for ((sequence,),) in [
                fetched("SELECT pg_get_serial_sequence(%s, 'id')", model._meta.db_table)
            ]
        }
        for sequence in before:
            fetched("SELECT setval(%s, %s)", sequence, THEIRS)
        cursor.execute("SET ROLE mainstay_app")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; RESET ROLE")
        for sequence, number in before.items():
            fetched("SELECT setval(%s, %s)", sequence, number)
        cursor.execute("SET ROLE mainstay_app; SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def here(db):
    """Everybody works at another clinic too."""
    made = universe(ClinicFactory(is_otp=True), timezone.now())
    sister = ClinicFactory(name="Zuma Street")
    for staff in made.staff.values():
        Membership.objects.create(staff=staff, clinic=sister, role=Role.CLINICIAN)
    return made


@pytest.fixture
def worlds(here):
    """Our clinic and one of somebody else, told apart by their numbers."""
    with numbered_as_theirs():
        there = universe(ClinicFactory(name=ELSEWHERE), timezone.now())
        assert write_everywhere(there.clinic, ELSEWHERE) > 40
    return here, there


def columns_of(model):
    return {field.column for field in model._meta.local_fields}


def theirs():
    """All rows of the other clinic, as one digest a table."""
    parts = []
    for model in TABLES:
        table = model._meta.db_table
        column = "clinic_id" if "clinic_id" in columns_of(model) else "id"
        if model in (Clinic, Staff) or column == "clinic_id":
            parts.append(
                f"SELECT '{table}', md5(string_agg(t::text, ' ' ORDER BY t::text))"  # noqa: S608
                f" FROM {table} t WHERE {column} >= {THEIRS} AND {column} < {NOT_THEIRS}"
            )
    return dict(fetched(" UNION ALL ".join(parts)))


def leads_to(model):
    """Columns that hold the number of a row."""
    return [
        field.column
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
    ]


def mixed():
    """Rows of ours that name a row of theirs."""
    parts = []
    for model in TABLES:
        names = leads_to(model)
        own = "clinic_id" if "clinic_id" in columns_of(model) else model._meta.pk.column
        ours = f"NOT ({own} >= {THEIRS} AND {own} < {NOT_THEIRS})"
        parts += [
            f"SELECT '{model._meta.db_table}.{name}', count(*) FROM {model._meta.db_table}"  # noqa: S608
            f" WHERE {ours} AND {name} >= {THEIRS} AND {name} < {NOT_THEIRS}"
            for name in names
        ]
    return {name for name, number in fetched(" UNION ALL ".join(parts)) if number}


def planted():
    """Tables in which something stands that no field of a form asked for."""
    parts = [
        f"SELECT '{model._meta.db_table}', count(*) FROM {model._meta.db_table} t"  # noqa: S608
        f" WHERE t::text ~ '{PLANTED}|{PLANTED_ON}'"
        for model in TABLES
    ]
    return {name for name, number in fetched(" UNION ALL ".join(parts)) if number}


def marks():
    """How many rows of each table say yes in each column that says yes or no."""
    parts = []
    for model in TABLES:
        table = model._meta.db_table
        parts += [
            f"SELECT '{table}.{field.column}', count(*) FROM {table} WHERE {field.column}"  # noqa: S608
            for field in model._meta.local_fields
            if isinstance(field, models.BooleanField)
        ]
    return dict(fetched(" UNION ALL ".join(parts)))


def counts():
    """How many rows each table has."""
    parts = [
        f"SELECT '{model._meta.db_table}', count(*) FROM {model._meta.db_table}"  # noqa: S608
        for model in TABLES
    ]
    return dict(fetched(" UNION ALL ".join(parts)))


def value_for(field):
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, (models.DateField, models.TimeField)):
        return PLANTED_ON
    if isinstance(field, (models.ForeignKey, models.IntegerField, models.AutoField)):
        return FIRST_OF_THEIRS
    return PLANTED


EVERY_COLUMN = {
    name: value_for(field)
    for model in TABLES
    for field in model._meta.local_fields
    for name in (field.name, field.attname)
}


@pytest.fixture
def names_read(monkeypatch):
    """The names that were asked of what was sent, one by one."""
    names = set()

    def noting(way):
        method = getattr(QueryDict, way)

        def noted(self, name, *args):
            names.add(name)
            return method(self, name, *args)

        return noted

    for way in ("__getitem__", "__contains__", "get", "getlist"):
        monkeypatch.setattr(QueryDict, way, noting(way))
    return names


def forms_of(space):
    for one in posting():
        route, name, entry = one.values
        if name.split(":")[0] == space and name in BODIES:
            yield route, name, entry


@contextmanager
def ready(here, route, name, entry):
    """A form that can be sent; what it needs is undone afterwards."""
    parts = {part: copy(row) for part, row in here.parts.items()}
    with transaction.atomic():
        yield Sender(name, route, entry, replace(here, parts=parts))
        transaction.set_rollback(True)


def outcome(sender, *looks, **more):
    """What came of one sending, and what each look told of the tables then; undone."""
    body = {k: v for k, v in (sender.body | more).items() if v is not None}
    sent = copy(sender)
    sent.body, sent.token = body, {HEADER: fresh_token()}
    with transaction.atomic():
        response = sent.send()
        told = {"status": response.status_code, "text": read(response)}
        told |= {look: look() for look in looks}
        transaction.set_rollback(True)
    return told


def nothing_of_theirs(told, before, sent):
    assert told["status"] < 500, sent
    assert ELSEWHERE not in told["text"], sent
    assert told[mixed] == set(), sent
    assert told[theirs] == before, sent


def foreign_ways(names, body):
    """Each field with a number of theirs, and each number in a name as one of theirs."""
    for name in sorted(names):
        yield {name: FIRST_OF_THEIRS}
        if re.search(r"\d", name) and name in body:
            yield {name: None, re.sub(r"\d+", FIRST_OF_THEIRS, name): body[name]}
        value = body.get(name)
        one = value[0] if isinstance(value, list) and value else value
        if isinstance(one, str) and re.search(r"\d", one):
            yield {name: re.sub(r"\d+", FIRST_OF_THEIRS, one)}


@pytest.mark.parametrize("space", SPACES)
def test_numbers_of_another_clinic_lead_nowhere(space, worlds, subtests, names_read):
    here, _ = worlds
    before = theirs()
    for route, name, entry in forms_of(space):
        with subtests.test(name), ready(here, route, name, entry) as sender:
            names_read.clear()
            outcome(sender)
            names = (names_read | set(sender.body)) - {"csrfmiddlewaretoken", FIELD}
            for way in foreign_ways(names, sender.body):
                told = outcome(sender, theirs, mixed, **way)
                nothing_of_theirs(told, before, way)


@pytest.mark.parametrize("space", SPACES)
def test_columns_that_no_field_asks_for_are_not_written(
    space, worlds, subtests, names_read
):
    here, _ = worlds
    before = theirs()
    for route, name, entry in forms_of(space):
        with subtests.test(name), ready(here, route, name, entry) as sender:
            names_read.clear()
            looks = (theirs, mixed, planted, marks, counts)
            plain = outcome(sender, *looks)
            assert plain["status"] < 400
            # A column may have the name of a question, which a step of the intake asks.
            known = names_read | set(sender.body) | set(PLACES)
            more = {k: v for k, v in EVERY_COLUMN.items() if k not in known}
            assert len(more) > 200

            told = outcome(sender, *looks, **more)

            nothing_of_theirs(told, before, name)
            assert told[planted] == set()
            for what in ("status", counts, marks):
                assert told[what] == plain[what]


# No statement is made of it; values go beside the text of one.
PIECE_OF_SQL = "1' OR (SELECT 'EXECUTED')='EXECUTED' --"


@pytest.fixture
def statements():
    """The text of each statement, without the values that go with it."""
    sent = []

    def note(execute, sql, values, many, context):
        sent.append(str(sql))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        yield sent


def no_part_of(statements, sent):
    found = [sql[:200] for sql in statements if "EXECUTED" in sql]
    statements.clear()
    assert found == [], sent


@pytest.mark.parametrize("space", SPACES)
def test_no_form_makes_what_was_sent_a_part_of_a_statement(
    space, here, subtests, names_read, statements
):
    for route, name, entry in forms_of(space):
        with subtests.test(name), ready(here, route, name, entry) as sender:
            names_read.clear()
            outcome(sender)
            names = (names_read | set(sender.body)) - {"csrfmiddlewaretoken", FIELD}
            for field in names:
                told = outcome(sender, **{field: PIECE_OF_SQL})
                assert told["status"] < 500, field
                no_part_of(statements, field)


def test_no_page_makes_what_was_asked_a_part_of_a_statement(
    here, subtests, names_read, statements
):
    for name, _, client, path in pages(here):
        for method in ("get", "post"):
            with subtests.test(name, method=method):
                names_read.clear()
                asked(client, path, method)
                for field in names_read - {"csrfmiddlewaretoken", FIELD}:
                    answer = asked(client, path, method, {field: PIECE_OF_SQL})
                    assert answer.status_code < 500, field
                no_part_of(statements, name)
