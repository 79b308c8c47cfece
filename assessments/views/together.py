"""Several people in one intake: who is here, and what the others have answered."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import StaffRequest, requires
from accounts.once import repeatable
from accounts.permissions import Permission
from assessments.actions.who_is_here import note_presence, others_here
from assessments.intake.quick import page_of
from assessments.intake_page.answers import answers_of
from assessments.intake_page.question import row_of
from assessments.intake_page.sections import rail, section
from assessments.views.saving import open_intake

# What was saved while the last answer was on its way is told again.
OVERLAP = timedelta(seconds=3)


@repeatable("says who is here, a row a person, written over; the page asks by itself")
@requires(Permission.ASSESS, "POST")
def news(request: StaffRequest, pk: int) -> HttpResponse:
    """Say that this page is open, and bring what has been answered since."""
    found = open_intake(request, pk)
    at = request.at
    page = page_of(request.POST.get("on", ""))
    note_presence(intake=found, step=page.key, by=request.user, at=at)
    answers = answers_of(found, found.patient, on=request.today)
    since = _moment(request.POST.get("since", ""), at)
    changed = [
        key for key, row in answers.rows.items() if row.answered_at > since - OVERLAP
    ]
    on_page = {q.key for q in page.questions}
    context = {
        "patient": found.patient,
        "intake": found,
        "page": page,
        "since": at,
        "here": [
            (one.staff.name, page_of(one.step).title)
            for one in others_here(found, request.user, at=at)
        ],
        "opened": [row_of(key, answers) for key in changed if key in on_page],
        "heads": [section(panel, answers, {}) for panel in page.panels]
        if changed
        else [],
        "rail": rail(answers, page) if changed else None,
    }
    response = render(request, "assessments/intake.html#news", context)
    if changed:
        response["HX-Trigger"] = "answer-saved"
    return response


def _moment(text: str, at: datetime) -> datetime:
    """When the page was last told; now where it does not say."""
    try:
        since = datetime.fromisoformat(text)
    except ValueError:
        return at
    return since if since.tzinfo else at
