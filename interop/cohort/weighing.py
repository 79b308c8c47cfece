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
NO_ARM = "never randomized"

type First = tuple[str, ...]


@dataclass(slots=True)
class CohortWeighing:
    """Counts over people: standings now and if the answers are clear, what an option
    waits for, how many questions its first dose waits for, and the first places by arm."""

    people: int = 0
    standings: dict[str, Counter[str]] = field(
        default_factory=lambda: {key: Counter() for key in medicines().main}
    )
    clear: dict[str, Counter[str]] = field(
        default_factory=lambda: {key: Counter() for key in medicines().main}
    )
    missing: Counter[str] = field(default_factory=Counter)
    asks: dict[str, Counter[int]] = field(
        default_factory=lambda: {key: Counter() for key in medicines().main}
    )
    ties: int = 0
    first_by_arm: Counter[tuple[str, First]] = field(default_factory=Counter)

    def add(self, options: Options, arm: str) -> None:
        self.people += 1
        asked: set[str] = set()
        for key in medicines().main:
            option = options.option(key)
            self.standings[key][option.standing.value] += 1
            self.clear[key][option.otherwise.value] += 1
            self.asks[key][len(option.ask_first)] += 1
            asked.update(item.label for item in option.missing if item.holds)
        self.missing.update(asked)
        first = first_of(options)
        self.ties += len(first) > 1
        self.first_by_arm[arm, first] += 1

    def agreeing(self) -> int:
        """How many were given one of those that share the first place for them."""
        return sum(n for (arm, first), n in self.first_by_arm.items() if arm in first)

    def given(self) -> int:
        """How many were given anything at all."""
        return sum(n for (arm, _), n in self.first_by_arm.items() if arm != NO_ARM)


def first_of(options: Options) -> First:
    """The main medications that share the first place, a low-dose start counted with
    what it begins; none where nothing is open."""
    ranked = [o for o in options.ranked() if o.rank == 1]
    families = dict.fromkeys(medicines().parent_of(o.medication) for o in ranked)
    return tuple(sorted(key for key in families if key in medicines().main))


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
