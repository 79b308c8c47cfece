"""Panel of interactions between other medicines on the list and medication for OUD."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from assessments.picture.assemble import subject_of
from knowledge.editions import knowledge
from medications.options.interaction_classes import medicines_of
from patients.views.registry import of_clinic

# Who takes other medicines is told by the record and by answers; medicines for OUD
# stand elsewhere on the page.
TOLD = ("record", "answers")


@requires(Permission.PATIENT_VIEW, "GET")
def interactions(request: StaffRequest, pk: int) -> HttpResponse:
    """The list of other medicines, each with its classes, to stand beside the answer."""
    patient = of_clinic(request, pk)
    subject = subject_of(patient, at=request.at, only=TOLD)
    known = subject.facts.get("med_list")
    names = known.value if known and isinstance(known.value, frozenset) else frozenset()
    classed = medicines_of(names, knowledge().ingredients)
    context = {"patient": patient, "medicines": classed}
    return render(request, "medications/interactions.html", context)
