"""One thing that happened, in words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class HistoryKind(StrEnum):
    """What sort of thing it is, as the history is filtered by; in this order."""

    EVENTS = "events"
    CONTACTS = "contacts"
    DOSES = "doses"
    RESULTS = "results"
    DECISIONS = "decisions"
    CONSENT = "consent"


KIND_WORDS: Mapping[str, str] = {
    HistoryKind.EVENTS: "Events",
    HistoryKind.CONTACTS: "Contacts and visits",
    HistoryKind.DOSES: "Doses",
    HistoryKind.RESULTS: "Results",
    HistoryKind.DECISIONS: "Plan and decisions",
    HistoryKind.CONSENT: "Consent, told outside",
}


@dataclass(frozen=True, slots=True)
class EntryWords:
    """What a row says: after the name of who did it, `verb` and `what`; else `what`
    alone. `url` is where it stands, `link` how that is called."""

    verb: str
    what: str
    is_grave: bool = False
    more: str = ""
    link: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened: its day, its time where it has one, and in which words.

    `taken_back` says that it was entered in error, amended or taken back since.
    """

    kind: HistoryKind
    on: date
    at: datetime | None
    who: str
    told: EntryWords
    taken_back: str

    @property
    def sentence(self) -> str:
        """What follows the name; where there is none, a sentence of its own."""
        told = self.told
        if self.who:
            return f"{told.verb} {told.what}"
        return self.milestone

    @property
    def milestone(self) -> str:
        """What it was, without who and why."""
        return self.told.what[:1].upper() + self.told.what[1:]
