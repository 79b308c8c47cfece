"""The whole bench, from an empty database to the last line of its tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

from django.db import connection
from django.test import Client

from accounts import tenancy
from accounts.models import Clinic, Staff
from accounts.permissions import Role
from accounts.tenancy import clinic_day
from aftercare.queues import FOLLOW_UPS
from devtools import load_clinic
from devtools.bench import engine, export_time, pages, sweeps, walk
from devtools.bench.pages import PAGE_STATEMENTS, BenchPage
from devtools.bench.tables import BenchRow, table
from jobs.actions.engine import run_queue
from patients.models import Patient
from reports.caseload import csv_file
from reports.caseload.rows import danger_told

FEW = 1_000
CORES = 2
# The whole caseload is written a few times only.
FILES = 5


@dataclass(frozen=True, slots=True)
class Whole:
    """How many people, how many rounds of each page, how many rows to sweep."""

    people: int
    times: int
    due: int
    at: datetime

    def run(self) -> Iterator[str]:
        """Line by line, as it is measured."""
        began = perf_counter()
        people = load_clinic.open_crowd(at=self.at)
        few = min(FEW, self.people)
        load_clinic.grow(people, to=few)
        asked = _pages(people.clinic)
        before = self._counts(people.clinic, asked)
        ids = load_clinic.grow(people, to=self.people)
        yield f"{few:,} and {self.people:,} people in {perf_counter() - began:.0f} s\n"
        yield from self._pages(people.clinic, asked, before, few)
        yield from self._walk(people.clinic)
        yield from self._engine(people.clinic, ids)
        yield from self._sweeps(people.other)
        yield from self._export(people.clinic)

    def _browser(self, clinic: Clinic, role: Role, *, plain: bool = False) -> Client:
        staff = _somebody(clinic, role)
        return pages.signed_in(staff, clinic, at=self.at, plain=plain)

    def _counts(self, clinic: Clinic, asked: Sequence[BenchPage]) -> list[int]:
        client = self._browser(clinic, Role.PRESCRIBER)
        return [pages.statements(client, page) for page in asked]

    def _pages(
        self,
        clinic: Clinic,
        asked: Sequence[BenchPage],
        before: Sequence[int],
        few: int,
    ) -> Iterator[str]:
        client = self._browser(clinic, Role.PRESCRIBER)
        plain = self._browser(clinic, Role.PRESCRIBER, plain=True)
        rows = []
        for page, count in zip(asked, before, strict=True):
            one = pages.measure(page, client, plain, clinic=clinic.pk, times=self.times)
            rows.append(
                BenchRow(
                    page.name,
                    f"{one.took.median_ms:.1f}",
                    f"{one.took.p95_ms:.1f}",
                    f"{one.bare.median_ms:.1f}",
                    f"{one.took.median_ms / one.bare.median_ms:.1f}",
                    f"{one.sql.median_ms:.1f}",
                    f"{one.took.median_ms / one.sql.median_ms:.1f}",
                    f"{count}",
                    f"{one.statements}",
                    f"{page.most}",
                )
            )
        head = BenchRow(
            *("page", "ms", "p95", "bare ms", "x bare", "SQL ms", "x SQL"),
            *(f"sent at {few:,}", f"at {self.people:,}", "at most"),
        )
        yield from table(head, rows)

    def _walk(self, clinic: Clinic) -> Iterator[str]:
        with tenancy.every_clinic(actor=load_clinic.ACTOR):
            one = walk.of_an_answer(self._browser(clinic, Role.PRESCRIBER), clinic)
        yield from table(
            BenchRow("walk of one answer that is saved", "figure", "at most"),
            [
                BenchRow("stays", f"{len(one.stays)}", f"{walk.STAYS}"),
                BenchRow("rooms", f"{one.rooms}", f"{walk.ROOMS}"),
                BenchRow("returns", f"{one.returns}", f"{walk.RETURNS}"),
            ],
        )

    def _engine(self, clinic: Clinic, ids: Sequence[int]) -> Iterator[str]:
        took = engine.evaluated(ids, clinic=clinic.pk, at=self.at)
        both = engine.caseload(
            clinic=clinic.pk, statuses=Patient.Status.values, at=self.at, jobs=CORES
        )
        a_line = BenchRow(
            f"all re-evaluated on {CORES} cores, s for 10,000",
            f"{both * 10_000 / len(ids):.1f}",
            "30",
        )
        yield from table(
            BenchRow("engine", "figure", "target"),
            [
                BenchRow(
                    "options of one person, ms", f"{took.options.median_ms:.2f}", "2"
                ),
                BenchRow("the same, p95, ms", f"{took.options.p95_ms:.2f}", ""),
                BenchRow(
                    f"options of all {len(ids):,}, s", f"{took.options.total:.1f}", ""
                ),
                BenchRow(
                    "their pictures from the database, s", f"{took.pictures:.1f}", ""
                ),
                BenchRow(
                    "all re-evaluated on one core, s for 10,000",
                    f"{(took.options.total + took.pictures) * 10_000 / len(ids):.1f}",
                    "",
                ),
                a_line,
            ],
        )

    def _sweeps(self, clinic: Clinic) -> Iterator[str]:
        day = clinic_day(clinic, self.at)
        run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=self.at)
        rows = []
        for workers, target in ((1, ""), (2, "10,000")):
            # Another moment, so that the rows of each sweep have keys of their own.
            at = self.at + timedelta(seconds=workers)
            load_clinic.owe(clinic=clinic, rows=self.due, on=day, at=at)
            took = sweeps.seconds_to_sweep(clinic=clinic.pk, at=at, workers=workers)
            per_second = f"{self.due / took:,.0f}"
            rows.append(BenchRow(f"due rows/s, workers: {workers}", per_second, target))
        yield from table(BenchRow("sweep", "figure", "target"), rows)

    def _export(self, clinic: Clinic) -> Iterator[str]:
        client = self._browser(clinic, Role.MEDICAL_DIRECTOR)
        told = danger_told(clinic, on=clinic_day(clinic, self.at))
        with connection.cursor() as cursor:
            sql = cursor.cursor.mogrify(
                csv_file.statement_of(reads_charts=True),
                told | {"zone": clinic.time_zone},
            ).decode()
        export, copy, rows = export_time.measure(
            client, sql, clinic=clinic.pk, times=FILES
        )
        yield from table(
            BenchRow("export", "figure", "target"),
            [
                BenchRow("rows", f"{rows:,}", ""),
                BenchRow(
                    "rows/s by the page", f"{rows / export.median_ms * 1000:,.0f}", ""
                ),
                BenchRow("rows/s by COPY", f"{rows / copy.median_ms * 1000:,.0f}", ""),
                BenchRow("x COPY", f"{export.median_ms / copy.median_ms:.2f}", "1.5"),
            ],
        )


def _somebody(clinic: Clinic, role: Role) -> Staff:
    """Somebody of the demo's staff in this role."""
    return Staff.objects.filter(
        memberships__clinic=clinic, memberships__role=role
    ).earliest("pk")


