"""Referrals as their pages show them: stuck first, then moving. Reads only."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from accounts.access import Acting
from accounts.models import Clinic
from aftercare.models import CarePlace, CareReferral, ReferralStep
from knowledge.schedule.loops import CLOSED_RINGS, LoopStage, loops
from patients.models import Patient

RINGS = 5
# Stages that are stuck as soon as they are: the next act is the clinic's.
STUCK = (LoopStage.MISSED, LoopStage.DECLINED)
QUARTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """One loop with what is said of it on a day."""

    row: CareReferral
    today: date

    @property
    def is_stuck(self) -> bool:
        is_late = self.row.next_on is not None and self.row.next_on <= self.today
        return self.row.loop_stage in STUCK or is_late

    @property
    def rings(self) -> list[str]:
        """A class for each of the five rings."""
        closed = CLOSED_RINGS[self.row.loop_stage]
        rings = ["is-on"] * closed + [""] * (RINGS - closed)
        if self.is_stuck and closed < RINGS:
            rings[closed] = "is-stuck"
        return rings

    @property
    def state(self) -> str:
        stage = self.row.loop_stage
        if stage is LoopStage.SENT and self.is_stuck:
            return "Sent, no answer"
        return stage.words

    @property
    def kind_words(self) -> str:
        return loops().kinds[self.row.kind]

    @property
    def days(self) -> int:
        """Since the stage that it stands at."""
        return (self.today - self.row.stage_on).days

    @property
    def act(self) -> str:
        if self.row.loop_stage.is_over:
            return ""
        return loops().stages[self.row.loop_stage].title


@dataclass(frozen=True, slots=True)
class LoopFigures:
    """Of the last 90 days: sent, were there, and not known."""

    sent: int
    were_there: int
    not_known: int


def referrals_of(acting: Acting, *, today: date) -> QuerySet[CareReferral]:
    """Everybody's, stuck ones first, then what is due first."""
    is_stuck = Q(stage__in=STUCK) | Q(next_on__lte=today)
    return (
        CareReferral.objects.visible_to(acting)
        .exclude(patient__status=Patient.Status.DECEASED)
        .select_related("patient", "place", "owner")
        .annotate(
            rank=Case(
                When(is_stuck, then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            )
        )
        .order_by("rank", F("next_on").asc(nulls_last=True), "-id")
    )


def figures_of(clinic: Clinic, *, today: date) -> LoopFigures:
    """Loops that were sent in the last 90 days, and what is known of them."""
    steps = ReferralStep.objects.filter(clinic=clinic, taken_back_at=None)
    sent = steps.filter(stage=LoopStage.SENT, on__gte=today - QUARTER)
    were_there = Q(referral__stage__in=[LoopStage.ATTENDED, LoopStage.HEARD])
    ended = Q(referral__stage__in=[LoopStage.ENDED, LoopStage.DECLINED])
    told = sent.aggregate(
        sent=Count("referral", distinct=True),
        were_there=Count("referral", distinct=True, filter=were_there),
        ended=Count("referral", distinct=True, filter=ended),
    )
    unknown = told["sent"] - told["were_there"] - told["ended"]
    return LoopFigures(told["sent"], told["were_there"], unknown)


def places_for(
    acting: Acting, *, kind: str = "", text: str = "", hides_refusing: bool = False
) -> tuple[list[CarePlace], int]:
    """Current places, those that welcome medicine first; and how many are hidden because
    they ask people to stop their medicine."""
    found = CarePlace.objects.visible_to(acting).current()
    if kind:
        found = found.filter(kind=kind)
    for word in text.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(languages__icontains=word)
            | Q(eligibility__icontains=word)
            | Q(address__icontains=word)
        )
    order = {"welcome": 0, "unknown": 1, "refused": 2}
    places = sorted(found, key=lambda one: (order[one.medicine], one.name.casefold()))
    if not hides_refusing:
        return places, 0
    fitting = [one for one in places if one.medicine != CarePlace.Medicine.REFUSED]
    return fitting, len(places) - len(fitting)


def is_stale(place: CarePlace, *, today: date) -> bool:
    """Whether it is time to call and ask again."""
    days = loops().numbers["place_check"].days
    return place.checked_on + timedelta(days=days) < today
