"""Courses of the cohort day by day: the files with many rows a person. Pure."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from interop.cohort.background import said
from interop.cohort.records import (
    CohortAnswer,
    CohortTest,
    Dose,
    Observed,
    Record,
    Visited,
)
from interop.cohort.source import NOMINAL_CONSENT, NotHeld, SourceRow, noon
from knowledge.medicines import medicines

ARMS = {
    "Methadone": "MTD",
    "Outpatient BUP": "BUP_SL",
    "Outpatient BUP + SMM": "BUP_SL",
    "Outpatient BUP + EMM": "BUP_SL",
    "Inpatient BUP": "BUP_SL",
    "Inpatient NR-NTX": "NTX_XR",
}
ANALYTES = {
    "Opioid": "opiate",
    "Thc": "cannabis",
    "Cocaine": "cocaine",
    "Benzodiazepine": "benzodiazepine",
    "Amphetamine": "amphetamine",
    "Methadone": "methadone",
    "Buprenorphine": "buprenorphine",
    "Sedatives": "sedative",
    "Alcohol": "alcohol",
    "Mdma/Hallucinogen": "mdma or hallucinogen",
}
# The groups of the protocol table, as the results name them. What trial 51 tested as
# barbiturates its results call sedatives: no other trial has either.
GROUPS = {
    "Alcohol": "alcohol",
    "Amphetamine": "amphetamine",
    "Barbiturate": "sedative",
    "Benzodiazepine": "benzodiazepine",
    "Buprenorphine": "buprenorphine",
    "THC": "cannabis",
    "Cocaine": "cocaine",
    "Methadone": "methadone",
    "Opioid": "opiate",
}
NOT_TESTED = "NO"
TRIAL_COLUMNS = {"27": "CTN-0027", "30": "CTN-0030", "51": "CTN-0051"}
NOT_FRESH = "0"
# Doses above these are kept and pointed out. Buprenorphine: reference D2 asks for a
# confirmation above 32 mg [P]; methadone: twice what is usual at most, D1 [P].
UNUSUAL_MG = {"BUP_SL": 32, "MTD": 240}
BANDS = {"0": "0 to 4", "1": "5 to 12", "2": "13 to 24", "3": "25 or more"}
VISIT = {"visit": "attended", "final": "attended", "no visit": "missed"}
TEMPERATURE = {"1": "in range", "0": "out of range", "99": "not recorded"}
OPIOIDS = ("Heroin", "Opioid")
DRUGS = ("cocaine", "heroin", "opioid", "speed", "speedball")


class Once:
    """Numbers repeated keys, so that a second row of a day is a second record."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def key(self, text: str) -> tuple[str, bool]:
        """A key that no earlier row had, and whether the text had been seen."""
        self._seen[text] += 1
        count = self._seen[text]
        return (text if count == 1 else f"{text}#{count}", count > 1)


def dose(row: SourceRow, arms: Mapping[int, str], once: Once) -> tuple[Dose, str]:
    """One dispensed dose, and what is odd about it."""
    who, on = row.who(), row.day()
    medication = arms.get(who)
    if medication is None:
        raise NotHeld("the person was never randomized, so the medicine is not known")
    amount = _amount(row)
    key, again = once.key(f"{row.file}:{who}:{row['when']}")
    if medicines()[medication].is_depot:
        given = Dose(who, medication, "administered", on, None, "one injection", key)
        return (
            given,
            "" if amount == 1 else f"amount {amount} where 1 injection belongs",
        )
    odd = [f"a second dose on day {row['when']}"] if again else []
    if amount > UNUSUAL_MG[medication]:
        odd.append(f"{amount} mg is more than {UNUSUAL_MG[medication]} mg")
    return Dose(who, medication, "dispensed", on, amount, "", key), "; ".join(odd)


def _amount(row: SourceRow) -> Decimal:
    try:
        amount = Decimal(row["amount"])
    except InvalidOperation:
        raise NotHeld(f"has {row['amount'][:20]!r} where an amount belongs") from None
    if not amount.is_finite() or not 0 <= amount < 10_000:
        raise NotHeld(f"has the amount {amount}, which cannot be")
    return amount


def arm(row: SourceRow) -> tuple[int, str, int] | None:
    """Person, medicine and day of a first randomization; None for a repeated row."""
    who = row.who()
    if row["which"] != "1":
        return None
    if row["treatment"] not in ARMS:
        raise NotHeld(f"has the arm {row['treatment'][:30]!r}, which is not known")
    return who, ARMS[row["treatment"]], row.number_of("when", "day")


def positive(row: SourceRow) -> Iterator[Record]:
    who, at = row.who(), noon(row.day())
    if row["what"] not in ANALYTES:
        raise NotHeld(f"has the analyte {row['what'][:30]!r}, which is not known")
    analyte = ANALYTES[row["what"]]
    yield CohortTest(who, analyte, at, f"{row.file}:{who}:{row['when']}:{analyte}")


