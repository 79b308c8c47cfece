"""Kinds of follow-up: their short words, their act, and what in the record keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from knowledge.cited import Cited
from knowledge.tables import shaped, shipped


class FollowUpAct(StrEnum):
    """What somebody does about it from a list."""

    CALL = "call"
    MESSAGE = "message"
    RECORD = "record"
    BOOK = "book"
    OPEN = "open"
    GIVE = "give"
    KIT = "kit"

    @property
    def words(self) -> str:
        return "Hand over" if self is FollowUpAct.KIT else self.value.capitalize()


class ClosingRight(StrEnum):
    """Who may close it by hand."""

    ANY = "any"
    CLINICIAN = "clinician"
    PRESCRIBER = "prescriber"


class KeptBy(StrEnum):
    """What in the record shows that it was done."""

    CONTACT = "contact"
    VISIT = "visit"
    DOSE = "dose"
    INJECTION = "injection"
    EXAM = "exam"
    TOXICOLOGY = "toxicology"
    LABS = "labs"
    ECG = "ecg"
    INFECTION_TESTS = "infection_tests"
    LIVER_TESTS = "liver_tests"
    PLAN_VERSION = "plan_version"
    PLAN_REVIEW = "plan_review"
    KIT = "kit"
    KIT_CHECK = "kit_check"
    KIT_TEACHING = "kit_teaching"
    CSSRS = "cssrs"
    ASSESSMENT = "assessment"
    MEASURES = "measures"
    TAKE_HOME_DECISION = "take_home_decision"
    SAFETY_PLAN = "safety_plan"
    SAFETY_PLAN_REVIEW = "safety_plan_review"
    USE_PLAN_REVIEW = "use_plan_review"
    CASE_REVIEW = "case_review"
    PREGNANCY_TEST = "pregnancy_test"
    GROUP = "group"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FollowUpKind(Cited):
    """One kind; `answers` are the factors of urgency that it speaks to."""

    words: str
    act: FollowUpAct
    icon: str
    kept_by: KeptBy
    needs: ClosingRight = ClosingRight.ANY
    is_safety: bool = False
    is_federal: bool = False
    says_title: bool = False
    # Held by video: nobody is asked to come in.
    is_remote: bool = False
    answers: tuple[str, ...] = ()

    @property
    def shows_itself(self) -> bool:
        """Whether the record shows that it was done: said by hand, it needs words."""
        return self.kept_by not in SAID_BY_WHO_DID_IT

    def named(self, title: str) -> str:
        """What a list calls it: its own title where that says more."""
        return title.rstrip(".") if self.says_title and title else self.words


# A talk, a visit: who had it says so, and that is the record.
SAID_BY_WHO_DID_IT = frozenset(
    (
        *(KeptBy.BY_HAND, KeptBy.CONTACT, KeptBy.VISIT, KeptBy.EXAM),
        KeptBy.GROUP,
        *(KeptBy.KIT_CHECK, KeptBy.KIT_TEACHING, KeptBy.USE_PLAN_REVIEW),
        KeptBy.SAFETY_PLAN_REVIEW,
        *(KeptBy.CASE_REVIEW, KeptBy.TAKE_HOME_DECISION, KeptBy.SAFETY_PLAN),
    )
)
# What nothing but the act itself closes: an answer, a signature, a kit handed over.
BY_ITS_ACT = frozenset(
    (KeptBy.CSSRS, KeptBy.PLAN_VERSION, KeptBy.PLAN_REVIEW, KeptBy.KIT)
)
# Whatever nobody declared is known by its title, and closed by who says so.
OTHER = "other"


@cache
def follow_up_kinds() -> Mapping[str, FollowUpKind]:
    """Every kind that is declared."""
    return shaped(
        dict[str, FollowUpKind], shipped()["schedule"]["kinds"], "schedule/kinds"
    )


@cache
def kinds_closed_by_their_act() -> frozenset[str]:
    """Kinds that nobody closes as done by hand."""
    every = follow_up_kinds().items()
    return frozenset(key for key, kind in every if kind.kept_by in BY_ITS_ACT)


def follow_up_kind(key: str) -> FollowUpKind:
    """One kind; a key that nobody declared is something else, known by its title."""
    kinds = follow_up_kinds()
    return kinds.get(key, kinds[OTHER])
