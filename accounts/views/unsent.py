"""Pages of typed text that came when the session was over: look, send, let go."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts import unsent
from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from accounts.typed_text import typed_from


@requires(Permission.SELF, "GET")
def not_saved_yet(request: StaffRequest) -> HttpResponse:
    """Each form that came too late, with what was typed into it."""
    rows = unsent.kept_for(request.user, at=request.at)
    context = {"rows": [(row, typed_from(row.fields)) for row in rows]}
    return render(request, "accounts/not_saved_yet.html", context)


@requires(Permission.SELF, "POST")
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    get_object_or_404(unsent.kept_for(request.user, at=request.at), pk=pk)
    unsent.drop(request.user, pk)
    messages.success(request, "Discarded.")
    return redirect("accounts:not_saved_yet")
