"""Command: options that change at a clinic between an earlier edition and the one that ships."""

from argparse import ArgumentParser
from collections import Counter
from itertools import batched
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import tenancy
from accounts.models import Clinic
from assessments.picture.assemble import pictures_of
from knowledge.editions import Knowledge, knowledge, read
from medications.actions.impact import BATCH, in_care
from medications.clinic_policy.policy import policy_of
from medications.options.compare import MovedOption, comparable, impact, weighing


class Command(BaseCommand):
    help = (
        "Compare the knowledge that ships with the .toml files of an earlier edition:"
        " for whom at a clinic options change, and how. People by their record number."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clinic", type=int, required=True)
        parser.add_argument(
            "--against",
            type=Path,
            required=True,
            help="a folder with sources.toml, parameters.toml, ingredients.toml, rules/",
        )

    def handle(self, *, clinic: int, against: Path, **_: object) -> None:
        earlier = self.earlier(against)
        if not Clinic.objects.filter(pk=clinic).exists():
            raise CommandError(f"There is no clinic {clinic}.")
        looked_at, touched = 0, 0
        standings: Counter[str] = Counter()
        with tenancy.clinics([clinic], actor="command:knowledge_impact"):
            before = weighing(earlier, policy_of(clinic))
            after = weighing(knowledge(), policy_of(clinic))
            for people in batched(in_care(clinic), BATCH):
                looked_at += len(people)
                pictures = pictures_of(people, at=timezone.now())
                for pk, moved in impact(pictures.items(), before=before, after=after):
                    touched += 1
                    self.tell(pk, moved)
                    standings.update(_otherwise(moved))
        self.stdout.write(f"{touched} of {looked_at} people in care.")
        for words, count in standings.most_common():
            self.stdout.write(f"  {count:>6}  {words}")

    def earlier(self, folder: Path) -> Knowledge:
        try:
            earlier = read(folder)
        except (OSError, ValueError, KeyError) as fault:
            raise CommandError(f"{folder} holds no edition: {fault}") from fault
        if earlier.engine != knowledge().engine:
            raise CommandError(f"{folder} holds an edition of another engine.")
        return comparable(earlier, knowledge())

    def tell(self, pk: int, moved: tuple[MovedOption, ...]) -> None:
        for one in moved:
            lines = [f"-{line}" for line in one.gone] + [f"+{line}" for line in one.new]
            stands = f"{one.before} > {one.after}" if one.before != one.after else ""
            place = f"{one.rank_before} > {one.rank_after}"
            rank = f"rank {place}" if one.rank_before != one.rank_after else ""
            told = " ".join(filter(None, (stands, rank, *lines)))
            self.stdout.write(f"{pk}  {one.medication}  {told}")


def _otherwise(moved: tuple[MovedOption, ...]) -> list[str]:
    """Each medication that stands otherwise, in words that can be counted."""
    return [
        f"{one.medication}: {one.before} > {one.after}"
        for one in moved
        if one.before != one.after
    ]
