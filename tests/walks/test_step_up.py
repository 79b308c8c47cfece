"""Doors that ask who is there: all that sign, decide, order, and hand out rights or files."""

import pytest

from accounts.permissions import ROLE_PERMISSIONS, Permission
from tests.conftest import markup, signed_in, unconfirmed
from tests.universe import ROLES
from tests.walks.test_every_form_once import (
    BODIES,
    BY,
    FIRST,
    body_of,
    counted,
)
from tests.walks.test_every_view import GUARDED, asked, path_of

# Whoever needs one of these signs, decides, orders, gives rights or takes files.
GRAVE = {
    Permission.PLAN_SIGN,
    Permission.MEDICATION_DECIDE,
    Permission.KNOWLEDGE_SIGN,
    Permission.STAFF_MANAGE,
    Permission.ROLE_CONFIRM,
    Permission.CASELOAD_EXPORT,
}
# Of those, doors that do none of it, each with the reason.
NOT_GRAVE = {
    "plans:patient_signature": "the person in care signs, beside who is signed in",
    "plans:take_back_review": "takes back what was recorded; nothing is signed",
    "plans:close": "ends a plan that was signed; nothing is signed",
    "medications:aid_text": "a text for the decision aid, seen before it is shown",
    "medications:edition_impact": "looks at whom a change would touch",
    "medications:rule_impact": "looks at whom a change would touch",
    "medications:impact": "a look",
    "reports:rules_due": "a look",
    "accounts:staff": "a look",
    "accounts:role_requests": "a look",
    "aftercare:leaving": "names who takes over; gives no right and ends none today",
    "aftercare:successors": "as above",
    "aftercare:confirm_leaving": "as above: access ends on the day that was said",
}
# What asks although its permission does not say so.
ALSO = {
    "accounts:password",
    "accounts:code_app",
    "accounts:remove_code_app",
    "accounts:new_passkey",
    "accounts:remove_passkey",
    "accounts:recovery_codes",
    "jobs:pause",
    "aftercare:death",
    "aftercare:confirm_death",
    "aftercare:correct_death",
    "medications:rule",
    "patients:merge",
    "patients:take_apart",
    "reports:scores_file",
    "reports:audit_export",
    "reports:audit_heads",
    "reports:timeline_file",
}
# Forms that are no once-only act: what they are sent.
FILES = {
    "reports:audit_export": {"why": "Asked by the state"},
    "reports:caseload_export": {"purpose": "work", "why": "The day's list"},
}
# Where an empty form would be in order: one that is not.
WRONG = {"plans:sign": {"patient_name": "Rosa Fuentes"}}
# They show secrets, with an error too: who is there is asked in front.
IN_FRONT = {"accounts:password", "accounts:code_app", "accounts:new_passkey"}
TAKES_A_FORM = {
    *("accounts:invite", "accounts:member", "accounts:end_access"),
    *("patients:merge", "plans:sign", "treatment:start", "treatment:stop"),
    *("medications:decide", "medications:rule", "medications:sign_subject"),
    *("medications:sign_off", "medications:take_over"),
    *("reports:audit_export", "reports:caseload_export"),
    *("aftercare:death", "jobs:pause"),
}
DOORS = [p.values for p in GUARDED if hasattr(p.values[2].callback, "step_up")]


@pytest.mark.parametrize(("route", "name", "entry"), GUARDED)
def test_what_is_grave_asks_or_says_why_not(route, name, entry):
    needs = entry.callback.required_permission in GRAVE and name not in NOT_GRAVE

    assert hasattr(entry.callback, "step_up") == (needs or name in ALSO)


def test_what_answers_with_a_file_asks(here):
    for route, name, entry in (p.values for p in GUARDED):
        role = who_may(name, entry)
        client = signed_in(here.staff[role])
        for method in ("get", "post"):
            answer = asked(client, path_of(route, here.parts), method)
            if answer.has_header("Content-Disposition"):
                assert hasattr(entry.callback, "step_up"), name


def who_may(name, entry):
    needed = entry.callback.required_permission
    return BY.get(name) or next(r for r in ROLES if needed in ROLE_PERMISSIONS[r])


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door[1])
def test_asks_who_is_there_and_does_nothing_before(here, door):
    """What is wrong with a form is said first: nobody proves who they are for it."""
    route, name, entry = door
    if name in FIRST:
        FIRST[name](here)
    staff, path = here.staff[who_may(name, entry)], path_of(route, here.parts)
    wrong = WRONG.get(name, {})
    known = asked(signed_in(staff), path, "post", wrong)
    answer = asked(unconfirmed(staff), path, "post", wrong)

    if known.status_code == 405:
        answer = asked(unconfirmed(staff), path, "get")
        assert answer.status_code == 302
        assert answer.url.startswith("/confirm/")
        return
    assert (known.status_code == 400) == (name in TAKES_A_FORM | IN_FRONT)
    assert (answer.status_code == 400) == (name in TAKES_A_FORM)

    sent = body_of(name, here) if name in BODIES else FILES.get(name, {})
    client = unconfirmed(staff)
    before = rows()
    answer = client.post(path, sent)
    assert answer.status_code == 403
    assert "Is it you" in markup(answer)
    assert rows() == before


def rows():
    """How many there are of each, but for what says that somebody was not let in."""
    return counted() | {"accounts.AuditEvent": 0}
