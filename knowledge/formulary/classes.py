"""Classes of other medicines as a section of one medication's page."""

from knowledge.editions import Knowledge
from knowledge.formulary.lines import FormularyLine, FormularySection, sections_for
from knowledge.medicines import medicines
from knowledge.numbers import IngredientSet

BOOK, KEY, TITLE, PART = "interactions", "classes", "Other medicines", "D11"


def all_about(medication: str, known: Knowledge) -> tuple[FormularySection, ...]:
    """The sections of a medication, and what other medicines do to it."""
    others = interactions_for(medication, known)
    return (*sections_for(medication), *([others] if others else []))


def interactions_for(medication: str, known: Knowledge) -> FormularySection | None:
    """Each class that touches a medication with its members; None where none does."""
    about = medicines().kin(medication)
    lines = tuple(
        _line(key, kept)
        for key, kept in known.ingredients.items()
        if about & set(kept.on)
    )
    if not lines:
        return None
    return FormularySection(book=BOOK, key=KEY, title=TITLE, part=PART, lines=lines)


def _line(key: str, kept: IngredientSet) -> FormularyLine:
    rules = f" ({', '.join(kept.rules)})" if kept.rules else ""
    names = ", ".join(_name(name, kept) for name in kept.names)
    return FormularyLine(
        key=key,
        text=f"{_headed(kept)}{rules}: {names}.",
        numbers={},
        medications=kept.on,
        tag=kept.tag,
        cites=kept.cites,
        checked=kept.checked,
    )


def _headed(kept: IngredientSet) -> str:
    head = f"{kept.kind}, {kept.direction}"
    return head[:1].upper() + head[1:]


def _name(name: str, kept: IngredientSet) -> str:
    """A member, with what is particular to it."""
    weaker = "weaker" if name in kept.weaker else ""
    note = kept.notes.get(name, weaker)
    return f"{name} ({note})" if note else name
