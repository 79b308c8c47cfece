"""A person's scores and measurements as a file that a spreadsheet opens safely."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from django.utils import timezone

from accounts import audit
from accounts.models import Staff
from accounts.sheets import sheet
from assessments.models import Assessment, Observation
from assessments.observations.kinds import label_of
from assessments.observations.numbers import with_sign
from knowledge.wording.amounts import amount
from patients.models import Patient

COLUMNS = (
    *("When", "What", "Version", "Part", "Value", "Unit", "Band", "Status", "How"),
    *("Flags", "Source"),
)

# Of the lines below the values: what the rule says has to go with them.
NOTICE = "Notice"

type Cells = tuple[str, ...]


def note_export(*, patient: Patient, what: str, by: Staff, at: datetime) -> None:
    """Write down who takes which file, before it is sent."""
    audit.record("measures.exported", patient, by=by, at=at, what=what)


def filename(patient: Patient) -> str:
    """Says whose by number alone."""
    return f"measures-{patient.pk}.csv"


def scores_file(
    given: Iterable[Assessment],
    measured: Iterable[Observation],
    along: Iterable[str] = (),
) -> str:
    """All scores, then all measurements, oldest first; below them what goes along."""
    scores = chain.from_iterable(map(_of_assessment, given))
    below = ((NOTICE, line) for line in along)
    return sheet(COLUMNS, chain(scores, map(_of_observation, measured), below))


def _of_assessment(row: Assessment) -> Iterator[Cells]:
    """One line for the total and one for each part."""
    parts = [("", amount(row.total), row.band)]
    parts += [
        (name, "" if value is None else str(value), "")
        for name, value in row.subscales.items()
    ]
    for part, value, band in parts:
        if part and not value:
            continue
        flags = "" if part else "; ".join(row.flags)
        given_by = row.given_by.name if row.given_by else ""
        yield (
            *(_when(row.given_at), row.instrument, row.instrument_version),
            *(part, value, "", band, row.status, row.mode, flags, given_by),
        )


def _of_observation(row: Observation) -> Cells:
    number = with_sign(row.comparator, amount(row.value))
    value = ", ".join(part for part in (number, row.text) if part)
    return (
        *(_when(row.effective_at), label_of(row.code), "", ""),
        *(value, row.unit, row.beyond, "", "", "", row.source),
    )


def _when(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="minutes")
