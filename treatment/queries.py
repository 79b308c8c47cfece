"""Queries behind the sources of this app: regimens, last doses and last specimens of
any number of people, one statement each."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Window
from django.db.models.functions import Rank
from django.utils import timezone

from assessments.picture.sources import Query
from patients.models import Patient, StatusChange
from treatment.from_doses import DayDose
from treatment.from_toxicology import FENTANYL, SpecimenResult
from treatment.models import DoseEvent, Regimen, ToxicologyResult
from treatment.now import Order

DECEASED = Patient.Status.DECEASED
TAKEN = (
    DoseEvent.Kind.ADMINISTERED,
    DoseEvent.Kind.DISPENSED,
    DoseEvent.Kind.TAKE_HOME,
)
ORDER_COLUMNS = (
    *("medication", "product", "dose_mg", "schedule"),
    *("started_on", "stopped_on", "is_low_dose_overlap"),
)

type Rows[Row] = Mapping[int, list[Row]]
type Columns = QuerySet[Any, tuple[Any, ...]]


def orders_of(ids: list[int], _at: datetime | None = None) -> Rows[Order]:
    """Every order, also one whose first day lies ahead, the first started first; none
    goes on after a death."""
    died = StatusChange.objects.filter(patient=OuterRef("patient"), status=DECEASED)
    found = (
        Regimen.objects.filter(patient__in=ids)
        .order_by("started_on", "id")
        .annotate(
            died_at=Case(
                When(
                    patient__status=DECEASED,
                    then=Subquery(died.values("changed_at")[:1]),
                )
            )
        )
        .values_list("patient", "died_at", *ORDER_COLUMNS)
    )
    rows: dict[int, list[Order]] = defaultdict(list)
    for pk, died_at, *parts in found:
        order = Order(*parts)
        rows[pk].append(
            order.ended_by(timezone.localdate(died_at)) if died_at else order
        )
    return rows


def _last_doses(ids: list[int], at: datetime) -> Rows[DayDose]:
    """For each medicine the last day on which it was taken, its doses together."""
    last_first = Window(
        Rank(),
        partition_by=[F("patient"), F("medication")],
        order_by=F("on").desc(),
    )
    taken: Columns = (
        DoseEvent.objects.filter(
            patient__in=ids, kind__in=TAKEN, on__lte=at, recorded_at__lte=at
        )
        .order_by()
        .annotate(nth=last_first)
        .filter(nth=1)
        .values_list("patient", "medication", "on", "at", "amount_mg")
    )
    days: dict[int, dict[str, DayDose]] = defaultdict(dict)
    for pk, *parts in taken:
        dose = DayDose(*parts)
        before = days[pk].get(dose.medication)
        days[pk][dose.medication] = before.and_also(dose) if before else dose
    return {pk: list(its.values()) for pk, its in days.items()}


def _specimens(ids: list[int], at: datetime) -> Rows[SpecimenResult]:
    """The latest specimen, and the latest one that was tested for fentanyl."""
    about = Case(
        When(analyte__in=FENTANYL, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    latest_first = Window(
        Rank(), partition_by=[F("patient"), about], order_by=F("collected_at").desc()
    )
    results: Columns = (
        ToxicologyResult.objects.filter(patient__in=ids, collected_at__lte=at)
        .exclude(result=ToxicologyResult.Result.INVALID)
        .order_by()
        .annotate(nth=latest_first)
        .filter(nth=1)
        .values_list("patient", "analyte", "result", "method", "collected_at")
    )
    rows: dict[int, list[SpecimenResult]] = defaultdict(list)
    for pk, analyte, result, method, collected_at in results:
        is_present = result == ToxicologyResult.Result.POSITIVE
        is_definitive = method == ToxicologyResult.Method.DEFINITIVE
        rows[pk].append(
            SpecimenResult(analyte, is_present, is_definitive, collected_at)
        )
    return rows


ORDERS = Query(orders_of)
LAST_DOSES = Query(_last_doses)
SPECIMENS = Query(_specimens)
