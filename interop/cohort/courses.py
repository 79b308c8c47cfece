"""Courses of the cohort day by day: the files with many rows a person. Pure."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from interop.cohort.columns import CONSENT, DECLARED, said, yes_no
from interop.cohort.records import (
    CohortAnswer,
    CohortTest,
    Dose,
    Observed,
    Randomization,
    Record,
    Visited,
)
from interop.cohort.source import NotHeld, SourceRow, noon
from knowledge.medicines import medicines

ARMS, ANALYTES = DECLARED["arms"], DECLARED["analytes"]
COUNSELLING = DECLARED["counselling"]
GROUPS, MENTAL = DECLARED["groups"], DECLARED["mental"]
NOT_TESTED = "NO"
TRIAL_COLUMNS = {"27": "CTN-0027", "30": "CTN-0030", "51": "CTN-0051"}
NOT_FRESH = "0"
# Doses above these are kept and pointed out. Buprenorphine: reference D2 asks for a
# confirmation above 32 mg [P]; methadone: twice what is usual at most, D1 [P].
UNUSUAL_MG = {"BUP_SL": 32, "MTD": 240}
DIED, LEFT = "dead", "left_study"
VISIT = {"visit": "attended", "final": "attended", "no visit": "missed"}
OPIOIDS = ("Heroin", "Opioid")


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


def randomization(row: SourceRow) -> Randomization:
    """The first or second drawing of one person."""
    who, arm = row.who(), row["treatment"]
    if arm not in ARMS:
        raise NotHeld(f"has the arm {arm[:30]!r}, which is not known")
    which = row.number_of("which", "number of the randomization")
    return Randomization(who, which, arm, ARMS[arm], row.day())


def arm_records(drawn: Randomization) -> Iterator[Record]:
    """The arm as the trial calls it, and the counselling that was drawn with it."""
    key, at = f"randomization.csv:{drawn.who}:{drawn.which}", noon(drawn.on)
    arm = Observed(drawn.who, "randomization", key, at, drawn.which, drawn.arm)
    yield arm
    if drawn.arm in COUNSELLING:
        words = COUNSELLING[drawn.arm]
        yield Observed(drawn.who, "counselling", f"{key}:c", at, text=words)


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


def visit(row: SourceRow) -> Iterator[Record]:
    who, on = row.who(), row.day_if_known()
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


def illnesses(row: SourceRow) -> Iterator[Record]:
    """Conditions of the mind that are present; none of them is known to be absent
    unless all four were answered."""
    asked = {column: yes_no(row, column) for column in MENTAL}
    present = sorted(MENTAL[column] for column, answer in asked.items() if answer)
    if present or None not in asked.values():
        yield CohortAnswer(row.who(), "mental", present, CONSENT)


def injecting(row: SourceRow) -> Iterator[Record]:
    """Whoever injected in the 30 days before consent."""
    if said(row, "days") and row.number_of("days", "number of days") > 0:
        yield CohortAnswer(row.who(), "route", ["injecting"], CONSENT)


def trial_day(row: SourceRow, column: str, kind: str) -> Iterator[Record]:
    """A day on which the person was at the trial's site."""
    who = row.who()
    key = f"{row.file}:{who}:{column}"
    yield Visited(who, row.day(column), kind, "attended", (), key)
