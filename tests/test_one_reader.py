"""Facts about a person are read from the picture: no room above reads the rows past it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("medications", "plans", "aftercare", "reports")
ROWS = frozenset(
    (
        *("IntakeAnswer", "Assessment", "Observation"),
        *("Regimen", "DoseEvent", "ToxicologyResult"),
    )
)
TABLES = re.compile(
    r"\b(assessments_(intakeanswer|assessment|observation)"
    r"|treatment_(regimen|doseevent|toxicologyresult))\b"
)
# Modules that need the rows themselves, each with the reason.
MAY = {
    "aftercare/record/marks.py": "names of tables, and no row of them",
    "aftercare/record/closings.py": "evidence: an injection whose dose was written down",
    "aftercare/record/states.py": "evidence: every row that shows that something was done",
    "aftercare/actions/check_ins.py": "a type: what an answered check-in became",
    "aftercare/check_ins/own_course.py": "what the person said, shown to them alone",
    "aftercare/actions/event_facts.py": "the answer that a told pregnancy replaces",
    "aftercare/actions/find_events.py": "every missed dose and test, not the last",
    "reports/progress/from_record.py": "the queries of the time line: every row is an event",
    "reports/chart/history/sources.py": "the history: every row is an event",
    "reports/chart/history/telling.py": "the words of choices in those rows",
    "reports/progress/events.py": "every overdose that was ever told, not the last",
    "reports/progress/series.py": "a type: the series behind the curves",
    "reports/progress/pages.py": "a type: all results of one instrument",
    "reports/progress/panels.py": "a type: all results of one kind",
    "reports/progress/csv_file.py": "a type: all results as a file",
    "reports/progress/table.py": "a type: all results as a table",
    "reports/views/measures.py": "all results of one instrument or kind, mistakes too",
    "reports/caseload/row_sql.py": "doses as contacts, and the last score of a file",
}
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for room in ROOMS
    for path in (ROOT / room).rglob("*.py")
    if "migrations" not in path.parts
)


def raw_rows(text):
    """The names of row models that a module imports, and of tables that it queries."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            found |= ROWS & {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute):
            found |= ROWS & {node.attr}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {match.group() for match in TABLES.finditer(node.value)}
    return found


@pytest.mark.parametrize("module", MODULES)
def test_reads_the_picture_and_not_the_rows(module):
    assert module in MAY or raw_rows((ROOT / module).read_text()) == set()


@pytest.mark.parametrize("module", MAY)
def test_who_may_needs_to(module):
    assert raw_rows((ROOT / module).read_text())


@pytest.mark.parametrize(
    "text",
    [
        "from assessments.models import IntakeAnswer",
        "from treatment import models\nmodels.Regimen.objects.all()",
        "SQL = 'SELECT FROM treatment_regimen r'",
    ],
)
def test_the_guard_sees(text):
    assert raw_rows(text)
