"""Choices of medicines in rows; the catalogue says them, so that a product needs no migration."""

from knowledge.medicines import NO_MEDICINE, medicines

type Choices = list[tuple[str, str]]

THINK, NONE = "THINK", "NONE"


def medicine_choices() -> Choices:
    """What can be ordered and written into the dose log."""
    return [(one.key, one.full) for one in medicines().choices]


def decision_choices() -> Choices:
    """What can be decided: a medicine, or none; choosing none is a choice too."""
    return [*medicine_choices(), *NO_MEDICINE.items()]


def talk_choices() -> Choices:
    """What a person can choose when they weigh the options."""
    asked = [(one.key, one.name) for one in medicines().asked]
    return [*asked, (THINK, "Wants to think about it"), (NONE, NO_MEDICINE[NONE])]


def can_be_taken(key: str) -> bool:
    """Whether it is a medicine that can be ordered."""
    return key in medicines() and medicines()[key].is_choice
