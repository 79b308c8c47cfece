"""The time line and the scores as files, as things that the gate lets out."""

from django.urls import reverse

from patients.disclosures.things import GivenThing
from patients.models import Disclosure, Patient

TIMELINE, SCORES = "timeline", "scores"


def _address_of_timeline(made: Disclosure) -> str:
    return reverse("reports:timeline_given", args=[made.patient_id, made.pk])


def _address_of_scores(made: Disclosure) -> str:
    return reverse("reports:scores_file", args=[made.patient_id, made.pk])


def _is_of_everybody(_patient: Patient, row: int | None) -> bool:
    return row is None


# A drawing cannot be cut: it goes as a whole or not at all, with the visits, overdoses
# and plans that it marks.
DRAWN = (
    *("in_care", "safety", "attendance", "medicine", "results", "scores"),
    "plan",
)
TIMELINE_FILE = GivenThing(
    key=TIMELINE,
    title="Time line as a file",
    way=Disclosure.Way.FILE,
    sections=DRAWN,
    least=DRAWN,
    address=_address_of_timeline,
    is_of=_is_of_everybody,
)
SCORES_FILE = GivenThing(
    key=SCORES,
    title="Scores as a file",
    way=Disclosure.Way.FILE,
    sections=("in_care", "scores", "results"),
    least=("in_care", "scores"),
    address=_address_of_scores,
    is_of=_is_of_everybody,
)
