"""Holdings of a colleague: people, parts and follow-ups that somebody has to take over."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import Clinic, Membership, Staff
from accounts.permissions import Permission, Role, permissions_of
from aftercare.models import FollowUp
from aftercare.models.follow_ups import FollowUpQuerySet
from assessments.models import Concern
from patients.models import CareTeamMember, Patient

type Members = QuerySet[CareTeamMember, CareTeamMember]

FOLLOW_UPS = "follow_ups"
# Who may hold a part: a prescriber's is a prescriber's.
NEEDS = {CareTeamMember.Part.PRESCRIBER: Permission.MEDICATION_DECIDE}


@dataclass(frozen=True, slots=True)
class Holding:
    """A group that one colleague takes over: one person in danger, or many by part."""

    key: str
    needs: Permission
    members: tuple[CareTeamMember, ...] = ()
    follow_ups: int = 0

    @property
    def patient(self) -> Patient | None:
        """The person, where it is one in danger."""
        return self.members[0].patient if self.key.startswith("person:") else None

    @property
    def parts(self) -> str:
        """As what the person is looked after."""
        return ", ".join(one.get_part_display().lower() for one in self.members)

    @property
    def words(self) -> str:
        """What the group is, without a name."""
        if self.key == FOLLOW_UPS:
            return f"{_number(self.follow_ups, 'follow-up')} assigned by name"
        people = len({one.patient_id for one in self.members})
        said = "person" if people == 1 else "people"
        return f"{people} {said} as {self.members[0].get_part_display().lower()}"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may take over, with how many people they hold now."""

    staff: Staff
    permissions: frozenset[Permission]
    people: int

    @property
    def words(self) -> str:
        said = "person" if self.people == 1 else "people"
        return f"{self.staff.name}, {self.people} {said}"


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def parts_of(clinic: Clinic, staff: Staff) -> Members:
    """Current parts in the care of people who have not left."""
    return _current(clinic).filter(staff=staff)


def _current(clinic: Clinic) -> Members:
    held = CareTeamMember.objects.filter(
        clinic=clinic, until_at=None, patient__in=Patient.objects.in_care()
    )
    return held.select_related("patient", "clinic").order_by("pk")


def assigned_to(clinic: Clinic, staff: Staff) -> FollowUpQuerySet:
    return FollowUp.objects.open().filter(clinic=clinic, assigned_to=staff)


def holdings_of(clinic: Clinic, staff: Staff) -> list[Holding]:
    """People in danger one by one, then the rest by part, then what is assigned by name."""
    members = list(parts_of(clinic, staff))
    endangered = _in_danger(clinic, {one.patient_id for one in members})
    return [
        *_each_alone(one for one in members if one.patient_id in endangered),
        *_by_part(one for one in members if one.patient_id not in endangered),
        *_assigned(clinic, staff),
    ]


def _in_danger(clinic: Clinic, patient_ids: Iterable[int]) -> frozenset[int]:
    """Those with an open concern about their life, or a result that cannot wait."""
    rows = Concern.objects.open().that_cannot_wait().filter(clinic=clinic)
    held = rows.filter(patient__in=list(patient_ids))
    return frozenset(held.values_list("patient_id", flat=True))


def _each_alone(members: Iterable[CareTeamMember]) -> Iterator[Holding]:
    by_person: dict[int, list[CareTeamMember]] = defaultdict(list)
    for one in members:
        by_person[one.patient_id].append(one)
    for pk, held in by_person.items():
        needs = {_needs(one) for one in held}
        most = next((n for n in needs if n in NEEDS.values()), min(needs))
        yield Holding(f"person:{pk}", most, tuple(held))


def _by_part(members: Iterable[CareTeamMember]) -> list[Holding]:
    """The largest group first."""
    by_part: dict[str, list[CareTeamMember]] = defaultdict(list)
    for one in members:
        by_part[one.part].append(one)
    groups = [
        Holding(group_of(held[0]), _needs(held[0]), tuple(held))
        for held in by_part.values()
    ]
    return sorted(groups, key=lambda one: -len(one.members))


def group_of(member: CareTeamMember) -> str:
    """The key of the group of a part."""
    return f"part:{member.part}"


def _needs(member: CareTeamMember) -> Permission:
    return NEEDS.get(CareTeamMember.Part(member.part), Permission.FOLLOW_UP_WORK)


def _assigned(clinic: Clinic, staff: Staff) -> Iterator[Holding]:
    if count := assigned_to(clinic, staff).count():
        yield Holding(FOLLOW_UPS, Permission.FOLLOW_UP_WORK, follow_ups=count)


def colleagues_of(clinic: Clinic, staff: Staff | None = None) -> list[Colleague]:
    """Everybody else at work here who may look after people, the least load first."""
    roles: dict[Staff, set[str]] = defaultdict(set)
    held = Membership.objects.filter(clinic=clinic, staff__is_active=True)
    if staff is not None:
        held = held.exclude(staff=staff)
    for one in held.select_related("staff"):
        roles[one.staff].add(one.role)
    loads = dict(
        _current(clinic)
        .order_by()
        .values("staff")
        .annotate(people=Count("patient", distinct=True))
        .values_list("staff", "people")
    )
    found = [
        Colleague(person, permissions_of(frozenset(its)), loads.get(person.pk, 0))
        for person, its in roles.items()
    ]
    able = (c for c in found if Permission.FOLLOW_UP_WORK in c.permissions)
    return sorted(able, key=lambda one: (one.people, one.staff.name))


def without_access(clinic: Clinic) -> QuerySet[Staff]:
    """Staff who hold parts here and can no longer come in: their parts are vacant."""
    here = Membership.objects.filter(clinic=clinic, staff__is_active=True)
    held = _current(clinic).exclude(staff__in=here.values("staff"))
    left = FollowUp.objects.open().filter(clinic=clinic, assigned_to__isnull=False)
    assigned = left.exclude(assigned_to__in=here.values("staff"))
    return Staff.objects.filter(
        Q(pk__in=held.order_by().values("staff"))
        | Q(pk__in=assigned.values("assigned_to"))
    ).order_by("name")


def last_admin(clinic: Clinic, staff: Staff) -> bool:
    """Whether nobody else is an active admin."""
    admins = Membership.objects.filter(
        clinic=clinic, role=Role.ADMIN, staff__is_active=True
    )
    return (
        admins.filter(staff=staff).exists() and not admins.exclude(staff=staff).exists()
    )
