"""Consequences of ending a consent, told to whoever ends it before it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from accounts.tenancy import clinic_day
from knowledge.consents.content import section_titles
from knowledge.wording.dates import whole_day
from patients.disclosures.things import things
from patients.models import Consent, ConsentEnd, Disclosure


@dataclass(frozen=True, slots=True)
class EndAsked:
    """An end that somebody is about to write down; no recipient is everybody."""

    why: str
    how: str
    recipient: str
    said_on: date

    @property
    def words(self) -> str:
        """What ended it, and when that was said."""
        why = ConsentEnd.Why(self.why).label
        is_taken_back = self.why == ConsentEnd.Why.REVOKED and self.how
        how = f", {ConsentEnd.How(self.how).label.lower()}" if is_taken_back else ""
        return f"{why}{how}, on {whole_day(self.said_on)}"


def told_of_end(consent: Consent, asked: EndAsked, *, at: datetime) -> tuple[str, ...]:
    """What ends, for whom, from when, and what goes out by it at present."""
    gone = set(consent.ends.values_list("recipient", flat=True))
    names = [one["name"] for one in consent.recipients if one["name"] not in gone]
    ending = [asked.recipient] if asked.recipient else names
    staying = [name for name in names if name not in ending]
    return (
        f"{asked.words}.",
        f"{', '.join(ending)} may be told nothing more, from now on:"
        f" {section_titles(consent.sections)}.",
        *([f"Stays as it is for {', '.join(staying)}."] if staying else []),
        *_going_out(consent, ending, at),
    )


def _going_out(consent: Consent, ending: list[str], at: datetime) -> Iterator[str]:
    """Papers of today, which are made no more, and what was told before."""
    rows = Disclosure.objects.filter(
        consent=consent, recipient__in=ending, is_stopped=False
    )
    given = list(rows.order_by("-made_at", "-pk"))
    if not given:
        yield "Nothing was told by it yet."
        return
    today = clinic_day(consent.patient.clinic, at)
    titles = {key: thing.title for key, thing in things().items()}
    for row in given:
        if clinic_day(consent.patient.clinic, row.made_at) == today:
            title = titles.get(row.thing, row.thing)
            yield f"Let out today, and not given again: {title}, for {row.recipient}."
    last = whole_day(clinic_day(consent.patient.clinic, given[0].made_at))
    times = "Once" if len(given) == 1 else f"{len(given)} times"
    yield f"{times} told by it, last on {last}: that stays told."
