"""What the background workers did and will do, in plain words."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import StaffRequest, requires
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
    notice = get_object_or_404(Notice.objects.visible_to(request.acting), pk=pk)
    try:
        sending.send_again(notice=notice, by=request.user, at=timezone.now())
    except sending.AlreadySent as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It is sent with the next round.")
    return redirect("aftercare:jobs")
