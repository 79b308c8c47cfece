"""From one medication to another. No Django."""

from medications.formulary.lines import Line, kin, section


def transition(from_: str, to: str) -> tuple[Line, ...]:
    """The rules for a change; several where a form is still to be chosen."""
    origins, aims = kin(from_), kin(to)
    rows = section("transitions", "between").lines
    return tuple(
        row for row in rows if origins & set(row["from"]) and aims & set(row["to"])
    )
