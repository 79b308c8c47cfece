"""Plans for bad days in the state of people's care, and what they keep."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from aftercare.models import HardDayKinds, HardDayPlan, HardDayReview
from aftercare.owed.state import Evidence, HardDayState
from knowledge.hard_days.content import HardDayKind
from knowledge.schedule.kinds import KeptBy
from knowledge.wording.dates import day_at

# What a look that left a version as it is keeps: of a new concern, no plan.
LOOK_KEEPS: Mapping[str, KeptBy] = {
    HardDayKinds.SAFETY: KeptBy.SAFETY_PLAN_REVIEW,
    HardDayKinds.USE: KeptBy.USE_PLAN_REVIEW,
}
# What a version keeps.
KEEPS: Mapping[str, tuple[KeptBy, ...]] = {
    HardDayKinds.SAFETY: (KeptBy.SAFETY_PLAN, LOOK_KEEPS[HardDayKinds.SAFETY]),
    HardDayKinds.USE: (LOOK_KEEPS[HardDayKinds.USE],),
}


def hard_day_states(
    ids: Sequence[int],
    kept: Mapping[int, dict[str, set[Evidence]]],
    *,
    zone: ZoneInfo,
) -> dict[int, tuple[HardDayState, ...]]:
    """The plans in force of each, in two statements; each version, and each look that
    left one as it is, is added to what was kept."""
    in_force: dict[tuple[int, str], HardDayState] = {}
    agreed = HardDayPlan.objects.agreed().filter(patient__in=ids)
    rows = agreed.values_list("patient", "kind", "pk", "agreed_at", "review_on")
    for pk, kind, plan, at, review_on in rows:
        if at is None or review_on is None:
            continue
        for key in KEEPS[kind]:
            kept[pk][key].add(Evidence(day_at(at, zone), at))
        in_force.setdefault(
            (pk, kind),
            HardDayState(
                kind=HardDayKind(kind),
                key=str(plan),
                agreed_at=at,
                review_on=review_on,
            ),
        )
    next_on = _looked_at(ids, kept, zone) if in_force else {}
    found: dict[int, list[HardDayState]] = defaultdict(list)
    for (pk, _), state in in_force.items():
        found[pk].append(
            replace(state, review_on=next_on.get(state.key, state.review_on))
        )
    return {pk: tuple(its) for pk, its in found.items()}


def _looked_at(
    ids: Sequence[int],
    kept: Mapping[int, dict[str, set[Evidence]]],
    zone: ZoneInfo,
) -> dict[str, date]:
    """The day that was agreed at the last look, by plan."""
    looks = HardDayReview.objects.filter(patient__in=ids).order_by("reviewed_at", "pk")
    next_on = {}
    for pk, kind, plan, at, on in looks.values_list(
        "patient", "plan__kind", "plan", "reviewed_at", "next_on"
    ):
        kept[pk][LOOK_KEEPS[kind]].add(Evidence(day_at(at, zone), at))
        next_on[str(plan)] = on
    return next_on
