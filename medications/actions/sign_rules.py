"""The medical director's sign-off: use as it is, with an own number, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from django.db import transaction

from accounts import audit
from accounts.models import Clinic, Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from knowledge.cards import Card
from knowledge.editions import Knowledge, knowledge
from knowledge.numbers import Amount
from knowledge.policy import Policy
from medications.actions.editions import keep_edition
from medications.clinic_policy.policy import departs, policy_from, shown_of, stances_of
from medications.knowledge_pages.parameters import own_numbers
from medications.models import RuleSignOff

Stance = RuleSignOff.Stance
NO_NUMBERS: Mapping[str, Amount] = MappingProxyType({})


class StanceRefused(Refused):
    """The rule cannot be signed off so; `field` is what has to be put right."""


class NoSuchRule(StanceRefused):
    """No rule of that name is kept."""


class NotThisVersion(StanceRefused):
    """The rule is another version than the one that was read."""


class NotAsShown(StanceRefused):
    """The rule reads otherwise than on the page that was signed."""


class MayNotBeSwitchedOff(StanceRefused):
    """A label, a regulation or the duty to help stands behind the rule."""

    field = "stance"


class GroundsMissing(StanceRefused):
    """The clinic departs from the rule, and nobody said why."""

    field = "reason"


class NumberMissing(StanceRefused):
    """An own number was announced and none was given."""

    field = "stance"


class NotPermitted(StanceRefused):
    """The number is not one that a clinic may choose."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.field = f"number_{name}"


class SetElsewhere(NotPermitted):
    """The number came with the sign-off of another rule that reads it too."""


class DepartsHere(StanceRefused):
    """A rule from which the clinic departs is signed by itself, not with others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What would be signed of one version of one rule."""

    rule: str
    version: int
    stance: str = Stance.AS_IS
    own: Mapping[str, Amount] = field(default_factory=lambda: NO_NUMBERS)
    reason: str = ""

    @property
    def numbers(self) -> dict[str, str]:
        """Its own numbers written out, where it is about numbers at all."""
        is_own = self.stance == Stance.OWN_NUMBER
        return (
            {name: f"{Decimal(n):f}" for name, n in self.own.items()} if is_own else {}
        )


def policy_with(clinic_id: int, proposed: Proposed) -> tuple[Policy, Policy]:
    """The policy in force, and what it would be if this were signed."""
    stances = stances_of(clinic_id)
    return policy_from(stances), policy_from({**stances, proposed.rule: proposed})


@transaction.atomic
def sign_off(
    *,
    clinic: Clinic,
    proposed: Proposed,
    shown: str | None = None,
    by: Staff,
    at: datetime,
) -> RuleSignOff:
    """Answer for one version of a rule at this clinic, as it was `shown`.

    Refuses what no clinic may choose, and a departure without its grounds.
    """
    stances = _stances(clinic)
    _refuse_changed(proposed.rule, shown, stances)
    check(proposed, stances, on=clinic_day(clinic, at))
    if proposed.stance != Stance.AS_IS and not proposed.reason.strip():
        raise GroundsMissing("Say why this clinic departs from the rule.")
    return _sign(clinic, proposed, by, at)


@transaction.atomic
def sign_off_unchanged(
    *,
    clinic: Clinic,
    versions: Mapping[str, int],
    shown: Mapping[str, str] | None = None,
    by: Staff,
    at: datetime,
) -> list[RuleSignOff]:
    """Answer for several rules as they ship and as each was `shown`; one from which the
    clinic departs is refused, and with it all of them."""
    stances = _stances(clinic)
    for rule, version in versions.items():
        _refuse_changed(rule, shown[rule] if shown is not None else None, stances)
        if departs(stances.get(rule)):
            raise DepartsHere(
                f"{rule} is used otherwise here. Read it and sign it off by itself."
            )
        check(Proposed(rule=rule, version=version), stances, on=clinic_day(clinic, at))
    return [
        _sign(clinic, Proposed(rule=rule, version=version), by, at)
        for rule, version in versions.items()
    ]


def _refuse_changed(
    rule: str, shown: str | None, stances: Mapping[str, RuleSignOff]
) -> None:
    if shown is not None and shown != shown_of(rule, stances):
        raise NotAsShown(
            f"Not signed: {rule}, or what this clinic signed of it, is no longer what was"
            " on your screen. It is shown as it is now; read it, then sign."
        )


def _stances(clinic: Clinic) -> dict[str, RuleSignOff]:
    # One signing at a time, or two could give one number two values.
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    return stances_of(clinic.pk)


def _sign(clinic: Clinic, proposed: Proposed, by: Staff, at: datetime) -> RuleSignOff:
    keep_edition(clinic_id=clinic.pk, known=knowledge(), at=at)
    stance = RuleSignOff.objects.create(
        clinic=clinic,
        rule=proposed.rule,
        version=proposed.version,
        stance=proposed.stance,
        numbers=proposed.numbers,
        reason=proposed.reason.strip(),
        knowledge_digest=knowledge().digest,
        signed_at=at,
        signed_by=by,
    )
    audit.record(
        "knowledge.signed_off",
        stance,
        by=by,
        at=at,
        rule=proposed.rule,
        version=proposed.version,
        stance=str(proposed.stance),
        numbers=proposed.numbers,
    )
    return stance


def check(proposed: Proposed, stances: Mapping[str, RuleSignOff], *, on: date) -> None:
    """Refuse a stance that may not be taken, or not so; its grounds are another matter."""
    known = knowledge()
    card = _card(proposed, known, on)
    if proposed.stance == Stance.OFF and not card.may_switch_off:
        raise MayNotBeSwitchedOff(
            f"{card.id} may not be switched off. {card.always_on}"
        )
    if proposed.stance == Stance.OWN_NUMBER:
        _refuse_numbers(proposed, known)
        _refuse_two_values(proposed, stances)


def _card(proposed: Proposed, known: Knowledge, on: date) -> Card:
    card = known.on(on).cards.get(proposed.rule)
    if card is None:
        raise NoSuchRule(f"There is no rule {proposed.rule}.")
    if card.version != proposed.version:
        raise NotThisVersion(
            f"{card.id} is version {card.version} now. Read it again before signing."
        )
    return card


def _refuse_numbers(proposed: Proposed, known: Knowledge) -> None:
    if not proposed.own:
        raise NumberMissing("Give the number that this clinic uses.")
    permitted = own_numbers(proposed.rule, known)
    for name, number in proposed.own.items():
        if name not in permitted:
            raise NotPermitted(f"A clinic may not choose {name}.", name)
        if not permitted[name].allows(number):
            meaning = known.parameters[name].meaning
            raise NotPermitted(f"{meaning}: may be {permitted[name].words}.", name)


def _refuse_two_values(proposed: Proposed, stances: Mapping[str, RuleSignOff]) -> None:
    for rule, stance in stances.items():
        for name in proposed.own:
            if rule != proposed.rule and name in stance.numbers:
                raise SetElsewhere(
                    f"It is {stance.numbers[name]} here since {rule} was signed. "
                    "Change it there.",
                    name,
                )
