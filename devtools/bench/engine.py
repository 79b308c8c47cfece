"""The engine over a whole caseload: pictures from the database, options from those."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from time import perf_counter

from accounts import tenancy
from assessments.picture import Picture
from assessments.picture.assemble import pictures_of
from devtools.bench.timer import Timed, once
from medications.clinic_policy.caseload_standings import lines
from medications.options.evaluate import evaluate
from patients.models import Patient

BATCH = 200


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Seconds for the options of each person, and for all their pictures."""

    options: Timed
    pictures: float


def evaluated(ids: Sequence[int], *, clinic: int, at: datetime) -> Evaluated:
    """Everybody's options anew, batch by batch, as a change of knowledge asks for."""
    each: list[float] = []
    reading = 0.0
    for chunk in batched(ids, BATCH):
        began = perf_counter()
        pictures = _pictures(chunk, clinic, at)
        reading += perf_counter() - began
        each += _evaluate(pictures)
    return Evaluated(Timed(tuple(each)), reading)


def _pictures(chunk: Sequence[int], clinic: int, at: datetime) -> list[Picture]:
    with tenancy.clinics([clinic], actor="bench"):
        people = Patient.objects.filter(pk__in=chunk).select_related("clinic")
        return list(pictures_of(people, at=at).values())


def _evaluate(pictures: list[Picture]) -> Iterator[float]:
    for picture in pictures:
        yield once(lambda known=picture: evaluate(known))  # type: ignore[misc]


def caseload(*, clinic: int, statuses: Sequence[str], at: datetime, jobs: int) -> float:
    """Seconds to weigh a whole caseload into rows of a file, on so many processes."""
    return once(
        lambda: sum(
            1 for _ in lines(clinic=clinic, statuses=statuses, at=at, jobs=jobs)
        )
    )
