"""Weigh the medication options for one picture: standing, reasons, rank. No Django."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from assessments.picture import Picture
from knowledge import editions as store
from knowledge.cards import Card
from knowledge.editions import Edition, Knowledge
from knowledge.medicines import EVERY, Catalogue, Medicine
from knowledge.policy import AS_SHIPPED, Policy
from knowledge.sources import Reference
from medications.options.fits import fits_of, points
from medications.options.gaps import Gap, gaps, missing
from medications.options.model import (
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
from medications.rules import outcomes
from medications.rules.effects import Effect, Say
from medications.rules.overdose import FLAGS
from medications.rules.registry import RuleOutcome, RuleSaid, says_of

type Line = Finding | Action

PREFERENCE = "C23"
LOW_DOSE_START = "BUP_LOW"
BEST_FIRST = (
    Standing.PREFERRED,
    Standing.ELIGIBLE,
    Standing.CAUTION,
    Standing.NEEDS_DATA,
    Standing.AVOID,
    Standing.CONTRAINDICATED,
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
    everything = outcomes(picture, edition)
    said = [o for o in everything if o.rule not in policy.off]
    lines = [line for o in said for line in _lines(o, edition)]
    found = list(gaps(said, edition))
    listed = known.medicines
    about, open_ = (
        _by_option(lines, edition, listed),
        _by_option(found, edition, listed),
    )
    fits = fits_of(picture, known)
    alone = {
        one.key: _option(
            one, about[one.key], open_[one.key], fits.get(one.key, ()), edition
        )
        for one in listed
    }
    options = [
        _with_products(option, alone, listed.products.get(key, ()))
        for key, option in alone.items()
    ]
    flags = tuple(o.rule for o in said if o.said and o.rule in FLAGS)
    return Options(
        as_of=picture.as_of,
        knowledge=known.digest,
        options=tuple(_ranked(options, listed.keys)),
        general=tuple(x for x in lines if x.medication in (EVERY, *listed.adjuncts)),
        flags=flags,
        high_attention=len(flags) >= edition["attention_flags"],
        sources=_cited(lines, known),
        policy=policy,
        switched_off=tuple(_silenced(everything, edition)) if policy.off else (),
    )


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
        return Action(
            _basis(card), say.medication, then, said.because, say.blocking, *times
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


def _by_option[T: (Finding | Action, Gap)](
    items: Iterable[T], edition: Edition, listed: Catalogue
) -> dict[str, list[T]]:
    """What is said of each option, by itself, as a form of another, or of all.

    What is about the standard start does not burden a low-dose start.
    """
    sorted_: dict[str, list[T]] = {key: [] for key in listed.keys}
    for item in items:
        card = edition.cards[item.rule]
        for medication in reached(item.medication, card, listed):
            sorted_[medication].append(item)
    return sorted_


def reached(about: str, card: Card, listed: Catalogue) -> tuple[str, ...]:
    """The options that a rule reaches through the medication it names."""
    reach = listed.reach.get(about, ())
    if not card.standard_start or about == LOW_DOSE_START:
        return reach
    return tuple(medication for medication in reach if medication != LOW_DOSE_START)


def _option(
    about: Medicine,
    lines: list[Line],
    found: list[Gap],
    fits: tuple[Fit, ...],
    edition: Edition,
) -> Option:
    findings = [x for x in lines if isinstance(x, Finding)]
    actions = [x for x in lines if isinstance(x, Action)]
    kept = tuple(_without_void(findings, edition))
    asked = missing(found, about.spoken)
    urgent = _urgent(kept, edition)
    if urgent is not None:
        actions += _ask_first(urgent, asked)
    return Option(
        medication=about.key,
        name=about.spoken,
        parent=about.parent or None,
        standing=standing(kept, () if urgent else found),
        rank=None,
        findings=kept,
        actions=tuple(actions),
        missing=asked,
        otherwise=standing(kept, ()),
        fits=fits,
    )


def _urgent(findings: Iterable[Finding], edition: Edition) -> Finding | None:
    """A finding that does not wait for answers that nobody has yet."""
    return next((f for f in findings if edition.cards[f.rule].does_not_wait), None)


def _ask_first(urgent: Finding, asked: Iterable[Missing]) -> Iterator[Action]:
    """What would have held the standing is asked before the first dose instead."""
    labels = [item.label for item in asked if item.holds]
    if labels:
        text = f"Ask before the first dose: {', '.join(labels)}."
        yield Action(
            urgent.basis, urgent.medication, text, urgent.because, blocking=True
        )


def _without_void(findings: list[Finding], edition: Edition) -> Iterator[Finding]:
    """Without findings that only hold where nothing is contraindicated."""
    stopped = any(f.effect is Effect.CONTRAINDICATED for f in findings)
    for finding in findings:
        if not (stopped and edition.cards[finding.rule].unless_contraindicated):
            yield finding


def standing(findings: Iterable[Finding], found: Iterable[Gap]) -> Standing:
    """The strongest negative; an open question that could stop comes before caution."""
    effects = {f.effect for f in findings}
    if Effect.CONTRAINDICATED in effects:
        return Standing.CONTRAINDICATED
    if Effect.AVOID in effects:
        return Standing.AVOID
    if any(gap.holds for gap in found):
        return Standing.NEEDS_DATA
    if Effect.CAUTION in effects:
        return Standing.CAUTION
    return Standing.PREFERRED if Effect.PREFERRED in effects else Standing.ELIGIBLE


def _with_products(
    option: Option, alone: dict[str, Option], products: tuple[str, ...]
) -> Option:
    """A parent stands as well as the best of its products."""
    if not products:
        return option
    best = min((alone[p] for p in products), key=lambda o: BEST_FIRST.index(o.standing))
    return replace(
        option,
        standing=best.standing,
        findings=_joined(option.findings, best.findings),
        missing=best.missing,
        otherwise=best.otherwise,
        fits=best.fits or option.fits,
        product=best.medication,
    )


def _joined(
    own: tuple[Finding, ...], product: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """The parent's findings, and those of the product that decide its standing."""
    return (*own, *(f for f in product if f not in own))


def _ranked(options: list[Option], order: tuple[str, ...]) -> Iterator[Option]:
    """The same options, each that is not ruled out with its place; of equals the
    earlier in the order of the list."""
    open_ones = [o for o in options if not o.standing.ruled_out]
    places = {
        option.medication: place
        for place, option in enumerate(
            sorted(
                open_ones,
                key=lambda one: (*_rank_key(one), order.index(one.medication)),
            ),
            start=1,
        )
    }
    for option in options:
        yield replace(option, rank=places.get(option.medication))


def _rank_key(option: Option) -> tuple[bool, int, int]:
    """Informed preference, then reasons in favour with what matters to the person,
    then fewer cautions."""
    for_it = {f.rule for f in option.findings if f.effect is Effect.PREFERRED}
    cautions = {f.rule for f in option.findings if f.effect is Effect.CAUTION}
    return (
        PREFERENCE not in for_it,
        -len(for_it - {PREFERENCE}) - points(option.fits),
        len(cautions),
    )


def _cited(lines: list[Line], known: Knowledge) -> dict[str, Reference]:
    keys = {key for line in lines for key in line.basis.cites}
    return {key: known.sources[key] for key in sorted(keys)}
