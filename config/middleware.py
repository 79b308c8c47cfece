"""The health answer of the site, for supervisors and load balancers."""

from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from jobs import broker
from jobs.health import Pulse, pulse

ADDRESS = "/healthz"

type Handler = Callable[[HttpRequest], HttpResponse]


def health(get_response: Handler) -> Handler:
    """Answer for the site's health before anything that could itself be unwell.

    Sessions, clinics and transactions need the database; the host name and
    HTTPS are the business of the proxy that asks from inside.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == ADDRESS and request.method in ("GET", "HEAD"):
            return health_answer()
        return get_response(request)

    return middleware


def health_answer() -> JsonResponse:
    """200 while pages can be served; the queue and the workers may be away, since they
    catch up."""
    signs = _signs()
    queue = broker.answers()
    workers = _workers(signs)
    is_well = queue and not workers.get("late") and not workers.get("set_aside")
    status = "down" if signs is None else "ok" if is_well else "degraded"
    response = JsonResponse(
        {
            "status": status,
            "database": signs is not None,
            "queue": queue,
            "workers": workers,
        },
        status=503 if signs is None else 200,
    )
    add_never_cache_headers(response)
    return response


def _signs() -> Pulse | None:
    """What the workers left in the database; None where it does not answer."""
    try:
        return pulse()
    except Error:
        return None


def _workers(signs: Pulse | None) -> dict[str, object]:
    """Numbers and moments only: whoever asks need not be signed in."""
    if signs is None:
        return {}
    seen = signs.beat_at.isoformat() if signs.beat_at else None
    return {
        "last_here": seen,
        "late": signs.is_late(at=timezone.now()),
        "set_aside": signs.set_aside,
    }
