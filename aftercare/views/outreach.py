"""Reaching somebody: the rungs, whoever calls now, and each way with its own act."""

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
    outcome_of,
    path_of_ours,
    row_of_clinic,
    status_of,
)
from accounts.giving import GivesOut, gives_out
from accounts.permissions import Permission
from aftercare.actions import outreach_ways as ways
from aftercare.forms.outreach import CallNowForm, EmergencyForm, WentOutForm
from aftercare.models import OutreachAttempt
from aftercare.record.calendar import Calendar, calendar_of
from aftercare.record.reaching import LETTER, reaching_of
from knowledge.schedule.reaching import reaching
from patients.disclosures.outgoing import outgoing_of
from patients.models import Disclosure, Patient, SupportPerson
from patients.views.registry import death_waits, looked_at_chart, of_clinic

LANGUAGES = ("en", "es")
GIVEN_SHOWN = 20


@requires(Permission.FOLLOW_UP_WORK, "GET")
def reach(request: StaffRequest, pk: int) -> HttpResponse:
    """Who calls now, which rung stands, and every way that is open."""
    patient = looked_at_chart(request, pk, "reaching")
    return _page(request, patient)


def _page(
    request: StaffRequest, patient: Patient, *, status: int = 200, **more: object
) -> HttpResponse:
    calendar = calendar_of(patient, today=request.today)
    shown = reaching_of(
        patient,
        attempts=calendar.attempts,
        steps=calendar.steps,
        may_text=ways.wish_to_write_by(patient) is not None,
        at=request.at,
    )
    context = {
        "patient": patient,
        "tab": "aftercare",
        "today": request.today,
        "calendar": calendar,
        "open_follow_ups": calendar.by_day,
        "reach": shown,
        "rungs": [(step, shown.of(step.ways)) for step in calendar.steps],
        "outcomes": OutreachAttempt.by_phone(),
        "passed_on": EmergencyForm().fields["outcome"].choices,  # type: ignore[attr-defined]
        "contact_points": patient.contact_points.filter(is_current=True),
        "is_stopped": death_waits(patient) or patient.status == "deceased",
        **more,
    }
    return render(request, "aftercare/reach.html", context, status=status)


@requires(Permission.FOLLOW_UP_WORK, "POST")
def call_now(request: StaffRequest, pk: int) -> HttpResponse:
    """Say that one is calling; told who calls, where somebody does."""
    patient = of_clinic(request, pk)
    form = CallNowForm(request.POST)
    act(
        request,
        lambda: ways.start_call(
            patient=patient, anyway=form.cleaned_data["anyway"], **acting_now(request)
        ),
        form=form,
        done="Others see that you are calling.",
    )
    if form.errors:
        return _page(request, patient, status=status_of(form), call_form=form)
    wanted = request.POST.get("next", "")
    return redirect(path_of_ours(request, wanted, _reach_url(pk)))


@requires(Permission.FOLLOW_UP_WORK, "POST")
def send_text(request: StaffRequest, pk: int) -> HttpResponse:
    """One press asks somebody to call."""
    patient = of_clinic(request, pk)
    form = forms.Form(request.POST)
    attempt = outcome_of(
        request,
        lambda: ways.send_text(
            patient=patient,
            follow_up=_calendar(request, patient).reaching,
            **acting_now(request),
        ),
        form=form,
    )
    return _recorded(request, patient, attempt, form)


@requires(Permission.FOLLOW_UP_WORK, "POST")
def emergency(request: StaffRequest, pk: int, support: int) -> HttpResponse:
    """One press says what a call to the emergency contact came to."""
    patient = of_clinic(request, pk)
    rows = SupportPerson.objects.filter(patient=patient)
    person = row_of_clinic(request, rows, pk=support)
    form = EmergencyForm(request.POST)
    attempt = outcome_of(
        request,
        lambda: ways.call_emergency_contact(
            patient=patient,
            support=person,
            follow_up=_calendar(request, patient).reaching,
            **acting_now(request),
            **form.cleaned_data,
        ),
        form=form,
    )
    return _recorded(request, patient, attempt, form)


