"""C6: lofexidine and clonidine."""

from knowledge.editions import Edition
from medications.rules.reading import FactReader
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.shapes import among, below, either, members, rules, yes

TABLETS = {
    3: "3 tablets four times a day (2.16 mg/day).",
    2: "2 tablets four times a day (1.44 mg/day).",
    1: "1 tablet four times a day (0.72 mg/day).",
}
HEART = (
    "congenital_long_qt",
    "severe_coronary_insufficiency",
    "recent_mi",
    "cerebrovascular_disease",
    "chronic_renal_failure",
    "marked_bradycardia",
)


@rule("C100")
def abrupt_stop(facts: FactReader, edition: Edition) -> Answer:
    if "abrupt_opioid_stop" not in facts.members("order"):
        return None
    if facts.number("age") < edition["age_adult"]:
        return None
    return "Opioids are stopped abruptly."


@rule("C101")
def lofexidine_by_liver(facts: FactReader, edition: Edition) -> Answer:
    score = facts.number("child_pugh")
    if score < edition["child_pugh_a"]:
        return None
    tablets = 3 if score < edition["child_pugh_b"] else 2
    if score >= edition["child_pugh_c"]:
        tablets = 1
    return RuleSaid(
        f"{facts.said('child_pugh')}.", then=f"Lofexidine: {TABLETS[tablets]}"
    )


@rule("C102")
def lofexidine_by_kidney(facts: FactReader, edition: Edition) -> Answer:
    if facts.maybe("dialysis") is True:
        return RuleSaid("On dialysis.", then=f"Lofexidine: {TABLETS[1]}")
    egfr = facts.number("egfr")
    if egfr >= edition["egfr_normal"]:
        return None
    tablets = 1 if egfr < edition["egfr_low"] else 2
    return RuleSaid(f"{facts.said('egfr')}.", then=f"Lofexidine: {TABLETS[tablets]}")


rules(
    C103=either(among("cardiac", *HEART), yes("long_qt", "Congenital long QT.")),
    C104=either(below("sbp", "sbp_low"), below("hr", "hr_low")),
    C105=yes("ntx_po", "Oral naltrexone within 2 hours."),
    C106=members("order", {"CLON"}, "Clonidine is ordered."),
    C107=members(
        "order", {"LOFEX", "CLON"}, "Lofexidine and clonidine are both ordered."
    ),
)
