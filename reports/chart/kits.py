"""Reversal kit in the header of a chart: what is at hand, and an overdose without one."""

from datetime import datetime

from aftercare.models import FollowUp
from assessments.facts import Value
from assessments.picture import Picture
from assessments.picture.own_sources import KITS
from assessments.picture.sources import Subject
from patients.models import Patient
from reports.chart.words import day_named
from treatment.current import kits_in

KIT, ORA, HAS_KIT = "naloxone_handover", "ora", "has_kit"
RECENT_OVERDOSE = ("past_12_months", "several_past_12_months", "past_30_days")


def kit_words(subject: Subject, picture: Picture, at: datetime) -> str:
    """Whether there is a reversal kit at hand, by the last deed or answer; empty where
    nobody asked."""
    kits, known = kits_in(subject), picture.known(ORA)
    if kits.declined and not kits.is_at_hand:
        return f"Declined {day_named(kits.declined.on, at)}"
    if known is None:
        return ""
    if HAS_KIT not in _members(known.value):
        how, day = kits.gone_how, kits.gone_on
        if day is None or known.source != KITS:
            how, day = "asked", known.as_of
        return f"None, {how} {day_named(day, at)}"
    if kits.is_at_hand and known.source == KITS:
        return f"Yes, to {kits.good_until:%b %Y}" if kits.good_until else "Yes"
    return f"Yes, asked {day_named(known.as_of, at)}"


def _members(value: Value) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()


def lacks_naloxone(patient: Patient, picture: Picture) -> bool:
    """An overdose in the past 12 months, and asked about a kit, there was none; nor was
    one handed over since."""
    kit = picture.known(ORA)
    if kit is None or picture.value("overdose_hx") not in RECENT_OVERDOSE:
        return False
    if not isinstance(kit.value, frozenset) or HAS_KIT in kit.value:
        return False
    given = FollowUp.objects.filter(
        patient=patient, kind=KIT, status=FollowUp.Status.DONE, closed_at__gte=kit.as_of
    )
    return not given.exists()
