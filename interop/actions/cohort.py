"""The people of CTN-0094 as people in care, with their history."""

from datetime import datetime
from pathlib import Path

from accounts import tenancy
from accounts.models import Clinic
from interop.actions import doses, people, records
from interop.cohort import files
from interop.cohort.columns import MAPS
from interop.cohort.run import ACTOR, Import, Progress
from interop.cohort.source import rows


def import_cohort(*, folder: Path, at: datetime, tell: Progress) -> Import:
    """Import the whole cohort, or what is not there yet; again changes nothing.

    Works in batches, each in its own transaction, so that a stop loses one batch
    and the next run goes on from there.
    """
    for name, columns in files.NEEDED:
        next(rows(folder, name, columns), None)
    run = Import(folder, at, tell)
    known = people.add_people(run)
    clinics = Clinic.objects.filter(name__startswith="CTN").count()
    tell(f"{len(known)} people at {clinics} clinics")
    records.read_panels(run)
    for file in MAPS.values():
        records.add_records(run, known, file)
    records.add_last_uses(run, known)
    arms = doses.add_arms(run, known)
    doses.add_doses(run, known, arms)
    with tenancy.every_clinic(actor=ACTOR):
        doses.add_regimens(run, known, arms)
        people.mark_deaths(run, known)
    _account_for_protocol_tables(run)
    return run


def _account_for_protocol_tables(run: Import) -> None:
    for name in files.PROTOCOL_TABLES:
        for row in run.rows(name, ()):
            run.report.drops(row, "describes the trials, not a person")
