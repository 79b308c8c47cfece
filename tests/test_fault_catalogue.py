"""The catalogue of faults is whole, and what it names is there."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.__main__ import FAILED, NOT_APPLICABLE, SURVIVED, dotted, verdict
from tests.faults.catalogue import ROOT, SECTIONS, cases, exists

CODE = [
    path
    for room in ("accounts", "aftercare", "assessments", "config", "jobs", "patients")
    for path in (ROOT / room).rglob("*.py")
]


def test_every_case_is_there_and_says_one_thing():
    counted = Counter(case.id[0] for case in cases())

    assert counted == SECTIONS
    assert counted.total() == 156
    assert [case.id for case in cases() if len(case.said) != 1] == []


@pytest.mark.parametrize("case", [c for c in cases() if c.nodes], ids=lambda c: c.id)
def test_what_proves_a_case_is_written(case):
    assert [node for node in case.nodes if not exists(node)] == []


def test_a_case_survives_only_by_tests_that_passed():
    case = next(case for case in cases() if len(case.tests) > 1)
    passed = {dotted(node): True for node in case.nodes}

    assert verdict(case, passed)[0] == SURVIVED
    assert verdict(case, passed | {dotted(case.nodes[0]): False})[0] == FAILED
    assert verdict(case, {})[0] == FAILED
    assert verdict(next(c for c in cases() if c.open), passed)[0] == FAILED
    apart = next(c for c in cases() if c.not_applicable)
    assert verdict(apart, {})[0] == NOT_APPLICABLE


def test_what_is_not_written_is_found():
    assert not exists("tests/test_fault_catalogue.py::test_that_nobody_wrote")
    assert not exists("tests/no_such_file.py::test_x")
    assert not exists("make wishes")


def test_no_message_waits_in_the_queue():
    """A lost queue would lose the hour with it: what is later stands in the database."""
    waiting = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in CODE
        for node in ast.walk(ast.parse(Path(path).read_text()))
        if isinstance(node, ast.keyword) and node.arg in ("eta", "countdown")
    ]

    assert waiting == []
