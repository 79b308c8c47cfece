"""C4: pregnancy, age, pain, surgery, injections and allergies."""

from collections.abc import Mapping
from datetime import timedelta

from knowledge.editions import Edition
from medications.rules.effects import Effect, Say, read_says
from medications.rules.reading import FactReader, Unanswered, named
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.shapes import among, at_least, below, rules, yes
from medications.rules.under_way import taking

# Whose label an allergy to an ingredient touches.
ALLERGENS = {
    "methadone": ("MTD",),
    "buprenorphine": ("BUP_SL", "BUP_LOW", "BUP_XR"),
    "naloxone": ("BUP_COMBO",),
    "naltrexone": ("NTX_XR", "NTX_PO"),
    "lofexidine": ("LOFEX",),
    "clonidine": ("CLON",),
}

# Where a test was declined nothing waits for it.
ONLY_A_TASK = read_says("ALL=ACTION")


def is_pregnant(facts: FactReader, edition: Edition) -> bool:
    """By statement or test: a yes stands until an end is told, a no ages."""
    yes = _told_pregnant(facts)
    if yes is not None:
        return not _is_over(facts, yes)
    if facts.maybe("pregnancy") is False or facts.maybe("pregnancy_test") == "negative":
        return False
    if not is_possible(facts, edition) or facts.maybe("pregnancy_test") == "declined":
        return False
    raise Unanswered("pregnancy")


def _told_pregnant(facts: FactReader) -> timedelta | None:
    """How long ago pregnancy was last told or found; None where it was not."""
    said = {
        "pregnancy": facts.maybe("pregnancy") is True,
        "pregnancy_test": facts.maybe("pregnancy_test") == "positive",
    }
    return min(_ages(facts, said), default=None)


def _is_over(facts: FactReader, told: timedelta) -> bool:
    """Whether what was told later says that a pregnancy ended, or cannot have been."""
    ends = {
        "pregnancy": facts.old("pregnancy") is False,
        "could_be_pregnant": facts.maybe("could_be_pregnant") is False,
        "postpartum": facts.maybe("postpartum") is not None,
    }
    later = any(age < told for age in _ages(facts, ends))
    return later or facts.maybe("sex") == "male"


def _ages(facts: FactReader, said: Mapping[str, bool]) -> list[timedelta]:
    """How long ago each of the facts was told that says so."""
    ages = (facts.age(name) for name, says_so in said.items() if says_so)
    return [age for age in ages if age is not None]


def _is_impossible(facts: FactReader) -> bool:
    return facts.maybe("could_be_pregnant") is False or facts.maybe("sex") == "male"


def is_possible(facts: FactReader, edition: Edition) -> bool:
    """Not recorded as impossible, and of an age for it."""
    age = facts.maybe_number("age")
    low, high = (
        edition["age_could_be_pregnant_from"],
        edition["age_could_be_pregnant_to"],
    )
    of_age = age is None or low <= age <= high
    return of_age and not _is_impossible(facts)


@rule("C67")
def pregnant_agonist(facts: FactReader, edition: Edition) -> Answer:
    return _pregnant(facts, edition)


def _pregnant(facts: FactReader, edition: Edition) -> str | None:
    if not is_pregnant(facts, edition):
        return None
    name = "pregnancy" if facts.maybe("pregnancy") else "pregnancy_test"
    return f"Pregnant{facts.dated(name)}."


@rule("C68")
def pregnant_naltrexone(facts: FactReader, edition: Edition) -> Answer:
    because = _pregnant(facts, edition)
    on_it = "naltrexone" in facts.medicines() or "NTX_XR" in taking(facts, edition)
    if because and on_it:
        says = (Say("NTX_XR", Effect.CAUTION), Say("NTX_PO", Effect.CAUTION))
        return RuleSaid(f"{because} Already takes naltrexone.", says)
    return because


@rule("C69")
def pregnant_depot(facts: FactReader, edition: Edition) -> Answer:
    return _pregnant(facts, edition)


