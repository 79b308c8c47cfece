"""What each rule does to each medication, beyond whether it fires."""

import pytest

from tests.medications.pictures import CLEAR, ago, clear, effects, standings, weighed

DAILY = ("BUP_SL", "BUP_MONO", "BUP_COMBO", "BUP_LOW")
DEPOTS = ("BUP_XR", "SUBLOCADE", "BRIXADI_W", "BRIXADI_M")
ANTAGONISTS = ("NTX_XR", "NTX_PO")


def all_of(effect, *medications):
    return dict.fromkeys(medications, effect)


ROWS = [
    ("C03", {"phys_dependence": True}, all_of("CONTRAINDICATED", *ANTAGONISTS)),
    ("C07", {"last_short_acting_dt": ago(days=8)}, all_of("CAUTION", *ANTAGONISTS)),
    ("C08b", {"last_long_acting_dt": ago(days=8)}, all_of("AVOID", *ANTAGONISTS)),
    (
        "C14",
        {"cows": 5, "phys_dependence": True},
        all_of("AVOID", "BUP_SL", "BUP_MONO", "BUP_COMBO"),
    ),
    (
        "C16",
        {"udt": "fentanyl"},
        {**all_of("CAUTION", "BUP_SL", "BUP_MONO", "BUP_COMBO"), "BUP_LOW": "INFO"},
    ),
    ("C18", {"history_pw": True}, all_of("PREFERRED", "BUP_LOW")),
    ("C20", {"tolerance": "low"}, all_of("CAUTION", "MTD", *DAILY)),
    ("C23", {"preference": "MTD"}, all_of("PREFERRED", "MTD")),
    ("C23", {"preference": "BUP_XR"}, all_of("PREFERRED", *DEPOTS)),
    ("C23", {"preference": "SUBLOCADE"}, all_of("PREFERRED", "SUBLOCADE", "BUP_XR")),
    (
        "C24",
        {"history": {"medication": "MTD", "days": 100}},
        all_of("PREFERRED", "MTD"),
    ),
    (
        "C25",
        {"history": {"medication": "NTX_XR", "helpful": False, "doses": 3}},
        all_of("CAUTION", "NTX_XR"),
    ),
    ("C33", {"adherence": 3}, all_of("PREFERRED", "NTX_XR", *DEPOTS)),
    (
        "C37",
        {"alt": 300},
        {**all_of("AVOID", *ANTAGONISTS), **all_of("CAUTION", "MTD", *DAILY, *DEPOTS)},
    ),
    (
        "C38",
        {"alt": 150},
        all_of("CAUTION", *ANTAGONISTS, *DAILY, *DEPOTS),
    ),
    (
        "C40",
        {"child_pugh": 8},
        {
            **all_of("AVOID", *DEPOTS),
            **all_of("CAUTION", "BUP_MONO", "BUP_COMBO", "BUP_SL"),
        },
    ),
    (
        "C41",
        {"child_pugh": 11},
        {
            **all_of("AVOID", *ANTAGONISTS, *DEPOTS, "BUP_COMBO"),
            **all_of("CAUTION", "BUP_MONO", "MTD", "BUP_SL"),
        },
    ),
    (
        "C50",
        {"resp": "respiratory_depression"},
        {"MTD": "CONTRAINDICATED", **all_of("AVOID", *DAILY)},
    ),
    ("C60", {"med_list": "etravirine"}, all_of("CAUTION", *DAILY)),
    ("C60", {"med_list": "rifabutin"}, all_of("CAUTION", "MTD", *DAILY)),
    ("C60", {"med_list": "rifampin"}, all_of("CAUTION", "MTD", *DAILY)),
    ("C61", {"med_list": "fluvoxamine"}, all_of("CAUTION", "MTD")),
    ("C61", {"med_list": "atazanavir"}, all_of("CAUTION", *DAILY)),
    ("C62", {"med_list": "fluoxetine"}, all_of("CAUTION", "MTD", *DAILY)),
    ("C62", {"med_list": "phenelzine"}, all_of("AVOID", "MTD", *DAILY)),
    ("C67", {"pregnancy": True}, all_of("PREFERRED", "MTD", *DAILY)),
    ("C68", {"pregnancy": True}, all_of("AVOID", *ANTAGONISTS)),
    (
        "C68",
        {"pregnancy": True, "med_list": "naltrexone"},
        all_of("CAUTION", *ANTAGONISTS),
    ),
    (
        "C69",
        {"pregnancy": True},
        {
            **all_of("AVOID", "SUBLOCADE", "BRIXADI_M"),
            **all_of("CAUTION", "BRIXADI_W", "BUP_XR"),
        },
    ),
    (
        "C79",
        {"pain": "needs_opioids"},
        {
            **all_of("CONTRAINDICATED", *ANTAGONISTS),
            **all_of("PREFERRED", "MTD", *DAILY),
        },
    ),
    ("C84", {"allergy": "naloxone"}, all_of("CONTRAINDICATED", "BUP_COMBO")),
    ("C84", {"allergy": "buprenorphine"}, all_of("CONTRAINDICATED", *DAILY, *DEPOTS)),
    ("C86", {"allergy": "nmp"}, all_of("CONTRAINDICATED", "SUBLOCADE", "BRIXADI_M")),
    ("C88", {"rems": False}, all_of("CONTRAINDICATED", *DEPOTS)),
]


@pytest.mark.parametrize(
    ("rule", "facts", "expected"), ROWS, ids=[f"{r[0]}-{i}" for i, r in enumerate(ROWS)]
)
def test_touches_just_these_medications(rule, facts, expected):
    assert effects(clear(**facts), rule) == expected


def test_everything_clear_stands_clear():
    found = standings(clear())

    assert found.pop("NTX_PO") == "AVOID"
    assert found == {
        **all_of("PREFERRED", "MTD", *DAILY),
        **all_of("ELIGIBLE", *DEPOTS, "NTX_XR"),
    }


def test_the_combined_example_of_the_reference():
    """Pregnant, COWS 14, wants naltrexone."""
    options = weighed(pregnancy=True, cows=14, preference="naltrexone")

    ntx = options.option("NTX_XR")
    assert ntx.standing == "CONTRAINDICATED"
    assert {"C03", "C05", "C68"} <= {f.rule for f in ntx.findings}
    for medication in ("MTD", "BUP_SL"):
        assert effects(options, "C67")[medication] == "PREFERRED"


def test_the_combined_example_with_the_rest_known():
    options = weighed(
        {**CLEAR, "pregnancy": True, "cows": 14, "preference": "NTX_XR"},
        phys_dependence=True,
    )

    assert options.option("MTD").standing == "PREFERRED"
    assert options.option("BUP_SL").standing == "PREFERRED"
    assert options.option("NTX_XR").standing == "CONTRAINDICATED"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"child_pugh": 6}, "3 tablets"),
        ({"child_pugh": 9}, "2 tablets"),
        ({"child_pugh": 10}, "1 tablet "),
        ({"egfr": 60}, "2 tablets"),
        ({"egfr": 20}, "1 tablet "),
        ({"dialysis": True}, "1 tablet "),
    ],
)
def test_lofexidine_follows_liver_and_kidney(facts, words):
    tasks = [x for x in weighed(**facts).general if x.rule in ("C101", "C102")]

    assert [words in t.text for t in tasks] == [True]
