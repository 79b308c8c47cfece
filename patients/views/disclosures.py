"""Giving something out through the gate, and what was told about a person."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, outcome_of, row_of_clinic, status_of
from accounts.giving import GivesOut, gives_out
from accounts.permissions import Permission
from knowledge.consents.content import period
from patients.actions import disclosures as actions
from patients.consents.reader import consents_of
from patients.consents.text import parts_of_text
from patients.disclosures import accounting
from patients.disclosures.outgoing import outgoing_from
from patients.disclosures.things import GivenThing, things
from patients.disclosures.whom import whom_of
from patients.giving_forms import GiveForm, TellForm
from patients.models import Disclosure, DisclosureListRequest, PageLanguage, Patient
from patients.views.registry import note_view, of_clinic, open_chart

OF = "of"
LONGEST_NUMBER = 18


@requires(Permission.PATIENT_VIEW, "GET")
def disclosures(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything that was told, what was stopped first."""
    patient = open_chart(request, pk, "disclosures")
    lines = accounting.disclosures_of(patient, at=request.at)
    outside = accounting.outside(lines)
    context = {
        "patient": patient,
        "tab": "contacts",
        "stopped": [one for one in outside if one.row.is_stopped],
        "told": [one for one in outside if not one.row.is_stopped],
        "within": [one for one in lines if one.row.ground in accounting.WITHIN],
        "free_months": period("free_list_months"),
        "asked_for": DisclosureListRequest.objects.filter(patient=patient).first(),
    }
    return render(request, "patients/disclosures.html", context)


@requires(Permission.PATIENT_VIEW, "GET")
def disclosure(request: StaffRequest, pk: int, disclosure: int) -> HttpResponse:
    """One time that something was told, with what had to go along."""
    patient = of_clinic(request, pk)
    rows = Disclosure.objects.filter(patient=patient)
    row = row_of_clinic(
        request, rows.select_related("consent", "made_by"), pk=disclosure
    )
    note_view(request, patient, "disclosure")
    standing = consents_of(patient, at=request.at) if row.consent_id else []
    found = next((one for one in standing if one.consent.pk == row.consent_id), None)
    gone = outgoing_from(row, found)
    context = {
        "patient": patient,
        "tab": "contacts",
        "line": accounting.DisclosureLine(row),
        "outgoing": gone,
        "parts": parts_of_text(gone.consent_text),
    }
    return render(request, "patients/disclosure.html", context)


@requires(Permission.DISCLOSE)
def give(request: StaffRequest, pk: int, thing: str) -> HttpResponse:
    """For whom a paper or a file is made, and why; then the gate."""
    patient = of_clinic(request, pk)
    known = things().get(thing)
    row = _number(request.GET.get(OF, ""))
    if known is None or not known.is_of(patient, row):
        raise Http404
    choices = whom_of(patient, clinic=request.acting.clinic.name, at=request.at)
    initial: dict[str, object] = {"whom": known.usual, "purpose": "treatment"}
    form = GiveForm(posted(request), choices=choices, initial=initial)
    made = outcome_of(
        request,
        lambda: actions.give_out(
            patient=patient,
            asked=form.asked(known, row),
            consent=form.chosen.consent,
            **acting_now(request),
        ),
        form=form,
    )
    if made is not None:
        return _on_from(request, patient, made, known)
    context = {
        "form": form,
        "patient": patient,
        "tab": "contacts",
        "title": known.title,
        "is_file": known.way == Disclosure.Way.FILE,
    }
    return render(request, "patients/give.html", context, status=status_of(form))


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


def _on_from(
    request: StaffRequest, patient: Patient, made: Disclosure, thing: GivenThing
) -> HttpResponse:
    """To the paper or the file with what it was asked with; or to why it was stopped."""
    if made.is_stopped:
        messages.warning(request, f"Stopped, and written down. {made.stopped_because}")
        return redirect("patients:disclosures", patient.pk)
    query = request.GET.copy()
    query.pop(OF, None)
    address = thing.address(made)
    return redirect(f"{address}?{query.urlencode()}" if query else address)


@requires(Permission.DISCLOSE)
def tell(request: StaffRequest, pk: int) -> HttpResponse:
    """Tell something in words: what may be said, and that it was said."""
    patient = of_clinic(request, pk)
    choices = whom_of(patient, clinic=request.acting.clinic.name, at=request.at)
    initial: dict[str, object] = {"purpose": "support", "way": Disclosure.Way.PHONE}
    form = TellForm(posted(request), choices=choices, initial=initial)
    made = outcome_of(
        request,
        lambda: actions.give_out(
            patient=patient,
            asked=form.told(),
            consent=form.chosen.consent,
            **acting_now(request),
        ),
        form=form,
    )
    if made is not None and made.is_stopped:
        messages.warning(request, f"Stopped, and written down. {made.stopped_because}")
        return redirect("patients:disclosures", patient.pk)
    if made is not None:
        return redirect("patients:disclosure", patient.pk, made.pk)
    context = {"form": form, "patient": patient, "tab": "contacts", "title": ""}
    return render(request, "patients/give.html", context, status=status_of(form))


@requires(Permission.DISCLOSE, "POST")
def ask_list(request: StaffRequest, pk: int) -> HttpResponse:
    """The person asked for the list of what was told."""
    patient = of_clinic(request, pk)
    act(
        request,
        lambda: actions.ask_list(patient=patient, **acting_now(request)),
        done="Kept: the list was asked for.",
    )
    return redirect("patients:disclosures", pk)


@requires(Permission.DISCLOSE, "POST")
def answer_list(request: StaffRequest, pk: int, asked: int) -> HttpResponse:
    """The person was given the list."""
    patient = of_clinic(request, pk)
    rows = DisclosureListRequest.objects.filter(patient=patient)
    found = row_of_clinic(request, rows, pk=asked)
    act(
        request,
        lambda: actions.answer_list(request=found, **acting_now(request)),
        done="Kept: the list was given.",
    )
    return redirect("patients:disclosures", pk)


@gives_out(GivesOut.TO_THE_PERSON, "the list that the person has a right to")
@requires(Permission.DISCLOSE, "GET")
def list_on_paper(request: StaffRequest, pk: int) -> HttpResponse:
    """What was told, on paper for the person, by the two rules that ask for it."""
    patient = open_chart(request, pk, "disclosures on paper")
    lines = accounting.disclosures_of(patient, at=request.at)
    context = {
        "patient": patient,
        "clinic": request.acting.clinic,
        "today": request.today,
        "by_consent": accounting.list_by_consent(lines, at=request.at),
        "without": accounting.list_without_consent(lines),
        **_languages(request, patient),
    }
    return render(request, "patients/disclosures_print.html", context)


def _languages(request: StaffRequest, patient: Patient) -> dict[str, object]:
    asked = request.GET.get("language", "")
    known = asked in PageLanguage.values
    return {
        "language": asked if known else patient.page_language,
        "languages": PageLanguage.choices,
    }
