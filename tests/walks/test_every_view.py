"""What must hold of every URL, the next one too: who may, whose it is, how it answers."""

import copy
import re

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern

from accounts.permissions import ROLE_PERMISSIONS, Permission
from tests.conftest import clinic_today, signed_in
from tests.factories import ClinicFactory
from tests.universe import ROLES, universe

# Open to people who are not signed in, each with the reason.
PUBLIC = {
    "accounts:sign_in": "nobody is signed in yet",
    "accounts:passkey_sign_in": "nobody is signed in yet",
    "accounts:second_step": "the password came a moment ago; the session says so",
    "accounts:first_run": "the site is empty; a key that was printed is the proof",
    "accounts:sign_out": "ends whatever session there is",
    "accounts:set_password": "the link of an invitation is the proof",
    "aftercare:open_check_in": "the link of a check-in is the proof",
    "aftercare:read_feed": "its secret address; days and numbers alone",
    "aftercare:take_reply": "the token of the text gateway is the proof",
    "aftercare:open_wish": "the link of a message is the proof",
    "aftercare:wish_page": "its cookie; it tells nothing, and stops messages at most",
    "aftercare:check_in_page": "its cookie, and a date of birth",
    "aftercare:check_in_save": "its cookie, and a date of birth",
    "aftercare:check_in_send": "its cookie, and a date of birth",
    "aftercare:check_in_keep": "its cookie, and a date of birth",
}
# What the parts of a route stand for, where the name alone does not say it.
BY_PREFIX = {
    "staff/": "staff",
    "clinic/days/": "clinic_day",
    "clinic/kind/": "kind_proposal",
    "people/": "patient",
    "plans/goals/": "goal",
    "plans/needs/": "need",
    "plans/interventions/": "intervention",
    "plans/reviews/": "plan_review",
    "plans/": "plan",
    "follow-ups/": "follow_up",
    "alerts/": "alert",
    "hand-overs/": "hand_over",
    "caseload/views/": "saved_view",
    "contacts/": "attempt",
    "results/": "results",
    "workers/held/": "claim",
    "workers/jobs/": "job",
    "workers/pauses/": "pause",
    "not-saved-yet/": "unsent",
    "referrals/places/": "place",
    "groups/": "group",
}
WORDS = {
    "kind": "allergy",
    "event_kind": "use",
    "plan_kind": "safety",
    "way": "field",
    "session_day": clinic_today().isoformat(),
    "step": "opioids",
    "panel": "cows",
    "question": "alone",
    "instrument": "phq9",
    "choice": "BUP_SL",
    "code": "qtc",
    "rule": "C14",
    "medication": "MTD",
    "subject": "promises",
    "uid": "MQ",
    "token": "abc-def",
    "key": "visits.MTD",
    "language": "es",
    "label": "0123456789abcdef",
    "section": "keeping",
    "thing": "scores",
}
# Of who typed it: at the same clinic too, nobody else finds it.
OWN = {
    *("accounts:discard_unsent", "accounts:remove_passkey"),
    *("reports:delete_view", "reports:restore_view"),
}
# These need the plan in force, not the draft.
OF_THE_SIGNED = ("new-version", "close", "patient-signature", "/review/")


def patterns(resolver, prefix="", space=""):
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield pytest.param(
                route, f"{space}:{entry.name}", entry, id=route or "home"
            )
        else:
            yield from patterns(entry, route, entry.namespace or space)


EVERY = list(patterns(get_resolver()))
GUARDED = [p for p in EVERY if p.values[1] not in PUBLIC]


def path_of(route, parts):
    prefix = next(
        (p for p in sorted(BY_PREFIX, key=len, reverse=True) if route.startswith(p)), ""
    )

    def stands_for(match):
        name = match[1]
        if name in WORDS:
            return WORDS[name]
        kind = BY_PREFIX[prefix] if name == "pk" else name
        if kind == "plan" and any(word in route for word in OF_THE_SIGNED):
            kind = "signed"
        return str(parts[kind].pk)

    return "/" + re.sub(r"<\w+:(\w+)>", stands_for, route)


def names_a_row(route):
    return bool(re.search(r"<int:", route))


def asked(client, path, method, sent=None):
    """The answer, with whatever it changed undone, signing out included."""
    kept = dict(client.cookies)
    with transaction.atomic():
        response = getattr(client, method)(path, sent or {})
        transaction.set_rollback(True)
    client.cookies.update(kept)
    return response


@pytest.mark.parametrize(("route", "name", "entry"), EVERY)
def test_names_the_permission_it_needs(route, name, entry):
    assert name in PUBLIC or hasattr(entry.callback, "required_permission")


def test_every_permission_is_asked_for_somewhere():
    asked_for = {
        getattr(p.values[2].callback, "required_permission", None) for p in EVERY
    }
    assert set(Permission) <= asked_for


