"""The trail of a clinic's acts, as it is asked for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.access import Acting
from accounts.audit import SYSTEM
from accounts.models import AuditEvent, Clinic, Membership, Staff
from accounts.permissions import Permission
from accounts.sentences import Kind, say, verbs_of, verbs_saying
from accounts.tenancy import day_here
from patients.merges import by_any_number, numbers_of
from patients.models import Patient
from patients.names import closed_up

PAGE = 50
# A name that more people bear than this names nobody.
MOST_ALIKE = 50
MACHINE = "machine"
ONE_SITTING = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What is asked of the trail; nothing asked is everything, newest first.

    `staff` is the number of somebody on the staff, now or once, or `MACHINE`; `before`
    is the last line seen.
    """

    words: str = ""
    person: str = ""
    staff: str = ""
    kind: str = ""
    days: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One act: when, who, what in words, about whom."""

    event: AuditEvent
    person: Patient | None
    kind: Kind
    phrase: str
    why: str
    # How many acts in a row that read the same stand in this line; the newest is shown.
    times: int = 1

    def reads_as(self, other: "Line") -> bool:
        mine, theirs = self.event, other.event
        return (mine.actor, mine.staff_id, self.phrase, self.why, self.person) == (
            theirs.actor,
            theirs.staff_id,
            other.phrase,
            other.why,
            other.person,
        ) and theirs.at - mine.at < ONE_SITTING

    @property
    def by_machine(self) -> bool:
        return self.event.staff_id is None and self.event.actor == SYSTEM

    @property
    def table(self) -> str:
        """The table in which this act changed a row; empty where it changed none."""
        label, _, _ = self.event.subject.partition(":")
        changes = self.kind in (Kind.CHANGED, Kind.SIGNED)
        return label.replace(".", "_") if changes else ""

    @property
    def row(self) -> str:
        return self.event.subject.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the trail; `people` are those that a person's words may mean."""

    lines: list[Line]
    # The last act of this page, where older ones follow.
    older: int | None
    people: list[Patient] | None = None


def of_clinic(clinic: Clinic, staff: Iterable[Staff]) -> QuerySet[AuditEvent]:
    """What was done at a clinic, and how its staff, now or once, came in, which is of
    no clinic."""
    subjects = [f"{Staff._meta.label_lower}:{one.pk}" for one in staff]
    return AuditEvent.objects.filter(
        Q(clinic_id=clinic.pk) | Q(clinic_id=None, subject__in=subjects)
    )


def staff_of(clinic: Clinic) -> list[Staff]:
    """Whoever works here or once did something here; the departed too."""
    acted = AuditEvent.objects.filter(clinic_id=clinic.pk, staff_id=OuterRef("pk"))
    works = Membership.objects.filter(clinic=clinic, staff=OuterRef("pk"))
    found = Staff.objects.filter(Q(Exists(works)) | Q(Exists(acted)))
    return list(found.order_by("name", "pk"))


def trail(
    acting: Acting, asked: AuditQuery, staff: Iterable[Staff], *, at: datetime
) -> Trail:
    """One page of what is asked for."""
    people = people_meant(acting, asked.person) if asked.person else None
    events = matching(of_clinic(acting.clinic, staff), asked, people, at=at)
    rows = list(events.order_by("-at", "-id")[: PAGE + 1])
    older = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return Trail(together(in_words(acting, rows[:PAGE])), older, people)


def together(lines: Iterable[Line]) -> list[Line]:
    """Acts in a row that read the same, within one sitting, as one line."""
    kept: list[Line] = []
    for line in lines:
        if kept and line.reads_as(kept[-1]):
            kept[-1] = replace(kept[-1], times=kept[-1].times + 1)
        else:
            kept.append(line)
    return kept


def people_meant(acting: Acting, words: str) -> list[Patient]:
    """Who is meant by an MRN; by a name too, for those who may read names here."""
    people = Patient.objects.visible_to(acting)
    if not acting.may(Permission.PATIENT_VIEW):
        mrn = closed_up(words)
        return [
            p for p in people.found_by(words)[:MOST_ALIKE] if closed_up(p.mrn) == mrn
        ]
    return list(people.found_by(words)[:MOST_ALIKE])


def matching(
    events: QuerySet[AuditEvent],
    asked: AuditQuery,
    people: Sequence[Patient] | None,
    *,
    at: datetime,
) -> QuerySet[AuditEvent]:
    """Of these acts, those that are asked for."""
    for condition in _conditions(asked, people, at):
        events = events.filter(condition)
    return events


def _conditions(
    asked: AuditQuery, people: Sequence[Patient] | None, at: datetime
) -> Iterator[Q]:
    if people is not None:
        yield _about(sorted(numbers_of(person.pk for person in people)))
    if asked.staff == MACHINE:
        yield Q(staff_id=None, actor=SYSTEM)
    elif asked.staff:
        own = f"{Staff._meta.label_lower}:{asked.staff}"
        yield Q(staff_id=int(asked.staff)) | Q(subject=own)
    if asked.kind:
        yield Q(verb__in=verbs_of(Kind(asked.kind)))
    if asked.words:
        yield Q(verb__in=verbs_saying(asked.words)) | Q(actor__icontains=asked.words)
    if asked.days:
        yield Q(at__gte=_start_of(day_here(at) - timedelta(days=asked.days - 1)))
    if asked.before and (last := AuditEvent.objects.filter(pk=asked.before).first()):
        yield Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk)


def _about(people: list[int]) -> Q:
    """Acts on one of these people, and lists on which they stood."""
    seen = (Q(verb="list.seen", facts__contains={"people": [pk]}) for pk in people)
    return Q(Q(patient_id__in=people), *seen, _connector=Q.OR)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())


def in_words(acting: Acting, events: Sequence[AuditEvent]) -> list[Line]:
    """Each act with the person it was about; reasons that somebody typed are for those
    who may open charts."""
    ids = {event.patient_id for event in events if event.patient_id}
    people = by_any_number(Patient.objects.visible_to(acting), ids)
    may_read = acting.may(Permission.PATIENT_VIEW)
    lines = []
    for event in events:
        is_for_charts = may_read or not event.patient_id
        said = say(event.verb, event.facts, is_for_charts=is_for_charts)
        why = event.why if is_for_charts else ""
        person = people.get(event.patient_id or 0)
        lines.append(Line(event, person, said.kind, said.phrase, why))
    return lines