@gives_out(GivesOut.ONE_PERSON, "a letter to the person that says nothing of care")
@requires(Permission.FOLLOW_UP_WORK, "GET")
def letter(request: StaffRequest, pk: int, letter_paper: int) -> HttpResponse:
    """The letter with its address, for a plain envelope."""
    patient = looked_at_chart(request, pk, "letter")
    outgoing = outgoing_of(request, patient, letter_paper, LETTER)
    if outgoing is None:
        return redirect("patients:give", pk, LETTER)
    asked = request.GET.get("language", patient.page_language)
    language = asked if asked in LANGUAGES else "en"
    greeting, lines, close = reaching().letter_lines(
        language, name=patient.first_name, phone=request.acting.clinic.phone
    )
    context = {
        "patient": patient,
        "outgoing": outgoing,
        "language": language,
        "greeting": greeting,
        "lines": lines,
        "close": close,
        "today": request.today,
        "back": _reach_url(pk),
    }
    return render(request, "aftercare/letter.html", context)


@requires(Permission.FOLLOW_UP_WORK, "POST")
def posted_letter(request: StaffRequest, pk: int, letter_paper: int) -> HttpResponse:
    """It is in the post: a try like any other."""
    patient = of_clinic(request, pk)
    rows = Disclosure.objects.filter(patient=patient, thing=LETTER)
    given = row_of_clinic(request, rows, pk=letter_paper)
    form = forms.Form(request.POST)
    attempt = outcome_of(
        request,
        lambda: ways.post_letter(
            patient=patient,
            letter=given,
            follow_up=_calendar(request, patient).reaching,
            **acting_now(request),
        ),
        form=form,
    )
    return _recorded(request, patient, attempt, form)


@requires(Permission.FOLLOW_UP_WORK)
def went_out(request: StaffRequest, pk: int, way: str) -> HttpResponse:
    """Who went, when, what was found, and when the next try is."""
    patient, known = of_clinic(request, pk), reaching().ways.get(way)
    if known is None or not known.has_form:
        raise Http404
    given = Disclosure.objects.filter(patient=patient, is_stopped=False)
    form = WentOutForm(
        posted(request),
        way=way,
        today=request.today,
        given=given.order_by("-made_at", "-pk")[:GIVEN_SHOWN],
    )
    attempt = outcome_of(
        request,
        lambda: ways.record_visit_outside(
            patient=patient,
            told=form.told(),
            follow_up=_calendar(request, patient).reaching,
            **acting_now(request),
        ),
        form=form,
    )
    if attempt is not None:
        return _recorded(request, patient, attempt, form)
    context = {
        "patient": patient,
        "tab": "aftercare",
        "title": known.words,
        "form": form,
        "asks_gate": "disclosure" in form.fields,
        "back": _reach_url(pk),
    }
    return render(request, "aftercare/went_out.html", context, status=status_of(form))


def _recorded(
    request: StaffRequest,
    patient: Patient,
    attempt: OutreachAttempt | None,
    form: forms.Form,
) -> HttpResponse:
    """Back to the rungs, with a press that takes it back; refused, the page says why."""
    if attempt is None:
        return _page(request, patient, status=status_of(form), refused=form)
    back = _reach_url(patient.pk)
    undo = reverse("aftercare:take_back", args=[attempt.pk])
    words = f"{attempt.get_channel_display()}: {attempt.get_outcome_display().lower()}."
    messages.success(request, words, extra_tags=f"{undo}?{urlencode({'next': back})}")
    return redirect(back)


def _calendar(request: StaffRequest, patient: Patient) -> Calendar:
    return calendar_of(patient, today=request.today)


def _reach_url(pk: int) -> str:
    return reverse("aftercare:reach", args=[pk])
