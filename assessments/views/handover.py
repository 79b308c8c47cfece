"""Handing the tablet over to a person, and taking it back with a PIN.

What the person presses on the tablet is no door of the staff's: its refusals are said
in the words of the pages that are answered alone, and in the person's language.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from accounts.access import StaffRequest, before_second_step, posted, requires
from accounts.clinic_settings.languages import offered
from accounts.doors import BAD, CONFLICT, act, acting_now, outcome_of, status_of
from accounts.permissions import Permission
from assessments.actions import handovers as acts
from assessments.actions.measures import NothingAnswered
from assessments.forms.handover import HandOverForm, PinForm
from assessments.middleware import HANDOVER
from assessments.models import Assessment, Handover
from assessments.scores.result import shown_outcome
from assessments.self_report import answer_pages
from assessments.self_report.wording import LANGUAGES, words_in
from assessments.views import tablet
from assessments.views.beside import Button, beside
from knowledge.instruments.questionnaire import (
    dangers,
    progress,
    read_one,
    read_page,
)
from knowledge.instruments.reading import NotAllowed
from knowledge.instruments.registry import find
from patients.views.registry import of_clinic


@sensitive_post_parameters("pin")
@requires(Permission.ASSESS)
def hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose what is asked, in which language, and the PIN to come back with."""
    patient = of_clinic(request, pk)
    initial = {
        "give": request.GET.get("give", "").split(","),
        "language": patient.page_language,
    }
    form = HandOverForm(posted(request), initial=initial)
    offered(form, request.acting.clinic)
    handover = outcome_of(
        request,
        lambda: acts.start_handover(
            patient=patient,
            instruments=form.cleaned_data["give"],
            language=form.cleaned_data["language"],
            **acting_now(request),
        ),
        form=form,
    )
    if handover is not None:
        return _locked(request, handover, form.cleaned_data["pin"])
    mine = Handover.objects.visible_to(request.acting)
    return beside(
        request,
        patient,
        title="Hand the tablet over",
        inner="assessments/hand_over.html",
        buttons=[Button("Lock and hand over", icon="lock")],
        status=status_of(form),
        form=form,
        begun=mine.filter(patient=patient, ended_at=None),
    )


def _locked(request: HttpRequest, handover: Handover, pin: str) -> HttpResponse:
    return tablet.lock(request, "assessments:questions", pin, id=handover.pk)


def _given(request: StaffRequest) -> Handover | None:
    """The hand-over that this session is locked to."""
    kept = request.session.get(HANDOVER)
    mine = Handover.objects.visible_to(request.acting).select_related("patient")
    return mine.filter(pk=kept["id"]).first() if kept else None


@requires(Permission.ASSESS)
@before_second_step
def questions(request: StaffRequest) -> HttpResponse:
    """Some questions at a time; every way on from a page keeps its answers."""
    handover = _given(request)
    if handover is None:
        return _unlocked(request)
    if handover.ended_at is not None:
        return redirect("assessments:hand_back")
    wanted = request.GET.get("page", "")
    if request.method != "POST":
        return _questions(request, handover, wanted)
    try:
        return _kept(request, handover, wanted)
    except acts.HandoverOver:
        return redirect("assessments:hand_back")


def _kept(request: StaffRequest, handover: Handover, wanted: str) -> HttpResponse:
    """Keep the answers of one page, and go on from it."""
    page = answer_pages.page_named(handover.instruments, handover.answers, wanted)
    if page is not None:
        try:
            answers = read_page(page, answer_pages.posted_codes(request.POST.dict()))
        except NotAllowed:
            return _questions(request, handover, wanted, problem="refused")
        handover = acts.save_answers(
            handover=handover,
            instrument=page.instrument.key,
            answers=answers,
            at=request.at,
        )
    return redirect(_onward(request, handover, wanted))


def _unlocked(request: StaffRequest) -> HttpResponse:
    request.session.pop(HANDOVER, None)
    return redirect("reports:home")


def _onward(request: StaffRequest, handover: Handover, name: str) -> str:
    go = request.POST.get("go", "next")
    if go in LANGUAGES:
        acts.speak(handover=handover, language=go)
    keys, said = handover.instruments, handover.answers
    onward = answer_pages.onward(keys, said, name, go)
    return f"{reverse('assessments:questions')}?page={onward}"


def _questions(
    request: StaffRequest, handover: Handover, wanted: str, *, problem: str = ""
) -> HttpResponse:
    keys, said = handover.instruments, handover.answers
    language = handover.language
    context = answer_pages.context_of(keys, said, language, wanted) | {
        "problem": words_in(language)[problem] if problem else "",
        "save_url": reverse("assessments:save_one"),
        "send_url": reverse("assessments:send_answers"),
        "leave_url": reverse("assessments:hand_back"),
        "crisis": words_in(language)["crisis_here"],
        "is_tablet": True,
    }
    name = "review" if context["page"] is None else "page"
    status = BAD if problem else 200
    return render(request, f"assessments/self/{name}.html", context, status=status)


