"""The page of the workers, and what people do there."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.doors import act, acting_now, row_of_clinic
from accounts.permissions import Permission
from jobs import broker
from jobs.actions import requests
from jobs.board import board_of
from jobs.models import Claim, Job


@requires(Permission.JOBS_VIEW, "GET")
def board(request: StaffRequest) -> HttpResponse:
    context = {
        "board": board_of(request.acting.clinic.pk, on=request.today, at=request.at),
        "queue_answers": broker.answers(),
        "may_stop_any": request.acting.may(Permission.STAFF_MANAGE),
    }
    return render(request, "jobs/board.html", context)


@requires(Permission.JOBS_VIEW, "POST")
def try_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the next round take what failed."""
    claim = row_of_clinic(request, Claim.objects, pk=pk)
    act(
        request,
        lambda: requests.try_again(claim=claim, **acting_now(request)),
        done="It is tried again with the next round.",
    )
    return redirect("jobs:board")


@requires(Permission.JOBS_VIEW, "POST")
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop a job that somebody asked for."""
    job = row_of_clinic(request, Job.objects, pk=pk)
    may_any = request.acting.may(Permission.STAFF_MANAGE)
    act(
        request,
        lambda: requests.cancel_job(job=job, may_any=may_any, **acting_now(request)),
        done="Stopped. What it had done so far is kept.",
    )
    return redirect("jobs:board")
