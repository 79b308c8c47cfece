"""The vocabulary: every fact that a picture may hold and a rule may read."""

from difflib import get_close_matches

from assessments.facts.fact import (
    NEVER,
    NEVER_ON,
    Domain,
    Fact,
    FactKind,
    Value,
    folded,
)
from assessments.facts.reading import BadValue, read_asked, read_moment, read_value
from assessments.facts.trials import Trial
from assessments.facts.vocabulary import declared

MOST_NEAR_NAMES = 3
NEAR_ENOUGH = 0.5


class UnknownFact(LookupError):
    """No fact of that name is declared; the text lists the nearest names."""


class DeclaredTwice(ValueError):
    """Two facts claim the same name."""


def index(facts: tuple[Fact, ...]) -> tuple[dict[str, Fact], dict[str, Fact]]:
    """Facts by name, and by every name or alias; refuses a name used twice."""
    by_name: dict[str, Fact] = {}
    by_any: dict[str, Fact] = {}
    for fact in facts:
        by_name[fact.name] = fact
        for name in (fact.name, *fact.aliases):
            if folded(name) in by_any:
                raise DeclaredTwice(name)
            by_any[folded(name)] = fact
    return by_name, by_any


FACTS, _BY_ANY_NAME = index(tuple(declared()))


def fact_named(name: str) -> Fact:
    """The fact of this name or alias; refuses others with the nearest names."""
    found = _BY_ANY_NAME.get(folded(name))
    if found is None:
        near = ", ".join(near_names(name)) or "see the list of facts"
        raise UnknownFact(f"{name} is not a known fact; did you mean: {near}?")
    return found


def near_names(name: str) -> list[str]:
    """The declared names most like this one, best first."""
    near = get_close_matches(
        folded(name), _BY_ANY_NAME, 2 * MOST_NEAR_NAMES, NEAR_ENOUGH
    )
    return list(dict.fromkeys(_BY_ANY_NAME[n].name for n in near))[:MOST_NEAR_NAMES]
