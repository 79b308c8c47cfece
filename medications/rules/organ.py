"""C3, first half: liver, kidney, heart, breathing and gut."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from knowledge.editions import Edition
from medications.rules.effects import read_says
from medications.rules.reading import Reading, first, named
from medications.rules.registry import Answer, RuleSaid, rule

LIVER_TESTS = ("alt", "ast")
# What C36 says where a clinic has raised it; its card names the same in `may_raise`.
RAISED = read_says("NTX_XR,NTX_PO=CONTRAINDICATED")
ECG_FOR_ALL = "This clinic takes an ECG before methadone for everybody."


@rule("C36")
def acute_liver(look: Reading, edition: Edition) -> Answer:
    state = look.word("hepatitis")
    words = {"acute": "Acute hepatitis.", "liver_failure": "Liver failure."}
    because = words.get(state)
    if because and edition.chooses("acute_liver_contraindicates"):
        return RuleSaid(because, RAISED)
    return because


@rule("C37")
def liver_tests_very_high(look: Reading, edition: Edition) -> Answer:
    return first(
        *(lambda t=t: _above(look, t, edition["alt_avoid"]) for t in LIVER_TESTS)
    )


def _above(look: Reading, test: str, times: Decimal | int) -> str | None:
    """A liver test above so many times the upper limit of normal."""
    value, limit = look.number(test), look.number("uln")
    if value <= times * limit:
        return None
    ratio = value / limit
    return f"{look.said(test)}, {ratio:.1f} times the upper limit of {limit}."


@rule("C38")
def liver_tests_high(look: Reading, edition: Edition) -> Answer:
    known = [t for t in LIVER_TESTS if look.maybe(t) is not None]
    if any(_above(look, t, edition["alt_avoid"]) for t in known):
        return None
    return first(
        *(lambda t=t: _above(look, t, edition["alt_caution"]) for t in LIVER_TESTS)
    )


@rule("C39")
def child_pugh_a(look: Reading, edition: Edition) -> Answer:
    return _child_pugh(look, edition["child_pugh_a"], edition["child_pugh_b"], "A")


@rule("C40")
def child_pugh_b(look: Reading, edition: Edition) -> Answer:
    return _child_pugh(look, edition["child_pugh_b"], edition["child_pugh_c"], "B")


@rule("C41")
def child_pugh_c(look: Reading, edition: Edition) -> Answer:
    return _child_pugh(look, edition["child_pugh_c"], 16, "C")


def _child_pugh(
    look: Reading, low: Decimal | int, below: Decimal | int, letter: str
) -> str | None:
    if not low <= look.number("child_pugh") < below:
        return None
    return f"{look.said('child_pugh')} (class {letter})."


@rule("C42")
def stable_viral_infection(look: Reading, _edition: Edition) -> Answer:
    return first(
        lambda: "Chronic hepatitis." if look.word("hepatitis") == "chronic" else None,
        lambda: "Hepatitis C." if look.yes("hcv") else None,
        lambda: "Hepatitis B." if look.yes("hbv") else None,
        lambda: "HIV." if look.yes("hiv") else None,
    )


@rule("C43")
def kidney_clearance(look: Reading, edition: Edition) -> Answer:
    if look.number("crcl") >= edition["crcl_caution"]:
        return None
    return f"{look.said('crcl')}."


@rule("C44")
def dialysis(look: Reading, _edition: Edition) -> Answer:
    if not look.yes("dialysis"):
        return None
    return "On dialysis or with end-stage kidney disease."


def qtc(look: Reading, edition: Edition) -> Decimal:
    """The QTc; one from before a methadone dose change soon counts as old."""
    changed = look.maybe("mtd_dose_change_dt")
    if changed is None:
        return look.number("qtc")
    since = look.as_of - cast("datetime", changed)
    grace = timedelta(edition.days("ecg_after_change_days"))
    return look.number("qtc", within=since if since > grace else None)


@rule("C45")
def qtc_unremarkable(look: Reading, edition: Edition) -> Answer:
    if qtc(look, edition) > edition["qtc_caution"]:
        return None
    return f"{look.said('qtc')}."


@rule("C46")
def qtc_long(look: Reading, edition: Edition) -> Answer:
    if not edition["qtc_caution"] < qtc(look, edition) < edition["qtc_avoid"]:
        return None
    return f"{look.said('qtc')}: above {edition['qtc_caution']} ms."


@rule("C47")
def qtc_very_long(look: Reading, edition: Edition) -> Answer:
    if qtc(look, edition) < edition["qtc_avoid"]:
        return None
    return f"{look.said('qtc')}: {edition['qtc_avoid']} ms or more."


@rule("C48")
def ecg_is_due(look: Reading, edition: Edition) -> Answer:
    """By risk; for everybody only where the clinic has chosen that."""
    everybody = ECG_FOR_ALL if edition.chooses("ecg_for_all") else None
    return first(
        lambda: look.among("ecg_risk"),
        lambda: _large_dose(look, edition),
        lambda: named(
            "QT medicines", look.members("med_list") & edition.ingredients["qt"]
        ),
        lambda: _earlier_qtc(look, edition),
        lambda: everybody,
    )


def _large_dose(look: Reading, edition: Edition) -> str | None:
    """No dose on record means none is taken here yet."""
    if not look.maybe("mtd_dose"):
        return None
    large = look.number("mtd_dose") > edition["mtd_ecg_mg"]
    return f"{look.said('mtd_dose')}." if large else None


def _earlier_qtc(look: Reading, edition: Edition) -> str | None:
    if look.maybe("qtc") is None or look.number("qtc") <= edition["qtc_caution"]:
        return None
    return f"{look.said('qtc')}."


@rule("C49")
def long_qt(look: Reading, edition: Edition) -> Answer:
    """Also where congenital long QT is only listed among heart conditions."""
    drugs = edition.ingredients["antiarrhythmic_1a_3"]
    listed = look.maybe("cardiac")
    if isinstance(listed, frozenset) and "congenital_long_qt" in listed:
        return "Congenital long QT."
    return first(
        lambda: "Congenital long QT." if look.yes("long_qt") else None,
        lambda: named("Takes", look.members("med_list") & drugs),
    )


@rule("C50")
def breathing_depressed(look: Reading, _edition: Edition) -> Answer:
    depressed = look.among("resp", "respiratory_depression")
    if depressed or look.maybe("resp_monitoring") is True:
        return depressed
    return look.among("resp", "acute_asthma", "severe_asthma")


@rule("C51")
def breathing_conditions(look: Reading, _edition: Edition) -> Answer:
    return look.among(
        "resp", "copd", "cor_pulmonale", "sleep_apnoea", "hypoventilation"
    )


@rule("C52")
def gut_obstruction(look: Reading, _edition: Edition) -> Answer:
    return look.among("gi")


@rule("C59")
def head_or_abdomen(look: Reading, _edition: Edition) -> Answer:
    return look.among("neuro_gi")
