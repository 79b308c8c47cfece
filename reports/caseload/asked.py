"""Question that an address asks of the caseload, and the choices a page offers for it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from aftercare.models import CaseloadLine
from knowledge.medicines import medicines
from patients.models import Patient
from reports.caseload.rows import (
    LAST_PAGE,
    SORT_WORDS,
    TRIED_WORDS,
    WHOSE_WORDS,
    WHY_WORDS,
    CaseloadQuery,
    Filter,
    Sort,
    TriedFilter,
    Whose,
)

# The longest text that is looked for.
LONGEST = 80


def asked_in(told: Mapping[str, str]) -> CaseloadQuery:
    """What the address asks for; nonsense counts as not said."""
    page = told.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) <= 4 else 1
    show, sort = told.get("show", ""), told.get("sort", "")
    mine, tried = told.get("mine", ""), told.get("tried", "")
    why, stage = told.get("why", ""), told.get("stage", "")
    medicine = told.get("medicine", "")
    return CaseloadQuery(
        filter=Filter(show) if show in Filter else Filter.TODAY,
        sort=Sort(sort) if sort in Sort else Sort.URGENCY,
        whose=Whose(mine) if mine in Whose else Whose.EVERYBODY,
        why=why if why in WHY_WORDS else "",
        stage=stage if stage in _stages() else "",
        medicine=medicine if medicine in _medicines() else "",
        tried=TriedFilter(tried) if tried in TriedFilter else TriedFilter.EITHER,
        text=told.get("q", "").replace("\x00", "").strip()[:LONGEST],
        page=min(max(number, 1), LAST_PAGE),
    )


def query_of(asked: CaseloadQuery) -> str:
    """What is asked as an address has it, without the text and the page: a view that is
    saved names nobody."""
    told = {
        "show": asked.filter,
        "mine": asked.whose,
        "why": asked.why,
        "stage": asked.stage,
        "medicine": asked.medicine,
        "tried": asked.tried,
        "sort": "" if asked.sort == Sort.URGENCY else asked.sort,
    }
    return urlencode({name: str(value) for name, value in told.items() if value})


def choices_of(asked: CaseloadQuery, *, covers: bool = True) -> dict[str, object]:
    """Each filter with its words, and what is chosen of it."""
    whose = {
        key: words
        for key, words in WHOSE_WORDS.items()
        if covers or key in (asked.whose, Whose.MINE, Whose.TEAM, Whose.EVERYBODY)
    }
    return {
        "filters": [
            ("mine", "Whose people", whose, asked.whose),
            ("why", "Why urgent", {"": "Any reason", **WHY_WORDS}, asked.why),
            ("stage", "Stage", {"": "Any stage", **_stages()}, asked.stage),
            (
                *("medicine", "Medicine"),
                *({"": "Any medicine", **_medicines()}, asked.medicine),
            ),
            ("tried", "Tried today", TRIED_WORDS, asked.tried),
            (
                "sort",
                "Order",
                SORT_WORDS,
                "" if asked.sort == Sort.URGENCY else asked.sort,
            ),
        ]
    }


def _stages() -> dict[str, str]:
    return {
        str(code): str(label)
        for code, label in Patient.Status.choices
        if code != Patient.Status.DECEASED
    }


def _medicines() -> dict[str, str]:
    longest = CaseloadLine._meta.get_field("medicine").max_length or 0
    return {one.key: one.full for one in medicines() if len(one.key) <= longest}
