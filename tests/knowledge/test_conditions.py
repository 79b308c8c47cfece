"""The one language of conditions: what holds, what is not known, and in which words."""

import datetime as dt
from decimal import Decimal

import pytest

from knowledge.conditions import (
    BadDeclaration,
    FactValues,
    all_hold,
    facts_needed,
    facts_of,
    holds,
    in_words,
    read_condition,
    unknown_of,
)

AT = dt.datetime(2026, 11, 28, 9, tzinfo=dt.UTC)
KNOWN = FactValues(
    {
        "age": 40,
        "score": Decimal("7.5"),
        "pain": True,
        "sex": "female",
        "used": frozenset({"fentanyl", "heroin"}),
        "named": ["fentanyl"],
        "none": [],
        "never": "never",
        "last": AT - dt.timedelta(days=3),
    },
    AT,
)
TABLE = [
    ({"fact": "age", "at_least": 40}, True),
    ({"fact": "age", "at_least": 41}, False),
    ({"fact": "score", "at_most": 7.5}, True),
    ({"fact": "pain", "at_least": 1}, False),
    ({"fact": "pain", "is": True}, True),
    ({"fact": "sex", "any_of": ["female", "other"]}, True),
    ({"fact": "used", "any_of": ["heroin"]}, True),
    ({"fact": "named", "any_of": ["heroin"]}, False),
    ({"fact": "none", "none_of": ["heroin"]}, True),
    ({"fact": "used", "other_than": ["fentanyl"]}, True),
    ({"fact": "named", "other_than": ["fentanyl"]}, False),
    ({"fact": "sex", "other_than": ["male"]}, True),
    ({"fact": "named", "some": True}, True),
    ({"fact": "none", "some": True}, False),
    ({"fact": "never", "some": False}, True),
    ({"fact": "last", "within_days": 3}, True),
    ({"fact": "last", "within_days": 2}, False),
    ({"fact": "age", "within_days": 2}, False),
    ({"fact": "weight", "at_least": 1}, None),
    ({"fact": "weight", "unknown": True}, True),
    ({"fact": "age", "unknown": True}, False),
    ({"fact": "age", "unknown": False}, True),
    ({"any": [{"fact": "weight", "is": 1}, {"fact": "age", "is": 40}]}, True),
    ({"any": [{"fact": "weight", "is": 1}, {"fact": "age", "is": 41}]}, None),
    ({"any": [{"fact": "age", "is": 41}]}, False),
    ({"unless": {"fact": "weight", "is": 1}}, True),
    ({"unless": {"fact": "age", "is": 40}}, False),
]


@pytest.mark.parametrize(("declared", "expected"), TABLE, ids=str)
def test_holds_fails_or_cannot_be_told(declared, expected):
    assert holds(read_condition(declared), KNOWN) is expected


def test_without_a_moment_nothing_is_recent():
    recent = read_condition({"fact": "last", "within_days": 9})

    assert holds(recent, FactValues(KNOWN.values)) is False


def test_one_failure_decides_and_one_unknown_leaves_open():
    true, false, open_ = (
        read_condition(one)
        for one in (
            {"fact": "age", "is": 40},
            {"fact": "age", "is": 41},
            {"fact": "weight", "is": 1},
        )
    )

    assert all_hold([true, open_, false], KNOWN) is False
    assert all_hold([true, open_], KNOWN) is None
    assert all_hold([true], KNOWN) is True
    assert unknown_of([true, open_], KNOWN) == ("weight",)


def test_names_the_facts_that_it_reads():
    declared = {
        "any": [
            {"fact": "age", "at_least": 18},
            {"unless": {"fact": "sex", "is": "male"}},
            {"fact": "weight", "unknown": True},
        ]
    }

    assert facts_of([read_condition(declared)]) == ("age", "sex", "weight")
    assert facts_needed([read_condition(declared)]) == ("age", "sex")


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ({"fact": "age", "at_least": 18}, "AGE: 18 or more"),
        ({"fact": "age", "at_most": 65}, "AGE: 65 or less"),
        ({"fact": "pain", "is": False}, "PAIN: no"),
        ({"fact": "pain", "is": True}, "PAIN: yes"),
        ({"fact": "used", "any_of": ["a_b", "c", "d"]}, "USED: a b, c or d"),
        ({"fact": "used", "none_of": ["a"]}, "USED: not a"),
        ({"fact": "used", "other_than": ["a"]}, "USED: other than a"),
        ({"fact": "used", "some": True}, "USED: some"),
        ({"fact": "used", "some": False}, "USED: none"),
        ({"fact": "last", "within_days": 7}, "LAST: within 7 days"),
        ({"fact": "last", "unknown": True}, "LAST: not known"),
        ({"fact": "last", "unknown": False}, "LAST: known"),
        ({"unless": {"fact": "sex", "is": "male"}}, "unless SEX: male"),
        (
            {"any": [{"fact": "a", "is": True}, {"fact": "b", "is": True}]},
            "A: yes or B: yes",
        ),
    ],
    ids=str,
)
def test_says_itself_in_words(declared, words):
    assert in_words(read_condition(declared), str.upper) == words


@pytest.mark.parametrize(
    "wrong",
    [
        {"at_least": 3},
        {"fact": "age"},
        {"fact": "age", "at_least": 1, "at_most": 2},
        {"fact": "age", "roughly": 3},
        {"any": [{"fact": "age"}]},
    ],
    ids=str,
)
def test_any_other_form_is_refused(wrong):
    with pytest.raises(BadDeclaration):
        read_condition(wrong)
