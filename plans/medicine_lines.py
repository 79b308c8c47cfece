"""Lines of a plan that a prescriber decides: a medicine, its dose, an amount of it."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from accounts.access import may_at
from accounts.models import Staff
from accounts.permissions import Permission
from accounts.refusals import RightMissing
from knowledge.medicines import medicines
from plans.models import Goal, Intervention, Need

# An amount in a line of any kind is a dose, however it is spelt; a laboratory's
# concentration is none.
_AMOUNT = (
    r"\d[\s-]*(?:mgs?|mcgs?|[uµ]g|ml|milligrams?|micrograms?|millilit(?:er|re)s?)\b"
    r"(?!\s*/\s*d?l\b)"
)
AMOUNT = re.compile(_AMOUNT, re.IGNORECASE)
# Reversal kits are anybody's to hand out: naloxone with its own amount and nothing else.
KIT = re.compile(
    rf"\bnaloxone(?:[\s,]+(?:nasal|spray|kits?|injector|at|home|of|in))*[\s,(]+"
    rf"\d*[.,]?{_AMOUNT}",
    re.IGNORECASE,
)
# What is done to a medicine by whoever orders it, said first in a sentence or part of one.
_VERBS = (
    r"(?:re)?start|begin|initiate|induct|increase|raise|double|decrease|lower|reduce|taper"
    r"|titrate|stop|discontinue|hold|prescribe|dispense|administer|give|order"
    r"|(?:switch|change)\s+to"
)
_BETWEEN = (
    r"the|an?|her|his|their|your|dose|doses|of|on|with|oral|daily|weekly|monthly"
    r"|sublingual|injectable|injected|long[\s-]acting|extended[\s-]release"
)
# Beside a medicine's name these leave it a line about that medicine and nothing else.
_HOW_OFTEN = (
    rf"{_BETWEEN}|once|twice|every|other|day|week|month|nightly|morning|evening|film|films"
    r"|tablets?|injections?|shots?|bid|qd"
)
# Words between a medicine's name and a number that leave the number its dose.
_TO = (
    r"at|to|by|of|is|the|dose|daily|up|down|now|increased?|raised?|lowered?|reduced?"
    r"|decreased?|film|tablets?|oral|liquid"
)
_COUNTED = (
    r"%|times|x\b|hours?|h\b|days?|weeks?|months?|years?|visits?|sessions?|groups?"
    r"|questions?|options?|[ap]\.?m\b|:\d"
)
# The unit of a dose beside a medicine's name, its number written out.
UNIT = re.compile(
    r"\b(?:mgs?|mcgs?|milligram\w*|microgram\w*)\b(?!\s*/\s*d?l\b)", re.IGNORECASE
)

OWN_WORDS = ("own_words",)

WORDS = (
    "A medicine and its dose are decided by a prescriber. Leave the line as it is, or"
    " ask one to do this."
)
WORDS_ELSEWHERE = (
    "A medicine, its dose or an order of it is decided by a prescriber, who writes it as a"
    " line under the need. Say here, without it, what the person needs or wants to reach,"
    " or ask a prescriber to write it."
)


class MedicineWritten(RightMissing):
    """A need or a goal would say what a prescriber has to; `field` is where."""

    def __init__(self, field: str) -> None:
        super().__init__(WORDS_ELSEWHERE)
        self.field = field


def is_medicine(*, kind: str, title: str, dose: str) -> bool:
    if kind == Intervention.Kind.MEDICATION or _alone().fullmatch(title):
        return True
    return orders_medicine(f"{title} {dose}")


def orders_medicine(text: str) -> bool:
    """Whether a text gives a dose, or says what is done with a medicine for OUD."""
    text = unicodedata.normalize("NFKC", text)
    if AMOUNT.search(KIT.sub("", text)) or _order().search(text):
        return True
    if _bare_amount().search(text):
        return True
    return bool((AMOUNT.search(text) or UNIT.search(text)) and _names().search(text))


@cache
def _names() -> re.Pattern[str]:
    """Every name by which a medicine for OUD is known."""
    return re.compile(rf"\b{_name_pattern()}\b", re.IGNORECASE)


@cache
def _bare_amount() -> re.Pattern[str]:
    """A medicine for OUD with a number right after it, which counts no time or times."""
    return re.compile(
        rf"\b{_name_pattern()}\b[\s,:;\u2013\u2014-]*(?:(?:{_TO})\s+){{0,3}}"
        rf"\d+(?:[./,]\d+)*\b(?!\s*(?:{_COUNTED}))",
        re.IGNORECASE,
    )


@cache
def _order() -> re.Pattern[str]:
    return re.compile(
        rf"(?:^|[.,;:]|\b(?:and|then)\b)\s*(?:{_VERBS})\s+"
        rf"(?:(?:{_BETWEEN})\s+){{0,4}}{_name_pattern()}\b",
        re.IGNORECASE,
    )


@cache
def _alone() -> re.Pattern[str]:
    return re.compile(
        rf"(?:\W|\b(?:{_HOW_OFTEN})\b)*{_name_pattern()}(?:\W|\b(?:{_HOW_OFTEN})\b)*",
        re.IGNORECASE,
    )


@cache
def _name_pattern() -> str:
    names = {w for one in medicines() for w in (one.ingredient, *one.brands)}
    return f"(?:{'|'.join(map(re.escape, sorted(names, reverse=True)))})"


def is_medicine_line(line: Intervention) -> bool:
    rest = f"{line.dose} {line.who} {line.stop_rule}"
    return is_medicine(kind=line.kind, title=line.title, dose=rest)


def prescriber_of(line: Intervention, by: Staff) -> Staff | None:
    """Who answers for a line about a medicine: the prescriber who writes it now.

    Refused to everybody else. None where the line is about something else.
    """
    if not is_medicine_line(line):
        return None
    if not _may(by, line.clinic_id):
        raise RightMissing(WORDS)
    return by


def refuse_medicine(
    values: Mapping[str, object], before: Need | Goal | None, by: Staff, clinic_id: int
) -> None:
    """Refuse what a need or a goal newly says of a medicine, but to a prescriber.

    What it said before stays, and so do the person's own words, whatever they name.
    """
    for name, value in values.items():
        text = value if isinstance(value, str) and name not in OWN_WORDS else ""
        is_new = before is None or getattr(before, name) != text
        if (
            is_new
            and is_medicine(kind="", title=text, dose="")
            and not _may(by, clinic_id)
        ):
            raise MedicineWritten(name)


def _may(by: Staff, clinic_id: int) -> bool:
    return may_at(by, clinic_id, Permission.MEDICATION_DECIDE)
