"""Accepting the first option in one act, where nothing has to be read or said first."""

from datetime import datetime
from hashlib import sha256

from accounts.models import Staff
from assessments.picture import Picture
from knowledge.medicines import medicines
from medications.actions.decisions import (
    DecisionRefused,
    Talk,
    departs,
    record_decision,
)
from medications.clinic_policy.policy import policy_of
from medications.models import MedicationDecision
from medications.models.medicines import can_be_taken
from medications.options.evaluate import evaluate
from medications.options.model import Option, Options, Standing
from medications.rules.effects import Effect
from patients.models import Patient

CLEAR = (Standing.PREFERRED, Standing.ELIGIBLE)
USUAL = ("person", "prescriber")
# Doses missed; a medicine or an allergy that nobody recognised.
NEVER_QUICK = frozenset(["C122", "C127", "C128"])


class NothingToAccept(DecisionRefused):
    """The first option has to be looked at, or is not the one that was shown."""


def can_accept(options: Options, picture: Picture) -> Option | None:
    """The first of the ranking, where it is a start with no caution, every check ran,
    nothing waits, it shares its place with none and is what was wished for."""
    first = next(iter(options.ranked()), None)
    if first is None or first.standing not in CLEAR or not _may_be_quick(options):
        return None
    if first.is_tied or first.ask_first or first.before_first_dose:
        return None
    is_read = all(f.effect is not Effect.CAUTION for f in first.findings)
    is_wished = not departs(first.medication, wish_in(picture), options)
    return first if is_read and is_wished else None


def _may_be_quick(options: Options) -> bool:
    """Whether it is a start, and nothing on file is unrecognised."""
    return not options.under_way and not any(
        line.rule in NEVER_QUICK for line in options.general
    )


def shown_as(option: Option) -> str:
    """The same while an option stands for the same reasons with the same tasks."""
    reasons = (f"{f.rule}={f.effect.name}" for f in option.findings)
    tasks = (f"{a.rule}={a.blocking}" for a in option.actions)
    text = " ".join([option.medication, option.standing, *reasons, *tasks])
    return sha256(text.encode()).hexdigest()[:16]


def wish_in(picture: Picture) -> str:
    """The one medication that the person prefers; empty where it is none or several."""
    wishes = picture.value("preference")
    if not isinstance(wishes, frozenset):
        return ""
    named = [wish for wish in wishes if can_be_taken(wish)]
    return named[0] if len(named) == 1 else ""


def accept_first(
    *,
    patient: Patient,
    shown: str,
    seen: str,
    after: int | None = None,
    picture: Picture,
    by: Staff,
    at: datetime,
) -> MedicationDecision:
    """Record the first option as it was shown; refuses where it may not be so quick.

    `seen` is what `shown_as` said of it when the page was made, `after` the decision
    that was the last one then.
    """
    options = evaluate(picture, policy=policy_of(patient.clinic_id))
    first = can_accept(options, picture)
    if first is None or first.medication != shown or shown_as(first) != seen:
        name = medicines().titles.get(shown, "This")
        raise NothingToAccept(
            f"{name} can no longer be accepted in one click: what is known has changed. "
            "Look at the options again."
        )
    talk = Talk(
        preference=wish_in(picture),
        took_part=USUAL,
        seen=first.standing,
        after=after,
    )
    return record_decision(
        patient=patient, choice=shown, picture=picture, talk=talk, by=by, at=at
    )
