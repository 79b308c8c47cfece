"""Whoever follows a link to a chart that they do not find is led to where it is told."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from patients.chart_access import ClosedToYou
from patients.merges import WentInto

type Handler = Callable[[HttpRequest], HttpResponse]


class LeadsToChart:
    """Turn `ClosedToYou` into the page that asks for the reason, `WentInto` into the
    chart that a record went into."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, reason: Exception
    ) -> HttpResponse | None:
        """None leaves every other exception, and every other method, as it is."""
        if request.method != "GET":
            return None
        if isinstance(reason, ClosedToYou):
            return redirect("patients:open_in_emergency", reason.restriction_id)
        if isinstance(reason, WentInto):
            messages.info(request, f"{reason.mrn} went into this record.")
            return redirect("reports:chart", reason.patient_id)
        return None
