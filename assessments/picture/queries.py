"""Queries behind the sources of this app: the record's lists, answers, assessments and
observations of any number of people, one statement each."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Window
from django.db.models import Value as Constant
from django.db.models.functions import RowNumber

from assessments.facts import FACTS
from assessments.models import Assessment, IntakeAnswer, Observation
from assessments.observations.kinds import BY_CODE
from assessments.observations.words import INDETERMINATE
from assessments.picture.from_answers import ASKED, AnswerSaid
from assessments.picture.from_observations import MeasuredValue
from assessments.picture.from_record import CONDITION, MEDICINE, RecordEntry
from assessments.picture.from_scores import Scored
from assessments.picture.sources import Query
from knowledge.told import shown_questions
from patients.models import Allergy, Condition, OtherMedicine

# Enough of a COWS series to see a rise after a dose.
COWS_KEPT = 6
# Asked as a plain question, and also recorded as a result.
ASKED_TOO = frozenset(["pregnancy_test"])

type Rows[Row] = Mapping[int, list[Row]]
type Columns = QuerySet[Any, tuple[Any, ...]]


def _record(ids: list[int], at: datetime) -> Rows[RecordEntry]:
    """Allergies, conditions and other medicines, in one statement."""
    rows: dict[int, list[RecordEntry]] = defaultdict(list)
    for pk, *entry in _lists(ids, at):
        rows[pk].append(RecordEntry(*entry))
    return rows


def _lists(ids: list[int], at: datetime) -> Columns:
    of_them = Q(patient__in=ids, recorded_at__lte=at)
    allergies = Allergy.objects.order_by().filter(of_them)
    conditions = Condition.objects.filter(of_them, is_active=True)
    medicines = OtherMedicine.objects.filter(of_them)
    columns = ("patient", "kind", "substance", "recorded_at", "is_current")
    union = allergies.values_list(*columns).union(
        _listed(conditions, CONDITION, "code", "is_active"),
        _listed(medicines, MEDICINE, "ingredient", "is_current"),
        all=True,
    )
    return union.order_by()


def _listed(rows: QuerySet[Any, Any], kind: str, text: str, holds: str) -> Columns:
    named = rows.order_by().annotate(
        listed_as=Constant(kind, output_field=CharField(max_length=14))
    )
    found: Columns = named.values_list(
        "patient", "listed_as", text, "recorded_at", holds
    )
    return found


def _answers(ids: list[int], at: datetime) -> Mapping[int, dict[str, AnswerSaid]]:
    """The newest known answer to each question, of what a page shows as told also one
    that is not known; measurements have their own rows."""
    wanted = (FACTS.keys() | ASKED) - (BY_CODE.keys() - ASKED_TOO)
    shown = Q(question__in=sorted(shown_questions()))
    rows: Columns = (
        IntakeAnswer.objects.filter(
            shown | Q(is_known=True, question__in=sorted(wanted)),
            patient__in=ids,
            answered_at__lte=at,
        )
        .order_by("patient", "question", "-answered_at", "-id")
        .distinct("patient", "question")
        .values_list(
            "patient", "question", "value", "answered_at", "source", "is_known"
        )
    )
    said: dict[int, dict[str, AnswerSaid]] = defaultdict(dict)
    for pk, question, *answer in rows:
        said[pk][question] = AnswerSaid(*answer)
    return said


def _scores(ids: list[int], at: datetime) -> Rows[Scored]:
    """The newest valid assessment of each instrument; of COWS the last few."""
    nth = Window(
        RowNumber(),
        partition_by=[F("patient"), F("instrument")],
        order_by=[F("given_at").desc(), F("id").desc()],
    )
    columns = ("instrument", "given_at", "answers", "total", "band", "subscales")
    found = (
        Assessment.objects.in_force()
        .filter(patient__in=ids, given_at__lte=at)
        .annotate(nth=nth)
        .filter(Q(nth=1) | Q(instrument="cows", nth__lte=COWS_KEPT))
        .order_by("patient", "instrument", "nth")
        .values_list("patient", *columns)
    )
    rows: dict[int, list[Scored]] = defaultdict(list)
    for pk, *parts in found:
        rows[pk].append(Scored(*parts))
    return rows


def _observations(ids: list[int], at: datetime) -> Rows[MeasuredValue]:
    """The newest of each kind that was not entered in error, and beside it the newest
    that was indeterminate."""
    found = (
        Observation.objects.filter(
            patient__in=ids,
            code__in=list(BY_CODE),
            effective_at__lte=at,
            error_at=None,
        )
        .annotate(is_undecided=Q(text=INDETERMINATE))
        .order_by("patient", "code", "is_undecided", "-effective_at", "-id")
        .distinct("patient", "code", "is_undecided")
        .values_list(
            *("patient", "code", "value", "text", "effective_at", "source"),
            *("low_limit", "comparator", "flag", "is_undecided"),
        )
    )
    rows: dict[int, list[MeasuredValue]] = defaultdict(list)
    for pk, *parts, _is_undecided in found:
        rows[pk].append(MeasuredValue(*parts))
    return rows


RECORD = Query(_record)
ANSWERS = Query(_answers, empty=dict)
SCORES = Query(_scores)
OBSERVATIONS = Query(_observations)
