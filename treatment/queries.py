"""Queries behind the sources of this app: regimens, last doses and last specimens of
any number of people, one statement each."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Window
from django.db.models.functions import Cast, Rank

from assessments.picture.sources import Query
from knowledge.wording.dates import day_at
from patients.models import Patient, StatusChange
from treatment.from_doses import DayDose
from treatment.from_kits import KitEntry
from treatment.from_toxicology import FENTANYL, SpecimenResult
from treatment.models import DoseEvent, KitDeed, Regimen, ToxicologyResult
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

HANDED_OUT = (
    *("patient", "medication", "on", "at", "amount_mg"),
    *("expires", "is_kit"),
)

type Rows[Row] = Mapping[int, list[Row]]
type Columns = QuerySet[Any, tuple[Any, ...]]


def orders_of(ids: list[int], _at: datetime | None = None) -> Rows[Order]:
    """Every order, also one whose first day lies ahead, the first started first; none
    goes on after a death."""
    died = StatusChange.objects.filter(
        patient=OuterRef("patient"), status=DECEASED
    ).order_by("-pk")
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
        .values_list("patient", "died_at", "clinic__time_zone", *ORDER_COLUMNS)
    )
    rows: dict[int, list[Order]] = defaultdict(list)
    for pk, died_at, zone, *parts in found:
        order = Order(*parts)
        if died_at:
            order = order.ended_by(day_at(died_at, ZoneInfo(zone)))
        rows[pk].append(order)
    return rows


@dataclass(frozen=True, slots=True)
class HandedOut:
    """Of one person: the last doses taken, and what was done with reversal kits."""

    doses: list[DayDose] = field(default_factory=list)
    kits: list[KitEntry] = field(default_factory=list)


def _handed_out(ids: list[int], at: datetime) -> Mapping[int, HandedOut]:
    """For each medicine the last day on which it was taken, its doses together; and every
    deed with a kit. One statement, since each page of a chart asks for both."""
    last_first = Window(
        Rank(),
        partition_by=[F("patient"), F("medication")],
        order_by=F("on").desc(),
    )
    taken: Columns = (
        DoseEvent.objects.filter(_taken_by(at), patient__in=ids, kind__in=TAKEN)
        .order_by()
        .annotate(nth=last_first)
        .filter(nth=1)
        .annotate(expires=Cast(Value(None), DateField()), is_kit=Value(value=False))
        .values_list(*HANDED_OUT)
    )
    deeds: Columns = (
        KitDeed.objects.in_force()
        .filter(patient__in=ids, recorded_at__lte=at)
        .order_by()
        .annotate(
            medication=F("kind"),
            at=F("recorded_at"),
            amount_mg=F("count"),
            expires=F("expires_on"),
            is_kit=Value(value=True),
        )
        .values_list(*HANDED_OUT)
    )
    days: dict[int, dict[str, DayDose]] = defaultdict(dict)
    kits: dict[int, list[KitEntry]] = defaultdict(list)
    both = taken.union(deeds, all=True).order_by()
    for pk, name, on, moment, amount, expires, is_kit in both:
        if is_kit:
            kits[pk].append(KitEntry(name, on, expires, int(amount), moment))
            continue
        dose = DayDose(name, on, moment, amount)
        before = days[pk].get(name)
        days[pk][name] = before.and_also(dose) if before else dose
    return {
        pk: HandedOut(list(days[pk].values()), kits[pk])
        for pk in days.keys() | kits.keys()
    }


def _taken_by(at: datetime) -> Q:
    """Before a moment, whenever it was written down; a dose without an hour counts from
    the day after, and on its own day once it stands in the log."""
    here = Func(
        F("clinic__time_zone"),
        Value(at, DateTimeField()),
        function="timezone",
        output_field=DateTimeField(),
    )
    today = Cast(here, DateField())
    whole_day = Q(at=None) & (Q(on__lt=today) | Q(on=today, recorded_at__lte=at))
    return Q(at__lte=at) | whole_day


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


def kit_deeds_of(ids: list[int]) -> Rows[KitEntry]:
    """What was done with kits, up to now, the first first."""
    rows_of_them = KitDeed.objects.in_force().filter(patient__in=ids)
    found: Columns = rows_of_them.order_by("on", "recorded_at", "id").values_list(
        "patient", "kind", "on", "expires_on", "count", "recorded_at"
    )
    rows: dict[int, list[KitEntry]] = defaultdict(list)
    for pk, *parts in found:
        rows[pk].append(KitEntry(*parts))
    return rows


ORDERS = Query(orders_of)
GIVEN_OUT = Query(_handed_out, empty=HandedOut)
SPECIMENS = Query(_specimens)
