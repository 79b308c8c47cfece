"""What the background workers did and will do, in plain words."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import StaffRequest, requires
from accounts.doors import act, acting_now, row_of_clinic
from accounts.permissions import Permission
from aftercare import broker
from aftercare.actions import sending
from aftercare.models import Notice
from aftercare.workload import workload_of


@require_GET
@requires(Permission.JOBS_VIEW)
def jobs(request: StaffRequest) -> HttpResponse:
    at = timezone.now()
    clinic = request.acting.clinic
    context = {
        "work": workload_of(clinic, on=timezone.localdate(at), at=at),
        "queue_answers": broker.answers(),
    }
    return render(request, "aftercare/jobs.html", context)


@require_POST
@requires(Permission.JOBS_VIEW)
def send_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the next round send a notice that failed."""
    notice = row_of_clinic(request, Notice.objects, pk=pk)
    act(
        request,
        lambda: sending.send_again(notice=notice, **acting_now(request)),
        done="It is sent with the next round.",
    )
    return redirect("aftercare:jobs")
