"""Killed at one moment and no other: a held lock is where somebody stands still."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import psycopg2
import pytest
import redis
from celery import Celery
from django.conf import settings

from accounts.once import HEADER, fresh_token
from aftercare.models import Notice
from config.local import roles
from config.local.places import ROOT
from config.local.ports import HERE
from jobs.models import Claim
from plans import content
from plans.models import Plan, Signature
from tests.factories import StaffFactory
from tests.faults.growing import grow
from tests.faults.site import at_once, see_all, until
from tests.faults.test_kills import LOCK_LIMIT, promised, signed, signed_events, waits
from tests.faults.test_kills import waits_for_lock as somebody_waits

pytestmark = pytest.mark.faults


def child_of(worker):
    """The process of its pool; there is one."""
    told = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text()
    return int(told.split()[-1])


@contextmanager
def at_work(site, browser, plan):
    """The worker stands in the middle of what the plan owes, until it is let go."""
    site.kill("beat")
    before = signed(browser, plan)
    way = site.sql()
    way.autocommit = False
    way.cursor().execute("LOCK TABLE aftercare_followup IN EXCLUSIVE MODE")
    site.start("beat")
    try:
        until(lambda: somebody_waits(site), 60, "the worker at the lock")
        yield way.rollback, before
    finally:
        way.close()


def done_once(plan, before):
    until(lambda: not waits(plan), 90, "what is due")
    assert promised(plan) == before
    assert not Claim.objects.set_aside().exists()
    told = list(
        Notice.objects.filter(follow_up__plan=plan).values_list(
            "follow_up", "kind", "recipient"
        )
    )
    assert len(told) == len(set(told))


def test_a_child_of_the_worker_killed_at_work_is_replaced(behind, ines, plans):
    (plan,) = plans(1)
    worker = behind.running["worker"]
    with at_work(behind, ines, plan) as (let_go, before):
        os.kill(child_of(worker), signal.SIGKILL)
        let_go()

        done_once(plan, before)

    assert behind.lives("worker")


def test_a_task_without_bounds_fails_and_the_rest_goes_on(behind, ines, plans):
    """The memory of a child is limited: it is refused more, and is not killed."""
    (plan,) = plans(1)
    worker = behind.running["worker"]
    child = child_of(worker)
    asker = Celery("asker", broker=behind.queue.url, set_as_current=False)
    asker.send_task(grow.name)
    log = behind.home / "worker.log"
    until(lambda: "TooMuchMemory" in log.read_text(errors="replace"), 60, "its end")
    before = signed(ines, plan)

    done_once(plan, before)
    assert behind.lives("worker")
    assert not Path(f"/proc/{child}").exists() or resident(child) < 300_000


def resident(pid):
    """KiB of memory that a process takes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def test_work_that_was_never_acknowledged_is_not_done_twice(behind, ines, plans):
    (plan,) = plans(1)
    broker = redis.Redis.from_url(behind.queue.url)
    with at_work(behind, ines, plan) as (let_go, before):
        # Its child works on; who would acknowledge does nothing any more.
        os.kill(behind.running["worker"].pid, signal.SIGSTOP)
        let_go()
        until(lambda: not waits(plan), 60, "what is due")
    behind.kill("worker")
    held = broker.zrange("unacked_index", 0, -1)
    assert held
    # As if the time had passed after which another worker gets them.
    broker.zadd("unacked_index", dict.fromkeys(held, 0))
    behind.start("worker")

    until(lambda: not set(held) & set(broker.zrange("unacked_index", 0, -1)), 60, "it")
    done_once(plan, before)


def test_a_worker_that_is_asked_to_end_ends_and_loses_nothing(behind, ines, plans):
    (plan,) = plans(1)
    worker = behind.running["worker"]
    with at_work(behind, ines, plan) as (let_go, before):
        ending = threading.Thread(target=behind.kill, args=("worker", signal.SIGTERM))
        ending.start()
        time.sleep(3)
        assert worker.poll() is None
        let_go()
        ending.join()

    assert worker.returncode == 0
    behind.start("worker")
    done_once(plan, before)


