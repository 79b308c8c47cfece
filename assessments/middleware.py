"""While a tablet is handed over, its session reaches the questions and nothing else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

# Where a session keeps that its tablet is handed over: which one, and the PIN's hash.
HANDOVER = "handover"
QUESTIONS = "/handover/"

type Handler = Callable[[HttpRequest], HttpResponse]


def stays_with_questions(get_response: Handler) -> Handler:
    """Send every other address back to the questions, whatever it was asked for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if HANDOVER not in request.session or request.path.startswith(QUESTIONS):
            return get_response(request)
        response = _back_to_them(request)
        add_never_cache_headers(response)
        return response

    return middleware


def _back_to_them(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        # A part of a page that was open before: the whole window goes there.
        return HttpResponse(headers={"HX-Redirect": QUESTIONS})
    return redirect(QUESTIONS)