@rule("C70")
def pregnant_withdrawal(facts: FactReader, edition: Edition) -> Answer:
    if not is_pregnant(facts, edition) or not facts.yes("end_of_dose_withdrawal"):
        return None
    trimester = facts.maybe("trimester")
    when = "" if trimester is None else f", trimester {trimester}"
    return f"Pregnant{when}, with withdrawal before the next dose."


@rule("C71")
def after_delivery(facts: FactReader, edition: Edition) -> Answer:
    months = facts.number("postpartum")
    recent = months <= edition["postpartum_months"]
    return f"{months} months since delivery." if recent else None


@rule("C73")
def pregnancy_untested(facts: FactReader, edition: Edition) -> Answer:
    """Possible, none on record, and no negative test in two weeks; declined is an
    answer."""
    told = _told_pregnant(facts)
    if not is_possible(facts, edition) or (
        told is not None and not _is_over(facts, told)
    ):
        return None
    tested = facts.maybe("pregnancy_test")
    if tested == "negative" or facts.maybe("pregnancy") is False:
        return None
    if tested == "declined":
        return RuleSaid("Pregnancy is possible; a test was declined.", ONLY_A_TASK)
    because = "Pregnancy is possible, and no test within 14 days is on record."
    return RuleSaid(because, asks=("pregnancy_test",))


@rule("C75")
def adolescent(facts: FactReader, edition: Edition) -> Answer:
    right = edition["age_adolescent"] <= facts.number("age") < edition["age_adult"]
    return facts.stated("age", right)


@rule("C76")
def minor_needs_consent(facts: FactReader, edition: Edition) -> Answer:
    consent = facts.maybe("consent")
    if facts.number("age") >= edition["age_adult"] or consent is True:
        return None
    because = f"{facts.said('age')}; no consent of a parent or guardian recorded."
    return RuleSaid(because, asks=("consent",) if consent is None else ())


@rule("C82")
def needle_reaches_muscle(facts: FactReader, _edition: Edition) -> Answer:
    if facts.maybe("bmi") is None:
        return "Each injection must reach muscle."
    return f"{facts.said('bmi')}; each injection must reach muscle."


@rule("C84")
def allergic_to_drug(facts: FactReader, _edition: Edition) -> Answer:
    """An allergy to naloxone closes the combination alone; a kit is given all the same."""
    found = facts.held("allergy") & set(ALLERGENS)
    if not found:
        facts.members("allergy", within=None)
        return None
    says = [
        Say(medication, Effect.CONTRAINDICATED)
        for name in sorted(found)
        for medication in ALLERGENS[name]
    ]
    if "naloxone" in found:
        says.append(Say("ORA", Effect.CAUTION))
    return RuleSaid(named("Allergy", found) or "", tuple(says))


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


@rule("C83")
def bleeds_into_muscle(facts: FactReader, edition: Edition) -> Answer:
    """Platelets are asked for only with bleeding, liver disease or an anticoagulant."""
    count = facts.maybe_number("platelets")
    if count is not None and count < edition["platelets_low"]:
        return f"{facts.said('platelets')}."
    bleeding = facts.among_held("anticoag", "full", "coagulation_disorder")
    if bleeding:
        return RuleSaid(bleeding, asks=() if count is not None else ("platelets",))
    facts.members("anticoag", "full", "coagulation_disorder")
    if facts.held("anticoag") or "cirrhosis" in facts.held("medical"):
        facts.get("platelets")
    return None


@rule("C88")
def not_certified(facts: FactReader, _edition: Edition) -> Answer:
    """A setting of the clinic, never asked of a person."""
    certified = facts.maybe("rems")
    return (
        None if certified is not False else "This clinic is not REMS certified: refer."
    )


rules(
    C72=yes("lactation", "Breastfeeding."),
    C74=below("age", "age_adolescent"),
    C77=below("age", "age_adult"),
    C78=at_least("age", "age_older"),
    C79=among("pain", "needs_opioids"),
    C80=yes("surgery", "Surgery or acute pain is planned."),
    C81=among("pain", "emergency"),
)
