"""Overdose-reversal products."""

from knowledge.formulary.lines import FormularyLine, section

DEFAULT = "narcan"


def reversal_products(*, age: int | None) -> tuple[FormularyLine, ...]:
    """The products for a person; those from an age up only where it is known."""
    rows = section("reversal", "products").lines
    return tuple(row for row in rows if _fits(row, age))


def _fits(row: FormularyLine, age: int | None) -> bool:
    from_age = row.get("from_age")
    return from_age is None or (age is not None and age >= from_age)


def default_product() -> FormularyLine:
    return section("reversal", "products").line(DEFAULT)
