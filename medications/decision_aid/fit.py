"""The table as one person sees it: rows that apply, cells that fit what they picked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from assessments.picture import Picture
from knowledge.decision_aid.content import Aid, AidCell, AidColumn, AidRow, Figures
from medications.decision_aid.arrays import Dots, dots
from medications.decision_aid.today import Today, moment_words

# Facts for which a row is shown; what is not known shows it too where it could matter.
NEVER_PREGNANT = "male"
FAR = 1


@dataclass(frozen=True, slots=True)
class Picked:
    """What matters to the person, by the keys of the chips; those that count most."""

    matters: frozenset[str] = frozenset()
    most: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DrawnFit:
    """One number as dots and words, said both ways round."""

    dots: Dots
    said: str
    other: str
    exact: str


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell: numbers first, then words; why it fits where it does."""

    column: str
    title: str
    text: str
    drawn: tuple[DrawnFit, ...] = ()
    no_number: bool = False
    fits: str = ""
    is_most: bool = False
    is_later: bool = False
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row; `asks` where a pick speaks for no option and calls for a talk."""

    key: str
    label: str
    note: str
    cells: tuple[ShownCell, ...]
    figures: Figures | None = None
    asks: bool = False


@dataclass(frozen=True, slots=True)
class ShownBlock:
    title: str
    rows: tuple[ShownRow, ...]

    @property
    def speaks_to_a_pick(self) -> bool:
        """Whether one of its rows answers something that matters to the person."""
        return any(row.asks or any(c.fits for c in row.cells) for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class AidOption:
    """What the table is made from: the person's picks, facts, and the clinic's texts."""

    aid: Aid
    language: str
    picked: Picked
    fits: Mapping[str, tuple[str, ...]]
    applies: frozenset[str]
    own: Mapping[str, str]
    todays: Mapping[str, Today]
    travel: int | None = None

    def blocks(self) -> tuple[ShownBlock, ...]:
        """The rows that apply, in their blocks."""
        return self._in_blocks(self._applying())

    def first(self) -> tuple[ShownRow, ...]:
        """The rows that stand open."""
        return tuple(self._row(row) for row in self._applying() if row.first)

    def folded(self) -> tuple[ShownBlock, ...]:
        """The rows that unfold, in their blocks."""
        return self._in_blocks(row for row in self._applying() if not row.first)

    def _applying(self) -> list[AidRow]:
        return [r for r in self.aid.rows if not r.when or r.when in self.applies]

    def _in_blocks(self, rows: Iterable[AidRow]) -> tuple[ShownBlock, ...]:
        return tuple(
            ShownBlock(
                self.aid.say("blocks", key, self.language), tuple(map(self._row, its))
            )
            for key, its in groupby(rows, key=lambda row: row.block)
        )

    def start(self) -> ShownRow | None:
        """Whether each could be started today; nothing where nobody was looked at."""
        if not self.todays:
            return None
        cells = tuple(self._today(column) for column in self.aid.columns)
        return ShownRow(
            "today", self.aid.say("words", "can_i", self.language), "", cells
        )

    def _today(self, column: AidColumn) -> ShownCell:
        answer = self.todays[column.key]
        said = self.aid.say("today", answer.key, self.language)
        when = moment_words(answer, self.aid, self.language)
        text = f"{said} {when}." if when else said
        title = column.title[self.language]
        return ShownCell(column.key, title, text, is_later=answer.is_later)

    def _row(self, row: AidRow) -> ShownRow:
        wanted = [key for key in row.fits if key in self.picked.matters]
        cells = tuple(self._cell(row, column, wanted) for column in self.aid.columns)
        return ShownRow(
            row.key,
            row.label[self.language],
            row.note[self.language],
            cells,
            row.figures,
            asks=bool(wanted) and not any(cell.fits for cell in cells),
        )

    def _cell(self, row: AidRow, column: AidColumn, wanted: list[str]) -> ShownCell:
        drawn = self._drawn(row, column.key)
        text, is_own = self._text(row, column.key)
        met = [key for key in wanted if self._speaks_for(key, column)]
        return ShownCell(
            column=column.key,
            title=column.title[self.language],
            text=text,
            drawn=drawn,
            no_number=not drawn and not text,
            fits=", ".join(self.aid.say("chips", k, self.language) for k in met),
            is_most=any(key in self.picked.most for key in met),
            is_later=column.key in self.todays and self.todays[column.key].is_later,
            is_own=is_own,
        )

    def _speaks_for(self, key: str, column: AidColumn) -> bool:
        named = self.fits[key]
        return any(way in named for way in column.ways)

    def _drawn(self, row: AidRow, column: str) -> tuple[DrawnFit, ...]:
        figures = row.figures
        if figures is None:
            return ()
        return tuple(
            DrawnFit(
                dots(one.n, figures.of),
                *figures.words(one, self.language),
                one.exact,
            )
            for one in figures.by_column.get(column, ())
        )

    def _text(self, row: AidRow, column: str) -> tuple[str, bool]:
        """The clinic's words where it has its own, else those that ship."""
        own = self.own.get(f"{row.key}.{column}", "")
        cell: AidCell | None = row.cells.get(column)
        text = own or (cell.words[self.language] if cell else "")
        if (row.key, column) == ("visits", "MTD") and (self.travel or 0) >= FAR:
            said = self.aid.say("today", "travel", self.language)
            text = f"{text} {said.format(n=self.travel)}"
        return text, bool(own)


def applying(picture: Picture, picked: Picked) -> frozenset[str]:
    """Which of the rows for some people apply: by a fact, or by what was picked."""
    found = {
        "pregnancy": _could_concern_a_baby(picture),
        "driving": _drives(picture),
        "pain": bool(picture.value("pain")),
    }
    return frozenset(
        key for key, holds in found.items() if holds or key in picked.matters
    )


def _could_concern_a_baby(picture: Picture) -> bool:
    if picture.value("pregnancy") is True or picture.value("lactation") is True:
        return True
    if picture.value("pregnancy") is False or picture.value("sex") == NEVER_PREGNANT:
        return False
    return picture.value("could_be_pregnant") is True


def _drives(picture: Picture) -> bool:
    work = picture.value("occupation")
    return isinstance(work, frozenset) and bool(work & {"driving", "safety_sensitive"})


def travel_minutes(picture: Picture) -> int | None:
    minutes = picture.value("travel")
    return minutes if isinstance(minutes, int) else None
