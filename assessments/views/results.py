"""Results from a file: sent, looked at line by line, then kept or put aside."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.doors import act, acting_now, outcome_of, row_of_clinic, status_of
from accounts.permissions import Permission
from assessments.actions import results as acts
from assessments.forms.results import ResultsFileForm
from assessments.models import ResultsFile
from assessments.observations.kinds import MEASURES
from assessments.observations.lab_file import line_from
from patients.models import Patient
from patients.views.registry import of_clinic

PAGE = 100
SHOWN = 10


@requires(Permission.ASSESS)
def upload(request: StaffRequest) -> HttpResponse:
    """Send a file whose lines name the people by their record numbers."""
    return _upload(request, None)


@requires(Permission.ASSESS)
def upload_for(request: StaffRequest, pk: int) -> HttpResponse:
    """Send a file about one person."""
    return _upload(request, of_clinic(request, pk))


def _upload(request: StaffRequest, patient: Patient | None) -> HttpResponse:
    sent = request.method == "POST"
    form = ResultsFileForm(
        request.POST if sent else None, request.FILES if sent else None
    )
    found = outcome_of(
        request,
        lambda: acts.read_results(
            clinic=request.acting.clinic,
            content=form.cleaned_data["file"].read(),
            patient=patient,
            day_order=form.cleaned_data["day_order"],
            **acting_now(request),
        ),
        form=form,
    )
    if found is not None:
        return redirect("assessments:results_file", found.pk)
    recent = ResultsFile.objects.visible_to(request.acting).filter(patient=patient)
    context = {
        "form": form,
        "patient": patient,
        "tab": "measures",
        "measures": MEASURES,
        "recent": recent.select_related("uploaded_by").defer("lines")[:SHOWN],
    }
    return render(
        request, "assessments/results_upload.html", context, status=status_of(form)
    )


def _own(request: StaffRequest, pk: int) -> ResultsFile:
    rows = ResultsFile.objects.select_related("uploaded_by", "closed_by", "patient")
    return row_of_clinic(request, rows, pk=pk)


@requires(Permission.ASSESS, "GET")
def results_file(request: StaffRequest, pk: int) -> HttpResponse:
    """Every line of a file, and what would become of it, or became of it."""
    found = _own(request, pk)
    lines = [line_from(stored) for stored in found.lines]
    troubled = [line for line in lines if line.problem]
    only = request.GET.get("show", "")
    shown = troubled if only == "problems" else lines
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    people = Patient.objects.visible_to(request.acting).in_bulk(
        {line.patient for line in page.object_list if line.patient}
    )
    context = {
        "found": found,
        "page": page,
        "rows": [(line, people.get(line.patient or 0)) for line in page.object_list],
        "only": only,
        "count": len(lines),
        "good": sum(line.is_good for line in lines),
        "known": sum(line.is_known for line in lines),
        "troubled": len(troubled),
    }
    return render(request, "assessments/results_file.html", context)


@requires(Permission.ASSESS, "POST")
def keep(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep the good lines of a file, or none of them."""
    found = _own(request, pk)
    act(request, lambda: _close(request, found))
    return redirect("assessments:results_file", pk)


def _close(request: StaffRequest, found: ResultsFile) -> None:
    if request.POST.get("put_aside"):
        acts.put_aside(found=found, **acting_now(request))
        messages.success(request, "Put aside. Nothing of it was kept.")
    else:
        kept = acts.keep_results(found=found, **acting_now(request))
        messages.success(request, f"{kept} result{'' if kept == 1 else 's'} kept.")
