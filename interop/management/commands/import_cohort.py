"""`manage.py import_cohort PATH`: the people of CTN-0094 as people in care."""

from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from interop.actions.cohort import import_cohort
from interop.cohort.source import CohortUnreadable


class Command(BaseCommand):
    help = "Import the CTN-0094 public data; again without duplicates."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the folder with the CSV files")
        parser.add_argument(
            "--report",
            type=Path,
            default=Path("cohort-report.csv"),
            help="where every odd or unheld row is listed, by file and line",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        began = monotonic()
        try:
            run = import_cohort(
                folder=options["path"], at=timezone.now(), tell=self.stdout.write
            )
        except CohortUnreadable as refusal:
            raise CommandError(str(refusal)) from None
        with options["report"].open("w", encoding="utf-8", newline="") as stream:
            run.report.write(stream)
        for line in run.report.lines():
            self.stdout.write(line)
        self.stdout.write(
            f"{run.added} records added in {monotonic() - began:.0f} s. Rows to look at: "
            f"{len(run.report.noted)}, in {options['report']}"
        )
