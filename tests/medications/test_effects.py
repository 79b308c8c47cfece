"""Which options a rule reaches through the medication that it names."""

import pytest

from tests.medications.pictures import BASE, DEPENDENT, FREE, ago, effects, weighed

DAILY = ("BUP_SL", "BUP_MONO", "BUP_COMBO")
LOW = "BUP_LOW"
DEPOTS = ("BUP_XR", "SUBLOCADE", "BRIXADI_W", "BRIXADI_M")
ANTAGONISTS = ("NTX_XR", "NTX_PO")


def all_of(effect, *medications):
    return dict.fromkeys(medications, effect)


# One way of reaching a row; what each rule says of what is in its examples.
ROWS = [
    pytest.param(
        "C16",
        {"udt": ["fentanyl"]},
        {**all_of("CAUTION", *DAILY, *DEPOTS), LOW: "INFO"},
        id="a family with its products; a low-dose start where it is named",
    ),
    pytest.param(
        "C67",
        {"sex": "female", "pregnancy": True},
        all_of("PREFERRED", "MTD", *DAILY),
        id="a low-dose start is not reached through its family",
    ),
    pytest.param(
        "C01",
        {},
        all_of("INFO", "MTD", *DAILY, LOW, *DEPOTS, *ANTAGONISTS),
        id="all are all",
    ),
    pytest.param(
        "C23",
        {"preference": "SUBLOCADE"},
        all_of("PREFERRED", "SUBLOCADE", "BUP_XR"),
        id="a product reaches its family where it is the best of it",
    ),
    pytest.param(
        "C69",
        {"sex": "female", "pregnancy": True},
        {
            **all_of("AVOID", "SUBLOCADE", "BRIXADI_M"),
            **all_of("CAUTION", "BRIXADI_W", "BUP_XR"),
        },
        id="a family stands as its best product",
    ),
    pytest.param(
        "C41",
        {"child_pugh": 11},
        {
            **all_of("AVOID", *ANTAGONISTS, *DEPOTS, "BUP_COMBO"),
            **all_of("CAUTION", "BUP_MONO", LOW, "MTD", "BUP_SL"),
        },
        id="one product is closed, the other opens the family",
    ),
    pytest.param(
        "C24",
        {"history": {"medication": "MTD", "days": 100}},
        all_of("PREFERRED", "MTD"),
        id="X is the one that the history names",
    ),
]


@pytest.mark.parametrize(("rule", "facts", "expected"), ROWS)
def test_touches_just_these_medications(rule, facts, expected):
    assert effects(weighed({**BASE, **DEPENDENT, **facts}), rule) == expected


TAKES_FILM = {
    "bup_dose": 16,
    "last_long_acting_dt": ago(hours=4),
    "last_long_acting_drug": "buprenorphine",
}


@pytest.mark.parametrize("rule", ["C14", "C16", "C22"])
def test_a_start_rule_is_silent_for_what_is_taken_and_its_other_forms(rule):
    facts = {**BASE, **DEPENDENT, "cows": 2, "udt": ["fentanyl"]}
    spoke, taken = weighed(facts), weighed({**facts, **TAKES_FILM})

    assert touched(spoke, rule) & {"BUP_SL", "BUP_XR"}
    assert not touched(taken, rule) & {*DAILY, LOW, *DEPOTS}


def test_lost_tolerance_speaks_again_where_doses_were_missed():
    methadone = {
        "mtd_dose": 90,
        "last_long_acting_dt": ago(days=9),
        "last_long_acting_drug": "methadone",
        "last_short_acting_dt": "never",
    }
    found = weighed({**BASE, **FREE, **methadone})

    assert {"C20", "C122"} <= {f.rule for f in found.option("MTD").findings}


def touched(options, rule):
    return {
        o.medication
        for o in options.options
        if rule in {line.rule for line in (*o.findings, *o.actions)}
    }


def test_a_manner_of_starting_sets_no_standing():
    found = weighed({**BASE, **DEPENDENT, "udt": ["fentanyl"]}).option("BUP_SL")

    assert found.standing == "PREFERRED"
    assert "C16" in {f.rule for f in found.findings}
