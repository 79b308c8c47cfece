"""Submission of one question by a form, and the reply it comes to. No Django."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from assessments.intake.declaration import Ask, IntakeQuestion

VALUE, ON, SIGN = "value", "on", "sign"
SOURCES = ("person", "record", "estimate")
ROW_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+){0,6}")


@dataclass(frozen=True, slots=True)
class Submission:
    """What a form sent for one question."""

    values: tuple[str, ...] = ()
    state: str = ""
    source: str = "person"
    on: str = ""
    ago: str = ""
    sure: str = ""
    revision: int | None = None
    # Of a question with rows: what was sent for each column of each row.
    rows: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    # Whether its field came with the form at all, empty or not.
    is_there: bool = False

    @property
    def text(self) -> str:
        return self.values[-1].strip() if self.values else ""

    @property
    def is_empty(self) -> bool:
        cells = (v for row in self.rows.values() for vs in row.values() for v in vs)
        return not any(value.strip() for value in (*self.values, self.ago, *cells))


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer as it is kept; not known is an answer, silence is none."""

    value: object = None
    is_known: bool = True
    source: str = "person"

    @property
    def number(self) -> object:
        """The number of a measurement, or the value of anything else."""
        return self.value[VALUE] if isinstance(self.value, dict) else self.value

    @property
    def sign(self) -> str:
        """The sign of a measurement that is a bound, such as >60."""
        return str(self.value.get(SIGN, "")) if isinstance(self.value, dict) else ""

    @property
    def on(self) -> date | None:
        """The day of a measurement, where it was said."""
        said = self.value.get(ON) if isinstance(self.value, dict) else None
        return date.fromisoformat(said) if said else None


def submission_in(
    form: Mapping[str, Sequence[str]], question: IntakeQuestion
) -> Submission:
    """The parts of a form that are about this question."""

    def last(part: str) -> str:
        values = form.get(question.key + part) or [""]
        return values[-1].strip()

    revision = last("__revision")
    source = last("__source")
    rows = rows_in(form, question)
    return Submission(
        values=tuple(form.get(question.key) or ()),
        state=last("__state"),
        source=source if source in SOURCES else "person",
        on=last("__on"),
        ago=last("__ago"),
        rows=rows,
        is_there=question.key in form or bool(rows) or _is_unticked(form, question),
        sure=last("__sure"),
        revision=int(revision) if revision.isdecimal() and len(revision) < 9 else None,
    )


def _is_unticked(form: Mapping[str, Sequence[str]], question: IntakeQuestion) -> bool:
    """Whether a group of boxes came with none ticked: a browser then sends nothing of
    it but the revision that was shown."""
    return question.kind is Ask.SEVERAL and f"{question.key}__revision" in form


def rows_in(
    form: Mapping[str, Sequence[str]], question: IntakeQuestion
) -> dict[str, dict[str, tuple[str, ...]]]:
    """The cells of a question with rows, by row and column."""
    if question.kind is not Ask.ROWS:
        return {}
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, values in form.items():
        key, _, rest = name.partition("__")
        row, _, column = rest.partition("__")
        if key == question.key and column and ROW_NAME.fullmatch(row):
            found.setdefault(row, {})[column] = tuple(values)
    return found
