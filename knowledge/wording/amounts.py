"""Numbers in words: amounts without needless zeros, doses, counts."""

from collections.abc import Iterable
from decimal import Decimal


def amount(value: Decimal | None) -> str:
    """A number without needless zeros: 85, 0.5; nothing where there is none."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def milligrams(value: Decimal | None) -> str:
    """` 85 mg`, to follow a medicine's name; nothing where no amount is known."""
    return f" {amount(value)} mg" if value else ""


def days_ago(days: int) -> str:
    """`yesterday`, or `4 days ago`."""
    return "yesterday" if days == 1 else f"{days} days ago"


def listed(words: Iterable[str]) -> str:
    """Words one after the other, the empty ones left out."""
    return ", ".join(word for word in words if word)


def either_of(words: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
