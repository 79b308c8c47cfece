"""Is a plan ready? Blockers first, then what would make it better. Pure."""

import re
from collections.abc import Iterator, Sequence

from knowledge.language import wordings
from knowledge.modalities import library
from knowledge.needs import need_rules
from medications.decision_aid.reading_grade import grade
from plans.drafting.planned import (
    PlannedCheck,
    PlannedNeed,
    PlannedStanding,
    PlannedTree,
    Readiness,
)
from plans.drafting.reading import joined, likeness
from plans.drafting.tree import PlannedDomain, PlannedKind, PlannedState

OK, WARNING, BLOCKER = PlannedStanding
OUD = "oud"
KIT = "naloxone_kit"
OPEN_DOOR = "open_door"
# A grade that most adults read with ease; the aim shown in the quality meter [P].
GRADE_AIM = 6.0

DEMAND = re.compile(
    r"\b(?:only if|only while|as long as|on condition|provided(?: that)?|contingent"
    r"|conditional on|must attend|required to attend|unless)\b",
    re.IGNORECASE,
)
OF_WHAT = re.compile(
    r"\b(?:counsel\w*|therap\w*|group|groups|meetings?|sessions?|tests?|urine|abstinen\w*)\b",
    re.IGNORECASE,
)
NOT_CONDITIONAL = re.compile(r"\bnot (?:conditional|contingent)\b", re.IGNORECASE)


def readiness(tree: PlannedTree) -> Readiness:
    """All checks over one plan; anything but a blocker leaves it signable."""
    checks = [check(tree) for check in CHECKS]
    order = (BLOCKER, WARNING, OK)
    return Readiness(tuple(sorted(checks, key=lambda c: order.index(c.standing))))


def _tally(
    key: str,
    missing: Sequence[str],
    *,
    of: int,
    bad: PlannedStanding,
    good: str,
    lacking: str,
) -> PlannedCheck:
    done = of - len(missing)
    if missing:
        return PlannedCheck(key, bad, lacking, done, of, tuple(missing))
    return PlannedCheck(key, OK, good, done, of)


def every_need_answered(tree: PlannedTree) -> PlannedCheck:
    """Each need has an accepted answer, or was set aside with a reason."""
    open_ones = [need.key for need in tree.working if not need.is_answered]
    if not tree.needs:
        return PlannedCheck("needs", BLOCKER, "The plan holds no need yet", 0, 0)
    return _tally(
        "needs",
        open_ones,
        of=len(tree.needs),
        bad=BLOCKER,
        good="Every need has an answer",
        lacking=_counted(len(open_ones), "need has no answer", "needs have no answer"),
    )


def goals_measurable(tree: PlannedTree) -> PlannedCheck:
    """Each goal says how it is seen, what is aimed at, and by when."""
    missing = [need.key for need in tree.working if not _is_measurable(need)]
    return _tally(
        "measurable",
        missing,
        of=len(tree.working),
        bad=BLOCKER,
        good="Every goal can be measured",
        lacking=_counted(
            len(missing), "goal cannot be measured", "goals cannot be measured"
        ),
    )


def _is_measurable(need: PlannedNeed) -> bool:
    return bool(need.goals) and all(
        goal.measure.strip() and goal.target.strip() and goal.due_on is not None
        for goal in need.goals
    )


def own_words_present(tree: PlannedTree) -> PlannedCheck:
    """Each goal stands in the person's own words too."""
    missing = [
        need.key
        for need in tree.working
        if not any(goal.own_words.strip() for goal in need.goals)
    ]
    return _tally(
        "own_words",
        missing,
        of=len(tree.working),
        bad=WARNING,
        good="Every goal has the person's own words",
        lacking=_counted(
            len(missing), "goal lacks their own words", "goals lack their own words"
        ),
    )


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def domains_considered(tree: PlannedTree) -> PlannedCheck:
    """Body, mind and social: a need, or nothing left to ask."""
    with_needs = {need.domain for need in tree.needs}
    open_ones = [
        d for d in PlannedDomain if d not in with_needs and d in tree.not_asked
    ]
    if open_ones:
        names = " and ".join(domain.value for domain in open_ones)
        text = f"No need in {names}, and not everything was asked"
        done = len(PlannedDomain) - len(open_ones)
        return PlannedCheck("domains", WARNING, text, done, len(PlannedDomain))
    of = len(PlannedDomain)
    return PlannedCheck("domains", OK, "All three domains", of, of)


