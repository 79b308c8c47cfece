"""Policy and sign-offs of a clinic, as its rows say them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from accounts.tenancy import clinic_day
from knowledge.cards import Card
from knowledge.edition_text import restored
from knowledge.editions import knowledge
from knowledge.policy import Policy
from medications.models import KnowledgeEdition, RuleSignOff
from medications.options.compare import comparable


class SignOff(StrEnum):
    """Whether somebody answers for a rule as it stands today."""

    NEVER = "never"
    AGAIN = "again"
    SIGNED = "signed"

    @property
    def is_due(self) -> bool:
        return self is not SignOff.SIGNED


class Says(Protocol):
    """A stance, kept or only proposed."""

    @property
    def stance(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def numbers(self) -> Mapping[str, str]: ...


def stances_of(clinic_id: int) -> dict[str, RuleSignOff]:
    """The newest stance of each rule that was ever signed here, in one query."""
    newest = (
        RuleSignOff.objects.filter(clinic_id=clinic_id)
        .order_by("rule", "-signed_at", "-id")
        .distinct("rule")
        .select_related("signed_by")
    )
    return {stance.rule: stance for stance in newest}


def shown_of(rule: str, stances: Mapping[str, RuleSignOff]) -> str:
    """What a page of a rule rests on: the edition, and what was signed of it here."""
    signed = stances.get(rule)
    text = f"{knowledge().digest}:{rule}:{signed.pk if signed else ''}"
    return sha256(text.encode()).hexdigest()


def policy_of(clinic_id: int) -> Policy:
    """What is in force at a clinic now; a stance outlasts the version it was taken on."""
    return policy_from(stances_of(clinic_id))


def policy_from(stances: Mapping[str, Says]) -> Policy:
    """The policy that stances add up to, by rule."""
    off = {
        rule: said.reason
        for rule, said in stances.items()
        if said.stance == RuleSignOff.Stance.OFF
    }
    numbers = {
        name: number
        for said in stances.values()
        if said.stance == RuleSignOff.Stance.OWN_NUMBER
        for name, number in said.numbers.items()
    }
    return Policy.from_json({"off": off, "numbers": numbers})


def sign_off_of(card: Card, stance: RuleSignOff | None) -> SignOff:
    """Where a rule stands: never signed, signed for an older version, or signed."""
    if stance is None:
        return SignOff.NEVER
    return SignOff.SIGNED if stance.version == card.version else SignOff.AGAIN


def departs(stance: RuleSignOff | None) -> bool:
    """Whether a clinic uses the rule otherwise than it ships."""
    return stance is not None and stance.stance != RuleSignOff.Stance.AS_IS


def unchanged_and_due(
    cards: Iterable[Card], stances: Mapping[str, RuleSignOff]
) -> list[Card]:
    """Rules that wait to be signed and from which this clinic never departed."""
    return [
        card
        for card in cards
        if sign_off_of(card, stances.get(card.id)).is_due
        and not departs(stances.get(card.id))
    ]


def card_signed(stance: RuleSignOff) -> Card | None:
    """The card as it was when it was signed; None where its edition was not kept."""
    edition = KnowledgeEdition.objects.filter(
        clinic=stance.clinic_id, digest=stance.knowledge_digest
    ).first()
    if edition is None:
        return None
    then = comparable(restored(edition.content), knowledge())
    return then.on(clinic_day(stance.clinic, stance.signed_at)).cards.get(stance.rule)
