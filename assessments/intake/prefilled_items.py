"""Items of instruments that another answer has told already. No Django.

Each is asked only as long as the other answer leaves it open, and counts as answered
where it does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.intake.declaration import Given, all_met, when
from knowledge.conditions import Condition, FactTest, Unless
from knowledge.instruments.registry import find

DAYS_OF_USE = next(one for one in find("bam").derivations if one.item == "drug_days")


@dataclass(frozen=True, slots=True)
class Loan:
    """What must hold of other answers to tell an item, and what it then comes to."""

    when: Condition
    code: str

    @property
    def while_open(self) -> Condition:
        """Holds as long as the item is still to be asked."""
        return Unless(self.when)

    def tells(self, given: Given) -> str | None:
        """The item's answer; None where the others leave it open."""
        return self.code if all_met([self.when], given) else None


NEVER_DRINKS = Loan(when("audit_c.frequency", "0"), "0")
# One drug alone comes to the most that can be chosen.
USES_MOST_DAYS = Loan(
    FactTest("opioid_use.days", "at_least", DAYS_OF_USE.steps[-1][0] + 1),
    str(DAYS_OF_USE.beyond),
)
BEYOND_PRESCRIBED = FactTest(
    "opioids_used", "other_than", ["prescribed", "long_acting"]
)
PHYSICALLY_DEPENDENT = FactTest("phys_dependence", "is", operand=True)

LOANS: Mapping[str, Loan] = {
    "bam.alcohol_days": NEVER_DRINKS,
    "bam.heavy_alcohol_days": NEVER_DRINKS,
    "bam.drug_days": USES_MOST_DAYS,
    "dast10.non_medical_use": Loan(BEYOND_PRESCRIBED, "1"),
    "dast10.withdrawal": Loan(PHYSICALLY_DEPENDENT, "1"),
    "dsm5_oud.context.supervised": Loan(BEYOND_PRESCRIBED, "no"),
}
