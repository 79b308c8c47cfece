"""C3, second half: sedatives, alcohol, other medicines, symptoms."""

from knowledge.editions import Edition
from knowledge.medicines import medicines
from medications.rules.effects import Effect, Say
from medications.rules.reading import Reading, first, named
from medications.rules.registry import Answer, RuleSaid, rule

ANTAGONIST_ORDERS = frozenset(medicines().keys) - {"MTD", "BUP_LOW"}
# By itself on a list of medicines it is the kit for an overdose, which everybody on
# methadone should have; naloxone given on purpose is a challenge.
RESCUE = frozenset(["naloxone"])
SEDATING = ("benzodiazepine", "alcohol")


def medicine_list(look: Reading, *also: str) -> frozenset[str]:
    """Everything known to be taken; unanswered only where nothing was asked."""
    stated = [look.maybe(name) for name in ("med_list", *also)]
    known = [s for s in stated if isinstance(s, frozenset)]
    return frozenset().union(*known) if known else look.members("med_list")


@rule("C53")
def takes_sedatives(look: Reading, edition: Edition) -> Answer:
    depressants = edition.ingredients["cns_depressant"]
    if look.maybe("alcohol") == "active":
        return "Drinks alcohol at present."
    medicine = look.maybe("med_list")
    found = medicine & depressants if isinstance(medicine, frozenset) else frozenset()
    return named("Takes", found) or look.among("sedatives")


@rule("C54")
def sedated_at_dosing(look: Reading, _edition: Edition) -> Answer:
    state = look.word("dosing_assess")
    return None if state == "alert" else f"At dosing: {state}."


@rule("C55")
def alcohol_withdrawal(look: Reading, edition: Edition) -> Answer:
    return first(lambda: _ciwa(look, edition), lambda: _seizures(look))


def _ciwa(look: Reading, edition: Edition) -> str | None:
    high = look.number("ciwa") >= edition["ciwa_withdrawal"]
    return f"{look.said('ciwa')}." if high else None


def _seizures(look: Reading) -> str | None:
    if not look.yes("seizure"):
        return None
    sedating = look.among("sedatives", *SEDATING)
    return f"Seizure history. {sedating}" if sedating else None


@rule("C56")
def alcohol_and_opioid_free(look: Reading, edition: Edition) -> Answer:
    cut = "audit_c_men" if look.maybe("sex") == "male" else "audit_c_others"
    if look.number("audit_c") < edition[cut] or not look.yes("opioid_free"):
        return None
    return f"{look.said('audit_c')}, positive; being opioid-free is possible."


@rule("C57")
def drinking_at_start(look: Reading, _edition: Edition) -> Answer:
    active = look.word("alcohol") == "active"
    return "Drinks alcohol at present." if active else None


@rule("C58")
def seizures(look: Reading, _edition: Edition) -> Answer:
    return "Seizure disorder." if look.yes("seizure") else None


@rule("C60")
def inducers(look: Reading, edition: Edition) -> Answer:
    sets = edition.ingredients
    taken = medicine_list(look, "inducer", "arv")
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
def inhibitors(look: Reading, edition: Edition) -> Answer:
    sets = edition.ingredients
    taken = medicine_list(look, "inhibitor", "arv")
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
def hiv_medicines(look: Reading, edition: Edition) -> Answer:
    taken = medicine_list(look, "arv") & edition.ingredients["arv_mtd_down"]
    return named("Takes", taken)


@rule("C61b")
def would_precipitate(look: Reading, edition: Edition) -> Answer:
    if not _takes_methadone(look):
        return None
    taken = medicine_list(look) & (edition.ingredients["precipitate_on_mtd"] - RESCUE)
    if look.maybe("challenge") == "ordered":
        taken |= {"naloxone challenge"}
    orders = look.maybe("order")
    ordered = (
        orders & ANTAGONIST_ORDERS if isinstance(orders, frozenset) else frozenset()
    )
    return named("On methadone, with", taken | ordered)


def _takes_methadone(look: Reading) -> bool:
    return bool(look.maybe("mtd_dose")) or "methadone" in medicine_list(look)


@rule("C62")
def serotonergic_medicines(look: Reading, edition: Edition) -> Answer:
    taken = medicine_list(look, "serotonergic")
    maoi = taken & edition.ingredients["maoi"]
    if maoi:
        says = (Say("MTD", Effect.AVOID), Say("BUP_SL", Effect.AVOID))
        return RuleSaid(f"MAOI in the past 14 days: {', '.join(sorted(maoi))}.", says)
    return named("Takes", taken & edition.ingredients["serotonergic"])


@rule("C63")
def adrenal_insufficiency(look: Reading, _edition: Edition) -> Answer:
    return look.among("symptoms", "adrenal_insufficiency")


@rule("C64")
def low_sex_hormones(look: Reading, _edition: Edition) -> Answer:
    return look.among("symptoms", "hypogonadism", "amenorrhoea")


@rule("C65")
def teeth(_look: Reading, _edition: Edition) -> Answer:
    return "Buprenorphine that dissolves in the mouth can harm teeth."


@rule("C66")
def suicide_risk(look: Reading, edition: Edition) -> Answer:
    return first(
        lambda: "C-SSRS high." if look.word("cssrs") == "high" else None,
        lambda: _severe_depression(look, edition),
    )


def _severe_depression(look: Reading, edition: Edition) -> str | None:
    severe = look.number("phq9") >= edition["phq9_severe"]
    return f"{look.said('phq9')}, severe." if severe else None
