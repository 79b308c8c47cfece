"""From one medication to another."""

from knowledge.formulary.lines import FormularyLine, section
from knowledge.medicines import medicines


def transition(from_: str, to: str) -> tuple[FormularyLine, ...]:
    """The rules for a change; several where a form is still to be chosen."""
    origins, aims = medicines().kin(from_), medicines().kin(to)
    rows = section("transitions", "between").lines
    return tuple(
        row for row in rows if origins & set(row["from"]) and aims & set(row["to"])
    )
