"""The talk on a tablet: given out of hand, and taken back with a PIN."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from accounts.access import StaffRequest, before_second_step, posted, requires
from accounts.clinic_settings.languages import offered
from accounts.doors import BAD, acting_now, outcome_of, status_of
from accounts.permissions import Permission
from assessments.forms.handover import PinForm
from assessments.middleware import HANDOVER, PLACE
from assessments.views.tablet import is_pin, let_go, lock, signed_out
from knowledge.decision_aid.content import aid
from medications.actions import talks as acts
from medications.forms.talk import HandTalkOverForm
from medications.models import DecisionTalk
from medications.views.talk_page import TalkPage, answer
from patients.views.registry import of_clinic

TALK = "talk"


@sensitive_post_parameters("pin")
@requires(Permission.ASSESS)
def hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose the language and the PIN; from then on the session holds this talk alone."""
    patient = of_clinic(request, pk)
    form = HandTalkOverForm(
        posted(request), initial={"language": patient.page_language}
    )
    offered(form, request.acting.clinic)
    talk = outcome_of(
        request,
        lambda: acts.hand_talk_over(
            patient=patient,
            language=form.cleaned_data["language"],
            **acting_now(request),
        ),
        form=form,
    )
    if talk is not None:
        return _locked(request, talk, form.cleaned_data["pin"])
    context = {"patient": patient, "tab": "medication", "form": form}
    return render(
        request, "medications/talk_hand_over.html", context, status=status_of(form)
    )


def _locked(request: StaffRequest, talk: DecisionTalk, pin: str) -> HttpResponse:
    place = reverse("medications:tablet")
    return lock(request, place, pin, **{TALK: talk.pk, PLACE: place})


def _given(request: StaffRequest) -> DecisionTalk | None:
    """The talk that this session is locked to."""
    kept = request.session.get(HANDOVER, {})
    mine = DecisionTalk.objects.visible_to(request.acting)
    found = mine.filter(pk=kept.get(TALK)).select_related("patient").first()
    if found is not None:
        found.patient.clinic = request.acting.clinic
    return found


def _elsewhere(request: StaffRequest) -> HttpResponse:
    """No talk is given out here: to the questions, if those are, else home."""
    if HANDOVER in request.session:
        return redirect("assessments:questions")
    return redirect("reports:home")


@requires(Permission.ASSESS)
@before_second_step
def tablet(request: StaffRequest) -> HttpResponse:
    """The same page, with nothing else in reach."""
    talk = _given(request)
    if talk is None:
        return _elsewhere(request)
    back = reverse("medications:tablet_back")
    if talk.sent_at is not None:
        return redirect(back)
    page = TalkPage(DecisionTalk.Mode.TABLET, request.path, back, is_tablet=True)
    return answer(request, talk.patient, page, at=request.at)


@sensitive_post_parameters("pin")
@requires(Permission.ASSESS)
@before_second_step
def back(request: StaffRequest) -> HttpResponse:
    """Thanks; the PIN opens the rest again. A wrong one is no refusal: it is counted,
    and said in the language of who holds the tablet."""
    talk = _given(request)
    if talk is None:
        return _elsewhere(request)
    form = PinForm(posted(request))
    problem = ""
    if request.method == "POST":
        is_right = is_pin(request, form)
        left = acts.note_talk_pin(talk=talk, is_right=is_right, **acting_now(request))
        if is_right and left:
            return let_go(request, "medications:decision", talk.patient_id)
        if not left:
            return signed_out(request, "What was said on the tablet has been kept.")
        words = aid().say("words", "wrong_pin", talk.language)
        problem = words.format(left=left)
    context = {
        "say": aid().named("words", talk.language),
        "language": talk.language,
        "is_sent": talk.sent_at is not None,
        "problem": problem,
        "page": TalkPage(DecisionTalk.Mode.TABLET, request.path, "", is_tablet=True),
    }
    status = BAD if problem else 200
    return render(request, "medications/talk_back.html", context, status=status)
