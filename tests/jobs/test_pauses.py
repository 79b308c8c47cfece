"""Queues that rest: asked for, honoured by the workers, ended by somebody or by themselves."""

import datetime as dt
from collections import Counter
from unittest import mock

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.permissions import Role
from jobs import broker, health
from jobs.actions import pauses
from jobs.actions.engine import run_queue
from jobs.actions.pauses import (
    GoesOnAlready,
    NotPaused,
    QueuePaused,
    TooLong,
    go_on,
    pause_queues,
    stop_if_paused,
)
from jobs.health import pulse, work_signs
from jobs.models import Claim, Heartbeat, QueuePause
from jobs.queues import QUEUES, SAFETY_REST, Delivery, Queue, WorkStep
from patients.models import Patient
from tests.conftest import markup, signed_in
from tests.factories import PatientFactory, StaffFactory

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
SAFETY = "alert_calls"


@pytest.fixture
def rest(clinic, admin, noon):
    """Let queues of the clinic rest."""

    def do(*queues, minutes=None, at=noon):
        of = {"clinic": clinic, "queues": queues, "reason": "New mail server"}
        return pause_queues(**of, minutes=minutes, by=admin, at=at)

    return do


class TestAsking:
    def test_keeps_who_and_why_and_says_so_in_the_audit(self, rest, admin, noon):
        [pause] = rest("mail")

        assert (pause.paused_by, pause.reason) == (admin, "New mail server")
        assert QueuePause.objects.in_force(at=noon + 9 * MINUTE).get() == pause
        event = AuditEvent.objects.get(verb="queue.paused")
        assert event.facts == {"queue": "mail", "minutes": None}

    def test_ends_by_itself(self, rest, noon):
        rest("mail", minutes=30)

        assert QueuePause.objects.in_force(at=noon + 29 * MINUTE).exists()
        assert not QueuePause.objects.in_force(at=noon + 30 * MINUTE).exists()
        [again] = rest("mail", at=noon + 31 * MINUTE)
        assert QueuePause.objects.open().get() == again

    def test_what_rests_already_stays_as_it_is(self, rest, noon):
        rest("mail")

        assert [one.queue for one in rest("mail", "messages")] == ["messages"]
        with pytest.raises(NotPaused):
            rest("mail")

    @pytest.mark.parametrize("minutes", [None, 16])
    def test_what_lives_hang_on_rests_for_minutes(self, rest, minutes):
        with pytest.raises(TooLong, match="15 minutes at most"):
            rest(SAFETY, minutes=minutes)
        assert not QueuePause.objects.exists()

    def test_and_not_twice_in_a_row(self, rest, admin, noon):
        [pause] = rest(SAFETY, minutes=15)
        go_on(pause=pause, by=admin, at=noon + 5 * MINUTE)

        with pytest.raises(TooLong, match="has to run"):
            rest(SAFETY, minutes=15, at=noon + 19 * MINUTE)
        assert rest(SAFETY, minutes=15, at=noon + 20 * MINUTE)

    def test_somebody_lets_it_go_on_once(self, rest, admin, noon):
        [pause] = rest("mail")

        go_on(pause=pause, by=admin, at=noon + MINUTE)

        pause.refresh_from_db()
        assert (pause.ended_by, pause.ended_at) == (admin, noon + MINUTE)
        with pytest.raises(GoesOnAlready):
            go_on(pause=pause, by=admin, at=noon + MINUTE)

    def test_one_whose_time_is_over_goes_on_already(self, rest, admin, noon):
        [pause] = rest("mail", minutes=5)

        with pytest.raises(GoesOnAlready):
            go_on(pause=pause, by=admin, at=noon + 5 * MINUTE)


@pytest.fixture
def people(clinic):
    return [PatientFactory(clinic=clinic, used_name="") for _ in range(5)]


def waiting(_):
    return Patient.objects.filter(used_name="").order_by("pk")


def do(rows):
    Patient.objects.filter(pk__in=[row.pk for row in rows]).update(used_name="done")
    return Counter(did=len(rows))


