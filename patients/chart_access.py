"""Readers of a chart, from the audit: not on the team first; and charts that are closed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import AuditEvent, Clinic, Membership
from accounts.permissions import Role
from accounts.sentences import say
from patients.merges import numbers_of
from patients.models import CareTeamMember, ChartRestriction, EmergencyOpening, Patient


class ClosedToYou(Http404):
    """This clinic's person, whose chart the care team alone opens."""

    def __init__(self, restriction_id: int) -> None:
        super().__init__("This chart is closed.")
        self.restriction_id = restriction_id


@dataclass(slots=True)
class ChartReader:
    """One person on the staff who opened it, with when, what, and why that was allowed."""

    staff_id: int | None
    name: str
    roles: str
    parts: str
    emergencies: list[EmergencyOpening]
    times: int = 0
    last_at: datetime | None = None
    pages: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def is_on_team(self) -> bool:
        return bool(self.parts)

    @property
    def page_words(self) -> str:
        """What was opened, the most often first."""
        most = sorted(self.pages.items(), key=lambda one: (-one[1], one[0]))
        return ", ".join(page.replace("_", " ") for page, _ in most[:4])


def readers_of(patient: Patient, *, since: datetime) -> list[ChartReader]:
    """Everybody who opened this chart since then, those outside the team first."""
    events = _events(patient, since)
    found: dict[int | None, ChartReader] = {}
    parts = _parts(patient)
    roles = _roles(patient.clinic_id, {event.staff_id for event in events})
    openings = _emergencies(patient, since)
    for event in events:
        reader = found.get(event.staff_id)
        if reader is None:
            reader = found[event.staff_id] = ChartReader(
                event.staff_id,
                event.actor,
                roles.get(event.staff_id, ""),
                parts.get(event.staff_id, ""),
                openings.get(event.staff_id, []),
            )
        reader.times += 1
        reader.last_at = event.at
        page = event.facts.get("page") if isinstance(event.facts, dict) else None
        done = say(event.verb, event.facts, is_for_charts=False).phrase
        reader.pages[str(page or done)] += 1
    return sorted(
        found.values(), key=lambda one: (not one.emergencies, one.is_on_team, one.name)
    )


def _events(patient: Patient, since: datetime) -> list[AuditEvent]:
    rows = AuditEvent.objects.filter(
        clinic_id=patient.clinic_id,
        patient_id__in=numbers_of([patient.pk]),
        at__gte=since,
    )
    return list(rows.exclude(staff_id=None).order_by("at", "id"))


def _parts(patient: Patient) -> dict[int | None, str]:
    """Who is or was on the team, and as what."""
    found: dict[int | None, list[str]] = defaultdict(list)
    for member in CareTeamMember.objects.filter(patient=patient):
        word = str(member.get_part_display())
        if word not in found[member.staff_id]:
            found[member.staff_id].append(word)
    return {pk: ", ".join(words) for pk, words in found.items()}


def _roles(clinic_id: int, staff: Iterable[int | None]) -> dict[int | None, str]:
    found: dict[int | None, list[str]] = defaultdict(list)
    held = Membership.objects.filter(
        clinic=clinic_id, staff__in=[pk for pk in staff if pk]
    )
    for member in held.order_by("role"):
        found[member.staff_id].append(str(Role(member.role).label))
    return {pk: ", ".join(words) for pk, words in found.items()}


def _emergencies(
    patient: Patient, since: datetime
) -> dict[int | None, list[EmergencyOpening]]:
    found: dict[int | None, list[EmergencyOpening]] = defaultdict(list)
    rows = EmergencyOpening.objects.filter(patient=patient, opened_at__gte=since)
    for one in rows:
        found[one.staff_id].append(one)
    return dict(found)


def closed_charts(clinic: Clinic) -> QuerySet[ChartRestriction]:
    """Charts that the care team alone opens."""
    return ChartRestriction.objects.filter(clinic=clinic, lifted_at=None)


def closed_chart(clinic: Clinic, mrn: str) -> ChartRestriction | None:
    """The closed chart of exactly this record number, which is all that others learn."""
    return closed_charts(clinic).filter(mrn__iexact=mrn.strip()).first()


def seen_during(opening: EmergencyOpening) -> list[tuple[datetime, str]]:
    """When its holder did what in this chart, as long as it was open to them."""
    rows = AuditEvent.objects.filter(
        clinic_id=opening.clinic_id,
        patient_id=opening.patient_id,
        staff_id=opening.staff_id,
        at__gte=opening.opened_at,
        at__lt=opening.until_at,
    )
    return [
        (one.at, say(one.verb, one.facts, is_for_charts=False).phrase)
        for one in rows.order_by("at", "id")
    ]


def refuse_if_closed(clinic: Clinic, patient_id: int) -> None:
    """Of a person who is not found: say so where it is the closed chart of this clinic."""
    found = closed_charts(clinic).filter(patient_id=patient_id).first()
    if found is not None:
        raise ClosedToYou(found.pk)
