"""The Celery app and its calendar. The truth is in PostgreSQL; this is only the clock."""

import os
import resource
from typing import Any

from celery import Celery, Task
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("MAINSTAY_PROCESS", "worker")


class TooMuchMemory(Exception):
    """A task took more than a child of the worker may have."""


class BoundedTask(Task[Any, Any]):
    """A task that asked for too much memory fails alone: Celery would end the worker."""

    def __call__(self, *args: Any, **more: Any) -> Any:
        try:
            return self.run(*args, **more)
        except MemoryError:
            # Without what filled it, which the traceback would keep.
            pass
        raise TooMuchMemory


app = Celery("mainstay", task_cls=BoundedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# What beat starts, and how often. Each entry is a sweep that may run twice or
# not at all without harm: it takes what is due from the database.
BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "tick": {
        "task": "jobs.tasks.tick",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "forget-ended-sessions": {
        "task": "accounts.tasks.forget_ended_sessions",
        "schedule": 6 * 60 * 60.0,
        "options": {"expires": 60 * 60},
    },
}

app.conf.beat_schedule = BEAT_SCHEDULE

# What a child may take in all; docker-compose.yml gives a worker with two of them 768 MB.
MOST_MEMORY = 320 * 1024 * 1024


@worker_process_init.connect
def limit_memory(**_: object) -> None:
    """A task that takes more fails as any other does; the rest goes on."""
    limit = resource.RLIMIT_DATA
    resource.setrlimit(limit, (MOST_MEMORY, resource.getrlimit(limit)[1]))