def _pages(clinic: Clinic) -> list[BenchPage]:
    with tenancy.clinics([clinic.pk], actor=load_clinic.ACTOR):
        in_care = Patient.objects.in_care().filter(clinic=clinic)
        person = in_care.filter(status=Patient.Status.ACTIVE).earliest("pk")
    chart = f"/people/{person.pk}/"
    return [
        BenchPage("home", "/"),
        BenchPage("people", "/people/"),
        BenchPage("search by name", f"/people/?q={person.family_name[:5]}"),
        BenchPage("search by MRN", f"/people/?q={person.mrn}"),
        BenchPage("caseload, today", "/caseload/"),
        BenchPage("caseload, everyone", "/caseload/?show=everyone"),
        BenchPage("caseload by name", "/caseload/?show=everyone&sort=name"),
        BenchPage("chart", chart, PAGE_STATEMENTS),
        BenchPage("intake, a step", f"{chart}intake/?step=opioids", PAGE_STATEMENTS),
        BenchPage("live picture", f"{chart}intake/live/", PAGE_STATEMENTS),
        BenchPage("measures", f"{chart}measures/", PAGE_STATEMENTS),
        BenchPage("medication options", f"{chart}medication/", PAGE_STATEMENTS),
        BenchPage("plan", f"{chart}plan/", PAGE_STATEMENTS),
        BenchPage("aftercare", f"{chart}aftercare/", PAGE_STATEMENTS),
    ]
