"""Source attributes of each rule as decision support. No Django.

The 13 attributes that 45 CFR 170.315(b)(11) asks for of evidence-based support.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assessments.facts import FACTS
from knowledge.cards import Card
from knowledge.editions import Knowledge

USES: Mapping[str, str] = {
    "race": "Use of race",
    "ethnicity": "Use of ethnicity",
    "language": "Use of language",
    "sexual_orientation": "Use of sexual orientation",
    "gender_identity": "Use of gender identity",
    "sex": "Use of sex",
    "date_of_birth": "Use of date of birth",
    "social_determinants": "Use of social determinants of health",
    "health_status": "Use of health status assessments",
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One named line; `facts` are what the rule reads of that kind."""

    name: str
    says: str
    facts: tuple[str, ...] = ()


def attributes_of(card: Card, known: Knowledge) -> tuple[Attribute, ...]:
    """The 13 lines, in the order in which the regulation lists them."""
    return (
        Attribute("Bibliographic citation", _citation(card, known)),
        Attribute("Developer", known.about.developer),
        Attribute("Funding", known.about.funding),
        Attribute("Release and revision dates", _dates(card, known)),
        *_uses(card, known),
    )


def _citation(card: Card, known: Knowledge) -> str:
    sources = (known.sources[key] for key in card.cites)
    return "; ".join(f"{source.title} ({source.date})" for source in sources)


def _dates(card: Card, known: Knowledge) -> str:
    """The day of the edition, then each version of the rule."""
    versions = (f"version {change.version} {change.on}" for change in card.history)
    return ", ".join((f"Edition released {known.about.released}", *versions))


def _uses(card: Card, known: Knowledge) -> Iterator[Attribute]:
    kinds = known.about.attributes
    for key, name in USES.items():
        facts = tuple(FACTS[f].label for f in card.uses if f in kinds[key])
        yield Attribute(name, f"Yes: {', '.join(facts)}" if facts else "No", facts)
