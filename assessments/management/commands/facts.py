"""List the vocabulary that pictures and rules are written in."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from assessments.facts import FACTS


class Command(BaseCommand):
    help = "List every fact: name, type, unit, how long it stays fresh, meaning."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, as_json: bool, **_: object) -> None:
        self.stdout.write(as_text() if not as_json else as_list())


def as_list() -> str:
    return json.dumps([fact.as_json() for fact in FACTS.values()], indent=1)


def as_text() -> str:
    """A table to read: one fact a line."""
    widths = {"name": 24, "type": 16, "unit": 16, "fresh_for": 8}
    rows = [{w: w.replace("_", " ") for w in (*widths, "meaning")}]
    rows += [
        {k: str(v or "") for k, v in fact.as_json().items()} for fact in FACTS.values()
    ]
    return "\n".join(
        " ".join(row[name].ljust(width) for name, width in widths.items())
        + f" {row['meaning']}"
        for row in rows
    )
