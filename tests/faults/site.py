"""A whole site of its own: servers, web, worker and clock as children with known pids."""

import http.client
import os
import re
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psycopg2
from django.conf import settings
from django.db import connection, connections

from accounts.once import HEADER, fresh_token
from config.local import commands, postgres, queue, roles
from config.local.passwords import Passwords
from config.local.ports import HERE, any_free
from config.local.processes import Service, end
from tests.conftest import signed_in
from tests.faults import growing

CELERY = (sys.executable, "-m", "celery", "-A", "config.celery")
CONNECTIONS = 60


class Site:
    """The parts of one site; each can be killed, started again and asked."""

    def __init__(self, home):
        self.home, self.words = home, Passwords(secret_key=settings.SECRET_KEY)
        self.cluster = postgres.Cluster(
            # Lasting: what it acknowledges has to survive its being killed.
            home,
            any_free(),
            self.words.superuser,
            log=home / "postgres.log",
        )
        self.queue = queue.QueueServer(
            home, any_free(), self.words.queue, False, home / "queue.log"
        )
        self.port = any_free()
        self.running = {}

    def begin(self):
        """All of it, with its tables; this process reads them as the application."""
        self.start("postgres")
        place = f"{HERE}:{self.cluster.port}"
        base = f"postgresql://{postgres.ADMIN}:{self.words.superuser}@{place}"
        roles.prepare_all(
            f"{base}/postgres",
            owner=self.words.owner,
            application=self.words.application,
        )
        self.admin_url = f"{base}/{roles.DATABASE}"
        self.start("queue")
        assert commands.run_manage(self.environment(), "migrate", "-v", "0") == 0
        self.connect()
        self.start("web")

    def connect(self):
        """Let Django in this process speak with this site's database."""
        connections["default"].close()
        connections["default"].settings_dict.update(
            HOST=HERE,
            PORT=self.cluster.port,
            NAME=roles.DATABASE,
            USER=roles.APPLICATION,
            PASSWORD=self.words.application,
        )
        see_all()

    def environment(self):
        to = {
            name: roles.for_user(self.admin_url, name, word)
            for name, word in (
                (roles.APPLICATION, self.words.application),
                (roles.OWNER, self.words.owner),
            )
        }
        # Whoever imports Celery's app here becomes a worker; a part says what it is.
        given = {k: v for k, v in os.environ.items() if k != "MAINSTAY_PROCESS"}
        return {
            **given,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "MAINSTAY_ENV": "test",
            "MAINSTAY_DATABASE_ROLE": "application",
            "SECRET_KEY": self.words.secret_key,
            "DATABASE_URL": to[roles.APPLICATION],
            "DATABASE_OWNER_URL": to[roles.OWNER],
            "REDIS_URL": self.queue.url,
            "EMAIL_URL": "memory:",
        }

    # --- parts ----------------------------------------------------------------

    def start(self, name):
        self.running[name] = self._service(name).start()
        until(lambda: self.answers(name), 40, f"{name} to answer")

    def _service(self, name):
        if name in ("postgres", "queue"):
            return {"postgres": self.cluster, "queue": self.queue}[name].prepared()
        quiet = ("-l", "WARNING")
        words = {
            "web": (
                *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
                *("-c", "config/gunicorn.py", "-b", f"{HERE}:{self.port}"),
                *("--log-level", "warning"),
            ),
            "worker": (
                *(*CELERY, "worker", "-c", "1", "--without-gossip", *quiet),
                *("-I", growing.__name__),
            ),
            "beat": (*CELERY, "beat", "-s", self.home / name, "--pidfile=", *quiet),
        }
        command = words[name.partition("-")[0]]
        return Service(name, command, self.home / f"{name}.log", self.environment())

    def answers(self, name):
        """Whether it can be asked; the worker and the clock have no door."""
        if name == "postgres":
            return self._lets_in()
        if name == "queue":
            return queue.answers(self.queue.port, patience=0.1)
        return name != "web" or self.get("/healthz", timeout=3).status != 0

    def _lets_in(self):
        base = f"postgresql://{postgres.ADMIN}:{self.words.superuser}"
        try:
            psycopg2.connect(f"{base}@{HERE}:{self.cluster.port}/postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def kill(self, name, how=signal.SIGKILL):
        """At once, with all that it started, as when its machine is lost."""
        process = self.running.pop(name)
        if how == signal.SIGKILL:
            os.killpg(process.pid, how)
        end(process, how, 70)

    def lives(self, name):
        return name in self.running and self.running[name].poll() is None

    def end_all(self):
        for name in reversed(list(self.running)):
            stop = signal.SIGINT if name == "postgres" else signal.SIGTERM
            end(self.running.pop(name), stop, 15)

    # --- asking ---------------------------------------------------------------

    def sql(self):
        """A way past every limit, for who holds a lock or ends a session."""
        way = psycopg2.connect(self.admin_url)
        way.autocommit = True
        return way

    def ask(self, method, path, body=None, headers=None, timeout=45):
        """One request; status 0 where no answer came."""
        way = http.client.HTTPConnection(HERE, self.port, timeout=timeout)
        try:
            way.request(method, path, body, headers or {})
            got = way.getresponse()
            headers = dict(got.getheaders()) | {
                "Set-Cookie": "; ".join(got.headers.get_all("Set-Cookie", []))
            }
            return Answer(got.status, got.read().decode(), headers)
        except (OSError, http.client.HTTPException) as reason:
            return Answer(0, repr(reason), {})
        finally:
            way.close()

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def browser(self, staff):
        return Browser(self, signed_in(staff).cookies["session"].value)


class Answer:
    """What came back."""

    def __init__(self, status, text, headers):
        self.status, self.text, self.headers = status, text, headers

    @property
    def is_done(self):
        """It was acknowledged: led on, and not back to sign in."""
        return self.status == 302 and "sign-in" not in self.headers["Location"]


class Browser:
    """Somebody who is signed in; each of many threads may use it."""

    def __init__(self, site, session):
        self.site = site
        csrf = secrets.token_hex(16)
        self.headers = {
            "Cookie": f"session={session}; csrf={csrf}",
            "X-CSRFToken": csrf,
        }

    def get(self, path, **more):
        return self.site.ask("GET", path, headers=self.headers, **more)

    def keep_session(self, answer):
        """Go on by the key that was given, as a browser does."""
        key = re.search(r"session=(\w+)", answer.headers["Set-Cookie"])
        csrf = self.headers["X-CSRFToken"]
        self.headers["Cookie"] = f"session={key[1]}; csrf={csrf}"

    def post(self, path, data=None, token=None, **more):
        headers = {
            **self.headers,
            HEADER: token or fresh_token(),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode(data or {}, doseq=True)
        return self.site.ask("POST", path, body, headers, **more)


def see_all():
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mainstay.system', 'on', false)")


def record_is_whole(site):
    """The audit's chain and every signed plan are what was written."""
    return commands.run_manage(site.environment(), "verify_record") == 0


def at_once(*jobs):
    """Do all of them at the same moment; what each gave, in their order."""
    barrier, told = threading.Barrier(len(jobs)), [None] * len(jobs)

    def work(number, job):
        try:
            barrier.wait(20)
            told[number] = job()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=one) for one in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def until(true, seconds, what):
    """Seconds that it took to become true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() < began + seconds, f"waited in vain for {what}"
        time.sleep(0.1)
    return time.monotonic() - began


@contextmanager
def a_site():
    """Begun, and ended with all that it wrote."""
    within = "/var/tmp" if os.geteuid() == 0 else None  # noqa: S108 - mkdtemp is safe
    home = Path(tempfile.mkdtemp(prefix="mainstay-faults-", dir=within))
    home.chmod(0o711)
    site = Site(home)
    try:
        site.begin()
        yield site
    finally:
        connections["default"].close()
        site.end_all()
        if not os.environ.get("KEEP_LOGS"):
            shutil.rmtree(home, ignore_errors=True)
