"""Questions of another answer: which facts to try, and which standings move.

Nothing of it is kept. No Django.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from assessments.facts import FACTS, Fact, FactKind
from assessments.picture import Picture
from knowledge.medicines import medicines
from medications.options.evaluate import BEST_FIRST
from medications.options.headline import LOOKS, Look, first_reason
from medications.options.model import Finding, Option, Options, Standing
from medications.rules.effects import Effect

USUAL = ("cows", "pregnancy", "qtc", "child_pugh")
TRIED = 7
# Kinds that one short control can hold.
# A history and free words are too long to try.
TRIABLE = frozenset(FactKind) - {FactKind.TRIALS, FactKind.TEXT}
SHORT = (FactKind.BOOL, FactKind.CHOICE, FactKind.INT, FactKind.DECIMAL)
NEVER_PREGNANT = "male"


@dataclass(frozen=True, slots=True)
class StandingMove:
    """One option that another answer would make stand or rank otherwise, and why."""

    title: str
    before: Look
    after: Look
    reason: str
    place: str
    now_first: bool

    @property
    def is_standing(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Moves:
    """What other answers would change, and what they would not."""

    moved: tuple[StandingMove, ...]
    unmoved: tuple[str, ...]


def facts_to_try(picture: Picture, options: Options) -> tuple[str, ...]:
    """The usual ones, then those whose answer could move the most."""
    usual = [name for name in USUAL if _can_apply(name, picture)]
    asked = sorted(
        (m for option in options.ranked() for m in option.missing),
        key=lambda m: (not m.holds, -m.effect),
    )
    wanted = [m.fact for m in asked if _can_apply(m.fact, picture)]
    return tuple(dict.fromkeys([*usual, *wanted]))[:TRIED]


def others_to_try(shown: Iterable[str], picture: Picture) -> dict[str, list[Fact]]:
    """Every other fact that can be tried, by domain, in the order of their labels."""
    left = [
        fact
        for fact in sorted(FACTS.values(), key=lambda fact: fact.label)
        if fact.name not in set(shown)
        and fact.kind in TRIABLE
        and _can_apply(fact.name, picture, TRIABLE)
    ]
    domains = dict.fromkeys(fact.domain for fact in left)
    return {
        domain.value.capitalize(): [fact for fact in left if fact.domain is domain]
        for domain in sorted(domains)
    }


def _can_apply(
    name: str, picture: Picture, kinds: Collection[FactKind] = SHORT
) -> bool:
    if name == "pregnancy" and picture.value("sex") == NEVER_PREGNANT:
        return False
    return FACTS[name].kind in kinds


def moves(before: Options, after: Options) -> Moves:
    """Each option that would stand or rank otherwise; a product where it moves unlike
    the medicine it belongs to."""
    leads, led = _first(after), _first(before)
    moved = [
        _move(before, after, key, leads != led and key in leads)
        for key in medicines().keys
        if _moves(before.option(key), after.option(key))
        and not _as_its_family(before, after, key)
    ]
    titles = {move.title for move in moved}
    rest = (
        medicines().titles[key]
        for key in medicines().weighed
        if medicines().titles[key] not in titles
    )
    return Moves(tuple(moved), tuple(rest))


def _moves(old: Option, new: Option) -> bool:
    return (old.standing, _rank(old)) != (new.standing, _rank(new))


def _rank(option: Option) -> tuple[int | None, bool]:
    return (option.rank, option.is_tied)


def _as_its_family(before: Options, after: Options, key: str) -> bool:
    """Whether a product does no more than what it is a product of."""
    family = medicines().parent_of(key)
    if family == key or before.option(key).has_place:
        return False
    old, new = before.option(family), after.option(family)
    pairs = [(before.option(key), old), (after.option(key), new)]
    return all(one.standing is other.standing for one, other in pairs)


def _move(before: Options, after: Options, key: str, now_first: bool) -> StandingMove:  # noqa: FBT001 - a private word
    old, new = before.option(key), after.option(key)
    return StandingMove(
        medicines().titles[key],
        LOOKS[old.standing],
        LOOKS[new.standing],
        _cause(old, new) or _cause_elsewhere(key, before, after),
        _place(old, new),
        now_first,
    )


def _place(old: Option, new: Option) -> str:
    """How its place changes, where it does."""
    if _rank(old) == _rank(new) or not new.has_place:
        return ""
    return f"{_named(old)} to {_named(new)}"


def _named(option: Option) -> str:
    if option.rank is None:
        return "no place"
    shared = ", shared" if option.is_tied else ""
    return f"place {option.rank}{shared}"


def _cause(old: Option, new: Option) -> str:
    """The rule that speaks now and did not, else the one that fell silent.

    What stood before and stands still moved nothing.
    """
    if new.standing is Standing.NEEDS_DATA is not old.standing:
        return first_reason(new)[0]
    came = _said_only(new, old)
    went = _said_only(old, new)
    if _is_worse(old, new):
        came.sort(key=lambda line: -line.effect)
    if came and (_is_worse(old, new) or not went):
        return came[0].because
    if went:
        return f"No longer: {went[0].because}"
    return came[0].because if came else ""


def _said_only(one: Option, other: Option) -> list[Finding]:
    """Findings of one that the other lacks, the strongest first; notes move nothing."""
    said = {(line.rule, line.effect) for line in other.findings}
    found = [
        line
        for line in one.findings
        if (line.rule, line.effect) not in said and line.effect is not Effect.INFO
    ]
    return sorted(found, key=lambda line: -line.effect)


def _is_worse(old: Option, new: Option) -> bool:
    return BEST_FIRST.index(new.standing) > BEST_FIRST.index(old.standing)


def _cause_elsewhere(key: str, before: Options, after: Options) -> str:
    """A place that changed because another option moved."""
    for other in after.options:
        old = before.option(other.medication)
        cause = _cause(old, other) if other.medication != key else ""
        if cause and _moves(old, other):
            return f"{medicines().titles[other.medication]}: {cause}"
    return "Its reasons are the same; others moved."


def _first(options: Options) -> frozenset[str]:
    """Those in the first place of the ranking; none where all are ruled out."""
    return frozenset(o.medication for o in options.ranked() if o.rank == 1)
