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


# What was handed over and is none of the list, or nobody read.
OTHER_PRODUCT = "other"


def product_choices() -> list[tuple[str, str]]:
    """Every product with its short words, the default first."""
    rows = section("reversal", "products").lines
    named = [(row.key, _short(row)) for row in rows]
    return [*named, (OTHER_PRODUCT, "Another product")]


def _short(row: FormularyLine) -> str:
    name = row.text.split(":", maxsplit=1)[0]
    return f"{name}, {row['mg']} mg, {row['route']}"
