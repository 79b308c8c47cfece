"""Reversal kits in the state of people's care: where they stand, and what deeds keep."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from aftercare.owed.state import Evidence, KitState
from knowledge.schedule.kinds import KeptBy
from treatment.from_kits import BRING, HOUSEHOLD, KitEntry, kits_at_hand
from treatment.queries import kit_deeds_of


def kit_states(
    ids: Sequence[int], kept: Mapping[int, dict[str, set[Evidence]]], *, on: date
) -> dict[int, KitState]:
    """Where the kits of each stand; each deed is added to what was kept: somebody
    asked, or one was handed over."""
    found = {}
    for pk, deeds in kit_deeds_of(list(ids)).items():
        for deed in deeds:
            one = Evidence(deed.on, deed.recorded_at)
            for key in _kept_by(deed):
                kept[pk][key].add(one)
        now = kits_at_hand(deeds, on=on)
        declined = now.declined
        found[pk] = KitState(
            good_until=now.good_until,
            gone_on=now.gone_on,
            gone_at=now.known_since if now.gone_on else None,
            gone_how=now.gone_how,
            declined=Evidence(declined.on, declined.recorded_at) if declined else None,
        )
    return found


def _kept_by(deed: KitEntry) -> Iterator[str]:
    yield KeptBy.KIT_CHECK
    if deed.kind in BRING:
        yield KeptBy.KIT
    if deed.kind == HOUSEHOLD:
        yield KeptBy.KIT_TEACHING
