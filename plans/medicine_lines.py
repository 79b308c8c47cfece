"""Lines of a plan that a prescriber decides: a medicine, its dose, an amount of it."""

import re
from functools import cache

from accounts.access import may_at
from accounts.models import Staff
from accounts.permissions import Permission
from accounts.refusals import RightMissing
from knowledge.medicines import medicines
from plans.models import Intervention

# An amount in a line of any kind is a dose, however it is spelt.
_AMOUNT = (
    r"\d[\s-]*(?:mgs?|mcgs?|[uµ]g|ml|milligrams?|micrograms?|millilit(?:er|re)s?)\b"
)
AMOUNT = re.compile(_AMOUNT, re.IGNORECASE)
# Reversal kits are anybody's to hand out: naloxone with its own amount and nothing else.
KIT = re.compile(
    rf"\bnaloxone(?:[\s,]+(?:nasal|spray|kits?|injector|at|home|of|in))*[\s,(]+"
    rf"\d*[.,]?{_AMOUNT}",
    re.IGNORECASE,
)

WORDS = (
    "A medicine and its dose are decided by a prescriber. Leave the line as it is, or"
    " ask one to do this."
)


def is_medicine(*, kind: str, title: str, dose: str) -> bool:
    if kind == Intervention.Kind.MEDICATION:
        return True
    text = f"{title} {dose}"
    if not AMOUNT.search(text):
        return False
    return bool(AMOUNT.search(KIT.sub("", text)) or _names().search(text))


@cache
def _names() -> re.Pattern[str]:
    """Every name by which a medicine for OUD is known."""
    names = {w for one in medicines() for w in (one.ingredient, *one.brands)}
    return re.compile(
        rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b", re.IGNORECASE
    )


def is_medicine_line(line: Intervention) -> bool:
    rest = f"{line.dose} {line.who} {line.stop_rule}"
    return is_medicine(kind=line.kind, title=line.title, dose=rest)


def prescriber_of(line: Intervention, by: Staff) -> Staff | None:
    """Who answers for a line about a medicine: the prescriber who writes it now.

    Refused to everybody else. None where the line is about something else.
    """
    if not is_medicine_line(line):
        return None
    if not may_at(by, line.clinic_id, Permission.MEDICATION_DECIDE):
        raise RightMissing(WORDS)
    return by
