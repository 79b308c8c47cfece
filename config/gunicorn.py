"""Settings of gunicorn, which reads them itself (`-c config/gunicorn.py`)."""

import os
from typing import Any

worker_class = "config.web_worker.Worker"
workers = int(os.environ.get("MAINSTAY_WEB_WORKERS") or 2)
threads = int(os.environ.get("MAINSTAY_WEB_THREADS") or 4)
# Of a slow client, longer than a proxy that buffers ever lets anybody wait.
timeout = 60
graceful_timeout = 60
keepalive = 5
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - gunicorn's heartbeat


def post_worker_init(_: Any) -> None:
    """Let a thread of its own answer for the health of the site, so that threads that
    wait for the database or a slow client do not make it look dead."""
    port = os.environ.get("MAINSTAY_HEALTH_PORT")
    if port:
        # They need the settings, which the worker has read by now.
        from django.utils import timezone  # noqa: PLC0415

        from config.health_server import serve_health  # noqa: PLC0415

        serve_health(int(port), timezone.now)
