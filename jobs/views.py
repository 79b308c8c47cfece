"""The page of the workers, and what people do there."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.doors import act, acting_now, outcome_of, row_of_clinic, status_of
from accounts.entry.step_up import step_up
from accounts.permissions import Permission
from jobs import broker
from jobs.actions import pauses, requests
from jobs.board import board_of
from jobs.context import forget
from jobs.forms import PauseForm
from jobs.models import Claim, Job, QueuePause
from jobs.outbox import outgoing


@requires(Permission.JOBS_VIEW, "GET")
def board(request: StaffRequest) -> HttpResponse:
    context = {
        "board": board_of(request.acting.clinic.pk, on=request.today, at=request.at),
        "queue_answers": broker.answers(),
        "may_stop_any": request.acting.may(Permission.STAFF_MANAGE),
    }
    return render(request, "jobs/board.html", context)


@requires(Permission.JOBS_VIEW, "GET")
def outbox(request: StaffRequest) -> HttpResponse:
    """What will be sent to whom and when: nothing clinical to who reads no charts."""
    clinic_id, at = request.acting.clinic.pk, request.at
    resting = QueuePause.objects.in_force(at=at).filter(clinic=clinic_id)
    page = outgoing(
        clinic_id,
        on=request.today,
        at=at,
        resting=resting.values_list("queue", flat=True),
    )
    reads_charts = request.acting.may(Permission.PATIENT_VIEW)
    context = {"outgoing": page, "reads_charts": reads_charts}
    return render(request, "jobs/outbox.html", context)


@requires(Permission.JOBS_PAUSE)
@step_up("pause the workers")
def pause(request: StaffRequest) -> HttpResponse:
    """Let one queue rest, or all that lives do not hang on."""
    form = PauseForm(
        request.POST if request.method == "POST" else None,
        queue=request.GET.get("queue", ""),
    )
    made = outcome_of(
        request,
        lambda: pauses.pause_queues(
            clinic=request.acting.clinic,
            queues=form.queues,
            reason=form.cleaned_data["reason"],
            minutes=form.cleaned_data["minutes"],
            **acting_now(request),
        ),
        form=form,
        done="Paused. What is owed waits and is kept.",
    )
    if made is not None:
        forget(request.acting.clinic.pk)
        return redirect("jobs:board")
    return render(request, "jobs/pause.html", {"form": form}, status=status_of(form))


@requires(Permission.JOBS_PAUSE, "POST")
def go_on(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the workers take up what waited."""
    resting = row_of_clinic(request, QueuePause.objects, pk=pk)
    act(
        request,
        lambda: pauses.go_on(pause=resting, **acting_now(request)),
        done="It goes on with the next round.",
    )
    forget(request.acting.clinic.pk)
    return redirect("jobs:board")


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
