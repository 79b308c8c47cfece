"""Consents of one person: asked, read, signed, declined, taken back, on paper."""

from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.clinic_settings.consequences import digest_of
from accounts.doors import (
    act,
    acting_now,
    editing,
    outcome_of,
    row_of_clinic,
    status_of,
)
from accounts.giving import GivesOut, gives_out
from accounts.permissions import Permission
from accounts.sites import sisters_of
from knowledge.consents.content import statements
from patients.actions import consents as actions
from patients.actions.consents import ASKED, ConsentSignature, EndNotSeen
from patients.consent_forms import (
    ConsentForm,
    EndConsentForm,
    PaperConsentForm,
    SignConsentForm,
    for_treatment_at,
    initial_for,
    initial_of,
)
from patients.consents.reader import consents_of
from patients.consents.text import (
    elements_of,
    full_name,
    longer_than_suggested,
    parts_of_text,
    recipients_words,
    text_of,
)
from patients.models import Consent, PageLanguage, Patient, SupportPerson
from patients.views.registry import note_view, of_clinic, open_chart

SHOWN_COLUMNS = [*ASKED, "status"]


@requires(Permission.PATIENT_VIEW, "GET")
def consents(request: StaffRequest, pk: int) -> HttpResponse:
    """Who may be told what, those that end soonest first."""
    patient = open_chart(request, pk, "consents")
    standing = consents_of(patient, at=request.at)
    context = {
        "patient": patient,
        "tab": "contacts",
        "standing": [
            one for one in standing if one.state not in ("revoked", "expired")
        ],
        "ended": [one for one in standing if one.state in ("revoked", "expired")],
        "today": request.today,
    }
    return render(request, "patients/consents.html", context)


@requires(Permission.PATIENT_EDIT)
def ask(request: StaffRequest, pk: int) -> HttpResponse:
    """A new consent, with each element of the rule."""
    patient = of_clinic(request, pk)
    initial = initial_for(
        request.acting.clinic.name, patient.page_language, request.today
    )
    initial |= _for_a_site(request)
    form = ConsentForm(posted(request), supports=_supports(patient), initial=initial)
    made = outcome_of(
        request,
        lambda: actions.ask_consent(
            patient=patient, asked=form.asked(), **acting_now(request)
        ),
        form=form,
    )
    if made is not None:
        return redirect("patients:consent", patient.pk, made.pk)
    context = {"form": form, "patient": patient, "tab": "contacts"}
    return render(request, "patients/consent_new.html", context, status=status_of(form))


def _for_a_site(request: StaffRequest) -> dict[str, object]:
    """What stands in the form where a move to another site asks for it."""
    told = request.GET.get("site", "")
    sisters = sisters_of(request.acting, Permission.PATIENT_EDIT, on=request.today)
    found = next((one.clinic for one in sisters if str(one.clinic.pk) == told), None)
    return for_treatment_at(found.name) if found else {}


def _supports(patient: Patient) -> QuerySet[SupportPerson]:
    return patient.supports.filter(is_current=True)


def own_consent(request: StaffRequest, pk: int, consent: int) -> Consent:
    """This consent of this clinic's person, or a 404."""
    patient = of_clinic(request, pk)
    rows = Consent.objects.filter(patient=patient)
    found = row_of_clinic(request, rows, pk=consent)
    found.patient = patient
    return found


@requires(Permission.PATIENT_VIEW, "GET")
def consent(request: StaffRequest, pk: int, consent: int) -> HttpResponse:
    """One consent: its elements, its text in both languages, and what may be done."""
    found = own_consent(request, pk, consent)
    note_view(request, found.patient, "consent")
    return _consent_page(request, found)