@pytest.fixture
def tried(monkeypatch):
    def make(step, prepare=None):
        queue = Queue(name="try", title="A try", size=2, steps=(step,), prepare=prepare)
        monkeypatch.setitem(QUEUES, "try", queue)
        return queue

    return make


class TestWorkers:
    def test_do_nothing_of_it_and_are_not_silent(
        self, rest, people, tried, clinic, noon
    ):
        prepared = mock.Mock(return_value=Counter(owed=1))
        step = WorkStep(name="s", waiting=waiting, work=lambda rows, _: do(rows))
        queue = tried(step, prepare=prepared)
        [pause] = rest("try")

        assert not run_queue(queue, clinic_id=clinic.pk, at=noon)

        assert waiting(None).count() == 5
        assert not prepared.called
        assert Heartbeat.objects.get(queue="try").beat_at == noon
        go_on(pause=pause, by=pause.paused_by, at=noon)
        done = run_queue(queue, clinic_id=clinic.pk, at=noon)
        assert done == {"owed": 1, "did": 5}

    def test_a_batch_under_way_is_not_kept(self, people, tried, clinic, noon):
        """Not paused as it is begun, paused as it is about to be kept."""
        step = WorkStep(name="s", waiting=waiting, work=lambda rows, _: do(rows))
        with mock.patch.object(pauses, "is_paused", return_value=True):
            assert not run_queue(tried(step), clinic_id=clinic.pk, at=noon)

        assert waiting(None).count() == 5
        assert not Claim.objects.exists()

    def test_what_was_prepared_is_not_kept(self, people, tried, clinic, noon):
        def prepare(*_):
            return do(people)

        queue = tried(
            WorkStep(name="s", waiting=waiting, work=lambda rows, _: do(rows)),
            prepare=prepare,
        )
        with mock.patch.object(pauses, "is_paused", return_value=True):
            assert not run_queue(queue, clinic_id=clinic.pk, at=noon)

        assert waiting(None).count() == 5

    def test_of_messages_the_rest_stays(self, rest, people, tried, clinic, noon):
        sent = []

        def deliver(rows, _):
            sent.append(rows[0].pk)
            do(rows)
            rest("try")
            return {}

        queue = tried(Delivery(name="s", waiting=waiting, deliver=deliver))

        done = run_queue(queue, clinic_id=clinic.pk, at=noon)

        assert done == {"sent": 1}
        assert (len(sent), waiting(None).count()) == (1, 4)
        # The other one of the batch was leased, and waits as if nobody had taken it.
        assert not Claim.objects.exists()

    def test_a_row_that_failed_before_keeps_its_tries(
        self, people, tried, clinic, noon
    ):
        one = people[0]
        Claim.objects.create(
            clinic=clinic,
            step="s",
            row_id=one.pk,
            tries=2,
            fault="KeyError",
            claimed_at=noon,
        )
        step = WorkStep(name="s", waiting=waiting, work=lambda rows, _: do(rows))
        with mock.patch.object(pauses, "is_paused", return_value=True):
            run_queue(tried(step), clinic_id=clinic.pk, at=noon)

        claim = Claim.objects.get(row_id=one.pk)
        assert (claim.tries, claim.leased_until) == (2, None)

    def test_stop_says_so(self, rest, clinic, noon):
        stop_if_paused("mail", clinic_id=clinic.pk, at=noon)
        rest("mail")

        with pytest.raises(QueuePaused):
            stop_if_paused("mail", clinic_id=clinic.pk, at=noon)


@pytest.fixture
def _quiet_queue():
    with mock.patch.object(broker, "answers", return_value=True):
        yield


