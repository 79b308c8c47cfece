"""Whether the site can do its work, for supervisors and load balancers."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import add_never_cache_headers

ADDRESS = "/healthz"

type Handler = Callable[[HttpRequest], HttpResponse]


def answer(get_response: Handler) -> Handler:
    """Answer for the site's health before anything that could itself be unwell.

    Sessions, clinics and transactions need the database; the host name and
    HTTPS are the business of the proxy that asks from inside.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == ADDRESS and request.method in ("GET", "HEAD"):
            return health()
        return get_response(request)

    return middleware


def health() -> JsonResponse:
    """200 while pages can be served; the queue may be down, since it catches up."""
    database, queue = _database_answers(), _queue_answers()
    status = ("ok" if queue else "degraded") if database else "down"
    response = JsonResponse(
        {"status": status, "database": database, "queue": queue},
        status=200 if database else 503,
    )
    add_never_cache_headers(response)
    return response


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _queue_answers() -> bool:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5
        ) as queue:
            return bool(queue.ping())
    except redis.RedisError:
        return False
