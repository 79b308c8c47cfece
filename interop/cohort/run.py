"""One run of the import: where from, when, and what became of every row. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from interop.cohort.courses import Once
from interop.cohort.report import Report
from interop.cohort.source import NotHeld, SourceRow, rows

ACTOR = "system:import_cohort"
BATCH = 20_000
PREFIX = "CTN-"

type Progress = Callable[[str], None]


@dataclass(slots=True)
class Import:
    """One run, with whom to tell how far it is."""

    folder: Path
    at: datetime
    tell: Progress
    report: Report = field(default_factory=Report)
    added: int = 0
    once: Once = field(default_factory=Once)
    last_use: dict[int, date] = field(default_factory=dict)
    # Whose records say that they died, and on which day if anybody wrote it down; and
    # who left the trial.
    deaths: dict[int, date | None] = field(default_factory=dict)
    leavings: set[int] = field(default_factory=set)
    # What tests of each trial held, who was in which, and what was found on a day.
    panels: dict[str, set[str]] = field(default_factory=dict)
    trials: dict[int, str] = field(default_factory=dict)
    positives: dict[tuple[int, date], set[str]] = field(default_factory=dict)

    def rows(self, name: str, columns: tuple[str, ...]) -> Iterator[SourceRow]:
        """The rows of a file, each counted."""
        for row in rows(self.folder, name, columns):
            self.report.saw(row)
            yield row

    def read[T](
        self, name: str, columns: tuple[str, ...], take: Callable[[SourceRow], T]
    ) -> list[T]:
        """What each row gives; a row that cannot be read is reported."""
        found = []
        for row in self.rows(name, columns):
            try:
                found.append(take(row))
            except NotHeld as refusal:
                self.report.drops(row, str(refusal))
            else:
                self.report.keeps(row)
        return found

    def told(self, name: str) -> None:
        self.tell(f"{name}: {self.report.read[name]} rows")
