"""Which needs a person's facts show, and which nobody can tell yet."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from plans.conditions import (
    UNKNOWN,
    Condition,
    Seen,
    all_hold,
    facts_of,
    filled,
    read_condition,
    value_text,
)
from plans.drafting.tree import Domain, DraftedGoal, DraftedNeed, FactUsed, NotAsked

FILE = "needs.toml"
NOT_YET = "not measured yet"


@dataclass(frozen=True, slots=True)
class Case:
    """One way in which a need shows, with its title."""

    conditions: tuple[Condition, ...]
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class NeedRule:
    """A need, its cases, and the goal it is drafted with."""

    key: str
    domain: Domain
    topics: tuple[str, ...]
    cite: str
    goal: str
    measure: str
    baseline: str
    baseline_fact: str
    target: str
    due_days: int
    cases: tuple[Case, ...]
    always: str = ""
    always_source: str = ""
    private: bool = False
    not_for: tuple[Condition, ...] = ()


@cache
def rules() -> tuple[NeedRule, ...]:
    """Every declared need, in the order of the file."""
    text = files("plans.drafting").joinpath(FILE).read_text(encoding="utf-8")
    return tuple(_rule(declared) for declared in tomllib.loads(text)["need"])


def _rule(declared: Mapping[str, Any]) -> NeedRule:
    plain = dict(declared)
    cases = tuple(_case(one) for one in plain.pop("case"))
    domain, topics = Domain(plain.pop("domain")), tuple(plain.pop("topics"))
    not_for = tuple(read_condition(one) for one in plain.pop("not_for", []))
    return NeedRule(**plain, domain=domain, topics=topics, cases=cases, not_for=not_for)


def _case(declared: Mapping[str, Any]) -> Case:
    conditions = tuple(read_condition(one) for one in declared["all"])
    return Case(conditions, declared["title"], declared["source"])


def found(seen: Seen, words: Mapping[str, str]) -> tuple[DraftedNeed, ...]:
    """The needs this person's facts show, each with its drafted goal."""
    drafted = (_drafted(rule, seen, words) for rule in rules())
    return tuple(need for need in drafted if need is not None)


def not_asked(seen: Seen) -> tuple[NotAsked, ...]:
    """Needs that stay open because a fact is unknown, with the facts to ask."""
    open_ones = ((rule, _unknown(rule, seen)) for rule in rules())
    return tuple(
        NotAsked(rule.key, rule.domain, names) for rule, names in open_ones if names
    )


def _unknown(rule: NeedRule, seen: Seen) -> tuple[str, ...]:
    if any(all_hold(case.conditions, seen) for case in rule.cases):
        return ()
    if any(condition.holds(seen) for condition in rule.not_for):
        return ()
    undecided = (c for c in rule.cases if all_hold(c.conditions, seen) is None)
    names = (name for case in undecided for name in facts_of(case.conditions))
    return tuple(dict.fromkeys(name for name in names if seen.known(name) is None))


def _drafted(
    rule: NeedRule, seen: Seen, words: Mapping[str, str]
) -> DraftedNeed | None:
    case = next((c for c in rule.cases if all_hold(c.conditions, seen)), None)
    if case is None and not rule.always:
        return None
    title = rule.always if case is None else _told(case.title, case, seen)
    source = rule.always_source if case is None else _told(case.source, case, seen)
    return DraftedNeed(
        rule.key,
        rule.domain,
        title,
        source,
        rule.cite,
        () if case is None else _facts(case, seen),
        (_goal(rule, seen, words),),
        is_private=rule.private,
    )


def _told(template: str, case: Case, seen: Seen) -> str:
    return filled(template, seen, facts_of(case.conditions))


def _facts(case: Case, seen: Seen) -> tuple[FactUsed, ...]:
    used = []
    for condition in case.conditions:
        known = seen.known(condition.fact)
        if known is not None and condition.test != UNKNOWN:
            on = known.as_of.astimezone(seen.as_of.tzinfo).date()
            used.append(FactUsed(condition.fact, value_text(known.value), on))
    return tuple(used)


def _goal(rule: NeedRule, seen: Seen, words: Mapping[str, str]) -> DraftedGoal:
    return DraftedGoal(
        topic=rule.key,
        own_words=own_words(rule, words),
        wording=rule.goal,
        measure=rule.measure,
        baseline=_baseline(rule, seen),
        target=rule.target,
        due_on=seen.as_of.date() + timedelta(days=rule.due_days),
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
