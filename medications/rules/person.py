"""C4: pregnancy, age, pain, surgery, injections and allergies."""

from knowledge.editions import Edition
from medications.rules.effects import Effect, Say
from medications.rules.reading import Reading, first, named
from medications.rules.registry import Answer, RuleSaid, rule

# Whose label an allergy to an ingredient touches.
ALLERGENS = {
    "methadone": ("MTD",),
    "buprenorphine": ("BUP_SL", "BUP_XR"),
    "naloxone": ("BUP_COMBO",),
    "naltrexone": ("NTX_XR", "NTX_PO"),
    "lofexidine": ("LOFEX",),
    "clonidine": ("CLON",),
}


def is_pregnant(look: Reading) -> bool:
    """By statement or test; not where it is not possible; else unanswered."""
    if look.is_fresh("pregnancy"):
        return look.yes("pregnancy")
    tested = look.maybe("pregnancy_test") if look.is_fresh("pregnancy_test") else None
    if tested in ("positive", "negative"):
        return tested == "positive"
    if look.maybe("could_be_pregnant") is False or look.maybe("sex") == "male":
        return False
    return look.yes("pregnancy")


@rule("C67")
def pregnant_agonist(look: Reading, _edition: Edition) -> Answer:
    return _pregnant(look)


def _pregnant(look: Reading) -> str | None:
    return f"Pregnant{look.dated('pregnancy')}." if is_pregnant(look) else None


@rule("C68")
def pregnant_naltrexone(look: Reading, _edition: Edition) -> Answer:
    because = _pregnant(look)
    taken = look.maybe("med_list")
    if because and isinstance(taken, frozenset) and "naltrexone" in taken:
        says = (Say("NTX_XR", Effect.CAUTION), Say("NTX_PO", Effect.CAUTION))
        return RuleSaid(f"{because} Already takes naltrexone.", says)
    return because


@rule("C69")
def pregnant_depot(look: Reading, _edition: Edition) -> Answer:
    return _pregnant(look)


@rule("C70")
def pregnant_withdrawal(look: Reading, _edition: Edition) -> Answer:
    if not is_pregnant(look) or not look.yes("end_of_dose_withdrawal"):
        return None
    return "Pregnant, with withdrawal before the next dose."


@rule("C71")
def after_delivery(look: Reading, edition: Edition) -> Answer:
    months = look.number("postpartum")
    recent = months <= edition["postpartum_months"]
    return f"{months} months since delivery." if recent else None


@rule("C72")
def breastfeeding(look: Reading, _edition: Edition) -> Answer:
    return "Breastfeeding." if look.yes("lactation") else None


@rule("C73")
def pregnancy_untested(look: Reading, _edition: Edition) -> Answer:
    if look.maybe("could_be_pregnant") is False or look.maybe("sex") == "male":
        return None
    if look.maybe("pregnancy") is not None:
        return None
    tested = look.word("pregnancy_test") in ("positive", "negative")
    return None if tested else "Pregnancy not known, no test on record."


@rule("C74")
def below_sixteen(look: Reading, edition: Edition) -> Answer:
    young = look.number("age") < edition["age_adolescent"]
    return f"{look.said('age')}." if young else None


@rule("C75")
def adolescent(look: Reading, edition: Edition) -> Answer:
    right = edition["age_adolescent"] <= look.number("age") < edition["age_adult"]
    return f"{look.said('age')}." if right else None


@rule("C76")
def minor_needs_consent(look: Reading, edition: Edition) -> Answer:
    if look.number("age") >= edition["age_adult"] or look.maybe("consent") is True:
        return None
    return f"{look.said('age')}; no consent of a parent or guardian recorded."


@rule("C77")
def minor(look: Reading, edition: Edition) -> Answer:
    young = look.number("age") < edition["age_adult"]
    return f"{look.said('age')}." if young else None


@rule("C78")
def older(look: Reading, edition: Edition) -> Answer:
    old = look.number("age") >= edition["age_older"]
    return f"{look.said('age')}." if old else None


@rule("C79")
def pain_needs_opioids(look: Reading, _edition: Edition) -> Answer:
    return look.among("pain", "needs_opioids")


@rule("C80")
def surgery_planned(look: Reading, _edition: Edition) -> Answer:
    return "Surgery or acute pain is planned." if look.yes("surgery") else None


@rule("C81")
def emergency_pain(look: Reading, _edition: Edition) -> Answer:
    return look.among("pain", "emergency")


@rule("C82")
def needle_reaches_muscle(look: Reading, _edition: Edition) -> Answer:
    if look.maybe("bmi") is None:
        return "Each injection must reach muscle."
    return f"{look.said('bmi')}; each injection must reach muscle."


@rule("C83")
def clotting(look: Reading, edition: Edition) -> Answer:
    return first(
        lambda: look.among("anticoag", "full", "coagulation_disorder"),
        lambda: _few_platelets(look, edition),
    )


def _few_platelets(look: Reading, edition: Edition) -> str | None:
    few = look.number("platelets") < edition["platelets_low"]
    return f"{look.said('platelets')}." if few else None


@rule("C84")
def allergic_to_drug(look: Reading, _edition: Edition) -> Answer:
    found = look.members("allergy") & set(ALLERGENS)
    says = [
        Say(medication, Effect.CONTRAINDICATED)
        for name in sorted(found)
        for medication in ALLERGENS[name]
    ]
    because = named("Allergy", found)
    return RuleSaid(because, tuple(says)) if because else None


@rule("C85")
def allergic_to_naltrexone_injection(look: Reading, edition: Edition) -> Answer:
    return _allergy(look, edition, "naltrexone_injection_parts")


@rule("C86")
def allergic_to_nmp(look: Reading, edition: Edition) -> Answer:
    return _allergy(look, edition, "nmp")


@rule("C87")
def allergic_to_soy(look: Reading, edition: Edition) -> Answer:
    return _allergy(look, edition, "soy")


def _allergy(look: Reading, edition: Edition, parts: str) -> str | None:
    return named("Allergy", look.members("allergy") & edition.ingredients[parts])


@rule("C88")
def not_certified(look: Reading, _edition: Edition) -> Answer:
    return None if look.yes("rems") else "Site or pharmacy is not REMS certified."
