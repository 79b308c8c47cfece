"""A machine's door to the instruments: answers in as JSON, the score out."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import TextIO

from django.core.management.base import BaseCommand, CommandError

from knowledge.instruments.declaration import Status
from knowledge.instruments.reading import ItemError
from knowledge.instruments.registry import NoSuchInstrument, find
from knowledge.instruments.scoring import Score, score_with

INVALID = 2
ANSWERS = "answers"
CONTEXT = "context"


class BadInput(Exception):
    """What was sent is not a JSON object with answers."""


class Command(BaseCommand):
    help = 'Score an instrument: {"answers": {item: value}} on stdin, JSON on stdout.'
    stealth_options = ("stdin",)
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="the instrument, such as cows or phq9")

    def handle(self, *_: object, **options: object) -> None:
        source = options.get("stdin") or sys.stdin
        result = scored(str(options["key"]), source)  # type: ignore[arg-type]
        self.stdout.write(json.dumps(result.to_json(), ensure_ascii=False))
        if result.status is Status.INVALID:
            raise CommandError("The answers are invalid.", returncode=INVALID)


def scored(key: str, source: TextIO) -> Score:
    """The score, or an invalid one that says what could not be read."""
    try:
        instrument = find(key)
        sent = read(source)
    except (NoSuchInstrument, BadInput) as refusal:
        errors = (ItemError(None, str(refusal)),)
        return Score(key, "", Status.INVALID, errors=errors)
    return score_with(instrument, sent.pop(ANSWERS), context_of(sent))


def read(source: TextIO) -> dict[str, object]:
    """The sent object; refuses what is not JSON, not an object or has no answers."""
    try:
        sent = json.load(source)
    except (ValueError, RecursionError) as problem:
        raise BadInput(f"This is not JSON: {problem}") from None
    if not isinstance(sent, dict) or ANSWERS not in sent:
        raise BadInput('Send an object with "answers".')
    return sent


def context_of(sent: Mapping[str, object]) -> dict[str, object]:
    """What stands beside the answers, or under "context"."""
    nested = sent.get(CONTEXT)
    beside = {name: value for name, value in sent.items() if name != CONTEXT}
    return {**beside, **nested} if isinstance(nested, Mapping) else beside
