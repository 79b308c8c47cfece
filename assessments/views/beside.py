"""A form beside the chart: in the drawer where a page is there, else on its own page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from patients.models import Patient


@dataclass(frozen=True, slots=True)
class Button:
    """What sends the form; the value says which way."""

    label: str
    value: str = ""
    icon: str = ""


def in_drawer(request: HttpRequest) -> bool:
    """Whether only the drawer is asked for, by a page that is there."""
    return request.headers.get("HX-Request") == "true"


def beside(
    request: HttpRequest,
    patient: Patient,
    *,
    title: str,
    inner: str,
    buttons: Sequence[Button],
    stays: bool = False,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    """`inner` is the template of the fields; `stays` answers inside the drawer."""
    part = "#drawer" if in_drawer(request) else ""
    told = {
        "patient": patient,
        "tab": "measures",
        "title": title,
        "inner": inner,
        "buttons": buttons,
        "stays": stays,
        **context,
    }
    return render(request, f"assessments/beside_page.html{part}", told, status=status)
