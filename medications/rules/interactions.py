"""C3, second half: sedatives, alcohol, other medicines, symptoms."""

from datetime import timedelta
from typing import cast

from assessments.facts import FACTS, NEVER
from knowledge.editions import Edition
from knowledge.medicines import medicines
from medications.rules.effects import Effect, Say, read_says
from medications.rules.reading import FactReader, first, named
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.shapes import always, among, rules, word
from medications.rules.under_way import DAY, takes_agonist, taking
from medications.rules.unrecognised import SEDATIVE_LIKE
from medications.rules.words import listed

ANTAGONIST_ORDERS = frozenset(medicines().keys) - {"MTD", "BUP_LOW"}
# By itself on a list of medicines it is the kit for an overdose, which everybody on
# methadone should have; naloxone given on purpose is a challenge.
RESCUE = frozenset(["naloxone"])
SEDATING = ("benzodiazepine", "alcohol")
SAID_SEDATIVES = FACTS["sedatives"].choices
SEDATIVES_IN_URINE = frozenset(
    [
        "benzodiazepine",
        "barbiturate",
        "gabapentinoid",
        "alcohol",
        "xylazine",
        "medetomidine",
    ]
)
METHADONE_CAUTION = read_says("MTD=CAUTION")
BUPRENORPHINE_CAUTION = read_says("BUP_SL,BUP_LOW,BUP_XR=CAUTION")
# An MAOI within two weeks; a screen that is owed.
MAOI = read_says("MTD,BUP_SL,BUP_LOW,BUP_XR=AVOID")
SCREEN = read_says("ALL=ACTION")
SCREEN_AND_CAUTION = read_says("ALL=ACTION; NTX_XR=CAUTION")


@rule("C53")
def takes_sedatives(facts: FactReader, edition: Edition) -> Answer:
    """Said, on the list, or in urine; disputed urine is confirmed and counts meanwhile."""
    if facts.maybe("alcohol") == "active":
        return "Drinks alcohol at present."
    taken = facts.medicines() & edition.ingredients["cns_depressant"]
    known = named("Takes", taken) or facts.among_held("sedatives", *SAID_SEDATIVES)
    if known:
        return known
    found = in_urine(facts, edition, SEDATIVES_IN_URINE)
    if found:
        return f"Urine positive for {listed(found)}: confirm it."
    like = facts.held("substances") & SEDATIVE_LIKE
    if like:
        return named("Takes", like)
    _ask_about_sedatives(facts, edition)
    return None


def in_urine(
    facts: FactReader, edition: Edition, wanted: frozenset[str]
) -> frozenset[str]:
    """Which of these urine has shown in the last 30 days."""
    age, held = facts.age("udt"), facts.old("udt")
    if age is None or age > edition.days("sedative_urine_days") * DAY:
        return frozenset()
    return cast("frozenset[str]", held) & wanted


def _ask_about_sedatives(facts: FactReader, edition: Edition) -> None:
    """Both are asked; before a first dose of methadone on the day itself."""
    within = None if "MTD" in taking(facts, edition) else DAY
    facts.members("sedatives", within=within)
    facts.get("alcohol", within=within)


@rule("C54")
def sedated_at_dosing(facts: FactReader, _edition: Edition) -> Answer:
    state = facts.word("dosing_assess")
    return None if state == "alert" else f"At dosing: {state}."


@rule("C55")
def alcohol_withdrawal(facts: FactReader, edition: Edition) -> Answer:
    """By the scale or by earlier seizures; the last drink tells how far it may be."""
    because = first(
        lambda: facts.stated(
            "ciwa", facts.number("ciwa") >= edition["ciwa_withdrawal"]
        ),
        lambda: _seizures(facts),
    )
    return because and f"{because}{_last_drink(facts)}"


def _last_drink(facts: FactReader) -> str:
    """When it was, where that was told; who never drinks has none."""
    if facts.maybe("last_alcohol_dt") in (None, NEVER):
        return ""
    return f" {facts.last('last_alcohol_dt')}."


def _seizures(facts: FactReader) -> str | None:
    if not facts.yes("seizure"):
        return None
    if facts.maybe("alcohol") == "active":
        return "Seizure history. Drinks alcohol at present."
    sedating = facts.among("sedatives", *SEDATING)
    return f"Seizure history. {sedating}" if sedating else None


@rule("C56")
def alcohol_and_opioid_free(facts: FactReader, edition: Edition) -> Answer:
    cut = "audit_c_men" if facts.maybe("sex") == "male" else "audit_c_others"
    if facts.number("audit_c") < edition[cut] or not facts.yes("opioid_free"):
        return None
    return f"{facts.said('audit_c')}, positive; being opioid-free is possible."


def _asked_within(facts: FactReader, edition: Edition) -> timedelta | None:
    """Before a first dose medicines are asked for on the day itself."""
    return None if takes_agonist(facts, edition) else DAY