def _consent_page(
    request: StaffRequest, found: Consent, **forms: object
) -> HttpResponse:
    standing = consents_of(found.patient, at=request.at)
    languages = [
        (key, label, parts_of_text(_text(found, str(key))))
        for key, label in PageLanguage.choices
    ]
    mine = next(one for one in standing if one.consent.pk == found.pk)
    elements = elements_of(found)
    paper = PaperConsentForm(
        initial={
            "signed_name": full_name(found.patient),
            "signed_on": request.today,
            "language": found.language,
        }
    )
    end = _end_form(request, found, None)
    shown = {"paper": editing(paper, found, SHOWN_COLUMNS), "end": end, **forms}
    told = _not_seen(forms.get("end"))
    context = {
        "consent": found,
        "patient": found.patient,
        "tab": "contacts",
        "standing": mine,
        # Under the name that the part of the list reads.
        "one": mine,
        "elements": elements,
        "there": sum(one.is_there for one in elements),
        "languages": languages,
        "longer": _longer(request, found),
        "told": told,
        "told_digest": digest_of(told),
        **shown,
    }
    status = status_of(*(form for form in (shown["paper"], end) if form))  # type: ignore[arg-type]
    for form in forms.values():
        status = max(status, status_of(form))  # type: ignore[arg-type]
    if told:
        # It stands in its own note, as a list; nothing of it is wrong.
        shown["end"].errors.pop(NON_FIELD_ERRORS, None)  # type: ignore[attr-defined]
    return render(request, "patients/consent.html", context, status=status)


def _not_seen(form: object) -> tuple[str, ...]:
    """What an end would mean that nobody had seen."""
    refusal = getattr(form, "refusal", None)
    return refusal.words if isinstance(refusal, EndNotSeen) else ()


def _longer(request: StaffRequest, found: Consent) -> str:
    """A last day far away, as long as it can be put right."""
    if found.status != Consent.Status.DRAFT:
        return ""
    return longer_than_suggested(found, request.today)


def _text(consent: Consent, language: str) -> str:
    """As signed, where it is signed in this language."""
    if consent.text and consent.language == language:
        return consent.text
    return text_of(consent, language)


@requires(Permission.PATIENT_EDIT)
def change(request: StaffRequest, pk: int, consent: int) -> HttpResponse:
    """Change what is asked, before it is answered."""
    found = own_consent(request, pk, consent)
    patient = found.patient
    form = ConsentForm(
        posted(request), supports=_supports(patient), initial=initial_of(found)
    )
    editing(form, found, SHOWN_COLUMNS)
    if act(
        request,
        lambda: actions.change_consent(
            consent=found, asked=form.asked(), **acting_now(request)
        ),
        form=form,
        row=found,
        fields=SHOWN_COLUMNS,
        done="Changed.",
    ):
        return redirect("patients:consent", patient.pk, found.pk)
    context = {"form": form, "patient": patient, "tab": "contacts", "consent": found}
    return render(request, "patients/consent_new.html", context, status=status_of(form))


@requires(Permission.PATIENT_EDIT)
def sign(request: StaffRequest, pk: int, consent: int) -> HttpResponse:
    """The turned screen: the text, and a place to sign."""
    found = own_consent(request, pk, consent)
    asked = request.GET.get("language", "")
    language = asked if asked in PageLanguage.values else found.language
    form = editing(SignConsentForm(posted(request)), found, SHOWN_COLUMNS)
    if act(
        request,
        lambda: actions.sign_consent(
            consent=found,
            signature=_on_screen(form, found),
            language=language,
            **acting_now(request),
        ),
        form=form,
        row=found,
        fields=SHOWN_COLUMNS,
        done="Signed.",
    ):
        return redirect("patients:consent", found.patient.pk, found.pk)
    context = {
        "consent": found,
        "patient": found.patient,
        "language": language,
        "languages": PageLanguage.choices,
        "parts": parts_of_text(text_of(found, language)),
        "read_to_me": statements()["read_to_me"].say(language),
        "form": form,
        "name": full_name(found.patient),
        "today": request.today,
    }
    return render(
        request, "patients/consent_sign.html", context, status=status_of(form)
    )


