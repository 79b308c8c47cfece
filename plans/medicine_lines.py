"""Lines of a plan that a prescriber decides: a medicine, its dose, an amount of it."""

import re

from accounts.access import may_at
from accounts.models import Staff
from accounts.permissions import Permission
from accounts.refusals import RightMissing
from plans.models import Intervention

# An amount in a line of any kind is a dose; reversal kits are anybody's to hand out.
AMOUNT = re.compile(r"\d\s?(mg|mcg|µg|milligrams?|micrograms?)\b", re.IGNORECASE)
FOR_ANYBODY = re.compile(r"(?<!buprenorphine[-/ ])\bnaloxone\b", re.IGNORECASE)

WORDS = (
    "A medicine and its dose are decided by a prescriber. Leave the line as it is, or"
    " ask one to do this."
)


def is_medicine(*, kind: str, title: str, dose: str) -> bool:
    if kind == Intervention.Kind.MEDICATION:
        return True
    text = f"{title} {dose}"
    return bool(AMOUNT.search(text)) and not FOR_ANYBODY.search(text)


def is_medicine_line(line: Intervention) -> bool:
    return is_medicine(kind=line.kind, title=line.title, dose=line.dose)


def prescriber_of(line: Intervention, by: Staff) -> Staff | None:
    """Who answers for a line about a medicine: the prescriber who writes it now.

    Refused to everybody else. None where the line is about something else.
    """
    if not is_medicine_line(line):
        return None
    if not may_at(by, line.clinic_id, Permission.MEDICATION_DECIDE):
        raise RightMissing(WORDS)
    return by
