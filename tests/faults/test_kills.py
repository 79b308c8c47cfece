"""Parts of a live site are killed, cut off, filled up or kept waiting."""

import base64
import json
import os
import signal
import threading
import time
from collections import Counter

import psycopg2
import pytest
import redis

from accounts.models import AuditEvent
from aftercare.models import FollowUp
from config.local import roles
from jobs.models import Claim
from plans import content
from plans.models import Plan, Signature
from tests.faults.site import CONNECTIONS, record_is_whole, see_all, until

pytestmark = pytest.mark.faults

# What an answer may take that waits for a lock: its limit, and a little.
LOCK_LIMIT = 4 + 4


class Signing:
    """One person signs plan after plan while something happens."""

    def __init__(self, browser, plans):
        self.browser = browser
        self.sent = {plan.pk: {"shown": content.digest(plan)} for plan in plans}
        self.answers = {}
        self.thread = threading.Thread(target=self._work)

    def _work(self):
        for pk, sent in self.sent.items():
            self.answers[pk] = self.browser.post(f"/plans/{pk}/sign/", sent)

    def __enter__(self):
        self.thread.start()
        until(lambda: self.answers, 60, "a first answer")
        return self

    def __exit__(self, *_):
        self.thread.join()

    def again(self):
        """What was not acknowledged is sent once more, as somebody would."""
        for pk, answer in self.answers.items():
            if not answer.is_done:
                self.browser.post(f"/plans/{pk}/sign/", self.sent[pk])

    def must_hold(self, site):
        """Whatever was acknowledged is there, whole and once; nothing is half there."""
        site.connect()
        for pk, answer in self.answers.items():
            plan = Plan.objects.get(pk=pk)
            whole = 0 if plan.is_draft else 1
            assert not (answer.is_done and plan.is_draft)
            assert Signature.objects.filter(plan=plan).count() == whole
            events = signed_events(pk)
            assert events.count() == whole
            keys = Counter(
                FollowUp.objects.filter(plan=plan).values_list("key", flat=True)
            )
            assert bool(keys) == bool(whole)
            assert set(keys.values()) <= {1}


def signed_events(pk):
    return AuditEvent.objects.filter(verb="plan.signed", subject=f"plans.plan:{pk}")


def test_web_killed_while_signing_keeps_what_was_acknowledged(site, ines, plans):
    with Signing(ines, plans(12)) as signing:
        site.kill("web")
        site.start("web")

    signing.must_hold(site)
    signing.again()
    assert not Plan.objects.drafts().filter(pk__in=signing.sent).exists()
    assert record_is_whole(site)


def test_web_killed_before_its_commit_leaves_the_plan_unsigned(site, ines, plans):
    (plan,) = plans(1)
    sent = {"shown": content.digest(plan)}
    way = site.sql()
    way.autocommit = False
    # Its plan has been changed by then; the row of the signature waits.
    way.cursor().execute("LOCK TABLE plans_signature IN EXCLUSIVE MODE")
    sending = threading.Thread(target=ines.post, args=(f"/plans/{plan.pk}/sign/", sent))
    sending.start()
    until(lambda: waits_for_lock(site), 10, "the signature at the lock")
    site.kill("web")
    way.close()
    sending.join()
    site.start("web")

    plan.refresh_from_db()
    assert plan.is_draft
    assert not signed_events(plan.pk).exists()
    assert not FollowUp.objects.filter(plan=plan).exists()
    assert ines.post(f"/plans/{plan.pk}/sign/", sent).is_done
    assert signed_events(plan.pk).count() == 1


def waits_for_lock(site):
    with site.sql() as way, way.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE usename = %s"
            " AND wait_event_type = 'Lock'",
            [roles.APPLICATION],
        )
        return cursor.fetchone()


def test_postgres_killed_while_signing_is_said_and_heals(site, ines, plans):
    with Signing(ines, plans(12)) as signing:
        site.kill("postgres")
        away = ines.get("/")
        site.start("postgres")

    assert away.status == 503
    assert away.headers["Retry-After"] == "5"
    assert "Traceback" not in away.text
    assert {one.status for one in signing.answers.values()} <= {302, 503}
    until(lambda: ines.get("/").status == 200, 10, "the pages again")
    signing.must_hold(site)
    signing.again()
    assert not Plan.objects.drafts().filter(pk__in=signing.sent).exists()
    assert record_is_whole(site)


