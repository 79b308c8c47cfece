"""What became of a rule when medicines were decided: read from what was frozen."""

import datetime as dt

import pytest

from medications.knowledge_pages.usage import MEANINGS, RuleUse, usage_of
from medications.models import MedicationDecision
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db

FOLLOWED, OVERRIDDEN, BESIDE = RuleUse
SINCE = dt.timedelta(days=365)


def option(
    medication,
    *effects,
    standing="ELIGIBLE",
    task=False,
    asks=False,
    holds=True,
    first=False,
):
    """An option of which rule C47 said these effects."""
    missing = {"fact": "qtc", "rules": ["C46", "C47"], "holds": holds}
    return {
        "medication": medication,
        "standing": standing,
        "findings": [{"rule": "C47", "effect": effect} for effect in effects]
        + [{"rule": "C96", "effect": "AVOID"}],
        "actions": [{"rule": "C47", "effect": "ACTION"}] if task else [],
        "missing": [missing] if asks else [],
        "ask_first": [{"fact": "qtc", "rules": ["C46", "C47"]}] if first else [],
    }


@pytest.fixture
def decide(clinic, prescriber, noon):
    def decided(choice, *options, general=(), who=None, at=noon, where=clinic):
        return MedicationDecision.objects.create(
            clinic=where,
            patient=who or PatientFactory(clinic=where),
            choice=choice,
            picture={},
            picture_digest="x",
            options={"options": list(options), "general": list(general)},
            knowledge_digest="x",
            decided_at=at,
            decided_by=prescriber,
        )

    return decided


@pytest.fixture
def usage(clinic, noon):
    return lambda rule="C47": usage_of(rule, clinic_id=clinic.pk, since=noon - SINCE)


NEEDS = {"standing": "NEEDS_DATA", "asks": True}
CASES = [
    pytest.param(
        "BUP_SL",
        [option("MTD", "AVOID"), option("BUP_SL")],
        FOLLOWED,
        id="another than the one advised against",
    ),
    pytest.param(
        "BUP_SL",
        [option("NTX_XR", "CONTRAINDICATED"), option("BUP_SL")],
        FOLLOWED,
        id="another than the one ruled out",
    ),
    pytest.param(
        "BUP_SL", [option("BUP_SL", "PREFERRED")], FOLLOWED, id="what it speaks for"
    ),
    pytest.param("MTD", [option("MTD", "CAUTION")], FOLLOWED, id="a caution was read"),
    pytest.param("MTD", [option("MTD", "AVOID")], OVERRIDDEN, id="advised against"),
    pytest.param(
        "MTD",
        [option("MTD", "CONTRAINDICATED")],
        OVERRIDDEN,
        id="ruled out, overridden",
    ),
    pytest.param(
        "MTD",
        [option("MTD", "AVOID"), option("NTX_XR", "AVOID")],
        OVERRIDDEN,
        id="one against the choice outweighs another's",
    ),
    pytest.param(
        "MTD", [option("MTD", **NEEDS)], OVERRIDDEN, id="answer not waited for"
    ),
    pytest.param(
        "MTD",
        [option("MTD", standing="CAUTION", asks=True)],
        None,
        id="an answer that does not hold the standing",
    ),
    pytest.param(
        "MTD",
        [option("MTD", holds=False, **NEEDS)],
        None,
        id="an answer that holds nothing",
    ),
    pytest.param(
        "BUP_SL",
        [option("MTD", **NEEDS), option("BUP_SL")],
        None,
        id="an answer that another waits for",
    ),
    pytest.param(
        "MTD", [option("MTD", "NOT_HERE")], FOLLOWED, id="referred, as it says"
    ),
    pytest.param(
        "BUP_SL",
        [option("MTD", "NOT_HERE"), option("BUP_SL")],
        FOLLOWED,
        id="another than the one it sends elsewhere",
    ),
    pytest.param(
        "MTD",
        [option("MTD", asks=True, holds=False, first=True)],
        BESIDE,
        id="a question before the first dose",
    ),
    pytest.param(
        "BUP_SL",
        [option("MTD", first=True), option("BUP_SL")],
        None,
        id="a question before the first dose of another",
    ),
    pytest.param("MTD", [option("MTD", task=True)], BESIDE, id="a task alone"),
    pytest.param("MTD", [option("MTD", "INFO")], BESIDE, id="information alone"),
    pytest.param(
        "BUP_SL",
        [option("MTD", "CAUTION"), option("BUP_SL")],
        BESIDE,
        id="a caution of another",
    ),
    pytest.param(
        "BUP_SL",
        [option("MTD", "PREFERRED"), option("BUP_SL")],
        BESIDE,
        id="it speaks for another",
    ),
    pytest.param("NONE", [option("MTD", "AVOID")], BESIDE, id="nothing was chosen"),
    pytest.param("NOT_NOW", [option("MTD", "PREFERRED")], BESIDE, id="not now"),
    pytest.param("MTD", [option("MTD")], None, id="it was silent"),
]


@pytest.mark.parametrize(("choice", "options", "outcome"), CASES)
def test_what_became_of_it(decide, usage, choice, options, outcome):
    decide(choice, *options)

    assert [row.outcome for row in usage().rows] == ([outcome] if outcome else [])


def test_what_holds_for_everything_counts_too(decide, usage):
    decide(
        "MTD",
        option("MTD"),
        general=[{"medication": "ORA", "rule": "C47", "effect": "ACTION"}],
    )

    assert [row.outcome for row in usage().rows] == [BESIDE]


def test_decisions_and_people_are_told_apart(decide, usage, clinic, noon):
    person = PatientFactory(clinic=clinic)
    first = decide("MTD", option("MTD", "AVOID"), who=person, at=noon)
    later = decide(
        "MTD", option("MTD", "AVOID"), who=person, at=noon + dt.timedelta(hours=1)
    )
    decide("BUP_SL", option("MTD", "AVOID"), option("BUP_SL"))

    found = usage()
    assert (len(found.rows), found.people) == (3, 2)
    assert found.counts == [(FOLLOWED, 1, 1), (OVERRIDDEN, 2, 1), (BESIDE, 0, 0)]
    assert [row.decision for row in found.of(OVERRIDDEN)] == [later.pk, first.pk]


def test_older_ones_and_another_clinics_are_left_out(decide, usage, other_clinic, noon):
    decide("MTD", option("MTD", "AVOID"), at=noon - SINCE - dt.timedelta(days=1))
    decide("MTD", option("MTD", "AVOID"), where=other_clinic)

    assert usage().rows == ()


def test_another_rule_is_another_matter(decide, usage):
    decide("MTD", option("MTD", "CAUTION"))

    assert usage("C96").counts[1] == (OVERRIDDEN, 1, 1)
    assert usage("C03").rows == ()


def test_every_outcome_is_said_in_words():
    assert set(MEANINGS) == set(RuleUse)
