"""Open referrals of any number of people, in one statement."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, Q

from aftercare.models import CareReferral
from aftercare.owed.state import ReferralState
from knowledge.schedule.loops import LoopStage


def open_referrals(ids: Iterable[int]) -> dict[int, list[ReferralState]]:
    found: dict[int, list[ReferralState]] = defaultdict(list)
    rows = CareReferral.objects.open().filter(patient__in=list(ids))
    holding = Count("steps", filter=Q(steps__taken_back_at=None))
    told = rows.annotate(step_count=holding).order_by("pk")
    for patient, pk, kind, stage, next_on, owner, steps in told.values_list(
        *("patient", "pk", "kind", "stage", "next_on", "owner", "step_count")
    ):
        found[patient].append(
            ReferralState(
                key=str(pk),
                kind=kind,
                stage=LoopStage(stage),
                steps=steps,
                next_on=next_on,
                owner=str(owner),
            )
        )
    return found
