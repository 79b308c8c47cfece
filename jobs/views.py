"""The page of the workers, and what people do there."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from jobs import broker
from jobs.actions import requests as actions
from jobs.board import board_of
from jobs.models import Claim, Job


@require_GET
@requires(Permission.JOBS_VIEW)
def board(request: StaffRequest) -> HttpResponse:
    at = timezone.now()
    context = {
        "board": board_of(request.acting.clinic.pk, on=timezone.localdate(at), at=at),
        "queue_answers": broker.answers(),
        "may_stop_any": request.acting.may(Permission.STAFF_MANAGE),
    }
    return render(request, "jobs/board.html", context)


@require_POST
@requires(Permission.JOBS_VIEW)
def try_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the next round take what failed."""
    claim = get_object_or_404(Claim.objects.visible_to(request.acting), pk=pk)
    try:
        actions.try_again(claim=claim, by=request.user, at=timezone.now())
    except actions.NothingHeldBack as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It is tried again with the next round.")
    return redirect("jobs:board")


@require_POST
@requires(Permission.JOBS_VIEW)
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop a job that somebody asked for."""
    job = get_object_or_404(Job.objects.visible_to(request.acting), pk=pk)
    try:
        actions.cancel_job(
            job=job,
            may_any=request.acting.may(Permission.STAFF_MANAGE),
            by=request.user,
            at=timezone.now(),
        )
    except (actions.JobOver, actions.NotYours) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Stopped. What it had done so far is kept.")
    return redirect("jobs:board")
