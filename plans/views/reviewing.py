"""Reviewing a plan in force where nothing changes."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import (
    act,
    acting_now,
    as_seen,
    row_of_clinic,
    status_of,
)
from accounts.entry.step_up import step_up
from accounts.permissions import Permission
from patients.views.registry import note_view
from plans import content
from plans.actions import reviewing
from plans.forms import ReviewForm
from plans.models import PlanReview
from plans.reviewing import review_sheet
from plans.views.reading import own_plan, parts_of


@requires(Permission.PLAN_SIGN)
@step_up("record this review")
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """What moved since, all lines of the plan, and that nothing changes."""
    plan = own_plan(request, pk)
    form = ReviewForm(posted(request))
    if act(
        request,
        lambda: reviewing.record_review(
            plan=plan,
            own_words=form.cleaned_data["own_words"],
            why=form.cleaned_data["why"],
            **as_seen(request),
        ),
        form=form,
        done="Reviewed: nothing changes.",
        about=lambda: [f"Plan {plan.version} was reviewed, and nothing changes."],
    ):
        return redirect("plans:detail", pk)
    if request.method == "GET":
        note_view(request, plan.patient, "plan review")
    rows = content.tree(plan)
    sheet = review_sheet(plan, at=request.at)
    context = {
        "patient": plan.patient,
        "tab": "plan",
        "plan": plan,
        "sheet": sheet,
        "subject": sheet.subject,
        "parts": parts_of(plan, rows),
        "shown": sheet.shown,
        "form": form,
    }
    return render(request, "plans/review.html", context, status=status_of(form))


@requires(Permission.PLAN_SIGN, "POST")
def take_back_review(request: StaffRequest, pk: int) -> HttpResponse:
    """Undo a review: it is owed again."""
    found = row_of_clinic(request, PlanReview.objects.all(), pk=pk)
    act(
        request,
        lambda: reviewing.take_back_review(review=found, **acting_now(request)),
        done="Taken back. The review is owed again.",
    )
    return redirect("plans:detail", found.plan_id)
