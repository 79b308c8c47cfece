"""Result of an instrument in words for staff."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assessments.change.comparing import Change
from assessments.change.course import since_baseline, since_last
from assessments.change.points import Point
from assessments.models import Assessment
from assessments.scores.completion import standing
from assessments.scores.points import points_of
from knowledge.instruments.registry import Instrument, find


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """One assessment with its flags in words, and what its open items could change."""

    row: Assessment
    declared: Instrument
    flags: tuple[str, ...]
    could_be: str
    danger: str
    changes: tuple[Change, ...] = ()

    @property
    def total(self) -> str:
        return "" if self.row.total is None else f"{self.row.total.normalize():f}"

    @property
    def words(self) -> str:
        """The result in one line; without a total or band, that there is none yet."""
        parts = [part for part in (self.total, self.row.band) if part]
        return ", ".join(parts) or "no score"


def shown_outcome(row: Assessment) -> ScoreResult:
    """What an assessment says, as it was kept."""
    declared = find(row.instrument)
    now = standing(declared, row.answers, row.context)
    is_open = now.reach is not None and now.reach.unanswered > 0
    return ScoreResult(
        row=row,
        declared=declared,
        flags=tuple(_in_words(declared, flag) for flag in row.flags),
        could_be=now.reach.words if now.reach and is_open else "",
        danger=now.danger,
    )


def with_changes(row: Assessment) -> ScoreResult:
    """The same with what changed since the score before, and since the first one."""
    points = points_of(row.patient, row.instrument, at=row.given_at)
    changes = _changes(points) if points and points[-1].pk == row.pk else ()
    return replace(shown_outcome(row), changes=changes)


def _changes(points: Sequence[Point]) -> tuple[Change, ...]:
    last, first = since_last(points), since_baseline(points)
    found = [change for change in (last, first) if change is not None]
    if last and first and last.before.pk == first.before.pk:
        found = found[:1]
    return tuple(found)


def _in_words(declared: Instrument, flag: str) -> str:
    words = declared.flag_words.get(flag)
    return words.en if words else flag


def answer_rows(row: Assessment) -> list[tuple[str, str | None]]:
    """Each question with its answer in words; None where it was not answered."""
    rows: list[tuple[str, str | None]] = []
    for item in find(row.instrument).items:
        code = row.answers.get(item.key)
        words = {choice.value: choice.words.en for choice in item.choices}
        rows.append((item.prompt.en, words.get(code)))
    return rows
