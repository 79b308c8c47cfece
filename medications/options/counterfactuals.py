"""Counterfactuals of a standing, found by asking the rules again and again. No Django.

Nothing here is written by hand: each fact that a stopping rule looked at is tried
otherwise, and what silences the rule is reported.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product

from assessments.picture import Picture
from assessments.picture.model import KnownFact
from knowledge import editions as store
from knowledge.editions import Edition, Knowledge
from knowledge.medicines import medicines
from medications.options.alternatives import CHOSEN, Alternative, latest_tries, tries
from medications.options.evaluate import evaluate, reached
from medications.options.model import Finding, Option, OptionChange, Options, Path
from medications.rules.effects import Say
from medications.rules.reading import FactReader
from medications.rules.registry import RULES, RuleOutcome, put, says_of

# A way out of more steps than this tells nobody anything.
MOST_STEPS = 8
ALTERNATIVES = 3


class _Noting(FactReader):
    """A look at a picture that keeps which facts it was asked for."""

    __slots__ = ("read",)

    def __init__(self, picture: Picture) -> None:
        super().__init__(picture)
        self.read: dict[str, None] = {}

    def _known(self, name: str) -> KnownFact | None:
        self.read[name] = None
        return super()._known(name)


@dataclass(frozen=True, slots=True)
class _Stop:
    """One rule that stands in the way of one option."""

    rule: str
    medication: str
    edition: Edition

    def read(self, picture: Picture) -> list[str]:
        """The facts that the rule looks at and that are known, or free to choose."""
        facts = _Noting(picture)
        put(self.rule, RULES[self.rule], facts, self.edition)
        return [n for n in facts.read if n in CHOSEN or picture.known(n)]

    def hits(self, picture: Picture) -> tuple[object, ...]:
        """The same for options that the rule reaches alike; where it names them itself,
        each is a case of its own."""
        outcome = put(self.rule, RULES[self.rule], FactReader(picture), self.edition)
        if outcome.said is not None and outcome.said.says is not None:
            return (self.medication,)
        card = self.edition.cards[self.rule]
        says = (*says_of(card.effects), *says_of(card.may))
        return tuple(
            self.medication in reached(say.medication, medicines()) for say in says
        )

    def is_silent(self, picture: Picture) -> bool:
        """Whether the rule neither stops the option nor asks for what could."""
        facts = FactReader(picture)
        outcome = put(self.rule, RULES[self.rule], facts, self.edition)
        return not outcome.missing and not _stops(
            outcome, self.medication, self.edition
        )


def with_changes(
    options: Options, picture: Picture, known: Knowledge | None = None
) -> Options:
    """The same options, each that is ruled out with what would open it."""
    kept = known or store.knowledge()
    search = _Search(picture, kept, options)
    return replace(options, options=tuple(search.of(o) for o in options.options))


class _Search:
    """The search over one picture; what was found for one option serves the next."""

    def __init__(self, picture: Picture, known: Knowledge, options: Options) -> None:
        # What is out of date is taken as it was last known: else it would have to be
        # asked again before anything could be said to open an option.
        self._picture = picture.asked_again()
        self._known, self._policy = known, options.policy
        self._edition = known.on(picture.as_of.date(), options.policy)
        self._after: dict[tuple[Alternative, ...], Options] = {}
        self._silencing: dict[tuple[object, ...], list[Alternative]] = {}
        self._stopping: dict[str, tuple[str, ...]] = {}

    def of(self, option: Option) -> Option:
        if not option.standing.ruled_out:
            return option
        stops = {stop.rule: stop for stop in option.stops}
        medication = option.product or option.medication
        changes = [self._change(stop, medication) for stop in stops.values()]
        return replace(
            option, changes=tuple(changes), way_out=self._way_out(medication)
        )

    def _change(self, stop: Finding, medication: str) -> OptionChange:
        found = self._found(_Stop(stop.rule, medication, self._edition), [])
        return OptionChange(stop, tuple(one.step for one in found[:ALTERNATIVES]))

    def _way_out(self, medication: str) -> Path | None:
        """Step by step until nothing stops the option, then without what was needless."""
        taken: list[Alternative] = []
        while (stop := self._next_stop(taken, medication)) is not None:
            found = self._found(stop, taken)
            if not found or found[0].step.is_fixed or len(taken) == MOST_STEPS:
                return None
            taken.append(found[0])
        needed = self._without_needless(taken, medication)
        return Path(
            tuple(one.step for one in needed),
            self._weighed(tuple(needed)).option(medication).standing,
        )

    def _found(self, stop: _Stop, taken: list[Alternative]) -> list[Alternative]:
        """What silences a stop after some steps; once for all that it stops alike."""
        key = (stop.rule, stop.hits(self._picture), tuple(taken))
        if key not in self._silencing:
            self._silencing[key] = _alternatives(stop, _after(taken, self._picture))
        return self._silencing[key]

    def _weighed(self, taken: tuple[Alternative, ...]) -> Options:
        """The options after these steps, once for every option that they open."""
        if taken not in self._after:
            picture = _after(list(taken), self._picture)
            self._after[taken] = evaluate(picture, self._known, self._policy)
        return self._after[taken]

    def _next_stop(self, taken: list[Alternative], medication: str) -> _Stop | None:
        picture = _after(taken, self._picture)
        facts = FactReader(picture)
        for rule in self._may_stop(medication):
            outcome = put(rule, RULES[rule], facts, self._edition)
            if _stops(outcome, medication, self._edition):
                return _Stop(rule, medication, self._edition)
        return None

    def _may_stop(self, medication: str) -> tuple[str, ...]:
        """The rules in force that could stop it at all, by their cards."""
        if medication not in self._stopping:
            self._stopping[medication] = tuple(
                rule
                for rule, card in self._edition.cards.items()
                if rule not in self._policy.off
                and _any_stops((*says_of(card.effects), *says_of(card.may)), medication)
            )
        return self._stopping[medication]

    def _without_needless(
        self, taken: list[Alternative], medication: str
    ) -> list[Alternative]:
        needed = latest_tries(taken)
        for one in tuple(needed):
            fewer = [other for other in needed if other is not one]
            if fewer and self._next_stop(fewer, medication) is None:
                needed = fewer
        return needed


def _after(taken: list[Alternative], picture: Picture) -> Picture:
    for one in taken:
        picture = one.on(picture)
    return picture


def _stops(outcome: RuleOutcome, medication: str, edition: Edition) -> bool:
    if outcome.said is None:
        return False
    card = edition.cards[outcome.rule]
    says = outcome.said.says
    return _any_stops(says_of(card.effects) if says is None else says, medication)


def _any_stops(says: Iterable[Say], medication: str) -> bool:
    return any(
        say.effect.rules_out and medication in reached(say.medication, medicines())
        for say in says
    )


def _alternatives(stop: _Stop, picture: Picture) -> list[Alternative]:
    """Each single thing that silences a stop, the most natural first; else pairs."""
    facts = stop.read(picture)
    single = list(_single(stop, facts, picture))
    found = single or list(_pairs(stop, facts, picture))
    # Two facts may lead to the same words: one wait does for both.
    said_once: dict[str, Alternative] = {}
    for one in found:
        said_once.setdefault(one.step.text, one)
    return sorted(said_once.values(), key=lambda one: one.order)


def _single(stop: _Stop, facts: list[str], picture: Picture) -> Iterator[Alternative]:
    for fact in facts:
        wanted = (
            one.nearest(picture, stop.is_silent)
            for one in tries(fact, picture)
            if stop.is_silent(one.on(picture))
        )
        yield from wanted


def _pairs(stop: _Stop, facts: list[str], picture: Picture) -> Iterator[Alternative]:
    """Two facts that have to be otherwise together.

    A rule that looks no further than its first reason shows the others only once that
    one is gone.
    """
    hidden = (
        name
        for fact in facts
        for one in tries(fact, picture)
        for name in stop.read(one.on(picture))
    )
    for one, other in combinations(dict.fromkeys([*facts, *hidden]), 2):
        for first, second in product(tries(one, picture), tries(other, picture)):
            both = first.also(second)
            if both is not None and stop.is_silent(both.on(picture)):
                yield both.nearest(picture, stop.is_silent)
                break