def test_what_no_clock_rang_for_is_caught_up_once(behind, ines, plans):
    (plan,) = plans(1)
    behind.kill("beat")
    before = signed(ines, plan)
    # More than a round and the time after which its message is nobody's.
    time.sleep(35)
    assert waits(plan)

    behind.start("beat")

    done_once(plan, before)


def test_an_answer_that_nobody_got_is_the_same_when_asked_again(site, ines, plans):
    (plan,) = plans(1)
    sent, token = {"shown": content.digest(plan)}, fresh_token()
    with socket.create_connection((HERE, site.port)) as way:
        way.sendall(as_sent(ines, f"/plans/{plan.pk}/sign/", sent, token))
        until(lambda: is_signed(plan), 20, "the commit")
        site.kill("web")
    site.start("web")

    again = ines.post(f"/plans/{plan.pk}/sign/", sent, token=token)

    assert again.is_done
    assert Signature.objects.filter(plan=plan).count() == 1
    assert signed_events(plan.pk).count() == 1


def as_sent(browser, path, sent, token):
    """A form as it goes over the line."""
    body = urlencode(sent)
    lines = {
        **browser.headers,
        HEADER: token,
        "Host": HERE,
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": len(body),
    }
    head = "".join(f"{name}: {text}\r\n" for name, text in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n{body}".encode()


def is_signed(plan):
    see_all()
    return not Plan.objects.get(pk=plan.pk).is_draft


def test_a_migration_that_is_killed_is_gone_on_with(site):
    name = "killed_while_made"
    with site.sql().cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} OWNER {roles.OWNER} TEMPLATE template0")
    told = site.environment() | {"MAINSTAY_DATABASE_ROLE": "owner"}
    for user, key in (
        (roles.OWNER, "DATABASE_OWNER_URL"),
        (roles.APPLICATION, "DATABASE_URL"),
    ):
        word = site.words.owner if user == roles.OWNER else site.words.application
        told[key] = roles.for_user(site.admin_url, user, word, name)
    command = [sys.executable, ROOT / "manage.py", "migrate", "-v", "0"]
    counts = []
    for enough in (2, 10, 25):
        process = subprocess.Popen(command, env=told, cwd=ROOT)
        try:
            until(lambda least=enough: applied(told) >= least, 300, "some migrations")
        finally:
            process.kill()
            process.wait()
        counts.append(applied(told))

    assert subprocess.run(command, env=told, cwd=ROOT, check=False).returncode == 0
    check = [*command, "--check"]
    assert subprocess.run(check, env=told, cwd=ROOT, check=False).returncode == 0
    assert counts == sorted(counts)
    assert counts[-1] < applied(told)


def applied(told):
    way = psycopg2.connect(told["DATABASE_OWNER_URL"])
    try:
        with way.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")
            return cursor.fetchone()[0]
    except psycopg2.errors.UndefinedTable:
        return 0
    finally:
        way.close()


def test_a_page_of_the_data_that_changed_on_the_disk_is_refused(site, ines):
    with site.sql().cursor() as cursor:
        cursor.execute(
            "CREATE TABLE kept AS SELECT repeat('x', 500) FROM generate_series(1, 50)"
        )
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT current_setting('data_directory'), pg_relation_filepath('kept')"
        )
        file = Path("/".join(cursor.fetchone()))
    site.kill("postgres", signal.SIGINT)
    with file.open("r+b") as data:
        data.seek(4000)
        data.write(b"\x00\xff\x00\xff")
    site.start("postgres")

    with site.sql().cursor() as cursor:
        with pytest.raises(psycopg2.errors.DataCorrupted, match="invalid page"):
            cursor.execute("SELECT * FROM kept")
        cursor.execute("DROP TABLE kept")
    until(lambda: ines.get("/").status == 200, 10, "the pages again")


