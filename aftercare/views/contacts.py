"""Contacts: one press records a try, one more takes it back."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.access import StaffRequest, requires
from accounts.doors import (
    act,
    acting_now,
    outcome_of,
    path_of_ours,
    row_of_clinic,
    status_of,
)
from accounts.permissions import Permission
from aftercare.actions import outreach
from aftercare.forms.follow_ups import OutreachForm
from aftercare.models import FollowUp, OutreachAttempt
from aftercare.views.follow_ups import page
from patients.models import Patient
from patients.views.registry import of_clinic


@requires(Permission.FOLLOW_UP_WORK, "POST")
def record(request: StaffRequest, pk: int) -> HttpResponse:
    """One press records a try; without an outcome the page says so and keeps the note."""
    patient, back = of_clinic(request, pk), _back(request, pk)
    form = OutreachForm(request.POST)
    attempt = outcome_of(request, lambda: _record(request, patient, form), form=form)
    if attempt is None:
        status = status_of(form)
        return page(request, patient, status=status, contact_form=form, back=back)
    undo = reverse("aftercare:take_back", args=[attempt.pk])
    messages.success(
        request, _words(attempt), extra_tags=f"{undo}?{urlencode({'next': back})}"
    )
    return redirect(back)


def _record(
    request: StaffRequest, patient: Patient, form: OutreachForm
) -> OutreachAttempt:
    told = dict(form.cleaned_data)
    about = _follow_up(request, patient, told.pop("follow_up"))
    return outreach.record_outreach(
        patient=patient, follow_up=about, **acting_now(request), **told
    )


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
    return path_of_ours(request, wanted, reverse("aftercare:of_patient", args=[pk]))


@requires(Permission.FOLLOW_UP_WORK, "POST")
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Undo a contact; what it closed is owed again."""
    attempt = row_of_clinic(request, OutreachAttempt.objects, pk=pk)
    act(
        request,
        lambda: outreach.take_back_outreach(attempt=attempt, **acting_now(request)),
        done="Taken back. What it closed is owed again.",
    )
    return redirect(_back(request, attempt.patient_id))
