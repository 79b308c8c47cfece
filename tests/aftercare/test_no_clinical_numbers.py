"""No clinical time stands in aftercare: it works dates out of the knowledge's numbers."""

import ast
from pathlib import Path

import pytest

AFTERCARE = Path(__file__).parents[2] / "aftercare"
SPANS = {"days", "weeks", "hours", "minutes", "seconds"}
# Numbers that are not clinical, each with what they are.
OF_THE_PROGRAM = {
    "actions/caseload_lines.py: AT_ONCE": "people whose lines are written at once",
    "actions/check_ins.py: VALID": "how long a link without an account opens",
    "actions/check_ins.py: PLAN_VALID": "how long a page on their phone opens",
    "record/feed.py: AHEAD": "how far ahead a calendar program is told",
    "record/messages.py: SHOWN": "lines on a page",
    "record/messages.py: WEEK": "how far ahead a page looks",
    "record/referrals.py: RINGS": "rings of a drawing",
    "record/referrals.py: QUARTER": "how far back a figure looks",
    "views/outreach.py: GIVEN_SHOWN": "lines on a page",
    "models/repeats.py: LONGEST_LINK": "letters of a text",
    "views/answering.py: LONGEST": "letters of a text",
    "actions/check_ins.py: BIRTH_TRIES": "tries at a date of birth before it shuts",
    "actions/find_events.py: PEOPLE_AT_ONCE": "people whose rows are read at once",
    "actions/clinic_changes.py: FAR": "how far the next open day is looked for",
    "actions/clinic_changes.py: PEOPLE_AT_ONCE": "people reckoned in one go",
    "actions/follow_ups.py: FARTHEST": "a year typed wrongly",
    "actions/reconcile.py: AT_ONCE": "people a request reckons before it commits",
    "actions/reconcile.py: MANY_MARKS": "rows read to know that they are too many",
    "actions/site_moves.py: SEARCHED": "how far the next open day is looked for",
    "record/calendar.py: CLOSED_SHOWN": "lines on a page",
    "record/calendar.py: AHEAD_SHOWN": "lines on a page",
    "record/calendar.py: ATTEMPTS_SHOWN": "lines on a page",
    "record/month.py: MARKS": "lines of a day",
    "record/month.py: LISTED": "lines on a page",
    "record/month.py: SEEN": "lines on a page",
    "record/month.py: YEARS": "a year typed wrongly",
    "actions/saved_views.py: MOST": "tabs on a page",
    "check_ins/tokens.py: BYTES": "length of a key",
    "check_ins/listing.py: SHOWN": "lines on a page",
    "notices.py: LINKS": "lines in a mail",
    "queues.py: MARKS_AT_ONCE": "rows a worker claims at once",
    "queues.py: MAILS": "mails a worker sends at once",
    "queues.py: FOLLOW_UPS_AT_ONCE": "rows a worker claims at once",
    "queues.py: AHEAD": "the columns of the page of the workers",
    "owed/drawing.py: WEEKS": "width of a drawing",
    "owed/drawing.py: BACK": "width of a drawing",
    "owed/program.py: random_day": "the base of a digest's digits",
    "owed/urgency/factors.py: LEVELS": "levels of a concern, as the record keeps them",
    "owed/urgency/silence.py: NAMED": "words for some numbers of days",
    "owed/urgency/words.py: NEAR": "from where on a day is said by its name",
    "record/alerts.py: MOST": "rows that a page shows",
    "record/alerts.py: TOLD_FIRST": "lines on a page",
    "record/outbox.py: AHEAD": "the days of the page of the workers",
    "views/context.py: QUIET_SECONDS": "how long a page leaves something unasked",
    "views/measures.py: BAD": "a status of HTTP",
}
PATHS = sorted(AFTERCARE.rglob("*.py"))


def numbers(node):
    """Whole numbers above 1 in an expression."""
    found = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return [n for n in found if type(n) is int and n > 1]


def is_span(node):
    named = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "timedelta"
    return named and any(numbers(k.value) for k in node.keywords if k.arg in SPANS)


def named(tree):
    """Constants of a module that hold a number, and functions that write a span."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and numbers(node.value):
            yield from (t.id for t in node.targets if isinstance(t, ast.Name))
        elif isinstance(node, ast.FunctionDef) and any(map(is_span, ast.walk(node))):
            yield node.name


@pytest.mark.parametrize(
    "path", PATHS, ids=lambda path: str(path.relative_to(AFTERCARE))
)
def test_no_clinical_time_is_written_here(path):
    if "migrations" in path.parts:
        return
    where = path.relative_to(AFTERCARE)
    found = {f"{where}: {name}" for name in named(ast.parse(path.read_text()))}

    assert found <= set(OF_THE_PROGRAM), "put it into knowledge/schedule/ with a source"


def test_what_is_allowed_is_still_there():
    there = {
        f"{path.relative_to(AFTERCARE)}: {name}"
        for path in PATHS
        for name in named(ast.parse(path.read_text()))
    }

    assert set(OF_THE_PROGRAM) <= there