def tested_groups(row: SourceRow) -> dict[str, str]:
    """By trial, the analyte that a substance of the protocol table is tested under."""
    found = {}
    for trial, column in TRIAL_COLUMNS.items():
        group = row[column]
        if group not in (*GROUPS, NOT_TESTED):
            raise NotHeld(f"has the group {group[:20]!r}, which is not known")
        if group != NOT_TESTED:
            found[trial] = GROUPS[group]
    return found


def negatives(
    row: SourceRow, panel: Iterable[str], positives: Container[str]
) -> Iterator[Record]:
    """What a specimen was tested for and was not positive for, as the dictionary
    explains: only positives are on file, and every specimen has its own row.

    A specimen out of range of temperature may not be theirs: nothing is read from it.
    """
    if row["was_temp_ok"] == NOT_FRESH:
        return
    who, at = row.who(), noon(row.day())
    for analyte in panel:
        if analyte not in positives:
            key = f"{row.file}:{who}:{row['when']}:{analyte}"
            yield CohortTest(who, analyte, at, key, "negative")


def specimen(row: SourceRow) -> Iterator[Record]:
    who = row.who()
    words = TEMPERATURE.get(row["was_temp_ok"])
    if words is None:
        raise NotHeld("does not say whether the temperature was in range")
    key = f"{row.file}:{who}:{row['when']}"
    yield Observed(who, "urine_temperature", key, noon(row.day()), text=words)


def used(row: SourceRow) -> Iterator[Record]:
    """A day on which the person said that they used."""
    who, what = row.who(), row["what"]
    if not what:
        raise NotHeld("does not say what was used")
    key = f"{row.file}:{who}:{row['when']}:{what}"
    yield Observed(
        who, f"use_day:{what.lower()}"[:40], key, noon(row.day()), text="used"
    )


def visit(row: SourceRow) -> Iterator[Record]:
    who, on = row.who(), row.day()
    what = row["what"]
    if what not in (*VISIT, "", "MISSING"):
        raise NotHeld(f"has {what[:20]!r} where visit or no visit belongs")
    reasons = tuple(
        column.removeprefix("is_")
        for column, cell in row.values.items()
        if column.startswith("is_") and cell == "1"
    )
    key = f"{row.file}:{who}:{row['visit']}:{row['when']}"
    status = VISIT.get(what, "unknown")
    yield Visited(who, on, row["visit"].lower()[:40], status, reasons, key)


def withdrawal(row: SourceRow) -> Iterator[Record]:
    """A banded level, which is no total of an instrument."""
    who = row.who()
    if row["withdrawal"] not in BANDS:
        raise NotHeld("does not give one of the four withdrawal levels")
    yield Observed(
        who,
        "withdrawal_band",
        f"{row.file}:{who}:{row.values.get('what', '')}:{row['when']}",
        noon(row.day()),
        value=int(row["withdrawal"]),
        text=f"level {row['withdrawal']} of 3 (COWS or SOWS {BANDS[row['withdrawal']]})",
    )


def pain(row: SourceRow) -> Iterator[Record]:
    who = row.who()
    text = said(row, "pain")
    if text is None:
        raise NotHeld("pain was not answered")
    key = f"{row.file}:{who}:{row['when']}"
    yield Observed(who, "pain_severity", key, noon(row.day()), text=text)


def risk_behaviour(row: SourceRow) -> Iterator[Record]:
    """Days of use in the 30 before consent, by drug."""
    who, what = row.who(), row["what"]
    if what not in DRUGS:
        raise NotHeld(f"has the drug {what[:20]!r}, which is not known")
    days = row.number_of("days", "number of days")
    if not 0 <= days <= 30:
        raise NotHeld(f"has {days} days of 30")
    yield Observed(
        who,
        f"days_of_30:{what}",
        f"{row.file}:{who}:{what}",
        noon(NOMINAL_CONSENT),
        value=days,
        unit="days of 30",
    )


INJECTING = ("days", "max", "amount", "shared")
BY_DRUG = tuple(f"{drug}_inject_days" for drug in DRUGS)


def injecting(row: SourceRow) -> Iterator[Record]:
    who = row.who()
    told = [c for c in (*INJECTING, *BY_DRUG) if said(row, c) is not None]
    if not told:
        raise NotHeld("nothing about injecting was answered")
    for column in told:
        yield Observed(
            who,
            f"injecting:{column}",
            f"{row.file}:{who}:{column}",
            noon(NOMINAL_CONSENT),
            text=row[column],
        )
    if told[0] == "days" and row.number_of("days", "number of days") > 0:
        yield CohortAnswer(who, "route", ["injecting"], noon(NOMINAL_CONSENT))


def withdrawal_management(row: SourceRow) -> Iterator[Record]:
    who = row.who()
    if row["what"] not in ("admission", "discharge"):
        raise NotHeld("says neither admission nor discharge")
    key = f"{row.file}:{who}:{row['what']}:{row['when']}"
    yield Observed(who, "withdrawal_management", key, noon(row.day()), text=row["what"])


def trial_day(row: SourceRow, column: str, kind: str) -> Iterator[Record]:
    """A day on which the person was at the trial's site."""
    who = row.who()
    key = f"{row.file}:{who}:{column}"
    yield Visited(who, row.day(column), kind, "attended", (), key)
