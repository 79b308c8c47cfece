"""Command that lets invented people go through years of care and counts what may not be."""

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from devtools.rehearsal import FAULTS, RehearsalResult, rehearse

SHARE = 50


class Command(BaseCommand):
    help = (
        "Rehearse what is owed to invented people; every count of a fault has to be 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=10_000)
        parser.add_argument("--days", type=int, default=365)
        parser.add_argument("--step", type=int, default=7, help="days to a reckoning")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_: object, **told: Any) -> None:
        people, days = told["people"], told["days"]
        run = partial(rehearse, days=days, seed=told["seed"], step=told["step"])
        shares = [
            range(first, min(first + SHARE, people))
            for first in range(0, people, SHARE)
        ]
        if len(shares) > 1:
            with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
                found = list(pool.map(run, shares))
        else:
            found = [run(share) for share in shares]
        result = sum(found, RehearsalResult())
        self.stdout.write(
            f"{result.people} people, {days} days, {result.steps} reckonings,"
            f" {result.rows} promises ({result.rows / max(result.people, 1):.1f} each)"
        )
        for fault in FAULTS:
            self.stdout.write(f"{result.faults[fault]:>8}  {fault}")
        if result.faults:
            raise CommandError("Something that may never be was found.")
