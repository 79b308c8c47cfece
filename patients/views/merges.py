"""Two records of one person: finding the other, making them one, taking them apart."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, row_of_clinic, shown_in, status_of
from accounts.entry.step_up import step_up
from accounts.once import repeatable
from accounts.permissions import Permission
from patients.actions import merges as actions
from patients.actions.registry import note_list
from patients.merges import may_take_apart
from patients.merging.forms import TwiceForm, merge_form
from patients.models import Patient, PersonMerge
from patients.views.registry import of_clinic, open_chart

# How many who may be the same person are listed.
MOST = 10


@repeatable("looks people up: a search changes nothing, and may be sent again")
@requires(Permission.PATIENT_EDIT)
def twice(request: StaffRequest, pk: int) -> HttpResponse:
    """Who may be the same person: the likest, or those found by a name or an MRN."""
    patient = of_clinic(request, pk)
    form = TwiceForm(posted(request))
    people = Patient.objects.visible_to(request.acting)
    if form.is_valid():
        found = people.found_by(form.cleaned_data["sought"])
    else:
        found = people.like(
            patient.given_name, patient.family_name, patient.date_of_birth
        )
    alike = list(found.exclude(pk=pk)[:MOST])
    note_list(
        people=[person.pk for person in alike],
        page="alike",
        clinic=request.acting.clinic,
        **acting_now(request),
    )
    context = {
        "patient": patient,
        "tab": "contacts",
        "form": form,
        "is_sought": form.is_valid(),
        "people": alike,
    }
    return render(request, "patients/twice.html", context, status=status_of(form))


@requires(Permission.PATIENT_EDIT)
@step_up("merge two records")
def merge(request: StaffRequest, pk: int, other: int) -> HttpResponse:
    """Two records beside each other, what would go over, and the choice."""
    kept = open_chart(request, pk, "merge")
    gone = open_chart(request, other, "merge")
    seen = actions.preview_merge(kept, gone, today=request.today)
    form = merge_form(seen.differences, kept, gone)(posted(request))
    if act(
        request,
        lambda: actions.merge_people(
            kept=kept,
            gone=gone,
            choices=form.cleaned_data,
            shown=shown_in(request),
            **acting_now(request),
        ),
        form=form,
        done=f"Merged. {gone.mrn} leads here from now on.",
    ):
        return redirect("patients:contacts", pk)
    context = {
        "patient": kept,
        "tab": "contacts",
        "form": form,
        "seen": seen,
        "people": [kept, gone],
    }
    return render(request, "patients/merge.html", context, status=status_of(form))


@requires(Permission.PATIENT_EDIT)
@step_up("take two records apart")
def take_apart(request: StaffRequest, pk: int, merge: int) -> HttpResponse:
    """What goes back to the other record, and doing it."""
    patient = of_clinic(request, pk)
    rows = PersonMerge.objects.filter(patient=patient)
    found = row_of_clinic(request, rows.select_related("merged_by"), pk=merge)
    if request.method == "POST" and act(
        request,
        lambda: actions.take_apart(merge=found, **acting_now(request)),
        done=f"Taken apart. {found.gone_mrn} is its own record again.",
    ):
        return redirect("reports:chart", found.gone_id)
    context = {
        "patient": patient,
        "tab": "contacts",
        "seen": actions.preview_apart(found),
        "may": may_take_apart(found, request.at),
    }
    return render(request, "patients/take_apart.html", context)
