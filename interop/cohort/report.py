"""Report of every row: held, odd but held, or not held and why. Pure."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TextIO

from interop.cohort.source import SourceRow


@dataclass(frozen=True, slots=True)
class Noted:
    """One row that somebody should know about."""

    file: str
    line: int
    is_held: bool
    reason: str


@dataclass(slots=True)
class Report:
    """Counts each file's rows and keeps the odd ones by line."""

    read: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    noted: list[Noted] = field(default_factory=list)

    def saw(self, row: SourceRow) -> None:
        self.read[row.file] += 1

    def keeps(self, row: SourceRow, odd: str = "") -> None:
        """A row that is held; `odd` says what is strange about it."""
        self.held[row.file] += 1
        odd = "; ".join(filter(None, (row.odd, odd)))
        if odd:
            self.noted.append(Noted(row.file, row.line, is_held=True, reason=odd))

    def drops(self, row: SourceRow, reason: str) -> None:
        reason = "; ".join(filter(None, (row.odd, reason)))
        self.noted.append(Noted(row.file, row.line, is_held=False, reason=reason))

    def accounts_for_every_row(self) -> bool:
        dropped = Counter(n.file for n in self.noted if not n.is_held)
        return all(
            self.read[file] == self.held[file] + dropped[file] for file in self.read
        )

    def lines(self) -> Iterator[str]:
        """A summary to read, one line a file."""
        dropped = Counter(n.file for n in self.noted if not n.is_held)
        odd = Counter(n.file for n in self.noted if n.is_held)
        for file in sorted(self.read):
            yield (
                f"{file}: {self.read[file]} rows, {self.held[file]} held"
                f" ({odd[file]} of them odd), {dropped[file]} not held"
            )

    def write(self, stream: TextIO) -> None:
        """Every odd row and every row that is not held, as CSV."""
        out = csv.writer(stream)
        out.writerow(["file", "line", "held", "reason"])
        for note in sorted(self.noted, key=lambda n: (n.file, n.line)):
            out.writerow(
                [note.file, note.line, "yes" if note.is_held else "no", note.reason]
            )
