"""Contacts: one press records a try, one more takes it back."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.access import StaffRequest, requires
from accounts.doors import act, acting_now, row_of_clinic
from accounts.permissions import Permission
from aftercare.actions import outreach
from aftercare.forms.follow_ups import OutreachForm
from aftercare.models import FollowUp, OutreachAttempt
from patients.models import Patient
from patients.views.registry import of_clinic


@require_POST
@requires(Permission.FOLLOW_UP_WORK)
def record(request: StaffRequest, pk: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    form = OutreachForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose what happened. Nothing was recorded.")
        return redirect(_back(request, pk))
    told = form.cleaned_data
    attempt = outreach.record_outreach(
        patient=patient,
        outcome=told["outcome"],
        channel=told["channel"],
        note=told["note"],
        follow_up=_follow_up(request, patient, told["follow_up"]),
        by=request.user,
        at=request.at,
    )
    back = _back(request, pk)
    undo = reverse("aftercare:take_back", args=[attempt.pk])
    messages.success(
        request, _words(attempt), extra_tags=f"{undo}?{urlencode({'next': back})}"
    )
    return redirect(back)


def _follow_up(
    request: StaffRequest, patient: Patient, pk: int | None
) -> FollowUp | None:
    """The follow-up it is about, where it is this person's."""
    rows = FollowUp.objects.visible_to(request.acting).filter(patient=patient)
    return rows.filter(pk=pk).first() if pk else None


def _words(attempt: OutreachAttempt) -> str:
    outcome = attempt.get_outcome_display().lower()
    done = ", follow-up done" if attempt.closed_follow_up else ""
    return f"Contact with {attempt.patient.shown_name} recorded: {outcome}{done}."


def _back(request: StaffRequest, pk: int) -> str:
    """The page it was recorded from, if that is one of this site."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if own else reverse("aftercare:of_patient", args=[pk])


@require_POST
@requires(Permission.FOLLOW_UP_WORK)
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Undo a contact; what it closed is owed again."""
    attempt = row_of_clinic(request, OutreachAttempt.objects, pk=pk)
    act(
        request,
        lambda: outreach.take_back_outreach(attempt=attempt, **acting_now(request)),
        done="Taken back. What it closed is owed again.",
    )
    return redirect(_back(request, attempt.patient_id))
