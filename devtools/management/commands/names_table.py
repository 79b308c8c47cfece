"""`manage.py names_table`: make knowledge/names/vocabulary.tsv again from its wheel."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from devtools.names_table import digest, table
from knowledge.names.vocabulary import TABLE


class Command(BaseCommand):
    help = (
        "Make the table of names again from a wheel of drug-named-entity-recognition."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("wheel", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        text = table(options["wheel"])
        TABLE.write_text(text, encoding="utf-8")
        self.stdout.write(f'sha256 = "{digest(text)}"')
