"""The page of the talk, the same on a turned screen and on a tablet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest
from knowledge.decision_aid.content import LANGUAGES, aid
from medications.actions import talks as acts
from medications.decision_aid.context import (
    TalkContext,
    aid_digest,
    around,
    for_whom,
    own_texts,
    picked_from,
    shown,
    weighed,
)
from medications.decision_aid.fit import Picked
from medications.forms.talk import OTHERS, SUPPORT, TalkForm
from medications.models import DecisionTalk
from patients.models import Patient

BAD = 400
SEND = "send"
# A part of the page: with what matters as it was, or otherwise.
SAME, OTHER = "same", "other"
RECORDED = "Recorded. What matters to them now moves the options."
NEVER_PREGNANT = "male"


@dataclass(frozen=True, slots=True)
class TalkPage:
    """Where the page stands: its address, and where handing back leads."""

    mode: str
    here: str
    done: str
    is_tablet: bool = False


@dataclass(frozen=True, slots=True)
class _Talk:
    """One talk about to be shown or kept."""

    request: StaffRequest
    patient: Patient
    page: TalkPage
    language: str
    draft: DecisionTalk | None
    at: datetime


def answer(
    request: StaffRequest, patient: Patient, page: TalkPage, *, at: datetime
) -> HttpResponse:
    """Show the page, or keep what was said on it."""
    draft = DecisionTalk.objects.under_way().filter(patient=patient).first()
    language = _language(request, draft, patient)
    talk = _Talk(request, patient, page, language, draft, at)
    if request.method == "POST":
        return _take(talk)
    return _render(talk, _values(talk.draft))


def _language(
    request: StaffRequest, draft: DecisionTalk | None, patient: Patient
) -> str:
    asked = (request.POST or request.GET).get("language", "")
    if asked in LANGUAGES:
        return asked
    return draft.language if draft else patient.page_language


def _take(talk: _Talk) -> HttpResponse:
    """A refusal is said here, in the aid's own words and the person's language."""
    form = TalkForm(talk.request.POST)
    if not form.is_valid():
        return _render(talk, _typed(talk.request), problem=form.problem)
    go = talk.request.POST.get("go", "")
    try:
        return _send(talk, form) if go == SEND else _keep(talk, form, go)
    except acts.TalkRefused as refusal:
        return _render(talk, _typed(talk.request), problem=refusal.problem)


def _send(talk: _Talk, form: TalkForm) -> HttpResponse:
    own = own_texts(talk.patient.clinic_id, talk.language)
    acts.send_talk(
        said=_said(talk, form),
        aid_digest=aid_digest(own),
        options_digest=weighed(talk.patient, at=talk.at).digest,
        patient=talk.patient,
        language=talk.language,
        mode=talk.page.mode,
        by=talk.request.user,
        at=talk.at,
    )
    if not talk.page.is_tablet:
        messages.success(talk.request, RECORDED)
    return redirect(talk.page.done)


def _keep(talk: _Talk, form: TalkForm, go: str) -> HttpResponse:
    kept = acts.keep_talk(
        said=_said(talk, form),
        patient=talk.patient,
        language=go if go in LANGUAGES else talk.language,
        mode=talk.page.mode,
        by=talk.request.user,
        at=talk.at,
    )
    if talk.request.headers.get("HX-Request") != "true":
        return redirect(talk.page.here)
    before = talk.draft.matters if talk.draft else []
    # A pick among those that count most would be lost if they were drawn anew.
    part = SAME if before == kept.matters else OTHER
    return _render(talk, _values(kept), part=part)


def _said(talk: _Talk, form: TalkForm) -> acts.TalkAnswers:
    """What the page sent, with what staff noted before: who was there by name."""
    if talk.draft is None:
        return form.said
    named = (who for who in talk.draft.participants if who.startswith(SUPPORT))
    return replace(
        form.said,
        participants=(*form.said.participants, *named),
        interpreter=talk.draft.interpreter,
    )


def _values(draft: DecisionTalk | None) -> Mapping[str, object] | None:
    """What is filled in when the page opens; None where nothing was begun."""
    if draft is None:
        return None
    answers = {True: "yes", False: "no"}
    return {
        "matters": draft.matters,
        "most": draft.matters_most,
        "choice": draft.choice,
        "own_words": draft.own_words,
        "who": draft.participants,
        "sure": {key: answers.get(said, "") for key, said in draft.sure.items()},
    }


def _typed(request: StaffRequest) -> Mapping[str, object]:
    """The page as it was sent, so that nothing typed is lost."""
    sent = request.POST
    return {
        **{name: sent.getlist(name) for name in ("matters", "most", "who")},
        **{name: sent.get(name, "") for name in ("choice", "own_words")},
        "sure": {key: sent.get(f"sure-{key}", "") for key in acts.SURE},
    }


def _render(
    talk: _Talk,
    values: Mapping[str, object] | None,
    *,
    problem: str = "",
    part: str = "",
) -> HttpResponse:
    found = weighed(talk.patient, at=talk.at)
    filled = values or _beginning(picked_from(found.picture))
    context = {
        "patient": talk.patient,
        "page": talk.page,
        "for_whom": for_whom(talk.patient, talk.at, aid(), talk.language),
        "languages": [(key, key == talk.language) for key in LANGUAGES],
        **_table(found, filled, talk.language),
        **_asked(found, filled, talk.language),
        "values": filled,
        "is_other": part == OTHER,
        "problem": aid().say("words", problem, talk.language) if problem else "",
    }
    return render(
        talk.request,
        f"medications/talk.html{'#part' if part else ''}",
        context,
        status=BAD if problem else 200,
    )


def _beginning(picked: Picked) -> Mapping[str, object]:
    return {"matters": sorted(picked.matters), "most": sorted(picked.most)}


def _table(
    found: TalkContext, values: Mapping[str, object], language: str
) -> dict[str, object]:
    matters = _known(values, "matters", language)
    picked = Picked(matters, _known(values, "most", language) & matters)
    own = own_texts(found.patient.clinic_id, language)
    return around(shown(found, picked, language, own))


def _known(values: Mapping[str, object], name: str, language: str) -> frozenset[str]:
    """Only chips that there are: what was sent may be anything."""
    named = values.get(name)
    chips = aid().named("chips", language)
    return frozenset(key for key in chips if isinstance(named, list) and key in named)


def _asked(
    found: TalkContext, values: Mapping[str, object], language: str
) -> dict[str, object]:
    """The chips, choices and questions, with what is filled in."""
    matters = _known(values, "matters", language)
    most = _known(values, "most", language)
    chips = aid().named("chips", language)
    if found.picture.value("sex") == NEVER_PREGNANT:
        chips.pop("pregnancy")
    sure, who = values.get("sure"), values.get("who")
    answers = sure if isinstance(sure, dict) else {}
    people = aid().named("people", language)
    return {
        "chips": [(key, label, key in matters) for key, label in chips.items()],
        "most": [(k, label, k in most) for k, label in chips.items() if k in matters],
        "choices": [
            (key, label, key == values.get("choice"))
            for key, label in aid().named("choices", language).items()
        ],
        "questions": [
            (key, label, answers.get(key, ""))
            for key, label in aid().named("sure", language).items()
        ],
        "people": [(k, people[k], isinstance(who, list) and k in who) for k in OTHERS],
    }