def test_all_of_it_answers_soon_after_it_was_begun(site):
    """Within 15 seconds of a machine that does nothing else: the best of three."""

    def begun():
        for name in ("web", "queue", "postgres"):
            site.kill(name)
        free, began = share(), time.monotonic()
        for name in ("postgres", "queue", "web"):
            site.start(name)
        until(lambda: site.get("/sign-in/").status == 200, 40, "a page")
        return (time.monotonic() - began) * free

    assert min(begun() for _ in range(3)) < 15


def share():
    """How much of a processor is to be had at this moment."""
    began, spent = time.monotonic(), time.thread_time()
    while time.thread_time() - spent < 0.5:
        pass
    return 0.5 / (time.monotonic() - began)


def test_a_hundred_at_once_are_all_answered(ines):
    answers = at_once(*[lambda: ines.get("/") for _ in range(100)])

    assert {one.status for one in answers} == {200}


def test_fifty_files_at_once_leave_room_for_pages(site, ines, clinic):
    admins = [site.browser(StaffFactory(roles={clinic: ["admin"]})) for _ in range(10)]
    asked = {"purpose": "work", "why": "A try"}
    took = []

    def page():
        began = time.monotonic()
        status = ines.get("/").status
        took.append(time.monotonic() - began)
        return status

    answers = at_once(
        *[lambda one=one: one.post("/caseload/export/", asked) for one in admins * 5],
        *[page] * 10,
    )

    told = [getattr(one, "status", one) for one in answers]
    assert set(told[:50]) <= {200, 429}
    assert 200 in told[:50]
    assert told[50:] == [200] * 10
    assert max(took) < LOCK_LIMIT


# The clinics that a statement may see are asked once for each: a moment that all take.
SLOW_STATEMENTS = """
CREATE OR REPLACE FUNCTION mainstay_clinics() RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM pg_sleep({seconds});
  RETURN coalesce(string_to_array(
    nullif(current_setting('mainstay.clinics', true), ''), ',')::bigint[], '{{}}');
END$$
"""


@pytest.mark.parametrize(("seconds", "status"), [(2, 200), (8, 503)])
def test_a_slow_database_holds_no_page_for_ever(site, ines, plans, seconds, status):
    """So long for each statement, of which a page has several; no more ask than one
    worker has threads, so that nobody waits for another."""
    (plan,) = plans(1)
    took = []

    def page():
        began = time.monotonic()
        answer = ines.get(f"/people/{plan.patient_id}/", timeout=90)
        took.append(time.monotonic() - began)
        return answer

    with site.sql().cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('mainstay_clinics'::regproc)")
        (as_it_was,) = cursor.fetchone()
        cursor.execute(SLOW_STATEMENTS.format(seconds=seconds))
        try:
            answers = at_once(*[page] * 4)
        finally:
            cursor.execute(as_it_was)

    assert {one.status for one in answers} == {status}
    assert {one.headers.get("Retry-After", "5") for one in answers} == {"5"}
    assert max(took) < settings.ANSWER_SECONDS + seconds + LOCK_LIMIT
    until(lambda: ines.get("/").status == 200, 10, "the pages again")


