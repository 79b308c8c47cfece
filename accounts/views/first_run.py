"""First page of an empty site: its clinic and its first admin, for whoever has the key."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import tenancy
from accounts.access import posted
from accounts.clinic_settings import opening
from accounts.doors import outcome_of, status_of
from accounts.forms import FirstRunForm
from accounts.notices import invitation_path

ACTOR = "first_run"


@never_cache
@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """Open the site, and lead its first admin on to a password."""
    if not opening.is_empty():
        return redirect("reports:home")
    form = FirstRunForm(posted(request), initial={"time_zone": "America/New_York"})
    with tenancy.every_clinic(actor=ACTOR):
        admin = outcome_of(
            request,
            lambda: opening.open_site(
                key=form.cleaned_data["key"],
                clinic=form.clinic(),
                admin=form.admin(),
                at=timezone.now(),
            ),
            form=form,
            done="The clinic is open. Choose your password.",
        )
    if admin is not None:
        return redirect(invitation_path(admin))
    return render(
        request, "accounts/first_run.html", {"form": form}, status=status_of(form)
    )
