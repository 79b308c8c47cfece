"""C3, first half: liver, kidney, heart, breathing and gut."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from knowledge.editions import Edition
from medications.rules.effects import read_says
from medications.rules.reading import FactReader, first, named
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.shapes import Reason, among, below, either, rules, word, yes

LIVER_TESTS = ("alt", "ast")
# What C36 says where a clinic has raised it; its card names the same in `may_raise`.
RAISED = read_says("NTX_XR,NTX_PO=CONTRAINDICATED")
ECG_FOR_ALL = "This clinic takes an ECG before methadone for everybody."


@rule("C36")
def acute_liver(facts: FactReader, edition: Edition) -> Answer:
    state = facts.word("hepatitis")
    words = {"acute": "Acute hepatitis.", "liver_failure": "Liver failure."}
    because = words.get(state)
    if because and edition.chooses("acute_liver_contraindicates"):
        return RuleSaid(because, RAISED)
    return because


@rule("C37")
def liver_tests_very_high(facts: FactReader, edition: Edition) -> Answer:
    return first(
        *(lambda t=t: _above(facts, t, edition["alt_avoid"]) for t in LIVER_TESTS)
    )


def _above(facts: FactReader, test: str, times: Decimal | int) -> str | None:
    """A liver test above so many times the upper limit of normal."""
    value, limit = facts.number(test), facts.number("uln")
    if value <= times * limit:
        return None
    ratio = value / limit
    return f"{facts.said(test)}, {ratio:.1f} times the upper limit of {limit}."


@rule("C38")
def liver_tests_high(facts: FactReader, edition: Edition) -> Answer:
    known = [t for t in LIVER_TESTS if facts.maybe(t) is not None]
    if any(_above(facts, t, edition["alt_avoid"]) for t in known):
        return None
    return first(
        *(lambda t=t: _above(facts, t, edition["alt_caution"]) for t in LIVER_TESTS)
    )


def _child_pugh(letter: str, low: str, below: str = "") -> Reason:
    """A class of the score, from one number of the knowledge up to another, if any."""

    def is_of_class(facts: FactReader, edition: Edition) -> str | None:
        least, most = edition[low], edition[below] if below else None
        score = facts.number("child_pugh")
        if score < least or (most is not None and score >= most):
            return None
        return f"{facts.said('child_pugh')} (class {letter})."

    return is_of_class


def qtc(facts: FactReader, edition: Edition) -> Decimal:
    """The QTc; one from before a methadone dose change soon counts as old."""
    changed = facts.maybe("mtd_dose_change_dt")
    if changed is None:
        return facts.number("qtc")
    since = facts.as_of - cast("datetime", changed)
    grace = timedelta(edition.days("ecg_after_change_days"))
    return facts.number("qtc", within=since if since > grace else None)


@rule("C45")
def qtc_unremarkable(facts: FactReader, edition: Edition) -> Answer:
    return facts.stated("qtc", qtc(facts, edition) <= edition["qtc_caution"])


@rule("C46")
def qtc_long(facts: FactReader, edition: Edition) -> Answer:
    if not edition["qtc_caution"] < qtc(facts, edition) < edition["qtc_avoid"]:
        return None
    return f"{facts.said('qtc')}: above {edition['qtc_caution']} ms."


@rule("C47")
def qtc_very_long(facts: FactReader, edition: Edition) -> Answer:
    if qtc(facts, edition) < edition["qtc_avoid"]:
        return None
    return f"{facts.said('qtc')}: {edition['qtc_avoid']} ms or more."


@rule("C48")
def ecg_is_due(facts: FactReader, edition: Edition) -> Answer:
    """By risk; for everybody only where the clinic has chosen that."""
    everybody = ECG_FOR_ALL if edition.chooses("ecg_for_all") else None
    return first(
        lambda: facts.among("ecg_risk"),
        lambda: _large_dose(facts, edition),
        lambda: named(
            "QT medicines", facts.members("med_list") & edition.ingredients["qt"]
        ),
        lambda: _earlier_qtc(facts, edition),
        lambda: everybody,
    )


def _large_dose(facts: FactReader, edition: Edition) -> str | None:
    """No dose on record means none is taken here yet."""
    if not facts.maybe("mtd_dose"):
        return None
    return facts.stated("mtd_dose", facts.number("mtd_dose") > edition["mtd_ecg_mg"])


def _earlier_qtc(facts: FactReader, edition: Edition) -> str | None:
    if facts.maybe("qtc") is None:
        return None
    return facts.stated("qtc", facts.number("qtc") > edition["qtc_caution"])


@rule("C49")
def long_qt(facts: FactReader, edition: Edition) -> Answer:
    """Also where congenital long QT is only listed among heart conditions."""
    drugs = edition.ingredients["antiarrhythmic_1a_3"]
    listed = facts.maybe("cardiac")
    if isinstance(listed, frozenset) and "congenital_long_qt" in listed:
        return "Congenital long QT."
    return first(
        lambda: facts.if_yes("long_qt", "Congenital long QT."),
        lambda: named("Takes", facts.members("med_list") & drugs),
    )


@rule("C50")
def breathing_depressed(facts: FactReader, _edition: Edition) -> Answer:
    depressed = facts.among("resp", "respiratory_depression")
    if depressed or facts.maybe("resp_monitoring") is True:
        return depressed
    return facts.among("resp", "acute_asthma", "severe_asthma")


rules(
    C39=_child_pugh("A", "child_pugh_a", "child_pugh_b"),
    C40=_child_pugh("B", "child_pugh_b", "child_pugh_c"),
    C41=_child_pugh("C", "child_pugh_c"),
    C42=either(
        word("hepatitis", "chronic", "Chronic hepatitis."),
        yes("hcv", "Hepatitis C."),
        yes("hbv", "Hepatitis B."),
        yes("hiv", "HIV."),
    ),
    C43=below("crcl", "crcl_caution"),
    C44=yes("dialysis", "On dialysis or with end-stage kidney disease."),
    C51=among("resp", "copd", "cor_pulmonale", "sleep_apnoea", "hypoventilation"),
    C52=among("gi"),
    C59=among("neuro_gi"),
)
