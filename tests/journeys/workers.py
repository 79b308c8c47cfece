"""A real queue, a real worker and a real clock, beside the site under test."""

import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from config.local import queue
from config.local.places import LOGS
from config.local.ports import any_free
from config.local.processes import Service, end

CELERY = (sys.executable, "-m", "celery", "-A", "tests.journeys.quick_clock")
ALONE = ("--without-gossip", "--without-mingle")


class Background:
    """What runs behind the site; each part can be killed and started."""

    def __init__(self, home):
        self.home = home
        self.queue = queue.QueueServer(
            self.home,
            any_free(),
            "only-for-this-test",
            lasting=False,
            log=LOGS / "test",
        )
        self.running = {}

    def start(self, name):
        self.running[name] = self._service(name).start()

    def start_queue(self):
        self.running["queue"] = self.queue.prepared().start()
        assert queue.answers(self.queue.port, patience=10)

    def kill_queue(self):
        """As when the machine it is on is lost: at once, with all that it held."""
        end(self.running.pop("queue"), signal.SIGKILL, 5)
        assert not queue.answers(self.queue.port, patience=0.2)

    def lives(self, name):
        return self.running[name].poll() is None

    def end_all(self):
        for name in ("beat", "worker", "queue"):
            if name in self.running:
                end(self.running[name], signal.SIGTERM, 15)

    def _service(self, name):
        words = {
            "worker": ("worker", "-c", "1", *ALONE, "-l", "WARNING"),
            "beat": ("beat", "-s", self.home / "beat", "--pidfile=", "-l", "WARNING"),
        }[name]
        return Service(name, (*CELERY, *words), LOGS / "test", self._environment())

    def _environment(self):
        """The site's own, as the application's role, at the database of this test."""
        address = os.environ["DATABASE_URL"].rpartition("/")[0]
        return {
            **os.environ,
            "MAINSTAY_DATABASE_ROLE": "application",
            "DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}",
            "REDIS_URL": self.queue.url,
            "EMAIL_URL": "memory:",
        }


def reachable_by_all():
    """As root the queue runs under another account, which TMPDIR may shut out."""
    return "/var/tmp" if os.geteuid() == 0 else None  # noqa: S108 - mkdtemp is safe


@contextmanager
def background():
    home = Path(tempfile.mkdtemp(prefix="mainstay-", dir=reachable_by_all()))
    home.chmod(0o711)
    parts = Background(home)
    try:
        yield parts
    finally:
        parts.end_all()
        shutil.rmtree(home, ignore_errors=True)


def until(true, seconds, what):
    end_at = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end_at, f"waited in vain for {what}"
        time.sleep(0.2)
