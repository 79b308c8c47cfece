"""The database and the queue: those that were named, or our own."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.local import postgres, queue, roles
from config.local.passwords import Passwords
from config.local.places import LOGS
from config.local.ports import HERE, any_free
from config.local.supervisor import Supervisor

NOWHERE = f"{HERE}:9"  # the port that answers nobody


@dataclass(frozen=True)
class Addresses:
    """How the two roles reach the database, and everybody the queue."""

    application: str
    owner: str
    queue: str
    # Who may read past row-level security, for a copy of everything.
    admin: str
    is_new: bool = False

    def environment(self, words: Passwords, *, mode: str) -> dict[str, str]:
        """The variables that config/settings.py reads."""
        return {
            "MAINSTAY_ENV": mode,
            "SECRET_KEY": words.secret_key,
            "DATABASE_URL": self.application,
            "DATABASE_OWNER_URL": self.owner,
            "REDIS_URL": self.queue,
        }


@dataclass(frozen=True)
class Setting:
    """What the servers of one run are made from."""

    home: Path
    words: Passwords
    given: Mapping[str, str]
    lasting: bool = True
    logs: Path = LOGS

    def start(self, supervisor: Supervisor) -> Addresses:
        """Have both servers answer, starting what was not named."""
        reached = self._queue(supervisor)
        if self.given.get("DATABASE_URL"):
            return self._named(reached)
        return self._own(supervisor, reached)

    def _named(self, reached: str) -> Addresses:
        url, owner = self.given["DATABASE_URL"], self.given.get("DATABASE_OWNER_URL")
        if owner:
            return Addresses(url, owner, reached, admin=owner)
        application = roles.prepare_application(url, self.words.application)
        return Addresses(application, url, reached, admin=url)

    def _own(self, supervisor: Supervisor, reached: str) -> Addresses:
        cluster = postgres.Cluster(
            self.home,
            any_free(),
            self.words.superuser,
            self.lasting,
            self.logs / "postgres.log",
        )
        supervisor.start(cluster.prepared(), at=time.monotonic())
        place = f"{HERE}:{cluster.port}"
        base = f"postgresql://{postgres.ADMIN}:{quote(self.words.superuser)}@{place}"
        is_new = roles.prepare_all(
            f"{base}/postgres",
            owner=self.words.owner,
            application=self.words.application,
        )
        admin = f"{base}/{roles.DATABASE}"
        return Addresses(
            application=roles.for_user(
                admin, roles.APPLICATION, self.words.application
            ),
            owner=roles.for_user(admin, roles.OWNER, self.words.owner),
            queue=reached,
            admin=admin,
            is_new=is_new,
        )

    def _queue(self, supervisor: Supervisor) -> str:
        if self.given.get("REDIS_URL"):
            return self.given["REDIS_URL"]
        own = queue.QueueServer(
            self.home,
            any_free(),
            self.words.queue,
            self.lasting,
            self.logs / "queue.log",
        )
        supervisor.start(own.prepared(), at=time.monotonic())
        if not queue.answers(own.port, patience=10):
            raise SystemExit(f"The queue's server does not answer: see {own.log}.")
        return own.url


def nowhere() -> Addresses:
    """For commands that need no server: well-formed, and answered by nobody."""
    database = f"postgresql://{roles.APPLICATION}@{NOWHERE}/{roles.DATABASE}"
    return Addresses(database, database, f"redis://{NOWHERE}/0", admin=database)
