"""`manage.py weigh_cohort --at MOMENT`: options of everybody imported, in counts."""

from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Clinic
from interop.cohort.weighing import CohortWeighing, weigh

SHOWN = 20


class Command(BaseCommand):
    help = "Weigh everybody's options as of a moment: standings, missing facts, arms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", required=True, help="ISO, with its zone")

    def handle(self, *, at: str, **_: Any) -> None:
        moment = parse_datetime(at)
        if moment is None or timezone.is_naive(moment):
            raise CommandError(
                "--at needs a date and time with its zone: 2026-01-05T12:00:00Z."
            )
        began = monotonic()
        clinics = Clinic.objects.order_by("pk").values_list("pk", flat=True)
        found = weigh(clinics, at=moment)
        for line in told(found):
            self.stdout.write(line)
        self.stdout.write(f"{found.people} people in {monotonic() - began:.0f} s")


def told(found: CohortWeighing) -> list[str]:
    """The counts as lines to read."""
    lines = []
    for title, table in (("Now", found.standings), ("If clear", found.clear)):
        for medication, counts in table.items():
            words = ", ".join(f"{k} {n}" for k, n in counts.most_common())
            lines.append(f"{title}: {medication}: {words}")
    for medication, asked in found.asks.items():
        words = ", ".join(f"{k}: {n}" for k, n in sorted(asked.items()))
        lines.append(f"Ask first: {medication}: {words}")
    lines += [f"Waits for: {k}: {n}" for k, n in found.missing.most_common(SHOWN)]
    lines += [
        f"Given {arm}, first {' = '.join(first) or 'none open'}: {n}"
        for (arm, first), n in sorted(found.first_by_arm.items())
    ]
    lines.append(f"The first place is shared: {found.ties} of {found.people}")
    lines.append(f"Given one of the first place: {found.agreeing()} of {found.given()}")
    return lines
