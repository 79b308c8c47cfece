"""The talk on a tablet: given out of hand, and taken back with a PIN."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from accounts.access import StaffRequest, posted, requires
from accounts.doors import BAD, acting_now, outcome_of, status_of
from accounts.permissions import Permission
from assessments.forms.handover import PinForm
from assessments.middleware import HANDOVER, PLACE
from knowledge.decision_aid.content import aid
from medications.actions import talks as acts
from medications.decision_aid.context import language_of
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
    form = HandTalkOverForm(posted(request), initial={"language": language_of(patient)})
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
    """A new session key, so that a request under way cannot put the old one back."""
    place = reverse("medications:tablet")
    request.session.cycle_key()
    request.session[HANDOVER] = {TALK: talk.pk, "pin": make_password(pin), PLACE: place}
    response = redirect(place)
    response["Clear-Site-Data"] = '"cache"'
    return response


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
def back(request: StaffRequest) -> HttpResponse:
    """Thanks; the PIN opens the rest again. A wrong one is no refusal: it is counted,
    and said in the language of who holds the tablet."""
    talk = _given(request)
    if talk is None:
        return _elsewhere(request)
    form = PinForm(posted(request))
    problem = ""
    if request.method == "POST":
        pin = form.cleaned_data["pin"] if form.is_valid() else ""
        is_right, left = _tried(request, talk, pin)
        if is_right:
            return _unlocked(request, talk)
        if not left:
            return _signed_out(request)
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


def _tried(request: StaffRequest, talk: DecisionTalk, pin: str) -> tuple[bool, int]:
    """Whether it is the PIN, and how many tries are left."""
    kept = request.session[HANDOVER]["pin"]
    is_right = talk.wrong_pins < acts.PIN_TRIES and check_password(pin, kept)
    left = acts.note_talk_pin(
        talk=talk, is_right=is_right, by=request.user, at=request.at
    )
    return is_right, left


def _unlocked(request: StaffRequest, talk: DecisionTalk) -> HttpResponse:
    del request.session[HANDOVER]
    request.session.cycle_key()
    return redirect("medications:decision", talk.patient_id)


def _signed_out(request: StaffRequest) -> HttpResponse:
    logout(request)
    messages.error(
        request,
        "Signed out after several wrong PINs. What was said on the tablet has been kept.",
    )
    return redirect("accounts:sign_in")
