"""Background of the cohort at consent: the files with one row a person. Pure."""

from collections.abc import Iterator

from interop.cohort.records import CohortAnswer, Observed, Record
from interop.cohort.source import NOMINAL_CONSENT, NotHeld, SourceRow, noon

CONSENT = noon(NOMINAL_CONSENT)
BLANK = ("", "NA", "Missing")
ASKED_NOT_TOLD = ("Not answered", "Refused/missing")
WORK = {
    "Full Time": "working",
    "Part Time": "working",
    "Student": "student",
}
AGE_LOW, AGE_HIGH = 12, 110
HISTORY = {
    "has_schizophrenia": "schizophrenia",
    "has_major_dep": "major depression",
    "has_bipolar": "bipolar disorder",
    "has_anx_pan": "anxiety or panic disorder",
    "has_brain_damage": "brain damage",
    "has_epilepsy": "epilepsy",
    "depression": "depression, ASI lifetime",
    "anxiety": "anxiety, ASI lifetime",
    "schizophrenia": "psychosis, ASI lifetime",
    "has_opiates_dx": "opioid diagnosis",
    "has_alcol_dx": "alcohol diagnosis",
    "has_amphetamines_dx": "amphetamine diagnosis",
    "has_cannabis_dx": "cannabis diagnosis",
    "has_cocaine_dx": "cocaine diagnosis",
    "has_sedatives_dx": "sedative diagnosis",
}
MENTAL = {
    "has_major_dep": "depression",
    "has_bipolar": "bipolar",
    "has_schizophrenia": "psychosis",
    "has_anx_pan": "anxiety",
}


def said(row: SourceRow, column: str) -> str | None:
    """What was answered; None where nobody asked or wrote it down."""
    return None if row[column] in BLANK else row[column]


def remark(
    row: SourceRow, code: str, column: str, unit: str = ""
) -> Iterator[Observed]:
    """A word or number of a person's background, kept as it stands."""
    text = said(row, column)
    if text is not None:
        yield Observed(
            row.who(),
            code,
            f"{row.file}:{row.who()}:{column}",
            CONSENT,
            text=text,
            unit=unit,
        )


def yes_no(row: SourceRow, column: str) -> bool | None:
    text = row[column]
    if text in ("Yes", "No"):
        return text == "Yes"
    if text in BLANK or text in ASKED_NOT_TOLD:
        return None
    raise NotHeld(f"has {text[:20]!r} in {column}, where Yes or No belongs")


def demographics(row: SourceRow) -> Iterator[Record]:
    who = row.who()
    if said(row, "age") is not None:
        age = row.number_of("age", "age")
        if not AGE_LOW <= age <= AGE_HIGH:
            raise NotHeld(f"has the age {age}, which cannot be")
        yield CohortAnswer(who, "age", age, CONSENT)
    if row["is_living_stable"] in ("Yes", "No"):
        stable = row["is_living_stable"] == "Yes"
        yield CohortAnswer(who, "housing", "stable" if stable else "unstable", CONSENT)
    if row["job"] in WORK:
        yield CohortAnswer(who, "employment", WORK[row["job"]], CONSENT)
    for column in ("race", "is_hispanic", "job", "education", "marital"):
        if row[column] not in ASKED_NOT_TOLD:
            yield from remark(row, f"background:{column}", column)


def psychiatric(row: SourceRow) -> Iterator[Record]:
    """Histories as told; a diagnosis of the trial is not a count of DSM-5 criteria."""
    who = row.who()
    for column, name in HISTORY.items():
        told = yes_no(row, column)
        if told is not None:
            yield Observed(
                who,
                f"history:{name}",
                f"{row.file}:{who}:{column}",
                CONSENT,
                text="yes" if told else "no",
            )
    # None of these is known to be absent unless all four were answered.
    asked = {column: yes_no(row, column) for column in MENTAL}
    present = sorted(MENTAL[column] for column, answer in asked.items() if answer)
    if present or None not in asked.values():
        yield CohortAnswer(who, "mental", present, CONSENT)
    epilepsy = yes_no(row, "has_epilepsy")
    if epilepsy is not None:
        yield CohortAnswer(who, "seizure", epilepsy, CONSENT)


def asi(row: SourceRow) -> Iterator[Record]:
    """Ever injected: history, not the way it is used now."""
    if yes_no(row, "used_iv") is not None:
        yield from remark(row, "history:injected", "used_iv")


def qol(row: SourceRow) -> Iterator[Record]:
    homeless = yes_no(row, "is_homeless")
    if homeless is not None:
        yield from remark(row, "background:without_home", "is_homeless")
    if homeless:
        yield CohortAnswer(row.who(), "housing", "unhoused", CONSENT)


def fagerstrom(row: SourceRow) -> Iterator[Record]:
    smokes = yes_no(row, "is_smoker")
    who = row.who()
    if smokes is not None:
        yield CohortAnswer(who, "tobacco", smokes, CONSENT)
    if said(row, "ftnd") is not None:
        score = row.number_of("ftnd", "score")
        if not 0 <= score <= 10:
            raise NotHeld(f"has the Fagerström score {score}, outside 0 to 10")
        yield Observed(
            who, "ftnd", f"{row.file}:{who}:ftnd", CONSENT, value=score, unit="of 10"
        )
    yield from remark(row, "cigarettes_a_day", "per_day")