def test_ended_sessions_of_the_database_heal(site, ines, plans):
    with Signing(ines, plans(10)) as signing:
        for _ in range(3):
            with site.sql() as way, way.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE usename = %s",
                    [roles.APPLICATION],
                )
            time.sleep(0.2)

    assert {one.status for one in signing.answers.values()} <= {302, 503}
    signing.must_hold(site)
    assert ines.get("/").status == 200


def test_without_the_queue_signing_works_at_once(site, ines, plans):
    (plan,) = plans(1)
    sent = {"shown": content.digest(plan)}
    site.kill("queue")
    began = time.monotonic()

    answer = ines.post(f"/plans/{plan.pk}/sign/", sent)

    assert answer.is_done
    assert time.monotonic() - began < 3
    assert FollowUp.objects.filter(plan=plan).exists()


def test_a_queue_that_hangs_holds_no_page(site, ines, plans):
    (plan,) = plans(1)
    sent = {"shown": content.digest(plan)}
    queue = site.running["queue"]
    os.kill(queue.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        answer = ines.post(f"/plans/{plan.pk}/sign/", sent)
        took = time.monotonic() - began
    finally:
        os.kill(queue.pid, signal.SIGCONT)

    assert answer.is_done
    assert took < 5


def test_a_full_queue_keeps_nobody_from_signing(site, ines, plans):
    (plan,) = plans(1)
    sent = {"shown": content.digest(plan)}
    broker = redis.Redis.from_url(site.queue.url)
    broker.config_set("maxmemory", "1")
    try:
        assert ines.post(f"/plans/{plan.pk}/sign/", sent).is_done
    finally:
        broker.config_set("maxmemory", "0")


def promised(plan):
    """What a plan owes, by key, and that its due part was done."""
    see_all()
    return Counter(FollowUp.objects.filter(plan=plan).values_list("key", flat=True))


def waits(plan):
    see_all()
    due = FollowUp.objects.filter(plan=plan, earliest_on__lte=day_signed(plan))
    return due.filter(status="planned").exists()


def day_signed(plan):
    return plan.signed_at.date()


def signed(browser, plan):
    answer = browser.post(f"/plans/{plan.pk}/sign/", {"shown": content.digest(plan)})
    assert answer.is_done
    plan.refresh_from_db()
    return promised(plan)


def test_a_worker_killed_at_work_leaves_it_to_the_next(behind, ines, plans):
    many = plans(4)
    before = {plan.pk: signed(ines, plan) for plan in many}
    behind.kill("worker")
    behind.start("worker")

    until(lambda: not any(map(waits, many)), 60, "what is due")
    assert {plan.pk: promised(plan) for plan in many} == before
    assert not Claim.objects.set_aside().exists()


def test_an_emptied_queue_loses_nothing(behind, ines, plans):
    (plan,) = plans(1)
    before = signed(ines, plan)
    redis.Redis.from_url(behind.queue.url).flushall()

    until(lambda: not waits(plan), 60, "what is due")
    assert promised(plan) == before


def test_two_clocks_do_everything_once(behind, ines, plans):
    behind.start("beat-2")
    (plan,) = plans(1)
    before = signed(ines, plan)

    until(lambda: not waits(plan), 60, "what is due")
    assert promised(plan) == before
    assert set(before.values()) == {1}


CANARY = "Zugvogel"
ENVELOPE = {
    "body": base64.b64encode(CANARY.encode()).decode(),
    "content-type": "application/x-python-serialize",
    "content-encoding": "binary",
    "headers": {"task": "jobs.tasks.tick", "id": "1", "lang": "py"},
    "properties": {
        "delivery_tag": "1",
        "body_encoding": "base64",
        "delivery_info": {"exchange": "", "routing_key": "celery"},
    },
}
UNREADABLE = {
    "no JSON": f"no JSON of {CANARY}".encode(),
    "no text": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
    "no envelope": json.dumps([CANARY]).encode(),
    "half an envelope": json.dumps({"body": CANARY}).encode(),
    "a pickle in an envelope": json.dumps(ENVELOPE).encode(),
}


@pytest.mark.parametrize("message", UNREADABLE.values(), ids=UNREADABLE)
def test_a_message_that_cannot_be_read_is_dropped(behind, ines, plans, message):
    redis.Redis.from_url(behind.queue.url).lpush("celery", message)
    (plan,) = plans(1)
    signed(ines, plan)

    until(lambda: not waits(plan), 60, "what is due")
    assert behind.lives("worker")
    log = (behind.home / "worker.log").read_text(errors="replace")
    assert CANARY not in log
    assert "cos" not in log


def test_everything_killed_at_once_comes_back(behind, ines, plans):
    with Signing(ines, plans(8)) as signing:
        for name in ("web", "worker", "beat", "queue", "postgres"):
            behind.kill(name)
    for name in ("postgres", "queue", "web", "worker", "beat"):
        behind.start(name)

    signing.must_hold(behind)
    signing.again()
    behind.connect()
    assert not Plan.objects.drafts().filter(pk__in=signing.sent).exists()
    done = list(Plan.objects.filter(pk__in=signing.sent))
    until(lambda: not any(map(waits, done)), 60, "what is due")
    assert record_is_whole(behind)


def take_all(url, taken):
    """Connect until nobody else can."""
    while len(taken) < CONNECTIONS:
        try:
            taken.append(psycopg2.connect(url))
        except psycopg2.OperationalError:
            return


def test_no_free_connection_is_said_with_when_to_come_again(site, ines):
    with site.sql() as way, way.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s",
            [roles.APPLICATION],
        )
    url = roles.for_user(site.admin_url, roles.APPLICATION, site.words.application)
    taken = []
    try:
        take_all(url, taken)
        full = ines.get("/")
    finally:
        for one in taken:
            one.close()

    assert full.status == 503
    assert full.headers["Retry-After"] == "5"
    until(lambda: ines.get("/").status == 200, 10, "a free connection")


