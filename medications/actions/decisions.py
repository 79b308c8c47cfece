"""Recording of a decision, with all that was known and shown at that moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from assessments.picture import Picture
from knowledge.editions import knowledge
from knowledge.medicines import NO_MEDICINE, medicines
from medications.actions.editions import keep_edition
from medications.clinic_policy.policy import policy_of
from medications.models import (
    DecisionTalk,
    MedicationDecision,
)
from medications.models.medicines import can_be_taken
from medications.options.counterfactuals import with_changes
from medications.options.evaluate import evaluate
from medications.options.headline import counted, first_reason
from medications.options.model import Finding, Option, Options, Standing
from medications.options.tasks_of_choice import follows
from medications.rules.effects import Effect
from medications.signals import medication_decided
from patients.actions.registry import refuse_after_death
from patients.models import Patient

UNJUSTIFIED = (Standing.AVOID, Standing.NEEDS_DATA)


class DecisionRefused(Refused):
    """The decision cannot be recorded so; `field` is what has to be put right."""


class NotAChoice(DecisionRefused):
    """What was chosen is neither a medication nor a way of choosing none."""


class IsContraindicated(DecisionRefused):
    """A hard stop stands against the choice, and its rules let nobody pass."""


class DecidedMeanwhile(DecisionRefused):
    """Another decision was recorded after the page of this one was made."""


class MovedMeanwhile(DecisionRefused):
    """The choice stands otherwise than when it was shown."""


class CautionsUnread(DecisionRefused):
    """A caution of the choice was not acknowledged."""

    field = "acknowledged"


class DecisionReasonMissing(DecisionRefused):
    """The choice departs from the wish or the ranking, and nobody said why."""

    field = "reason_code"


class WordsMissing(DecisionRefused):
    """A reason was chosen without a word on it."""

    field = "reason_words"


class JustificationMissing(DecisionRefused):
    """The choice is to be avoided, or not yet clear, and the prescriber gave no grounds."""

    field = "justification"


class NoDoseHere(DecisionRefused):
    """A first dose of what this clinic refers for: choosing it opens the referral."""

    field = "first_dose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What was said when choosing; `seen` is the standing that was shown then, `after`
    the decision that was the last one then: 0 for none, None where no page was."""

    preference: str = ""
    preference_words: str = ""
    reason_code: str = ""
    reason_words: str = ""
    justification: str = ""
    first_dose: str = ""
    took_part: tuple[str, ...] = ()
    interpreter: str = ""
    held: DecisionTalk | None = None
    sure: Mapping[str, bool | None] = field(default_factory=dict)
    acknowledged: tuple[str, ...] = ()
    seen: str = ""
    after: int | None = None


@transaction.atomic
def record_decision(
    *,
    patient: Patient,
    choice: str,
    picture: Picture,
    talk: Talk | None = None,
    by: Staff,
    at: datetime,
) -> MedicationDecision:
    """Keep a choice with the picture and the options it was made from.

    Refuses what is contraindicated, and what departs from the wish, from the
    ranking or from safety without its reason.
    """
    refuse_after_death(patient, clinic_day(patient.clinic, at))
    said = talk or Talk()
    _refuse_overtaken(patient, said.after)
    known = knowledge()
    # The options follow from what is frozen, so that a replay gives the same bytes.
    frozen = Picture.from_json(picture.to_json())
    options = with_changes(
        evaluate(frozen, known, policy_of(patient.clinic_id)), frozen
    )
    option = option_of(choice, options)
    check(choice, said, options)
    written = follows(choice, option, options, known)
    keep_edition(clinic_id=patient.clinic_id, known=known, at=at)
    decision = MedicationDecision.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        choice=choice,
        choice_standing=option.standing.value if option else "",
        preference=said.preference,
        preference_words=said.preference_words,
        is_concordant=is_concordant(choice, said.preference),
        reason_code=said.reason_code,
        reason_words=said.reason_words,
        justification=said.justification,
        acknowledged=sorted(said.acknowledged),
        first_dose=said.first_dose,
        took_part=list(said.took_part),
        interpreter=said.interpreter,
        sure=dict(said.sure),
        talk=said.held,
        follows=[one.as_json() for one in written],
        picture=frozen.to_json(),
        picture_digest=frozen.digest(),
        options=options.to_json(),
        knowledge_digest=options.knowledge,
        decided_at=at,
        decided_by=by,
    )
    audit.record(
        "medication.decided",
        decision,
        by=by,
        at=at,
        choice=choice,
        standing=decision.choice_standing,
        reason=said.reason_code,
    )
    medication_decided.send(
        MedicationDecision, decision=decision, follows=written, by=by, at=at
    )
    return decision


