"""Kinds of care that this person's facts point to, and those they hold back. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assessments.picture import KnownFact, Picture
from knowledge.conditions import all_hold, facts_of
from knowledge.modalities import Modality, Trigger, library
from plans.conditions import Seen, filled


@dataclass(frozen=True, slots=True)
class ModalityReason:
    """Why for this person: the need it answers, the sentence, the facts used."""

    need: str
    because: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A kind of care with the reasons drawn from this person's facts."""

    modality: Modality
    reasons: tuple[ModalityReason, ...]
    ask_first: tuple[str, ...] = ()

    @property
    def because(self) -> str:
        return " ".join(dict.fromkeys(reason.because for reason in self.reasons))


@dataclass(frozen=True, slots=True)
class Withheld:
    """A kind of care that was pointed to and is not offered now, with the reason."""

    modality: Modality
    because: str


@dataclass(frozen=True, slots=True)
class Matches:
    """What the facts point to, and what they hold back."""

    suggestions: tuple[Suggestion, ...]
    withheld: tuple[Withheld, ...] = field(default=())


def match(
    picture: Picture, chosen: Mapping[str, KnownFact] | None = None
) -> tuple[Suggestion, ...]:
    """The kinds of care this person's facts point to, each with its reasons."""
    return matches(Seen(picture, chosen or {})).suggestions


def matches(seen: Seen) -> Matches:
    """Suggestions, and what is held back; an unknown fact points to nothing."""
    found = [(modality, _reasons(modality, seen)) for modality in library()]
    pointed = [(modality, reasons) for modality, reasons in found if reasons]
    return Matches(
        tuple(
            Suggestion(modality, reasons, _unasked(modality, seen))
            for modality, reasons in pointed
            if not _is_withheld(modality, seen)
        ),
        tuple(
            Withheld(modality, _why_withheld(modality, seen))
            for modality, _ in pointed
            if _is_withheld(modality, seen)
        ),
    )


def _reasons(modality: Modality, seen: Seen) -> tuple[ModalityReason, ...]:
    fired = [one for one in modality.trigger if all_hold(one.all, seen)]
    reasons = tuple(_reason(trigger, seen) for trigger in fired)
    if reasons or not modality.always:
        return reasons
    return (ModalityReason(modality.trigger[0].need, modality.fallback, ()),)


def _reason(trigger: Trigger, seen: Seen) -> ModalityReason:
    names = facts_of(trigger.all)
    return ModalityReason(trigger.need, filled(trigger.because, seen, names), names)


def _is_withheld(modality: Modality, seen: Seen) -> bool:
    return bool(modality.withheld_if) and all_hold(modality.withheld_if, seen) is True


def _why_withheld(modality: Modality, seen: Seen) -> str:
    return filled(modality.withheld_because, seen, facts_of(modality.withheld_if))


def _unasked(modality: Modality, seen: Seen) -> tuple[str, ...]:
    return tuple(name for name in modality.ask_first if seen.known(name) is None)
