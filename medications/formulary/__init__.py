"""Products, doses and waits of each medication as dated, cited lines. No Django."""

from medications.formulary.classes import interactions_for
from medications.formulary.lines import Section, kin, sections
from medications.knowledge import knowledge


def sections_for(medication: str) -> tuple[Section, ...]:
    """What is kept of one medication, its forms and its kind, ready to be printed."""
    about = kin(medication)
    found = tuple(
        Section(s.book, s.key, s.title, s.part, lines)
        for s in sections().values()
        if (lines := tuple(x for x in s.lines if about & set(x.medications)))
    )
    others = interactions_for(medication, knowledge())
    return (*found, others) if others else found
