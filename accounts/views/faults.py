"""Answer to a request that failed: the site's fault, or a database that is away."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from accounts.retry import DEADLOCK, was_ended

FAULT, AWAY = 500, 503
RETRY_SECONDS = 5


def fault(_request: HttpRequest) -> HttpResponse:
    """503 where the database is away, waited for too long or ended the transaction;
    nothing of the page needs it."""
    error = sys.exc_info()[1]
    if not isinstance(error, (OperationalError, InterfaceError)):
        return HttpResponse(render_to_string("500.html"), status=FAULT)
    response = HttpResponse(render_to_string("503.html"), status=AWAY)
    response["Retry-After"] = str(RETRY_SECONDS)
    setattr(response, DEADLOCK, was_ended(error))
    return response
