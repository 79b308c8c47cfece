"""C6: lofexidine and clonidine."""

from knowledge.editions import Edition
from medications.rules.reading import Reading, first
from medications.rules.registry import Answer, RuleSaid, rule

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
def abrupt_stop(look: Reading, edition: Edition) -> Answer:
    if "abrupt_opioid_stop" not in look.members("order"):
        return None
    if look.number("age") < edition["age_adult"]:
        return None
    return "Opioids are stopped abruptly."


@rule("C101")
def lofexidine_by_liver(look: Reading, edition: Edition) -> Answer:
    score = look.number("child_pugh")
    if score < edition["child_pugh_a"]:
        return None
    tablets = 3 if score < edition["child_pugh_b"] else 2
    if score >= edition["child_pugh_c"]:
        tablets = 1
    return RuleSaid(
        f"{look.said('child_pugh')}.", then=f"Lofexidine: {TABLETS[tablets]}"
    )


@rule("C102")
def lofexidine_by_kidney(look: Reading, edition: Edition) -> Answer:
    if look.maybe("dialysis") is True:
        return RuleSaid("On dialysis.", then=f"Lofexidine: {TABLETS[1]}")
    egfr = look.number("egfr")
    if egfr >= edition["egfr_normal"]:
        return None
    tablets = 1 if egfr < edition["egfr_low"] else 2
    return RuleSaid(f"{look.said('egfr')}.", then=f"Lofexidine: {TABLETS[tablets]}")


@rule("C103")
def lofexidine_and_heart(look: Reading, _edition: Edition) -> Answer:
    return first(
        lambda: look.among("cardiac", *HEART),
        lambda: "Congenital long QT." if look.yes("long_qt") else None,
    )


@rule("C104")
def low_pressure_or_pulse(look: Reading, edition: Edition) -> Answer:
    return first(
        lambda: _below(look, "sbp", edition["sbp_low"]),
        lambda: _below(look, "hr", edition["hr_low"]),
    )


def _below(look: Reading, name: str, least: object) -> str | None:
    low = look.number(name) < least  # type: ignore[operator]
    return f"{look.said(name)}." if low else None


@rule("C105")
def with_oral_naltrexone(look: Reading, _edition: Edition) -> Answer:
    return "Oral naltrexone within 2 hours." if look.yes("ntx_po") else None


@rule("C106")
def clonidine(look: Reading, _edition: Edition) -> Answer:
    ordered = "CLON" in look.members("order")
    return "Clonidine is ordered." if ordered else None


@rule("C107")
def two_of_one_class(look: Reading, _edition: Edition) -> Answer:
    both = look.members("order") >= {"LOFEX", "CLON"}
    return "Lofexidine and clonidine are both ordered." if both else None
