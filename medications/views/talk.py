"""Weighing the options together: the turned screen, print, and asked by staff."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, editing, shown_in, status_of
from accounts.giving import GivesOut, gives_out
from accounts.permissions import Permission
from knowledge.decision_aid.content import LANGUAGES, aid
from medications.actions import talks as acts
from medications.decision_aid.context import (
    aid_digest,
    around,
    for_whom,
    own_texts,
    picked_from,
    shown,
    shown_to_anybody,
    weighed,
)
from medications.decision_aid.fit import Picked
from medications.decision_aid.papers import FAMILY_SHEET, SHEET
from medications.forms.talk import StaffTalkForm, form_values
from medications.models import DecisionTalk
from medications.views.talk_page import TalkPage, answer
from patients.consents.reader import told_to
from patients.disclosures.outgoing import outgoing_of
from patients.models import Patient, SupportPerson
from patients.views.registry import note_view, of_clinic

RECORD = "record"
RECORDED = "Recorded. What matters now moves the options."
KEPT = "Kept. It counts once it is recorded."
BLANK = "blank"


@requires(Permission.ASSESS)
def talk(request: StaffRequest, pk: int) -> HttpResponse:
    """The screen turned to the person: what each option is, what they pick and say."""
    patient = of_clinic(request, pk)
    now = request.at
    if request.method != "POST":
        note_view(request, patient, "talk")
    page = TalkPage(
        mode=DecisionTalk.Mode.SCREEN,
        here=reverse("medications:talk", args=[pk]),
        done=reverse("medications:decision", args=[pk]),
    )
    return answer(request, patient, page, at=now)


@gives_out(
    GivesOut.ONE_PERSON, "the decision aid on paper, for whom the gate let it out"
)
@requires(Permission.PATIENT_VIEW, "GET")
def sheet(request: StaffRequest, pk: int, sheet_paper: int) -> HttpResponse:
    """On paper: for the person, with the choice left blank, or for the family."""
    patient = of_clinic(request, pk)
    outgoing = outgoing_of(request, patient, sheet_paper, SHEET, FAMILY_SHEET)
    if outgoing is None:
        return redirect("patients:give", pk, SHEET)
    now = request.at
    is_family = outgoing.disclosure.thing == FAMILY_SHEET
    kind = BLANK if request.GET.get("sheet") == BLANK else ""
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else patient.page_language
    own = own_texts(patient.clinic_id, language)
    note_view(request, patient, "talk sheet")
    if is_family:
        context = around(shown_to_anybody(language, own))
    else:
        found = weighed(patient, at=now)
        said = None if kind == BLANK else _newest(patient)
        picked = _picked(said) if said else picked_from(found.picture)
        context = around(shown(found, picked, language, own)) | {
            "for_whom": for_whom(patient, now, aid(), language),
            "talk": said,
            **_said(said, picked, language),
        }
    context |= {
        "patient": patient,
        "is_family": is_family,
        "outgoing": outgoing,
        "kind": kind,
        "languages": LANGUAGES,
        "clinic": patient.clinic,
    }
    return render(request, "medications/talk_sheet.html", context)


def _support(patient: Patient) -> QuerySet[SupportPerson]:
    return SupportPerson.objects.filter(patient=patient, is_current=True)


def _newest(patient: Patient) -> DecisionTalk | None:
    """What is under way, else what was last handed back."""
    return DecisionTalk.objects.filter(patient=patient).first()


def _picked(talk: DecisionTalk) -> Picked:
    return Picked(frozenset(talk.matters), frozenset(talk.matters_most))


def _said(
    talk: DecisionTalk | None, picked: Picked, language: str
) -> dict[str, object]:
    chips = aid().named("chips", language)
    most = [label for key, label in chips.items() if key in picked.most]
    rest = [
        label for key, label in chips.items() if key in picked.matters - picked.most
    ]
    choices = aid().named("choices", language)
    return {
        "most": most,
        "matters": rest,
        "choices": choices.items(),
        "chosen": choices.get(talk.choice, "") if talk else "",
        "questions": aid().named("sure", language).values(),
    }


@requires(Permission.ASSESS)
def ask(request: StaffRequest, pk: int) -> HttpResponse:
    """What the person says, taken down by staff; kept for later or recorded."""
    patient = of_clinic(request, pk)
    support = list(_support(patient))
    draft = DecisionTalk.objects.under_way().filter(patient=patient).first()
    initial = form_values(draft) if draft else {"language": patient.page_language}
    form = StaffTalkForm(
        posted(request),
        support=support,
        told=told_to(patient, at=request.at),
        initial=initial,
    )
    editing(form, draft or DecisionTalk(), acts.SHOWN_OF_TALK)
    counts = request.POST.get("go") == RECORD
    take = _record if counts else _keep
    if act(
        request,
        lambda: take(request, patient, form),
        form=form,
        done=RECORDED if counts else KEPT,
    ):
        return redirect("medications:decision", pk)
    context = {
        "patient": patient,
        "tab": "medication",
        "form": form,
        "support": support,
    }
    return render(request, "medications/talk_ask.html", context, status=status_of(form))


def _record(request: StaffRequest, patient: Patient, form: StaffTalkForm) -> None:
    own = own_texts(patient.clinic_id, form.cleaned_data["language"])
    acts.send_talk(
        aid_digest=aid_digest(own),
        options_digest=weighed(patient, at=request.at).digest,
        **_told(request, patient, form),
    )


def _keep(request: StaffRequest, patient: Patient, form: StaffTalkForm) -> None:
    acts.keep_talk(**_told(request, patient, form))


def _told(
    request: StaffRequest, patient: Patient, form: StaffTalkForm
) -> dict[str, Any]:
    """What either act is told."""
    return {
        "patient": patient,
        "said": form.said,
        "language": form.cleaned_data["language"],
        "mode": DecisionTalk.Mode.STAFF,
        "shown": shown_in(request),
        **acting_now(request),
    }
