"""The Celery app and its calendar. The truth is in PostgreSQL; this is only the clock."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("MAINSTAY_PROCESS", "worker")

app = Celery("mainstay")
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
