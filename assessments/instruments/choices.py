"""Answer sets that several instruments share."""

from collections.abc import Iterable

from assessments.instruments.declaration import Choice, Item, Words

YES_NO = (
    Choice(0, Words("No", "No"), ("no", "n", "false", "negative")),
    Choice(1, Words("Yes", "Sí"), ("yes", "y", "true", "si", "sí", "positive")),
)

# LOINC's answer codes of PHQ-9 and GAD-7 [V 83].
HOW_OFTEN_TWO_WEEKS = (
    Choice(0, Words("Not at all", "Nunca"), loinc="LA6568-5"),
    Choice(1, Words("Several days", "Varios días"), loinc="LA6569-3"),
    Choice(
        2,
        Words("More than half the days", "Más de la mitad de los días"),
        loinc="LA6570-1",
    ),
    Choice(3, Words("Nearly every day", "Casi todos los días"), loinc="LA6571-9"),
)


def anchored(*anchors: tuple[int, str, str]) -> tuple[Choice, ...]:
    """Choices from (value, English, Spanish); the values may have gaps."""
    return tuple(Choice(value, Words(en, es)) for value, en, es in anchors)


def scale(lowest: int, highest: int, low: Words, high: Words) -> tuple[Choice, ...]:
    """A run of numbers with words at both ends only."""
    ends = {lowest: low, highest: high}
    return tuple(
        Choice(value, ends.get(value, Words(str(value), str(value))))
        for value in range(lowest, highest + 1)
    )


def items(
    choices: tuple[Choice, ...], *prompts: tuple[str, str, str]
) -> tuple[Item, ...]:
    """Items that share their answers, from (key, English, Spanish)."""
    return tuple(Item(key, Words(en, es), choices) for key, en, es in prompts)


def keys(of: Iterable[Item]) -> tuple[str, ...]:
    """The keys of the items that carry a score."""
    return tuple(item.key for item in of if not item.optional)
