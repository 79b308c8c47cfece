"""Needs that a person's facts show, and those that nobody can tell yet."""

from collections.abc import Mapping
from datetime import timedelta

from knowledge.conditions import all_hold, facts_needed, facts_of, holds, unknown_of
from knowledge.needs import Case, NeedRule, need_rules
from plans.conditions import Seen, filled, value_text
from plans.drafting.tree import (
    DraftedGoal,
    DraftedNeed,
    FactUsed,
    NotAsked,
    PlannedDomain,
)

NOT_YET = "not measured yet"


def found(seen: Seen, words: Mapping[str, str]) -> tuple[DraftedNeed, ...]:
    """The needs this person's facts show, each with its drafted goal."""
    drafted = (_drafted(rule, seen, words) for rule in need_rules())
    return tuple(need for need in drafted if need is not None)


def not_asked(seen: Seen) -> tuple[NotAsked, ...]:
    """Needs that stay open because a fact is unknown, with the facts to ask."""
    open_ones = ((rule, _unknown(rule, seen)) for rule in need_rules())
    return tuple(
        NotAsked(rule.key, PlannedDomain(rule.domain), names)
        for rule, names in open_ones
        if names
    )


def _unknown(rule: NeedRule, seen: Seen) -> tuple[str, ...]:
    if any(all_hold(case.all, seen) for case in rule.case):
        return ()
    if any(holds(condition, seen) for condition in rule.not_for):
        return ()
    undecided = (c for c in rule.case if all_hold(c.all, seen) is None)
    names = (name for case in undecided for name in unknown_of(case.all, seen))
    return tuple(dict.fromkeys(names))


def _drafted(
    rule: NeedRule, seen: Seen, words: Mapping[str, str]
) -> DraftedNeed | None:
    case = next((c for c in rule.case if all_hold(c.all, seen)), None)
    if case is None and not rule.always:
        return None
    title = rule.always if case is None else _told(case.title, case, seen)
    source = rule.always_source if case is None else _told(case.source, case, seen)
    return DraftedNeed(
        rule.key,
        PlannedDomain(rule.domain),
        title,
        source,
        rule.tag,
        () if case is None else _facts(case, seen),
        (_goal(rule, seen, words),),
        is_private=rule.private,
    )


def _told(template: str, case: Case, seen: Seen) -> str:
    return filled(template, seen, facts_of(case.all))


def _facts(case: Case, seen: Seen) -> tuple[FactUsed, ...]:
    used = []
    for name in facts_needed(case.all):
        known = seen.known(name)
        if known is not None:
            used.append(
                FactUsed(name, value_text(known.value), seen.day_of(known.as_of))
            )
    return tuple(used)


def _goal(rule: NeedRule, seen: Seen, words: Mapping[str, str]) -> DraftedGoal:
    return DraftedGoal(
        topic=rule.key,
        own_words=own_words(rule, words),
        wording=rule.goal,
        measure=rule.measure,
        baseline=_baseline(rule, seen),
        target=rule.target,
        due_on=seen.today + timedelta(days=rule.due_days),
    )


def _baseline(rule: NeedRule, seen: Seen) -> str:
    unknown = rule.baseline_fact and seen.known(rule.baseline_fact) is None
    if unknown:
        return NOT_YET
    return filled(rule.baseline, seen, (rule.baseline_fact,))


def own_words(rule: NeedRule, words: Mapping[str, str]) -> str | None:
    """What the person said on this topic, unchanged; None where they said nothing."""
    topics = dict.fromkeys((rule.key, *rule.topics))
    return next(
        (words[topic] for topic in topics if words.get(topic, "").strip()), None
    )
