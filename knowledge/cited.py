"""Citation of every statement of the room: source, tag, day checked, first day."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator

from knowledge.months import months_later

TAG = re.compile(r"\[([^\]]*)\]")
# When a statement is looked at again: what was seen in its source holds for a year;
# what is from memory or a clinic's own policy is looked at twice as often.
MONTHS_SEEN, MONTHS_NOT_SEEN = 12, 6
# The first entries begin here, so that an old picture can be weighed too.
BEGINNING = date(2000, 1, 1)


class Check(StrEnum):
    """How far a statement has been checked against its sources."""

    CHECKED = "checked"
    SECOND_HAND = "second-hand"
    PARTLY = "partly checked"
    UNVERIFIED = "unverified"
    POLICY = "clinic policy"


def check_of(tags: str) -> Check:
    """Checked only where every part was seen in the source itself; second-hand
    where for one of them somebody else's reading was all there was."""
    parts = [p.strip() for t in TAG.findall(tags) for p in t.split(";")]
    seen = [p.startswith("V") for p in parts]
    if all(seen):
        by_others = any(p.startswith("V*") for p in parts)
        return Check.SECOND_HAND if by_others else Check.CHECKED
    if all(p.startswith("P") for p in parts):
        return Check.POLICY
    return Check.PARTLY if any(seen) else Check.UNVERIFIED


def next_check(tags: str, checked: date) -> date:
    """The day by which what carries these tags is looked at again."""
    seen = check_of(tags) in (Check.CHECKED, Check.SECOND_HAND)
    return months_later(checked, MONTHS_SEEN if seen else MONTHS_NOT_SEEN)


def _several(keys: object) -> object:
    return (keys,) if isinstance(keys, str) else keys


# Keys of sources; one key may stand alone.
type Cites = Annotated[tuple[str, ...], BeforeValidator(_several)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cited:
    """One statement: `cites` are listed sources, `source` says in words what it rests
    on. Without a day only in editions from before every statement had one."""

    tag: str
    cites: Cites = ()
    source: str = ""
    since: date = BEGINNING
    checked: date | None = None

    @property
    def check(self) -> Check:
        return check_of(self.tag)

    @property
    def next_check(self) -> date | None:
        """The day by which it is looked at again."""
        return next_check(self.tag, self.checked) if self.checked else None
