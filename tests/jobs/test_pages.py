"""The page of the workers, jobs that somebody asked for, and the health answer."""

import datetime as dt
import re
from unittest import mock

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from jobs import broker
from jobs.actions import kinds
from jobs.actions.engine import run_queue
from jobs.actions.kinds import JOBS, JobKind, work_now
from jobs.actions.requests import JobOver, NotYours, ask_job, cancel_job
from jobs.health import pulse
from jobs.models import Claim, Heartbeat, Job, Round
from tests.conftest import NOON, clinic_today
from tests.factories import PatientFactory
from tests.factories.aftercare import owed

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def counting(monkeypatch):
    """A kind of job that counts to its total, one a batch."""

    def advance(job, at):
        job.done += 1
        job.save(update_fields=["done"])
        return job.done < job.total

    monkeypatch.setitem(kinds.KINDS, "count", JobKind("count", advance))


@pytest.fixture
def job(clinic, clinician, counting, noon):
    return ask_job(
        clinic=clinic, kind="count", title="Counting", total=3, by=clinician, at=noon
    )


def failed_claim(clinic, **more):
    usual = {"step": "jobs", "row_id": 1, "next_try_at": NOON, "tries": 3}
    return Claim.objects.create(
        clinic=clinic, claimed_at=NOON, fault="KeyError", **{**usual, **more}
    )


class TestJobs:
    def test_are_done_step_by_step(self, job, clinic, noon):
        assert run_queue(JOBS, clinic_id=clinic.pk, at=noon) == {"batches": 3}

        job.refresh_from_db()
        assert (job.status, job.percent, job.ended_at) == ("done", 100, noon)

    def test_here_and_now(self, job, noon):
        assert work_now(job, at=noon) is True
        job.refresh_from_db()
        assert (job.done, job.is_waiting) == (1, True)

    def test_who_asked_may_stop_it_and_nobody_else_but_an_admin(
        self, job, clinician, prescriber, admin, noon
    ):
        with pytest.raises(NotYours):
            cancel_job(job=job, may_any=False, by=prescriber, at=noon)

        cancel_job(job=job, may_any=False, by=clinician, at=noon)

        job.refresh_from_db()
        assert (job.status, job.ended_at) == ("cancelled", noon)
        with pytest.raises(JobOver):
            cancel_job(job=job, may_any=True, by=admin, at=noon)
        assert AuditEvent.objects.filter(verb="job.cancelled").count() == 1

    def test_what_was_stopped_is_not_gone_on_with(self, job, clinic, clinician, noon):
        cancel_job(job=job, may_any=False, by=clinician, at=noon)

        assert not run_queue(JOBS, clinic_id=clinic.pk, at=noon)
        assert work_now(job, at=noon) is False

    def test_one_that_failed_can_be_tried_again(
        self, job, clinic, monkeypatch, as_admin, noon
    ):
        def breaks(job, at):
            raise KeyError

        with monkeypatch.context() as broken:
            broken.setitem(kinds.KINDS, "count", JobKind("count", breaks))
            for hours in range(3):
                run_queue(JOBS, clinic_id=clinic.pk, at=noon + 2 * hours * HOUR)
        job.refresh_from_db()
        assert job.status == "failed"
        claim = Claim.objects.get()

        as_admin.post(f"/workers/held/{claim.pk}/try-again/")

        job.refresh_from_db()
        assert job.is_waiting
        run_queue(JOBS, clinic_id=clinic.pk, at=noon + 9 * HOUR)
        job.refresh_from_db()
        assert job.status == "done"

    def test_what_was_stopped_meanwhile_is_not_failed(
        self, job, clinic, clinician, monkeypatch, noon
    ):
        cancel_job(job=job, may_any=False, by=clinician, at=noon)

        JOBS.steps[0].on_set_aside(job.pk, noon)

        job.refresh_from_db()
        assert job.status == "cancelled"


