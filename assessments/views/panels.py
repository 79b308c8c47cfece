"""One press for a whole panel: still so, no to the rest, and back again."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from assessments.actions.answer_panel import answer_rest, take_back
from assessments.actions.carry_forward import confirm_answers
from assessments.intake.declaration import Panel, Step
from assessments.intake.quick import page_of
from assessments.intake_page.answers import answers_of
from assessments.intake_page.sections import rail, section
from assessments.models import Intake, IntakeAnswer
from assessments.views.saving import open_intake, step_address

STILL, REST, UNDO = "still", "rest", "undo"


@requires(Permission.ASSESS, "POST")
def panel(request: StaffRequest, pk: int, step: str, panel: str) -> HttpResponse:
    """Confirm what was carried over, or answer no to what is left, of one panel."""
    page = page_of(step)
    asked = next((one for one in page.panels if one.key == panel), None)
    if asked is None:
        raise Http404("This page has no such panel.")
    found = open_intake(request, pk)
    given = _act(request, found, asked)
    if request.headers.get("HX-Request") != "true":
        return redirect(f"{step_address(pk, page)}#panel-{asked.key}")
    return _shown(request, found, page, asked, given)


def _act(request: StaffRequest, found: Intake, asked: Panel) -> list[IntakeAnswer]:
    """Do what was pressed; the answers that it gave and that one press takes back."""
    at, by = request.at, request.user
    act = request.POST.get("act", "")
    answers = answers_of(found, found.patient, on=request.today)
    if act == STILL:
        questions = [q.key for q in asked.asked(answers.known)]
        confirm_answers(intake=found, questions=questions, by=by, at=at)
    if act == REST:
        return answer_rest(intake=found, panel=asked, answers=answers, by=by, at=at)
    if act == UNDO:
        own = {q.key for q in asked.questions}
        revisions = {
            key: int(revision)
            for text in request.POST.getlist("given")
            for key, _, revision in [text.partition(":")]
            if key in own and revision.isdecimal() and len(revision) < len("1000000")
        }
        take_back(intake=found, revisions=revisions, by=by, at=at)
    return []


def _shown(
    request: StaffRequest,
    found: Intake,
    page: Step,
    asked: Panel,
    given: list[IntakeAnswer],
) -> HttpResponse:
    answers = answers_of(found, found.patient, on=request.today)
    context = {
        "patient": found.patient,
        "intake": found,
        "page": page,
        "section": section(asked, answers, {}),
        "given": given,
        "rail": rail(answers, page),
    }
    response = render(request, "assessments/intake.html#panel_answered", context)
    response["HX-Trigger"] = "answer-saved"
    return response
