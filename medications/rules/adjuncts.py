"""C6: lofexidine and clonidine."""

from knowledge.editions import Edition
from medications.rules.effects import Effect, Say
from medications.rules.reading import FactReader, first, named
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.shapes import below, either, members, rules, yes

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
OF_ONE_CLASS = {"LOFEX": "lofexidine", "CLON": "clonidine"}
OF_ONE_CLASS_NAMES = frozenset(["lofexidine", "clonidine", "guanfacine", "tizanidine"])


@rule("C100")
def lofexidine_is_wanted(facts: FactReader, edition: Edition) -> Answer:
    if not _is_wanted(facts, edition):
        return None
    return "Withdrawal management with lofexidine is ordered."


def _is_wanted(facts: FactReader, edition: Edition) -> bool:
    """Ordered, or opioids are stopped abruptly; for adults."""
    ordered = facts.held("order") & {"LOFEX", "abrupt_opioid_stop"}
    return bool(ordered) and facts.number("age") >= edition["age_adult"]


@rule("C101")
def lofexidine_by_liver(facts: FactReader, edition: Edition) -> Answer:
    """With kidney disease the lower of the two."""
    if not _is_wanted(facts, edition):
        return None
    score = facts.number("child_pugh")
    if score < edition["child_pugh_a"]:
        return None
    tablets = 3 if score < edition["child_pugh_b"] else 2
    if score >= edition["child_pugh_c"]:
        tablets = 1
    tablets = min(tablets, _by_kidney(facts, edition) or tablets)
    return RuleSaid(
        f"{facts.said('child_pugh')}.", then=f"Lofexidine: {TABLETS[tablets]} ECG."
    )


@rule("C102")
def lofexidine_by_kidney(facts: FactReader, edition: Edition) -> Answer:
    if not _is_wanted(facts, edition):
        return None
    if facts.maybe("dialysis") is not True:
        facts.get("egfr")
    tablets = _by_kidney(facts, edition)
    if tablets is None:
        return None
    on_dialysis = facts.maybe("dialysis") is True
    because = "On dialysis." if on_dialysis else f"{facts.said('egfr')}."
    return RuleSaid(because, then=f"Lofexidine: {TABLETS[tablets]} ECG.")


def _by_kidney(facts: FactReader, edition: Edition) -> int | None:
    """Tablets four times a day; None where the kidneys ask for nothing, or are not known."""
    if facts.maybe("dialysis") is True:
        return 1
    egfr = facts.maybe_number("egfr")
    if egfr is None or egfr >= edition["egfr_normal"]:
        return None
    return 1 if egfr < edition["egfr_low"] else 2


@rule("C103")
def lofexidine_and_the_heart(facts: FactReader, edition: Edition) -> Answer:
    if not _is_wanted(facts, edition):
        return None
    lowering = edition.ingredients["pulse_pressure"]
    return first(
        lambda: facts.among_held("cardiac", *HEART),
        lambda: facts.among_held("medical", "kidney_disease"),
        lambda: "On dialysis." if facts.maybe("dialysis") is True else None,
        lambda: named("Takes", facts.medicines() & lowering),
        lambda: facts.if_yes("long_qt", "Congenital long QT."),
        lambda: facts.among("cardiac", *HEART),
    )


@rule("C107")
def two_of_one_class(facts: FactReader, _edition: Edition) -> Answer:
    """A second one ordered while one is taken; the one taken stays."""
    ordered = facts.held("order") & set(OF_ONE_CLASS)
    if not ordered:
        return None
    taken = facts.medicines() & OF_ONE_CLASS_NAMES
    new = {key for key in ordered if OF_ONE_CLASS[key] not in taken}
    if taken and new:
        says = tuple(Say(key, Effect.CONTRAINDICATED) for key in sorted(new))
        return RuleSaid(f"Takes {', '.join(sorted(taken))} already.", says)
    both = len(ordered) == len(OF_ONE_CLASS)
    return "Lofexidine and clonidine are both ordered." if both else None


rules(
    C104=either(below("sbp", "sbp_low"), below("hr", "hr_low")),
    C105=yes("ntx_po", "Oral naltrexone within 2 hours."),
    C106=members("order", {"CLON"}, "Clonidine is ordered."),
)