class TestBoard:
    @pytest.fixture(autouse=True)
    def _queue(self):
        with mock.patch.object(broker, "answers", return_value=True) as answers:
            self.queue = answers
            yield

    def test_says_that_nobody_was_there_yet(self, as_admin):
        page = text(as_admin.get("/workers/"))

        assert "have not been here yet" in page
        assert "No round has found anything to do yet" in page
        assert "does not answer" not in page

    def test_says_what_was_done_and_what_comes(self, as_admin, clinic):
        now = timezone.now()
        Heartbeat.objects.create(clinic=clinic, queue="follow_ups", beat_at=now)
        Round.objects.create(
            clinic=clinic,
            queue="follow_ups",
            done_at=now,
            counts={"due": 7, "missed": 3},
        )
        today = clinic_today(now)
        for days in (0, 1, 5, 9):
            owed(PatientFactory(clinic=clinic), days + (today - NOON.date()).days)

        page = text(as_admin.get("/workers/"))

        assert "7 due, 3 missed" in page
        assert "On time, last here" in page
        numbers = re.findall(r'<td class="mst-num">(\d+)</td>', page)
        assert numbers == ["1", "2", "3", "0", "1", "3"]

    def test_says_that_the_workers_are_late(self, as_admin, clinic):
        Heartbeat.objects.create(clinic=clinic, queue="mail", beat_at=NOON)

        assert "Late: last here" in text(as_admin.get("/workers/"))

    def test_says_that_the_queue_is_away(self, as_admin):
        self.queue.return_value = False

        assert "The queue that wakes the workers does not answer" in text(
            as_admin.get("/workers/")
        )

    def test_what_needs_somebody_comes_first(self, as_admin, clinic, job):
        failed_claim(clinic, row_id=job.pk, set_aside_at=NOON)
        failed_claim(clinic, step="staff_mail", row_id=7)

        page = text(as_admin.get("/workers/"))

        order = [
            page.index(words)
            for words in (
                "Needs somebody",
                "Set aside after 3 tries: KeyError",
                "Failed, tried again by itself",
                "Running",
                "By the clock",
            )
        ]
        assert order == sorted(order)
        assert "Counting" in page

    def test_one_that_runs_is_stopped_there(self, as_admin, job):
        assert "0 of 3" in text(as_admin.get("/workers/"))

        page = text(as_admin.post(f"/workers/jobs/{job.pk}/stop/", follow=True))

        assert "What it had done so far is kept" in page
        assert "Cancelled" in page
        again = text(as_admin.post(f"/workers/jobs/{job.pk}/stop/", follow=True))
        assert "over already" in again

    def test_what_failed_is_tried_again_once(self, as_admin, clinic):
        claim = failed_claim(clinic)
        url = f"/workers/held/{claim.pk}/try-again/"

        assert "tried again with the next round" in text(
            as_admin.post(url, follow=True)
        )
        assert "done already" in text(as_admin.post(url, follow=True))

    def test_another_clinics_are_not_there(
        self, as_admin, other_clinic, clinician, counting, noon
    ):
        claim = failed_claim(other_clinic)
        job = Job.objects.create(
            clinic=other_clinic,
            kind="count",
            title="Theirs",
            total=1,
            asked_by=clinician,
            asked_at=noon,
        )

        for path in (f"held/{claim.pk}/try-again/", f"jobs/{job.pk}/stop/"):
            assert as_admin.post(f"/workers/{path}").status_code == 404
        assert "Theirs" not in text(as_admin.get("/workers/"))


class TestPulse:
    def test_of_the_whole_site(self, clinic, other_clinic):
        Heartbeat.objects.create(clinic=clinic, queue="mail", beat_at=NOON)
        failed_claim(other_clinic, set_aside_at=NOON)

        signs = pulse(at=NOON)

        assert (signs.beat_at, signs.set_aside) == (NOON, 1)
        assert not signs.is_late(at=NOON + dt.timedelta(seconds=60))
        assert signs.is_late(at=NOON + dt.timedelta(seconds=61))


def test_nobody_at_the_queues_door_is_a_no(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert broker.answers() is False
