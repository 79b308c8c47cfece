"""Command that lets invented people go through years of care and counts what may not be."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from time import perf_counter, process_time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from devtools.bench.reckoning import passes
from devtools.load_clinic import NotEmpty
from devtools.rehearsal.run import FAULTS, TOLD, RehearsalResult, rehearse

SHARE = 50
# Growth is read off two runs in a row: these days, and twice as many.
FEW = 40


class Command(BaseCommand):
    help = (
        "Rehearse what is owed to invented people; every count of a fault has to be 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=10_000)
        parser.add_argument("--days", type=int, default=365)
        parser.add_argument("--step", type=int, default=7, help="days to a reckoning")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--growth",
            action="store_true",
            help="time a few people over --days, and over twice as many",
        )
        parser.add_argument(
            "--database",
            action="store_true",
            help="reckon --people by workers in an empty database of its own",
        )
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *_: object, **told: Any) -> None:
        if told["database"]:
            self._in_database(max(told["people"], 100), told["workers"])
            return
        if told["growth"]:
            for line in growth(told["days"], seed=told["seed"], step=told["step"]):
                self.stdout.write(line)
            return
        self._rehearse(told)

    def _rehearse(self, told: dict[str, Any]) -> None:
        people, days = told["people"], told["days"]
        began = perf_counter()
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
            f" {result.rows} promises ({result.rows / max(result.people, 1):.1f} each),"
            f" {perf_counter() - began:.0f} s"
        )
        for name in TOLD:
            self.stdout.write(f"{result.told[name]:>8}  {name}")
        self.stdout.write("")
        for fault in FAULTS:
            self.stdout.write(f"{result.faults[fault]:>8}  {fault}")
        if +result.faults:
            raise CommandError("Something that may never be was found.")

    def _in_database(self, people: int, workers: int) -> None:
        if settings.PRODUCTION:
            raise CommandError("It makes up people: not in production.")
        try:
            for one in passes(people=people, workers=workers, at=timezone.now()):
                self.stdout.write(
                    f"{one.people} people, {workers} workers, {one.seconds:.1f} s:"
                    f" {one.per_minute:,.0f} people a minute,"
                    f" {1000 * one.processor_seconds / one.people:.1f} ms of the"
                    " workers' processor time each;"
                    f" {one.marks} marks left, {one.faults} set aside or failed,"
                    f" {one.without_next_step} without a next step"
                )
                if not one.is_whole:
                    raise CommandError("Something that may never be was found.")
        except NotEmpty as refusal:
            raise CommandError(str(refusal)) from None


def growth(days: int, *, seed: int, step: int) -> Iterator[str]:
    """Time of processing for each reckoning, over some days and over twice as many: where
    growth is linear, the same."""
    rehearse(range(FEW // 10), days=days, seed=seed, step=step)
    cost = []
    for factor in (1, 2):
        began = process_time()
        found = rehearse(range(FEW), days=factor * days, seed=seed, step=step)
        cost.append((process_time() - began) / max(found.steps, 1))
        yield (
            f"{factor * days} days: {found.steps} reckonings, {found.rows} promises,"
            f" {1000 * cost[-1]:.2f} ms of processor time each"
        )
    yield f"ratio: {cost[1] / cost[0]:.2f} (1 where growth is linear)"