def _on_screen(form: SignConsentForm, consent: Consent) -> ConsentSignature:
    values = form.cleaned_data
    how = Consent.SignedHow.DRAWN if values["path"] else Consent.SignedHow.TYPED
    return ConsentSignature(
        how=how,
        name=values["signed_name"] or full_name(consent.patient),
        for_them=values["signed_for"],
        path=values["path"],
    )


@requires(Permission.PATIENT_EDIT, "POST")
def sign_paper(request: StaffRequest, pk: int, consent: int) -> HttpResponse:
    """Staff saw the signed paper."""
    found = own_consent(request, pk, consent)
    form = editing(PaperConsentForm(posted(request)), found, SHOWN_COLUMNS)
    if act(
        request,
        lambda: actions.sign_consent(
            consent=found,
            signature=_on_paper(form),
            language=form.cleaned_data["language"],
            **acting_now(request),
        ),
        form=form,
        row=found,
        fields=SHOWN_COLUMNS,
        done="Kept: signed on paper, and seen by you.",
    ):
        return redirect("patients:consent", found.patient.pk, found.pk)
    return _consent_page(request, found, paper=form)


def _on_paper(form: PaperConsentForm) -> ConsentSignature:
    values = form.cleaned_data
    return ConsentSignature(
        how=Consent.SignedHow.PAPER,
        name=values["signed_name"],
        for_them=values["signed_for"],
        on=values["signed_on"],
    )


@requires(Permission.PATIENT_EDIT, "POST")
def decline(request: StaffRequest, pk: int, consent: int) -> HttpResponse:
    """The person said no."""
    found = own_consent(request, pk, consent)
    act(
        request,
        lambda: actions.decline_consent(consent=found, **acting_now(request)),
        row=found,
        done="Declined. Care goes on the same way.",
    )
    return redirect("patients:consents", pk)


@requires(Permission.PATIENT_EDIT, "POST")
def discard(request: StaffRequest, pk: int, consent: int) -> HttpResponse:
    """A text that nobody answered is dropped."""
    found = own_consent(request, pk, consent)
    act(
        request,
        lambda: actions.discard_consent(consent=found, **acting_now(request)),
        row=found,
        done="Discarded.",
    )
    return redirect("patients:consents", pk)


def _end_form(request: StaffRequest, consent: Consent, data: object) -> EndConsentForm:
    names = [str(one["name"]) for one in consent.recipients]
    initial = {"said_on": request.today}
    return EndConsentForm(data, names=names, initial=initial)  # type: ignore[arg-type]


@requires(Permission.PATIENT_EDIT, "POST")
def end(request: StaffRequest, pk: int, given: int) -> HttpResponse:
    """End a consent, for everybody or for one, once what it means has been seen."""
    found = own_consent(request, pk, given)
    form = _end_form(request, found, request.POST)
    if act(
        request,
        lambda: actions.end_consent(
            consent=found,
            told=request.POST.get("told", ""),
            **acting_now(request),
            **form.cleaned_data,
        ),
        form=form,
        done="Ended. From now on nothing more is told by it.",
    ):
        return redirect("patients:consent", pk, found.pk)
    return _consent_page(request, found, end=form)


@gives_out(GivesOut.TO_THE_PERSON, "their own consent, to read and to sign")
@requires(Permission.PATIENT_VIEW, "GET")
def on_paper(request: StaffRequest, pk: int, consent: int) -> HttpResponse:
    """The consent on paper, with the part by which it is taken back."""
    found = own_consent(request, pk, consent)
    note_view(request, found.patient, "consent on paper")
    asked = request.GET.get("language", "")
    language = asked if asked in PageLanguage.values else found.language
    taking_back = statements()["taking_back"]
    context = {
        "consent": found,
        "patient": found.patient,
        "language": language,
        "languages": PageLanguage.choices,
        "title": statements()["copy_title"].say(language),
        "parts": parts_of_text(_text(found, language)),
        "taking_back": taking_back.say(language, recipients=recipients_words(found)),
    }
    return render(request, "patients/consent_print.html", context)
