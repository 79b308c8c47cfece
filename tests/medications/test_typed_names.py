"""Names as people type them reach the rules that read them."""

import pytest

from tests.medications.pictures import FIRES, SILENT, picture, state

ROWS = [
    ("C04", {"med_list": "Percocet 5/325 1 tab q6h prn"}, FIRES),
    ("C04", {"med_list": ["oxycodone/acetaminophen"]}, FIRES),
    ("C04", {"med_list": ["Ultram 50mg"]}, FIRES),
    ("C04", {"med_list": "codeine cough syrup"}, FIRES),
    ("C04", {"med_list": "Belbuca 300 mcg"}, FIRES),
    ("C04", {"med_list": "loperamide high dose"}, FIRES),
    ("C04", {"med_list": "loperamide 2 mg"}, SILENT),
    ("C48", {"ecg_risk": "none", "med_list": "Z-Pak"}, FIRES),
    ("C53", {"med_list": "alprazolam 1 mg"}, FIRES),
    ("C53", {"med_list": "pressed Xanax bars from the street"}, FIRES),
    ("C53", {"med_list": "Fioricet"}, FIRES),
    ("C53", {"med_list": "Soma 350 and zinc"}, FIRES),
    ("C53", {"sedatives": "none", "alcohol": "none", "med_list": "no Xanax"}, SILENT),
    ("C60", {"med_list": "Dilantin 100 mg ER"}, FIRES),
    ("C60", {"med_list": "St. John\u2019s wort"}, FIRES),
    ("C60", {"med_list": "Mysoline"}, FIRES),
    ("C61", {"med_list": "Diflucan"}, FIRES),
    ("C61", {"med_list": "Cardizem CD 240"}, FIRES),
    ("C61", {"med_list": "Z-Pak"}, SILENT),
    ("C61a", {"med_list": "Kaletra"}, FIRES),
    ("C61a", {"med_list": "Paxlovid"}, FIRES),
    ("C61b", {"mtd_dose": 60, "med_list": "Suboxone 8-2 film"}, FIRES),
    ("C62", {"med_list": "Emsam patch"}, FIRES),
    ("C62", {"med_list": "trazadone 50"}, FIRES),
    ("C84", {"allergy": "Methadone (itching)"}, FIRES),
    ("C84", {"allergy": ["Vivitrol"]}, FIRES),
    ("C85", {"allergy": "polysorbate"}, FIRES),
    ("C86", {"allergy": "NMP - swelling"}, FIRES),
    ("C87", {"allergy": "soybeans"}, FIRES),
    ("C87", {"allergy": "peanuts"}, SILENT),
]


@pytest.mark.parametrize(
    ("rule", "facts", "expected"), ROWS, ids=[f"{r[0]}-{n}" for n, r in enumerate(ROWS)]
)
def test_a_rule_reads_what_was_typed(rule, facts, expected):
    assert state(rule, facts) == expected


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("med_list", "alprozolam 1 mg, zinc", {"alprozolam 1 mg", "zinc"}),
        (
            "med_list",
            ["Blue Pill", "Norco"],
            {"Blue Pill", "hydrocodone", "acetaminophen"},
        ),
        ("allergy", "Penicilin; latex", {"Penicilin", "latex"}),
        ("allergy", "no known drug allergies", set()),
        ("med_unknown", "Blue Pill, the other one", {"Blue Pill", "the other one"}),
        ("allergy_unknown", "none", set()),
    ],
)
def test_what_is_not_recognised_stays_as_typed(name, typed, kept):
    assert picture({name: typed}).value(name) == kept
