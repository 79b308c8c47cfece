"""Sign-offs of a sister clinic beside those here: what may be taken over, what differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

from accounts.access import Acting
from accounts.models import Clinic, Staff
from accounts.permissions import Permission
from accounts.sites import at_site, sisters_of
from knowledge.cards import Card
from knowledge.editions import knowledge
from medications.clinic_policy.policy import departs, sign_off_of, stances_of
from medications.knowledge_pages.room import SUBJECTS
from medications.knowledge_pages.search import SECTIONS
from medications.knowledge_pages.statements import RoomSubject
from medications.knowledge_pages.subject_signoffs import signatures_of
from medications.models import RuleSignOff, SubjectSignOff

type Signature = RuleSignOff | SubjectSignOff

NO_RULE = "What is no rule"
OLDER = "They signed it as an earlier edition had it."
OTHERWISE_THERE = "They use it otherwise."
OTHERWISE_HERE = "It is used otherwise here."
OTHER_DAYS = "They chose other days."


class TakeOver(StrEnum):
    """How a sister clinic's signature stands to what this clinic has."""

    READY = "ready"
    DIFFERS = "differs"
    SIGNED_HERE = "signed_here"


@dataclass(frozen=True, slots=True)
class SisterItem:
    """One rule or subject that the sister clinic signed, as it reads today."""

    about: Card | RoomSubject
    signature: Signature
    # What was signed of it here last; it may be of an older version, or nothing.
    own: Signature | None
    standing: TakeOver
    why_not: str = ""

    @property
    def is_rule(self) -> bool:
        return isinstance(self.about, Card)

    @property
    def key(self) -> str:
        return self.about.id if isinstance(self.about, Card) else self.about.key

    @property
    def section(self) -> str:
        about = self.about
        return SECTIONS[about.section] if isinstance(about, Card) else NO_RULE

    @property
    def shown(self) -> str:
        """What a page shows of it: the edition, their signature, ours."""
        own = self.own.pk if self.own else ""
        text = f"{knowledge().digest}:{self.key}:{self.signature.pk}:{own}"
        return sha256(text.encode()).hexdigest()

    @property
    def is_ready(self) -> bool:
        return self.standing is TakeOver.READY


@dataclass(frozen=True, slots=True)
class SisterSignOffs:
    """Everything that one sister clinic signed."""

    clinic: Clinic
    items: tuple[SisterItem, ...]

    @property
    def ready(self) -> list[SisterItem]:
        return [one for one in self.items if one.is_ready]

    @property
    def differing(self) -> list[SisterItem]:
        return [one for one in self.items if one.standing is TakeOver.DIFFERS]

    @property
    def signed_here(self) -> int:
        return sum(one.standing is TakeOver.SIGNED_HERE for one in self.items)


def sign_offs_of_sisters(acting: Acting, *, on: date) -> list[SisterSignOffs]:
    """Those of every clinic where this person signs too, where any are ready."""
    found = (
        sister_sign_offs(acting.clinic, there.clinic, by=acting.staff, on=on)
        for there in sisters_of(acting, Permission.KNOWLEDGE_SIGN, on=on)
    )
    return [one for one in found if one.ready]


def sister_sign_offs(
    here: Clinic, sister: Clinic, *, by: Staff, on: date
) -> SisterSignOffs:
    """Everything that the sister clinic signed, beside what was signed here."""
    with at_site(sister, by=by):
        stances, signatures = stances_of(sister.pk), signatures_of(sister.pk)
    rules = _rules(stances, stances_of(here.pk), on)
    subjects = _subjects(signatures, signatures_of(here.pk))
    return SisterSignOffs(sister, (*rules, *subjects))


def _rules(
    theirs: Mapping[str, RuleSignOff], ours: Mapping[str, RuleSignOff], on: date
) -> Iterator[SisterItem]:
    for card in knowledge().on(on).cards.values():
        if card.id in theirs:
            signed, own = theirs[card.id], ours.get(card.id)
            yield SisterItem(card, signed, own, *_of_rule(card, signed, own))


def _of_rule(
    card: Card, signed: RuleSignOff, own: RuleSignOff | None
) -> tuple[TakeOver, str]:
    """The same signature is one under a rule as it ships, of the edition in use, where
    this clinic uses it as it ships too."""
    if not sign_off_of(card, own).is_due:
        return TakeOver.SIGNED_HERE, ""
    if departs(own):
        return TakeOver.DIFFERS, OTHERWISE_HERE
    if departs(signed):
        return TakeOver.DIFFERS, OTHERWISE_THERE
    is_same = signed.version == card.version
    if not is_same or signed.knowledge_digest != knowledge().digest:
        return TakeOver.DIFFERS, OLDER
    return TakeOver.READY, ""


def _subjects(
    theirs: Mapping[str, SubjectSignOff], ours: Mapping[str, SubjectSignOff]
) -> Iterator[SisterItem]:
    for subject in SUBJECTS.values():
        if subject.key in theirs:
            signed, own = theirs[subject.key], ours.get(subject.key)
            yield SisterItem(subject, signed, own, *_of_subject(subject, signed, own))


def _of_subject(
    subject: RoomSubject, signed: SubjectSignOff, own: SubjectSignOff | None
) -> tuple[TakeOver, str]:
    """Its digest is over every statement, whichever edition it stood in."""
    if own is not None and own.digest == subject.digest:
        return TakeOver.SIGNED_HERE, ""
    if signed.digest != subject.digest:
        return TakeOver.DIFFERS, OLDER
    if signed.numbers != (own.numbers if own else {}):
        return TakeOver.DIFFERS, OTHER_DAYS
    return TakeOver.READY, ""
