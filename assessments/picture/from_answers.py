"""Facts from intake answers: as answered, and as they follow from several. No Django."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from assessments.facts import FACTS
from assessments.picture.from_substances import ASKED as OF_ROWS
from assessments.picture.from_substances import (
    Answered,
    Fact,
    days_in,
    told_by_rows,
    yes_no,
)
from assessments.picture.sources import Stated, Subject

SOURCES = {
    "person": "intake",
    "record": "intake, from a record",
    "estimate": "intake, estimated",
}

# What intakes asked of each earlier medicine before they asked for every episode:
# tried, months, highest dose, doses, helped.
TRIALS = {
    "BUP_SL": ("bup_exposure", "bup_months", "bup_highest", "", "bup_helped"),
    "MTD": ("mtd_tried", "mtd_months", "mtd_highest", "", "mtd_helped"),
    "NTX_XR": ("ntx_tried", "", "", "ntx_doses", "ntx_helped"),
}
NOT_AT_WORK = ("retired", "unable", "looking", "not_looking")
# Where the first answer is this value, the second fact follows from its meaning.
FOLLOWS: tuple[tuple[str, object, str, object], ...] = (
    ("bup_exposure", False, "history_pw", "no"),
    ("mtd_dose", 0, "mtd_day", 0),
    ("mtd_dose", 0, "mtd_dose_change_dt", "never"),
    *(("audit_c.frequency", code, "alcohol", "active") for code in "1234"),
    *(("employment", work, "shift", "no") for work in NOT_AT_WORK),
    *(("employment", work, "occupation", []) for work in NOT_AT_WORK),
)
DRANK, FREQUENCY = "alcohol_before", "audit_c.frequency"
# Lists that hold what other questions ask: the fact, and what each answer adds to it.
ADDED: Mapping[str, Mapping[str, Mapping[object, str]]] = {
    "medical": {
        "resp": {
            "copd": "copd",
            "asthma": "asthma",
            "severe_asthma": "asthma",
            "acute_asthma": "asthma",
            "sleep_apnoea": "sleep_apnoea",
        },
        "cardiac": {"heart_failure": "heart_failure"},
        "dialysis": {True: "kidney_disease"},
        "infection": {True: "infection_from_use"},
    },
    "cardiac": {
        "long_qt": {True: "congenital_long_qt"},
        "medical": {"kidney_disease": "chronic_renal_failure"},
        "dialysis": {True: "chronic_renal_failure"},
    },
}
ASKED = (
    frozenset(name for parts in TRIALS.values() for name in parts if name)
    | frozenset(first for first, *_ in FOLLOWS)
    | frozenset(key for sources in ADDED.values() for key in sources)
    | {DRANK, "udt"}
    | OF_ROWS
)


class AnswerSaid(NamedTuple):
    """The newest answer to one question, and who gave it; only what a page shows as it
    was told may be not known."""

    value: object
    at: datetime
    source: str
    is_known: bool = True


def answer_facts(_subject: Subject, said: Mapping[str, AnswerSaid]) -> Iterator[Stated]:
    """Every answer that is a fact itself, then what follows from answers."""
    for name, one in said.items():
        if name in FACTS:
            yield Stated(name, one.value, one.at, SOURCES[one.source])
    answers = {name: Answered(one.value, one.at) for name, one in said.items()}
    for name, raw, at in follows(answers):
        yield Stated(name, raw, at, SOURCES["person"])


def follows(answers: Mapping[str, Answered]) -> Iterator[Fact]:
    """Facts with their values, each as old as the newest answer it rests on."""
    for first, value, fact, raw in FOLLOWS:
        answer = answers.get(first)
        if answer and answer.value == value and not _is_said(fact, answer, answers):
            yield fact, raw, answer.at
    found = answers.get("udt")
    if found and "fentanyl" in found.names:
        yield "udt_fentanyl", "yes", found.at
    yield from _drinking(answers)
    yield from _history(answers)
    for fact, sources in ADDED.items():
        yield from _with_others(fact, sources, answers)
    yield from told_by_rows(answers)


def _is_said(fact: str, since: Answered, answers: Mapping[str, Answered]) -> bool:
    """Whether the fact itself was answered then or later."""
    said = answers.get(fact)
    return said is not None and said.at >= since.at


def _drinking(answers: Mapping[str, Answered]) -> Iterator[Fact]:
    """Who never drinks now: whether they once did is asked besides."""
    often = answers.get(FREQUENCY)
    if often is None or often.value != "0":
        return
    before = answers.get(DRANK)
    stopped = before is not None and before.value is True
    yield "alcohol", "abstinent" if stopped else "none", often.at


def _with_others(
    fact: str,
    sources: Mapping[str, Mapping[object, str]],
    answers: Mapping[str, Answered],
) -> Iterator[Fact]:
    """A list with what other answers add to it; nothing where nothing is added."""
    own = answers.get(fact)
    added = {
        key: adds
        for key, meanings in sources.items()
        if (answer := answers.get(key)) and (adds := _adds(meanings, answer.value))
    }
    if added:
        members = {*(own.names if own else ())}.union(*added.values())
        moments = [answers[key].at for key in (*added, *([fact] if own else []))]
        yield fact, sorted(members), max(moments)


def _adds(meanings: Mapping[object, str], value: object) -> set[str]:
    values = value if isinstance(value, list) else [value]
    return {meanings[one] for one in values if one in meanings}


def _history(answers: Mapping[str, Answered]) -> Iterator[Fact]:
    """Known once any treatment was tried, or none of all that were asked."""
    tried = {m: answers[parts[0]] for m, parts in TRIALS.items() if parts[0] in answers}
    yes = [m for m, answer in tried.items() if answer.value is True]
    if not yes and len(tried) < len(TRIALS):
        return
    names = {name for parts in TRIALS.values() for name in parts}
    told_at = max(a.at for name, a in answers.items() if name in names)
    yield "history", [_trial(m, answers) for m in yes], told_at


def _trial(medication: str, answers: Mapping[str, Answered]) -> dict[str, object]:
    _, months, dose, doses, helped = TRIALS[medication]
    parts = {
        "days": days_in(_of(months, answers)),
        "dose": _of(dose, answers),
        "doses": _of(doses, answers),
        "helpful": yes_no(_of(helped, answers)),
    }
    known = {name: value for name, value in parts.items() if value is not None}
    return {"medication": medication, **known}


def _of(name: str, answers: Mapping[str, Answered]) -> object:
    answer = answers.get(name) if name else None
    return answer.value if answer else None
