"""Refusals: what an action would not do, in words for who asked."""

import hashlib
import json
from collections.abc import Iterable

from django.db.models import Model


class Refused(Exception):
    """Something was not done; `field` names what to put right, where there is one."""

    field = ""


class NotConfirmed(Exception):
    """An act is in order, and nobody has proved lately that it is them who does it;
    `about` says in lines what they are about to do."""

    def __init__(self, about: Iterable[str] = ()) -> None:
        super().__init__()
        self.about = tuple(about)


class Gone(Refused):
    """What was to be changed is not there any more."""


class RightMissing(Refused):
    """The content asks for a right that this person does not have."""


class Overtaken(Refused):
    """Somebody else changed the row after it was shown; `row` is as it is now."""

    def __init__(self, row: Model, words: str = "") -> None:
        super().__init__(
            words
            or "Somebody else changed this after your page was loaded. Nothing of yours"
            " is saved yet: look at both, then save again."
        )
        self.row = row


def revision_of(row: Model, fields: Iterable[str] = ()) -> str:
    """A digest of what a row says, or of the columns named: the same for the same words."""
    names = list(fields) or [field.attname for field in row._meta.concrete_fields]
    said = [
        row._meta.label_lower,
        row.pk,
        *(str("" if (value := getattr(row, n)) is None else value) for n in names),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def as_shown[Row: Model](
    row: Row | None, shown: str | None, fields: Iterable[str] = ()
) -> Row:
    """The row, where it still says what was shown; `shown` is empty where nobody saw it."""
    if row is None:
        raise Gone("This was removed meanwhile. The page shows what is there now.")
    if shown and revision_of(row, fields) != shown:
        raise Overtaken(row)
    return row
