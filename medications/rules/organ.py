"""C3, first half: liver, kidney, heart, breathing and gut."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from assessments.facts import FACTS, NEVER
from knowledge.editions import Edition
from medications.rules.effects import read_says
from medications.rules.reading import FactReader, first, named
from medications.rules.registry import Answer, RuleSaid, rule
from medications.rules.shapes import Reason, among, below, either, rules, word, yes

LIVER_TESTS = ("alt", "ast")
WEAK_HEART = ("heart_failure", "recent_mi", "marked_bradycardia")
DEPRESSED = "respiratory_depression"
ASTHMA = ("acute_asthma", "severe_asthma")
LONG_STANDING = (
    "copd",
    "cor_pulmonale",
    "sleep_apnoea",
    "hypoventilation",
    "home_oxygen",
)
# What depressed breathing of some hours ago still asks for.
STAYS = read_says("MTD,BUP_SL,BUP_LOW,BUP_XR=CAUTION")
# What C49 says where a clinic has lowered the stop of the depot.
LOWERED = read_says("MTD=AVOID; BUP_SL,BUP_LOW,BUP_XR=CAUTION; BUP_SL=ACTION")
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
    """Up to five times; above that, where the test is out of date, it stays a caution."""
    for test in LIVER_TESTS:
        if facts.maybe(test) is None and _was_above(facts, test, edition):
            because = f"{facts.said(test)}, very high then: repeat now."
            return RuleSaid(because, asks=(test,))
    known = [t for t in LIVER_TESTS if facts.maybe(t) is not None]
    if any(_above(facts, t, edition["alt_avoid"]) for t in known):
        return None
    return first(
        *(lambda t=t: _above(facts, t, edition["alt_caution"]) for t in LIVER_TESTS)
    )


def _was_above(facts: FactReader, test: str, edition: Edition) -> bool:
    value, limit = facts.old(test), facts.old("uln")
    if value is None or limit is None:
        return False
    return Decimal(str(value)) > edition["alt_avoid"] * Decimal(str(limit))


def _child_pugh(letter: str, low: str, below: str = "") -> Reason:
    """A class of the score, from one number of the knowledge up to another, if any.

    Asked only where liver disease is known.
    """

    def is_of_class(facts: FactReader, edition: Edition) -> str | None:
        if facts.maybe("child_pugh") is None and not _has_liver_disease(facts):
            return None
        least, most = edition[low], edition[below] if below else None
        score = facts.number("child_pugh")
        if score < least or (most is not None and score >= most):
            return None
        return f"{facts.said('child_pugh')} (class {letter})."

    return is_of_class


def _has_liver_disease(facts: FactReader) -> bool:
    """Known from whichever fact holds it; asked by one question of its own."""
    if "cirrhosis" in facts.held("medical"):
        return True
    return facts.word("hepatitis") != "none"


def qtc(facts: FactReader, edition: Edition) -> Decimal:
    """The QTc; one from before a methadone dose change soon counts as old, unless it was
    long."""
    changed = facts.maybe("mtd_dose_change_dt")
    known = facts.maybe_number("qtc")
    was_long = known is not None and known > edition["qtc_caution"]
    if changed in (None, NEVER) or was_long:
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
    """By risk, from whichever fact holds it; for everybody only where a clinic chose so."""
    everybody = ECG_FOR_ALL if edition.chooses("ecg_for_all") else None
    return first(
        lambda: facts.among_held("ecg_risk", *FACTS["ecg_risk"].choices),
        lambda: facts.among_held("cardiac", *WEAK_HEART),
        lambda: "Heart failure." if "heart_failure" in facts.held("medical") else None,
        lambda: _large_dose(facts, edition),
        lambda: named("QT medicines", facts.medicines() & edition.ingredients["qt"]),
        lambda: _cocaine(facts),
        lambda: _earlier_qtc(facts, edition),
        lambda: everybody,
        lambda: facts.among("ecg_risk"),
        lambda: facts.among("cardiac", *WEAK_HEART),
        lambda: named("QT medicines", facts.takes(edition.ingredients["qt"])),
    )


def _cocaine(facts: FactReader) -> str | None:
    return "Urine positive for cocaine." if "cocaine" in facts.held("udt") else None


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
    """Also where it is only listed among heart conditions, or shown by a medicine."""
    taken = facts.medicines() & edition.ingredients["antiarrhythmic_1a_3"]
    if taken:
        return _of_a_clinic(named("Takes", taken), edition)
    if "congenital_long_qt" in facts.held("cardiac"):
        return _of_a_clinic("Congenital long QT.", edition)
    return _of_a_clinic(facts.if_yes("long_qt", "Congenital long QT."), edition)


def _of_a_clinic(because: str | None, edition: Edition) -> Answer:
    """A clinic may lower the stop of the depot to a caution."""
    if because is None or not edition.chooses("long_qt_depot_caution"):
        return because
    return RuleSaid(because, LOWERED)


@rule("C50")
def breathing_depressed(facts: FactReader, _edition: Edition) -> Answer:
    """What was seen more than two hours ago stays a caution until somebody looks again."""
    monitored = facts.maybe("resp_monitoring") is True
    troubles = (DEPRESSED,) if monitored else (DEPRESSED, *ASTHMA)
    now = facts.among_held("resp", *troubles)
    if now:
        return now
    before = facts.old("resp")
    if isinstance(before, frozenset) and not before.isdisjoint(troubles):
        trouble = "depressed" if DEPRESSED in before else "hard"
        because = f"Breathing was {trouble}{facts.dated('resp')}: look again."
        return RuleSaid(because, STAYS, asks=("resp",))
    return facts.among("resp", *troubles)


@rule("C51")
def breathes_badly(facts: FactReader, _edition: Edition) -> Answer:
    """Long-standing lung disease, from whichever fact holds it."""
    return (
        facts.among_held("resp", *LONG_STANDING)
        or facts.among_held("medical", "copd", "sleep_apnoea", "home_oxygen")
        or facts.among("resp", *LONG_STANDING)
    )


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
    C52=among("gi"),
    C59=among("neuro_gi"),
)
