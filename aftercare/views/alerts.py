"""Alerts: the list, one with what is known, and who has it."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, row_of_clinic, status_of
from accounts.permissions import Permission
from aftercare.actions import alerts as acts
from aftercare.forms.alerts import AlertAnswerForm
from aftercare.models import Alert, OutreachAttempt
from aftercare.record.alerts import AlertPage, alert_bar_of, alerts_here
from knowledge.schedule.steps import CONCERN_LEVELS, duties
from patients.actions import registry
from patients.views.registry import of_clinic

# What each level of the screener asks for, the gravest first.
LEVELS = ("high", "moderate", "low")


@requires(Permission.PATIENT_VIEW, "GET")
def alerts(request: StaffRequest) -> HttpResponse:
    context = alerts_here(request.acting, at=request.at)
    return render(request, "aftercare/alerts.html", context)


@requires(Permission.PATIENT_VIEW, "GET")
def bar(request: StaffRequest) -> HttpResponse:
    """The bar as it stands now, for a page that asks by itself; no news is no answer."""
    found = alert_bar_of(request.acting)
    if (found.shown if found else "") == request.GET.get("shown", ""):
        return HttpResponse(status=204)
    return render(request, "components/alert_bar.html", {"alert_bar": found})


@requires(Permission.PATIENT_VIEW, "GET")
def of_person(request: StaffRequest, pk: int) -> HttpResponse:
    """The alert about somebody that climbs; else what is owed to them."""
    patient = of_clinic(request, pk)
    rows = Alert.objects.visible_to(request.acting).filter(patient=patient)
    alert = rows.unacknowledged().order_by("raised_at", "pk").first()
    if alert is None:
        return redirect("aftercare:of_patient", pk)
    return redirect("aftercare:alert", alert.pk)


@requires(Permission.PATIENT_VIEW, "GET")
def alert(request: StaffRequest, pk: int) -> HttpResponse:
    row = _own(request, pk)
    registry.note_chart_view(
        patient=row.patient, page="alert", by=request.user, at=request.at
    )
    return _page(request, row, AlertAnswerForm())


def _page(request: StaffRequest, row: Alert, form: forms.Form) -> HttpResponse:
    context = {
        "patient": row.patient,
        "tab": "aftercare",
        "alert": row,
        "about": AlertPage(row, request.at),
        "form": form,
        "outcomes": OutreachAttempt.by_phone(),
        "levels": [(level, duties()[level]) for level in LEVELS],
        "level": CONCERN_LEVELS[row.level],
    }
    return render(request, "aftercare/alert.html", context, status=status_of(form))


def _own(request: StaffRequest, pk: int) -> Alert:
    """This clinic's alert, or a 404."""
    rows = Alert.objects.select_related(
        *("patient", "clinic", "acknowledged_by", "ended_by", "check_in", "handover"),
        *("concern__assessment", "concern__observation"),
    )
    return row_of_clinic(request, rows, pk=pk)


@requires(Permission.PATIENT_VIEW, "POST")
def acknowledge(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody has it, by name."""
    row = _own(request, pk)
    act(request, lambda: acts.acknowledge(alert=row, **acting_now(request)))
    return redirect("aftercare:alert", pk)


@requires(Permission.PATIENT_VIEW, "POST")
def pass_on(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody cannot: the next one is called now."""
    row = _own(request, pk)
    act(
        request,
        lambda: acts.pass_on(alert=row, **acting_now(request)),
        done="Passed on. The next one is called now.",
    )
    return redirect("aftercare:alert", pk)


@requires(Permission.CONCERN_RESOLVE, "POST")
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what was done about answers that were typed and not sent."""
    row = _own(request, pk)
    form = AlertAnswerForm(posted(request))
    if act(
        request,
        lambda: acts.answer_alert(
            alert=row, **acting_now(request), **form.cleaned_data
        ),
        form=form,
        done="Kept. The alert is over.",
    ):
        return redirect("aftercare:alert", pk)
    return _page(request, row, form)
