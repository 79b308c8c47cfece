"""Instruments, and what was answered, as FHIR R4B resources."""

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import TextIO, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.tenancy import every_clinic
from assessments.models import Assessment
from interop.fhir.questionnaires import questionnaire, response, slug
from knowledge.instruments.declaration import Status
from knowledge.instruments.reading import read_answers
from knowledge.instruments.registry import (
    Instrument,
    NoSuchInstrument,
    find,
    instruments,
)
from knowledge.instruments.scoring import Score, score_with


class Command(BaseCommand):
    help = (
        "Print instruments as FHIR R4B Questionnaires. With --answers, read"
        ' {"answers": {...}, "context": {...}} on stdin and print a'
        " QuestionnaireResponse; with --assessment, print a recorded one."
    )
    stealth_options = ("stdin",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("keys", nargs="*", help="instruments; none means all")
        parser.add_argument("--to", type=Path, help="a folder: one file an instrument")
        parser.add_argument("--answers", action="store_true")
        parser.add_argument("--assessment", type=int, help="the id of a recorded one")

    def handle(self, *_: object, **options: object) -> None:
        if options["assessment"] is not None:
            self.stdout.write(recorded(int(str(options["assessment"]))))
            return
        chosen = [found(str(key)) for key in options["keys"] or instruments()]  # type: ignore[attr-defined]
        if options["answers"]:
            if len(chosen) != 1:
                raise CommandError("Name the one instrument that was answered.")
            source = cast(TextIO, options.get("stdin") or sys.stdin)
            self.stdout.write(answered(chosen[0], source.read(), at=timezone.now()))
            return
        self._print(chosen, options["to"])

    def _print(self, chosen: list[Instrument], to: object) -> None:
        for instrument in chosen:
            text = questionnaire(instrument).model_dump_json(indent=1)
            if isinstance(to, Path):
                to.mkdir(parents=True, exist_ok=True)
                name = f"{slug(instrument.key)}.json"
                (to / name).write_text(text + "\n", encoding="utf-8")
            else:
                self.stdout.write(text)


def found(key: str) -> Instrument:
    try:
        return find(key)
    except NoSuchInstrument as refusal:
        raise CommandError(str(refusal)) from None


def answered(instrument: Instrument, text: str, *, at: datetime) -> str:
    """A response from answers as `score_instrument` takes them."""
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise CommandError(f"This is not JSON: {wrong}") from None
    if not isinstance(sent, dict) or "answers" not in sent:
        raise CommandError('Send {"answers": {item: value}}.')
    context = sent.get("context") or {
        key: value for key, value in sent.items() if key != "answers"
    }
    score = score_with(instrument, sent["answers"], context)
    if score.status is Status.INVALID:
        raise CommandError(" ".join(error.message for error in score.errors))
    return response(
        instrument,
        answers=read_answers(instrument, sent["answers"]).values,
        context=context,
        score=score,
        status=score.status.value,
        authored=at,
    ).model_dump_json(indent=1)


def recorded(pk: int) -> str:
    """A recorded assessment as a response; the person by their id alone."""
    with every_clinic(actor="fhir_questionnaires"):
        kept = Assessment.objects.filter(pk=pk).first()
        if kept is None:
            raise CommandError(f"There is no assessment {pk}.")
    instrument = found(kept.instrument)
    score = Score(
        instrument.key,
        kept.instrument_version,
        Status.COMPLETE,
        None if kept.total is None else float(kept.total),
        kept.band or None,
        kept.subscales,
    )
    return response(
        instrument,
        answers=kept.answers,
        context=kept.context,
        score=score,
        status=kept.status,
        authored=kept.given_at,
        subject=f"Patient/{kept.patient_id}",
        identifier=str(kept.pk),
    ).model_dump_json(indent=1)
