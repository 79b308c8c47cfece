"""The lists kept for a person: allergies, conditions, medicines, supports, contacts."""

from typing import cast

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, status_of
from accounts.permissions import Permission
from accounts.refusals import Refused
from knowledge.names import says_none, search, search_allergens
from patients.actions import health
from patients.consents.reader import consents_of
from patients.forms import LIST_FORMS
from patients.merges import merges_of
from patients.models import Icd10Code, Patient
from patients.names import normalized
from patients.views.registry import of_clinic, open_chart

SUGGESTED, LONGEST_SEARCH = 20, 60
SEARCHES = {"medicine": search, "allergy": search_allergens}
# Lists that offer choices as one types: the place into which the choices go.
CHOICES = {"condition": "icd10", "medicine": "names", "allergy": "names"}
TITLES = {
    "allergy": "Add an allergy",
    "condition": "Add a condition",
    "medicine": "Add another medicine",
    "support": "Add a support person",
    "contact": "Add a phone number or e-mail",
}


def page(
    request: StaffRequest, patient: Patient, *, status: int = 200, **drawer: object
) -> HttpResponse:
    """The lists of one person, with a drawer beside them where something is added."""
    context = {
        "patient": patient,
        "tab": "contacts",
        "merges": merges_of(patient, request.at),
        "contact_points": patient.contact_points.all(),
        "supports": patient.supports.all(),
        "allergies": patient.allergies.all(),
        "conditions": patient.conditions.all(),
        "medicines": patient.other_medicines.all(),
        "standing": consents_of(patient, at=request.at),
        "team": patient.care_team.filter(until_at=None).select_related("staff"),
        **drawer,
    }
    return render(request, "patients/contacts.html", context, status=status)


@requires(Permission.PATIENT_VIEW, "GET")
def contacts(request: StaffRequest, pk: int) -> HttpResponse:
    """Who this person is, how to reach them, who stands by them, what they live with."""
    patient = open_chart(request, pk, "contacts")
    return page(request, patient)


@requires(Permission.PATIENT_EDIT)
def add(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    """The form for one more entry, in a drawer beside the lists."""
    patient = of_clinic(request, pk)
    if kind not in LIST_FORMS:
        raise Http404
    form = LIST_FORMS[kind](posted(request))
    if act(
        request,
        lambda: _list(request, patient, kind, form.cleaned_data),
        form=form,
        done="Added.",
    ):
        return redirect("patients:contacts", pk)
    return page(
        request,
        patient,
        status=status_of(form),
        form=form,
        drawer_title=TITLES[kind],
        drawer_action=request.path,
        drawer_button="Add",
        drawer_choices=CHOICES.get(kind, ""),
        drawer_offers=_offers_none(patient, kind, form),
    )


def _offers_none(patient: Patient, kind: str, form: Form) -> str:
    """The address that records that no allergies are known, where the form was sent
    with words for it; empty where some are listed."""
    typed = str(form["substance"].value() or "") if kind == "allergy" else ""
    if not says_none(typed) or patient.allergies.filter(is_current=True).exists():
        return ""
    return reverse("patients:no_known_allergies", args=[patient.pk])


def _list(
    request: StaffRequest, patient: Patient, kind: str, values: dict[str, object]
) -> None:
    if kind == "condition":
        values = {**values, "title": _title_of(str(values["code"]))}
    health.list_entry(patient=patient, kind=kind, values=values, **acting_now(request))


def _title_of(code: str) -> str:
    known = Icd10Code.objects.filter(code=code).first()
    if known is None:
        raise Refused("No such code. Choose a condition from the list.")
    return known.title


@requires(Permission.PATIENT_EDIT, "POST")
def end(request: StaffRequest, pk: int, kind: str, entry: int) -> HttpResponse:
    """End an entry, or take the ending back."""
    patient = of_clinic(request, pk)
    if kind not in health.LISTED:
        raise Http404
    row = get_object_or_404(health.LISTED[kind][0], pk=entry, patient=patient)
    if request.POST.get("back") == "yes":
        do, done = health.restore_entry, ""
    else:
        do = health.end_entry
        done = "Ended. It stays listed as past, and can be restored."
    act(
        request,
        lambda: do(entry=row, kind=kind, **acting_now(request)),
        row=row,
        done=done,
    )
    return redirect("patients:contacts", pk)


@requires(Permission.PATIENT_EDIT, "POST")
def put_name_right(
    request: StaffRequest, pk: int, kind: str, entry: int
) -> HttpResponse:
    """Take a name that was offered for one that is not recognised."""
    patient = of_clinic(request, pk)
    if kind not in health.RECOGNISED:
        raise Http404
    found = get_object_or_404(health.RECOGNISED[kind], pk=entry, patient=patient)
    row = cast(health.Written, found)
    name = request.POST.get("name", "")
    act(
        request,
        lambda: health.put_name_right(
            entry=row, kind=kind, name=name, **acting_now(request)
        ),
        row=row,
        done=f"Written as {name}.",
    )
    return redirect("patients:contacts", pk)


@requires(Permission.PATIENT_EDIT, "POST")
def no_known_allergies(request: StaffRequest, pk: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    act(
        request,
        lambda: health.note_no_known_allergies(patient=patient, **acting_now(request)),
    )
    return redirect("patients:contacts", pk)


@requires(Permission.PATIENT_VIEW, "GET")
def conditions(request: StaffRequest) -> HttpResponse:
    """Suggestions for a condition, as options of a list."""
    text = normalized(request.GET.get("code", "").replace("\x00", ""))[:LONGEST_SEARCH]
    codes = Icd10Code.objects.none()
    if len(text) >= 2:
        codes = Icd10Code.objects.all()
        for word in text.split():
            codes = codes.filter(search_text__contains=word)
    return render(request, "patients/contacts.html#codes", {"codes": codes[:SUGGESTED]})


@requires(Permission.PATIENT_VIEW, "GET")
def names(request: StaffRequest, kind: str) -> HttpResponse:
    """Names of medicines or allergens to choose from, brands with their ingredients."""
    if kind not in SEARCHES:
        raise Http404
    text = request.GET.get(health.NAMED_IN[kind], "")[:LONGEST_SEARCH]
    found = SEARCHES[kind](text, SUGGESTED)
    return render(request, "patients/contacts.html#names", {"names": found})
