"""A concern about a person: what raised it, what it asks for, and what was done."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, row_of_clinic
from accounts.permissions import Permission
from aftercare.actions import concerns as acts
from aftercare.forms.follow_ups import ResolveForm
from assessments.models import Concern
from patients.views.registry import of_clinic


@requires(Permission.CONCERN_RESOLVE)
def resolve(request: StaffRequest, pk: int, concern: int) -> HttpResponse:
    """Look at a concern, tick what was done, say what was found."""
    patient = of_clinic(request, pk)
    rows = Concern.objects.select_related("observation", "resolved_by")
    found = row_of_clinic(request, rows, pk=concern, patient=patient)
    form = ResolveForm(posted(request), duties=acts.duties_of(found))
    if act(
        request,
        lambda: acts.resolve(concern=found, **acting_now(request), **form.cleaned_data),
        form=form,
        done="Resolved. It stays on record with your words.",
    ):
        return redirect("aftercare:of_patient", pk)
    context = {
        "patient": patient,
        "tab": "aftercare",
        "concern": found,
        "form": form,
        "is_about_life": found.kind == Concern.Kind.SUICIDE_RISK,
    }
    status = 400 if form.errors else 200
    return render(request, "aftercare/concern.html", context, status=status)
