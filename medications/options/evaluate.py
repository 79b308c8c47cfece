"""Weigh the medication options for one picture: standing, reasons, rank. No Django."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from assessments.picture import Picture
from knowledge import editions as store
from knowledge.cards import Card, RuleRole
from knowledge.editions import Edition, Knowledge
from knowledge.holds import PLACES, Hold, owed_facts, start_facts
from knowledge.medicines import EVERY, Catalogue, Medicine
from knowledge.policy import AS_SHIPPED, Policy
from knowledge.sources import Reference
from medications.options.fits import Fits, fits_of
from medications.options.gaps import Gap, asked_first, gaps, missing, place_of
from medications.options.model import (
    LOW_DOSE_START,
    Action,
    Basis,
    Finding,
    Fit,
    Missing,
    Option,
    Options,
    Standing,
    SwitchedOff,
)
from medications.options.places import placed
from medications.rules import outcomes
from medications.rules.effects import Effect, Say
from medications.rules.overdose import FLAGS
from medications.rules.reading import FactReader
from medications.rules.registry import RuleOutcome, RuleSaid, says_of
from medications.rules.under_way import DAILY, taking

type Line = Finding | Action

CALLS_FOR_LOW_DOSE = "C18"
RESTART, LOW_TOLERANCE = "C122", "C20"
# A first dose of one kind of buprenorphine is none for who takes another.
SAME_DRUG = {
    "MTD": ("MTD",),
    "BUP_SL": ("BUP_SL", "BUP_XR"),
    "BUP_XR": ("BUP_SL", "BUP_XR"),
    "NTX_XR": ("NTX_XR", "NTX_PO"),
}
BEST_FIRST = (
    Standing.PREFERRED,
    Standing.ELIGIBLE,
    Standing.CAUTION,
    Standing.NEEDS_DATA,
    Standing.NOT_HERE,
    Standing.AVOID,
    Standing.CONTRAINDICATED,
)
# A stop that ends within so long is worth asking about; its day is shown.
ASKED_WITHIN = timedelta(14)
# Strongest first.
STOPS = (
    (Effect.CONTRAINDICATED, Standing.CONTRAINDICATED),
    (Effect.AVOID, Standing.AVOID),
    (Effect.NOT_HERE, Standing.NOT_HERE),
)


def evaluate(
    picture: Picture,
    knowledge: Knowledge | None = None,
    policy: Policy = AS_SHIPPED,
) -> Options:
    """Every option for one picture, by the knowledge in force on its day.

    Rules that the clinic switched off say nothing; what they would have said is kept.
    """
    known = knowledge or store.knowledge()
    edition = known.on(picture.as_of.date(), policy)
    facts = FactReader(picture)
    everything = outcomes(facts, edition)
    said = [o for o in everything if o.rule not in policy.off]
    weighing = _Weighing(known, edition, facts, said)
    options = weighing.options(fits_of(picture, known))
    fired = [o.rule for o in said if o.said]
    flags = tuple(rule for rule in fired if rule in FLAGS)
    return Options(
        as_of=picture.as_of,
        knowledge=known.digest,
        options=tuple(placed(options, fired, edition)),
        general=weighing.general,
        flags=flags,
        high_attention=len(flags) >= edition["attention_flags"],
        sources=_cited(weighing.lines, known),
        policy=policy,
        switched_off=tuple(_silenced(everything, edition)) if policy.off else (),
    )


class _Weighing:
    """What all rules said of one picture, put together option by option."""

    def __init__(
        self,
        known: Knowledge,
        edition: Edition,
        facts: FactReader,
        said: list[RuleOutcome],
    ) -> None:
        self.edition, self.listed, self.as_of = edition, known.medicines, facts.as_of
        self.fired = frozenset(o.rule for o in said if o.said)
        self.taken = taking(facts, edition)
        self.lines = [line for o in said for line in _lines(o, edition)]
        self.gaps = list(gaps(said, edition))
        owed = {fact for place in PLACES for fact in owed_facts(place)}
        self.unknown = {fact for fact in owed if not facts.is_known(fact)}

    @property
    def general(self) -> tuple[Line, ...]:
        """What is about everybody, and about what goes with every medicine."""
        everyone = (EVERY, *self.listed.adjuncts)
        return tuple(line for line in self.lines if line.medication in everyone)

    def options(self, fits: Fits) -> list[Option]:
        about, open_ = self._by_option(self.lines), self._by_option(self.gaps)
        alone = {
            one.key: self._option(
                one, about[one.key], open_[one.key], fits.get(one.key, ())
            )
            for one in self.listed
        }
        products = self.listed.products
        return [
            _with_products(option, alone, products.get(key, ()))
            for key, option in alone.items()
        ]

    def _by_option[T: (Finding | Action, Gap)](
        self, items: Iterable[T]
    ) -> dict[str, list[T]]:
        """What is said of each option, by itself, as a form of another, or of all."""
        sorted_: dict[str, list[T]] = {key: [] for key in self.listed.keys}
        for item in items:
            for medication in reached(item.medication, self.listed):
                if not self._is_silent(item.rule, medication):
                    sorted_[medication].append(item)
        return sorted_

    def _is_silent(self, rule: str, medication: str) -> bool:
        """Whether a rule about a start has nothing to say, since this is taken now."""
        if RuleRole.START not in self.edition.cards[rule].roles:
            return False
        family = self.listed.parent_of(medication)
        under_way = any(family in SAME_DRUG[taken] for taken in self.taken)
        return under_way and not (rule == LOW_TOLERANCE and RESTART in self.fired)

    @property
    def _goes_on(self) -> bool:
        """Whether no doses were missed, so that the next one is no restart."""
        return RESTART not in self.fired

    def _option(
        self,
        about: Medicine,
        lines: list[Line],
        found: list[Gap],
        fits: tuple[Fit, ...],
    ) -> Option:
        place = place_of(about, self.listed)
        kept = tuple(
            _without_void([x for x in lines if isinstance(x, Finding)], self.edition)
        )
        closed = _is_closed(kept, self.edition, self.as_of)
        owed = (f for f in owed_facts(place.family) if f in self.unknown)
        asked = () if closed else missing(found, place, owed)
        if place.family in DAILY and place.family in self.taken and self._goes_on:
            asked = tuple(map(_asked_of_who_takes_it, asked))
        stands = standing(kept, self.edition, waits=any(m.holds for m in asked))
        effects = {f.effect for f in kept}
        return Option(
            medication=about.key,
            name=about.spoken,
            parent=about.parent or None,
            standing=stands,
            rank=None,
            findings=kept,
            actions=tuple(x for x in lines if isinstance(x, Action)),
            missing=asked,
            otherwise=standing(kept, self.edition, waits=False),
            ask_first=() if Effect.NOT_HERE in effects else asked_first(asked, place),
            is_under_way=any(
                about.key in (course.family, course.form)
                for course in self.taken.values()
            ),
            not_needed=about.key == LOW_DOSE_START
            and CALLS_FOR_LOW_DOSE not in {f.rule for f in kept},
            medical=_medical(kept, self.edition, asked),
            fits=fits,
        )


def _asked_of_who_takes_it(one: Missing) -> Missing:
    """What waits for a first dose is a task once a daily medicine is under way."""
    held = one.hold is Hold.DOSE and one.fact in start_facts()
    return replace(one, hold=Hold.TASK) if held else one


def _is_closed(findings: Iterable[Finding], edition: Edition, as_of: datetime) -> bool:
    """Stopped by a fact for longer than answers keep: nothing is asked for it."""
    stops = [f for f in findings if f.effect.rules_out]
    ends = [f.earliest for f in stops if edition.cards[f.rule].uses]
    return any(end is None or end - as_of > ASKED_WITHIN for end in ends)


def _medical(
    findings: tuple[Finding, ...], edition: Edition, asked: Iterable[Missing]
) -> Standing:
    """Where it would stand at a clinic that can give it."""
    here = [f for f in findings if f.effect is not Effect.NOT_HERE]
    return standing(here, edition, waits=any(one.holds for one in asked))


def _silenced(said: Iterable[RuleOutcome], edition: Edition) -> Iterator[SwitchedOff]:
    """What rules would have said that the clinic switched off."""
    for outcome in said:
        reason = edition.policy.off.get(outcome.rule)
        lines = list(_lines(outcome, edition)) if reason is not None else []
        if lines and reason is not None and outcome.said:
            about = dict.fromkeys(line.medication for line in lines)
            yield SwitchedOff(
                lines[0].basis, tuple(about), outcome.said.because, reason
            )


def _lines(outcome: RuleOutcome, edition: Edition) -> Iterator[Line]:
    """What a rule said, one line for each medication and effect."""
    if outcome.said is None:
        return
    card = edition.cards[outcome.rule]
    says = outcome.said.says
    for say in says_of(card.effects) if says is None else says:
        yield _line(card, say, outcome.said)


def _line(card: Card, say: Say, said: RuleSaid) -> Line:
    then = said.then or card.then
    times = (said.earliest, said.preferred_from)
    if say.effect is Effect.ACTION:
        later = RuleRole.LATER_DOSE in card.roles
        return Action(
            _basis(card),
            say.medication,
            then,
            said.because,
            say.blocking,
            later,
            *times,
        )
    return Finding(_basis(card), say.medication, say.effect, said.because, then, *times)


@lru_cache(maxsize=1024)
def _basis(card: Card) -> Basis:
    return Basis(
        rule=card.id,
        version=card.version,
        evidence=card.evidence,
        source=card.source,
        cites=card.cites,
        verified=card.verified,
        check=card.check.value,
        disputed=tuple(f"{view.who}: {view.says}" for view in card.disagrees),
    )


def reached(about: str, listed: Catalogue) -> tuple[str, ...]:
    """The options that a rule reaches through the medication it names.

    A low-dose start is reached only where it is named, or where all are.
    """
    reach = listed.reach.get(about, ())
    if about in (LOW_DOSE_START, EVERY):
        return reach
    return tuple(medication for medication in reach if medication != LOW_DOSE_START)


def _without_void(findings: list[Finding], edition: Edition) -> Iterator[Finding]:
    """Without findings that only hold where nothing is contraindicated."""
    stopped = any(f.effect is Effect.CONTRAINDICATED for f in findings)
    for finding in findings:
        if not (
            stopped and RuleRole.UNLESS_STOPPED in edition.cards[finding.rule].roles
        ):
            yield finding


def standing(findings: Iterable[Finding], edition: Edition, *, waits: bool) -> Standing:
    """The strongest negative; what it waits for comes before caution.

    A caution about how to begin names no standing.
    """
    effects = {
        f.effect for f in findings if RuleRole.MANNER not in edition.cards[f.rule].roles
    }
    for effect, stands in STOPS:
        if effect in effects:
            return stands
    if waits:
        return Standing.NEEDS_DATA
    if Effect.CAUTION in effects:
        return Standing.CAUTION
    return Standing.PREFERRED if Effect.PREFERRED in effects else Standing.ELIGIBLE


def _with_products(
    option: Option, alone: dict[str, Option], products: tuple[str, ...]
) -> Option:
    """A parent stands as well as the best of its products; of equals that for which
    more speaks, such as a wish."""
    if not products:
        return option
    best = min((alone[p] for p in products), key=_product_order)
    return replace(
        option,
        standing=best.standing,
        findings=_joined(option.findings, best.findings),
        actions=_joined(option.actions, best.actions),
        missing=best.missing,
        otherwise=best.otherwise,
        ask_first=best.ask_first,
        medical=best.medical,
        fits=best.fits or option.fits,
        product=best.medication,
    )


def _product_order(option: Option) -> tuple[int, int]:
    reasons = [f for f in option.findings if f.effect is Effect.PREFERRED]
    return (BEST_FIRST.index(option.standing), -len(reasons))


def _joined[T](own: tuple[T, ...], product: tuple[T, ...]) -> tuple[T, ...]:
    """The parent's lines, and those of the product that decide its standing."""
    return (*own, *(line for line in product if line not in own))


def _cited(lines: list[Line], known: Knowledge) -> dict[str, Reference]:
    keys = {key for line in lines for key in line.basis.cites}
    return {key: known.sources[key] for key in sorted(keys)}
