"""`manage.py replay_cohort PATH`: what would have been owed after each stop and absence."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from interop.cohort.replay import CohortReplay, replay, told
from interop.cohort.source import CohortUnreadable

BEGINS, ENDS = "<!-- replay_cohort begins -->", "<!-- replay_cohort ends -->"
SMALL = 60


class Command(BaseCommand):
    help = "Replay the stops and absences of the cohort by the engine, in counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--up-to", type=int, help="people up to this number")
        parser.add_argument("--each", type=Path, help="a CSV with each of them")
        parser.add_argument(
            "--into",
            type=Path,
            help="the page whose part between two marks is replaced",
        )

    def handle(self, *, path: Path, **options: Any) -> None:
        try:
            found = replay(path, up_to=options["up_to"])
        except CohortUnreadable as fault:
            raise CommandError(str(fault)) from None
        lines = told(found)
        if options["each"]:
            write_each(found, options["each"])
        if options["into"]:
            part = [f"People 1 to {SMALL}, which a test replays:", ""]
            few = told(replay(path, up_to=SMALL))
            put_into(options["into"], [*lines, "", *part, *few])
            return
        for line in lines:
            self.stdout.write(line)


def put_into(page: Path, lines: list[str]) -> None:
    """Replace what stands between the marks of a page."""
    text = page.read_text(encoding="utf-8")
    before, begins, rest = text.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not begins or not ends:
        raise CommandError(f"{page} lacks the marks {BEGINS} and {ENDS}.")
    body = "\n".join(lines)
    page.write_text(f"{before}{BEGINS}\n{body}\n{ENDS}{after}", encoding="utf-8")


def write_each(found: CohortReplay, path: Path) -> None:
    """A line for each stop and absence, and one for each act that is owed because of it."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(
            ("who", "what", "trial_day", "seen_again_after", "act", "due", "latest")
        )
        for event in found.events:
            usual = (event.who, event.kind, event.trial_day, event.days_away)
            if not event.owed:
                lines.writerow((*usual, "", "", ""))
            for one in event.owed:
                days = ((day - event.on).days for day in (one.due, one.latest))
                lines.writerow((*usual, one.title, *days))