def test_a_held_row_keeps_nobody_else_waiting(site, ines, plans):
    held, free = plans(2)
    way = site.sql()
    way.autocommit = False
    way.cursor().execute(
        "SELECT 1 FROM patients_patient WHERE id = %s FOR UPDATE", [held.patient_id]
    )
    late, sent = [], {"shown": content.digest(held)}

    def wait():
        began = time.monotonic()
        answer = ines.post(f"/plans/{held.pk}/sign/", sent)
        late.append((answer.status, time.monotonic() - began))

    waiting = [threading.Thread(target=wait) for _ in range(4)]
    for one in waiting:
        one.start()
    try:
        time.sleep(0.5)
        began = time.monotonic()
        others = ines.post(f"/plans/{free.pk}/sign/", {"shown": content.digest(free)})
        took = time.monotonic() - began
    finally:
        for one in waiting:
            one.join()
        way.close()

    assert others.is_done
    assert took < LOCK_LIMIT
    assert {status for status, _ in late} == {503}
    assert max(seconds for _, seconds in late) < LOCK_LIMIT * 2


def test_asked_to_end_it_answers_what_it_had_begun(site, ines):
    cut, going = [], threading.Event()

    def ask():
        while not going.is_set():
            answer = ines.get("/")
            # Nobody was let in any more: that is no request in flight.
            refused = "refused" in answer.text or "111" in answer.text
            cut.append(answer.status != 200 and not (answer.status == 0 and refused))
            if answer.status == 0:
                return

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for one in askers:
        one.start()
    until(lambda: len(cut) > 20, 60, "requests under way")
    site.kill("web", signal.SIGTERM)
    going.set()
    for one in askers:
        one.join()

    assert sum(cut) == 0, f"{sum(cut)} of {len(cut)} were cut"


def test_nothing_of_a_person_stands_in_any_log(site, ines, clinic, plans):
    (plan,) = plans(1)
    name = "Canaria Zugvogel"
    plan.patient.family_name = name
    plan.patient.save()
    ines.get(f"/people/{plan.patient_id}/plan/")
    ines.post("/people/", {"q": name})

    for log in site.home.glob("*.log"):
        assert "Zugvogel" not in log.read_text(errors="replace"), log.name
