"""Look at everybody in care before a rule is signed: whose options would change."""

from contextlib import AbstractContextManager
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit, tenancy
from accounts.models import Clinic, Staff
from knowledge.edition_text import restored
from knowledge.editions import Knowledge, knowledge
from knowledge.policy import Policy
from medications.actions.house import Proposed, check, policy_with
from medications.assembly import pictures_of
from medications.house import policy_of, stances_of
from medications.impact import Moved, comparable, impact, weighing
from medications.models import ImpactChange, ImpactRun, KnowledgeEdition
from patients.models import Patient

BATCH = 100
# A run that failed so often is not tried again.
TRIES = 3


class ImpactRefused(Exception):
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
    check(proposed, stances_of(clinic.pk), on=at.date())
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
    """The digest of the newest kept edition other than the one in use."""
    kept = KnowledgeEdition.objects.filter(clinic=clinic_id)
    others = kept.exclude(digest=knowledge().digest)
    return others.order_by("-kept_at", "-pk").values_list("digest", flat=True).first()


def _begin(clinic: Clinic, by: Staff, at: datetime, **asked: object) -> ImpactRun:
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    if waiting(clinic.pk).exists():
        raise StillUnderWay("Another look at who it changes is still under way here.")
    run = ImpactRun.objects.create(
        clinic=clinic,
        knowledge_digest=knowledge().digest,
        people=in_care(clinic.pk).count(),
        asked_at=at,
        asked_by=by,
        **asked,
    )
    audit.record(
        "knowledge.impact_asked", run, by=by, at=at, rule=run.rule, stance=run.stance
    )
    return run


def waiting(clinic_id: int) -> QuerySet[ImpactRun]:
    return ImpactRun.objects.filter(
        clinic_id=clinic_id, status=ImpactRun.Status.WAITING
    )


def in_care(clinic_id: int) -> QuerySet[Patient]:
    return Patient.objects.in_care().filter(clinic_id=clinic_id).order_by("pk")


@transaction.atomic
def work_off(*, run: ImpactRun, at: datetime, batch: int = BATCH) -> bool:
    """Look at the next few people; whether anybody is left.

    The row is locked: of two workers one goes on, the other finds nothing to do.
    """
    todo = ImpactRun.objects.select_for_update(skip_locked=True)
    found = todo.filter(pk=run.pk, status=ImpactRun.Status.WAITING).first()
    if found is None:
        return False
    if found.knowledge_digest != knowledge().digest:
        # Half of the answer would come from other rules than the rest.
        _end(found, ImpactRun.Status.FAILED, at)
        return False
    people = list(in_care(found.clinic_id).filter(pk__gt=found.up_to)[:batch])
    _look_at(found, people)
    if len(people) < batch:
        _end(found, ImpactRun.Status.DONE, at)
    return len(people) == batch


def _look_at(run: ImpactRun, people: list[Patient]) -> None:
    # Everybody is seen as at the moment that was asked about.
    pictures = pictures_of(people, at=run.asked_at)
    moved = impact(
        pictures.items(),
        before=weighing(_earlier(run), Policy.from_json(run.before)),
        after=weighing(knowledge(), Policy.from_json(run.after)),
    )
    ImpactChange.objects.bulk_create(
        _change(run, pk, one) for pk, each in moved for one in each
    )
    if people:
        run.up_to = people[-1].pk
        run.looked_at += len(people)
        run.save(update_fields=["up_to", "looked_at"])


def _earlier(run: ImpactRun) -> Knowledge:
    """The knowledge that today's is compared with: today's own, for one rule."""
    if not run.earlier_digest:
        return knowledge()
    edition = KnowledgeEdition.objects.get(
        clinic=run.clinic_id, digest=run.earlier_digest
    )
    return comparable(restored(edition.content), knowledge())


def _change(run: ImpactRun, patient_id: int, moved: Moved) -> ImpactChange:
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


def _end(run: ImpactRun, status: str, at: datetime) -> None:
    run.status, run.finished_at = status, at
    run.save(update_fields=["status", "finished_at"])


def work_off_clinic(*, clinic_id: int, at: datetime, batch: int = BATCH) -> int:
    """Finish every run of a clinic, one batch a transaction; how many batches it took.

    A batch that fails is counted in its run and left for the next round.
    """
    done = 0
    with _at_work(clinic_id):
        runs = list(waiting(clinic_id))
    for run in runs:
        try:
            done += _whole(run, at, batch)
        except Exception:
            with _at_work(clinic_id):
                note_failure(run=run, at=at)
            raise
    return done


def _whole(run: ImpactRun, at: datetime, batch: int) -> int:
    done, is_more = 0, True
    while is_more:
        with _at_work(run.clinic_id):
            is_more = work_off(run=run, at=at, batch=batch)
        done += 1
    return done


def _at_work(clinic_id: int) -> AbstractContextManager[None]:
    return tenancy.clinics([clinic_id], actor="system:impact")


def note_failure(*, run: ImpactRun, at: datetime) -> None:
    """Count a failed try; the last one ends the run."""
    found = ImpactRun.objects.select_for_update().get(pk=run.pk)
    found.tries += 1
    found.save(update_fields=["tries"])
    if found.tries >= TRIES and found.status == ImpactRun.Status.WAITING:
        _end(found, ImpactRun.Status.FAILED, at)


@transaction.atomic
def note_export(*, run: ImpactRun, by: Staff, at: datetime) -> None:
    """Write down who takes the list of a run along, before it is sent."""
    audit.record("knowledge.impact_exported", run, by=by, at=at)
