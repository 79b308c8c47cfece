"""The rounds of the background workers at one clinic, batch after batch.

Each batch is a transaction of its own that sees this clinic alone: a round that is
killed loses at most one batch, which the next round does.
"""

from collections import Counter
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from accounts import tenancy
from accounts.models import Clinic
from accounts.tenancy import clinic_day
from aftercare.actions import sending, sweeping
from aftercare.actions.catching_up import catch_up
from aftercare.models import SweepRun

BATCH = 500
MAILS = 100
# A round that found nothing is written down this often.
QUIET = timedelta(seconds=60)
# How far back the very first round looks for what changed.
FIRST = timedelta(days=1)


def at_work(clinic_id: int) -> AbstractContextManager[None]:
    """A transaction of the workers, at this clinic alone."""
    return tenancy.clinics([clinic_id], actor="system:sweep")


def sweep_clinic(*, clinic_id: int, at: datetime, batch: int = BATCH) -> Counter[str]:
    """Catch up with what changed; mark, escalate and remind until nothing is left."""
    clinic = Clinic.objects.get(pk=clinic_id)
    on = clinic_day(clinic, at)
    with at_work(clinic_id):
        since = _last_round(clinic_id)
        people = catch_up(clinic_id=clinic_id, since=since or at - FIRST, at=at)
    done = +Counter(rescheduled=people)
    while True:
        with at_work(clinic_id):
            counts = sweeping.sweep_follow_ups(
                clinic_id=clinic_id, on=on, at=at, batch=batch
            )
        if not counts:
            break
        done += counts
    _note(clinic_id, SweepRun.Name.FOLLOW_UPS, done, at)
    return done


def _last_round(clinic_id: int) -> datetime | None:
    runs = SweepRun.objects.filter(clinic=clinic_id, name=SweepRun.Name.FOLLOW_UPS)
    return runs.values_list("finished_at", flat=True).order_by("-finished_at").first()


def send_clinic_notices(
    *, clinic_id: int, at: datetime, batch: int = MAILS
) -> Counter[str]:
    """Send every e-mail that is owed now, to staff and to people in care."""
    done: Counter[str] = Counter()
    for claim, deliver in (
        (sending.claim_notices, sending.deliver),
        (sending.claim_check_ins, sending.deliver_check_ins),
    ):
        while True:
            with at_work(clinic_id):
                ids = claim(clinic_id=clinic_id, at=at, batch=batch)
            if not ids:
                break
            with at_work(clinic_id):
                sent, failed = deliver(ids, at=at)
            done += Counter(sent=sent, failed=failed)
    _note(clinic_id, SweepRun.Name.NOTICES, done, at)
    return done


def _note(clinic_id: int, name: str, done: Counter[str], at: datetime) -> None:
    """Keep what a round did. Rounds that found nothing share one row."""
    with at_work(clinic_id):
        runs = SweepRun.objects.filter(clinic=clinic_id, name=name)
        last = runs.order_by("-finished_at", "-pk").first()
        if done or last is None or last.counts:
            SweepRun.objects.create(
                clinic_id=clinic_id,
                name=name,
                started_at=at,
                finished_at=at,
                counts=dict(done),
            )
        elif last.finished_at + QUIET <= at:
            runs.filter(pk=last.pk).update(finished_at=at)