@requires(Permission.ASSESS, "POST")
@before_second_step
def save_one(request: StaffRequest) -> HttpResponse:
    """Keep one answer at once; says which questions need no answer any more."""
    handover = _given(request)
    if handover is None or handover.ended_at is not None:
        return JsonResponse({}, status=CONFLICT)
    name = request.POST.get("name", "")
    try:
        instrument, item, code = read_one(
            handover.instruments, name, request.POST.get("value", "")
        )
        handover = acts.save_answers(
            handover=handover,
            instrument=instrument,
            answers={item: code},
            at=request.at,
        )
    except NotAllowed:
        return JsonResponse({}, status=BAD)
    except acts.HandoverOver:
        return JsonResponse({}, status=CONFLICT)
    told = answer_pages.told_of_saving(
        handover.instruments,
        handover.answers,
        instrument,
        handover.language,
        is_tablet=True,
    )
    return JsonResponse(told)


@requires(Permission.ASSESS, "POST")
@before_second_step
def send_answers(request: StaffRequest) -> HttpResponse:
    """The person is done: record it. Sending twice is sending once."""
    handover = _given(request)
    if handover is None:
        return _unlocked(request)
    try:
        acts.send_answers(handover=handover, at=request.at)
    except acts.HandoverOver:
        pass
    except NothingAnswered:
        return _questions(request, handover, answer_pages.REVIEW, problem="nothing")
    return redirect("assessments:hand_back")


@sensitive_post_parameters("pin")
@requires(Permission.ASSESS)
@before_second_step
def hand_back(request: StaffRequest) -> HttpResponse:
    """Thanks, and what happens now; the PIN opens the rest again."""
    handover = _given(request)
    if handover is None:
        return _unlocked(request)
    form = PinForm(posted(request))
    problem = ""
    if request.method == "POST":
        is_right = tablet.is_pin(request, form)
        left = acts.note_pin(
            handover=handover, is_right=is_right, by=request.user, at=request.at
        )
        if is_right and left:
            ids = handover.patient_id, handover.pk
            return tablet.let_go(request, "assessments:handed_back", *ids)
        if not left:
            return tablet.signed_out(
                request, "The answers on the tablet have been kept."
            )
        problem = words_in(handover.language)["wrong_pin"].format(left=left)
    context = {
        "say": words_in(handover.language),
        "language": handover.language,
        "is_sent": handover.ended_at is not None,
        "is_pressing": answer_pages.is_pressing(handover.instruments, handover.answers),
        "problem": problem,
        "form": form,
    }
    status = BAD if problem else 200
    return render(request, "assessments/self/hand_back.html", context, status=status)


@sensitive_post_parameters("pin")
@requires(Permission.ASSESS)
def handed_back(request: StaffRequest, pk: int, handover: int) -> HttpResponse:
    """What the person answered: what presses first. Unsent answers are decided on."""
    patient = of_clinic(request, pk)
    mine = Handover.objects.visible_to(request.acting).filter(patient=patient)
    found = get_object_or_404(mine.select_related("started_by"), pk=handover)
    form = PinForm(posted(request))
    if request.method == "POST":
        answer = _decided(request, found, form)
        if answer is not None:
            return answer
    recorded = Assessment.objects.visible_to(request.acting).filter(
        patient=patient, source_key__startswith=f"handover:{found.pk}:"
    )
    shown = [shown_outcome(row) for row in recorded.order_by("pk")]
    context = {
        "patient": patient,
        "tab": "measures",
        "handover": found,
        "titles": [find(key).title.en for key in found.instruments],
        "progress": progress(found.instruments, found.answers),
        "shown": sorted(shown, key=lambda one: not one.danger),
        # Also where the person stopped before sending.
        "dangers": [one.words.en for one in dangers(found.instruments, found.answers)],
        "form": form,
    }
    status = BAD if request.method == "POST" else 200
    return render(request, "assessments/handed_back.html", context, status=status)


def _decided(
    request: StaffRequest, found: Handover, form: PinForm
) -> HttpResponse | None:
    """Record it as it is, put it aside, or hand it over again."""
    ways: dict[str, Callable[[], object]] = {
        "keep": lambda: acts.send_answers(handover=found, at=request.at),
        "aside": lambda: acts.put_aside(handover=found, **acting_now(request)),
    }
    if form.is_valid():
        ways["again"] = lambda: acts.hand_over_again(
            handover=found, **acting_now(request)
        )
    way = request.POST.get("way", "")
    if way not in ways:
        return None
    if act(request, ways[way]) and way == "again":
        return _locked(request, found, form.cleaned_data["pin"])
    return redirect("assessments:handed_back", found.patient_id, found.pk)
