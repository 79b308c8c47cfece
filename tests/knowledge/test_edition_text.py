"""An edition kept as text is the same edition when it is read again."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from knowledge.edition_text import kept, restored
from knowledge.editions import knowledge


def test_the_edition_of_today_reads_back():
    again = restored(kept(knowledge()))

    assert again.digest == knowledge().digest
    assert again.tables == knowledge().tables


def test_dates_and_decimals_keep_their_types():
    number = {
        "unit": "mg",
        "meaning": "A number with a fraction",
        "values": [
            {
                "since": dt.date(2000, 1, 1),
                "value": Decimal("0.54"),
                "cites": "x",
                "tag": "[P]",
            }
        ],
    }
    tables = {**knowledge().tables, "parameters": {"half": number}}
    again = restored(kept(replace(knowledge(), tables=tables)))

    value = again.parameters["half"].values[0]

    assert again.tables["parameters"] == {"half": number}
    assert (value.since, value.value) == (dt.date(2000, 1, 1), Decimal("0.54"))


def test_what_no_table_holds_is_refused():
    tables = {**knowledge().tables, "parameters": {"odd": object()}}

    with pytest.raises(TypeError, match="no word for object"):
        kept(replace(knowledge(), tables=tables))
