"""One pure step from picture, choice and words to a drafted plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, tzinfo

from assessments.picture import KnownFact, Picture
from knowledge.wording.dates import day_named
from plans.conditions import Seen
from plans.drafting.choice import MedicineChoice, RequiredAction
from plans.drafting.needs import found, not_asked
from plans.drafting.tree import (
    BEFORE_FIRST_DOSE,
    DraftedIntervention,
    DraftedPlan,
    HeldBack,
    PlannedKind,
    PlannedState,
)
from plans.modalities import ModalityReason, Suggestion, matches

OUD = "oud"
PROTECTION = "overdose_risk"
SUPPORT = "support"
# Never waits for anybody to accept it: overdose protection is for everyone (C96).
KIT = "naloxone_kit"
SAME = "the same as planned above"
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Supporter:
    """Somebody who takes part, as far as consent goes."""

    name: str
    relation: str
    part: str
    consent: str


def draft(
    picture: Picture,
    choice: MedicineChoice | None,
    words: Mapping[str, str],
    supporters: Sequence[Supporter] = (),
) -> DraftedPlan:
    """Needs from facts, goals in the person's words, answers with their reasons."""
    seen = Seen(picture, _also(choice, picture.as_of.tzinfo))
    needs = found(seen, words)
    present = {need.key for need in needs}
    matched = matches(seen)
    answers: dict[str, list[DraftedIntervention]] = {need.key: [] for need in needs}
    main = OUD if OUD in present else PROTECTION
    answers[main] += _medication(choice, picture)
    for suggestion in matched.suggestions:
        _place(suggestion, answers, main)
    answers[SUPPORT if SUPPORT in present else main] += map(_support, supporters)
    return DraftedPlan(
        picture.as_of,
        tuple(replace(need, interventions=tuple(answers[need.key])) for need in needs),
        not_asked(seen),
        tuple(
            HeldBack(one.modality.key, one.modality.title, one.because)
            for one in matched.withheld
        ),
    )


def _also(choice: MedicineChoice | None, zone: tzinfo | None) -> dict[str, KnownFact]:
    if choice is None:
        return {}
    at = datetime.combine(choice.decided_on, time(), zone)
    return {"chosen": KnownFact(choice.medication, at, "medication decision")}


def _medication(
    choice: MedicineChoice | None, picture: Picture
) -> list[DraftedIntervention]:
    if choice is None or not choice.is_medicine:
        return []
    decided = day_named(choice.decided_on, picture.today)
    medicine = DraftedIntervention(
        key=f"medication:{choice.medication}",
        kind=PlannedKind.MEDICATION,
        state=PlannedState.ACCEPTED,
        title=choice.title,
        dose=choice.dose,
        who=choice.who,
        why=" ".join((f"Chosen together on {decided}.", *choice.reasons)),
        rule=choice.rules[0] if choice.rules else "",
        verified=choice.verified,
        starts_on=choice.starts_on,
        stop_rule="No set end; longer is better (D8).",
        limits="Not conditional on counselling, tests or other substance use.",
    )
    return [medicine, *(_required(one, choice) for one in choice.actions)]


def _required(action: RequiredAction, choice: MedicineChoice) -> DraftedIntervention:
    kind = BEFORE_FIRST_DOSE if action.is_blocking else "action"
    before = "Before the first dose" if action.is_blocking else "With the medicine"
    title = headline(action.text)
    whole = "" if title == action.text else action.text
    reasons = (f"{before}: rule {action.rule}.", action.because, whole)
    return DraftedIntervention(
        key=f"{kind}:{action.rule}:{choice.medication}",
        kind=PlannedKind.ACTION,
        state=PlannedState.ACCEPTED,
        title=title,
        who=choice.who,
        why=" ".join(reason for reason in reasons if reason),
        evidence=action.evidence,
        rule=action.rule,
        verified=action.verified,
        is_blocking=action.is_blocking,
    )


def headline(text: str) -> str:
    """The text where it is short, else as many of its clauses as fit in a title."""
    if len(text) <= LONGEST_TITLE:
        return text
    start = text[:LONGEST_TITLE]
    cut = max(start.rfind(mark) for mark in (";", ". ", ", "))
    return start[:cut] if cut > 0 else start


def _place(
    suggestion: Suggestion,
    answers: dict[str, list[DraftedIntervention]],
    main: str,
) -> None:
    """Under each need it answers: whole at the first, by reference at the others."""
    homes: dict[str, list[ModalityReason]] = {}
    for reason in suggestion.reasons:
        home = reason.need if reason.need in answers else main
        homes.setdefault(home, []).append(reason)
    first, *others = sorted(homes, key=list(answers).index)
    answers[first].append(_modality(suggestion, homes[first]))
    for home in others:
        answers[home].append(replace(_modality(suggestion, homes[home]), dose=SAME))


def _modality(
    suggestion: Suggestion, reasons: Sequence[ModalityReason]
) -> DraftedIntervention:
    modality = suggestion.modality
    asked = [f"Ask {name.upper()} first." for name in suggestion.ask_first]
    return DraftedIntervention(
        key=modality.key,
        kind=PlannedKind(modality.kind),
        state=PlannedState.ACCEPTED if modality.key == KIT else PlannedState.SUGGESTED,
        title=modality.title,
        dose=modality.dose,
        who=modality.who,
        why=" ".join(dict.fromkeys([*(r.because for r in reasons), *asked])),
        evidence=modality.evidence,
        limits=modality.limits,
        rule=modality.rule,
        verified=modality.tag,
        stop_rule=modality.stop,
    )


def _support(person: Supporter) -> DraftedIntervention:
    return DraftedIntervention(
        key=f"supporter:{person.name}",
        kind=PlannedKind.SUPPORT,
        state=PlannedState.SUGGESTED,
        title=f"{person.name}, {person.relation}",
        dose=person.part,
        why=person.consent,
    )
