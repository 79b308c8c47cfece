"""Open referrals of any number of people, in one statement."""

from collections import defaultdict
from collections.abc import Iterable

from aftercare.models import CareReferral
from aftercare.owed.state import ReferralState


def open_referrals(ids: Iterable[int]) -> dict[int, list[ReferralState]]:
    found: dict[int, list[ReferralState]] = defaultdict(list)
    rows = CareReferral.objects.open().filter(patient__in=list(ids))
    for one in rows.order_by("pk"):
        if one.next_on is not None:
            found[one.patient_id].append(
                ReferralState(
                    key=str(one.pk),
                    kind=one.kind,
                    stage=one.loop_stage,
                    since=one.stage_on,
                    next_on=one.next_on,
                )
            )
    return found