@rule("C60")
def inducers(facts: FactReader, edition: Edition) -> Answer:
    sets = edition.ingredients
    wanted = sets["mtd_down"] | sets["bup_down"]
    taken = facts.takes(wanted, "inducer", within=_asked_within(facts, edition))
    mtd, bup = taken & sets["mtd_down"], taken & sets["bup_down"]
    says = [*METHADONE_CAUTION, Say("MTD", Effect.ACTION)] if mtd else []
    says += BUPRENORPHINE_CAUTION if bup else ()
    because = named("Takes", mtd | bup)
    if because is None:
        return None
    return RuleSaid(f"{because} Opioid medication is broken down faster.", tuple(says))


@rule("C61")
def inhibitors(facts: FactReader, edition: Edition) -> Answer:
    sets = edition.ingredients
    wanted = sets["mtd_up"] | sets["bup_up"]
    taken = facts.takes(wanted, "inhibitor", within=_asked_within(facts, edition))
    mtd, bup = taken & sets["mtd_up"], taken & sets["bup_up"]
    says = list(METHADONE_CAUTION) if mtd else []
    says += BUPRENORPHINE_CAUTION if bup else ()
    because = named("Takes", mtd | bup)
    if because is None:
        return None
    return RuleSaid(
        f"{because} Opioid medication is broken down more slowly.", tuple(says)
    )


@rule("C61a")
def hiv_medicines(facts: FactReader, edition: Edition) -> Answer:
    wanted = edition.ingredients["arv_mtd_down"]
    within = _asked_within(facts, edition)
    return named("Takes", facts.takes(wanted, "arv", within=within))


@rule("C61b")
def would_precipitate(facts: FactReader, edition: Edition) -> Answer:
    """An antagonist or partial agonist, ordered or taken, while methadone is aboard."""
    taken = facts.medicines() & (edition.ingredients["precipitate_on_mtd"] - RESCUE)
    if facts.maybe("challenge") == "ordered":
        taken |= {"naloxone challenge"}
    ordered = facts.held("order") & ANTAGONIST_ORDERS
    taken |= {medicines().sentences[key] for key in ordered}
    found = named("On methadone, with", taken)
    return found if found and _methadone_aboard(facts, edition) else None


def _methadone_aboard(facts: FactReader, edition: Edition) -> bool:
    """Under way, or taken within 72 hours."""
    if "MTD" in taking(facts, edition):
        return True
    if facts.old("last_long_acting_drug") not in (None, "methadone"):
        return False
    if facts.maybe("mtd_dose") == 0 and facts.old("last_long_acting_dt") is None:
        return False
    within = timedelta(hours=edition.days("bup_after_long_longest_hours"))
    return facts.used_within("last_long_acting_dt", within)


@rule("C62")
def serotonergic_medicines(facts: FactReader, edition: Edition) -> Answer:
    sets = edition.ingredients
    wanted = sets["maoi"] | sets["serotonergic"]
    taken = facts.takes(wanted, "serotonergic", within=_asked_within(facts, edition))
    maoi = taken & sets["maoi"]
    if maoi:
        return RuleSaid(f"MAOI in the past 14 days: {', '.join(sorted(maoi))}.", MAOI)
    return named("Takes", taken)


@rule("C66")
def suicide_risk(facts: FactReader, edition: Edition) -> Answer:
    """High in the last month; an older one asks for a screen until a newer one is done."""
    if facts.is_known("phq9") and (severe := _severe_depression(facts, edition)):
        return severe
    if facts.old("cssrs") == "high" and facts.maybe("cssrs", within=DAY) is None:
        was = f"C-SSRS was high{facts.dated('cssrs')}."
        # The caution goes with the screen of the last month; the task stays.
        says = SCREEN_AND_CAUTION if facts.is_known("cssrs") else SCREEN
        return RuleSaid(was, says, "Was high: screen today.", asks=("cssrs",))
    return first(
        lambda: facts.if_word("cssrs", "high", "C-SSRS high."),
        lambda: _severe_depression(facts, edition),
    )


def _severe_depression(facts: FactReader, edition: Edition) -> str | None:
    if facts.number("phq9") < edition["phq9_severe"]:
        return None
    return f"{facts.said('phq9')}, severe."


@rule("C58")
def seizures(facts: FactReader, _edition: Edition) -> Answer:
    if "unexplained_seizure" in facts.held("ecg_risk"):
        return "An unexplained seizure."
    return facts.if_yes("seizure", "Seizure disorder, or a seizure.")


rules(
    C57=word("alcohol", "active", "Drinks alcohol at present."),
    C63=among("symptoms", "adrenal_insufficiency"),
    C64=among("symptoms", "hypogonadism", "amenorrhoea"),
    C65=always("Buprenorphine that dissolves in the mouth can harm teeth."),
)
