"""SQL of treatment on a day, for pages and files of many people.

It says the same as `treatment.now.treatment_on`. For `p`, a person in care, `today`
and `clinic` as parameters: `x.taken`, `x.ahead` and `x.ended`, each a JSON list of
orders in the order of `ORDER_COLUMNS`.
"""
# ruff: noqa: S608 - put together from this module's own words; values are parameters.

import json
from datetime import date
from decimal import Decimal
from typing import Any

from treatment.now import Order, TreatmentNow

_COLUMNS = (
    "r.medication, r.product, r.dose_mg, r.schedule, r.started_on, r.stopped_on,"
    " r.is_low_dose_overlap"
)
CURRENT = f"""
LEFT JOIN LATERAL (
  SELECT
    coalesce(jsonb_agg(o.parts ORDER BY o.is_overlap, o.started_on, o.id)
             FILTER (WHERE o.stands = 'taken'), '[]') AS taken,
    coalesce(jsonb_agg(o.parts ORDER BY o.is_overlap, o.started_on, o.id)
             FILTER (WHERE o.stands = 'ahead'), '[]') AS ahead,
    coalesce(jsonb_agg(o.parts ORDER BY o.stopped_on DESC, o.started_on DESC, o.id)
             FILTER (WHERE o.stands = 'ended'), '[]') AS ended
  FROM (
    SELECT r.id, r.started_on, r.stopped_on, r.is_low_dose_overlap AS is_overlap,
           jsonb_build_array({_COLUMNS}) AS parts,
           CASE WHEN r.stopped_on <= r.started_on THEN 'never'
                WHEN r.stopped_on <= %(today)s THEN 'ended'
                WHEN r.started_on > %(today)s THEN 'ahead'
                ELSE 'taken' END AS stands
    FROM treatment_regimen r
    WHERE r.clinic_id = %(clinic)s AND r.patient_id = p.id
  ) o
) x ON true
"""
# One part of the first order that is taken, by its place among the columns.
MAIN_SINCE = "(x.taken -> 0 ->> 4)::date"


def of_taken(expression: str, between: str) -> str:
    """Something of every order `o.value` that is taken, as one text."""
    return (
        f"(SELECT string_agg({expression}, '{between}' ORDER BY o.ordinality)"
        " FROM jsonb_array_elements(x.taken) WITH ORDINALITY o)"
    )


def treatment_from(
    day: date, taken: str | None, ahead: str | None, ended: str | None
) -> TreatmentNow:
    """What the three columns of one row say."""
    last = _orders(ended)
    return TreatmentNow(day, _orders(taken), _orders(ahead), last[0] if last else None)


def _orders(text: str | None) -> tuple[Order, ...]:
    return tuple(_order(*parts) for parts in json.loads(text or "[]"))


def _order(
    medication: str,
    product: str,
    dose_mg: Any,
    schedule: str,
    started_on: str,
    stopped_on: str | None,
    is_overlap: bool,  # noqa: FBT001 - one of the columns
) -> Order:
    return Order(
        medication,
        product,
        None if dose_mg is None else Decimal(str(dose_mg)),
        schedule,
        date.fromisoformat(started_on),
        date.fromisoformat(stopped_on) if stopped_on else None,
        is_overlap,
    )
