"""The people whose options would change, as a reader meets them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.access import Acting
from accounts.sheets import sheet
from knowledge.medicines import medicines
from medications.models import ImpactChange, ImpactRun, RuleSignOff
from medications.options.headline import LOOKS, Look
from medications.options.model import Standing
from medications.rules.effects import Effect
from patients.models import Patient

type Same = tuple[str, str, int | None, int | None, tuple[str, ...], tuple[str, ...]]
EFFECTS = {
    Effect.INFO.name: "a note",
    Effect.ACTION.name: "a task",
    Effect.PREFERRED.name: "a reason for it",
    Effect.CAUTION.name: "a caution",
    Effect.AVOID.name: "the advice to avoid it",
    Effect.CONTRAINDICATED.name: "a contraindication",
}


@dataclass(frozen=True, slots=True)
class OptionMove:
    """What changes alike for some medications of one person."""

    medications: str
    before: Look | None
    after: Look | None
    rank_before: int | None
    rank_after: int | None
    gone: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def stands_otherwise(self) -> bool:
        return self.before != self.after

    @property
    def moves_in_rank(self) -> bool:
        return self.rank_before != self.rank_after


@dataclass(frozen=True, slots=True)
class Touched:
    """One person, with everything that would be otherwise."""

    patient: Patient
    moves: tuple[OptionMove, ...]


def people_of(run: ImpactRun, acting: Acting) -> QuerySet[Patient]:
    """Everybody whom a run found; those for whom something stands otherwise first."""
    changes = ImpactChange.objects.visible_to(acting).filter(run=run)
    otherwise = changes.exclude(before=F("after")).filter(patient=OuterRef("pk"))
    return (
        Patient.objects.visible_to(acting)
        .filter(pk__in=changes.values("patient"))
        .annotate(stands_otherwise=Exists(otherwise))
        .order_by("-stands_otherwise", "family_name", "given_name", "pk")
    )


def listed(run: ImpactRun, people: list[Patient]) -> list[Touched]:
    """These people with their changes, in one query."""
    rows = run.changes.filter(patient__in=people).order_by("pk")
    by_person: dict[int, list[ImpactChange]] = {}
    for row in rows:
        by_person.setdefault(row.patient_id, []).append(row)
    return [
        Touched(person, tuple(_moves(by_person.get(person.pk, ()))))
        for person in people
    ]


def _moves(changes: Iterable[ImpactChange]) -> Iterator[OptionMove]:
    """Medications that change alike stand together; changed standings first."""
    alike: dict[Same, list[str]] = {}
    for change in changes:
        alike.setdefault(_same(change), []).append(change.medication)
    for same in sorted(alike, key=lambda s: s[0] == s[1]):
        before, after, rank_before, rank_after, gone, new = same
        yield OptionMove(
            _names(alike[same]),
            LOOKS[Standing(before)] if before else None,
            LOOKS[Standing(after)] if after else None,
            rank_before,
            rank_after,
            gone=tuple(map(_words, gone)),
            new=tuple(map(_words, new)),
        )


def _same(change: ImpactChange) -> Same:
    """What is told of a change: a new standing, else a new place, else reasons alone."""
    stands: tuple[str, str] = ("", "")
    ranks: tuple[int | None, int | None] = (None, None)
    if change.before != change.after:
        stands = change.before, change.after
    elif change.rank_before != change.rank_after:
        ranks = change.rank_before, change.rank_after
    return (*stands, *ranks, tuple(change.gone), tuple(change.new))


def _names(medications: list[str]) -> str:
    """Titles; a form is not named beside the medication that it is a form of."""
    if set(medicines().keys) <= set(medications):
        return "Every medication"
    alone = [
        key for key in medications if medicines().parents.get(key) not in medications
    ]
    return "; ".join(map(_title, alone))


def _title(key: str) -> str:
    return medicines().titles.get(key) or medicines().names[key]


def _words(line: str) -> str:
    """`C48=ACTION` as words."""
    rule, _, effect = line.partition("=")
    return f"{EFFECTS[effect]} ({rule})"


def asked_words(run: ImpactRun) -> str:
    """What a run looks at, in words."""
    if not run.rule:
        return f"This edition in place of {run.earlier_digest[:12]}"
    stance = RuleSignOff.Stance(run.stance).label
    return f"{run.rule}, version {run.version}: {stance.lower()}"


COLUMNS = (
    *("mrn", "medication", "before", "after", "rank before", "rank after"),
    *("no longer", "new"),
)


def as_csv(changes: Iterable[ImpactChange]) -> str:
    """One line for each change; people by their record number alone."""
    return sheet(COLUMNS, map(_cells, changes))


def _cells(change: ImpactChange) -> Iterator[object]:
    yield change.patient.mrn
    yield _title(change.medication)
    yield LOOKS[Standing(change.before)].word if change.before else ""
    yield LOOKS[Standing(change.after)].word if change.after else ""
    yield change.rank_before
    yield change.rank_after
    yield "; ".join(map(_words, change.gone))
    yield "; ".join(map(_words, change.new))
