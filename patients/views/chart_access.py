"""Access to a chart: who opened it, closing it, opening it in an emergency, judging that."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, row_of_clinic, status_of
from accounts.giving import GivesOut, gives_out
from accounts.permissions import Permission
from knowledge.consents.content import period
from patients.actions import chart_access as actions
from patients.chart_access import closed_charts, readers_of, seen_during
from patients.giving_forms import OpenInEmergencyForm, RestrictForm, ReviewOpeningForm
from patients.models import EmergencyOpening, PageLanguage, Patient
from patients.views.registry import of_clinic, open_chart

SINCE_ADMISSION = "all"


@requires(Permission.ACCESS_REVIEW, "GET")
def chart_access(request: StaffRequest, pk: int) -> HttpResponse:
    """Who opened this chart: emergencies first, then who is not on the team."""
    patient = open_chart(request, pk, "chart access")
    context = {"patient": patient, "tab": "contacts", **_readers(request, patient)}
    return render(request, "patients/chart_access.html", context)


def _readers(request: StaffRequest, patient: Patient) -> dict[str, object]:
    shows_all = request.GET.get("since") == SINCE_ADMISSION
    days = period("looked_back_days")
    since = patient.registered_at if shows_all else request.at - timedelta(days=days)
    readers = readers_of(patient, since=since)
    return {
        "to_look_at": [one for one in readers if not one.is_on_team],
        "team": [one for one in readers if one.is_on_team],
        "shows_all": shows_all,
        "since": since,
        "days": days,
    }


@gives_out(GivesOut.TO_THE_PERSON, "who opened their own chart")
@requires(Permission.ACCESS_REVIEW, "GET")
def access_on_paper(request: StaffRequest, pk: int) -> HttpResponse:
    """The same on paper, for the person."""
    patient = open_chart(request, pk, "chart access on paper")
    asked = request.GET.get("language", "")
    context = {
        "patient": patient,
        "clinic": request.acting.clinic,
        "today": request.today,
        "language": asked if asked in PageLanguage.values else patient.page_language,
        "languages": PageLanguage.choices,
        **_readers(request, patient),
    }
    return render(request, "patients/chart_access_print.html", context)


@requires(Permission.PATIENT_EDIT)
def restrict(request: StaffRequest, pk: int) -> HttpResponse:
    """Close a chart to everybody but the team."""
    patient = of_clinic(request, pk)
    form = RestrictForm(posted(request))
    if act(
        request,
        lambda: actions.restrict_chart(
            patient=patient, reason=form.cleaned_data["reason"], **acting_now(request)
        ),
        form=form,
        done="Closed. Only the care team opens this chart now.",
    ):
        return redirect("patients:consents", pk)
    context = {"form": form, "patient": patient, "tab": "contacts"}
    return render(request, "patients/restrict.html", context, status=status_of(form))


@requires(Permission.PATIENT_EDIT, "POST")
def lift_restriction(request: StaffRequest, pk: int) -> HttpResponse:
    """Open it to all clinical staff again."""
    patient = of_clinic(request, pk)
    act(
        request,
        lambda: actions.lift_restriction(patient=patient, **acting_now(request)),
        done="Open to all clinical staff again.",
    )
    return redirect("patients:consents", pk)


@requires(Permission.PATIENT_VIEW)
def open_in_emergency(request: StaffRequest, restriction: int) -> HttpResponse:
    """A closed chart, by its record number alone: ask the team, or open it for an hour."""
    found = get_object_or_404(closed_charts(request.acting.clinic), pk=restriction)
    form = OpenInEmergencyForm(posted(request))
    if act(
        request,
        lambda: actions.open_in_emergency(
            restriction=found, **acting_now(request), **form.cleaned_data
        ),
        form=form,
        done="Open for 60 minutes. Who answers for privacy looks at it.",
    ):
        return redirect("reports:chart", found.patient_id)
    context = {
        "form": form,
        "restriction": found,
        "minutes": period("opening_minutes"),
    }
    return render(
        request, "patients/open_in_emergency.html", context, status=status_of(form)
    )


@requires(Permission.ACCESS_REVIEW, "GET")
def openings(request: StaffRequest) -> HttpResponse:
    """Emergency openings, those to judge first."""
    rows = EmergencyOpening.objects.visible_to(request.acting).select_related("staff")
    judged = rows.exclude(review=None).select_related("review__reviewed_by")
    context = {
        "to_review": rows.to_review(),
        "judged": judged[:50],
        "today": request.today,
    }
    return render(request, "patients/openings.html", context)


@requires(Permission.ACCESS_REVIEW)
def review(request: StaffRequest, opening: int) -> HttpResponse:
    """One emergency opening: what was written, what was seen, was it right?"""
    rows = EmergencyOpening.objects.select_related("staff")
    found = row_of_clinic(request, rows, pk=opening)
    form = ReviewOpeningForm(posted(request))
    if act(
        request,
        lambda: actions.review_opening(
            opening=found, **acting_now(request), **form.cleaned_data
        ),
        form=form,
        done="The review is closed.",
    ):
        return redirect("patients:openings")
    context = {
        "form": form,
        "opening": found,
        "seen": seen_during(found),
        "others": EmergencyOpening.objects.visible_to(request.acting)
        .filter(staff=found.staff_id)
        .count(),
        "review": getattr(found, "review", None),
    }
    return render(request, "patients/review.html", context, status=status_of(form))
