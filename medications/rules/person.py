"""C4: pregnancy, age, pain, surgery, injections and allergies."""

from knowledge.editions import Edition
from medications.rules.effects import Effect, Say
from medications.rules.reading import FactReader, named
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.shapes import among, at_least, below, either, no, rules, yes

# Whose label an allergy to an ingredient touches.
ALLERGENS = {
    "methadone": ("MTD",),
    "buprenorphine": ("BUP_SL", "BUP_XR"),
    "naloxone": ("BUP_COMBO",),
    "naltrexone": ("NTX_XR", "NTX_PO"),
    "lofexidine": ("LOFEX",),
    "clonidine": ("CLON",),
}


def is_pregnant(facts: FactReader) -> bool:
    """By statement or test; not where it is not possible; else unanswered."""
    if facts.is_known("pregnancy"):
        return facts.yes("pregnancy")
    tested = facts.maybe("pregnancy_test") if facts.is_known("pregnancy_test") else None
    if tested in ("positive", "negative"):
        return tested == "positive"
    if facts.maybe("could_be_pregnant") is False or facts.maybe("sex") == "male":
        return False
    return facts.yes("pregnancy")


@rule("C67")
def pregnant_agonist(facts: FactReader, _edition: Edition) -> Answer:
    return _pregnant(facts)


def _pregnant(facts: FactReader) -> str | None:
    return f"Pregnant{facts.dated('pregnancy')}." if is_pregnant(facts) else None


@rule("C68")
def pregnant_naltrexone(facts: FactReader, _edition: Edition) -> Answer:
    because = _pregnant(facts)
    taken = facts.maybe("med_list")
    if because and isinstance(taken, frozenset) and "naltrexone" in taken:
        says = (Say("NTX_XR", Effect.CAUTION), Say("NTX_PO", Effect.CAUTION))
        return RuleSaid(f"{because} Already takes naltrexone.", says)
    return because


@rule("C69")
def pregnant_depot(facts: FactReader, _edition: Edition) -> Answer:
    return _pregnant(facts)


@rule("C70")
def pregnant_withdrawal(facts: FactReader, _edition: Edition) -> Answer:
    if not is_pregnant(facts) or not facts.yes("end_of_dose_withdrawal"):
        return None
    return "Pregnant, with withdrawal before the next dose."


@rule("C71")
def after_delivery(facts: FactReader, edition: Edition) -> Answer:
    months = facts.number("postpartum")
    recent = months <= edition["postpartum_months"]
    return f"{months} months since delivery." if recent else None


@rule("C73")
def pregnancy_untested(facts: FactReader, _edition: Edition) -> Answer:
    if facts.maybe("could_be_pregnant") is False or facts.maybe("sex") == "male":
        return None
    if facts.maybe("pregnancy") is not None:
        return None
    tested = facts.word("pregnancy_test") in ("positive", "negative")
    return None if tested else "Pregnancy not known, no test on record."


@rule("C75")
def adolescent(facts: FactReader, edition: Edition) -> Answer:
    right = edition["age_adolescent"] <= facts.number("age") < edition["age_adult"]
    return facts.stated("age", right)


@rule("C76")
def minor_needs_consent(facts: FactReader, edition: Edition) -> Answer:
    if facts.number("age") >= edition["age_adult"] or facts.maybe("consent") is True:
        return None
    return f"{facts.said('age')}; no consent of a parent or guardian recorded."


@rule("C82")
def needle_reaches_muscle(facts: FactReader, _edition: Edition) -> Answer:
    if facts.maybe("bmi") is None:
        return "Each injection must reach muscle."
    return f"{facts.said('bmi')}; each injection must reach muscle."


@rule("C84")
def allergic_to_drug(facts: FactReader, _edition: Edition) -> Answer:
    found = facts.members("allergy") & set(ALLERGENS)
    says = [
        Say(medication, Effect.CONTRAINDICATED)
        for name in sorted(found)
        for medication in ALLERGENS[name]
    ]
    because = named("Allergy", found)
    return RuleSaid(because, tuple(says)) if because else None


@rule("C85")
def allergic_to_naltrexone_injection(facts: FactReader, edition: Edition) -> Answer:
    return _allergy(facts, edition, "naltrexone_injection_parts")


@rule("C86")
def allergic_to_nmp(facts: FactReader, edition: Edition) -> Answer:
    return _allergy(facts, edition, "nmp")


@rule("C87")
def allergic_to_soy(facts: FactReader, edition: Edition) -> Answer:
    return _allergy(facts, edition, "soy")


def _allergy(facts: FactReader, edition: Edition, parts: str) -> str | None:
    return named("Allergy", facts.members("allergy") & edition.ingredients[parts])


rules(
    C72=yes("lactation", "Breastfeeding."),
    C74=below("age", "age_adolescent"),
    C77=below("age", "age_adult"),
    C78=at_least("age", "age_older"),
    C79=among("pain", "needs_opioids"),
    C80=yes("surgery", "Surgery or acute pain is planned."),
    C81=among("pain", "emergency"),
    C83=either(
        among("anticoag", "full", "coagulation_disorder"),
        below("platelets", "platelets_low"),
    ),
    C88=no("rems", "Site or pharmacy is not REMS certified."),
)
