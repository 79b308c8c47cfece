"""Standings of everybody in the cohort, read beside the arm they were in.

The arms were drawn by lot: agreement says how often a ranking met the lot, not whether
either was right.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched

from accounts import tenancy
from assessments.picture.assemble import pictures_of
from knowledge.medicines import medicines
from medications.clinic_policy.policy import policy_of
from medications.options.evaluate import evaluate
from medications.options.model import Options
from patients.models import Patient
from treatment.models import Regimen

ACTOR = "system:weigh_cohort"
BATCH = 200
NO_ARM, NOTHING_OPEN = "never randomized", "none open"


@dataclass(slots=True)
class CohortWeighing:
    """Counts over people: standings now, standings if the answers are clear, what is
    missing, and the first of the ranking by the arm."""

    people: int = 0
    standings: dict[str, Counter[str]] = field(
        default_factory=lambda: {key: Counter() for key in medicines().main}
    )
    clear: dict[str, Counter[str]] = field(
        default_factory=lambda: {key: Counter() for key in medicines().main}
    )
    missing: Counter[str] = field(default_factory=Counter)
    first_by_arm: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, options: Options, arm: str) -> None:
        self.people += 1
        asked: set[str] = set()
        for key in medicines().main:
            option = options.option(key)
            self.standings[key][option.standing.value] += 1
            self.clear[key][option.otherwise.value] += 1
            asked.update(item.label for item in option.missing if item.holds)
        self.missing.update(asked)
        self.first_by_arm[arm, first_of(options)] += 1

    def agreeing(self) -> int:
        """How many were given what would rank first for them."""
        return sum(n for (arm, first), n in self.first_by_arm.items() if arm == first)

    def given(self) -> int:
        """How many were given anything at all."""
        return sum(n for (arm, _), n in self.first_by_arm.items() if arm != NO_ARM)


def first_of(options: Options) -> str:
    """The first main medication of the ranking, forms counted with their parent."""
    ranked = (medicines().parent_of(o.medication) for o in options.ranked())
    return next((key for key in ranked if key in medicines().main), NOTHING_OPEN)


def weigh(clinics: Iterable[int], *, at: datetime) -> CohortWeighing:
    """Everybody of these clinics, as known at one moment."""
    found = CohortWeighing()
    for clinic in clinics:
        for options, arm in _options(clinic, at):
            found.add(options, arm)
    return found


def _options(clinic: int, at: datetime) -> Iterator[tuple[Options, str]]:
    with tenancy.clinics([clinic], actor=ACTOR):
        everybody = Patient.objects.filter(clinic=clinic).order_by("pk")
        ids = list(everybody.values_list("pk", flat=True))
        policy = policy_of(clinic)
    for chunk in batched(ids, BATCH):
        with tenancy.clinics([clinic], actor=ACTOR):
            people = Patient.objects.filter(pk__in=chunk).select_related("clinic")
            pictures, arms = pictures_of(people, at=at), _arms(chunk)
        for pk, picture in pictures.items():
            yield evaluate(picture, policy=policy), arms.get(pk, NO_ARM)


def _arms(ids: Iterable[int]) -> Mapping[int, str]:
    """The medicine each person was given first."""
    rows = Regimen.objects.filter(patient__in=list(ids)).order_by("-started_on", "-pk")
    return {
        pk: medicines().parent_of(medication)
        for pk, medication in rows.values_list("patient", "medication")
    }
