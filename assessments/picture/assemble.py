"""Pictures of people, put together from every registered source of facts.

The statements are as many for a thousand people as for one.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import prefetch_related_objects

from accounts.tenancy import clinic_clock
from assessments.facts import FACTS, Domain
from assessments.picture.joins import joined, read_fact
from assessments.picture.model import KnownFact, Picture
from assessments.picture.sources import Query, Source, Stated, Subject, sources
from patients.models import Patient


def picture_of(patient: Patient, *, at: datetime) -> Picture:
    """Everything known about one person at one moment."""
    return picture_from(subject_of(patient, at=at))


def pictures_of(patients: Iterable[Patient], *, at: datetime) -> dict[int, Picture]:
    """The pictures of many people at once, by patient id."""
    found = subjects_of(patients, at=at)
    return {pk: picture_from(subject) for pk, subject in found.items()}


def subject_of(
    patient: Patient, *, at: datetime, only: tuple[str, ...] = ()
) -> Subject:
    """One person's facts with the rows behind them, of all sources or of some."""
    return subjects_of([patient], at=at, only=only)[patient.pk]


def subjects_of(
    patients: Iterable[Patient], *, at: datetime, only: tuple[str, ...] = ()
) -> dict[int, Subject]:
    """The same of many people at once, by patient id."""
    people = list(patients)
    # A clinic that is at hand already is not asked for again.
    prefetch_related_objects(people, "clinic")
    found = {p.pk: _begun(p, at) for p in people}
    asked = [source for source in sources() if not only or source.name in only]
    for query in dict.fromkeys(query for source in asked for query in source.queries):
        _fetch(query, found, at)
    for source in asked:
        for subject in found.values():
            _take(source, subject)
    return found


def _begun(patient: Patient, at: datetime) -> Subject:
    return Subject(patient, clinic_clock(patient.clinic, at))


def _fetch(query: Query, found: dict[int, Subject], at: datetime) -> None:
    rows = query.rows(list(found), at) if found else {}
    for pk, subject in found.items():
        subject.rows[query] = rows[pk] if pk in rows else query.empty()


def _take(source: Source, subject: Subject) -> None:
    """Of what one source says twice the newer stands; that joins what is there.

    What a source did not declare to bring is left out.
    """
    rows = (subject.rows[query] for query in source.queries)
    stated = (s for s in source.read(subject, *rows) if s.name in source.brings)
    for name, known in _newest(subject, stated).items():
        after = joined(source.brings[name], name, known, subject)
        if after is not None:
            subject.facts[name] = after


def _newest(subject: Subject, stated: Iterable[Stated]) -> dict[str, KnownFact]:
    said: dict[str, KnownFact] = {}
    for one in stated:
        known = read_fact(one, at=subject.at)
        before = said.get(one.name)
        if known and (before is None or known.as_of >= before.as_of):
            said[one.name] = known
    return said


def picture_from(subject: Subject) -> Picture:
    """The facts as they stand, wishes apart."""
    wishes = {
        name: known
        for name, known in subject.facts.items()
        if FACTS[name].domain is Domain.PREFERENCE
    }
    facts = {n: known for n, known in subject.facts.items() if n not in wishes}
    return Picture(subject.at, facts, wishes)
