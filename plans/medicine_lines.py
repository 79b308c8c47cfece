"""Lines of a plan that a prescriber decides: a medicine, its dose, an amount of it."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from accounts.access import may_at
from accounts.models import Staff
from accounts.permissions import Permission
from accounts.refusals import Refused, RightMissing
from knowledge.medicines import medicines
from plans.drafting.tree import BEFORE_FIRST_DOSE
from plans.models import Goal, Intervention, Need
from treatment.actions.programs import PROGRAM_ONLY, REFER

# An amount in a line of any kind is a dose, however it is spelt; a laboratory's
# concentration is none.
_AMOUNT = (
    r"\d[\s-]*(?:mgs?|mcgs?|[uµ]g|ml|milligrams?|micrograms?|millilit(?:er|re)s?)\b"
    r"(?!\s*/\s*d?l\b)"
)
AMOUNT = re.compile(_AMOUNT, re.IGNORECASE)
# A unit without a figure before it: the amount is spelt out, or stands elsewhere.
UNIT = re.compile(
    r"(?<![a-z])(?:mgs?|mcgs?|[uµ]g|milligrams?|micrograms?)\b(?!\s*/\s*d?l\b)",
    re.IGNORECASE,
)
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
    r"|continue|resume|adjust|bump|up|go\s+(?:up|down)\s+on|put(?:\s+\w+)?\s+on"
    r"|(?:switch|change|convert|transition)\s+to"
    r"|(?:restart|start|initiat|induct|increas|rais|decreas|lower|reduc|taper|titrat|stopp"
    r"|discontinu|hold|prescrib|dispens|continu|resum|switch|chang)ing(?:\s+to)?"
)
_BETWEEN = (
    r"the|an?|her|his|their|your|dose|doses|of|on|with|oral|daily|weekly|monthly"
    r"|sublingual|injectable|injected|low[\s-]dose|long[\s-]acting|extended[\s-]release"
)
# Beside a medicine's name these leave it a line about that medicine and nothing else.
_HOW_OFTEN = (
    rf"{_BETWEEN}|once|twice|every|other|day|week|month|nightly|morning|evening|film|films"
    r"|tablets?|injections?|shots?|bid|qd"
)
# What may stand between a medicine's name and a strength without its unit: "Suboxone
# film 8/2", "methadone up to 80".
_TO_STRENGTH = (
    rf"{_BETWEEN}|once|twice|nightly|morning|evening|bid|qd|films?|tablets?|to|up|down|at|x"
    r"|take[\s-]homes?"
)
# A figure before these counts something else than the medicine.
_COUNTED = (
    r"days?|weeks?|months?|years?|hours?|minutes?|h|hrs?|visits?|times|sessions?|groups?|people"
    r"|questions?|options?|am"
    r"|pm|percent|st|nd|rd|th"
)
_STRENGTH = (
    r"(?<!\d)\d{1,5}(?:[.,/]\d{1,5}){0,3}(?![\d.,/:]{0,9}\d)(?![\s-]\d{3})"
    rf"(?![\s-]*(?:%|(?:{_COUNTED})\b))"
)
_PIECES = r"bottles?|doses?|tablets?|tabs?|films?|strips?|pills?|injections?|shots?"
# What clinicians write for the names that a product goes by.
_SHORTHAND = ("bup", "bupe", "xr-bup", "xr-ntx", "ntx-xr")

OWN_WORDS = ("own_words",)

# Said of whoever may order what this clinic may not.
ELSEWHERE = re.compile(
    r"\b(?:refer\w*|referral|otp|program|elsewhere|hospital|taper\w*\s+off)\b",
    re.IGNORECASE,
)

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


class OrderedOutsideProgram(Refused):
    """A line would order what only an opioid treatment program may."""

    field = "title"


def is_medicine(*, kind: str, title: str, dose: str) -> bool:
    every = _name_pattern()
    if kind == Intervention.Kind.MEDICATION or _alone(every).fullmatch(_plain(title)):
        return True
    return orders_medicine(f"{title} {dose}")


def orders_medicine(text: str) -> bool:
    """Whether a text gives a dose, with its unit or without, or says what is done with a
    medicine for OUD."""
    plain = _plain(text)
    if AMOUNT.search(KIT.sub("", plain)) or _order().search(plain):
        return True
    if _strength(_name_pattern()).search(plain):
        return True
    return bool(UNIT.search(plain) and _names().search(plain))


def _plain(text: str) -> str:
    """As it reads: wide letters and figures as usual ones, nothing that is not seen."""
    seen = (c for c in text if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", "".join(seen))


def names_medicine(text: str) -> bool:
    """Whether a medicine for OUD is named at all, whatever is said of it."""
    return bool(_names().search(_plain(text)))


@cache
def _names() -> re.Pattern[str]:
    """Every name by which a medicine for OUD is known."""
    return re.compile(rf"\b{_name_pattern()}\b", re.IGNORECASE)


# Where a sentence, or a part of one, begins.
_FIRST = r"(?:^|[.,;:]|\b(?:and|then)\b)\s*"


@cache
def _order() -> re.Pattern[str]:
    the_dose = r"(?:the|her|his|their|your)\s+(?:daily\s+)?dose\b(?!\s+of\s+naloxone)"
    return re.compile(
        rf"{_order_of(_name_pattern())}|{_FIRST}(?:{_VERBS})\s+{the_dose}",
        re.IGNORECASE,
    )


def _order_of(names: str) -> str:
    """What is done with a medicine of one of these names."""
    return (
        rf"{_FIRST}(?:{_VERBS})\s+(?:(?:{_BETWEEN})\s+){{0,4}}{names}\b"
        rf"|\b{names}\s*[:,\u2013\u2014-]\s*(?:{_VERBS})\b"
    )


@cache
def _strength(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b{name}\b(?:[\s:,(\u2013\u2014-]|\b(?:{_TO_STRENGTH})\b)*\b{_STRENGTH}"
        rf"|(?<!day )(?<!week )(?<!month )\b{_STRENGTH}\s+(?:(?:{_PIECES})\s+)?of\s+{name}\b"
        rf"|\d/\d+\s+{name}\b",
        re.IGNORECASE,
    )


@cache
def _alone(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:\W|\b(?:{_HOW_OFTEN})\b)*{name}(?:\W|\b(?:{_HOW_OFTEN})\b)*",
        re.IGNORECASE,
    )


@cache
def _name_pattern() -> str:
    names = {w for one in medicines() for w in (one.ingredient, *one.brands)}
    names |= set(_SHORTHAND)
    return f"(?:{'|'.join(map(re.escape, sorted(names, reverse=True)))})"


def is_medicine_line(line: Intervention) -> bool:
    """Also what the decision asks for before the first dose, whatever its words."""
    if line.key.startswith(f"{BEFORE_FIRST_DOSE}:"):
        return True
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


def ordered_by(
    line: Intervention, by: Staff, *, is_typed: bool = False
) -> Staff | None:
    """The same of a line that is to be carried out: what this clinic may not order is
    refused to everybody. `is_typed` where somebody wrote its words just now."""
    prescriber = prescriber_of(line, by)
    if (is_typed or not _is_of_rule(line)) and orders_methadone_here(line):
        raise OrderedOutsideProgram(REFER)
    return prescriber


def orders_outside_program(line: Intervention) -> bool:
    """Whether a line orders methadone where the clinic is no program. What a rule says
    before a first dose names it among others, and orders none."""
    return not _is_of_rule(line) and orders_methadone_here(line)


def _is_of_rule(line: Intervention) -> bool:
    return line.key.startswith((f"{BEFORE_FIRST_DOSE}:", "action:"))


def orders_methadone_here(line: Intervention) -> bool:
    """Whether its words order it at a clinic that is no program. Words that say that a
    program gives it, or refer to one, order nothing."""
    if line.clinic.is_otp:
        return False
    title, dose = _plain(line.title), _plain(line.dose)
    if ELSEWHERE.search(f"{title} {dose} {_plain(line.who)}"):
        return False
    named = _program_only()
    if _alone(named).fullmatch(title) or _given(named).search(f"{title} {dose}"):
        return True
    is_of_it = bool(re.match(rf"\W*{named}\b", title, re.IGNORECASE))
    return is_of_it and line.kind == Intervention.Kind.MEDICATION


@cache
def _program_only() -> str:
    names = {
        word
        for one in medicines()
        if one.ingredient == PROGRAM_ONLY
        for word in (one.ingredient, *one.brands)
    }
    return f"(?:{'|'.join(map(re.escape, sorted(names, reverse=True)))})"


@cache
def _given(names: str) -> re.Pattern[str]:
    """An order or a strength of one of these."""
    return re.compile(f"{_order_of(names)}|{_strength(names).pattern}", re.IGNORECASE)


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