def _refuse_overtaken(patient: Patient, after: int | None) -> None:
    made = MedicationDecision.objects.filter(patient=patient)
    last = made.values_list("pk", flat=True).first() or 0
    if after is not None and after != last:
        raise DecidedMeanwhile(
            "Another decision was recorded after this page was opened, and nothing of"
            " yours is. Look at it, then record yours if it is to take its place."
        )


def check(choice: str, said: Talk, options: Options) -> None:
    """Refuse a choice that may not be made, or not so."""
    option = option_of(choice, options)
    if option is not None:
        _refuse_stopped(option, said)
        _refuse_dose_elsewhere(option, said)
        _refuse_unread(option, said)
    if departs(choice, said.preference, options):
        if not said.reason_code:
            raise DecisionReasonMissing(
                "This is not what was wished for, or not the first of the ranking. Say why."
            )
        if not said.reason_words.strip():
            raise WordsMissing("Say in a few words why this was chosen.")


def option_of(choice: str, options: Options) -> Option | None:
    """The option that was chosen; None where none of them was."""
    if choice in NO_MEDICINE:
        return None
    if not can_be_taken(choice):
        raise NotAChoice(f"{choice} cannot be chosen.")
    return options.option(choice)


def _refuse_stopped(option: Option, said: Talk) -> None:
    if said.seen and said.seen != option.standing:
        raise MovedMeanwhile(
            "What is known has changed since this page was opened. Look again."
        )
    if option.standing is Standing.CONTRAINDICATED:
        raise IsContraindicated(
            f"{medicines().titles[option.medication]} cannot be chosen now: {first_reason(option)[0]}"
        )
    if needs_justification(option) and not said.justification.strip():
        raise JustificationMissing(
            f"{first_reason(option)[0]} Say why it is chosen all the same."
        )


def _refuse_dose_elsewhere(option: Option, said: Talk) -> None:
    if option.standing is Standing.NOT_HERE and said.first_dose.strip():
        raise NoDoseHere(
            f"{medicines().titles[option.medication]} is not given here. Choosing it opens"
            " a referral; its first dose is ordered there."
        )


def needs_justification(option: Option) -> bool:
    return option.standing in UNJUSTIFIED


def _refuse_unread(option: Option, said: Talk) -> None:
    unread = {f.rule for f in cautions_of(option)} - set(said.acknowledged)
    if unread:
        raise CautionsUnread(
            f"{counted(len(unread), 'caution')} to read first: {', '.join(sorted(unread))}."
        )


def cautions_of(option: Option) -> list[Finding]:
    """What must be read before choosing, each rule once."""
    found: Iterable[Finding] = (
        f for f in option.findings if f.effect is Effect.CAUTION
    )
    return list({f.rule: f for f in found}.values())


def departs(choice: str, preference: str, options: Options) -> bool:
    """Whether a choice is other than the wish, or than those that share the first
    place."""
    if is_concordant(choice, preference) is False:
        return True
    ranked = options.ranked()
    first = {medicines().parent_of(o.medication) for o in ranked if o.rank == 1}
    return bool(ranked) and medicines().parent_of(choice) not in first


def is_concordant(choice: str, preference: str) -> bool | None:
    """Whether it is what the person wished for; None where no wish was stated."""
    if not preference:
        return None
    return preference in (choice, medicines().parents.get(choice))