def medication_first(tree: PlannedTree) -> PlannedCheck:
    """A medicine, or the person's choice of none; never tied to a condition."""
    # Setting the need aside does not replace a decision: "not now" is one too.
    if not any(need.key == OUD for need in tree.needs):
        return PlannedCheck("medication", OK, "No opioid use disorder to treat")
    if _has_condition(tree):
        text = "Medication is tied to a condition; it is never withheld"
        return PlannedCheck("medication", BLOCKER, text, needs=(OUD,))
    accepted = [
        one for one in tree.interventions() if one.state is PlannedState.ACCEPTED
    ]
    medicines = [one for one in accepted if one.kind is PlannedKind.MEDICATION]
    declined = any(one.key == OPEN_DOOR for one in tree.interventions())
    if medicines or declined:
        return PlannedCheck("medication", OK, "Medication first, not conditional")
    text = "No medication decision is recorded"
    return PlannedCheck("medication", BLOCKER, text, needs=(OUD,))


def _has_condition(tree: PlannedTree) -> bool:
    texts = (
        text
        for one in tree.interventions()
        if one.kind is PlannedKind.MEDICATION
        for text in (one.title, *one.texts)
    )
    return any(is_conditional(text) for text in texts)


def is_conditional(text: str) -> bool:
    """Whether a sentence makes medication wait for counselling, tests or the like."""
    sentences = re.split(r"[.;\n]", NOT_CONDITIONAL.sub("", text))
    return any(DEMAND.search(one) and OF_WHAT.search(one) for one in sentences)


def overdose_kit(tree: PlannedTree) -> PlannedCheck:
    """Naloxone is in every plan; declining it is the person's right, with a reason."""
    kits = [one for one in tree.interventions() if one.key == KIT]
    if any(one.state is PlannedState.ACCEPTED for one in kits):
        return PlannedCheck("kit", OK, "Overdose-reversal kit")
    if any(one.state is PlannedState.DECLINED and one.declined_reason for one in kits):
        text = "Overdose-reversal kit declined: offer it at each visit"
        return PlannedCheck("kit", WARNING, text)
    return PlannedCheck("kit", BLOCKER, "No overdose-reversal kit in the plan")


def person_first(tree: PlannedTree) -> PlannedCheck:
    """Words to avoid, outside quotations and the person's own words."""
    found = wordings(joined(_staff_lines(tree)))
    if not found:
        return PlannedCheck("language", OK, "Person-first language")
    said = "; ".join(f"“{one.found}”: {one.use}" for one in found)
    return PlannedCheck("language", WARNING, f"Say it otherwise: {said}")


def reading_grade(tree: PlannedTree) -> PlannedCheck:
    """The Flesch-Kincaid grade of what the person reads."""
    level = grade(joined(_patient_lines(tree)))
    if level is None or level <= GRADE_AIM:
        shown = "none yet" if level is None else f"{level:.1f}"
        return PlannedCheck("grade", OK, f"Reading grade {shown}")
    text = f"Reading grade {level:.1f}, aim for {GRADE_AIM:.0f}"
    return PlannedCheck("grade", WARNING, text)


def template_likeness(tree: PlannedTree) -> PlannedCheck:
    """How much of the plan is the library's wording; shown, never judged."""
    share = likeness(joined(_whole_lines(tree)), template_text())
    return PlannedCheck("likeness", OK, f"{share}% like the template", share, 100)


def template_text() -> str:
    """Everything a draft could take from the library, without anybody's values."""
    needs = (
        line
        for rule in need_rules()
        for line in (rule.goal, rule.measure, *(case.title for case in rule.case))
    )
    care = (
        line
        for one in library()
        for line in (one.title, one.dose, *(t.because for t in one.trigger))
    )
    return re.sub(r"\{[^}]*\}", " ", joined([*needs, *care]))


def _patient_lines(tree: PlannedTree) -> Iterator[str]:
    for need in tree.working:
        yield from (goal.wording for goal in need.goals)
    for one in tree.interventions():
        if one.state is PlannedState.ACCEPTED:
            yield one.title


def _staff_lines(tree: PlannedTree) -> Iterator[str]:
    for need in tree.needs:
        yield need.title
        yield need.set_aside_reason
        yield from (goal.wording for goal in need.goals)
    for one in tree.interventions():
        yield from (one.title, *one.texts, one.declined_reason)


def _whole_lines(tree: PlannedTree) -> Iterator[str]:
    yield from _staff_lines(tree)
    for need in tree.needs:
        yield from (goal.own_words for goal in need.goals)


CHECKS = (
    every_need_answered,
    medication_first,
    overdose_kit,
    goals_measurable,
    own_words_present,
    reading_grade,
    domains_considered,
    person_first,
    template_likeness,
)
