"""Around everything else: the health answer of the site, before anything that could
itself be unwell, and how long an answer may take."""

import time
from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from config.health import health as signs_of_health

ADDRESS = "/healthz"

type Handler = Callable[[HttpRequest], HttpResponse]


def health(get_response: Handler) -> Handler:
    """Answer for the site's health.

    Sessions, clinics and transactions need the database; the host name and
    HTTPS are the business of the proxy that asks from inside.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == ADDRESS and request.method in ("GET", "HEAD"):
            return health_answer()
        return get_response(request)

    return middleware


def in_time(get_response: Handler) -> Handler:
    """Ask the database for nothing more once an answer takes too long.

    Each statement has its own limit; many that are slow would hold a thread for
    minutes, and there are few. The page then says that nothing was saved.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        until = time.monotonic() + settings.ANSWER_SECONDS

        def ask[**P, Answer](
            execute: Callable[P, Answer], *statement: P.args, **more: P.kwargs
        ) -> Answer:
            if time.monotonic() > until:
                raise OperationalError("The answer takes too long.")
            return execute(*statement, **more)

        with connection.execute_wrapper(ask):
            return get_response(request)

    return middleware


def health_answer() -> JsonResponse:
    told, status = signs_of_health(at=timezone.now())
    response = JsonResponse(told, status=status)
    add_never_cache_headers(response)
    return response
