"""Look at everybody in care before a rule is signed: whose options would change."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import Clinic, Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from assessments.picture.assemble import pictures_of
from jobs.actions.kinds import JobKind
from jobs.actions.requests import ask_job, end_job
from jobs.models import Job
from knowledge.edition_text import restored
from knowledge.editions import Knowledge, knowledge
from knowledge.policy import Policy
from medications.actions.sign_rules import Proposed, check, policy_with
from medications.clinic_policy.policy import policy_of, stances_of
from medications.models import ImpactChange, ImpactRun, KnowledgeEdition
from medications.options.compare import MovedOption, comparable, impact, weighing
from patients.models import Patient

KIND = "impact"
BATCH = 100


class ImpactRefused(Refused):
    """Who would be touched cannot be looked at now."""


class StillUnderWay(ImpactRefused):
    """A run of this clinic is not finished yet."""


class NoEarlierEdition(ImpactRefused):
    """This clinic kept no edition other than the one in use."""


@transaction.atomic
def ask_impact(
    *, clinic: Clinic, proposed: Proposed, by: Staff, at: datetime
) -> ImpactRun:
    """Begin to look at everybody in care; refuses what could not be signed, and a
    second run beside an open one."""
    check(proposed, stances_of(clinic.pk), on=clinic_day(clinic, at))
    before, after = policy_with(clinic.pk, proposed)
    return _begin(
        clinic,
        by,
        at,
        rule=proposed.rule,
        version=proposed.version,
        stance=proposed.stance,
        before=before.as_json(),
        after=after.as_json(),
    )


@transaction.atomic
def ask_edition_impact(*, clinic: Clinic, by: Staff, at: datetime) -> ImpactRun:
    """The same for the edition in use against the last other one decided by here."""
    earlier = earlier_edition(clinic.pk)
    if earlier is None:
        raise NoEarlierEdition("This clinic has decided by no other edition yet.")
    policy = policy_of(clinic.pk).as_json()
    return _begin(clinic, by, at, earlier_digest=earlier, before=policy, after=policy)


def earlier_edition(clinic_id: int) -> str | None:
    """The digest of the newest kept edition other than the one in use; None where its
    rules were added up otherwise, so that the two cannot be compared."""
    kept = KnowledgeEdition.objects.filter(clinic=clinic_id)
    others = kept.exclude(digest=knowledge().digest)
    last = others.order_by("-kept_at", "-pk").first()
    if last is None or restored(last.content).engine != knowledge().engine:
        return None
    return last.digest


def _begin(clinic: Clinic, by: Staff, at: datetime, **asked: object) -> ImpactRun:
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    if waiting(clinic.pk).exists():
        raise StillUnderWay("Another look at who it changes is still under way here.")
    job = ask_job(
        clinic=clinic,
        kind=KIND,
        title=f"Whose options change: {asked.get('rule') or 'this edition'}",
        total=in_care(clinic.pk).count(),
        by=by,
        at=at,
    )
    run = ImpactRun.objects.create(
        clinic=clinic, job=job, knowledge_digest=knowledge().digest, **asked
    )
    audit.record(
        "knowledge.impact_asked", run, by=by, at=at, rule=run.rule, stance=run.stance
    )
    return run


def waiting(clinic_id: int) -> QuerySet[ImpactRun]:
    return ImpactRun.objects.filter(clinic_id=clinic_id, job__status=Job.Status.WAITING)


def in_care(clinic_id: int) -> QuerySet[Patient]:
    return Patient.objects.in_care().filter(clinic_id=clinic_id).order_by("pk")


def advance(job: Job, at: datetime, *, batch: int = BATCH) -> bool:
    """Look at the next few people; whether anybody is left."""
    run = ImpactRun.objects.select_related("job__asked_by").get(job=job)
    if run.knowledge_digest != knowledge().digest:
        # Half of the answer would come from other rules than the rest.
        end_job(job, Job.Status.FAILED, at=at)
        return False
    people = list(in_care(run.clinic_id).filter(pk__gt=job.up_to)[:batch])
    _look_at(run, people, asked_at=job.asked_at)
    if people:
        job.up_to, job.done = people[-1].pk, job.done + len(people)
        job.save(update_fields=["up_to", "done"])
    return len(people) == batch


IMPACT = JobKind(KIND, advance)


def _look_at(run: ImpactRun, people: list[Patient], *, asked_at: datetime) -> None:
    # Everybody is seen as at the moment that was asked about.
    pictures = pictures_of(people, at=asked_at)
    moved = impact(
        pictures.items(),
        before=weighing(_earlier(run), Policy.from_json(run.before)),
        after=weighing(knowledge(), Policy.from_json(run.after)),
    )
    ImpactChange.objects.bulk_create(
        _change(run, pk, one) for pk, each in moved for one in each
    )


def _earlier(run: ImpactRun) -> Knowledge:
    """The knowledge that today's is compared with: today's own, for one rule."""
    if not run.earlier_digest:
        return knowledge()
    edition = KnowledgeEdition.objects.get(
        clinic=run.clinic_id, digest=run.earlier_digest
    )
    return comparable(restored(edition.content), knowledge())


def _change(run: ImpactRun, patient_id: int, moved: MovedOption) -> ImpactChange:
    return ImpactChange(
        clinic_id=run.clinic_id,
        run=run,
        patient_id=patient_id,
        medication=moved.medication,
        before=moved.before,
        after=moved.after,
        rank_before=moved.rank_before,
        rank_after=moved.rank_after,
        gone=list(moved.gone),
        new=list(moved.new),
    )


@transaction.atomic
def note_export(*, run: ImpactRun, by: Staff, at: datetime) -> None:
    """Write down who takes the list of a run along, before it is sent."""
    audit.record("knowledge.impact_exported", run, by=by, at=at)
