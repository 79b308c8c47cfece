"""Events of a person: recording one, its pathway, correcting it, taking it back."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import StaffRequest, posted, requires
from accounts.doors import (
    act,
    acting_now,
    editing,
    outcome_of,
    path_of_ours,
    row_of_clinic,
    status_of,
)
from accounts.permissions import Permission
from aftercare.actions import events as acts
from aftercare.forms.events import EventForm, TakeBackForm, said_of
from aftercare.models import CareEvent
from aftercare.record.events.open_events import EventNow, as_now, events_of
from aftercare.record.events.pathway_page import (
    StepLine,
    conditions_that_hold,
    known_answers,
    pathway_lines,
)
from assessments.picture.assemble import picture_from, subject_of
from assessments.picture.own_sources import TOLD
from knowledge.schedule.pathways import (
    EventDay,
    EventKind,
    StepCondition,
    dated_steps,
    kinds_by_hand,
    pathways,
)
from patients.models import Patient
from patients.views.registry import note_view, of_clinic
from treatment.current import medicines_taken

# Where the rest of what a fatal event asks for is said.
DEATH_PAGE = "patients:status"
# What is corrected; steps and signs of the machine overtake nobody.
SHOWN_OF_IT = (
    *("kind", "happened_on", "is_day_known", "happened_time", "source"),
    *("answers", "words", "taken_back_at", "replaced_by_id"),
)


@requires(Permission.FOLLOW_UP_WORK, "GET")
def record(request: StaffRequest, pk: int) -> HttpResponse:
    """What there is to record of a person: events by kind, and the doors to the rest."""
    context = {
        "patient": of_clinic(request, pk),
        "tab": "",
        "kinds": [(kind, pathways()[kind].about.title) for kind in kinds_by_hand()],
    }
    return render(request, "aftercare/record.html", context)


@requires(Permission.FOLLOW_UP_WORK)
def record_kind(request: StaffRequest, pk: int, event_kind: str) -> HttpResponse:
    """One kind of event; the page says before saving what saving opens."""
    patient, chosen = of_clinic(request, pk), _by_hand(event_kind)
    form = EventForm(posted(request), kind=chosen, today=request.today)
    event = outcome_of(
        request,
        lambda: acts.record_event(
            patient=patient, told=form.told(), **acting_now(request)
        ),
        form=form,
    )
    if event is None:
        return _form_page(request, patient, form)
    undo = reverse("aftercare:take_back_event", args=[pk, event.number])
    back = reverse("aftercare:of_patient", args=[pk])
    messages.success(
        request,
        f"{event.about.title} recorded.",
        extra_tags=f"{undo}?{urlencode({'next': back})}",
    )
    if event.about.leads_to:
        return redirect(DEATH_PAGE, pk)
    return redirect("aftercare:event", pk, event.number)


def _by_hand(kind: str) -> EventKind:
    if kind not in kinds_by_hand():
        raise Http404
    return EventKind(kind)


def _form_page(
    request: StaffRequest,
    patient: Patient,
    form: EventForm,
    event: CareEvent | None = None,
) -> HttpResponse:
    pathway = pathways()[form.kind]
    today = EventDay(known_on=request.today, on=request.today)
    holding = _holding_before(patient, request)
    context = {
        "patient": patient,
        "tab": "",
        "form": form,
        "about": pathway.about,
        "event": event,
        "opens": dated_steps(pathway, today, holding=holding),
    }
    return render(request, "aftercare/event_form.html", context, status=status_of(form))


def _holding_before(
    patient: Patient, request: StaffRequest
) -> frozenset[StepCondition]:
    """What holds of the person as far as it can be said before anything is recorded."""
    is_on = bool(medicines_taken(patient.pk, request.today))
    said = {
        StepCondition.HELD: True,
        StepCondition.OFF_MEDICINE: not is_on,
        StepCondition.IN_PROGRAM: request.acting.clinic.is_otp,
        StepCondition.COULD_BE_PREGNANT: patient.sex_at_birth != Patient.Sex.MALE,
    }
    return frozenset(key for key, holds in said.items() if holds)


def _found(request: StaffRequest, patient: Patient, number: int) -> CareEvent:
    """The newest version of an event of this person, or a 404."""
    rows = CareEvent.objects.filter(patient=patient, first=None)
    first = row_of_clinic(request, rows, pk=number)
    versions = CareEvent.objects.select_related("recorded_by", "taken_back_by")
    newest = versions.filter(first=first).order_by("-pk").first()
    event = newest or versions.get(pk=first.pk)
    event.patient = patient
    return event


@requires(Permission.PATIENT_VIEW, "GET")
def event(request: StaffRequest, pk: int, event: int) -> HttpResponse:
    """The pathway of one event."""
    patient = of_clinic(request, pk)
    found = _found(request, patient, event)
    note_view(request, patient, "event")
    return _event_page(request, patient, found)


def _event_page(
    request: StaffRequest,
    patient: Patient,
    found: CareEvent,
    form: forms.Form | None = None,
) -> HttpResponse:
    subject = subject_of(patient, at=request.at, only=TOLD)
    others = events_of([patient.pk], found.happened_on).get(patient.pk, ())
    now = next((one for one in others if one.pk == found.number), as_now(found))
    pregnant = picture_from(subject).known("could_be_pregnant")
    holding = conditions_that_hold(
        now,
        is_on_medicine=bool(medicines_taken(patient.pk, request.today)),
        is_program=request.acting.clinic.is_otp,
        may_be_pregnant=patient.sex_at_birth != Patient.Sex.MALE
        and (pregnant is None or pregnant.value is not False),
    )
    context = {
        "patient": patient,
        "tab": "aftercare",
        "subject": subject,
        "event": found,
        "about": now.pathway.about,
        "lines": _lines(request, patient, found, now, holding),
        "known": known_answers(now),
        "others": [one for one in others if one.pk != found.number],
        "today": request.today,
        "take_back": form or TakeBackForm(),
    }
    status = status_of(form) if form else 200
    return render(request, "aftercare/event.html", context, status=status)


def _lines(
    request: StaffRequest,
    patient: Patient,
    found: CareEvent,
    now: EventNow,
    holding: frozenset[StepCondition],
) -> list[StepLine]:
    """Nothing where the event does not stand."""
    if not found.is_in_force:
        return []
    zone = request.at.tzinfo
    assert zone is not None  # noqa: S101 - the clinic's clock
    return pathway_lines(patient, now, holding=holding, zone=zone, today=request.today)


@requires(Permission.FOLLOW_UP_WORK)
def correct(request: StaffRequest, pk: int, event: int) -> HttpResponse:
    """Say an event otherwise; what was said first stays on record."""
    patient = of_clinic(request, pk)
    found = _found(request, patient, event)
    form = EventForm(
        posted(request),
        kind=found.event_kind,
        today=request.today,
        initial=said_of(found, request.today),
    )
    editing(form, found, SHOWN_OF_IT)
    if act(
        request,
        lambda: acts.correct_event(
            event=found, told=form.told(), **acting_now(request)
        ),
        form=form,
        row=found,
        fields=SHOWN_OF_IT,
        done="Corrected. What was said first stays on record.",
    ):
        return redirect("aftercare:event", pk, event)
    return _form_page(request, patient, form, found)


@requires(Permission.FOLLOW_UP_WORK, "POST")
def take_back(request: StaffRequest, pk: int, event: int) -> HttpResponse:
    """Undo an event: its steps are owed no more."""
    patient = of_clinic(request, pk)
    found = _found(request, patient, event)
    form = TakeBackForm(request.POST)
    if act(
        request,
        lambda: acts.take_back_event(
            event=found, **form.cleaned_data, **acting_now(request)
        ),
        form=form,
        done=f"Taken back: {found.about.title.lower()}. Its steps are owed no more.",
    ):
        here = reverse("aftercare:event", args=[pk, event])
        return redirect(path_of_ours(request, request.GET.get("next", ""), here))
    return _event_page(request, patient, found, form)
