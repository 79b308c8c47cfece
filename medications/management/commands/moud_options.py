"""Weigh the options for one picture from standard input."""

import json
import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from assessments.picture import BadPicture, FactError, Picture
from medications.knowledge import NoValueOn
from medications.options import evaluate

INVALID = 2


class Command(BaseCommand):
    help = "Read picture.json, write options.json; exit 2 with errors where it cannot be read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--indent", type=int, default=None)

    def handle(self, *, indent: int | None, **_: object) -> None:
        try:
            answer = options(sys.stdin.read())
        except BadPicture as refusal:
            self.stdout.write(json.dumps(errors(refusal), indent=indent))
            sys.exit(INVALID)
        self.stdout.write(json.dumps(answer, indent=indent))


def options(text: str) -> dict[str, object]:
    """The options for a picture in JSON; refuses with every fault found."""
    try:
        payload = json.loads(text)
    except ValueError as fault:
        raise BadPicture([FactError("picture", f"is not JSON: {fault}")]) from None
    picture = Picture.from_json(payload)
    try:
        return evaluate(picture).to_json()
    except NoValueOn as refusal:
        raise BadPicture([FactError("as_of", str(refusal))]) from None


def errors(refusal: BadPicture) -> dict[str, object]:
    return {"errors": [{"fact": e.fact, "message": e.message} for e in refusal.errors]}
