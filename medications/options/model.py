"""Options of one person as the rules add up to them, never an order. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from knowledge.holds import Hold
from knowledge.policy import AS_SHIPPED, Policy
from knowledge.sources import Reference
from medications.rules.effects import Effect

LOW_DOSE_START = "BUP_LOW"


class Standing(StrEnum):
    """Worst first, as a reader meets them when scanning for stops."""

    CONTRAINDICATED = "CONTRAINDICATED"
    AVOID = "AVOID"
    # Cannot be given by this clinic, whatever speaks for it: refer.
    NOT_HERE = "NOT_HERE"
    NEEDS_DATA = "NEEDS_DATA"
    CAUTION = "CAUTION"
    ELIGIBLE = "ELIGIBLE"
    PREFERRED = "PREFERRED"

    @property
    def ruled_out(self) -> bool:
        return self in (Standing.CONTRAINDICATED, Standing.AVOID)


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a line comes from: the rule, its sources, how far it was checked."""

    rule: str
    version: int
    evidence: str
    source: str
    cites: tuple[str, ...]
    verified: str
    check: str
    # What each source says where they disagree.
    disputed: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "rule": self.rule,
            "version": self.version,
            "evidence": self.evidence,
            "source": self.source,
            "cites": list(self.cites),
            "verified": self.verified,
            "check": self.check,
            "disputed": list(self.disputed),
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's say on one medication, in words built from this person's facts."""

    basis: Basis
    medication: str
    effect: Effect
    because: str
    then: str
    earliest: datetime | None = None
    preferred_from: datetime | None = None

    @property
    def rule(self) -> str:
        return self.basis.rule

    def as_json(self) -> dict[str, object]:
        return {
            **self.basis.as_json(),
            "effect": self.effect.name,
            "because": self.because,
            "then": self.then,
            **_times(self.earliest, self.preferred_from),
        }


@dataclass(frozen=True, slots=True)
class Action:
    """A task that must follow; a blocking one comes before a dose: the first one, or
    with `is_later` another that its text names."""

    basis: Basis
    medication: str
    text: str
    because: str
    blocking: bool
    is_later: bool = False
    earliest: datetime | None = None
    preferred_from: datetime | None = None

    @property
    def rule(self) -> str:
        return self.basis.rule

    def as_json(self) -> dict[str, object]:
        return {
            **self.basis.as_json(),
            "effect": "ACTION",
            "text": self.text,
            "because": self.because,
            "blocking": self.blocking,
            **_times(self.earliest, self.preferred_from),
        }


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact not known, or out of date, what it makes wait and what it would change.

    `days`: by when the answer is owed, 0 being today.
    """

    fact: str
    label: str
    why: str
    effect: Effect
    rules: tuple[str, ...]
    hold: Hold
    days: int = 0
    last_known: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether the option itself waits for it."""
        return self.hold is Hold.OPTION

    def as_json(self) -> dict[str, object]:
        return {
            "fact": self.fact,
            "label": self.label,
            "why": self.why,
            "effect": self.effect.name,
            "rules": list(self.rules),
            "hold": self.hold.name.lower(),
            "holds": self.holds,
            "days": self.days,
            "last_known": _iso(self.last_known),
        }


@dataclass(frozen=True, slots=True)
class AskFirst:
    """One bedside question that the first dose waits for; `facts` are what it answers."""

    key: str
    facts: tuple[str, ...]
    question: str
    why: str
    rules: tuple[str, ...]

    @property
    def fact(self) -> str:
        return self.facts[0]

    def as_json(self) -> dict[str, object]:
        return {
            "fact": self.fact,
            "facts": list(self.facts),
            "question": self.question,
            "why": self.why,
            "rules": list(self.rules),
        }


@dataclass(frozen=True, slots=True)
class Fit:
    """Something that matters to the person and speaks for an option."""

    value: str
    label: str
    because: str
    counts: int

    def as_json(self) -> dict[str, object]:
        return {
            "value": self.value,
            "label": self.label,
            "because": self.because,
            "counts": self.counts,
        }


@dataclass(frozen=True, slots=True)
class PathStep:
    """One thing that would have to be otherwise: an answer, or time gone by."""

    fact: str
    text: str
    until: datetime | None = None
    is_fixed: bool = False

    def as_json(self) -> dict[str, object]:
        return {
            "fact": self.fact,
            "text": self.text,
            "until": _iso(self.until),
            "fixed": self.is_fixed,
        }


@dataclass(frozen=True, slots=True)
class OptionChange:
    """What would silence one stop: any of these steps is enough; none where none is."""

    stop: Finding
    any_of: tuple[PathStep, ...]

    @property
    def text(self) -> str:
        return "; or ".join(step.text for step in self.any_of)

    def as_json(self) -> dict[str, object]:
        return {
            "rule": self.stop.rule,
            "text": self.text,
            "any_of": [step.as_json() for step in self.any_of],
            **_times(self.stop.earliest, self.stop.preferred_from),
        }


@dataclass(frozen=True, slots=True)
class Path:
    """The fewest steps found that open an option, and where it would stand then."""

    all_of: tuple[PathStep, ...]
    standing: Standing

    @property
    def until(self) -> datetime | None:
        return max((s.until for s in self.all_of if s.until), default=None)

    def as_json(self) -> dict[str, object]:
        return {
            "all_of": [step.as_json() for step in self.all_of],
            "standing": self.standing.value,
            "until": _iso(self.until),
        }


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A rule that would have spoken, had the clinic not switched it off."""

    basis: Basis
    medications: tuple[str, ...]
    because: str
    reason: str

    @property
    def rule(self) -> str:
        return self.basis.rule

    def as_json(self) -> dict[str, object]:
        return {
            **self.basis.as_json(),
            "medications": list(self.medications),
            "because": self.because,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Option:
    """One medication for one person: where it stands and why.

    `otherwise` is the standing if every answer that holds it back turns out clear;
    `medical` is where it would stand at a clinic that can give it. `is_tied`: another
    shares its place, and nothing known speaks for one over the other. `not_needed`: a
    way of starting that nothing calls for.
    """

    medication: str
    name: str
    parent: str | None
    standing: Standing
    rank: int | None
    findings: tuple[Finding, ...]
    actions: tuple[Action, ...]
    missing: tuple[Missing, ...]
    otherwise: Standing
    ask_first: tuple[AskFirst, ...] = ()
    is_tied: bool = False
    is_under_way: bool = False
    not_needed: bool = False
    medical: Standing | None = None
    fits: tuple[Fit, ...] = ()
    product: str | None = None
    changes: tuple[OptionChange, ...] = ()
    way_out: Path | None = None

    @property
    def has_place(self) -> bool:
        """Whether it is ranked by itself; a product stands within its family."""
        return self.parent is None or self.medication == LOW_DOSE_START

    @property
    def stops(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.effect.rules_out)

    @property
    def before_first_dose(self) -> tuple[Action, ...]:
        """Tasks that come before the first dose."""
        return tuple(a for a in self.actions if a.blocking and not a.is_later)

    @property
    def earliest(self) -> datetime | None:
        """The first moment that time allows; other stops may remain."""
        return max(filter(None, self._times("earliest")), default=None)

    @property
    def preferred_from(self) -> datetime | None:
        return max(filter(None, self._times("preferred_from")), default=None)

    def _times(self, name: str) -> list[datetime | None]:
        return [getattr(line, name) for line in (*self.findings, *self.actions)]

    def as_json(self) -> dict[str, object]:
        return {
            "medication": self.medication,
            "name": self.name,
            "parent": self.parent,
            "product": self.product,
            "standing": self.standing.value,
            "if_answers_are_clear": self.otherwise.value,
            "rank": self.rank,
            "tie": self.is_tied,
            "ask_first": [one.as_json() for one in self.ask_first],
            "before_first_dose": len(self.before_first_dose),
            "under_way": self.is_under_way,
            "not_needed": self.not_needed,
            "not_here": self.standing is Standing.NOT_HERE,
            "medical_standing": (self.medical or self.standing).value,
            "fits": [f.as_json() for f in self.fits],
            "findings": [f.as_json() for f in self.findings],
            "actions": [a.as_json() for a in self.actions],
            "missing": [m.as_json() for m in self.missing],
            "why_not": [{"rule": f.rule, "text": f.because} for f in self.stops],
            "what_would_change": [c.as_json() for c in self.changes],
            "way_out": self.way_out.as_json() if self.way_out else None,
            **_times(self.earliest, self.preferred_from),
        }


@dataclass(frozen=True, slots=True)
class Options:
    """Every option, what holds for all of them, and the knowledge used."""

    as_of: datetime
    knowledge: str
    options: tuple[Option, ...]
    general: tuple[Finding | Action, ...]
    flags: tuple[str, ...]
    high_attention: bool
    sources: Mapping[str, Reference]
    policy: Policy = AS_SHIPPED
    switched_off: tuple[SwitchedOff, ...] = ()

    @property
    def today(self) -> date:
        """The clinic's day: as_of is on the clinic's clock."""
        return self.as_of.date()

    def option(self, medication: str) -> Option:
        return next(o for o in self.options if o.medication == medication)

    def ranked(self) -> list[Option]:
        """Those that have a place of their own, the first places first; those that
        share one in the order of their names."""
        placed = [o for o in self.options if o.rank is not None and o.has_place]
        return sorted(placed, key=lambda o: (o.rank or 0, o.name))

    @property
    def under_way(self) -> tuple[Option, ...]:
        """What is taken now."""
        return tuple(o for o in self.options if o.is_under_way)

    def to_json(self) -> dict[str, object]:
        return {
            "as_of": self.as_of.isoformat(),
            "knowledge": self.knowledge,
            "clinic": self.policy.as_json(),
            "switched_off": [one.as_json() for one in self.switched_off],
            "options": [o.as_json() for o in self.options],
            "general": [
                {"medication": line.medication, **line.as_json()}
                for line in self.general
            ],
            "attention": {"high": self.high_attention, "flags": list(self.flags)},
            "sources": {k: _source(s) for k, s in sorted(self.sources.items())},
        }


def _source(source: Reference) -> dict[str, object]:
    return {"title": source.title, "date": source.date, "number": source.number}


def _times(earliest: datetime | None, preferred: datetime | None) -> dict[str, object]:
    return {"earliest": _iso(earliest), "preferred_from": _iso(preferred)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
