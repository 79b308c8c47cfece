"""The knowledge as a reader looks things up in it. No Django."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from assessments.facts import FACTS
from knowledge.cards import Card, RuleRole
from knowledge.editions import Knowledge
from knowledge.medicines import EVERY, medicines
from knowledge.sources import Reference
from medications.options.headline import LOOKS, Look
from medications.options.model import Standing
from medications.rules.effects import Effect, Say
from medications.rules.registry import RULES, says_of

SECTIONS: Mapping[str, str] = {
    "C1": "Dependence, timing, first doses",
    "C2": "Effectiveness, preference, history",
    "C3": "Organs and interactions",
    "C4": "Pregnancy, age, pain, body",
    "C5": "Access and setting",
    "C6": "Medicines that ease withdrawal",
    "C7": "Overdose risk",
    "C8": "Treatment under way, setting, names not known, new substances",
}
EVIDENCE: Mapping[str, str] = {
    "LBL": "FDA label",
    "REG": "regulation",
    "GL": "guideline",
    "RCT": "randomized trial",
    "OBS": "observational study",
    "EXP": "expert judgement",
}
ROLES: Mapping[RuleRole, str] = {
    RuleRole.START: "A start rule: silent for what the person takes now.",
    RuleRole.MANNER: "Its caution is about how to begin: it sets no standing.",
    RuleRole.UNCOUNTED: "Its caution sets a standing and is not counted for the place.",
    RuleRole.COMPARED: "It compares two: methadone stands behind buprenorphine while it speaks.",
    RuleRole.CONTINUE: "It speaks for going on: that goes before other reasons.",
    RuleRole.WISH: "It speaks of the person's own wish: that goes before other reasons.",
    RuleRole.UNLESS_STOPPED: "Void for what is contraindicated.",
    RuleRole.LATER_DOSE: "What it asks for comes before a later dose, not the first.",
}
OTHERS = {EVERY: "Every medication"}
KEYS: Mapping[str, str] = medicines().names
STANDING_OF = {
    Effect.PREFERRED: Standing.PREFERRED,
    Effect.CAUTION: Standing.CAUTION,
    Effect.NOT_HERE: Standing.NOT_HERE,
    Effect.AVOID: Standing.AVOID,
    Effect.CONTRAINDICATED: Standing.CONTRAINDICATED,
}


@dataclass(frozen=True, slots=True)
class EffectShown:
    """One effect on one medication; drawn as a standing where it moves one."""

    title: str
    look: Look | None
    word: str


def found(
    cards: Iterable[Card], *, text: str, medication: str, check: str
) -> list[Card]:
    """The cards that hold every word, are about the medication and so far checked."""
    words = text.lower().split()
    return [
        card
        for card in cards
        if all(word in _text_of(card) for word in words)
        and (not medication or medication in _about(card))
        and (not check or card.check == check)
    ]


def _text_of(card: Card) -> str:
    parts = (card.id, card.when, card.then, card.lifts, card.source)
    titles = (KEYS.get(say.medication, "") for say in says_of(card.effects))
    facts = (f"{name} {FACTS[name].label}" for name in card.uses)
    return " ".join((*parts, *titles, *facts)).lower()


def _about(card: Card) -> set[str]:
    """Every medication that a rule reaches, also through a parent or all of them."""
    said = (say.medication for say in (*says_of(card.effects), *says_of(card.may)))
    return {
        reached for key in said for reached in (key, *medicines().reach.get(key, ()))
    }


def effects_of(text: str) -> tuple[EffectShown, ...]:
    """The effects of a card, in words."""
    return tuple(
        EffectShown(
            KEYS.get(say.medication, OTHERS.get(say.medication, say.medication)),
            LOOKS[STANDING_OF[say.effect]] if say.effect in STANDING_OF else None,
            _word(say),
        )
        for say in says_of(text)
    )


def _word(say: Say) -> str:
    if say.effect is Effect.ACTION:
        return "Task before the first dose" if say.blocking else "Task"
    return "Information" if say.effect is Effect.INFO else ""


def evidence_words(card: Card) -> str:
    """What kinds of evidence stand behind a rule."""
    kinds = (part.strip() for part in card.evidence.replace(",", "/").split("/"))
    return ", ".join(EVIDENCE.get(kind, kind) for kind in kinds)


def cited_by(card: Card, known: Knowledge) -> list[Reference]:
    return [known.sources[key] for key in card.cites]


def names_read(rule: str, known: Knowledge) -> list[str]:
    """The parameters that a rule reads or names; its card says which.

    An edition from before cards said so is looked through instead.
    """
    card = known.rules[rule]
    names = card.numbers
    if names is None:
        names = (*_in_words(card), *_in_condition(rule))
    return [name for name in dict.fromkeys(names) if name in known.parameters]


def _in_words(card: Card) -> Iterator[str]:
    for part in (card.when, card.then, card.lifts):
        for _, name, _, _ in Formatter().parse(part):
            if name:
                yield name


def _in_condition(rule: str) -> Iterator[str]:
    """Strings that the condition is made of: parameters are read by their name."""
    condition: Any = RULES[rule]
    held = (cell.cell_contents for cell in condition.__closure__ or ())
    parts = (*condition.__code__.co_consts, *held)
    return (part for part in parts if isinstance(part, str))
