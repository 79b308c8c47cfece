"""Command: options of everybody at a clinic, as a CSV file."""

import csv
import sys
from argparse import ArgumentParser
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import audit, tenancy
from accounts.models import Clinic
from accounts.sheets import safe_cell
from medications.clinic_policy.caseload_standings import lines
from medications.options.batch import cores
from medications.options.batch_rows import BatchRow
from patients.models import Patient

IN_CARE = ("referred", "in_intake", "active", "on_hold", "aftercare")


class Command(BaseCommand):
    help = (
        "Options of everybody in care at a clinic, one row a person and medication, as"
        " CSV. Names are left out. The export is kept in the audit trail."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clinic", type=int, required=True, help="its number")
        parser.add_argument("--out", type=Path, help="a file; else standard output")
        parser.add_argument(
            "--status",
            action="append",
            choices=Patient.Status.values,
            help="may be repeated; else everybody in care",
        )
        parser.add_argument("--jobs", type=int, default=cores())

    def handle(
        self,
        *,
        clinic: int,
        out: Path | None,
        status: list[str] | None,
        jobs: int,
        **_: Any,
    ) -> None:
        at = timezone.now()
        statuses = status or IN_CARE
        with tenancy.clinics([clinic], actor="system:options"):
            found = Clinic.objects.filter(pk=clinic).first()
            if found is None:
                raise CommandError(f"There is no clinic {clinic}.")
            audit.record("options.exported", found, by=None, at=at, clinic=found)
        rows = lines(clinic=clinic, statuses=statuses, at=at, jobs=max(1, jobs))
        try:
            with (
                out.open("x", newline="", encoding="utf-8") if out else _stdout() as to
            ):
                written = csv.writer(to)
                written.writerow(BatchRow._fields)
                written.writerows(map(safe_cell, row) for row in rows)
        except FileExistsError:
            raise CommandError(f"{out} is there already. Name another file.") from None
        except OSError as fault:
            raise CommandError(f"{out} cannot be written: {fault.strerror}.") from None


def _stdout() -> AbstractContextManager[TextIO]:
    return nullcontext(sys.stdout)
