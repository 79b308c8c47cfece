"""Order of danger among people, and the duty that one person's danger asks for. Pure."""

from collections.abc import Iterable
from datetime import date

from aftercare.owed.urgency.model import OwedNow, UrgencyFactor
from knowledge.schedule.urgency import UrgencyGroup, order_of_danger

# Factors up to this one are told apart by what is written; those after it by the day.
LAST_WRITTEN = "pregnancy_or_release"
END = "~"


def danger_code(found: Iterable[UrgencyFactor]) -> str:
    """The factors that are written, the gravest first, as one word: two letters each.

    Words compare as people do, from the top, and a factor more never moves anybody
    down; without a danger there is no word.
    """
    last = order_of_danger().rank(LAST_WRITTEN)
    graver: dict[int, UrgencyFactor] = {}
    for one in sorted(found, key=lambda one: one.place):
        if one.rank <= last:
            graver.setdefault(one.rank, one)
    said = "".join(code_of(one) for one in graver.values())
    return f"{said}{END}" if said else ""


def code_of(one: UrgencyFactor) -> str:
    """`b0`: the place of the factor, and of its case."""
    return f"{rank_letter(one.key)}{one.level}"


def rank_letter(key: str) -> str:
    """The place of a factor as a letter: `a` is the gravest."""
    return chr(ord("a") + order_of_danger().rank(key))


def sort_key(
    found: tuple[UrgencyFactor, ...], name: str
) -> tuple[int, str, date, date, str]:
    """The place of a person: factors from the top, then least time left, then longest
    waiting, then name."""
    if not found:
        return len(order_of_danger().factor), "", date.max, date.max, name
    top = found[0]
    code = danger_code(found)
    return 0 if code else top.rank, code, top.until, top.since, name


def group_of(
    found: tuple[UrgencyFactor, ...], today: date, act_on: date | None, week: int
) -> UrgencyGroup:
    """Under which heading somebody stands; `act_on` is when something is to be done."""
    group = found[0].declared.group if found else UrgencyGroup.BY_DAY
    if group != UrgencyGroup.BY_DAY:
        return group
    if act_on is None or act_on <= today:
        return UrgencyGroup.TODAY
    is_near = (act_on - today).days <= week
    return UrgencyGroup.THIS_WEEK if is_near else UrgencyGroup.LATER


def top_duty(
    found: Iterable[UrgencyFactor], owed: Iterable[OwedNow], today: date
) -> OwedNow | None:
    """What is done first: what answers the gravest factor that anything answers."""
    open_now = sorted(owed, key=lambda one: (one.earliest > today, one.gravity))
    for factor in found:
        if answers := [one for one in open_now if _answers(one, factor)]:
            return answers[0]
    return min(open_now, key=lambda one: (one.due, one.gravity), default=None)


def _answers(one: OwedNow, factor: UrgencyFactor) -> bool:
    if factor.key == "federal":
        return one.declared.is_federal and one.latest <= factor.until
    if factor.key == "late":
        return one.latest <= factor.until
    return factor.key in one.declared.answers
