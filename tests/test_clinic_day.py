"""The clinic's day is one function: nothing else turns a moment into a day."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "accounts",
    "aftercare",
    "assessments",
    "config",
    "devtools",
    "interop",
    "jobs",
    "knowledge",
    "medications",
    "patients",
    "plans",
    "reports",
    "treatment",
)
THE_ONE = "knowledge/wording/dates.py"
# The pure engine: every moment of a picture is on the clinic's clock.
ENGINE = ("medications/rules/", "medications/options/")
OF_A_PICTURE = "moments of a picture are put on the clinic's clock as it is made"
OF_A_POINT = "its moments are put on the clinic's clock as they are read"
# Modules that ask a moment for its own day, each with the reason.
ON_ITS_OWN_CLOCK = {
    "assessments/picture/model.py": OF_A_PICTURE,
    "assessments/picture/sources.py": OF_A_PICTURE,
    "assessments/facts/reading.py": OF_A_PICTURE,
    "medications/decision_aid/today.py": OF_A_PICTURE,
    "assessments/change/points.py": OF_A_POINT,
    "reports/progress/model.py": OF_A_POINT,
    "reports/progress/drawing/span.py": OF_A_POINT,
    "assessments/facts/fact.py": "a mark for never, not a moment",
    "assessments/intake/parsing.py": "the intake's action puts the moment on the clock",
    "assessments/observations/lab_file.py": "puts what a file says on the clinic's clock",
    "assessments/observations/file_days.py": "a day that a file names, not a moment",
}
PATHS = sorted(
    path
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def days_asked(path):
    """Lines that ask a moment for its day."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        asks = node.func.attr == "date" and not (node.args or node.keywords)
        if asks or node.func.attr == "localdate":
            yield node.lineno


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_only_one_function_tells_the_day_of_a_moment(path):
    name = name_of(path)
    is_let = name == THE_ONE or name.startswith(ENGINE) or name in ON_ITS_OWN_CLOCK
    lines = [] if is_let else list(days_asked(path))

    assert not lines, (
        f"{name}, lines {lines}: ask accounts.tenancy.clinic_day for the clinic's day,"
        " or request.today in a view"
    )


@pytest.mark.parametrize("name", sorted(ON_ITS_OWN_CLOCK))
def test_an_exemption_that_is_not_needed_goes(name):
    assert list(days_asked(ROOT / name))


def test_the_guard_sees_both_ways(tmp_path):
    module = tmp_path / "module.py"
    module.write_text(
        "a = at.date()\nb = timezone.localdate(at)\nc = date(2026, 1, 1)\n"
    )

    assert list(days_asked(module)) == [1, 2]


TESTS = sorted(p for p in (ROOT / "tests").rglob("*.py") if p.name != "conftest.py")


def days_of_the_machine(path):
    """Lines that ask the machine for its day: around midnight the clinic has another."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        of = ast.unparse(node.func.value)
        its_own = node.func.attr == "date" and "now" in of and not node.args
        if its_own or node.func.attr == "localdate" or (of, node.func.attr) == TODAY:
            yield node.lineno


TODAY = ("date", "today")


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_no_test_takes_the_day_of_the_machine(path):
    lines = list(days_of_the_machine(path))

    assert not lines, f"{name_of(path)}, lines {lines}: ask clinic_today of conftest"
