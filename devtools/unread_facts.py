"""Facts that are asked or derived and read by nothing, and questions that feed nothing.

`python -m devtools.unread_facts` prints both lists. What lists every fact alike (the
overview, the open questions) is no reader: it would read anything. A page that shows an
answer as told, because its question is declared so, is one: then nothing else may be.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assessments.facts import FACTS
from assessments.intake.catalogue import ANSWERED_BY, PLACES, STEPS
from assessments.intake.declaration import Ask, IntakeQuestion
from assessments.picture.from_answers import ASKED
from knowledge.conditions import facts_of
from knowledge.editions import knowledge
from knowledge.modalities import library
from knowledge.needs import need_rules
from knowledge.tables import shipped

ROOT = Path(__file__).resolve().parent.parent
# Tables that hold what else is said of facts: who reads them by name.
TABLES = (
    *("risk_windows", "fits", "follows", "schedule", "decision_aid", "instruments"),
    *("change", "needs", "modalities"),
)
READING_APPS = (
    *("assessments", "treatment", "medications", "plans", "aftercare", "reports"),
    *("knowledge", "patients"),
)
# Modules that bring facts or ask for them, or say what they are: no readers. The rules
# are read by the card, which cannot leave out what its rule reads.
NOT_READERS = (
    *("assessments/facts/", "assessments/intake/", "assessments/picture/"),
    *("assessments/observations/", "treatment/from_", "treatment/sources.py"),
    *("medications/decision_aid/from_talks.py", "medications/rules/"),
    *("knowledge/freshness.py", "knowledge/instruments/registry.py"),
)
# It quotes, until there is a plan, some of what it shows as told in any case.
QUOTES_WHAT_IT_SHOWS = "reports/overview/page.py"
IN_TEXT = re.compile(r"\{(\w+)")
OWN_WORDS = "words_"


@cache
def literals() -> Mapping[str, frozenset[str]]:
    """Every string that stands in a module that may read facts, with those modules."""
    found: dict[str, set[str]] = {}
    for path in (p for app in READING_APPS for p in (ROOT / app).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if "/migrations/" in name or name.startswith(NOT_READERS):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.setdefault(node.value, set()).add(name)
    return {text: frozenset(names) for text, names in found.items()}


def _strings(table: object) -> Iterator[str]:
    """Every string of a table, and every name that a text fills in."""
    if isinstance(table, str):
        yield table
        yield from IN_TEXT.findall(table)
    elif isinstance(table, Mapping):
        yield from (text for one in table.values() for text in _strings(one))
    elif isinstance(table, list):
        yield from (text for one in table for text in _strings(one))


@cache
def named_in_tables() -> Mapping[str, frozenset[str]]:
    """Every string of the tables, with the tables in which it stands."""
    found: dict[str, set[str]] = {}
    for name in TABLES:
        for text in _strings(shipped()[name]):
            found.setdefault(text, set()).add(f"{name}.toml")
    return {text: frozenset(names) for text, names in found.items()}


@cache
def read_by_knowledge() -> Mapping[str, frozenset[str]]:
    """Facts that rules, needs and kinds of care read, with who does."""
    found: dict[str, set[str]] = {}

    def note(reader: str, names: Iterable[str]) -> None:
        for name in names:
            found.setdefault(name, set()).add(reader)

    for card in knowledge().rules.values():
        note(f"rule {card.id}", card.uses)
    for need in need_rules():
        note(f"need {need.key}", facts_of(c for case in need.case for c in case.all))
    for one in library():
        note(f"care {one.key}", facts_of(c for t in one.trigger for c in t.all))
    return {name: frozenset(readers) for name, readers in found.items()}


@cache
def shown_as_told() -> Mapping[str, str]:
    """Questions whose answers a page shows as told, with that page as their reader."""
    asked = (question for _, _, question in PLACES.values())
    return {one.key: f"page {one.shown}" for one in asked if one.shown}


def readers_of(name: str) -> frozenset[str]:
    """Whoever reads a fact: rules, needs, care, tables, pages."""
    sources = (read_by_knowledge(), named_in_tables(), literals())
    return frozenset().union(*(source.get(name, ()) for source in sources))


def unread_facts() -> tuple[str, ...]:
    """Facts that nothing reads."""
    return tuple(sorted(name for name in FACTS if not readers_of(name)))


@cache
def gates() -> frozenset[str]:
    """Questions on whose answers it depends what else is asked."""
    panels = [panel for step in STEPS for panel in step.panels]
    asked = [q for panel in panels for q in panel.questions]
    conditions = [
        *(one for panel in panels for one in panel.only),
        *(one for q in asked for one in q.only),
        *(one for q in asked for column in q.columns for one in column.only),
    ]
    names = {name.partition(".")[0] for name in facts_of(conditions)}
    return frozenset(names | {key for q in asked for key in q.of})


@dataclass(frozen=True, slots=True)
class QuestionUse:
    """One question of the intake, and what its answer does."""

    asked: IntakeQuestion
    instrument: str

    @property
    def key(self) -> str:
        return self.asked.key

    @property
    def feeds(self) -> bool:
        """Whether a score, a fact that is read, another question or a page uses it."""
        return self.key in shown_as_told() or self.is_read

    @property
    def is_read(self) -> bool:
        """The same, but for a page that shows it because it is declared so."""
        if self.instrument or self.key in ASKED or self.key in gates():
            return True
        # What is measured stands among the measurements, drawn through time.
        if self.asked.kind is Ask.MEASURED or self._is_goal:
            return True
        told = {fact for fact, keys in ANSWERED_BY.items() if self.key in keys}
        facts = told | ({self.key} & FACTS.keys())
        named = literals().get(self.key, frozenset()) - {QUOTES_WHAT_IT_SHOWS}
        return bool(named) or any(map(readers_of, facts))

    @property
    def _is_goal(self) -> bool:
        """Whether a goal of the plan is drafted in these words."""
        topic = self.key.removeprefix(OWN_WORDS)
        return topic != self.key and topic in _topics()


def _topics() -> frozenset[str]:
    return frozenset(topic for need in need_rules() for topic in need.topics)


def _uses() -> Iterator[QuestionUse]:
    for _, panel, asked in PLACES.values():
        yield QuestionUse(asked, panel.instrument)


def idle_questions() -> tuple[str, ...]:
    """Questions whose answers nothing uses."""
    return tuple(sorted(one.key for one in _uses() if not one.feeds))


def shown_though_read() -> tuple[str, ...]:
    """Questions that a page shows as told although something else reads them."""
    shown = (one for one in _uses() if one.key in shown_as_told())
    return tuple(sorted(one.key for one in shown if one.is_read))


def report() -> Iterator[str]:
    """Both lists, each line with the question's words or the fact's label."""
    facts, questions = unread_facts(), idle_questions()
    yield f"{len(facts)} of {len(FACTS)} facts are read by nothing:"
    for name in facts:
        asked = "asked" if name in PLACES else "not asked by itself"
        yield f"  {name}: {FACTS[name].label} ({asked})"
    yield f"{len(questions)} of {len(PLACES)} intake questions feed nothing:"
    for key in questions:
        step, panel, question = PLACES[key]
        yield f"  {key}: {step.title}, {panel.title}: {question.ask}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in report())
