"""Ten thousand generated sheets through each scorer, against scores worked out anew."""

import random
from itertools import islice

import pytest

from knowledge.instruments.registry import find, instruments
from knowledge.instruments.scoring import score_with
from tests.assessments.oracle import ORACLES, SHEETS, audit_c

SETS = 10_000
# How often an answer is left out: never, rarely, often.
LEFT_OUT = (0.0, 0.05, 0.3)


def sheets(key):
    """The same ones in every run: a failure can be looked at again."""
    chance = random.Random(f"sheets of {key}")  # noqa: S311 - answers, not secrets
    for number in range(SETS):
        left_out = LEFT_OUT[number % len(LEFT_OUT)]
        yield [
            None if chance.random() < left_out else chance.choice(allowed)
            for allowed in SHEETS[key]
        ]


def found(instrument, answers, context=None):
    result = score_with(instrument, answers, context or {})
    return (
        result.status.value,
        result.total,
        result.band,
        dict(result.subscales),
    )


def check(key, answers, expected, got):
    status, total, band, subscales = expected
    assert got[:3] == (status, total, band), (key, answers)
    assert {name: got[3][name] for name in subscales} == subscales, (key, answers)


def test_every_instrument_has_its_oracle():
    assert set(SHEETS) == set(instruments())
    assert set(ORACLES) | {"audit_c"} == set(instruments())


@pytest.mark.parametrize("key", sorted(ORACLES))
def test_agrees_with_the_reference(key):
    instrument = find(key)
    names = instrument.item_keys
    for answers in sheets(key):
        sent = dict(zip(names, answers, strict=True))
        check(key, answers, ORACLES[key](answers), found(instrument, sent))


@pytest.mark.parametrize("sex", ["male", "female", None])
def test_audit_c_agrees_for_each_sex(sex):
    instrument = find("audit_c")
    context = {"sex": sex} if sex else {}
    for answers in sheets("audit_c"):
        sent = dict(zip(instrument.item_keys, answers, strict=True))
        check(
            "audit_c", answers, audit_c(answers, sex), found(instrument, sent, context)
        )


@pytest.mark.parametrize("key", sorted(SHEETS))
def test_the_sheet_allows_what_the_reference_allows(key):
    assert [item.allowed for item in find(key).items] == SHEETS[key]


@pytest.mark.parametrize("key", sorted(SHEETS))
def test_the_order_of_answering_does_not_matter(key):
    instrument = find(key)
    chance = random.Random(key)  # noqa: S311 - answers, not secrets
    for answers in islice(sheets(key), 300):
        sent = list(zip(instrument.item_keys, answers, strict=True))
        straight = found(instrument, dict(sent))
        chance.shuffle(sent)
        assert found(instrument, dict(sent)) == straight


@pytest.mark.parametrize("key", sorted(SHEETS))
def test_a_total_never_leaves_its_range(key):
    """The least and the greatest sum that the allowed values of the sheet can give."""
    instrument = find(key)
    scored = [i for i in instrument.items if not i.optional]
    least = sum(min(item.allowed) for item in scored)
    greatest = sum(max(item.allowed) for item in scored)
    for answers in islice(sheets(key), 1000):
        total = found(
            instrument, dict(zip(instrument.item_keys, answers, strict=True))
        )[1]
        if total is not None and key != "peg":
            assert min(least, 0) <= total <= greatest
        elif total is not None:
            assert 0 <= total <= 10


# Of these every item is needed; the others are settled item by item by their oracle.
PLAIN_SUMS = ("cows", "sows", "phq2", "dast10", "peg", "barc10", "tea", "ort_oud")


@pytest.mark.parametrize("key", PLAIN_SUMS)
def test_an_answer_that_is_left_out_is_never_a_zero(key):
    instrument = find(key)
    for answers in islice((a for a in sheets(key) if None not in a), 100):
        sent = dict(zip(instrument.item_keys, answers, strict=True))
        for item in instrument.items:
            without = found(instrument, {**sent, item.key: None})
            assert without[:3] == ("incomplete", None, None)
