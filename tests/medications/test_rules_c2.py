"""C2: effectiveness, preference and earlier treatment, each at its edges."""

import pytest

from tests.medications.pictures import FIRES, SILENT, UNDECIDED, state

ROWS = [
    ("C22", {"severity": "severe"}, FIRES),
    ("C22", {"severity": "mild"}, SILENT),
    ("C22", {"dsm_count": 4}, FIRES),
    ("C22", {"dsm_count": 3}, SILENT),
    ("C22", {}, UNDECIDED),
    ("C23", {"preference": "methadone"}, FIRES),
    ("C23", {"preference": "none"}, SILENT),
    ("C23", {"preference": "fear_of_withdrawal"}, SILENT),
    ("C23", {}, UNDECIDED),
    ("C24", {"history": {"medication": "MTD", "days": 90}}, FIRES),
    ("C24", {"history": {"medication": "MTD", "days": 89}}, SILENT),
    ("C24", {"history": {"medication": "MTD", "weeks": 13}}, FIRES),
    ("C24", {"history": {"medication": "MTD", "weeks": 12}}, SILENT),
    ("C24", {"history": {"medication": "BUP_XR", "helpful": "yes"}}, FIRES),
    ("C24", {"history": "none"}, SILENT),
    ("C24", {}, UNDECIDED),
    (
        "C25",
        {"history": {"medication": "BUP_SL", "helpful": "no", "dose": 16, "weeks": 4}},
        FIRES,
    ),
    (
        "C25",
        {"history": {"medication": "BUP_SL", "helpful": "no", "dose": 15, "weeks": 4}},
        SILENT,
    ),
    (
        "C25",
        {"history": {"medication": "MTD", "helpful": "no", "dose": 80, "days": 28}},
        FIRES,
    ),
    (
        "C25",
        {"history": {"medication": "MTD", "helpful": "no", "dose": 79, "weeks": 4}},
        SILENT,
    ),
    (
        "C25",
        {"history": {"medication": "MTD", "helpful": "no", "dose": 80, "weeks": 3}},
        SILENT,
    ),
    ("C25", {"history": {"medication": "MTD", "helpful": "no"}}, UNDECIDED),
    ("C25", {"history": {"medication": "NTX_XR", "helpful": "no", "doses": 2}}, FIRES),
    ("C25", {"history": {"medication": "NTX_XR", "helpful": "no", "doses": 1}}, SILENT),
    ("C25", {"history": {"medication": "NTX_PO", "helpful": "no"}}, SILENT),
    ("C25", {"history": {"medication": "MTD", "helpful": "yes", "dose": 80}}, SILENT),
    ("C26", {"bup_dose": 16, "bam8": 1}, FIRES),
    ("C26", {"bup_dose": 16, "bam8": 0, "udt": "negative", "cows": 0}, SILENT),
    ("C26", {"bup_dose": 16, "bam8": 0}, UNDECIDED),
    ("C26", {"bup_dose": 16, "udt_fentanyl": True}, FIRES),
    ("C26", {"bup_dose": 16, "udt": "fentanyl"}, FIRES),
    ("C26", {"bup_dose": 16, "cows": 5}, FIRES),
    ("C26", {"bup_dose": 0}, SILENT),
    ("C27", {"tolerance": "very_high"}, FIRES),
    ("C27", {"tolerance": "high", "history": "none"}, SILENT),
    (
        "C27",
        {
            "history": {
                "medication": "BUP_COMBO",
                "helpful": "no",
                "dose": 24,
                "weeks": 8,
            }
        },
        FIRES,
    ),
    ("C28", {"goal": "retention", "otp_access": True}, FIRES),
    ("C28", {"goal": "retention", "otp_access": False}, SILENT),
    ("C28", {"goal": "reduce_use"}, SILENT),
    ("C28", {"goal": "retention"}, UNDECIDED),
    ("C29", {"risk": "first_month_overdose"}, FIRES),
    ("C29", {"risk": "high"}, SILENT),
    ("C30", {"request": "detox only"}, FIRES),
    ("C30", {"request": "medication"}, SILENT),
    ("C31", {"preference": "no_agonist", "opioid_free": True}, FIRES),
    ("C31", {"preference": "no_agonist", "opioid_free": False}, SILENT),
    ("C31", {"preference": "no_agonist", "phys_dependence": False}, FIRES),
    ("C31", {"preference": "no_agonist", "phys_dependence": True}, UNDECIDED),
    (
        "C31",
        {
            "preference": "none",
            "occupation": "agonist_not_possible",
            "opioid_free": True,
        },
        FIRES,
    ),
    ("C31", {"preference": "none", "occupation": "none"}, SILENT),
    ("C32", {}, FIRES),
    ("C33", {"adherence": 2}, FIRES),
    ("C33", {"adherence": 1, "lost_doses": False}, SILENT),
    ("C33", {"adherence": 1, "lost_doses": True}, FIRES),
    ("C34", {"housing": "homeless"}, FIRES),
    ("C34", {"housing": "stable", "diversion": "none"}, SILENT),
    ("C34", {"diversion": "theft"}, FIRES),
    ("C35", {"household": ["children", "no_lockable_storage"]}, FIRES),
    ("C35", {"household": "pets", "lock_box": False}, FIRES),
    ("C35", {"household": "children", "lock_box": True}, SILENT),
    ("C35", {"household": "children"}, UNDECIDED),
    ("C35", {"household": "none"}, SILENT),
]


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    ROWS,
    ids=[f"{r}-{i}" for i, (r, _, _) in enumerate(ROWS)],
)
def test_fires_just_where_the_reference_says(rule, facts, expected):
    assert state(rule, facts) == expected
