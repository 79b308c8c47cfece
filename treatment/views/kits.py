"""Pages of a person's reversal kits: what is at hand, one more deed, one taken back."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, row_of_clinic, status_of
from accounts.permissions import Permission
from patients.models import Patient
from patients.views.registry import looked_at_chart, of_clinic
from treatment.actions.kits import record_kit_deed, take_back_kit_deed
from treatment.current import kits_of
from treatment.forms.kits import KitBackForm, KitForm
from treatment.models import KitDeed

SHOWN = 30


@requires(Permission.FOLLOW_UP_WORK)
def kit(request: StaffRequest, pk: int) -> HttpResponse:
    """What is at hand, what was done, and the form for one more."""
    patient = looked_at_chart(request, pk, "kit")
    form = KitForm(posted(request), initial={"on": request.today})
    if act(
        request,
        lambda: record_kit_deed(
            patient=patient, told=form.told(), **acting_now(request)
        ),
        form=form,
        done="Recorded.",
    ):
        return redirect("treatment:kit", pk)
    return _page(request, patient, form)


@requires(Permission.FOLLOW_UP_WORK, "POST")
def take_back_kit(request: StaffRequest, pk: int, deed: int) -> HttpResponse:
    """Undo a deed that was recorded by mistake."""
    patient = of_clinic(request, pk)
    row = row_of_clinic(request, KitDeed.objects, pk=deed, patient=patient)
    back = KitBackForm(posted(request))
    if act(
        request,
        lambda: take_back_kit_deed(
            deed=row, why=back.cleaned_data["why"], **acting_now(request)
        ),
        form=back,
        done="Taken back.",
    ):
        return redirect("treatment:kit", pk)
    form = KitForm(initial={"on": request.today})
    return _page(request, patient, form, back=back, back_of=row.pk)


def _page(
    request: StaffRequest, patient: Patient, form: forms.Form, **more: object
) -> HttpResponse:
    rows = KitDeed.objects.filter(patient=patient)
    back = more.get("back")
    forms_sent = [form, back] if isinstance(back, forms.Form) else [form]
    context = {
        "patient": patient,
        "tab": "aftercare",
        "form": form,
        "kits": kits_of(patient.pk, on=request.today),
        "deeds": rows.select_related("recorded_by", "taken_back_by")[:SHOWN],
        **more,
    }
    status = status_of(*forms_sent)
    return render(request, "treatment/kit.html", context, status=status)
