"""Preview of a hand-over in the words of the page: how many, and what goes elsewhere."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Staff
from aftercare.actions.hand_plan import HandPlan
from aftercare.models import HandOver
from patients.models import Patient

# Lines that are said one by one; more are a number.
SAID = 6


@dataclass(frozen=True, slots=True)
class ElsewhereLine:
    """Something of one person that needs a right, and who does it."""

    name: str
    titles: str
    to: str


@dataclass(frozen=True, slots=True)
class HandPreview:
    """What is seen before it is done."""

    words: str
    left_out: str
    elsewhere: list[ElsewhereLine]
    more: int


def preview_of(plan: HandPlan, people: Iterable[Patient]) -> HandPreview:
    by_pk = {one.pk: one for one in people}
    staff = Staff.objects.in_bulk(
        list({one.staff_id for one in plan.elsewhere if one.staff_id})
    )
    found: dict[tuple[int, int | None], list[str]] = defaultdict(list)
    for one in plan.elsewhere:
        found[one.patient_id, one.staff_id].append(one.title)
    lines = [
        ElsewhereLine(
            by_pk[pk].shown_name,
            ", ".join(dict.fromkeys(titles)),
            staff[who].name if who else "",
        )
        for (pk, who), titles in found.items()
    ]
    return HandPreview(_words(plan), _left_out(plan), lines[:SAID], len(lines[SAID:]))


def _words(plan: HandPlan) -> str:
    """`3 people: 4 parts and 2 follow-ups go to Dana Kowalski.`"""
    people, to = _count(len(plan.people), "person", "people"), plan.asked.to.name
    if plan.asked.until_on is not None:
        return f"{people}: {to} sees and hears of them. Nothing moves."
    if not plan.people:
        return f"Nobody moves: {to} has them, or somebody else."
    moved = [_count(plan.parts, "part in their care", "parts in their care")]
    if plan.follow_ups:
        moved.append(_count(plan.follow_ups, "follow-up", "follow-ups"))
    return f"{people}, {' and '.join(moved)}: to {to}."


def _left_out(plan: HandPlan) -> str:
    if not plan.others:
        return ""
    one = plan.others == 1
    if plan.asked.kind == HandOver.Kind.ASSIGNED:
        return f"{plan.others} {'has' if one else 'have'} {plan.asked.to.name} already."
    assert plan.asked.giver is not None  # noqa: S101 - only an assignment has none
    return (
        f"{plan.others} {'is' if one else 'are'} not {plan.asked.giver.name}'s"
        " and not handed over."
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
