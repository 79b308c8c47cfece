"""The declared facts of knowledge/facts, in the order in which they are listed."""

from collections.abc import Iterator, Mapping
from typing import Any

from assessments.facts.fact import Fact, Words
from knowledge.medicines import medicines
from knowledge.tables import Table, shaped, shipped

FILES = (
    *("opioid_use", "substances", "treatment", "wishes"),
    *("body", "medical", "person", "needs"),
)


def declared() -> Iterator[Fact]:
    """Every fact, with the choices and words that it shares with others."""
    tables = shipped()["facts"]
    rows: dict[str, Table] = {n: row for f in FILES for n, row in tables[f].items()}
    words = _shared_words()
    for name, row in rows.items():
        fact: dict[str, Any] = {"name": name, **row}
        shared = words[fact.pop("words_from", "")]
        fact["words"] = {**shared, **fact.get("words", {})}
        listed = [*_shared_choices(fact, rows), *fact.get("choices", ())]
        yield shaped(Fact, {**fact, "choices": listed}, f"facts.{name}")


def _shared_words() -> Mapping[str, Words]:
    """The words of medicines, for the facts that name them."""
    words: Words = {word: one.key for one in medicines() for word in one.words}
    return {"": {}, "medicines": words}


def _shared_choices(fact: dict[str, Any], rows: Mapping[str, Table]) -> tuple[str, ...]:
    """Choices that are medicines, or those of another fact."""
    if fact.pop("choices_from", "") == "medicines":
        return tuple(medicines().keys)
    other = fact.pop("choices_of", "")
    return tuple(rows[other]["choices"]) if other else ()
