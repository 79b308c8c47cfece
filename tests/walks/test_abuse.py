"""Every URL, asked by whoever means harm: what was typed stays text, what is of another
clinic stays there, and no odd request is a fault or leaves a trace."""

import re

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.utils.html import escape

from accounts.permissions import ROLE_PERMISSIONS
from config.local.places import ROOT
from tests.conftest import signed_in
from tests.factories import ClinicFactory
from tests.universe import ROLES, universe
from tests.walks.test_every_view import (
    EVERY,
    GUARDED,
    PUBLIC,
    asked,
    names_a_row,
    path_of,
    rows_but_audit,
)

pytestmark = pytest.mark.django_db
# As one tag, one expression of a template and one of its commands.
TYPED = "<x-canary>{{ 7*7 }}{% load x %}"
ELSEWHERE = "ELSEWHERE"
# Columns of text that people type, whatever the table.
FREE = {
    *("address", "baseline", "cause", "declined_reason", "error_reason", "family_name"),
    *("gender", "given_name", "used_name", "justification", "limits", "may_know"),
    *("name", "note", "outcome", "own_words", "preference_words", "pronouns"),
    *("purpose_words", "reaction", "reason", "reason_words", "recipient", "said"),
    *("referral_reason", "referred_by", "relation", "resolution", "role_in_plan"),
    *("safe_words", "set_aside_reason", "signed_name", "sponsor", "stop_reason"),
    *("stopped_because", "substance", "text", "title", "unanswered_reason", "who"),
    *("why", "wording", "words", "measure", "target", "payer", "interpreter"),
}


def write_everywhere(clinic, text):
    """Put it into each free text of a clinic, past every rule; how many took it."""
    taken = 0
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("RESET ROLE")
        for model in apps.get_models():
            names = {field.name for field in model._meta.local_fields}
            if "clinic" in names:
                taken += write_into(cursor, model, clinic, text)
        cursor.execute("SET ROLE mainstay_app")
    return taken


def write_into(cursor, model, clinic, text):
    table, taken = model._meta.db_table, 0
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for field in model._meta.local_fields:
        if field.name not in FREE or not isinstance(
            field, (models.CharField, models.TextField)
        ):
            continue
        try:
            with transaction.atomic():
                cursor.execute(
                    f"UPDATE {table} SET {field.column} = %s WHERE clinic_id = %s",  # noqa: S608
                    [text[: field.max_length], clinic.pk],
                )
                taken += bool(cursor.rowcount)
        except DatabaseError:
            continue
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return taken


def first_that_may(entry):
    needed = entry.callback.required_permission
    return next(role for role in ROLES if needed in ROLE_PERMISSIONS[role])


def pages(world):
    """Each page of a clinic as whoever may see it gets it."""
    clients = {role: signed_in(world.staff[role]) for role in ROLES}
    for param in GUARDED:
        route, name, entry = param.values
        path = path_of(route, world.parts)
        yield name, route, clients[first_that_may(entry)], path


def test_what_was_typed_stays_text_on_every_page(here, subtests):
    assert write_everywhere(here.clinic, TYPED) > 40
    shown = 0
    for name, _, client, path in pages(here):
        with subtests.test(name):
            answer = asked(client, path, "get")
            assert answer.status_code < 500
            # A table for a spreadsheet holds it as it was typed.
            text = "" if "csv" in answer["Content-Type"] else read(answer)
            assert "<x-canary>" not in text
            shown += "&lt;x-canary&gt;{{ 7*7 }}" in text

    assert shown > 20


def read(answer):
    told = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return told.decode(errors="replace")


def test_nothing_of_another_clinic_is_on_any_page(here, subtests):
    there = universe(ClinicFactory(name=ELSEWHERE))
    assert write_everywhere(there.clinic, ELSEWHERE) > 40
    for name, _, client, path in pages(here):
        with subtests.test(name):
            assert ELSEWHERE not in read(asked(client, path, "get"))
    found = 0
    for _, _, client, path in pages(there):
        found += ELSEWHERE in read(asked(client, path, "get"))

    assert found > 20


# A machine without a cookie sends to them; the token in its header is the proof.
NO_COOKIE = {"aftercare:take_reply"}


def test_a_form_without_its_token_changes_nothing(here, subtests, settings):
    settings.TEXT_REPLY_TOKEN = "of-the-gateway" * 4
    clients = {}
    for role in ROLES:
        clients[role] = Client(enforce_csrf_checks=True)
        clients[role].cookies = signed_in(here.staff[role]).cookies
    before = rows_but_audit()
    for param in EVERY:
        route, name, entry = param.values
        role = ROLES[0] if name in PUBLIC else first_that_may(entry)
        path = path_of(route, here.parts)
        for label, headers in {
            "missing": {},
            "of somebody else": {"X-CSRFToken": "a" * 32},
        }.items():
            with subtests.test(name, label=label):
                answer = clients[role].post(path, {}, headers=headers)
                wanted = (401,) if name in NO_COOKIE else (403, 405)
                assert answer.status_code in wanted, answer.status_code

    assert rows_but_audit() == before


def test_an_odd_method_is_refused_and_changes_nothing(here, subtests):
    everywhere, before = list(pages(here)), rows_but_audit()
    for name, _, client, path in everywhere:
        for method in ("PUT", "DELETE", "TRACE", "BREW"):
            with subtests.test(name, method=method):
                assert client.generic(method, path).status_code in (400, 405)
    assert rows_but_audit() == before


