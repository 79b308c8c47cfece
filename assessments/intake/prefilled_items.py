"""Items of instruments that another answer has told already. No Django.

Each is asked only as long as the other answer leaves it open, and counts as answered
where it does not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assessments.intake.declaration import Condition
from knowledge.instruments.registry import find

PRESCRIBED = frozenset(("prescribed", "long_acting"))


@dataclass(frozen=True, slots=True)
class Loan:
    """Which answer tells an item, and what it comes to; None leaves the item open."""

    of: str
    tells: Callable[[object], str | None]

    @property
    def while_open(self) -> Condition:
        """Holds as long as the item is still to be asked."""
        return Condition(self.of, lambda given: self.tells(given) is None)


def _never_drinks(frequency: object) -> str | None:
    return "0" if frequency == "0" else None


def _days_of_use(rows: object) -> str | None:
    """Told where one drug alone comes to the most that can be chosen."""
    listed = rows if isinstance(rows, list) else []
    days = [row.get("days") for row in listed if isinstance(row, dict)]
    known = [count for count in days if isinstance(count, int)]
    days_code = next(one for one in find("bam").derivations if one.item == "drug_days")
    most = days_code.derive(max(known, default=0))
    return str(most) if most == days_code.beyond else None


def _beyond_prescribed(named: object, code: str) -> str | None:
    used = set(map(str, named)) if isinstance(named, list) else set()
    return code if used - PRESCRIBED else None


LOANS: Mapping[str, Loan] = {
    "bam.alcohol_days": Loan("audit_c.frequency", _never_drinks),
    "bam.heavy_alcohol_days": Loan("audit_c.frequency", _never_drinks),
    "bam.drug_days": Loan("opioid_use", _days_of_use),
    "dast10.non_medical_use": Loan(
        "opioids_used", lambda given: _beyond_prescribed(given, "1")
    ),
    "dast10.withdrawal": Loan(
        "phys_dependence", lambda given: "1" if given is True else None
    ),
    "dsm5_oud.context.supervised": Loan(
        "opioids_used", lambda given: _beyond_prescribed(given, "no")
    ),
}
