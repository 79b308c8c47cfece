"""`manage.py bench`: figures of the main pages and of the engine, in one run."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from devtools.bench.report import Whole
from devtools.load_clinic import NotEmpty


class Command(BaseCommand):
    help = "Measure pages, engine, sweep and export on an empty database (make bench)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=10_000)
        parser.add_argument("--times", type=int, default=30, help="rounds of each page")
        parser.add_argument(
            "--due", type=int, default=10_000, help="rows for each sweep"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The bench makes up people: not in production.")
        whole = Whole(
            people=max(options["people"], 100),
            times=max(options["times"], 1),
            due=max(options["due"], 1),
            at=timezone.now(),
        )
        try:
            for line in whole.run():
                self.stdout.write(line)
        except NotEmpty as refusal:
            raise CommandError(str(refusal)) from None
