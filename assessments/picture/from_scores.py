"""Facts from scored instruments. No Django."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assessments.picture.sources import Stated, Subject
from knowledge.instruments.titles import short_title

type Answers = Mapping[str, object]
type Found = dict[str, object]

SEVERITIES = {
    "no OUD": "none",
    "mild": "mild",
    "moderate": "moderate",
    "severe": "severe",
}
# The first question on needs: a steady place, one they worry about, none.
HOUSING = {"0": "stable", "1": "unstable", "2": "unhoused"}
INCOME = {"0": "not_enough", "4": "enough"}
TRIAGES = ("none", "low", "moderate", "high")


@dataclass(frozen=True, slots=True)
class Scored:
    """The parts of one assessment that facts are read from."""

    instrument: str
    at: datetime
    answers: Answers
    total: Decimal | None = None
    band: str = ""
    subscales: Mapping[str, object] | None = None

    def part(self, name: str) -> object:
        return (self.subscales or {}).get(name)


def _total(name: str) -> Callable[[Scored], Found]:
    return lambda given: {name: given.total}


def _dsm(given: Scored) -> Found:
    """The count and severity; remission where the instrument found one."""
    remission = given.part("remission")
    if remission:
        return {"remission": remission}
    severity = SEVERITIES.get(given.band)
    # A settled severity says that the disorder is not in remission.
    return {
        "dsm_count": given.total,
        "severity": severity,
        "remission": "none" if severity in ("moderate", "severe") else None,
    }


def _triage(given: Scored) -> Found:
    return {"cssrs": given.band if given.band in TRIAGES else None}


def _items(**named: str) -> Callable[[Scored], Found]:
    return lambda given: {fact: given.answers.get(key) for fact, key in named.items()}


def _needs(given: Scored) -> Found:
    def need(name: str) -> bool | None:
        there = given.part(name)
        return None if there is None else there == 1

    transport = need("transport")
    return {
        "housing": HOUSING.get(str(given.answers.get("housing"))),
        "food": need("food"),
        "utilities": need("utilities"),
        "transport": None if transport is None else not transport,
        "hits": given.part("hits"),
    }


def _month(given: Scored) -> Found:
    items = _items(bam2="poor_sleep", bam8="craving", bam15="conflict")(given)
    return {**items, "income": INCOME.get(str(given.answers.get("enough_income")))}


READERS: Mapping[str, Callable[[Scored], Found]] = {
    "cows": _total("cows"),
    "phq9": _total("phq9"),
    "gad7": _total("gad7"),
    "pc_ptsd5": _total("pc_ptsd5"),
    "audit_c": _total("audit_c"),
    "barc10": _total("barc10"),
    "peg": _total("peg"),
    "dsm5_oud": _dsm,
    "cssrs": _triage,
    "rulers": _items(importance="importance", confidence="confidence"),
    "bam": _month,
    "ahc_hrsn": _needs,
}


# What each reader above can state.
BROUGHT = frozenset(
    (
        *("cows", "phq9", "gad7", "pc_ptsd5", "audit_c", "barc10", "peg"),
        *("dsm_count", "severity", "remission", "cssrs", "importance", "confidence"),
        *("bam2", "bam8", "bam15", "income"),
        *("housing", "food", "utilities", "transport", "hits"),
    )
)


def facts_from(given: Scored) -> Found:
    """The facts that one assessment states, without those it leaves open."""
    read = READERS.get(given.instrument)
    found = read(given) if read else {}
    return {name: value for name, value in found.items() if value is not None}


def score_facts(subject: Subject, scores: Iterable[Scored]) -> Iterator[Stated]:
    """The facts of the newest assessment of each instrument."""
    newest: dict[str, Scored] = {}
    for one in scores:
        newest.setdefault(one.instrument, one)
    for key, one in newest.items():
        source = f"{short_title(key)} {one.at.astimezone(subject.at.tzinfo):%H:%M}"
        for name, value in facts_from(one).items():
            raw = str(value) if isinstance(value, Decimal) else value
            yield Stated(name, raw, one.at, source)


def cows_series(scores: Iterable[Scored]) -> list[tuple[datetime, int]]:
    """The last withdrawal scores among these, each with its moment."""
    return [
        (one.at, int(Decimal(one.total)))
        for one in scores
        if one.instrument == "cows" and one.total is not None
    ]
