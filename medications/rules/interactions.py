"""C3, second half: sedatives, alcohol, other medicines, symptoms."""

from knowledge.editions import Edition
from knowledge.medicines import medicines
from medications.rules.effects import Effect, Say
from medications.rules.reading import FactReader, first, named
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.shapes import always, among, rules, word, yes

ANTAGONIST_ORDERS = frozenset(medicines().keys) - {"MTD", "BUP_LOW"}
# By itself on a list of medicines it is the kit for an overdose, which everybody on
# methadone should have; naloxone given on purpose is a challenge.
RESCUE = frozenset(["naloxone"])
SEDATING = ("benzodiazepine", "alcohol")


def medicine_list(facts: FactReader, *also: str) -> frozenset[str]:
    """Everything known to be taken; unanswered only where nothing was asked."""
    stated = [facts.maybe(name) for name in ("med_list", *also)]
    known = [s for s in stated if isinstance(s, frozenset)]
    return frozenset().union(*known) if known else facts.members("med_list")


@rule("C53")
def takes_sedatives(facts: FactReader, edition: Edition) -> Answer:
    depressants = edition.ingredients["cns_depressant"]
    if facts.maybe("alcohol") == "active":
        return "Drinks alcohol at present."
    medicine = facts.maybe("med_list")
    found = medicine & depressants if isinstance(medicine, frozenset) else frozenset()
    return named("Takes", found) or facts.among("sedatives")


@rule("C54")
def sedated_at_dosing(facts: FactReader, _edition: Edition) -> Answer:
    state = facts.word("dosing_assess")
    return None if state == "alert" else f"At dosing: {state}."


@rule("C55")
def alcohol_withdrawal(facts: FactReader, edition: Edition) -> Answer:
    return first(
        lambda: facts.stated(
            "ciwa", facts.number("ciwa") >= edition["ciwa_withdrawal"]
        ),
        lambda: _seizures(facts),
    )


def _seizures(facts: FactReader) -> str | None:
    if not facts.yes("seizure"):
        return None
    sedating = facts.among("sedatives", *SEDATING)
    return f"Seizure history. {sedating}" if sedating else None


@rule("C56")
def alcohol_and_opioid_free(facts: FactReader, edition: Edition) -> Answer:
    cut = "audit_c_men" if facts.maybe("sex") == "male" else "audit_c_others"
    if facts.number("audit_c") < edition[cut] or not facts.yes("opioid_free"):
        return None
    return f"{facts.said('audit_c')}, positive; being opioid-free is possible."


@rule("C60")
def inducers(facts: FactReader, edition: Edition) -> Answer:
    sets = edition.ingredients
    taken = medicine_list(facts, "inducer", "arv")
    mtd = taken & sets["mtd_down"]
    bup = taken & sets["bup_down"]
    says = [Say("MTD", Effect.CAUTION), Say("MTD", Effect.ACTION)] if mtd else []
    says += [Say("BUP_SL", Effect.CAUTION)] if bup else []
    because = named("Takes", mtd | bup)
    return (
        RuleSaid(f"{because} Opioid medication is broken down faster.", tuple(says))
        if because
        else None
    )


@rule("C61")
def inhibitors(facts: FactReader, edition: Edition) -> Answer:
    sets = edition.ingredients
    taken = medicine_list(facts, "inhibitor", "arv")
    mtd, bup = taken & sets["mtd_up"], taken & sets["bup_up"]
    says = [Say("MTD", Effect.CAUTION)] if mtd else []
    says += [Say("BUP_SL", Effect.CAUTION)] if bup else []
    because = named("Takes", mtd | bup)
    return (
        RuleSaid(
            f"{because} Opioid medication is broken down more slowly.", tuple(says)
        )
        if because
        else None
    )


@rule("C61a")
def hiv_medicines(facts: FactReader, edition: Edition) -> Answer:
    taken = medicine_list(facts, "arv") & edition.ingredients["arv_mtd_down"]
    return named("Takes", taken)


@rule("C61b")
def would_precipitate(facts: FactReader, edition: Edition) -> Answer:
    if not facts.maybe("mtd_dose") and "methadone" not in medicine_list(facts):
        return None
    taken = medicine_list(facts) & (edition.ingredients["precipitate_on_mtd"] - RESCUE)
    if facts.maybe("challenge") == "ordered":
        taken |= {"naloxone challenge"}
    orders = facts.maybe("order")
    ordered = (
        orders & ANTAGONIST_ORDERS if isinstance(orders, frozenset) else frozenset()
    )
    return named("On methadone, with", taken | ordered)


@rule("C62")
def serotonergic_medicines(facts: FactReader, edition: Edition) -> Answer:
    taken = medicine_list(facts, "serotonergic")
    maoi = taken & edition.ingredients["maoi"]
    if maoi:
        says = (Say("MTD", Effect.AVOID), Say("BUP_SL", Effect.AVOID))
        return RuleSaid(f"MAOI in the past 14 days: {', '.join(sorted(maoi))}.", says)
    return named("Takes", taken & edition.ingredients["serotonergic"])


@rule("C66")
def suicide_risk(facts: FactReader, edition: Edition) -> Answer:
    return first(
        lambda: facts.if_word("cssrs", "high", "C-SSRS high."),
        lambda: (
            f"{facts.said('phq9')}, severe."
            if facts.number("phq9") >= edition["phq9_severe"]
            else None
        ),
    )


rules(
    C57=word("alcohol", "active", "Drinks alcohol at present."),
    C58=yes("seizure", "Seizure disorder."),
    C63=among("symptoms", "adrenal_insufficiency"),
    C64=among("symptoms", "hypogonadism", "amenorrhoea"),
    C65=always("Buprenorphine that dissolves in the mouth can harm teeth."),
)
