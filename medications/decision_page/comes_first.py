"""Comparison of methadone with buprenorphine by their places. No Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.cards import RuleRole
from knowledge.editions import Edition
from knowledge.medicines import medicines
from medications.options.model import Basis, Finding, Option, Options
from medications.options.places import BUPRENORPHINE, METHADONE

# Of the rules that compare the two, what each compares; and of a wish.
COMPARED: Mapping[str, str] = {"C29": "safer first month"}
SAFER, WISH = "safer now", "their wish"


@dataclass(frozen=True, slots=True)
class ComesFirst:
    """The medicine, and why with its rule where one put it there."""

    medicine: str
    why: str = ""
    basis: Basis | None = None

    @property
    def words(self) -> str:
        return f"{self.medicine}: {self.why}" if self.why else self.medicine


def comes_first(options: Options, edition: Edition) -> ComesFirst:
    """By their places; a tie is said, and what has no place does not come first."""
    methadone = options.option(METHADONE)
    others = [options.option(one) for one in BUPRENORPHINE]
    ranks = [one.rank for one in others if one.rank is not None]
    if methadone.rank is None and not ranks:
        return ComesFirst("Neither now")
    if methadone.rank == min(ranks, default=None):
        return ComesFirst("Equal on what is known")
    if methadone.rank is None or (ranks and min(ranks) < methadone.rank):
        first = min((o for o in others if o.rank), key=lambda o: o.rank or 0)
        return _because(first, methadone, edition)
    return _because(methadone, methadone, edition)


def _because(first: Option, methadone: Option, edition: Edition) -> ComesFirst:
    """The comparison of the two where one fired, else the person's wish."""
    is_methadone = first is methadone
    name = medicines()[METHADONE if is_methadone else BUPRENORPHINE[0]].line
    compared = () if is_methadone else (first, methadone)
    found = _finding(RuleRole.COMPARED, compared, edition)
    if found:
        return ComesFirst(name, COMPARED.get(found.rule, SAFER), found.basis)
    found = _finding(RuleRole.WISH, (first,), edition)
    return ComesFirst(name, WISH, found.basis) if found else ComesFirst(name)


def _finding(
    role: RuleRole, options: Iterable[Option], edition: Edition
) -> Finding | None:
    findings = (f for option in options for f in option.findings)
    return next((f for f in findings if role in edition.cards[f.rule].roles), None)
