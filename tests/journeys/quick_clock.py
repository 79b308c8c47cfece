"""The site's own Celery app, whose clock rings every second: a test can't wait long."""

from config.celery import app

app.conf.beat_schedule = {
    name: {**entry, "schedule": 1.0} for name, entry in app.conf.beat_schedule.items()
}

__all__ = ["app"]
