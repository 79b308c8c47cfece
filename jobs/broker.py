"""Reachability of the queue that wakes the workers."""

import redis
from django.conf import settings

# Where Celery keeps what no worker has taken yet.
QUEUE = "celery"


def waiting() -> int | None:
    """How many rounds wait for a worker; None, within half a second, where the queue does
    not answer."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5
        ) as queue:
            return int(queue.llen(QUEUE))
    except redis.RedisError:
        return None


def answers() -> bool:
    return waiting() is not None
