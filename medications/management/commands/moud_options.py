"""Weigh the options for one picture, or for a stream of them, from standard input."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain
from typing import TextIO

from django.core.management.base import BaseCommand

from assessments.picture import BadPicture
from medications.options.batch import answered, cores, errors, lines_answered

INVALID = 2


class Command(BaseCommand):
    help = (
        "Read picture.json, write options.json; exit 2 with errors where it cannot be"
        " read. Several pictures, one a line, give one answer a line: an `id` in a line"
        " comes back with its answer, and a line that cannot be read is answered with"
        " its number and errors."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--indent", type=int, default=None)
        parser.add_argument(
            "--lines",
            action="store_true",
            help="one picture a line, also where there is only one",
        )
        parser.add_argument(
            "--jobs", type=int, default=cores(), help="processes for a stream"
        )

    def handle(
        self, *, indent: int | None, lines: bool, jobs: int, **_: object
    ) -> None:
        source = numbered(sys.stdin)
        if not lines:
            first = next(source, (1, ""))
            second = next(source, None) if is_whole(first[1]) else None
            if second is None:
                self.one(first[1] + sys.stdin.read(), indent)
                return
            source = chain([first, second], source)
        self.stream(source, max(1, jobs))

    def one(self, text: str, indent: int | None) -> None:
        try:
            answer = answered(text, is_searched=True)
        except BadPicture as refusal:
            self.stdout.write(json.dumps(errors(refusal), indent=indent))
            sys.exit(INVALID)
        self.stdout.write(json.dumps(answer, indent=indent))

    def stream(self, source: Iterator[tuple[int, str]], jobs: int) -> None:
        """Every line is answered, those that cannot be read too; then exit 2."""
        faults = 0
        for answer in lines_answered(source, jobs=jobs):
            faults += '"errors": [' in answer and answer.startswith('{"line"')
            self.stdout.write(answer)
        if faults:
            sys.exit(INVALID)


def numbered(stream: TextIO) -> Iterator[tuple[int, str]]:
    """Each line that is not empty, with its number in the file."""
    for number, line in enumerate(stream, start=1):
        if line.strip():
            yield number, line


def is_whole(line: str) -> bool:
    """Whether a line is a JSON object by itself, and not the beginning of one."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