HEAD = "POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
SLOW = {
    "who says nothing": "",
    "half a head": HEAD,
    "half a body": f"{HEAD}Content-Length: 5000\r\n\r\nemail=",
    "a body in pieces": f"{HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nemail\r\n",
    "half of a second request": f"GET /healthz HTTP/1.1\r\nHost: {HERE}\r\n\r\n{HEAD}",
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_slow_callers_hold_nobody_up_and_are_not_waited_for(site, ines, text):
    """Far more of them than there are threads; each goes on by a byte a second."""
    callers = [socket.create_connection((HERE, site.port)) for _ in range(60)]
    began, took = time.monotonic(), []
    try:
        for caller in callers:
            caller.sendall(text.encode())
        while any(not is_over(caller) for caller in callers):
            assert time.monotonic() - began < 30
            asked = time.monotonic()
            assert ines.get("/").status == 200
            took.append(time.monotonic() - asked)
            time.sleep(1)
            for caller in callers:
                go_on(caller, text)
    finally:
        for caller in callers:
            caller.close()

    assert max(took) < LOCK_LIMIT


def go_on(caller, text):
    with suppress(OSError):
        caller.sendall(b"x" if text else b"")


def is_over(caller):
    """Whether the other side has closed; what was answered before is read."""
    caller.setblocking(False)
    try:
        while caller.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def test_a_slow_form_that_goes_on_is_answered(site, ines):
    """A piece now and then, as over a bad line: longer than a caller who sends nothing
    is waited for."""
    whole = as_sent(ines, "/people/", {"q": "x" * 3000}, fresh_token())
    piece = len(whole) // 11
    with socket.create_connection((HERE, site.port), timeout=30) as way:
        for start in range(0, len(whole), piece):
            way.sendall(whole[start : start + piece])
            time.sleep(1)
        answer = way.recv(64)

    assert re.match(rb"HTTP/1.1 (200|302) ", answer)


@contextmanager
def small_disk(size):
    """A file system of its own that PostgreSQL may write to."""
    place = Path(tempfile.mkdtemp(prefix="mainstay-small-", dir="/var/tmp"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        place.rmdir()
        pytest.skip("needs the right to mount a small file system")
    try:
        shutil.chown(place, "postgres", "postgres")
        yield place
    finally:
        subprocess.run(["umount", place], check=False)
        place.rmdir()


def test_a_full_disk_refuses_what_is_written_and_shows_what_is_there(site, ines, plans):
    (plan,) = plans(1)
    sent = {"shown": content.digest(plan)}
    with small_disk("16m") as place, site.sql().cursor() as cursor:
        cursor.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        try:
            # What a signature promises takes more than a page: the disk is asked.
            cursor.execute("ALTER TABLE aftercare_followup SET TABLESPACE small")
            cursor.execute("VACUUM FULL aftercare_followup")
            cursor.execute("CREATE TABLE filler (word text) TABLESPACE small")
            with pytest.raises(psycopg2.errors.DiskFull):
                cursor.execute(
                    "INSERT INTO filler"
                    " SELECT repeat('x', 1900) FROM generate_series(1, 100000)"
                )
            full = ines.post(f"/plans/{plan.pk}/sign/", sent)
            shown = ines.get(f"/people/{plan.patient_id}/")
            half = Signature.objects.filter(plan=plan).exists()
            was_signed = is_signed(plan)

            cursor.execute("DROP TABLE filler")
            again = ines.post(f"/plans/{plan.pk}/sign/", sent)
        finally:
            cursor.execute("DROP TABLE IF EXISTS filler")
            cursor.execute("ALTER TABLE aftercare_followup SET TABLESPACE pg_default")
            cursor.execute("DROP TABLESPACE small")

    assert full.status in (500, 503)
    assert (half, was_signed) == (False, False)
    assert shown.status == 200
    assert again.is_done


def test_ten_thousand_rings_of_the_clock_hold_nothing_up(behind, ines, plans):
    """They pile up while no worker is there."""
    (plan,) = plans(1)
    broker = redis.Redis.from_url(behind.queue.url)
    behind.kill("worker")
    until(lambda: broker.llen("celery"), 40, "a ring")
    ring = json.loads(broker.lindex("celery", 0))
    behind.kill("beat")
    for number in range(10_000):
        ring["properties"]["delivery_tag"] = ring["headers"]["id"] = f"ring-{number}"
        broker.lpush("celery", json.dumps(ring))
    before = signed(ines, plan)
    behind.start("worker")
    behind.start("beat")

    done_once(plan, before)
    until(lambda: broker.llen("celery") < 1000, 90, "an empty queue")
    assert resident(behind.running["worker"].pid) < 300_000
