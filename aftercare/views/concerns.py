"""A concern about a person: what raised it, what it asks for, and what was done."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import StaffRequest, posted, requires
from accounts.permissions import Permission
from aftercare.actions import concerns as acts
from aftercare.actions.follow_ups import AlreadyClosed
from aftercare.forms import ResolveForm
from assessments.actions.concerns import AlreadyResolved
from assessments.models import Concern
from patients.views.registry import of_clinic


@requires(Permission.CONCERN_RESOLVE)
def resolve(request: StaffRequest, pk: int, concern: int) -> HttpResponse:
    """Look at a concern, tick what was done, say what was found."""
    patient = of_clinic(request, pk)
    mine = Concern.objects.visible_to(request.acting)
    found = get_object_or_404(
        mine.select_related("assessment", "resolved_by"), pk=concern, patient=patient
    )
    form = ResolveForm(posted(request), duties=acts.duties_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            acts.resolve(
                concern=found, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except (AlreadyResolved, AlreadyClosed) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Resolved. It stays on record with your words.")
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
