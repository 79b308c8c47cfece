"""Verdicts: what can be done with an option now, in one sentence. No Django."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from assessments.facts import FACTS
from assessments.picture import Picture
from knowledge.editions import Edition
from knowledge.formulary.lines import section
from knowledge.wording.amounts import amount
from knowledge.wording.dates import day_named
from medications.decision_page.phases import MISSED
from medications.options.model import Option, PathStep, Standing

WAIT_FOR_WITHDRAWAL, WAIT_FOR_LONG = frozenset(["C13", "C14"]), "C15"
LOW_TOLERANCE, TEST_DOSE, HOLD, TESTS = "C20", "C21", "C54", "C07"
TRANSITION = "C61b"
MOST_STEPS = 2
# What a no means as a step, where the label with it reads badly.
RULED_OUT: Mapping[str, str] = {
    "could_be_pregnant": "Pregnancy ruled out",
    "pregnancy": "Pregnancy ruled out",
    "phys_dependence": "No physical dependence",
    "full_agonist_need": "Full agonist can be stopped",
}
AFTER_SMALL_DOSES = "After days of small supervised doses."


@dataclass(frozen=True, slots=True)
class _Start:
    """An option that can be given, and what is known of its first dose."""

    lead: Option
    rules: frozenset[str]
    picture: Picture
    edition: Edition

    @property
    def is_asked(self) -> bool:
        """Whether the tolerance that a first amount rests on is still asked for."""
        return any("tolerance" in one.facts for one in self.lead.ask_first)


def verdict(lead: Option, picture: Picture, edition: Edition) -> str:
    """One sentence with the act, for the way of an option that stands best."""
    if lead.standing is Standing.NOT_HERE:
        return "Only an opioid treatment program gives it: refer today."
    if lead.standing.ruled_out:
        return _not_now(lead, picture)
    if lead.standing is Standing.NEEDS_DATA:
        asked = [m.label for m in lead.missing if m.holds]
        return f"Waits for: {_some(asked, ', ')}."
    return _open(lead, picture, edition)


def _not_now(lead: Option, picture: Picture) -> str:
    """The day before which it cannot be, and what time alone does not bring."""
    steps = lead.way_out.all_of if lead.way_out else ()
    days = [step.until for step in steps] or [lead.earliest]
    until = max((d for d in days if d is not None and d > picture.as_of), default=None)
    others = _some([step_words(step) for step in steps if step.until is None], "; ", 1)
    if until is not None:
        on = day_named(picture.day_of(until), picture.today)
        return f"Not before {on}{f', and only with: {others}' if others else ''}."
    return f"Only with: {others}." if others else "No way in was found."


def step_words(step: PathStep) -> str:
    """A step as it reads in a sentence; the record keeps the answer that it names."""
    text = step.text
    for fact in step.fact.split(", "):
        label = FACTS[fact].label
        text = text.replace(f"{label}: yes", label)
        text = text.replace(f"{label}: no", RULED_OUT.get(fact, f"{label}: no"))
    return text


def _some(words: list[str], between: str, most: int = MOST_STEPS) -> str:
    """The first few, and how many more there are."""
    more = f", and {len(words) - most} more" if len(words) > most else ""
    return between.join(words[:most]) + more


def _open(lead: Option, picture: Picture, edition: Edition) -> str:
    before = {action.rule for action in lead.before_first_dose}
    said = before | {finding.rule for finding in lead.findings}
    start = _Start(lead, frozenset(said), picture, edition)
    for rule, words in FIRST.items():
        if rule in before:
            return words
    if lead.is_under_way:
        return "Goes on."
    family = lead.medication if lead.has_place else str(lead.parent)
    return STARTS[family](start)


FIRST: Mapping[str, str] = {
    HOLD: "Hold today's dose; look again first.",
    MISSED: "Today's dose by the table of missed doses.",
    TRANSITION: "Only by a written way over.",
}


def _film(start: _Start) -> str:
    if start.rules & WAIT_FOR_WITHDRAWAL:
        return "Wait for withdrawal and score again, or start low."
    if WAIT_FOR_LONG in start.rules:
        return "Wait for the long-acting opioid to wear off, or start low."
    if LOW_TOLERANCE in start.rules:
        return "Can start low today, then up slowly."
    cows = start.picture.value("cows")
    scored = (
        isinstance(cows, int | Decimal) and cows >= start.edition["withdrawal_cows"]
    )
    if not scored or start.is_asked:
        return "Can start today; the dose follows withdrawal."
    line = section("buprenorphine", "first_day").line("start")
    span = f"{amount(line.amount('low'))} to {amount(line.amount('high'))} mg"
    return f"Can start today: {span}, then look again."


def _depot(start: _Start) -> str:
    if LOW_TOLERANCE in start.rules:
        return AFTER_SMALL_DOSES
    if start.rules & WAIT_FOR_WITHDRAWAL or WAIT_FOR_LONG in start.rules:
        return "The test dose waits for withdrawal."
    if TEST_DOSE in start.rules:
        return "Can start today, after a test dose."
    return "Can start today, once daily doses sit well."


def _methadone(start: _Start) -> str:
    """An amount only where nothing is asked: of what is not known, the least counts."""
    if LOW_TOLERANCE in start.rules:
        line = section("methadone", "first_day").line("asam")
        low, high = line.amount("low_tolerance_low"), line.amount("low_tolerance_high")
        return f"Can start today: {amount(low)} to {amount(high)} mg, then up slowly."
    if start.lead.ask_first or start.lead.standing is Standing.CAUTION:
        return "Can start low today, then up slowly."
    line = section("methadone", "first_day").line("usual")
    low, high = line.amount("low"), line.amount("high")
    return f"Can start today: {amount(low)} to {amount(high)} mg, then look again."


def _naltrexone(start: _Start) -> str:
    tested = ", after urine and a challenge" if TESTS in start.rules else ""
    return f"Can start today{tested}."


def _low_dose(_start: _Start) -> str:
    return "Can start low today, without stopping first."


STARTS: Mapping[str, Callable[[_Start], str]] = {
    "BUP_SL": _film,
    "BUP_LOW": _low_dose,
    "BUP_XR": _depot,
    "MTD": _methadone,
    "NTX_XR": _naltrexone,
    "NTX_PO": _naltrexone,
}