@pytest.mark.usefixtures("_quiet_queue")
class TestBoard:
    def test_a_queue_is_paused_and_goes_on_there(self, as_admin, clinic):
        answer = as_admin.post(
            reverse("jobs:pause"),
            {"queue": "mail", "minutes": "", "reason": "New mail server"},
            follow=True,
        )

        shown = markup(answer)
        assert "New mail server" in shown
        assert "until somebody lets it go on" in shown
        [pause] = QueuePause.objects.all()
        shown = markup(as_admin.post(f"/workers/pauses/{pause.pk}/go-on/", follow=True))
        assert "It goes on with the next round" in shown
        assert "New mail server" not in shown

    def test_all_but_safety_in_one_press(self, as_admin):
        as_admin.post(
            reverse("jobs:pause"), {"queue": "all", "minutes": "60", "reason": "Moves"}
        )

        resting = set(QueuePause.objects.values_list("queue", flat=True))
        assert resting == {n for n, one in QUEUES.items() if not one.is_safety}
        assert "Pause all but safety" not in markup(as_admin.get("/workers/"))

    def test_says_at_the_field_what_is_too_long(self, as_admin):
        answer = as_admin.post(
            reverse("jobs:pause"), {"queue": SAFETY, "minutes": "60", "reason": "Moves"}
        )

        assert answer.status_code == 400
        assert "15 minutes at most" in markup(answer)
        assert "Moves" in markup(answer)

    def test_nobody_else_pauses(self, as_clinician):
        assert as_clinician.get(reverse("jobs:pause")).status_code == 403
        assert "jobs/pause" not in markup(as_clinician.get("/workers/"))

    def test_counts_what_has_to_be_none(self, as_admin, clinic):
        assert "People without a next step" in markup(as_admin.get("/workers/"))


class TestSilence:
    @pytest.fixture(autouse=True)
    def _nothing_known(self):
        cache.clear()
        yield
        cache.clear()

    def beat(self, clinic, at, *queues):
        for queue in queues or QUEUES:
            Heartbeat.objects.update_or_create(
                clinic=clinic, queue=queue, defaults={"beat_at": at}
            )

    def test_is_told_after_minutes(self, clinic, noon):
        self.beat(clinic, noon)

        assert not work_signs(clinic.pk, at=noon + health.SILENT)
        signs = work_signs(clinic.pk, at=noon + health.SILENT + MINUTE)
        assert (signs.is_silent, signs.silent_since) == (True, noon)

    def test_of_a_queue_that_lives_hang_on_too(self, clinic, noon):
        self.beat(clinic, noon, SAFETY)
        later = noon + health.STUCK + MINUTE
        self.beat(clinic, later, "mail")

        assert work_signs(clinic.pk, at=later).stuck == (QUEUES[SAFETY].title,)
        assert pulse(at=later).silent >= 1

    def test_is_told_to_admins_and_the_duty_role(
        self, clinic, as_admin, as_clinician, clinician
    ):
        clinic.duty_role = Role.CARE_MANAGER
        clinic.save()
        duty = StaffFactory(roles={clinic: [Role.CARE_MANAGER]})
        url = reverse("medications:knowledge")

        for client in (as_admin, signed_in(duty)):
            assert "The workers are silent" in markup(client.get(url))
        assert "The workers are silent" not in markup(as_clinician.get(url))

    def test_costs_most_pages_no_statement(self, as_admin):
        def asked():
            with CaptureQueriesContext(connection) as captured:
                as_admin.get(reverse("medications:knowledge"))
            return sum("jobs_heartbeat" in one["sql"] for one in captured)

        assert (asked(), asked()) == (1, 0)

    def test_a_pause_of_what_lives_hang_on_stands_above_every_page(
        self, clinic, rest, as_admin
    ):
        now = dt.datetime.now(dt.UTC)
        self.beat(clinic, now)
        with time_machine.travel(now, tick=False):
            rest(SAFETY, "mail", minutes=15, at=now)
            shown = markup(as_admin.get(reverse("medications:knowledge")))
            told = pulse(at=now)

        bar = shown.partition('id="work-bar"')[2].partition("</section>")[0]
        assert "Paused until" in bar
        assert QUEUES[SAFETY].title in bar
        assert QUEUES["mail"].title not in bar
        assert (told.paused, told.paused_safety) == (2, 1)

    def test_the_longest_rest_is_declared(self):
        assert {n for n, one in QUEUES.items() if one.rests_at_most} == {SAFETY, "care"}
        assert SAFETY_REST == 15 * MINUTE


def test_a_pause_that_is_over_is_kept_as_it_was(rest, admin, noon):
    [pause] = rest("mail")
    go_on(pause=pause, by=admin, at=noon + MINUTE)

    pause.reason = "Another"
    with pytest.raises(DatabaseError), transaction.atomic():
        pause.save()
