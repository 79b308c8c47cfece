"""`manage.py draft_plans --clinic NAME|all`: options and a draft for a caseload."""

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Clinic
from plans.actions import batch

SHOWN = 15


class Command(BaseCommand):
    help = "Weigh the options of everyone in care and draft a plan where none is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--clinic", required=True, help="name, number prefix, or all"
        )
        parser.add_argument(
            "--at", default="", help="the moment to judge by, ISO; now by default"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        began, now = monotonic(), timezone.now()
        at = parse_datetime(options["at"]) if options["at"] else now
        if at is None or timezone.is_naive(at):
            raise CommandError(
                "--at needs a date and time with its zone: 2026-01-05T12:00:00Z."
            )
        summary = batch.draft_plans(
            clinics=self.clinics(options["clinic"]),
            at=at,
            drafted_at=now,
            tell=self.stdout.write,
        )
        self.say(summary)
        self.stdout.write(f"{monotonic() - began:.0f} s")

    def clinics(self, wanted: str) -> list[Clinic]:
        found = Clinic.objects.order_by("name")
        if wanted != "all":
            found = found.filter(name=wanted) | found.filter(mrn_prefix=wanted)
        if not found:
            known = ", ".join(Clinic.objects.values_list("name", flat=True)[:20])
            raise CommandError(f"No clinic is called {wanted}. There are: {known}.")
        return list(found)

    def say(self, summary: batch.Summary) -> None:
        self.stdout.write(f"{summary.people} people, {summary.drafted} plans drafted")
        for medication, counts in summary.standings.items():
            words = ", ".join(f"{k} {n}" for k, n in counts.most_common())
            self.stdout.write(f"{medication}: {words}")
        for title, counter in (
            ("Missing most", summary.missing),
            ("Needs found most", summary.needs),
        ):
            self.stdout.write(f"{title}:")
            for name, count in counter.most_common(SHOWN):
                self.stdout.write(f"  {name}: {count}")
