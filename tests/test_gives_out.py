"""What leaves the clinic: every door that gives something out declares it, and what is of
one person passes the gate."""

import ast
import inspect
import re
import textwrap
from pathlib import Path

import pytest

from accounts.giving import GivesOut
from config.local import rooms
from tests.walks.test_every_view import EVERY

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
# Signs that a view makes a file, or sends one.
FILES = re.compile(
    r"as_file\(|Content-Disposition|text/csv|image/svg|application/pdf|FileResponse|"
    r"StreamingHttpResponse|fhir\+json"
)
# A page made for paper: it prints by a button of its own, or is drawn as a paper.
PAPER = re.compile(r"data-print|mst-printed|mst-paper|patients/paper\.html")
# Pages that print as they stand, for who has them open: a look that the audit holds, with
# the notice at their foot (`components/chart.html`).
PAGES_WITH_A_BUTTON = {
    "accounts/recovery_codes.html": "one's own codes, and nothing of a person",
    "medications/rule.html": "knowledge, and nothing of a person",
    "medications/room.html": "knowledge, and nothing of a person",
    "medications/by_medication.html": "knowledge, and nothing of a person",
    "medications/decision.html": "a page of the chart",
    "reports/measures.html": "a page of the chart",
    "reports/timeline.html": "a page of the chart",
    "aftercare/group.html": "the roster of one group, for who leads it",
    "reports/day_sheet.html": "the list of the day, for those who work it",
}
# Who sends a message out, and to whom it goes.
SENDERS = {
    "accounts/notices.py": "staff: an invitation, a new password",
    "jobs/notices.py": "hands over what the next two word; staff alone by itself",
    "patients/notices.py": "staff who answer for privacy: a link, and nothing of a person",
    "aftercare/notices.py": "staff by number and link; the person by the link they asked for",
}


def view_of(entry):
    return inspect.unwrap(entry.callback)


def source_of(entry):
    return textwrap.dedent(inspect.getsource(view_of(entry)))


def templates_in(source):
    return re.findall(r'"([\w/]+\.html)(?:#\w+)?"', source)


def is_paper(name):
    path = TEMPLATES / name
    if name in PAGES_WITH_A_BUTTON or not path.exists():
        return False
    text = path.read_text()
    bases = re.findall(r'{% extends "([\w/]+\.html)" %}', text)
    return bool(PAPER.search(text)) or any(map(is_paper, bases))


def declared(entry):
    return getattr(entry.callback, "gives_out", None)


@pytest.mark.parametrize(("route", "name", "entry"), EVERY)
def test_what_gives_something_out_says_so(route, name, entry):
    source = source_of(entry)
    gives = bool(FILES.search(source)) or any(map(is_paper, templates_in(source)))

    assert gives == (declared(entry) is not None), "declare it with @gives_out(…)"


@pytest.mark.parametrize(
    ("route", "name", "entry"),
    [p for p in EVERY if declared(p.values[2]) == GivesOut.ONE_PERSON],
)
def test_what_is_of_one_person_comes_from_the_gate(route, name, entry):
    """What is made is made from an outgoing one, whose number stands in the address."""
    called = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(source_of(entry)))
        if isinstance(node, ast.Call)
    }
    assert "outgoing_of" in called
    assert len(re.findall(r"<int:", route)) == 2


@pytest.mark.parametrize(
    "path",
    [path for room in rooms.ROOMS[2:] for path in sorted((ROOT / room).rglob("*.py"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_messages_go_where_they_are_said_to(path):
    name = str(path.relative_to(ROOT))
    sends = re.search(
        r"\bsend_mail\(|EmailMessage\(|\bhand_over\(|urlopen|requests\.",
        path.read_text(),
    )
    allowed = name in SENDERS or "views" in name or "actions" in name

    assert not sends or allowed, "say in SENDERS to whom it goes"


def test_a_page_of_the_chart_that_is_printed_carries_the_notice():
    for name, why in PAGES_WITH_A_BUTTON.items():
        text = (TEMPLATES / name).read_text()
        assert ("components/chart.html" in text) == (why == "a page of the chart")
    assert "42 CFR part 2" in (TEMPLATES / "components" / "chart.html").read_text()


def test_every_kind_of_giving_is_in_use_and_says_why():
    kinds = {declared(p.values[2]) for p in EVERY} - {None}
    assert kinds == set(GivesOut)
    for one in EVERY:
        entry = one.values[2]
        if declared(entry):
            assert entry.callback.gives_out_because
