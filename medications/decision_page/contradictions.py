"""Answers and results that do not go together: named, and left to a person. No Django."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from assessments.facts import FACTS, NEVER
from assessments.picture import Picture
from knowledge.editions import Edition
from medications.decision_page.fact_lines import dated, value_words

METHADONE, BUPRENORPHINE, FENTANYL = "methadone", "buprenorphine", "fentanyl"

type Check = Callable[[Picture, Edition], bool]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two facts that cannot both be so, each with its value, source and date."""

    text: str
    facts: tuple[str, ...]


def conflicts(picture: Picture, edition: Edition) -> tuple[Conflict, ...]:
    """Every pair of facts on record that contradict each other."""
    return tuple(_found(picture, edition))


def _found(picture: Picture, edition: Edition) -> Iterator[Conflict]:
    for one, other, contradict in PAIRS:
        if picture.known(one) and picture.known(other) and contradict(picture, edition):
            said = f"{_said(one, picture)}, but {_said(other, picture)}"
            yield Conflict(f"{said}.", (one, other))


def _said(name: str, picture: Picture) -> str:
    known = picture.known(name)
    assert known is not None  # noqa: S101 - asked by `_found` before
    parts = (known.source, dated(known, picture.as_of))
    where = ", ".join(part for part in parts if part)
    return f"{FACTS[name].label}: {value_words(name, known.value).lower()} ({where})"


def _in_withdrawal(picture: Picture, edition: Edition) -> bool:
    cows = picture.value("cows")
    high = isinstance(cows, int | Decimal) and cows >= edition["withdrawal_cows"]
    return high and picture.value("phys_dependence") is False


def _never_fentanyl(picture: Picture, _edition: Edition) -> bool:
    return _is_in("udt", FENTANYL, picture) and (
        picture.value("last_fentanyl_dt") == NEVER
    )


def _never_long_acting(picture: Picture, _edition: Edition) -> bool:
    found = _is_in("udt", METHADONE, picture) or _is_in("udt", BUPRENORPHINE, picture)
    return found and picture.value("last_long_acting_dt") == NEVER


def _pregnant_by_test(picture: Picture, _edition: Edition) -> bool:
    return (
        picture.value("pregnancy_test") == "positive"
        and picture.value("pregnancy") is False
    )


def _dose_without_medicine(medicine: str, dose: str) -> Check:
    def check(picture: Picture, _edition: Edition) -> bool:
        return bool(picture.value(dose)) and not _is_in("med_list", medicine, picture)

    return check


def _never_taken(picture: Picture, _edition: Edition) -> bool:
    return bool(picture.value("bup_dose")) and picture.value("bup_exposure") is False


def _is_in(name: str, member: str, picture: Picture) -> bool:
    value = picture.value(name)
    return isinstance(value, frozenset) and member in value


PAIRS: tuple[tuple[str, str, Check], ...] = (
    ("phys_dependence", "cows", _in_withdrawal),
    ("last_fentanyl_dt", "udt", _never_fentanyl),
    ("last_long_acting_dt", "udt", _never_long_acting),
    ("pregnancy", "pregnancy_test", _pregnant_by_test),
    ("mtd_dose", "med_list", _dose_without_medicine(METHADONE, "mtd_dose")),
    ("bup_dose", "med_list", _dose_without_medicine(BUPRENORPHINE, "bup_dose")),
    ("bup_exposure", "bup_dose", _never_taken),
)
