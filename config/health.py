"""Health of the site, as it is told to supervisors and load balancers.

Numbers and moments only: whoever asks need not be signed in.
"""

import shutil
from datetime import datetime

from django.db import Error

from jobs import broker
from jobs.health import Pulse, pulse

DISK = "/"
# Below this share PostgreSQL and the logs are near to refusing what is written.
LOW_DISK_PERCENT = 10
# What of the workers makes the site unwell. Queues that somebody paused are told, and only
# those that lives hang on count.
UNWELL = ("late", "set_aside", "silent", "paused_safety")


def health(*, at: datetime) -> tuple[dict[str, object], int]:
    """What is well and what is not, with the status of the answer: 200 while pages can be
    served; the queue and the workers may be away, since they catch up."""
    signs, waiting, disk = _signs(at), broker.waiting(), _disk()
    workers = _workers(signs, waiting, at)
    is_well = (
        waiting is not None
        and not disk["low"]
        and not any(workers.get(sign) for sign in UNWELL)
    )
    told: dict[str, object] = {
        "status": "down" if signs is None else "ok" if is_well else "degraded",
        "database": signs is not None,
        "queue": waiting is not None,
        "workers": workers,
        "disk": disk,
    }
    return told, 503 if signs is None else 200


def _signs(at: datetime) -> Pulse | None:
    """What the workers left in the database; None where it does not answer."""
    try:
        return pulse(at=at)
    except Error:
        return None


def _workers(
    signs: Pulse | None, waiting: int | None, at: datetime
) -> dict[str, object]:
    """When a worker was last here; where that is too long ago, who is missed: a round
    that waits has no worker, and where none waits nothing rings."""
    if signs is None:
        return {}
    seen = signs.beat_at.isoformat() if signs.beat_at else None
    is_late = signs.is_late(at=at)
    missed = "queue" if waiting is None else "worker" if waiting else "beat"
    return {
        "last_here": seen,
        "late": is_late,
        "missed": missed if is_late else None,
        "set_aside": signs.set_aside,
        "silent": signs.silent,
        "paused": signs.paused,
        "paused_safety": signs.paused_safety,
    }


def _disk() -> dict[str, object]:
    usage = shutil.disk_usage(DISK)
    free = round(usage.free * 100 / usage.total)
    return {"free_percent": free, "low": free < LOW_DISK_PERCENT}
