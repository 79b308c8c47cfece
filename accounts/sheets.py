"""Rows as CSV that a spreadsheet opens safely."""

import csv
from collections.abc import Iterable
from io import StringIO

# The wide signs of East Asian keyboards count as the usual ones in some spreadsheets.
FORMULA = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")


def safe_cell(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula; a number stays a number."""
    if not isinstance(cell, str) or not cell.startswith(FORMULA):
        return cell
    is_number = cell.removeprefix("-").replace(".", "", 1).isdecimal()
    return cell if is_number else f"'{cell}"


def sheet(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A whole file under its head."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(map(safe_cell, row) for row in rows)
    return text.getvalue()
