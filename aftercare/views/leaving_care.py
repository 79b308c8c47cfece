"""Leaving care: what is open first, how and why, and who calls afterwards."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, editing, status_of
from accounts.models import Staff
from accounts.once import SAFE
from accounts.permissions import Permission
from aftercare.actions.leaving_care import let_go
from aftercare.actions.open_things import open_things
from aftercare.forms.leaving_care import LeaveCareForm, WhyForm
from knowledge.schedule.leaving import gap_between, leaving_rules
from patients.actions import episodes
from patients.consents.reader import consents_of
from patients.models import CareLeaving, Patient
from patients.views.registry import looked_at_chart, of_clinic


@requires(Permission.CARE_END, "GET", "HEAD", "POST")
def leave_care(request: StaffRequest, pk: int) -> HttpResponse:
    """See what is open, settle what comes after, let go; or how somebody left."""
    patient = looked_at_chart(request, pk, "leaving")
    has_left = patient.status in (Patient.Status.DISCHARGED, Patient.Status.DECEASED)
    # What is sent when somebody was faster is refused by its form, and stays typed.
    if has_left and request.method in SAFE:
        return _left(request, patient)
    given = [one for one in consents_of(patient, at=request.at) if one.is_in_force]
    form = LeaveCareForm(
        posted(request),
        today=request.today,
        staff=Staff.objects.active().who_may(
            Permission.FOLLOW_UP_WORK, request.acting.clinic
        ),
        consents=given,
    )
    editing(form, patient, ["status"])
    if act(
        request,
        lambda: let_go(
            patient=patient,
            leaving_class=form.cleaned_data["leaving_class"],
            reason=form.cleaned_data["reason"],
            on=form.cleaned_data["left_on"],
            terms=form.terms(),
            declines=form.cleaned_data["declines"],
            **acting_now(request),
        ),
        form=form,
        row=patient,
        fields=["status"],
        done="Care ends here; the way back is open.",
    ):
        return redirect("aftercare:leave_care", pk)
    context = {
        "patient": patient,
        "tab": "aftercare",
        "form": form,
        "things": open_things(patient, today=request.today),
        "contacts": leaving_rules().contacts,
    }
    return render(
        request, "aftercare/leaving_care.html", context, status=status_of(form)
    )


def _left(
    request: StaffRequest,
    patient: Patient,
    form: WhyForm | None = None,
) -> HttpResponse:
    """How somebody left, what was settled, and the ways from there."""
    episode = patient.episodes.latest("number")
    leaving = (
        CareLeaving.objects.filter(episode=episode)
        .select_related("called_by", "consent")
        .first()
    )
    contacts = leaving_rules().contacts
    left_on = episode.left_on or request.today
    form = form or WhyForm()
    context = {
        "patient": patient,
        "tab": "aftercare",
        "episode": episode,
        "leaving": leaving,
        "gap": gap_between(leaving.supply_until, leaving.next_dose_on)
        if leaving
        else None,
        "calls": [left_on + timedelta(days=day) for day in contacts.days],
        "back_form": form,
    }
    return render(request, "aftercare/left.html", context, status=status_of(form))


@requires(Permission.CARE_END, "POST")
def take_back_leaving(request: StaffRequest, pk: int) -> HttpResponse:
    """A leaving that was a mistake: the episode goes on."""
    patient = of_clinic(request, pk)
    form = WhyForm(posted(request))
    if act(
        request,
        lambda: episodes.take_back_leaving(
            patient=patient, reason=form.cleaned_data["reason"], **acting_now(request)
        ),
        form=form,
        done="Taken back: care goes on as it was.",
    ):
        return redirect("patients:status", pk)
    return _left(request, patient, form)


@requires(Permission.FOLLOW_UP_WORK, "POST")
def decline_contacts(request: StaffRequest, pk: int) -> HttpResponse:
    """The person wants no calls after leaving."""
    patient = of_clinic(request, pk)
    act(
        request,
        lambda: episodes.decline_contacts(patient=patient, **acting_now(request)),
        done="No more calls. The way back is open.",
    )
    return redirect("aftercare:of_patient", pk)


@requires(Permission.FOLLOW_UP_WORK, "POST")
def allow_contacts(request: StaffRequest, pk: int) -> HttpResponse:
    """The person may be called again."""
    patient = of_clinic(request, pk)
    act(
        request,
        lambda: episodes.allow_contacts(patient=patient, **acting_now(request)),
        done="Calls go on.",
    )
    return redirect("aftercare:of_patient", pk)
