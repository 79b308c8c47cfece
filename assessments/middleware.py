"""While a tablet is handed over, its session reaches the questions and nothing else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

# Where a session keeps that its tablet is handed over: which one, and the PIN's hash.
# The place is where such a session may go; the questions, unless another is named.
HANDOVER, PLACE = "handover", "place"
QUESTIONS = "/handover/"

type Handler = Callable[[HttpRequest], HttpResponse]


def stays_with_questions(get_response: Handler) -> Handler:
    """Send every other address back to the questions, whatever it was asked for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if HANDOVER not in request.session:
            return get_response(request)
        place: str = request.session[HANDOVER].get(PLACE, QUESTIONS)
        if request.path.startswith(place):
            return get_response(request)
        response = _back_to(place, request)
        add_never_cache_headers(response)
        return response

    return middleware


def _back_to(place: str, request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        # A part of a page that was open before: the whole window goes there.
        return HttpResponse(headers={"HX-Redirect": place})
    return redirect(place)
