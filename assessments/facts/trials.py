"""Trials: earlier medication treatments, as the person tells of them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation

from knowledge.medicines import medicines
from knowledge.wording.amounts import amount, listed

NUMBERS = ("days", "dose", "weeks", "doses")


class NotATrial(ValueError):
    """An earlier treatment that cannot be read."""


HELPED = {True: "helped", False: "did not help", None: "not said whether it helped"}


@dataclass(frozen=True, slots=True)
class Trial:
    """One earlier treatment; None is a question not answered."""

    medication: str
    days: Decimal | None = None
    helpful: bool | None = None
    dose: Decimal | None = None
    weeks: Decimal | None = None
    doses: Decimal | None = None

    def __str__(self) -> str:
        """What, how much, how long, and whether it helped."""
        parts = (
            medicines().titles.get(self.medication, self.medication),
            f"{amount(self.dose)} mg" if self.dose else "",
            f"{amount(self.days)} days" if self.days else "",
            f"{amount(self.doses)} injections" if self.doses else "",
            HELPED[self.helpful],
        )
        return listed(parts)

    def as_json(self) -> dict[str, object]:
        return {name: _plain(v) for name, v in asdict(self).items() if v is not None}


def read_trials(raw: object) -> tuple[Trial, ...]:
    """Earlier treatments from one mapping or a list of them; [] is "none"."""
    if isinstance(raw, str) and raw.strip().lower() in ("none", "no"):
        return ()
    rows = raw if isinstance(raw, list | tuple) else [raw]
    return tuple(_read_one(row) for row in rows)


def _read_one(row: object) -> Trial:
    if not isinstance(row, Mapping):
        raise NotATrial(
            'give each earlier treatment as {"medication", "days", "helpful", "dose", '
            '"weeks", "doses"}'
        )
    unknown = set(row) - {"medication", "helpful", *NUMBERS}
    if unknown:
        raise NotATrial(f"{', '.join(sorted(unknown))} is not part of a treatment")
    return Trial(
        medication=_medication(row.get("medication")),
        helpful=_helpful(row.get("helpful")),
        **{name: _amount(name, row.get(name)) for name in NUMBERS},
    )


def _medication(raw: object) -> str:
    name = str(raw).strip().upper()
    if name not in medicines().keys:
        raise NotATrial(f"medication must be one of {', '.join(medicines().keys)}")
    return name


def _helpful(raw: object) -> bool | None:
    known = {"yes": True, "true": True, "no": False, "false": False, "none": None}
    word = str(raw).strip().lower()
    if word not in known:
        raise NotATrial("helpful is yes or no")
    return known[word]


def _amount(name: str, raw: object) -> Decimal | None:
    if raw is None:
        return None
    try:
        amount = Decimal(str(raw))
    except InvalidOperation:
        raise NotATrial(f"{name} must be a number") from None
    if not amount.is_finite() or amount < 0:
        raise NotATrial(f"{name} cannot be {raw}")
    return amount


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
