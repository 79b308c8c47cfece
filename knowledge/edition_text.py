"""An edition as text that reads back to the same edition, years later."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from knowledge.editions import Knowledge, build

# Types that JSON has no word for.
DATE, DECIMAL = "$date", "$decimal"


def kept(known: Knowledge) -> str:
    """All tables of an edition, dates and decimals marked as such."""
    return json.dumps(known.tables, default=_marked, separators=(",", ":"))


def restored(text: str) -> Knowledge:
    """The edition that was kept, with the digest it had."""
    return build(json.loads(text, object_hook=_unmarked))


def _marked(value: object) -> dict[str, str]:
    if isinstance(value, Decimal):
        return {DECIMAL: str(value)}
    if isinstance(value, date):
        return {DATE: value.isoformat()}
    raise TypeError(f"no word for {type(value).__name__}")


def _unmarked(raw: Mapping[str, Any]) -> Any:
    if raw.keys() == {DECIMAL}:
        return Decimal(raw[DECIMAL])
    if raw.keys() == {DATE}:
        return date.fromisoformat(raw[DATE])
    return raw