@pytest.fixture(scope="module")
def made_elsewhere(made, django_db_blocker):
    with django_db_blocker.unblock():
        return universe(ClinicFactory(name="Elm Road Practice"))


@pytest.fixture
def there(made_elsewhere, db):
    return copy.deepcopy(made_elsewhere)


def of_app(space):
    return [p.values for p in GUARDED if p.values[1].startswith(f"{space}:")]


SPACES = sorted({p.values[1].split(":")[0] for p in EVERY})


@pytest.mark.django_db
@pytest.mark.parametrize("space", SPACES)
def test_is_open_to_those_roles_and_to_this_clinic_alone(space, here, there, subtests):
    clients = {role: signed_in(here.staff[role]) for role in ROLES}
    for route, name, entry in of_app(space):
        with subtests.test(name):
            needed = entry.callback.required_permission
            may = [role for role in ROLES if needed in ROLE_PERMISSIONS[role]]
            path = path_of(route, here.parts)
            first = asked(clients[may[0]], path, "get")
            method = "post" if first.status_code == 405 else "get"

            for role in ROLES:
                answer = asked(clients[role], path, method).status_code
                allowed = (200, 204, 302, 400, 409) if role in may else (403,)
                if name in OWN:
                    allowed += (404,)
                assert answer in allowed, f"{role}: {answer}"

            stranger = asked(Client(), path, method)
            assert stranger.status_code == 302
            assert stranger.url.startswith("/sign-in/")

            if names_a_row(route):
                theirs = path_of(route, there.parts)
                for each in {method, "post"}:
                    found = asked(clients[may[0]], theirs, each).status_code
                    assert found in (404, 405), f"{each} of another clinic: {found}"


ODD = {
    "NUL": "a\x00b",
    "long": "x" * 10_000,
    "wrong type": "[object Object]",
    "negative": "-1",
    "huge": "9" * 40,
    "letters of other scripts": "ﷺ🙂́",
}


@pytest.fixture
def asked_for(monkeypatch):
    """Which ways into what came with an address the last pages used."""
    used = set()

    def noted(way):
        method = getattr(QueryDict, way)

        def noting(self, *args):
            if self:
                used.add(way)
            return method(self, *args)

        return noting

    for way in ("__getitem__", "__contains__", "get", "getlist", "copy", "items"):
        monkeypatch.setattr(QueryDict, way, noted(way))
    for way in ("__iter__", "lists", "values", "dict", "urlencode"):
        monkeypatch.setattr(QueryDict, way, noted(way))
    return used


@pytest.mark.django_db
@pytest.mark.parametrize("space", SPACES)
def test_odd_input_is_never_a_fault(space, here, subtests, asked_for):
    clients = {role: signed_in(here.staff[role]) for role in ROLES}
    for route, name, entry in of_app(space):
        needed = entry.callback.required_permission
        client = next(
            clients[role] for role in ROLES if needed in ROLE_PERMISSIONS[role]
        )
        path = path_of(route, here.parts)
        page = asked(client, path, "get").content.decode(errors="replace")
        fields = set(re.findall(r'name="([\w.\-]+)"', page)) | {
            "reason",
            "outcome",
            "page",
            "q",
        }
        for label, text in ODD.items():
            sent = dict.fromkeys(fields, text)
            with subtests.test(name, label=label):
                assert asked(client, path, "post", sent).status_code < 500
        with subtests.test(name, label="in the address"):
            asked_for.clear()
            for text in ODD.values():
                sent = dict.fromkeys(fields, text)
                assert asked(client, path, "get", sent).status_code < 500
                # A page that read none of the first reads none of the others.
                if not asked_for:
                    break


# Rows that a look may leave: who looked, and where each session and visitor stands.
LEFT_BY_LOOKING = {"accounts.AuditEvent", "accounts.StaffSession", "accounts.SentForm"}


def rows_but_audit():
    """How many rows each table holds, in one statement."""
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.label not in LEFT_BY_LOOKING
    }
    counts = (f"SELECT '{t}', count(*) FROM {t}" for t in sorted(tables))  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts))
        return dict(cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize("space", SPACES)
def test_a_look_changes_nothing(space, here, subtests):
    """The history counts each change of a clinical row."""
    clients = {role: signed_in(here.staff[role]) for role in ROLES}
    before = rows_but_audit()
    for route, name, entry in of_app(space):
        with subtests.test(name):
            needed = entry.callback.required_permission
            role = next(r for r in ROLES if needed in ROLE_PERMISSIONS[r])
            with transaction.atomic():
                clients[role].get(path_of(route, here.parts))
                after = rows_but_audit()
                transaction.set_rollback(True)

            assert after == before
