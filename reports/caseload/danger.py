"""People whose life may be in danger, or whose result cannot wait: above every day and
deadline of a list."""

from dataclasses import dataclass, field

from accounts.access import Acting
from accounts.models import Clinic
from assessments.models import Concern
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class PersonInDanger:
    """One person, once, with all that presses: what is about their life first."""

    patient: Patient
    clinic: Clinic
    is_about_life: bool
    level: int
    reasons: list[str] = field(default_factory=list)


def in_danger(acting: Acting) -> list[PersonInDanger]:
    """Everybody here with an open concern that cannot wait: about a life before about a
    result, as on the first page, the most pressing of each first."""
    found = Concern.objects.visible_to(acting).open().that_cannot_wait()
    people: dict[int, PersonInDanger] = {}
    rows = found.pressing_first().select_related("patient", "clinic")
    for one in sorted(rows, key=lambda one: not _is_about_life(one)):
        person = people.setdefault(
            one.patient_id,
            PersonInDanger(one.patient, one.clinic, _is_about_life(one), one.level),
        )
        person.reasons.append(one.reason)
    return list(people.values())


def _is_about_life(concern: Concern) -> bool:
    return concern.kind == Concern.Kind.SUICIDE_RISK