def test_no_answer_is_kept_by_caches(here, subtests):
    stranger = Client()
    for name, route, client, path in pages(here):
        asked_by = [(client, path), (stranger, path), (client, f"{path}x.css")]
        if names_a_row(route):
            asked_by.append((client, re.sub(r"\d+", "999999999", path, count=1)))
        for somebody, where in asked_by:
            with subtests.test(name, where=where):
                answer = asked(somebody, where, "get")
                assert "no-store" in answer["Cache-Control"]
                assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_no_page_answers_under_the_name_of_a_file(here, subtests):
    for name, _, client, path in pages(here):
        with subtests.test(name):
            answer = asked(client, f"{path}x.css", "get")
            if answer.status_code == 301:
                answer = asked(client, answer.url, "get")
            assert answer.status_code == 404


def test_a_row_of_another_clinic_is_answered_as_one_that_is_not(here, subtests):
    there = universe(ClinicFactory(name=ELSEWHERE))
    for name, route, client, path in pages(here):
        if not names_a_row(route):
            continue
        theirs = path_of(route, there.parts)
        none = re.sub(r"(?<=/)\d+(?=/)", "999999999", path, count=1)
        with subtests.test(name):
            answers = [asked(client, where, "get") for where in (theirs, none)]
            told = [(one.status_code, nonceless(one)) for one in answers]
            assert told[0] == told[1]


def nonceless(answer):
    return re.sub(r'nonce="[^"]*"|value="[^"]{20,}"', "", read(answer))


@pytest.mark.parametrize("day", ["2038-01-20", "9999-12-31", "0001-01-01"])
def test_no_year_is_a_fault(day, here, subtests):
    for name, _, client, path in pages(here):
        page = read(asked(client, path, "get"))
        days = re.findall(r'<input[^>]*type="date"[^>]*name="([\w.\-]+)"', page)
        days += re.findall(r'<input[^>]*name="([\w.\-]+)"[^>]*type="date"', page)
        others = dict.fromkeys(re.findall(r'name="([\w.\-]+)"', page), "1")
        with subtests.test(name):
            sent = others | dict.fromkeys(days, day)
            assert asked(client, path, "post", sent).status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        *("/.git/HEAD", "/.git/config", "/.env", "/.venv/", "/.local/", "/manage.py"),
        *(
            "/config/settings.py",
            "/static/../config/settings.py",
            "/static/",
            "/admin/",
        ),
        *("/static/%2e%2e/config/settings.py", "/static/js/", "/__debug__/", "/debug"),
        *("/server-status", "/backups/", "/media/", "/docker-compose.yml", "/console"),
        *("/static/..%2f..%2f..%2fetc/passwd", "/api/", "/graphql", "/metrics"),
    ],
)
def test_nothing_of_the_house_lies_open(path, here):
    for client in (Client(), signed_in(here.staff["admin"])):
        assert client.get(path).status_code == 404


def test_too_much_at_once_is_refused(here):
    client = signed_in(here.staff["prescriber"])

    many = client.post("/people/", {f"f{number}": "x" for number in range(10_000)})
    large = client.generic(
        "POST",
        "/people/",
        "q=" + "x" * 13_000_000,
        content_type="application/x-www-form-urlencoded",
    )

    assert many.status_code in (400, 413)
    assert large.status_code in (400, 413)


def test_a_line_break_begins_no_line_of_a_log(here, caplog):
    client = signed_in(here.staff["prescriber"])

    client.get("/people/\r\n2026-11-29 INFO invented/")
    client.get(
        "/people/",
        headers={"User-Agent": "a\r\ninvented", "X-Forwarded-For": "\r\ninvented"},
    )

    assert "invented" not in caplog.text


def test_a_made_up_host_is_refused(here, settings):
    settings.ALLOWED_HOSTS = ["clinic.example"]
    client = signed_in(here.staff["prescriber"])

    assert client.get("/", headers={"Host": "clinic.example"}).status_code == 200
    for told in (
        {"Host": "evil.example"},
        {"Host": "clinic.example.evil.example"},
        {"Host": "clinic.example@evil.example"},
        {"Host": "clinic.example evil.example"},
    ):
        assert client.get("/", headers=told).status_code == 400
    spoofed = {"Host": "clinic.example", "X-Forwarded-Host": "evil.example"}
    assert "evil.example" not in read(client.get("/", headers=spoofed))


@pytest.mark.parametrize(
    "path", ["/<x-canary>/", "/people/<x-canary>/", "/c/<x-canary>/", "/?q=<x-canary>"]
)
def test_no_address_is_repeated_as_markup(path, here):
    for client in (Client(), signed_in(here.staff["prescriber"])):
        assert "<x-canary>" not in read(client.get(path, follow=True))


@pytest.mark.parametrize(
    "name",
    ["O'Brien", "Ñuñez", "王", "عبد الله", "J", "x" * 80, "De la Cruz-Øst", "Nguyễn"],
)
def test_every_name_is_shown_as_it_was_given(name, here):
    person = here.parts["patient"]
    person.family_name = name
    person.save()
    client = signed_in(here.staff["prescriber"])

    for path in (f"/people/{person.pk}/", f"/people/{person.pk}/plan/"):
        assert escape(name) in read(client.get(path))


def test_no_script_of_ours_writes_markup_or_keeps_anything():
    scripts = sorted((ROOT / "static" / "js").glob("*.js"))
    words = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\("
    words += r"|localStorage|sessionStorage|indexedDB"

    assert scripts
    assert [one.name for one in scripts if re.search(words, one.read_text())] == []
    told = [
        path.read_text()
        for path in (ROOT / "templates").rglob("*.html")
        if "vendor/htmx/htmx.min.js" in path.read_text()
    ]
    assert told
    assert all('"historyCacheSize": 0' in one for one in told)
