"""An answer of several rows, shaped for the page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from assessments.intake.declaration import Ask, IntakeQuestion
from assessments.intake.rows import KIND, ROW
from assessments.intake_page.choices import ChoiceOption, options_of

type Cells = Mapping[str, tuple[str, ...]]

OWN = "x"
BLANK_NAMES = 40


@dataclass(frozen=True, slots=True)
class TableCell:
    """One field of a row; `message` where what was typed could not be kept."""

    column: IntakeQuestion
    name: str
    values: tuple[str, ...]
    message: str = ""

    @property
    def id(self) -> str:
        return f"i-{self.name}"

    @property
    def kind(self) -> str:
        return self.column.kind.value

    @property
    def text(self) -> str:
        return self.values[-1] if self.values else ""

    @property
    def options(self) -> list[ChoiceOption]:
        return options_of(self.column, frozenset(self.values), with_unknown=False)

    @property
    def words(self) -> str:
        """The field in words: what was chosen, or what was typed, with its unit."""
        chosen = [o.label for o in self.options if o.is_chosen]
        typed = f"{self.text} {self.column.unit}".strip() if self.text else ""
        return ", ".join(chosen) if self.column.choices else typed


@dataclass(frozen=True, slots=True)
class TableLine:
    """One row: about a thing that was named, or added by hand."""

    name: str
    kind: str
    label: str
    cells: tuple[TableCell, ...]
    choices: tuple[ChoiceOption, ...] = ()
    prefix: str = ""
    message: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it was added by hand, so that it can be taken out again."""
        return self.name != self.kind

    @property
    def kind_name(self) -> str:
        return f"{self.prefix}{self.name}__{KIND}"

    @property
    def names(self) -> list[str]:
        return [self.kind_name, *(cell.name for cell in self.cells)]

    @property
    def words(self) -> str:
        told = ", ".join(cell.words for cell in self.cells if cell.words)
        return f"{self.label}: {told}" if told else self.label


def lines_of(
    question: IntakeQuestion,
    rows: Mapping[str, Cells],
    kinds: Sequence[str],
    faults: Mapping[tuple[str, str], str],
    *,
    blank: bool = False,
) -> list[TableLine]:
    """A row for each kind, those added by hand, and an empty one where one is due."""
    own = [name for name in rows if name not in question.kinds]
    is_free = not question.of
    if blank:
        own.append(_next_name(own))
    # A row added by hand may be about whatever else may have one here.
    allowed = question.kinds if is_free else {k: question.kinds[k] for k in kinds}
    return [
        _line(question, name, rows.get(name, {}), allowed, faults)
        for name in (*kinds, *own)
    ]


def _next_name(taken: Iterable[str]) -> str:
    used = set(taken)
    names = (f"{OWN}{n}" for n in range(1, BLANK_NAMES))
    return next(name for name in names if name not in used)


def _line(
    question: IntakeQuestion,
    name: str,
    cells: Cells,
    allowed: Mapping[str, str],
    faults: Mapping[tuple[str, str], str],
) -> TableLine:
    prefix = f"{question.key}__"
    is_own = name not in question.kinds
    kind = (cells.get(KIND) or ("",))[-1] if is_own else name
    columns = question.columns_of(kind) if kind else question.columns
    return TableLine(
        name=name,
        kind=kind,
        label=question.kinds.get(kind, ""),
        cells=tuple(
            TableCell(
                column,
                f"{prefix}{name}__{column.key}",
                cells.get(column.key, ()),
                faults.get((name, column.key), ""),
            )
            for column in columns
        ),
        choices=tuple(ChoiceOption(v, label, v == kind) for v, label in allowed.items())
        if is_own
        else (),
        prefix=prefix,
        message=faults.get((name, KIND), ""),
    )


def kept_cells(question: IntakeQuestion, value: object) -> dict[str, Cells]:
    """The rows of a kept answer as a form would send them."""
    rows = value if isinstance(value, list) else []
    return {str(row[ROW]): dict(_cells(question, row)) for row in rows}


def _cells(
    question: IntakeQuestion, row: Mapping[str, object]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield KIND, (str(row[KIND]),)
    for column in question.columns:
        if column.key in row:
            yield column.key, _shown(column, row[column.key])


def _shown(column: IntakeQuestion, value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(one) for one in value)
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    if column.kind is Ask.MOMENT and value != "never":
        moment = timezone.localtime(datetime.fromisoformat(str(value)))
        return (f"{moment:%Y-%m-%d %H:%M}",)
    return (str(value),)
