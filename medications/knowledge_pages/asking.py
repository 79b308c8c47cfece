"""Holds, ages of answers and bedside questions in words. No Django."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from assessments.facts import FACTS
from knowledge.bedside import BEFORE, BedsideLine, asked_in, beside_options
from knowledge.cited import Cited
from knowledge.conditions import in_words
from knowledge.editions import knowledge
from knowledge.freshness import (
    ANY,
    Freshness,
    ageing,
    ageless,
    freshness,
    usual_freshness,
)
from knowledge.holds import (
    LETTERS,
    PLACES,
    HeldFacts,
    Hold,
    Holds,
    held_facts,
    hold_meanings,
    holds_of_rules,
    read_holds,
)
from knowledge.medicines import medicines
from knowledge.wording.facts import value_words
from knowledge.wording.spans import span_words

# One statement: what it rests on, its head, its text.
type Words = tuple[Cited, str, str]
# How a row of holds says by when: "14 d" is a number of days.
DAYS = re.compile(r"(\d+) d\b")


@dataclass(frozen=True, slots=True)
class HeldFamilies:
    """What an answer that nobody has makes wait, of which families of options."""

    title: str
    families: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"{self.title}: {'; '.join(self.families)}"


def held_families(holds: Holds) -> tuple[HeldFamilies, ...]:
    """The strongest hold first; families of which nothing waits are left out."""
    by_hold: dict[Hold, list[str]] = defaultdict(list)
    for place, hold in holds.items():
        by_hold[hold].append(medicines().names[place])
    return tuple(
        HeldFamilies(meaning.title, _families(by_hold[hold]))
        for hold, meaning in hold_meanings().items()
        if hold is not Hold.NONE and by_hold[hold]
    )


def _families(names: list[str]) -> tuple[str, ...]:
    return tuple(names) if len(names) < len(PLACES) else ("every option",)


def _held(holds: Holds) -> str:
    said = [one.words for one in held_families(holds)]
    return ". ".join(said) or "Nothing waits"


def holds() -> Iterator[Words]:
    """What each hold means, then by fact, then by rule."""
    for meaning in hold_meanings().values():
        yield meaning, meaning.title, meaning.text
    for row in dict.fromkeys(held_facts().values()):
        yield row, _labels(row.names), _of_facts(row)
    for letters, rules in _rules_by_holds().items():
        head = f"Rules: {_held(read_holds(letters))}"
        yield holds_of_rules(), head, ", ".join(rules)


def _of_facts(row: HeldFacts) -> str:
    parts = (_held(read_holds(row.holds)), _products(row), f"Owed {_due(row.due)}")
    said = ". ".join(part for part in parts if part)
    return f"{said}. {row.note}".strip()


def _products(row: HeldFacts) -> str:
    """Forms of which something else waits than of their family."""
    return ". ".join(
        f"{medicines().names[product]}: {hold_meanings()[LETTERS[letter]].title.lower()}"
        for product, letter in row.products.items()
    )


def _due(text: str) -> str:
    """`now / 14 d` as a reader says it."""
    words = DAYS.sub(r"within \1 days", text)
    return words.replace("now", "now, at the bedside").replace(" / ", "; else ")


def _rules_by_holds() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for rule, card in knowledge().rules.items():
        found[card.holds].append(rule)
    return found


def ages() -> Iterator[Words]:
    """How long each answer counts, and what an old one still says."""
    for one in (*freshness(), usual_freshness()):
        named = f" {_labels(one.names)}." if one.names else ""
        yield (
            one,
            one.meaning,
            f"Counts for {span_words(one.span)}. {_then(one)}{named}",
        )
    yield usual_freshness(), "Does not age, or by its own dates", _labels(ageless())


def age_of(fact: str) -> str:
    """The same of one fact, beside its name."""
    found = ageing(fact)
    if found is None:
        return "does not age"
    stands = f"; {_standing(found)} stands after that" if _standing(found) else ""
    return f"counts for {span_words(found.span)}{stands}"


def _then(one: Freshness) -> str:
    """What is left of an answer that is out of date, by its direction."""
    standing = _standing(one)
    closer = _closer(one)
    if not standing:
        return (
            f"{closer}After that it stops nothing, clears nothing and is asked again."
        )
    end = f" for {span_words(one.stands_for)} in all" if one.stands_for else ""
    return f"{closer}After that {standing} stands{end}; anything else is asked again."


def _closer(one: Freshness) -> str:
    """For whom it counts for a shorter time."""
    if one.closer_span is None:
        return ""
    who = ", and ".join(in_words(where, _label) for where in one.closer_where)
    return f"For {span_words(one.closer_span)} only where {who}. "


def _standing(one: Freshness) -> str:
    """Which answers do not go out of date."""
    if one.stands_from is not None:
        return f"{one.stands_from} or more"
    if one.stands_to is not None:
        return f"{one.stands_to} or less"
    if ANY in one.stands:
        return "what it names"
    return " or ".join(f"“{value_words(word)}”" for word in one.stands)


def bedside() -> Iterator[Words]:
    """Every question, list by list, in the order in which it is asked."""
    yield from _listed("Known before any list", asked_in(BEFORE))
    for place in PLACES:
        yield from _listed(medicines().names[place], asked_in(place))
    for one in beside_options():
        yield from _listed(f"{one.title} ({one.when.lower()})", asked_in(one.key))


def _listed(name: str, lines: Iterable[BedsideLine]) -> Iterator[Words]:
    for number, line in enumerate(lines, start=1):
        answers = _labels(line.answers)
        yield line, line.question, f"{name}, line {number}. Answers: {answers}."


def _labels(names: Iterable[str]) -> str:
    return ", ".join(map(_label, names))


def _label(name: str) -> str:
    """A fact, or one answer of a list after a full stop."""
    fact, _, member = name.partition(".")
    label = FACTS[fact].label if fact in FACTS else fact.replace("_", " ")
    return f"{label} ({value_words(member).lower()})" if member else label
