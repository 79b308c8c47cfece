"""The Measures tab: scores, doses and toxicology on one axis, and what lies behind it."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.doors import as_file
from accounts.entry.step_up import step_up
from accounts.giving import GivesOut, gives_out
from accounts.permissions import Permission
from assessments.models import Assessment, Observation
from assessments.observations.kinds import label_of
from assessments.scores.sparkline import title_of
from patients.disclosures.outgoing import outgoing_of
from patients.views.registry import note_view, of_clinic, open_chart
from reports.progress import csv_file, pages
from reports.progress.chart import file_of
from reports.progress.from_record import record_of
from reports.progress.given import SCORES, TIMELINE
from reports.progress.query import asked


@requires(Permission.PATIENT_VIEW, "GET")
def measures(request: StaffRequest, pk: int) -> HttpResponse:
    """Every score and measurement of a person, on one time axis and as a table."""
    patient = open_chart(request, pk, "measures")
    context = pages.measures_page(patient, request.GET, at=request.at)
    context |= {"patient": patient, "tab": "measures"}
    return render(request, "reports/measures.html", context)


@requires(Permission.PATIENT_VIEW, "GET")
def timeline(request: StaffRequest, pk: int) -> HttpResponse:
    """The annotated time line by itself, to move along and to look closer."""
    patient = open_chart(request, pk, "timeline")
    context = pages.timeline_page(patient, request.GET, at=request.at)
    context |= {"patient": patient, "tab": "measures"}
    return render(request, "reports/timeline.html", context)


@requires(Permission.PATIENT_VIEW, "GET")
def timeline_given(request: StaffRequest, pk: int, timeline_given: int) -> HttpResponse:
    """The same, once the gate has let it out, with the ways to save it."""
    patient = open_chart(request, pk, "timeline")
    outgoing = outgoing_of(request, patient, timeline_given, TIMELINE)
    if outgoing is None:
        return redirect("patients:give", pk, TIMELINE)
    context = pages.timeline_page(patient, request.GET, at=request.at)
    context |= {"patient": patient, "tab": "measures", "outgoing": outgoing}
    return render(request, "reports/timeline.html", context)


@gives_out(GivesOut.ONE_PERSON, "the time line as a drawing, with notice and scope")
@requires(Permission.PATIENT_VIEW, "GET")
@step_up("take a file", to_look=True)
def timeline_file(request: StaffRequest, pk: int, timeline_given: int) -> HttpResponse:
    """The time line as an image file, written down before it is sent."""
    patient = of_clinic(request, pk)
    outgoing = outgoing_of(request, patient, timeline_given, TIMELINE)
    if outgoing is None:
        return redirect("patients:give", pk, TIMELINE)
    at = request.at
    csv_file.note_export(patient=patient, what="timeline", by=request.user, at=at)
    record = record_of(patient, at=at)
    wanted = asked(request.GET, record.story)
    chosen = record.story.chosen(wanted.keys)
    text = file_of(record.story, wanted.span, chosen, outgoing.lines)
    return as_file(text, f"timeline-{patient.pk}.svg", "image/svg+xml")


@gives_out(GivesOut.ONE_PERSON, "scores and measurements, as far as may be told")
@requires(Permission.PATIENT_VIEW, "GET")
@step_up("take a file", to_look=True)
def scores_file(request: StaffRequest, pk: int, scores_given: int) -> HttpResponse:
    """The person's scores and measurements as CSV, written down before it is sent."""
    patient = of_clinic(request, pk)
    outgoing = outgoing_of(request, patient, scores_given, SCORES)
    if outgoing is None:
        return redirect("patients:give", pk, SCORES)
    at = request.at
    csv_file.note_export(patient=patient, what="scores", by=request.user, at=at)
    record = record_of(patient, at=at)
    measured = reversed(record.observations) if outgoing.holds("results") else ()
    text = csv_file.scores_file(record.given, measured, outgoing.lines)
    return as_file(text, csv_file.filename(patient))


@requires(Permission.PATIENT_VIEW, "GET")
def results(request: StaffRequest, pk: int, instrument: str) -> HttpResponse:
    """All results of one instrument, with its answers beside those before."""
    patient = of_clinic(request, pk)
    rows = list(
        Assessment.objects.visible_to(request.acting)
        .filter(patient=patient, instrument=instrument)
        .select_related("given_by", "amended_by")
    )
    if not rows:
        raise Http404("Never given.")
    note_view(request, patient, "results")
    record = record_of(patient, at=request.at)
    context = {
        "patient": patient,
        "tab": "measures",
        "title": title_of(instrument),
        "instrument": instrument,
        **pages.results_page(instrument, rows, record),
    }
    return render(request, "reports/measures_results.html", context)


@requires(Permission.PATIENT_VIEW, "GET")
def measured(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """Every result of one kind of measurement, those entered in error too."""
    patient = of_clinic(request, pk)
    rows = list(
        Observation.objects.visible_to(request.acting)
        .filter(patient=patient, code=code)
        .select_related("recorded_by")
    )
    if not rows:
        raise Http404("Never measured.")
    note_view(request, patient, "measured")
    context = {
        "patient": patient,
        "tab": "measures",
        "title": label_of(code),
        "code": code,
        "rows": [(row, row.words) for row in rows],
    }
    return render(request, "reports/measures_measured.html", context)
